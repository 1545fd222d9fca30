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
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.mechanism.binding import free_of, sites_of
from prenuc.mechanism.reaction import Arrhenius, Power, Reaction, scaled, total

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

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
        sites: Sites per mole of each component, by the binding polynomial q that lowers its
            potential by RT s ln q.
    """

    there: Reaction
    back: Reaction | None = None
    solid: frozenset[str] = frozenset()
    sites: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

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
        return {name: number for name, number in self.net.items() if name not in self.solid}

    @cached_property
    def bound(self) -> dict[str, float]:
        """Sites that it makes (positive) and uses up (negative), by binding polynomial."""
        return {
            q: number
            for q, hosts in self.sites.items()
            if (number := sum(hosts.get(name, 0.0) * nu for name, nu in self.net.items()))
        }

    @property
    def is_mass_action(self) -> bool:
        """Whether both rates are products of whole numbers of molecules, catalysts aside."""
        ways = [self.there, *([] if self.back is None else [self.back])]
        orders = (of for way in ways for of in orders_of(way).items())
        whole = all(abs(n - round(n)) < SAME for name, n in orders if name in self.net)
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
        sides = scaled(self.dissolved, self.multiple), scaled(self.bound, -self.multiple)
        found = total(self._difference, *sides)
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
        for q, number in self.bound.items():
            driven += number * _log(state.concentrations[q])
        return GAS_CONSTANT * state.temperature * driven


def steps_of(
    reactions: Sequence[Reaction],
    ladders: Sequence[SizeClasses] = (),
    terms: Sequence[Reaction] = (),
    moments: Collection[str] = (),
) -> tuple[Step, ...]:
    """Return the steps of a mechanism, in the order of their first reactions.

    Args:
        reactions: Those among components; what has a rate constant of zero does not happen.
        ladders: The dots class by class.
        terms: Balances of ligands; a ligand that binds acts by its free concentration.
        moments: Components that count dots and carry no matter; they stand in no step.
    """
    every = [*reactions]
    if not ladders:
        every = [replace(one, stoichiometry=_without(one, moments)) for one in every]
    for sizes in ladders:
        every = [_counted(one, sizes) for one in every]
    for sizes in ladders:
        every += [*sizes.between_classes, *_falling(sizes)]
    free = free_of(terms)
    every = [_with_free(one, free) for one in every] if free else every
    running = [one for one in every if one.constant.k > 0 and any(one.stoichiometry.values())]
    solid = frozenset(sizes.moments.units for sizes in ladders)
    sites = sites_with(terms, ladders)
    return tuple(_added(list(_paired(running, partial(Step, solid=solid, sites=sites)))))


def _added(steps: Sequence[Step]) -> list[Step]:
    """Return steps; what only repeats one way of another is added to it, unless that is declared.

    The same reaction twice, "A -> B" and "A -> B" beside "B -> A", is one with the sum of the k.
    """
    both = {step.name: step for step in steps if step.back is not None}
    kept = dict(both)
    for lone in (step for step in steps if step.back is None):
        sums = (with_more for step in both.values() if (with_more := _repeated(step, lone.there)))
        more = next(sums, lone)
        kept[more.name] = more
        both |= {more.name: more} if more is not lone else {}
    return [kept[step.name] for step in steps if step.name in kept]


def _repeated(step: Step, lone: Reaction) -> Step | None:
    """Return a step with one more reaction in one of its ways; None where it is another one."""
    if step.back is None or step.back.back_of:
        return None
    if _alike(lone, step.there):
        return replace(step, there=_sum(step.there, lone))
    return replace(step, back=_sum(step.back, lone)) if _alike(lone, step.back) else None


def _sum(one: Reaction, other: Reaction) -> Reaction:
    law = one.constant
    return replace(one, constant=replace(law, k=law.k + other.constant(law.at)))


def _alike(one: Reaction, other: Reaction) -> bool:
    """Return whether two reactions differ in k alone."""
    return (
        one.constant.energy == other.constant.energy
        and one.stoichiometry == other.stoichiometry
        and one.factors == other.factors
    )


def sites_with(
    terms: Sequence[Reaction], ladders: Iterable[SizeClasses]
) -> dict[str, dict[str, float]]:
    """Return the sites of each component by polynomial; those of dots are of the smallest one.

    Args:
        terms: Balances of ligands.
        ladders: The dots class by class.
    """
    found = {q: dict(hosts) for q, hosts in sites_of(terms).items()}
    for sizes in ladders:
        if sizes.cover:
            number = sizes.sites * _edge(sizes)
            found.setdefault(sizes.cover, {})[sizes.moments.number] = number
    return found


def _edge(sizes: SizeClasses) -> float:
    """Return n^(2/3) of the smallest dot less that of one with a unit less."""
    least = float(sizes.smallest)
    return float(least ** (2 / 3) - (least - 1.0) ** (2 / 3))


def _with_free(reaction: Reaction, free: Mapping[str, str]) -> Reaction:
    """Return a reaction in which a ligand counts by the name of the free one."""
    if not free.keys() & reaction.stoichiometry.keys():
        return reaction
    renamed = ({free.get(name, name): nu} for name, nu in reaction.stoichiometry.items())
    return replace(reaction, stoichiometry=total(*renamed))


def _paired(reactions: Sequence[Reaction], step_of: Callable[[Reaction], Step]) -> Iterator[Step]:
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
            alone = step_of(one)
            back = _way_back(alone, others if known is None else [known])
            left.pop(back.name if back else "", None)
            yield replace(alone, back=back)


def _way_back(step: Step, others: Iterable[Reaction]) -> Reaction | None:
    """Return what undoes a reaction and leaves nothing over, or is declared to undo it."""
    for other in others:
        declared = other.back_of == step.name
        if undoes(other, step.there) and (declared or replace(step, back=other).even):
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
    least, edge = float(sizes.smallest), _edge(sizes)
    curved = sizes.capillarity * edge  # K
    cover = (Power({sizes.cover: 1.0}, -sizes.sites * edge),) if sizes.cover else ()
    for one in sizes.detachment:
        law, alpha = one.constant, sizes.growth(one)(np.array([least - 1.0]))
        k = law.k * float(alpha[0]) * math.exp(min(curved / law.at, MOST_LOG))
        yield Reaction(
            f"{one.name} of the smallest dots",
            {**scaled(one.stoichiometry, least), sizes.moments.number: -1.0},
            Arrhenius(k, law.at, law.energy - GAS_CONSTANT * curved),
            (*one.factors, Power({sizes.moments.number: 1.0}), *cover),
            one.where,
        )
