"""A table of numbers in a text file, how its lines are cut into cells, and what stands around it.

Nothing that belongs to a table may be left out without a word.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import Problem, SpectrumError
from prenuc.observe.readers.cells import SEP, Hole, is_no_name, is_number, lost_number, plain
from prenuc.observe.readers.data_file import DataFile, printable
from prenuc.observe.readers.times import says_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array, Indices

COMMA_BLANK = ", "  # between cells whose decimal sign is a comma
DELIMITERS = {
    "\t": "tab",
    ";": "semicolon",
    ",": "comma",
    " ": "blank",
    COMMA_BLANK: "comma-and-blank",
}
FEWEST_ROWS = 3
# What a spreadsheet writes below a table, one number a column.
_OF_ALL_ROWS = re.compile(
    r"\W*(mean|average|avg|median|max(imum)?|min(imum)?|sum|total|std|sd|stdev|peak|area|range)\b.*",
    re.IGNORECASE,
)


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
        titles: What stands above each of several blocks of rows on one grid; empty for one block.
    """

    numbers: Array
    line: Indices
    delimiter: str
    decimal: str
    head: list[str]
    blank: int
    log: int
    holes: tuple[Hole, ...] = ()
    titles: tuple[tuple[str, ...], ...] = ()


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


def below_names(joined: Sequence[str], widths: Sequence[int], row: int, width: int) -> bool:
    """Whether a row of names, about as many as columns, stands directly above a row.

    Args:
        joined: The lines, the cells of each joined by ``SEP``.
        widths: How many numbers each line has, -1 for text.
        row: The line of the row, counted from 0.
        width: Columns of the table.
    """
    names = len(stripped([cell.strip() for cell in joined[row - 1].split(SEP)])) if row else 0
    return row > 0 and widths[row - 1] < 0 and names > 1 and 2 * names >= width


def _decimals(cell: str) -> int:
    return len(re.split("[.,]", cell.strip() + ".")[1])


