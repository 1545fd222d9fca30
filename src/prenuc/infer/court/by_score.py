r"""A search that minimises what the court scores, one way for all models.

Every constant moves between the bounds of ``data/searches``, as in
:mod:`~prenuc.infer.calibration.random_starts`. What is minimised is, in bits,

.. math:: -\sum_i \log_2 P_i(x) + \frac{1}{2 \ln 2} \sum_j w_j(x)^2

with the probability P of what is printed in each row (:mod:`~prenuc.infer.court.score`) and w, by
how much an entropy of activation lies beyond ±150 J/mol/K, in units of 10 J/mol/K.

A row that a model misses altogether costs the same wherever it goes, so the score has plateaus and
no slope on them, and numbers such as the position of a band are read with decisions. So there are
no derivatives. A search begins at the numbers of the set (seed 0) or at the best of many random
points, and goes on by steps in few constants at a time, of all lengths from half of the range to a
two-hundredth; one that does not cost more is taken, and taken again as long as it gains. Only rows
that a step can reach are asked again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import MechanismError
from prenuc.infer.calibration.random_starts import ROUGH, RandomStarts, Start
from prenuc.infer.calibration.varied import Reach, ask
from prenuc.infer.court.score import log_scores
from prenuc.infer.experiments.performed import Experiments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.facts.check import Check

LONGEST, SHORTEST = 0.5, 0.005  # steps, as shares of a range: one standard deviation
MORE = 0.5  # chance that a step moves one more constant
SOLVER = replace(ROUGH, most_steps=2000)  # a stretch that takes thousands of steps is given up
WORTH = 1e-3  # bits; what a step has to gain to be taken again


@dataclass(frozen=True)
class Place:
    """A point of a search.

    Args:
        x: From 0 to 1 between the bounds of each constant, shape (constants,).
        numbers: The number that each row reads there.
        cost: What is minimised, in bits.
    """

    x: Array
    numbers: Mapping[str, float]
    cost: float


@dataclass
class ByScore:
    """A search for the constants with which some rows score best.

    Args:
        box: The constants and their bounds.
        rows: What is scored.
    """

    box: RandomStarts
    rows: Sequence[Check]

    def at(self, x: Array, beside: Place | None = None) -> Place:
        """Return what a point costs.

        Args:
            x: The point, shape (constants,).
            beside: A point from which it differs in few constants; other rows are not asked again.
        """
        asked = self.rows if beside is None else self._touched(x, beside.x)
        known = {} if beside is None else beside.numbers
        found = {**known, **ask(asked, self._experiments.by(self.box.chosen(x)))}
        beyond = float(np.sum(self.box.walls(x) ** 2)) / (2.0 * math.log(2.0))
        return Place(x, found, beyond - sum(log_scores(self.rows, found).values()))

    def _touched(self, x: Array, old: Array) -> list[Check]:
        """Return the rows whose experiments are others where constants moved from an old point."""
        usual = self.box.choose(self.box.recipe)
        now, was = self.box.numbers(x), self.box.numbers(old)
        change = {usual.origin(name): at for name, at in now.items() if at != was[name]}
        there = self._reach
        try:
            acting = set(Reach(self.box.chosen(old), there.used, there.charged).recipes(change))
        except MechanismError:  # a constant beyond all numbers, here or there
            return [*self.rows]
        return [row for row in self.rows if not acting.isdisjoint(row.recipes)]

    @cached_property
    def _reach(self) -> Reach:
        """What acts where, and what is charged: the same at every point."""
        return Reach.of(self.rows, self._experiments)

    @cached_property
    def _experiments(self) -> Experiments:
        """The experiments at the numbers of the set; each protocol is worked out once."""
        return Experiments(self.box.chosen(self.box.own), solver=SOLVER)

    def from_seed(self, seed: int, *, screened: int, steps: int) -> Start:
        """Return where a search ends.

        Args:
            seed: Of all random numbers; 0 begins at the numbers of the set.
            screened: Random points, of which the best is where it begins; with seed 0 so many
                steps more.
            steps: How many are tried.
        """
        draw = np.random.default_rng(seed)
        shape = (screened, len(self.box.search.bounds))
        points = draw.random(shape) if seed else self.box.own[None, :]
        begun = min(map(self.at, points), key=lambda place: place.cost)
        best = self._downhill(begun, steps + screened - len(points), draw)
        evaluations = steps + screened
        return Start(seed, begun.cost, best.cost, self.box.numbers(best.x), evaluations)

    def _downhill(self, best: Place, steps: int, draw: np.random.Generator) -> Place:
        """Return the best point that so many steps lead to."""
        step = _step(len(best.x), draw)
        for _ in range(steps):
            trial = self.at(_within(best.x + step), best)
            gain = best.cost - trial.cost
            best = trial if gain >= 0.0 else best
            step = step if gain > WORTH else _step(len(best.x), draw)
        return best


def _step(constants: int, draw: np.random.Generator) -> Array:
    """Return a step in few constants, shape (constants,)."""
    moving = draw.permutation(constants)[: draw.geometric(1.0 - MORE)]
    length = LONGEST * (SHORTEST / LONGEST) ** draw.random()
    step = np.zeros(constants)
    step[moving] = length * draw.normal(size=len(moving))
    return step


def _within(x: Array) -> Array:
    """Return a point in the box; what leaves it is turned back at the bound."""
    inside = (x >= 0.0) & (x <= 1.0)
    folded: Array = np.where(inside, x, 1.0 - np.abs(1.0 - np.mod(x, 2.0)))
    return folded
