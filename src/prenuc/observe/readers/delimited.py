"""Reads delimited text: a matrix or pairs of columns, from any spectrometer's export."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import counted
from prenuc.observe.readers.axes import read_axis
from prenuc.observe.readers.cells import in_words
from prenuc.observe.readers.columns import Columns, read_metadata
from prenuc.observe.readers.data_file import DataFile, Format, Options, printable
from prenuc.observe.readers.layout import Layout, find_layout
from prenuc.observe.readers.matrices import emission_rows, excitation_nm
from prenuc.observe.readers.number_table import DELIMITERS, NumberTable
from prenuc.observe.readers.reshaped import turned
from prenuc.observe.readers.signals import as_signal, find_kind, from_counts
from prenuc.observe.readers.text_table import read_table
from prenuc.observe.readers.times import read_times
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from prenuc.arrays import Array

NAME = "delimited text"


def read_delimited(file: DataFile, options: Options) -> SpectrumSeries:
    """Read spectra from delimited text.

    Args:
        file: The file.
        options: What the caller knows.

    Returns:
        The spectra, m spectra at n ascending wavelengths in nm.

    Raises:
        SpectrumError: The file cannot be read without guessing.
    """
    table, columns, left_out, encoding = read_table(file, options.decimal)
    table, columns, how = turned(table, columns)
    table, columns, matrix = emission_rows(file, table, columns)
    axis = read_axis(file, table, columns)
    layout = find_layout(file, table, columns)
    named = [columns.label(*group) for group in layout.named_by]
    labels = _labels(file, named, columns, layout)
    above = "\n".join(line for row, line in enumerate(table.head) if row not in columns.rows)
    corner, told = columns.cells[0], named
    if columns.times or columns.declared:
        corner, told = columns.times[:1], [columns.time(*group) for group in layout.named_by]
    times = read_times(corner, told, table.decimal, options, above)
    values, signal, treated = _signal(file, table, columns, layout, options)
    placed = counted(len(labels), "spectrum")
    summary = (
        f"read as: wavelength nm {axis.direction}, {placed}{layout.summary}, {times.summary}, "
        f"{table.blank} blank rows and {table.log} lines of log ignored"
    )
    spoken = f"{encoding}, {DELIMITERS[table.delimiter]}-delimited, decimal '{table.decimal}'"
    masked = _masked(table, layout, labels)
    return SpectrumSeries(
        wavelength=axis.wavelength,
        time=times.time,
        absorbance=values.T[:, axis.order],
        labels=labels,
        time_unit=times.unit,
        time_name=times.name,
        signal=signal,
        beside={"excitation / nm": np.array(excitation_nm(labels))} if matrix else {},
        metadata={
            **read_metadata(table.head, columns.rows, table.delimiter),
            "file": printable(file.path.name, 200),
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "format": NAME,
        },
        history=(
            *(summary, spoken, *how, *matrix, *left_out, *layout.left_out, *masked, *axis.notes),
            *(*treated, *times.notes),
        ),
    )


def _signal(
    file: DataFile, table: NumberTable, columns: Columns, layout: Layout, options: Options
) -> tuple[Array, str, list[str]]:
    """Return the spectra, shape (n, m), what they are, and the history lines about it."""
    if layout.counts is not None and options.signal is None:
        return from_counts(table.numbers, layout.counts)
    kind = find_kind(file, table, columns, layout, options)
    return as_signal(file, table.numbers[:, layout.spectra], table.line, kind)


def _labels(file: DataFile, named: list[str], columns: Columns, layout: Layout) -> tuple[str, ...]:
    """Return a label for each spectrum: its name, else the file's or its number."""
    unnamed = printable(file.path.stem, 200) if len(named) == 1 else "spectrum {}"
    # Among columns that are none, what the spectrum is called says which one it was.
    if len(named) == 1 and layout.left_out:
        unnamed = " ".join(columns.cells[layout.spectra[0]]) or unnamed
    return tuple(
        label or unnamed.replace("{}", str(number)) for number, label in enumerate(named, 1)
    )


def _masked(table: NumberTable, layout: Layout, labels: tuple[str, ...]) -> list[str]:
    """Return the history line about readings that are no numbers."""
    holes = [hole for hole in table.holes if hole.column in layout.spectra]
    if not holes:
        return []
    first = holes[0]
    place = (
        f"at {table.numbers[first.row, 0]:g} nm in '{labels[layout.spectra.index(first.column)]}'"
    )
    if len(holes) == 1:
        return [f"1 reading is masked ({in_words(holes)}), {place}"]
    return [f"{len(holes)} readings are masked ({in_words(holes)}), the first {place}"]


FORMAT = Format(NAME, sniff=lambda _: True, read=read_delimited)
