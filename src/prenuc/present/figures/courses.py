"""Courses of flasks over each other: a panel for each number, or every species on one log axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, listed
from prenuc.observe.analysis import analyze
from prenuc.present.figures.drawing import Drawn, finished
from prenuc.present.figures.overlay import minutes_of, told_apart
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import logarithmic
from prenuc.quantities import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.observe.course import Course
    from prenuc.observe.series import SpectrumSeries

OF_DOTS = (
    "number of dots / (mmol/L)",
    "mean diameter / nm",
    "relative spread of diameters",
    "first absorption / nm",
)
FIRST = OF_DOTS[3]
LEAST_SHARE = 0.01  # of the chalcogen; what never reaches it is named and not drawn
FAINTEST = 1e-6  # of the most of any species; an axis that goes lower shows rounding
ENOUGH_DOTS = 1e-3  # of the most that a source ever has; with fewer, their mean says nothing


@dataclass(frozen=True)
class Picks:
    """First absorptions of measured spectra.

    Args:
        minutes: When, in min of reaction, shape (m,).
        nm: Where, in nm; NaN where none can be placed, shape (m,).
    """

    minutes: Array
    nm: Array


def picks_of(name: str, series: SpectrumSeries) -> Picks:
    """Return the first absorptions of spectra against time.

    Args:
        name: Of the spectra.
        series: The spectra.

    Raises:
        InputError: Their times are not known.
    """
    minutes = minutes_of(series)
    if minutes is None:
        what = f"the times of {name} are not known, so it has no course"
        raise InputError(what, "Plot --what spectra, or write times above the columns")
    found = analyze(series).found
    return Picks(minutes, np.array([each.feature.position_nm for each in found]))


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
    notes = [f"never {percent(LEAST_SHARE)} of the chalcogen: {listed(small)}"] if small else []
    seen = [
        column
        for column in OF_DOTS
        if any(np.any(np.nan_to_num(shown_numbers(one, column))) for one in courses.values())
    ]
    if OF_DOTS[0] not in seen:
        notes.append("there are no dots at any time")
    return [*(f"share of {name}" for name in shares if name not in small), *seen], notes


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


@laid_out
def plot_courses(
    courses: Mapping[str, Course], layout: Layout, picks: Mapping[str, Picks] | None = None
) -> Drawn:
    """Return a panel for each number against time, and what is not drawn.

    Args:
        courses: By name, as in the legend.
        layout: Size, fonts, title, and the times that are drawn.
        picks: First absorptions that were measured, by name, drawn as circles.

    Raises:
        InputError: Nothing holds chalcogen.
    """
    columns, notes = shown_columns(courses)
    if not columns:
        raise InputError("there is no chalcogen at any time", "Plot --what spectra")
    figure, grid = layout.axes(len(columns), share_y=False)
    low, high = layout.across or first_and_last(courses)
    for column, axes in zip(columns, grid, strict=False):
        for place, (name, course) in enumerate(courses.items()):
            look = told_apart(place) | marked(course)
            axes.plot(course.axis[0], shown_numbers(course, column), label=name, **look)
        axes.set_title(layout.wrapped(column, len(columns)), loc="left")
    for place, (name, one) in enumerate((picks or {}).items(), len(courses)):
        colour = told_apart(place)["color"]
        axes = grid[columns.index(FIRST)]
        axes.plot(
            one.minutes, one.nm, "o", ms=2.5, mfc="none", color=colour, label=f"{name}, measured"
        )
    layout.name_outer(grid, len(columns), time_of(courses), "")
    grid[0].set_xlim(*apart(low, high))
    for column, axes in zip(columns, grid, strict=False):
        if np.isfinite(_all(courses, column)).any():
            layout.fit_heights([axes], column)
    layout.head(figure, grid[: len(columns)])
    told = f"{'; '.join(columns)} against time, a panel each. {told_at_last(courses)}"
    if picks:
        told += f" Circles are first absorptions of {'; '.join(picks)}."
    return finished(
        figure, told, notes + not_shown(courses, low, high) + held_up(courses), name="course"
    )


def told_at_last(courses: Mapping[str, Course]) -> str:
    """Return what each flask holds when it is looked at for the last time.

    Args:
        courses: By name.
    """
    return " ".join(f"{name}, at the last look: {_at_last(one)}." for name, one in courses.items())


def _at_last(course: Course) -> str:
    shares = {name: float(share[-1]) for name, share in course.shares.items()}
    most = sorted(
        (name for name in shares if shares[name] >= LEAST_SHARE), key=lambda n: -shares[n]
    )
    held = [f"{percent(shares[name])} {name}" for name in most]
    size = shown_numbers(course, OF_DOTS[1])[-1]
    dots = [f"dots of {size:.2g} nm"] if np.isfinite(size) else []
    return f"{course.axis[0][-1]:.4g} min, {', '.join([*held, *dots])}"


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


def time_of(courses: Mapping[str, Course]) -> str:
    """Return what the time is.

    Args:
        courses: By name.

    Raises:
        InputError: It is not the same for all.
    """
    names = sorted({one.axis[1] for one in courses.values()})
    if len(names) > 1:
        what = f"{listed(names)} have no axis in common"
        raise InputError(what, "Plot them one by one")
    return names[0]


def first_and_last(courses: Mapping[str, Course]) -> tuple[float, float]:
    """Return the first and the last time of any of them, in min."""
    times = [one.axis[0] for one in courses.values()]
    return min(float(one[0]) for one in times), max(float(one[-1]) for one in times)


def marked(course: Course) -> dict[str, Any]:
    """Return how a single look is seen, which makes no line.

    Args:
        course: The course.
    """
    return {"marker": "o", "ms": 4} if len(course.time) == 1 else {}


def apart(low: float, high: float) -> tuple[float, float]:
    """Return ends of an axis, a minute about a single time.

    Args:
        low: First time, in min.
        high: The last one.
    """
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def not_shown(courses: Mapping[str, Course], low: float, high: float) -> list[str]:
    """Return which times of courses are not drawn.

    Args:
        courses: By name.
        low: First time that is drawn, in min.
        high: The last one.
    """
    ends = {name: (one.axis[0][0], one.axis[0][-1]) for name, one in courses.items()}
    return [
        f"{name}: {low:g} to {high:g} min of {first:.4g} to {last:.4g} min are drawn"
        for name, (first, last) in ends.items()
        if first < low or last > high
    ]


@laid_out
def plot_species(courses: Mapping[str, Course], layout: Layout) -> Drawn:
    """Return the chalcogen in every species against time, on a logarithmic axis.

    Args:
        courses: By name, as above the panels.
        layout: Size, fonts, title, and the ranges that are drawn.

    Raises:
        InputError: Nothing holds chalcogen.
    """
    figure, grid = layout.axes(len(courses))
    low, high = layout.across or first_and_last(courses)
    most = max((_most(courses, name) for name in _species(courses)), default=0.0)
    if not most > 0.0:
        raise InputError("there is no chalcogen at any time", "Plot --what course or spectra")
    seen = [name for name in _species(courses) if _most(courses, name) > FAINTEST * most]
    for (name, course), axes in zip(courses.items(), grid, strict=False):
        for place, species in enumerate(seen):
            held = course.chalcogen.get(species, np.zeros(len(course.time)))
            shown = np.where(held > 0, held, np.nan)
            axes.plot(course.axis[0], shown, label=species, **told_apart(place), **marked(course))
        axes.set_title(layout.wrapped(name, len(courses)) if len(courses) > 1 else "", loc="left")
    layout.name_outer(grid, len(courses), time_of(courses), "chalcogen / (mmol/L)")
    logarithmic(grid[0])
    grid[0].set_xlim(*apart(low, high))
    grid[0].set_ylim(*(layout.up or (FAINTEST * most, 2.0 * most)))
    layout.head(figure, grid[: len(courses)])
    faint = [name for name in _species(courses) if name not in seen]
    notes = [f"never a millionth of the chalcogen: {listed(faint)}"] if faint else []
    told = f"Chalcogen in {'; '.join(seen)} against time, logarithmic. {told_at_last(courses)}"
    return finished(figure, told, notes + not_shown(courses, low, high) + held_up(courses))


def _species(courses: Mapping[str, Course]) -> list[str]:
    return list(dict.fromkeys(name for one in courses.values() for name in one.chalcogen))


def _most(courses: Mapping[str, Course], species: str) -> float:
    return max(float(np.max(one.chalcogen.get(species, 0.0))) for one in courses.values())
