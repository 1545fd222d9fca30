r"""Reactions and their ways back, as steps that have an equilibrium constant.

With the rates of both ways, forward and back, a step has

.. math:: \frac{r_\mathrm{f}}{r_\mathrm{b}} = \exp\Big(\frac{λ A}{RT}\Big), \quad
   A = RT \ln K(T) - RT \sum_j ν_j \ln c_j

where the orders of both laws differ by −λν: λ = 1 for mass action, where K = k_f/k_b, and for any
forward law × (1 − exp(−A/RT)). What else one of the laws looks at and the other does not is left
over (:attr:`Step.uneven`, :attr:`Step.one_sided`): then K changes with concentrations.

**Which belongs to which.** A reaction that is declared to be the way back of another one is; so is
one that undoes another one and leaves nothing over. Of dots, the unit that joins is a solid of
activity 1, the dot that it joins acts on both ways alike, and a plane surface is meant (what
curvature does is the same for all channels). The smallest dot falls apart into all its units: the
way back of a nucleation that makes such dots.

Units are SI (mol/m³, J/mol, K); K has the standard state 1 mol/m³.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.mechanism.reaction import Arrhenius, Power, Reaction, scaled, total

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from prenuc.conditions import Conditions
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Factor

MOST_LOG = 700.0  # e^709 is the largest number there is
SAME = 1e-9  # relative; orders and stoichiometric numbers are written, not computed


@dataclass(frozen=True)
class Step:
    """A reaction and its way back.

    Args:
        there: The reaction.
        back: What undoes it; None where it goes one way.
        solid: What has the activity 1 whatever its amount: the units of dots.
    """

    there: Reaction
    back: Reaction | None = None
    solid: str = ""

    @property
    def name(self) -> str:
        """Name of the reaction."""
        return self.there.name

    @cached_property
    def net(self) -> dict[str, float]:
        """What it makes (positive) and uses up (negative)."""
        return {name: number for name, number in self.there.stoichiometry.items() if number}

    @cached_property
    def dissolved(self) -> dict[str, float]:
        """The same without what is solid."""
        return {name: number for name, number in self.net.items() if name != self.solid}

    @property
    def is_mass_action(self) -> bool:
        """Whether both rates are products of whole numbers of molecules, catalysts aside."""
        ways = [self.there, *([] if self.back is None else [self.back])]
        whole = all(abs(n - round(n)) < SAME for way in ways for n in orders_of(way).values())
        catalysts = all(not self.net.keys() & f.pool.keys() for way in ways for f in _others(way))
        return whole and catalysts

    @property
    def is_open(self) -> bool:
        """Whether it only brings something in from outside, or takes it out: one side is empty."""
        left = orders_of(self.there)
        sides = left, total(left, self.net)
        one_sign = len({number > 0 for number in self.net.values()}) == 1
        return one_sign and any(max(map(abs, side.values()), default=0) < SAME for side in sides)

    @cached_property
    def events(self) -> float:
        """How often it is undone by one event of its way back."""
        if self.back is None:
            return 1.0
        name = next(iter(self.net))
        return -self.back.stoichiometry[name] / self.net[name]

    @cached_property
    def _difference(self) -> dict[str, float]:
        """Orders of the way there less those of the way back."""
        back = {} if self.back is None else orders_of(self.back)
        found = total(orders_of(self.there), scaled(back, -1.0))
        return {name: order for name, order in found.items() if abs(order) > SAME}

    @cached_property
    def multiple(self) -> float:
        """λ, by which orders differ in place of ν; 1 where there is no such number."""
        ratios = [-self._difference.get(j, 0.0) / number for j, number in self.dissolved.items()]
        if not ratios or min(ratios) <= 0 or max(ratios) - min(ratios) > SAME * max(ratios):
            return 1.0
        return ratios[0]

    @cached_property
    def uneven(self) -> dict[str, float]:
        """What the difference of orders exceeds −λν by, for each component."""
        found = total(self._difference, scaled(self.dissolved, self.multiple))
        return {name: order for name, order in found.items() if abs(order) > SAME}

    @cached_property
    def one_sided(self) -> tuple[tuple[Factor, int], ...]:
        """The other factors of one way alone, with 1 for the way there and −1 for the one back."""
        there, back = _others(self.there), [] if self.back is None else _others(self.back)
        for factor in list(there):
            if factor in back:
                there.remove(factor)
                back.remove(factor)
        return (*((factor, 1) for factor in there), *((factor, -1) for factor in back))

    @property
    def even(self) -> bool:
        """Whether the step has an equilibrium constant, one that concentrations do not change."""
        return self.back is not None and not self.uneven and not self.one_sided

    def log_equilibrium(self, temperature: float) -> float:
        """Return ln K at a temperature in K, without what is left over."""
        if self.back is None:
            return math.inf
        ratio = log_constant(self.there, temperature) - log_constant(self.back, temperature)
        return (ratio - math.log(self.events)) / self.multiple

    def log_left_over(self, state: Conditions) -> float:
        """Return by how much ln K is changed at concentrations by what is left over."""
        there = state.concentrations
        found = sum(order * _log(there[name]) for name, order in self.uneven.items())
        for factor, sign in self.one_sided:
            found += sign * _log(factor.of(sum(w * there[name] for name, w in factor.pool.items())))
        return found / self.multiple

    def affinity(self, state: Conditions) -> float:
        """Return A in J/mol; infinite where a side is missing, nan where both are."""
        driven = self.log_equilibrium(state.temperature) + self.log_left_over(state)
        for name, number in self.dissolved.items():
            driven -= number * _log(state.concentrations[name])
        return GAS_CONSTANT * state.temperature * driven


def steps_of(
    reactions: Sequence[Reaction], sizes: SizeClasses | None, moments: Collection[str] = ()
) -> tuple[Step, ...]:
    """Return the steps of a mechanism, in the order of their first reactions.

    Args:
        reactions: Those among components; what has a rate constant of zero does not happen.
        sizes: The dots class by class; None when there are none.
        moments: Components that count dots and carry no matter; they stand in no step.
    """
    every, solid = list(reactions), ""
    if sizes is not None:
        solid = sizes.moments.units
        every = [*(_counted(one, sizes) for one in reactions), *sizes.channels, *_falling(sizes)]
    else:
        every = [replace(one, stoichiometry=_without(one, moments)) for one in every]
    running = [one for one in every if one.constant.k > 0 and any(one.stoichiometry.values())]
    return tuple(_paired(running, solid))


def _paired(reactions: Sequence[Reaction], solid: str) -> Iterator[Step]:
    """Yield every reaction once: with its way back, as one, or alone."""
    left = {one.name: one for one in reactions}
    declared = {one.back_of: one for one in reactions if one.back_of in left}
    alike: dict[frozenset[str], list[Reaction]] = {}
    for one in reactions:
        alike.setdefault(_names(one), []).append(one)
    for one in reactions:
        if one.name in left and one.back_of not in left:
            del left[one.name]
            known = declared.get(one.name)
            others = [r for r in alike[_names(one)] if r.name in left and not r.back_of]
            back = _way_back(one, others if known is None else [known], solid)
            left.pop(back.name if back else "", None)
            yield Step(one, back, solid)


def _way_back(one: Reaction, others: Iterable[Reaction], solid: str) -> Reaction | None:
    """Return what undoes a reaction and leaves nothing over, or is declared to undo it."""
    for other in others:
        if undoes(other, one) and (other.back_of == one.name or Step(one, other, solid).even):
            return other
    return None


def undoes(one: Reaction, other: Reaction) -> bool:
    """Return whether the stoichiometry of a reaction is that of another one, times −s."""
    mine, others = one.stoichiometry, other.stoichiometry
    if _names(one) != _names(other):
        return False
    ratios = [-mine[name] / others[name] for name in _names(one)]
    return min(ratios) > 0 and max(ratios) - min(ratios) <= SAME * max(ratios)


def _names(reaction: Reaction) -> frozenset[str]:
    return frozenset(name for name, number in reaction.stoichiometry.items() if number)


def orders_of(reaction: Reaction) -> dict[str, float]:
    """Return the order of a rate law in each component that it holds a power of."""
    return total(*(scaled(f.pool, f.order) for f in _powers(reaction)))


def log_constant(reaction: Reaction, temperature: float) -> float:
    """Return ln k with the scales of powers, in SI units, at a temperature in K."""
    law, scales = reaction.constant, _powers(reaction)
    energy = law.energy / GAS_CONSTANT * (1 / temperature - 1 / law.at)
    return math.log(law.k) - energy - sum(f.order * _log(f.scale) for f in scales)


def _powers(reaction: Reaction) -> list[Power]:
    return [f for f in reaction.factors if isinstance(f, Power) and _of_one(f)]


def _others(reaction: Reaction) -> list[Factor]:
    return [f for f in reaction.factors if not (isinstance(f, Power) and _of_one(f))]


def _of_one(power: Power) -> bool:
    """Return whether a power is one of a concentration, not of a sum or a volume fraction."""
    return [*power.pool.values()] == [1.0]


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf


def _without(reaction: Reaction, moments: Collection[str]) -> dict[str, float]:
    return {name: nu for name, nu in reaction.stoichiometry.items() if name not in moments}


def _counted(reaction: Reaction, sizes: SizeClasses) -> Reaction:
    """Return a nucleation with the dot that it makes; any other reaction as it is."""
    if reaction.name not in sizes.nuclei:
        return reaction
    dots = reaction.stoichiometry[sizes.moments.units] / sizes.nuclei[reaction.name]
    return replace(reaction, stoichiometry={**reaction.stoichiometry, sizes.moments.number: dots})


def _falling(sizes: SizeClasses) -> Iterator[Reaction]:
    """Yield how the smallest dot falls apart, by every channel by which it can lose a unit."""
    least = float(sizes.smallest)
    alpha = float(sizes.profile(np.array([least - 1.0]))[0])
    edge = sizes.capillarity * (least ** (2 / 3) - (least - 1.0) ** (2 / 3))  # K
    for one in sizes.detachment:
        law = one.constant
        k = law.k * alpha * math.exp(min(edge / law.at, MOST_LOG))
        yield Reaction(
            f"{one.name} of the smallest dots",
            {**scaled(one.stoichiometry, least), sizes.moments.number: -1.0},
            Arrhenius(k, law.at, law.energy - GAS_CONSTANT * edge),
            (*one.factors, Power({sizes.moments.number: 1.0})),
            one.where,
        )
