"""Ways back that follow from the potentials of components; what they are is in ``blocks.py``."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError, Problem
from prenuc.mechanism.binding import BOUND_ON, OF_BOTH, Sites, balances, surface_balance, term
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.population import DOTS, Cover
from prenuc.mechanism.reaction import (
    Arrhenius,
    Binding,
    Power,
    Reaction,
    mass_action,
    total,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.mechanism.blocks import ComponentBlock, Form, ReactionBlock
    from prenuc.mechanism.reaction import Factor
    from prenuc.mechanism.structure import Noted

MOST_LOG_K = 500.0  # e^709 is the largest number there is
SMALLEST = 1e-12  # of an order; less is rounding

SURFACE = "surface of QD"
LEAST = 1e-9  # mol/m³ of carboxylates; with fewer there is no fraction to speak of


def law_back(
    form: Form,
    values: Noted,
    block: ReactionBlock,
    stages: Mapping[str, Sequence[str]],
    net: Mapping[str, float],
    forward: Arrhenius,
    beyond: tuple[float, float] = (0.0, 0.0),
) -> Arrhenius:
    """Return k_b(T) = k_f(T)/K(T), anchored where the forward constant is.

    Args:
        form: With the components.
        values: The constants.
        block: The reaction.
        stages: Names of the stages of what is counted in stages.
        net: The equation as it is closed.
        forward: k_f(T).
        beyond: Enthalpy (J/mol) and entropy (J/mol/K) that dots have beyond those of their units.

    Raises:
        MechanismError: K is a number that there is none for.
    """
    enthalpy, entropy = beyond
    places = {one: (name, i) for name, each in stages.items() for i, one in enumerate(each)}
    for name, number in net.items():
        part, stage = places.get(name, (name, None))
        h, s = form.potential(part, values, stage)
        enthalpy, entropy = enthalpy + number * h, entropy + number * s
    logarithm = entropy / GAS_CONSTANT - enthalpy / (GAS_CONSTANT * forward.at)
    if abs(logarithm) > MOST_LOG_K:
        what = f"the equilibrium constant of '{block.name}' is 10^{logarithm / math.log(10):.0f}"
        mend = "Look at what its components are formed from, and at the unit of K"
        raise MechanismError(what, mend, where=block.where)
    return Arrhenius(forward.k * math.exp(-logarithm), forward.at, forward.energy - enthalpy)


def orders_back(
    block: ReactionBlock, names: Mapping[str, str], net: Mapping[str, float]
) -> tuple[Factor, ...]:
    """Return the powers o + ν of a way back; the units of dots have the activity 1.

    Args:
        block: The reaction.
        names: Of stages, by the component that stands for them.
        net: The equation as it is closed.

    Raises:
        MechanismError: An order would be below zero.
    """
    orders = {names.get(name, name): order for name, order in block.orders.items()}
    found = total(orders, {n: nu for n, nu in net.items() if n != DOTS.units})
    if problems := _below_zero(block, found, net):
        raise MechanismError(problems)
    return mass_action({n: order for n, order in found.items() if abs(order) > SMALLEST})


def orders_below_zero(block: ReactionBlock) -> list[Problem]:
    """Return a problem for every order below zero of a way back."""
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


def bindings_of(form: Form, stages: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Return what binds to which component as a reservoir, and first words of the constants.

    Args:
        form: With the components.
        stages: Names of the stages of a component that is counted in stages.
    """
    return {
        name: {x: f"{part.name} under {x}" for x in part.ligands if x not in form.debited}
        for part in form.components
        if not set(part.ligands) <= set(form.debited)
        for name in stages.get(part.name, [part.name])
    }


