"""A table of numbers in a text file, and how its lines are cut into cells."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.observe.readers.decimals import SEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array, Indices
    from prenuc.observe.readers.holes import Hole

COMMA_BLANK = ", "  # between cells whose decimal sign is a comma
DELIMITERS = {
    "\t": "tab",
    ";": "semicolon",
    ",": "comma",
    " ": "blank",
    COMMA_BLANK: "comma-and-blank",
}
FEWEST_ROWS = 3


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of equally many columns; blank rows may stand between them.

    Args:
        rows: Line indices, counted from 0.
        width: Columns that hold something.
        most: Columns with the blank ones at the end that all rows have.
    """

    rows: list[int]
    width: int
    most: int


@dataclass(frozen=True)
class NumberTable:
    """The numbers of a file and what surrounds them.

    Args:
        numbers: The numbers, shape (rows, columns), as they stand in the file; NaN in a hole.
        line: Line of each row, counted from 1, shape (rows,).
        delimiter: The delimiter, one of ``DELIMITERS``.
        decimal: The decimal sign.
        head: The lines above, blank ones included.
        blank: How many rows are blank.
        log: How many lines after the first row are text or belong to no table.
        holes: Cells without a number, row by row.
    """

    numbers: Array
    line: Indices
    delimiter: str
    decimal: str
    head: list[str]
    blank: int
    log: int
    holes: tuple[Hole, ...] = ()


def split(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line, unquoted and stripped."""
    if delimiter == " ":
        return line.replace('"', "").split()
    if '"' in line and delimiter != COMMA_BLANK:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:  # such as a cell beyond the module's size limit
            cells = line.replace('"', "").split(delimiter)
    else:
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


def stripped(cells: list[str]) -> list[str]:
    """Return cells without the blank ones at the end."""
    last = max((place for place, cell in enumerate(cells, 1) if cell), default=0)
    return cells[:last]


def below_names(joined: Sequence[str], widths: Sequence[int], row: int) -> bool:
    """Whether a row of names stands directly above a row.

    Args:
        joined: The lines, the cells of each joined by ``SEP``.
        widths: How many numbers each line has, -1 for text.
        row: The line of the row, counted from 0.
    """
    return row > 0 and widths[row - 1] < 0 and SEP in joined[row - 1]
