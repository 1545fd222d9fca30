"""The search of a fit: the best parameters, the noise that weighs them, and what lies beside.

The spectra are eliminated (:mod:`prenuc.infer.projection`), the noise is estimated from what is
left (:mod:`prenuc.infer.noise`), and the data are weighted with it, until both stand still:
iterated generalised least squares. Several data sets are first fitted each alone. This is the one
place where fits are minimised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.data_sets import leveled
from prenuc.infer.noise import (
    Noise,
    correlation_in_time,
    is_exact,
    rotate,
    whitened_in_time,
)
from prenuc.infer.non_negative import held_above_zero
from prenuc.infer.profiles import Clock
from prenuc.infer.projection import LITTLE, Block, Objective, Point, condensed, minimise
from prenuc.infer.reweighting import ROUNDS, STEADY, followed, in_turn, read_out
from prenuc.infer.stack import Stack
from prenuc.infer.starts import find, in_order, permutable
from prenuc.infer.uneven import Uneven
from prenuc.infer.weights import blocks_of_one, noise_of, stacked_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.infer.data_sets import Question

    Array = NDArray[np.float64]

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
        return minimise(objective, u, little=LITTLE)

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
        rest: Array = data - followed(columns, data)
        return rest

    def weighted_rows(self) -> tuple[Array, Array]:
        """Return rotated spectra in units of their noise, and the mean that they lack.

        Directions in which the baseline drifts or is offset are left out.
        """
        noise = self.noises[0]
        spectra = self.question.sets[0].series.absorbance if self.spectra is None else self.spectra
        whole = spectra is self.question.sets[0].series.absorbance
        data = self.question.data[0] if whole else rotate(leveled(spectra, self.question))
        kept = max(len(noise.drift), int(noise.offset_sd > 0))
        rows = data[:, kept:] / np.sqrt(noise.variance[kept:])
        level = rotate((spectra - leveled(spectra, self.question)).mean(axis=0, keepdims=True))
        level = level[:, kept:] / np.sqrt(noise.variance[kept:])
        white = whitened_in_time(self.objective.time, noise.rho) if noise.rho else None
        return (
            (rows, level) if white is None else (white @ rows, white.sum(axis=1)[:, None] * level)
        )

    @property
    def effects(self) -> tuple[bool, bool, bool]:
        """Whether offsets, factors and shifts of spectra are part of the noise."""
        noise = self.noises[0]
        return (noise.offset_sd > 0, noise.factor_sd > 0, noise.shift_sd > 0)

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
    objective = Objective(asked.stack, asked.stack.members[0].time, (), asked.clock)
    return _settled(asked, objective, asked.data[0], start, (non_negative, readout))


def _roughly(objective: Objective, point: Point) -> Point:
    """Return a minimum as it is needed to choose among several."""
    return minimise(objective, point.u, known=point, little=LITTLE)


def _settled(
    asked: Question,
    objective: Objective,
    data: Array,
    start: Mapping[str, float],
    options: tuple[bool, bool],
) -> Solution:
    """Return the fit of one data set: parameters and noise in turn."""
    kinetics, time, (non_negative, readout) = asked.kinetics, objective.time, options
    objective = replace(objective, blocks=(Block(condensed(data)),))
    best, said = find(objective, kinetics, objective.variables, start, _roughly)
    noise, objective, best, spectra = in_turn(asked, objective, best, data, minimise)
    if readout and not is_exact(noise, data):
        span = objective.splits(best.u)[0].span
        noise, objective, best = read_out(asked, noise, objective, best, minimise)
        if not isinstance(objective, Uneven) and (rho := correlation_in_time(data, span, time)):
            noise, objective, best, spectra = in_turn(asked, objective, best, data, minimise, rho)
    if permutable(kinetics) and not start:
        best = objective.at(in_order(best.u, start, objective.variables))
    if non_negative and not isinstance(objective, Uneven):
        spectra = asked.sets[0].series.absorbance
        objective = held_above_zero(objective, best, noise, data[:, 0], spectra)
        best = minimise(objective, best.u)
    return Solution(asked, objective, best, (noise,), tuple(said), spectra)


def _together(asked: Question, start: Mapping[str, float]) -> Solution:
    """Return the fit of several data sets."""
    stack, data, known = asked.stack, asked.data, asked.known
    singles = [_alone(stack, index, y) for index, y in enumerate(data)]
    noises = [noise for _, noise in singles]
    stack, blocks = stacked_blocks(stack, data, known, noises)
    objective = Objective(stack, stack.members[0].time, blocks, Clock(1.0, 1.0))
    first = _first(stack, [point for point, _ in singles], start)
    ends = [minimise(objective, u) for u in _beside(stack, first, start)]
    best = min(ends, key=lambda point: point.value)
    for _ in range(ROUNDS):
        before = best
        noises = [noise_of(stack, index, y, best.u) for index, y in enumerate(data)]
        stack, blocks = stacked_blocks(stack, data, known, noises)
        objective = replace(objective, kinetics=stack, blocks=blocks)
        best = minimise(objective, best.u)
        move = best.u - before.u
        if float(move @ best.curvature @ move) < STEADY**2:
            break
    return Solution(asked, objective, best, tuple(noises))


def _alone(stack: Stack, index: int, y: Array) -> tuple[Point, Noise]:
    """Return the fit of one data set alone, on the scale of its kinetics, and its noise."""
    single = stack.alone(index)
    time = single.members[0].time
    objective = Objective(single, time, (Block(condensed(y)),), Clock.of(time))
    best, _ = find(objective, single.members[0].kinetics, objective.variables, {}, _roughly)
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


def _beside(stack: Stack, first: Array, start: Mapping[str, float]) -> list[Array]:
    """Return the first start and, where a band shifts, those with rates halved and doubled.

    The powers of the share grown hold exp(−2kt), exp(−3kt), …, so that a multiple of k fits
    nearly as well and is a minimum of its own.
    """
    if not stack.shift:
        return [first]
    rates = [v.name.startswith("k") and v.name not in start for v in stack.fitted]
    return [first + move * np.array(rates) for move in (0.0, -np.log(2.0), np.log(2.0))]
