"""Finds the table of numbers in delimited text: which lines, which delimiter, which decimal sign.

The evidence is counted over the whole file. What stands above the table is its header, what
stands below it a log. A reading that is missing is a hole in the table; a row whose
wavelength is missing, or that has too few cells, is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.cells import (
    NUMBER,
    SEP,
    TWO_WORDS,
    Hole,
    convert,
    fill,
    find_decimal,
    span,
)
from prenuc.observe.readers.number_table import (
    COMMA_BLANK,
    DELIMITERS,
    FEWEST_ROWS,
    Neighbours,
    NumberTable,
    Rows,
    below_names,
    split,
    stripped,
)
from prenuc.observe.readers.stacked import joined_blocks, titles_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.errors import SpectrumError
    from prenuc.observe.readers.data_file import DataFile

SAMPLE = 2000

_IS_ROW = re.compile(rf"{NUMBER}(?:{SEP}{NUMBER})++[{SEP} \t]*+")
_NUMERIC_SIGNS = re.compile(r"[\d\s.,;eE+\-\"]*+")
_BEGINS = re.compile(r'[\s"]*[+-]?[.,]?\d')
_COMMA = r"[+-]?\d+(?:,\d+)?"
_COMMAS_WITHIN = re.compile(rf"\s*{_COMMA}(?:,[ \t]+{_COMMA})+[\s,]*")
_QUOTED = re.compile(r'"[^"]*"')
# Thousands that a blank or an apostrophe parts, as a whole cell: 1 850, 1'000.5.
_GROUPED = re.compile(
    rf"(?<![^{SEP}])[ \t]*([+-]?\d{{1,3}})((?:[ \u00a0\u2009\u202f'’]\d{{3}})+)"
    rf"(?=(?:[.,]\d*)?[ \t]*(?:{SEP}|$))"
)


def find_table(file: DataFile, lines: list[str], decimal: str | None) -> NumberTable:
    """Return the table of a file.

    Args:
        file: The file, for messages.
        lines: Its lines.
        decimal: The decimal sign, when the caller knows it.

    Raises:
        SpectrumError: There is no table, more than one, a broken row, or an open question.
    """
    delimiter = _find_delimiter(file, lines, decimal)
    joined = [_join(line, delimiter) for line in lines]
    widths = [_width(line) for line in joined]
    runs = _find_runs(joined, widths, any_word=delimiter != " ")
    longest = max(runs, key=lambda run: len(run.rows), default=Rows([], 0, 0))
    if len(longest.rows) < FEWEST_ROWS:
        what = f"there is no table: fewer than {FEWEST_ROWS} rows of numbers follow each other"
        raise file.problem(what, "Export one row for each wavelength")
    blocks = joined_blocks(runs, joined)
    if blocks:
        longest, runs = blocks[0], [run for run in runs if run not in blocks[1]]
    table = _with_named(_without_header(longest, joined, widths), lines, delimiter)
    rows, holes = _fill(joined, widths, table)
    lines_of_rows = np.array(table.rows) + 1
    if delimiter == "," and not decimal:
        _refuse_commas_of_two_kinds(file, lines, table)
    sign = decimal or find_decimal(file, rows, lines_of_rows)
    numbers = convert(file, rows, lines_of_rows, sign, table.width)
    neighbours = Neighbours(file, joined, widths, table, sign, numbers)
    neighbours.refuse([run for run in runs if run is not longest])
    head, blank = lines[: table.rows[0]], widths.count(0)
    log = sum(width != 0 for width in widths[table.rows[-1] + 1 :])
    titles = titles_of(blocks[1], lines, delimiter) if blocks else ()
    return NumberTable(numbers, lines_of_rows, delimiter, sign, head, blank, log, holes, titles)


def _join(line: str, delimiter: str) -> str:
    if delimiter == " ":
        line = TWO_WORDS.sub(r"\1_", line)
    if delimiter == " " or '"' in line:
        return _ungrouped(SEP.join(split(line, delimiter)), delimiter)
    return _ungrouped(line.replace(delimiter, SEP), delimiter)


def _ungrouped(joined: str, delimiter: str) -> str:
    """Return a row whose cells have no blank or apostrophe between thousands."""
    if delimiter not in {"\t", ";"}:
        return joined
    return _GROUPED.sub(lambda cell: cell[1] + re.sub(r"\D", "", cell[2]), joined)


def _width(joined: str) -> int:
    """Return how many numbers a row has; 0 for a blank row, -1 for text."""
    content = joined.strip(SEP + " \t")
    if not content:
        return 0
    return content.count(SEP) + 1 if _IS_ROW.fullmatch(joined) else -1


def _find_delimiter(file: DataFile, lines: list[str], decimal: str | None) -> str:
    """Return the first delimiter by which about as many lines are rows as by the best one."""
    numeric = [line for line in lines if line.strip() and _NUMERIC_SIGNS.fullmatch(line)]
    sample = _sampled([line for line in numeric if any(map(str.isdigit, line[:200]))])
    wordy = [line for line in lines if _BEGINS.match(line) and not _NUMERIC_SIGNS.fullmatch(line)]
    rows = sample + _sampled(wordy)
    if _is_comma_within(sample) and decimal != ".":
        return COMMA_BLANK
    possible = {sign: name for sign, name in DELIMITERS.items() if sign != COMMA_BLANK}
    if decimal == "," and not any(map(_QUOTED.search, sample)):
        possible.pop(",")
    scores = {
        delimiter: sum(_is_row(_join(line, delimiter), delimiter) for line in rows)
        for delimiter in possible
    }
    best = max(scores.values())
    if best == 0:
        raise _no_columns(file, lines, sample, decimal)
    return next(delimiter for delimiter, score in scores.items() if 2 * score >= best)


def _is_comma_within(rows: list[str]) -> bool:
    """Return whether commas with a blank part cells that have decimal commas: 500, 0,142, 0,580."""
    parted = [row.replace("\t", " ").split(COMMA_BLANK) for row in rows]
    alike = len({len(cells) for cells in parted}) == 1
    return alike and all(
        _COMMAS_WITHIN.fullmatch(row) and sum("," in cell for cell in cells[1:]) == len(cells) - 1
        for row, cells in zip(rows, parted, strict=True)
    )


def _sampled(lines: list[str]) -> list[str]:
    return lines[:: max(1, len(lines) // SAMPLE)]


def _no_columns(
    file: DataFile, lines: list[str], sample: list[str], decimal: str | None
) -> SpectrumError:
    """Return the error that nothing parts lines into columns."""
    if len(sample) < FEWEST_ROWS:
        return file.problem("there are no rows of numbers", "Export the spectra as text")
    mend = "Export a column of wavelengths and a column for each spectrum"
    if decimal == "," and any("," in line for line in sample):
        mend += "; a comma cannot be decimal sign and delimiter in one file"
    line = lines.index(sample[0]) + 1
    return file.problem("there is only one column of numbers", mend, line)


def _is_row(joined: str, delimiter: str) -> bool:
    return _width(joined) > 1 or span(joined, any_word=delimiter != " ")[1] > 1


def _find_runs(joined: Sequence[str], widths: Sequence[int], *, any_word: bool) -> list[Rows]:
    """Return the runs of rows, with and without holes; a few rows of words alone are none."""
    runs: list[Rows] = []
    follows = False
    for row, (line, width) in enumerate(zip(joined, widths, strict=True)):
        if width == 0:
            continue
        least, most = (width, line.count(SEP) + 1) if width > 0 else span(line, any_word=any_word)
        if most < 2:
            follows = False
            continue
        last = runs[-1] if follows else Rows([], 0, most)
        if follows and max(last.width, least) <= min(last.most, most):
            last.rows.append(row)
            runs[-1] = Rows(last.rows, max(last.width, least), min(last.most, most))
        else:
            runs.append(Rows([row], least, most))
        follows = True
    return [
        run for run in runs if len(run.rows) >= FEWEST_ROWS or any(widths[r] > 0 for r in run.rows)
    ]


def _without_header(run: Rows, joined: Sequence[str], widths: Sequence[int]) -> Rows:
    """Return a run without a first row of bare numbers that names the columns but not the axis.

    Blank cells that pad ``0,30,60,`` would make it a row whose last reading is missing. Under a row
    of names, or a step of the axis away from the next row, it is one.
    """
    first, *rest = run.rows
    if widths[first] != run.width - 1 or below_names(joined, widths, first, run.width):
        return run
    try:
        own, second, third = (
            float(joined[row].split(SEP, 1)[0].replace(",", ".")) for row in run.rows[:3]
        )
    except ValueError:
        return run
    near = abs(own - second) <= 2 * abs(second - third)
    return run if near else Rows(rest, run.width, run.most)


def _with_named(run: Rows, lines: Sequence[str], delimiter: str) -> Rows:
    """Return a run with those blank columns at the end that the header names."""
    above = next((line for line in reversed(lines[: run.rows[0]]) if line.strip(', \t;"')), "")
    named = len(stripped(split(above, delimiter)))
    width = named if run.width < named <= run.most else run.width
    return Rows(run.rows, max(width, 2), run.most)


def _fill(
    joined: Sequence[str], widths: Sequence[int], table: Rows
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


def _may_be_halves(lines: list[str], table: Rows) -> bool:
    """Whether every second cell may be the decimals of the one before: 500,0,142,0,580."""
    if table.width < 3 or table.width % 2 == 0:
        return False
    cells = [split(lines[row], ",") for row in table.rows]
    wholes = {cell for row in cells for cell in row[1::2]}
    halves = [cell for row in cells for cell in row[2::2]]
    return all(re.fullmatch(r"-?\d", cell) for cell in wholes) and any(len(x) > 1 for x in halves)


def _refuse_commas_of_two_kinds(file: DataFile, lines: list[str], table: Rows) -> None:
    """Refuse ``500,5,0,12``: whole numbers between commas, or numbers with decimal commas."""
    if any("." in lines[row] or '"' in lines[row] for row in table.rows):
        return
    header = next((line for line in reversed(lines[: table.rows[0]]) if line.strip(", \t")), "")
    if len(split(header, ",")) != table.width or _may_be_halves(lines, table):
        what = "a comma may separate whole numbers or be the decimal sign"
        mend = 'Pass decimal="." if it separates, else export with a semicolon between the columns'
        raise file.problem(what, mend, table.rows[0] + 1)
