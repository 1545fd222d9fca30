"""Which verdicts hang on a number that nobody knows well enough.

Seven tests, each against the verdicts of the package's own numbers:

* **one at a time**: each quantity that was fitted or assumed, ±10 % or ±2 kJ/mol, moved as it acts
  (:mod:`~prenuc.infer.studies.single_changes`);
* **as written**: numbers that stand in a steep law, ±10 % of the bare number;
* **all at once**: the limits of the first test, each quantity drawn uniformly for itself, in many
  seeded draws;
* **bath**: every bath above 30 °C is 1, 2 or 3 °C off, all in the same direction;
* **heating**: rates and times of heating that a recipe does not print, twice and half;
* **unreported**: whatever else a recipe does not print, twice and half as much;
* **extinction**: every absorbance 10 % higher or lower, as if all extinctions were.

Orders, counts, sizes, positions and widths of bands, physical constants, reference temperatures and
reference concentrations (the concentration at which a rate constant is quoted) stay as they are:
they are structure or definition. An unreported temperature, and a zero, have no half and no double;
a row that rewrites an amount of the procedure is not asked with another batch mass.

Each test is a list of cases; a case is run on the recipes in which its constants act, and gives
numbers. A case in which a run fails gives none, and loses its rows. Cases go to a ledger, so that a
stopped study goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import get
from prenuc.infer.calibration.draws import generator_of
from prenuc.infer.calibration.parallel import remembered
from prenuc.infer.calibration.varied import QUICK, Changed, Reach, ask
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks as all_checks
from prenuc.infer.studies.kept_verdicts import Case, Study, Test
from prenuc.infer.studies.single_changes import SHARE, changes, numbers
from prenuc.ledger import memory
from prenuc.protocol.protocol import Protocol
from prenuc.protocol.steps import Ramp
from prenuc.protocol.varying import changes_amounts, temperature_of
from prenuc.quantities import Quantity
from prenuc.simulation.choice import for_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose
    from prenuc.infer.studies.single_changes import Change

BATHS, WARM = (1.0, 2.0, 3.0), 30.0  # K; °C above which a vessel stands in a bath
DRAWS, SEED = 200, 20
PATH = "path length"  # what a recipe calls it
HEATING = ("heating rate", "ramp time", "time between the samples")  # what recipes call it


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


def hottest(protocol: Protocol) -> float | None:
    """Return the highest temperature to which a protocol heats anything, in K."""
    found, now = [], 0.0
    for step in protocol.steps:
        said = temperature_of(step)
        if said is not None:
            now = said.si
        elif isinstance(step, Ramp) and step.by is not None:
            now += step.by.number
        found.append(now)
    return max(found, default=0.0) or None


def heated(reach: Reach) -> dict[str, float]:
    """Return the temperature in K to which most recipes of each parameter set are heated.

    Args:
        reach: The constants of each recipe.
    """
    seen: dict[str, Counter[float]] = {}
    for recipe, names in reach.used.items():
        top = hottest(Protocol.from_recipe(get("recipes", recipe)))
        if top is not None:
            for of in {of for of, _ in names}:
                seen.setdefault(of, Counter())[top] += 1
    return {of: max(counts, key=lambda t: (counts[t], t)) for of, counts in seen.items()}


def cases(
    checks: Sequence[Check], choose: Choose = for_recipe, *, draws: int = DRAWS
) -> list[Case]:
    """Return every case of every test.

    Args:
        checks: What is asked.
        choose: Chooses the mechanism of a recipe.
        draws: Of all quantities at once.
    """
    reach = Reach.of(checks, Experiments(choose, solver=QUICK))
    names = {name for used in reach.used.values() for name in used}
    every = tuple(check.id for check in checks)
    usual, singles = numbers(names), changes(names, heated(reach))
    found = []
    for single in singles:
        for by, said in ((-1.0, "lower"), (1.0, "higher")):
            change = single.to(by, usual)
            acting = set(reach.recipes(change))
            asked = tuple(c.id for c in checks if not acting.isdisjoint(c.recipes))
            if asked:
                found.append(Case(f"{single.id} {said}", single.way, asked, change))
    for by in BATHS:
        found += [Case(f"bath {off:+g} K", "bath", every, offset=off) for off in (-by, by)]
    found += _assumed(checks)
    for draw in range(draws):
        change = drawn(singles, usual, draw)
        found.append(Case(f"draw {draw + 1}", "all at once", every, change))
    return found


def drawn(singles: Sequence[Change], usual: Mapping[Name, float], draw: int) -> dict[Name, float]:
    """Return the constants of a draw of all quantities at once, each evenly within its limits.

    Args:
        singles: Every change of one quantity.
        usual: The package's own numbers.
        draw: Number of the draw.
    """
    found: dict[Name, float] = {}
    for single in singles:
        if single.drawn:
            by = float(generator_of(SEED, draw, single.id).uniform(-1.0, 1.0))
            found.update(single.to(by, {**usual, **found}))
    return found


def _assumed(checks: Sequence[Check]) -> Iterator[Case]:
    """Yield what recipes do not print, twice and half, the same in all recipes at once.

    And absorbances that are a tenth lower and higher, in the guise of the path of light.
    """
    for name, given in _proposals(checks).items():
        asked = tuple(c.id for c in checks if not set(given).isdisjoint(c.recipes))
        test: Test = "heating" if name in HEATING else "unreported"
        for factor, said in ((0.5, "halved"), (2.0, "doubled")):
            new = {r: {name: f"{factor * q.number:g} {q.unit}"} for r, q in given.items()}
            yield Case(f"{name} {said}", test, asked, assume=new)
        if name == PATH:
            for by, said in ((-SHARE, "lower"), (SHARE, "higher")):
                new = {r: {name: f"{(1 + by) * q.number:g} {q.unit}"} for r, q in given.items()}
                yield Case(f"every absorbance {said}", "extinction", asked, assume=new)


def _proposals(checks: Sequence[Check]) -> dict[str, dict[str, Quantity]]:
    """Return the numbers that are proposed for what is not printed, by name and recipe."""
    found: dict[str, dict[str, Quantity]] = {}
    for recipe in dict.fromkeys(name for check in checks for name in check.recipes):
        for entry in get("recipes", recipe).unreported:
            proposed = None if entry.proposal is None else entry.proposal.quantity
            if proposed is not None and proposed.dimension != "[temperature]" and proposed.number:
                found.setdefault(entry.name, {})[recipe] = proposed
    return found


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
        draws: Of all quantities at once.
        workers: Processes to work with.
        ledger: File that remembers finished cases; a study goes on where it stopped.
        progress: Called with the finished share.
    """
    counted = (check for check in all_checks() if not check.not_counted)
    asked = tuple(counted if checks is None else checks)
    todo = cases(asked, choose, draws=draws)
    marks = Marks(choose)
    mark = {check.id: marks.of(check) for check in asked}
    pieces = {_key(case, mark): case for case in todo}
    base = ask(asked, Experiments(choose, solver=QUICK))
    do = partial(answer, asked, choose)
    with memory(ledger, "robustness") as kept:
        done = remembered(do, pieces, kept, plain=dict, workers=workers, progress=progress)
    return Study(asked, base, tuple((case, done[key]) for key, case in pieces.items()))


def _key(case: Case, mark: Mapping[str, str]) -> str:
    """Return a hash of what the numbers of a case hang on."""
    asked = [(name, mark[name]) for name in case.asked]
    text = f"{case.id}|{asked}|{sorted(case.change.items())}|{case.offset}|{case.assume}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]
