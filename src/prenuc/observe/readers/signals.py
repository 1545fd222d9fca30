"""What the columns hold: absorbance, transmittance, light or counts, on the best evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.columns import Columns, kind_in_metadata, kind_of, read_metadata
from prenuc.observe.readers.data_file import DataFile, Options, printable

if TYPE_CHECKING:
    from prenuc.arrays import Array, Indices
    from prenuc.observe.readers.layout import Counts, Layout
    from prenuc.observe.readers.number_table import NumberTable

# Absorbance beyond this is stray light, not a sample.
_MOST_ABSORBANCE = 10.0
_MOST_TRANSMITTANCE = 2.0
_MOST_BEYOND = 0.05  # of all readings; fewer are spikes or codes of a detector at its end


@dataclass(frozen=True)
class Kind:
    """What the columns hold, and the history line that says who says so.

    Args:
        kind: "absorbance", "photoluminescence", "%T", "T" or "".
        note: The history line.
        certain: Whether "T" counts to 1 for certain, as users and instruments' files say.
    """

    kind: str
    note: str
    certain: bool = False


def find_kind(
    file: DataFile, table: NumberTable, columns: Columns, layout: Layout, options: Options
) -> Kind:
    """Return what the columns hold.

    Args:
        file: The file, for messages.
        table: Its numbers.
        columns: Its header.
        layout: Which columns are spectra.
        options: What the caller knows.

    Raises:
        SpectrumError: They hold different things, or nothing that a spectrum is known by.
    """
    if options.signal:
        return Kind(
            options.signal, f"signal: {options.signal}, from the option signal", certain=True
        )
    if columns.declared:
        return Kind(columns.declared, f"signal: {columns.declared}, as the file declares")
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


def _kind_of_columns(file: DataFile, columns: Columns, layout: Layout) -> str:
    """Return the kind that the headers of the spectra name, "" for none."""
    kinds = {columns.kind(column) for column in layout.spectra}
    stated = kinds - {""}
    half_named = "" in kinds and bool(stated & {"T", "%T"})
    wrong, mend = "", "Keep the columns of one kind, each a spectrum"
    if kinds == {"reflectance"}:
        wrong = "the columns are reflectances, not absorbances"
        mend = 'Pass --signal "%T" (signal= in Python) to read log10(1/R)'
    elif "reflectance" in stated or half_named or len(stated) > 1:
        shown = " and ".join(sorted(kind or "unnamed" for kind in kinds))
        wrong = f"the columns are not spectra of one kind ({shown})"
    if wrong:
        raise file.problem(wrong, mend, columns.rows[-1] + 1 if columns.rows else 0)
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
        SpectrumError: A transmittance is hardly ever positive, or may be in percent or not; or
            nothing names a signal that can be no absorbance.
    """
    notes = [kind.note]
    if kind.kind in {"", "absorbance"}:
        many = f"values up to {np.nanmax(values):g} are more than an absorbance can be"
        mend = 'pass signal="photoluminescence" or "%T" if they are'
        beyond = values > _MOST_ABSORBANCE
        if not kind.kind and beyond.sum() > _MOST_BEYOND * np.isfinite(values).sum():
            mend = 'Add --signal (signal= in Python) "%T", "T", "photoluminescence" or "absorbance"'
            raise file.problem(f"nothing names the signal, and {many}", mend)
        notes += [f"{many}: {mend}"] if beyond.any() else []
        return values, "absorbance", notes
    if kind.kind == "photoluminescence":
        return values, "photoluminescence", notes
    return _from_transmittance(file, values, line, kind)


def _from_transmittance(
    file: DataFile, values: Array, line: Indices, kind: Kind
) -> tuple[Array, str, list[str]]:
    """Return absorbance, as :func:`as_signal` does."""
    notes = [kind.note]
    dark = values <= 0
    if 2 * dark.sum() >= np.isfinite(values).sum():
        what = "most of a transmittance is not positive, its absorbance is not known"
        mend = "Export absorbance, or the transmittance with its reference"
        raise file.problem(what, mend, int(line[np.flatnonzero(dark.any(axis=1))[0]]))
    if dark.any():
        row = np.flatnonzero(dark.any(axis=1))[0]
        where = f", the first in line {line[row]}" if line[row] else ""
        many = "1 reading is" if dark.sum() == 1 else f"{dark.sum()} readings are"
        notes.append(f"{many} masked (a transmittance of 0 or below has no absorbance){where}")
        values = np.where(dark, np.nan, values)
    if kind.kind == "T" and np.nanmax(values) > 2 and not kind.certain:
        notes.append(f"transmittance up to {np.nanmax(values):g} is in percent")
        kind = Kind("%T", "")
    elif kind.kind == "T" and not kind.certain:
        what = "the header does not say whether the transmittance is in percent"
        raise file.problem(what, 'Pass signal="%T" (0 to 100) or signal="T" (0 to 1)')
    full = 100.0 if kind.kind == "%T" else 1.0
    most = np.nanmax(values) / full
    if most > _MOST_TRANSMITTANCE:
        mend = 'pass signal="photoluminescence" if they are counts'
        notes.append(f"values up to {100 * most:g} % are more than a transmittance can be: {mend}")
    notes.append(f"absorbance = -log10(T / {full:g})")
    return -np.log10(values / full), "absorbance", notes


def from_counts(numbers: Array, counts: Counts) -> tuple[Array, str, list[str]]:
    """Return the absorbance of samples from counts; NaN where no light is left.

    Args:
        numbers: The table, shape (n, columns).
        counts: Which columns hold the counts.

    Returns:
        Absorbance of shape (n, samples), the name of the signal, and history lines.
    """
    dark = numbers[:, [counts.dark]]
    light = numbers[:, [counts.reference]] - dark
    through = (numbers[:, list(counts.samples)] - dark) / np.where(light > 0, light, np.nan)
    lit = through > 0
    absorbance = np.where(lit, -np.log10(np.where(lit, through, 1.0)), np.nan)
    notes = ["signal: absorbance = -log10((sample - dark) / (reference - dark)) of the counts"]
    if not lit.all():
        notes.append(f"{(~lit).sum()} readings are masked (no light above the dark counts)")
    return absorbance, "absorbance", notes
