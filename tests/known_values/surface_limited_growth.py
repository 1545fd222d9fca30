r"""Growth at the surface, α = n^{2/3}, without detachment: dr/dt is the same for all sizes.

One unit at a time, dots are a pure birth process with intensity A n^{2/3}: its distribution is the
exponential of a bidiagonal matrix. For large n the length l = n^{1/3} grows by A/3 in unit time;
the steps being finite, to the next order

.. math:: \langle l \rangle - l_0 - \frac{At}{3} = -\frac16 \Big(\frac1{l_0^2} - \frac1{l^2}\Big)
   + O(l^{-5})

because (n + 1)^{1/3} − n^{1/3} = n^{-2/3}/3 − n^{-5/3}/9 + … .

Feller 1968, An Introduction to Probability Theory, vol. 1, XVII.3 (birth processes); the continuum
with dr/dt independent of r as in Randolph and Larson 1988, ch. 3 (McCabe's ΔL law).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import diags
from scipy.sparse.linalg import expm_multiply


def distribution(units, start, grown):
    """Return the shares of all sizes after θ = ∫A dt.

    Args:
        units: Sizes, ascending by one.
        start: Shares at first.
        grown: θ.
    """
    alpha = np.cbrt(units) ** 2
    alpha[-1] = 0.0
    return expm_multiply(diags([-alpha, alpha[:-1]], [0, -1]) * grown, start)


def mean_length(first, grown):
    """Return ⟨l⟩ with its first correction, for dots that all began with n = first."""
    begin = np.cbrt(first)
    end = begin + grown / 3
    return end - (1 / begin**2 - 1 / end**2) / 6
