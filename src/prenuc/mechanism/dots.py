r"""How the dots of the two-pathway model are counted: class by class, or by four moments.

A dot gains a unit from Mo/Fr or from a PC, and loses one to Mo/Fr. With α = n^(2/3) (growth limited
by the reaction at the surface), a the activity coefficient of Mo/Fr under ligands that bind them,
and f_n dots of n units per volume::

    Mo/Fr + dot(n) → dot(n+1)     k_grow(T) a Mo α_n                                         (1)
    PC + dot(n) → dot(n+1) + …    k_up(T) PC / (1 + ΣPC / K_up) α_n                          (2)
    dot(n) → dot(n−1) + Mo/Fr     k_grow(T) Mo_eq(T) β_n                                     (3)

(3) follows from (1) by detailed balance: at the solubility Mo_eq(T) of a plane surface, with van 't
Hoff's temperature dependence, a large dot gains as much as it loses, and a small one loses more
(Gibbs-Thomson; β_n is in ``population.py``). Dots of n units keep their size at

.. math:: c_n = \frac{Mo_{eq}(T)}{a}
   \exp\Big(\frac{Γ}{T}\,\big((n+1)^{2/3} - n^{2/3}\big)\Big)                             \qquad (4)

and dissolve below that. (2) has no way back: what a PC brings is far from equilibrium with a dot.

:class:`Classes` counts every size for itself. :class:`Moments` is the coarse option for quick looks
and for two materials in one pot: m_p = Σ l^p of l = n^(1/3). With a growth rate g = dl/dt that does
not depend on l they close exactly, m₀' = J, m₁' = J l* + g m₀, m₂' = J l*² + 2 g m₁, m₃' = J n*
+ 3 g m₂ (Hulburt and Katz 1964, Chem. Eng. Sci. 19, 555). The price: no dot dissolves, and the
solubility is that of a plane surface at one temperature, k_grow m₂ (Mo − Mo_eq)₊. What that costs
in an experiment is told by :mod:`prenuc.observe.coarse`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError
from prenuc.mechanism.population import (
    DOTS,
    FIRST_TWO,
    AbstractProfile,
    Between,
    SizeClasses,
    Surface,
)
from prenuc.mechanism.reaction import Arrhenius, Binding, Excess, Power, Reaction, scaled, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.mechanism.reaction import Factor

TINY = 1e-9  # mol/m³; keeps m₀²/m₁ finite where there are no dots


@dataclass(frozen=True)
class Channel:
    """A way in which a dot gains a unit, and loses it where it can.

    Args:
        joins: Per dot with α = 1.
        leaves: Per dot with β = 1; None where there is no way back.
        solubility: Of a plane surface, in mol/m³, where what joins is what it dissolves into.
        between: Units in the smallest and the largest dot that grow so; None for all.
        first: The concentration of one unit as a dot of one, where the channel makes dots of two
            by joining a unit to it; () where dots begin otherwise.
    """

    joins: Reaction
    leaves: Reaction | None = None
    solubility: float = 0.0
    between: tuple[float, float] | None = None
    first: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Nucleus:
    """What a reaction makes dots of.

    Args:
        name: Of the reaction.
        size: Units in the dots.
        falls: How one dot falls apart into what it was made of; None where it does not.
    """

    name: str
    size: float
    falls: Reaction | None = None


@dataclass(frozen=True)
class AbstractDots(ABC):
    """A way of counting dots; those below are final."""

    @abstractmethod
    def nucleus(self, size: float) -> dict[str, float]:
        """Return what a dot of a size counts as besides its units, per mole of dots."""

    @abstractmethod
    def grown(
        self, channels: Sequence[Channel], nuclei: Sequence[Nucleus], surface: Surface
    ) -> tuple[tuple[Reaction, ...], SizeClasses | None]:
        """Return growth as reactions among components, and the size classes where there are any.

        Args:
            channels: How units join and leave.
            nuclei: What reactions make dots of.
            surface: What holds for all dots.
        """


@dataclass(frozen=True)
class Classes(AbstractDots):
    """Every number of units per dot for itself, ``dots.smallest`` to ``dots.largest``."""

    def nucleus(self, size: float) -> dict[str, float]:  # noqa: ARG002
        """Return nothing: the classes know how many dots there are."""
        return {}

    def grown(
        self, channels: Sequence[Channel], nuclei: Sequence[Nucleus], surface: Surface
    ) -> tuple[tuple[Reaction, ...], SizeClasses]:
        """Return the making of pairs: all else are channels of the population.

        Args:
            channels: How units join and leave.
            nuclei: What reactions make dots of.
            surface: What holds for all dots.
        """
        profile, least = surface.profile, surface.smallest
        pairs = tuple(_pair(one) for one in channels if one.first)
        falling = [_falling(one, surface) for one in nuclei if one.falls is not None]
        profiles: dict[str, AbstractProfile] = {
            way.name: Between(profile, *one.between)
            for one in channels
            if one.between is not None
            for way in (one.joins, one.leaves)
            if way is not None
        }
        profiles |= {one.name: Between(profile, least - 1.0, least - 1.0) for one in falling}
        leaving = (one.leaves for one in channels if one.leaves is not None)
        return pairs, SizeClasses(
            attachment=tuple(one.joins for one in channels),
            detachment=(*leaving, *falling),
            nuclei={one.name: one.size for one in nuclei} | {one.name: 2.0 for one in pairs},
            profile=profile,
            profiles=profiles,
            capillarity=surface.capillarity,
            cover=surface.cover.polynomial,
            sites=surface.cover.sites,
            surface=surface.cover.surface,
            smallest=round(surface.smallest),
            largest=round(surface.largest),
        )


def _pair(channel: Channel) -> Reaction:
    """Return how two units make the smallest dot, whose way back is that it loses one of them.

    The second one joins the first at α = 1, which is a dot of one unit, and has no ligand.
    """
    joins, net = channel.joins, scaled(channel.joins.stoichiometry, 2.0)
    factors = (*channel.first, *joins.factors)
    return Reaction(f"{joins.name}{FIRST_TWO}", net, joins.constant, factors, joins.where)


def _falling(nucleus: Nucleus, surface: Surface) -> Reaction:
    """Return how the smallest dot falls apart as a channel that acts on it alone, for one unit.

    It loses all its units by that channel, each of them at the rate k β.
    """
    falls, least = nucleus.falls, surface.smallest
    assert falls is not None  # noqa: S101  # the caller asks for such nuclei alone
    made = -falls.stoichiometry[DOTS.units]
    if not nucleus.size == least == made:
        what = f"'{nucleus.name}' goes both ways, makes {made:g} QD and dots of {nucleus.size:g}"
        mend = f"Let it make one of the smallest dots, {least:g} QD, or write '->'"
        raise MechanismError(what, mend, where="dots.smallest")
    alpha = float(surface.profile(np.array([least - 1.0]))[0])
    curved = surface.capillarity * (least ** (2 / 3) - (least - 1.0) ** (2 / 3))
    law = falls.constant
    k = law.k / alpha * math.exp(-curved / law.at)
    law = Arrhenius(k, law.at, law.energy + GAS_CONSTANT * curved)
    return replace(falls, stoichiometry=scaled(falls.stoichiometry, 1.0 / least), constant=law)


@dataclass(frozen=True)
class Moments(AbstractDots):
    """Four moments: number, length, surface and units. Coarse: dots never dissolve."""

    def nucleus(self, size: float) -> dict[str, float]:
        """Return the lower moments of a dot of a size."""
        return {DOTS.number: 1.0, DOTS.length: size ** (1 / 3), DOTS.surface: size ** (2 / 3)}

    def grown(
        self,
        channels: Sequence[Channel],
        nuclei: Sequence[Nucleus],
        surface: Surface,
    ) -> tuple[tuple[Reaction, ...], None]:
        """Return growth: units by every channel, lower moments once for all that are alike.

        Args:
            channels: How units join and leave.
            nuclei: What reactions make dots of.
            surface: What holds for all dots.
        """
        if any(one.first for one in channels) or any(one.falls for one in nuclei):
            what = "dots that grow from two units on, or fall apart, have no closed moments"
            raise MechanismError(what, "Count them class by class, without --coarse", where="dots")
        alike: list[list[Reaction]] = []
        for channel in channels:
            joins = channel.joins
            if channel.solubility:
                above = Excess(joins.factors[0].pool, channel.solubility)
                joins = replace(joins, factors=(above, *joins.factors[1:]))
            law = joins.constant, joins.factors[1:]
            same = [some for some in alike if (some[0].constant, some[0].factors[1:]) == law]
            if same:
                same[0].append(joins)
            else:
                alike.append([joins])
        return tuple(one for some in alike for one in _moments(some, surface.exponent)), None


def _moments(joins: Sequence[Reaction], exponent: float) -> tuple[Reaction, ...]:
    """Return growth of all moments, m_p' = p g m₍ₚ₋₁₋q₎; units come at 3 g m₍₂₋q₎."""
    if exponent not in {-1.0, 0.0, 1.0}:
        what = f"growth with a size exponent of {exponent:g} has no closed moments"
        mend = "Give 0 (surface), 1 (diffusion) or -1 (all units)"
        raise MechanismError(what, mend, where="growth.size exponent")
    first, shift = joins[0], round(exponent)
    every = replace(first.factors[0], pool=total(*(one.factors[0].pool for one in joins)))
    return (
        *(replace(one, factors=(*_moment(2 - shift), *one.factors)) for one in joins),
        *(
            Reaction(
                f"{first.name}, {what}",
                {name: p / 3},
                first.constant,
                (*_moment(p - 1 - shift), every, *first.factors[1:]),
            )
            for what, name, p in (("length", DOTS.length, 1), ("surface", DOTS.surface, 2))
        ),
    )


def _moment(p: int) -> tuple[Factor, ...]:
    """Return m_p as factors; m₋₁ is taken as m₀²/m₁, which is exact for dots of one size."""
    if p < 0:
        return Power({DOTS.number: 1.0}, 2.0, TINY**0.5), Binding({DOTS.length: 1.0}, TINY, -1.0)
    return (Power({(DOTS.number, DOTS.length, DOTS.surface, DOTS.units)[p]: 1.0}),)


def dissolution(name: str, joins: Reaction, solubility: Arrhenius) -> Reaction:
    """Return (3), per dot with β = 1: k_grow Mo_eq, both at the temperature of the moment.

    Args:
        name: Of the reaction.
        joins: (1).
        solubility: Mo_eq(T), with the enthalpy of dissolution.
    """
    join = joins.constant
    leave = Arrhenius(join.k * solubility(join.at), join.at, join.energy + solubility.energy)
    net = {part: -n for part, n in joins.stoichiometry.items()}
    return Reaction(name, net, leave, back_of=joins.name)
