"""Checks of the published experiments, and constants fitted again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prenuc.present.tables.table import Table
from prenuc.quantities import percent, roughly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.facts.check import Verdict
    from prenuc.facts.row_surprisal import PriorName
    from prenuc.infer.court.weigh import Earned, Side, WeighedRow
    from prenuc.infer.experiments.reproduce import Role, Row
    from prenuc.infer.studies.ablation import Ablations
    from prenuc.infer.studies.calibrate import Calibration
    from prenuc.infer.studies.calibrated_constant import CalibratedConstant
    from prenuc.infer.studies.ensemble import Prediction
    from prenuc.infer.studies.leave_out import LeaveOut
    from prenuc.infer.studies.models import Standing
    from prenuc.infer.studies.observed import Record
    from prenuc.infer.studies.random_starts import Found

MOST = 2  # rows that a table names; JSON names all


def reproduction_table(weights: Sequence[WeighedRow]) -> Table:
    """Return what was expected and found, the verdict, and how often and how easily draws pass."""
    from prenuc.facts.row_surprisal import PRIORS

    priors = (f"{prior}: pass, bits" for prior in PRIORS)
    return Table(
        headings=("check", "expected", "simulated", "verdict", "role", "class", *priors),
        rows=tuple(
            (
                one.row.check.id,
                one.row.check.expected(),
                _number(one.row.simulated),
                _verdict(one.row),
                one.row.role,
                "–" if one.row.known is None else one.row.known.kind,
                *(surprise(one, prior) for prior in PRIORS),
            )
            for one in weights
        ),
    )


def surprise(one: WeighedRow, prior: PriorName) -> str:
    """Return how many draws of a prior pass a row, and its bits."""
    known = one.known
    return "–" if known is None else f"{percent(known.passes[prior])}, {known.bits(prior):.1f}"


def earnings(one: WeighedRow) -> str:
    """Return what a mechanism earns by a row, in bits, nearby and physical."""
    from prenuc.facts.row_surprisal import PRIORS

    bits = [one.earned(prior) for prior in PRIORS]
    return " / ".join("–" if n is None else f"{n:+.1f}" for n in bits)


def score_lines(weights: Sequence[WeighedRow]) -> Iterator[str]:
    """Yield the score: what rows earn, informative ones apart; then how many pass."""
    from prenuc.infer.court.weigh import earned

    rows = [one.row for one in weights]
    yield from _earned("", earned(weights))
    yield from _earned("informative, ", earned(weights, informative=True))
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
        "bits missing or out of date (make row-bits)": [
            one.row for one in weights if one.summed and (one.known is None or one.stale)
        ],
    }
    yield from (f"{said}: {len(of)}" for said, of in left.items() if of)


def _earned(which: str, sums: Mapping[Side, Earned]) -> Iterator[str]:
    """Yield the smaller sum of each side that has rows, and both beside it."""
    for side, one in sums.items():
        if one.rows:
            both = ", ".join(f"{prior} {bits:+.1f}" for prior, bits in one.bits.items())
            yield f"{which}{side}: {one.least:+.1f} bits earned by {one.rows} rows ({both})"


def _scores(which: str, rows: Sequence[Row]) -> Iterator[str]:
    for role in ("calibrated", "held-out"):
        yield f"{which}{role}: {_passed([row for row in rows if row.role == role])}"
    claims = [row for row in rows if row.check.claimed_by]
    for rival in dict.fromkeys(row.check.claimed_by for row in claims):
        yield f"claims of {rival}: {_passed([r for r in claims if r.check.claimed_by == rival])}"


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
    passes = [percent(one.share) for one in found]
    return _checks(rows, {**spread, "pass": passes, "role": [row.role for row in rows]})


def ablations_table(found: Ablations, *, narrow: bool = False) -> Table:
    """Return what each step of a mechanism is for, in a word, bits and rows.

    Args:
        found: What was found.
        narrow: Only how many rows, for a terminal; :func:`ablation_lines` names them.
    """
    after = "" if narrow else " prior"
    columns = [f"bits, {prior}{after}" for prior in found.priors] or ["bits"]
    told = (lambda rows: str(len(rows))) if narrow else _few
    rows = (
        (
            one.step,
            one.word,
            *(f"{bits:+.1f}" for bits in one.changes),
            told(one.lost),
            told(one.won),
        )
        for one in found.steps
    )
    rows_of = ("lost", "won") if narrow else ("rows lost", "rows won")
    headings = ("without", "so it is", *columns, *rows_of)
    return Table(headings=headings, rows=tuple(rows))


def _few(rows: Sequence[str]) -> str:
    """Return how many rows there are, and the first of them."""
    if not rows:
        return "none"
    return f"{len(rows)}: {', '.join(rows[:MOST])}{' …' if len(rows) > MOST else ''}"


def ablation_lines(found: Ablations) -> Iterator[str]:
    """Yield which rows a step costs or gains, what the bits stand for and how far they go."""
    for one in found.steps:
        if one.lost:
            yield f"lost without {one.step}: {', '.join(one.lost)}"
        if one.won:
            yield f"won without {one.step}: {', '.join(one.won)}"
    scores = " and ".join(f"{score:.1f}" for score in found.scores)
    yield f"{found.weighed} of {found.rows} rows are weighed; with every step they score {scores}"
    if found.how:
        yield f"refitted with and without each step: {found.how}"
    else:
        yield "nothing is refitted: other constants might do without a step"
    if found.missing:
        yield f"not refitted yet (--refit): {'; '.join(found.missing)}"
    if found.outdated:
        yield "the refit that is shipped is of other constants or rows and is left aside (--refit)"


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


def standings_table(found: Sequence[Standing]) -> Table:
    """Return how models stand that were fitted on equal terms."""
    sides: tuple[Role, ...] = ("calibrated", "held-out")
    rows = (
        (
            one.model,
            str(one.free),
            str(one.spoken),
            f"{one.freedom:.2f}",
            *(f"{one.passed[side]} of {one.of[side]}" for side in sides),
            *(f"{one.score[side]:.1f}" for side in sides),
            f"{sum(one.bare.values()) - sum(one.score.values()):+.1f}",
            ", ".join(f"{score:.0f}" for score in one.ends.values()),
            ", ".join(f"{score:.0f}" for score in one.predicted.values()),
            one.where,
        )
        for one in found
    )
    headings = (
        *("model", "free", "rows it speaks about", "free for each"),
        *(f"pass, {side}" for side in sides),
        *(f"bits, {side}" for side in sides),
        *("without additives", "bits, calibrated, at each end", "bits, held-out, there", "best at"),
    )
    return Table(headings=headings, rows=tuple(rows))


def left_out_table(found: LeaveOut) -> Table:
    """Return the rows of panels that did not take part in a calibration."""
    rows = [one.row for one in found.left]
    return _checks(
        rows,
        {
            "refitted": [_number(row.simulated) for row in rows],
            "verdict": [_verdict(row) for row in rows],
            "draws that pass": [percent(one.share) for one in found.left],
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
    """Return every constant before and after, with its interval where there is one; rates first."""
    ordered = sorted(found.estimates.items(), key=lambda one: not one[1].is_rate)
    return Table(
        headings=("constant", "before", "now", "unit", "95 %"),
        rows=tuple((name, *_cells(one)) for name, one in ordered),
    )


def _cells(one: CalibratedConstant) -> tuple[str, ...]:
    old = one.free.value.quantity
    interval = "not identifiable"
    if one.ci95 is not None:
        interval = f"{roughly(one.ci95[0])} to {roughly(one.ci95[1])}"
    return f"{old.number:.4g}", f"{one.number:.4g}", old.unit, interval
