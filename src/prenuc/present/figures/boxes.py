"""Species as boxes and ways as arrows, in centimetres of the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.present.figures.layers import placed
from prenuc.present.figures.page_size import CM, DOUBLE, LETTER, LINE, POINT_CM, Layout
from prenuc.present.figures.style import DATA, MODEL, OTHER, SPECIES, new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.present.figures.layers import Places

LAYER = 2.3  # cm, from one layer to the next at least, for a drawing from left to right
DEEP, HIGH = 2.0, 1.2  # cm, from layer to layer from top to bottom, and from place to place
GAP = 0.8  # cm, between boxes for an arrow and its number
STAGGER = 0.46  # cm
PRECURSOR = "precursor"
PAD = 0.14  # cm, between a word and its box
SPACING = 1.3  # height of a line below a drawing over the size of its letters
SPARE = 0.06  # of a letter's size that is kept free beyond that, so that no line is cut
EDGE = 0.25  # cm, free all around
PLACES = 0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78  # of an arrow, where its number may stand
BESIDE = 2.0, -2.0, 3.0, -3.0  # halves of a number, from there, where all these are taken
COLOURS = {PRECURSOR: "0.3", "assembly": SPECIES[5], "PC": DATA, "MSC": MODEL, "QD": SPECIES[4]}

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # x, y, and half of width and height


@dataclass(frozen=True)
class Arrow:
    """A way as it is drawn.

    Args:
        start: From which species.
        end: To which.
        said: Beside it.
        width: In points.
        both: Whether it has a head at both ends.
        seen: Whether it is a line; else it is dotted.
    """

    start: str
    end: str
    said: str
    width: float
    both: bool = False
    seen: bool = True


def drawing(
    layout: Layout,
    kinds: Mapping[str, str],
    beside: Mapping[str, str],
    arrows: Sequence[Arrow],
    legend: Sequence[str],
) -> Figure:
    """Return species as boxes, ways as arrows, and below them what is said of them.

    Args:
        layout: Size, fonts and title.
        kinds: What each species is, which is its colour.
        beside: What stands in its box, below its name.
        arrows: The ways.
        legend: Lines below.
    """
    size, width = layout.small, layout.width or DOUBLE
    words = {name: [name, beside[name]] if beside.get(name) else [name] for name in kinds}
    halves = {name: _half(said, size) for name, said in words.items()}
    grid = _Grid.of([*kinds], [_forward(one, kinds) for one in arrows], width, halves)
    figure, axes, bottom = written_page(layout, grid.height, legend)
    where = {name: grid.spot(at, bottom) for name, at in grid.places.species.items()}
    boxes: dict[str, Box] = {name: (*where[name], *halves[name]) for name in kinds}
    taken = [*boxes.values()]
    for one in arrows:
        bends = [grid.spot(at, bottom) for at in _bends(one, grid.places)]
        way = _way([where[one.start], *bends, where[one.end]], boxes[one.start], boxes[one.end])
        _draw_arrow(axes, one, way)
        if one.said:
            _write_beside(axes, one.said, way, taken, size)
    for name, said in words.items():
        look = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": COLOURS.get(kinds[name], OTHER)}
        middle_of: Any = {"ha": "center", "va": "center", "bbox": {**look, "lw": 1.2}}
        axes.text(*where[name], "\n".join(said), fontsize=size, zorder=4, **middle_of)
    return figure


def written_page(
    layout: Layout, middle: float, lines: Sequence[str], above: int = 0
) -> tuple[Figure, Axes, float]:
    """Return a page with its title above and lines below, and where the free middle begins.

    Args:
        layout: Size, fonts and title.
        middle: Height of the middle in cm.
        lines: Below it, in columns where the page is wide.
        above: Lines that are kept free above the middle.
    """
    size, width = layout.small, layout.width or DOUBLE
    columns = 2 if width >= DOUBLE and len(lines) > 4 else 1
    head = layout.over(width, 1, layout.title)
    parts = in_columns([layout.over(width, columns, one) for one in lines], columns)
    line = size * (SPACING + SPARE) * POINT_CM
    foot = max(part.count("\n") + 1 for part in parts) * line + 2 * EDGE
    height = (
        (head.count("\n") + 1 + above) * layout.font * LINE * POINT_CM + middle + foot + 2 * EDGE
    )
    figure, axes = page_in_cm(width, height)
    axes.text(EDGE, height - EDGE, head, va="top", fontsize=layout.font)
    for i, part in enumerate(parts):
        at = EDGE + i * width / columns
        axes.text(at, EDGE, part, va="bottom", fontsize=size, linespacing=SPACING)
    return figure, axes, foot


@dataclass(frozen=True)
class _Grid:
    """Where layers and places are on the page, in cm.

    Args:
        places: Of species and bends.
        width: Of the page.
        margin: Half of the widest box and what is free beside it.
        across: Whether layers stand side by side; else one below the other.
    """

    places: Places
    width: float
    margin: float
    across: bool

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        pairs: Sequence[tuple[str, str]],
        width: float,
        halves: Mapping[str, Point],
    ) -> _Grid:
        """Return the grid, from left to right where the page is wide enough."""
        places, widest = placed(names, pairs), max(half for half, _ in halves.values())
        across = places.layers * max(LAYER, 2 * widest + GAP) <= width
        return cls(places, width, widest + EDGE, across)

    @property
    def height(self) -> float:
        """How high it is."""
        return self.places.widest * HIGH if self.across else self.places.layers * DEEP

    def spot(self, place: Point, bottom: float) -> Point:
        """Return where a place of a layer is."""
        layer = place[0] / max(self.places.layers - 1, 1)
        inner = self.width - 2 * self.margin
        if self.across:
            return self.margin + layer * inner, bottom + self.height / 2 - place[1] * HIGH
        step = min(inner / max(self.places.widest - 1, 1), LAYER * 1.5)
        y = bottom + self.height - DEEP / 2 - layer * (self.height - DEEP)
        if step < 2 * self.margin:  # neighbours would touch, so every second stands lower
            y += STAGGER * (1 if math.floor(place[1]) % 2 == 0 else -1)
        return self.width / 2 + place[1] * step, y


def _forward(one: Arrow, kinds: Mapping[str, str]) -> tuple[str, str]:
    """Return the ends of a way in the order of the drawing, which begins with the precursors."""
    turned = kinds[one.end] == PRECURSOR != kinds[one.start]
    return (one.end, one.start) if turned else (one.start, one.end)


def _bends(one: Arrow, places: Places) -> Sequence[Point]:
    """Return the places that a way runs through, from its start."""
    known = places.bends.get((one.start, one.end))
    return known if known is not None else places.bends[one.end, one.start][::-1]


def _half(words: Sequence[str], size: float) -> Point:
    """Return half of the width and height of a box, in cm."""
    letters = max(map(len, words))
    return letters * size * LETTER * POINT_CM / 2 + PAD, len(
        words
    ) * size * 1.2 * POINT_CM / 2 + PAD


def page_in_cm(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure with axes all over it, in cm.

    Args:
        width: In cm.
        height: In cm.
    """
    figure, unused = new_figure(width * CM, height * CM)
    figure.delaxes(unused)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0.0, width), ylim=(0.0, height))
    axes.set_axis_off()
    return figure, axes


