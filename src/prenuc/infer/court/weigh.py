"""What a mechanism earns by the published experiments, in bits, row by row and in sum.

A row earns its log score plus its surprisal: how much likelier a mechanism makes what is printed
than constants that were drawn. Under the prior that is less surprised it earns less, and that sum
counts. Rows of calibrated figures, predictions (held out, and no constant informed by them) and
held-out rows that informed a constant are summed apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from prenuc.facts.catalogue import entries
from prenuc.facts.row_surprisal import PRIORS
from prenuc.infer.court.score import log_scores, weighed_rows
from prenuc.infer.court.surprisal import mark_of
from prenuc.infer.experiments.marks import Marks
from prenuc.simulation.choice import for_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.facts.row_surprisal import PriorName, RowSurprisal
    from prenuc.infer.experiments.reproduce import Row

Side = Literal["calibrated", "predicted", "held out but informed"]
SIDES: tuple[Side, ...] = get_args(Side)


@dataclass(frozen=True)
class WeighedRow:
    """A checked statement and its weight.

    Args:
        row: What was found.
        score: log2 of the probability of what is printed; None where the model is silent.
        known: How surprising the row is; None where that was not computed.
        stale: Whether that was computed with another row, mechanism, spectrum or width.
        summed: Whether it enters a sum: it counts, and neither restates nor repeats an input.
    """

    row: Row
    score: float | None
    known: RowSurprisal | None
    stale: bool
    summed: bool

    @property
    def side(self) -> Side:
        """Whether it is calibrated, a prediction, or held out in vain."""
        if self.row.role != "held-out":
            return "calibrated"
        return "held out but informed" if self.row.informed else "predicted"

    def earned(self, prior: PriorName) -> float | None:
        """Return log score and surprisal under a prior; None where either is missing."""
        if self.score is None or self.known is None:
            return None
        return self.score + self.known.bits(prior)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain data for JSON."""
        known, priors = self.known, ({} if self.known is None else dict.fromkeys(PRIORS))
        return {
            **self.row.as_dict(),
            "bits": known and min(known.bits(one) for one in PRIORS),
            "log_score": self.score,
            "pass_rates": {one: known.passes[one] for one in priors} if known else None,
            "surprisal": {one: known.bits(one) for one in priors} if known else None,
            "earned": {one: self.earned(one) for one in priors} if known else None,
            "bits_stale": self.stale,
            "summed": self.summed,
        }


def weighed(rows: Sequence[Row]) -> list[WeighedRow]:
    """Return the rows of ``reproduce`` with their weights.

    Args:
        rows: As a mechanism answers them.
    """
    found = {row.check.id: row.simulated for row in rows if row.verdict != "silent"}
    scores = log_scores([row.check for row in rows], found)
    summed = {check.id for check in weighed_rows()}
    surprisals, marks = entries("row_surprisals"), Marks(for_recipe)
    return [
        WeighedRow(
            row,
            scores.get(row.check.id),
            (known := surprisals.get(row.check.id)),
            known is not None and known.mark != mark_of(row.check, marks),
            row.check.id in summed and row.counted,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Earned:
    """The sum of some rows.

    Args:
        rows: How many.
        bits: What they earn, by prior.
    """

    rows: int
    bits: Mapping[PriorName, float]

    @property
    def least(self) -> float:
        """The smaller sum, which counts."""
        return min(self.bits.values())


def earned(rows: Sequence[WeighedRow], *, informative: bool = False) -> dict[Side, Earned]:
    """Return what rows earn in sum, calibrated ones and predictions apart.

    Args:
        rows: With their weights.
        informative: Only the rows of that class.
    """
    found: dict[Side, Earned] = {}
    for side in SIDES:
        mine = [
            one
            for one in rows
            if one.summed and one.side == side and one.known is not None
            if one.row.informative or not informative
        ]
        bits = {prior: sum(one.earned(prior) or 0.0 for one in mine) for prior in PRIORS}
        found[side] = Earned(len(mine), bits)
    return found
