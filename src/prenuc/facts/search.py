"""What a search for constants may move, and what it looks at; written before it began."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from prenuc.facts.check import Check
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node

WRITTEN = Source("prenuc", "written down before the search")


@dataclass(frozen=True)
class Bounds:
    """The range of one constant, and why.

    Args:
        low: Its smallest number, in the unit of the constant.
        high: Its largest.
        because: What keeps it there.
    """

    low: float
    high: float
    because: str = ""

    @classmethod
    def read(cls, node: Node, name: str) -> Self:
        """Read the range of a constant."""
        found = cls(node.number("low"), node.number("high"), node.text("because", default=""))
        node.finish(f"the range of '{name}'")
        if not found.low < found.high or found.low <= 0.0 <= found.high:
            what = f"'{name}' may be {found.low:g} to {found.high:g}"
            node.problem(what, mend="Give an ascending range that does not contain zero")
        return found


@dataclass(frozen=True)
class Search:
    """A search for the constants of a mechanism.

    Args:
        id: Identifier, such as "CdS-calibrated".
        mechanism: The set whose structure and other constants it keeps.
        bounds: What it moves, by name; numbers are in the units of the set.
        targets: What it looks at: numbers behind printed statements, each with its range.
        note: What it is for.
        like: The search whose targets it has, and whose bounds where it gives none; "" for none.
        step: The step that the mechanism is without, in words; "" for the whole.
    """

    id: str
    mechanism: str
    bounds: Mapping[str, Bounds]
    targets: tuple[Check, ...]
    note: str = ""
    like: str = ""
    step: str = ""

    @property
    def name(self) -> str:
        """What it moves."""
        return f"{len(self.bounds)} constants of {self.mechanism}"

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of a search file."""
        given = node.child("bounds", {}) if "like" in node else node.child("bounds")
        bounds = {name: Bounds.read(one, name) for name, one in given.items()}
        targets = tuple(map(_target, node.children("targets")))
        return node.entry(cls, bounds=bounds, targets=targets)

    def filled(self, base: Search, left_out: Collection[str]) -> Search:
        """Return the search with what it has from the one that it is like.

        Args:
            base: That one.
            left_out: Constants of it that mean nothing here.
        """
        bounds = self.bounds or {n: b for n, b in base.bounds.items() if n not in left_out}
        return replace(self, bounds=bounds, targets=base.targets)


def _target(node: Node) -> Check:
    """Read a target: a check whose limits are plain numbers, in the unit of its measure."""
    limits: dict[str, Value | None] = {
        side: Value(Quantity(node.number(side), "1"), WRITTEN, "assumed") if side in node else None
        for side in ("low", "high")
    }
    if not any(limits.values()):
        node.problem("a target without a limit", mend="Add 'low', 'high' or both")
    which = f"{node.text('observation')}, {node.text('measure')} {node.plain('of')}"
    return node.part(Check, "a target", id=which, reason="", **limits)
