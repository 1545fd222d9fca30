"""How every figure looks: units on its axes, colours that colour-blind readers can tell apart."""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

NAMELESS = re.compile(r"_child\d+|_nolegend_")  # what matplotlib calls what was not named
# Found by search: of the six no two are nearer than 22 units of CAM02-UCS to a reader without one
# of the three cones (Machado, Oliveira and Fernandes 2009, IEEE Trans. Vis. Comput. Graph. 15,
# 1291), or 8 of lightness in grey. Those of Okabe and Ito (2008) have 11 and 0.8.
DATA, MODEL, OTHER = "#4c5ea9", "#da5819", "#21af8c"
SPECIES = (DATA, MODEL, OTHER, "#43244d", "#842928", "#b7ace3")
GREY = "0.55"
STYLE: Any = {
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "svg.hashsalt": "prenuc",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,  # TrueType, whose text can be edited and found
    "ps.fonttype": 42,
    "figure.constrained_layout.use": True,
    "text.parse_math": False,  # what a user writes between dollar signs is text
    "axes.formatter.useoffset": False,  # 350.2 is not "+3.5e2"
    "axes.formatter.limits": (-4, 5),  # powers of ten beyond which ticks have them in common
}
ALIVE = 0.02  # of the highest signal; what is less is not needed to be seen
BEYOND = 25.0  # nm, drawn beyond the last signal
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@contextmanager
def style() -> Iterator[None]:
    """Draw as all figures are drawn; a letter that the font lacks is a box, and no warning.

    Raises:
        InputError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        mend = "Install it: pip install 'prenuc[plot]'"
        raise InputError("matplotlib is not installed", mend) from None
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        yield


def new_figure(
    width: float, height: float, rows: int = 1, columns: int = 1, **layout: Any
) -> tuple[Figure, Any]:
    """Return a figure and its axes, one of them or an array.

    Args:
        width: In inches.
        height: In inches.
        rows: Of axes.
        columns: Of axes.
        layout: What matplotlib's ``subplots`` takes besides.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    return figure, figure.subplots(rows, columns, **layout)


def logarithmic(axes: Axes) -> None:
    """Give axes a logarithmic ordinate, with its powers of ten as text."""
    from matplotlib.ticker import FuncFormatter

    def label(value: float, _: object = None) -> str:
        mantissa, exponent = f"{value:.0e}".split("e")
        if -3 < int(exponent) < 4:
            return f"{value:g}"
        power = f"10{str(int(exponent)).translate(SUPERSCRIPTS)}"
        return power if mantissa == "1" else f"{mantissa}×{power}"

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(label))


def svg(figure: Figure, told: str = "") -> str:
    """Return a figure as an SVG element to be placed inside a page.

    Args:
        figure: The figure.
        told: What it shows, for whoever does not see it.
    """
    import io
    from html import escape

    text = io.StringIO()
    with style():
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    element = text.getvalue()[text.getvalue().index("<svg") :]
    spoken = f'<svg role="img" aria-label="{escape(told, quote=True)}"'
    return element.replace("<svg", spoken, 1) if told else element


def name_axes(
    axes: Axes, x: str = "", y: str = "", title: str = "", size: float | None = None
) -> None:
    """Write what axes show.

    Args:
        axes: Which.
        x: What stands along them, with its unit.
        y: What stands up them.
        title: Above them, on the left.
        size: Of the title, in points; that of all text when None.
    """
    axes.set(xlabel=x, ylabel=y)
    named = axes.set_title(title, loc="left")
    if size is not None:
        named.set_fontsize(size)


def named_handles(axes: Axes) -> list[tuple[Any, str]]:
    """Return what has a name in axes, and the name, also one that matplotlib would hide.

    Args:
        axes: Where.
    """
    from matplotlib.lines import Line2D

    lines = [(one, str(one.get_label())) for one in axes.get_lines()]
    others = zip(*axes.get_legend_handles_labels(), strict=True)
    return [
        *((line, name) for line, name in lines if not NAMELESS.fullmatch(name)),
        *((one, str(name)) for one, name in others if not isinstance(one, Line2D)),
    ]


def name_lines(
    where: Axes | Figure, lines: Sequence[Any], names: Sequence[str], **how: Any
) -> None:
    """Draw a legend with every name, also one that matplotlib would hide ("_blank", "").

    Args:
        where: Axes, or the figure.
        lines: What is named.
        names: One for each line; those of lines that are not drawn come last.
        how: What matplotlib's ``legend`` takes besides.
    """
    legend = where.legend(lines, [str(number) for number in range(len(lines))], **how)
    for text, name in zip(legend.get_texts(), names, strict=False):
        text.set_text(name)


def time_colours(count: int) -> Array:
    """Return colours from dark (first) to light (last), shape (count, 4)."""
    import matplotlib as mpl

    # The lightest colours of viridis cannot be seen on white.
    return np.asarray(mpl.colormaps["viridis"](np.linspace(0.0, 0.92, count)))


def time_bar(figure: Figure, axes: Axes, times: Array, name: str) -> Colorbar:
    """Draw the scale of :func:`time_colours`.

    Args:
        figure: Where.
        axes: Beside which axes.
        times: What the colours stand for, ascending.
        name: What it is, with its unit.
    """
    import matplotlib as mpl

    scale = mpl.cm.ScalarMappable(
        mpl.colors.Normalize(float(times[0]), float(times[-1])),
        mpl.colors.ListedColormap(time_colours(256)),
    )
    return figure.colorbar(scale, ax=axes, label=name)


def time_axis(series: SpectrumSeries) -> tuple[Array, str]:
    """Return the times and what they are, or the numbers of the spectra where none are known."""
    if np.all(np.isfinite(series.time)):
        return series.time, series.time_label
    return np.arange(1.0, len(series) + 1.0), "number of the spectrum"


def shown_wavelengths(series: SpectrumSeries) -> tuple[float, float]:
    """Return the wavelengths to show: all up to where the last signal has died away.

    Args:
        series: Spectra.
    """
    top = np.nan_to_num(np.fmax.reduce(np.abs(series.absorbance), axis=0))
    alive = np.flatnonzero(top > ALIVE * float(np.max(top)))
    last = min(float(series.wavelength[alive[-1] if alive.size else -1]) + BEYOND,
               float(series.wavelength[-1]))  # fmt: skip
    return float(series.wavelength[0]), last


def signal_of(series: SpectrumSeries) -> str:
    """Return what spectra show, for an axis.

    Args:
        series: Spectra.
    """
    return series.signal + ("" if series.signal == "absorbance" else " / arbitrary unit")
