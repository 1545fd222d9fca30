"""Maps of a sweep: a number over two factors, with contours and the published recipes on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, listed
from prenuc.present.figures.drawing import Drawn
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.tables.sheet import Sheet
from prenuc.quantities import parse, roughly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.infer.selection.disagreement import Disagreement
    from prenuc.sweeps.swept import Swept

CONTOURS = 5
NEAR = 0.02  # of an axis, beyond its ends; amounts of recipes are rounded
APART = 0.06  # of an axis; names of recipes that are nearer overlap


@dataclass(frozen=True)
class Axis:
    """A factor along an axis.

    Args:
        name: What it is.
        numbers: Its values, ascending, shape (n,).
        unit: Of them; "1" for a pure number.
    """

    name: str
    numbers: Array
    unit: str

    @property
    def log(self) -> bool:
        """Whether the values are even in the logarithm; over a decade 1, 3, 10 are even enough."""
        if self.numbers.size < 3 or not self.numbers[0] > 0:
            return False
        ratios = self.numbers[1:] / self.numbers[:-1]
        uneven = 0.15 if self.numbers[-1] >= 10.0 * self.numbers[0] else 1e-3
        return bool(np.ptp(ratios) < uneven * ratios[0])

    @property
    def overreaches(self) -> bool:
        """Whether cells around the values would reach below zero, or twice as far as two values."""
        below = self.numbers[0] - (self.numbers[1] - self.numbers[0]) / 2.0
        return self.numbers.size == 2 or self.numbers[0] >= 0.0 > below

    def share(self, number: float) -> float:
        """Return how far along the axis a number stands, 0 to 1 between its ends."""
        low, high = self.numbers[0], self.numbers[-1]
        if self.log:
            low, high, number = (math.log(max(one, 1e-300)) for one in (low, high, number))
        return float((number - low) / (high - low))

    @property
    def label(self) -> str:
        """What stands along it."""
        return self.name if self.unit == "1" else f"{self.name} / {self.unit.replace('deg', '°')}"


@dataclass(frozen=True)
class Mark:
    """A published recipe on a map.

    Args:
        name: Such as its panel.
        x: Where it stands.
        y: Likewise.
        at: Values of other factors; it stands on maps that have these.
    """

    name: str
    x: float
    y: float
    at: Mapping[str, str] = field(default_factory=dict)

    def on(self, kind: Sequence[str]) -> bool:
        """Return whether it stands on a map, by what is the same all over that."""
        return all(f"{name}: {value}" in kind for name, value in self.at.items())


def axis_of(name: str, values: Sequence[str]) -> tuple[Axis, dict[str, int]]:
    """Return a factor as an axis, and the place of each of its values.

    Args:
        name: The factor.
        values: As written, with units.

    Raises:
        QuantityError: One of them is no number with a unit.
    """
    read = {text: parse(text) for text in dict.fromkeys(values)}
    unit = next(iter(read.values())).unit
    numbers = {text: one.require(unit).to(unit) for text, one in read.items()}
    order = sorted(numbers, key=lambda text: numbers[text])
    axis = Axis(name, np.array([numbers[text] for text in order]), unit)
    return axis, {text: place for place, text in enumerate(order)}


@laid_out
def plot_map(
    table: Mapping[str, Sequence[str] | Array],
    layout: Layout,
    x: str,
    y: str,
    of: Sequence[str],
    *,
    panels: Sequence[str] = (),
    marks: Sequence[Mark] = (),
) -> Drawn:
    """Return maps of numbers over two factors, a map for each number and for other factors.

    Args:
        table: Columns of factors and numbers, as of a sweep.
        layout: Size, fonts and title.
        x: The factor along it.
        y: The factor up it.
        of: Names of the numbers.
        panels: Other factors that vary; each combination has a map of its own.
        marks: Published recipes.

    Raises:
        InputError: The factors do not make a grid.
    """
    (across, x_places), (up, y_places) = (axis_of(n, list(map(str, table[n]))) for n in (x, y))
    count = len(table[x])
    rows = [tuple(f"{name}: {table[name][i]}" for name in panels) for i in range(count)]
    kinds = list(dict.fromkeys(rows))
    if len(kinds) * len(x_places) * len(y_places) != count or min(len(x_places), len(y_places)) < 2:
        what = f"'{x}' and '{y}' make no grid"
        raise InputError(what, "Draw maps of 'design: grid', over two factors with several values")
    figure, groups = _panels(layout, len(of), len(kinds))
    at = np.array([(y_places[str(table[y][p])], x_places[str(table[x][p])]) for p in range(count)])
    for name, group in zip(of, groups, strict=True):
        numbers = np.asarray(table[name], dtype=float)
        ends = _ends(numbers)
        for axes, kind in zip(group, kinds, strict=False):
            places = [place for place in range(count) if rows[place] == kind]
            z = np.full((len(y_places), len(x_places)), math.nan)
            z[tuple(at[places].T)] = numbers[places]
            here = [one for one in marks if one.on(kind)]
            shown = _draw(axes, across, up, z, ends, here)
            _name_marks(axes, across, up, here, layout.small)
            axes.set_title(layout.wrapped(", ".join(kind), len(kinds)), loc="left")
        bar = figure.colorbar(shown, ax=group[: len(kinds)], label=name)
        bar.ax.hlines(
            _levels(ends), 0.0, 1.0, color="white", lw=0.7, transform=bar.ax.get_yaxis_transform()
        )
        layout.name_outer(group, len(kinds), across.label, up.label)
    layout.head(figure)
    numbers_of = Sheet.of("map", {name: table[name] for name in (x, y, *panels, *of)})
    return Drawn(figure, numbers_of, _told(table, (x, y), of, panels))


def plot_swept(found: Swept, layout: Layout) -> Drawn:
    """Return the map that a sweep was asked for, with the published recipes on it.

    Args:
        found: What the sweep led to; it has a ``chart``.
        layout: Size, fonts and title.

    Raises:
        InputError: No map was asked for, or the factors make no grid.
    """
    chart = found.chart
    if chart is None:
        raise InputError("no map was asked for", "Name its axes: map: {x: ..., y: ..., of: ...}")
    table: dict[str, Sequence[str] | Array] = {**found.factors, **found.numbers}
    panels = [name for name in found.varied if name not in {chart.x, chart.y}]
    known = [Mark(*one) for one in found.marks]
    return plot_map(table, layout, chart.x, chart.y, chart.of, panels=panels, marks=known)


def _ends(numbers: Array) -> tuple[float, float]:
    """Return the least and the most of numbers, where there are any."""
    seen = numbers[np.isfinite(numbers)]
    return (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)


def _panels(layout: Layout, numbers: int, kinds: int) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure, and for each number the axes of its maps."""
    if numbers == 1:
        figure, grid = layout.axes(kinds)
        return figure, [grid]
    figure, rows = layout.grid(
        numbers, kinds, height=5.0 * numbers + 0.5, wide=kinds > 1, sharex=True, sharey=True
    )
    return figure, [[*row] for row in rows]


