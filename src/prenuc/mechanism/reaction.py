r"""One reaction: what it turns into what, and how fast.

Every rate law here is a product

.. math:: r = k(T) \prod_f g_f(x_f), \qquad x_f = \sum_j w_{fj} c_j

of a rate constant and factors, each a function of one weighted sum of concentrations (a *pool*).
The form is closed under everything that the two-pathway model and its rivals need: mass action
of any order, activation by a solvent's volume fraction, saturation by a ligand, a surface that
fills up, growth above a solubility. Its derivative is exact and cheap (see
``simulation/kernels/network.py``).

===================  =======================  ===============================================
factor               g(x)                     used for
===================  =======================  ===============================================
:class:`Power`       (x / scale) ** order     mass action, effects of solvents and additives
:class:`Saturation`  x / (x + half)           an effect that levels off
:class:`Binding`     (1 + x / half) ** sites  a surface that fills up, a ligand that binds
:class:`Excess`      max(x − threshold, 0)    growth above the solubility
:class:`Barrier`     exp(−B / ln^p(x / c))    nucleation over the work of a critical nucleus
===================  =======================  ===============================================

Units are SI (mol/m³, s, J/mol, K). Orders other than 1 read a negative concentration, which is
rounding, as zero; a saturation goes on straight, so that what it uses up returns to zero.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT, ROOM_TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.conditions import Conditions


@dataclass(frozen=True)
class Arrhenius:
    """k(T) = k_at · exp(−Ea/R · (1/T − 1/T_at)), anchored where k was seen.

    Args:
        k: Rate constant at ``at``, SI units.
        at: Reference temperature in K.
        energy: Activation energy in J/mol; 0 for a constant that does not depend on temperature.
    """

    k: float
    at: float = ROOM_TEMPERATURE
    energy: float = 0.0

    def __call__(self, temperature: float) -> float:
        """Return the rate constant at a temperature in K."""
        return self.k * math.exp(-self.energy / GAS_CONSTANT * (1 / temperature - 1 / self.at))

    def reverse(self, equilibrium: float, enthalpy: float, at: float) -> Arrhenius:
        """Return the constant of the reverse reaction, k/K with van 't Hoff's K(T).

        Args:
            equilibrium: Equilibrium constant at temperature ``at``.
            enthalpy: Reaction enthalpy in J/mol.
            at: In K.
        """
        here = equilibrium * math.exp(-enthalpy / GAS_CONSTANT * (1 / self.at - 1 / at))
        return Arrhenius(self.k / here, self.at, self.energy - enthalpy)


@dataclass(frozen=True)
class Factor(ABC):
    """A function of one pool of concentrations; those below are final.

    Args:
        pool: Weight of each component in x = Σ w c.
    """

    pool: Mapping[str, float]

    @abstractmethod
    def of(self, x: float) -> float:
        """Return g(x)."""


@dataclass(frozen=True)
class Power(Factor):
    """(x / scale) ** order."""

    order: float = 1.0
    scale: float = 1.0

    def of(self, x: float) -> float:
        """Return g(x)."""
        if self.order == 1:
            return x / self.scale
        return float((max(x, 0.0) / self.scale) ** self.order)


@dataclass(frozen=True)
class Saturation(Factor):
    """x / (x + half)."""

    half: float = 1.0

    def of(self, x: float) -> float:
        """Return g(x)."""
        return x / (max(x, 0.0) + self.half)


@dataclass(frozen=True)
class Binding(Factor):
    """(1 + x / half) ** sites, the binding polynomial of equal independent sites.

    An equilibrium or a rate changes so when its two sides bind a ligand at a different number of
    sites (Wyman 1964, Adv. Protein Chem. 19, 223); with sites = −1 it is a surface that fills up.
    """

    half: float = 1.0
    sites: float = -1.0

    def of(self, x: float) -> float:
        """Return g(x)."""
        return float((1.0 + max(x, 0.0) / self.half) ** self.sites)


@dataclass(frozen=True)
class Excess(Factor):
    """max(x − threshold, 0)."""

    threshold: float = 0.0

    def of(self, x: float) -> float:
        """Return g(x)."""
        return max(x - self.threshold, 0.0)


@dataclass(frozen=True)
class Barrier(Factor):
    """exp(−W), W = B / ln^p(x / solubility): the work of a critical nucleus, in units of kT.

    p = 2 for a nucleus in solution, p = 1 for an island on a facet. By the nucleation theorem
    −dW/d ln x is the number of units in the critical nucleus, p B / ln^(p+1)(x / solubility).
    Where that exceeds ``largest`` (a facet is full) W goes on straight in ln x with this slope.
    Without such a bound g is 0 at the solubility and below, with all its derivatives.
    """

    solubility: float = 1.0
    barrier: float = 1.0
    order: float = 2.0
    largest: float = 1e6

    @property
    def turn(self) -> float:
        """The logarithm of the supersaturation at which the critical nucleus is the largest."""
        return float((self.order * self.barrier / self.largest) ** (1 / (self.order + 1)))

    def of(self, x: float) -> float:
        """Return g(x)."""
        if x <= 0:
            return 0.0
        log, turn, p = math.log(x / self.solubility), self.turn, self.order
        if log > turn:
            return math.exp(-self.barrier / log**p)
        return math.exp(-self.largest * ((1 + 1 / p) * turn - log))


@dataclass(frozen=True)
class Reaction:
    """A reaction and its rate law.

    Args:
        name: Short name, unique in its mechanism, such as "isomerisation".
        stoichiometry: Net moles of each component made (positive) or used up (negative).
        constant: The rate constant; ``k · Π g`` has the unit mol/(m³ s).
        factors: The concentration dependence.
        where: ``file:line`` for a reaction of a user's file.
        back_of: The name of the reaction whose way back this is declared to be.
        because: Why the reaction has no way back, or a law that is no mass action.
    """

    name: str
    stoichiometry: Mapping[str, float]
    constant: Arrhenius
    factors: tuple[Factor, ...] = ()
    where: str = field(default="", compare=False)
    back_of: str = field(default="", compare=False)
    because: str = field(default="", compare=False)

    def rate(self, conditions: Conditions) -> float:
        """Return the rate in mol/(m³ s).

        This is the law as one reads it; the compiled kernel is tested against it.
        """
        if conditions.frozen:
            return 0.0
        rate = self.constant(conditions.temperature)
        for factor in self.factors:
            rate *= factor.of(
                math.fsum(w * conditions.concentrations[name] for name, w in factor.pool.items())
            )
        return rate

    def components(self) -> dict[str, None]:
        """Return the components that the reaction changes or looks at, in order."""
        names = dict.fromkeys(self.stoichiometry)
        for factor in self.factors:
            names.update(dict.fromkeys(factor.pool))
        return names

    def equation(self) -> str:
        """Return the reaction as it is written, "2 B -> B + C"; net where k is no mass action."""
        left: dict[str, float] = {}
        for factor in self.factors:
            if isinstance(factor, Power) and factor.scale == 1 and [*factor.pool.values()] == [1]:
                left |= dict.fromkeys(factor.pool, factor.order)
        net = self.stoichiometry
        if any(left.get(name, 0.0) + n < 0 for name, n in net.items()):
            left = {name: -n for name, n in net.items() if n < 0}
        return f"{as_side(left)} -> {as_side(total(left, net))}".strip()


def as_side(numbers: Mapping[str, float]) -> str:
    """Return one side of an equation as text, "2 A + B"; no digit of a number is lost."""
    terms = (
        name if number == 1 else f"{np.format_float_positional(number, trim='-')} {name}"
        for name, number in numbers.items()
        if number
    )
    return " + ".join(terms)


def mass_action(orders: Mapping[str, float]) -> tuple[Factor, ...]:
    """Return the factors Π cᵢ^orderᵢ."""
    return tuple(Power({name: 1.0}, order) for name, order in orders.items())


def total(*parts: Mapping[str, float]) -> dict[str, float]:
    """Return the sum of several stoichiometries."""
    summed: dict[str, float] = {}
    for part in parts:
        for name, number in part.items():
            summed[name] = summed.get(name, 0.0) + number
    return summed


def scaled(stoichiometry: Mapping[str, float], by: float) -> dict[str, float]:
    """Return a stoichiometry times a number."""
    return {name: number * by for name, number in stoichiometry.items()}
