"""Every step of a mechanism taken out and the rest fitted again, all on the same terms.

With and without a step, the rate and equilibrium constants that some observation informs are moved
from the shipped numbers, by least squares along tangents, to the weighed rows: to all of them where
the set was fitted to all, else to those of calibrated figures. A set that has seen every row would
otherwise be praised for rows that its ablations may not see. What is minimised is −2 ln of the
probability of what is printed, and that of a prior about the shipped numbers: first

* *narrow*: log-normal, σ = ln 3;

with the same number of evaluations for each; and one step on from where that ended

* *wide*: log-normal, 2 σ R = 150 J/mol/K, by which an entropy of activation may differ.

No constant moves by more than a factor of 27, and those of a step that is taken out do not move.
This is little: one start, few evaluations, energies and structure as they are. A step that is
*required* here is required for whoever looks no farther.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import InputError, Problem, listed_names
from prenuc.facts.catalogue import CALIBRATED, entries
from prenuc.facts.refit import Refit
from prenuc.infer.calibration.ablations import ablations_of
from prenuc.infer.calibration.parallel import remembered
from prenuc.infer.calibration.priors import distinct, free_constants
from prenuc.infer.calibration.random_starts import ROUGH
from prenuc.infer.calibration.search import Start, Task, one_step_on, search
from prenuc.infer.calibration.varied import QUICK
from prenuc.infer.court.score import log_scores
from prenuc.infer.experiments.reproduce import checks as all_checks
from prenuc.infer.studies.ablation import (
    Ablated,
    Ablations,
    chosen_by,
    compared,
    is_file,
    is_held_out,
    mark_of,
    numbers_without,
    rows_for,
    weighed_of,
)
from prenuc.ledger import memory
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.network_file import read_mechanism
from prenuc.mechanism.shipped import known_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.facts.check import Check
    from prenuc.infer.calibration.ablations import AbstractAblation

NARROW, WIDE = "narrow", "wide"
UNIT = math.log(3.0)  # of the logarithm of a constant, and σ of the narrow prior
ENTROPY = 150.0  # J/mol/K
PRIORS: Mapping[str, float] = {NARROW: 1.0, WIDE: UNIT * 2.0 * GAS_CONSTANT / ENTROPY}  # UNIT/σ
EVALUATIONS = 3  # of the residuals under the narrow prior, at most


def ablate(
    name: str,
    *,
    panels: Sequence[str] = (),
    refit: bool = False,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Ablations:
    """Take every step out of a mechanism and say what each is for.

    Args:
        name: Such as "two-pathway/CdS", or the file of a mechanism, "mine.yaml".
        panels: Only rows of these, such as "2a-b" or "3"; all rows when empty.
        refit: Whether the rest is fitted again now. Otherwise the refit that is shipped answers;
            where there is none, or none of today's constants, nothing is refitted.
        workers: Processes to work with.
        ledger: File that remembers finished refits; they are not made again.
        progress: Called with the finished share.

    Raises:
        MechanismError: There is no such mechanism, or its file is wrong.
        InputError: No row asks anything of it, or a file is to be refitted to published rows.
    """
    if refit and is_file(name):
        mend = "Leave --refit out, or calibrate it on spectra of your own: --on FOLDER"
        raise InputError(f"{name} is a file; published rows refit mechanisms of the package", mend)
    every = rows_for(name)
    checks = _of_panels(name, every, panels)
    if refit:
        fitted = refits(name, checks, workers=workers, ledger=ledger, progress=progress)
        return of_refits(name, checks, fitted)
    shipped = shipped_refits(name)
    if {one.mark for one in shipped} == {mark_for(name, every)}:
        return of_refits(name, checks, shipped)
    numbers = numbers_without(checks, chosen_by(name), workers=workers, progress=progress)
    return _as_it_is(name, checks, numbers, outdated=bool(shipped))


def _of_panels(name: str, checks: Sequence[Check], panels: Sequence[str]) -> Sequence[Check]:
    """Return the rows of some panels.

    Raises:
        InputError: There is no such panel, or the mechanism has no row of any.
    """
    if not panels:
        return checks
    asked = {one.id for one in all_checks(panels)}
    found = [one for one in checks if one.id in asked]
    if not found:
        known = tuple(sorted({one.panel for one in checks}))
        what = f"{listed_names(panels)} has no row that asks anything of {name}"
        raise InputError(Problem(what, "Name one of these", known))
    return found


def _as_it_is(
    name: str, checks: Sequence[Check], numbers: dict[str, dict[str, float]], *, outdated: bool
) -> Ablations:
    """Return what every step is for where nothing is refitted."""
    whole, weighed = numbers.pop(""), weighed_of(checks)
    steps = (compared(checks, step, [whole], [one]) for step, one in numbers.items())
    return Ablations(
        name,
        len(checks),
        len(weighed),
        (),
        "",
        (sum(log_scores(weighed, whole).values()),),
        tuple(_with_names(name, steps)),
        outdated=outdated,
    )


def _with_names(name: str, found: Iterable[Ablated]) -> Iterator[Ablated]:
    """Yield steps with the constants that are taken out with each."""
    mechanism = read_mechanism(Path(name)) if is_file(name) else mechanism_named(name)
    steps = {one.step: one.touched(mechanism) for one in ablations_of(mechanism)}
    for one in found:
        yield replace(one, removed=steps.get(one.step, ()))


def mark_for(name: str, checks: Sequence[Check]) -> str:
    """Return the mark of rows and widths, mechanism and spectra that a refit of today has.

    Args:
        name: The mechanism.
        checks: The rows that are read.
    """
    return mark_of(checks, chosen_by(name))


def shipped_refits(name: str) -> list[Refit]:
    """Return the refits of a mechanism that are shipped, of today's constants or not."""
    mine = [one for one in entries("refits").values() if one.mechanism == name]
    return [one for one in mine if one.prior in PRIORS and not one.left_out]


