"""Parameters and noise in turn, until both stand still: iterated generalised least squares."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.data_sets import level_of
from prenuc.infer.noise import FEWEST_WAVELENGTHS, Noise, rotate
from prenuc.infer.photometer import Readout, estimate, read_out_noise, uneven
from prenuc.infer.readout_steps import noise_beside, step_of
from prenuc.infer.weights import blocks_of_one, noise_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prenuc.infer.data_sets import Question
    from prenuc.infer.projection import Block, Objective, Point
    from prenuc.observe.series import SpectrumSeries

    Array = NDArray[np.float64]
    Descent = Callable[[Objective, Array], Point]

ROUNDS = 12  # of noise and parameters in turn
STEADY = 1e-6  # a change of this many standard errors ends them
ENOUGH = 1e-2  # the same where readings are weighted one by one
GLANCE = 150  # wavelengths at which a first look at the noise of readings is taken
RIDGE = 1e-12  # of columns at wavelengths without readings


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
    return descend(uneven(objective, even, series.absorbance, fit, series.wavelength), best.u)


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
    rotated = noise.correlated or len(noise.drift) > 0 or bool(np.all(np.isfinite(data)))
    columns, _ = asked.stack.concentrations(objective.time, asked.stack.decode(best.u)[0])
    first, base, readout = best, objective, Readout(noise_beside(step, noise.sd**2), step=step)
    courses = columns.shape[1] + len(best.u)
    if rotated and not step and _even_at_a_glance(series, columns, courses, noise):
        return noise, base, first
    fit = followed(columns, data)
    for rounds in range(ROUNDS):
        readout = estimate(data, fit, wavelength, courses, noise, readout)
        if readout.is_even and rotated:
            return noise, base, first
        before, objective = best, uneven(base, readout, data, fit, wavelength)
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
