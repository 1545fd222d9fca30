"""Which figures of the seed are held out whole (docs/decisions/0026-figures-held-out.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from prenuc.facts.document import Node


@dataclass(frozen=True)
class HeldOut:
    """The figures of one material that no constant of a predicting set may be informed by.

    Args:
        id: Such as "held out of CdS".
        material: The material, such as "CdS".
        figures: What the panels of held-out rows begin with, such as "3b", "S4" or "storage".
    """

    id: str
    material: str
    figures: tuple[str, ...]

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of the split."""
        material = node.text("material")
        return cls(f"held out of {material}", material, node.texts("held out"))

    @property
    def name(self) -> str:
        """The figures, listed."""
        return ", ".join(self.figures)

    def holds(self, panel: str) -> bool:
        """Say whether a row of a panel is held out."""
        return panel.startswith(self.figures)
