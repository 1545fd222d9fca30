"""Decides what a comma or a point means in a number, from all numbers of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.data_file import printable

if TYPE_CHECKING:
    from prenuc.arrays import Array, Indices
    from prenuc.observe.readers.data_file import DataFile

# The cells of a row are joined by the unit separator, whatever the file uses.
SEP = "\x1f"
# Stands in a row for a cell without a number (holes.py); Python reads it as NaN.
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
