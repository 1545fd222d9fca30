"""Courses of flasks over each other, and their size distributions as maps, size against time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, listed
from prenuc.present.figures.overlay import told_apart
from prenuc.present.figures.page_size import Layout, drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from prenuc.arrays import Array
    from prenuc.observe.course import Course

OF_DOTS = (
    "number of dots / (mmol/L)",
    "mean diameter / nm",
    "relative spread of diameters",
    "first absorption / nm",
)
FIRST = OF_DOTS[3]
LEAST_SHARE = 0.01  # of the chalcogen; what never reaches it is named and not drawn
ENOUGH_DOTS = 1e-3  # of the most that a source ever has; with fewer, their mean says nothing
LEAST_DENSITY = 1e-3  # of the highest; beyond the largest dots of that density a map ends


@dataclass(frozen=True)
class Picks:
    """First absorptions of measured spectra.

    Args:
        minutes: When, in min of reaction, shape (m,).
        nm: Where, in nm; NaN where none can be placed, shape (m,).
    """

    minutes: Array
    nm: Array


def shown_columns(courses: Mapping[str, Course]) -> tuple[list[str], list[str]]:
    """Return which columns of courses are drawn, and what is said of the others.

    Args:
        courses: By name.
    """
    shares = list(dict.fromkeys(name for one in courses.values() for name in one.shares))
    most = {
        name: max(float(np.max(one.shares.get(name, 0.0))) for one in courses.values())
        for name in shares
    }
    small = [name for name in shares if most[name] < LEAST_SHARE]
    notes = [f"never {LEAST_SHARE:.0%} of the chalcogen: {listed(small)}"] if small else []
    return [*(f"share of {name}" for name in shares if name not in small), *OF_DOTS], notes


def shown_numbers(course: Course, column: str) -> Array:
    """Return a column of a course as it is drawn: nothing of dots where there are next to none.

    Args:
        course: The course.
        column: Its heading; one that the course does not have is zero.
    """
    numbers = course.columns().get(column, np.zeros(len(course.time)))
    if column in OF_DOTS[1:3]:
        enough = course.number > ENOUGH_DOTS * course.number.max(initial=0.0)
        return np.where(enough, numbers, np.nan)
    return numbers


@drawn
def plot_courses(
    courses: Mapping[str, Course], layout: Layout, picks: Mapping[str, Picks] | None = None
) -> tuple[Figure, list[str]]:
    """Return a panel for each number against time, and what is not drawn.

    Args:
        courses: By name, as in the legend.
        layout: Size, fonts, title, and the times that are drawn.
        picks: First absorptions that were measured, by name, drawn as circles.
    """
    columns, notes = shown_columns(courses)
    figure, grid = layout.axes(len(columns), share_y=False)
    low, high = layout.across or _ends(courses)
    for column, axes in zip(columns, grid, strict=False):
        for place, (name, course) in enumerate(courses.items()):
            axes.plot(
                course.axis[0],
                shown_numbers(course, column),
                label=name,
                **told_apart(place),
            )
        axes.set_title(layout.wrapped(column, len(columns)), loc="left")
    for place, (name, one) in enumerate((picks or {}).items(), len(courses)):
        colour = told_apart(place)["color"]
        axes = grid[columns.index(FIRST)]
        axes.plot(one.minutes, one.nm, "o", ms=2.5, mfc="none", color=colour, label=name)
    layout.name_outer(grid, len(columns), _time(courses), "")
    grid[0].set_xlim(low, high)
    for column, axes in zip(columns, grid, strict=False):
        if np.isfinite(_all(courses, column)).any():
            layout.fit_heights([axes], column)
    layout.head(figure, grid[: len(columns)])
    return figure, notes + _outside(courses, low, high) + held_up(courses)


def held_up(courses: Mapping[str, Course]) -> list[str]:
    """Return from when dots have the largest size that is counted, and cannot grow as they would.

    Args:
        courses: By name.
    """
    return [
        f"{name}: from {one.limited_from:.4g} min on dots have the largest size that is counted "
        f"({one.sizes[-1]:.2g} nm); what follows is due to that limit"
        for name, one in courses.items()
        if one.limited_from is not None
    ]


def _all(courses: Mapping[str, Course], column: str) -> Array:
    return np.concatenate([shown_numbers(one, column) for one in courses.values()])


def _time(courses: Mapping[str, Course]) -> str:
    """Return what the time is.

    Raises:
        InputError: It is not the same for all.
    """
    names = sorted({one.axis[1] for one in courses.values()})
    if len(names) > 1:
        what = f"{listed(names)} have no axis in common"
        raise InputError(what, "Plot them one by one")
    return names[0]


def _ends(courses: Mapping[str, Course]) -> tuple[float, float]:
    times = [one.axis[0] for one in courses.values()]
    return min(float(one[0]) for one in times), max(float(one[-1]) for one in times)


def _outside(courses: Mapping[str, Course], low: float, high: float) -> list[str]:
    ends = {name: (one.axis[0][0], one.axis[0][-1]) for name, one in courses.items()}
    return [
        f"{name}: {low:g} to {high:g} min of {first:.4g} to {last:.4g} min are drawn"
        for name, (first, last) in ends.items()
        if first < low or last > high
    ]


@drawn
def plot_sizes(courses: Mapping[str, Course], layout: Layout) -> tuple[Figure, list[str]]:
    """Return a map of the size distribution for each flask, on axes and colours that they share.

    Args:
        courses: By name, as above the maps.
        layout: Size, fonts, title, and the times that are drawn.

    Raises:
        InputError: A flask counts no sizes, or holds no dots.
    """
    from matplotlib.colors import PowerNorm

    none = [name for name, one in courses.items() if not one.sizes.size]
    if none:
        what = f"dots of {listed(none)} are not counted class by class, so they have no sizes"
        raise InputError(what, "Use a mechanism with size classes")
    most = max(float(one.distribution.max()) for one in courses.values())
    if not most > 0:
        raise InputError("there are no dots at any time", "Plot --what course or spectra")
    figure, grid = layout.axes(len(courses))
    low, high = layout.across or _ends(courses)
    largest = max(_largest(one, most) for one in courses.values())
    for (name, course), axes in zip(courses.items(), grid, strict=False):
        shown = axes.pcolormesh(
            course.axis[0], course.sizes, course.distribution.T,
            norm=PowerNorm(0.5, 0.0, most), cmap="viridis", shading="nearest", rasterized=True,
        )  # fmt: skip
        axes.set_facecolor(shown.cmap(0.0))
        axes.plot(course.axis[0], _mean(course), color="white", lw=1.0, ls=(0, (3, 2)))
        axes.set_title(layout.wrapped(name, len(courses)), loc="left")
    layout.name_outer(grid, len(courses), _time(courses), "diameter / nm")
    grid[0].set(xlim=(low, high), ylim=layout.up or (0.0, largest))
    figure.colorbar(shown, ax=grid[: len(courses)], label="dots / (mmol/L/nm)")
    layout.head(figure)
    notes = ["the dashed line is the mean diameter; colours go with the square root"]
    beyond = [
        f"sizes beyond {largest:.2g} nm are not drawn: fewer than {LEAST_DENSITY:.1%} of the most"
    ]
    return figure, [
        *notes,
        *([] if layout.up else beyond),
        *_outside(courses, low, high),
        *held_up(courses),
    ]


def _mean(course: Course) -> Array:
    return shown_numbers(course, "mean diameter / nm")


def _largest(course: Course, most: float) -> float:
    there = np.flatnonzero(course.distribution.max(axis=0) > LEAST_DENSITY * most)
    return float(course.sizes[there[-1]]) * 1.05 if there.size else float(course.sizes[-1])
