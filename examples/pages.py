"""What all computed pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MADE = "% Written by examples/tables.py (make tables); changes here are lost.\n\n"


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    return Table(headings=tuple(headings), rows=tuple(map(tuple, rows))).markdown()
