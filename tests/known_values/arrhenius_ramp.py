r"""First order while the temperature rises linearly, T = T₀ + βt.

.. math:: \ln\frac{a_0}{a} = \frac1β \int_{T_0}^{T} A e^{-E/Rθ} dθ
   = \frac{A}{β} \Big[θ e^{-E/Rθ} - \frac{E}{R} E_1\Big(\frac{E}{Rθ}\Big)\Big]_{T_0}^{T}

with the exponential integral E₁. Abramowitz and Stegun 1964, 5.1.1; the temperature integral of
thermal analysis, Doyle 1961, J. Appl. Polym. Sci. 5, 285. Written with the scaled integral of
scipy so that nothing under- or overflows.
"""

from __future__ import annotations

import numpy as np
from scipy.special import exp1

GAS_CONSTANT = 8.31446261815324  # J/(mol K)


def left(times, *, constant, at, energy, begin, slope):
    """Return the share of A left.

    Args:
        times: In s.
        constant: k at the temperature ``at``, in 1/s.
        at: In K.
        energy: In J/mol.
        begin: T₀ in K.
        slope: β in K/s, not zero.
    """
    barrier = energy / GAS_CONSTANT

    def primitive(kelvin):
        x = barrier / kelvin
        return kelvin * np.exp(barrier / at - x) - barrier * np.exp(barrier / at) * exp1(x)

    turned = primitive(begin + slope * np.asarray(times)) - primitive(begin)
    return np.exp(-constant / slope * turned)
