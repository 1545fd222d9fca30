"""Which readings are no data, and why: cut off, falsified by stray light, without light, absurd.

A fit gives every reading its weight, and a reading that says only "much" or "no light" is no
measurement of an absorbance. What is found here is masked, or corrected where that is safe, and
each finding is a sentence for the reader:

1. **absurd** values: infinite, or beyond a million in either direction;
2. **ceilings**: the same largest value again and again (:mod:`prenuc.observe.ceilings`);
3. **no light**: so dense that the noise of the transmitted light is a good part of it. Its
   logarithm is then biased, and readings without light at all are missing from the mean;
4. **stray light** (:mod:`prenuc.observe.stray_light`): readings of at least three times the stray
   light are corrected where the correction is known better than the reading; denser ones are
   masked.

Stray light and want of light are seen from the other wavelengths and spectra: a single spectrum is
asked for absurd values and ceilings only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import counted
from prenuc.observe.ceilings import ceiling_of_series, ceiling_of_trace
from prenuc.observe.stray_light import Scatter, Stray, judge_light, without

if TYPE_CHECKING:
    from prenuc.arrays import Array, Mask
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace


ABSURD = 1e6
MOST_ABSORBANCE = 10.0
MOST_PERCENT = 125.0  # a transmittance in percent is not larger, noise and all
UNNAMED = "nothing names the signal"  # how a reader begins its note, where it took absorbance
TOO_NOISY = 0.08  # noise (absorbance) from which there is too little light: a fifth of it is noise
LEAST_LIGHT = 3.0  # transmittance that can be corrected, in units of the stray light
BELOW_NOISE = 0.2  # error of a correction, which all readings share, over the noise of one of them
AROUND = 2  # spectra before and after, over which an absorbance is judged too dense


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A series without the readings that are no data.

    Args:
        series: The series; NaN where a reading is masked, its history longer by ``notes``.
        masked: Which readings were masked here, shape (m, n).
        hidden: Those of them that were too dense to be measured, shape (m, n): not the absurd ones.
        clipped: Those of them that stand at a ceiling, shape (m, n).
        notes: What was masked or corrected, and why.
        stray: Share of stray light that was corrected for; None where none was found.
        doubt: Why the values cannot be absorbances at all, and what to do; empty if they can.
            Nothing is masked then, but absurd values.
    """

    series: SpectrumSeries
    masked: Mask
    hidden: Mask
    clipped: Mask
    notes: tuple[str, ...] = ()
    stray: float | None = None
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class JudgedTrace:
    """A trace without the points that are no data.

    Args:
        trace: The trace; its points that are no data are left out, and its history says so.
        masked: Which points of the former trace were left out, shape (m,).
        notes: What was left out, and why.
    """

    trace: Trace
    masked: Mask
    notes: tuple[str, ...] = ()


def judge_readings(series: SpectrumSeries) -> Judged:
    """Mask the readings of a series that are no data, and correct for stray light.

    Args:
        series: m spectra at n wavelengths; NaN where a reading is masked already.
    """
    values = np.array(series.absorbance, dtype=float)
    notes = []
    there = ~np.isnan(values)
    absurd = there & _is_absurd(values)
    values[absurd] = np.nan
    if absurd.any():
        notes.append(f"{_readings(absurd)} masked: infinite, or beyond a million")
    clipped = np.zeros_like(absurd)
    stray = None
    doubt = values_too_large(replace(series, absorbance=values))
    if not doubt:
        clipped = ceiling_of_series(values)
        beside = _beside(clipped) & ~clipped & ~np.isnan(values)
        if clipped.any():
            as_well = f"; {beside.sum()} beside them as well" if beside.any() else ""
            notes.append(_note_of_ceiling(values[clipped], _readings(clipped)) + as_well)
        values[clipped | beside] = np.nan
        if series.signal == "absorbance":
            values, stray, more = _judge_light(values)
            notes += more
    judged = replace(series, absorbance=values, history=(*series.history, *notes))
    if stray is not None and series.variance is not None:
        steeper = 1.0 + stray * 10.0 ** np.where(np.isnan(values), 0.0, values)
        judged = replace(judged, variance=series.variance * steeper**2)
    masked = there & np.isnan(values)
    return Judged(
        series=judged,
        masked=masked,
        hidden=masked & ~absurd,
        clipped=clipped,
        notes=tuple(notes),
        stray=stray,
        doubt=doubt,
    )


