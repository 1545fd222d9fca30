"""Finds the table of numbers in delimited text: which lines, which delimiter, which decimal sign.

The evidence is counted over the whole file. What stands above the table is its header, what
stands below it a log; a row that a number is missing from is neither, and is refused.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.decimals import NUMBER, SEP, convert, find_decimal, is_number, plain
from prenuc.observe.readers.source import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prenuc.observe.readers.source import Source

DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "blank"}
FEWEST_ROWS = 3
SAMPLE = 2000

_IS_ROW = re.compile(rf"{NUMBER}(?:{SEP}{NUMBER})++[{SEP} \t]*+")
_NUMERIC_SIGNS = re.compile(r"[\d\s.,;eE+\-\"]*+")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Run:
    """Consecutive rows of equally many numbers; blank rows may stand between them.

    Args:
        rows: Line indices, counted from 0.
        width: Numbers in a row.
    """

    rows: list[int]
    width: int


@dataclass(frozen=True)
class Table:
    """The numbers of a file and what surrounds them.

    Args:
        numbers: The numbers, shape (rows, columns), as they stand in the file.
        line: Line of each row, counted from 1, shape (rows,).
        delimiter: The delimiter, one of ``DELIMITERS``.
        decimal: The decimal sign.
        head: The lines above, blank ones included.
        blank: How many rows are blank.
        log: How many lines after the first row are text or belong to no table.
    """

    numbers: NDArray[np.float64]
    line: NDArray[np.int64]
    delimiter: str
    decimal: str
    head: list[str]
    blank: int
    log: int


def split(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line, unquoted and stripped."""
    if delimiter == " ":
        return line.replace('"', "").split()
    if '"' in line:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:  # such as a cell beyond the module's size limit
            cells = line.replace('"', "").split(delimiter)
    else:
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


def find_table(source: Source, lines: list[str], decimal: str | None) -> Table:
    """Return the table of a file.

    Args:
        source: The file, for messages.
        lines: Its lines.
        decimal: The decimal sign, when the caller knows it.

    Raises:
        SpectrumError: There is no table, more than one, a broken row, or an open question.
    """
    delimiter = _find_delimiter(source, lines, decimal)
    joined = [_join(line, delimiter) for line in lines]
    widths = [_width(line) for line in joined]
    runs = _find_runs(widths)
    table = max(runs, key=lambda run: len(run.rows), default=Run([], 0))
    if len(table.rows) < FEWEST_ROWS:
        what = f"there is no table: fewer than {FEWEST_ROWS} rows of numbers follow each other"
        raise source.problem(what, "Export one row for each wavelength")
    rows = [joined[row] for row in table.rows]
    lines_of_rows = np.array(table.rows) + 1
    if delimiter == "," and not decimal:
        _refuse_commas_of_two_kinds(source, lines, table)
    sign = decimal or find_decimal(source, rows, lines_of_rows)
    numbers = convert(source, rows, lines_of_rows, sign, table.width)
    neighbours = _Neighbours(source, joined, widths, table, sign, numbers)
    neighbours.refuse_other_runs(runs)
    neighbours.refuse_broken_rows()
    last = table.rows[-1]
    blank = sum(width == 0 for width in widths)
    log = sum(width != 0 for width in widths[last + 1 :])
    head = lines[: table.rows[0]]
    return Table(numbers, lines_of_rows, delimiter, sign, head, blank, log)


def _join(line: str, delimiter: str) -> str:
    if delimiter == " " or '"' in line:
        return SEP.join(split(line, delimiter))
    return line.replace(delimiter, SEP)


def _width(joined: str) -> int:
    """Return how many numbers a row has; 0 for a blank row, -1 for text."""
    content = joined.strip(SEP + " \t")
    if not content:
        return 0
    return content.count(SEP) + 1 if _IS_ROW.fullmatch(joined) else -1


