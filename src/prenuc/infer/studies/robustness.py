"""Which verdicts hang on a number that nobody knows well enough.

Five tests, each against the verdicts of the package's own numbers:

* **one at a time**: each fitted or assumed rate and equilibrium constant ±10 % at its reference
  temperature, each activation energy and reaction enthalpy ±2 kJ/mol about it. Constants that are
  concentrations (``half``, ``threshold``, ``solubility``: reciprocal binding constants) count as
  equilibrium constants and move by ±10 % too, although a threshold stands in a high power;
* **all at once**: the same widths, each constant drawn uniformly, in 200 seeded draws;
* **bath**: every bath above 30 °C is 3 °C off, all in the same direction;
* **unreported**: what a recipe does not print, twice and half as much.

Orders, sites, sizes, counts, spectra, physical constants, reference temperatures and reference
concentrations (the concentration at which a rate constant is quoted) stay as they are: they are
structure or definition. An unreported temperature, and a zero, have no half and no double; a row
that rewrites an amount of the procedure is not asked with another batch mass.

Each test is a list of cases; a case is run on the recipes in which its constants act, and gives
numbers. Cases go to a ledger, so that a stopped study goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from prenuc.facts.catalogue import get
from prenuc.infer.calibration.parallel import answers
from prenuc.infer.calibration.varied import (
    QUICK,
    Changed,
    Reach,
    ask,
    kind_of,
    value_of,
)
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks as all_checks
from prenuc.ledger import memory
from prenuc.protocol.varying import changes_amounts, temperature_of
from prenuc.quantities import Quantity
from prenuc.simulation.choice import for_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose
    from prenuc.protocol.protocol import Protocol

Test = Literal["one at a time", "all at once", "bath", "unreported"]

SHARE, ENERGY = 0.1, 2.0  # of a constant; kJ/mol
BATH, WARM = 3.0, 30.0  # K; °C above which a vessel stands in a bath
DRAWS, SEED = 200, 20


@dataclass(frozen=True)
class Case:
    """One variation.

    Args:
        id: What is varied and how.
        test: Which of the tests it belongs to.
        asked: Identifiers of the checks that it can change.
        change: Numbers of constants, by set and name.
        offset: Of every bath, in K.
        assume: Assumptions by recipe.
    """

    id: str
    test: Test
    asked: tuple[str, ...]
    change: Mapping[Name, float] = field(default_factory=dict)
    offset: float = 0.0
    assume: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Offset:
    """Every bath above 30 °C is off.

    Args:
        by: In K.
    """

    by: float

    def __call__(self, protocol: Protocol) -> Protocol:
        """Return the protocol as it was really done."""
        written = {n: temperature_of(step) for n, step in enumerate(protocol.steps, 1)}
        baths = {n: at.to("degC") for n, at in written.items() if at is not None}
        return protocol.with_temperature(
            {n: Quantity(at + self.by, "degC") for n, at in baths.items() if at > WARM}
        )


def varied_constants(names: Iterable[Name]) -> list[Name]:
    """Return the constants that are varied: fitted or assumed, and no structure."""
    known = {name: value_of(name) for name in names}
    return sorted(
        name
        for name, value in known.items()
        if value.status != "measured"
        and kind_of(name[1]) != "structure"
        and (kind_of(name[1]) == "energy" or value.quantity.number != 0)
    )


def moved(name: Name, by: float) -> float:
    """Return a constant moved by a share (−1 to 1) of its variation, in its own unit."""
    quantity = value_of(name).quantity
    if kind_of(name[1]) == "energy":
        return quantity.number + by * Quantity(ENERGY, "kJ/mol").to(quantity.unit)
    return quantity.number * (1.0 + SHARE * by)


def cases(
    checks: Sequence[Check], choose: Choose = for_recipe, *, draws: int = DRAWS
) -> list[Case]:
    """Return every case of every test.

    Args:
        checks: What is asked.
        choose: Chooses the mechanism of a recipe.
        draws: Of all constants at once.
    """
    reach = Reach.of(checks, Experiments(choose, solver=QUICK))
    names = varied_constants({name for used in reach.used.values() for name in used})
    every = tuple(check.id for check in checks)
    found = []
    for name in names:
        for by, said in ((-1.0, "lower"), (1.0, "higher")):
            change = {name: moved(name, by)}
            acting = set(reach.recipes(change))
            asked = tuple(c.id for c in checks if not acting.isdisjoint(c.recipes))
            if asked:
                case = f"{name[0]}: {name[1]} {said}"
                found.append(Case(case, "one at a time", asked, change))
    for draw in range(draws):
        spread = np.random.default_rng((SEED, draw)).uniform(-1.0, 1.0, len(names))
        change = {n: moved(n, float(by)) for n, by in zip(names, spread, strict=True)}
        found.append(Case(f"draw {draw + 1}", "all at once", every, change))
    found += [Case(f"bath {by:+g} K", "bath", every, offset=by) for by in (-BATH, BATH)]
    return [*found, *_unreported(checks)]


def _unreported(checks: Sequence[Check]) -> Iterator[Case]:
    """Yield what recipes do not print, twice and half, the same in all recipes at once."""
    recipes = dict.fromkeys(name for check in checks for name in check.recipes)
    places: dict[str, dict[str, Quantity]] = {}
    for recipe in recipes:
        for entry in get("recipes", recipe).unreported:
            if entry.proposal is not None:
                places.setdefault(entry.name, {})[recipe] = entry.proposal.quantity
    for name, numbers in places.items():
        scaled = {
            recipe: q
            for recipe, q in numbers.items()
            if q.dimension != "[temperature]" and q.number
        }
        asked = tuple(c.id for c in checks if not set(scaled).isdisjoint(c.recipes))
        for factor, said in ((0.5, "halved"), (2.0, "doubled")):
            if scaled:
                new = {r: {name: f"{factor * q.number:g} {q.unit}"} for r, q in scaled.items()}
                yield Case(f"{name} {said}", "unreported", asked, assume=new)


def answer(checks: Sequence[Check], choose: Choose, case: Case) -> dict[str, float]:
    """Return the numbers of a case.

    Args:
        checks: Published checks.
        choose: Gives every recipe its mechanism.
        case: What is changed.
    """
    wanted = [check for check in checks if check.id in set(case.asked)]
    runs = Experiments(
        Changed(choose, case.change) if case.change else choose,
        assume=case.assume,
        solver=QUICK,
        alter=Offset(case.offset) if case.offset else None,
    )
    return ask([check for check in wanted if _askable(check, case)], runs)


def _askable(check: Check, case: Case) -> bool:
    """Return whether what a check varies means the same: no amount does in another batch mass."""
    amounts = changes_amounts(check.of.get("vary", ""))
    return not (amounts and any("batch mass" in one for one in case.assume.values()))


@dataclass(frozen=True)
class Study:
    """The numbers of all cases beside the package's own.

    Args:
        checks: What was asked.
        base: The numbers of the package's own constants.
        answers: Each case with its numbers.
    """

    checks: tuple[Check, ...]
    base: Mapping[str, float]
    answers: tuple[tuple[Case, Mapping[str, float]], ...]

    @property
    def passing(self) -> list[Check]:
        """The checks that pass with the package's own numbers."""
        return [check for check in self.checks if check.passes(self.base[check.id])]

    def lost(self, test: Test) -> dict[str, list[str]]:
        """Return, by check that passes, the cases of a test that lose its verdict."""
        return {
            check.id: [
                case.id
                for case, numbers in self.answers
                if case.test == test and check.id in numbers and not check.passes(numbers[check.id])
            ]
            for check in self.passing
        }

    def kept(self, test: Test) -> dict[str, float]:
        """Return, by check that passes, the share of the cases of a test that keep its verdict."""
        count = sum(case.test == test for case, _ in self.answers)
        lost = self.lost(test)
        return {name: 1.0 - len(cases) / count if count else 1.0 for name, cases in lost.items()}

    def share_that_stays(self, test: Test) -> float:
        """Return the share of the passing verdicts that no case of a test loses."""
        lost = self.lost(test)
        return sum(not cases for cases in lost.values()) / len(lost) if lost else 1.0

    def share_of_pairs(self, test: Test) -> float:
        """Return the share of pairs of a passing check and a case run on it that keep it."""
        names = {check.id for check in self.passing}
        asked = sum(
            len(names & set(numbers)) for case, numbers in self.answers if case.test == test
        )
        lost = sum(len(cases) for cases in self.lost(test).values())
        return 1.0 - lost / asked if asked else 1.0

    def worst(self, test: Test) -> float:
        """Return the share of the passing verdicts that stay in the worst case of a test."""
        cases = [case for by in self.lost(test).values() for case in by]
        most = max((cases.count(case) for case in set(cases)), default=0)
        return 1.0 - most / len(self.passing) if self.passing else 1.0

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        tests: tuple[Test, ...] = ("one at a time", "all at once", "bath", "unreported")
        return {
            "rows": len(self.checks),
            "passing": len(self.passing),
            "tests": {
                test: {
                    "cases": sum(case.test == test for case, _ in self.answers),
                    "verdicts_that_stay": self.share_that_stays(test),
                    "pairs_that_stay": self.share_of_pairs(test),
                    "verdicts_that_stay_in_the_worst_case": self.worst(test),
                    "lost": {name: cases for name, cases in self.lost(test).items() if cases},
                    "kept": self.kept(test),
                }
                for test in tests
            },
        }


