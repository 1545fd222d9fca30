"""Measures of spectra: absorbances, peaks that are there, and kinetic panels.

What counts as seen is fixed here. A first exciton is one whose band is at least as high as what
Figure 1a would still call featureless; a maximum has lower readings on both sides, within its
window, by more than the sensitivity that Note S2 prints.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.features import first_exciton
from prenuc.quantities import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.experiments.performed import Question
    from prenuc.observe.features import Feature

NOISE, SEED = 2e-4, 1  # absorbance; enough for the exciton finder to judge what stands out
FEATURELESS = 0.01  # absorbance: a band that is not higher is no peak (ours, of Figure 1a)
SENSITIVITY = 0.001  # absorbance that a photometer tells apart (seed @ Note S2)
STEP_BACK = 0.5  # nm by which a position may fall in a steady shift


def absorbance(asked: Question) -> float:
    """Return an absorbance at a wavelength."""
    scale, nm = float(asked.of.get("scale", "1")), parse(asked["nm"]).to("nm")
    return scale * float(np.interp(nm, asked.spectra.wavelength, asked.signal))


def contrast(asked: Question) -> float:
    """Return an absorbance less that at another wavelength of the same spectrum."""
    return absorbance(asked) - absorbance(asked.but(nm=asked["over"]))


def _first_exciton(asked: Question) -> Feature:
    return _of_spectrum(asked.spectra.wavelength.tobytes(), asked.signal.tobytes())


@lru_cache(maxsize=256)  # several rows read one spectrum; a fit takes longer than most runs
def _of_spectrum(wavelength: bytes, signal: bytes) -> Feature:
    nm = np.frombuffer(wavelength)
    noise = np.random.default_rng(SEED).normal(0.0, NOISE, nm.size)
    return first_exciton(nm, np.frombuffer(signal) + noise)


def exciton(asked: Question) -> float:
    """Return the position of the first exciton; NaN when none is as high as a peak is."""
    found = _first_exciton(asked)
    return found.position_nm if found.height > FEATURELESS else math.nan


def exciton_height(asked: Question) -> float:
    """Return the height of the first exciton; 0 when there is none."""
    feature = _first_exciton(asked)
    return 0.0 if feature.status == "unresolved" else float(feature.height)


def width_over(asked: Question) -> float:
    """Return the half width of the first exciton here over that there; NaN where one is none."""
    here, there = _first_exciton(asked), _first_exciton(asked.there())
    seen = min(here.height, there.height) > FEATURELESS
    return here.hwhm_nm / there.hwhm_nm if seen else math.nan


def steady_growth(asked: Question) -> float:
    """Return last less first position of the exciton in samples; NaN where it steps back."""
    return _steady([exciton(asked.but(vessel=one.strip())) for one in asked["vessels"].split(",")])


def _steady(positions: Sequence[float]) -> float:
    steady = all(b >= a - STEP_BACK for a, b in pairwise(positions))
    return positions[-1] - positions[0] if steady else math.nan


def maximum(asked: Question) -> float:
    """Return the position of the highest true maximum in a window; NaN when there is none."""
    nm = asked.spectra.wavelength
    inside = (nm >= float(asked["from"])) & (nm <= float(asked["to"]))
    return highest_maximum(nm[inside], asked.signal[inside])


def highest_maximum(wavelength: Array, signal: Array) -> float:
    """Return where the highest maximum lies that stands out on both sides; NaN for none.

    Args:
        wavelength: Wavelengths of a window, nm, evenly spaced, shape (n,).
        signal: Absorbance, shape (n,).
    """
    top = int(np.argmax(signal))
    if top in {0, len(signal) - 1}:
        return math.nan
    beside = max(signal[:top].min(), signal[top + 1 :].min())
    if signal[top] - beside <= SENSITIVITY:
        return math.nan
    before, at, after = signal[top - 1 : top + 2]
    curvature = before - 2.0 * at + after
    shift = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return float(wavelength[top] + shift * (wavelength[top + 1] - wavelength[top]))


def steady_redshift(asked: Question) -> float:
    """Return last less first position of a maximum; NaN where it is missing or steps back."""
    return _steady([maximum(asked.but(time=one.strip())) for one in asked["times"].split(",")])


def steady_rise(asked: Question) -> float:
    """Return the smallest step between successive absorbances."""
    if "vessels" in asked.of:
        places = [asked.but(vessel=one.strip()) for one in asked["vessels"].split(",")]
    else:
        places = [asked.but(time=time.strip()) for time in asked["times"].split(",")]
    values = [absorbance(place) for place in places]
    return float(np.min(np.diff(values)))


def change(asked: Question) -> float:
    """Return a later absorbance less an earlier one."""
    return absorbance(asked.but(time=asked["later"])) - absorbance(asked)


def ratio_in_time(asked: Question) -> float:
    """Return a later absorbance over an earlier one; NaN where neither is seen."""
    first, last = absorbance(asked), absorbance(asked.but(time=asked["later"]))
    return last / first if first > SENSITIVITY else math.nan


def ratio_of_changes(asked: Question) -> float:
    """Return the change of an absorbance in one stretch of time over that in another."""
    here = change(asked)
    start, end = (time.strip() for time in asked["over"].split("to"))
    there = change(asked.but(time=start, later=end))
    return here / there if there > SENSITIVITY else math.nan


def onset(asked: Question) -> float:
    """Return the first temperature at which a feature appears, interpolated between the tried."""
    last, seen, limit = math.nan, 0.0, float(asked["limit"])
    for word in asked["temperatures"].split(","):
        temperature = float(word)
        signal = absorbance(asked.but(vary=f"{asked['at']} = {temperature:g} degC"))
        if signal > limit:
            share = (limit - seen) / (signal - seen)
            return temperature if math.isnan(last) else last + share * (temperature - last)
        last, seen = temperature, signal
    return math.nan


def of_panel(quantity: str) -> Callable[[Question], float]:
    """Return the measure that reads a fitted quantity of a kinetic panel."""

    def read(asked: Question) -> float:
        value = asked.fit.params[quantity].value
        return math.nan if value is None else float(value)

    return read


def prefactor(asked: Question) -> float:
    """Return B/A of A − B exp(−k t) in a kinetic panel, t from the first spectrum.

    The fit counts t from the beginning, so its own B is exp(k t₁) times as large. NaN where growth
    begins so late that the fit took a lag in place of B.
    """
    params = asked.fit.params
    if "B" not in params:
        return math.nan
    k, plateau, whole = (params[name].value for name in ("k", "A_inf", "B"))
    if k is None or not plateau or whole is None:
        return math.nan
    return whole / plateau * math.exp(-k * asked.measurement.time / 60.0)
