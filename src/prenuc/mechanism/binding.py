r"""Ligands in fast equilibrium with their sites, the free ligand from its balance.

Sites of one kind stand on components (so many per mole) or on the surface of dots. Ligands *m*
compete for them, each with a constant K_m(T); with the free concentrations l_m the binding
polynomial of a site and the balance of a ligand are

.. math:: q_j = 1 + \sum_m K_{jm} l_m, \qquad
   L_m = l_m + \sum_j S_j \frac{K_{jm} l_m}{q_j}

where S_j counts sites. A component's potential falls by RT s ln q for s sites, so that
an equilibrium constant is multiplied by q^(s ν) (Wyman 1964, Adv. Protein Chem. 19, 223), and what
is bound is not free.

l and q are components without a time of their own: each has an equation in place of a rate, and the
equations are lists of terms that are written like reactions.

In a mechanism that is written in blocks (:class:`Ligands`) a way back is multiplied by q^(−s ν) and
nothing else changes. Sites are of three kinds:

* s sites of a component that are bare or bound, q = 1 + l/h;
* s sites that one of two ligands always holds, such as carboxylates of a cluster. Where x is the
  fraction of the new one among all that are not on such sites, q = 1 + (K − 1) x: every other
  component holds both without a preference, which cancels in a balanced reaction. With T of both
  ligands and N of the new one, N = x (T − Σ S) + Σ S K x/q;
* σ sites per n^(2/3) of dots, q = 1 + l/h.

l is what is free where a file says that the ligand is ``debited``, and in exchanges; otherwise it
is a reservoir, and all of it counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError
from prenuc.mechanism.dots import Cover
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.population import DOTS
from prenuc.mechanism.reaction import Arrhenius, Binding, Power, Reaction, mass_action, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.mechanism.blocks import ComponentBlock, Form
    from prenuc.mechanism.reaction import Factor
    from prenuc.mechanism.structure import Noted


SURFACE = "surface of QD"
LEAST = 1e-9  # mol/m³ of carboxylates; with fewer there is no fraction to speak of


@dataclass(frozen=True)
class Sites:
    """Sites of one kind.

    Args:
        polynomial: Name of the component that stands for q.
        hosts: Sites per mole of every component that has them, or per n^(2/3) of a surface.
        ligands: K(T) in m³/mol by the name of the free ligand.
    """

    polynomial: str
    hosts: Mapping[str, float]
    ligands: Mapping[str, Arrhenius]


def balances(
    totals: Mapping[str, Mapping[str, float]], sites: Sequence[Sites]
) -> tuple[Reaction, ...]:
    """Return the equations of free ligands and polynomials, term by term.

    Args:
        totals: How many of a ligand each component counts, free and bound ones, by the name of the
            free one.
        sites: All kinds of sites.
    """
    found = []
    for free, counted in totals.items():
        law = Arrhenius(1.0)
        found += [Reaction(f"{free} in all", {free: 1.0}, law, (Power(counted),))]
        found += [_term(f"{free} free", {free: -1.0}, {free: 1.0})]
        found += [_bound(free, one) for one in sites if free in one.ligands]
    for one in sites:
        name = one.polynomial
        found += [_term(f"{name} bare", {name: 1.0}, {})]
        found += [
            _term(f"{name} with {free}", {name: 1.0}, {free: 1.0}, law)
            for free, law in one.ligands.items()
        ]
        found += [_term(f"{name} itself", {name: -1.0}, {name: 1.0})]
    return tuple(found)


def surface_balance(surface: str) -> Reaction:
    """Return the term that makes a component the surface of all dots of a ladder."""
    return _term(f"{surface} itself", {surface: -1.0}, {surface: 1.0})


def _term(
    name: str,
    changes: Mapping[str, float],
    orders: Mapping[str, float],
    law: Arrhenius | None = None,
) -> Reaction:
    return Reaction(name, changes, law or Arrhenius(1.0), mass_action(orders))


def _bound(free: str, sites: Sites) -> Reaction:
    factors = (Power(sites.hosts), Power({free: 1.0}), Power({sites.polynomial: 1.0}, -1.0))
    return Reaction(f"{free} on {sites.polynomial}", {free: -1.0}, sites.ligands[free], factors)


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
        for ligand, old in block.exchanges.items():
            sites = -self._number(block.name, ligand, "sites") * made
            yield self._exchanged(block, ligand, old, sites)

    def _exchanged(self, block: ComponentBlock, new: str, old: str, sites: float) -> Binding:
        """Return q^sites of sites that one of two ligands holds."""
        strength = self._number(block.name, new, "K")
        if strength <= 1.0:
            where = f"{block.name} under {new}.K"
            what = f"{block.name} prefers {old} to {new}, K = {strength:g}"
            raise MechanismError(what, "Write the exchange the other way round", where=where)
        return Binding({_fraction(new, old): 1.0}, 1.0 / (strength - 1.0), sites)

    def lowering(self) -> dict[str, tuple[Factor, ...]]:
        """Return q^s by component, by RT ln of which ligands lower its potential."""
        found = {
            name: tuple(self._of(block, -1.0))
            for block in self.form.components
            for name in self._names(block)
        }
        if self.form.covering:
            smallest = self.values["dots.smallest"].si
            edge = smallest ** (2 / 3) - (smallest - 1.0) ** (2 / 3)
            found[DOTS.number] = (Power({self.cover.polynomial: 1.0}, self.cover.sites * edge),)
        return {name: bound for name, bound in found.items() if bound}

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
            Reaction(f"{x} of all", less, Arrhenius(1.0), (Power({x: 1.0}), Power(both))),
            Reaction(f"{x} of nothing", less, Arrhenius(LEAST), (Power({x: 1.0}),)),
        ]
        for block in self.form.components:
            if block.exchanges.get(new) == old:
                number = self._number(block.name, new, "sites")
                sites = Power({x: 1.0}), Power(dict.fromkeys(self._names(block), number))
                strength = Arrhenius(self._number(block.name, new, "K"))
                held = (*sites, self._exchanged(block, new, old, -1.0))
                where = f"{new} on {block.name}"
                found += [
                    Reaction(f"{where}, no more than elsewhere", {x: 1.0}, Arrhenius(1.0), sites),
                    Reaction(where, less, strength, held),
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
