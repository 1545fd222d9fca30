"""The numbers of a mechanism file: constants with a source and a status, or names of some."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.errors import QuantityError
from prenuc.facts.source import Source
from prenuc.facts.value import STATUSES, Value
from prenuc.mechanism.blocks import LESS_ONE
from prenuc.mechanism.constants import impossible
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
