"""What a run found and what had to be assumed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.present.tables.table import Table, with_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.simulation.solution import Measurement, Run


def assumptions(run: Run) -> list[dict[str, Any]]:
    """Return the assumptions of a run as plain data, each with its source and why it matters."""
    return [{"name": a.name, **a.value.as_dict(), "why": a.why} for a in run.protocol.assumptions]


def assumptions_table(assumed: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of assumptions, fresh or saved."""
    return Table(
        caption="What had to be assumed",
        headings=("assumption", "value", "status", "source", "why it matters"),
        rows=tuple(
            (one["name"], quantity(one), one["status"], one["source"], one.get("why", ""))
            for one in assumed
        ),
    )


def quantity(one: Mapping[str, Any]) -> str:
    """Return number and unit of a value that is plain data."""
    return with_unit(float(one["value"]), str(one.get("unit", "1")))


def shares_table(run: Run, measurements: Sequence[Measurement]) -> Table:
    """Return how the chalcogen is shared out at some measurements of a run."""
    return Table(
        headings=("measurement", *run.fractions(measurements[0])),
        rows=tuple(
            (one.label, *(f"{share:.3f}" for share in run.fractions(one).values()))
            for one in measurements
        ),
    )
