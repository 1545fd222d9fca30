"""Agilent 845x ChemStation: a .KD file, a kinetic series of diode-array spectra.

A spectrum is a record of named fields in UTF-16. After "RelTime" follow its time in s, after
"Absorbance (AU)" the number of its points and as many 8-byte numbers, after "Wavelength (nm)" their
number again, the first wavelength and the step. A directory at the beginning names every spectrum
"SAMPLES_CELL_" and its cell. Read off the file that the tests name.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.data_file import DataFile, Format, Options
from prenuc.observe.readers.instruments.spectra import Spectra, as_series

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

NAME = "Agilent ChemStation .KD"
_START = b"\x0232\x00\rREGISTER FILE"
_LISTED = "SAMPLES_CELL_".encode("utf-16-le")
_MOST_POINTS = 4096  # a diode array has 1024 at most
# From the end of a name to its numbers, in bytes.
_TO_TIME, _TO_COUNT, _TO_VALUES, _TO_GRID = 6, 4, 9, 26
_FIELD = re.compile(
    b"(?P<time>" + re.escape("RelTime".encode("utf-16-le")) + b")|"
    b"(?P<signal>" + re.escape("Absorbance (".encode("utf-16-le")) + rb"(?:[^)]\x00){1,6}\)\x00)|"
    b"(?P<axis>" + re.escape("Wavelength (nm)".encode("utf-16-le")) + b")"
)


def read_chemstation(file: DataFile, options: Options) -> SpectrumSeries:
    """Read the spectra of a .KD file.

    Args:
        file: The file.
        options: What the caller knows.

    Raises:
        SpectrumError: It is cut off or damaged, or holds another signal than absorbance.
    """
    records = _records(file)
    times, rows, grids = records.times, records.rows, records.grids
    if not rows:
        raise file.problem(f"this {NAME} file holds no absorbance", "Export the spectra as CSV")
    listed = file.data.count(_LISTED)
    if listed > len(rows):
        what = f"the directory lists {listed} spectra, {len(rows)} are there"
        raise file.problem(what, "The file is cut off: copy it again")
    if len(grids) != 1 or len(times) != len(rows) or not (np.diff(times) > 0).all():
        raise _damaged(file)
    count, first, step = grids.pop()
    if {len(row) for row in rows} != {count}:
        raise _damaged(file)
    found = Spectra(
        axis=first + step * np.arange(count, dtype=float),
        values=np.array(rows),
        kind="absorbance",
        labels=tuple(f"{time:g} s" for time in times),
        time=np.array(times),
    )
    return as_series(file, options, NAME, found)


@dataclass(frozen=True)
class _Records:
    """What the fields of a file say: times in s, readings, and (points, first nm, step in nm)."""

    times: list[float] = field(default_factory=list)
    rows: list[Array] = field(default_factory=list)
    grids: set[tuple[int, float, float]] = field(default_factory=set)


def _records(file: DataFile) -> _Records:
    found = _Records()
    for name in _FIELD.finditer(file.data):
        end = name.end()
        if name["time"]:
            found.times.append(_number(file, end + _TO_TIME))
        elif name["signal"]:
            found.rows.append(_values(file, end))
        elif found.rows:
            first, step = (_number(file, end + _TO_GRID + one) for one in (0, 8))
            found.grids.add((_count(file, end), first, step))
    return found


def _values(file: DataFile, end: int) -> Array:
    count = _count(file, end)
    data = file.data[end + _TO_VALUES : end + _TO_VALUES + 8 * count]
    if not 2 <= count <= _MOST_POINTS or len(data) < 8 * count:
        raise _damaged(file)
    values = np.frombuffer(data, "<f8")
    if not (np.abs(values) < 100).all():  # a reading that is none would be lost in a spectrum
        raise _damaged(file)
    return values


def _count(file: DataFile, end: int) -> int:
    data = file.data[end + _TO_COUNT : end + _TO_COUNT + 4]
    if len(data) < 4:
        raise _damaged(file)
    return int(struct.unpack("<I", data)[0])


def _number(file: DataFile, start: int) -> float:
    data = file.data[start : start + 8]
    number = float(struct.unpack("<d", data)[0]) if len(data) == 8 else np.nan
    if not 0 <= abs(number) < 1e7:
        raise _damaged(file)
    return number


def _damaged(file: DataFile) -> Exception:
    what = f"this {NAME} file is cut off, damaged, or of another version"
    return file.problem(what, "Export the spectra as CSV")


FORMAT = Format(NAME, sniff=lambda data: data.startswith(_START), read=read_chemstation)
