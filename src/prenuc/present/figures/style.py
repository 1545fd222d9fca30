"""How every figure looks: units on its axes, colours that colour-blind readers can tell apart."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from prenuc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

Given = ParamSpec("Given")
DATA, MODEL, OTHER = "#0072B2", "#D55E00", "#009E73"  # Okabe and Ito 2008, colour universal design
SPECIES = (DATA, MODEL, OTHER, "#CC79A7", "#E69F00", "#56B4E9")
# A legend above the axes.
ABOVE: Any = {"fontsize": 8, "loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": 4}
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
}
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


def styled(plot: Callable[Given, Figure]) -> Callable[Given, Figure]:
    """Draw with the style of all figures.

    Raises:
        InputError: matplotlib is not installed.
    """

    @wraps(plot)
    def draw(*given: Given.args, **named: Given.kwargs) -> Figure:
        with style():
            return plot(*given, **named)

    return draw


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


def svg(figure: Figure) -> str:
    """Return a figure as an SVG element to be placed inside a page."""
    import io

    text = io.StringIO()
    with style():
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def name_axes(axes: Axes, x: str = "", y: str = "", title: str = "", size: float = 8.0) -> None:
    """Write what axes show.

    Args:
        axes: Which.
        x: What stands along them, with its unit.
        y: What stands up them.
        title: Above them, on the left.
        size: Of the title, in points.
    """
    axes.set(xlabel=x, ylabel=y)
    axes.set_title(title, loc="left", fontsize=size)


def name_lines(axes: Axes, lines: Sequence[Any], names: Sequence[str]) -> None:
    """Draw a legend with every name, also one that matplotlib would hide ("_blank", "").

    Args:
        axes: Where.
        lines: What is named.
        names: One for each line; those of lines that are not drawn come last.
    """
    legend = axes.legend(lines, [str(number) for number in range(len(lines))], fontsize=8)
    for text, line, name in zip(legend.get_texts(), lines, names, strict=False):
        text.set_text(name)
        line.set_label(name)


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
