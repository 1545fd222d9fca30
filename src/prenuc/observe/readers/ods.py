"""The sheets of an OpenDocument workbook (ods, OASIS OpenDocument 1.3), as they are shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prenuc.observe.readers.sheet import MOST_COLUMNS, Sheet, clock

if TYPE_CHECKING:
    from prenuc.observe.readers.archives import Archive
    from prenuc.observe.readers.data_file import DataFile

NAME = "an OpenDocument workbook"
_CONTENT = "content.xml"
_MIMETYPE = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_DURATION = re.compile(r"P(?:(\d+)D)?T(\d+)H(\d+)M(\d+(?:[.,]\d+)?)S")
_CELLS = {"table-cell", "covered-table-cell"}


def sniff(data: bytes) -> bool:
    """Whether a file is an OpenDocument workbook."""
    return data.startswith(b"PK\x03\x04") and _MIMETYPE in data[:200]


def read_sheets(file: DataFile, archive: Archive) -> list[Sheet]:
    """Return all sheets.

    Args:
        file: The workbook, for messages.
        archive: Its members.

    Raises:
        SpectrumError: It is damaged, locked or too large.
    """
    if _CONTENT not in archive.names:
        raise file.problem("the archive in it is damaged or cut off", "Save it again")
    reading = _Reading(file)
    archive.elements(_CONTENT, reading.start, reading.end)
    return reading.sheets


class _Reading:
    """The state of one pass over a document."""

    def __init__(self, file: DataFile) -> None:
        self.file = file
        self.sheets: list[Sheet] = []
        self._row: dict[str, str] = {}
        self._cell: dict[str, str] = {}
        self._words: list[str] = []
        self._column = 0
        self._aside = 0  # remarks and drawings within a cell, whose text is not the cell's
        self._text: list[str] = []

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Begin an element."""
        if tag in {"annotation", "shapes", "frame"}:
            self._aside += 1
        elif self._aside:
            return
        elif tag == "table":
            self.sheets.append(Sheet(self.file, given.get("name", "")))
        elif tag == "table-row":
            self._row, self._column = given, 0
        elif tag in _CELLS:
            self._cell = given
            self._words = []

    def end(self, tag: str, text: str) -> None:
        """End an element."""
        if tag in {"annotation", "shapes", "frame"}:
            self._aside -= 1
        elif self._aside or not self.sheets:
            return
        elif tag in {"", "p", "span", "a"}:
            self._words.append(text + (" " if tag == "p" else ""))
        elif tag in {"s", "tab", "line-break"}:
            self._words.append(text + " ")
        elif tag in _CELLS:
            self._end_cell(shown=_shown(self._cell, "".join(self._words)))
        elif tag == "table-row":
            self._end_row()

    def _end_cell(self, shown: str) -> None:
        times = _repeated(self._cell, "number-columns-repeated")
        if shown:  # the last cell of a row often stands for all that are blank
            for column in range(self._column, min(self._column + times, MOST_COLUMNS + 1)):
                self.sheets[-1].put(column, shown)
        self._column += times

    def _end_row(self) -> None:
        sheet, times = self.sheets[-1], _repeated(self._row, "number-rows-repeated")
        sheet.end_row(times)


def _repeated(given: dict[str, str], name: str) -> int:
    text = given.get(name, "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1


def _shown(cell: dict[str, str], words: str) -> str:
    """Return what a cell shows, a number with all its digits."""
    kind, value = cell.get("value-type", ""), cell.get("value", "")
    if kind in {"float", "currency"}:
        return value
    if kind == "percentage":
        try:
            return repr(round(100 * float(value), 12))
        except ValueError:
            return value
    if kind == "date":
        return cell.get("date-value", "").replace("T", " ")
    time = _DURATION.fullmatch(cell.get("time-value", ""))
    if kind == "time" and time:
        days, hours, minutes, seconds = (
            float((part or "0").replace(",", ".")) for part in time.groups()
        )
        return clock(86400 * days + 3600 * hours + 60 * minutes + seconds)
    return words
