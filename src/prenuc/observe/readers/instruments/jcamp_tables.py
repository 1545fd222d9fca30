"""The numbers in the tables of JCAMP-DX, in every compression.

A table (X++(Y..Y)) has a line for some points: an abscissa, which is checked, and ordinates, as
numbers with a fixed or a packed distance (FIX, PAC) or with a letter for sign and first digit:
itself (SQZ), the difference to the ordinate before (DIF), how often it stands (DUP). After a
difference the next line repeats the last ordinate, which is checked too.

Reference: R. S. McDonald, P. A. Wilks, Appl. Spectrosc. 42 (1988) 151 (JCAMP-DX 4.24).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.data_file import DataFile, printable
from prenuc.observe.readers.instruments.jcamp_records import NUMBER, PLAIN, Block

if TYPE_CHECKING:
    from prenuc.arrays import Array

MOST_POINTS = 2_000_000  # of one table
_MOST_DIGITS = 17  # after a letter; a float keeps no more
_SQUEEZED = {**{letter: digit for digit, letter in enumerate("@ABCDEFGHI")}}
_SQUEEZED |= {letter: -digit for digit, letter in enumerate("abcdefghi", 1)}
_DIFFERENCE = {**{letter: digit for digit, letter in enumerate("%JKLMNOPQR")}}
_DIFFERENCE |= {letter: -digit for digit, letter in enumerate("jklmnopqr", 1)}
_AGAIN = {letter: digit for digit, letter in enumerate("STUVWXYZ", 1)} | {"s": 9}
_TOKEN = re.compile(rf"({PLAIN}(?:[eE][+-]\d{{1,4}})?|\?)|([@A-Ia-i%J-Rj-rS-Zs])(\d*)|[\s,;]+|(.)")
_EXPONENTS = re.compile(rf"(?:{PLAIN}(?:[eE][+-]?\d{{1,4}})?|\?|[\s,;])+")
_TOLERANCE = 1.6  # steps of the axis, as files are off by one
_DECIMALS = re.compile(r"\s*[+-]?\d*(?:\.(?P<decimals>\d*))?")


@dataclass(frozen=True)
class Start:
    """Where a line of a table stands.

    Args:
        abscissa: As it is written.
        rounding: Half a unit of its last digit.
        place: Index of its first ordinate.
        line: Its number in the file.
    """

    abscissa: float
    rounding: float
    place: int
    line: int


def points(file: DataFile, lines: list[str], first: int) -> tuple[Array, Array]:
    """Return the pairs of a table (XY..XY): abscissae and ordinates, NaN for "?".

    Args:
        file: For messages.
        lines: The lines of the table.
        first: Number of the first of them.

    Raises:
        SpectrumError: Something is no number, or an ordinate is missing.
    """
    numbers: list[float] = []
    for number, line in enumerate(lines, first):
        rest = NUMBER.sub("", line)
        if rest.strip(" \t,;"):
            raise _no_number(file, rest.strip(" \t,;"), number)
        cells = NUMBER.findall(line)
        numbers += [np.nan if cell == "?" else float(cell) for cell in cells]
        if len(cells) % 2 and any(mark in line for mark in ",;"):
            raise file.problem("this line has an abscissa without its ordinate", "Mend it", number)
    if len(numbers) % 2 or not numbers:
        raise file.problem("the table ends within a point", "Export it again", first)
    return np.array(numbers[::2]), np.array(numbers[1::2])


def ordinates(file: DataFile, lines: list[str], first: int) -> tuple[list[Start], Array]:
    """Return the ordinates of a table (X++(Y..Y)), and where each line stands among them.

    Args:
        file: For messages.
        lines: The lines of the table.
        first: Number of the first of them.

    Returns:
        Where each line stands, and the ordinates, NaN for "?".

    Raises:
        SpectrumError: Something is no number, or a line does not begin with the ordinate by which
            the one before ended in differences.
    """
    plain = _EXPONENTS.fullmatch("\n".join(lines)) is not None
    values: list[float] = []
    starts: list[Start] = []
    check = False
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        own, ends_in_difference = _line(file, line, number, plain=plain)
        if check and len(own) > 1:
            if own[1] != values[-1]:
                what = f"this line begins with {own[1]:g}, the one before ended with {values[-1]:g}"
                raise file.problem(what, "A line is missing or damaged: export it again", number)
            del values[-1]
        decimals = _DECIMALS.match(line)
        digits = len((decimals["decimals"] if decimals else "") or "")
        starts.append(Start(own[0], 0.5 / 10**digits, len(values), number))
        values += own[1:]
        check = ends_in_difference
        if len(values) > MOST_POINTS:
            raise file.problem(f"the table has more than {MOST_POINTS} points", "Split it", number)
    return starts, np.array(values)


def _line(file: DataFile, line: str, number: int, *, plain: bool) -> tuple[list[float], bool]:
    """Return the numbers of a line, and whether the last is a difference to the one before."""
    if plain:
        return [*map(_plain, NUMBER.findall(line))], False
    packed = _Packed()
    for token in _TOKEN.finditer(line):
        if not packed.take(token):
            raise _no_number(file, token[0], number)
    if not packed.values:
        raise _no_number(file, line, number)
    return packed.values, packed.step is not None


def _plain(cell: str) -> float:
    return np.nan if cell == "?" else float(cell)


class _Packed:
    """The numbers of a packed line so far: the abscissa and ordinates.

    ``step`` is by how much the last ordinate differs from the one before, where it was written so.
    """

    def __init__(self) -> None:
        self.values: list[float] = []
        self.step: int | None = None

    def take(self, token: re.Match[str]) -> bool:
        """Take a token; False for one that is none, or that has no ordinate to start from."""
        written, letter, digits, other = token.groups()
        if other or len(digits or "") > _MOST_DIGITS:
            return False
        if written:
            self.values.append(_plain(written))
            self.step = None
        elif letter in _SQUEEZED:
            self.values.append(float(_joined(_SQUEEZED[letter], letter, digits)))
            self.step = None
        elif letter:
            return len(self.values) > 1 and self._go_on(letter, digits)
        return True

    def _go_on(self, letter: str, digits: str) -> bool:
        """Take a difference, or how often the last ordinate or difference stands in all."""
        times = 2
        if letter in _DIFFERENCE:
            self.step = _joined(_DIFFERENCE[letter], letter, digits)
        else:
            times = int(f"{_AGAIN[letter]}{digits}")
        if times > MOST_POINTS:
            return False
        for _ in range(times - 1):
            self.values.append(self.values[-1] + (self.step or 0))
        return True


def _joined(digit: int, letter: str, digits: str) -> int:
    """Return the number of a letter and the digits that follow it."""
    size = int(f"{abs(digit)}{digits}")
    return -size if letter.islower() else size


def _no_number(file: DataFile, text: str, line: int) -> Exception:
    what = f"'{printable(text, 30)}' is no number of a JCAMP-DX table"
    return file.problem(what, "The line is damaged: export it again", line)


def abscissae(file: DataFile, block: Block, starts: list[Start], count: int) -> Array:
    """Return the axis of a table (X++(Y..Y)), checked against the abscissa of every line.

    Args:
        file: For messages.
        block: Its records.
        starts: As :func:`ordinates` returns them.
        count: Number of ordinates.

    Raises:
        SpectrumError: Nothing says where the axis stands, or a line is not where it should be.
    """
    factor = block.number("XFACTOR") or 1.0
    told = block.number("NPOINTS")
    if told is not None and int(told) != count:
        what = f"the table holds {count} points, NPOINTS says {told:g}"
        raise file.problem(what, "It is cut off or damaged: export it again", starts[-1].line)
    first = block.number("FIRSTX")
    first = factor * starts[0].abscissa if first is None else first
    step = _step(block, starts, first, count)
    if not step:
        raise file.problem("nothing says in which steps the axis goes", "Add ##DELTAX=", block.line)
    axis: Array = first + step * np.arange(count, dtype=float)
    for start in starts:
        written, place = factor * start.abscissa, min(start.place, count - 1)
        tolerance = _TOLERANCE * abs(step) + abs(factor) * start.rounding
        if abs(written - axis[place]) > tolerance:
            what = f"this line begins at {written:g}, its place is {axis[place]:g}"
            raise file.problem(what, "A line is missing or damaged: export it again", start.line)
    return axis


def _step(block: Block, starts: list[Start], first: float, count: int) -> float:
    """Return the step of the axis: of its ends, as it is said, or of the lines; 0 for none."""
    last, step = block.number("LASTX"), block.number("DELTAX")
    counted = block.number("NPOINTS") is not None
    if last is not None and count > 1 and (counted or step is None):
        return (last - first) / (count - 1)
    if step is None and len(starts) > 1:
        far, near = starts[-1], starts[0]
        factor = block.number("XFACTOR") or 1.0
        return factor * (far.abscissa - near.abscissa) / max(far.place - near.place, 1)
    return step or 0.0
