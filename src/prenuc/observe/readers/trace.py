"""Kinetic traces from a delimited text file: columns after one of times, or pairs of columns."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from prenuc.arrays import Array, falls, unsorted
from prenuc.errors import Problem, SpectrumError, listed_names, nearest_names
from prenuc.observe.readers import format_of
from prenuc.observe.readers.axes import LONGEST_NM, SHORTEST_NM, unit_of
from prenuc.observe.readers.cells import in_words
from prenuc.observe.readers.clocks import unit_for
from prenuc.observe.readers.columns import Columns, axis_in_metadata, is_generic, read_metadata
from prenuc.observe.readers.data_file import DataFile, Signal, printable
from prenuc.observe.readers.delimited import NAME as TEXT
from prenuc.observe.readers.durations import SECONDS, TIME_UNITS
from prenuc.observe.readers.number_table import DELIMITERS, NumberTable
from prenuc.observe.readers.reshaped import has_time_rows
from prenuc.observe.readers.signals import Kind, as_signal
from prenuc.observe.readers.text_table import read_table
from prenuc.observe.readers.times import says_time, stated_unit
from prenuc.observe.readers.workbooks import open_file
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    import os


def is_trace(
    path: str | os.PathLike[str], *, decimal: str | None = None, sheet: str | None = None
) -> bool:
    """Say whether a file holds traces: times first, and no wavelengths above.

    Two columns are a trace unless the first is named as wavelengths.

    Args:
        path: The file, at most 50 MB.
        decimal: The decimal sign, "." or ",", where the file leaves it open.
        sheet: Which sheet of a workbook, where several hold tables.

    Raises:
        SpectrumError: The file cannot be read without guessing.
    """
    file = open_file(path, sheet)
    if format_of(file.data).name != TEXT:
        return False
    table, columns, *_ = read_table(file, decimal)
    if table.numbers.shape[1] == 2:
        return columns.says_time(0) or not columns.is_axis(0)
    above = columns.cells[0]
    # Above the times of a pair may stand the wavelength at which they were measured.
    named = len(above) > 1 and says_time(above[-1]) and not unit_of(above[-1])
    times = columns.says_time(0) and (named or not columns.is_axis(0))
    return times and not has_time_rows(table, columns)


def read_trace(
    path: str | os.PathLike[str],
    *,
    column: str | None = None,
    decimal: str | None = None,
    time_unit: str | None = None,
    signal: Signal | None = None,
    sheet: str | None = None,
) -> Trace:
    """Read a trace, time and signal; points without a number are left out.

    Args:
        path: The file, at most 50 MB: a column of times and one or more of signals, or pairs of
            columns, times and signal.
        column: Name of the signal, where there are several.
        decimal: The decimal sign, "." or ",", where the file leaves it open.
        time_unit: The unit of the result, "s", "min", "h" or "day", and of the times where the
            header of the first column names none; that of the header when None.
        signal: What the column holds, where its header does not say: "absorbance",
            "photoluminescence", "%T" (0 to 100) or "T" (0 to 1).
        sheet: Which sheet of a workbook, where several hold tables.

    Returns:
        The trace; a transmittance is converted to absorbance. Where nothing names the unit of
        time, rates come out per unit of the first column, and the history says so.

    Raises:
        SpectrumError: The file cannot be read without guessing; or it holds several traces, or
            none of that name.
    """
    file = open_file(path, sheet)
    opened = _open(file, decimal)
    named = {_name(opened, place): place for place in opened.places}
    if column is None and len(opened.places) > 1:
        what = f"there are {len(opened.places)} traces here: {listed_names(list(named))}"
        raise file.problem(what, f'Choose one by its name, as column "{next(iter(named))}"')
    if column is not None and column not in named:
        mend = f"Columns: {listed_names(list(named))}"
        near = nearest_names(column, list(named))
        where = printable(str(file.path))
        raise SpectrumError(Problem(f"no column '{printable(column, 60)}'", mend, near, where))
    place = opened.places[0] if column is None else named[column]
    return _trace(opened, place, time_unit, signal)


@dataclass(frozen=True)
class _Opened:
    """A table of traces.

    Args:
        file: Where it is from.
        table: Its numbers.
        columns: Its header.
        notes: History lines about what was left out.
        encoding: The encoding of the text.
        places: For each trace its columns, of the times and of the signal.
    """

    file: DataFile
    table: NumberTable
    columns: Columns
    notes: list[str]
    encoding: str
    places: list[tuple[int, int]]


def _open(file: DataFile, decimal: str | None) -> _Opened:
    table, columns, notes, encoding = read_table(file, decimal)
    width = table.numbers.shape[1]
    if columns.is_axis(0) and not columns.says_time(0):
        what = "the first column is a wavelength: this is one spectrum, not a trace"
        what = what if width == 2 else "the first column is a wavelength: these are spectra"
        raise file.problem(what, "Give a series of spectra, or a trace with time first")
    if width > 2 and (not columns.says_time(0) or has_time_rows(table, columns)):
        what = f"a trace has two columns, time and signal; this table has {width}"
        raise file.problem(what, "Export two columns, or fit the whole matrix")
    _refuse_unnamed_spectrum(file, table, columns)
    pairs = width > 2 and width % 2 == 0 and all(map(columns.says_time, range(0, width, 2)))
    places = (
        [(c - 1, c) for c in range(1, width, 2)] if pairs else [(0, c) for c in range(1, width)]
    )
    return _Opened(file, table, columns, notes, encoding, places)


def _refuse_unnamed_spectrum(file: DataFile, table: NumberTable, columns: Columns) -> None:
    """Refuse a first column without a name that no clock and every spectrometer could have."""
    first = table.numbers[:, 0]
    if columns.cells[0] or first.min() < SHORTEST_NM or first.max() > LONGEST_NM or len(first) < 20:
        return
    what = f"the first column, {first[0]:g} to {first[-1]:g}, may be wavelengths or times"
    mend = 'Head it "Time (s)", or "Wavelength (nm)" if this is a spectrum'
    raise file.problem(what, mend, int(table.line[0]))


def _name(opened: _Opened, place: tuple[int, int]) -> str:
    """Return what a trace is called: the name above its signal or above its pair."""
    cells = opened.columns.cells
    in_pairs = any(time for time, _ in opened.places)
    above = [cell for cell in cells[place[0]] if not says_time(cell)] if in_pairs else []
    named = [cell for cell in [*above, *cells[place[1]]] if not is_generic(cell)]
    unnamed = "" if len(opened.places) == 1 else f"column {place[1] + 1}"
    return " ".join(dict.fromkeys(named)) or unnamed


def _trace(
    opened: _Opened, place: tuple[int, int], time_unit: str | None, given: str | None
) -> Trace:
    file, table, columns = opened.file, opened.table, opened.columns
    time, own = table.numbers[:, place[0]], table.numbers[:, place[1]]
    written = np.isfinite(time)
    for problem in unsorted("times", time[written], "Sort the rows by time"):
        line = int(table.line[written][falls(time[written])[0]])
        raise file.problem(problem.what, problem.mend, line)
    metadata = read_metadata(table.head, columns.rows, table.delimiter)
    header = columns.cells[place[0]] or [axis_in_metadata(metadata)]
    factor, unit, summary = _time_unit(header, time_unit)
    if columns.clock and time_unit is None:
        unit = unit_for(time)
        factor, summary = 1 / TIME_UNITS[unit], f"times in {unit}"
    value, name, treated = _signal(opened, place, own, given)
    known = np.isfinite(value) & written
    text_kind = (
        f"{opened.encoding}, {DELIMITERS[table.delimiter]}-delimited, decimal '{table.decimal}'"
    )
    masked = _masked(table, place, unit, factor)
    return Trace(
        time=time[known] * factor,
        value=value[known],
        time_unit=unit,
        name=printable(name, 200),
        history=(
            f"read as: a trace of {known.sum()} points, {summary}, {text_kind}",
            f"file: {printable(file.path.name, 200)}, sha256 {sha256(file.data).hexdigest()}",
            *(*opened.notes, *masked, *treated),
        ),
    )


def _masked(table: NumberTable, place: tuple[int, int], unit: str, factor: float) -> list[str]:
    """Return the history line about points that are left out because they hold no number."""
    # A pair may end before the others.
    ended = np.isnan(table.numbers[:, place[0]]) & np.isnan(table.numbers[:, place[1]])
    holes = [hole for hole in table.holes if hole.column in place and not ended[hole.row]]
    if not holes:
        return []
    many = "1 point is" if len(holes) == 1 else f"{len(holes)} points are"
    at = f"{table.numbers[holes[0].row, place[0]] * factor:g}" + (f" {unit}" if unit != "1" else "")
    return [f"{many} left out ({in_words(holes)}), the first at {at}"]


def _signal(
    opened: _Opened, place: tuple[int, int], value: Array, given: str | None
) -> tuple[Array, str, list[str]]:
    """Return the signal, what it is called, and the history lines about it.

    A transmittance becomes absorbance, as in spectra; whatever else the column holds is taken as
    it is, as a trace may be of anything.
    """
    label = _name(opened, place)
    stated = opened.columns.kind(place[1])
    if given is None and stated not in {"T", "%T"}:
        return value, label or "signal", []
    who = "the option signal" if given else "the column header"
    kind = Kind(given or stated, f"signal: {given or stated}, from {who}", certain=bool(given))
    seen, signal, notes = as_signal(opened.file, value[:, None], opened.table.line, kind)
    if kind.kind in {"T", "%T"}:
        label = f"absorbance from '{label}'" if label else "absorbance"
    return seen[:, 0], label or signal, notes


def _time_unit(header: list[str], given: str | None) -> tuple[float, str, str]:
    """Return the factor to the unit of the result, that unit, and how it is known."""
    stated = next(filter(None, map(stated_unit, header)), None)
    if stated is None and given is None:
        return 1.0, "1", "no unit of time is named, so rates are per unit of the first column"
    if given is None and stated in TIME_UNITS:
        return 1.0, str(stated), f"times in {stated} from the header"
    if stated is None or stated == given:
        return 1.0, str(given), f"times in {given} as stated"
    unit = given or "s"
    summary = f"times in {unit}, converted from {stated} of the header"
    return SECONDS[stated] / SECONDS[unit], unit, summary
