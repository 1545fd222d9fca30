"""The search of a fit: the best parameters, the noise that weighs them, and what lies beside.

The spectra are eliminated (:mod:`prenuc.infer.objectives.projection`), the noise is estimated from
what is left (:mod:`prenuc.infer.noise.estimate`), and the data are weighted with it, until both
stand still: iterated generalised least squares. Several data sets are first fitted each alone. This
is the one place where fits are minimised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.reweighting import (
    ROUNDS,
    all_in_turn,
    on_what_is_there,
    rotated,
    weighed,
    weighted,
)
from prenuc.infer.fit.stack import Stack
from prenuc.infer.fit.starts import find, halved_or_doubled, in_order, nearest_to, permutable
from prenuc.infer.fit.weights import blocks_of_one, noise_of
from prenuc.infer.noise.estimate import Noise
from prenuc.infer.objectives.non_negative import FREE, held_above_zero
from prenuc.infer.objectives.projection import LITTLE, Block, Objective, Point, condensed, minimise
from prenuc.infer.objectives.uneven import Uneven
from prenuc.infer.schemes.profiles import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.infer.fit.question import Question

ROUGHLY = partial(minimise, little=LITTLE)  # not to the last digit
APART = 1e-6  # in ln k: what the slower of two rate constants that may swap keeps away


@dataclass(frozen=True)
class Solution:
    """The best fit and the noise that weighs it.

    Args:
        question: What was fitted.
        objective: The weighted objective.
        best: Its minimum.
        noises: The noise found in each data set.
        said: What there is to say about the search.
        spectra: Of one data set, the spectra with what is missing filled from the fit, (m, n).
    """

    question: Question
    objective: Objective
    best: Point
    noises: tuple[Noise, ...]
    said: tuple[str, ...] = ()
    spectra: Array | None = None

    @property
    def noise(self) -> Noise:
        """The noise of one data set; of several in units of each data set's own."""
        if len(self.noises) == 1:
            return self.noises[0]
        n = min(len(one.variance) for one in self.noises)
        return Noise(np.ones(n), sd=1.0, correlated=any(one.correlated for one in self.noises))

    @property
    def stack(self) -> Stack:
        """The data sets, each weighted with its noise."""
        stack = self.objective.kinetics
        return stack if isinstance(stack, Stack) else self.question.stack

    def beside(self, u: Array, fixed: int, objective: Objective | None = None) -> Point:
        """Return the best fit near u with one variable held.

        Rate constants that may swap keep their order, so that each profile is that of the ordered
        pair.

        Args:
            u: Where the search begins, shape (variables,).
            fixed: The variable that stays where it is.
            objective: What is minimised; the weighted objective if None.
        """
        objective = objective or self.objective
        low, high = objective.bounds.copy()
        low[fixed], high[fixed] = min(low[fixed], u[fixed]), max(high[fixed], u[fixed])
        if not permutable(self.question.kinetics):
            return minimise(objective, np.clip(u, low, high), fixed, little=LITTLE)
        falling = np.sign(self.best.u - self.best.u[fixed])
        for j in range(len(u)):
            if j != fixed and falling[j] > 0:
                low[j] = min(u[fixed] + APART, high[j])
            elif j != fixed and falling[j] < 0:
                high[j] = max(u[fixed] - APART, low[j])
        bounds = np.array([low, high])
        return minimise(objective, np.clip(u, low, high), fixed, bounds=bounds, little=LITTLE)

    def free(self, objective: Objective, u: Array) -> Point:
        """Return the minimum of another objective near u: fewer steps, an amplitude held."""
        return ROUGHLY(objective, u)

    def with_scheme(self, objective: Objective, u: Array) -> Solution:
        """Return the same data fitted with the scheme of another objective, from u on."""
        asked = replace(self.question, kinetics=objective.kinetics)
        return replace(self, question=asked, objective=objective, best=minimise(objective, u))

    def with_noise(self, u: Array, sd: float) -> Solution:
        """Return the fit of a trace at another point, with noise of another size."""
        rows = self.objective.blocks[0].rows * (self.noises[0].sd / sd)
        objective = replace(self.objective, blocks=(Block(rows),))
        noise = Noise(np.full(1, sd**2), sd)
        return replace(self, objective=objective, best=objective.at(u), noises=(noise,))

    def again(self, data: Array) -> Array:
        """Return u of other rotated spectra, shape (m, n), weighted alike."""
        blocks = blocks_of_one(data, self.noises[0], self.objective.time)
        return minimise(replace(self.objective, blocks=blocks), self.best.u).u


def solve(
    asked: Question,
    start: Mapping[str, float],
    *,
    non_negative: bool = False,
    readout: bool = True,
) -> Solution:
    """Return the best fit.

    Args:
        asked: The data sets and the scheme.
        start: Starting values by name; none are needed.
        non_negative: Whether spectra are held at zero or above.
        readout: Whether readings may differ in their noise, and spectra be correlated in time.
    """
    if not asked.alone:
        return _together(asked, start)
    data, time, kinetics = asked.data[0], asked.stack.members[0].time, asked.kinetics
    bulk = condensed(data[:, 1:]) if data.shape[1] > 1 else None
    first = Block(data) if bulk is None else bulk.beside(data[:, :1])
    objective = Objective(asked.stack, time, (first,), asked.clock)
    best, said = find(objective, kinetics, start, ROUGHLY)
    best = on_what_is_there(asked, objective, best, minimise)
    noise, objective, best, spectra = weighed(
        asked, objective, best, data, minimise, bulk=bulk, readout=readout
    )
    if permutable(kinetics) and not start:
        best = objective.at(in_order(best.u, start, objective.variables))
    if non_negative and isinstance(objective, Uneven):
        said = [*said, FREE]
    elif non_negative:
        mean, spectra = rotated(asked, spectra)[:, 0], asked.sets[0].series.absorbance
        objective = held_above_zero(objective, best, noise, mean, spectra)
        best = minimise(objective, best.u)
    return Solution(asked, objective, best, (noise,), tuple(said), spectra)


def _together(asked: Question, start: Mapping[str, float]) -> Solution:
    """Return the fit of several data sets.

    A band that shifts is followed order by order, from one that stands still. The powers of the
    share grown hold exp(−2kt), exp(−3kt), …, so that with many of them a part of k fits nearly as
    well and is a minimum of its own; with none it does not, and each order leads on to the next.
    """
    stack = asked.stack.of_order(0)
    singles = [_alone(stack, index, y) for index, y in enumerate(asked.data)]
    u = nearest_to(stack, [point for point, _ in singles], start)
    noises = [noise for _, noise in singles]
    best = minimise(weighted(asked, stack, noises), u)
    for order in range(asked.stack.shift + 1):
        stack, rounds = asked.stack.of_order(order), 1 if order < asked.stack.shift else ROUNDS
        objective, noises, best = all_in_turn(asked, stack, best, minimise, rounds)
    best, said = halved_or_doubled(objective, best, start, asked.data[0].shape[1], minimise)
    if said:
        objective, noises, best = all_in_turn(asked, stack, best, minimise)
    return Solution(asked, objective, best, tuple(noises), said)


def _alone(stack: Stack, index: int, y: Array) -> tuple[Point, Noise]:
    """Return the fit of one data set alone, on the scale of its kinetics, and its noise."""
    single = stack.alone(index)
    time = single.members[0].time
    objective = Objective(single, time, (condensed(y),), Clock.of(time))
    best, _ = find(objective, single.members[0].kinetics, {}, ROUGHLY)
    return best, noise_of(single, 0, y, best.u)
