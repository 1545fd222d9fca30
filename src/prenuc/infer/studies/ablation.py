"""What each step of a mechanism is for: a step is taken out, and the rows are weighed without it.

What the steps are and what takes their place: :mod:`prenuc.infer.calibration.ablations`. How a row
is weighed: :mod:`prenuc.infer.court.score`. With Δ for the score without the step less the score
with it, in bits, a step is

* *required* where Δ ≤ −3 under both priors and a row is lost under both,
* *helpful* where Δ ≤ −1 under both,
* *harmful* where Δ ≥ 1 under both,
* *not tested* otherwise: the rows do not tell.

Where nothing is refitted there is one Δ, and the word says what the step is for with these
constants; others might do without it (:mod:`prenuc.infer.studies.refitting`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from prenuc.errors import InputError, MechanismError, Problem
from prenuc.facts.catalogue import entries, get, held_out
from prenuc.infer.calibration.ablations import Without, ablations_of
from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.varied import QUICK, ask
from prenuc.infer.court.scale import scale_of
from prenuc.infer.court.score import LEFT_OUT, log_scores
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks as all_checks
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.network_file import read_mechanism
from prenuc.simulation.choice import for_recipe, named_for, of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.facts.check import Check
    from prenuc.infer.calibration.ablations import AbstractAblation
    from prenuc.infer.experiments.performed import Choose

Word = Literal["required", "helpful", "not tested", "harmful"]
REQUIRED, HELPFUL, HARMFUL = -3.0, -1.0, 1.0  # bits; odds of 1:8, 1:2 and 2:1
MEANING: Mapping[Word, str] = {
    "required": "without it the rows score at least 3 bits less under both priors of the "
    "constants, and a row is lost",
    "helpful": "without it they score at least 1 bit less under both",
    "not tested": "the rows do not tell: the step is an assumption",
    "harmful": "without it they score at least 1 bit more under both",
}


def word(changes: Sequence[float], lost: Sequence[str]) -> Word:
    """Return what a step is for.

    Args:
        changes: Δ in bits under each prior.
        lost: Rows that pass with the step and not without it, under each prior.
    """
    if max(changes) <= REQUIRED and lost:
        return "required"
    if max(changes) <= HELPFUL:
        return "helpful"
    return "harmful" if min(changes) >= HARMFUL else "not tested"


@dataclass(frozen=True)
class Ablated:
    """What a step is for.

    Args:
        step: In words.
        lost: Rows that pass with the step and not without it, under every prior.
        won: Rows that pass without the step only, under every prior.
        changes: Δ in bits of all weighed rows, under each prior; a single one where nothing was
            refitted.
        predicted: The part of the rows of held-out figures in each.
        removed: The constants that mean nothing without it.
    """

    step: str
    lost: tuple[str, ...]
    won: tuple[str, ...]
    changes: tuple[float, ...]
    predicted: tuple[float, ...]
    removed: tuple[str, ...] = ()

    @property
    def change(self) -> float:
        """Δ under the prior that makes less of it."""
        return min(self.changes, key=abs)

    @property
    def word(self) -> Word:
        """What it is for, in a word."""
        return word(self.changes, self.lost)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "step": self.step,
            "removed": list(self.removed),
            "verdict": self.word,
            "score_change": self.change,
            "bits": list(self.changes),
            "bits_held_out": list(self.predicted),
            "rows_lost": list(self.lost),
            "rows_won": list(self.won),
        }


@dataclass(frozen=True)
class Ablations:
    """What every step of a mechanism is for.

    Args:
        mechanism: Such as "two-pathway/CdS".
        rows: How many rows are asked.
        weighed: How many of them are weighed.
        priors: Under which the constants were refitted; empty where nothing was.
        how: The refit in words; empty where there was none.
        scores: Of all weighed rows, with every step, in bits, under each prior.
        steps: What each is for.
        missing: Steps that were not refitted.
        outdated: Whether a refit is shipped that was made with other constants, rows or spectra.
    """

    mechanism: str
    rows: int
    weighed: int
    priors: tuple[str, ...]
    how: str
    scores: tuple[float, ...]
    steps: tuple[Ablated, ...]
    missing: tuple[str, ...] = ()
    outdated: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "mechanism": self.mechanism,
            "rows": self.rows,
            "rows_weighed": self.weighed,
            "refitted": bool(self.how),
            "how": self.how or "nothing is refitted",
            "priors": list(self.priors),
            "score_in_bits": list(self.scores),
            "steps_not_refitted": list(self.missing),
            "shipped_refit_out_of_date": self.outdated,
            "steps": [one.as_dict() for one in self.steps],
        }


def rows_for(name: str) -> list[Check]:
    """Return the rows that a mechanism answers and that count.

    Args:
        name: Such as "two-pathway/CdS", "classical/CdS", "two-pathway/CdS@0.1" or "mine.yaml".

    Raises:
        MechanismError: There is no such mechanism.
        InputError: No row asks anything of it.
    """
    if is_file(name):
        read_mechanism(Path(name))  # whatever is wrong with it is said once
        found = [one for one in all_checks() if not one.not_counted and _speaks(name, one)]
    else:
        mechanism_named(name)
        known = entries("parameters").get(name)
        usual = known.like if known is not None and known.like else name.partition("@")[0]
        system = usual.partition("/")[2]
        found = [one for one in all_checks() if not one.not_counted and _system(one) == system]
    if not found:
        systems = sorted({_system(one) for one in all_checks()})
        what = f"no published row asks anything of {name}"
        mend = "Name a mechanism for one of these, or give your own spectra: --on FOLDER"
        raise InputError(Problem(what, mend, tuple(systems)))
    return found


def is_file(name: str) -> bool:
    """Say whether the name of a mechanism is that of a file."""
    return name.endswith((".yaml", ".yml"))


def chosen_by(name: str) -> Choose:
    """Return what gives every recipe its mechanism; several processes can share it.

    Args:
        name: Of a mechanism of the package, or of a file.
    """
    return partial(of_file, Path(name)) if is_file(name) else partial(named_for, name)


def _speaks(name: str, check: Check) -> bool:
    """Say whether a mechanism of a file can be run on the recipes of a row."""
    choose = chosen_by(name)
    try:
        return all(choose(get("recipes", recipe)) for recipe in check.recipes)
    except MechanismError:
        return False


def _system(check: Check) -> str:
    return for_recipe(get("recipes", check.recipe)).name.partition("/")[2]


def compared(
    checks: Sequence[Check],
    step: str,
    whole: Sequence[Mapping[str, float]],
    without: Sequence[Mapping[str, float]],
) -> Ablated:
    """Return what a step is for.

    Args:
        checks: The rows.
        step: In words.
        whole: The number of each row with every step, under each prior.
        without: The same without the step.
    """
    weighed = weighed_of(checks)
    pairs = list(zip(whole, without, strict=True))
    losses = [_passing(checks, a) - _passing(checks, b) for a, b in pairs]
    gains = [_passing(checks, b) - _passing(checks, a) for a, b in pairs]
    changes = [_changes(weighed, a, b) for a, b in pairs]
    out = {one.id for one in weighed if is_held_out(one)}
    return Ablated(
        step,
        tuple(one.id for one in checks if all(one.id in of for of in losses)),
        tuple(one.id for one in checks if all(one.id in of for of in gains)),
        tuple(sum(of.values()) for of in changes),
        tuple(sum(bits for name, bits in of.items() if name in out) for of in changes),
    )


def _changes(
    weighed: Sequence[Check], whole: Mapping[str, float], without: Mapping[str, float]
) -> dict[str, float]:
    before, after = log_scores(weighed, whole), log_scores(weighed, without)
    both = [name for name in before if name in after]  # in order, so that sums end in the same bit
    return {name: after[name] - before[name] for name in both}


def _passing(checks: Sequence[Check], numbers: Mapping[str, float]) -> set[str]:
    return {one.id for one in checks if one.verdict(numbers[one.id]) == "pass"}


def weighed_of(checks: Sequence[Check]) -> list[Check]:
    """Return those of some rows that enter a score; see :func:`~.score.weighed_rows`."""
    classes = entries("row_classes")
    return [
        one
        for one in checks
        if not one.not_counted and (one.id not in classes or classes[one.id].kind not in LEFT_OUT)
    ]


def is_held_out(check: Check) -> bool:
    """Return whether the figure of a row is held out."""
    return held_out(get("recipes", check.recipe).material, check.panel)


def mark_of(checks: Sequence[Check], choose: Choose) -> str:
    """Return a mark of rows and their widths, mechanisms and spectra: what a refit hangs on.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism.
    """
    marks = Marks(choose)
    said = repr([(one.id, marks.of(one), scale_of(one).mark) for one in checks])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def ablations(
    checks: Sequence[Check],
    choose: Choose,
    *,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Ablated]:
    """Take out one step after the other, refit nothing, and return what each is for.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism; a function of a module with several workers.
        workers: Processes to work with.
        progress: Called with the finished share.

    Returns:
        One answer for each step that the mechanisms have.
    """
    found = numbers_without(checks, choose, workers=workers, progress=progress)
    return [compared(checks, step, [found[""]], [one]) for step, one in found.items() if step]


def numbers_without(
    checks: Sequence[Check],
    choose: Choose,
    *,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> dict[str, dict[str, float]]:
    """Return the number of each row by the step that is taken out, "" for none of them.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism; a function of a module with several workers.
        workers: Processes to work with.
        progress: Called with the finished share.
    """
    recipes = dict.fromkeys(name for check in checks for name in check.recipes)
    mechanisms = [choose(get("recipes", name)) for name in recipes]
    steps = {one.step: one for mechanism in mechanisms for one in ablations_of(mechanism)}
    todo = [None, *steps.values()]
    found = work(partial(_asked, checks, choose), todo, workers=workers, progress=progress)
    return dict(zip(["", *steps], found, strict=True))


def _asked(
    checks: Sequence[Check], choose: Choose, ablation: AbstractAblation | None
) -> dict[str, float]:
    """Return the numbers of the rows without a step; with every step where none is named."""
    chosen = choose if ablation is None else Without(choose, ablation)
    return ask(checks, Experiments(chosen, solver=QUICK))
