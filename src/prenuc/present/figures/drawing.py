"""A finished figure: how it looks, the numbers that it shows, and words for whoever cannot see it.

The numbers are read off the lines of the figure itself, so that a table beside a figure can hold
nothing else than what is drawn. A line without a name is a help for the eye, and no data.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.present.figures.style import NAMELESS
from prenuc.present.tables.sheet import Column, Sheet, cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

Curve = tuple[Column, Column]  # abscissa and ordinate


@dataclass(frozen=True)
class Drawn:
    """A figure with its numbers.

    Args:
        figure: As matplotlib has it.
        numbers: What is drawn.
        told: What it shows, with numbers, for whoever does not see it.
        notes: What of the data is not drawn, and what else a reader should know.
    """

    figure: Figure
    numbers: Sheet
    told: str
    notes: tuple[str, ...] = ()


def finished(
    figure: Figure,
    told: str,
    notes: Iterable[str] = (),
    *,
    name: str = "figure",
    more: Iterable[Curve] = (),
) -> Drawn:
    """Return a figure with the numbers of its named lines.

    Args:
        figure: The figure.
        told: What it shows.
        notes: What a reader should know.
        name: Of the sheet of its numbers.
        more: Curves that are drawn as areas or bars.
    """
    curves = [*(one for axes in _all_axes(figure) for one in _curves(axes)), *more]
    return Drawn(figure, side_by_side(name, _named_apart(curves)), told, tuple(notes))


def _named_apart(curves: Sequence[Curve]) -> list[Curve]:
    """Return curves so that no two have one heading: those that do say what their ordinate is."""
    count = Counter(up.comment for _, up in curves)
    return [
        (across, replace(up, comment=f"{up.comment}, {up.name}"))
        if count[up.comment] > 1
        else (across, up)
        for across, up in curves
    ]


def curve(x: str, y: str, numbers: tuple[Iterable[float], Iterable[float]], of: str = "") -> Curve:
    """Return a curve.

    Args:
        x: Heading of the abscissa, such as "time / min".
        y: Heading of the ordinate.
        numbers: Of both.
        of: What it is of, which tells it from others.
    """
    across, up = (Column.of(*one) for one in zip((x, y), numbers, strict=True))
    return across, Column(up.name, up.unit, up.cells, of)


def side_by_side(name: str, curves: Iterable[Curve]) -> Sheet:
    """Return curves as columns; those on one abscissa share it, shorter ones end early.

    The ordinates stand to the right of their abscissa. A second abscissa of one name says whose
    it is, "wavelength (noise)": who reads a table by its headings loses one of two alike.

    Args:
        name: Of the sheet.
        curves: Abscissa and ordinate of each.
    """
    columns: list[Column] = []
    known: set[str] = set()
    for _, group in groupby(curves, key=lambda one: (one[0].name, tuple(one[0].cells))):
        together = list(group)
        across, up = together[0]
        if across.name in known:
            across = replace(across, name=f"{across.name} ({up.heading})")
        known.add(across.name)
        columns += [across, *(ordinate for _, ordinate in together)]
    longest = max((len(one.cells) for one in columns), default=0)
    return Sheet(name, tuple(_padded(one, longest) for one in columns))


def _padded(column: Column, length: int) -> Column:
    rest = [None] * (length - len(column.cells))
    return Column(column.name, column.unit, [*column.cells, *rest], column.comment)


def _all_axes(figure: Figure) -> Iterator[Any]:
    for axes in figure.axes:
        yield axes
        yield from axes.child_axes  # an inset


def _curves(axes: Axes) -> Iterator[Curve]:
    """Yield the named lines of axes, and the bars of errors around named points."""
    across, title = _name(axes, "x"), " ".join(axes.get_title("left").split())
    up = _name(axes, "y") or title
    for line, name, bars in _named(axes):
        of = name if title in name else f"{name}, {title}".strip(", ")
        yield curve(across, up, _data(line), of)
        x = np.asarray(line.get_xdata(), dtype=float)
        for end, numbers in bars:
            yield curve(across, up, (x, numbers), f"{of}, {end}")


def _named(axes: Axes) -> Iterator[tuple[Line2D, str, list[tuple[str, Any]]]]:
    from matplotlib.container import ErrorbarContainer

    around = {}
    for one in axes.containers:
        if isinstance(one, ErrorbarContainer) and one.lines[2]:
            segments = np.array(one.lines[2][0].get_segments())
            ends = ("from", segments[:, 0, 1]), ("to", segments[:, 1, 1])
            around[one.lines[0]] = str(one.get_label()), list(ends)
    for line in axes.get_lines():
        name, bars = around.get(line, (str(line.get_label()), []))
        if not NAMELESS.fullmatch(name) and len(np.asarray(line.get_xdata())):
            yield line, name, bars


def _data(line: Line2D) -> tuple[list[float], list[float]]:
    x, y = (np.asarray(one, dtype=float).tolist() for one in line.get_data())
    return x, y


def _name(axes: Axes, which: str) -> str:
    """Return what an axis shows; where panels share one, the outer of them or the figure say so."""
    own = axes.get_xlabel() if which == "x" else axes.get_ylabel()
    whole = axes.figure.get_supxlabel() if which == "x" else axes.figure.get_supylabel()
    shared = axes.get_shared_x_axes() if which == "x" else axes.get_shared_y_axes()
    others = (one.get_xlabel() if which == "x" else one.get_ylabel() for one in axes.figure.axes
              if shared.joined(axes, one))  # fmt: skip
    return " ".join((own or next(filter(None, others), whole)).split())


def map_of(
    x: tuple[str, Iterable[float]], y: tuple[str, Iterable[float]], z: str, rows: object, of: str
) -> Iterator[Curve]:
    """Yield a map as curves: its number over y, one for each x.

    Args:
        x: Heading of the abscissa, and its numbers.
        y: Heading of the ordinate, and its numbers.
        z: Heading of the number.
        rows: Of the map, shape (y, x).
        of: What it is a map of.
    """
    unit = Column.of(x[0], ()).unit
    across = Column.of(y[0], y[1])
    for place, column in zip(x[1], np.asarray(rows, dtype=float).T, strict=True):
        head = Column.of(z, ())
        said = ", ".join(filter(None, (of, f"{place:.6g} {unit}".strip())))
        yield across, Column(head.name, head.unit, [*map(cell, column)], said)
