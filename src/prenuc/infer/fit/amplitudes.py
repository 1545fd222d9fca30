r"""Amplitudes of a single trace, and what follows from them, with their intervals.

.. math:: y(t) = \sum_j a_j\, C_j(t; θ) + e

Where the closed form allows it, the last Gauss-Newton steps take residuals in extended precision,
so that data good to the last digit give standard errors that are good too. An amplitude's profile
holds it and lets all else follow; that of a combination of amplitudes holds the combination:
with B = A_∞ − A_0 the columns of A → B are 1 and −exp(−kt). The lag of first-order growth is
where its exponential crosses zero, ln(B/A_∞)/k, which takes for granted that nothing else absorbs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np

from prenuc.infer.fit.intervals import Intervals
from prenuc.infer.fit.parameter import Parameter, lost, parameter
from prenuc.infer.objectives.crossing import crossing
from prenuc.infer.objectives.projection import Block, Objective, Point, split
from prenuc.infer.schemes.growth import Delayed, LateGrowth
from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.nonlinear import AbstractProgress, Exponentials

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.fit.solve import Solution

POLISHED = 8  # Gauss-Newton steps in extended precision
RUNAWAY = 100.0  # an amplitude that may be so many times itself and the range of data is none


@final
@dataclass(frozen=True)
class Held(Objective):
    """A trace with one amplitude held.

    Args:
        turn: What turns the columns to those of the amplitudes asked for, shape (c, c).
        which: The amplitude that is held.
        amount: Its value.
    """

    turn: Array = field(default_factory=lambda: np.eye(0))
    which: int = 0
    amount: float = 0.0

    def at(self, u: Array) -> Point:
        """Return value, gradient and curvature at u."""
        values, scale = self.kinetics.decode(u)
        columns, slopes = self.kinetics.concentrations(self.time, values)
        columns, slopes = columns @ self.turn, (slopes * scale[:, None, None]) @ self.turn
        y = self.blocks[0].rows[:, 0] - columns[:, self.which] * self.amount
        moved = slopes[:, :, self.which] * self.amount
        part = split(np.delete(columns, self.which, 1), np.delete(slopes, self.which, 2))
        along = part.tangents @ (part.inverse @ y) + moved - (moved @ part.span) @ part.span.T
        rest = part.beyond(y[:, None])[:, 0]
        return Point(u, float(rest @ rest), -(along @ rest), along @ along.T)


class Amplitudes:
    """Amplitudes of a trace at its best fit.

    Args:
        found: The fit of one trace.
    """

    def __init__(self, found: Solution) -> None:
        asked = found.question
        self.found, self.kinetics, self.member = found, asked.kinetics, asked.stack.members[0]
        self.time, self.value = asked.sets[0].series.time, asked.sets[0].series.absorbance[:, 0]
        self.theta = self.kinetics.decode(found.best.u)[0]
        columns, _ = self.columns(self.theta)
        self.linear = split(columns, np.zeros((0, *columns.shape))).inverse @ self.value
        if isinstance(self.kinetics, AbstractProgress | Exponentials):
            self._polish()
        self.limit = Intervals(self.found).limit  # what √(Q − Q_min) reaches at an interval's ends

    @property
    def names(self) -> tuple[str, ...]:
        """A_inf of the last species, A_0 of the first, A_B, …; and the constant under them."""
        species = self.kinetics.species
        ends = {len(species) - 1: "A_inf", 0: "A_0"}
        own = tuple(ends.get(pick, f"A_{species[pick]}") for pick in self.member.picks)
        if isinstance(self.kinetics, Exponentials):
            own = self.member.species
        return (*own, "constant") if self.member.background else own

    @property
    def residual(self) -> Array:
        """Data less the fit, shape (m,)."""
        rest: Array = self.value - self.columns(self.theta)[0] @ self.linear
        return rest

    def columns(self, theta: Array, time: Any = None) -> tuple[Array, Array]:
        """Return the columns at the trace's own times, shape (m, c), and their derivatives."""
        shares, slopes = self.kinetics.concentrations(self.time if time is None else time, theta)
        shares, slopes = shares[:, self.member.picks], slopes[:, :, self.member.picks]
        if self.member.background:
            shares = np.concatenate((shares, np.ones_like(shares[:, :1])), axis=1)
            slopes = np.concatenate((slopes, np.zeros_like(slopes[:, :, :1])), axis=2)
        return shares, slopes

    def _polish(self) -> None:
        """Take the last Gauss-Newton steps with residuals in extended precision."""
        extended: Any = np.longdouble
        time, y = _as_written(self.time), _as_written(self.value)
        low, high = self.found.objective.bounds
        theta, linear = self.theta.astype(extended), self.linear.astype(extended)
        rest = y - self.columns(theta, time)[0] @ linear
        first = float(rest @ rest)
        for _ in range(POLISHED):
            jacobian = self._jacobian(theta.astype(float), linear.astype(float))
            size = np.linalg.norm(jacobian, axis=0)
            if not np.all(size > 0) or np.linalg.cond(jacobian / size) > 1e10:
                return
            step = np.linalg.lstsq(jacobian / size, rest.astype(float), rcond=None)[0] / size
            linear, theta = linear + step[: len(linear)], theta + step[len(linear) :]
            u = self._u(theta.astype(float))
            if np.any(u < low) or np.any(u > high):
                return
            rest = y - self.columns(theta, time)[0] @ linear
        least = float(rest @ rest)
        if least > first * (1.0 + 1e-6):
            return
        self.theta, self.linear = theta.astype(float), linear.astype(float)
        freedom = max(len(y) - len(linear) - len(theta), 1)
        rounding = 4.0 * np.finfo(float).eps * float(np.max(np.abs(self.value)))
        self.found = self.found.with_noise(u, max(math.sqrt(least / freedom), rounding))

    def _jacobian(self, theta: Array, linear: Array) -> Array:
        """Return the derivatives in all parameters, amplitudes first, shape (m, parameters)."""
        columns, slopes = self.columns(theta)
        found: Array = np.hstack((columns, (slopes @ linear).T))
        return found

    @cached_property
    def _inverse(self) -> Array:
        """Pseudo-inverse of the derivatives in all parameters, amplitudes first."""
        jacobian = self._jacobian(self.theta, self.linear)
        size = np.maximum(np.linalg.norm(jacobian, axis=0), 1e-300)
        found: Array = np.linalg.pinv(jacobian / size, rcond=1e-13) / size[:, None]
        return found

    def _spread(self, along: Array) -> float:
        """Return the standard error of a combination of parameters, amplitudes first."""
        return float(np.linalg.norm(along @ self._inverse)) * self.found.noises[0].sd

    def parameters(self) -> dict[str, Parameter]:
        """Return every amplitude, and B and the lag where they say something."""
        turn = np.eye(len(self.linear))
        if "constant" in self.names and "A_inf" in self.names:
            turn[self.names.index("A_inf"), -1] = -1.0  # the plateau stands on the constant
        steps = (
            [s.count for s in self.kinetics.steps]
            if isinstance(self.kinetics, FirstOrderNetwork)
            else []
        )
        if steps == [1] and self.names == ("A_0", "A_inf"):
            of_b = np.array([[-1.0, 1.0], [0.0, 1.0]])  # A_0 = A_inf − B
            plateau, prefactor = self._amplitude(turn, 1), self._amplitude(of_b, 0)
            return {"A_inf": plateau, "lag": self._lag(), "B": prefactor}
        params = {name: self._amplitude(turn, j) for j, name in enumerate(self.names)}
        if isinstance(self.kinetics, Delayed) and "A_inf" in params:
            params["B"] = self._late_prefactor()
        return params

    def _amplitude(self, turn: Array, which: int) -> Parameter:
        """Return one amplitude; columns @ turn are those of the amplitudes asked for."""
        back = np.linalg.inv(turn)[which]
        value = float(back @ self.linear)
        error = self._spread(np.append(back, np.zeros(len(self.theta))))
        unit, warm = self.found.noises[0].sd, self._u(self.theta)
        asked, rows = self.found.question, Block(self.value[:, None] / unit)
        stack = replace(asked.stack, members=(replace(self.member, time=self.time),))
        held = Held(stack, self.time, (rows,), asked.clock, turn, which)
        least = float(np.sum((self.residual / unit) ** 2))

        def rise(shift: float) -> float:
            nonlocal warm
            if shift == 0:
                return -self.limit
            point = self.found.free(replace(held, amount=(value + shift) / unit), warm)
            warm = point.u
            return math.sqrt(max(point.value - least, 0.0)) - self.limit

        size = max(abs(value), float(np.ptp(self.value)))
        first = self.limit * max(error, 1e-12 * size)
        widest = max(RUNAWAY * size, 2.0 * first)
        ends = []
        for sign in (-1, 1):
            warm = self._u(self.theta)
            shift = crossing(rise, sign * first, (-widest, widest))
            ends.append(None if shift is None else value + shift)
        return parameter(value, "1", error, tuple(ends))

    def _lag(self) -> Parameter:
        """Return ln(B/A_inf)/k with its interval, unless a constant may lie under the trace."""
        one = self.found.question.sets[0]
        zero, plateau = (float(x) for x in self.linear)
        ratio = (plateau - zero) / plateau if plateau else math.nan
        if one.background or not ratio > 0:
            return lost(one.series.time_unit)
        k = float(self.theta[0])
        rows = Block(self.value[:, None] / self.found.noises[0].sd)
        growth = Objective(LateGrowth("A -> B"), self.time, (rows,), self.found.question.clock)
        late = self.found.with_scheme(growth, np.array([math.log(k), math.log(ratio) / k]))
        return Intervals(late).parameter("lag")

    def _late_prefactor(self) -> Parameter:
        """Return B of a chain, late on A = A_inf − B exp(−k t)."""
        k, lag = (float(value) for value in self.theta)
        weight = math.exp(min(k * lag, 300.0))
        middle = self.kinetics.species[1]
        own = np.array([(n == "A_inf") - (n == f"A_{middle}") for n in self.names], dtype=float)
        value = float(own @ self.linear) * weight
        error = self._spread(np.append(own * weight, [value * lag, value * k]))
        reach = self.limit * error
        return parameter(value, "1", error, (value - reach, value + reach))

    def _u(self, theta: Array) -> Array:
        """Return parameters on the scales on which they are searched, shape (parameters,)."""
        found: Array = np.where(self.kinetics.logarithmic, np.log(np.maximum(theta, 1e-300)), theta)
        return found


def _as_written(numbers: Array) -> Any:
    """Return numbers in extended precision, each the shortest decimal that rounds to it."""
    return np.array([np.longdouble(repr(float(number))) for number in numbers])
