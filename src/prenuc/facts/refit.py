"""Constants of a mechanism fitted again, with or without one of its steps, and what they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node


@dataclass(frozen=True)
class Refit:
    """Where a refit has ended, computed and kept (``make court``).

    Args:
        id: Of the entry.
        mechanism: Such as "two-pathway/CdS".
        step: The step that it is without, in words; empty for the whole.
        prior: Under which prior of the constants.
        how: Rows, starts and steps, in words.
        mark: Of the rows, mechanisms and spectra that it was made with; with others it is out of
            date.
        begun: What was minimised, data and prior, where the search began.
        ended: The same at the end.
        constants: The fitted numbers, in the units of their sets, by name.
        rows: The number that each row reads there; not a number where it reads none.
        left_out: The figure whose rows were not fitted; empty where all were.
    """

    id: str
    mechanism: str
    step: str
    prior: str
    how: str
    mark: str
    begun: float
    ended: float
    constants: Mapping[str, float]
    rows: Mapping[str, float]
    left_out: str = ""

    @property
    def name(self) -> str:
        """What was fitted."""
        return f"{self.mechanism} without {self.step}" if self.step else self.mechanism

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of the file."""
        return node.entry(
            cls,
            step=node.text("step", default=""),
            begun=node.number("begun"),
            ended=node.number("ended"),
            constants=node.plain("constants"),
            rows=node.plain("rows"),
            left_out=node.text("left out", default=""),
        )
