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
from functools import partial
from typing import TYPE_CHECKING

from prenuc.errors import QuantityError, nearest_names
from prenuc.facts.source import Source
from prenuc.facts.value import STATUSES, Value
from prenuc.mechanism.blocks import ComponentBlock, Form, ReactionBlock, written
from prenuc.mechanism.constants import impossible
from prenuc.mechanism.equations import net_of, side_of, sides_of, units_of
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node

ROOM = "25 degC"


def mechanism_of_blocks(node: Node, name: str) -> Mechanism | None:
    """Return the mechanism of a document; None where something is wrong, with all problems noted.

    Args:
        node: The document.
        name: Of the mechanism.

    Raises:
        MechanismError: The blocks can be read, but do not fit together.
    """
    reader = _Reader(units_of(node))
    given = dict(node.child("components").items())
    components = tuple(reader.component(one, entry, given) for one, entry in given.items())
    _check_circles(node, components)
    reactions = []
    for one, entry in node.child("reactions").items():
        if one in given:
            what = f"'{one}' is a component and a reaction"
            entry.problem(what, mend="Give the reaction another name")
        block = reader.reaction(one, entry, components)
        reactions += [block] if block is not None else []
    material = node.text("material", default="")
    node.finish("a mechanism")
    if node.problems:
        return None
    form = Form(name, reader.units, components, tuple(reactions), material)
    return Mechanism.written(partial(written, form), reader.values)


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

    def component(self, name: str, entry: Node, known: Collection[str]) -> ComponentBlock:
        """Return the block of a component; its constants go to the others."""
        parts = entry.child("composition", default={})
        composition = {str(part): parts.number(str(part)) for part in parts.data}
        unit = self.units["concentration"]
        initial = self._quantity(entry, "initial", unit, 0.0)
        if initial.number < 0:
            entry.problem(f"'{name}' starts below zero", "initial", "Give zero or more")
        component = Component(
            name,
            composition if "composition" in entry else None,
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
        entry.finish(f"component '{name}'")
        return ComponentBlock(component, initial.si, against, tuple(ligands))

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

    def reaction(
        self, name: str, entry: Node, components: Collection[ComponentBlock]
    ) -> ReactionBlock | None:
        """Return the block of a reaction; its constants go to the others."""
        known = {block.name for block in components}
        sides = sides_of(entry, known, "components")
        if sides is None:
            return None
        left, right, reversible = sides
        given = entry.child("order", default={})
        orders = left | {str(part): given.number(str(part)) for part in given.data}
        catalysts = self._catalysts(name, entry, known)
        for part in given.data:
            _known(entry, "order", str(part), known)
        _check_orders(name, entry, {**orders, **catalysts})
        helped = sum(order or 0.0 for order in catalysts.values())
        self._law(name, entry, "k", sum(orders.values()) + helped)
        legacy = None
        if "reverse" in entry:
            legacy = right
            self._reverse(name, entry, sum(right.values()) + helped, reversible=reversible)
        entry.finish(f"reaction '{name}'")
        net = net_of(left, right)
        where = entry.where()
        return ReactionBlock(name, net, orders, catalysts, reversible, legacy, where)

    def _catalysts(self, name: str, entry: Node, known: Collection[str]) -> dict[str, float | None]:
        found: dict[str, float | None] = {}
        for part, catalyst in entry.child("catalysts", default={}).items():
            _known(entry, "catalysts", part, known)
            if "half" in catalyst and part in known:
                unit = self.units["concentration"]
                self._value(f"{name} with {part}.half", catalyst, "half", unit)
                found[part] = None
            else:
                found[part] = catalyst.number("order", default=1.0)
            catalyst.finish(f"catalyst {part}")
        return found

    def _reverse(self, name: str, entry: Node, order: float, *, reversible: bool) -> None:
        """Read a backward constant of its own, which a block must own up to."""
        if not self._law(f"{name} reverse", entry, "reverse", order):
            what = f"'{name}' has a backward constant, which need not fit the others"
            mend = "Say what its products are 'formed' from instead, or mark it 'legacy: true'"
            entry.problem(what, "reverse", mend)
        if not reversible:
            entry.problem(f"'{name}' goes one way", "reverse", "Write '<->' in its equation")

    def _law(self, name: str, entry: Node, key: str, order: float) -> bool:
        """Read k at a temperature and its activation energy; return whether it is legacy."""
        block = entry.block(key)
        time, concentration = self.units["time"], self.units["concentration"]
        unit = f"1/{time}" if order == 1.0 else f"({concentration})^{1.0 - order:g}/{time}"
        self._value(f"{name}.k", block, "value", unit)
        self._value(f"{name}.at", block, "at", "degC", default=ROOM)
        self._value(f"{name}.Ea", block, "Ea", self.units["energy"], default=0.0)
        legacy = block.flag("legacy")
        block.finish(f"'{key}'")
        return legacy

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


def _check_orders(name: str, entry: Node, orders: Mapping[str, float | None]) -> None:
    """Note orders below zero, which have no rate where there is nothing."""
    for part, order in orders.items():
        if order is not None and order < 0:
            what = f"'{name}' is of order {order:g} in {part}"
            entry.problem(what, mend="Give zero or more, or let it bind to a component")
