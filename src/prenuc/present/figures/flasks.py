"""Spectra of several flasks, and what a calibrated mechanism says they should be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.present.figures.style import (
    name_axes,
    new_figure,
    styled,
    time_colours,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.infer.selection.spectra_verdict import SpectraCalibration
    from prenuc.observe.series import SpectrumSeries

COLUMNS = 3
SHOWN = 6  # spectra of a flask


@styled
def plot_flasks(found: SpectraCalibration) -> Figure:
    """Return a figure of each flask: spectra as dots, predicted ones as lines, dark to light.

    Below each, what is left, in units of 0.001.

    Args:
        found: The calibration.
    """
    count = len(found.seen)
    columns = min(COLUMNS, count)
    rows = math.ceil(count / columns)
    figure, grid = new_figure(
        3.1 * columns + 0.4, 3.2 * rows + 0.3, 2 * rows, columns, squeeze=False, sharex=True,
        height_ratios=[3, 1] * rows,
    )  # fmt: skip
    for place, (name, series) in enumerate(found.seen.items()):
        row, column = divmod(place, columns)
        above, below = grid[2 * row][column], grid[2 * row + 1][column]
        _flask(above, below, series, found.predicted[name])
        name_axes(above, "", "absorbance" if column == 0 else "", name)
        last = place + columns >= count
        name_axes(
            below,
            "wavelength / nm" if last else "",
            "residual\n/ 0.001" if column == 0 else "",
        )
        below.tick_params(labelbottom=last)
    for place in range(count, rows * columns):
        row, column = divmod(place, columns)
        grid[2 * row][column].set_axis_off()
        grid[2 * row + 1][column].set_axis_off()
    figure.suptitle(
        f"{found.mechanism.name}: residuals {found.misfit:.2g} times the noise", fontsize=9
    )
    return figure


def _flask(above: Axes, below: Axes, series: SpectrumSeries, predicted: Array) -> None:
    shown = np.unique(np.linspace(0, len(series) - 1, min(SHOWN, len(series))).round().astype(int))
    below.axhline(0.0, color="0.6", lw=0.8)
    for i, colour in zip(shown.tolist(), time_colours(len(shown)), strict=True):
        label = f"{series.time[i]:.4g} {series.time_unit}"
        above.plot(series.wavelength, series.absorbance[i], ".", ms=2, color=colour)
        above.plot(series.wavelength, predicted[i], color=colour, lw=1.1, label=label)
        below.plot(
            series.wavelength, 1e3 * (series.absorbance[i] - predicted[i]), color=colour, lw=0.7
        )
    above.legend(fontsize=6)
