"""Spectra coloured by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.present.figures.style import name_axes, new_figure, styled, time_bar, time_colours

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from prenuc.observe.series import SpectrumSeries


@styled
def plot_spectra(series: SpectrumSeries, *, title: str = "") -> Figure:
    """Return a figure of all spectra, coloured by time from dark (first) to light (last).

    Args:
        series: Measured or simulated spectra.
        title: Title, such as "Figure 2a, simulated".
    """
    figure = new_figure(5.2, 3.6)
    axes = figure.subplots()
    known = np.isfinite(series.time)
    many = bool(np.all(known)) and len(series) > 6
    colours = time_colours(len(series))
    for row, colour, label in zip(series.absorbance, colours, series.labels, strict=True):
        axes.plot(series.wavelength, row, color=colour, lw=0.9, label=None if many else label)
    if many:
        time_bar(figure, axes, series.time, f"time / {series.time_unit}")
    else:
        axes.legend(fontsize=8)
    unit = "" if series.signal == "absorbance" else " / arbitrary unit"
    name_axes(axes, "wavelength / nm", series.signal + unit, title, 9)
    axes.set_xlim(*shown_wavelengths(series))
    ceiling = _ceiling(series)
    if ceiling is not None:
        axes.set_ylim(-0.05 * ceiling, ceiling)
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
    last = min(int(alive[-1]) + len(top) // 12, len(top) - 1) if alive.size else len(top) - 1
    return float(series.wavelength[0]), float(series.wavelength[last])
