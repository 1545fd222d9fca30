r"""Corrections of measured spectra: each is an object, a line of the history, and can be undone.

==============  ====================================================================================
stray light     :math:`A = -\log_{10}[10^{-A'}(1 + s) - s]` with a known fraction s of stray light
blank           a spectrum of solvent and cuvette is taken from all
offset          the mean over a range where nothing absorbs is taken from each spectrum
scattering      :math:`c\,λ^{-n}`, fitted to each spectrum over a range where nothing absorbs; one n
                for all spectra, free between 0 and 6 unless it is given (4 for small particles)
baseline        arPLS (Baek et al. 2015, Analyst 140, 250), which takes a broad shoulder away, too
scale           times the dilution over the path in cm: of the undiluted sample and 1 cm
wavelengths     the axis is moved by the mean error of the lines of a holmium standard
==============  ====================================================================================

:func:`correct` keeps the spectra that it was given, so that the last step, or any of them, can be
taken back: the others are then done anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Protocol

import numpy as np

from prenuc.errors import SpectrumError, counted
from prenuc.observe.corrections.holmium import wavelength_error
from prenuc.observe.readings import LEAST_LIGHT
from prenuc.observe.stray_light import without
from prenuc.observe.trace import between

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

STEEPEST = 6.0  # exponent of scattering; that of Rayleigh is 4
FEWEST = 5  # readings of a range from which an exponent is taken


class Correction(Protocol):
    """What can be done to a series."""

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series, its history longer by a line."""


@dataclass(frozen=True)
class StrayLight:
    """Take away a known fraction of stray light; what is mostly stray light is masked.

    Args:
        fraction: Of the light that reaches the detector without passing the sample.
    """

    fraction: float

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series."""
        if not 0 < self.fraction < 1:
            raise SpectrumError(f"a fraction of {self.fraction:g}", "Give one such as 0.001")
        light = 10.0**-series.absorbance * (1 + self.fraction) - self.fraction
        known = light > LEAST_LIGHT * self.fraction
        values = np.where(known, without(series.absorbance, self.fraction), np.nan)
        lost = int(np.sum(~known & np.isfinite(series.absorbance)))
        masked = f"; {counted(lost, 'reading')} masked, mostly stray light" if lost else ""
        return _changed(series, values, f"stray light of {self.fraction:g} taken away{masked}")


@dataclass(frozen=True)
class Blank:
    """Take the spectrum of a blank from all.

    Args:
        spectrum: A series of one spectrum, as wide as the series.
        name: What it is, for the history.
    """

    spectrum: SpectrumSeries
    name: str = "the blank"

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series."""
        blank = self.spectrum
        if len(blank) != 1 or blank.signal != series.signal:
            what = f"{self.name} holds {len(blank)} spectra of {blank.signal}"
            raise SpectrumError(what, f"Give one spectrum of {series.signal}")
        ends, own = series.wavelength[[0, -1]], blank.wavelength[[0, -1]]
        if own[0] > ends[0] or own[1] < ends[1]:
            what = f"{self.name} has {own[0]:g}-{own[1]:g} nm, the spectra {ends[0]:g}-{ends[1]:g}"
            raise SpectrumError(what, "Measure it as wide, or take a narrower window")
        level = np.interp(series.wavelength, blank.wavelength, blank.absorbance[0])
        return _changed(series, series.absorbance - level, f"{self.name} taken from all spectra")


@dataclass(frozen=True)
class Offset:
    """Take the mean over a range from each spectrum.

    Args:
        low: Where nothing absorbs any more, nm.
        high: End of the range, nm.
    """

    low: float
    high: float

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series."""
        there = between(series.wavelength, self.low, self.high, "wavelengths", "nm")
        level = _means(series.absorbance[:, there])
        most = 1e3 * float(np.max(np.abs(level)))
        note = f"offset of each spectrum, the mean of {self.low:g} to {self.high:g} nm, taken away"
        return _changed(
            series, series.absorbance - level[:, None], f"{note} (up to {most:.2g} mAU)"
        )


@dataclass(frozen=True)
class Scattering:
    """Take c λ⁻ⁿ from each spectrum, fitted where nothing absorbs.

    Args:
        low: Where nothing absorbs any more, nm.
        high: End of the range, nm.
        exponent: n; None for the one that describes all spectra best.
    """

    low: float
    high: float
    exponent: float | None = None

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series."""
        if self.exponent is not None and not 0 <= self.exponent <= STEEPEST:
            mend = f"Give 0 to {STEEPEST:g}, 4 for small particles"
            raise SpectrumError(f"scattering with an exponent of {self.exponent:g}", mend)
        there = between(series.wavelength, self.low, self.high, "wavelengths", "nm")
        if there.sum() < FEWEST:
            what = f"{self.low:g} to {self.high:g} nm holds {there.sum()} wavelengths"
            raise SpectrumError(what, f"Scattering needs {FEWEST}")
        readings = series.absorbance[:, there]
        if not np.isfinite(readings).all():
            raise SpectrumError("readings in the range of scattering are masked", "Choose another")
        nm = series.wavelength / self.high
        power, how = self.exponent, "given"
        if power is None:
            power, how = _best_exponent(nm[there], readings), "fitted"
        shape = nm**-power
        height = readings @ shape[there] / (shape[there] @ shape[there])
        note = (
            f"scattering c λ^-{power:.3g} ({how}) from {self.low:g} to {self.high:g} nm taken away"
        )
        return _changed(series, series.absorbance - height[:, None] * shape, note)


