"""What every model answers to every row, where it stands by the refits that are shipped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.facts.catalogue import entries, get
from prenuc.infer.court.score import log_scores
from prenuc.infer.studies.ablation import is_held_out
from prenuc.infer.studies.models import OWN, model_searches, rows_of, standings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.facts.check import Check, Verdict
from prenuc.infer.studies.models import Standing


@dataclass(frozen=True)
class Answered:
    """What one model answers to one row.

    Args:
        simulated: The number; NaN where nothing could be read.
        verdict: Whether it passes, or "silent".
        bits: log2 of the probability of what is printed; None where the model is silent.
    """

    simulated: float
    verdict: Verdict
    bits: float | None


@dataclass(frozen=True)
class RowOfModels:
    """One row, and what every model answers to it.

    Args:
        check: The row.
        statement: What is printed.
        source: Where.
        role: "calibrated" or "held-out".
        kind: Its class, such as "informative"; None where that was not computed.
        answers: By model.
    """

    check: Check
    statement: str
    source: str
    role: str
    kind: str | None
    answers: Mapping[str, Answered]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "id": self.check.id,
            "panel": self.check.panel,
            "recipe": self.check.recipe,
            "statement": self.statement,
            "source": self.source,
            "expected": self.check.expected(),
            "role": self.role,
            "class": self.kind,
            "answers": {name: vars(one) for name, one in self.answers.items()},
        }


def rows_by_model(found: Sequence[Standing] | None = None) -> list[RowOfModels]:
    """Return the rows that are weighed with what each model answers to them, panel by panel.

    Args:
        found: How the models stand; by the refits that are shipped when None.
    """
    standing = {one.model: one for one in (standings() if found is None else found)}
    answers: dict[str, dict[str, Answered]] = {}
    checks: dict[str, Check] = {}
    for search in model_searches():
        if search.id not in standing:
            continue
        numbers = entries("refits")[f"{search.id}, {standing[search.id].where or OWN}"].rows
        rows = rows_of(search)
        bits = log_scores(rows, numbers)
        for row in rows:
            checks[row.id] = row
            told = _answered(row, numbers.get(row.id, math.nan), bits.get(row.id))
            answers.setdefault(row.id, {})[search.id] = told
    ordered = sorted(checks.values(), key=lambda row: row.panel)
    return [_row(row, answers[row.id]) for row in ordered]


def _answered(row: Check, number: float, bits: float | None) -> Answered:
    """Return an answer; a model that speaks of a row and reads no number there misses it."""
    return Answered(number, "silent" if bits is None else row.verdict(number), bits)


def _row(check: Check, answers: Mapping[str, Answered]) -> RowOfModels:
    kind = "observations" if check.observation in entries("observations") else "claims"
    entry, known = get(kind, check.observation), entries("row_classes").get(check.id)
    return RowOfModels(
        check,
        entry.statement,
        str(entry.source),
        "held-out" if is_held_out(check) else "calibrated",
        None if known is None else known.kind,
        answers,
    )
