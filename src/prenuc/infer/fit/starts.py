"""Where a search begins: a grid laid out by the times, what the user gives, or other fits."""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem, unknown_name
from prenuc.infer.fit.stack import Stack
from prenuc.infer.objectives.projection import values_at
from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.nonlinear import Exponentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.objectives.projection import Objective, Point
    from prenuc.infer.schemes.profiles import AbstractKinetics, Variable

    Descent = Callable[[Objective, Array], Point]

TRIED, TRIED_ON_A_TRACE = 3, 4  # of the best starts
NEIGHBOURS = 6.0  # starts closer than this part of the grid end alike
SPARE = 2  # values more than there are constants in descending order
SAME, TINY = 1e-6, 1e-300  # fits that differ by less are equally good
CLEARLY = 4.0  # standard deviations by which a part of k must fit better than k itself
OTHER = 0.3  # in ln k: minima that are not the same
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
) -> list[Array]:
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


def _told(kinetics: AbstractKinetics, variables: Sequence[Variable], u: Array) -> str:
    """Return that a search from the start that was given ended at u, a worse fit."""
    reached = kinetics.decode(u)[0]
    ends = ", ".join(f"{v.name} = {x:.3g}" for v, x in zip(variables, reached, strict=True))
    return f"from the start given the search ends at {ends}, a worse fit than the one reported"


def permutable(kinetics: AbstractKinetics) -> bool:
    """Return whether rate constants can change places without a change of the fit."""
    return isinstance(kinetics, Exponentials) or (
        isinstance(kinetics, FirstOrderNetwork) and kinetics.is_plain_chain
    )


def in_order(u: Array, start: Mapping[str, float], variables: Sequence[Variable]) -> Array:
    """Return rate constants that can change places in order, shape (variables,).

    They stand with the fastest first, or as a complete start has them.

    Args:
        u: In the variables of the search, shape (variables,).
        start: Starting values that were given, by name.
        variables: What is searched.
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


def _search(objective: Objective, points: Sequence[Array], descend: Descent) -> Point:
    """Return the best minimum from the most promising of some points."""
    alone = objective.blocks[0].data.shape[1] == 1
    tried = TRIED_ON_A_TRACE if alone else min(TRIED, len(objective.variables) + 1)
    known = [points[i] for i in np.argsort(values_at(objective, points), kind="stable")]
    spacing = np.maximum(np.ptp(known, axis=0) / NEIGHBOURS, TINY)
    chosen: list[Array] = []
    for u in known:
        if len(chosen) < tried and all(np.max(np.abs(u - one) / spacing) > 1.0 for one in chosen):
            chosen.append(u)
    ends = (descend(objective, u) for u in chosen)
    return min(ends, key=lambda point: point.value)


def nearest_to(stack: Stack, points: Sequence[Point], start: Mapping[str, float]) -> Array:
    """Return the parameters nearest to those of the data sets alone, and the start as given.

    Args:
        stack: The data sets.
        points: The fit of each alone, on the scale of its kinetics.
        start: What the user gives; these values stand as they are.
    """
    wanted, rows = [], []
    for member, point in zip(stack.members, points, strict=True):
        values = member.kinetics.decode(point.u)[0]
        u = np.where(member.exponent, np.log(np.maximum(values, 1e-300)), values)
        free = np.any(member.matrix != 0, axis=1)
        wanted.append((u - member.origin)[free])
        rows.append(member.matrix[free])
    low, high = np.array([variable.bounds for variable in stack.fitted]).T
    found = np.linalg.lstsq(np.vstack(rows), np.concatenate(wanted), rcond=None)[0]
    for i, variable in enumerate(stack.fitted):
        if variable.name in start:
            value = start[variable.name]
            found[i] = np.log(value) if variable.logarithmic else value
    return np.clip(found, low, high)


def halved_or_doubled(
    objective: Objective, best: Point, start: Mapping[str, float], n: int, descend: Descent
) -> tuple[Point, tuple[str, ...]]:
    """Return the best fit with rates halved or doubled if it is clearly better, and what to say.

    Fits of the same noise by different powers of the share grown differ in Q by √(4 n order).

    Args:
        objective: The weighted objective.
        best: The fit to which lower orders lead.
        start: The starting values given; they are kept.
        n: Number of wavelengths.
        descend: Finds the minimum of an objective from a point on.
    """
    order = objective.kinetics.shift if isinstance(objective.kinetics, Stack) else 0
    rates = [v.name.startswith("k") and v.name not in start for v in objective.variables]
    if not order or not any(rates):
        return best, ()
    moves = (move * np.array(rates) for move in (-math.log(2.0), math.log(2.0)))
    other = min((descend(objective, best.u + move) for move in moves), key=lambda p: p.value)
    clearly = CLEARLY * math.sqrt(4.0 * n * order)
    apart = float(np.max(np.abs(other.u - best.u)[rates]))
    if apart < OTHER or other.value > best.value + clearly:
        return best, ()
    names = ", ".join(v.name for v, rate in zip(objective.variables, rates, strict=True) if rate)
    share = math.exp(float(np.mean((other.u - best.u)[rates])))
    if other.value < best.value - clearly:
        return other, (f"{names}: 1/{share:.2g} of it is what a smaller shift leads to",)
    said = (
        f"{names}: {share:.2g} times as much fits about as well, with a band that moves "
        "otherwise; what stands here is what a smaller shift leads to"
    )
    return best, (said,)
