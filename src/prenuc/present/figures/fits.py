"""Spectra, a fitted trace with its linearised inset, fitted spectra, many data sets at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
from prenuc.infer.modelfree.first_order import linearised
from prenuc.infer.schemes.growth import growth_of
from prenuc.present.figures.style import (
    DATA,
    MODEL,
    SPECIES,
    name_axes,
    name_lines,
    new_figure,
    styled,
    time_bar,
    time_colours,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.observe.series import SpectrumSeries


@styled
def plot_spectra(series: SpectrumSeries, *, title: str = "") -> Figure:
    """Return a figure of all spectra, coloured by time from dark (first) to light (last).

    Args:
        series: Measured or simulated spectra.
        title: Title, such as "Figure 2a, simulated".
    """
    figure, axes = new_figure(5.2, 3.6)
    known = np.isfinite(series.time)
    many = bool(np.all(known)) and len(series) > 6
    colours = time_colours(len(series))
    for row, colour in zip(series.absorbance, colours, strict=True):
        axes.plot(series.wavelength, row, color=colour, lw=0.9)
    if many:
        time_bar(figure, axes, series.time, series.time_label)
    else:
        name_lines(axes, axes.get_lines(), series.labels)
    unit = "" if series.signal == "absorbance" else " / arbitrary unit"
    name_axes(axes, "wavelength / nm", series.signal + unit, title, 9)
    axes.set_xlim(*shown_wavelengths(series))
    ceiling = _ceiling(series)
    if ceiling is not None:
        axes.set_ylim(-0.05 * ceiling, ceiling)
        top = float(np.nanmax(series.absorbance))
        cut = {"fontsize": 7, "color": "0.3", "va": "bottom", "transform": axes.transAxes}
        axes.text(0.01, 1.0, f"cut off: readings up to {top:.3g}", **cut)
    return figure


def _ceiling(series: SpectrumSeries) -> float | None:
    """Return where to cut the ordinate so that an edge in the UV does not dwarf the bands."""
    from scipy.signal import find_peaks

    top = np.nan_to_num(np.fmax.reduce(series.absorbance, axis=0))  # masked readings are NaN
    peaks, _ = find_peaks(top, prominence=0.05 * float(np.ptp(top)))
    if not peaks.size:
        return None
    height = 1.8 * float(np.max(top[peaks]))
    return height if height < float(np.max(top)) else None


def shown_wavelengths(series: SpectrumSeries) -> tuple[float, float]:
    """Return the wavelengths to show: all up to where the last signal has died away."""
    top = np.nan_to_num(np.fmax.reduce(np.abs(series.absorbance), axis=0))
    alive = np.flatnonzero(top > 0.02 * float(np.max(top)))
    last = max(int(alive[-1]), 1) + len(top) // 12 if alive.size else len(top)
    last = min(last, len(top) - 1)
    return float(series.wavelength[0]), float(series.wavelength[last])


@styled
def plot_fit(fit: Fit, *, title: str = "") -> Figure:
    """Return a figure of a trace, its fit and residuals; for growth, ln(A∞ − A) as an inset.

    Args:
        fit: A fitted trace.
        title: Title, such as "Figure 2b, simulated".
    """
    trace = fit.trace
    what = f"{title}: {fit.scheme}" if title else fit.scheme
    figure, axes, below = _over_residuals(5.2, what, trace.name, trace.time_label)
    axes.plot(trace.time, trace.value, "o", ms=3, mfc="none", color=DATA, label="signal")
    axes.plot(trace.time, fit.fitted, color=MODEL, lw=1.2, label="fit")
    axes.legend(loc="best", fontsize=8)
    below.plot(trace.time, 1e3 * fit.residuals, ".", ms=3, color=DATA)
    _inset(axes, fit)
    return figure


@styled
def plot_global_fit(fit: GlobalFit) -> Figure:
    """Return a figure of the species' spectra and of their shares against time.

    Args:
        fit: Spectra fitted at all wavelengths at once.
    """
    figure, (left, right) = new_figure(7.4, 3.4, 1, 2)
    for spectrum, share, colour in zip(fit.spectra, fit.concentrations.T, SPECIES, strict=False):
        left.plot(fit.series.wavelength, spectrum, color=colour, lw=1.2)
        right.plot(fit.series.time, share, color=colour, lw=1.2)
    signal = f"{fit.series.signal} of the pure species"
    name_axes(left, "wavelength / nm", signal, fit.scheme, 9)
    name_axes(right, fit.series.time_label, "share")
    name_lines(right, right.get_lines(), fit.species)
    left.set_xlim(*shown_wavelengths(fit.series))
    return figure


@styled
def plot_many_fit(fit: ManyFit) -> Figure:
    """Return a figure of every data set and its fit against time, where its signal changes most.

    Args:
        fit: Many data sets fitted at once.
    """
    colours = time_colours(len(fit.sets))
    first = fit.sets[0].series
    figure, axes, below = _over_residuals(6.4, fit.scheme, first.signal, first.time_label)
    names = []
    for one, colour in zip(fit.sets, colours, strict=True):
        series, fitted = one.series, fit.fitted[one.label]
        at = int(np.argmax(np.ptp(fitted, axis=0)))
        several = len(series.wavelength) > 1
        names.append(f"{one.label}, {series.wavelength[at]:g} nm" if several else one.label)
        data = series.absorbance[:, at]
        axes.plot(series.time, data, "o", ms=3, mfc="none", color=colour)
        axes.plot(series.time, fitted[:, at], color=colour, lw=1.2)
        below.plot(series.time, 1e3 * (data - fitted[:, at]), ".", ms=3, color=colour)
    name_lines(axes, axes.get_lines()[1::2], names)
    return figure


def plot_any_fit(fit: Fit | GlobalFit | ManyFit) -> Figure:
    """Return the figure of a trace's fit, of a global fit, or of many data sets."""
    if isinstance(fit, ManyFit):
        return plot_many_fit(fit)
    return plot_global_fit(fit) if isinstance(fit, GlobalFit) else plot_fit(fit)


def _over_residuals(width: float, title: str, signal: str, times: str) -> tuple[Figure, Axes, Axes]:
    """Return a figure, axes for data and fit, and below them axes for what the fit leaves."""
    figure, (axes, below) = new_figure(width, 3.9, 2, sharex=True, height_ratios=[4, 1])
    name_axes(axes, y=signal, title=title, size=9)
    below.axhline(0.0, color="0.6", lw=0.8)
    below.set_ylabel("residual\n/ 0.001", fontsize=8)
    below.set_xlabel(times)
    return figure, axes, below


def _inset(axes: Axes, fit: Fit) -> None:
    known = fit.params.get("A_inf")
    if known is None or known.value is None or growth_of(fit.scheme) is None:
        return  # only first-order growth becomes a line
    time, logarithm = linearised(fit.trace, known.value)
    if len(time) < 3:
        return
    inset = axes.inset_axes((0.56, 0.14, 0.42, 0.42))
    inset.plot(time, logarithm, "o", ms=2, mfc="none", color=DATA)
    k, prefactor = fit.params["k"].value, fit.params.get("B")
    if k is not None and prefactor is not None and prefactor.value is not None:
        inset.plot(time, np.log(prefactor.value) - k * time, color=MODEL, lw=0.9)
    name_axes(inset, title="ln(A∞ − A) while above 0.001", size=7)
    inset.tick_params(labelsize=7)
