"""Sheets as files: text for any program, a workbook, Origin. Whole or not at all.

Text begins with the mark by which a spreadsheet knows UTF-8. What a formula could be taken for is
written as text.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.writing import whole, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from prenuc.present.tables.sheet import Cell, Column, Sheet

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of one sheet of a workbook
LONGEST_NAME = 31  # of a sheet
UTF8_MARK = "\ufeff"
SEPARATORS = {",": ",", ";": ";", "tab": "\t"}
_FORMULA = re.compile(r"\s*(?:[=@]|[-+](?!\s*[\d.]))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Marks:
    """How numbers and cells are told apart in text.

    Args:
        decimal: The decimal sign, "." or ",".
        separator: Between cells: ",", ";" or "tab"; None for what the format and the decimal sign
            ask for.

    Raises:
        InputError: Both are a comma, or one of them is another sign.
    """

    decimal: str = "."
    separator: str | None = None

    def __post_init__(self) -> None:
        if self.decimal not in {".", ","}:
            raise InputError(f"'{self.decimal}' is not a decimal sign", "Give . or ,")
        if self.separator is not None and self.separator not in SEPARATORS:
            mend = f"Give one of {' '.join(SEPARATORS)}"
            raise InputError(f"'{self.separator}' is not a separator", mend)
        if self.separator == self.decimal:
            what = "decimal sign and separator are both a comma, so numbers fall apart"
            raise InputError(what, "Give --separator ';' or 'tab'")

    def between(self, usual: str = ",") -> str:
        """Return what stands between cells.

        Args:
            usual: Where neither the separator nor a decimal comma says otherwise.
        """
        if self.separator is not None:
            return SEPARATORS[self.separator]
        return ";" if usual == self.decimal else usual

    def written(self, cell: Cell) -> str:
        """Return a cell as text; a number in as many digits as it needs.

        Args:
            cell: A number, a text, or None.
        """
        if cell is None or isinstance(cell, str):
            return shown_text(cell or "")
        return repr(cell).replace(".", self.decimal)


POINT = Marks()


def clean(text: str) -> str:
    """Return a text without signs that no file of one line a row can hold."""
    return _CONTROL.sub(" ", text)


def shown_text(text: str) -> str:
    """Return a text that a spreadsheet shows and does not compute, such as "'=A1"."""
    cleaned = clean(text)
    return f"'{cleaned}" if _FORMULA.match(cleaned) else cleaned


def csv_text(sheet: Sheet, marks: Marks = POINT, *, above: str = "") -> str:
    """Return a sheet as separated text, with one line of names and units.

    Args:
        sheet: What is written.
        marks: Decimal sign and separator.
        above: A line above the names.
    """
    text = io.StringIO()
    text.write(UTF8_MARK + (f"{above}\n" if above else ""))
    writer = csv.writer(text, delimiter=marks.between(), lineterminator="\n")
    writer.writerow([shown_text(column.line) for column in sheet.columns])
    writer.writerows([marks.written(cell) for cell in row] for row in sheet.rows)
    return text.getvalue()


def write_csv(sheet: Sheet, path: Path, marks: Marks = POINT) -> None:
    """Write a sheet as separated text, with one line of names and units.

    Args:
        sheet: What is written.
        path: The file to write.
        marks: Decimal sign and separator.

    Raises:
        InputError: The file cannot be written.
    """
    write_text(path, csv_text(sheet, marks))


def origin_text(sheet: Sheet, marks: Marks = POINT) -> str:
    """Return a sheet as text with the three header rows of an Origin worksheet.

    On import, choose Long Name for the first line, Units for the second, Comments for the third.

    Args:
        sheet: What is written.
        marks: Decimal sign and separator; a tabulator where none is asked for.
    """
    columns = sheet.columns
    head = [[getattr(one, row) for one in columns] for row in ("name", "unit", "comment")]
    rows = [[marks.written(cell) for cell in row] for row in sheet.rows]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=marks.between("\t"), lineterminator="\r\n")
    writer.writerows([clean(cell) for cell in row] for row in [*head, *rows])
    return text.getvalue()


def write_origin(sheet: Sheet, path: Path, marks: Marks = POINT) -> None:
    """Write a sheet for Origin, as :func:`origin_text` says.

    Args:
        sheet: What is written.
        path: The file to write.
        marks: Decimal sign and separator; a tabulator where none is asked for.

    Raises:
        InputError: The file cannot be written.
    """
    write_text(path, origin_text(sheet, marks))


def write_xlsx(
    sheets: Sequence[Sheet], path: Path, *, about: Iterable[tuple[str, str]] = ()
) -> None:
    """Write a workbook: a row of names and one of units above the numbers of every sheet.

    Args:
        sheets: In order, each under its name.
        path: The file to write.
        about: Everything that is known beside the numbers, name and text, for the last sheet.

    Raises:
        InputError: A sheet is too large, the library is missing, or the file cannot be written.
    """
    _check_room(sheets, path)
    try:
        from openpyxl import Workbook
    except ImportError:
        raise missing("openpyxl") from None
    book = Workbook(write_only=True)
    for sheet, name in zip(sheets, _names(sheets), strict=True):
        page = book.create_sheet(name)
        page.append([_text(page, column.heading) for column in sheet.columns])
        page.append([_text(page, column.unit) for column in sheet.columns])
        page.freeze_panes = "A3"
        for row in sheet.rows:
            page.append([_cell(page, cell) for cell in row])
    if facts := [*about]:
        page = book.create_sheet("about")
        for fact in facts:
            page.append([_text(page, words) for words in fact])
    content = io.BytesIO()
    book.save(content)  # not to the disk, where a book that is half saved complains when it goes
    with whole(path) as partial:
        partial.write_bytes(content.getbuffer())


def missing(library: str) -> InputError:
    """Return how to get a library that a format needs."""
    return InputError(f"{library} is not installed", "pip install 'prenuc[data]'")


def _check_room(sheets: Sequence[Sheet], path: Path) -> None:
    for sheet in sheets:
        rows = _length(sheet.columns)
        if rows + 1 >= MOST_ROWS or len(sheet.columns) > MOST_COLUMNS:
            what = f"{rows} × {len(sheet.columns)} values do not fit into one sheet"
            raise InputError(what, "Use --to csv or --to netcdf", where=str(path))


def _length(columns: Sequence[Column]) -> int:
    return len(columns[0].cells) if columns else 0


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Return names that a workbook takes, each differently."""
    found: list[str] = []
    for sheet in sheets:
        plain = _NOT_IN_NAME.sub(" ", clean(sheet.name))[:LONGEST_NAME].strip(" '") or "sheet"
        name, number = plain, 1
        while name.lower() in {other.lower() for other in found} | {"about"}:
            number += 1
            name = f"{plain[: LONGEST_NAME - 4]} {number}"
        found.append(name)
    return found


def _text(page: Any, words: str) -> Any:
    """Return a cell that shows a text; one that begins with "=" is no formula."""
    from openpyxl.cell import WriteOnlyCell

    written = WriteOnlyCell(page, value=clean(words))
    written.data_type = "s"
    return written


def _cell(page: Any, cell: Cell) -> Any:
    """Return a number with all its digits, where the library would keep 16; or a text."""
    if cell is None or isinstance(cell, str):
        return cell and _text(page, cell)
    written = _text(page, repr(cell))
    written.data_type = "n"
    return written
