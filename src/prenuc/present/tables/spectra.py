"""What spectra showed: first excitons, diameters, numbers of dots, emission."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prenuc.present.tables.table import Table, fixed
from prenuc.quantities import percent, roughly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.observe.amounts import Amount
    from prenuc.observe.luminescence.measured import Emission
    from prenuc.observe.sizing import Size

HEADINGS = (
    "spectrum",
    "what",
    "first exciton / nm",
    "95 % interval",
    "maximum / nm",
    "HWHM / nm",
    "doubted",
    "cluster",
)


def exciton_table(
    rows: Sequence[Mapping[str, Any]], *, files: bool = False, narrow: bool = False
) -> Table:
    """Return a table of what ``prenuc analyze`` found, with a column for each sizing curve.

    Args:
        rows: As :meth:`~prenuc.observe.analysis.Analysis.rows` returns them, or as they were saved.
        files: Whether each row names its file.
        narrow: Only the curves that are preferred, for a terminal; one curve stands in the caption.
    """
    every = [[row["curve"]] if narrow else row["diameters_nm"] for row in rows]
    curves = tuple(dict.fromkeys(one for row in every for one in row if one is not None))
    first = ("file",) if files else ()
    one = narrow and len(curves) == 1
    return Table(
        caption=f"diameters by {curves[0]}" if one else "One row a spectrum",
        headings=(
            *(*first, *HEADINGS),
            *("diameter / nm" if one else f"diameter / nm ({curve})" for curve in curves),
            *("of maximum / nm" if one else f"of maximum / nm ({curve})" for curve in curves),
        ),
        rows=tuple(
            (*((Path(row["file"]).name,) if files else ()), *_cells(row), *_sizes(row, curves))
            for row in rows
        ),
    )


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    seen = ("–", "–", "–", "–")
    if row["status"] != "unresolved":
        interval = " to ".join(fixed(end, 1) for end in row["ci95_nm"])
        numbers = (row["first_exciton_nm"], row["maximum_nm"], row["hwhm_nm"])
        position, maximum, half = (fixed(one, 1) for one in numbers)
        seen = (position, interval, maximum, half)
    doubted = "yes" if row.get("doubts") else ""
    return (row["label"], row["status"], *seen, doubted, ", ".join(row["matches"]))


def _sizes(row: Mapping[str, Any], curves: Sequence[str]) -> list[str]:
    """Return the diameters of the centre by each curve, then those of the maximum."""
    both = (row["diameters_nm"], row.get("diameters_of_maximum_nm", {}))
    return [fixed(of.get(curve), 2) for of in both for curve in curves]


def size_table(found: Sequence[Size]) -> Table:
    """Return diameter and extinction by every published curve."""
    return Table(
        headings=(
            "curve",
            "diameter / nm",
            "± / nm",
            "made on",
            "extinction / (L/mol/cm)",
            "source",
        ),
        rows=tuple(
            (
                one.curve,
                fixed(one.diameter_nm, 2),
                fixed(one.spread_nm, 2),
                one.made_on,
                "–" if one.extinction is None else roughly(one.extinction),
                one.source,
            )
            for one in found
        ),
    )


def amount_table(found: Sequence[Amount]) -> Table:
    """Return how many dots there are, by every published extinction."""
    return Table(
        headings=("curve", "dots / (mol/L)", "units in a dot", "dots", "yield"),
        rows=tuple(
            (
                one.curve,
                roughly(one.concentration),
                f"{one.units:.0f}",
                "–" if one.number is None else roughly(one.number),
                "–" if one.chemical_yield is None else percent(one.chemical_yield, 1),
            )
            for one in found
        ),
    )


def emission_table(found: Sequence[Emission]) -> Table:
    """Return what was seen in emission spectra, a row for each."""

    def told(value: float | None, ends: tuple[float, float] | None, digits: int) -> str:
        if value is None or ends is None or not math.isfinite(value):
            return "–"
        return f"{value:.{digits}f} ({ends[0]:.{digits}f} to {ends[1]:.{digits}f})"

    return Table(
        caption="Each with its 95 % interval",
        headings=("spectrum", "maximum / nm", "FWHM / nm", "share of traps", "Stokes shift / meV"),
        rows=tuple(
            (
                one.label,
                told(one.maximum_nm, one.maximum_ci95_nm, 1),
                told(one.fwhm_nm, one.fwhm_ci95_nm, 1),
                told(one.trap_share, one.trap_share_ci95, 3),
                told(one.stokes_mev, one.stokes_ci95_mev, 0),
            )
            for one in found
        ),
    )
