"""The package's own parameter sets, fitted again: values, intervals, and what no data can fix.

Bounded least squares (trust region reflective) of the logarithms of the free constants against the
rows of role ``calibrated``, with priors (:mod:`prenuc.infer.calibration.priors`), from the
package's own numbers and from seeded random starts. With residuals r and prior-scaled logarithms u
it minimises

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
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, Problem, unknown_name
from prenuc.facts.catalogue import entries
from prenuc.infer.calibration.priors import distinct, free_constants, sets_of
from prenuc.infer.calibration.search import Start, Task, covariance, searches
from prenuc.infer.calibration.varied import QUICK, Changed, ask
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks as all_checks
from prenuc.infer.experiments.reproduce import material_of, reproduce
from prenuc.infer.studies.calibrated_constant import CalibratedConstant, rounded
from prenuc.simulation.choice import for_recipe, rival_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from prenuc.arrays import Array
    from prenuc.infer.calibration.priors import Free
    from prenuc.infer.experiments.performed import Choose
    from prenuc.infer.experiments.reproduce import Role, Row

SHARE_OF_PRIOR = 0.7  # posterior over prior width beyond which a constant is not identifiable
RISE = 3.84  # of χ² at the end of a 95 % interval


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
    estimates: Mapping[str, CalibratedConstant]
    directions: tuple[Direction, ...]
    starts: tuple[Start, ...]
    covariance: Array
    task: Task
    before: tuple[Row, ...]
    after: tuple[Row, ...]

    @property
    def best(self) -> Array:
        """The best point, in prior widths."""
        return self.starts[0].u

    @property
    def meanings(self) -> tuple[str, ...]:
        """A sentence for each rate constant that the observations fix."""
        return tuple(
            one.meaning for one in self.estimates.values() if one.is_rate and one.identifiable
        )

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
    panels = sorted({c.panel for c in all_checks() if material_of(c) == material})
    if not panels:
        known = sorted({material_of(c) for c in all_checks()})
        raise InputError(unknown_name("material with checks", material, known))
    runs = Experiments(choose, solver=QUICK)
    return [row for row in reproduce(panels, runs=runs) if material_of(row.check) == material]


def calibrate(
    material: str,
    *,
    mechanism: str | None = None,
    starts: int = 4,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Calibration:
    """Fit a material's constants of the two-pathway model again, or those of a rival.

    Args:
        material: Such as "CdS".
        mechanism: A rival such as "classical" (:func:`calibrate_rival`); ours when None.
        starts: Searches; the first from the package's own numbers, the others seeded.
        workers: Processes to work with.
        ledger: File that remembers finished searches; they are not made again.
        progress: Called with the finished share.

    Returns:
        Every constant before and after, with its interval where the observations fix it.

    Raises:
        InputError: There is no such material or rival, or nothing to fit.
    """
    how: Any = {"starts": starts, "workers": workers, "ledger": ledger, "progress": progress}
    if mechanism is not None:
        return calibrate_rival(mechanism, material, **how)
    return calibrate_model(for_recipe, sets_of(material), material, **how)


def calibrate_rival(
    kind: str,
    material: str,
    *,
    starts: int = 4,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Calibration:
    """Fit a rival's constants to the rows that the two-pathway model is fitted to.

    Args:
        kind: Such as "classical".
        material: Such as "CdS".
        starts: Searches; the first from the package's own numbers, the others seeded.
        workers: Processes to work with.
        ledger: File that remembers finished searches; they are not made again.
        progress: Called with the finished share.
    """
    return calibrate_model(
        partial(rival_for, kind),
        sets_of(material, (kind,)),
        material,
        to=[row.check.id for row in rows_of(material) if row.role == "calibrated"],
        starts=starts,
        workers=workers,
        ledger=ledger,
        progress=progress,
    )


def calibrate_model(
    choose: Choose,
    sets: Sequence[str],
    material: str,
    *,
    to: Sequence[str] = (),
    starts: int = 4,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Calibration:
    """Fit the constants of any mechanism to a material's rows.

    Args:
        choose: Chooses the mechanism of a recipe; with several workers a function of a module,
            or a ``functools.partial`` of one.
        sets: Parameter sets that may move. Of a set whose constants name no observation, every
            rate and equilibrium constant moves.
        material: Whose rows.
        to: Checks to fit to, which makes them the calibrated ones; by default the rows of role
            ``calibrated``.
        starts: Searches; the first from the package's own numbers, the others seeded.
        workers: Processes to work with.
        ledger: File that remembers finished searches; they are not made again.
        progress: Called with the finished share.

    Raises:
        InputError: There is nothing to fit, or nothing to fit it to.
    """
    before = rows_of(material, choose)
    if to:
        roles: dict[bool, Role] = {True: "calibrated", False: "held-out"}
        before = [replace(row, role=roles[row.check.id in to]) for row in before]
    task = task_for(choose, sets, before)
    found = searches(task, starts, workers=workers, ledger=ledger, progress=progress)
    return finish(material, task, found, before)


def task_for(choose: Choose, sets: Sequence[str], rows: Sequence[Row]) -> Task:
    """Return what is fitted to what.

    Args:
        choose: Gives every recipe its mechanism.
        sets: Parameter sets whose constants may move.
        rows: Published checks; those of role "calibrated" are fitted.

    Raises:
        InputError: There is nothing to fit, or nothing to fit it to.
    """
    unknown = [name for name in sets if name not in entries("parameters")]
    if unknown:
        known = entries("parameters")
        raise InputError([unknown_name("parameter set", name, known) for name in unknown])
    free = free_constants(sets)
    asked = [r.check for r in rows if r.role == "calibrated" and r.counted]
    if not free or not asked:
        what = f"{', '.join(sets) or 'no parameter set'} has nothing to fit or nothing to fit to"
        raise InputError(Problem(what, "Name observations in 'informed_by' of its constants"))
    return Task(choose, free, distinct(asked))


def finish(material: str, task: Task, found: Sequence[Start], before: Sequence[Row]) -> Calibration:
    """Return intervals and directions at the best of several ends.

    Args:
        material: Such as "CdS".
        task: What was fitted to what.
        found: Where each start has ended.
        before: The checks with the package's own constants.
    """
    starts = tuple(sorted(found, key=lambda start: start.cost))
    u = starts[0].u
    slopes = task.jacobian(u)
    spread = covariance(slopes)
    information = slopes.T @ slopes - np.eye(len(u))
    names = _names(task.free)
    estimates = {
        name: CalibratedConstant(
            free,
            free.number(float(u[i])),
            _interval(task, u, spread, i),
            math.sqrt(spread[i, i]),
        )
        for i, (name, free) in enumerate(zip(names, task.free, strict=True))
    }
    runs = Experiments(Changed(task.choose, task.change(u)), solver=QUICK)
    numbers = ask([row.check for row in before], runs)
    after = tuple(judged(row, numbers[row.check.id]) for row in before)
    directions = _directions(information, names)
    return Calibration(material, estimates, directions, starts, spread, task, tuple(before), after)


def judged(row: Row, number: float) -> Row:
    """Return a row with another simulated number."""
    if row.verdict == "silent":
        return row
    return replace(row, simulated=number, verdict=row.check.verdict(number), trouble="")


def _names(free: Sequence[Free]) -> list[str]:
    """Return the names of the constants, with their system where two sets share one."""
    plain = [f.name for f in free]
    return [
        f.name if plain.count(f.name) == 1 else f"{f.owner.partition('/')[2]} {f.name}"
        for f in free
    ]


def _interval(task: Task, u: Array, spread: Array, i: int) -> tuple[float, float] | None:
    """Return where χ² has risen enough on both sides; None when the prior speaks."""
    width = math.sqrt(spread[i, i])
    if width > SHARE_OF_PRIOR:
        return None
    line, floor = spread[:, i] / width, task.chi2(u)
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
    return rounded(low, 4), rounded(high, 4)


def _directions(information: Array, names: Sequence[str]) -> tuple[Direction, ...]:
    strength, vectors = np.linalg.eigh(information)
    found = []
    for i in np.argsort(-strength):
        order = np.argsort(-np.abs(vectors[:, i]))
        parts = {names[j]: round(float(vectors[j, i]), 3) for j in order}
        found.append(Direction(float(1.0 / math.sqrt(1.0 + max(strength[i], 0.0))), parts))
    return tuple(found)
