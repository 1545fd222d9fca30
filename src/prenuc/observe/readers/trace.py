"""A kinetic trace from a delimited text file: the first column is time, the second a signal."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.headers import read_columns, stated_unit
from prenuc.observe.readers.source import load, printable
from prenuc.observe.readers.tables import DELIMITERS, find_table
from prenuc.observe.series import Trace

if TYPE_CHECKING:
    import os


def is_trace(path: str | os.PathLike[str], *, decimal: str | None = None) -> bool:
    """Say whether a file holds one trace: two columns, where a matrix of spectra has more.

    Raises:
        SpectrumError: The file cannot be read without guessing.
    """
    source = load(path)
    text, _ = source.text()
    table = find_table(source, text.removesuffix("\n").split("\n"), decimal)
    return bool(table.numbers.shape[1] == 2)


def read_trace(
    path: str | os.PathLike[str], *, decimal: str | None = None, time_unit: str | None = None
) -> Trace:
    """Read a trace of two columns, time and signal.

    Args:
        path: The file, at most 50 MB.
        decimal: The decimal sign, "." or ",", where the file leaves it open.
        time_unit: "s", "min", "h" or "day"; read from the header of the first column when None.

    Returns:
        The trace. Where nothing names the unit of time, rates come out per unit of the first
        column, and the history says so.

    Raises:
        SpectrumError: The file cannot be read without guessing.
    """
    source = load(path)
    text, encoding = source.text()
    table = find_table(source, text.removesuffix("\n").split("\n"), decimal)
    width = table.numbers.shape[1]
    if width != 2:
        what = f"a trace has two columns, time and signal; this table has {width}"
        raise source.problem(what, "Export two columns, or fit the whole matrix")
    columns = read_columns(table)
    if columns.is_axis(0):
        what = "the first column is a wavelength: this is one spectrum, not a trace"
        raise source.problem(what, "Give a series of spectra, or a trace with time first")
    time, value = table.numbers.T
    falling = np.flatnonzero(np.diff(time) <= 0)
    if falling.size:
        line = int(table.line[falling[0] + 1])
        raise source.problem("the times do not ascend", "Sort the rows by time", line)
    unit, said = _time_unit(columns.label(0), time_unit)
    name = columns.label(1) or "signal"
    text_kind = f"{encoding}, {DELIMITERS[table.delimiter]}-delimited, decimal '{table.decimal}'"
    return Trace(
        time=time.copy(),
        value=value.copy(),
        time_unit=unit,
        name=printable(name, 200),
        history=(
            f"read as: a trace of {len(time)} points, {said}, {text_kind}",
            f"file: {printable(source.path.name, 200)}, sha256 {sha256(source.data).hexdigest()}",
        ),
    )


def _time_unit(header: str, given: str | None) -> tuple[str, str]:
    """Return the unit of time and how it is known."""
    if given is not None:
        return given, f"times in {given} as told"
    unit = stated_unit(header)
    if unit is None:
        return "1", "no unit of time is named, so rates are per unit of the first column"
    return unit, f"times in {unit} from the header"
