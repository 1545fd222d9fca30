"""Reads delimited text: a matrix or pairs of columns, from any spectrometer's export."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.cells import in_words, is_wavelength
from prenuc.observe.readers.columns import (
    Columns,
    axis_in_metadata,
    kind_in_metadata,
    kind_of,
    read_metadata,
    read_table,
)
from prenuc.observe.readers.data_file import DataFile, Format, Options, printable
from prenuc.observe.readers.number_table import DELIMITERS, NumberTable
from prenuc.observe.readers.times import read_times
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from prenuc.arrays import Array, Indices

_OTHER_AXIS = {
    "a wavenumber": r"wave ?number|cm\s?\^?[-⁻]\s?[1¹]|1/cm|raman",
    "an energy": r"energy|\beV\b",
    "a wavelength in another unit than nm": r"[µμ]m\b|\bum\b|micromet|angstr|Å",
    "a time": r"(?<![a-z])(time|zeit|temps)(?![a-z])",
}
# Absorbance beyond this is stray light, not a sample.
_MOST_ABSORBANCE = 10.0


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
    layout = _find_layout(file, table, columns)
    wavelength, order, direction = _read_axis(file, table, columns)
    named = [columns.label(*group) for group in layout.named_by]
    labels = _labels(file, named)
    times = read_times(columns.cells[0], named, table.decimal, options)
    kind = _find_kind(file, table, columns, layout, options)
    values, signal, treated = as_signal(file, table.numbers[:, layout.spectra], table.line, kind)
    placed = f"{len(labels)} {'spectrum' if len(labels) == 1 else 'spectra'}"
    summary = (
        f"read as: wavelength nm {direction}, {placed}{layout.summary}, {times.summary}, "
        f"{table.blank} blank rows and {table.log} lines of log ignored"
    )
    spoken = f"{encoding} text, {DELIMITERS[table.delimiter]}-delimited, decimal '{table.decimal}'"
    masked = _masked(table, layout, labels)
    return SpectrumSeries(
        wavelength=wavelength,
        time=times.time,
        absorbance=values.T[:, order],
        labels=labels,
        time_unit=times.unit,
        time_name=times.name,
        signal=signal,
        metadata={
            **read_metadata(table.head, columns.rows, table.delimiter),
            "file": printable(file.path.name, 200),
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "format": FORMAT.name,
        },
        history=(
            *(summary, spoken, *left_out, *masked, *_axis_notes(table, columns)),
            *(*treated, *times.notes),
        ),
    )


def _labels(file: DataFile, named: list[str]) -> tuple[str, ...]:
    """Return a label for each spectrum: its name, else the file's or its number."""
    unnamed = printable(file.path.stem, 200) if len(named) == 1 else "spectrum {}"
    return tuple(
        label or unnamed.replace("{}", str(number)) for number, label in enumerate(named, 1)
    )


@dataclass(frozen=True)
class _Layout:
    """Which columns are spectra.

    Args:
        spectra: Their indices, m of them.
        named_by: For each, the columns whose header names it.
        summary: What the summary says about it.
    """

    spectra: list[int]
    named_by: list[tuple[int, ...]]
    summary: str


def _masked(table: NumberTable, layout: _Layout, labels: tuple[str, ...]) -> list[str]:
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


@dataclass(frozen=True)
class Kind:
    """What the columns hold, and the history line that says who says so."""

    kind: str
    note: str


def _find_layout(file: DataFile, table: NumberTable, columns: Columns) -> _Layout:
    """Return a matrix, or pairs when every second column repeats the wavelengths."""
    width = table.numbers.shape[1]
    # A name may stand above the wavelengths of its spectrum, in a single pair as in many.
    single = width == 2 and columns.is_axis(0) and not columns.label(1)
    spectra = list(range(1, width))
    matrix = _Layout(spectra, [(0,)] if single else [(column,) for column in spectra], "")
    if width < 4 or width % 2 or not _are_pairs(file, table, columns):
        return matrix
    seconds = spectra[::2]
    return _Layout(seconds, [(column - 1, column) for column in seconds], " in column pairs")


