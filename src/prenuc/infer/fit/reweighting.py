"""Parameters and noise in turn, until both stand still: iterated generalised least squares."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.common_drift import common_drift
from prenuc.infer.fit.question import level_of
from prenuc.infer.fit.weights import blocks_of_one, noise_of, stacked_blocks
from prenuc.infer.noise.estimate import (
    FEWEST_WAVELENGTHS,
    Noise,
    correlation_in_time,
    is_exact,
    rotate,
)
from prenuc.infer.noise.photometer import Readout, estimate, read_out_noise
from prenuc.infer.noise.readout_steps import noise_beside, step_of
from prenuc.infer.objectives.projection import Objective
from prenuc.infer.objectives.uneven import Uneven
from prenuc.infer.schemes.profiles import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.question import Question
    from prenuc.infer.fit.stack import Stack
    from prenuc.infer.objectives.projection import Block, Point
    from prenuc.observe.series import SpectrumSeries

    Descent = Callable[..., Point]  # of an objective and where to begin

ROUNDS = 12  # of noise and parameters in turn
STEADY = 1e-6  # a change of this many standard errors ends them
COARSE = 1e-9  # in Q: a minimum found while weights still change
ENOUGH = 1e-2  # the same where readings are weighted one by one
GLANCE = 150  # wavelengths at which a first look at the noise of readings is taken
RIDGE = 1e-12  # of columns at wavelengths without readings


def weighed(
    asked: Question,
    objective: Objective,
    best: Point,
    data: Array,
    descend: Descent,
    *,
    bulk: Block | None = None,
    readout: bool = True,
) -> tuple[Noise, Objective, Point, Array]:
    """Return noise, parameters and whole spectra of one data set, with all that the noise is.

    Args:
        asked: The data set and the scheme.
        objective: Scheme, times and clock.
        best: Where to begin.
        data: The rotated spectra, shape (m, n).
        descend: Finds the minimum of an objective near a point.
        bulk: All directions but the first, condensed, where that is known.
        readout: Whether readings may differ in their noise, and spectra be correlated in time.
    """
    found = in_turn(asked, objective, best, data, descend, bulk=bulk)
    noise, objective, best, spectra = found
    data = rotated(asked, spectra)
    if not readout or is_exact(noise, data):
        return found
    span = objective.splits(best.u)[0].span
    noise, objective, best = read_out(
        asked, noise, objective, best, partial(descend, little=COARSE)
    )
    rho = 0.0 if isinstance(objective, Uneven) else correlation_in_time(data, span, objective.time)
    if rho:
        return in_turn(asked, objective, best, data, descend, rho=rho)
    return noise, objective, best, spectra


def in_turn(
    asked: Question,
    objective: Objective,
    best: Point,
    data: Array,
    descend: Descent,
    *,
    bulk: Block | None = None,
    rho: float = 0.0,
) -> tuple[Noise, Objective, Point, Array]:
    """Return noise, parameters and whole spectra, estimated in turn until both stand still.

    Readings that are missing are filled from the fit each time, which ends at the least squares of
    those that are there (Dempster, Laird and Rubin 1977, J. R. Stat. Soc. B 39, 1).

    Args:
        asked: The data set and the scheme.
        objective: Scheme, times and clock.
        best: Where to begin.
        data: The rotated spectra, shape (m, n).
        descend: Finds the minimum of an objective near a point.
        bulk: All directions but the first, condensed, where that is known.
        rho: Correlation of neighbouring spectra.
    """
    series, time = asked.sets[0].series.absorbance, objective.time
    seen, whole = np.isfinite(series), series
    kept = float(seen.mean())
    bulk = bulk if kept == 1.0 and not rho else None
    for _ in range(ROUNDS):
        before = best
        if kept < 1.0:
            columns, _ = asked.stack.concentrations(time, asked.stack.decode(best.u)[0])
            whole = np.where(seen, series, followed(columns, series))
            data = rotate(whole - level_of(whole, asked))
        noise = noise_of(asked.stack, 0, data, before.u, rho)
        noise = replace(noise, variance=noise.variance / kept, sd=noise.sd / math.sqrt(kept))
        objective = replace(objective, blocks=blocks_of_one(data, noise, time, bulk))
        best = descend(objective, best.u)
        move = best.u - before.u
        if float(move @ best.curvature @ move) < STEADY**2:
            break
    return noise, objective, best, whole


def all_in_turn(
    asked: Question, stack: Stack, best: Point, descend: Descent, most: int = ROUNDS
) -> tuple[Objective, list[Noise], Point]:
    """Return noises and parameters of several data sets, estimated in turn.

    Args:
        asked: The data sets and the scheme.
        stack: Their columns, with the order of the shift that is fitted.
        best: Where to begin.
        descend: Finds the minimum of an objective near a point.
        most: How many rounds at most.
    """
    for _ in range(most):
        noises = [noise_of(stack, index, y, best.u) for index, y in enumerate(asked.data)]
        noises = common_drift(stack, asked.data, asked.known, noises, best.u)
        objective, before = weighted(asked, stack, noises), best
        best = descend(objective, best.u)
        move = best.u - before.u
        if float(move @ best.curvature @ move) < STEADY**2:
            break
    return objective, noises, best


def weighted(asked: Question, stack: Stack, noises: Sequence[Noise]) -> Objective:
    """Return several data sets weighted with their noises.

    Args:
        asked: The data sets and the scheme.
        stack: Their columns.
        noises: The noise of each.
    """
    stack, blocks = stacked_blocks(stack, asked.data, asked.known, noises)
    return Objective(stack, stack.members[0].time, blocks, Clock(1.0, 1.0))


def on_what_is_there(asked: Question, objective: Objective, best: Point, descend: Descent) -> Point:
    """Return the least squares of the readings that are there, all alike.

    Args:
        asked: The data set and the scheme.
        objective: Scheme, times and clock.
        best: Where to begin.
        descend: Finds the minimum of an objective near a point.
    """
    series = asked.sets[0].series
    if np.all(np.isfinite(series.absorbance)):
        return best
    columns, _ = asked.stack.concentrations(objective.time, asked.stack.decode(best.u)[0])
    fit, even = followed(columns, series.absorbance), Readout(1.0)
    return descend(Uneven.of(objective, even, series.absorbance, fit, series.wavelength), best.u)


def read_out(
    asked: Question, noise: Noise, objective: Objective, best: Point, descend: Descent
) -> tuple[Noise, Objective, Point]:
    """Return the fit with readings that are not equally good, where the residuals say so.

    Nor are those that are missing, which have no weight at all.

    Args:
        asked: The data set and the scheme.
        noise: What noise even readings would have.
        objective: The objective of even readings.
        best: Its minimum.
        descend: Finds the minimum of an objective near a point.
    """
    series = asked.sets[0].series
    data, wavelength = series.absorbance, series.wavelength
    if data.shape[1] < FEWEST_WAVELENGTHS:
        return noise, objective, best
    step = step_of(data, noise.sd)
    as_even = noise.correlated or len(noise.drift) > 0 or bool(np.all(np.isfinite(data)))
    columns, _ = asked.stack.concentrations(objective.time, asked.stack.decode(best.u)[0])
    first, base, readout = best, objective, Readout(noise_beside(step, noise.sd**2), step=step)
    courses = columns.shape[1] + len(best.u)
    if as_even and not step and _even_at_a_glance(series, columns, courses, noise):
        return noise, base, first
    fit = followed(columns, data)
    for rounds in range(ROUNDS):
        readout = estimate(data, fit, wavelength, courses, noise, readout)
        if readout.is_even and as_even:
            return noise, base, first
        before, objective = best, Uneven.of(base, readout, data, fit, wavelength)
        best = descend(objective, best.u)
        columns, _ = asked.stack.concentrations(base.time, asked.stack.decode(best.u)[0])
        fit = columns @ objective.parts(best.u)[0]
        move = best.u - before.u
        if float(move @ best.curvature @ move) < ENOUGH**2 and rounds:
            break
    return read_out_noise(readout, fit), objective, best


def _even_at_a_glance(series: SpectrumSeries, columns: Array, courses: int, noise: Noise) -> bool:
    """Return whether readings at some of many wavelengths are all alike."""
    each = series.absorbance.shape[1] // GLANCE
    if each <= 1 or noise.correlated:
        return False
    some = np.ascontiguousarray(series.absorbance[:, ::each])
    fit, start = followed(columns, some), Readout(noise.sd**2)
    return estimate(some, fit, series.wavelength[::each], courses, noise, start).is_even


def rotated(asked: Question, spectra: Array | None) -> Array:
    """Return rotated spectra of one data set, filled from the fit, no longer in time, (m, n)."""
    if spectra is None or spectra is asked.sets[0].series.absorbance:
        return asked.data[0]
    return rotate(spectra - level_of(spectra, asked))


def followed(columns: Array, data: Array) -> Array:
    """Return what columns, shape (m, r), follow of readings, shape (m, n), some perhaps missing.

    Args:
        columns: Shape (m, r).
        data: Shape (m, n); NaN where there is no reading.
    """
    whole: Array = columns @ spectra_of(columns, data)
    return whole


def spectra_of(columns: Array, data: Array) -> Array:
    """Return the least-squares spectra of columns, shape (r, n), from the readings that are there.

    Args:
        columns: Shape (m, r).
        data: Shape (m, n); NaN where there is no reading.
    """
    seen = np.isfinite(data)
    if np.all(seen):
        whole: Array = np.linalg.pinv(columns, rcond=1e-10) @ data
        return whole
    weight = seen.astype(float).T[:, :, None] * columns  # (n, m, r)
    normal = columns.T @ weight + RIDGE * np.eye(columns.shape[1])
    right = np.einsum("nmr,mn->nr", weight, np.where(seen, data, 0.0))
    found: Array = np.linalg.solve(normal, right[:, :, None])[:, :, 0].T
    return found
