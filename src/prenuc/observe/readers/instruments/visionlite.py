"""Thermo VISIONlite: a .dsp text file, whose header says where the axis begins, ends, and its step.

Lines: instrument, kind of measurement, number of samples, name, unit of the axis, first and last
abscissa, step, number of points, unit of the ordinate, limits of a plot; after ``#DATA`` an
ordinate in each line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.axes import unit_of
from prenuc.observe.readers.cells import is_number
from prenuc.observe.readers.columns import kind_of
from prenuc.observe.readers.data_file import DataFile, Format, Options, printable
from prenuc.observe.readers.instruments.spectra import Spectra, as_series

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

NAME = "VISIONlite .dsp"
_DATA = "#DATA"
_MOST_POINTS = 1_000_000
_UNITS = re.compile(r"nm|cm-1|1/cm|Å|µm|eV", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d+)?")


def sniff(data: bytes) -> bool:
    """Whether a line ``#DATA`` is there, and a unit with four numbers above it."""
    head = (
        data[:4000].replace(b"\0", b"").decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    )
    above, found, _ = head.partition(f"\n{_DATA}")
    return bool(found) and _grid(above.split("\n")) is not None


def _grid(lines: list[str]) -> int | None:
    """Return the place of the unit that first, last, step and number of points follow."""
    for place, line in enumerate(lines):
        following = [one.strip() for one in lines[place + 1 : place + 5]]
        numbers = len(following) == 4 and all(map(_NUMBER.fullmatch, following))
        if numbers and _UNITS.fullmatch(line.strip()):
            return place
    return None


def read_visionlite(file: DataFile, options: Options) -> SpectrumSeries:
    """Read the spectrum of a .dsp file.

    Args:
        file: The file.
        options: What the caller knows.

    Raises:
        SpectrumError: Its header and its readings do not agree, or one is no number.
    """
    lines = file.text()[0].removesuffix("\n").split("\n")
    start = next(row for row, line in enumerate(lines) if line.strip() == _DATA)
    place = _grid(lines[:start])
    if place is None:
        raise file.problem("the header is damaged", "Export it again", start + 1)
    axis = _axis(file, lines, place)
    readings = _readings(file, lines, start)
    if len(readings) != len(axis):
        what = f"there are {len(readings)} readings, the header says {len(axis)}"
        raise file.problem(what, "Lines are missing or damaged: export it again", start + 1)
    unit = lines[place].strip()
    ordinate = lines[place + 5].strip() if place + 5 < start else ""
    found = Spectra(
        axis,
        readings[None, :],
        kind_of(ordinate),
        unit=unit_of(unit) or "nm",
        labels=(lines[place - 1].strip() if place else "",),
        metadata={"instrument": printable(lines[0], 60), "ordinate": ordinate},
    )
    return as_series(file, options, NAME, found)


def _axis(file: DataFile, lines: list[str], place: int) -> Array:
    """Return the axis that the four lines below the unit say."""
    first, last, step, count = (_number(text) for text in lines[place + 1 : place + 5])
    step = abs(step) if last > first else -abs(step)
    known = step and 2 <= count < _MOST_POINTS
    axis: Array = first + step * np.arange(round(count) if known else 1, dtype=float)
    if not known or abs(axis[-1] - last) > 0.5 * abs(step):
        what = f"{count:g} points from {first:g} in steps of {abs(step):g} do not end at {last:g}"
        raise file.problem(what, "Export it again", place + 2)
    return axis


def _readings(file: DataFile, lines: list[str], start: int) -> Array:
    read = [_reading(file, line, row) for row, line in enumerate(lines[start + 1 :], start + 2)]
    return np.array([value for value in read if value is not None])


def _number(text: str) -> float:
    return float(text.strip().replace(",", "."))


def _reading(file: DataFile, line: str, row: int) -> float | None:
    """Return the number of a line, None for a blank one."""
    text = line.strip()
    if not text:
        return None
    if not is_number(text) or _NUMBER.fullmatch(text) is None:
        what = f"'{printable(text, 40)}' stands where a reading should"
        raise file.problem(what, "Mend the line or export it again", row)
    return _number(text)


FORMAT = Format(NAME, sniff=sniff, read=read_visionlite)
