"""Where a search begins: a grid laid out by the times, or what the user gives."""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem, unknown_name
from prenuc.infer.kinetics import Network
from prenuc.infer.nonlinear import Exponentials
from prenuc.infer.projection import values_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.infer.profiles import AbstractKinetics, Variable
    from prenuc.infer.projection import Objective, Point

    Descent = Callable[[Objective, NDArray[np.float64]], Point]

TRIED, TRIED_ON_A_TRACE = 3, 4  # of the best starts
NEIGHBOURS = 6.0  # starts closer than this part of the grid end alike
SPARE = 2  # values more than there are constants in descending order
SAME, TINY = 1e-6, 1e-300  # fits that differ by less are equally good
GRID = {1: 14, 2: 10, 3: 6, 4: 4}  # starting values of each variable; 3 for more


def check_start(
    start: Mapping[str, float], names: Sequence[str], linear: Sequence[str] = ()
) -> None:
    """Refuse starting values that name nothing or are no positive numbers.

    Args:
        start: Starting values, by name.
        names: Names of the nonlinear parameters.
        linear: Names of amplitudes; these are eliminated, so that any start does.

    Raises:
        FitError: Names the value that is wrong.
    """
    for name, value in start.items():
        if name in linear:
            continue
        if name not in names:
            raise FitError(unknown_name("rate constant", name, [*names, *linear]))
        if not (math.isfinite(value) and value > 0):
            raise FitError(Problem(f"the start {name} = {value} is not a positive number"))


def grid(
    kinetics: AbstractKinetics, variables: Sequence[Variable], start: Mapping[str, float]
) -> list[NDArray[np.float64]]:
    """Return the points at which a search may begin.

    Rate constants that can change places are tried in descending order only.

    Args:
        kinetics: The scheme.
        variables: Its parameters.
        start: What the user gives; these values stand in every point as they are.
    """
    free = [v for v in variables if v.name not in start]
    points = GRID.get(len(free), 3)
    if permutable(kinetics) and len(free) == len(variables):
        axis = np.linspace(*variables[0].grid, max(points, len(variables) + SPARE))[::-1]
        return [np.array(point) for point in combinations(axis, len(variables))]
    axes = []
    for variable in variables:
        if variable.name in start:
            value = start[variable.name]
            axes.append(np.array([math.log(value) if variable.logarithmic else value]))
        else:
            axes.append(np.linspace(*variable.grid, variable.points or points))
    return [np.array(point) for point in product(*axes)]


def _told(kinetics: AbstractKinetics, variables: Sequence[Variable], u: NDArray[np.float64]) -> str:
    """Return that a search from the start that was given ended at u, a worse fit."""
    reached = kinetics.decode(u)[0]
    ends = ", ".join(f"{v.name} = {x:.3g}" for v, x in zip(variables, reached, strict=True))
    return f"from the start given the search ends at {ends}, a worse fit than the one reported"


def permutable(kinetics: AbstractKinetics) -> bool:
    """Return whether rate constants can change places without a change of the fit."""
    return isinstance(kinetics, Exponentials) or (
        isinstance(kinetics, Network) and kinetics.is_plain_chain
    )


def in_order(
    u: NDArray[np.float64], start: Mapping[str, float], variables: Sequence[Variable]
) -> NDArray[np.float64]:
    """Return rate constants that can change places in order, shape (variables,).

    They stand with the fastest first, or as a complete start has them.
    """
    fastest = np.sort(u)[::-1]
    names = [variable.name for variable in variables]
    if not all(name in start for name in names):
        return fastest
    ranks = np.argsort(np.argsort([-start[name] for name in names], kind="stable"), kind="stable")
    return fastest[ranks]


def find(
    objective: Objective,
    kinetics: AbstractKinetics,
    start: Mapping[str, float],
    descend: Descent,
) -> tuple[Point, list[str]]:
    """Return the best minimum, and what there is to say about the start.

    The search begins at the start that is given. Its end is the answer, unless the search without
    a start ends at a better fit; then that is, and a warning says so.

    Args:
        objective: What is minimised.
        kinetics: The scheme.
        start: What the user gives, possibly nothing.
        descend: Finds the minimum of an objective from a point on, roughly.
    """
    variables = objective.variables
    own = _search(objective, grid(kinetics, variables, {}), descend)
    if not start:
        return own, []
    given = _search(objective, grid(kinetics, variables, start), descend)
    if given.value <= own.value * (1.0 + SAME) + TINY:
        return given, []
    if permutable(kinetics):
        own = objective.at(in_order(own.u, start, variables))
    return own, [_told(kinetics, variables, given.u)]


def _search(objective: Objective, points: Sequence[NDArray[np.float64]], descend: Descent) -> Point:
    """Return the best minimum from the most promising of some points."""
    alone = objective.blocks[0].data.shape[1] == 1
    tried = TRIED_ON_A_TRACE if alone else min(TRIED, len(objective.variables) + 1)
    known = [points[i] for i in np.argsort(values_at(objective, points), kind="stable")]
    spacing = np.maximum(np.ptp(known, axis=0) / NEIGHBOURS, TINY)
    chosen: list[NDArray[np.float64]] = []
    for u in known:
        if len(chosen) < tried and all(np.max(np.abs(u - one) / spacing) > 1.0 for one in chosen):
            chosen.append(u)
    ends = (descend(objective, u) for u in chosen)
    return min(ends, key=lambda point: point.value)
