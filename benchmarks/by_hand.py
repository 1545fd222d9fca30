"""What a chemist who knows scipy writes instead: variable projection with covariance errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def variable_projection(
    time: NDArray[np.float64],
    data: NDArray[np.float64],
    start: Sequence[float],
    tolerance: float = 1e-10,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return rate constants of a chain A -> B (-> C) over a background, and standard errors.

    Args:
        time: Times, shape (m,).
        data: Spectra, shape (m, n).
        start: Starting values of the rate constants.
        tolerance: Relative tolerance of the steps.
    """

    def residual(log_k: NDArray[np.float64]) -> NDArray[np.float64]:
        # Exponentials and a constant span the concentrations, whatever the order of the steps.
        shapes = np.column_stack((np.exp(-np.outer(time, np.exp(log_k))), np.ones(len(time))))
        basis = np.linalg.qr(shapes)[0]
        return (data - basis @ (basis.T @ data)).ravel()

    found = least_squares(residual, np.log(start), method="lm", xtol=tolerance, ftol=tolerance)
    (m, n), p = data.shape, len(start)
    variance = 2.0 * found.cost / (n * (m - p - 1) - p)
    errors = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)) * variance)
    k = np.exp(found.x)
    return k, k * errors
