"""Every model fitted again on equal terms: the same rows, starts, steps and priors of additives.

The searches of ``data/searches/models.yaml`` move each model's constants between bounds that were
written down beforehand, so that the calibrated rows score best
(:mod:`prenuc.infer.court.by_score`), from the numbers that the set has and from random points, with
as many evaluations for each. A model stands where the calibrated rows score best: at one of these
ends, or at the numbers of its set as they are, so that no search makes it look worse. Held-out rows
choose nothing. There every row is read, with the additives and without them.

This is little: few starts, few evaluations for so many constants. A model that stands better here
was found to stand better by whoever looks no farther; ours began at numbers that were chosen with
every row in view, and where a rival ends far from where it could, no table tells.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.facts.catalogue import entries
from prenuc.facts.refit import Refit
from prenuc.infer.calibration.parallel import remembered, work
from prenuc.infer.calibration.random_starts import RandomStarts, Start
from prenuc.infer.calibration.searches import chooser, known_search, with_numbers
from prenuc.infer.calibration.varied import QUICK, ask
from prenuc.infer.court.by_score import ByScore
from prenuc.infer.court.score import log_scores, weighed_rows
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import material_of
from prenuc.infer.studies.ablation import is_held_out, mark_of
from prenuc.ledger import memory
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.shipped import with_only

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check
    from prenuc.facts.recipe import Recipe
    from prenuc.facts.search import Search
    from prenuc.infer.experiments.performed import Choose
    from prenuc.infer.experiments.reproduce import Role
    from prenuc.mechanism.mechanism import Mechanism

SEEDS = 0, 1, 2, 3  # the numbers of the set, and random starts
SCREENED, STEPS = 24, 56  # random points, of which the best is where a search begins; steps


def model_searches() -> list[Search]:
    """Return the searches for every model, in the order of the table."""
    return [known_search(one.id) for one in entries("searches").values() if one.like]


def ends(
    *,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> dict[str, list[Start]]:
    """Return where the searches of every model end, by its name.

    Args:
        workers: Processes to work with.
        ledger: File that remembers finished searches; they are not made again.
        progress: Called with the finished share.
    """
    every = [one.id for one in model_searches()]
    todo = {f"{_budget(one)} {seed}": (one, seed) for seed in SEEDS for one in every}
    with memory(ledger, "models") as kept:
        told = remembered(_end, todo, kept, plain=vars, workers=workers, progress=progress)
    found: dict[str, list[Start]] = {one: [] for one in every}
    for name, (which, _) in todo.items():
        found[which].append(Start(**told[name]))
    return found


def _budget(which: str) -> str:
    """Return a hash of what a search may do."""
    said = repr((known_search(which), SCREENED, STEPS))
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _mark(search: Search) -> str:
    """Return a mark of rows and their widths, of the model, and of what its search may do."""
    said = f"{mark_of(rows_of(search), chooser(search))} {_budget(search.id)}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _end(which: tuple[str, int]) -> Start:
    """Return where a search of a model ends, by its name and its seed."""
    one, seed = known_search(which[0]), which[1]
    rows = _sides(rows_of(one))["calibrated"]
    return ByScore(RandomStarts(chooser(one), one), rows).from_seed(
        seed, screened=SCREENED, steps=STEPS
    )


PRIOR = "bounds"  # of a refit here
BARE = "additives"  # what a refit without additives is without
OWN = "own numbers"  # names the entry of a model that was not searched


def refits(
    *,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Refit]:
    """Return every end of every model, its own numbers, and the best of these without additives.

    Args:
        workers: Processes to work with.
        ledger: File that remembers finished searches.
        progress: Called with the finished share.
    """
    ended = ends(workers=workers, ledger=ledger, progress=progress)
    pieces = [(one.id, ended[one.id]) for one in model_searches()]
    return [one for of in work(_read, pieces, workers=workers) for one in of]


def _read(piece: tuple[str, list[Start]]) -> list[Refit]:
    """Return what a model reads at its own numbers and where its searches have ended."""
    one, ended = known_search(piece[0]), piece[1]
    checks = rows_of(one)
    mark, fitted = _mark(one), _sides(checks)["calibrated"]
    starts = {OWN: _own(one, ended[0].begun)} | {f"start {end.seed}": end for end in ended}
    rows = {name: _asked(one, end, checks) for name, end in starts.items()}
    found = [
        _refit(f"{one.id}, {name}", one, one.step, end, mark, rows[name])
        for name, end in starts.items()
    ]
    best = max(starts, key=lambda name: sum(log_scores(fitted, rows[name]).values()))
    bare = _asked(one, starts[best], checks, additives=False)
    return [*found, _refit(f"{one.id}, without additives", one, BARE, starts[best], mark, bare)]


def _own(search: Search, cost: float) -> Start:
    """Return the numbers that the set has, within the bounds, as an end of no search."""
    task = RandomStarts(chooser(search), search)
    return Start(0, cost, cost, task.numbers(task.own), 0)


def _sides(rows: Sequence[Check]) -> dict[Role, list[Check]]:
    """Return rows by their side of the split."""
    sides: dict[Role, list[Check]] = {"calibrated": [], "held-out": []}
    for row in rows:
        sides["held-out" if is_held_out(row) else "calibrated"].append(row)
    return sides


def rows_of(search: Search) -> list[Check]:
    """Return the rows that are weighed and that are about the material of a search."""
    material = mechanism_named(search.mechanism).material
    return [row for row in weighed_rows() if material_of(row) == material]


def _asked(
    search: Search, start: Start, checks: Sequence[Check], *, additives: bool = True
) -> dict[str, float]:
    """Return the number of every row where a search has ended."""
    choose: Choose = with_numbers(chooser(search), search, start.numbers)
    return ask(checks, Experiments(choose if additives else Bare(choose), solver=QUICK))


@dataclass(frozen=True)
class Bare:
    """Chooses the mechanism of a recipe, without its additives.

    Args:
        choose: Chooses it as it is.
    """

    choose: Choose

    def __call__(self, recipe: Recipe) -> Mechanism:
        """Return the mechanism for a recipe."""
        return with_only(self.choose(recipe), [])


def _refit(
    which: str, search: Search, step: str, start: Start, mark: str, rows: Mapping[str, float]
) -> Refit:
    fitted = _sides(rows_of(search))["calibrated"]
    how = f"{len(search.bounds)} constants, {len(fitted)} rows"
    return Refit(
        which,
        search.mechanism,
        step,
        PRIOR,
        f"{how}, {start.evaluations} evaluations",
        mark,
        start.begun,
        start.cost,
        dict(start.numbers),
        rows,
    )


@dataclass(frozen=True)
class Standing:
    """How a model stands where its calibrated rows score best.

    Args:
        model: Its name in the table.
        mechanism: The set.
        step: What it is without, in words; "" for the whole.
        free: How many of its constants were moved.
        spoken: Of how many rows it says anything: their number is not the same at all of its ends.
        where: The name of that end: of a start, or "own numbers".
        passed: Rows that pass, on each side of the split.
        of: All rows on each side.
        score: Sum of the log scores of rows in bits, on each side.
        bare: The same without additives.
        ends: Score of the calibrated rows at every end.
        predicted: Score of the held-out rows there, which chose nothing.
        outdated: Whether rows, mechanism or spectra have changed since.
    """

    model: str
    mechanism: str
    step: str
    free: int
    spoken: int
    where: str
    passed: Mapping[Role, int]
    of: Mapping[Role, int]
    score: Mapping[Role, float]
    bare: Mapping[Role, float]
    ends: Mapping[str, float]
    predicted: Mapping[str, float]
    outdated: bool

    @property
    def freedom(self) -> float:
        """Free constants for each row that it speaks about."""
        return self.free / max(self.spoken, 1)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**vars(self), "freedom": self.freedom}


def standings() -> list[Standing]:
    """Return how the models stand by the refits that are shipped, in the order of the table."""
    kept = entries("refits")
    found = []
    for one in model_searches():
        names = [OWN, *(f"start {seed}" for seed in SEEDS)]
        there = {name: kept[n] for name in names if (n := f"{one.id}, {name}") in kept}
        bare = kept.get(f"{one.id}, without additives")
        if there and bare is not None:
            found.append(_standing(one, there, bare))
    return found


def _standing(search: Search, there: Mapping[str, Refit], bare: Refit) -> Standing:
    rows = rows_of(search)
    sides = _sides(rows)
    read = [[f"{end.rows.get(row.id, math.nan):.6g}" for end in there.values()] for row in rows]

    def score(of: Refit) -> dict[Role, float]:
        return {side: sum(log_scores(some, of.rows).values()) for side, some in sides.items()}

    scores = {name: score(end) for name, end in there.items()}
    where = max(there, key=lambda name: scores[name]["calibrated"])
    best = there[where]
    return Standing(
        search.id,
        search.mechanism,
        search.step,
        len(search.bounds),
        sum(len(set(numbers)) > 1 for numbers in read),
        where,
        {
            side: sum(row.verdict(best.rows.get(row.id, math.nan)) == "pass" for row in some)
            for side, some in sides.items()
        },
        {side: len(some) for side, some in sides.items()},
        scores[where],
        score(bare),
        {name: of["calibrated"] for name, of in scores.items()},
        {name: of["held-out"] for name, of in scores.items()},
        best.mark != _mark(search),
    )
