"""What is fitted to what, and one least-squares search (:mod:`prenuc.infer.studies.calibrate`)."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import check_count
from prenuc.infer.calibration.ablations import Without
from prenuc.infer.calibration.draws import generator_of
from prenuc.infer.calibration.nearby import nearby
from prenuc.infer.calibration.parallel import remembered
from prenuc.infer.calibration.priors import Free, residuals
from prenuc.infer.calibration.varied import QUICK, Changed, ask
from prenuc.infer.experiments.performed import Experiments
from prenuc.ledger import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from prenuc.arrays import Array
    from prenuc.facts.check import Check
    from prenuc.infer.calibration.ablations import AbstractAblation
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose
    from prenuc.simulation.solvers import AbstractSolver

LIMIT = 3.0  # bounds, in prior widths
SHARES = 1.0, 0.5, 0.25  # of a step, of which the best is taken
STEP = 0.01  # in the logarithm of a constant, along the tangents of finished runs


@dataclass
class Task:
    """What is fitted to what.

    Args:
        choose: Chooses the mechanism of a recipe.
        free: The constants that may move.
        checks: The rows that they are fitted to.
        ablation: A step that the mechanisms are without, whatever its constants are.
        distances: Gives the residual of each row for the numbers found.
        solver: Integrates the runs.
        prior: How much the distance from the middle of the priors weighs; 1 for all of it.
    """

    choose: Choose
    free: tuple[Free, ...]
    checks: list[Check]
    ablation: AbstractAblation | None = None
    distances: Callable[[Sequence[Check], Mapping[str, float]], Array] = residuals
    solver: AbstractSolver = QUICK
    prior: float = 1.0
    _last: tuple[bytes, dict[str, float]] = field(default=(b"", {}))

    def change(self, u: Array) -> dict[Name, float]:
        """Return the constants at a point."""
        return {f.key: f.number(float(x)) for f, x in zip(self.free, u, strict=True)}

    def chosen(self, u: Array) -> Choose:
        """Return what chooses the mechanism of a recipe at a point."""
        changed = Changed(self.choose, self.change(u))
        return changed if self.ablation is None else Without(changed, self.ablation)

    def numbers(self, u: Array, checks: Sequence[Check]) -> dict[str, float]:
        """Return what is simulated at a point for some checks."""
        return ask(checks, Experiments(self.chosen(u), solver=self.solver))

    def at(self, u: Array) -> dict[str, float]:
        """Return what is simulated at a point for all checks; the last point is remembered."""
        if self._last[0] != u.tobytes():
            self._last = (u.tobytes(), self.numbers(u, self.checks))
        return self._last[1]

    def residuals(self, u: Array) -> Array:
        """Return the residuals of data and prior, one after the other."""
        return np.concatenate((self.distances(self.checks, self.at(u)), self.prior * u))

    def chi2(self, u: Array) -> float:
        """Return χ², data and prior."""
        return float(np.sum(self.residuals(u) ** 2))

    def jacobian(self, u: Array) -> Array:
        """Return the derivatives of the residuals.

        Every experiment is run once, with the tangents of all constants, and its numbers are read
        again a little further along each. Many of them are read with decisions (which point of a
        band is the highest, what stands out of noise), so they have no derivative of their own. A
        row that reads no number reads none nearby.
        """
        here, base = self.at(u), self.residuals(u)[: len(self.checks)]
        along = frozenset(free.key for free in self.free)
        runs = Experiments(self.chosen(u), solver=self.solver, along=along)
        ask(self.checks, runs)
        read = [one for one in self.checks if not math.isnan(here[one.id])]
        columns = []
        for free in self.free:
            near, acting = nearby(runs, free.key, STEP)
            asked = [c for c in read if not acting.isdisjoint(c.recipes)]
            found = self.distances(self.checks, here | ask(asked, near))
            columns.append((found - base) * free.sd / STEP)
        slopes = np.array(columns).T.reshape(len(self.checks), len(self.free))
        return np.vstack((slopes, self.prior * np.eye(len(self.free))))


@dataclass(frozen=True)
class Start:
    """Where one search began and ended.

    Args:
        seed: 0 for the package's own numbers.
        begun: χ² at the start.
        cost: χ² at the end, data and prior.
        u: The end, in prior widths.
        evaluations: Of the residuals; a table of derivatives counts one for each free constant.
        slopes: Derivatives of all residuals at the end, shape (residuals, constants).
    """

    seed: int
    begun: float
    cost: float
    u: Array
    evaluations: int
    slopes: Array = field(default_factory=lambda: np.zeros((0, 0)), repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"seed": self.seed, "begun": self.begun, "cost": self.cost}


def search(task: Task, seed: int, *, most: int = 15) -> Start:
    """Return where least squares end from one start.

    Args:
        task: What is fitted to what.
        seed: 0 starts at the package's own numbers, others half a prior width around them.
        most: Steps at most.
    """
    from scipy.optimize import least_squares

    count = len(task.free)
    begin = np.array([_begin(seed, free) for free in task.free])
    begun = task.chi2(begin)
    found = least_squares(
        task.residuals,
        begin,
        jac=task.jacobian,
        bounds=(-LIMIT, LIMIT),
        method="trf",
        ftol=3e-3,
        xtol=3e-3,
        gtol=1e-3,
        max_nfev=most,
    )
    u = np.asarray(found.x, dtype=float)
    work_done = int(found.nfev) + int(found.njev or 0) * count
    return Start(seed, begun, 2.0 * float(found.cost), u, work_done, np.asarray(found.jac))


def one_step_on(task: Task, end: Start) -> Start:
    """Return where one more step of least squares leads, under another prior than before.

    The derivatives are those of the search that has ended.

    Args:
        task: The rows and constants of that search, with another prior.
        end: Where the search has ended.
    """
    slopes = np.vstack((end.slopes[: len(task.checks)], task.prior * np.eye(len(task.free))))
    step = np.linalg.lstsq(slopes, -task.residuals(end.u))[0]
    begun = task.chi2(end.u)
    ends = [np.clip(end.u + share * step, -LIMIT, LIMIT) for share in SHARES]
    costs = [begun, *map(task.chi2, ends)]
    best = int(np.argmin(costs))
    return Start(end.seed, begun, costs[best], [end.u, *ends][best], len(ends), slopes)


def _begin(seed: int, free: Free) -> float:
    """Return where a constant begins, in prior widths, whatever else is free."""
    if not seed:
        return 0.0
    drawn = generator_of(seed, free.owner, free.name).normal(0.0, 0.5)
    return float(np.clip(drawn, -1.0, 1.0))


def _named(choose: Choose) -> str:
    """Return what a function is called, with what a part of it was given."""
    if isinstance(choose, partial):
        return f"{_named(choose.func)}{choose.args}{choose.keywords}"
    return f"{getattr(choose, '__module__', '')}.{getattr(choose, '__qualname__', repr(choose))}"


def searches(
    task: Task,
    starts: int,
    *,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Start]:
    """Return where several searches end; those that a ledger remembers are not made again.

    Args:
        task: What is fitted to what.
        starts: How many; their seeds count from 0.
        workers: Processes to work with.
        ledger: File that remembers finished searches.
        progress: Called with the finished share.

    Raises:
        InputError: No search is asked for, the ledger cannot be used, or it is of other work.
    """
    check_count(starts, "start")
    named = repr(([(f.owner, f.name, f.sd) for f in task.free], [one.id for one in task.checks]))
    common = hashlib.sha256(f"{named} {_named(task.choose)}".encode()).hexdigest()[:24]
    todo, do = {f"{common} {seed}": seed for seed in range(starts)}, partial(search, task)
    with memory(ledger, "calibrate") as kept:
        ends = remembered(do, todo, kept, plain=_told, workers=workers, progress=progress)
    return [
        Start(seed, begun, cost, np.array(u), evaluations)
        for seed, (begun, cost, u, evaluations) in zip(todo.values(), ends.values(), strict=True)
    ]


def _told(one: Start) -> list[Any]:
    return [one.begun, one.cost, one.u.tolist(), one.evaluations]


def covariance(slopes: Array) -> Array:
    """Return the covariance that derivatives of all residuals, prior included, stand for."""
    inverse: Array = np.asarray(np.linalg.inv(slopes.T @ slopes), dtype=np.float64)
    return inverse
