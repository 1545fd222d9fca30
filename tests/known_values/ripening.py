r"""Ripening at late times: large dots grow as small ones dissolve.

With dr/dt = κ r^{−m} (1/r_c − 1/r), m = 1 for transport by diffusion (Lifshitz and Slyozov; LSW)
and m = 0 for the surface (Wagner), every distribution of a finite largest size tends to one
shape in u = r/r_c, and

.. math:: r_c^{m+2} = r_{c,0}^{m+2} + q κ t, \qquad
   \text{LSW: } q = 4/9,\; u_{max} = 3/2; \quad \text{Wagner: } q = 1/2,\; u_{max} = 2

LSW: r̄ = r_c and :math:`h ∝ u^2 (3+u)^{-7/3} (3/2-u)^{-11/3} e^{-1/(1-2u/3)}`, relative width
0.2151 (often quoted as 0.215). Wagner: r̄ = (8/9) r_c, :math:`h ∝ u (2-u)^{-5} e^{-3u/(2-u)}`,
relative width 0.3536 (= √2/4).

Lifshitz and Slyozov 1961, J. Phys. Chem. Solids 19, 35; Wagner 1961, Z. Elektrochem. 65, 581.
Dots of n units and small supersaturations: r = r₁ n^{1/3}, dn/dt = B α (c/K − e^{w}), w =
(2Γ/3T) n^{−1/3}; so l = n^{1/3} obeys the law above with κ = (B/3)(2Γ/3T), l_c = (2Γ/3T)/ln(c/K).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ripening:
    """One of the two limits."""

    exponent: int
    slope: float
    largest: float
    mean: float
    width: float

    def shape(self, u):
        """Return h(u), not normalised; 0 beyond the largest."""
        inside = np.where((u > 0) & (u < self.largest), u, self.largest / 2)
        gap = self.largest - inside
        if self.exponent == 3:
            h = inside**2 * (3 + inside) ** (-7 / 3) * gap ** (-11 / 3) * np.exp(-1.5 / gap)
        else:
            h = inside * gap**-5.0 * np.exp(-3 * inside / gap)
        return np.where((u > 0) & (u < self.largest), h, 0.0)


LSW = Ripening(3, 4 / 9, 1.5, 1.0, 0.21506)
WAGNER = Ripening(2, 1 / 2, 2.0, 8 / 9, np.sqrt(2) / 4)
