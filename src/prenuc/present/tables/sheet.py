"""A sheet: columns of numbers with long names and units, for a workbook, Origin, or text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Cell = float | str | None


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: Its long name, such as "absorbance".
        unit: "" where there is none.
        cells: Numbers or texts, m of them; None for an empty cell.
        comment: What tells it from others of the same name, such as the label of a spectrum.
    """

    name: str
    unit: str
    cells: Sequence[Cell]
    comment: str = ""

    @classmethod
    def of(cls, heading: str, cells: Iterable[Any]) -> Column:
        """Return a column whose heading is written as "diameter / nm".

        Args:
            heading: Name, and unit where there is one.
            cells: Numbers or texts; a number that is none becomes an empty cell.
        """
        name, _, unit = heading.partition(" / ")
        return cls(name, unit.strip("()") if unit.count("(") == 1 else unit, [*map(cell, cells)])

    @property
    def heading(self) -> str:
        """What stands above it where there is one line for that, without its unit."""
        return self.comment or self.name

    @property
    def line(self) -> str:
        """Heading and unit in one."""
        if not self.unit or self.comment:
            return self.heading
        unit = f"({self.unit})" if "/" in self.unit else self.unit
        return f"{self.name} / {unit}"


@dataclass(frozen=True)
class Sheet:
    """What makes one sheet of a workbook, or one text file.

    Args:
        name: Such as "spectra".
        columns: All of the same length.
    """

    name: str
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, name: str, columns: Mapping[str, Iterable[Any]]) -> Sheet:
        """Return a sheet of columns by heading, such as "time / min".

        Args:
            name: Of the sheet.
            columns: Their cells.
        """
        return cls(name, tuple(Column.of(heading, cells) for heading, cells in columns.items()))

    @property
    def rows(self) -> list[list[Cell]]:
        """Its cells, row by row."""
        return [[*row] for row in zip(*(column.cells for column in self.columns), strict=True)]


def stacked(sheets: Iterable[tuple[str, Sheet]]) -> list[Sheet]:
    """Return sheets with those of one name below each other, after the file that each is from.

    Args:
        sheets: Name of the file and sheet.
    """
    kinds: dict[str, list[tuple[str, Sheet]]] = {}
    for file, sheet in sheets:
        kinds.setdefault(sheet.name, []).append((file, sheet))
    return [_below(name, parts) for name, parts in kinds.items()]


def _below(name: str, parts: Sequence[tuple[str, Sheet]]) -> Sheet:
    places: dict[tuple[str, str], Column] = {}
    counts = [len(sheet.columns[0].cells) for _, sheet in parts]
    for _, sheet in parts:
        for column in sheet.columns:
            places.setdefault((column.name, column.unit), column)
    files = [file for (file, _), count in zip(parts, counts, strict=True) for _ in range(count)]
    columns = [Column("file", "", files)]
    for key in places:
        cells: list[Cell] = []
        for (_, sheet), count in zip(parts, counts, strict=True):
            own = [one for one in sheet.columns if (one.name, one.unit) == key]
            cells += own[0].cells if own else [None] * count
        columns.append(Column(*key, cells))
    return Sheet(name, tuple(columns))


def cell(given: Any) -> Cell:
    """Return what stands in a cell: a text, a number, nothing for a number that is none.

    Args:
        given: A text, a number or None.
    """
    if given is None or isinstance(given, str):
        return given
    number = float(given)
    return number if math.isfinite(number) else None