def _told(
    table: Mapping[str, Sequence[str] | Array],
    axes: tuple[str, str],
    of: Sequence[str],
    panels: Sequence[str],
) -> str:
    """Return what maps show, with the highest and the lowest number and where they stand."""
    said = []
    for name in of:
        numbers = np.asarray(table[name], dtype=float)
        if not np.isfinite(numbers).any():
            said.append(f"{name}: no number anywhere")
            continue
        for word, place in (("most", np.nanargmax(numbers)), ("least", np.nanargmin(numbers))):
            where = ", ".join(f"{one} {table[one][int(place)]}" for one in (*axes, *panels))
            said.append(f"{name}, {word}: {roughly(numbers[place])} at {where}")
    each = f", a map for each {' and '.join(panels)}" if panels else ""
    return f"{' and '.join(of)} over {axes[0]} and {axes[1]}{each}. {'; '.join(said)}."


def plot_disagreement(found: Disagreement, layout: Layout) -> Drawn:
    """Return maps of how far apart two models are, one for each additive, the best spot marked.

    Args:
        found: The distances.
        layout: Size, fonts and title; the models where there is none.
    """
    from prenuc.infer.selection.disagreement import MEASURE

    most = found.largest
    mark = Mark("largest", most.celsius, most.dilution, {"additive": most.additive})
    named = layout.titled(" | ".join(found.models))
    axes = "temperature", "dilution"
    return plot_map(found.table(), named, *axes, (MEASURE,), panels=("additive",), marks=(mark,))


def _levels(ends: tuple[float, float]) -> Array:
    """Return where contours are drawn, on the maps and on the scale of colours."""
    return np.linspace(*ends, CONTOURS + 2)[1:-1]


def _draw(
    axes: Axes, across: Axis, up: Axis, z: Array, ends: tuple[float, float], marks: Sequence[Mark]
) -> QuadMesh:
    """Draw one map, and return what its colours stand for."""
    low, high = ends
    high = high if high > low else low + 1.0
    shown = axes.pcolormesh(
        across.numbers, up.numbers, z, vmin=low, vmax=high, cmap="viridis", shading="nearest",
        rasterized=True,
    )  # fmt: skip
    seen = z[np.isfinite(z)]
    if seen.size and seen.min() < seen.max():
        axes.contour(
            across.numbers, up.numbers, z, levels=_levels(ends), colors="white", linewidths=0.7
        )
    for name, axis in (("x", across), ("y", up)):
        if axis.log:
            _logarithmic(axes, name)
        elif axis.overreaches:
            axes.set(**{f"{name}lim": axis.numbers[[0, -1]]})
    for x, y in _inside(across, up, marks):
        axes.plot(x, y, "o", ms=4, mfc="none", mec="white", mew=1.2, clip_on=False, zorder=5)
    return shown


def _name_marks(axes: Axes, across: Axis, up: Axis, marks: Sequence[Mark], size: float) -> None:
    """Write names beside the marks, on the side that has room."""
    for (x, y), names in _inside(across, up, marks).items():
        left, low = across.share(x) > 0.5, up.share(y) > 0.8
        where: Any = {"ha": "right" if left else "left", "va": "top" if low else "bottom"}
        ground = {"fc": "black", "alpha": 0.7, "ec": "none", "pad": 0.6}
        axes.annotate(
            listed(names), (x, y), xytext=(-5 if left else 5, -4 if low else 4), fontsize=size,
            textcoords="offset points", color="white", bbox=ground, zorder=6, **where,
        )  # fmt: skip


def _logarithmic(axes: Axes, name: str) -> None:
    """Make an axis logarithmic, with plain numbers beside it."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    (axes.set_xscale if name == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if name == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _inside(across: Axis, up: Axis, marks: Sequence[Mark]) -> dict[tuple[float, float], list[str]]:
    """Return the recipes that stand on a map, those whose names would overlap together."""
    found: dict[tuple[float, float], list[str]] = {}
    for mark in marks:
        at = across.share(mark.x), up.share(mark.y)
        if not all(-NEAR <= share <= 1 + NEAR for share in at):
            continue
        away = {(x, y): (across.share(x) - at[0], up.share(y) - at[1]) for x, y in found}
        beside = (place for place, gaps in away.items() if max(map(abs, gaps)) < APART)
        names = found.setdefault(next(beside, (mark.x, mark.y)), [])
        if mark.name not in names:
            names.append(mark.name)
    return found