def in_columns(texts: Sequence[str], columns: int) -> list[str]:
    """Return the lines of texts as so many parts, about as long each."""
    lines = "\n".join(texts).split("\n")
    each = math.ceil(len(lines) / columns)
    return ["\n".join(lines[i * each : (i + 1) * each]) for i in range(columns)]


def _way(points: Sequence[Point], start: Box, end: Box) -> Array:
    """Return the corners of a way from the edge of one box to that of the other."""
    way = np.array(points)
    way[0] = _edge(start, way[1])
    way[-1] = _edge(end, way[-2])
    return way


def _draw_arrow(axes: Axes, one: Arrow, way: Array) -> None:
    """Draw a way, with round corners."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    inner = [(point, (point + after) / 2) for point, after in pairwise(way[1:-1])]
    corners = [way[0], *(corner for pair in inner for corner in pair), *way[-2:]]
    codes = [Path.MOVETO, *[Path.CURVE3] * (len(corners) - 1)]
    if len(way) == 2:
        corners, codes = [*way], [Path.MOVETO, Path.LINETO]
    look: Any = {"lw": one.width, "ls": "-", "color": "0.45"}
    if not one.seen:
        look |= {"ls": ":", "color": "0.7"}
    axes.add_patch(
        FancyArrowPatch(
            path=Path(corners, codes), arrowstyle="<|-|>" if one.both else "-|>", shrinkA=0,
            shrinkB=0, mutation_scale=5.0 + 1.2 * one.width, capstyle="butt", joinstyle="miter",
            zorder=2, **look,
        )
    )  # fmt: skip


def _write_beside(axes: Axes, said: str, way: Array, taken: list[Box], size: float) -> None:
    """Write what is said of a way on it, or beside it where all places on it are taken."""
    half = len(said) * size * LETTER * POINT_CM / 2 + 0.04, size * 1.2 * POINT_CM / 2 + 0.03
    spots = [(*_along(way, share), *half) for share in PLACES]
    x, y = _along(way, PLACES[0])
    for side in BESIDE:
        spots += [(x + side * half[0], y, *half), (x, y + side * half[1], *half)]
    box = next((spot for spot in spots if not any(_meet(spot, other) for other in taken)), spots[0])
    taken.append(box)
    ground = {"fc": "white", "ec": "none", "pad": 0.8, "alpha": 0.85}
    axes.text(*box[:2], said, ha="center", va="center", fontsize=size, bbox=ground, zorder=3)


def _edge(box: Box, towards: Array) -> Array:
    """Return where a line from the middle of a box leaves it."""
    x, y, half_width, half_height = box
    away = towards - np.array([x, y])
    reach = np.array([half_width, half_height]) / np.maximum(np.abs(away), 1e-12)
    found: Array = np.array([x, y]) + away * min(float(reach.min()), 1.0)
    return found


def _along(way: Array, share: float) -> Point:
    """Return the point at a share of the length of a way."""
    lengths = np.hypot(*np.diff(way, axis=0).T)
    at = np.concatenate(([0.0], np.cumsum(lengths)))
    x, y = (float(np.interp(share * at[-1], at, way[:, i])) for i in (0, 1))
    return x, y


def _meet(one: Box, other: Box) -> bool:
    """Say whether two boxes overlap."""
    apart = abs(one[0] - other[0]) > one[2] + other[2] or abs(one[1] - other[1]) > one[3] + other[3]
    return not apart
