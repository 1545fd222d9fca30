"""Writes a mechanism from blocks and their constants; what the blocks mean is in ``blocks.py``."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError, Problem
from prenuc.facts.catalogue import get
from prenuc.mechanism.blocks import LESS_ONE
from prenuc.mechanism.dots import Channel, Moments, Surface, dissolution
from prenuc.mechanism.matter import carboxylates, closed, component, parts_of, pool, released
from prenuc.mechanism.mechanism import Component, Mechanism, volume_fraction
from prenuc.mechanism.population import DOTS
from prenuc.mechanism.reaction import Arrhenius, Binding, Reaction, mass_action, scaled, total
from prenuc.mechanism.structure import Noted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from prenuc.facts.value import Value
    from prenuc.mechanism.blocks import ComponentBlock, Form, Number, ReactionBlock, Term
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Factor

T = TypeVar("T")

MOST_LOG_K = 500.0  # e^709 is the largest number there is
SMALLEST = 1e-12  # of an order; less is rounding
MOST_STAGES = 100  # more are a lag without spread, and a slow simulation


def written(form: Form, dots: AbstractDots, values: Mapping[str, Value]) -> Mechanism:
    """Return the mechanism of a form with its constants; a rule of :meth:`Mechanism.written`.

    Args:
        form: What the file says.
        dots: How dots are counted; as moments in any case where their surface energy is not known.
        values: The constants by name.

    Raises:
        MechanismError: A way back would have an order below zero, a reaction makes or loses atoms.
    """
    problems = [problem for block in form.reactions for problem in _negative_orders(block)]
    if problems:
        raise MechanismError(problems)
    coarse = form.dots is not None and "energy" not in form.dots
    return _Writer(form, Moments() if coarse else dots, Noted(values)).mechanism()


@dataclass
class _Writer:
    """Writes a mechanism from a form; see :func:`written`."""

    form: Form
    dots: AbstractDots
    values: Noted

    def mechanism(self) -> Mechanism:
        """Return the mechanism, with everything but its laws from the last one where that holds."""
        form, (reactions, population) = self.form, self.reactions()
        key, counted = ("mechanism", self.dots), self.counted
        known = form.memory.of(key, {"counted": counted})
        like: Mechanism | None = None if known is None else known[1]
        if like is not None and like.has_structure(reactions, population):
            return like.with_laws(reactions, population, self.bindings())
        seen = [*reactions, *(population.channels if population else ())]
        acting = dict.fromkeys(name for one in seen for name in one.components())
        used = (name for name in counted if name in acting or name not in form.media)
        listed = dict.fromkeys([*used, *(acting if form.closed_by else ())])
        made = Mechanism(
            name=form.name,
            components={name: counted.get(name) or component(name) for name in listed},
            reactions=reactions,
            initial={block.name: block.initial for block in form.components if form.units},
            units=form.units,
            material=form.material,
            dots=None if form.dots is None else DOTS,
            population=population,
            bindings=self.bindings(),
        )
        form.memory.keep(key, {"counted": counted}, made)
        return made

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what a function makes of constants, or made of the same ones last time."""
        outside = self.values.read
        known = self.form.memory.of((key, self.dots), self.values.values)
        if known is None:
            self.values.read = {}
            made = make()
            known = self.values.read, made
            self.form.memory.keep((key, self.dots), *known)
        self.values.read = outside
        if outside is not None:  # what is made of this is made of the same constants
            outside.update(known[0])
        found: T = known[1]
        return found

    def reactions(self) -> tuple[tuple[Reaction, ...], SizeClasses | None]:
        """Return the reactions, and the size classes that those of dots move."""
        found: list[Reaction] = []
        channels: list[Channel] = []
        nuclei: dict[str, float] = {}
        stages = self.stages
        for block in self.form.reactions:
            grows = self.form.dots is not None and block.size is None and DOTS.units in block.net
            for names in self.variants(block, stages):
                key = block.name, *names.values()
                there, back = self.kept(key, partial(self.both_ways, block, names))
                if grows:
                    channels.append(self.channel(block, there, back))
                    continue
                found += [there] if back is None else [there, back]
                if block.size is not None:
                    nuclei[there.name] = self.number(block.size)
        if self.form.dots is None:
            return tuple(found), None
        sizes = {key: self.number(given) for key, given in self.form.dots.items()}
        surface = Surface(self.form.material, **sizes)
        grown, population = self.dots.grown(channels, nuclei, surface)
        return (*found, *grown), population

    def number(self, given: Number) -> float:
        """Return a number, a constant, or what constants give."""
        if not isinstance(given, str):
            return given
        above, _, below = given.removesuffix(LESS_ONE).partition(" / ")
        found: float = math.prod(self.values[name].si for name in above.split(" * "))
        found /= self.values[below].si if below else 1.0
        return found - given.endswith(LESS_ONE)

    @property
    def stages(self) -> dict[str, list[str]]:
        """The names of the stages of what is counted in stages."""
        return self.kept("stages", self.count_stages)

    @property
    def counted(self) -> dict[str, Component]:
        """Every component, see :meth:`count`."""
        return self.kept("components", self.count)

    def count_stages(self) -> dict[str, list[str]]:
        """Return the names of the stages of what is counted in stages."""
        found = {}
        for block in self.form.components:
            if block.stages:
                count = self.number(block.stages)
                if not 1 <= count <= MOST_STAGES or count != round(count):
                    what = f"{count:g} {block.stages} is no count"
                    mend = f"Give a whole number of 1 to {MOST_STAGES}"
                    raise MechanismError(what, mend, where=block.stages)
                first = round(block.numbered)
                numbers = range(first, first + round(count))
                found[block.name] = [f"{block.name}.{i}" if i else block.name for i in numbers]
        return found

    def count(self) -> dict[str, Component]:
        """Return what leads to monomers, dots, what equations set free, media, what follows."""
        found: dict[str, Component] = {}
        last: dict[str, Component] = {}
        for block in self.form.components:
            part = replace(block.component, composition=self.composition(block))
            names = self.stages.get(block.name, [block.name])
            after = any(one.kind == "monomer" for one in found.values())
            (last if after else found).update({n: replace(part, name=n) for n in names})
        if self.form.dots is not None:
            material = get("materials", self.form.material)
            unit = {material.metal: 1.0, material.chalcogen: 1.0}
            found[DOTS.units] = Component(DOTS.units, unit, f"{material.chalcogen} atom", "QD")
            for name in (DOTS.number, DOTS.length, DOTS.surface):
                found[name] = Component(name, {}, "dot · unit^(p/3)", "moment")
        besides = (*released(self.form.closed_by).values(), *self.form.media)
        return found | {n: component(n) for n in besides if n not in found} | last

    def composition(self, block: ComponentBlock) -> dict[str, float] | None:
        """Return moieties per mole of a component."""
        if block.parts is None:
            return None
        parts = parts_of({name: self.number(n) for name, n in block.parts.items()})
        if block.neutral:
            atom = next(iter(get("reagents", block.neutral).composition))
            parts |= carboxylates(block.neutral, 2.0 * parts[atom] - sum(parts.values()))
        return parts

    def variants(
        self, block: ReactionBlock, stages: Mapping[str, list[str]]
    ) -> list[dict[str, str]]:
        """Return the names of components in an equation that stands for several stages."""
        staged = [name for name in block.net if name in stages]
        if not staged:
            return [{}]
        (name,) = staged
        if block.net[name] > 0:
            return [{name: stages[name][0]}]
        if not block.chain:
            return [{name: stage} for stage in stages[name]]
        (product,) = (part for part, number in block.net.items() if number > 0)
        following = [*stages[name][1:], product]
        pairs = zip(stages[name], following, strict=True)
        return [{name: old, product: new} for old, new in pairs]

    def both_ways(
        self, block: ReactionBlock, names: Mapping[str, str]
    ) -> tuple[Reaction, Reaction | None]:
        """Return a reaction, and its way back where there is one."""
        net = {
            names.get(part, part): self.number(block.amounts[part]) * math.copysign(1.0, n)
            if part in block.amounts
            else n
            for part, n in block.net.items()
        }
        if block.size is not None:
            size = self.number(block.size)
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
            return there, None
        legacy, orders = block.legacy, _orders(block.back, names)
        if legacy is None:
            name, law = f"{block.name} reverse", self.back(block, names, net, law)
            special = (*(terms if block.because else ()), *self.ligands(block))
            orders = self.undone(block, names, net)
        else:
            name, special = legacy.name, self.factors(legacy.terms)
            law = self.law(legacy.law) if legacy.law else law
            if legacy.equilibrium:
                given = (self.values[f"{legacy.equilibrium}.{x}"].si for x in ("K", "H", "K at"))
                law = law.reverse(*given)
        factors = (*orders, *catalysts, *special)
        net = scaled(net, -1.0)
        back = Reaction(_renamed(name, names), net, law, factors, block.where, there.name)
        return there, back

    def channel(self, block: ReactionBlock, joins: Reaction, leaves: Reaction | None) -> Channel:
        """Return what a reaction that makes units of dots says about their growth."""
        if block.legacy is not None:
            plane = self.solubility(block.legacy.solubility)
            return Channel(joins, dissolution(block.legacy.name, joins, plane), plane.k)
        if self.form.plane is None:
            return Channel(joins)
        dissolved, words = self.form.plane
        alone = set(block.net) == {dissolved, DOTS.units}
        return Channel(joins, leaves, self.solubility(words).k if leaves and alone else 0.0)

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
        if term.below is not None:
            found = scaled(found, -1.0 / self.number(term.below))
        return term.kind(found, **{key: self.number(n) for key, n in term.numbers.items()})

    def law(self, name: str) -> Arrhenius:
        """Return k(T) by the first words of its constants."""
        return Arrhenius(*(self.values[f"{name}.{part}"].si for part in ("k", "at", "Ea")))

    def undone(
        self, block: ReactionBlock, names: Mapping[str, str], net: Mapping[str, float]
    ) -> tuple[Factor, ...]:
        """Return the powers o + ν of a way back; the units of dots have the activity 1."""
        orders = {names.get(name, name): order for name, order in block.orders.items()}
        found = total(orders, {n: nu for n, nu in net.items() if n != DOTS.units})
        if problems := _below_zero(block, found, net):
            raise MechanismError(problems)
        return mass_action({n: order for n, order in found.items() if abs(order) > SMALLEST})

    def back(
        self,
        block: ReactionBlock,
        names: Mapping[str, str],
        net: Mapping[str, float],
        forward: Arrhenius,
    ) -> Arrhenius:
        """Return k_b(T) = k_f(T)/K(T), anchored where the forward constant is."""
        enthalpy = entropy = 0.0
        of_stage = {stage: name for name, stage in names.items()}
        for name, number in net.items():
            h, s = self.form.potential(of_stage.get(name, name), self.values)
            enthalpy, entropy = enthalpy + number * h, entropy + number * s
        logarithm = entropy / GAS_CONSTANT - enthalpy / (GAS_CONSTANT * forward.at)
        if abs(logarithm) > MOST_LOG_K:
            what = (
                f"the equilibrium constant of '{block.name}' is 10^{logarithm / math.log(10):.0f}"
            )
            mend = "Look at what its components are formed from, and at the unit of K"
            raise MechanismError(what, mend, where=block.where)
        return Arrhenius(forward.k * math.exp(-logarithm), forward.at, forward.energy - enthalpy)

    def ligands(self, block: ReactionBlock) -> tuple[Factor, ...]:
        """Return what ligands do to the way back: (1 + x/h)^(−s ν) for each that binds."""
        return tuple(
            replace(binding, sites=-binding.sites * block.net[part.name])
            for part in self.form.components
            if block.net.get(part.name)
            for binding in self.binding(part)
        )

    def binding(self, part: ComponentBlock) -> tuple[Binding, ...]:
        """Return the binding polynomials of a component, (1 + x/h)^s for each ligand."""
        words = "h", "sites"
        return tuple(
            Binding(
                {ligand: 1.0}, *(self.values[f"{part.name} under {ligand}.{x}"].si for x in words)
            )
            for ligand in part.ligands
        )

    def bindings(self) -> dict[str, tuple[Binding, ...]]:
        """Return the binding polynomials by component, and by each of its stages."""
        return {
            name: self.binding(part)
            for part in self.form.components
            if part.ligands
            for name in self.stages.get(part.name, [part.name])
        }


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return " ".join(names.get(word, word) for word in text.split(" "))


def _orders(orders: Mapping[str, float], names: Mapping[str, str]) -> tuple[Factor, ...]:
    return mass_action({names.get(n, n): order for n, order in orders.items() if order})


def _negative_orders(block: ReactionBlock) -> list[Problem]:
    return _below_zero(block, block.back, block.net) if block.reversible else []


def _below_zero(
    block: ReactionBlock, orders: Mapping[str, float], net: Mapping[str, float]
) -> list[Problem]:
    return [
        Problem(
            f"the way back of '{block.name}' would be of order {order:g} in {name}",
            f"Give {name} an order of {-net[name]:g} or more",
            where=block.where,
        )
        for name, order in orders.items()
        if order < -SMALLEST
    ]
