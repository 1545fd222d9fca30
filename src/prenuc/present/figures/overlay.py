"""Spectra of several sources over each other, on axes that they share.

Simulated spectra are lines, measured ones open circles on a thin line over them. Where the sources
were looked at several times, each time has a panel; where their times do not agree, each source has
one. Sources are told apart by colour and, in grey, by dashes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, listed
from prenuc.observe.samples import REACTION
from prenuc.present.figures.page_size import Layout, drawn
from prenuc.present.figures.style import SPECIES, time_colours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.observe.series import SpectrumSeries

DASHES: tuple[Any, ...] = (
    "-",
    (0, (4, 1.5)),
    (0, (1, 1)),
    (0, (5, 1, 1, 1)),
    (0, (7, 3)),
    (0, (2, 2)),
)
MOST_PANELS = 6
SAME_TIME = 0.1  # of the time, and of that to the next; spectra that are nearer are of one moment
ALIVE = 0.02  # of the highest signal; what is less is not needed to be seen
MOST_CIRCLES = 80  # of one measured spectrum, about; a thin line goes through all readings
BEYOND = 25.0  # nm, drawn beyond the last signal


@dataclass(frozen=True)
class Source:
    """Spectra that are drawn together.

    Args:
        name: In the legend.
        series: The spectra.
        measured: Whether they are data, and not a simulation.
    """

    name: str
    series: SpectrumSeries
    measured: bool = False

    @property
    def looks(self) -> list[str]:
        """What each spectrum is of: vessel and time on its clock."""
        return [label.partition(", ")[0] for label in self.series.labels]


@dataclass(frozen=True)
class Panel:
    """Axes, and what stands in them.

    Args:
        title: Above them.
        lines: Number of the source and of its spectrum.
    """

    title: str
    lines: list[tuple[int, int]] = field(default_factory=list)


def told_apart(place: int) -> dict[str, Any]:
    """Return colour and dashes of a source; of 36 no two have both alike.

    Args:
        place: Its number.
    """
    again = place // len(SPECIES)
    dashes = DASHES[(place + again) % len(DASHES)]
    return {"color": SPECIES[place % len(SPECIES)], "ls": dashes, "lw": 1.1}


def panels_of(sources: Sequence[Source]) -> tuple[list[Panel], list[str]]:
    """Return which spectra stand together, and what of them is not drawn.

    Args:
        sources: In the order in which they are drawn.
    """
    several = [one for one in sources if len(one.series) > 1]
    singles = [(i, 0) for i, one in enumerate(sources) if len(one.series) == 1]
    if not several:
        return [Panel("", singles)], []
    if len(several) > 1:
        matched = _by_look(sources) or _by_time(sources)
        if matched:
            panels = [Panel(one.title, sorted([*one.lines, *singles])) for one in matched]
            return _some(panels, sources)
    each = [
        Panel(one.name, [*((i, row) for row in range(len(one.series))), *singles])
        for i, one in enumerate(sources)
        if len(one.series) > 1
    ]
    return each, []


def _by_look(sources: Sequence[Source]) -> list[Panel]:
    """Return a panel for each vessel and time, where all sources have the same."""
    several = {i: one for i, one in enumerate(sources) if len(one.series) > 1}
    named = [one.looks for one in several.values()]
    if any(Counter(looks) != Counter(set(named[0])) for looks in named):
        return []
    return [
        Panel(_title(look, several), [(i, one.looks.index(look)) for i, one in several.items()])
        for look in named[0]
    ]


def _title(look: str, several: Mapping[int, Source]) -> str:
    """Return what a look is called, with the time of reaction where that is the same for all."""
    labels = {one.series.labels[one.looks.index(look)] for one in several.values()}
    return labels.pop() if len(labels) == 1 else look


def _by_time(sources: Sequence[Source]) -> list[Panel]:
    """Return a panel for each time of the source with the fewest spectra; none where none agree."""
    several = {i: one for i, one in enumerate(sources) if len(one.series) > 1}
    clocks = {one.series.time_name for one in several.values() if not one.measured}
    known = {
        i: times for i, one in several.items() if (times := minutes_of(one.series)) is not None
    }
    if len(known) < len(several) or len(clocks) > 1:
        return []
    fewest = min(known, key=lambda i: len(known[i]))
    apart = float(np.min(np.diff(np.sort(known[fewest])), initial=np.inf))
    panels = []
    for moment in known[fewest]:
        nearest = {i: int(np.argmin(np.abs(times - moment))) for i, times in known.items()}
        near = SAME_TIME * min(abs(float(moment)), apart)
        lines = [(i, row) for i, row in nearest.items() if abs(known[i][row] - moment) <= near]
        if len(lines) > 1:
            panels.append(Panel(f"{moment:.4g} min", lines))
    return panels


def minutes_of(series: SpectrumSeries) -> Any:
    """Return the times in min; None where they are not known.

    Args:
        series: Spectra.
    """
    factor = {"s": 1 / 60, "min": 1.0, "h": 60.0, "day": 1440.0}.get(series.time_unit)
    return series.time * factor if factor and np.isfinite(series.time).all() else None


def _some(panels: list[Panel], sources: Sequence[Source]) -> tuple[list[Panel], list[str]]:
    """Return at most so many panels, evenly from first to last, and what is not drawn."""
    places = np.unique(np.linspace(0, len(panels) - 1, MOST_PANELS).round().astype(int))
    kept = panels if len(panels) <= MOST_PANELS else [panels[place] for place in places]
    shown = Counter(i for panel in kept for i, _ in panel.lines)
    notes = [
        f"{one.name}: {shown[i]} of {len(one.series)} spectra are drawn"
        for i, one in enumerate(sources)
        if len(one.series) > 1 and shown[i] < len(one.series)
    ]
    return kept, notes


@drawn
def plot_overlay(
    sources: Sequence[Source], panels: Sequence[Panel], layout: Layout
) -> tuple[Figure, list[str]]:
    """Return spectra over each other, and what of them lies outside the axes.

    Args:
        sources: Spectra.
        panels: Which stand together (:func:`panels_of`).
        layout: Size, fonts, title and ranges.

    Raises:
        InputError: The sources show different signals, or nothing lies in the range.
    """
    signals = {one.series.signal for one in sources}
    if len(signals) > 1:
        what = f"{listed(sorted(signals))} have no axis in common"
        raise InputError(what, "Plot them one by one")
    low, high = layout.across or _alive(sources)
    figure, grid = layout.axes(len(panels))
    for panel, axes in zip(panels, grid, strict=False):
        _draw(axes, panel, sources)
        axes.set_title(layout.wrapped(panel.title, len(panels)), loc="left")
    layout.name_outer(grid, len(panels), "wavelength / nm", _signal(sources[0].series))
    grid[0].set_xlim(low, high)
    notes = layout.fit_heights(grid[: len(panels)], "absorbance")
    notes += _outside(sources, low, high)
    by_time = [one for one in panels if len(one.lines) > len({i for i, _ in one.lines})]
    layout.head(figure, [] if by_time else grid[: len(panels)])
    return figure, notes


def _signal(series: SpectrumSeries) -> str:
    return series.signal + ("" if series.signal == "absorbance" else " / arbitrary unit")


def _draw(axes: Axes, panel: Panel, sources: Sequence[Source]) -> None:
    count = Counter(i for i, _ in panel.lines)
    shades = {i: iter(time_colours(n)) for i, n in count.items() if n > 1}
    for i, row in panel.lines:
        source, look = sources[i], told_apart(i)
        label = source.name
        if i in shades:
            label, look = _row_label(source, row), {"color": next(shades[i]), "lw": 1.1}
        elif source.measured:
            look |= {
                "lw": 0.5,
                "ls": "-",
                "marker": "o",
                "ms": 2.2,
                "mfc": "none",
                "mew": 0.6,
                "zorder": 3,
            }
            look["markevery"] = max(1, len(source.series.wavelength) // MOST_CIRCLES)
        axes.plot(source.series.wavelength, source.series.absorbance[row], label=label, **look)
    if shades:
        _name_times(axes)


def _row_label(source: Source, row: int) -> str:
    series = source.series
    if series.time_name == REACTION:
        return f"{series.time[row]:.4g} {series.time_unit}"
    return series.labels[row]


def _name_times(axes: Axes) -> None:
    """Name each spectrum where there are few, else a first, a middle and a last."""
    handles, names = axes.get_legend_handles_labels()
    few = len(handles) <= MOST_PANELS
    places = range(len(handles)) if few else (0, len(handles) // 2, len(handles) - 1)
    axes.legend([handles[i] for i in places], [names[i] for i in places], handlelength=1.4)


def _alive(sources: Sequence[Source]) -> tuple[float, float]:
    """Return the wavelengths from the first to where the last signal has died away."""
    ends = []
    for one in sources:
        top = np.nan_to_num(np.fmax.reduce(np.abs(one.series.absorbance), axis=0))
        alive = np.flatnonzero(top > ALIVE * float(np.max(top)))
        ends.append(float(one.series.wavelength[alive[-1] if alive.size else -1]))
    first = min(float(one.series.wavelength[0]) for one in sources)
    last = max(float(one.series.wavelength[-1]) for one in sources)
    return first, min(max(ends) + BEYOND, last)


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
    return [f"only {low:g} to {high:g} nm are drawn; {told}"]
