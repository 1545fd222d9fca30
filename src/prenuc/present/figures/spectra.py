"""Spectra over each other: simulated ones as lines, measured ones as circles on a thin line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, counted, listed
from prenuc.observe.samples import REACTION
from prenuc.present.figures.drawing import Drawn, finished
from prenuc.present.figures.overlay import DASHES, panels_of, told_apart
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import (
    SPECIES,
    name_lines,
    shown_wavelengths,
    signal_of,
    time_bar,
    time_colours,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.present.figures.overlay import Panel, Source

MARKERS = "os^vDx"  # of measured spectra, where there are more than colours
MOST_CIRCLES = 80  # of one measured spectrum, about; a thin line goes through all readings
OF_CUT = 0.55  # of a panel's width, for a word about what is cut off
FEW, MOST_NAMES = 6, 10  # spectra that are named inside a panel, and beside it
HIDDEN = 0.01  # of the highest reading; curves that are nearer hide each other, and one is dashed
PROMINENT = 0.05  # of the range; what rises so far is a band


@laid_out
def plot_spectra(sources: Sequence[Source], layout: Layout) -> Drawn:
    """Return spectra over each other, with what of them is not drawn.

    Args:
        sources: Spectra.
        layout: Size, fonts, title and ranges.

    Raises:
        InputError: The sources show different signals, or nothing lies in the range.
    """
    _refuse_mixed(sources)
    panels, notes = panels_of(sources)
    ends = layout.across or _shown(sources)
    ceiling = None if layout.up else _ceiling(sources, *ends)
    figure, every = layout.axes(len(panels))
    grid = every[: len(panels)]
    grid[0].set_xlim(*ends)
    for panel, axes in zip(panels, grid, strict=True):
        _draw(axes, panel, sources)
        free = 1.0 if ceiling is None or len(panels) > 1 else 1.0 - OF_CUT
        named = "" if panel.title == sources[0].series.signal else panel.title  # stands beside it
        axes.set_title(layout.wrapped(named, len(panels), share=free), loc="left")
    if ceiling is not None:
        _say_cut(figure, grid, ends, layout.small)
    layout.name_outer(every, len(panels), "wavelength / nm", signal_of(sources[0].series))
    notes += layout.fit_heights(grid, sources[0].series.signal, ceiling)
    by_time = any(len(one.lines) > len({i for i, _ in one.lines}) for one in panels)
    if by_time:
        _name_times(figure, grid, [sources[one.lines[0][0]] for one in panels])
    layout.head(figure, () if by_time else grid)
    notes += _outside(sources, *ends)
    _name_for_numbers(grid, panels, sources)
    return finished(figure, _told(sources, panels, ends), notes, name="spectra")


def _name_for_numbers(
    grid: Sequence[Axes], panels: Sequence[Panel], sources: Sequence[Source]
) -> None:
    """Name every line by its source and its spectrum, which is more than a legend has room for."""
    for axes, panel in zip(grid, panels, strict=True):
        for line, (i, row) in zip(axes.get_lines(), panel.lines, strict=True):
            line.set_label(f"{sources[i].name}, {sources[i].series.labels[row]}")


def _refuse_mixed(sources: Sequence[Source]) -> None:
    """Refuse sources that show different signals.

    Raises:
        InputError: They do.
    """
    signals = {one.series.signal for one in sources}
    if len(signals) > 1:
        what = f"{listed(sorted(signals))} have no axis in common"
        raise InputError(what, "Plot them one by one")


def _shown(sources: Sequence[Source]) -> tuple[float, float]:
    """Return the wavelengths to show, so that the bands of all sources are seen."""
    ends = [shown_wavelengths(one.series) for one in sources]
    return min(first for first, _ in ends), max(last for _, last in ends)


def _told(sources: Sequence[Source], panels: Sequence[Panel], ends: tuple[float, float]) -> str:
    """Return what spectra show, each source with its highest reading."""
    shown = {i: [row for one in panels for j, row in one.lines if i == j] for i, row in
             (line for one in panels for line in one.lines)}  # fmt: skip
    parts = [_peak(sources[i], rows, ends) for i, rows in sorted(shown.items())]
    head = f"{sources[0].series.signal} against wavelength, {ends[0]:.4g} to {ends[1]:.4g} nm"
    each = f"; a panel each for {'; '.join(one.title for one in panels)}" if len(panels) > 1 else ""
    return f"{head}{each}. {'; '.join(parts)}."


def _peak(source: Source, rows: Sequence[int], ends: tuple[float, float]) -> str:
    series = source.series
    inside = (series.wavelength >= ends[0]) & (series.wavelength <= ends[1])
    if not inside.any():
        return f"{source.name}: nothing within the range"
    part = np.nan_to_num(series.absorbance[list(rows)][:, inside], nan=-np.inf)
    row, column = np.unravel_index(int(np.argmax(part)), part.shape)
    where = f"{part[row, column]:.3g} at {series.wavelength[inside][column]:.4g} nm"
    many = counted(len(rows), "spectrum")
    kind = "measured" if source.measured else "simulated"
    return f"{source.name}, {kind}: {many}, at most {where} ({series.labels[rows[int(row)]]})"


def _draw(axes: Axes, panel: Panel, sources: Sequence[Source]) -> None:
    count = Counter(i for i, _ in panel.lines)
    shades = {i: iter(time_colours(n)) for i, n in count.items() if n > 1}
    before: Any = None
    for i, row in panel.lines:
        source, look = sources[i], told_apart(i)
        label, numbers = source.name, source.series.absorbance[row]
        if i in shades:
            label, look = _row_label(source, row), {"color": next(shades[i]), "lw": 1.0}
            hidden = (
                len(panel.lines) <= MOST_NAMES and before is not None and _alike(numbers, before)
            )
            look["ls"] = DASHES[1] if hidden else "-"
            before = numbers
        elif source.measured:
            sign = MARKERS[i // len(SPECIES) % len(MARKERS)]
            look |= {"lw": 0.5, "ls": "-", "marker": sign, "ms": 2.2, "mfc": "none", "mew": 0.6}
            look["zorder"] = 3
            look["markevery"] = max(1, len(source.series.wavelength) // MOST_CIRCLES)
        (line,) = axes.plot(source.series.wavelength, numbers, **look)
        line.set_label(label)  # also one that is empty


def _alike(one: Array, other: Array) -> bool:
    """Say whether one curve hides the other."""
    if one.shape != other.shape:
        return False
    known = np.isfinite(one) & np.isfinite(other)
    nearest = np.max(np.abs(one - other)[known], initial=0.0)
    return bool(nearest < HIDDEN * np.max(np.abs(one)[known], initial=0.0))


def _row_label(source: Source, row: int) -> str:
    series = source.series
    if series.time_name == REACTION:
        return f"{series.time[row]:.4g} {series.time_unit}"
    return series.labels[row]


def _name_times(figure: Figure, grid: Sequence[Axes], sources: Sequence[Source]) -> None:
    """Name the spectra of each panel where there are few; of more the colours are the times."""
    for axes, source in zip(grid, sources, strict=True):
        lines = axes.get_lines()
        names = [str(one.get_label()) for one in lines]
        if len(lines) <= MOST_NAMES:
            few = len(lines) <= FEW or len(grid) > 1
            beside: Any = {} if few else {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
            clock = source.series.time_name
            beside |= {"title": clock} if clock == REACTION else {}
            name_lines(axes, lines, names, handlelength=1.4, **beside)
        elif len(grid) == 1 and np.isfinite(source.series.time).all():
            time_bar(figure, axes, source.series.time, source.series.time_label)
        else:
            places = 0, len(lines) // 2, len(lines) - 1
            kept = [lines[i] for i in places], [names[i] for i in places]
            name_lines(axes, *kept, handlelength=1.4)


def _say_cut(figure: Figure, grid: Sequence[Axes], ends: tuple[float, float], size: float) -> None:
    """Write how high the readings go that are cut off: above one panel, or below several."""
    low, high = ends
    every = [line.get_data() for axes in grid for line in axes.get_lines()]
    seen = [np.asarray(y)[(np.asarray(x) >= low) & (np.asarray(x) <= high)] for x, y in every]
    cut = f"cut off: readings up to {max(float(np.nanmax(one)) for one in seen):.3g}"
    if len(grid) > 1:
        figure.supxlabel(cut, fontsize=size, color="0.3", x=0.01, ha="left")
        return
    where: Any = {"ha": "right", "va": "bottom", "transform": grid[0].transAxes}
    grid[0].text(1.0, 1.02, cut, fontsize=size, color="0.3", **where)


def _ceiling(sources: Sequence[Source], low: float, high: float) -> float | None:
    """Return where to cut the ordinate so that an edge in the UV does not dwarf the bands."""
    from scipy.signal import find_peaks

    tallest, most = [], -np.inf
    for one in sources:
        inside = (one.series.wavelength >= low) & (one.series.wavelength <= high)
        if not inside.any():
            continue
        top = np.nan_to_num(np.fmax.reduce(one.series.absorbance[:, inside], axis=0))
        peaks, _ = find_peaks(top, prominence=PROMINENT * float(np.ptp(top)))
        if not peaks.size:
            return None
        tallest.append(float(np.max(top[peaks])))
        most = max(most, float(np.max(top)))
    height = 1.8 * max(tallest, default=np.inf)
    return height if 0.0 < height < most else None


def _outside(sources: Sequence[Source], low: float, high: float) -> list[str]:
    """Return what lies at wavelengths that are not drawn."""
    most = {}
    for one in sources:
        out = (one.series.wavelength < low) | (one.series.wavelength > high)
        if out.any():
            most[one.name] = float(np.nanmax(np.abs(one.series.absorbance[:, out]), initial=0.0))
    if not most:
        return []
    name = max(most, key=lambda name: most[name])
    told = f"beyond, the largest reading is {most[name]:.3g} ({name})"
    return [f"only {low:.4g} to {high:.4g} nm are drawn; {told}"]
