"""Finds the table of numbers in delimited text: which lines, which delimiter, which decimal sign.

The evidence is counted over the whole file. What stands above the table is its header, what
stands below it a log. A reading that is missing is a hole in the table (:mod:`holes`); a row whose
wavelength is missing, or that has too few cells, is refused.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import Problem, SpectrumError
from prenuc.observe.readers.decimals import NUMBER, SEP, convert, find_decimal, is_number, plain
from prenuc.observe.readers.holes import TWO_WORDS, Hole, fill, is_no_name, lost_number, span
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
_BEGINS = re.compile(r'[\s"]*[+-]?[.,]?\d')
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Run:
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
class Table:
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

    numbers: NDArray[np.float64]
    line: NDArray[np.int64]
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
    runs = _find_runs(joined, widths, any_word=delimiter != " ")
    table = max(runs, key=lambda run: len(run.rows), default=Run([], 0, 0))
    if len(table.rows) < FEWEST_ROWS:
        what = f"there is no table: fewer than {FEWEST_ROWS} rows of numbers follow each other"
        raise source.problem(what, "Export one row for each wavelength")
    longest = table
    table = _with_named(_without_header(table, joined, widths), lines, delimiter)
    runs = [run for run in runs if run is not longest]
    rows, holes = _fill(joined, widths, table)
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
    return Table(numbers, lines_of_rows, delimiter, sign, head, blank, log, holes)


def _join(line: str, delimiter: str) -> str:
    if delimiter == " ":
        line = TWO_WORDS.sub(r"\1_", line)
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
    wordy = [line for line in lines if _BEGINS.match(line) and not _NUMERIC_SIGNS.fullmatch(line)]
    rows = sample + wordy[:: max(1, len(wordy) // SAMPLE)]
    scores = {
        delimiter: sum(_is_row(_join(line, delimiter), delimiter) for line in rows)
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


def _is_row(joined: str, delimiter: str) -> bool:
    return _width(joined) > 1 or span(joined, any_word=delimiter != " ")[1] > 1


def _find_runs(joined: Sequence[str], widths: Sequence[int], *, any_word: bool) -> list[Run]:
    """Return the runs of rows, with and without holes; a few rows of words alone are none."""
    runs: list[Run] = []
    follows = False
    for row, (line, width) in enumerate(zip(joined, widths, strict=True)):
        if width == 0:
            continue
        least, most = (width, line.count(SEP) + 1) if width > 0 else span(line, any_word=any_word)
        if most < 2:
            follows = False
            continue
        last = runs[-1] if follows else Run([], 0, most)
        if follows and max(last.width, least) <= min(last.most, most):
            last.rows.append(row)
            runs[-1] = Run(last.rows, max(last.width, least), min(last.most, most))
        else:
            runs.append(Run([row], least, most))
        follows = True
    return [
        run for run in runs if len(run.rows) >= FEWEST_ROWS or any(widths[r] > 0 for r in run.rows)
    ]


def _without_header(run: Run, joined: Sequence[str], widths: Sequence[int]) -> Run:
    """Return a run without a first row of bare numbers that names the columns but not the axis.

    Blank cells that pad ``0,30,60,`` would make it a row whose last reading is missing. Under a row
    of names, or a step of the axis away from the next row, it is one.
    """
    first, *rest = run.rows
    if widths[first] != run.width - 1 or _is_named(joined, widths, first):
        return run
    try:
        own, second, third = (
            float(joined[row].split(SEP, 1)[0].replace(",", ".")) for row in run.rows[:3]
        )
    except ValueError:
        return run
    near = abs(own - second) <= 2 * abs(second - third)
    return run if near else Run(rest, run.width, run.most)


def _is_named(joined: Sequence[str], widths: Sequence[int], row: int) -> bool:
    """Whether a row of names stands directly above a row."""
    return row > 0 and widths[row - 1] < 0 and SEP in joined[row - 1]


def _with_named(run: Run, lines: Sequence[str], delimiter: str) -> Run:
    """Return a run with those blank columns at the end that the header names."""
    above = next((line for line in reversed(lines[: run.rows[0]]) if line.strip(', \t;"')), "")
    named = len(_stripped(split(above, delimiter)))
    width = named if run.width < named <= run.most else run.width
    return Run(run.rows, max(width, 2), run.most)


def _stripped(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _fill(
    joined: Sequence[str], widths: Sequence[int], table: Run
) -> tuple[list[str], tuple[Hole, ...]]:
    """Return the rows of a table, each with a cell for every column, and the holes in them."""
    rows: list[str] = []
    holes: list[Hole] = []
    for number, row in enumerate(table.rows):
        line = joined[row]
        if widths[row] != table.width:
            line, found = fill(line, number, table.width)
            holes += found
        rows.append(line)
    return rows, tuple(holes)


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
                raise SpectrumError(self._problem_of(self._between(run)[0]))

    def refuse_broken_rows(self) -> None:
        """Refuse rows with a missing or unreadable number at the ends of the table."""
        broken = [self._problem_of(row) for row in self._beside() if self._is_broken(row)]
        if broken:
            raise SpectrumError(broken)

    def _is_broken(self, row: int) -> bool:
        width = self.widths[row]
        if width > 0:
            return not self._is_header(Run([row], width, width))
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
            return not first or lost_number(first)
        if not first:
            return self._below_names(row, times=True)
        return is_no_name(first) or (lost_number(first) and self._below_names(row))

    def _below_names(self, row: int, *, times: bool = False) -> bool:
        """Whether names, or names with numbers in them such as times, stand above a row."""
        above = next((one for one in range(row - 1, -1, -1) if self.widths[one]), -1)
        if above < 0 or self.widths[above] > 0:
            return False
        first, *others = _stripped(split(self.joined[above], SEP))
        enough = len(others) + 1 == self.table.width and not is_number(first)
        return enough and (not times or any(map(str.isdigit, "".join(others))))

    def _is_header(self, run: Run) -> bool:
        """Whether a row of bare numbers above the table names its columns but not its axis."""
        row, first = run.rows[-1], self.table.rows[0]
        if len(run.rows) > 1 or run.width != self.table.width - 1 or row > first:
            return False
        directly_above = not any(self.widths[row + 1 : first])
        # Below a row of names it is the first row of the table, with a number lost.
        return directly_above and not _is_named(self.joined, self.widths, row)

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
        return any(
            first.strip() and not is_number(first) and not lost_number(first) for first in firsts
        )

    def _between(self, run: Run) -> list[int]:
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
        return self.source.problem(what, mend, row + 1).problems[0]
