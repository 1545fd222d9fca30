"""How many experiments does ``next`` save? A simulation with known truths.

A true model is picked, its constants and extinctions are drawn, and experiments are done in
simulation, with noise, until one model has 95 % of the weight. An experiment is a batch of which
one sample is dispersed and one spectrum taken, as for most panels of the paper. The experiments
come from one grid,

* as ``next`` chooses, the most informative first, given the weights so far;
* in the order of the grid;
* in a random order.

Whoever updates the weights knows neither the constants nor the spectra
(``prenuc.infer.selection.predictive``). Writes the table of docs/how-to/next-experiment.md to
standard output; two minutes on two cores::

    python examples/next_saves.py --truths 12 --workers 2
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np

import prenuc as pn
from prenuc.infer.calibration.candidate import Candidate
from prenuc.infer.calibration.parallel import work
from prenuc.infer.selection.plans import Plan, axes, base
from prenuc.infer.selection.predictive import (
    DRAWS,
    Density,
    Instrument,
    Predicted,
    expected_information,
    predicted,
    updated,
    wavelengths,
)
from prenuc.mechanism.named import mechanism_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RECIPE = "cds-msc-311-in-toluene"
MODELS = ("two-pathway/CdS", "droplets/CdS", "classical/CdS")
SURE = 0.95
TRUE_SEED = 1000  # the truths are other draws than those that the weights rest on
SPECTRA = {0: "1 min", 5: "2 h"}  # which of a plan's spectra makes an experiment of its own
GRID = {
    "additive": ("", "HMSA when hot", "TOPO when hot"),
    "temperature": ("", "160", "140"),
    "time": ("", "5 min", "80 min"),
}


@dataclass(frozen=True)
class Experiment:
    """One experiment of the grid, with what every model expects of it.

    Args:
        words: What is done.
        temper: How far its densities are trusted.
        outlooks: Of each model, for whoever chooses and updates.
        truths: Noise-free outcomes of each true model, shape (truths, data).
    """

    words: str
    temper: float
    outlooks: Mapping[str, Predicted]
    truths: Mapping[str, np.ndarray]


def grid() -> list[Plan]:
    """Return the even grid: every combination of three settings along three axes."""
    start = base(pn.Protocol.from_recipe(pn.recipe(RECIPE)))
    along = axes(start.protocol)
    plans = []
    for settings in product(*GRID.values()):
        plan: Plan | None = start
        for axis, words in zip(GRID, settings, strict=True):
            if words and plan is not None:
                plan = plan.with_level(next(one for one in along[axis] if words in one.words))
        if plan is not None:
            plans.append(plan)
    return plans


def look(truths: int, plan: Plan) -> list[Experiment]:
    """Return a plan simulated with every model, one experiment for each time of the spectrum."""
    nm, instrument = wavelengths("CdS"), Instrument(wavelengths("CdS"))
    seen: dict[str, np.ndarray] = {}
    true: dict[str, np.ndarray] = {}
    for name in MODELS:
        candidate = Candidate(mechanism_named(name))
        drawn = predicted(candidate, plan.protocol, nm, draws=DRAWS)
        other = predicted(candidate, plan.protocol, nm, draws=truths, seed=TRUE_SEED)
        if drawn is None or other is None or len(other.draws) < truths:
            return []
        seen[name], true[name] = drawn.draws, other.draws[:, 0]
    even, found = dict.fromkeys(MODELS, 1.0 / len(MODELS)), []
    for index, time in SPECTRA.items():
        part = slice(index * len(nm), (index + 1) * len(nm))
        outlooks = {name: Predicted(draws[..., part]) for name, draws in seen.items()}
        temper = expected_information(outlooks, even, instrument).temper
        outcomes = {name: draws[:, part] for name, draws in true.items()}
        found.append(Experiment(f"{plan.words}; spectrum after {time}", temper, outlooks, outcomes))
    return found


Weights = dict[str, float]


def until_sure(
    pool: Sequence[Experiment],
    truth: str,
    draw: int,
    choose: Callable[[list[int], Weights], int],
    instrument: Instrument,
) -> tuple[int, str]:
    """Return how many experiments it took, and which model had won; "" when none did."""
    weights = dict.fromkeys(MODELS, 1.0 / len(MODELS))
    left = list(range(len(pool)))
    while left:
        at = choose(left, weights)
        left.remove(at)
        one = pool[at]
        outcome = one.truths[truth][draw]
        read = instrument.readings(outcome, np.random.default_rng((TRUE_SEED, draw, at)))
        noise = instrument.covariance(len(read))
        logs = {name: Density.of(seen, noise).log(read) for name, seen in one.outlooks.items()}
        weights = updated(weights, logs, one.temper)
        winner = max(weights, key=lambda name: weights[name])
        if weights[winner] >= SURE:
            return len(pool) - len(left), winner
    return len(pool), ""


def teller(pool: Sequence[Experiment], instrument: Instrument) -> Callable[..., float]:
    """Return what gives the expected information of an experiment, remembered."""
    remembered: dict[tuple[int, tuple[float, ...]], float] = {}

    def telling(at: int, weights: Weights) -> float:
        key = at, tuple(round(w, 2) for w in weights.values())
        if key not in remembered:
            found = expected_information(pool[at].outlooks, weights, instrument)
            remembered[key] = found.information
        return remembered[key]

    return telling


def choosers(
    pool: Sequence[Experiment], draw: int, telling: Callable[..., float]
) -> dict[str, Callable[[list[int], Weights], int]]:
    """Return the ways to choose the next experiment."""
    order = np.random.default_rng((TRUE_SEED, draw)).permutation(len(pool)).tolist()
    return {
        "next": lambda left, weights: max(left, key=lambda at: telling(at, weights)),
        "grid": lambda left, _: left[0],
        "random": lambda left, _: next(at for at in order if at in left),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--truths", type=int, default=12, help="draws of each true model")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    found = work(partial(look, given.truths), grid(), workers=given.workers)
    pool = [one for several in found for one in several]
    instrument = Instrument(wavelengths("CdS"))
    even, telling = dict.fromkeys(MODELS, 1.0 / len(MODELS)), teller(pool, instrument)
    print(f"{len(pool)} experiments in the grid; expected information before any, in bits:")
    for at, one in enumerate(pool):
        bits = telling(at, even)
        print(f"  {bits:6.2f}  {one.words}")
    print("\n| true model | chosen by | experiments | most | right | wrong | undecided |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for truth in MODELS:
        for way in ("next", "grid", "random"):
            ends = [
                until_sure(pool, truth, d, choosers(pool, d, telling)[way], instrument)
                for d in range(given.truths)
            ]
            counts = [count for count, _ in ends]
            right = sum(winner == truth for _, winner in ends)
            undecided = sum(not winner for _, winner in ends)
            wrong = given.truths - right - undecided
            print(
                f"| {truth} | {way} | {mean(counts):.1f} | {max(counts)} | {right} | {wrong} "
                f"| {undecided} |"
            )


if __name__ == "__main__":
    main()
