r"""Concentrations of the species of a first-order network, with their derivatives.

.. math:: \frac{dc}{dt} = K(θ)\, c, \qquad c(0) = e_1, \qquad C(t; θ) = e^{K t} e_1

K is linear in the rate constants θ, :math:`K = \sum_p θ_p K_p`. The first species of the scheme
starts with amount 1, all others with 0; before time 0 nothing happens.

=========== ======================================= ==========
symbol      meaning                                 unit
=========== ======================================= ==========
t           time since the start                    time unit
θ           rate constants, in the scheme's order   1/time
C           share of each species, rows add to 1    1
=========== ======================================= ==========

**Distinct relaxation rates.** With :math:`K = V Λ V^{-1}` the exponential is
:math:`V e^{Λt} V^{-1}` and its derivative along K_p is
:math:`V\,[(V^{-1} K_p V) \circ Φ]\,V^{-1}` with
:math:`Φ_{ij} = (e^{λ_i t} - e^{λ_j t}) / (λ_i - λ_j)` (Najfeld and Havel 1995, Adv. Appl. Math.
16, 321).

**Equal or nearly equal rates** (k1 = k2, or m equal steps) make V singular. Then the series of
uniformisation is summed, whose terms are all positive, so that nothing cancels:

.. math:: C(t) = \sum_n \frac{(qt)^n e^{-qt}}{n!} \Big(1 + \frac{K}{q}\Big)^n e_1,
   \qquad q = \max_i |K_{ii}|

(Jensen 1953, Skand. Aktuarietidskr. 36, 87). Where it would need too many terms (qt > 4000), the
matrix exponential is taken by scaling and squaring.

Limits: first-order steps only, one starting species.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.infer.schemes.profiles import AbstractKinetics, rate_names

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.schemes.steps import FirstOrderStep

WORST_EIGENVECTORS = 300.0  # condition at which the derivatives still have ten digits
LONGEST_SERIES = 4000.0  # qt beyond which uniformisation needs too many terms
APART = 0.01  # relative difference from which on two rate constants are taken as different


@final
@dataclass(frozen=True)
class FirstOrderNetwork(AbstractKinetics):
    """A network of first-order steps.

    Args:
        scheme: The scheme as written.
        steps: Its steps; each has a rate constant of its own.
    """

    scheme: str
    steps: tuple[FirstOrderStep, ...]

    @cached_property
    def species(self) -> tuple[str, ...]:
        """Species in the order in which the scheme names them."""
        return tuple(dict.fromkeys(name for s in self.steps for name in (s.start, s.end)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the rate constants: ``k``, or ``k1``, ``k2``, …; ``k-1`` reverses ``k1``."""
        pairs = [(step.start, step.end) for step in self.steps]
        earlier = [pairs[:i] for i in range(len(pairs))]
        turned = [(b, a) for a, b in pairs]
        return rate_names(
            [seen.index(t) if t in seen else None for t, seen in zip(turned, earlier, strict=True)]
        )

    @property
    def meanings(self) -> tuple[str, ...]:
        """The steps."""
        return tuple(str(step) for step in self.steps)

    @cached_property
    def is_plain_chain(self) -> bool:
        """Whether single irreversible steps follow each other in one line."""
        linked = all(a.end == b.start for a, b in pairwise(self.steps))
        once = len(self.species) == len(self.steps) + 1
        return linked and once and all(step.count == 1 for step in self.steps)

    @cached_property
    def generators(self) -> Array:
        """The matrices K_p, shape (rates, states, states); hidden states follow the species."""
        places = {name: i for i, name in enumerate(self.species)}
        matrices = np.zeros((len(self.steps), self._states, self._states))
        hidden = len(places)
        for matrix, step in zip(matrices, self.steps, strict=True):
            inner = range(hidden, hidden + step.count - 1)
            hidden += step.count - 1
            for a, b in pairwise((places[step.start], *inner, places[step.end])):
                matrix[a, a] -= 1.0
                matrix[b, a] += 1.0
        return matrices

    @cached_property
    def observed(self) -> Array:
        """Which species a state looks like, shape (states, species)."""
        places = {name: i for i, name in enumerate(self.species)}
        inner = [places[s.start] for s in self.steps for _ in range(s.count - 1)]
        return np.eye(len(places))[[*range(len(places)), *inner]]

    @property
    def _states(self) -> int:
        return len(self.species) + sum(step.count - 1 for step in self.steps)

    def relaxation_rates(self, rates: Array) -> Array:
        """Return the decay rates of the network, fastest first (1/time), zeros left out."""
        found = -np.linalg.eigvals(np.tensordot(rates, self.generators, 1)).real
        return np.sort(found[found > 1e-12 * max(found.max(), 1e-300)])[::-1]

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return concentrations and their derivatives.

        Args:
            time: Times, shape (m,); those before 0 count as 0.
            values: Rate constants in the order of ``names``, shape (rates,), not negative.

        Returns:
            C, shape (m, species), and dC/dθ, shape (rates, m, species).
        """
        t = np.maximum(np.asarray(time, dtype=float), 0.0)
        if len(self.steps) == 1 and self.steps[0].count == 1:
            return _of_one_step(t, float(values[0]))
        if self.is_plain_chain and len(self.steps) == 2 and _differ(*values):
            return _of_two_steps(t, float(values[0]), float(values[1]))
        matrix = np.tensordot(values, self.generators, 1)
        found = (
            _by_eigenvectors(t, matrix, self.generators)
            or _by_series(t, matrix, self.generators)
            or _by_squaring(t, matrix, self.generators)
        )
        return found[0] @ self.observed, found[1] @ self.observed


_Values = tuple["Array", "Array"]


def _of_one_step(t: Array, k: float) -> _Values:
    """Return c, shape (m, 2), and its derivative, of a single step."""
    left = np.exp(-k * t)
    slope = t * left
    return np.stack((left, -np.expm1(-k * t)), axis=1), np.stack((-slope, slope), axis=1)[None]


def _differ(first: float, second: float) -> bool:
    """Return whether two rate constants are so different that their difference has its digits."""
    return abs(first - second) > APART * max(first, second)


def _of_two_steps(t: Array, k1: float, k2: float) -> _Values:
    """Return c, shape (m, 3), and its derivatives, of two steps with different rate constants.

    b = k1 d / (k2 − k1) with d = exp(−k1 t) − exp(−k2 t) (Bateman 1910, Proc. Camb. Phil. Soc. 15,
    423).
    """
    first, second = np.exp(-k1 * t), np.exp(-k2 * t)
    gap, between = k2 - k1, first - second
    middle = k1 * between / gap
    along_first = between * k2 / gap**2 - k1 * t * first / gap
    along_second = k1 * t * second / gap - k1 * between / gap**2
    left = -t * first
    shares = np.array((first, middle, 1.0 - first - middle))
    nothing = np.zeros_like(t)
    slopes = np.array(
        ((left, along_first, -left - along_first), (nothing, along_second, -along_second))
    )
    return np.ascontiguousarray(shares.T), np.ascontiguousarray(slopes.swapaxes(1, 2))


def _by_eigenvectors(t: Array, matrix: Array, generators: Array) -> _Values | None:
    """Return c, shape (m, states), and its derivatives; None if eigenvectors are too parallel."""
    value, vector = np.linalg.eig(matrix)
    try:
        inverse = np.linalg.inv(vector)
    except np.linalg.LinAlgError:
        return None
    if np.linalg.norm(vector) * np.linalg.norm(inverse) > WORST_EIGENVECTORS:
        return None
    decay = np.exp(t[:, None] * value)
    start = inverse[:, 0]
    ahead = value.real[:, None] >= value.real
    slow = np.where(ahead, value[:, None], value)
    fast = np.where(ahead, value, value[:, None])
    z = (fast - slow) * t[:, None, None]
    ratio = np.where(z == 0, 1.0, np.expm1(z) / np.where(z == 0, 1.0, z))
    phi = np.exp(slow * t[:, None, None]) * t[:, None, None] * ratio
    turned = inverse @ generators @ vector * start  # (rates, states, states)
    inner = np.einsum("pij,mij->pmi", turned, phi)
    return ((decay * start) @ vector.T).real, (inner @ vector.T).real


def _by_series(t: Array, matrix: Array, generators: Array) -> _Values | None:
    """Return the same by uniformisation; None if the series would be too long."""
    from scipy.special import gammaln, xlogy

    q = float(np.max(-np.diag(matrix)))
    longest = q * float(t.max())
    if longest > LONGEST_SERIES:
        return None
    count, states = len(generators), len(matrix)
    terms = int(longest + 10.0 * np.sqrt(longest) + 40.0)
    step = np.eye(states) + matrix / max(q, 1e-300)
    powers = np.zeros((terms, count + 1, states))
    powers[0, 0, 0] = 1.0
    for n in range(1, terms):
        powers[n] = powers[n - 1] @ step.T
        powers[n, 1:] += generators @ powers[n - 1, 0]
    order = np.arange(terms)
    qt = (q * t)[:, None]
    weight = np.exp(xlogy(order, qt) - qt - gammaln(order + 1.0))
    total = np.tensordot(weight, powers, 1)  # (m, 1 + rates, states)
    slope = np.moveaxis(total[:, 1:], 1, 0) / max(q, 1e-300)
    if q <= 0:
        slope = t[:, None] * generators[:, None, :, 0]
    return total[:, 0], slope


def _by_squaring(t: Array, matrix: Array, generators: Array) -> _Values:
    """Return the same from the exponential of the block matrices ((K, 0), (K_p, K))."""
    states = len(matrix)
    slopes = np.empty((len(generators), len(t), states))
    for slope, generator in zip(slopes, generators, strict=True):
        block = np.block([[matrix, np.zeros_like(matrix)], [generator, matrix]])
        full = _exponential(t[:, None, None] * block)[:, :, 0]
        slope[:] = full[:, states:]
    return full[:, :states], slopes


def _exponential(matrices: Array) -> Array:
    """Return the exponentials of a stack of matrices, by Taylor series and squaring.

    Library routines take triangular matrices apart by differences of exponentials, which lose
    half the digits when two rate constants are nearly equal.
    """
    norm = float(np.abs(matrices).sum(axis=-1).max())
    squarings = max(0, int(np.ceil(np.log2(max(norm, 1e-300)))) + 2)
    small = matrices / 2.0**squarings
    total = np.broadcast_to(np.eye(matrices.shape[-1]), matrices.shape)
    term = total
    for n in range(1, 14):  # (1/4)^14 / 14! < 1e-19
        term = term @ small / n
        total = total + term
    for _ in range(squarings):
        total = total @ total
    return total
