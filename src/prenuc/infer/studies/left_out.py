"""What is left of a score when a figure does not take part in the refit.

From where the refit to all rows ends (:mod:`prenuc.infer.studies.refitting`, narrow prior) one step
of least squares leads on without the rows of a figure, and these are scored. It flatters: it is one
step, and the middle of the prior was set with every figure in view, as was the structure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.search import Start, Task, one_step_on, search
from prenuc.infer.court.score import log_scores
from prenuc.infer.studies.ablation import rows_for
from prenuc.infer.studies.refitting import (
    EVALUATIONS,
    NARROW,
    fitted_rows,
    mark_for,
    refit_of,
    task_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.facts.check import Check
    from prenuc.facts.refit import Refit


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


def figures_left_out(name: str, *, workers: int = 1) -> list[Refit]:
    """Leave out one figure after the other and return the refits.

    Args:
        name: Such as "two-pathway/CdS".
        workers: Processes to work with.
    """
    checks = rows_for(name)
    mark = mark_for(name, checks)
    task = task_of(name, checks, None, NARROW)
    end = search(task, 0, most=EVALUATIONS)
    figures = dict.fromkeys(figure_of(one) for one in task.checks)
    return work(partial(_without, name, mark, checks, task, end), [*figures], workers=workers)


def _without(
    name: str, mark: str, checks: Sequence[Check], task: Task, end: Start, figure: str
) -> Refit:
    kept = [i for i, one in enumerate(task.checks) if figure_of(one) != figure]
    rest = replace(task, checks=[task.checks[i] for i in kept])
    found = one_step_on(rest, replace(end, slopes=end.slopes[kept]))
    which = f"{name}, {NARROW}, Figure {figure} left out"
    return refit_of(which, name, rest, found, mark, checks, prior=NARROW, left_out=figure)


def scored_figures(name: str) -> tuple[LeftOutFigure, ...]:
    """Return what the shipped refits of a mechanism say of each figure that was left out.

    Args:
        name: Such as "two-pathway/CdS".
    """
    mine = [one for one in entries("refits").values() if one.mechanism == name]
    wholes = [one for one in mine if one.prior == NARROW and not one.step and not one.left_out]
    checks = fitted_rows(name, rows_for(name))
    found = []
    for one in (one for one in mine if one.left_out and wholes):
        whole = wholes[0]
        rows = [check for check in checks if figure_of(check) == one.left_out]
        fitted, left = (sum(log_scores(rows, of.rows).values()) for of in (whole, one))
        lost = tuple(c.id for c in rows if c.passes(whole.rows[c.id]) > c.passes(one.rows[c.id]))
        found.append(LeftOutFigure(one.left_out, len(rows), fitted, left, lost))
    return tuple(found)
