"""What kind of statement a row checks: how far apart two readings of it may lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, get_args

if TYPE_CHECKING:
    from prenuc.facts.document import Node
    from prenuc.facts.value import Value

ScaleName = Literal["logarithm", "difference", "linear"]


@dataclass(frozen=True)
class StatementKind:
    """One kind of printed statement, and the width that all of its kind share.

    Args:
        id: Such as "amount".
        scale: How numbers lie: by their *logarithm*; as a *difference* that may have either sign,
            linear up to the limit of the row and logarithmic beyond; or *linear*.
        word: Standard deviation with which a limit that is ours reads a word, on the scale (ln for
            a logarithm or a difference).
        spread: Least standard deviation of a printed number when the flask is made again.
        measures: What is read off a run for it.
    """

    id: str
    scale: ScaleName
    word: Value
    spread: Value
    measures: tuple[str, ...]

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of the file."""
        word = node.text("scale")
        scales = [scale for scale in get_args(ScaleName) if scale == word]
        if not scales:
            node.problem(
                f"'{word}' is no scale", "scale", f"Write {', '.join(get_args(ScaleName))}"
            )
        return node.entry(cls, scale=scales[0] if scales else "linear")

    @property
    def name(self) -> str:
        """Its identifier and scale."""
        return f"{self.id}, {self.scale}"
