"""The table of a text file with its header, ready to be taken as spectra or as traces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import listed_names
from prenuc.observe.readers.clock_column import with_seconds
from prenuc.observe.readers.columns import Columns, read_columns
from prenuc.observe.readers.data_file import DataFile, printable
from prenuc.observe.readers.reshaped import side_by_side, without_second_clock
from prenuc.observe.readers.tables import find_table
from prenuc.observe.readers.times import stated_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.observe.readers.number_table import NumberTable


def read_table(file: DataFile, decimal: str | None) -> tuple[NumberTable, Columns, list[str], str]:
    """Return the table of a file without the columns that hold no number.

    Args:
        file: The file.
        decimal: The decimal sign, when the caller knows it.

    Returns:
        The table, its header, the history lines about what was left out, and the encoding.

    Raises:
        SpectrumError: There is no table that can be read without guessing.
    """
    text, encoding = file.text()
    lines, clock = with_seconds(file, text.removesuffix("\n").split("\n"))
    table = find_table(file, lines, decimal)
    columns = read_columns(table)
    if clock:
        first = [cell for cell in columns.cells[0] if stated_unit(cell) is None]
        columns = replace(columns, cells=[[*first, "Time (s)"], *columns.cells[1:]], clock=True)
    table, columns, second = without_second_clock(table, columns)
    table, columns, stacked = side_by_side(table, columns)
    table, columns, left_out = _leave_out_empty(file, table, columns)
    return table, columns, [*clock, *second, *stacked, *left_out], encoding


def _leave_out_empty(
    file: DataFile, table: NumberTable, columns: Columns
) -> tuple[NumberTable, Columns, list[str]]:
    """Return a table without the columns that hold no number, with its header and what to say.

    Of a pair of columns (wavelength, signal) both go.

    Raises:
        SpectrumError: Nothing is left beside the first column.
    """
    numbers = table.numbers
    empty = [c for c in range(1, numbers.shape[1]) if np.isnan(numbers[:, c]).all()]
    if not empty:
        return table, columns, []
    if len(empty) == numbers.shape[1] - 1:
        mend = "Export a column of wavelengths and a column for each spectrum"
        raise file.problem("there is only one column of numbers", mend, int(table.line[0]))
    axes = [c - 1 for c in empty if c > 1 and _is_axis(table, columns, c - 1)]
    kept = [c for c in range(numbers.shape[1]) if c not in {*empty, *axes}]
    at = {column: place for place, column in enumerate(kept)}
    holes = tuple(
        replace(hole, column=at[hole.column]) for hole in table.holes if hole.column in at
    )
    return (
        replace(table, numbers=numbers[:, kept], holes=holes),
        columns.kept(kept),
        [_note_of_empty([" ".join(columns.cells[c]) or f"column {c + 1}" for c in empty])],
    )


def _note_of_empty(names: Sequence[str]) -> str:
    many = "1 column holds no number and is" if len(names) == 1 else ""
    many = many or f"{len(names)} columns hold no numbers and are"
    return f"{many} left out: {listed_names([printable(name, 60) for name in names])}"


def _is_axis(table: NumberTable, columns: Columns, column: int) -> bool:
    repeats = bool(np.array_equal(table.numbers[:, column], table.numbers[:, 0]))
    return columns.is_axis(column) or repeats