def study(
    checks: Sequence[Check] | None = None,
    *,
    choose: Choose = for_recipe,
    draws: int = DRAWS,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Study:
    """Run every case of every test.

    Args:
        checks: What is asked; every check that counts when None.
        choose: Chooses the mechanism of a recipe; a function of a module with several workers.
        draws: Of all constants at once.
        workers: Processes to work with.
        ledger: File that remembers finished cases; a study goes on where it stopped.
        progress: Called with the finished share.
    """
    counted = (check for check in all_checks() if not check.not_counted)
    asked = tuple(counted if checks is None else checks)
    todo = cases(asked, choose, draws=draws)
    base = ask(asked, Experiments(choose, solver=QUICK))
    with memory(ledger, "robustness") as kept:
        done = {_key(case): kept.get(_key(case)) for case in todo}
        left = [case for case in todo if done[_key(case)] is None]
        finished = len(todo) - len(left)
        found = answers(partial(answer, asked, choose), left, workers=workers)
        for case, numbers in zip(left, found, strict=True):
            done[_key(case)] = numbers
            kept.keep(_key(case), numbers)
            finished += 1
            if progress is not None:
                progress(finished / len(todo))
    return Study(asked, base, tuple((case, done[_key(case)] or {}) for case in todo))


def _key(case: Case) -> str:
    text = f"{case.id}|{case.asked}|{sorted(case.change.items())}|{case.offset}|{case.assume}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
