r"""How many wavelengths of the residuals of a fit carry independent noise.

For residuals R (m spectra × n wavelengths) around a fit that follows r courses, noise that is
independent from spectrum to spectrum says itself how many wavelengths are,

.. math:: n_e = \frac{(\mathrm{tr} V)^2}{\mathrm{tr} V^2}, \qquad
   \mathrm{tr} V^2 = \frac{\|G\|^2 - (\mathrm{tr}\,G)^2 / f}{(f - 1)(f + 2)}, \qquad G = R R^T

with V the covariance along wavelength and f = m − r (Srivastava 2005, J. Japan Statist. Soc. 35,
251, eq. 2.8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array

TINY = 1e-300


def independent_wavelengths(gram: Array, freedom: int, n: int) -> float:
    """Return how many wavelengths carry independent noise, from 1 to n.

    Args:
        gram: R Rᵀ of the residuals, shape (m, m).
        freedom: Courses that the fit leaves free, m − r.
        n: Wavelengths.
    """
    total = float(np.trace(gram))
    squares = (float(np.sum(gram**2)) - total**2 / freedom) / ((freedom - 1) * (freedom + 2))
    return min(max((total / freedom) ** 2 / max(squares, TINY), 1.0), float(n))
