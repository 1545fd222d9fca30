"""When each spectrum was taken, as its header says."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import listed_names
from prenuc.observe.readers.clocks import Clock, clock_times, has_date, is_elapsed, unit_for
from prenuc.observe.readers.durations import (
    BARE,
    COUNT,
    TIME_UNITS,
    UNIT,
    Duration,
    are_run_numbers,
    duration,
    durations_in,
    has_duration,
)
from prenuc.observe.samples import REACTION

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.readers.data_file import Options

_STATED = re.compile(
    rf"(?:\b|_)(?i:time|zeit|temps|t)\s*[\[(/,_]\s*(?:in\s+)?(?:{UNIT})(?![A-Za-z])"
)
_SAYS_TIME = re.compile(r"(?<![a-z])(times?|zeit|temps|elapsed)(?![a-z])", re.IGNORECASE)
_PARTED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?!\d)")
_OF_REACTION = re.compile(rf"(?P<time>{COUNT} ?(?:{UNIT})) of reaction$")


@dataclass(frozen=True)
class Times:
    """Times of the spectra.

    Args:
        time: The times in ``unit``, NaN where unknown, shape (m,).
        unit: Their unit; "1" when they are times and nothing names it.
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
    match = _STATED.search(text) or re.fullmatch(rf"\W*(?:{UNIT})\W*", text)
    return match.lastgroup if match else None


def says_time(cell: str) -> bool:
    """Whether a header says that a column holds times: "Time", "t / min" or "s"."""
    return _SAYS_TIME.search(cell) is not None or stated_unit(cell) is not None


def is_time(cell: str) -> bool:
    """Whether a cell is a number, or holds a time with its unit or on a clock."""
    return has_time(cell) or BARE.fullmatch(cell) is not None


def has_time(text: str) -> bool:
    """Whether a text holds a time with its unit or on a clock."""
    return has_duration(text) or is_elapsed(text) or has_date(text)


def before_times(line: str, count: int) -> list[str]:
    """Return what stands before the times of a line, and the times; empty for another count."""
    times = durations_in(line)
    if len(times) != count:
        return []
    return [cell.strip() for cell in (line[: times[0].start()], *(match[0] for match in times))]


def states_unit(cell: str) -> bool:
    """Whether a cell says what bare times are in, as "time / min" does."""
    return _STATED.search(cell) is not None


def read_times(
    corner: list[str], labels: list[str], decimal: str, options: Options, above: str = ""
) -> Times:
    """Read the times of the spectra from their labels.

    Where all labels end as in "30 min of reaction", these are the times.

    Args:
        corner: What stands above the first column; it may name the unit of bare numbers.
        labels: The labels, m of them.
        decimal: The decimal sign of the file.
        options: ``time_unit`` for numbers without one.
        above: The lines above the table, which may say that bare numbers are times.

    Returns:
        Times of shape (m,).
    """
    if (clock := clock_times(labels)) is not None:
        return _of_clock(clock, labels, options)
    stated = next(filter(None, map(_STATED.search, corner)), None)
    bare_unit = str(stated.lastgroup) if stated else options.time_unit
    stated_reaction = [match["time"] for match in map(_OF_REACTION.search, labels) if match]
    reacted = len(stated_reaction) == len(labels) > 0
    told = stated_reaction if reacted else labels
    read = [duration(label, decimal, bare_unit) for label in told]
    if are_run_numbers(read):
        shown = listed_names(labels)
        return _none(labels, [f"time not known, a run number or thousands in {shown}"])
    if not bare_unit and (bare := _without_unit(labels, [*corner, above])):
        return bare
    unit = options.time_unit or common_unit(read)
    time = np.array([one.within(unit) if one.parts else math.nan for one in read])
    if doubt := _maybe_thousands(told, time):
        return _none(labels, [doubt])
    notes = []
    if bare_unit and any(map(BARE.fullmatch, labels)):
        where = f"'{stated.string}'" if stated else "the option time_unit"
        notes.append(f"unit of times without one: {bare_unit}, from {where}")
    name = REACTION if reacted else "time"
    summary = "no times" if np.isnan(time).all() else f"{name}s in {unit} from headers"
    notes += [*_said(labels, read, unit), *_twice(time, unit)]
    return Times(time, unit, summary, notes, name)