@dataclass(frozen=True)
class Baseline:
    """Take a smooth baseline from each spectrum (arPLS of pybaselines).

    Args:
        stiffness: The larger, the stiffer the baseline; 1e5 follows a slope over some 100 readings.
    """

    stiffness: float = 1e6

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series."""
        try:
            from pybaselines import Baseline as Fitter
        except (ImportError, OSError, RuntimeError):  # the latter two from numba, where it is
            mend = "pip install 'prenuc[data]'"
            raise SpectrumError("pybaselines cannot be loaded", mend) from None
        if not 0 < self.stiffness < np.inf:
            raise SpectrumError(f"a stiffness of {self.stiffness:g}", "Give one such as 1e6")
        if not np.isfinite(series.absorbance).all():
            what = "a baseline needs every reading"
            raise SpectrumError(what, "Choose a window without masked readings")
        fitter = Fitter(x_data=series.wavelength)
        below = [fitter.arpls(row, lam=self.stiffness)[0] for row in series.absorbance]
        note = (
            f"baseline (arPLS, stiffness {self.stiffness:g}) taken away; a broad shoulder goes, too"
        )
        return _changed(series, series.absorbance - np.array(below), note)


@dataclass(frozen=True)
class Scale:
    """Return to the undiluted sample and a path of 1 cm.

    Args:
        dilution: How many times the samples were diluted; for each its own, if there are several;
            None for what the series knows of each of them, or 1.
        path_cm: Of the cuvette, cm.
    """

    dilution: float | tuple[float, ...] | None = None
    path_cm: float = 1.0

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series."""
        given = series.beside.get("dilution", 1.0) if self.dilution is None else self.dilution
        dilution = np.atleast_1d(np.asarray(given, dtype=float))
        if dilution.size not in {1, len(series)}:
            what = f"{dilution.size} dilutions for {len(series)} spectra"
            raise SpectrumError(what, "Give one for all, or one for each spectrum in order of time")
        known = np.append(dilution, self.path_cm)
        if not np.all((known > 0) & (known < np.inf)):
            raise SpectrumError("a dilution or path that is not above zero", "Give both as numbers")
        factor = np.broadcast_to(dilution, len(series)) / self.path_cm
        told = f"{dilution[0]:g}" if dilution.size == 1 else "of each"
        note = (
            f"scaled to the undiluted sample (dilution {told}) and 1 cm (path {self.path_cm:g} cm)"
        )
        scaled = _changed(series, series.absorbance * factor[:, None], note)
        variance = None if series.variance is None else series.variance * factor[:, None] ** 2
        return replace(scaled, variance=variance)


@dataclass(frozen=True)
class Wavelengths:
    """Move the axis by the mean error of the lines of a holmium standard.

    Args:
        standard: A series of one spectrum of holmium oxide, measured by the same instrument.
    """

    standard: SpectrumSeries

    def apply(self, series: SpectrumSeries) -> SpectrumSeries:
        """Return the corrected series."""
        error = wavelength_error(self.standard)
        note = f"wavelengths moved by {-error.mean_nm:+.2f} nm: {error}"
        moved = replace(series, wavelength=series.wavelength - error.mean_nm)
        return replace(moved, history=(*series.history, f"corrected: {note}"))


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """Spectra, what was done to them, and what they were.

    Args:
        original: The series as it was given.
        steps: What was done, in order.
        series: The series with all steps done.
    """

    original: SpectrumSeries
    steps: tuple[Correction, ...]
    series: SpectrumSeries = field(repr=False)

    def undone(self, steps: int = 1) -> Corrected:
        """Return the series without its last steps.

        Args:
            steps: How many.
        """
        return correct(self.original, *self.steps[: max(len(self.steps) - steps, 0)])

    def without(self, kind: type) -> Corrected:
        """Return the series without the steps of a kind; the others are done anew.

        Args:
            kind: Such as :class:`Scattering`.
        """
        return correct(self.original, *(one for one in self.steps if not isinstance(one, kind)))


def correct(series: SpectrumSeries, *steps: Correction) -> Corrected:
    """Correct spectra, step by step.

    Args:
        series: The spectra, which are kept as they are.
        steps: What to do, in order, such as ``Offset(600, 650)``.

    Raises:
        SpectrumError: A range holds no wavelengths, a blank or standard does not fit, or a number
            makes no sense.
    """
    done = reduce(lambda made, step: step.apply(made), steps, series)
    return Corrected(original=series, steps=tuple(steps), series=done)


def _changed(series: SpectrumSeries, values: Array, note: str) -> SpectrumSeries:
    return replace(series, absorbance=values, history=(*series.history, f"corrected: {note}"))


def _means(readings: Array) -> Array:
    """Return the mean of each row, masked readings left out."""
    there = np.isfinite(readings)
    if not there.any(axis=1).all():
        what = "a spectrum has no reading in the range of the offset"
        raise SpectrumError(what, "Choose another range")
    return np.asarray(np.where(there, readings, 0.0).sum(axis=1) / there.sum(axis=1))


def _best_exponent(nm: Array, readings: Array) -> float:
    """Return the n with which c λ⁻ⁿ leaves least of the readings (m, k) at wavelengths (k,)."""
    from scipy.optimize import minimize_scalar

    def left(power: float) -> float:
        shape = nm**-power
        height = readings @ shape / (shape @ shape)
        return float(np.sum((readings - height[:, None] * shape) ** 2))

    found = minimize_scalar(left, bounds=(0.0, STEEPEST), method="bounded")
    return float(found.x)
