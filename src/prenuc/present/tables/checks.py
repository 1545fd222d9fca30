"""Checked statements of the published experiments."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.infer.experiments.reproduce import Row
    from prenuc.infer.studies.ensemble import Prediction
    from prenuc.infer.studies.leave_out import LeaveOut
    from prenuc.infer.studies.observed import Record


def reproduction_table(rows: Sequence[Row]) -> Table:
    """Return what was expected and found, and the verdict, row by row."""
    return _checks(
        rows,
        {
            "simulated": [_number(row.simulated) for row in rows],
            "verdict": [_verdict(row) for row in rows],
            "role": [row.role for row in rows],
        },
    )


def prediction_table(found: Sequence[Prediction]) -> Table:
    """Return what an ensemble says about each row, with its spread."""
    rows = [one.row for one in found]
    spread = {
        name: [_number(one.spread[i]) for one in found]
        for i, name in enumerate(("min", "median", "max"))
    }
    passes = [f"{one.share:.0%}" for one in found]
    return _checks(rows, {**spread, "pass": passes, "role": [row.role for row in rows]})


def left_out_table(found: LeaveOut) -> Table:
    """Return the rows of panels that did not take part in a calibration."""
    rows = [one.row for one in found.left]
    return _checks(
        rows,
        {
            "refitted": [_number(row.simulated) for row in rows],
            "verdict": [_verdict(row) for row in rows],
            "draws that pass": [f"{one.share:.0%}" for one in found.left],
        },
    )


def record_table(records: Sequence[Record]) -> Table:
    """Return how each model does on the published observations."""
    return Table(
        headings=("model", "rows", "pass", "held-out", "pass", "control misses", "pass"),
        rows=tuple(tuple(map(str, record.as_dict().values())) for record in records),
    )


def _checks(rows: Sequence[Row], columns: Mapping[str, Sequence[str]]) -> Table:
    """Return a table with a row for each check and the columns that differ from table to table."""
    more = zip(*columns.values(), strict=True) if rows else ()
    return Table(
        headings=("panel", "check", "expected", *columns),
        rows=tuple(
            (row.check.panel, row.check.id, row.check.expected(), *cells)
            for row, cells in zip(rows, more, strict=True)
        ),
    )


def _number(x: float) -> str:
    return f"{x:.4g}" if math.isfinite(x) else "–"


def _verdict(row: Row) -> str:
    return "MISS" if row.verdict == "miss" else row.verdict