@dataclass(frozen=True)
class Neighbours:
    """The lines around a table: header and log, or pieces of a damaged table.

    Args:
        file: The file, for messages.
        joined: Its lines, the cells of each joined by ``SEP``.
        widths: How many numbers each line has; 0 for a blank one, -1 for text.
        table: The rows of the table.
        decimal: The decimal sign.
        numbers: The numbers of the table, shape (rows, columns).
    """

    file: DataFile
    joined: list[str]
    widths: list[int]
    table: Rows
    decimal: str
    numbers: Array

    def refuse(self, runs: list[Rows]) -> None:
        """Refuse what the table would lose: other runs of rows, and broken rows at its ends.

        Raises:
            SpectrumError: There are such rows; it says what to do with them.
        """
        self._refuse_other_runs(runs)
        broken = [self._problem_of(row) for row in self._beside() if self._is_broken(row)]
        if broken:
            raise SpectrumError(broken)

    def _refuse_other_runs(self, runs: list[Rows]) -> None:
        """Refuse a second table, and rows of the table that something cuts off."""
        for run in runs:
            if run is self.table or self._is_header(run) or self._is_list(run):
                continue
            long = 2 * len(run.rows) >= max(len(self.table.rows), 2 * FEWEST_ROWS)
            if long and (run.width != self.table.width or self._is_titled(run)):
                what = f"a second table, of {run.width} columns, begins here"
                raise self.file.problem(what, "Save each table as a file", run.rows[0] + 1)
            if run.width == self.table.width:
                raise SpectrumError(self._problem_of(self._between(run)[0]))

    def _is_broken(self, row: int) -> bool:
        width = self.widths[row]
        if width > 0:
            return not self._is_header(Rows([row], width, width))
        return self._begins_as_row(row) or self._lacks_axis(row)

    def _beside(self) -> list[int]:
        """Return the rows before and after the table, no further off than its rows from another."""
        step = int(np.median(np.diff(self.table.rows)))
        first, last = self.table.rows[0], self.table.rows[-1]
        near = (range(first - 1, first - 1 - step, -1), range(last + 1, last + 1 + step))
        written = [
            [row for row in rows if 0 <= row < len(self.joined) and self.widths[row]]
            for rows in near
        ]
        return [rows[0] for rows in written if rows]

    def _begins_as_row(self, row: int) -> bool:
        """Whether text begins with a number as a row of the table does."""
        cells = self.joined[row].rstrip(SEP + " \t").split(SEP)
        numbers = [is_number(cell) for cell in cells]
        named = len(cells) == self.table.width and self._below_names(row)
        below = row > self.table.rows[0]
        return numbers[0] and (len(cells) == 1 or any(numbers[1:]) or below or named)

    def _lacks_axis(self, row: int) -> bool:
        """Whether text is a row of the table without its wavelength, not a header or a log."""
        first, *others = (cell.strip() for cell in self.joined[row].split(SEP))
        if not any(map(is_number, others)):
            return False
        if row > self.table.rows[0]:
            summed = _OF_ALL_ROWS.fullmatch(first) is not None
            return (
                not first or lost_number(first) or (not summed and self._is_like_the_first(others))
            )
        if not first:
            return self._below_names(row, times=True)
        lost = lost_number(first) or (not says_time(first) and self._is_like_the_first(others))
        return is_no_name(first) or (lost and self._below_names(row))

    def _is_like_the_first(self, others: list[str]) -> bool:
        """Whether cells are numbers with as many decimals as those of the table's first row."""
        first = self.joined[self.table.rows[0]].split(SEP)[1:]
        decimals = [
            [len(re.split("[.,]", x.strip() + ".")[1]) for x in row] for row in (others, first)
        ]
        return all(map(is_number, others)) and any(decimals[0]) and decimals[0] == decimals[1]

    def _below_names(self, row: int, *, times: bool = False) -> bool:
        """Whether names, or names with numbers in them such as times, stand above a row."""
        above = next((one for one in range(row - 1, -1, -1) if self.widths[one]), -1)
        if above < 0 or self.widths[above] > 0:
            return False
        first, *others = stripped(split(self.joined[above], SEP))
        enough = len(others) + 1 == self.table.width and not is_number(first)
        return enough and (not times or any(map(str.isdigit, "".join(others))))

    def _is_header(self, run: Rows) -> bool:
        """Whether a row of bare numbers above the table names its columns but not its axis."""
        row, first = run.rows[-1], self.table.rows[0]
        if len(run.rows) > 1 or run.width != self.table.width - 1 or row > first:
            return False
        directly_above = not any(self.widths[row + 1 : first])
        # Below a row of names it is the first row of the table, with a number lost.
        return directly_above and not below_names(self.joined, self.widths, row, self.table.width)

    def _is_list(self, run: Rows) -> bool:
        """Whether a few rows apart from the table go back over its axis, as a peak list does."""
        if 10 * len(run.rows) > len(self.table.rows) or not self._is_titled(run):
            return False
        axis = self.numbers[:, 0]
        try:
            own = [float(plain(self.joined[row], self.decimal)[0]) for row in run.rows]
        except ValueError:
            return False
        return all(axis.min() <= number <= axis.max() for number in own)

    def _is_titled(self, run: Rows) -> bool:
        """Whether a line of plain text stands between a run and the table."""
        firsts = [self.joined[row].split(SEP, 1)[0] for row in self._between(run)]
        return any(
            first.strip() and not is_number(first) and not lost_number(first) for first in firsts
        )

    def _between(self, run: Rows) -> list[int]:
        first, second = sorted((run, self.table), key=lambda one: one.rows[0])
        between = range(first.rows[-1] + 1, second.rows[0])
        return [row for row in between if self.widths[row]]

    def _problem_of(self, row: int) -> Problem:
        cells = self.joined[row].rstrip(SEP + " \t").split(SEP)
        bad = next((cell for cell in cells if not is_number(cell)), None)
        if bad is None:
            what = f"this row has {len(cells)} numbers, the table has {self.table.width} columns"
        elif bad.strip():
            what = f"'{printable(bad.strip(), 40)}' stands where the table has a number"
        else:
            what = "a cell of the table is empty"
        mend = "Mend or delete the row; save spectra with differing wavelengths as one file each"
        return self.file.problem(what, mend, row + 1).problems[0]
