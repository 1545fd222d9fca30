r"""Rates and exact Jacobian of a reaction network, as arrays.

Each reaction ρ has a constant k_ρ(T) and factors g_f(x_f) of pools x = W c
(see ``mechanism/reaction.py``); a missing factor is the constant 1. With stoichiometric matrix N

.. math:: \dot c = N r, \quad r_ρ = k_ρ \prod_f g_{ρf}, \quad
   \frac{\partial r_ρ}{\partial c_j} = k_ρ \sum_f g'_{ρf} W_{fj} \prod_{h \ne f} g_{ρh}

All concentrations are mol/m³, times s, temperatures K.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation
from prenuc.simulation.kernels.rates import BARRIER, BINDING, EXCESS, LINEAR, POWER, SATURATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reaction import Factor, Reaction
    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.rates import RateArrays
    from prenuc.simulation.kernels.sparse import SparseArrays

KINDS = LINEAR, POWER, SATURATION, BINDING, EXCESS, BARRIER
SMALLEST = 1e-12  # mol/m³; below it powers below zero and logarithms are held finite
STEEPEST = 1e-30  # in units of a scale; below it a power below one ends straight at zero


@dataclass(frozen=True)
class Network:
    """A mechanism as arrays, for components in a fixed order.

    Args:
        names: Component names, n of them.
        stoichiometry: N, shape (n, reactions).
        constant: ln k at its anchor, shape (reactions,); −inf for a constant of zero.
        energy: Ea/R in K, shape (reactions,).
        anchor: 1/T_at in 1/K, shape (reactions,).
        pools: W, shape (factors, n).
        groups: The factors of each kind: linear, power, saturation, binding, excess, barrier.
        scale: Scale, half-value, threshold or solubility of each factor, shape (factors,).
        order: Order of each power or barrier, sites of each binding, shape (factors,).
        barrier: B of each barrier, shape (factors,).
        largest: Largest nucleus of each barrier, shape (factors,).
        slots: For each reaction the factors in its product, shape (reactions, width); the index
            ``factors`` stands for the constant 1.
        mechanism: What was compiled.
    """

    names: tuple[str, ...]
    stoichiometry: NDArray[np.float64]
    constant: NDArray[np.float64]
    energy: NDArray[np.float64]
    anchor: NDArray[np.float64]
    pools: NDArray[np.float64]
    groups: tuple[NDArray[np.int64], ...]
    scale: NDArray[np.float64]
    order: NDArray[np.float64]
    barrier: NDArray[np.float64]
    largest: NDArray[np.float64]
    slots: NDArray[np.int64]
    mechanism: Mechanism

    @cached_property
    def initial(self) -> NDArray[np.float64]:
        """The mechanism's own concentrations at time 0 in mol/m³, shape (n,)."""
        return np.array([self.mechanism.initial.get(name, 0.0) for name in self.names])

    @cached_property
    def _roots(self) -> NDArray[np.int64]:
        """The powers above zero and below one, which are steep at zero."""
        power = self.groups[POWER]
        return power[(self.order[power] > 0.0) & (self.order[power] < 1.0)]

    @cached_property
    def flat(self) -> RateArrays:
        """The same for the compiled kernels."""
        from prenuc.simulation.kernels.flat import flat_rates

        numbers = {
            "constant": self.constant,
            "energy": self.energy,
            "anchor": self.anchor,
            "barrier": self.barrier,
            "largest": self.largest,
        }
        return flat_rates(self.mechanism, self.names, self.stoichiometry, numbers, self.classes)

    @cached_property
    def classes(self) -> ClassArrays:
        """The dots class by class, for the compiled kernels."""
        from prenuc.simulation.kernels.flat import flat_classes

        return flat_classes(self.mechanism, self.names)

    @cached_property
    def plan(self) -> SparseArrays:
        """How the network's part of a Rosenbrock step is eliminated."""
        from prenuc.simulation.kernels.flat import plan_of

        return plan_of(self.flat, self.classes, len(self.names))

    @cached_property
    def laws(self) -> NDArray[np.float64]:
        """Conserved sums over components and units in dots of each ladder, (laws, n + L)."""
        from prenuc.simulation.kernels.flat import conservation_laws

        return conservation_laws(self.mechanism, self.stoichiometry)

    def constants(self, temperature: float) -> NDArray[np.float64]:
        """Return k(T) of every reaction at a temperature in K, SI units."""
        k: NDArray[np.float64] = np.exp(
            self.constant - self.energy * (1.0 / temperature - self.anchor)
        )
        return k

    def rates(
        self, concentration: NDArray[np.float64], k: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the rate of every reaction in mol/(m³ s)."""
        g = self._values(self.pools @ concentration)[self.slots]
        rates: NDArray[np.float64] = k * np.prod(g, axis=1)
        return rates

    def change(
        self, concentration: NDArray[np.float64], k: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return dc/dt in mol/(m³ s), shape (n,)."""
        change: NDArray[np.float64] = self.stoichiometry @ self.rates(concentration, k)
        return change

    def jacobian(
        self, concentration: NDArray[np.float64], k: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return ∂(dc/dt)/∂c in 1/s, shape (n, n)."""
        jacobian: NDArray[np.float64] = self.stoichiometry @ self.rate_gradient(concentration, k)
        return jacobian

    def rate_gradient(
        self, concentration: NDArray[np.float64], k: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return ∂r/∂c in 1/s, shape (reactions, n)."""
        x = self.pools @ concentration
        g = self._values(x)[self.slots]
        weight = self._slopes(x)[self.slots] * k[:, None]
        width = self.slots.shape[1]
        for slot in range(width):
            for other in range(width):
                if other != slot:
                    weight[:, slot] *= g[:, other]
        padded = np.vstack((self.pools, np.zeros(len(self.names))))
        gradient: NDArray[np.float64] = np.einsum("rs,rsj->rj", weight, padded[self.slots])
        return gradient

    def _values(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return g(x) of every factor, followed by the constant 1."""
        linear, power, saturation, binding, excess, barrier = self.groups
        positive, s = np.maximum(x, 0.0), self.scale
        g = np.ones(len(x) + 1)
        g[linear] = x[linear] / s[linear]
        base = np.maximum(x[power], np.where(self.order[power] < 0.0, SMALLEST, 0.0))
        g[power] = (base / s[power]) ** self.order[power]
        root = self._roots
        g[root] = _root(x[root] / s[root], self.order[root])[0]
        g[saturation] = x[saturation] / (positive[saturation] + s[saturation])
        g[binding] = (1.0 + positive[binding] / s[binding]) ** self.order[binding]
        g[excess] = np.maximum(x[excess] - s[excess], 0.0)
        if barrier.size:
            g[barrier] = self._nuclei(x)[0]
        return g

    def _slopes(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return dg/dx of every factor, followed by 0 for the constant."""
        linear, power, saturation, binding, excess, barrier = self.groups
        positive, s, p = np.maximum(x, 0.0), self.scale, self.order
        slope = np.zeros(len(x) + 1)
        slope[linear] = 1.0 / s[linear]
        base = np.maximum(x[power], np.where(p[power] < 1.0, SMALLEST, 0.0))
        slope[power] = p[power] / s[power] * (base / s[power]) ** (p[power] - 1.0)
        root = self._roots
        slope[root] = _root(x[root] / s[root], p[root])[1] / s[root]
        slope[saturation] = s[saturation] / (positive[saturation] + s[saturation]) ** 2
        bound = 1.0 + positive[binding] / s[binding]
        slope[binding] = p[binding] / s[binding] * bound ** (p[binding] - 1.0)
        slope[excess] = x[excess] > s[excess]
        if barrier.size:
            slope[barrier] = self._nuclei(x)[1]
        return slope

    def _nuclei(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return exp(−W) of every barrier, and its slope: times the critical nucleus, over x."""
        at = self.groups[BARRIER]
        here, p, b, most = x[at], self.order[at], self.barrier[at], self.largest[at]
        positive = np.maximum(here, SMALLEST)
        log, turn = np.log(positive / self.scale[at]), (p * b / most) ** (1.0 / (p + 1.0))
        free = log > turn
        above = np.where(free, log, 1.0)
        work = np.where(free, b / above**p, most * ((1.0 + 1.0 / p) * turn - log))
        nucleus = np.where(free, p * b / above ** (p + 1.0), most)
        g = np.where(here > 0.0, np.exp(-work), 0.0)
        return g, g * nucleus / positive


def _root(
    x: NDArray[np.float64], p: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x^p and its slope, 0 < p < 1; below zero, where only rounding is, it heals."""
    square = np.where(x > 0.0, x, 0.0) ** 2 + STEEPEST**2
    steep, over = square ** ((p - 1.0) / 2.0), STEEPEST + np.maximum(-x, 0.0)
    least = STEEPEST**p
    g = np.where(x > 0.0, x * steep, least * x / over)
    above, below = steep * (1.0 + (p - 1.0) * x**2 / square), least * STEEPEST / over**2
    return g, np.where(x > 0.0, above, below)


def compile_network(mechanism: Mechanism, names: Sequence[str]) -> Network:
    """Return the arrays of a mechanism for components in the order ``names``.

    Balances and the channels of dots follow the reactions; a component that is not among ``names``,
    such as the units in dots, is left out of their stoichiometry.
    """
    place = {name: i for i, name in enumerate(names)}
    reactions = mechanism.all_reactions
    factors = [factor for reaction in reactions for factor in reaction.factors]
    pools = np.zeros((len(factors), len(names)))
    for row, factor in enumerate(factors):
        for name, weight in factor.pool.items():
            pools[row, place[name]] += weight
    stoichiometry = np.zeros((len(names), len(reactions)))
    for column, reaction in enumerate(reactions):
        for name, number in reaction.stoichiometry.items():
            if name in place:
                stoichiometry[place[name], column] += number
    shapes = [_shape(factor) for factor in factors]
    with np.errstate(divide="ignore"):
        constant = np.log([reaction.constant.k for reaction in reactions])
    return Network(
        names=tuple(names),
        stoichiometry=stoichiometry,
        constant=constant,
        energy=np.array([r.constant.energy / GAS_CONSTANT for r in reactions]),
        anchor=np.array([1.0 / r.constant.at for r in reactions]),
        pools=pools,
        groups=tuple(np.flatnonzero([kind == wanted for kind, _, _ in shapes]) for wanted in KINDS),
        scale=np.array([scale for _, scale, _ in shapes]),
        order=np.array([order for _, _, order in shapes]),
        barrier=np.array([float(getattr(factor, "barrier", 0.0)) for factor in factors]),
        largest=np.array([float(getattr(factor, "largest", 1.0)) for factor in factors]),
        slots=_slots(reactions),
        mechanism=mechanism,
    )


def _slots(reactions: Sequence[Reaction]) -> NDArray[np.int64]:
    total = sum(len(reaction.factors) for reaction in reactions)
    width = max((len(reaction.factors) for reaction in reactions), default=1)
    slots = np.full((len(reactions), width), total, dtype=np.int64)
    first = 0
    for row, reaction in enumerate(reactions):
        count = len(reaction.factors)
        slots[row, :count] = range(first, first + count)
        first += count
    return slots


def _shape(factor: Factor) -> tuple[int, float, float]:
    """Return kind, scale and order of a factor."""
    match factor:
        case Power(order=1.0):
            return LINEAR, factor.scale, 1.0
        case Power():
            return POWER, factor.scale, factor.order
        case Saturation():
            return SATURATION, factor.half, 0.0
        case Binding():
            return BINDING, factor.half, factor.sites
        case Excess():
            return EXCESS, factor.threshold, 0.0
        case Barrier():
            return BARRIER, factor.solubility, factor.order
    raise TypeError(f"{type(factor).__name__} has no kernel")
