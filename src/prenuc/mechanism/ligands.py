r"""What ligands that bind do to a mechanism in blocks: factors of ways back, their own balance.

A ligand lowers the potential of what it binds to by RT s ln q, so a way back is slower by q^(s ν)
and nothing else changes. Three kinds of sites:

* s sites of a component that are bare or bound, q = 1 + l/h;
* s sites that one of two ligands always holds, such as carboxylates of a cluster. Where x is the
  fraction of the new one among all that are not on such sites, q = 1 − x + K x: every other
  component holds both without a preference, which cancels in a balanced reaction;
* σ sites per n^(2/3) of dots, q = 1 + l/h.

l is what is free (:mod:`prenuc.mechanism.binding`) where a file says that the ligand is
``debited``, and in exchanges; otherwise it is a reservoir, and all of it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.mechanism.binding import Sites, balances, surface_balance
from prenuc.mechanism.dots import Cover
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.reaction import Arrhenius, Binding, Power

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prenuc.mechanism.blocks import ComponentBlock, Form
    from prenuc.mechanism.reaction import Factor, Reaction
    from prenuc.mechanism.structure import Noted

SURFACE = "surface of QD"


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
        exchanged = any(ligand in {new, old} for new, old in self._exchanges())
        return f"free {ligand}" if ligand in self.form.debited or exchanged else ligand

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
            yield Power({_polynomial(block.name, ligand): 1.0}, sites)
            yield Power({self.free(ligand): 1.0, self.free(old): 1.0}, -sites)

    def balances(self, components: Mapping[str, Component]) -> tuple[Reaction, ...]:
        """Return the equations of free ligands and binding polynomials, term by term.

        Args:
            components: By name, with their compositions.
        """
        sites = [*self._sites()]
        used = {name for one in sites for name in one.ligands}
        ligands = [*self.form.debited, *(one for pair in self._exchanges() for one in pair)]
        totals = {
            self.free(ligand): _counted(ligand, components)
            for ligand in dict.fromkeys(ligands)
            if self.free(ligand) in used
        }
        found = balances(totals, sites)
        return (*found, surface_balance(SURFACE)) if self.form.covering else found

    def components(self) -> dict[str, Component]:
        """Return what stands for free ligands, polynomials and the surface of dots."""
        sites = [*self._sites()]
        names = [name for one in sites for name in (*one.ligands, one.polynomial)]
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
            for ligand, old in block.exchanges.items():
                number = self._number(block.name, ligand, "sites")
                strength = Arrhenius(self._number(block.name, ligand, "K"))
                held = {self.free(ligand): strength, self.free(old): Arrhenius(1.0)}
                hosts = dict.fromkeys(names, number)
                yield Sites(_polynomial(block.name, ligand), hosts, held, bare=0.0)
        if self.form.covering:
            hosts = {SURFACE: self.cover.sites}
            yield self._bare_or_bound("dots", self.form.covering, hosts, "QD")

    def _bare_or_bound(
        self, block: str, ligand: str, hosts: Mapping[str, float], name: str = ""
    ) -> Sites:
        strength = Arrhenius(1.0 / self._number(block, ligand, "h"))
        return Sites(_polynomial(name or block, ligand), hosts, {self.free(ligand): strength})

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


def _counted(ligand: str, components: Mapping[str, Component]) -> dict[str, float]:
    """Return how many of a ligand every component counts: itself, or what holds the moiety."""
    if ligand in components:
        return {ligand: 1.0}
    parts = {name: (one.composition or {}).get(ligand, 0.0) for name, one in components.items()}
    return {name: number for name, number in parts.items() if number}