def of_refits(name: str, checks: Sequence[Check], found: Sequence[Refit]) -> Ablations:
    """Return what refits of a mechanism, with every step and without each, say of the steps.

    Args:
        name: The mechanism.
        checks: The rows.
        found: The refits under every prior.
    """
    numbers = {(one.step, one.prior): one.rows for one in found}
    priors = tuple(prior for prior in PRIORS if ("", prior) in numbers)
    whole = [numbers["", prior] for prior in priors]
    every = [one.step for one in ablations_of(mechanism_named(name))]
    steps = [step for step in every if all((step, prior) in numbers for prior in priors)]
    weighed = weighed_of(checks)
    told = (compared(checks, s, whole, [numbers[s, prior] for prior in priors]) for s in steps)
    return Ablations(
        name,
        len(checks),
        len(weighed),
        priors,
        found[0].how,
        tuple(sum(log_scores(weighed, one).values()) for one in whole),
        tuple(_with_names(name, told)),
        missing=tuple(step for step in every if step not in steps),
    )


def refits(
    name: str,
    checks: Sequence[Check],
    *,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Refit]:
    """Return the refits of a mechanism, with every step and without each, under both priors.

    Args:
        name: The mechanism.
        checks: The rows that are read at the end; :func:`fitted_rows` are fitted.
        workers: Processes to work with.
        ledger: File that remembers finished refits.
        progress: Called with the finished share.
    """
    mark = mark_for(name, checks)
    todo: dict[str, AbstractAblation | None] = {"": None}
    todo |= {one.step: one for one in ablations_of(mechanism_named(name))}
    do = partial(_refits, name, mark, checks)
    with memory(ledger, f"ablate {name} on rows {mark}") as kept:
        done = remembered(do, todo, kept, plain=_told, workers=workers, progress=progress)
    return [Refit(**one) for some in done.values() for one in some]


def _told(found: Sequence[Refit]) -> list[dict[str, Any]]:
    return [vars(one) for one in found]


def _refits(
    name: str, mark: str, checks: Sequence[Check], ablation: AbstractAblation | None
) -> list[Refit]:
    """Return where the searches under all priors end."""
    step = "" if ablation is None else ablation.step
    tasks = {prior: task_of(name, checks, ablation, prior) for prior in PRIORS}
    end = search(tasks[NARROW], 0, most=EVALUATIONS)
    ends = {NARROW: end, WIDE: one_step_on(tasks[WIDE], end)}
    return [
        refit_of(
            f"{name}, {prior}" + (f", without {step}" if step else ""),
            name,
            tasks[prior],
            ends[prior],
            mark,
            checks,
            step=step,
            prior=prior,
        )
        for prior in PRIORS
    ]


def refit_of(
    which: str,
    name: str,
    task: Task,
    end: Start,
    mark: str,
    checks: Sequence[Check],
    *,
    step: str = "",
    prior: str = NARROW,
    left_out: str = "",
) -> Refit:
    """Return the end of a search as it is kept.

    Args:
        which: Its identifier.
        name: The mechanism.
        task: What was fitted to what.
        end: Where the search has ended.
        mark: Of rows, mechanisms and spectra.
        checks: The rows that are read there.
        step: The step that is taken out.
        prior: One of ``PRIORS``.
        left_out: The figure whose rows were not fitted.
    """
    return Refit(
        which,
        name,
        step,
        prior,
        f"{len(task.free)} constants, {len(task.checks)} rows, {EVALUATIONS} evaluations",
        mark,
        end.begun,
        end.cost,
        {f.name: f.number(float(u)) for f, u in zip(task.free, end.u, strict=True)},
        replace(task, solver=QUICK).numbers(end.u, checks),
        left_out,
    )


def task_of(
    name: str, checks: Sequence[Check], ablation: AbstractAblation | None, prior: str
) -> Task:
    """Return what is fitted to what.

    Args:
        name: The mechanism.
        checks: Its rows.
        ablation: The step that it is without; None for the whole.
        prior: One of ``PRIORS``.

    Raises:
        InputError: None of its constants may move, or no row is to be fitted.
    """
    touched = ablation.touched(mechanism_named(name)) if ablation else ()
    free = tuple(replace(one, sd=UNIT) for one in free_constants([name]) if one.name not in touched)
    asked = distinct(fitted_rows(name, checks))
    if not free or not asked:
        what = f"{name} has nothing to fit or nothing to fit it to"
        raise InputError(Problem(what, "Ask it without --refit"))
    return Task(chosen_by(name), free, asked, ablation, surprise, ROUGH, PRIORS[prior])


def fitted_rows(name: str, checks: Sequence[Check]) -> list[Check]:
    """Return those of some rows that a mechanism is fitted to again: what its set was fitted to.

    Args:
        name: The mechanism.
        checks: The rows.
    """
    blind = known_set(name).fitted_to == CALIBRATED
    return [one for one in weighed_of(checks) if not (blind and is_held_out(one))]


def surprise(checks: Sequence[Check], numbers: Mapping[str, float]) -> Array:
    """Return the residual of each row: its square is −2 ln of the probability of what is printed.

    Args:
        checks: The rows.
        numbers: The number that each reads.
    """
    scores = log_scores(checks, numbers)
    bits = np.array([scores[one.id] for one in checks])
    found: Array = np.sqrt(np.maximum(-2.0 * math.log(2.0) * bits, 0.0))
    return found
