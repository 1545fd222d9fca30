"""Which spectra of several sources stand together, and how sources are told apart.

Where the sources were looked at several times, each time has a panel; where their times do not
agree, each source has one. Sources are told apart by colour and, in grey, by dashes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.present.figures.style import SPECIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
