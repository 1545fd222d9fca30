r"""Is a trace first order? The straightness of ln(A∞ − A), tested without taking logarithms.

A straight line of ln(A∞ − A) against time is first order. Taking logarithms weighs the last points
without bound, so the curvature is found in the signal itself: a reaction of order q follows

.. math:: A = A_∞ - B\, [1 + (q - 1)\, k t]^{-1/(q-1)}, \qquad q \to 1: \; A_∞ - B\, e^{-kt}

and its line in the logarithmic plot bends, relative to its slope squared, by q − 1 at the start:

.. math:: \frac{d^2 \ln(A_∞ - A)}{dt^2}\Big|_{0} = (q - 1)\, k^2

======= ============================================== ===========
symbol  meaning                                        unit
======= ============================================== ===========
A∞, B   plateau and amplitude, found linearly          of the trace
k       initial slope of ln(A∞ − A), sign changed      1/time
q − 1   curvature: 0 straight, > 0 slows, < 0 speeds   1
======= ============================================== ===========

The interval of q − 1 is that of the profile (Bates and Watts 1988, Nonlinear Regression Analysis,
chapter 6), as in :mod:`prenuc.infer.fit.intervals`. One trace cannot tell a distribution of rates
from a higher order, nor a lag from a lower one: what is tested is the straightness. Where no order
fits (runs in the residuals, Durbin and Watson 1950, Biometrika 37, 409), that is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from prenuc.errors import FitError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from prenuc.arrays import Array
    from prenuc.observe.trace import Trace

FEWEST_POINTS = 7  # A∞, B, k, q and something to judge them by
PARAMETERS = 4
ORDERS = np.linspace(-1.0, 4.0, 26)  # q that are tried first
RATES = 40  # k that are tried first, from SLOWEST to FASTEST inverse durations
SLOWEST, FASTEST = 0.02, 200.0
NEAR = 0.05  # a curvature that no plot would show speaks for nothing
WIDE = 0.75  # an interval of q - 1 that reaches so far from 0 decides nothing
RUNS = 3.0  # standard errors of the correlation of neighbouring residuals

Answer = Literal["first order", "not first order", "cannot tell"]


@dataclass(frozen=True, kw_only=True)
class FirstOrderTest:
    """How straight ln(A∞ − A) is.

    Args:
        trace: The data.
        answer: What they say.
        curvature: q − 1.
        ci95: Its 95 % interval; an end that the data leave open is None.
        rate: k of first order, 1/time unit.
        plateau: A∞ of first order.
        amplitude: B of first order at the first time.
        noise: Standard deviation of the residuals, unit of the trace.
        runs: Correlation of neighbouring residuals of the best order.
        odd: Whether no order describes the trace.
    """

    trace: Trace
    answer: Answer
    curvature: float
    ci95: tuple[float | None, float | None]
    rate: float
    plateau: float
    amplitude: float
    noise: float
    runs: float
    odd: bool

    @property
    def verdict(self) -> str:
        """What the data say, as a sentence."""
        ends = ["open" if end is None else f"{end:+.2g}" for end in self.ci95]
        bend = f"curvature {self.curvature:+.2g} ({ends[0]} to {ends[1]})"
        if self.odd and self.answer != "first order":
            return (
                f"{self.answer}: no single order describes the trace (neighbouring residuals are "
                f"correlated, {self.runs:+.2f}): a lag, two steps or a drift; {bend}"
            )
        if self.answer == "first order":
            return f"first order: ln(A∞ − A) is straight, {bend}"
        if self.answer == "cannot tell":
            return f"cannot tell: {bend}; measure to the plateau, or with less noise"
        how = "slows down" if self.curvature > 0 else "speeds up"
        cause = (
            "a higher order, a spread of rates, or two steps"
            if self.curvature > 0
            else "a lag, autocatalysis, or an order below 1"
        )
        return f"not first order: growth {how} against an exponential, {bend}: {cause}"

    @property
    def line(self) -> tuple[Array, Array, Array]:
        """Times, ln|A∞ − A| and its standard error, while above the noise, each shape (l,)."""
        sign = 1.0 if self.amplitude >= 0 else -1.0
        turned = replace(self.trace, value=sign * self.trace.value)
        visible = max(2.0 * self.noise, 1e-300)
        time, log = linearised(turned, sign * self.plateau, sensitivity=visible)
        return time, log, self.noise / np.exp(log)

    def to_dataframe(self) -> pd.DataFrame:
        """Return the linearised plot, one row per time."""
        import pandas as pd

        time, log, error = self.line
        unit = self.trace.time_unit
        straight = math.log(abs(self.amplitude)) - self.rate * (time - self.trace.time[0])
        names = (f"time / {unit}", "ln|A_inf - A|", "standard error", "first order")
        return pd.DataFrame(dict(zip(names, (time, log, error, straight), strict=True)))

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data for JSON."""
        time, log, error = self.line
        return {
            "verdict": self.verdict,
            "answer": self.answer,
            "trace": self.trace.name,
            "curvature": self.curvature,
            "ci95": list(self.ci95),
            "k": {"value": self.rate, "unit": f"1/{self.trace.time_unit}"},
            "plateau": self.plateau,
            "amplitude": self.amplitude,
            "residual_correlation": self.runs,
            "linearised": {"time": time, "ln": log, "stderr": error},
        }


