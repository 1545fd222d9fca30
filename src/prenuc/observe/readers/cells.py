"""What a cell holds: a number, whatever its decimal sign, or what stands for one.

What a comma or a point means is decided from all numbers of a table.

A spectrometer that is blinded writes ``OVER`` or ``----``, a spreadsheet ``#N/A`` or nothing at
all. Such a reading is masked: it becomes NaN in its place, and a line of the history says how many
there are. Nothing is masked that may be a damaged number (a cell with a digit in it), and never the
first column, where a missing wavelength or time is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import listed
from prenuc.observe.readers.data_file import DataFile, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array, Indices

# The cells of a row are joined by the unit separator, whatever the file uses.
SEP = "\x1f"
# Stands in a row for a cell without a number; Python reads it as NaN.
HOLE = "nan"
_E = r"(?:[eE][+-]?\d+)?"
# Possessive, as a damaged row of millions of signs must not be tried twice.
NUMBER = rf"[ \t]*+[+-]?(?:\d[\d.,]*+|[.,]\d[\d.,]*+){_E}[ \t]*+"
_IS_NUMBER = re.compile(NUMBER)
_AS_DECIMAL_COMMA = re.compile(rf"[+-]?(?:\d*|[1-9]\d{{0,2}}(?:\.\d{{3}})+)(?:,\d*)?{_E}")
_AS_DECIMAL_POINT = re.compile(rf"[+-]?(?:\d*|[1-9]\d{{0,2}}(?:,\d{{3}})+)(?:\.\d*)?{_E}")


def is_number(cell: str) -> bool:
    """Whether a cell is a number, whatever its decimal sign."""
    return _IS_NUMBER.fullmatch(cell) is not None


def find_decimal(file: DataFile, rows: list[str], lines: Indices) -> str:
    """Return the decimal sign that all rows agree with.

    Args:
        file: The file, for messages.
        rows: The rows, their cells joined by ``SEP``.
        lines: Line of each row, counted from 1, shape (rows,).

    Raises:
        SpectrumError: No sign fits all rows, or both do.
    """
    with_comma = [int(line) for row, line in zip(rows, lines, strict=True) if "," in row]
    if not with_comma:
        return "."
    axis = [row.split(SEP, 1)[0] for row in rows]
    sign = _sign_of_cells(file, rows, lines) or _sign_of_axis(axis)
    if sign:
        return sign
    what = "a comma may be the decimal sign or part thousands, both fit the whole file"
    raise file.problem(what, 'Pass decimal="," or decimal="."', with_comma[0])


def _sign_of_cells(file: DataFile, rows: list[str], lines: Indices) -> str:
    """Return the sign that alone fits the rows so far; "" when both fit all rows.

    One row of evidence is enough: a later one that disagrees is refused when it is converted.
    """
    point = comma = True
    for row, line in zip(rows, lines, strict=True):
        cells = [cell.strip() for cell in row.split(SEP) if cell != HOLE]
        point = point and all(map(_AS_DECIMAL_POINT.fullmatch, cells))
        comma = comma and all(map(_AS_DECIMAL_COMMA.fullmatch, cells))
        if not point and not comma:
            what = "the decimal sign differs within the file"
            raise file.problem(what, "Write all numbers with a decimal point", int(line))
        if point != comma and "," in row:
            return "." if point else ","
    return ""


def _sign_of_axis(axis: list[str]) -> str:
    """Return the sign that makes the first column wavelengths; "" when it does not tell."""
    if not any("," in cell for cell in axis):
        return ""
    as_comma = [float(cell.replace(",", ".")) for cell in axis]
    as_point = [float(cell.replace(",", "")) for cell in axis]
    fits = [all(map(is_wavelength, values)) for values in (as_comma, as_point)]
    return {(True, False): ",", (False, True): "."}.get((fits[0], fits[1]), "")


def is_wavelength(number: float) -> bool:
    """Whether a number without a unit is a wavelength in nm that a UV-vis-NIR lamp has."""
    return 100 <= number <= 5000


def convert(file: DataFile, rows: list[str], lines: Indices, decimal: str, width: int) -> Array:
    """Return the numbers of a table.

    Args:
        file: The file, for messages.
        rows: The rows, their cells joined by ``SEP``.
        lines: Line of each row, counted from 1, shape (rows,).
        decimal: The decimal sign.
        width: Cells in a row.

    Returns:
        The numbers, shape (rows, width); NaN where ``HOLE`` stands.

    Raises:
        SpectrumError: Another cell is no finite number with this decimal sign.
    """
    numbers = np.empty((len(rows), width))
    for index, row in enumerate(rows):
        try:
            numbers[index] = [float(cell) for cell in plain(row, decimal)]
        except ValueError as error:
            bad = next((cell for cell in row.split(SEP) if not _fits(cell, decimal)), row)
            shown = printable(bad.strip(), 40)
            what = f"'{shown}' is not a number with the decimal sign '{decimal}'"
            mend = "Mend the cell, or pass decimal="
            raise file.problem(what, mend, int(lines[index])) from error
    wrong = np.flatnonzero(np.isinf(numbers).any(axis=1))
    if len(wrong):
        raise file.problem("a number is too large", "Mend the cell", int(lines[wrong[0]]))
    return numbers


def plain(row: str, decimal: str) -> list[str]:
    """Return the cells of a row as Python writes numbers."""
    row = row.rstrip(SEP + " \t")
    grouping = "," if decimal == "." else "."
    if grouping in row:
        if not all(_fits(cell, decimal) for cell in row.split(SEP)):
            raise ValueError
        row = row.replace(grouping, "")
    return row.replace(",", ".").split(SEP)


def _fits(cell: str, decimal: str) -> bool:
    pattern = _AS_DECIMAL_POINT if decimal == "." else _AS_DECIMAL_COMMA
    return cell == HOLE or pattern.fullmatch(cell.strip()) is not None


MOST_IN_WORD = 30  # signs; what is longer is a remark
# What instruments and spreadsheets write; the last lines are blank, dashes and the like.
_WORDS = re.compile(
    r"over|over[ _-]?(range|flow|load|scale)(ed)?|ovr?fl?w?|ovr|ol|o\.l\.|o/?r|"
    r"(out[ _]of|off|beyond)[ _-]?(range|scale|limits?)|under[ _-]?(range|flow)?|"
    r"sat|sat\.|saturat(ed|ion)|clip(ped)?|too (high|low)|"
    r"[+-]?nan(\(.*\))?|na|<na>|n[./]?\s?[ad]\.?|nd|k\.\s?a\.|null|nil|none|missing|void|empty|blank|"
    r"no (data|value|reading)|not (measured|available)|invalid|bad|fail(ed)?|err(or)?|fehler|"
    r"[üu]e?berl(auf)?|hors (gamme|limites?)|satur[ée]e?|"
    r"[+-]?inf(inity)?|[+-]?∞|#n/a|#[a-z]+[!?]|#div/0!|[+-]?1[.,]#[a-z]+0*|"
    r"[<>≥≤]=?\s*[+-]?[\d.,]+|"
    r"[-‒–—―*#?.,:/\\_x~| ]*",
    re.IGNORECASE,
)
_DAMAGED = re.compile(r"[+-]?\d[\d.,]*[^\W\d_]{1,2}[\d.,]*|[+-]?\d[\d.,]*[?*!]+")
_NEVER_A_NAME = re.compile(r"over|[+-]?nan|[+-]?inf|n/a|\W{2}|[+-]?\d", re.IGNORECASE)
# Two words that blanks must not tear apart where blanks separate the cells.
TWO_WORDS = re.compile(r"(?i)\b(over|under|out of|off|beyond|no|not|too)[ \t]+(?=[a-z])")


@dataclass(frozen=True)
class Hole:
    """A cell of a table without a number.

    Args:
        row: Its row in the table, counted from 0.
        column: Its column.
        word: What stands there; empty for a blank cell.
    """

    row: int
    column: int
    word: str


def stands_for_nothing(cell: str) -> bool:
    """Whether a cell says that there is no reading, as ``OVER``, ``n/a`` or a blank cell do."""
    return len(cell) <= MOST_IN_WORD and _WORDS.fullmatch(cell.strip()) is not None


def span(joined: str, *, any_word: bool) -> tuple[int, int]:
    """Return the fewest and the most columns of a table of which a line may be a row with holes.

    Blank cells at the end may belong to the table or not, so there are two numbers.

    Args:
        joined: The line, its cells joined by ``SEP``.
        any_word: Whether any word may stand for a missing reading beside a number.

    Returns:
        Two numbers of columns; zeros for a line that is no row.
    """
    cells = [cell.strip() for cell in joined.split(SEP)]
    if len(cells) < 2 or not is_number(cells[0]):
        return 0, 0
    others = [cell for cell in cells[1:] if not is_number(cell)]
    beside = any_word and len(others) < len(cells) - 1
    if not all(stands_for_nothing(cell) or (beside and _is_word(cell)) for cell in others):
        return 0, 0
    return max(place for place, cell in enumerate(cells, 1) if cell), len(cells)


def _is_word(cell: str) -> bool:
    return len(cell) <= MOST_IN_WORD and not any(map(str.isdigit, cell))


def fill(joined: str, row: int, width: int) -> tuple[str, list[Hole]]:
    """Return a row of ``width`` cells whose holes are ``HOLE``, and the holes.

    Args:
        joined: The row, its cells joined by ``SEP``.
        row: Its number in the table, counted from 0.
        width: Columns of the table.
    """
    cells = [cell.strip() for cell in joined.split(SEP)[:width]]
    cells += [""] * (width - len(cells))
    places = [column for column, cell in enumerate(cells) if not is_number(cell)]
    holes = [Hole(row, column, cells[column]) for column in places]
    for column in places:
        cells[column] = HOLE
    return SEP.join(cells), holes


def lost_number(cell: str) -> bool:
    """Whether a cell looks like a number that was lost (``--``) or damaged (``4O0``)."""
    cell = cell.strip()
    return cell not in {"", "#"} and (
        stands_for_nothing(cell) or _DAMAGED.fullmatch(cell) is not None
    )


def is_no_name(cell: str) -> bool:
    """Whether a lost number can be no name of a row of names, as ``nan``, ``--`` and ``OVER``."""
    return lost_number(cell) and _NEVER_A_NAME.match(cell.strip()) is not None


def in_words(holes: Sequence[Hole]) -> str:
    """Return what stands in the holes: ``no number: 'OVER', empty cell``."""
    words = dict.fromkeys(hole.word for hole in holes)
    return "no number: " + listed([f"'{printable(w, 40)}'" if w else "empty cell" for w in words])
