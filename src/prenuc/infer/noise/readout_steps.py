r"""Readings that are printed in steps which are no smaller than their noise.

A reading r then says that the absorbance with its noise lay within half a step q of it,

.. math:: P(r \mid A) = Φ\big((r + q/2 - A) / σ\big) - Φ\big((r - q/2 - A) / σ\big)

and not that A is r with an error that is drawn anew: what rounding does to a smooth curve is the
same each time that it is measured. Least squares follow that likelihood when readings are taken
along its score s, A + s / I, with the weight I = E[s²] (Fisher scoring).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array

STEPS = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)  # absorbance
CLOSE = 1e-6  # of a step: readings that are that close to its multiples are multiples
COARSE = 1.5  # standard deviations of the residuals; smaller steps are no more than noise
GLANCE = 1000  # readings that are asked before all of them are
FEWEST = 5  # different readings: fewer are no measurement of a course
QUIETEST = 0.15  # of a step: less noise is not told from none
FARTHEST = 4  # steps on either side over which a reading may fall
LEAST_CHANCE = 1e-12
LEAST_WEIGHT = 1e-3  # of a reading without rounding
FAR = 4.0  # standard deviations by which a reading is moved, at most


def step_of(data: Array, sd: float) -> float:
    """Return the step in which readings are printed; 0 if it is small beside their noise.

    Args:
        data: Readings, shape (m, n); NaN where there is none.
        sd: Standard deviation of the residuals.
    """
    seen = data[np.isfinite(data)]
    if seen.size == 0:
        return 0.0
    for step in STEPS:
        if step < COARSE * sd:
            return 0.0
        if _are_multiples(seen[:GLANCE], step) and _are_multiples(seen, step):
            return step if len(np.unique(np.round(seen / step))) >= FEWEST else 0.0
    return 0.0


def _are_multiples(readings: Array, step: float) -> bool:
    count = readings / step
    return float(np.max(np.abs(count - np.round(count)))) < CLOSE


def noise_beside(step: float, variance: float) -> float:
    """Return the variance of noise whose rounded readings scatter by ``variance``."""
    return max(variance - step**2 / 12.0, (QUIETEST * step) ** 2)


def along_the_score(data: Array, fit: Array, variance: float, step: float) -> tuple[Array, Array]:
    """Return readings along the score of what they say, and their weights, shapes (m, n).

    Args:
        data: Readings, shape (m, n).
        fit: The fit, shape (m, n).
        variance: Of the noise before rounding.
        step: q.
    """
    sd = np.sqrt(variance)
    score, _ = _score(data, fit, sd, step)
    nearest = step * np.round(fit / step)
    information = np.zeros_like(fit)
    for places in range(-FARTHEST, FARTHEST + 1):
        its_score, chance = _score(nearest + places * step, fit, sd, step)
        information += chance * its_score**2
    weight = np.maximum(information, LEAST_WEIGHT / variance)
    most = FAR * np.sqrt(variance + step**2 / 12.0)
    return fit + np.clip(score / weight, -most, most), weight


def _score(reading: Array, fit: Array, sd: float, step: float) -> tuple[Array, Array]:
    """Return the slope of the log likelihood of readings along the fit, and their chance."""
    from scipy.special import ndtr

    upper, lower = ((reading + half - fit) / sd for half in (step / 2.0, -step / 2.0))
    chance = np.maximum(ndtr(upper) - ndtr(lower), LEAST_CHANCE)
    peak = np.sqrt(2.0 * np.pi)
    slope = (np.exp(-0.5 * lower**2) - np.exp(-0.5 * upper**2)) / peak / sd
    return slope / chance, chance
