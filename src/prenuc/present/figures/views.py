"""Figures of the model-free views: what stands above the noise, and how far an answer may turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.present.figures.style import (
    ABOVE,
    DATA,
    MODEL,
    OTHER,
    SPECIES,
    logarithmic,
    name_axes,
    new_figure,
    styled,
    time_axis,
    time_colours,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.infer.modelfree.components import Components
    from prenuc.infer.modelfree.evolving import EvolvingFactors
    from prenuc.infer.modelfree.first_order import FirstOrderTest
    from prenuc.infer.modelfree.isosbestic import IsosbesticTest
    from prenuc.infer.modelfree.resolution import Resolution
    from prenuc.infer.modelfree.shift import ShiftTest
    from prenuc.infer.modelfree.views import Views
    from prenuc.observe.series import SpectrumSeries

GREY = "0.55"
ANSWERS = {"holds": (OTHER, "-"), "fails": (MODEL, "--"), "cannot tell": (GREY, ":")}


def plot_views(views: Views) -> dict[str, Figure]:
    """Return the figure of every view that could be asked, by name."""
    figures = {
        "components": plot_components(views.components),
        "evolving": plot_evolving(views.evolving),
        "isosbestic": plot_isosbestic(views.series, views.isosbestic),
    }
    if views.resolution is not None:
        figures["resolution"] = plot_resolution(views.resolution)
    if views.first_order is not None:
        figures["first-order"] = plot_first_order(views.first_order)
    if views.shift is not None:
        figures["shift"] = plot_shift(views.shift)
    return figures


@styled
def plot_components(found: Components) -> Figure:
    """Return a figure of the singular values with the noise drawn in, and of the courses."""
    shown = len(found.singular_values)
    number = np.arange(1, shown + 1)
    figure, (left, right) = new_figure(7.4, 3.2, 1, 2)
    left.axhspan(0.1, found.noise_level, color="0.9", lw=0)
    left.axhline(found.noise_level, color=GREY, lw=1.0, ls="--", label="noise, 99 %")
    has = (found.roughness < found.rough_limit) & (found.singular_values > found.noise_level)
    left.plot(number[has], found.singular_values[has], "o", color=DATA, label="with a course")
    left.plot(
        number[~has],
        found.singular_values[~has],
        "o",
        mfc="white",
        mec=DATA,
        label="without a course",
    )
    logarithmic(left)
    left.set_ylim(0.3 * found.noise_level, 3.0 * float(found.singular_values[0]))
    left.set_xticks(number)
    name_axes(left, "component", "singular value / noise")
    left.legend(fontsize=8)
    time, name = time_axis(found.whitened.series)
    courses = found.whitened.factors[0]
    for k in range(min(shown, len(SPECIES))):
        right.plot(time, courses[:, k], ".-", ms=3, lw=0.9, color=SPECIES[k], label=f"{k + 1}")
    name_axes(right, name, "course (unit length)")
    right.legend(title="component", title_fontsize=8, **ABOVE)
    return figure


@styled
def plot_evolving(found: EvolvingFactors) -> Figure:
    """Return a figure of evolving factor analysis, forward and backward, with the noise."""
    time, name = time_axis(found.series)
    figure, axes = new_figure(5.4, 3.6)
    both = np.minimum(found.forward_level, found.backward_level)
    axes.fill_between(time, 0.3 * both.min(), both, color="0.9", lw=0)
    axes.plot(time, found.forward_level, color=GREY, lw=0.9, label="noise, 99 %")
    axes.plot(time, found.backward_level, color=GREY, lw=0.9, ls="--")
    for k in range(found.forward.shape[1]):
        colour = SPECIES[k] if k < min(found.count, len(SPECIES)) else "0.75"
        label = f"{k + 1}" if k < found.count else None
        axes.plot(time, found.forward[:, k], color=colour, lw=1.2, label=label)
        axes.plot(time, found.backward[:, k], color=colour, lw=1.2, ls="--")
    logarithmic(axes)
    axes.set_ylim(0.3 * float(both.min()), 2.0 * float(np.nanmax(found.forward)))
    name_axes(axes, name, "singular value / noise", "– forward, - - backward")
    axes.legend(**ABOVE)
    return figure


@styled
def plot_isosbestic(series: SpectrumSeries, found: IsosbesticTest) -> Figure:
    """Return a figure of the spectra with each crossing marked by its answer."""
    figure, (axes, below) = new_figure(5.4, 4.2, 2, 1, sharex=True, height_ratios=[3, 1])
    colours = time_colours(len(series))
    for row, colour in zip(series.absorbance, colours, strict=True):
        axes.plot(series.wavelength, row, color=colour, lw=0.7)
    below.plot(series.wavelength, series.absorbance.std(axis=0, ddof=1), color=DATA, lw=1.0)
    for panel in (axes, below):
        for one in found.crossings:
            colour, style = ANSWERS[one.answer]
            panel.axvline(one.position_nm, color=colour, ls=style, lw=1.1)
    for answer in dict.fromkeys(one.answer for one in found.crossings):
        colour, style = ANSWERS[answer]
        at = [f"{c.position_nm:.1f}" for c in found.crossings if c.answer == answer]
        label = f"{answer}: {', '.join(at)} nm"
        axes.plot([], [], color=colour, ls=style, label=label)
    if found.crossings:
        axes.legend(**(ABOVE | {"ncols": 2}))
    name_axes(axes, y=series.signal, title="dark first, light last")
    name_axes(below, "wavelength / nm", "spread")
    logarithmic(below)
    axes.set_xlim(float(series.wavelength[0]), float(series.wavelength[-1]))
    return figure


@styled
def plot_resolution(found: Resolution) -> Figure:
    """Return a figure of concentrations and spectra, each over the range that is as good."""
    time, name = time_axis(found.series)
    figure, (left, right) = new_figure(7.4, 3.4, 1, 2)
    for k, one in enumerate(found.ranges):
        colour = SPECIES[k]
        _band(left, time, one.concentration_band, colour)
        left.plot(time, found.concentrations[:, k], color=colour, lw=1.2, label=f"{k + 1}")
        _band(right, found.series.wavelength, one.spectrum_band, colour)
        right.plot(found.series.wavelength, found.spectra[k], color=colour, lw=1.2)
    name_axes(left, name, "share" if found.closure else "concentration / its largest value")
    left.legend(**ABOVE)
    title = "unique" if found.unique else "not unique: anything within the bands fits as well"
    name_axes(right, "wavelength / nm", f"{found.series.signal} of the component", title)
    return figure


def _band(axes: Axes, x: Array, band: Array, colour: str) -> None:
    axes.fill_between(x, band[0], band[1], color=colour, alpha=0.22, lw=0)


@styled
def plot_first_order(found: FirstOrderTest) -> Figure:
    """Return the linearised plot with standard errors and the line of first order."""
    time, log, error = found.line
    figure, axes = new_figure(5.2, 3.4)
    if len(time):
        axes.errorbar(
            time,
            log,
            yerr=np.minimum(error, 2.0),
            fmt="o",
            ms=3,
            mfc="none",
            color=DATA,
            lw=0.8,
        )
        start = float(found.trace.time[0])
        straight = np.log(abs(found.amplitude)) - found.rate * (time - start)
        axes.plot(time, straight, color=MODEL, lw=1.2, label="first order")
        axes.legend(fontsize=8)
    title = f"{found.trace.name}: {found.answer}"
    name_axes(axes, found.trace.time_label, "ln |A∞ − A|", title)
    return figure


@styled
def plot_shift(found: ShiftTest) -> Figure:
    """Return a figure of what each description leaves, and of the shift of the moving band."""
    data = found.components.whitened
    left_vectors, size, right_vectors = data.factors
    two = data.back((left_vectors[:, :2] * size[:2]) @ right_vectors[:2])
    x = data.series.wavelength
    figure, (left, right) = new_figure(7.4, 3.2, 1, 2)
    for fitted, colour, label in (
        (two, DATA, "two fixed spectra"),
        (found.band.fitted, MODEL, "one moving band"),
    ):
        rest = data.series.absorbance - fitted
        rest = rest - rest.mean(axis=1, keepdims=True)  # offsets of whole spectra do not count
        left.plot(x, 1e3 * rest.std(axis=0), color=colour, lw=1.2, label=label)
    left.axhline(1e3 * found.noise, color=GREY, lw=1.0, ls="--", label="noise")
    logarithmic(left)
    name_axes(left, "wavelength / nm", "left over / 0.001")
    left.legend(**(ABOVE | {"ncols": 3, "fontsize": 7}))
    time, name = time_axis(data.series)
    seen = found.band.size > 0.05
    right.plot(time[seen], 1e3 * found.band.shift[seen], "o-", ms=3, lw=0.9, color=MODEL)
    fits = "" if found.moving_fits else " (the moving band does not fit)"
    name_axes(right, name, "shift of the moving band / meV", found.answer + fits)
    return figure
