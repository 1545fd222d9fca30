"""Clock times and dates in headers, names of files and first columns, as times from the first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<name>(?i:{'|'.join(_MONTHS)}))[a-z]*\.?"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?P<sep>[:.h-]?)(?P<minute>[0-5]\d)(?:(?P=sep)(?P<second>[0-5]\d(?:[.,]\d+)?))?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?(?![\d:])"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WITH_DATE = [
    re.compile(rf"(?<!\d){_YEAR}(?P<s>[-/._]?)(?P<b>\d\d?)(?P=s)(?P<a>\d\d?)[ T_,-]+{_CLOCK}"),
    re.compile(
        rf"(?<!\d)(?P<a>\d\d?)(?P<s>[-/._])(?P<b>\d\d?)(?P=s)(?P<year>(?:20)?\d\d)[ T_,]+{_CLOCK}"
    ),
    re.compile(rf"(?<!\d)(?P<a>\d\d?)[ .,_-]*{_MONTH}[ .,_-]*{_YEAR}[ T_,-]+{_CLOCK}"),
    re.compile(rf"\b{_MONTH}[ _-]+(?P<a>\d\d?)[ ,_-]+{_YEAR}[ T_,-]+{_CLOCK}"),
    re.compile(rf"\b{_MONTH}\s+(?P<a>\d\d?)\s+{_CLOCK}\s+(?:[A-Z]{{2,5}}\s+)?{_YEAR}"),
]
_ELAPSED = re.compile(r"(?P<hour>\d{1,3}):(?P<minute>[0-5]\d):(?P<second>[0-5]\d(?:[.,]\d+)?)")
# A time of day among other words, and what is none: "t = 1:00:00", "1:00:00 h", "v1.0:10:20".
_AMONG = re.compile(
    r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d(?:[.,]\d+)?))?(?![\d:])"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?"
)
_NO_CLOCK = re.compile(
    r"\b(?:t|time|elapsed|after)\W*$|^\s*(?:h|hr|hours?|min|s|sec)\b", re.IGNORECASE
)
_LIKE_A_DATE = re.compile(rf"{_YEAR}|\b{_MONTH}(?![a-z])|\d[./-]\d+[./-]\d", re.IGNORECASE)
DAY = 86400.0
_LONGEST_SURE = 7 * DAY  # with day and month swapped a series lasts for months


@dataclass(frozen=True)
class Clock:
    """Times that clocks told.

    Args:
        seconds: From the first, or as elapsed, in s, shape (m,).
        note: What they were taken for, for the history.
        doubt: Why they are not known; then ``seconds`` is of no use.
    """

    seconds: Array
    note: str
    doubt: str = ""


def unit_for(seconds: Array) -> str:
    """Return the unit of time that suits a span: s to ten minutes, min to three days."""
    span = float(np.nanmax(seconds) - np.nanmin(seconds))
    return "s" if span < 600 else "min" if span < 3 * DAY else "day"


def has_date(text: str) -> bool:
    """Whether a text holds one date with its time of day."""
    return sum(len(pattern.findall(text)) for pattern in _WITH_DATE) == 1


def is_elapsed(text: str) -> bool:
    """Whether a text is a time as h:mm:ss."""
    return _ELAPSED.fullmatch(text.strip()) is not None


def clock_times(texts: Sequence[str]) -> Clock | None:
    """Return the times that texts tell as dates or as h:mm:ss; None where not all of them do.

    Args:
        texts: One for each spectrum or row, m of them.
    """
    if texts and all(map(has_date, texts)):
        return _from_dates(texts)
    elapsed = [_ELAPSED.fullmatch(text.strip()) or _time_of_day(text) for text in texts]
    found = [match for match in elapsed if match]
    if not found or len(found) < len(texts):
        return None
    odd = next((m.string for m in found if _LIKE_A_DATE.search(_around(m))), "")
    if odd:
        return Clock(np.zeros(0), "", f"'{odd.strip()[:40]}' holds a date in no known form")
    seconds = np.array([_of_day(match) for match in found])
    halves = sum(bool(match.groupdict().get("half")) for match in found)
    if halves == len(found):
        return _of_clock_on_the_wall(seconds)
    if halves:
        return Clock(np.zeros(0), "", "some of the clock times say AM or PM, some do not")
    return _from_clocks([match["hour"] for match in found], seconds)


def _time_of_day(text: str) -> re.Match[str] | None:
    """Return the one time of day with seconds, or with AM or PM, that stands among other words."""
    found = list(_AMONG.finditer(text))
    if len(found) != 1 or not (found[0]["second"] or found[0]["half"]):
        return None
    before, after = text[: found[0].start()], text[found[0].end() :]
    return None if _NO_CLOCK.search(before) or _NO_CLOCK.search(after) else found[0]


def _around(match: re.Match[str]) -> str:
    return f"{match.string[: match.start()]} {match.string[match.end() :]}"


def _from_clocks(hours: list[str], seconds: Array) -> Clock:
    if float(hours[0]) == 0 and not (np.diff(seconds) < 0).any():
        return Clock(seconds, "times elapsed, as h:mm:ss")
    if max(map(float, hours)) >= 24:
        return Clock(seconds, "times elapsed, as h:mm:ss")
    return _of_clock_on_the_wall(seconds)


def _of_clock_on_the_wall(seconds: Array) -> Clock:
    # A clock that goes back by more than half a day has passed midnight.
    passed = np.concatenate([[0.0], np.cumsum(np.diff(seconds) < -DAY / 2)])
    seconds = seconds + DAY * passed
    if (np.diff(seconds) < 0).any():
        return Clock(seconds, "", "the clock times go up and down")
    over = ", over midnight" if passed[-1] else ""
    return Clock(seconds - seconds[0], f"times of a clock{over}, counted from the first")


def _of_day(match: re.Match[str]) -> float:
    found = match.groupdict()
    hour = float(found["hour"])
    if found.get("half"):
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    second = float((found["second"] or "0").replace(",", "."))
    return 3600 * hour + 60 * float(found["minute"]) + second


def _from_dates(texts: Sequence[str]) -> Clock:
    """Return times from the earliest date; day and month are where the series is shortest."""
    readings = [
        seconds - seconds.min()
        for swapped in (False, True)
        if (seconds := _all_dates(texts, swapped=swapped)) is not None
    ]
    if not readings:
        return Clock(np.zeros(0), "", "a date is none of the calendar")
    said = "dates and times of day, counted from the first"
    if len(readings) == 1 or np.array_equal(*readings):
        return Clock(readings[0], said)
    shortest = min(readings, key=lambda seconds: float(np.max(seconds)))
    if shortest.max() > _LONGEST_SURE:
        return Clock(np.zeros(0), "", "day and month of the dates may be swapped")
    order = "day" if shortest is readings[0] else "month"
    return Clock(shortest, f"{said}; the {order} stands first, else the series would last longer")


def _all_dates(texts: Sequence[str], *, swapped: bool) -> Array | None:
    try:
        return np.array([_of_date(text, swapped=swapped) for text in texts])
    except ValueError:
        return None


def _of_date(text: str, *, swapped: bool) -> float:
    match = next(filter(None, (pattern.search(text) for pattern in _WITH_DATE)))
    found = match.groupdict()
    year, first = int(found["year"]), int(found["a"])
    if found.get("name"):
        second = 1 + _MONTHS.index(found["name"].lower()[:3])
    else:
        second = int(found["b"])
        # With the year first the month follows, and with full stops the day leads, in any country.
        if swapped and found["s"] != "." and match.start("year") > match.start("a"):
            first, second = second, first
    day = datetime(year + 2000 * (year < 100), second, first)  # noqa: DTZ001  # of the laboratory
    return float(day.toordinal()) * DAY + _of_day(match)
