"""A kinetic trace from a delimited text file: the first column is time, the second a signal."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from prenuc.arrays import Array, falls, unsorted
from prenuc.observe.readers.cells import in_words
from prenuc.observe.readers.columns import Columns, read_table
from prenuc.observe.readers.data_file import DataFile, Signal, load, printable
from prenuc.observe.readers.delimited import Kind, as_signal
from prenuc.observe.readers.number_table import DELIMITERS, NumberTable
from prenuc.observe.readers.times import TIME_UNITS, stated_unit
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    import os


def is_trace(path: str | os.PathLike[str], *, decimal: str | None = None) -> bool:
    """Say whether a file holds one trace: two columns, where a matrix of spectra has more.

    Raises:
        SpectrumError: The file cannot be read without guessing.
    """
    table, *_ = read_table(load(path), decimal)
    return bool(table.numbers.shape[1] == 2)


def read_trace(
    path: str | os.PathLike[str],
    *,
    decimal: str | None = None,
    time_unit: str | None = None,
    signal: Signal | None = None,
) -> Trace:
    """Read a trace of two columns, time and signal; points without a number are left out.

    Args:
        path: The file, at most 50 MB.
        decimal: The decimal sign, "." or ",", where the file leaves it open.
        time_unit: The unit of the result, "s", "min", "h" or "day", and of the times where the
            header of the first column names none; that of the header when None.
        signal: What the second column holds, where its header does not say: "absorbance",
            "photoluminescence", "%T" (0 to 100) or "T" (0 to 1).

    Returns:
        The trace; a transmittance is converted to absorbance. Where nothing names the unit of
        time, rates come out per unit of the first column, and the history says so.

    Raises:
        SpectrumError: The file cannot be read without guessing.
    """
    file = load(path)
    table, columns, notes, encoding = read_table(file, decimal)
    width = table.numbers.shape[1]
    if width != 2:
        what = f"a trace has two columns, time and signal; this table has {width}"
        raise file.problem(what, "Export two columns, or fit the whole matrix")
    if columns.is_axis(0):
        what = "the first column is a wavelength: this is one spectrum, not a trace"
        raise file.problem(what, "Give a series of spectra, or a trace with time first")
    time = table.numbers[:, 0]
    for problem in unsorted("times", time, "Sort the rows by time"):
        raise file.problem(problem.what, problem.mend, int(table.line[falls(time)[0]]))
    factor, unit, summary = _time_unit(columns.label(0), time_unit)
    value, name, treated = _signal(file, table, columns, signal)
    known = np.isfinite(value)
    text_kind = f"{encoding}, {DELIMITERS[table.delimiter]}-delimited, decimal '{table.decimal}'"
    return Trace(
        time=time[known] * factor,
        value=value[known],
        time_unit=unit,
        name=printable(name, 200),
        history=(
            f"read as: a trace of {known.sum()} points, {summary}, {text_kind}",
            f"file: {printable(file.path.name, 200)}, sha256 {sha256(file.data).hexdigest()}",
            *(*notes, *_masked(table, unit, factor), *treated),
        ),
    )


def _masked(table: NumberTable, unit: str, factor: float) -> list[str]:
    """Return the history line about points that are left out because they hold no number."""
    if not table.holes:
        return []
    number = len(table.holes)
    many = "1 point is" if number == 1 else f"{number} points are"
    at = f"{table.numbers[table.holes[0].row, 0] * factor:g}" + (f" {unit}" if unit != "1" else "")
    return [f"{many} left out ({in_words(table.holes)}), the first at {at}"]


def _signal(
    file: DataFile, table: NumberTable, columns: Columns, given: str | None
) -> tuple[Array, str, list[str]]:
    """Return the signal, what it is called, and the history lines about it.

    A transmittance becomes absorbance, as in spectra; whatever else the column holds is taken as
    it is, as a trace may be of anything.
    """
    value, label = table.numbers[:, 1], columns.label(1)
    stated = columns.kind(1)
    if given is None and stated not in {"T", "%T"}:
        return value, label or "signal", []
    who = "the option signal" if given else "the column header"
    kind = Kind(given or stated, f"signal: {given or stated}, from {who}")
    seen, signal, notes = as_signal(file, value[:, None], table.line, kind)
    if kind.kind in {"T", "%T"}:
        label = f"absorbance from '{label}'" if label else "absorbance"
    return seen[:, 0], label or signal, notes


def _time_unit(header: str, given: str | None) -> tuple[float, str, str]:
    """Return the factor to the unit of the result, that unit, and how it is known."""
    stated = stated_unit(header)
    if stated is None and given is None:
        return 1.0, "1", "no unit of time is named, so rates are per unit of the first column"
    if given is None or given == stated:
        return 1.0, str(stated), f"times in {stated} from the header"
    if stated is None:
        return 1.0, given, f"times in {given} as stated"
    factor = TIME_UNITS[stated] / TIME_UNITS[given]
    return factor, given, f"times in {given}, converted from {stated} of the header"
