"""The components of a mechanism file: what they are made of and formed from, what binds to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import nearest_names
from prenuc.mechanism.block_numbers import ROOM, Numbers
from prenuc.mechanism.blocks import ComponentBlock
from prenuc.mechanism.equations import side_of
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.population import DOTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node
    from prenuc.mechanism.blocks import Number


@dataclass
class ComponentReader(Numbers):
    """Reads blocks of components and of dots, and collects their constants.

    Args:
        known: What a file may name besides its components, and these.
        off: Ligands from which what is bound is taken.
    """

    known: Collection[str] = ()
    off: Collection[str] = ()

    def component(self, name: str, entry: Node, known: Collection[str]) -> ComponentBlock:
        """Return the block of a component; its constants go to the others.

        Args:
            name: Of the component.
            entry: The block.
            known: Names of components.
        """
        parts: dict[str, Number] | None = None
        if entry.data.get("composition") == "reagent":
            parts = {entry.text("composition") and name: 1.0}
        elif "composition" in entry:
            made = entry.child("composition")
            parts = {str(part): self.number(made, str(part)) for part in made.data}
        unit = self.units["concentration"]
        initial = self.quantity(entry, "initial", unit, 0.0)
        if initial.number < 0:
            entry.problem(f"'{name}' starts below zero", "initial", "Give zero or more")
        component = Component(
            name,
            None,
            entry.text("basis", default="formula unit"),
            entry.text("kind", default=""),
            entry.text("species", default=""),
        )
        against = self.formed(name, entry.child("formed"), known) if "formed" in entry else {}
        ligands = []
        for ligand, binding in entry.child("binding", default={}).items():
            self._binds(name, entry, ligand, binding)
            ligands.append(ligand)
        exchanges = {}
        for ligand, exchange in entry.child("exchange", default={}).items():
            exchanges[ligand] = exchange.text("for")
            for one in (ligand, exchanges[ligand]):
                known_name(entry, "exchange", one, self.known)
            self.unless_known(f"{name} under {ligand}.K", exchange, "K", "1")
            self.unless_known(f"{name} under {ligand}.sites", exchange, "sites", "1")
            exchange.finish(f"the exchange for {ligand}")
        neutral, stages = (entry.text(key, default="") for key in ("neutral with", "stages"))
        numbered = entry.number("numbered from", default=1)
        entry.finish(f"component '{name}'")
        start, bound = initial.si, tuple(ligands)
        said = exchanges, parts, neutral, stages, numbered
        return ComponentBlock(component, start, against, bound, *said)

    def _binds(self, name: str, entry: Node, ligand: str, binding: Node) -> None:
        """Read how a ligand binds to a component, or to dots."""
        known_name(entry, "binding", ligand, self.known)
        self.unless_known(f"{name} under {ligand}.h", binding, "h", self.units["concentration"])
        self.unless_known(f"{name} under {ligand}.sites", binding, "sites", "1")
        if "H" in binding:
            if ligand not in self.off:
                what = f"the binding of {ligand}, a reservoir, cannot change with temperature"
                binding.problem(what, "H", f"Write 'debited: [{ligand}]'")
            self.unless_known(f"{name} under {ligand}.H", binding, "H", self.units["energy"])
            self.value(f"{name} under {ligand}.at", binding, "at", "degC", default=ROOM)
        binding.finish(f"the binding of {ligand}")

    def formed(self, name: str, entry: Node, known: Collection[str]) -> dict[str, float]:
        """Return what a component is formed from; K and H, or H and S, go to the constants.

        Args:
            name: Of the component.
            entry: Where it is said.
            known: Names of components.
        """
        against = side_of(entry, "from", entry.text("from"), known, "components")
        if not against:
            entry.problem(f"'{name}' is formed from nothing", "from", "Write 'from: 3 E + 6 M'")
        energy, order = self.units["energy"], 1.0 - sum(against.values())
        if f"{name}.H" in self.constants:
            entry.finish(f"what '{name}' is formed from")
            return against
        self.value(f"{name}.H", entry, "H", energy)
        if "S" in entry:
            self.value(f"{name}.S", entry, "S", f"{energy}/K")
        else:
            unit = "1" if order == 0 else f"({self.units['concentration']})^{order:g}"
            self.value(f"{name}.K", entry, "K", unit)
            self.value(f"{name}.at", entry, "at", "degC", default=ROOM)
        entry.finish(f"what '{name}' is formed from")
        return against

    def debited(self, node: Node) -> tuple[str, ...]:
        """Return the ligands from which what is bound is taken.

        Args:
            node: The file.
        """
        self.off = found = node.texts("debited")
        for ligand in found:
            known_name(node, "debited", ligand, self.known)
        return found

    def dots(self, node: Node) -> tuple[dict[str, Number] | None, tuple[str, str] | None, str]:
        """Return the numbers of the dots, and what they dissolve into by which constants.

        And the ligand that covers them.

        Args:
            node: The file.
        """
        if "dots" not in node:
            return None, None, ""
        entry, self.known = node.child("dots"), {*self.known, DOTS.units}
        found: dict[str, Number] = {}
        units = {"surface energy": "J/m^2", "smallest": "1", "largest": "1"}
        for key, unit in units.items():
            if key in entry:
                found[key.rpartition(" ")[2]] = self.constant(f"dots.{key}", entry, key, unit)
        if "size exponent" in entry:
            found["exponent"] = self.number(entry, "size exponent")
        plane = self._solubility(entry.child("solubility")) if "solubility" in entry else None
        covering = ""
        for ligand, binding in entry.child("binding", default={}).items():
            if covering:
                entry.problem("two ligands cover dots", "binding", "Leave one")
            self._binds("dots", entry, ligand, binding)
            covering = ligand
        entry.finish("dots")
        return found, plane, covering

    def _solubility(self, entry: Node) -> tuple[str, str]:
        """Return what dissolves from a plane surface, and first words of its constants."""
        dissolved = entry.text("of")
        known_name(entry, "of", dissolved, self.known)
        words = self.named(entry, "value", ".solubility")
        if not words:
            words = "dots"
            self.value("dots.solubility", entry, "value", self.units["concentration"])
            self.value("dots.solubility at", entry, "at", "degC", default=ROOM)
            self.value("dots.H", entry, "H", self.units["energy"])
        entry.finish("the solubility of dots")
        return dissolved, words


def check_circles(node: Node, made: Mapping[str, Collection[str]]) -> None:
    """Note every component that is formed from itself, by however many others.

    Args:
        node: The mapping of components.
        made: From which others each is formed.
    """
    for name, direct in made.items():
        above, front = set(direct), list(direct)
        while front:
            more = {*made.get(front.pop(), ())} - above
            above |= more
            front += more
        if name in above:
            mend = "Form it from components that define zero"
            node.child(name).problem(f"'{name}' is formed from itself", "formed", mend)


def known_name(entry: Node, key: str, name: str, known: Collection[str]) -> None:
    """Note a name that is no component.

    Args:
        entry: Where it stands.
        key: Under which key.
        name: The name.
        known: Those that there are.
    """
    if name not in known:
        mend = "Fix the name or declare it under 'components'"
        entry.problem(f"no species '{name}'", key, mend, nearest_names(name, known))
