"""What is left of a score when a figure does not take part in the refit.

A figure's rows are taken out, the constants are fitted again to those of the other calibrated
figures as in :mod:`prenuc.infer.studies.refitting`, under the narrow prior, and the figure's rows
are scored. It flatters: the middle of the prior was set with every figure in view, and so was the
structure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.facts.refit import Refit
from prenuc.infer.calibration.parallel import answers
from prenuc.infer.calibration.search import search
from prenuc.infer.court.score import log_scores
from prenuc.infer.studies.ablation import is_held_out, mark_of, weighed_of
from prenuc.infer.studies.refitting import EVALUATIONS, refit_of, rows_for, task_of
from prenuc.ledger import memory
from prenuc.simulation.choice import named_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check


PRIOR = "narrow"
_FIGURE = re.compile(r"(Table )?S?\d+")


@dataclass(frozen=True)
class LeftOutFigure:
    """How the rows of a figure score when they were fitted, and when they were not.

    Args:
        figure: Such as "2".
        rows: How many of its rows are weighed.
        fitted: Their score in bits when all rows were fitted.
        left_out: Their score when those of the figure were not.
        lost: Rows that pass when they are fitted and not otherwise.
    """

    figure: str
    rows: int
    fitted: float
    left_out: float
    lost: tuple[str, ...]


def figure_of(check: Check) -> str:
    """Return the figure that a row belongs to, such as "2" of panel 2a-b; else its panel."""
    found = _FIGURE.match(check.panel)
    return found.group() if found else check.panel


def fitted_rows(checks: Sequence[Check]) -> list[Check]:
    """Return the rows that refits are fitted to."""
    return [one for one in weighed_of(checks) if not is_held_out(one)]


def figures_left_out(
    name: str,
    *,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Refit]:
    """Leave out one figure after the other and return the refits.

    Args:
        name: Such as "two-pathway/CdS".
        workers: Processes to work with.
        ledger: File that remembers finished refits.
        progress: Called with the finished share.
    """
    checks = rows_for(name)
    mark = mark_of(checks, partial(named_for, name))
    figures = list(dict.fromkeys(figure_of(one) for one in fitted_rows(checks)))
    with memory(ledger, f"left out of {name}") as kept:
        done = {figure: kept.get(figure) for figure in figures}
        left = [figure for figure in figures if done[figure] is None]
        new = answers(partial(_without, name, mark, checks), left, workers=workers)
        for place, (figure, found) in enumerate(zip(left, new, strict=True), 1):
            done[figure] = vars(found)
            kept.keep(figure, vars(found))
            if progress is not None:
                progress(1.0 - (len(left) - place) / len(figures))
    return [Refit(**(done[figure] or {})) for figure in figures]


def _without(name: str, mark: str, checks: Sequence[Check], figure: str) -> Refit:
    task = task_of(name, checks, None, PRIOR)
    rest = replace(task, checks=[one for one in task.checks if figure_of(one) != figure])
    end = search(rest, 0, most=EVALUATIONS[PRIOR])
    which = f"{name}, {PRIOR}, Figure {figure} left out"
    return refit_of(which, name, rest, end, mark, checks, prior=PRIOR, left_out=figure)


def scored_figures(name: str) -> tuple[LeftOutFigure, ...]:
    """Return what the shipped refits of a mechanism say of each figure that was left out.

    Args:
        name: Such as "two-pathway/CdS".
    """
    mine = [one for one in entries("refits").values() if one.mechanism == name]
    wholes = [one for one in mine if one.prior == PRIOR and not one.step and not one.left_out]
    checks = fitted_rows(rows_for(name))
    found = []
    for one in (one for one in mine if one.left_out and wholes):
        whole = wholes[0]
        rows = [check for check in checks if figure_of(check) == one.left_out]
        fitted, left = (sum(log_scores(rows, of.rows).values()) for of in (whole, one))
        lost = tuple(c.id for c in rows if c.passes(whole.rows[c.id]) > c.passes(one.rows[c.id]))
        found.append(LeftOutFigure(one.left_out, len(rows), fitted, left, lost))
    return tuple(found)
