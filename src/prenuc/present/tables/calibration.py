"""The package's own constants, fitted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from prenuc.infer.studies.calibrate import Calibration, Estimate


def calibration_table(found: Calibration) -> Table:
    """Return every constant before and after, with its interval where there is one."""
    return Table(
        headings=("constant", "before", "now", "unit", "95 %"),
        rows=tuple((name, *_cells(one)) for name, one in found.estimates.items()),
    )


def _cells(one: Estimate) -> tuple[str, ...]:
    old = one.free.value.quantity
    interval = "not identifiable"
    if one.ci95 is not None:
        interval = f"{one.ci95[0]:.3g} to {one.ci95[1]:.3g}"
    return f"{old.number:.4g}", f"{one.number:.4g}", old.unit, interval