def judge_trace(trace: Trace) -> JudgedTrace:
    """Leave out the points of a trace that are no data.

    A trace that levels off is kept as it is, however many of its readings are equal.

    Args:
        trace: Signal against time, m points.
    """
    value = trace.value
    absurd = _is_absurd(value)
    clipped = np.zeros_like(absurd)
    if not absurd.all():
        clipped[~absurd] = ceiling_of_trace(value[~absurd])
    notes = []
    if absurd.any():
        notes.append(f"{_readings(absurd)} left out: infinite, or beyond a million")
    if clipped.any():
        note = _note_of_ceiling(value[clipped], _readings(clipped))
        notes.append(note.replace("masked", "left out"))
    masked = absurd | clipped
    if not notes:
        return JudgedTrace(trace=trace, masked=masked)
    kept = replace(
        trace,
        time=trace.time[~masked],
        value=value[~masked],
        history=(*trace.history, *notes),
    )
    return JudgedTrace(trace=kept, masked=masked, notes=tuple(notes))


def values_too_large(series: SpectrumSeries) -> str:
    """Say why values that only were taken for absorbances cannot be; empty where they can.

    Args:
        series: The spectra, with the history of their reader.
    """
    unnamed = any(line.startswith(UNNAMED) for line in series.history)
    if series.signal != "absorbance" or not unnamed:
        return ""
    values = series.absorbance[np.isfinite(series.absorbance)]
    if not values.size:
        return ""
    most = float(values.max())
    if most <= MOST_ABSORBANCE:
        return ""
    if most <= MOST_PERCENT:
        mend = "if they are transmittance in percent, add --signal %T"
    else:
        mend = "if they are an emission, add --signal photoluminescence"
    return f"values up to {most:.3g} are no absorbance; {mend}"


def _is_absurd(values: Array) -> Mask:
    """Return which values are infinite, or beyond a million where most are of the order of one."""
    if np.all(values <= ABSURD) and np.all(values >= -ABSURD):
        return np.zeros(values.shape, dtype=bool)
    finite = np.abs(values[np.isfinite(values)])
    small = finite.size > 0 and float(np.median(finite)) < MOST_ABSORBANCE
    return ~(np.abs(values) <= (ABSURD if small else np.finfo(float).max))


def _judge_light(values: Array) -> tuple[Array, float | None, list[str]]:
    """Return what the light allows to know, the fraction of stray light, and what was done."""
    stray, scatter = judge_light(values)
    notes = []
    if scatter is not None:
        dark = _over_time(values) > scatter.level(TOO_NOISY)
        dark &= np.isfinite(values)
        if dark.any():
            values = np.where(dark, np.nan, values)
            level = scatter.level(TOO_NOISY)
            what = "so little light that its noise is a good part of it"
            notes.append(f"{_readings(dark)} above about {level:.1f} masked: {what}")
    if stray is None or scatter is None:
        return values, None, notes
    values, more = _corrected(values, stray, scatter)
    return values, stray.fraction, [*notes, *more]


def _corrected(values: Array, stray: Stray, scatter: Scatter) -> tuple[Array, list[str]]:
    """Return absorbances without stray light, NaN where they are not known, and what was done."""
    true = without(values, stray.fraction)
    typical = _over_time(values)
    ratio = stray.fraction * 10.0 ** without(typical, stray.fraction)  # stray to transmitted light
    error = stray.relative_sd * ratio / np.log(10.0)
    noise = np.sqrt(scatter.variance(np.where(np.isfinite(typical), typical, 0.0)))
    known = (ratio <= 1.0 / LEAST_LIGHT) & (error <= BELOW_NOISE * noise)
    lost = np.isfinite(values) & ~known
    most = float(np.max(np.where(known, true - values, 0.0)))
    note = (
        f"stray light of {100 * stray.fraction:.2g} %, at which absorbances level off at "
        f"{stray.level:.2f}: corrected by up to {1e3 * most:.2g} mAU"
    )
    notes = [note]
    if lost.any():
        lowest = float(values[lost].min())
        notes.append(f"{_readings(lost)} from {lowest:.2f} on masked: mostly stray light")
    return np.where(known, true, np.nan), notes


def _over_time(values: Array) -> Array:
    """Return the median of each reading and of its neighbours in time, shape (m, n).

    A reading is not judged by itself: that would leave those that noise made smaller.
    """
    padded = np.pad(values, ((AROUND, AROUND), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1, axis=0)
    # What is masked already was too dense, or it would be there.
    dense = np.where(np.isnan(windows), np.inf, windows)
    return np.asarray(np.median(dense, axis=-1))


def _beside(clipped: Mask) -> Mask:
    """Return the neighbours, in a series, of readings at a ceiling, shape (m, n).

    They are so close to it that only those of them were kept that noise made smaller.
    """
    if len(clipped) <= 2 * AROUND or not clipped.any():
        return clipped
    from scipy.ndimage import binary_dilation

    return np.asarray(binary_dilation(clipped, np.ones((2 * AROUND + 1, 3))))


def _note_of_ceiling(values: Array, readings: str) -> str:
    top = float(np.median(values))
    return f"{readings} masked: the signal is cut off at {top:g}"


def _readings(which: Mask) -> str:
    return counted(int(which.sum()), "reading")
