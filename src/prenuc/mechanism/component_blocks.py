"""The numbers and components of a mechanism file.

Numbers are constants with a source and a status, or names of some; components say what they are
made of and formed from, and what binds to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.errors import QuantityError, nearest_names
from prenuc.facts.source import Source
from prenuc.facts.value import STATUSES, Value
from prenuc.mechanism.blocks import LESS_ONE, ComponentBlock
from prenuc.mechanism.constants import impossible
from prenuc.mechanism.equations import side_of
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.population import DOTS
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node
    from prenuc.mechanism.blocks import Number

ROOM = "25 degC"


@dataclass
class Numbers:
    """Reads numbers and collects those that are constants.

    Args:
        units: Of the file.
        constants: Names of constants that stand elsewhere.
        values: Every constant so far, by name.
    """

    units: Mapping[str, str]
    constants: Collection[str]
    values: dict[str, Value] = field(default_factory=dict)

    def number(self, entry: Node, key: str) -> Number:
        """Return a plain number, or the name of a constant."""
        return entry.text(key) if self.said(entry.data.get(key)) else entry.number(key)

    def said(self, given: object) -> bool:
        """Return whether a text says constants: one, a product, a quotient."""
        text = given.removesuffix(LESS_ONE) if isinstance(given, str) else ""
        words = text.replace(" / ", " * ").split(" * ")
        return all(word in self.constants for word in words)

    def named(self, entry: Node, key: str, last: str) -> str:
        """Return the step whose constants are meant; "" where a number stands there.

        Args:
            entry: The block.
            key: Where the step may be named.
            last: Last word of the constant that must be there, such as ".k".
        """
        there = entry.data.get(key)
        known = isinstance(there, str) and f"{there}{last}" in self.constants
        return entry.text(key) if known else ""

    def constant(self, name: str, entry: Node, key: str, unit: str) -> str:
        """Return the name of a constant: the one that is named, or one that is read here.

        Args:
            name: Of the constant, where a number stands there.
            entry: The block.
            key: Where it stands.
            unit: Of a plain number.
        """
        if self.said(entry.data.get(key)):
            return entry.text(key)
        self.value(name, entry, key, unit)
        return name

    def law(self, name: str, block: Node, order: float) -> None:
        """Read k at a temperature and its activation energy.

        Args:
            name: First words of the constants.
            block: Where they stand.
            order: Of the rate, for the unit of k.
        """
        time, concentration = self.units["time"], self.units["concentration"]
        unit = f"1/{time}" if order == 1.0 else f"({concentration})^{1.0 - order:g}/{time}"
        self.value(f"{name}.k", block, "value", unit)
        self.value(f"{name}.at", block, "at", "degC", default=ROOM)
        self.value(f"{name}.Ea", block, "Ea", self.units["energy"], default=0.0)

    def unless_known(self, name: str, entry: Node, key: str, unit: str) -> None:
        """Read a constant, unless it stands elsewhere under its name.

        Args:
            name: Of the constant.
            entry: The block.
            key: Where it stands.
            unit: Of a plain number.
        """
        if name not in self.constants:
            self.value(name, entry, key, unit)

    def value(
        self, name: str, entry: Node, key: str, unit: str, default: float | str | None = None
    ) -> None:
        """Read a constant with the source and status of its block.

        Args:
            name: Of the constant.
            entry: The block.
            key: Where it stands.
            unit: Of a plain number.
            default: What holds where nothing stands; None where something must.
        """
        quantity = self.quantity(entry, key, unit, default)
        wrong = impossible(name, quantity, Quantity(1.0, unit))
        entry.problems += [problem.at(entry.where(key)) for problem in wrong]
        status = entry.text("status", default="assumed")
        if status not in STATUSES:
            entry.problem(f"'{status}' is not a status", "status", "Write " + " | ".join(STATUSES))
        source = entry.source() if "source" in entry else Source("user", entry.where(key))
        self.values[name] = Value(
            quantity,
            source,
            status if status in STATUSES else "assumed",
            note=entry.text("note", default=""),
            informed_by=entry.texts("informed_by"),
        )

    def quantity(
        self, entry: Node, key: str, unit: str, default: float | str | None = None
    ) -> Quantity:
        """Return a number in the file's unit, or with one of its own; what is wrong is noted.

        Args:
            entry: The block.
            key: Where it stands.
            unit: Of a plain number.
            default: What holds where nothing stands; None where something must.
        """
        there = entry.data.get(key, default)
        if isinstance(there, str):
            quantity = entry.written(key) if key in entry else parse(there)
        else:
            number = entry.number(key) if default is None else entry.number(key, default=default)
            quantity = Quantity(number if math.isfinite(number) else 0.0, unit)
        try:
            if quantity is not None:
                return quantity.require(unit)
        except QuantityError as error:
            entry.problems += [problem.at(entry.where(key)) for problem in error.problems]
        return Quantity(1.0, unit)


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
        formed = entry.child("formed", default={})
        words = self.named(formed, "by", ".K")
        against = self.formed(words or name, formed, known) if "formed" in entry else {}
        ligands = []
        for ligand, binding in entry.child("binding", default={}).items():
            self._binds(name, entry, ligand, binding)
            ligands.append(ligand)
        exchanges = self._exchanges(name, entry)
        neutral, stages = (entry.text(key, default="") for key in ("neutral with", "stages"))
        step = self._step(name, entry)
        entry.finish(f"component '{name}'")
        start, bound = initial.si, tuple(ligands)
        said = exchanges, parts, neutral, stages, step, words
        return ComponentBlock(component, start, against, bound, *said)

    def _step(self, name: str, entry: Node) -> str:
        """Read how each stage is formed from the one before; "" where all have one potential."""
        words = self.named(entry, "each stage", ".K")
        if words or "each stage" not in entry:
            return words
        if "stages" not in entry:
            entry.problem(f"'{name}' has one stage", "each stage", "Say in how many 'stages'")
        block, words = entry.child("each stage"), f"{name} stage"
        self.value(f"{words}.K", block, "K", "1")
        self.value(f"{words}.at", block, "at", "degC", default=ROOM)
        self.value(f"{words}.H", block, "H", self.units["energy"])
        block.finish("each stage")
        return words

    def _exchanges(self, name: str, entry: Node) -> dict[str, str]:
        """Read which ligands take the place of which others at a component."""
        found = {}
        for ligand, exchange in entry.child("exchange", default={}).items():
            found[ligand] = exchange.text("for")
            for one in (ligand, found[ligand]):
                known_name(entry, "exchange", one, self.known)
            self.unless_known(f"{name} under {ligand}.K", exchange, "K", "1")
            self.unless_known(f"{name} under {ligand}.sites", exchange, "sites", "1")
            exchange.finish(f"the exchange for {ligand}")
        return found

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
            name: Of the component, or first words of the constants.
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
