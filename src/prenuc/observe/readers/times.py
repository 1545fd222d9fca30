"""When each spectrum was taken, as its header says."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import listed_names
from prenuc.observe.samples import REACTION

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.readers.data_file import Options

# Seconds in each unit that a series can have.
TIME_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}
_SPELLINGS = {
    "s": r"s|(?i:secs?|seconds?|sek|sekunden?)",
    "min": r"(?i:mins?|minutes?|minuten?)",
    "h": r"h|(?i:hrs?|hours?|std|stunden?)",
    "day": r"d|(?i:days?|tage?)",
}
_UNIT = "|".join(f"(?P<{unit}>{spelling})" for unit, spelling in _SPELLINGS.items())
_COUNT = r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?"
# Not "2 s-1", "5 min/step", "10-30 s", "CdSe30 s"; an underscore separates.
_TIME = re.compile(
    rf"(?<![A-Za-z0-9.,])(?<!\d-)(?P<count>{_COUNT})[ _]?(?:{_UNIT})(?![A-Za-z0-9/^⁻]|-\d)"
)
_BARE = re.compile(rf"(?:(?:t|time)\s*[=:_ ]?\s*)?(?P<count>{_COUNT})", re.IGNORECASE)
_STATED = re.compile(rf"(?:\b|_)(?i:time|zeit|t)\s*[\[(/,_]\s*(?:{_UNIT})(?![A-Za-z])")
_OF_REACTION = re.compile(rf"(?P<time>{_COUNT} ?(?:{_UNIT})) of reaction$")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True)
class Times:
    """Times of the spectra.

    Args:
        time: The times in ``unit``, NaN where unknown, shape (m,).
        unit: Their unit.
        summary: What the summary in the history says about them.
        notes: Further history lines.
        name: What the times are.
    """

    time: Array
    unit: str
    summary: str
    notes: list[str]
    name: str = "time"


def stated_unit(text: str) -> str | None:
    """Return the unit of time that a header such as "time (min)" or "s" states."""
    match = _STATED.search(text) or re.fullmatch(rf"\W*(?:{_UNIT})\W*", text)
    return match.lastgroup if match else None


def is_time(cell: str) -> bool:
    """Whether a cell is a number, or holds a time with its unit."""
    return has_time(cell) or _BARE.fullmatch(cell) is not None


def has_time(text: str) -> bool:
    """Whether a text holds a time with its unit."""
    return _TIME.search(text) is not None


def before_times(line: str, count: int) -> list[str]:
    """Return what stands before the times of a line, and the times; empty for another count."""
    times = list(_TIME.finditer(line))
    if len(times) != count:
        return []
    return [cell.strip() for cell in (line[: times[0].start()], *(match[0] for match in times))]


def states_unit(cell: str) -> bool:
    """Whether a cell says what bare times are in, as "time / min" does."""
    return _STATED.search(cell) is not None


def read_times(corner: list[str], labels: list[str], decimal: str, options: Options) -> Times:
    """Read the times of the spectra from their labels.

    Where all labels end as in "30 min of reaction", these are the times.

    Args:
        corner: What stands above the first column; it may name the unit of bare numbers.
        labels: The labels, m of them.
        decimal: The decimal sign of the file.
        options: ``time_unit`` for numbers without one.

    Returns:
        Times of shape (m,).
    """
    stated = next(filter(None, map(_STATED.search, corner)), None)
    bare_unit = str(stated.lastgroup) if stated else options.time_unit
    stated_reaction = [match["time"] for match in map(_OF_REACTION.search, labels) if match]
    reacted = len(stated_reaction) == len(labels) > 0
    told = stated_reaction if reacted else labels
    read = [_time_of(label, decimal, bare_unit) for label in told]
    unit = options.time_unit or _common_unit(read)
    time = np.array([_in_unit(one, unit) for one in read], dtype=np.float64)
    notes = []
    if bare_unit and any(map(_BARE.fullmatch, labels)):
        where = f"'{stated.string}'" if stated else "the option time_unit"
        notes.append(f"unit of times without one: {bare_unit}, from {where}")
    unread = [label for label, one in zip(labels, read, strict=True) if not one]
    name = REACTION if reacted else "time"
    summary = f"{name}s in {unit} from headers" if len(unread) < len(labels) else "no times"
    return Times(time, unit, summary, [*notes, *_unknown(unread)], name)


def _common_unit(read: list[list[tuple[float, str]]]) -> str:
    """Return the unit of all times that were read, s where they differ."""
    units = {unit for parts in read for _, unit in parts}
    return units.pop() if len(units) == 1 else "s"


def _unknown(labels: list[str]) -> list[str]:
    """Return the history lines about labels that told no time."""
    notes = []
    unitless = [label for label in labels if _BARE.fullmatch(label.strip())]
    if unitless:
        shown = listed_names(unitless)
        notes.append(f"time not known, no unit in {shown}: pass time_unit= to read()")
    if "" in labels:
        notes.append(f"time not known, no header names {labels.count('')} of the spectra")
    others = [label for label in labels if label and label not in unitless]
    if others:
        notes.append(f"time not known, no single time in {listed_names(others)}")
    return notes


def _time_of(label: str, decimal: str, bare_unit: str | None) -> list[tuple[float, str]]:
    """Return the parts of a time ("1 h 30 min" has two) as numbers and units; none for no time."""
    parts = [(match["count"], str(match.lastgroup)) for match in _TIME.finditer(label)]
    bare = _BARE.fullmatch(label.strip())
    if not parts and bare and bare_unit:
        parts = [(bare["count"], bare_unit)]
    sizes = [TIME_UNITS[unit] for _, unit in parts]
    descend = all(one > other for one, other in itertools.pairwise(sizes))
    if not descend or any(_has_thousands(count, decimal) for count, _ in parts):
        return []
    return [(float(count.replace(",", ".")), unit) for count, unit in parts]


def _has_thousands(count: str, decimal: str) -> bool:
    """Whether a number may be parted into thousands by the sign that is not the decimal one."""
    return ("," if decimal == "." else ".") in count and _THOUSANDS.fullmatch(count) is not None


def _in_unit(parts: list[tuple[float, str]], unit: str) -> float:
    if not parts:
        return math.nan
    # A single time in the unit of the series is kept to the last digit.
    if len(parts) == 1 and parts[0][1] == unit:
        return parts[0][0]
    return sum(count * TIME_UNITS[own] for count, own in parts) / TIME_UNITS[unit]
