"""Spectra of several flasks, and what a calibrated mechanism says they should be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.present.figures.drawing import Drawn, finished
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import GREY, name_axes, time_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from prenuc.arrays import Array
    from prenuc.infer.selection.spectra_verdict import SpectraCalibration
    from prenuc.observe.series import SpectrumSeries

COLUMNS = 3
SHOWN = 5  # spectra of a flask
OF_TITLES = 0.85  # of the width; beside the panels stand numbers and the ordinate's name


@laid_out
def plot_flasks(found: SpectraCalibration, layout: Layout) -> Drawn:
    """Return a figure of each flask: spectra as dots, predicted ones as lines, dark to light.

    Below each, what is left, in units of 0.001.

    Args:
        found: The calibration.
        layout: Size, fonts and title.
    """
    count = len(found.seen)
    columns = min(COLUMNS, layout.columns(count))
    rows = math.ceil(count / columns)
    figure, grid = layout.grid(
        2 * rows, columns, height=7.5 * rows + 1.0, wide=columns > 1, sharex=True,
        height_ratios=[3, 1] * rows,
    )  # fmt: skip
    for place, (name, series) in enumerate(found.seen.items()):
        row, column = divmod(place, columns)
        above, below = grid[2 * row][column], grid[2 * row + 1][column]
        _flask(above, below, series, found.predicted[name], name)
        name_axes(above, y="absorbance")
        above.set_title(layout.wrapped(name, count, share=OF_TITLES), loc="left")
        last = place + columns >= count
        name_axes(below, "wavelength / nm" if last else "", "residual\n/ 0.001")
        for axes in (above, below):
            axes.yaxis.label.set_visible(column == 0)  # their numbers are named in every column
        below.tick_params(labelbottom=last)
    for axes in grid.reshape(rows, 2, columns).transpose(0, 2, 1).reshape(-1, 2)[count:].ravel():
        axes.set_axis_off()
    figure.align_ylabels(grid[:, 0])
    said = f"{found.mechanism.name}: residuals {found.misfit:.2g} times the noise"
    layout.titled(said).head(figure)
    several = [
        f"{SHOWN} of {len(one)} spectra of {name} are drawn"
        for name, one in found.seen.items()
        if len(one) > SHOWN
    ]
    told = f"Spectra of {', '.join(found.seen)} as dots, predicted ones as lines; {said}."
    return finished(figure, told, several)


def _flask(above: Axes, below: Axes, series: SpectrumSeries, predicted: Array, name: str) -> None:
    shown = np.unique(np.linspace(0, len(series) - 1, min(SHOWN, len(series))).round().astype(int))
    below.axhline(0.0, color=GREY, lw=0.8)
    lines = []
    for i, colour in zip(shown.tolist(), time_colours(len(shown)), strict=True):
        label = f"{series.time[i]:.4g} {series.time_unit}"
        data, x = series.absorbance[i], series.wavelength
        above.plot(x, data, ".", ms=2, color=colour, label=f"{label}, data")
        lines += above.plot(x, predicted[i], color=colour, lw=1.1, label=label)
        left = f"{label}, residual, {name}"
        below.plot(x, 1e3 * (data - predicted[i]), color=colour, lw=0.7, label=left)
    above.legend(handles=lines)