@dataclass(frozen=True)
class Ligands:
    """The ligands of a form.

    Args:
        form: What the file says.
        values: The constants by name.
        stages: The names of the stages of what is counted in stages.
    """

    form: Form
    values: Noted
    stages: Mapping[str, list[str]]

    def free(self, ligand: str) -> str:
        """Return the component that is a ligand as far as it is not bound."""
        return f"free {ligand}" if ligand in self.form.debited else ligand

    @property
    def cover(self) -> Cover:
        """What covers dots."""
        if not self.form.covering:
            return Cover()
        sites = self._number("dots", self.form.covering, "sites")
        return Cover(_polynomial("QD", self.form.covering), sites, SURFACE)

    def factors(self, net: Mapping[str, float]) -> tuple[Factor, ...]:
        """Return what the way back of a reaction is multiplied with, q^(−s ν) for every q.

        Args:
            net: What the reaction makes and uses up, every component by its name.
        """
        return tuple(
            factor
            for block in self.form.components
            for name in self._names(block)
            if net.get(name)
            for factor in self._of(block, net[name])
        )

    def _of(self, block: ComponentBlock, made: float) -> Iterator[Factor]:
        for ligand in block.ligands:
            sites = -self._number(block.name, ligand, "sites") * made
            if ligand in self.form.debited:
                yield Power({_polynomial(block.name, ligand): 1.0}, sites)
            else:
                yield Binding({ligand: 1.0}, self._number(block.name, ligand, "h"), sites)
        for ligand in block.exchanges:
            sites = -self._number(block.name, ligand, "sites") * made
            yield Power({_polynomial(block.name, ligand): 1.0}, sites)

    def balances(self, components: Mapping[str, Component]) -> tuple[Reaction, ...]:
        """Return the equations of free ligands and binding polynomials, term by term.

        Args:
            components: By name, with their compositions.
        """
        sites = [*self._sites()]
        used = {name for one in sites for name in one.ligands}
        totals = {
            self.free(ligand): _counted(ligand, components)
            for ligand in self.form.debited
            if self.free(ligand) in used
        }
        found = balances(totals, sites)
        for new, old in self._exchanges():
            found += self._balance(new, old, components)
        return (*found, surface_balance(SURFACE)) if self.form.covering else found

    def components(self) -> dict[str, Component]:
        """Return what stands for free ligands, polynomials and the surface of dots."""
        sites = [*self._sites()]
        names = [name for one in sites for name in (*one.ligands, one.polynomial)]
        names += [_fraction(*pair) for pair in self._exchanges()]
        names += [_polynomial(one.name, x) for one in self.form.components for x in one.exchanges]
        names += [SURFACE] if self.form.covering else []
        return {name: Component(name, {}, kind="in balance") for name in names}

    def _sites(self) -> Iterator[Sites]:
        for block in self.form.components:
            names = self._names(block)
            for ligand in block.ligands:
                if ligand in self.form.debited:
                    number = self._number(block.name, ligand, "sites")
                    hosts = dict.fromkeys(names, number)
                    yield self._bare_or_bound(block.name, ligand, hosts)
        if self.form.covering:
            hosts = {SURFACE: self.cover.sites}
            yield self._bare_or_bound("dots", self.form.covering, hosts, "QD")

    def _bare_or_bound(
        self, block: str, ligand: str, hosts: Mapping[str, float], name: str = ""
    ) -> Sites:
        strength = Arrhenius(1.0 / self._number(block, ligand, "h"))
        if f"{block} under {ligand}.H" in self.values:
            at, heat = (self._number(block, ligand, word) for word in ("at", "H"))
            strength = replace(strength, at=at, energy=heat)
        return Sites(_polynomial(name or block, ligand), hosts, {self.free(ligand): strength})

    def _balance(
        self, new: str, old: str, components: Mapping[str, Component]
    ) -> tuple[Reaction, ...]:
        """Return the equation of the fraction x of a ligand, term by term."""
        x, of_new = _fraction(new, old), _counted(new, components)
        both, less = total(of_new, _counted(old, components)), {x: -1.0}
        found = [
            Reaction(f"{new} in all", {x: 1.0}, Arrhenius(1.0), (Power(of_new),)),
            Reaction(f"{x}{OF_BOTH}", less, Arrhenius(1.0), (Power({x: 1.0}), Power(both))),
            Reaction(f"{x} of nothing", less, Arrhenius(LEAST), (Power({x: 1.0}),)),
        ]
        for block in self.form.components:
            if block.exchanges.get(new) == old:
                number = self._number(block.name, new, "sites")
                sites = Power(dict.fromkeys(self._names(block), number)), Power({x: 1.0})
                strength = Arrhenius(self._number(block.name, new, "K"))
                q = _polynomial(block.name, new)
                held = (*sites, Power({q: 1.0}, -1.0))
                found += [
                    Reaction(f"{x} of {q}", {x: 1.0}, Arrhenius(1.0), sites),
                    Reaction(f"{x}{BOUND_ON}{q}", less, strength, held),
                    term(f"{q} bare", {q: 1.0}, {}),
                    term(f"{q} with {new}", {q: 1.0}, {x: 1.0}, strength),
                    term(f"{q} without {old}", {q: -1.0}, {x: 1.0}),
                    term(f"{q} itself", {q: -1.0}, {q: 1.0}),
                ]
        return tuple(found)

    def _exchanges(self) -> dict[tuple[str, str], None]:
        """Return every pair of ligands of which the first takes the place of the second."""
        return dict.fromkeys(
            pair for block in self.form.components for pair in block.exchanges.items()
        )

    def _names(self, block: ComponentBlock) -> list[str]:
        return self.stages.get(block.name, [block.name])

    def _number(self, component: str, ligand: str, word: str) -> float:
        found: float = self.values[f"{component} under {ligand}.{word}"].si
        return found


def _polynomial(component: str, ligand: str) -> str:
    return f"q of {component} with {ligand}"


def _fraction(new: str, old: str) -> str:
    return f"fraction of {new} beside {old}"


def _counted(ligand: str, components: Mapping[str, Component]) -> dict[str, float]:
    """Return how many of a ligand every component counts: itself, or what holds the moiety."""
    if ligand in components:
        return {ligand: 1.0}
    parts = {name: (one.composition or {}).get(ligand, 0.0) for name, one in components.items()}
    return {name: number for name, number in parts.items() if number}
