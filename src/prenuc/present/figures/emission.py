"""Figure of measured emission: every spectrum with its fit and maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import counted
from prenuc.present.figures.drawing import Drawn, curve, finished
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import (
    name_axes,
    signal_of,
    time_axis,
    time_bar,
    time_colours,
)

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

    from prenuc.observe.luminescence.measured import EmissionAnalysis


@laid_out
def plot_emission(analysis: EmissionAnalysis, layout: Layout) -> Drawn:
    """Return a figure of emission spectra (points), fits (lines) and maxima (ticks).

    Args:
        analysis: The spectra and what each shows.
        layout: Size, fonts and title.
    """
    series = analysis.series
    figure, ((axes,),) = layout.grid(1, 1, height=8.0, wide=True)
    colours = time_colours(len(series))
    tops: list[tuple[float, float]] = []
    for row, one, colour, name in zip(
        series.absorbance, analysis.found, colours, series.labels, strict=True
    ):
        axes.plot(series.wavelength, row, ".", ms=1.5, color=colour, label=name)
        if one.fitted is None:
            continue
        axes.plot(series.wavelength, one.fitted, color=colour, lw=0.9, label=f"{name}, fit")
        known = np.isfinite(one.fitted)
        top = np.interp(one.maximum_nm, series.wavelength[known], one.fitted[known])
        axes.plot(one.maximum_nm, top, "|", ms=9, mew=1.2, color="0.2")
        tops.append((float(one.maximum_nm), float(top)))
    if len(series) > 1:
        ends, name = time_axis(series)
        time_bar(figure, axes, ends, name)
    signal = signal_of(series)
    name_axes(axes, "wavelength / nm", signal)
    layout.head(figure, looks=_looks())
    where = [nm for nm, _ in tops]
    ends_told = f"maxima from {min(where):.4g} to {max(where):.4g} nm" if where else "no maximum"
    many = counted(len(series), "emission spectrum")
    told = f"{many} against wavelength with fits; {ends_told}."
    maxima = curve("wavelength / nm", signal, ([*where], [up for _, up in tops]), "maxima")
    return finished(figure, told, more=[maxima])


def _looks() -> list[Line2D]:
    """Return what the legend shows: how data, fits and maxima look, whatever their colour."""
    from matplotlib.lines import Line2D

    looks: dict[str, dict[str, Any]] = {
        "data": {"ls": "", "marker": ".", "ms": 3},
        "fit": {"lw": 0.9},
        "maximum of the band": {"ls": "", "marker": "|", "ms": 9, "mew": 1.2},
    }
    return [Line2D([], [], color="0.2", label=name, **look) for name, look in looks.items()]
