r"""Fit a rate constant to a trace, with an interval one can believe.

The plateau and the amplitude enter linearly and are eliminated (variable projection: Golub and
Pereyra 1973, SIAM J. Numer. Anal. 10, 413), so the search runs over rate constant and lag alone
and needs no starting values.

**Intervals.** ``ci95`` is the profile likelihood interval: the values of a parameter for which the
best fit of all others is not significantly worse,

.. math:: RSS(θ) - RSS_{min} \le t_{0.975, n-p}^2 \; RSS_{min} / (n - p)

(Bates and Watts 1988, Nonlinear Regression Analysis, chapter 6). ``stderr`` is the Gauss-Newton
one. A parameter whose profile does not rise above that level on both sides is **not
identifiable**: no value, no interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.growth import AbstractGrowth, parse_scheme
from prenuc.observe.series import SpectrumSeries, Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

LEVEL = 0.95
FEWEST_POINTS = 6  # four parameters and something to judge them by
WIDEST = 1e4  # the profile of a rate or a plateau is followed to this factor
WIDEST_LAG = 20.0  # the profile of a lag is followed over this many time constants


@dataclass(frozen=True)
class Parameter:
    """One fitted number.

    Args:
        value: Best estimate; None when it is not identifiable.
        unit: Its unit.
        stderr: Gauss-Newton standard error; None when it is not identifiable.
        ci95: Profile likelihood interval; None where the profile never rises.
        identifiable: Whether the data fix it from both sides.
    """

    value: float | None
    unit: str
    stderr: float | None
    ci95: tuple[float | None, float | None]
    identifiable: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the parameter as plain data for JSON."""
        return {
            "value": self.value,
            "unit": self.unit,
            "stderr": self.stderr,
            "ci95": list(self.ci95),
            "identifiable": self.identifiable,
        }

    def __str__(self) -> str:
        if not self.identifiable or self.value is None:
            return "not identifiable from these data"
        low, high = self.ci95
        return f"{self.value:.5g} {self.unit}  (95 % interval {low:.5g} to {high:.5g})"