def _maybe_thousands(told: list[str], time: Array) -> str:
    """Return what is in doubt where times go back unless a sign in them parts thousands."""
    parted = np.array([_PARTED.search(label) is not None for label in told])
    as_thousands = np.where(parted, 1000 * time, time)
    if not (np.diff(time) < 0).any() or not (np.diff(as_thousands) > 0).all():
        return ""
    shown = told[int(np.argmax(parted))]
    return f"time not known: '{shown}' may part thousands, else the times go back"


def _twice(time: Array, unit: str) -> list[str]:
    """Return the history line about times that stand above several spectra."""
    values, counts = np.unique(time[np.isfinite(time)], return_counts=True)
    again = [f"{value:g} {unit}" for value in values[counts > 1]]
    return [f"several spectra have one time: {', '.join(again[:3])}"] if again else []


def _of_clock(clock: Clock, labels: list[str], options: Options) -> Times:
    if clock.doubt:
        return _none(labels, [f"time not known: {clock.doubt}"])
    unit = options.time_unit or unit_for(clock.seconds)
    summary = f"times in {unit} from headers"
    return Times(clock.seconds / TIME_UNITS[unit], unit, summary, [clock.note])


def _said(labels: list[str], read: list[Duration], unit: str) -> list[str]:
    """Return the history lines about thousands, doubts and labels without a time."""
    pairs = list(zip(labels, read, strict=True))
    grouped = [
        f"'{label}' is read as {one.within(unit):g} {unit}" for label, one in pairs if one.run
    ]
    doubts = dict.fromkeys(f"time not known: {one.doubt}" for one in read if one.doubt)
    plain = [label for label, one in pairs if not one.parts and not one.doubt]
    return [*grouped[:1], *doubts, *_unknown(plain)]


def _none(labels: list[str], notes: list[str]) -> Times:
    return Times(np.full(len(labels), math.nan), "s", "no times", notes)


def _without_unit(labels: list[str], said: list[str]) -> Times | None:
    """Return bare numbers as times in an unknown unit where the file says that they are times."""
    bare = [BARE.fullmatch(label.strip()) for label in labels]
    numbers = [float(one["count"].replace(",", ".")) for one in bare if one]
    words = next((text.strip() for text in said if _SAYS_TIME.search(text)), "")
    if not words or len(labels) < 2 or len(numbers) < len(labels):
        return None
    shown = next(line for line in words.splitlines() if _SAYS_TIME.search(line)).strip()
    notes = [f"no unit of time is named beside '{shown[:60]}', so rates are per unit of time"]
    return Times(np.array(numbers), "1", "times without a unit from headers", notes)


def common_unit(read: list[Duration]) -> str:
    """Return the unit of all times that were read, s where they differ.

    Args:
        read: The times, m of them.
    """
    units = {unit for one in read for _, unit in one.parts}
    only = units.pop() if len(units) == 1 else "s"
    return only if only in TIME_UNITS else "s"


def _unknown(labels: list[str]) -> list[str]:
    """Return the history lines about labels that told no time."""
    notes = []
    unitless = [label for label in labels if BARE.fullmatch(label.strip())]
    if unitless:
        shown = listed_names(unitless)
        notes.append(f"time not known, no unit in {shown}: pass time_unit= to read()")
    if "" in labels:
        notes.append(f"time not known, no header names {labels.count('')} of the spectra")
    others = [label for label in labels if label and label not in unitless]
    if others:
        notes.append(f"time not known, no single time in {listed_names(others)}")
    return notes
