r"""The objective of a fit whose spectra may not be negative.

At each wavelength the best spectrum is found by non-negative least squares (Lawson and Hanson
1974, Solving Least Squares Problems, chapter 23). Wavelengths at which the same species are above
zero share one projection, so that, with P the pattern of those species,

.. math:: Q(θ) = \sum_P \mathrm{tr}\big((1 - C_P C_P^+)\, G_P\big)

has the exact gradient of the unconstrained form within each pattern (the multipliers of spectra at
zero do not enter: envelope theorem).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.infer.projection import Objective, Point, split

if TYPE_CHECKING:
    from numpy.typing import NDArray


@final
@dataclass(frozen=True)
class NonNegative(Objective):
    """Weighted residual sum of squares with non-negative spectra.

    Args:
        data: Spectra, offsets removed, shape (m, n).
        sd: Standard deviation of one absorbance.
    """

    data: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    sd: float = 1.0

    def at(self, u: NDArray[np.float64]) -> Point:
        """Return value, gradient and curvature at u."""
        values, scale = self.kinetics.decode(u)
        shares, slopes = self.kinetics.concentrations(self.time, values)
        slopes = slopes * scale[:, None, None]
        above = non_negative_spectra(shares, self.data) > 0
        value, gradient, curvature = 0.0, np.zeros(len(u)), np.zeros((len(u), len(u)))
        patterns, which = np.unique(above, axis=1, return_inverse=True)
        for index, pattern in enumerate(patterns.T):
            y = self.data[:, which.ravel() == index] / self.sd
            if not np.any(pattern):
                value += float(np.sum(y**2))
                continue
            gram = y @ y.T
            part = split(shares[:, pattern], slopes[:, :, pattern])
            value += float(np.trace(gram) - np.sum(part.span * (gram @ part.span)))
            gradient -= np.einsum("pma,ma->p", part.tangents, gram @ part.inverse.T)
            curvature += part.curvature(gram)
        return Point(u, value, gradient, curvature)


def non_negative_spectra(
    shares: NDArray[np.float64], data: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the best non-negative spectra, shape (species, n).

    Args:
        shares: C, shape (m, species).
        data: Spectra, shape (m, n).
    """
    from scipy.optimize import nnls

    # With C = Q R the m rows of the data shrink to as many as there are species.
    thin, square = np.linalg.qr(shares)
    return np.stack([nnls(square, column)[0] for column in (thin.T @ data).T], axis=1)
