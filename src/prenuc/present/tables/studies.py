"""Checks of the published experiments, constants fitted again, and how robust the verdicts are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.facts.check import Verdict
    from prenuc.facts.row_class import RowClass
    from prenuc.infer.experiments.reproduce import Row
    from prenuc.infer.studies.calibrate import Calibration, Estimate
    from prenuc.infer.studies.ensemble import Prediction
    from prenuc.infer.studies.leave_out import LeaveOut
    from prenuc.infer.studies.observed import Record
    from prenuc.infer.studies.random_starts import Found
    from prenuc.infer.studies.robustness import Study, Test


def reproduction_table(rows: Sequence[Row]) -> Table:
    """Return what was expected and found, the verdict, and what each row can tell."""
    return _checks(
        rows,
        {
            "simulated": [_number(row.simulated) for row in rows],
            "verdict": [_verdict(row) for row in rows],
            "role": [row.role for row in rows],
            "class, draws that pass": [_class(row.known) for row in rows],
        },
    )


def _class(known: RowClass | None) -> str:
    return "–" if known is None else f"{known.kind}, {known.rate:.0%}"


def score_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the score: informative rows first, calibrated and held out apart, then all."""
    counted = [row for row in rows if row.counted]
    yield from _scores("informative, ", [row for row in counted if row.informative])
    yield from _scores("", counted)
    told = [row for row in counted if row.role == "held-out" and row.informed]
    left = {
        "held-out rows that are no predictions, since a constant was informed by them": told,
        "silent, because the model does not speak": _of_verdict(rows, "silent"),
        "not counted, because the statement is ambiguous or no result": _of_verdict(
            rows, "not counted"
        ),
        "class missing or out of date (make row-classes)": [row for row in rows if row.outdated],
    }
    yield from (f"{said}: {len(of)}" for said, of in left.items() if of)


def _scores(which: str, rows: Sequence[Row]) -> Iterator[str]:
    for role in ("calibrated", "held-out"):
        yield f"{which}{role}: {_passed([row for row in rows if row.role == role])}"


def _of_verdict(rows: Sequence[Row], verdict: Verdict) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]


def _passed(rows: Sequence[Row]) -> str:
    return f"{sum(row.verdict == 'pass' for row in rows)} of {len(rows)} pass"


def prediction_table(found: Sequence[Prediction]) -> Table:
    """Return what an ensemble says about each row, with its spread."""
    rows = [one.row for one in found]
    spread = {
        name: [_number(one.spread[i]) for one in found]
        for i, name in enumerate(("min", "median", "max"))
    }
    passes = [f"{one.share:.0%}" for one in found]
    return _checks(rows, {**spread, "pass": passes, "role": [row.role for row in rows]})


def starts_table(found: Found) -> Table:
    """Return where each random start of a search has ended, and how many rows pass there."""
    sides = ("calibrated", "held-out")
    rows = (
        (
            str(one["seed"]),
            f"{one['begun']:.0f}",
            f"{one['cost']:.1f}",
            *(f"{one[side]['pass']} of {one[side]['of']}" for side in sides),
        )
        for one in found.scores()
    )
    return Table(headings=("seed", "cost at first", "at the end", *sides), rows=tuple(rows))


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


def _tests() -> dict[Test, str]:
    """Return what is varied in each test."""
    from prenuc.infer.studies.robustness import BATH, ENERGY, SHARE

    return {
        "one at a time": f"each constant alone, ±{SHARE:.0%} or ±{ENERGY:g} kJ/mol",
        "all at once": "all constants drawn together within the same limits",
        "bath": f"every bath {BATH:g} K too hot or too cold",
        "unreported": "what the recipes do not print, halved and doubled",
    }


_HEADS = (
    "variation",
    "cases",
    "verdicts that no case loses",
    "verdicts kept in the worst case",
    "pairs of verdict and case kept",
)


def summary_table(study: Study) -> Table:
    """Return how many verdicts stay, one row for each kind of variation."""
    rows = tuple(
        (
            said,
            str(sum(case.test == test for case, _ in study.answers)),
            f"{study.share_that_stays(test):.1%}",
            f"{study.worst(test):.1%}",
            f"{study.share_of_pairs(test):.2%}",
        )
        for test, said in _tests().items()
    )
    return Table(headings=_HEADS, rows=rows)


def fragile_table(study: Study) -> Table:
    """Return the rows that one constant can lose, each with the cases that do."""
    lost = study.lost("one at a time")
    rows = tuple((f"`{name}`", "; ".join(cases)) for name, cases in lost.items() if cases)
    return Table(headings=("row", "lost with"), rows=rows)


def kept_table(study: Study) -> Table:
    """Return the rows that some draw of all constants loses, the worst first."""
    kept = sorted(study.kept("all at once").items(), key=lambda item: item[1])
    rows = tuple((f"`{name}`", f"{share:.1%}") for name, share in kept if share < 1.0)
    return Table(headings=("row", "kept in draws"), rows=rows)


def robustness_page(study: Study) -> str:
    """Return the page, in Markdown."""
    whole = len(study.kept("all at once")) - len(kept_table(study).rows)
    return f"""# Robustness

Which verdicts of `prenuc reproduce` hang on a number that nobody knows well enough. This
page is written by `make robustness`; what is varied, and what is not, stands in
`prenuc.infer.studies.robustness`.

{len(study.passing)} of {len(study.checks)} rows pass with the package's own numbers;
only these are looked at.

{summary_table(study).markdown()}
## Fragile: lost when one constant moves

{_or_none(fragile_table(study))}
## All at once

{whole} verdicts hold in every draw. The others hold in this share of the draws:

{_or_none(kept_table(study))}
{chr(10).join(_others(study))}"""


def _or_none(table: Table) -> str:
    return table.markdown() if table.rows else "None.\n"


def _others(study: Study) -> Iterator[str]:
    """Return a section for the bath and for what the recipes do not print."""
    heads: dict[Test, tuple[str, str]] = {
        "bath": (
            "A bath that is off",
            "Every rate moves together, by about a fifth: an uncertainty, not a test of the model.",
        ),
        "unreported": (
            "What the recipes do not print",
            "Temperatures, and amounts taken as zero, have no half and no double and stay.",
        ),
    }
    for test, (title, text) in heads.items():
        lost = study.lost(test)
        rows = tuple(
            (case.id, ", ".join(f"`{n}`" for n, by in lost.items() if case.id in by) or "none")
            for case, _ in study.answers
            if case.test == test
        )
        table = Table(headings=(_tests()[test], "verdicts lost"), rows=rows)
        yield f"## {title}\n\n{text}\n\n{table.markdown()}"
