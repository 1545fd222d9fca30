"""First excitons, one row a spectrum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prenuc.present.tables.table import Table, fixed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.observe.sizing import Size

HEADINGS = ("spectrum", "what", "first exciton / nm", "95 % interval", "HWHM / nm", "cluster")


def exciton_table(
    rows: Sequence[Mapping[str, Any]], *, files: bool = False, narrow: bool = False
) -> Table:
    """Return a table of what ``prenuc analyze`` found, with a column for each sizing curve.

    Args:
        rows: As :meth:`~prenuc.observe.analysis.Analysis.rows` returns them, or as they were saved.
        files: Whether each row names its file.
        narrow: Only the curves that are preferred, for a terminal.
    """
    every = [[row["curve"]] if narrow else row["diameters_nm"] for row in rows]
    curves = tuple(dict.fromkeys(one for row in every for one in row if one is not None))
    first = ("file",) if files else ()
    return Table(
        caption="One row a spectrum",
        headings=(*first, *HEADINGS, *(f"diameter / nm ({curve})" for curve in curves)),
        rows=tuple(
            (*((Path(row["file"]).name,) if files else ()), *_cells(row, curves)) for row in rows
        ),
    )


def _cells(row: Mapping[str, Any], curves: Sequence[str]) -> tuple[str, ...]:
    sizes = (fixed(row["diameters_nm"].get(curve), 2) for curve in curves)
    seen = ("–", "–", "–")
    if row["status"] != "unresolved":
        interval = " to ".join(fixed(end, 1) for end in row["ci95_nm"])
        seen = (fixed(row["first_exciton_nm"], 1), interval, fixed(row["hwhm_nm"], 1))
    return (row["label"], row["status"], *seen, ", ".join(row["matches"]), *sizes)


def size_table(found: Sequence[Size]) -> Table:
    """Return diameter and extinction by every published curve."""
    return Table(
        headings=("curve", "diameter / nm", "extinction / (L/mol/cm)", "source"),
        rows=tuple(
            (
                one.curve,
                fixed(one.diameter_nm, 2),
                "–" if one.extinction is None else f"{one.extinction:.3g}",
                one.source,
            )
            for one in found
        ),
    )
