"""The sheets of an Excel workbook (xlsx, ECMA-376), as they are shown."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from prenuc.observe.readers.data_file import DataFile, printable
from prenuc.observe.readers.sheet import MOST_COLUMNS, Sheet, clock, date, is_plain

if TYPE_CHECKING:
    from prenuc.observe.readers.archives import Archive

NAME = "an Excel workbook"
_BOOK = "xl/workbook.xml"
# Formats of dates and times that have a number but no code in the file, ECMA-376 part 1, 18.8.30.
_DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
_CLOCKS = {*range(18, 22), 45, 46, 47}
_PERCENTS = {9, 10}
_MOST_DAYS = 1000  # elapsed
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - no zone


def sniff(data: bytes) -> bool:
    """Whether a file is an Excel workbook."""
    return data.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in data


@dataclass
class _Book:
    """What all sheets share.

    Args:
        words: Texts that cells name by their number.
        kinds: How each style shows numbers: "", "date", "clock" or "%".
        from_1904: Whether days are counted from 1904.
    """

    words: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    from_1904: bool = False


def read_sheets(file: DataFile, archive: Archive) -> list[Sheet]:
    """Return the sheets that are not hidden.

    Args:
        file: The workbook, for messages.
        archive: Its members.

    Raises:
        SpectrumError: It is damaged or too large, or a formula stands without its value.
    """
    book, named = _Book(), _named_sheets(archive)
    book.from_1904 = named.pop("", "") == "1904"
    if "xl/sharedStrings.xml" in archive.names:
        book.words = _shared_words(archive)
    if "xl/styles.xml" in archive.names:
        book.kinds = _kinds_of_styles(archive)
    return [
        _read_sheet(file, archive, path, name, book)
        for name, path in named.items()
        if path in archive.names
    ]


def _named_sheets(archive: Archive) -> dict[str, str]:
    """Return the member of each sheet by its name; "" leads to "1904" if days count from there."""
    sheets, targets = {}, {}

    def of_book(tag: str, given: dict[str, str]) -> None:
        if tag == "sheet" and given.get("state", "visible") == "visible":
            sheets[given.get("name", "")] = given.get("id", "")
        if tag == "workbookPr" and given.get("date1904") in {"1", "true"}:
            sheets[""] = "1904"

    def of_relations(_: str, given: dict[str, str]) -> None:
        target = given.get("Target", "")
        inside = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        targets[given.get("Id", "")] = posixpath.normpath(inside)

    archive.elements(_BOOK, of_book, lambda *_: None)
    relations = "xl/_rels/workbook.xml.rels"
    if relations in archive.names:
        archive.elements(relations, of_relations, lambda *_: None)
    return {name: "1904" if not name else targets.get(own, "") for name, own in sheets.items()}


def _shared_words(archive: Archive) -> list[str]:
    words: list[str] = []
    parts: list[str] = []
    phonetic = [False]

    def start(tag: str, _: dict[str, str]) -> None:
        phonetic[0] = phonetic[0] or tag == "rPh"

    def end(tag: str, text: str) -> None:
        if tag == "t" and not phonetic[0]:
            parts.append(text)
        elif tag == "rPh":
            phonetic[0] = False
        elif tag == "si":
            words.append("".join(parts))
            parts.clear()

    archive.elements("xl/sharedStrings.xml", start, end)
    return words


def _kinds_of_styles(archive: Archive) -> list[str]:
    codes: dict[int, str] = {}
    kinds: list[str] = []
    inside = [""]

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "numFmt":
            codes[_whole(given.get("numFmtId"))] = given.get("formatCode", "")
        elif tag == "cellXfs":
            inside[0] = tag
        elif tag == "xf" and inside[0]:
            number = _whole(given.get("numFmtId"))
            kinds.append(_kind(number, codes.get(number, "")))

    def end(tag: str, _: str) -> None:
        if tag == "cellXfs":
            inside[0] = ""

    archive.elements("xl/styles.xml", start, end)
    return kinds


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _kind(number: int, code: str) -> str:
    """Return how a format shows numbers: "date", "clock", "%", or "" as they are."""
    if number in _DATES:
        return "date"
    if number in _CLOCKS:
        return "clock"
    signs = _LITERAL.sub("", code.partition(";")[0]).lower()
    if number in _PERCENTS or "%" in signs:
        return "%"
    if signs == "general":
        return ""
    if re.search(r"[dy]", signs):
        return "date"
    return "clock" if re.search(r"[hs]", signs) else ""


def _read_sheet(file: DataFile, archive: Archive, path: str, name: str, book: _Book) -> Sheet:
    reading = _Reading(Sheet(file, name), book)
    archive.elements(path, reading.start, reading.end)
    return reading.sheet


class _Reading:
    """The state of one pass over a sheet."""

    def __init__(self, sheet: Sheet, book: _Book) -> None:
        self.sheet, self._book = sheet, book
        self._cell: dict[str, str] = {}
        self._texts: list[str] = []
        self._column = -1

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Begin an element."""
        if tag == "row":
            self._column = -1
            row = _whole(given.get("r"))
            self.sheet.skip_to(row - 1 if row else self.sheet.rows)
        elif tag == "c":
            self._cell, self._texts = given, []
            self._column = _column(given.get("r", ""), self._column + 1)
        elif tag == "f":
            self._cell["formula"] = "1"

    def end(self, tag: str, text: str) -> None:
        """End an element."""
        if tag == "v":
            self._cell["value"] = text
        elif tag == "t":
            self._texts.append(text)
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self.sheet.end_row()

    def _end_cell(self) -> None:
        cell = self._cell
        if "formula" in cell and not cell.get("value") and cell.get("t") != "str":
            raise _without_value(self.sheet, cell.get("r", ""))
        self.sheet.put(self._column, "".join(self._texts) or _shown(cell, self._book))


def _without_value(sheet: Sheet, place: str) -> Exception:
    where = f"cell {printable(place, 12)} of the sheet '{printable(sheet.name, 60)}'"
    mend = "Open and save it in a spreadsheet program, which computes it"
    what = f"{where} holds a formula without its value"
    return sheet.file.problem(what, mend, sheet.rows + 1)


def _column(reference: str, following: int) -> int:
    """Return the column of a reference such as "BC7", counted from 0."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return following
    column = 0
    for letter in letters[0]:
        column = 26 * column + ord(letter) - 64
    return min(column - 1, MOST_COLUMNS)


def _shown(cell: dict[str, str], book: _Book) -> str:
    """Return what a cell shows."""
    value, kind = cell.get("value", "").strip(), cell.get("t", "n")
    if kind == "s":
        place = _whole(value)
        return book.words[place] if place < len(book.words) else ""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(value, value)
    style = _whole(cell.get("s"))
    how = book.kinds[style] if style < len(book.kinds) and kind == "n" else ""
    if not how or not is_plain(value):
        return value.replace("T", " ") if kind == "d" else value
    return _formatted(float(value), how, _EPOCHS[book.from_1904]) or value


def _formatted(number: float, how: str, first: datetime) -> str:
    """Return a number as a date, a time or in percent; "" where no calendar has it."""
    if how == "%":
        return repr(round(100 * number, 12))
    if how == "clock" and 0 <= number < _MOST_DAYS:
        return clock(86400 * number)
    try:
        return date(number, first)
    except (OverflowError, ValueError):
        return ""
