"""A fitted trace over its residuals, its logarithmic plot, fitted spectra, many data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, counted
from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
from prenuc.infer.modelfree.first_order import FirstOrderTest, linearised
from prenuc.infer.schemes.growth import growth_of
from prenuc.present.figures.drawing import Drawn, finished
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import (
    DATA,
    GREY,
    MODEL,
    SPECIES,
    name_axes,
    shown_wavelengths,
    time_colours,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.arrays import Array

LOG = "ln(A∞ − A)"
FAINTEST = 2.0  # of the logarithm, an error bar that is drawn no longer
LOWEST, HIGHEST = 0.01, 100.0  # between which absorbances lie
ROUND: Any = {"marker": "o", "ls": "", "mfc": "none", "color": DATA}


def plot_fit(fit: Fit | GlobalFit | ManyFit, layout: Layout) -> Drawn:
    """Return the figure of a trace's fit, of a global fit, or of many data sets.

    Args:
        fit: What was fitted.
        layout: Size, fonts and title; the scheme where there is none.
    """
    if isinstance(fit, ManyFit):
        return _many(fit, layout)
    return _spectra(fit, layout) if isinstance(fit, GlobalFit) else _trace(fit, layout)


def said(fit: Fit | GlobalFit | ManyFit) -> str:
    """Return the constants of a fit with their intervals, in words.

    Args:
        fit: What was fitted.
    """
    rates = [f"{name} = {one}" for name, one in fit.params.items() if name.startswith("k")]
    return f"{fit.scheme}: {'; '.join(rates)}" if rates else fit.scheme


@laid_out
def _trace(fit: Fit, layout: Layout) -> Drawn:
    """Return a trace, its fit and residuals; for growth, ln(A∞ − A) as an inset."""
    trace = fit.trace
    small = _usual(trace.value)
    figure, axes, below = _over_residuals(layout, trace.name, trace.time_label, small=small)
    axes.plot(trace.time, trace.value, ms=3, label="signal", **ROUND)
    axes.plot(trace.time, fit.fitted, color=MODEL, lw=1.2, label="fit")
    times, said_so = (1e3, ", × 1000") if small else (1.0, "")
    name = f"signal less fit{said_so}"
    below.plot(trace.time, times * fit.residuals, ".", ms=3, color=DATA, label=name)
    _inset(axes, fit, layout.small)
    layout.titled(fit.scheme).head(figure, [axes])
    worst = float(np.nanmax(np.abs(fit.residuals)))
    told = (
        f"{trace.name} against time, {len(trace.time)} points from {trace.time[0]:g} to "
        f"{trace.time[-1]:g} {trace.time_unit}, with the fit of {said(fit)}. Below, what the fit "
        f"leaves, at most {worst:.2g}."
    )
    return finished(figure, told, fit.warnings)


@laid_out
def _spectra(fit: GlobalFit, layout: Layout) -> Drawn:
    """Return the spectra of the species, and their shares against time."""
    figure, left, right = layout.pair(7.0)
    parts = zip(fit.spectra, fit.concentrations.T, SPECIES, fit.species, strict=False)
    for spectrum, share, colour, name in parts:
        left.plot(fit.series.wavelength, spectrum, color=colour, lw=1.2, label=name)
        right.plot(fit.series.time, share, color=colour, lw=1.2, label=name)
    name_axes(left, "wavelength / nm", f"{fit.series.signal} of the pure species")
    name_axes(right, fit.series.time_label, "share")
    left.set_xlim(*shown_wavelengths(fit.series))
    layout.titled(fit.scheme).head(figure, [left])
    told = (
        f"Spectra of {', '.join(fit.species)}, and their shares against time, from "
        f"{fit.size} fitted with {said(fit)}. The fit leaves "
        f"{float(np.nanstd(fit.residuals)):.2g} (standard deviation)."
    )
    return finished(figure, told, fit.warnings)


@laid_out
def _many(fit: ManyFit, layout: Layout) -> Drawn:
    """Return every data set and its fit against time, where its signal changes most."""
    first, signals = fit.sets[0].series, {one.series.signal for one in fit.sets}
    small = _usual(np.concatenate([one.series.absorbance.ravel() for one in fit.sets]))
    times, said_so = (1e3, "left over × 1000") if small else (1.0, "left over")
    shown = signals.pop() if len(signals) == 1 else "signal"
    figure, axes, below = _over_residuals(layout, shown, first.time_label, small=small)
    measured, names = [], []
    for one, colour in zip(fit.sets, time_colours(len(fit.sets)), strict=True):
        series, fitted = one.series, fit.fitted[one.label]
        at = int(np.argmax(np.ptp(fitted, axis=0)))
        several = len(series.wavelength) > 1
        name = f"{one.label}, {series.wavelength[at]:g} nm" if several else one.label
        data = series.absorbance[:, at]
        axes.plot(series.time, fitted[:, at], color=colour, lw=1.2, label=name)
        names.append(name)
        measured += axes.plot(series.time, data, "o", ms=3, mfc="none", color=colour)
        left = times * (data - fitted[:, at])
        below.plot(series.time, left, ".", ms=3, color=colour, label=f"{name}, {said_so}")
    layout.titled(fit.scheme).head(figure, [axes])
    for line, name in zip(measured, names, strict=True):
        line.set_label(f"{name}, data")  # in the numbers, not in the legend
    told = (
        f"{counted(len(fit.sets), 'data set')} against time, each where its signal changes most, "
        f"with the fit of {said(fit)}, and below what it leaves."
    )
    return finished(figure, told, fit.warnings)


@laid_out
def plot_logarithm(found: Fit | FirstOrderTest, layout: Layout) -> Drawn:
    """Return ln(A∞ − A) against time, and the line of first order.

    Args:
        found: A fit of growth of first order, or a test of it.
        layout: Size, fonts and title.

    Raises:
        InputError: The fit is none of growth of first order.
    """
    figure, ((axes,),) = layout.grid(1, 1, height=6.0)
    if isinstance(found, Fit):
        time, log, error, straight = _of_fit(found)
        head, told = found.scheme, f"fitted with {said(found)}"
    else:
        time, log, error = found.line
        start = float(found.trace.time[0])
        straight = np.log(abs(found.amplitude)) - found.rate * (time - start)
        head = f"{found.trace.name}: {found.answer}"
        told = found.verdict
    bars = np.minimum(error, FAINTEST)
    if len(time):
        axes.errorbar(time, log, bars, fmt="o", ms=3, mfc="none", color=DATA, lw=0.8, label="data")
        axes.plot(time, straight, color=MODEL, lw=1.2, label="first order")
    name_axes(axes, found.trace.time_label, LOG)
    layout.titled(head).head(figure, [axes])
    above = f"{counted(len(time), 'point')} above the noise"
    said_of = f"{LOG} of {found.trace.name} against time, {above}; {told}"
    return finished(figure, f"{said_of}. A straight line is first order.")


def _of_fit(fit: Fit) -> tuple[Array, Array, Array, Array]:
    """Return times, logarithm, its standard error, and the straight line.

    Raises:
        InputError: The fit is none of growth of first order.
    """
    plateau, height = fit.params.get("A_inf"), fit.params.get("B")
    known = [
        one.value for one in (plateau, height, fit.params.get("k")) if one and one.value is not None
    ]
    if growth_of(fit.scheme) is None or len(known) < 3:
        mend = 'Fit a growth of first order, such as "PC -> MSC"'
        raise InputError(f"{fit.scheme} has no ln(A∞ − A)", mend)
    end, amplitude, k = known
    noise = float(fit.noise["sd"])
    time, log = linearised(fit.trace, end, sensitivity=max(2.0 * noise, 1e-300))
    return time, log, noise / np.exp(log), np.log(abs(amplitude)) - k * time


def _usual(signal: Array) -> bool:
    """Say whether a signal is as high as absorbances are, whose residuals are counted in 0.001."""
    return bool(LOWEST < float(np.nanmax(np.abs(signal))) < HIGHEST)


def _over_residuals(
    layout: Layout, signal: str, times: str, *, small: bool
) -> tuple[Figure, Axes, Axes]:
    """Return a figure, axes for data and fit, and below them axes for what the fit leaves."""
    figure, ((axes,), (below,)) = layout.grid(2, 1, height=8.5, sharex=True, height_ratios=[4, 1])
    below.axhline(0.0, color=GREY, lw=0.8)
    name_axes(axes, y=signal)
    name_axes(below, times, "residual\n/ 0.001" if small else "residual")
    figure.align_ylabels([axes, below])
    return figure, axes, below


def _inset(axes: Axes, fit: Fit, size: float) -> None:
    try:
        time, logarithm, _, straight = _of_fit(fit)
    except InputError:
        return  # only first-order growth becomes a line
    if len(time) < 3:
        return
    inset = axes.inset_axes((0.58, 0.16, 0.4, 0.38))
    inset.plot(time, logarithm, "o", ms=2, mfc="none", color=DATA, label="data")
    inset.plot(time, straight, color=MODEL, lw=0.9, label="first order")
    name_axes(inset, fit.trace.time_label, title=LOG, size=size)
    inset.xaxis.label.set_visible(False)  # that of the figure is below; the numbers have both
    inset.tick_params(labelsize=size)
    inset.locator_params(nbins=3)
