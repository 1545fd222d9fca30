"""Files that spectrometers could have written, and ways in which they are changed.

Some changes keep the meaning (line ends, delimiters, quoting, blank rows): such a file gives equal
arrays or is refused. Others break it (a row cut, a cell replaced): it is refused, something is said
about it, or only the cell that was touched differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import random

UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
DELIMITERS = [",", ";", "\t"]
WORDS = ["OVER", "--", "n/a", "", "nan", "4O0", "abc", "#N/A", "0.2x4", "1e999"]


@dataclass(frozen=True)
class Sheet:
    """A table as cells, with what it means.

    Args:
        head: Lines above the header.
        header: Its cells.
        rows: Cells of numbers.
        tail: Lines below.
        wavelength: nm, shape (n,).
        seconds: Times, shape (m,).
        values: Shape (m, n).
    """

    head: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tail: tuple[str, ...]
    wavelength: np.ndarray
    seconds: np.ndarray
    values: np.ndarray

    def text(self, delimiter=",", decimal=".", newline="\n", *, quoted=False):
        def line(cells):
            cells = [cell.replace(".", decimal) for cell in cells]
            return delimiter.join(f'"{cell}"' if quoted else cell for cell in cells)

        lines = [*self.head, line(self.header), *map(line, self.rows), *self.tail]
        return newline.join(lines) + newline


def sheet(rng: random.Random) -> Sheet:
    """Return a table of 6 to 20 rows and 2 to 6 spectra."""
    rows, spectra = rng.randint(6, 20), rng.randint(2, 6)
    start, step = rng.choice([300, 350, 400.5]), rng.choice([1, 2.5, 5])
    wavelength = start + step * np.arange(rows)
    unit = rng.choice(list(UNITS))
    counts = np.sort(rng.sample(range(100), spectra)).astype(float)
    values = np.round([[rng.uniform(0.01, 2.5) for _ in range(rows)] for _ in range(spectra)], 4)
    axis = rng.choice(["Wavelength (nm)", "nm", "wavelength / nm"])
    wording = rng.choice(["{:g} {}", "t = {:g} {}", "aliquot {:g} {}"])
    header = (axis, *(wording.format(count, unit) for count in counts))
    numbers = [
        (f"{nm:g}", *(f"{value:.4f}" for value in values[:, row]))
        for row, nm in enumerate(wavelength)
    ]
    head = rng.choice([(), ("Sample: CdS",), ("Instrument: UV-1", "")])
    tail = rng.choice(
        [
            (),
            ("", "Method log", "Scan rate: 600"),
            ("", "", "Instrument Version 3.00", "Start (nm) 800.0", "Baseline: 100%T"),
            (">>>>>End Processed Spectral Data<<<<<",),
            ("##### Extended Information", "[Comments]", "Sample name: CdS"),
        ]
    )
    return Sheet(
        head, header, tuple(numbers), tail, wavelength, counts * UNITS[unit], np.array(values)
    )


def meaning_kept(rng: random.Random, one: Sheet) -> bytes:
    """Return the file in another dialect."""
    delimiter = rng.choice(DELIMITERS)
    decimal = rng.choice(".,") if delimiter != "," else "."
    one = _rearranged(rng, one)
    quoted = rng.random() < 0.3
    text = one.text(delimiter, decimal, quoted=quoted)
    lines = text.split("\n")
    for _ in range(rng.randint(0, 2)):
        lines.insert(rng.randrange(len(lines)), rng.choice(["", " ", delimiter * 2]))
    if rng.random() < 0.3:
        lines = [f"{line}{delimiter}" if line else line for line in lines]
    if rng.random() < 0.2:
        lines = [re.sub(rf"{delimiter}", f" {delimiter} ", line) for line in lines]
    text = rng.choice(["\n", "\r\n", "\r", "\r\r\n"]).join(lines)
    return text.encode(rng.choice(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))


def _rearranged(rng: random.Random, one: Sheet) -> Sheet:
    """Return the table with its spectra in another order, or with a blank column."""
    places = list(range(1, len(one.header)))
    if rng.random() < 0.3:
        rng.shuffle(places)
    blank = rng.randrange(1, len(places) + 1) if rng.random() < 0.15 else None

    def cells(row):
        moved = [row[0], *(row[place] for place in places)]
        return tuple(moved if blank is None else [*moved[:blank], "", *moved[blank:]])

    return replace(one, header=cells(one.header), rows=tuple(map(cells, one.rows)))


HEADER = -1  # the row of the names


def _time_changed(rng: random.Random, cell: str, unit: bool) -> str:
    """Return a name with its time in another unit, or with another digit in it."""
    words = cell.split(" ")
    if unit:
        return " ".join([*words[:-1], rng.choice([one for one in UNITS if one != words[-1]])])
    digits = list(words[-2])
    digits[rng.randrange(len(digits))] = str(rng.randrange(10))
    return " ".join([*words[:-2], "".join(digits), words[-1]])


def _header_broken(
    rng: random.Random, header: list[str], how: int
) -> tuple[list[str], tuple[int, int] | None]:
    """Return damaged names, and the place of a time that was changed."""
    header, column, touched = list(header), rng.randrange(len(header)), None
    if how == 0:
        header[column] = header[rng.randrange(1, len(header))]
    elif how == 1:
        header.pop(column)
    elif how == 2:
        unit = rng.choice(["h", "min", "s", "d"])
        header[-1] = f"{header[-1]} ({rng.randint(1, 90)} {unit})"
    elif how == 3:
        header[column] = ""
    elif how in {4, 5}:
        place = rng.randrange(1, len(header))
        header[place], touched = _time_changed(rng, header[place], how == 4), (HEADER, place)
    else:
        header[0] = rng.choice(["Wavenumber (cm-1)", "Raman shift", "Time (s)", "eV", "Pixel"])
    return header, touched


def meaning_broken(rng: random.Random, one: Sheet) -> tuple[bytes, tuple[int, int] | None]:
    """Return a damaged file, and row and column of the touched cell, if it was one."""
    rows = [list(row) for row in one.rows]
    header, touched = list(one.header), None
    row = rng.choice([0, 0, len(rows) - 1, len(rows) - 1, rng.randrange(len(rows))])
    column = rng.randrange(len(header))
    how = rng.randrange(12)
    if how == 0:
        rows[row] = rows[row][: rng.randint(1, len(header) - 1)]
    elif how == 1:
        rows[row][column], touched = rng.choice(WORDS), (row, column)
    elif how == 2:
        place = rng.randrange(len(rows[row][column]))
        digit = str(rng.randrange(10))
        cell = rows[row][column]
        rows[row][column], touched = cell[:place] + digit + cell[place + 1 :], (row, column)
    elif how == 3:
        rows.insert(row, list(rows[row]))
    elif how == 4:
        rows[row].insert(rng.randrange(len(rows[row])), rng.choice(["1.0", "7", ""]))
    else:
        header, touched = _header_broken(rng, header, how - 5)
    damaged = Sheet(one.head, tuple(header), tuple(map(tuple, rows)), one.tail, *([None] * 3))
    return damaged.text(rng.choice(DELIMITERS)).encode(), touched
