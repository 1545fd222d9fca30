r"""Fit growth to one trace, with an interval one can believe.

Plateau and amplitude enter linearly and are eliminated (variable projection: Golub and Pereyra
1973, SIAM J. Numer. Anal. 10, 413), so the search runs over ln k alone, and over ln τ for a chain.
It needs no starting values.

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
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.equivalence import equivalents
from prenuc.infer.kinetics import parse_network
from prenuc.infer.parameter import Parameter, parameter, table
from prenuc.infer.starts import check_start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from prenuc.infer.growth import AbstractGrowth
    from prenuc.observe.series import Trace

    Array = NDArray[np.float64]
    Residual = Callable[[Array], Array]

FEWEST_POINTS = 6  # four parameters and something to judge them by
LARGEST = 1e100  # beyond it squares overflow
SLOWEST, FASTEST = 1e-6, 1e6  # rate constants that a trace could show, in inverse durations
WIDEST = 1e4  # the profile of a rate or a plateau is followed to this factor
WIDEST_LAG = 20.0  # the profile of a lag is followed over this many time constants


@dataclass(frozen=True)
class Fit:
    """A fitted trace.

    Args:
        scheme: The scheme as written.
        params: ``k``, ``A_inf``, ``lag`` and ``B``; A = A_inf − B · exp(−k t) late on.
        derived: Numbers that follow from the parameters.
        noise: Standard deviation of the residuals and what it was estimated from.
        trace: The data.
        fitted: The fitted signal at the trace's times, shape (m,).
        warnings: What a reader should know before believing the numbers.
        equivalent_schemes: Schemes that fit identically.
    """

    scheme: str
    params: Mapping[str, Parameter]
    derived: Mapping[str, float]
    noise: Mapping[str, Any]
    trace: Trace
    fitted: Array
    warnings: tuple[str, ...] = ()
    equivalent_schemes: tuple[str, ...] = field(default=())

    @property
    def residuals(self) -> Array:
        """Data minus fit, shape (m,)."""
        return self.trace.value - self.fitted

    @property
    def history(self) -> tuple[str, ...]:
        """Every assumption and treatment of the data, oldest first."""
        return self.trace.history

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain data for JSON."""
        return {
            "scheme": self.scheme,
            "parameters": {name: p.as_dict() for name, p in self.params.items()},
            "derived": self._plateau() | dict(self.derived),
            "noise": dict(self.noise),
            "equivalent_schemes": list(self.equivalent_schemes),
            "warnings": list(self.warnings),
            "history": list(self.trace.history),
        }

    def _plateau(self) -> dict[str, float | None]:
        return {name: self.params[name].value for name in ("A_inf",) if name in self.params}

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per parameter."""
        return table(self.params)

    def to_xarray(self) -> xr.Dataset:
        """Return signal, fit and residual against time, labelled."""
        import xarray as xr

        time = ("time", self.trace.time, {"units": self.trace.time_unit})
        columns = {"signal": self.trace.value, "fit": self.fitted, "residual": self.residuals}
        return xr.Dataset(
            {name: ("time", values) for name, values in columns.items()},
            coords={"time": time},
            attrs={"scheme": self.scheme, "history": "; ".join(self.history)},
        )

    def fit_report(self) -> str:
        """Return a readable summary."""
        unit = self.trace.time_unit
        lines = [f"{self.scheme}, {self.trace.name}, {len(self.trace.time)} points"]
        lines += [f"  {name:<6} {one}" for name, one in self.params.items()]
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


def fit_trace(
    trace: Trace,
    growth: AbstractGrowth,
    *,
    background: bool = False,
    through_origin: bool = False,
    start: Mapping[str, float] | None = None,
) -> Fit:
    """Fit a closed form of growth to a trace.

    Args:
        trace: The signal.
        growth: See :func:`prenuc.infer.growth.parse_scheme`.
        background: An unknown constant lies under the whole trace.
        through_origin: The signal is zero at time 0: no lag, no background.
        start: Starting values of k (and of the lag of a chain); the search begins there.

    Raises:
        FitError: The options contradict each other, or the trace is not
            something that a fit can work with.
    """
    free = background or trace.offset_free
    if through_origin and free:
        what = "a trace with an unknown constant under it does not go through the origin"
        raise FitError(Problem(what, "Leave out one of the two options"))
    model = _Model(usable(trace), growth, free=free, origin=through_origin)
    nonlinear = ("k", "lag") if model.chain else ("k",)
    check_start(start or {}, nonlinear, ("A_inf", "B", "lag"))
    starts = [*model.starts(start), *model.starts({})] if start else model.starts({})
    best = _minimise(model.residual, starts, model.bounds)
    profile = _Profile(model, best)
    params = profile.parameters()
    k, lag = model.decode(best)
    return Fit(
        scheme=model.growth.scheme,
        params=params,
        derived=model.growth.derived(k, lag),
        noise={"sd": math.sqrt(profile.noise), "from": "residuals, taken as white"},
        trace=trace,
        fitted=trace.value - model.residual(best),
        warnings=tuple(_warnings(model, k, model.residual(best), params)),
        equivalent_schemes=tuple(
            str(one) for one in equivalents(parse_network(growth.scheme), one_signal=True)
        ),
    )


def usable(trace: Trace) -> Trace:
    """Return a trace that a fit can work with.

    Raises:
        FitError: Something is not a number, the times do not ascend, or there are too few.
    """
    good = np.isfinite(trace.time) & np.isfinite(trace.value)
    if not np.all(good):
        where = f"point {int(np.flatnonzero(~good)[0]) + 1}"
        raise FitError(Problem(f"{where} of the trace is not a number", "Remove it"))
    if np.any(np.diff(trace.time) <= 0):
        raise FitError(Problem("the times of the trace do not ascend", "Sort the rows by time"))
    if len(trace.time) < FEWEST_POINTS:
        what = f"{len(trace.time)} points are too few for a rate constant, a plateau and a lag"
        raise FitError(Problem(what, f"Give at least {FEWEST_POINTS}"))
    if np.max(np.abs(trace.value)) > LARGEST:
        raise FitError(Problem(f"the signal exceeds {LARGEST:g}", "Check its unit"))
    if np.ptp(trace.value) == 0:
        raise FitError(Problem("the signal never changes", "Read it at another wavelength"))
    return trace


class _Model:
    """A closed form on a trace, with its linear parameters eliminated.

    The linear parameters are (A∞, a) in A = A∞ − a G, or A∞ alone where a = A∞: through the
    origin, and for a chain without background. The search variables are ln k, and ln τ for a chain;
    for first order the lag is in a.
    """

    def __init__(self, trace: Trace, growth: AbstractGrowth, *, free: bool, origin: bool) -> None:
        self.trace, self.growth, self.free, self.origin = trace, growth, free, origin
        self.span = float(trace.time[-1] - min(trace.time[0], 0.0))
        self.chain = growth.lag_is_positive
        self.one_amplitude = origin or (self.chain and not free)
        rates = [math.log(SLOWEST / self.span), math.log(FASTEST / self.span)]
        lags = [math.log(self.span / FASTEST), math.log(WIDEST_LAG * self.span)]
        self.bounds = np.array([rates, lags] if self.chain else [rates])

    def decode(self, u: Array) -> tuple[float, float]:
        """Return rate constant and lag of a point of the search, held within its bounds."""
        held = np.clip(u, *self.bounds.T)
        return math.exp(held[0]), math.exp(held[1]) if self.chain else 0.0

    def basis(self, k: float, lag: float, *, one_amplitude: bool | None = None) -> Array:
        """Return the columns of the linear parameters, shape (m, 1 or 2)."""
        missing = self.growth.missing(self.trace.time, k, lag)
        if self.one_amplitude if one_amplitude is None else one_amplitude:
            return (1.0 - missing)[:, None]
        return np.column_stack((np.ones_like(missing), -missing))

    def linear(self, basis: Array, value: Array) -> Array:
        """Return the best linear parameters; columns are scaled so that none is lost."""
        norm = np.linalg.norm(basis, axis=0)
        norm[norm == 0] = 1.0
        found: Array = np.linalg.lstsq(basis / norm, value, rcond=None)[0] / norm
        return found

    def residual(self, u: Array) -> Array:
        """Return data minus the best fit at a point of the search, shape (m,)."""
        basis = self.basis(*self.decode(u))
        return self.trace.value - basis @ self.linear(basis, self.trace.value)

    def starts(self, given: Mapping[str, float]) -> list[Array]:
        """Return the most promising points of a coarse grid, or what is given."""
        rates = np.log(np.geomspace(0.1, 300.0, 16) / self.span)
        lags = np.log(np.array([1e-3, 0.02, 0.05, 0.15, 0.4]) * self.span)
        if "k" in given:
            rates = np.log([given["k"]])
        if not self.chain:
            grid = [np.array([rate]) for rate in rates]
        elif "lag" in given:
            grid = [np.array([rate, math.log(given["lag"])]) for rate in rates]
        else:
            grid = [np.array([r, s]) for r in rates for s in lags]
            grid = [u for u in grid if math.exp(u.sum()) < 50.0] or grid
        cost = [float(np.sum(self.residual(u) ** 2)) for u in grid]
        return [grid[i] for i in np.argsort(cost, kind="stable")[:3]]


def _minimise(residual: Residual, starts: list[Array], bounds: Array) -> Array:
    from scipy.optimize import least_squares

    low, high = bounds.T
    found = [
        least_squares(
            residual,
            np.clip(start, low + 1e-9, high - 1e-9),
            bounds=(low, high),
            xtol=1e-12,
            ftol=1e-14,
            gtol=1e-14,
        )
        for start in starts
    ]
    best: Array = min(found, key=lambda one: float(one.cost)).x
    return best


class _Profile:
    """Profile likelihood around a best fit."""

    def __init__(self, model: _Model, best: Array) -> None:
        from scipy.stats import t

        self.model, self.best = model, best
        self.value = model.trace.value
        self.k, self.lag = model.decode(best)
        self.basis = model.basis(self.k, self.lag)
        self.linear = model.linear(self.basis, self.value)
        residual = self.value - self.basis @ self.linear
        self.least = float(residual @ residual)
        freedom = max(len(self.value) - len(self.linear) - len(best), 1)
        rounding = (8.0 * np.finfo(float).eps * float(np.max(np.abs(self.value)))) ** 2
        self.noise = max(self.least / freedom, rounding)
        self.limit = float(t.ppf(0.975, freedom)) ** 2 * self.noise

    def parameters(self) -> dict[str, Parameter]:
        """Return every parameter with its standard error and interval."""
        model = self.model
        errors = self._standard_errors()
        plateau = float(self.linear[0])
        params = {
            "k": self._rate(errors["k"]),
            "A_inf": self._amplitude(0, errors["A_inf"]),
        }
        if model.origin:
            return params
        params["lag"] = self._chain_lag(errors["lag"]) if model.chain else self._first_order_lag()
        if model.chain:
            amplitude = plateau if model.one_amplitude else float(self.linear[1])
            prefactor = amplitude * math.exp(min(self.k * self.lag, 300.0))
            error = abs(prefactor) * errors["ln B"]
            bounds = (prefactor - 1.96 * error, prefactor + 1.96 * error)
            params["B"] = parameter(prefactor, "1", error, bounds)
        else:
            params["B"] = self._amplitude(1, errors["a"])
        return params

    def _standard_errors(self) -> dict[str, float]:
        """Return Gauss-Newton standard errors of A∞, a, k, the lag and ln B."""
        model, count = self.model, len(self.linear)
        names = ["A_inf", "a"][:count] + (["k", "lag"] if model.chain else ["k"])

        def curve(theta: Array) -> Array:
            return model.basis(*model.decode(theta[count:])) @ theta[:count]

        at = np.concatenate((self.linear, self.best))
        scale = np.concatenate((np.maximum(np.abs(self.linear), 1e-300), np.ones(len(self.best))))
        step = 1e-5
        moved = [scale * unit * step for unit in np.eye(len(at))]
        slopes = [(curve(at + move) - curve(at - move)) / (2 * step) for move in moved]
        jacobian = np.column_stack(slopes)
        covariance = np.linalg.pinv(jacobian.T @ jacobian, hermitian=True) * self.noise
        relative = dict(zip(names, np.sqrt(np.diag(covariance)), strict=True))
        sizes = {"A_inf": self.linear[0], "a": self.linear[-1], "k": self.k, "lag": self.lag}
        errors = {name: float(abs(sizes[name]) * error) for name, error in relative.items()}
        gradient = np.zeros(len(names))  # of ln B = ln a + k τ in the relative parameters
        gradient[count - 1] = 1.0
        gradient[count:] = self.k * self.lag
        return errors | {"ln B": math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))}

    def _rise(self, residual: Array) -> float:
        """Return how far a sum of squares lies above the limit."""
        return float(residual @ residual) - self.least - self.limit

    def _rate(self, error: float) -> Parameter:
        model = self.model

        def rise(shift: float) -> float:
            rate = self.best[0] + shift
            if not model.chain:
                return self._rise(model.residual(np.array([rate])))

            def fixed(u: Array) -> Array:
                return model.residual(np.array([rate, u[0]]))

            return self._rise(fixed(_minimise(fixed, [self.best[1:]], model.bounds[1:])))

        spread = max(error / self.k, 1e-12)
        shifts = [crossing(rise, sign * spread, math.log(WIDEST)) for sign in (-1, 1)]
        bounds = tuple(None if s is None else self.k * math.exp(s) for s in shifts)
        return parameter(self.k, f"1/{model.trace.time_unit}", error, bounds)

    def _amplitude(self, which: int, error: float) -> Parameter:
        """Return A∞ (0) or a (1) with its interval; the other amplitude follows freely."""
        model, centre = self.model, float(self.linear[which])

        def rise(shift: float) -> float:
            def fixed(u: Array) -> Array:
                basis = model.basis(*model.decode(u))
                rest = self.value - basis[:, which] * (centre + shift)
                others = np.delete(basis, which, axis=1)
                return rest - others @ model.linear(others, rest) if others.size else rest

            return self._rise(fixed(_minimise(fixed, [self.best], model.bounds)))

        spread = max(error, 1e-12 * max(abs(centre), 1e-300))
        widest = WIDEST * max(abs(centre), spread)
        shifts = [crossing(rise, sign * spread, widest) for sign in (-1, 1)]
        return parameter(
            centre, "1", error, tuple(None if s is None else centre + s for s in shifts)
        )

    def _chain_lag(self, error: float) -> Parameter:
        """Return the lag of a chain; it shows in the shape of the curve."""
        model = self.model

        def rise(shift: float) -> float:
            def fixed(u: Array) -> Array:
                return model.residual(np.array([u[0], self.best[1] + shift]))

            return self._rise(fixed(_minimise(fixed, [self.best[:1]], model.bounds[:1])))

        spread = max(error / self.lag, 1e-12)
        shifts = [crossing(rise, sign * spread, math.log(WIDEST)) for sign in (-1, 1)]
        low, high = (None if s is None else self.lag * math.exp(s) for s in shifts)
        bounds = (0.0 if low is None and high is not None else low, high)
        return parameter(self.lag, model.trace.time_unit, error, bounds)

    def _first_order_lag(self) -> Parameter:
        """Return τ = ln(B/A∞)/k where nothing else absorbs; else ask whether data fix it."""
        model = self.model
        unit, ratio = model.trace.time_unit, float(self.linear[1] / (self.linear[0] or math.nan))
        if not model.free and not ratio > 0:
            return parameter(math.nan, unit, None, (None, None))
        lag = 0.0 if model.free else math.log(ratio) / self.k

        def rise(shift: float) -> float:
            def fixed(u: Array) -> Array:
                k = math.exp(u[0])
                basis = model.basis(k, lag + shift, one_amplitude=not model.free)
                return self.value - basis @ model.linear(basis, self.value)

            return self._rise(fixed(_minimise(fixed, [self.best[:1]], model.bounds[:1])))

        widest = min(WIDEST_LAG * model.span, WIDEST_LAG / self.k)
        step = 1e-3 * widest
        shifts = [crossing(rise, sign * step, widest) for sign in (-1, 1)]
        bounds = tuple(None if s is None else lag + s for s in shifts)
        closed = [abs(s) for s in shifts if s is not None]
        return parameter(lag, unit, float(np.mean(closed)) / 1.96 if closed else None, bounds)


def crossing(rise: Callable[[float], float], step: float, widest: float) -> float | None:
    """Return the shift at which a profile crosses its limit; None if it never does."""
    from scipy.optimize import brentq

    rises = cache(rise)  # a profile that goes on from its last point is not the same twice
    inner, outer = 0.0, step
    while not rises(outer) >= 0:
        inner, outer = outer, outer * 2.0
        if abs(inner) >= widest:
            return None
    if rises(inner) >= 0:  # the best fit itself is at rounding error
        return outer
    return float(brentq(rises, inner, outer, xtol=1e-6 * abs(outer), rtol=1e-8))


def _warnings(
    model: _Model, k: float, residual: Array, params: Mapping[str, Parameter]
) -> list[str]:
    found = []
    if model.free:
        found.append("an unknown constant lies under the trace; it shifts A_inf and B")
    if model.free and not model.chain:
        found.append("with it, first-order growth holds no information on a lag")
    elif not (model.chain or model.origin):
        found.append(_remark_on_lag(params["lag"]))
    if k * model.span < 1.5:
        found.append(
            "the trace ends before the plateau is in sight; A_inf and k lean on each other"
        )
    found += correlation(residual)
    lost = [name for name, one in params.items() if not one.identifiable]
    if lost:
        found.append(f"not identifiable: {', '.join(lost)}")
    return found


def correlation(residual: Array) -> list[str]:
    """Return a warning if neighbouring residuals are correlated."""
    scatter = float(residual @ residual)
    one_apart = float(residual[1:] @ residual[:-1]) / scatter if scatter > 0 else 0.0
    if abs(one_apart) <= 3.0 / math.sqrt(len(residual)):
        return []
    said = (
        f"neighbouring residuals are correlated ({one_apart:+.2f}): the scheme misses "
        "something, or the noise is not white; the intervals are then too narrow"
    )
    return [said]


def _remark_on_lag(lag: Parameter) -> str:
    high = lag.ci95[1]
    if lag.identifiable and high is not None and high < 0:
        return (
            "the lag is NEGATIVE, which no growth can have: something else absorbs at this "
            "wavelength. Fit with a background; the lag is then not identifiable"
        )
    return "the lag takes for granted that nothing else absorbs at this wavelength"


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
