"""Figure of measured emission: every spectrum with its fit and maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.present.figures.style import (
    name_axes,
    new_figure,
    styled,
    time_axis,
    time_bar,
    time_colours,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from prenuc.observe.luminescence.measured import Emission
    from prenuc.observe.series import SpectrumSeries


@styled
def plot_emission(series: SpectrumSeries, found: Sequence[Emission], *, title: str = "") -> Figure:
    """Return a figure of emission spectra (points), fits (lines) and maxima (ticks).

    Args:
        series: The spectra.
        found: What each shows.
        title: Title, such as the name of the file.
    """
    figure, axes = new_figure(6.0, 4.2)
    colours = time_colours(len(series))
    for row, one, colour in zip(series.absorbance, found, colours, strict=True):
        axes.plot(series.wavelength, row, ".", ms=1.5, color=colour)
        if one.fitted is None:
            continue
        axes.plot(series.wavelength, one.fitted, color=colour, lw=0.9)
        known = np.isfinite(one.fitted)
        top = np.interp(one.maximum_nm, series.wavelength[known], one.fitted[known])
        axes.plot(one.maximum_nm, top, "|", ms=9, mew=1.2, color="0.2")
    if len(series) > 1:
        ends, name = time_axis(series)
        time_bar(figure, axes, ends, name)
    name_axes(axes, "wavelength / nm", series.signal, title, 9)
    return figure