@dataclass(frozen=True)
class Fit:
    """A fitted trace.

    Args:
        scheme: The scheme as written.
        params: ``k``, ``A_inf``, ``B`` and ``lag``; A = A_inf − B · exp(−k t) late on.
        derived: Numbers that follow from the parameters.
        noise: Standard deviation of the residuals and what it was estimated from.
        trace: The data.
        fitted: The fitted signal at the trace's times, shape (m,).
        warnings: What a reader should know before believing the numbers.
    """

    scheme: str
    params: Mapping[str, Parameter]
    derived: Mapping[str, float]
    noise: Mapping[str, Any]
    trace: Trace
    fitted: NDArray[np.float64]
    warnings: tuple[str, ...] = ()
    equivalent_schemes: tuple[str, ...] = field(default=())

    @property
    def residuals(self) -> NDArray[np.float64]:
        """Data minus fit, shape (m,)."""
        return self.trace.value - self.fitted

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain data for JSON."""
        return {
            "scheme": self.scheme,
            "parameters": {name: p.as_dict() for name, p in self.params.items()},
            "derived": dict(self.derived),
            "noise": dict(self.noise),
            "equivalent_schemes": list(self.equivalent_schemes),
            "warnings": list(self.warnings),
            "history": list(self.trace.history),
        }

    def fit_report(self) -> str:
        """Return a readable summary."""
        unit = self.trace.time_unit
        lines = [f"{self.scheme}, {self.trace.name}, {len(self.trace.time)} points"]
        lines += [f"  {name:<6} {parameter}" for name, parameter in self.params.items()]
        lines += [
            f"  {name:<6} {value:.5g} {f'1/{unit}' if name.startswith('k') else unit}"
            for name, value in self.derived.items()
        ]
        lines.append(f"  noise  {self.noise['sd']:.3g} (standard deviation of the residuals)")
        lines += [f"  note   {warning}" for warning in self.warnings]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.fit_report())}</pre>"


def fit(
    data: SpectrumSeries | Trace,
    scheme: str,
    *,
    at: str | None = None,
    background: bool = False,
    through_origin: bool = False,
) -> Fit:
    """Fit a kinetic scheme to a trace.

    By default first-order growth is A = A∞ − B exp(−k t) with A∞ and B free, and a lag is read
    from B > A∞, which takes for granted that nothing else absorbs.

    Args:
        data: A trace, or spectra together with ``at``.
        scheme: "A -> B", "first-order", or "A -m-> B -> C" (m equal steps before the slow one).
        at: Wavelength at which spectra are read, such as "311 nm".
        background: An unknown constant lies under the whole trace. Implied when one of the
            spectra was subtracted.
        through_origin: The signal is zero at time 0: no lag, no background.

    Raises:
        FitError: The scheme is unknown, or there are too few points.
        SpectrumError: The wavelength lies outside the spectra.
    """
    if isinstance(data, SpectrumSeries):
        if at is None:
            raise FitError(Problem("no wavelength is given", "Say where to read: at='311 nm'"))
        data = data.trace(at)
    if through_origin and (background or data.offset_free):
        what = "a trace with an unknown constant under it does not go through the origin"
        raise FitError(Problem(what, "Leave out one of the two options"))
    free = background or data.offset_free
    return _Search(_usable(data), parse_scheme(scheme), free=free, origin=through_origin).fit()


def _usable(trace: Trace) -> Trace:
    good = np.isfinite(trace.time) & np.isfinite(trace.value)
    if not np.all(good):
        where = f"point {int(np.flatnonzero(~good)[0]) + 1}"
        raise FitError(Problem(f"{where} of the trace is not a number", "Remove it"))
    if np.any(np.diff(trace.time) <= 0):
        raise FitError(Problem("the times of the trace do not ascend", "Sort the rows by time"))
    if len(trace.time) < FEWEST_POINTS:
        what = f"{len(trace.time)} points are too few for a rate constant, a plateau and a lag"
        raise FitError(Problem(what, f"Give at least {FEWEST_POINTS}"))
    return trace


class _Search:
    """The search for rate constant (and lag) with the linear parameters eliminated.

    The search variables are u = (ln k, s) with s the lag, or its logarithm where the lag must be
    positive. Where an unknown constant is free and the growth is first order, lag and constant
    do the same thing; the search then keeps the lag at zero.
    """

    def __init__(self, trace: Trace, growth: AbstractGrowth, *, free: bool, origin: bool) -> None:
        self.trace, self.growth = trace, growth
        self.time, self.value = trace.time, trace.value
        self.span = float(trace.time[-1] - min(trace.time[0], 0.0))
        self.free, self.origin = free, origin
        self.has_lag = growth.lag_is_positive or not (free or origin)

    def decode(self, u: NDArray[np.float64]) -> tuple[float, float]:
        k = math.exp(min(max(u[0], -60.0), 60.0))
        if not self.has_lag:
            return k, 0.0
        lag = math.exp(min(max(u[1], -60.0), 60.0)) if self.growth.lag_is_positive else u[1]
        return k, lag

    def encode(self, k: float, lag: float) -> NDArray[np.float64]:
        if not self.has_lag:
            return np.array([math.log(k)])
        return np.array([math.log(k), math.log(lag) if self.growth.lag_is_positive else lag])

    def basis(self, k: float, lag: float) -> NDArray[np.float64]:
        """Return the columns of the linear parameters: (A∞, a), or A∞ alone when a = A∞."""
        missing = self.growth.missing(self.time, k, lag)
        if self.free:
            return np.column_stack((np.ones_like(missing), -missing))
        return (1.0 - missing)[:, None]

    def solve(self, k: float, lag: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the best linear parameters for a rate constant and lag, and the residuals."""
        basis = self.basis(k, lag)
        norm = np.linalg.norm(basis, axis=0)
        scaled = basis / np.where(norm > 0, norm, 1.0)
        linear, *_ = np.linalg.lstsq(scaled, self.value, rcond=None)
        return linear / np.where(norm > 0, norm, 1.0), self.value - scaled @ linear

    def fit(self) -> Fit:
        best = self.minimise(lambda u: self.solve(*self.decode(u))[1], self.starts())
        k, lag = self.decode(best)
        linear, residual = self.solve(k, lag)
        freedom = len(self.time) - len(linear) - len(best)
        noise = float(residual @ residual) / freedom
        profile = _Profile(self, best, float(residual @ residual), noise, freedom)
        params = profile.parameters()
        warnings = list(self._warnings(k, residual, noise, params))
        return Fit(
            scheme=self.growth.scheme,
            params=params,
            derived=self.growth.derived(k, lag),
            noise={"sd": math.sqrt(noise), "from": "residuals, taken as white"},
            trace=self.trace,
            fitted=self.value - residual,
            warnings=tuple(warnings),
        )

    def starts(self) -> list[NDArray[np.float64]]:
        """Return the most promising points of a coarse grid."""
        rates = np.geomspace(0.1 / self.span, 300.0 / self.span, 16)
        lags = (
            [0.0] if not self.has_lag else list(self.span * np.array([1e-3, 0.02, 0.05, 0.15, 0.4]))
        )
        grid = [(k, lag) for k in rates for lag in lags]
        if self.growth.lag_is_positive:
            grid = [(k, lag) for k, lag in grid if k * lag < 50.0]
        cost = [float(np.sum(self.solve(k, lag)[1] ** 2)) for k, lag in grid]
        return [self.encode(*grid[i]) for i in np.argsort(cost, kind="stable")[:3]]

    @staticmethod
    def minimise(
        residual: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        starts: list[NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        from scipy.optimize import least_squares

        found = [
            least_squares(
                residual, start, method="trf", x_scale="jac", xtol=1e-12, ftol=1e-14, gtol=1e-14
            )
            for start in starts
        ]
        best: NDArray[np.float64] = min(found, key=lambda one: float(one.cost)).x
        return best

    def _warnings(
        self,
        k: float,
        residual: NDArray[np.float64],
        noise: float,
        params: Mapping[str, Parameter],
    ) -> list[str]:
        found = []
        if self.free:
            found.append("an unknown constant lies under the trace; it shifts A_inf and B")
        if self.free and not self.growth.lag_is_positive:
            found.append("with it, first-order growth holds no information on a lag")
        elif self.has_lag and not self.growth.lag_is_positive:
            found.append("the lag takes for granted that there is no constant background")
        if k * self.span < 1.5:
            found.append(
                "the trace ends before the plateau is in sight; A_inf and k lean on each other"
            )
        lag_one = (
            float(np.sum(residual[1:] * residual[:-1]) / np.sum(residual**2)) if noise > 0 else 0.0
        )
        if abs(lag_one) > 3.0 / math.sqrt(len(residual)):
            found.append(
                f"neighbouring residuals are correlated ({lag_one:+.2f}): the scheme misses "
                "something, or the noise is not white; the intervals are then too narrow"
            )
        lost = [name for name, p in params.items() if not p.identifiable]
        if lost:
            found.append(f"not identifiable: {', '.join(lost)}")
        return found


class _Profile:
    """Profile likelihood around a best fit."""

    def __init__(
        self,
        search: _Search,
        best: NDArray[np.float64],
        least: float,
        noise: float,
        freedom: int,
    ) -> None:
        from scipy.stats import t

        self.search, self.best, self.least = search, best, least
        self.noise = noise
        self.limit = float(t.ppf(0.5 + LEVEL / 2, freedom)) ** 2 * noise
        self.k, self.lag = search.decode(best)
        self.linear, _ = search.solve(self.k, self.lag)

    def parameters(self) -> dict[str, Parameter]:
        unit = self.search.trace.time_unit
        stderr = self.standard_errors()
        plateau = float(self.linear[0])
        amplitude = float(self.linear[1]) if self.search.free else plateau
        prefactor = amplitude * math.exp(min(self.k * self.lag, 700.0))
        params = {
            "k": self._rate(f"1/{unit}", stderr["k"]),
            "A_inf": self._plateau(plateau, stderr["A_inf"]),
        }
        if self.search.origin:
            return params
        lag = self._lag(unit, stderr.get("lag"))
        return {**params, "lag": lag, "B": self._prefactor(prefactor, stderr)}

    def standard_errors(self) -> dict[str, float]:
        """Return Gauss-Newton standard errors of k, A∞, lag (where searched) and ln B."""
        search = self.search
        names = [
            "A_inf",
            *(["a"] if search.free else []),
            "k",
            *(["lag"] if search.has_lag else []),
        ]

        def curve(theta: NDArray[np.float64]) -> NDArray[np.float64]:
            count = len(self.linear)
            lag = theta[count + 1] if search.has_lag else 0.0
            return search.basis(theta[count], lag) @ theta[:count]

        at = np.array([*self.linear, self.k, *([self.lag] if search.has_lag else [])])
        scale = np.array([*np.abs(self.linear), self.k, *([search.span] if search.has_lag else [])])
        step = 1e-5 * np.maximum(scale, 1e-12)
        columns = [
            (curve(at + h * unit) - curve(at - h * unit)) / (2 * h)
            for h, unit in zip(step, np.eye(len(at)), strict=True)
        ]
        jacobian = np.column_stack(columns) * scale
        covariance = np.linalg.pinv(jacobian.T @ jacobian) * self.noise
        covariance *= np.outer(scale, scale)
        errors = dict(zip(names, np.sqrt(np.diag(covariance)), strict=True))
        gradient = np.zeros(len(names))  # of ln B = ln a + k τ
        gradient[names.index("a" if search.free else "A_inf")] = 1 / self.linear[-1]
        gradient[names.index("k")] = self.lag
        if search.has_lag:
            gradient[names.index("lag")] = self.k
        errors["ln B"] = math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
        return {name: float(error) for name, error in errors.items()}

    def _rate(self, unit: str, stderr: float) -> Parameter:
        def excess(shift: float) -> float:
            fixed = self.k * math.exp(shift)
            if not self.search.has_lag:
                return self._rise(self.search.solve(fixed, self.lag)[1])
            return self._rise(self._free_lag(lambda lag: self.search.solve(fixed, lag)[1]))

        spread = max(stderr / self.k, 1e-9)
        low, high = (self._crossing(excess, sign * spread, math.log(WIDEST)) for sign in (-1, 1))
        bounds = tuple(None if s is None else self.k * math.exp(s) for s in (low, high))
        return _parameter(self.k, unit, stderr, bounds)

    def _plateau(self, plateau: float, stderr: float) -> Parameter:
        search = self.search

        def excess(shift: float) -> float:
            def residual(u: NDArray[np.float64]) -> NDArray[np.float64]:
                basis = search.basis(*search.decode(u))
                rest = search.value - basis[:, 0] * (plateau + shift)
                if basis.shape[1] == 1:
                    return rest
                return rest - basis[:, 1] * (basis[:, 1] @ rest) / (basis[:, 1] @ basis[:, 1])

            return self._rise(residual(search.minimise(residual, [self.best])))

        widest = WIDEST * max(abs(plateau), stderr)
        bounds = tuple(
            None if s is None else plateau + s
            for s in (self._crossing(excess, sign * stderr, widest) for sign in (-1, 1))
        )
        return _parameter(plateau, "1", stderr, bounds)

    def _lag(self, unit: str, stderr: float | None) -> Parameter:
        """Return the lag; where it was not searched, ask the full model whether data fix it."""
        search = self.search

        def excess(shift: float) -> float:
            lag = self.lag + shift
            if search.growth.lag_is_positive and lag <= 0:
                lag = 1e-9 * search.span
            rates = search.minimise(
                lambda u: search.solve(math.exp(min(max(u[0], -60.0), 60.0)), lag)[1],
                [self.best[:1]],
            )
            return self._rise(search.solve(math.exp(rates[0]), lag)[1])

        step = stderr if stderr is not None else 0.01 * search.span
        widest = min(WIDEST_LAG * search.span, WIDEST_LAG / self.k)
        low = self._crossing(excess, -step, self.lag if search.growth.lag_is_positive else widest)
        high = self._crossing(excess, step, widest)
        bounds = tuple(None if s is None else self.lag + s for s in (low, high))
        if search.growth.lag_is_positive and low is None and high is not None:
            bounds = (0.0, bounds[1])
        return _parameter(self.lag, unit, stderr, bounds)

    @staticmethod
    def _prefactor(prefactor: float, stderr: Mapping[str, float]) -> Parameter:
        """Return B of A∞ − B exp(−k t), with the interval of its logarithm."""
        error = stderr["ln B"]
        bounds = (prefactor * math.exp(-1.96 * error), prefactor * math.exp(1.96 * error))
        return _parameter(prefactor, "1", abs(prefactor) * error, bounds)

    def _free_lag(self, residual: Callable[[float], NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the residuals at the best lag."""
        search = self.search

        def of(u: NDArray[np.float64]) -> NDArray[np.float64]:
            return residual(search.decode(np.array([0.0, u[0]]))[1])

        return of(search.minimise(of, [self.best[1:]]))

    def _rise(self, residual: NDArray[np.float64]) -> float:
        """Return how far the sum of squares lies above the limit."""
        return float(residual @ residual) - self.least - self.limit

    @staticmethod
    def _crossing(excess: Callable[[float], float], step: float, widest: float) -> float | None:
        """Return the shift at which the profile crosses the limit; None if it never does."""
        from scipy.optimize import brentq

        inner, outer = 0.0, step
        while excess(outer) < 0:
            inner, outer = outer, outer * 2.0
            if abs(inner) >= widest:
                return None
        return float(brentq(excess, inner, outer, xtol=1e-6 * abs(outer), rtol=1e-8))


def _parameter(
    value: float, unit: str, stderr: float | None, bounds: tuple[float | None, ...]
) -> Parameter:
    low, high = bounds
    if low is None or high is None:
        return Parameter(None, unit, None, (low, high), identifiable=False)
    return Parameter(value, unit, stderr, (low, high), identifiable=True)


def linearised(
    trace: Trace, plateau: float, *, sensitivity: float = 0.001
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
