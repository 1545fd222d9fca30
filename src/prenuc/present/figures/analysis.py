"""Figures of an analysis: every pick on its curve, each fit, position and size against time.

A pick that cannot be seen cannot be judged, so every figure draws the pick where it was made:
a filled circle for a peak, an open one for a shoulder, nothing where it is unresolved. The pick is
the centre of the band without its background; where the curve itself has its maximum, which the
background shifts to the blue, stands a tick.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import counted
from prenuc.present.figures.drawing import Drawn, curve, finished
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import (
    DATA,
    MODEL,
    OTHER,
    name_axes,
    name_lines,
    signal_of,
    time_axis,
    time_bar,
    time_colours,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.observe.analysis import Analysis
    from prenuc.observe.features import Feature
    from prenuc.present.figures.drawing import Curve

MOST_ROWS = 6


@laid_out
def plot_picks(analysis: Analysis, layout: Layout) -> Drawn:
    """Return a figure of all spectra, coloured by time, with the pick marked on each curve.

    Args:
        analysis: Spectra and what they show.
        layout: Size, fonts and title.
    """
    series = analysis.series
    figure, ((axes,),) = layout.grid(1, 1, height=9.0, wide=True)
    colours = time_colours(len(series))
    for row, found, colour, name in zip(
        series.absorbance, analysis.found, colours, series.labels, strict=True
    ):
        axes.plot(series.wavelength, row, color=colour, lw=0.9, label=name)
        known = np.isfinite(row)
        _mark(axes, found.feature, series.wavelength[known], row[known], colour)
        if found.doubts:
            at = found.feature.position_nm
            height = float(np.interp(at, series.wavelength[known], row[known]))
            axes.plot(at, height, "x", ms=9, mew=1.4, color=MODEL, zorder=6)
    _explain_marks(axes, analysis)
    _explain_colours(figure, axes, analysis)
    name_axes(axes, "wavelength / nm", signal_of(series))
    axes.set_xlim(*_around(analysis))
    _fit_heights(axes, analysis)
    layout.head(figure)
    return finished(figure, _told(analysis), analysis.warnings, more=_picked(analysis))


def _told(analysis: Analysis) -> str:
    """Return how many first excitons were found, and where the first and the last of them are."""
    seen = [one.feature for one in analysis.found if one.feature.status != "unresolved"]
    many = f"{counted(len(seen), 'first exciton')} in {counted(len(analysis.found), 'spectrum')}"
    ends = [f"{one.position_nm:.1f} nm ({one.status}, {one.label})" for one in seen]
    where = f", from {ends[0]} to {ends[-1]}" if len(ends) > 1 else "".join(f": {o}" for o in ends)
    return f"{analysis.series.signal} against wavelength: {many}{where}."


def _picked(analysis: Analysis) -> list[Curve]:
    """Return where the marks stand on the curves."""
    series, found = analysis.series, []
    for status in ("peak", "shoulder"):
        at, heights = [], []
        for one, row in zip(analysis.found, series.absorbance, strict=True):
            if one.feature.status == status:
                known = np.isfinite(row)
                at.append(one.feature.position_nm)
                heights.append(np.interp(at[-1], series.wavelength[known], row[known]))
        if at:
            found.append(curve("first exciton / nm", signal_of(series), (at, heights), status))
    return found


def _mark(
    axes: Axes,
    feature: Feature,
    wavelength: Array,
    row: Array,
    colour: object,
) -> None:
    """Draw a pick on its curve, over its 95 % interval."""
    if feature.status == "unresolved":
        return
    low, high = feature.ci95_nm
    inside = np.linspace(low, high, 9)
    axes.plot(inside, np.interp(inside, wavelength, row), color=colour, lw=2.4, alpha=0.45)
    height = float(np.interp(feature.position_nm, wavelength, row))
    face = colour if feature.status == "peak" else "white"
    axes.plot(feature.position_nm, height, "o", ms=5, mfc=face, mec=colour, mew=1.1, zorder=5)
    if feature.maximum_nm is not None:
        top = float(np.interp(feature.maximum_nm, wavelength, row))
        axes.plot(feature.maximum_nm, top, "|", ms=7, color=colour, mew=1.1)


def _explain_marks(axes: Axes, analysis: Analysis) -> None:
    """Write a legend of the marks that occur."""
    statuses = [found.feature.status for found in analysis.found]
    many = {status: statuses.count(status) for status in ("peak", "shoulder", "unresolved")}
    face = {"peak": "0.25", "shoulder": "white", "unresolved": "none"}
    marks: list[tuple[str, dict[str, Any]]] = [
        (f"{status} ({number})", {"marker": "o", "ms": 5, "mfc": face[status], "mec": "0.25"})
        for status, number in many.items()
        if number and status != "unresolved"
    ]
    if many["unresolved"]:
        marks.append((f"unresolved ({many['unresolved']})", {"marker": ""}))
    if any(found.feature.maximum_nm is not None for found in analysis.found):
        marks.append(("maximum of the curve", {"marker": "|", "ms": 7, "color": "0.25"}))
    if doubted := sum(bool(found.doubts) for found in analysis.found):
        look = {"marker": "x", "ms": 8, "mew": 1.4, "color": MODEL}
        marks.append((f"doubted ({doubted})", look))
    lines = [axes.plot([], [], ls="", **look)[0] for _, look in marks]
    name_lines(axes, lines, [name for name, _ in marks], loc="upper right")


def _explain_colours(figure: Figure, axes: Axes, analysis: Analysis) -> None:
    """Draw the scale of times, or write the labels where no times are known."""
    import matplotlib as mpl

    series = analysis.series
    if len(series) < 2:
        return
    ends, name = time_axis(series)
    bar = time_bar(figure, axes, ends, name)
    if ends is not series.time:
        bar.locator = mpl.ticker.MaxNLocator(integer=True)


def _around(analysis: Analysis) -> tuple[float, float]:
    """Return the wavelengths to show: from well above the bands to well below them."""
    first, last = analysis.series.wavelength[[0, -1]].tolist()
    seen = [f.feature for f in analysis.found if f.feature.status != "unresolved"]
    if not seen:
        return first, last
    red = max(one.position_nm + 6 * one.hwhm_nm for one in seen)
    blue = min(one.position_nm - 8 * one.hwhm_nm for one in seen)
    return max(first, blue), min(last, red)


def _fit_heights(axes: Axes, analysis: Analysis) -> None:
    """Show the bands, not the edge far above them."""
    low, high = axes.get_xlim()
    series = analysis.series
    shown = series.absorbance[:, (series.wavelength >= low) & (series.wavelength <= high)]
    bottom, top = float(np.nanmin(shown)), float(np.nanmax(shown))
    tops = [
        float(
            np.interp(
                f.feature.maximum_nm or f.feature.position_nm,
                series.wavelength[np.isfinite(row)],
                row[np.isfinite(row)],
            )
        )
        for f, row in zip(analysis.found, series.absorbance, strict=True)
        if f.feature.status != "unresolved"
    ]
    if tops:
        top = min(top, bottom + 2.2 * (max(tops) - bottom))
    if top > bottom:
        axes.set_ylim(bottom - 0.03 * (top - bottom), top + 0.03 * (top - bottom))


@laid_out
def plot_bands(analysis: Analysis, layout: Layout) -> Drawn:
    """Return one small panel per spectrum: the data, the fit, and the band without background.

    Args:
        analysis: Spectra and what they show; of more than a page holds, an even choice.
        layout: Size, fonts and title.
    """
    number = len(analysis.found)
    most = min(number, MOST_ROWS * layout.columns(number))
    chosen = np.unique(np.linspace(0, number - 1, most).round().astype(int))
    figure, panels = layout.axes(len(chosen), share_x=False, share_y=False)
    for axes, i in zip(panels, chosen.tolist(), strict=False):
        _panel(axes, analysis, i, partial(layout.wrapped, panels=len(chosen), share=0.85))
    figure.supxlabel("wavelength / nm", fontsize=layout.font)
    figure.supylabel(signal_of(analysis.series), fontsize=layout.font)
    layout.titled("dots: data; line: fit; dashed: the band alone").head(figure)
    some = [f"{len(chosen)} of {number} spectra are drawn"] if number > len(chosen) else []
    told = f"Each spectrum near its band with the fit behind the pick. {_told(analysis)}"
    return finished(figure, told, some)


def _panel(axes: Axes, analysis: Analysis, i: int, wrapped: Callable[[str], str]) -> None:
    """Draw one spectrum near its band, with the fit behind the pick."""
    series, feature = analysis.series, analysis.found[i].feature
    x, y = series.wavelength, series.absorbance[i]
    axes.locator_params(nbins=4)
    if feature.status == "unresolved":
        axes.plot(x, y, color=DATA, lw=0.8, label="data")
        axes.set_title(wrapped(f"{feature.label}: unresolved"), loc="left")
        return
    near = (x > feature.wavelength[0]) & (x < feature.wavelength[-1])
    axes.plot(x[near], y[near], ".", ms=1.6, color=DATA, label="data")
    parts = feature.components
    axes.plot(feature.wavelength, sum(parts.values()), color=MODEL, lw=0.9, label="fit")
    base = float(np.min(parts["background"]))
    band = parts["exciton"] + base
    axes.plot(feature.wavelength, band, color=OTHER, lw=0.9, ls="--", label="band")
    axes.axvspan(*feature.ci95_nm, color="0.85", lw=0)
    axes.axvline(feature.position_nm, color="0.3", lw=0.8)
    where = f"{feature.status} {feature.position_nm:.1f} nm"
    axes.set_title(wrapped(f"{feature.label}: {where}"), loc="left")


@laid_out
def plot_trend(analysis: Analysis, layout: Layout) -> Drawn:
    """Return a figure of the peak position and, with a material, the size against time.

    Args:
        analysis: Spectra and what they show. Bars are 95 % intervals; those of a diameter come
            from the interval of the position alone.
        layout: Size, fonts and title.
    """
    series = analysis.series
    time, name = time_axis(series)
    sized = any(found.size is not None for found in analysis.found)
    figure, grid = layout.grid(2 if sized else 1, 1, height=11.0 if sized else 6.5, sharex=True)
    panels = grid[:, 0]
    _positions(panels[0], analysis, time)
    if sized:
        _diameters(panels[1], analysis, time)
    panels[-1].set_xlabel(name)
    if time is not series.time:
        panels[-1].xaxis.get_major_locator().set_params(integer=True)
    figure.align_ylabels(panels)
    layout.head(figure, panels)
    told = f"First exciton{' and diameter' if sized else ''} against time. {_told(analysis)}"
    return finished(figure, told)


def _positions(axes: Axes, analysis: Analysis, time: Array) -> None:
    """Draw the positions with their intervals, and the catalogued lines that were matched."""
    for status, face in (("peak", DATA), ("shoulder", "white")):
        at = [i for i, one in enumerate(analysis.found) if one.feature.status == status]
        if not at:
            continue
        here = [analysis.found[i].feature for i in at]
        middle = np.array([one.position_nm for one in here])
        low, high = np.array([one.ci95_nm for one in here]).T
        bars = np.array([middle - low, high - middle])
        axes.errorbar(
            time[at], middle, bars, fmt="o", ms=4, mfc=face, color=DATA, lw=0.9, label=status
        )
    matched = {line.species: line for one in analysis.found for line in one.clusters}
    for line in matched.values():
        axes.axhline(line.positions[-1], color=MODEL, lw=0.8, ls="--", label=line.species)
    if not any(one.feature.status != "unresolved" for one in analysis.found):
        at_middle: Any = {"ha": "center", "va": "center", "transform": axes.transAxes}
        axes.text(0.5, 0.5, "no first exciton was found", **at_middle)
        axes.set_yticks([])
    axes.set_ylabel("first exciton / nm")


def _diameters(axes: Axes, analysis: Analysis, time: Array) -> None:
    """Draw the diameters by each curve that was used, with the intervals of the positions."""
    used = dict.fromkeys(one.size.curve for one in analysis.found if one.size is not None)
    for name, colour in zip(used, (DATA, OTHER, MODEL), strict=False):
        at = [i for i, f in enumerate(analysis.found) if f.size and f.size.curve == name]
        middle = np.array([analysis.found[i].diameter_nm for i in at])
        ends = [
            analysis.found[i].diameter_ci95_nm or (m, m) for i, m in zip(at, middle, strict=True)
        ]
        low, high = np.array(ends).T
        bars = np.array([middle - low, high - middle])
        axes.errorbar(time[at], middle, bars, fmt="s", ms=4, color=colour, lw=0.9, label=name)
    axes.set_ylabel("diameter / nm")