def _are_pairs(file: DataFile, table: NumberTable, columns: Columns) -> bool:
    """Whether every second column repeats the wavelengths."""
    axes, signals = table.numbers[:, ::2], table.numbers[:, 1::2]
    over = np.isnan(axes) & np.isnan(signals)  # a spectrum that ends before the others
    differs = ((axes != axes[:, :1]) & ~over).any(axis=1)
    if not differs.any():
        return True
    stated = all(map(columns.is_axis, range(0, 2 * axes.shape[1], 2)))
    # Unstated pairs on grids that differ a little must not be read as spectra.
    close = not np.any(np.abs(axes - axes[:, :1]) >= 5.0) and is_wavelength(float(axes[0, 0]))
    if stated or close:
        line = int(table.line[np.flatnonzero(differs)[0]])
        mend = "Save each spectrum as a file, or export all on one grid"
        raise file.problem("the wavelengths of the column pairs differ", mend, line)
    return False


def _read_axis(file: DataFile, table: NumberTable, columns: Columns) -> tuple[Array, slice, str]:
    """Return the ascending wavelengths, the slice that sorts the rows, and their direction."""
    header = _axis_header(table, columns)
    line = columns.rows[-1] + 1 if columns.rows else 0
    says_nm = re.search(r"\bnm\b|nanomet", header, re.IGNORECASE)
    for other, pattern in _OTHER_AXIS.items():
        # "Wavelength (nm) \ Time (s)" names the axis and what runs across.
        both = other == "a time" and columns.is_axis(0)
        if re.search(pattern, header, re.IGNORECASE) and not (says_nm or both):
            mend = "Put wavelengths in nm into the first column, a spectrum into each other one"
            raise file.problem(f"the first column is {other}", mend, line)
    axis = table.numbers[:, 0]
    wrong = np.flatnonzero([n <= 0 if says_nm else not is_wavelength(n) for n in axis.tolist()])
    if len(wrong):
        mend = 'Head the first column "Wavelength (nm)" and give wavelengths in nm'
        what = f"{axis[wrong[0]]:g} in the first column is no wavelength in nm"
        raise file.problem(what, mend, int(table.line[wrong[0]]))
    return _sorted(file, table, axis)


def _sorted(file: DataFile, table: NumberTable, axis: Array) -> tuple[Array, slice, str]:
    _, first = np.unique(axis, return_index=True)
    if len(first) < len(axis):
        repeated = int(np.setdiff1d(np.arange(len(axis)), first)[0])
        what = f"the wavelength {axis[repeated]:g} nm occurs twice"
        raise file.problem(what, "Delete one of the two rows", int(table.line[repeated]))
    up = axis[1] > axis[0]
    turns = np.flatnonzero((np.diff(axis) > 0) != up)
    if len(turns):
        mend = "Sort the rows, or save each spectrum as a file"
        line = int(table.line[turns[0] + 1])
        raise file.problem("the wavelengths go up and down", mend, line)
    order = slice(None) if up else slice(None, None, -1)
    return axis[order].copy(), order, "ascending" if up else "descending"


def _axis_header(table: NumberTable, columns: Columns) -> str:
    metadata = read_metadata(table.head, columns.rows, table.delimiter)
    return " ".join([*columns.cells[0], axis_in_metadata(metadata)]).replace("_", " ")


def _axis_notes(table: NumberTable, columns: Columns) -> list[str]:
    if re.search(r"\bnm\b|nanomet", _axis_header(table, columns), re.IGNORECASE):
        return []
    return ["the header gives no unit of wavelength, nm fits the numbers"]


