"""Figures: spectra coloured by time, a fitted trace with its linearised inset.

Every figure has units on its axes and colours that colour-blind readers can tell apart, and is
written the same, byte for byte, each time (SVG, PDF, PNG by the file's ending).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, Problem
from prenuc.infer.first_order import linearised
from prenuc.infer.growth import growth_of
from prenuc.infer.results import GlobalFit, ManyFit
from prenuc.present.files import whole

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.infer.results import Fit
    from prenuc.observe.series import SpectrumSeries

DATA, MODEL, OTHER = "#0072B2", "#D55E00", "#009E73"  # Okabe and Ito 2008, colour universal design
SPECIES = (DATA, MODEL, OTHER, "#CC79A7", "#E69F00", "#56B4E9")
FORMATS = (".svg", ".pdf", ".png")
STYLE: Any = {
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "svg.hashsalt": "prenuc",
    "svg.fonttype": "none",
    "figure.constrained_layout.use": True,
}


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, width and height in inches.

    Raises:
        InputError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError(
            Problem("matplotlib is not installed", "Install it: pip install 'prenuc[plot]'")
        ) from None
    return Figure(figsize=(width, height))


def plot_spectra(series: SpectrumSeries, *, title: str = "") -> Figure:
    """Return a figure of all spectra, coloured by time from dark (first) to light (last).

    Args:
        series: Measured or simulated spectra.
        title: Title, such as "Figure 2a, simulated".
    """
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        figure = new_figure(5.2, 3.6)
        axes = figure.subplots()
        known = np.isfinite(series.time)
        many = bool(np.all(known)) and len(series) > 6
        colours = mpl.colormaps["viridis"](np.linspace(0.0, 0.92, len(series)))
        for row, colour, label in zip(series.absorbance, colours, series.labels, strict=True):
            axes.plot(series.wavelength, row, color=colour, lw=0.9, label=None if many else label)
        if many:
            scale = mpl.cm.ScalarMappable(
                mpl.colors.Normalize(float(series.time[0]), float(series.time[-1])),
                mpl.colors.ListedColormap(mpl.colormaps["viridis"](np.linspace(0.0, 0.92, 256))),
            )
            figure.colorbar(scale, ax=axes, label=f"time / {series.time_unit}")
        else:
            axes.legend(fontsize=8)
        axes.set_xlabel("wavelength / nm")
        unit = "" if series.signal == "absorbance" else " / arbitrary unit"
        axes.set_ylabel(series.signal + unit)
        axes.set_xlim(*_interesting(series))
        ceiling = _ceiling(series)
        if ceiling is not None:
            axes.set_ylim(-0.05 * ceiling, ceiling)
        axes.set_title(title, loc="left", fontsize=9)
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


def _interesting(series: SpectrumSeries) -> tuple[float, float]:
    """Return the wavelengths to show: all up to where the last signal has died away."""
    top = np.nan_to_num(np.fmax.reduce(np.abs(series.absorbance), axis=0))
    alive = np.flatnonzero(top > 0.02 * float(np.max(top)))
    last = min(int(alive[-1]) + len(top) // 12, len(top) - 1) if alive.size else len(top) - 1
    return float(series.wavelength[0]), float(series.wavelength[last])


def plot_fit(fit: Fit, *, title: str = "") -> Figure:
    """Return a figure of a trace, its fit and residuals; for growth, ln(A∞ − A) as an inset.

    Args:
        fit: A fitted trace.
        title: Title, such as "Figure 2b, simulated".
    """
    import matplotlib as mpl

    trace = fit.trace
    with mpl.rc_context(STYLE):
        figure = new_figure(5.2, 3.9)
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        axes.plot(trace.time, trace.value, "o", ms=3, mfc="none", color=DATA, label="signal")
        axes.plot(trace.time, fit.fitted, color=MODEL, lw=1.2, label="fit")
        axes.set_ylabel(trace.name)
        axes.legend(loc="best", fontsize=8)
        axes.set_title(f"{title}: {fit.scheme}" if title else fit.scheme, loc="left", fontsize=9)
        below.axhline(0.0, color="0.6", lw=0.8)
        below.plot(trace.time, 1e3 * fit.residuals, ".", ms=3, color=DATA)
        below.set_ylabel("residual\n/ 0.001", fontsize=8)
        below.set_xlabel(f"time / {trace.time_unit}")
        _inset(axes, fit)
    return figure


def plot_global_fit(fit: GlobalFit) -> Figure:
    """Return a figure of the species' spectra and of their shares against time.

    Args:
        fit: Spectra fitted at all wavelengths at once.
    """
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        figure = new_figure(7.4, 3.4)
        left, right = figure.subplots(1, 2)
        for species, spectrum, share, colour in zip(
            fit.species, fit.spectra, fit.concentrations.T, SPECIES, strict=False
        ):
            left.plot(fit.series.wavelength, spectrum, color=colour, lw=1.2, label=species)
            right.plot(fit.series.time, share, color=colour, lw=1.2, label=species)
        left.set_xlabel("wavelength / nm")
        left.set_ylabel(f"{fit.series.signal} of the pure species")
        right.set_xlabel(f"time / {fit.series.time_unit}")
        right.set_ylabel("share")
        right.legend(fontsize=8)
        left.set_title(fit.scheme, loc="left", fontsize=9)
        left.set_xlim(*_interesting(fit.series))
    return figure


def plot_many_fit(fit: ManyFit) -> Figure:
    """Return a figure of every data set and its fit against time, where its signal changes most.

    Args:
        fit: Many data sets fitted at once.
    """
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        colours = mpl.colormaps["viridis"](np.linspace(0.0, 0.92, len(fit.sets)))
        figure = new_figure(6.4, 3.9)
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        for one, colour in zip(fit.sets, colours, strict=True):
            series, fitted = one.series, fit.fitted[one.label]
            at = int(np.argmax(np.ptp(fitted, axis=0)))
            several = len(series.wavelength) > 1
            name = f"{one.label}, {series.wavelength[at]:g} nm" if several else one.label
            data = series.absorbance[:, at]
            axes.plot(series.time, data, "o", ms=3, mfc="none", color=colour)
            axes.plot(series.time, fitted[:, at], color=colour, lw=1.2, label=name)
            below.plot(series.time, 1e3 * (data - fitted[:, at]), ".", ms=3, color=colour)
        axes.set_ylabel(fit.sets[0].series.signal)
        axes.legend(fontsize=8)
        axes.set_title(fit.scheme, loc="left", fontsize=9)
        below.axhline(0.0, color="0.6", lw=0.8)
        below.set_ylabel("residual\n/ 0.001", fontsize=8)
        below.set_xlabel(f"time / {fit.sets[0].series.time_unit}")
    return figure


def plot_any_fit(fit: Fit | GlobalFit | ManyFit) -> Figure:
    """Return the figure of a trace's fit, of a global fit, or of many data sets."""
    if isinstance(fit, ManyFit):
        return plot_many_fit(fit)
    return plot_global_fit(fit) if isinstance(fit, GlobalFit) else plot_fit(fit)


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
    inset.set_title("ln(A∞ − A) while above 0.001", fontsize=7, loc="left")
    inset.tick_params(labelsize=7)


def svg(figure: Figure) -> str:
    """Return a figure as an SVG element to be placed inside a page."""
    import io

    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def save(figure: Figure, path: Path) -> Path:
    """Write a figure; the format follows from the file's ending.

    Raises:
        InputError: The ending is none of .svg, .pdf, .png, or the file cannot be written.
    """
    import matplotlib as mpl

    if path.suffix not in FORMATS:
        what = f"'{path.suffix}' is not a figure format"
        raise InputError(Problem(what, "Use " + ", ".join(FORMATS), where=str(path)))
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix, {})
    with mpl.rc_context(STYLE), whole(path) as partial:
        figure.savefig(partial, format=path.suffix[1:], dpi=160, metadata=metadata)
    return path