def judge_first_order(trace: Trace) -> FirstOrderTest:
    """Test whether a trace approaches its plateau, from below or above, by first order.

    Args:
        trace: At least 7 points, times ascending.

    Raises:
        FitError: Too few points, gaps, or times that do not ascend.
    """
    _check(trace)
    profile = _Profile(trace.value, trace.time - trace.time[0])
    order, (low, high) = profile.interval()
    rest = profile.residual(order, profile.best(order)[1])
    squares, m = max(float(rest @ rest), profile.floor), len(trace.time)
    runs = float(rest[1:] @ rest[:-1]) / squares if squares > profile.floor else 0.0
    odd = runs > RUNS / math.sqrt(m)
    rate = profile.best(1.0)[1]
    plateau, minus = profile.linear(1.0, rate)
    return FirstOrderTest(
        trace=trace,
        answer=_answer(low, high, odd=odd),
        curvature=order - 1.0,
        ci95=(low, high),
        rate=rate,
        plateau=plateau,
        amplitude=-minus,
        noise=math.sqrt(squares / (m - PARAMETERS)),
        runs=runs,
        odd=odd,
    )


def _check(trace: Trace) -> None:
    problems = []
    if len(trace.time) < FEWEST_POINTS:
        what = f"{len(trace.time)} points are too few to judge an order"
        problems.append(Problem(what, f"Give at least {FEWEST_POINTS}"))
    if not (np.all(np.isfinite(trace.time)) and np.all(np.isfinite(trace.value))):
        problems.append(Problem("some times or values are not numbers", "Leave out these points"))
    elif np.any(np.diff(trace.time) <= 0):
        problems.append(Problem("the times do not ascend", "Sort the points by time"))
    if problems:
        raise FitError(problems)


class _Profile:
    """The sum of squares as a function of the order, all else at its best.

    Args:
        value: Signal, shape (m,).
        time: Times from the start, shape (m,).
    """

    def __init__(self, value: Array, time: Array) -> None:
        self.value, self.time = value, time
        self.rates = np.geomspace(SLOWEST, FASTEST, RATES) / time[-1]
        self.floor = 1e-24 * float(np.sum((value - value.mean()) ** 2)) + 1e-300

    def shape(self, order: float, rate: float) -> Array:
        """Return the part that is left at each time, 1 at the start, shape (m,)."""
        bend = order - 1.0
        if abs(bend) < 1e-9:
            left: Array = np.exp(-rate * self.time)
            return left
        base = bend * rate * self.time
        part: Array = np.exp(-np.log1p(np.maximum(base, -1.0 + 1e-15)) / bend)
        return np.where(base > -1.0, part, 0.0)

    def linear(self, order: float, rate: float) -> tuple[float, float]:
        """Return A∞ and −B at given order and rate."""
        shape = self.shape(order, rate)
        apart = shape - shape.mean()
        minus = float(apart @ self.value) / max(float(apart @ apart), 1e-300)
        return float(self.value.mean() - minus * shape.mean()), minus

    def residual(self, order: float, rate: float) -> Array:
        """Return what is left, shape (m,)."""
        plateau, minus = self.linear(order, rate)
        rest: Array = self.value - plateau - minus * self.shape(order, rate)
        return rest

    def best(self, order: float) -> tuple[float, float]:
        """Return the least sum of squares at one order, and its rate."""
        from scipy.optimize import minimize_scalar

        def squares(log: float) -> float:
            rest = self.residual(order, math.exp(log))
            return float(rest @ rest)

        logs = np.log(self.rates)
        i = int(np.argmin([squares(float(log)) for log in logs]))
        ends = float(logs[max(i - 1, 0)]), float(logs[min(i + 1, len(logs) - 1)])
        found = minimize_scalar(squares, bounds=ends, method="bounded", options={"xatol": 1e-8})
        return float(found.fun), math.exp(float(found.x))

    def interval(self) -> tuple[float, tuple[float | None, float | None]]:
        """Return the best order, and the ends of its interval as q − 1."""
        from scipy.optimize import brentq, minimize_scalar
        from scipy.special import stdtrit

        squares = np.array([self.best(float(q))[0] for q in ORDERS])
        i = int(np.argmin(squares))
        ends = float(ORDERS[max(i - 1, 0)]), float(ORDERS[min(i + 1, len(ORDERS) - 1)])
        found = minimize_scalar(
            lambda q: self.best(q)[0], bounds=ends, method="bounded", options={"xatol": 1e-4}
        )
        order, least = float(found.x), max(float(found.fun), self.floor)
        freedom = len(self.time) - PARAMETERS
        limit = least * (1.0 + float(stdtrit(freedom, 0.975)) ** 2 / freedom)

        def end(beyond: Array) -> float | None:
            inner = order
            for q in beyond:
                if self.best(float(q))[0] > limit:
                    edge = brentq(lambda x: self.best(x)[0] - limit, inner, float(q), xtol=1e-4)
                    return float(edge) - 1.0
                inner = float(q)
            return None

        return order, (end(ORDERS[order > ORDERS][::-1]), end(ORDERS[order < ORDERS]))


def _answer(low: float | None, high: float | None, *, odd: bool) -> Answer:
    if low is not None and high is not None and low > -NEAR and high < NEAR:
        return "first order"
    if (low is not None and low > NEAR) or (high is not None and high < -NEAR):
        return "not first order"
    if odd or low is None or high is None or low < -WIDE or high > WIDE:
        return "cannot tell"
    return "first order"


def linearised(trace: Trace, plateau: float, *, sensitivity: float = 0.001) -> tuple[Array, Array]:
    """Return times and ln(A∞ − A) where the difference is above the instrument's sensitivity.

    For the eye only: taking logarithms weighs the noise of late points without bound.

    Args:
        trace: The signal.
        plateau: A∞.
        sensitivity: Smallest difference that the instrument can tell (seed @ Note S2: 0.001).
    """
    rest = plateau - trace.value
    visible = rest > sensitivity
    first_hidden = int(np.argmin(visible)) if not np.all(visible) else len(rest)
    return trace.time[:first_hidden], np.log(rest[:first_hidden])
