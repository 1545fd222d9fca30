"""What is left of an agreement when a panel does not take part in the calibration.

A panel's observations are taken out, the constants are fitted again to what stays, from the
package's own numbers, and the panel's rows are asked again. Two answers are given for each row:

* the verdict of the refitted numbers. It flatters: a constant that nothing else informs stays where
  it was set with this very panel in view, since the middle of its prior is that number;
* the share of draws from what the remaining data and the priors allow (the normal approximation
  around the refit) that still pass. This is what the other panels predict.

Structure (orders, sites, counts, half-constants) stays as it is; some of it was chosen with all
panels in view.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.priors import sets_of
from prenuc.infer.calibration.search import LIMIT, covariance, search
from prenuc.infer.studies.calibrate import judged, pass_rates, rows_of, task_for
from prenuc.simulation.choice import for_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.infer.calibration.search import Task
    from prenuc.infer.experiments.performed import Choose
    from prenuc.infer.experiments.reproduce import Row

DRAWS, SEED, STEPS = 20, 7, 5


@dataclass(frozen=True)
class LeftOut:
    """A row whose panel did not take part.

    Args:
        row: The row, with the number and verdict of the refit.
        share: Share of the draws that pass.
    """

    row: Row
    share: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**self.row.as_dict(), "role": "left-one-out", "share_of_draws": self.share}


@dataclass(frozen=True)
class LeaveOut:
    """Calibrated, held-out and left-one-out rows of a material, side by side.

    Args:
        material: Semiconductor.
        rows: Every row of the material with the package's own numbers.
        left: The calibrated rows, each with its panel left out.
    """

    material: str
    rows: tuple[Row, ...]
    left: tuple[LeftOut, ...]

    def rates(self) -> Mapping[str, Mapping[str, float]]:
        """Return passed and all rows by role; draws count by their share."""
        return {
            **pass_rates(self.rows),
            "left-one-out": {
                "pass": sum(one.row.verdict == "pass" for one in self.left),
                "of": len(self.left),
            },
            "left-one-out, draws": {
                "pass": round(sum(one.share for one in self.left), 1),
                "of": len(self.left),
            },
        }

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "material": self.material,
            "pass_rates": self.rates(),
            "rows": [one.as_dict() for one in self.left],
        }


def leave_out(
    material: str,
    panel: str = "all",
    *,
    choose: Choose = for_recipe,
    sets: Sequence[str] | None = None,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> LeaveOut:
    """Leave out one panel after the other, or a single one.

    Args:
        material: Such as "CdS".
        panel: A panel with calibrated rows, or "all" for each in turn.
        choose: Chooses the mechanism of a recipe; a function of a module with several workers.
        sets: Parameter sets that may move; those of the material when None.
        workers: Processes to work with.
        progress: Called with the finished share.

    Raises:
        InputError: No calibrated row belongs to the panel.
    """
    rows = rows_of(material, choose)
    task = task_for(choose, sets or sets_of(material), rows)
    panels = list(dict.fromkeys(row.check.panel for row in rows if row.role == "calibrated"))
    if panel not in {"all", *panels}:
        raise InputError(unknown_name("panel with calibrated rows", panel, panels))
    chosen = panels if panel == "all" else [panel]
    found = work(partial(_without, task, rows), chosen, workers=workers, progress=progress)
    return LeaveOut(material, tuple(rows), tuple(one for part in found for one in part))


def _without(task: Task, rows: Sequence[Row], panel: str) -> list[LeftOut]:
    """Return a panel's calibrated rows, refitted without its observations."""
    wanted = [r for r in rows if r.role == "calibrated" and r.check.panel == panel]
    hidden = {row.check.observation for row in wanted}
    kept = [check for check in task.checks if check.observation not in hidden]
    rest = replace(task, checks=kept)
    count = len(task.free)
    best, spread = np.zeros(count), np.eye(count)
    if kept:
        best = search(rest, 0, most=STEPS).u
        spread = covariance(rest.jacobian(best))
    asked = [row.check for row in wanted]
    refit = rest.numbers(best, asked)
    steps = np.random.default_rng(SEED).standard_normal((DRAWS, count))
    points = np.clip(best + steps @ np.linalg.cholesky(spread).T, -LIMIT, LIMIT)
    drawn = [rest.numbers(point, asked) for point in points]
    return [
        LeftOut(
            judged(row, refit[row.check.id]),
            sum(row.check.passes(numbers[row.check.id]) for numbers in drawn) / DRAWS,
        )
        for row in wanted
    ]
