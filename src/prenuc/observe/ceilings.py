"""Where a detector or a converter has cut off a signal: the same largest value, again and again.

A ceiling is the largest value v of a series, or of one spectrum, repeated where a real maximum
would not repeat it. Repetition alone says little: readings rounded to 0.01 repeat everywhere, and a
plateau that is really reached may be one number for an hour. So one of these must be seen as well:

- **a corner**: the flank goes on at its full slope right up to the flat part. Below a real maximum,
  curved like a parabola of half length h that stays within one step r of rounding, the slope is no
  more than about 2 r (h + 1.5) / h² for each reading; a corner needs six times that, in the slope
  of the flank carried back to its top. Noise is allowed for as a step of six times its sd;
- **a gap**: next to three such readings, none within a fifth below them (an overflow written 10);
- **no noise**: ties among readings whose noise is much larger than a step. The chance that the next
  reading repeats the largest is about 4 r / σ (the hazard of a Gaussian at four σ).

The corner is looked for along wavelength, where nothing real has one. Along time a reaction may
stop when something is used up; there it counts only at a round number from 2 on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array, Mask


FEWEST = 3  # readings that make a ceiling
FEWEST_FOR_NOISE = 12  # readings that tell their noise
FEWEST_NOISY = 8  # the same, where noise lies on it
CORNER = 4.0  # slope at a corner, in units of the steepest below a real maximum
BACK = 1.25  # from the middle of the first readings of a flank to its top, over that to the next
LAST = 0.2  # least fraction of its slope that a flank keeps further down
FLANK = 6  # readings of a flank that are looked at, the first of which may be cut itself
NEAR = 18  # readings of a flank that tell the noise there
OF_NOISE = 6.0  # noise that moves a flat top, and the least slope of a corner, in sd
GAP = 0.2  # fraction of a ceiling below which no reading lies, where it is an overflow
CHANCE = 1e-3  # that noise alone repeats the largest value
HAZARD = 4.0
ROUND = 0.5  # ceilings of a trace without noise are multiples of this absorbance,
LOWEST_NOISY = 1.0  # absorbance below which no detector cuts a noisy signal off
LOWEST_ROUND = 2.0  # from this one on
FIRST = 200  # readings that are asked for their decimals before all others are
SMALLEST_STEP = 1e-9  # of the largest value; closer numbers are equal
MOST_DIGITS = 8


def ceiling_of_series(matrix: Array) -> Mask:
    """Return which readings stand at a ceiling, of the whole series or of one spectrum.

    Args:
        matrix: Readings of m spectra at n wavelengths, NaN where there is none, shape (m, n).

    Returns:
        Shape (m, n); all false where no ceiling is beyond doubt.
    """
    found, finite = np.zeros(matrix.shape, dtype=bool), np.isfinite(matrix)
    if not finite.any():
        return found
    step = step_near_top(matrix)
    top = float(np.nanmax(matrix))
    tied = matrix >= top - step / 2
    distinct = np.unique(matrix, axis=0) if tied.sum() >= FEWEST else matrix[:0]
    if _is_overflow(matrix, tied, top) or _beats_noise(distinct, top, step):
        found |= tied
    highest = np.max(matrix, axis=1, where=finite, initial=-np.inf)
    repeated = np.count_nonzero(matrix >= highest[:, None] - step / 2, axis=1) >= FEWEST
    for i in np.flatnonzero(repeated | (highest >= LOWEST_NOISY)):
        at = _cut_top(matrix[i], step)
        found[i] |= at
        if (at & tied[i]).any():  # a ceiling seen in one spectrum holds for all
            found |= tied
    return found


def ceiling_of_trace(value: Array) -> Mask:
    """Return which readings of a trace, shape (m,), stand at a ceiling.

    A trace that levels off is never at a ceiling, however many of its readings are equal.
    """
    step = step_near_top(value[None, :])
    top = float(value.max())
    tied = value >= top - step / 2
    whole = round(top / ROUND) * ROUND
    is_round = top >= LOWEST_ROUND and abs(top - whole) < 1e-6 and step < ROUND / 100
    if _beats_noise(value[None, :], top, step) or (is_round and _cut_top(value, step).any()):
        return tied
    return np.zeros(value.shape, dtype=bool)


def step_near_top(matrix: Array) -> float:
    """Return the step of rounding of the largest readings.

    It is that of the decimals, or where most readings within a tenth of the largest are repeated
    (as absorbances made from a rounded transmittance are), the distance between them.
    """
    finite = np.isfinite(matrix)
    values = matrix.ravel() if finite.all() else matrix[finite]
    top = float(values.max())
    least = SMALLEST_STEP * max(abs(top), 1e-3)
    exact = (
        10.0**-digits
        for digits in range(MOST_DIGITS)
        if all(np.all(np.abs(np.round(y, digits) - y) < least) for y in (values[:FIRST], values))
    )
    step = next(exact, least)
    high = values[values > 0.9 * top]
    near = np.unique(high[high < top - step / 2], return_counts=True)
    if len(near[0]) >= 2 and np.mean(near[1]) > 2:
        step = max(step, float(np.median(np.diff(near[0]))))
    return step


def steady_noise(values: Array) -> float:
    """Return the noise of a curve, shape (n,), from third differences; 0 where none is seen.

    Noise makes third differences change their sign (their correlation is −0.75); those of a smooth
    curve keep it, and say nothing of its noise.
    """
    if len(values) < FEWEST_FOR_NOISE:
        return 0.0
    third = np.diff(values, 3)
    size = 1.4826 * float(np.median(np.abs(third)))
    usual = np.clip(third, -5 * size, 5 * size)
    if size == 0 or float(usual[1:] @ usual[:-1]) > -0.4 * float(usual @ usual):
        return 0.0
    return size / float(np.sqrt(20))


def _noise(matrix: Array, top: float) -> float:
    """Return the noise below a ceiling: along wavelength or along time, whichever is less."""
    below = np.where(matrix < top, matrix, np.nan)
    found = []
    for lines in (below, below.T):
        sds = [steady_noise(line[np.isfinite(line)]) for line in lines]
        found.append(float(np.median(sds)))
    seen = [sd for sd in found if sd > 0]
    return min(seen, default=0.0)


def _beats_noise(matrix: Array, top: float, step: float) -> bool:
    """Tell whether the largest value is repeated more often than its noise allows."""
    count = int(np.sum(matrix >= top - step / 2))
    if count < FEWEST:
        return False
    noise = _noise(matrix, top - step / 2)
    if noise <= 1e-6 * abs(top):
        return False
    hazard = HAZARD * step / noise
    return hazard < 0.5 and hazard ** (count - 1) < CHANCE


def _is_overflow(matrix: Array, tied: Mask, top: float) -> bool:
    """Tell whether the largest value is a mark for more than can be shown."""
    if top < LOWEST_ROUND or tied.sum() < FEWEST or not (tied[:, 1:] & tied[:, :-1]).any():
        return False
    below = matrix[np.isfinite(matrix) & ~tied]
    return bool(len(below) and float(below.max()) < (1.0 - GAP) * top)


def _cut_top(values: Array, step: float) -> Mask:
    """Return the flat top of one curve, shape (n,), if a corner shows that it was cut off."""
    found = np.zeros(values.shape, dtype=bool)
    there = np.flatnonzero(np.isfinite(values))
    y = values[there]
    if len(y) < FEWEST + FLANK:
        return found
    noise = steady_noise(y[y < y.max()])
    noisy = OF_NOISE * noise
    for tolerance, shortest in ((step, FEWEST), *([(noisy, FEWEST_NOISY)] if noisy > step else [])):
        flat = y >= y.max() - (step / 2 if tolerance == step else tolerance)
        ends = np.flatnonzero(np.diff(np.concatenate(([0], flat.astype(int), [0]))))
        for first, end in zip(ends[::2], ends[1::2], strict=True):
            flanks = (y[end : end + NEAR], y[:first][::-1][:NEAR])
            half = (end - first - 1) / 2
            here = max(noise, *(steady_noise(one) for one in flanks))
            if end - first >= shortest and any(
                _ends_in_corner(one, half, tolerance, here) for one in flanks
            ):
                found[there[flat]] = True
                return found
    return found


def _ends_in_corner(flank: Array, half: float, tolerance: float, noise: float) -> bool:
    """Tell whether a flank, from a flat top downwards, leaves it in a corner."""
    if len(flank) < FLANK:
        return False
    near, far = (flank[1] - flank[3]) / 2, (flank[3] - flank[5]) / 2
    steepest = 2.0 * tolerance * (half + 1.5) / half**2
    at_top = min(near, near - BACK * (far - near))
    # The noise of a slope carried back to the top is 1.8 times that of a reading.
    corner = at_top > max(CORNER * steepest, 1.8 * OF_NOISE * noise)
    return bool(corner and far > LAST * near)  # one low reading is no flank