def _find_delimiter(source: Source, lines: list[str], decimal: str | None) -> str:
    """Return the first delimiter by which about as many lines are rows as by the best one."""
    numeric = [line for line in lines if line.strip() and _NUMERIC_SIGNS.fullmatch(line)]
    numeric = [line for line in numeric if any(map(str.isdigit, line[:200]))]
    sample = numeric[:: max(1, len(numeric) // SAMPLE)]
    scores = {
        delimiter: sum(_width(_join(line, delimiter)) > 1 for line in sample)
        for delimiter in DELIMITERS
        if not (delimiter == "," and decimal == "," and not any(map(_QUOTED.search, sample)))
    }
    best = max(scores.values())
    if best == 0 and len(sample) < FEWEST_ROWS:
        raise source.problem("there are no rows of numbers", "Export the spectra as text")
    if best == 0:
        mend = "Export a column of wavelengths and a column for each spectrum"
        if decimal == "," and any("," in line for line in sample):
            mend += "; a comma cannot be decimal sign and delimiter in one file"
        line = lines.index(sample[0]) + 1
        raise source.problem("there is only one column of numbers", mend, line)
    return next(delimiter for delimiter, score in scores.items() if 2 * score >= best)


def _find_runs(widths: Sequence[int]) -> list[Run]:
    runs: list[Run] = []
    previous = -1
    for row, width in enumerate(widths):
        if width == 0:
            continue
        if width > 1 and width == previous:
            runs[-1].rows.append(row)
        elif width > 1:
            runs.append(Run([row], width))
        previous = width
    return runs


def _refuse_commas_of_two_kinds(source: Source, lines: list[str], table: Run) -> None:
    """Refuse ``500,5,0,12``: whole numbers between commas, or numbers with decimal commas."""
    if any("." in lines[row] or '"' in lines[row] for row in table.rows):
        return
    header = next((line for line in reversed(lines[: table.rows[0]]) if line.strip(", \t")), "")
    if len(split(header, ",")) != table.width:
        what = "a comma may separate whole numbers or be the decimal sign"
        mend = 'Pass decimal="." if it separates, else export with a semicolon between the columns'
        raise source.problem(what, mend, table.rows[0] + 1)


@dataclass(frozen=True)
class _Neighbours:
    """The lines around a table: header and log, or pieces of a damaged table."""

    source: Source
    joined: list[str]
    widths: list[int]
    table: Run
    decimal: str
    numbers: NDArray[np.float64]

    def refuse_other_runs(self, runs: list[Run]) -> None:
        """Refuse a second table, and rows of the table that something cuts off."""
        for run in runs:
            if run is self.table or self._is_header(run) or self._is_list(run):
                continue
            long = 2 * len(run.rows) >= max(len(self.table.rows), 2 * FEWEST_ROWS)
            if long and (run.width != self.table.width or self._is_titled(run)):
                what = f"a second table, of {run.width} columns, begins here"
                raise self.source.problem(what, "Save each table as a file", run.rows[0] + 1)
            if run.width == self.table.width:
                self._refuse_row(self._between(run)[0])

    def refuse_broken_rows(self) -> None:
        """Refuse a row with a missing or unreadable number at either end of the table."""
        for row in (self.table.rows[0] - 1, self.table.rows[-1] + 1):
            if not 0 <= row < len(self.joined) or self.widths[row] == 0:
                continue
            if self.widths[row] > 0 and not self._is_header(Run([row], self.widths[row])):
                self._refuse_row(row)
            cells = self.joined[row].rstrip(SEP + " \t").split(SEP)
            numbers = [is_number(cell) for cell in cells]
            begins = numbers[0] and (
                len(cells) == 1 or any(numbers[1:]) or row > self.table.rows[0]
            )
            orphan = row > self.table.rows[0] and not cells[0].strip() and any(numbers)
            if self.widths[row] < 0 and (begins or orphan):
                self._refuse_row(row)

    def _is_header(self, run: Run) -> bool:
        """Whether a row of bare numbers above the table names its columns but not its axis."""
        row, first = run.rows[-1], self.table.rows[0]
        if len(run.rows) > 1 or run.width != self.table.width - 1 or row > first:
            return False
        directly_above = not any(self.widths[row + 1 : first])
        # Below a row of names it is the first row of the table, with a number lost.
        named = row > 0 and self.widths[row - 1] < 0 and SEP in self.joined[row - 1]
        return directly_above and not named

    def _is_list(self, run: Run) -> bool:
        """Whether a few rows apart from the table go back over its axis, as a peak list does."""
        if 10 * len(run.rows) > len(self.table.rows) or not self._is_titled(run):
            return False
        axis = self.numbers[:, 0]
        try:
            own = [float(plain(self.joined[row], self.decimal)[0]) for row in run.rows]
        except ValueError:
            return False
        return all(axis.min() <= number <= axis.max() for number in own)

    def _is_titled(self, run: Run) -> bool:
        """Whether a line of plain text stands between a run and the table."""
        firsts = [self.joined[row].split(SEP, 1)[0] for row in self._between(run)]
        return any(first.strip() and not is_number(first) for first in firsts)

    def _between(self, run: Run) -> list[int]:
        first, second = sorted((run, self.table), key=lambda one: one.rows[0])
        between = range(first.rows[-1] + 1, second.rows[0])
        return [row for row in between if self.widths[row]]

    def _refuse_row(self, row: int) -> None:
        cells = self.joined[row].rstrip(SEP + " \t").split(SEP)
        bad = next((cell for cell in cells if not is_number(cell)), None)
        if bad is None:
            what = f"this row has {len(cells)} numbers, the table has {self.table.width} columns"
        elif bad.strip():
            what = f"'{printable(bad.strip(), 40)}' stands where the table has a number"
        else:
            what = "a cell of the table is empty"
        mend = "Mend or delete the row; save spectra with differing wavelengths as one file each"
        raise self.source.problem(what, mend, row + 1)