def _find_kind(
    file: DataFile, table: NumberTable, columns: Columns, layout: _Layout, options: Options
) -> Kind:
    """Return what the columns hold, on the best evidence there is."""
    if options.signal:
        return Kind(options.signal, f"signal: {options.signal}, from the option signal")
    stated = _kind_of_columns(file, columns, layout)
    if stated:
        return Kind(stated, f"signal: {stated}, from the column headers")
    others = [text for row, text in enumerate(table.head) if row not in columns.rows]
    metadata = read_metadata(table.head, columns.rows, table.delimiter)
    kind, words = kind_in_metadata(metadata, others)
    stem = printable(file.path.stem.replace("_", " "), 200)
    if not kind and kind_of(stem):
        kind, words = kind_of(stem), f"the file's name '{stem}'"
        kind = "maybe %T" if kind in {"T", "%T"} else kind
    if kind in {"maybe %T", "reflectance", "no spectrum"}:
        what = f"'{printable(words, 60)}' suggests another signal than absorbance"
        raise file.problem(what, 'Pass signal="%T", "T", "absorbance" or "photoluminescence"')
    if kind:
        return Kind(kind, f"signal: {kind}, from {words}")
    return Kind("", "nothing names the signal, taken as absorbance")


def _kind_of_columns(file: DataFile, columns: Columns, layout: _Layout) -> str:
    """Return the kind that the headers of the spectra name, "" for none."""
    kinds = {columns.kind(column) for column in layout.spectra}
    stated = kinds - {""}
    half_named = "" in kinds and bool(stated & {"T", "%T"})
    if stated & {"reflectance", "no spectrum"} or half_named or len(stated) > 1:
        shown = " and ".join(sorted(kind or "unnamed" for kind in kinds))
        mend = "Keep the columns of one kind, each a spectrum"
        line = columns.rows[-1] + 1 if columns.rows else 0
        raise file.problem(f"the columns are not spectra of one kind ({shown})", mend, line)
    return stated.pop() if stated else ""


def as_signal(
    file: DataFile, values: Array, line: Indices, kind: Kind
) -> tuple[Array, str, list[str]]:
    """Return the signal with a transmittance turned into absorbance.

    Args:
        file: The file, for messages.
        values: What stands in the columns, shape (n, m); NaN where a reading is masked.
        line: Line of each row, counted from 1, shape (n,).
        kind: What the columns hold.

    Raises:
        SpectrumError: A transmittance is not positive, or may be in percent or not.
    """
    notes = [kind.note]
    if kind.kind in {"", "absorbance"}:
        if np.nanmax(values) > _MOST_ABSORBANCE:
            many = f"values up to {np.nanmax(values):g} are more than an absorbance can be"
            notes.append(f'{many}: pass signal="photoluminescence" or "%T" if they are')
        return values, "absorbance", notes
    if kind.kind == "photoluminescence":
        return values, "photoluminescence", notes
    return _from_transmittance(file, values, line, kind)


def _from_transmittance(
    file: DataFile, values: Array, line: Indices, kind: Kind
) -> tuple[Array, str, list[str]]:
    """Return absorbance, as :func:`as_signal` does."""
    notes = [kind.note]
    wrong = np.flatnonzero((values <= 0).any(axis=1))
    if len(wrong):
        what = "a transmittance is not positive, its absorbance is not known"
        mend = "Delete the row, or export absorbance"
        raise file.problem(what, mend, int(line[wrong[0]]))
    if kind.kind == "T" and np.nanmax(values) > 2 and "option" not in kind.note:
        notes.append(f"transmittance up to {np.nanmax(values):g} is in percent")
        kind = Kind("%T", "")
    elif kind.kind == "T" and "option" not in kind.note:
        what = "the header does not say whether the transmittance is in percent"
        raise file.problem(what, 'Pass signal="%T" (0 to 100) or signal="T" (0 to 1)')
    full = 100.0 if kind.kind == "%T" else 1.0
    notes.append(f"absorbance = -log10(T / {full:g})")
    return -np.log10(values / full), "absorbance", notes


FORMAT = Format("delimited text", sniff=lambda _: True, read=read_delimited)
