"""The timeline of a protocol: temperatures of its vessels, and what is done at each instant.

Minutes and days stand in one drawing, so its abscissa is not to scale: what lasts longer is drawn
longer, by the logarithm. Instants carry letters, and the sentences stand below.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.present.figures.boxes import written_page
from prenuc.present.figures.drawing import Drawn
from prenuc.present.figures.overlay import told_apart
from prenuc.present.figures.page_size import (
    CM,
    DOUBLE,
    LETTER,
    LINE,
    POINT_CM,
    Layout,
    laid_out,
)
from prenuc.present.figures.style import name_axes, name_lines
from prenuc.present.tables.arrows import spelt
from prenuc.present.tables.sheet import Sheet
from prenuc.protocol.steps import Ramp
from prenuc.quantities import legible_text
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes

    from prenuc.protocol.handles import Span
    from prenuc.protocol.protocol import Protocol

HIGH = 4.2  # cm of the axes
SIDES = 1.5, 0.4  # cm left and right of them
NAMES_IN_A_ROW = 3
SIGN = 5  # letters that the line beside a name takes
MOST_LEVELS = 5  # lines of letters
PAD = 3.5  # points between an axis and its letters
BELOW = 1.1  # cm for what stands along them
LEAST = 0.7  # length of an instant after another, in those of a tenfold duration
ROOM = 12.0  # K, above and below


@laid_out
def plot_protocol(protocol: Protocol, layout: Layout) -> Drawn:
    """Return the timeline of a protocol.

    Args:
        protocol: What is done.
        layout: Size, fonts and title; the name of the protocol where there is none.
    """
    spans = protocol.spans
    instants = sorted({one.begin for one in spans} | {one.end for one in spans})
    along = _along(instants)
    letters = {at: _letter(i) for i, at in enumerate(instants)}
    lines = _told(spans, letters)
    vessels = list(dict.fromkeys(one.vessel for one in spans))
    living = [name for name in vessels if _lasts(spans, name)] or vessels
    inner = (layout.width or DOUBLE) - sum(SIDES)
    letter = layout.font * LETTER * POINT_CM
    names = [layout.over(inner - SIGN * letter, 1, name) for name in living]
    columns = _columns(names, inner, layout.font)
    lines_of = [one.count("\n") + 1 for one in names]
    rows = sum(max(lines_of[i : i + columns]) for i in range(0, len(names), columns))
    levels = _levels([along[at] for at in instants], letters.values(), inner, letter)
    below = BELOW + (levels - 1) * layout.font * LINE * POINT_CM
    figure, _, foot = written_page(layout.titled(protocol.name), below + HIGH, lines, above=rows)
    width, height = (inches / CM for inches in figure.get_size_inches())
    place = SIDES[0] / width, (foot + below) / height, inner / width, HIGH / height
    axes = figure.add_axes(place)
    _draw(axes, spans, living, along)
    axes.set_xticks([along[at] for at in instants], [letters[at] for at in instants])
    for i, tick in enumerate(axes.xaxis.get_major_ticks()):
        tick.set_pad(PAD + (i % levels) * layout.font * LINE)
    name_axes(axes, "instants, not to scale", "temperature / °C")
    above: Any = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.0}
    name_lines(axes, axes.get_lines()[: len(living)], names, ncols=columns, **above)
    return Drawn(figure, _numbers(spans), f"{protocol.name}: {'; '.join(lines)}.")


def _along(instants: Sequence[float]) -> dict[float, float]:
    """Return where each instant (s) stands along the axis."""
    found, at = {instants[0]: 0.0}, 0.0
    for before, after in pairwise(instants):
        at += LEAST + math.log10(1.0 + (after - before) / 60.0)
        found[after] = at
    return found


def _columns(names: Sequence[str], width: float, font: float) -> int:
    """Return how many names of vessels stand side by side over so many cm."""
    widest = max(len(line) for name in names for line in name.split("\n"))
    return max(1, min(NAMES_IN_A_ROW, int(width / ((widest + SIGN) * font * LETTER * POINT_CM))))


def _levels(along: Sequence[float], letters: Iterable[str], width: float, size: float) -> int:
    """Return in how many lines letters stand, so that none lies on another.

    Args:
        along: Where they stand.
        letters: Of the instants.
        width: Of the axis in cm.
        size: Width of a letter in cm.
    """
    cm = np.array(along) * width / ((max(along) - min(along)) or 1.0)
    wide = [(len(one) + 1) * size for one in letters]
    for levels in range(1, MOST_LEVELS):
        gaps = cm[levels:] - cm[:-levels]
        if all(gap > room for gap, room in zip(gaps, wide[levels:], strict=True)):
            return levels
    return MOST_LEVELS


def _letter(place: int) -> str:
    """Return the letter of an instant: a to z, then aa, ab and so on."""
    first, last = divmod(place, 26)
    return (_letter(first - 1) if first else "") + chr(ord("a") + last)


def _lasts(spans: Sequence[Span], vessel: str) -> bool:
    """Say whether any time passes in a vessel."""
    return any(one.end > one.begin for one in spans if one.vessel == vessel)


def _draw(
    axes: Axes, spans: Sequence[Span], living: Sequence[str], along: Mapping[float, float]
) -> None:
    """Draw the temperature of each vessel that lasts, and lines where something comes or goes."""
    every = []
    for place, name in enumerate(living):
        own = [one for one in spans if one.vessel == name]
        points = [point for one in own for point in _course(one)]
        times = [along[at] for at, _ in points]
        celsius = [kelvin - FREEZING for _, kelvin in points]
        alone = {} if _lasts(own, name) else {"marker": "o", "ms": 4}
        axes.plot(times, celsius, label=name, **told_apart(place) | {"lw": 1.6} | alone)
        every += celsius
    for one in spans:
        if one.end == one.begin:
            axes.axvline(along[one.begin], color="0.85", lw=0.7, zorder=0)
    axes.set_ylim(min(every, default=0.0) - ROOM, max(every, default=25.0) + ROOM)


def _course(span: Span) -> list[tuple[float, float]]:
    """Return times and temperatures of a step; all but heating and cooling change it at once."""
    before, after = span.temperature
    if isinstance(span.step, Ramp):
        return [(span.begin, before), (span.end, after)]
    return [(span.begin, before), (span.begin, after), (span.end, after)]


def _told(spans: Sequence[Span], letters: Mapping[float, str]) -> list[str]:
    """Return a line for each instant at which something begins: its letter, time and sentences."""
    found: dict[float, list[str]] = {at: [] for at in letters}
    for one in spans:
        found[one.begin].append(spelt(legible_text(str(one.step))))
    return [
        f"{letters[at]}  {_clock(at)}: {'; '.join(steps) or 'end'}" for at, steps in found.items()
    ]


def _clock(seconds: float) -> str:
    """Return a time in the unit in which it is short."""
    for unit, size in (("d", 86400.0), ("h", 7200.0)):
        if seconds >= size:
            return f"{seconds / (86400.0 if unit == 'd' else 3600.0):.4g} {unit}"
    return f"{seconds / 60.0:.4g} min"


def _numbers(spans: Sequence[Span]) -> Sheet:
    """Return the steps as a table."""
    return Sheet.of(
        "protocol",
        {
            "step": [*range(1, len(spans) + 1)],
            "what is done": [str(one.step) for one in spans],
            "vessel": [one.vessel for one in spans],
            "from / min": [one.begin / 60.0 for one in spans],
            "to / min": [one.end / 60.0 for one in spans],
            "temperature before / °C": [one.temperature[0] - FREEZING for one in spans],
            "temperature after / °C": [one.temperature[1] - FREEZING for one in spans],
        },
    )
