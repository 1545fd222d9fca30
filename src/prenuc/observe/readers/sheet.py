"""A sheet of a workbook while it is read: cells at their places, within limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from prenuc.observe.readers.data_file import printable

if TYPE_CHECKING:
    from prenuc.observe.readers.data_file import DataFile

MOST_CELLS = 1_000_000  # blank ones between others counted; ten seconds
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # that a spreadsheet has
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_BLANK = re.compile(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+")


@dataclass
class Sheet:
    """A sheet, row by row.

    Args:
        file: The workbook, for messages.
        name: Its name.
    """

    file: DataFile
    name: str
    lines: list[str] = field(default_factory=list)
    rows_of_numbers: int = 0  # with two or more
    _with_number: list[int] = field(default_factory=list)
    _row: dict[int, str] = field(default_factory=dict)
    _blank: int = 0  # rows since the last one that holds something
    _cells: int = 0

    @property
    def rows(self) -> int:
        """How many rows have ended."""
        return len(self.lines) + self._blank

    def put(self, column: int, text: str) -> None:
        """Put what is shown into a cell of the current row; column counted from 0."""
        if column >= MOST_COLUMNS:
            raise self._too_large()
        if text:
            self._row[column] = _BLANK.sub(" ", text).strip()

    def skip_to(self, row: int) -> None:
        """Leave blank rows until a row, counted from 0, is the current one."""
        if row >= MOST_ROWS or row < self.rows:
            raise self._too_large()
        self._blank += row - self.rows

    def end_row(self, times: int = 1) -> None:
        """End the current row, which stands ``times`` times in the sheet."""
        if not self._row:
            self._blank += times
            return
        width = max(self._row) + 1
        self._cells += self._blank + width * times
        if self._cells > MOST_CELLS or self.rows + times > MOST_ROWS:
            raise self._too_large()
        cells = [self._row.get(column, "") for column in range(width)]
        numbers = sum(map(is_plain, self._row.values()))
        first = self.rows
        self.lines += [""] * self._blank + ["\t".join(cells)] * times
        self._blank = 0
        self.rows_of_numbers += times * (numbers > 1)
        self._with_number += range(first, first + times) if numbers else ()
        self._row.clear()

    def text(self) -> str:
        """Return the sheet as tab-delimited text, its rows of numbers as wide as the widest."""
        tabs = {row: self.lines[row].count("\t") for row in self._with_number}
        most = max(tabs.values(), default=0)
        if (most + 1) * len(tabs) > MOST_CELLS:
            raise self._too_large()
        lines = list(self.lines)
        for row, own in tabs.items():
            lines[row] += "\t" * (most - own)
        return "\n".join(lines)

    def _too_large(self) -> Exception:
        what = f"the sheet '{printable(self.name, 60)}' has more than {MOST_CELLS} cells"
        return self.file.problem(what, "Split it, or export the spectra as text (CSV)")


def is_plain(text: str) -> bool:
    """Whether a text is a number with a decimal point."""
    return _NUMBER.fullmatch(text) is not None


def clock(seconds: float) -> str:
    """Return a time of day, or a time elapsed, as h:mm:ss."""
    whole, part = divmod(round(seconds * 1000), 1000)
    fraction = f".{part:03d}" if part else ""
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{fraction}"


def date(days: float, first: datetime) -> str:
    """Return the date and time of day that are so many days after the first day.

    Raises:
        OverflowError: No calendar has it.
    """
    when = first + timedelta(milliseconds=round(days * 86_400_000))
    return when.isoformat(sep=" ", timespec="milliseconds" if when.microsecond else "seconds")
