"""Figures of the model-free views: what stands above the noise, and how far an answer may turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.present.figures.drawing import Drawn, curve, finished
from prenuc.present.figures.fits import plot_logarithm
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import (
    DATA,
    GREY,
    MODEL,
    OTHER,
    SPECIES,
    logarithmic,
    name_axes,
    signal_of,
    time_axis,
    time_colours,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from prenuc.arrays import Array
    from prenuc.infer.modelfree.isosbestic import IsosbesticTest
    from prenuc.infer.modelfree.views import Views
    from prenuc.infer.noise.whitened import Whitened
    from prenuc.present.figures.drawing import Curve

ANSWERS = {"holds": (OTHER, "-"), "fails": (MODEL, "--"), "cannot tell": (GREY, ":")}
FAINT = 0.05  # of the largest band; where it is fainter, its shift says nothing


def plot_view(views: Views, layout: Layout, which: str = "components") -> Drawn:
    """Return the figure of a view.

    Args:
        views: What a series shows without a mechanism.
        layout: Size, fonts and title.
        which: "components", "evolving", "isosbestic", "resolution", "first-order" or "shift".

    Raises:
        InputError: There is no such view, or it could not be asked.
    """
    plots = {
        "components": _components,
        "evolving": _evolving,
        "isosbestic": _isosbestic,
        "resolution": _resolution,
        "first-order": _first_order,
        "shift": _shift,
    }
    if which not in plots:
        raise InputError(unknown_name("view", which, plots))
    asked = which.replace("-", "_")
    if getattr(views, asked) is None:
        raise InputError(f"the view {which} was not asked: {views.unasked[asked]}", "Draw another")
    return plots[which](views, layout)


def plotted_views(views: Views) -> list[str]:
    """Return the names of the views that can be drawn.

    Args:
        views: What a series shows without a mechanism.
    """
    asked = ("components", "evolving", "isosbestic", "resolution", "first_order", "shift")
    return [name.replace("_", "-") for name in asked if getattr(views, name) is not None]


@laid_out
def _components(views: Views, layout: Layout) -> Drawn:
    """Return a figure of the singular values with the noise drawn in, and of the courses."""
    found = views.components
    shown = len(found.singular_values)
    number = np.arange(1, shown + 1)
    figure, left, right = layout.pair(6.5)
    left.axhspan(0.1, found.noise_level, color="0.9", lw=0)
    left.axhline(found.noise_level, color=GREY, lw=1.0, ls="--")
    has = (found.roughness < found.rough_limit) & (found.singular_values > found.noise_level)
    for which, face, label in ((has, DATA, "with a course"), (~has, "white", "without a course")):
        size = found.singular_values[which]
        left.plot(number[which], size, "o", mfc=face, mec=DATA, color=DATA, label=label)
    logarithmic(left)
    left.set_ylim(0.3 * found.noise_level, 3.0 * float(found.singular_values[0]))
    left.set_xticks(number)
    name_axes(left, "component", "singular value / noise")
    left.legend()
    time, name = time_axis(found.whitened.series)
    courses = found.whitened.factors[0]
    for k in range(min(shown, len(SPECIES))):
        label = f"component {k + 1}"
        right.plot(time, courses[:, k], ".-", ms=3, lw=0.9, color=SPECIES[k], label=label)
    name_axes(right, name, "course (unit length)")
    layout.head(figure, [right])
    ranked = ", ".join(f"{one:.3g}" for one in found.singular_values)
    told = (
        f"Singular values over the noise: {ranked}; the dashed line, {found.noise_level:.3g}, is "
        f"what noise alone reaches in 1 of 100. Beside them their courses. {found.verdict}"
    )
    return finished(figure, told)


@laid_out
def _evolving(views: Views, layout: Layout) -> Drawn:
    """Return a figure of evolving factor analysis, forward and backward, with the noise."""
    found = views.evolving
    time, name = time_axis(found.series)
    figure, ((axes,),) = layout.grid(1, 1, height=7.0)
    both = np.minimum(found.forward_level, found.backward_level)
    axes.fill_between(time, 0.3 * both.min(), both, color="0.9", lw=0)
    axes.plot(time, found.forward_level, color=GREY, lw=0.9, label="noise, 99 %")
    axes.plot(time, found.backward_level, color=GREY, lw=0.9, ls="--")
    for k in range(found.forward.shape[1]):
        colour = SPECIES[k] if k < min(found.count, len(SPECIES)) else "0.75"
        label = f"component {k + 1}" if k < found.count else "_nolegend_"
        axes.plot(time, found.forward[:, k], color=colour, lw=1.2, label=label)
        axes.plot(time, found.backward[:, k], color=colour, lw=1.2, ls="--")
    logarithmic(axes)
    axes.set_ylim(0.3 * float(both.min()), 2.0 * float(np.nanmax(found.forward)))
    name_axes(axes, name, "singular value / noise")
    layout.titled("forward –, backward - -").head(figure, [axes])
    back = [
        curve(name, "singular value / noise", (time, found.backward[:, k]), f"{k + 1}, backward")
        for k in range(found.count)
    ]
    told = "Singular values over the noise of the spectra up to a time, and from it on."
    return finished(figure, f"{told} {found.verdict}", more=back)


@laid_out
def _isosbestic(views: Views, layout: Layout) -> Drawn:
    """Return a figure of the spectra with each crossing marked by its answer."""
    series, found = views.series, views.isosbestic
    figure, grid = layout.grid(2, 1, height=9.0, sharex=True, height_ratios=[3, 1])
    axes, below = grid[:, 0]
    colours = time_colours(len(series))
    for row, colour, label in zip(series.absorbance, colours, series.labels, strict=True):
        axes.plot(series.wavelength, row, color=colour, lw=0.7, label=label)
    spread = series.absorbance.std(axis=0, ddof=1)
    below.plot(series.wavelength, spread, color=DATA, lw=1.0, label="standard deviation")
    name_axes(axes, y=signal_of(series))
    name_axes(below, "wavelength / nm", "spread")
    logarithmic(below)
    axes.set_xlim(float(series.wavelength[0]), float(series.wavelength[-1]))
    figure.align_ylabels([axes, below])
    proxies = [line for panel in (axes, below) for line in _crossings(panel, found)]
    made = finished(figure, f"{len(series)} spectra, dark first and light last. {found.verdict}")
    layout.titled(", ".join(dict.fromkeys(proxies)) or "no crossing").head(figure)
    return made


def _crossings(panel: Axes, found: IsosbesticTest) -> Iterator[str]:
    """Draw the crossings, and yield what their lines mean."""
    words = {"-": "solid", "--": "dashed", ":": "dotted"}
    for one in found.crossings:
        colour, style = ANSWERS[one.answer]
        panel.axvline(one.position_nm, color=colour, ls=style, lw=1.1)
        at = [f"{c.position_nm:.1f}" for c in found.crossings if c.answer == one.answer]
        yield f"{words[style]}: {one.answer}, {' and '.join(at)} nm"


@laid_out
def _resolution(views: Views, layout: Layout) -> Drawn:
    """Return a figure of concentrations and spectra, each over the range that is as good."""
    found = views.resolution
    assert found is not None  # noqa: S101  plot_view refuses a view that was not asked
    time, name = time_axis(found.series)
    figure, left, right = layout.pair(7.0)
    share = "share" if found.closure else "concentration / its largest value"
    signal = f"{found.series.signal} of the component"
    bands: list[Curve] = []
    for k, one in enumerate(found.ranges):
        colour, label = SPECIES[k], f"component {k + 1}"
        left.plot(time, found.concentrations[:, k], color=colour, lw=1.2, label=label)
        right.plot(found.series.wavelength, found.spectra[k], color=colour, lw=1.2, label=label)
        for panel, x, band, heads in (
            (left, time, one.concentration_band, (name, share)),
            (right, found.series.wavelength, one.spectrum_band, ("wavelength / nm", signal)),
        ):
            panel.fill_between(x, band[0], band[1], color=colour, alpha=0.22, lw=0)
            ends = zip(("from", "to"), band, strict=True)
            bands += [curve(*heads, (x, edge), f"{label}, {end}") for end, edge in ends]
    name_axes(left, name, share)
    name_axes(right, "wavelength / nm", signal)
    title = "unique" if found.unique else "not unique: anything within the bands fits as well"
    layout.titled(title).head(figure, [left])
    return finished(
        figure, f"Concentrations and spectra of components. {found.verdict}", more=bands
    )


def _first_order(views: Views, layout: Layout) -> Drawn:
    assert views.first_order is not None  # noqa: S101  as above
    return plot_logarithm(views.first_order, layout)


@laid_out
def _shift(views: Views, layout: Layout) -> Drawn:
    """Return a figure of what each description leaves, and of the shift of the moving band."""
    found = views.shift
    assert found is not None  # noqa: S101  as above
    data = found.components.whitened
    figure, left, right = layout.pair(6.5)
    for fitted, colour, label in (
        (_two_spectra(data), DATA, "two fixed spectra"),
        (found.band.fitted, MODEL, "one moving band"),
    ):
        rest = data.series.absorbance - fitted
        rest = rest - rest.mean(axis=1, keepdims=True)  # offsets of whole spectra do not count
        left.plot(data.series.wavelength, 1e3 * rest.std(axis=0), color=colour, lw=1.2, label=label)
    noise = [1e3 * found.noise] * 2
    ends = [float(data.series.wavelength[0]), float(data.series.wavelength[-1])]
    left.plot(ends, noise, color=GREY, lw=1.0, ls="--", label="noise")
    logarithmic(left)
    name_axes(left, "wavelength / nm", "left over / 0.001")
    time, name = time_axis(data.series)
    seen = found.band.size > FAINT
    shift = 1e3 * found.band.shift[seen]
    right.plot(time[seen], shift, "o-", ms=3, lw=0.9, color=MODEL, label="one moving band")
    fits = "" if found.moving_fits else " (the moving band does not fit)"
    name_axes(right, name, "shift of the moving band / meV")
    layout.titled(found.answer + fits).head(figure, [left])
    told = f"What two fixed spectra and one moving band leave, and the shift. {found.verdict}"
    return finished(figure, told)


def _two_spectra(data: Whitened) -> Array:
    """Return what two components describe."""
    courses, size, spectra = data.factors
    found: Array = data.back((courses[:, :2] * size[:2]) @ spectra[:2])
    return found
