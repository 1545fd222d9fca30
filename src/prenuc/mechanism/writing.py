"""Writes a mechanism from blocks and their constants; what the blocks mean is in ``blocks.py``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError
from prenuc.mechanism.dots import Channel, Moments, Nucleus, dissolution
from prenuc.mechanism.matter import closed, component, pool
from prenuc.mechanism.mechanism import Mechanism, volume_fraction
from prenuc.mechanism.population import DOTS, Surface
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action, scaled
from prenuc.mechanism.structure import Noted, Writing
from prenuc.mechanism.ways_back import bindings_of, law_back, orders_back, orders_below_zero
from prenuc.mechanism.written_parts import Parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.value import Value
    from prenuc.mechanism.blocks import Form, ReactionBlock, Term
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Factor


def written(form: Form, dots: AbstractDots, values: Mapping[str, Value]) -> Mechanism:
    """Return the mechanism of a form with its constants; a rule of :meth:`Mechanism.written`.

    Args:
        form: What the file says.
        dots: How dots are counted; as moments in any case where their surface energy is not known.
        values: The constants by name.

    Raises:
        MechanismError: A way back would have an order below zero, a reaction makes or loses atoms.
    """
    problems = [problem for block in form.reactions for problem in orders_below_zero(block)]
    if problems:
        raise MechanismError(problems)
    coarse = form.dots is not None and "energy" not in form.dots
    return _Writer(form, Moments() if coarse else dots, Noted(values)).mechanism()


class _Planned(NamedTuple):
    """A reaction that is to be written: of a block, in the names of some stages.

    ``grows`` says whether it makes dots grow.
    """

    key: tuple[str, ...]
    block: ReactionBlock
    names: Mapping[str, str]
    grows: bool


class _Made(NamedTuple):
    """A reaction, its way back where it has one, and the units in the dots that it makes.

    Where it makes dots the way back is that of one dot.
    """

    there: Reaction
    back: Reaction | None
    size: float | None


@dataclass
class _Writer(Parts):
    """Writes a mechanism from a form; see :func:`written`."""

    def mechanism(self) -> Mechanism:
        """Return the mechanism; what moved constants have no part in is taken from the last one."""
        last = self.form.memory.nearest(self.dots, self.values.values)
        begun, moved = (None, []) if last is None else last
        if begun is not None:
            self.parts = {k: of for k, of in begun.parts.items() if of[0].isdisjoint(moved)}
        made = self.changed(begun) or self.whole()
        writing = Writing(self.values.values, self.parts, made)
        self.form.memory.keep(self.dots, writing, begun)
        return made

    def changed(self, begun: Writing | None) -> Mechanism | None:
        """Return the mechanism of an earlier writing with new laws; None where more has changed."""
        if begun is None or "components" not in self.parts:
            return None
        before: Mechanism = begun.mechanism
        laws = self.reactions()
        if not before.has_structure(*laws):
            return None
        return before.with_laws(*laws, self.balances)

    def whole(self) -> Mechanism:
        """Return the mechanism, checked as every new one is."""
        form, counted, (reactions, populations) = self.form, self.counted, self.reactions()
        channels = (one for ladder in populations for one in ladder.channels)
        seen = [*reactions, *self.balances, *channels]
        acting = dict.fromkeys(name for one in seen for name in one.components())
        used = (name for name in counted if name in acting or name not in form.media)
        listed = dict.fromkeys([*used, *(acting if form.closed_by else ())])
        return Mechanism(
            name=form.name,
            components={name: counted.get(name) or component(name) for name in listed},
            reactions=reactions,
            initial={block.name: block.initial for block in form.components if form.units},
            units=form.units,
            material=form.material,
            dots=None if form.dots is None else DOTS,
            populations=populations,
            balances=self.balances,
            bindings=bindings_of(form, self.stages),
            declared=form.media,
        )

    def reactions(self) -> tuple[tuple[Reaction, ...], tuple[SizeClasses, ...]]:
        """Return the reactions, and the size classes that those of dots move."""
        grown, population = self.kept("dots", self.grown)
        found = []
        for one in self.plan:
            if not one.grows:
                there, back, size = self.made(one)
                found += [there] if back is None or size is not None else [there, back]
        return (*found, *grown), () if population is None else (population,)

    @property
    def plan(self) -> list[_Planned]:
        """The reactions that are to be written."""
        return self.kept("plan", self.planned)

    def planned(self) -> list[_Planned]:
        """Return the reactions that are to be written, those of each stage for itself."""
        dots, stages = self.form.dots is not None, self.stages
        return [
            _Planned((block.name, *names.values()), block, names, grows)
            for block in self.form.reactions
            for grows in (dots and block.size is None and DOTS.units in block.net,)
            for names in self.variants(block, stages)
        ]

    def made(self, one: _Planned) -> _Made:
        """Return a reaction as written."""
        return self.kept(one.key, partial(self.both_ways, one.block, one.names))

    def grown(self) -> tuple[tuple[Reaction, ...], SizeClasses | None]:
        """Return how dots grow: reactions of their moments, or their size classes."""
        if self.form.dots is None:
            return (), None
        plan = self.plan
        channels = [self.channel(one.block, self.made(one)) for one in plan if one.grows]
        born = [self.made(one) for one in plan if one.block.size is not None]
        nuclei = [
            Nucleus(made.there.name, made.size, made.back) for made in born if made.size is not None
        ]
        return self.dots.grown(channels, nuclei, self.surface)

    @property
    def surface(self) -> Surface:
        """What holds for all dots."""
        sizes = {key: self.number(given) for key, given in (self.form.dots or {}).items()}
        return Surface(self.form.material, cover=self.ligands.cover, **sizes)

    @property
    def balances(self) -> tuple[Reaction, ...]:
        """The equations of ligands."""
        return self.kept("balances", lambda: self.ligands.balances(self.counted))

    def both_ways(self, block: ReactionBlock, names: Mapping[str, str]) -> _Made:
        """Return a reaction, and its way back where there is one."""
        net = {names.get(part, part): n for part, n in block.net.items()}
        size = None if block.size is None else self.number(block.size)
        if size is not None:
            net = scaled(net, size if block.per_dot else 1.0)
            net |= scaled(self.dots.nucleus(size), net[DOTS.units] / size)
        if self.form.closed_by:
            net = closed(net, self.counted, self.form.closed_by[0])
        law, catalysts = self.law(block.law), self.factors(block.catalysts)
        law, terms = replace(law, k=law.k * self.number(block.times)), self.factors(block.terms)
        factors = (*_orders(block.orders, names), *catalysts, *terms)
        there = Reaction(
            _renamed(block.name, names), net, law, factors, block.where, because=block.because
        )
        if not block.reversible:
            return _Made(there, None, size)
        legacy, orders = block.legacy, _orders(block.back, names)
        if legacy is None:
            name = f"{block.name} reverse"
            beyond = (0.0, 0.0) if size is None else self.beyond(size, net[DOTS.units] / size)
            law = law_back(self.form, self.values, block, self.stages, net, law, beyond)
            special = (*(terms if block.because else ()), *self.ligands.factors(net))
            orders = orders_back(block, names, net)
        else:
            name, special = legacy.name, self.factors(legacy.terms)
            law = self.law(legacy.law) if legacy.law else law
            if legacy.equilibrium:
                given = (self.values[f"{legacy.equilibrium}.{x}"].si for x in ("K", "H", "K at"))
                law = law.reverse(*given)
        factors = (*orders, *catalysts, *special)
        net = scaled(net, -1.0)
        back = Reaction(_renamed(name, names), net, law, factors, block.where, there.name)
        return _Made(there, back, size)

    def beyond(self, size: float, dots: float) -> tuple[float, float]:
        """Return enthalpy and entropy of dots beyond those of as many units of a plane surface.

        Args:
            size: Units in each.
            dots: How many.
        """
        if self.form.plane is None:
            return 0.0, 0.0
        alone, unit = (
            self.form.potential(name, self.values) for name in (self.form.plane[0], DOTS.units)
        )
        curved = GAS_CONSTANT * self.surface.capillarity * (size ** (2 / 3) - 1.0)
        return dots * (alone[0] - unit[0] + curved), dots * (alone[1] - unit[1])

    def channel(self, block: ReactionBlock, made: _Made) -> Channel:
        """Return what a reaction that makes units of dots says about their growth."""
        joins, leaves, _ = made
        if block.legacy is not None:
            plane = self.solubility(block.legacy.solubility)
            return Channel(joins, dissolution(block.legacy.name, joins, plane), plane.k)
        if self.form.plane is None:
            return Channel(joins)
        dissolved, words = self.form.plane
        alone = set(block.net) == {dissolved, DOTS.units}
        solubility = self.solubility(words).k if leaves and alone else 0.0
        if block.between is None:
            return Channel(joins, leaves, solubility)
        first, last = (self.number(one) for one in block.between)
        unit: tuple[Factor, ...] = ()
        if leaves is not None and alone and first <= 1.0:
            unit = (*mass_action({dissolved: 1.0}), *self.ligands.factors({dissolved: 1.0}))
        return Channel(joins, leaves, solubility, (first, last), unit)

    def solubility(self, words: str) -> Arrhenius:
        """Return the solubility of a plane surface by the first words of its constants."""
        parts = "solubility", "solubility at", "H"
        return Arrhenius(*(self.values[f"{words}.{part}"].si for part in parts))

    def factors(self, terms: tuple[Term, ...]) -> tuple[Factor, ...]:
        """Return the factors of a law."""
        return tuple(self.factor(term) for term in terms)

    def factor(self, term: Term) -> Factor:
        """Return the factor that a term stands for, its pool in components of the mechanism."""
        if term.fraction:
            return volume_fraction(*term.pool)
        found: dict[str, float] = {}
        for name in term.pool:
            if name in self.stages:
                found |= dict.fromkeys(self.stages[name], 1.0)
            elif name in self.counted:
                found[name] = 1.0
            else:
                found |= pool(name, self.form.closed_by)
        return term.kind(found, **{key: self.number(n) for key, n in term.numbers.items()})

    def law(self, name: str) -> Arrhenius:
        """Return k(T) by the first words of its constants."""
        return Arrhenius(*(self.values[f"{name}.{part}"].si for part in ("k", "at", "Ea")))


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return " ".join(names.get(word, word) for word in text.split(" "))


def _orders(orders: Mapping[str, float], names: Mapping[str, str]) -> tuple[Factor, ...]:
    return mass_action({names.get(n, n): order for n, order in orders.items() if order})
