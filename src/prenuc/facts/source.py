"""Who says so: a place in a bibliographic reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Source:
    """A place in the literature, written ``key @ locator``.

    Args:
        key: Identifier of a reference or source in the catalogue.
        locator: Table, note, figure or section inside it.
    """

    key: str
    locator: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"seed @ Note S2"``.

        Raises:
            ValueError: There is no " @ " or nothing on one side of it.
        """
        key, at, locator = text.partition(" @ ")
        if not (at and key.strip() and locator.strip()):
            raise ValueError(text)
        return cls(key.strip(), locator.strip())

    def __str__(self) -> str:
        return f"{self.key} @ {self.locator}"
