"""Size distributions of dots: as a map, size against time, or at chosen times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, listed
from prenuc.present.figures.courses import (
    ENOUGH_DOTS,
    first_and_last,
    held_up,
    not_shown,
    shown_numbers,
    time_of,
    told_at_last,
)
from prenuc.present.figures.drawing import Drawn, finished, map_of, side_by_side
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import name_lines, time_colours
from prenuc.quantities import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.observe.course import Course

LOOKS = 5  # at a distribution, where no times are given
PER_NM = "dots / (mmol/L/nm)"
LEAST_DENSITY = 1e-3  # of the highest; beyond the largest dots of that density a map ends


@laid_out
def plot_sizes(courses: Mapping[str, Course], layout: Layout) -> Drawn:
    """Return a map of the size distribution for each flask, on axes and colours that they share.

    Args:
        courses: By name, as above the maps.
        layout: Size, fonts, title, and the times that are drawn.

    Raises:
        InputError: A flask counts no sizes, holds no dots, or was looked at only once.
    """
    from matplotlib.colors import PowerNorm

    most = densest(courses)
    once = [name for name, one in courses.items() if len(one.time) == 1]
    if once:
        what = f"{listed(once)} was looked at only once, which makes no map"
        raise InputError(what, "Plot --what distribution, or measure more often")
    figure, grid = layout.axes(len(courses))
    low, high = layout.across or first_and_last(courses)
    largest = max(_largest(one, most) for one in courses.values())
    for (name, course), axes in zip(courses.items(), grid, strict=False):
        shown = axes.pcolormesh(
            course.axis[0], course.sizes, course.distribution.T,
            norm=PowerNorm(0.5, 0.0, most), cmap="viridis", shading="nearest", rasterized=True,
        )  # fmt: skip
        axes.set_facecolor(shown.cmap(0.0))
        axes.plot(course.axis[0], _mean(course), color="white", lw=1.0, ls=(0, (3, 2)))
        axes.set_title(layout.wrapped(name, len(courses)), loc="left")
    layout.name_outer(grid, len(courses), time_of(courses), "diameter / nm")
    grid[0].set(xlim=(low, high), ylim=layout.up or (0.0, largest))
    figure.colorbar(shown, ax=grid[: len(courses)], label=PER_NM)
    layout.head(figure)
    notes = ["the dashed line is the mean diameter; colours go with the square root"]
    if not layout.up:
        fewer = f"fewer than {percent(LEAST_DENSITY, 1)} of the most"
        notes.append(f"sizes beyond {largest:.2g} nm are not drawn: {fewer}")
    notes += [*not_shown(courses, low, high), *held_up(courses)]
    numbers = side_by_side("sizes", (
        of for name, one in courses.items()
        for of in map_of((one.axis[1], one.axis[0]), ("diameter / nm", one.sizes), PER_NM,
                         one.distribution.T, name)
    ))  # fmt: skip
    told = f"Number of dots by diameter and time, a map each. {told_at_last(courses)}"
    return Drawn(figure, numbers, told, tuple(notes))


def densest(courses: Mapping[str, Course]) -> float:
    """Return the highest density of dots that any flask has, in mmol/L/nm.

    Args:
        courses: By name.

    Raises:
        InputError: A flask counts no sizes, or none holds dots.
    """
    none = [name for name, one in courses.items() if not one.sizes.size]
    if none:
        what = f"dots of {listed(none)} are not counted class by class, so they have no sizes"
        raise InputError(what, "Use a mechanism with size classes")
    most = max(float(one.distribution.max()) for one in courses.values())
    if not most > 0:
        raise InputError("there are no dots at any time", "Plot --what course or spectra")
    return most


@laid_out
def plot_distribution(
    courses: Mapping[str, Course], layout: Layout, at: Sequence[float] = ()
) -> Drawn:
    """Return the size distribution of each flask at some times, dark first and light last.

    Args:
        courses: By name, as above the panels.
        layout: Size, fonts, title, and the diameters that are drawn.
        at: Times in min; five of them from the first dots to the last look when empty.

    Raises:
        InputError: A flask counts no sizes or holds no dots, or was not looked at then.
    """
    most = densest(courses)
    figure, grid = layout.axes(len(courses))
    notes = []
    every = {name: _looks(one, at) for name, one in courses.items()}
    alike = len({tuple(courses[name].axis[0][looks]) for name, looks in every.items()}) == 1
    for (name, course), axes in zip(courses.items(), grid, strict=False):
        looks = every[name]
        for place, colour in zip(looks, time_colours(len(looks)), strict=True):
            label = f"{course.axis[0][place]:.4g} min"
            axes.plot(course.sizes, course.distribution[place], color=colour, lw=1.2, label=label)
        axes.set_title(layout.wrapped(name, len(courses)) if len(courses) > 1 else "", loc="left")
        if not alike or len(courses) == 1:
            lines = axes.get_lines()
            name_lines(axes, lines, [str(one.get_label()) for one in lines], title=course.axis[1])
        notes += [f"{name}: {len(looks)} of {len(course.time)} looks are drawn"]
    layout.name_outer(grid, len(courses), "diameter / nm", PER_NM)
    largest = max(_largest(one, most) for one in courses.values())
    grid[0].set_xlim(*(layout.across or (0.0, largest)))
    notes += layout.fit_heights(grid[: len(courses)], "the number of dots")
    several = alike and len(courses) > 1
    layout.titled(time_of(courses) if several else "").head(figure, grid if several else ())
    told = f"Number of dots by diameter at some times. {told_at_last(courses)}"
    return finished(figure, told, [*notes, *held_up(courses)])


def _looks(course: Course, at: Sequence[float]) -> list[int]:
    """Return the places of the looks nearest to times.

    Raises:
        InputError: A time lies outside those in which the flask was looked at.
    """
    time = course.axis[0]
    if not len(at):
        there = np.flatnonzero(course.number > ENOUGH_DOTS * course.number.max(initial=0.0))
        first = int(there[0]) if there.size else 0
        places = np.linspace(first, len(time) - 1, LOOKS).round().astype(int)
        return [int(place) for place in np.unique(places)]
    outside = [one for one in at if not time[0] <= one <= time[-1]]
    if outside:
        what = f"{course.name} was not looked at {listed([f'{one:g} min' for one in outside])}"
        raise InputError(what, f"Give times from {time[0]:.4g} to {time[-1]:.4g} min")
    return sorted({int(np.argmin(np.abs(time - one))) for one in at})


def _mean(course: Course) -> Array:
    return shown_numbers(course, "mean diameter / nm")


def _largest(course: Course, most: float) -> float:
    there = np.flatnonzero(course.distribution.max(axis=0) > LEAST_DENSITY * most)
    return float(course.sizes[there[-1]]) * 1.05 if there.size else float(course.sizes[-1])
