"""A first column of clock times or h:mm:ss becomes one of seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prenuc.observe.readers.clocks import clock_times, has_date
from prenuc.observe.readers.durations import duration
from prenuc.observe.readers.times import stated_unit

if TYPE_CHECKING:
    from prenuc.observe.readers.data_file import DataFile

_FEWEST = 3
_FIRST = re.compile(
    r'\s*"?(?P<cell>(?:[\d./-]+[ T])?-?\d{1,3}:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?'
    r'(?:\s*[AaPp]\.?[Mm]\.?)?)"?(?=\s*[,;\t]|\s{1,}[\d.+-]|\s*$)'
)
_TWO_PARTS = re.compile(r"-?\d{1,3}:\d\d")
_WRITTEN = {
    "h": re.compile(r"\bh+:m+\b", re.IGNORECASE),
    "min": re.compile(r"\bm+(in)?:s+", re.IGNORECASE),
}


def with_seconds(file: DataFile, lines: list[str]) -> tuple[list[str], list[str]]:
    """Return lines whose first cells are seconds where they were clock times, and what to say.

    Args:
        file: The file, for messages.
        lines: Its lines.

    Raises:
        SpectrumError: ``1:30`` may be h:mm or min:s, or the clock goes up and down.
    """
    found = {row: match for row, line in enumerate(lines) if (match := _FIRST.match(line))}
    rows = [row for row, match in found.items() if lines[row][match.end() :].strip(' ,;\t"')]
    if len(rows) < _FEWEST:
        return lines, []
    cells = [found[row]["cell"] for row in rows]
    if all(map(_TWO_PARTS.fullmatch, cells)):
        seconds, note = _of_two_parts(file, lines[: rows[0]], cells, rows[0] + 1)
    else:
        seconds, note = _of_clock(file, cells, rows[0] + 1)
    told = dict(zip(rows, seconds, strict=True))
    written = [
        _number(told[row]) + line[found[row].end() :] if row in told else line
        for row, line in enumerate(lines)
    ]
    return written, [note]


def _of_clock(file: DataFile, cells: list[str], line: int) -> tuple[list[float], str]:
    clock = clock_times(cells)
    if clock is None or clock.doubt:
        dated = any(map(has_date, cells))
        what = clock.doubt if clock else "the times of the first column are written in several ways"
        mend = "Write all with their date" if dated else "Write all as h:mm:ss, in order"
        raise file.problem(what, mend, line)
    return clock.seconds.tolist(), f"{clock.note}, in s"


def _of_two_parts(
    file: DataFile, head: list[str], cells: list[str], line: int
) -> tuple[list[float], str]:
    """Return ``1:30`` in s as the header says."""
    header = " ".join(head)
    unit = next((unit for unit, how in _WRITTEN.items() if how.search(header)), None)
    unit = unit or next(filter(None, map(stated_unit, re.split(r"[,;\t]", header))), None)
    read = [duration(cell, ".", unit) for cell in cells]
    doubt = next((one.doubt for one in read if one.doubt), "")
    if doubt:
        raise file.problem(doubt, 'Head the column "Time (h:mm)" or "Time (mm:ss)"', line)
    return [one.seconds for one in read], f"times as {'h:mm' if unit == 'h' else 'min:s'}, in s"


def _number(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds == round(seconds) else f"{seconds:.3f}"
