"""The search of a fit: the best parameters, the noise that weighs them, and what lies beside.

The spectra are eliminated (:mod:`prenuc.infer.projection`), the noise is estimated from what is
left (:mod:`prenuc.infer.noise`), and the data are weighted with it, until both stand still:
iterated generalised least squares. Several data sets are first fitted each alone. This is the one
place where fits are minimised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.common_drift import common_drift
from prenuc.infer.data_sets import level_of
from prenuc.infer.noise import Noise, correlation_in_time, is_exact, rotate
from prenuc.infer.non_negative import held_above_zero
from prenuc.infer.profiles import Clock
from prenuc.infer.projection import LITTLE, Block, Objective, Point, condensed, minimise
from prenuc.infer.reweighting import (
    ROUNDS,
    STEADY,
    followed,
    in_turn,
    on_what_is_there,
    read_out,
)
from prenuc.infer.stack import Stack
from prenuc.infer.starts import find, in_order, permutable
from prenuc.infer.uneven import Uneven
from prenuc.infer.weights import blocks_of_one, noise_of, stacked_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.infer.data_sets import Question

    Array = NDArray[np.float64]

FREE = (
    "spectra are not held above zero: readings differ in their noise or are missing, for which "
    "that is not worked out"
)
CLEARLY = 4.0  # standard deviations by which a part of k must fit better than k itself
OTHER = 0.3  # in ln k: minima that are not the same
COARSELY = partial(minimise, little=1e-9)  # while weights still change
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
        correlated = any(one.correlated for one in self.noises)
        return Noise(np.ones(n), sd=1.0, correlated=correlated)

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

    def plain_residual(self) -> Array:
        """Return the residuals of one data set, all alike, shape (m, n); NaN where missing."""
        data, stack = self.question.sets[0].series.absorbance, self.question.stack
        columns, _ = stack.concentrations(self.objective.time, stack.decode(self.best.u)[0])
        rest = followed(columns, data)
        return np.subtract(data, rest, out=rest)

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
    noise, objective, best, spectra = in_turn(asked, objective, best, data, minimise, bulk=bulk)
    if spectra is not asked.sets[0].series.absorbance:  # filled from the fit, no longer in time
        data = rotate(spectra - level_of(spectra, asked))
    if readout and not is_exact(noise, data):
        span = objective.splits(best.u)[0].span
        noise, objective, best = read_out(asked, noise, objective, best, COARSELY)
        rho = 0.0 if isinstance(objective, Uneven) else correlation_in_time(data, span, time)
        if rho:
            turned = in_turn(asked, objective, best, data, minimise, rho=rho)
            noise, objective, best, spectra = turned
    if permutable(kinetics) and not start:
        best = objective.at(in_order(best.u, start, objective.variables))
    if non_negative and isinstance(objective, Uneven):
        said = [*said, FREE]
    elif non_negative:
        spectra = asked.sets[0].series.absorbance
        objective = held_above_zero(objective, best, noise, data[:, 0], spectra)
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
    u = _first(stack, [point for point, _ in singles], start)
    noises = [noise for _, noise in singles]
    objective = _weighted(asked, stack, noises)
    best = minimise(objective, u)
    for order in range(asked.stack.shift + 1):
        stack, rounds = asked.stack.of_order(order), 1 if order < asked.stack.shift else ROUNDS
        objective, noises, best = _joint_rounds(asked, stack, best, rounds)
    best, said = _beside(objective, best, start, asked.data[0].shape[1])
    if said:
        objective, noises, best = _joint_rounds(asked, stack, best, ROUNDS)
    return Solution(asked, objective, best, tuple(noises), said)


def _weighted(asked: Question, stack: Stack, noises: Sequence[Noise]) -> Objective:
    """Return several data sets weighted with their noises."""
    stack, blocks = stacked_blocks(stack, asked.data, asked.known, noises)
    return Objective(stack, stack.members[0].time, blocks, Clock(1.0, 1.0))


def _joint_rounds(
    asked: Question, stack: Stack, best: Point, most: int
) -> tuple[Objective, list[Noise], Point]:
    """Return noises and parameters of several data sets, estimated in turn.

    Args:
        asked: The data sets and the scheme.
        stack: Their columns, with the order of the shift that is fitted.
        best: Where to begin.
        most: How many rounds at most.
    """
    data = asked.data
    for _ in range(most):
        noises = [noise_of(stack, index, y, best.u) for index, y in enumerate(data)]
        noises = common_drift(stack, data, asked.known, noises, best.u)
        objective, before = _weighted(asked, stack, noises), best
        best = minimise(objective, best.u)
        move = best.u - before.u
        if float(move @ best.curvature @ move) < STEADY**2:
            break
    return objective, noises, best


def _alone(stack: Stack, index: int, y: Array) -> tuple[Point, Noise]:
    """Return the fit of one data set alone, on the scale of its kinetics, and its noise."""
    single = stack.alone(index)
    time = single.members[0].time
    objective = Objective(single, time, (condensed(y),), Clock.of(time))
    best, _ = find(objective, single.members[0].kinetics, {}, ROUGHLY)
    return best, noise_of(single, 0, y, best.u)


def _first(stack: Stack, points: Sequence[Point], start: Mapping[str, float]) -> Array:
    """Return the parameters nearest to those of the data sets alone, and the start as given."""
    wanted, rows = [], []
    for member, point in zip(stack.members, points, strict=True):
        values = member.kinetics.decode(point.u)[0]
        u = np.where(member.exponent, np.log(np.maximum(values, 1e-300)), values)
        free = np.any(member.matrix != 0, axis=1)
        wanted.append((u - member.origin)[free])
        rows.append(member.matrix[free])
    low, high = np.array([variable.bounds for variable in stack.fitted]).T
    found = np.linalg.lstsq(np.vstack(rows), np.concatenate(wanted), rcond=None)[0]
    for i, variable in enumerate(stack.fitted):
        if variable.name in start:
            value = start[variable.name]
            found[i] = np.log(value) if variable.logarithmic else value
    return np.clip(found, low, high)


def _beside(
    objective: Objective, best: Point, start: Mapping[str, float], n: int
) -> tuple[Point, tuple[str, ...]]:
    """Return the best fit with rates halved or doubled if it is clearly better, and what to say.

    Fits of the same noise by different powers of the share grown differ in Q by √(4 n order).

    Args:
        objective: The weighted objective.
        best: The fit to which lower orders lead.
        start: The starting values given; they are kept.
        n: Number of wavelengths.
    """
    order = objective.kinetics.shift if isinstance(objective.kinetics, Stack) else 0
    rates = [v.name.startswith("k") and v.name not in start for v in objective.variables]
    if not order or not any(rates):
        return best, ()
    moves = (move * np.array(rates) for move in (-math.log(2.0), math.log(2.0)))
    other = min((minimise(objective, best.u + move) for move in moves), key=lambda p: p.value)
    clearly = CLEARLY * math.sqrt(4.0 * n * order)
    apart = float(np.max(np.abs(other.u - best.u)[rates]))
    if apart < OTHER or other.value > best.value + clearly:
        return best, ()
    names = ", ".join(v.name for v, rate in zip(objective.variables, rates, strict=True) if rate)
    share = math.exp(float(np.mean((other.u - best.u)[rates])))
    if other.value < best.value - clearly:
        return other, (f"{names}: 1/{share:.2g} of it is what a smaller shift leads to",)
    said = (
        f"{names}: {share:.2g} times as much fits about as well, with a band that moves "
        "otherwise; what stands here is what a smaller shift leads to"
    )
    return best, (said,)
