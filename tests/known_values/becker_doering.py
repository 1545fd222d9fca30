r"""The closed Becker-Döring system: equilibrium, free energy, slowest relaxation.

Monomers c and dots of n = 2 … N units with attachment α_n a c and detachment β_n b; β by detailed
balance with Γ/T. With K = b/a and w = exp(−(Γ/T)(n^{2/3} − 1))

.. math:: f_n = Q_n c^n, \quad Q_n = K^{1-n} w_n, \qquad c + \sum_n n f_n = \text{total},

one equation for c. The free energy :math:`F = \sum_{n ≥ 1} f_n (\ln(f_n/Q_n) - 1)` never rises,
and close to equilibrium everything dies away with the smallest eigenvalue of the linearised
equations.

Becker and Döring 1935, Ann. Phys. 416, 719; Ball, Carr and Penrose 1986, Commun. Math. Phys.
104, 657 (equilibrium and the Lyapunov function); Burton 1977, in: Statistical Mechanics A (ed.
Berne), ch. 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq


@dataclass(frozen=True)
class BeckerDoering:
    """One closed system.

    Args:
        attach: a in m³/(mol s).
        detach: b in 1/s.
        tension: Γ/T.
        largest: N.
        alpha: α_n of numbers of units.
    """

    attach: float
    detach: float
    tension: float
    largest: int
    alpha: object

    @property
    def units(self):
        """n = 2 … N."""
        return np.arange(2.0, self.largest + 1)

    @property
    def beta(self):
        """β_n, n = 2 … N."""
        n = self.units
        return self.alpha(n - 1) * np.exp(self.tension * (np.cbrt(n) ** 2 - np.cbrt(n - 1) ** 2))

    def log_weights(self):
        """Return ln Q_n, n = 2 … N."""
        n = self.units
        return (1 - n) * np.log(self.detach / self.attach) - self.tension * (np.cbrt(n) ** 2 - 1)

    def equilibrium(self, total):
        """Return c and f_n that hold all units at equilibrium."""
        n, weights = self.units, self.log_weights()

        def excess(log_c):
            return np.exp(log_c) + np.sum(n * np.exp(weights + n * log_c)) - total

        highest = min(np.log(total), np.min((np.log(total) - weights) / n))
        log_c = brentq(excess, highest - 60.0, highest, xtol=1e-15, rtol=1e-15)
        return np.exp(log_c), np.exp(weights + n * log_c)

    def free_energy(self, c, f):
        """Return F in units of kT, for one state; classes that are empty count nothing."""
        there = f > 0
        dots = f[there] * (np.log(f[there]) - self.log_weights()[there] - 1)
        return c * (np.log(c) - 1) + np.sum(dots)

    def fluxes(self, c, f):
        """Return the net rate of n → n + 1, n = 1 … N − 1."""
        sizes = np.concatenate(([c], f))
        alpha = self.alpha(np.arange(1.0, self.largest))
        return self.attach * c * alpha * sizes[:-1] - self.detach * self.beta * f

    def slowest(self, total):
        """Return the smallest rate of relaxation (1/s) at equilibrium, and its mode δf of n = 1
        … N.

        A step n → n + 1 is faster one way than the other by λ_n times a difference of the δf/f,
        with λ_n = a c α_n f_n; so with S the stoichiometry of the steps and D = S √λ/√f the
        decay is DDᵀ in the variables δf/√f, and its spectrum is that of the singular values of D.
        """
        c, f = self.equilibrium(total)
        sizes = np.concatenate(([c], f))
        forward = self.attach * c * self.alpha(np.arange(1.0, self.largest)) * sizes[:-1]
        steps = np.eye(self.largest, self.largest - 1, -1) - np.eye(self.largest, self.largest - 1)
        steps[0] -= 1.0  # every step takes a monomer
        scaled = steps * np.sqrt(forward) / np.sqrt(sizes)[:, None]
        left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
        return singular[-1] ** 2, left[:, -1] * np.sqrt(sizes)
