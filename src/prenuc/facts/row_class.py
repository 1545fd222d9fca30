"""What a row of ``reproduce`` can tell: its class, and how often random constants pass it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, get_args

if TYPE_CHECKING:
    from prenuc.facts.document import Node

Class = Literal["trivial", "restated", "input", "by construction", "informative"]
CLASSES: tuple[Class, ...] = get_args(Class)


@dataclass(frozen=True)
class RowClass:
    """What a row can tell, computed and kept (``make row-classes``).

    Args:
        id: The check.
        kind: Its class: *trivial* where the row passes although nothing happens; *restated* where
            another row asks the same; *input* where the number is the position of a band of
            ``data/species``; *informative* where at most half of the draws pass; and *by
            construction* where more do, since then the form of the mechanism gives it.
        passes: Draws of random constants that pass.
        draws: All draws.
        around: The parameter sets around which they were drawn, in one text.
        mark: Of the row, the mechanisms and the spectra that all this was computed with; with
            others it is out of date.
    """

    id: str
    kind: Class
    passes: int
    draws: int
    around: str
    mark: str

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of the file."""
        word = node.text("class")
        kinds = [kind for kind in CLASSES if kind == word]
        if not kinds:
            node.problem(f"'{word}' is no class of a row", "class", "Run make row-classes")
        return cls(
            node.text("id"),
            kinds[0] if kinds else "trivial",
            int(node.number("passes")),
            int(node.number("draws")),
            node.text("around"),
            node.text("mark"),
        )

    @property
    def name(self) -> str:
        """The class and the pass rate."""
        return f"{self.kind}, {self.passes} of {self.draws} draws pass"

    @property
    def rate(self) -> float:
        """The share of the draws that pass."""
        return self.passes / self.draws
