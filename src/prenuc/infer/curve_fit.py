r"""Fit any scheme to one trace.

.. math:: y(t) = \sum_j a_j\, C_j(t; θ) + e

The columns C are those of the scheme (:mod:`prenuc.infer.scheme`) that can be told apart, or the
product alone (``through_origin``). Amplitudes a are eliminated (variable projection: Golub and
Pereyra 1973, SIAM J. Numer. Anal. 10, 413), with exact derivatives. Where the closed form allows
it, the last Gauss-Newton steps take residuals in extended precision, so that data good to the last
digit give standard errors that are good too.

Intervals are profile likelihood ones, as in :mod:`prenuc.infer.trace_fit`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.equivalence import equivalents
from prenuc.infer.intervals import BEFORE, FLAT, WIDEST, WIDEST_STEP, fixed_by, traded_by
from prenuc.infer.nonlinear import AbstractProgress, Exponentials
from prenuc.infer.parameter import Parameter, parameter
from prenuc.infer.profiles import Clock
from prenuc.infer.projection import Point, minimise, split
from prenuc.infer.starts import check_start, find, ordered, permutable
from prenuc.infer.trace_fit import Fit, correlation, crossing, usable
from prenuc.infer.verdicts import advice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prenuc.infer.profiles import AbstractKinetics, Variable
    from prenuc.observe.series import Trace

    Array = NDArray[np.float64]

NEW = 1e-6  # a column is new if this share of it lies outside the others
POLISHED = 8  # Gauss-Newton steps in extended precision
TRIED = 4
ASIDE = 0.17


def fit_curve(
    trace: Trace,
    kinetics: AbstractKinetics,
    *,
    background: bool = False,
    through_origin: bool = False,
    start: Mapping[str, float] | None = None,
) -> Fit:
    """Fit a scheme to a trace.

    Args:
        trace: The signal.
        kinetics: The scheme (:func:`prenuc.infer.scheme.parse`).
        background: An unknown constant lies under the whole trace.
        through_origin: The signal comes from the product alone.
        start: Starting values by name; those of amplitudes are not needed.

    Raises:
        FitError: The trace is not something that a fit can work with.
    """
    free = background or trace.offset_free
    if through_origin and free:
        what = "a trace with an unknown constant under it does not go through the origin"
        raise FitError(Problem(what, "Leave out one of the two options"))
    curve = _curve(usable(trace), kinetics, free=free, origin=through_origin)
    start = start or {}
    check_start(start, kinetics.names, curve.amplitudes)
    known = {name: value for name, value in start.items() if name in kinetics.names}
    best, said = find(curve, kinetics, curve.variables, known, TRIED)
    if permutable(kinetics) and not known:
        best = ordered(curve, best, known, curve.variables)
    answer = _Answer(curve, best)
    params = answer.parameters()
    return Fit(
        scheme=kinetics.scheme,
        params=params,
        derived={},
        noise={"sd": math.sqrt(answer.noise), "from": "residuals, taken as white"},
        trace=trace,
        fitted=trace.value - answer.residual,
        warnings=(*said, *_notes(curve, answer, params)),
        equivalent_schemes=tuple(str(one) for one in equivalents(kinetics, one_signal=True)),
    )


@dataclass(frozen=True)
class Curve:
    """Residual sum of squares of a trace as a function of the nonlinear parameters.

    Args:
        kinetics: The scheme.
        time: Times, shape (m,).
        value: Signal, shape (m,).
        unit: Unit of time.
        picks: Which columns of the scheme are used.
        constant: Whether a constant stands beside them.
        amplitudes: Names of the amplitudes.
        held: An amplitude that is held, and its value.
    """

    kinetics: AbstractKinetics
    time: Array
    value: Array
    unit: str
    picks: tuple[int, ...]
    constant: bool
    amplitudes: tuple[str, ...]
    held: tuple[int, float] | None = None

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The nonlinear parameters and how they are searched."""
        return self.kinetics.variables(Clock.of(self.time, self.unit))

    @cached_property
    def bounds(self) -> Array:
        """Smallest and largest u, shape (2, variables)."""
        return np.array([variable.bounds for variable in self.variables]).T

    @cached_property
    def sizes(self) -> Array:
        """A large step of each u, shape (variables,)."""
        return np.array([variable.size for variable in self.variables])

    def columns(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the columns, shape (m, c), and their derivatives in θ, shape (p, m, c)."""
        shares, slopes = self.kinetics.concentrations(time, values)
        shares, slopes = shares[:, self.picks], slopes[:, :, self.picks]
        if self.constant:
            shares = np.concatenate((shares, np.ones_like(shares[:, :1])), axis=1)
            slopes = np.concatenate((slopes, np.zeros_like(slopes[:, :, :1])), axis=2)
        return shares, slopes

    def at(self, u: Array) -> Point:
        """Return value, gradient and curvature at u."""
        values, scale = self.kinetics.decode(u)
        columns, slopes = self.columns(self.time, values)
        slopes = slopes * scale[:, None, None]
        y, moved = self.value, np.zeros((len(u), len(self.value)))
        if self.held is not None:
            which, amount = self.held
            y, moved = y - columns[:, which] * amount, slopes[:, :, which] * amount
            columns, slopes = np.delete(columns, which, 1), np.delete(slopes, which, 2)
        part = split(columns, slopes)
        along = part.tangents @ (part.inverse @ y) + moved - (moved @ part.span) @ part.span.T
        rest = y - part.span @ (part.span.T @ y)
        rest = rest - part.span @ (part.span.T @ rest)
        return Point(u, float(rest @ rest), -(along @ rest), along @ along.T)

    def minimise(self, u: Array, fixed: int | None = None, known: Point | None = None) -> Point:
        """Return the minimum near u."""
        return minimise(self, u, fixed, known)


def _curve(trace: Trace, kinetics: AbstractKinetics, *, free: bool, origin: bool) -> Curve:
    """Return the objective of a trace with the columns that can be told apart."""
    species = kinetics.species
    if isinstance(kinetics, Exponentials):
        constant = free and not kinetics.constant
        names = (*species, "constant") if constant else species
        picks = tuple(range(len(species)))
        return Curve(kinetics, trace.time, trace.value, trace.time_unit, picks, constant, names)
    last = len(species) - 1
    order = [last] if origin else [0, last, *range(1, last)]
    middle = Clock.of(trace.time, trace.time_unit)
    u = np.array([0.6 * sum(v.grid) - 0.1 * v.grid[0] for v in kinetics.variables(middle)])
    columns, _ = kinetics.concentrations(trace.time, kinetics.decode(u)[0])
    chosen: list[int] = []
    for pick in order:
        others, column = columns[:, chosen], columns[:, pick]
        rest = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        if np.linalg.norm(rest) > NEW * np.linalg.norm(column):
            chosen.append(pick)
    names = tuple(
        "A_inf" if pick == last else "A_0" if pick == 0 else f"A_{species[pick]}" for pick in chosen
    )
    constant = free and not kinetics.closed
    names = (*names, "constant") if constant else names
    return Curve(kinetics, trace.time, trace.value, trace.time_unit, tuple(chosen), constant, names)


class _Answer:
    """Parameters of the best fit, with standard errors and intervals.

    Args:
        curve: The objective.
        best: Its minimum.
    """

    def __init__(self, curve: Curve, best: Point) -> None:
        from scipy.stats import t

        self.curve, self.best = curve, best
        self.values = curve.kinetics.decode(best.u)[0]
        columns, _ = curve.columns(curve.time, self.values)
        self.linear = split(columns, np.zeros((0, *columns.shape))).inverse @ curve.value
        self.residual = curve.value - columns @ self.linear
        self._polish()
        count = len(self.linear) + len(self.values)
        freedom = max(len(curve.value) - count, 1)
        self.least = float(self.residual @ self.residual)
        rounding = (4.0 * np.finfo(float).eps * float(np.max(np.abs(curve.value)))) ** 2
        self.noise = max(self.least / freedom, rounding)
        self.limit = float(t.ppf(0.975, freedom)) ** 2 * self.noise
        away = ASIDE * np.arange(1, len(best.u) + 1) * curve.sizes
        self.aside = curve.at(np.clip(best.u + away, *curve.bounds)).curvature

    def _jacobian(self, values: Array, linear: Array) -> tuple[Array, Array]:
        """Return the columns and the derivatives in all parameters, amplitudes first."""
        columns, slopes = self.curve.columns(self.curve.time, values)
        return columns, np.hstack((columns, (slopes @ linear).T))

    def _polish(self) -> None:
        """Take the last Gauss-Newton steps with residuals in extended precision."""
        if not isinstance(self.curve.kinetics, AbstractProgress | Exponentials):
            return
        extended: Any = np.longdouble
        time, y = _as_written(self.curve.time), _as_written(self.curve.value)
        values, linear = self.values.astype(extended), self.linear.astype(extended)
        count = len(linear)
        rest = y - self.curve.columns(time, values)[0] @ linear
        first = float(rest @ rest)  # not that in double precision, which rounding may flatter
        for _ in range(POLISHED):
            rest = y - self.curve.columns(time, values)[0] @ linear
            _, jacobian = self._jacobian(values.astype(float), linear.astype(float))
            size = np.linalg.norm(jacobian, axis=0)
            if not np.all(size > 0) or np.linalg.cond(jacobian / size) > 1e10:
                return
            step = np.linalg.lstsq(jacobian / size, rest.astype(float), rcond=None)[0] / size
            linear, values = linear + step[:count], values + step[count:]
        u = np.where(self.curve.kinetics.logarithmic, np.log(np.maximum(values, 1e-300)), values)
        rest = y - self.curve.columns(time, values)[0] @ linear
        low, high = self.curve.bounds
        worse = float(rest @ rest) > first * (1.0 + 1e-6)
        if worse or np.any(u.astype(float) < low) or np.any(u.astype(float) > high):
            return
        self.values, self.linear = values.astype(float), linear.astype(float)
        self.residual = rest.astype(float)
        self.best = self.curve.at(u.astype(float))

    @cached_property
    def errors(self) -> Array:
        """Gauss-Newton standard errors, amplitudes first."""
        _, jacobian = self._jacobian(self.values, self.linear)
        size = np.maximum(np.linalg.norm(jacobian, axis=0), 1e-300)
        inverse = np.linalg.pinv(jacobian / size, rcond=1e-13) / size[:, None]
        found: Array = np.linalg.norm(inverse, axis=1) * math.sqrt(self.noise)
        return found

    def parameters(self) -> dict[str, Parameter]:
        """Return all parameters, nonlinear ones first."""
        params, count = {}, len(self.linear)
        fixed = fixed_by(self.aside)
        for p, variable in enumerate(self.curve.variables):
            error = float(self.errors[count + p])
            if fixed[p] and error > 0:
                params[variable.name] = self._nonlinear(p, variable, error)
            else:
                params[variable.name] = parameter(0.0, variable.unit, None, (None, None))
        for j, name in enumerate(self.curve.amplitudes):
            params[name] = self._amplitude(j, float(self.errors[j]))
        return params

    def _rise(self, point: Point) -> float:
        return point.value - self.least - self.limit

    def _nonlinear(self, p: int, variable: Variable, error: float) -> Parameter:
        value, centre = float(self.values[p]), float(self.best.u[p])
        low, high = self.curve.bounds[:, p] - centre
        warm = {-1.0: self.best.u, 1.0: self.best.u}

        def rise(shift: float) -> float:
            if not low <= shift <= high:
                return -math.inf
            side = math.copysign(1.0, shift)
            u = warm[side].copy()
            u[p] = centre + shift
            point = self.curve.minimise(u, fixed=p)
            warm[side] = point.u
            return self._rise(point)

        spread = error / value if variable.logarithmic else error
        spread = min(max(spread, 1e-12 * variable.size), WIDEST_STEP * variable.size)
        # Downwards a rate may fade away; upwards it is followed as far as the times can tell.
        widest = math.log(WIDEST_FACTOR) * variable.size
        shifts = [crossing(rise, -spread, widest), crossing(rise, spread, max(widest, high))]
        if variable.logarithmic:
            ends = [None if s is None else value * math.exp(s) for s in shifts]
        else:
            ends = [None if s is None else value + s for s in shifts]
        bounded = not variable.logarithmic and ends[0] is None and ends[1] is not None
        if bounded and not self._unseen(p):
            ends[0] = 0.0  # a lag cannot be less than none
        return parameter(value, variable.unit, error, tuple(ends))

    def _unseen(self, p: int) -> bool:
        """Return whether a lag is as good as any other that is over before the first time."""
        first = float(self.curve.time[0]) * BEFORE
        if first <= 0:
            return False
        ends = [self.best.u.copy(), self.best.u.copy()]
        ends[0][p], ends[1][p] = 0.0, first
        none, late = (self.curve.minimise(u, fixed=p).value for u in ends)
        return abs(none - late) < FLAT * self.noise

    def _amplitude(self, j: int, error: float) -> Parameter:
        value = float(self.linear[j])

        def rise(shift: float) -> float:
            held = replace(self.curve, held=(j, value + shift))
            return self._rise(held.minimise(self.best.u))

        spread = max(error, 1e-12 * max(abs(value), 1e-300))
        widest = WIDEST_FACTOR * max(abs(value), spread)
        shifts = [crossing(rise, sign * spread, widest) for sign in (-1, 1)]
        return parameter(value, "1", error, tuple(None if s is None else value + s for s in shifts))


WIDEST_FACTOR = math.exp(WIDEST)


def _as_written(numbers: Array) -> Any:
    """Return numbers in extended precision, each the shortest decimal that rounds to it."""
    return np.array([np.longdouble(repr(float(number))) for number in numbers])


def _notes(curve: Curve, answer: _Answer, params: Mapping[str, Parameter]) -> list[str]:
    """Return what a reader should know before believing the numbers."""
    found = []
    if any(curve.kinetics.orders):
        found.append("amounts are shares of the first species' amount at time 0, k is per share")
    found += correlation(answer.residual)
    lost = [name for name, one in params.items() if not one.identifiable]
    if lost:
        found.append(f"not identifiable: {', '.join(lost)}")
    names = [variable.name for variable in curve.variables]
    found += advice(params, traded_by(answer.aside, names))
    return found
