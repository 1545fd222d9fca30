"""The package's own parameter sets, fitted again: values, intervals, and what no data can fix.

Bounded least squares (trust region reflective) of the logarithms of the free constants against the
rows of role ``calibrated``, with priors (:mod:`prenuc.infer.priors`), from the package's own
numbers and from seeded random starts. With residuals r and prior-scaled logarithms u it minimises

    χ²(u) = Σ r(u)² + Σ u²

**Identifiable.** C = (JᵀJ + 1)⁻¹ is the covariance of u. Where the data leave more than 0.7 of the
prior's width, the prior speaks, not the data: such a constant is not identifiable, has no interval,
and keeps the status ``assumed``.

**Intervals** of identifiable constants are where χ² along the line u* ± t C e_i/√C_ii has risen by
3.84. To second order that line is the profile; it is followed far enough to feel a limit.

**Directions** are the eigenvectors of JᵀJ: each with its own width, from stiff to sloppy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, Problem, unknown_name
from prenuc.facts.catalogue import entries, get
from prenuc.facts.source import Source
from prenuc.infer.crew import work
from prenuc.infer.measures import Bench
from prenuc.infer.priors import Free, distinct, free_constants, residuals, sets_of
from prenuc.infer.reproduce import checks as all_checks
from prenuc.infer.reproduce import reproduce
from prenuc.infer.varied import QUICK, Changed, Reach, ask, recipes_of
from prenuc.mechanism.choice import for_recipe
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.facts.check import Check
    from prenuc.facts.value import Value
    from prenuc.infer.measures import Choose
    from prenuc.infer.reproduce import Row
    from prenuc.infer.varied import Name

SHARE_OF_PRIOR = 0.7  # posterior over prior width beyond which a constant is not identifiable
LIMIT = 3.0  # bounds, in prior widths
STEP = 0.01  # of finite differences, in the logarithm of a constant
RISE = 3.84  # of χ² at the end of a 95 % interval
SOURCE = Source("prenuc", "calibration")


@dataclass
class Task:
    """What is fitted to what.

    Args:
        choose: Chooses the mechanism of a recipe.
        free: The constants that may move.
        checks: The rows that they are fitted to.
        reach: Where each constant acts; worked out when needed.
    """

    choose: Choose
    free: tuple[Free, ...]
    checks: list[Check]
    reach: Reach | None = None
    _last: tuple[bytes, dict[str, float]] = field(default=(b"", {}))

    def change(self, u: NDArray[np.float64]) -> dict[Name, float]:
        """Return the constants at a point."""
        return {f.key: f.number(float(x)) for f, x in zip(self.free, u, strict=True)}

    def numbers(self, u: NDArray[np.float64], checks: Sequence[Check]) -> dict[str, float]:
        """Return what is simulated at a point for some checks."""
        return ask(checks, Bench(Changed(self.choose, self.change(u)), solver=QUICK))

    def at(self, u: NDArray[np.float64]) -> dict[str, float]:
        """Return what is simulated at a point for all checks; the last point is remembered."""
        if self._last[0] != u.tobytes():
            self._last = (u.tobytes(), self.numbers(u, self.checks))
        return self._last[1]

    def residuals(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the residuals of data and prior, one after the other."""
        return np.concatenate((residuals(self.checks, self.at(u)), u))

    def chi2(self, u: NDArray[np.float64]) -> float:
        """Return χ², data and prior."""
        return float(np.sum(self.residuals(u) ** 2))

    def jacobian(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the derivatives of the residuals, by forward differences where anything acts."""
        here, base = self.at(u), self.residuals(u)[: len(self.checks)]
        if self.reach is None:
            bench = Bench(Changed(self.choose, self.change(u)), solver=QUICK)
            self.reach = Reach.of(self.checks, bench)
            self.reach = replace(self.reach, choose=self.choose, used=self._used())
        columns = []
        for i, free in enumerate(self.free):
            step = STEP / free.sd
            moved = u.copy()
            moved[i] += step
            acting = set(self.reach.recipes({free.key: free.number(1.0)}))
            asked = [c for c in self.checks if not acting.isdisjoint(recipes_of(c))]
            found = residuals(self.checks, here | self.numbers(moved, asked))
            columns.append((found - base) / step)
        slopes = np.array(columns).T.reshape(len(self.checks), len(self.free))
        return np.vstack((slopes, np.eye(len(self.free))))

    def _used(self) -> dict[str, frozenset[Name]]:
        from prenuc.infer.varied import owners

        return owners(self.checks, self.choose)


@dataclass(frozen=True)
class Start:
    """Where one search began and ended.

    Args:
        seed: 0 for the package's own numbers.
        begun: χ² at the start.
        cost: χ² at the end, data and prior.
        u: The end, in prior widths.
        evaluations: Of the residuals; a table of derivatives counts one for each free constant.
    """

    seed: int
    begun: float
    cost: float
    u: NDArray[np.float64]
    evaluations: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"seed": self.seed, "begun": self.begun, "cost": self.cost}


def search(task: Task, seed: int, *, most: int = 8) -> Start:
    """Return where least squares end from one start.

    Args:
        task: What is fitted to what.
        seed: 0 starts at the package's own numbers, others half a prior width around them.
        most: Steps at most.
    """
    from scipy.optimize import least_squares

    count = len(task.free)
    spread = np.random.default_rng(seed).normal(0.0, 0.5, count) if seed else np.zeros(count)
    begin = np.clip(spread, -1.0, 1.0)
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
    return Start(seed, begun, 2.0 * float(found.cost), u, work_done)


@dataclass(frozen=True)
class Estimate:
    """One constant after calibration.

    Args:
        free: The constant, as it was.
        number: As it is now, in its own unit.
        ci95: Its interval; None when it is not identifiable.
        width: Share of the prior's width that the data leave.
    """

    free: Free
    number: float
    ci95: tuple[float, float] | None
    width: float

    @property
    def identifiable(self) -> bool:
        """Whether the data say more than the prior."""
        return self.ci95 is not None

    def value(self) -> Value:
        """Return the constant as a fact."""
        old = self.free.value
        half = None if self.ci95 is None else _digits((self.ci95[1] - self.ci95[0]) / 2.0, 2)
        return replace(
            old,
            quantity=Quantity(_digits(self.number, 4), old.quantity.unit),
            source=SOURCE,
            status="fitted" if self.identifiable else "assumed",
            uncertainty=half,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "value": _digits(self.number, 4),
            "unit": self.free.value.quantity.unit,
            "ci95": self.ci95,
            "status": "fitted" if self.identifiable else "assumed",
            "informed_by": list(self.free.value.informed_by),
            "identifiable": self.identifiable,
            "before": self.free.value.quantity.number,
            "share_of_prior_width": self.width,
        }


def _digits(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


@dataclass(frozen=True)
class Direction:
    """A combination of constants and how well the data fix it.

    Args:
        width: Its width, data and prior, in prior widths: 1 where the data say nothing.
        parts: Weight of each constant's logarithm (in prior widths), largest first.
    """

    width: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Calibration:
    """A parameter set, or several of one material, fitted again.

    Args:
        material: Semiconductor, or the name of the model.
        estimates: By name.
        directions: From stiff to sloppy.
        starts: Each search, the best first.
        covariance: Of u.
        task: What was fitted to what.
        before: Every row of the material with the package's own numbers.
        after: The same rows with the calibrated ones.
    """

    material: str
    estimates: Mapping[str, Estimate]
    directions: tuple[Direction, ...]
    starts: tuple[Start, ...]
    covariance: NDArray[np.float64]
    task: Task
    before: tuple[Row, ...]
    after: tuple[Row, ...]

    @property
    def best(self) -> NDArray[np.float64]:
        """The best point, in prior widths."""
        return self.starts[0].u

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "material": self.material,
            "parameters": {name: one.as_dict() for name, one in self.estimates.items()},
            "directions": [{"width": d.width, "parts": dict(d.parts)} for d in self.directions],
            "starts": [start.as_dict() for start in self.starts],
            "pass_rates": {
                "before": pass_rates(self.before),
                "after": pass_rates(self.after),
            },
            "fitted_to": [check.id for check in self.task.checks],
        }


def pass_rates(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Return passed and all rows, by role."""
    found = {role: [r for r in rows if r.role == role] for role in ("calibrated", "held-out")}
    return {
        role: {"pass": sum(r.verdict == "pass" for r in of), "of": len(of)}
        for role, of in found.items()
    }


def rows_of(material: str, choose: Choose = for_recipe) -> list[Row]:
    """Return every row of a material's recipes with the package's own numbers.

    Raises:
        InputError: No check asks anything of the material.
    """
    panels = sorted({c.panel for c in all_checks() if _material(c) == material})
    if not panels:
        known = sorted({_material(c) for c in all_checks()})
        raise InputError(unknown_name("material with checks", material, known))
    bench = Bench(choose, solver=QUICK)
    return [row for row in reproduce(panels, bench=bench) if _material(row.check) == material]


def _material(check: Check) -> str:
    return str(get("recipes", check.recipe).material)


def calibrate(
    material: str,
    *,
    starts: int = 4,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Calibration:
    """Fit a material's constants of the two-pathway model again.

    Args:
        material: Such as "CdS".
        starts: Searches; the first from the package's own numbers, the others seeded.
        workers: Processes to work with.
        progress: Called with the finished share.
    """
    return calibrate_model(
        for_recipe, sets_of(material), material, starts=starts, workers=workers, progress=progress
    )


def calibrate_model(
    choose: Choose,
    sets: Sequence[str],
    material: str,
    *,
    starts: int = 4,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Calibration:
    """Fit the constants of any mechanism to a material's rows.

    Args:
        choose: Chooses the mechanism of a recipe; with several workers a function of a module,
            or a ``functools.partial`` of one.
        sets: Parameter sets that may move. Where none of their constants names an observation,
            every rate and equilibrium constant moves, and every row that can be answered counts.
        material: Whose rows.
        starts: Searches; the first from the package's own numbers, the others seeded.
        workers: Processes to work with.
        progress: Called with the finished share.

    Raises:
        InputError: There is nothing to fit, or nothing to fit it to.
    """
    before = rows_of(material, choose)
    task = task_for(choose, sets, before)
    found = work(partial(search, task), list(range(starts)), workers=workers, progress=progress)
    return finish(material, task, found, before)


def task_for(choose: Choose, sets: Sequence[str], rows: Sequence[Row]) -> Task:
    """Return what is fitted to what.

    Raises:
        InputError: There is nothing to fit, or nothing to fit it to.
    """
    unknown = [name for name in sets if name not in entries("parameters")]
    if unknown:
        known = entries("parameters")
        raise InputError([unknown_name("parameter set", name, known) for name in unknown])
    free = free_constants(sets)
    answered = [r for r in rows if r.verdict != "silent"]
    informed = any(f.value.informed_by for f in free)
    asked = [r.check for r in answered if r.role == "calibrated" or not informed]
    if not free or not asked:
        what = f"{', '.join(sets) or 'no parameter set'} has nothing to fit or nothing to fit to"
        raise InputError(Problem(what, "Name observations in 'informed_by' of its constants"))
    return Task(choose, free, distinct(asked))


def finish(
    material: str, task: Task, found: Sequence[Start], before: Sequence[Row]
) -> Calibration:
    """Return intervals and directions at the best of several ends."""
    starts = tuple(sorted(found, key=lambda start: start.cost))
    u = starts[0].u
    slopes = task.jacobian(u)[: len(task.checks)]
    information = slopes.T @ slopes
    covariance = np.linalg.inv(information + np.eye(len(u)))
    names = _names(task.free)
    estimates = {
        name: Estimate(
            free,
            free.number(float(u[i])),
            _interval(task, u, covariance, i),
            math.sqrt(covariance[i, i]),
        )
        for i, (name, free) in enumerate(zip(names, task.free, strict=True))
    }
    bench = Bench(Changed(task.choose, task.change(u)), solver=QUICK)
    numbers = ask([row.check for row in before], bench)
    after = tuple(judged(row, numbers[row.check.id]) for row in before)
    directions = _directions(information, names)
    return Calibration(
        material, estimates, directions, starts, covariance, task, tuple(before), after
    )


def judged(row: Row, number: float) -> Row:
    """Return a row with another simulated number."""
    if row.verdict == "silent":
        return row
    return replace(
        row, simulated=number, verdict="pass" if row.check.passes(number) else "miss", trouble=""
    )


def _names(free: Sequence[Free]) -> list[str]:
    """Return the names of the constants, with their system where two sets share one."""
    plain = [f.name for f in free]
    return [
        f.name if plain.count(f.name) == 1 else f"{f.owner.partition('/')[2]} {f.name}"
        for f in free
    ]


def _interval(
    task: Task, u: NDArray[np.float64], covariance: NDArray[np.float64], i: int
) -> tuple[float, float] | None:
    """Return where χ² has risen enough on both sides; None when the prior speaks."""
    width = math.sqrt(covariance[i, i])
    if width > SHARE_OF_PRIOR:
        return None
    line, floor = covariance[:, i] / width, task.chi2(u)
    ends = []
    for side in (-1.0, 1.0):
        t = math.sqrt(RISE)
        for _ in range(3):
            rise = task.chi2(u + side * t * line) - floor
            if abs(rise / RISE - 1.0) < 0.1:
                break
            t *= min(max(math.sqrt(RISE / max(rise, 1e-3)), 0.5), 1.5)
        ends.append(float(u[i] + side * t * width))
    low, high = (task.free[i].number(end) for end in ends)
    return _digits(low, 4), _digits(high, 4)


def _directions(
    information: NDArray[np.float64], names: Sequence[str]
) -> tuple[Direction, ...]:
    strength, vectors = np.linalg.eigh(information)
    found = []
    for i in np.argsort(-strength):
        order = np.argsort(-np.abs(vectors[:, i]))
        parts = {names[j]: round(float(vectors[j, i]), 3) for j in order}
        found.append(Direction(float(1.0 / math.sqrt(1.0 + max(strength[i], 0.0))), parts))
    return tuple(found)
