"""Brings a table to rows of wavelengths and columns of spectra, however it stands in the file."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from prenuc.observe.readers.cells import Hole, is_wavelength
from prenuc.observe.readers.columns import Columns
from prenuc.observe.readers.number_table import FEWEST_ROWS, NumberTable
from prenuc.observe.readers.times import stated_unit

_WAVELENGTH = re.compile(
    r"(?:A|abs|λ?ex\w*|λ?em\w*)?\W*(\d+(?:[.,]\d*)?)\s*(?:nm)?\W*", re.IGNORECASE
)


def side_by_side(table: NumberTable, columns: Columns) -> tuple[NumberTable, Columns, list[str]]:
    """Return a table whose spectra stood below one another with a column for each."""
    axis = table.numbers[:, 0]
    again = np.flatnonzero(axis == axis[0])
    rows = int(again[1]) if len(again) > 1 else 0
    if (
        table.numbers.shape[1] != 2
        or rows < FEWEST_ROWS
        or len(axis) % rows
        or columns.says_time(0)
        or not all(map(is_wavelength, axis.tolist()))
        or (axis.reshape(-1, rows) != axis[:rows]).any()
    ):
        return table, columns, []
    many = len(axis) // rows
    values = table.numbers[:, 1].reshape(many, rows)
    holes = tuple(
        replace(hole, row=hole.row % rows, column=1 + hole.row // rows) for hole in table.holes
    )
    titles = table.titles or ((),) * many
    cells = [list(title) or columns.cells[1] for title in titles]
    return (
        replace(
            table,
            numbers=np.column_stack([axis[:rows], *values]),
            line=table.line[:rows],
            holes=holes,
        ),
        replace(columns, cells=[columns.cells[0], *cells], times=[]),
        [f"{many} spectra stand below one another in the file"],
    )


def without_second_clock(
    table: NumberTable, columns: Columns
) -> tuple[NumberTable, Columns, list[str]]:
    """Return a table without a nameless column of times beside a column of clock times.

    OceanView writes a date with its time of day and milliseconds since 1970 before each spectrum,
    and wavelengths above the readings alone.

    Args:
        table: Its numbers.
        columns: Its header.
    """
    width = table.numbers.shape[1]
    if width < FEWEST_ROWS + 2 or not columns.clock or columns.cells[1]:
        return table, columns, []
    kept = [0, *range(2, width)]
    ascends = bool((np.diff(table.numbers[:, 1]) > 0).all())
    if not ascends or len(wavelengths_above(columns.kept(kept))) < FEWEST_ROWS:
        return table, columns, []
    holes = tuple(replace(hole, column=hole.column - 1) for hole in table.holes if hole.column > 1)
    numbers = table.numbers[:, kept]
    said = ["a second column of times, without a name, is left out"]
    return replace(table, numbers=numbers, holes=holes), columns.kept(kept), said


def has_time_rows(table: NumberTable, columns: Columns) -> bool:
    """Whether the header holds wavelengths and the first column does not."""
    axis = wavelengths_above(columns)
    if len(axis) < FEWEST_ROWS:
        return False
    steps = np.diff(axis)
    ordered = bool((steps > 0).all() or (steps < 0).all())
    times = columns.says_time(0) and not columns.is_axis(0)
    return ordered and (times or not all(map(is_wavelength, table.numbers[:, 0].tolist())))


def wavelengths_above(columns: Columns) -> list[float]:
    """Return the wavelengths that the header holds, one a column; none if a cell holds none.

    Args:
        columns: The header.
    """
    found = [_WAVELENGTH.fullmatch(" ".join(cells)) for cells in columns.cells[1:]]
    numbers = [float(match[1].replace(",", ".")) for match in found if match]
    whole = len(numbers) == len(found) and all(map(is_wavelength, numbers))
    return numbers if whole else []


def turned(table: NumberTable, columns: Columns) -> tuple[NumberTable, Columns, list[str]]:
    """Return a table of time rows as one of wavelength rows; any other as it is."""
    if not has_time_rows(table, columns):
        return table, columns, []
    corner = " ".join(columns.cells[0])
    unit = stated_unit(corner)
    times = [f"{time:.12g} {unit}" if unit else f"{time:.12g}" for time in table.numbers[:, 0]]
    axis = wavelengths_above(columns)
    said = [cell for cell in columns.cells[0] if not unit and not columns.is_axis(0)]
    return (
        transposed(table, axis, columns.rows[-1] + 1),
        Columns([["Wavelength (nm)", *said], *([time] for time in times)], columns.rows),
        ["a row for each time, a column for each wavelength in nm, turned"],
    )


def transposed(table: NumberTable, axis: list[float], line: int = 0) -> NumberTable:
    """Return a table with rows and columns swapped.

    Args:
        table: A table with ``len(axis)`` columns beside its first.
        axis: What stands above these columns, and then in the first.
        line: Of the header, for messages.
    """
    holes = tuple(Hole(hole.column - 1, hole.row + 1, hole.word) for hole in table.holes)
    return replace(
        table,
        numbers=np.column_stack([axis, table.numbers[:, 1:].T]),
        line=np.full(len(axis), line),
        holes=tuple(sorted(holes, key=lambda hole: hole.row)),
    )
