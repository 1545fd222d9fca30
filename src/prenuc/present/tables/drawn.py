"""The numbers of a figure as a sheet: an abscissa and its curves side by side, source by source."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from prenuc.present.tables.sheet import Column, Sheet, cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.observe.course import Course
    from prenuc.observe.series import SpectrumSeries

Curve = tuple[Column, Column]  # abscissa and ordinate


def spectra_drawn(rows: Sequence[tuple[str, SpectrumSeries, int]]) -> Sheet:
    """Return the spectra of a figure.

    Args:
        rows: Name of the source, its spectra, and which of them.
    """
    curves = []
    for name, series, row in rows:
        unit = "" if series.signal == "absorbance" else "a.u."
        told = f"{name}, {series.labels[row]}"
        axis = Column("wavelength", "nm", series.wavelength.tolist())
        signal = Column(series.signal, unit, [*map(cell, series.absorbance[row])], told)
        curves.append((axis, signal))
    return _side_by_side("spectra", curves)


def courses_drawn(
    courses: Mapping[str, Course],
    columns: Mapping[str, Mapping[str, Array]],
    picks: Mapping[str, tuple[Array, Array]],
) -> Sheet:
    """Return the courses of a figure.

    Args:
        courses: By name of the source.
        columns: What is drawn of each, by heading.
        picks: Times in min and first absorptions in nm that were measured, by name.
    """
    curves = []
    for name, course in courses.items():
        axis = Column.of(course.axis[1], course.axis[0])
        for heading, numbers in columns[name].items():
            made = Column.of(heading, numbers)
            curves.append((axis, Column(made.name, made.unit, made.cells, f"{name}, {heading}")))
    for name, (minutes, nm) in picks.items():
        axis = Column.of("time / min", minutes)
        curves.append(
            (axis, Column("first absorption", "nm", [*map(cell, nm)], f"{name}, measured"))
        )
    return _side_by_side("course", curves)


def sizes_drawn(courses: Mapping[str, Course]) -> Sheet:
    """Return the maps of a figure: a column of dots per nm for each look of each source.

    Args:
        courses: By name of the source.
    """
    curves = []
    for name, course in courses.items():
        times, unit = course.axis[0], "mmol/L/nm"
        axis = Column("diameter", "nm", course.sizes.tolist())
        for time, row in zip(times, course.distribution, strict=True):
            curves.append((axis, Column("dots", unit, row.tolist(), f"{name}, {time:.6g} min")))
    return _side_by_side("sizes", curves)


def _side_by_side(name: str, curves: Iterable[Curve]) -> Sheet:
    """Return curves as columns; those on one abscissa share it, shorter ones end early."""
    columns: list[Column] = []
    for _, group in groupby(curves, key=lambda curve: (curve[0].name, tuple(curve[0].cells))):
        together = list(group)
        columns += [together[0][0], *(ordinate for _, ordinate in together)]
    longest = max((len(one.cells) for one in columns), default=0)
    return Sheet(name, tuple(_padded(one, longest) for one in columns))


def _padded(column: Column, length: int) -> Column:
    rest: list[Any] = [None] * (length - len(column.cells))
    return Column(column.name, column.unit, [*column.cells, *rest], column.comment)
