"""A user's mechanism in blocks: one for each component and each reaction, every number with a name.

The file looks like this::

    units: {time: min, concentration: mmol/L, energy: kJ/mol}
    components:
      PC-311:  {initial: 0.05, composition: {Cd: 2, S: 1, oleate: 2}, kind: PC}
      MSC-311:
        composition: {Cd: 2, S: 1, oleate: 2}
        kind: MSC
        formed: {from: PC-311, K: 9.8, at: 25 degC, H: -30}     # or: H: -30, S: -0.082
        binding: {HPPh2: {h: 2.46, sites: 1}}
      HPPh2:   {initial: 10}
      toluene: {initial: 9400}
    reactions:
      isomerisation:
        equation: PC-311 <-> MSC-311
        k: {value: 0.0136, at: 25 degC, Ea: 85, source: seed @ Figure 2b, status: fitted}
      isomerisation in toluene:
        equation: PC-311 <-> MSC-311
        k: 1.4e-6
        catalysts: {toluene: {}}          # or {order: 2}, or {half: 10} for one that levels off
      pairing: {equation: PC-311 -> MSC-311, k: 1.0e-6, order: {PC-311: 2}}
      aging: {equation: PC-311 <-> MSC-311, k: 1e-5, reverse: {value: 1e-6, legacy: true}}

A number is in the file's units unless it has a unit of its own (``k: 0.5 1/h``); a mapping adds a
source, a status and a note. What the blocks mean is in :mod:`prenuc.mechanism.blocks`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.errors import QuantityError, nearest_names
from prenuc.facts.catalogue import entries
from prenuc.facts.source import Source
from prenuc.facts.value import STATUSES, Value
from prenuc.mechanism.blocks import ComponentBlock, Form, Legacy, Number, ReactionBlock, Term
from prenuc.mechanism.constants import impossible
from prenuc.mechanism.dots import DOTS
from prenuc.mechanism.equations import net_of, side_of, sides_of, units_of
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.reaction import Binding, Power, Saturation
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node

ROOM = "25 degC"


def read_blocks(
    node: Node, name: str, values: Mapping[str, Value]
) -> tuple[Form, dict[str, Value]] | None:
    """Return what a document says and all its constants; None for one with problems, all noted.

    Args:
        node: The document.
        name: Of the mechanism.
        values: Constants that stand elsewhere, by the names that the blocks call them.
    """
    reader = _Reader(units_of(node), dict(values))
    closed_by, media = node.texts("closed by"), node.texts("media")
    given = dict(node.child("components").items())
    components = tuple(reader.component(one, entry, given) for one, entry in given.items())
    _check_circles(node, components)
    sizes = reader.dots(node.child("dots")) if "dots" in node else ()
    reader.known = {*given, *media, *([DOTS.units] if sizes else [])}
    reader.known |= set(entries("moieties") if closed_by else ())
    reactions = []
    for one, entry in node.child("reactions").items():
        if one in given and f"{one}.k" not in values:
            what = f"'{one}' is a component and a reaction"
            entry.problem(what, mend="Give the reaction another name")
        block = reader.reaction(one, entry)
        reactions += [block] if block is not None else []
    material = node.text("material", default="")
    node.finish("a mechanism")
    if node.problems:
        return None
    form = Form(
        name, reader.units, components, tuple(reactions), material, closed_by, media, sizes
    )
    return form, reader.values


def _check_circles(node: Node, components: Collection[ComponentBlock]) -> None:
    """Note every component that is formed from itself, by however many others."""
    made = {block.name: set(block.against) for block in components}
    for name, direct in made.items():
        above, front = set(direct), list(direct)
        while front:
            more = made.get(front.pop(), set()) - above
            above |= more
            front += more
        if name in above:
            block = node.child("components").child(name)
            mend = "Form it from components that define zero"
            block.problem(f"'{name}' is formed from itself", "formed", mend)


@dataclass
class _Reader:
    """Reads blocks and collects their constants.

    Args:
        units: Of the file.
        values: Every constant so far, by name.
    """

    units: Mapping[str, str]
    values: dict[str, Value] = field(default_factory=dict)
    known: Collection[str] = ()

    def component(self, name: str, entry: Node, known: Collection[str]) -> ComponentBlock:
        """Return the block of a component; its constants go to the others."""
        parts: dict[str, Number] | None = None
        if entry.data.get("composition") == "reagent":
            parts = {entry.text("composition") and name: 1.0}
        elif "composition" in entry:
            made = entry.child("composition")
            parts = {str(part): self._number(made, str(part)) for part in made.data}
        unit = self.units["concentration"]
        initial = self._quantity(entry, "initial", unit, 0.0)
        if initial.number < 0:
            entry.problem(f"'{name}' starts below zero", "initial", "Give zero or more")
        component = Component(
            name,
            None,
            entry.text("basis", default="formula unit"),
            entry.text("kind", default=""),
            entry.text("species", default=""),
        )
        against = self._formed(name, entry.child("formed"), known) if "formed" in entry else {}
        ligands = []
        for ligand, binding in entry.child("binding", default={}).items():
            _known(entry, "binding", ligand, known)
            self._value(f"{name} under {ligand}.h", binding, "h", unit)
            self._value(f"{name} under {ligand}.sites", binding, "sites", "1")
            binding.finish(f"the binding of {ligand}")
            ligands.append(ligand)
        neutral, stages = (entry.text(key, default="") for key in ("neutral with", "stages"))
        entry.finish(f"component '{name}'")
        start, bound = initial.si, tuple(ligands)
        return ComponentBlock(component, start, against, bound, parts, neutral, stages)

    def dots(self, entry: Node) -> tuple[str, str, str]:
        """Return the constants of the dots."""
        units = {"surface energy": "J/m^2", "smallest": "1", "largest": "1"}
        energy, smallest, largest = (
            self._constant(f"dots.{key}", entry, key, unit) for key, unit in units.items()
        )
        entry.finish("dots")
        return energy, smallest, largest

    def _formed(self, name: str, entry: Node, known: Collection[str]) -> dict[str, float]:
        """Return what a component is formed from; K and H, or H and S, go to the constants."""
        against = side_of(entry, "from", entry.text("from"), known, "components")
        if not against:
            entry.problem(f"'{name}' is formed from nothing", "from", "Write 'from: 3 E + 6 M'")
        energy, order = self.units["energy"], 1.0 - sum(against.values())
        self._value(f"{name}.H", entry, "H", energy)
        if "S" in entry:
            self._value(f"{name}.S", entry, "S", f"{energy}/K")
        else:
            unit = "1" if order == 0 else f"({self.units['concentration']})^{order:g}"
            self._value(f"{name}.K", entry, "K", unit)
            self._value(f"{name}.at", entry, "at", "degC", default=ROOM)
        entry.finish(f"what '{name}' is formed from")
        return against

    def reaction(self, name: str, entry: Node) -> ReactionBlock | None:
        """Return the block of a reaction; its constants go to the others."""
        sides = sides_of(entry, self.known, "components")
        if sides is None:
            return None
        left, right, reversible = sides
        given = entry.child("order", default={})
        orders = left | {str(part): given.number(str(part)) for part in given.data}
        catalysts = self._catalysts(name, entry)
        for part in given.data:
            _known(entry, "order", str(part), self.known)
        _check_orders(name, entry, orders)
        helped = sum(map(self._order, catalysts))
        law = self._named(entry, "k", ".k") or name
        if f"{law}.k" not in self.values:
            self._law(name, entry, "k", sum(orders.values()) + helped)
        legacy = None
        if "reverse" in entry:
            order = sum(right.values()) + helped
            legacy = self._reverse(name, entry, right, order)
            if not reversible:
                entry.problem(f"'{name}' goes one way", "reverse", "Write '<->' in its equation")
        block = ReactionBlock(
            name,
            net_of(left, right),
            orders,
            law,
            catalysts,
            self._under(name, entry),
            self._number(entry, "size") if "size" in entry else None,
            entry.flag("chain"),
            reversible,
            legacy,
            entry.where(),
        )
        entry.finish(f"reaction '{name}'")
        return block

    def _order(self, term: Term) -> float:
        """Return what a catalyst adds to the order of a rate, for the unit of its constant."""
        plain = term.kind is Power and not term.fraction and "scale" not in term.numbers
        order = term.numbers["order"] if plain else 0.0
        return order if isinstance(order, float) else 0.0

    def _catalysts(self, name: str, entry: Node) -> tuple[Term, ...]:
        """Return what multiplies a rate."""
        found = []
        for part, catalyst in entry.child("catalysts", default={}).items():
            pool, step = self._pool(entry, "catalysts", part), f"{name} with {part}"
            unit = self.units["concentration"]
            if "half" in catalyst:
                half = self._constant(f"{step}.half", catalyst, "half", unit)
                term = Term(Saturation, pool, {"half": half})
            else:
                order: Number = 1.0
                if "order" in catalyst:
                    order = self._number(catalyst, "order")
                _check_orders(name, entry, {part: order})
                numbers = {"order": order}
                if isinstance(catalyst.data.get("scale"), list):
                    numbers["scale"] = catalyst.texts("scale")
                elif "scale" in catalyst:
                    numbers["scale"] = self._constant(f"{step}.scale", catalyst, "scale", unit)
                term = Term(Power, pool, numbers, catalyst.flag("fraction"))
            catalyst.finish(f"catalyst {part}")
            found.append(term)
        return tuple(found)

    def _under(self, name: str, entry: Node) -> tuple[Term, ...]:
        """Return the ligands that slow or speed one way by binding at some sites."""
        found = []
        for part, ligand in entry.child("under", default={}).items():
            pool, step = self._pool(entry, "under", part), f"{name} under {part}"
            half = self._constant(f"{step}.h", ligand, "h", self.units["concentration"])
            sites: Number = -1.0
            if "sites" in ligand:
                sites = self._constant(f"{step}.sites", ligand, "sites", "1")
            ligand.finish(f"ligand {part}")
            found.append(Term(Binding, pool, {"half": half, "sites": sites}))
        return tuple(found)

    def _pool(self, entry: Node, key: str, text: str) -> tuple[str, ...]:
        names = tuple(text.split(" + "))
        for one in names:
            _known(entry, key, one, self.known)
        return names

    def _reverse(
        self, name: str, entry: Node, orders: Mapping[str, float], order: float
    ) -> Legacy:
        """Read a way back of its own, which a block must own up to."""
        block = entry.block("reverse")
        equilibrium = self._named(block, "K", ".K")
        solubility = self._named(block, "solubility", ".solubility")
        law = self._named(block, "k", ".k")
        named = block.text("named", default=f"{name} reverse")
        terms = self._under(f"reverse {name}", block)
        if not (equilibrium or solubility or law):
            law = f"{name} reverse"
            self._law(law, entry, "reverse", order)
        if not block.flag("legacy"):
            what = f"'{name}' has a backward constant, which need not fit the others"
            mend = "Say what its products are 'formed' from instead, or mark it 'legacy: true'"
            entry.problem(what, "reverse", mend)
        return Legacy(orders, named, law, equilibrium, solubility, terms)

    def _number(self, entry: Node, key: str) -> Number:
        """Return a plain number, or the name of a constant."""
        return entry.text(key) if entry.data.get(key) in self.values else entry.number(key)

    def _named(self, entry: Node, key: str, last: str) -> str:
        """Return the step whose constants are meant; "" where a number stands there."""
        there = entry.data.get(key)
        known = isinstance(there, str) and f"{there}{last}" in self.values
        return entry.text(key) if known else ""

    def _constant(self, name: str, entry: Node, key: str, unit: str) -> str:
        """Return the name of a constant: the one that is named, or one that is read here."""
        there = entry.data.get(key)
        if isinstance(there, str) and there in self.values:
            return entry.text(key)
        self._value(name, entry, key, unit)
        return name

    def _law(self, name: str, entry: Node, key: str, order: float) -> None:
        """Read k at a temperature and its activation energy."""
        block = entry.block(key)
        time, concentration = self.units["time"], self.units["concentration"]
        unit = f"1/{time}" if order == 1.0 else f"({concentration})^{1.0 - order:g}/{time}"
        self._value(f"{name}.k", block, "value", unit)
        self._value(f"{name}.at", block, "at", "degC", default=ROOM)
        self._value(f"{name}.Ea", block, "Ea", self.units["energy"], default=0.0)
        block.flag("legacy"), block.texts("under"), block.text("named", default="")
        block.finish(f"'{key}'")

    def _value(
        self, name: str, entry: Node, key: str, unit: str, default: float | str | None = None
    ) -> None:
        """Read a constant with the source and status of its block."""
        quantity = self._quantity(entry, key, unit, default)
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

    def _quantity(
        self, entry: Node, key: str, unit: str, default: float | str | None = None
    ) -> Quantity:
        """Return a number in the file's unit, or with one of its own; what is wrong is noted."""
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


def _known(entry: Node, key: str, name: str, known: Collection[str]) -> None:
    """Note a name that is no component."""
    if name not in known:
        mend = "Fix the name or declare it under 'components'"
        entry.problem(f"no species '{name}'", key, mend, nearest_names(name, known))


def _check_orders(name: str, entry: Node, orders: Mapping[str, Number]) -> None:
    """Note orders below zero, which have no rate where there is nothing."""
    for part, order in orders.items():
        if isinstance(order, float) and order < 0:
            what = f"'{name}' is of order {order:g} in {part}"
            entry.problem(what, mend="Give zero or more, or let it bind to a component")
