r"""Which rate constants a global fit fixes, and how far: profile likelihood intervals.

``ci95`` of :math:`u = \ln k_p` ends where the best fit of all others has

.. math:: Q(u) - Q_{min} = t_{0.975, f}^2 \; c_p, \qquad
   c_p = \frac{(A^{-1} B A^{-1})_{pp}}{(A^{-1})_{pp}}

with A the curvature and B the variance of the gradient. B = A and c = 1 where the noise is what its
model says; else B is taken from the residuals (White 1982, Econometrica 50, 1). The standard error
of ln k is the square root of :math:`(A^{-1} B A^{-1})_{pp}`. Where rate constants may change places
the others keep their order, fastest first, so that the interval is that of the ordered pair.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.parameter import Parameter, lost, parameter
from prenuc.infer.objectives.crossing import crossing
from prenuc.infer.objectives.curvature import fixed_by, inverse_of, rank_of, traded_by
from prenuc.infer.schemes.network_text import parse_network
from prenuc.infer.schemes.profiles import Still

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.fit.solve import Solution
    from prenuc.infer.objectives.projection import Objective
    from prenuc.infer.schemes.kinetics import FirstOrderNetwork
    from prenuc.infer.schemes.profiles import Variable

LEVEL = 0.95
WIDEST = math.log(1e4)  # downwards a profile of ln k is followed to this factor
ASIDE = 0.17  # in ln k: what the scheme fixes is asked away from equal rate constants
WIDEST_STEP = 0.3  # in ln k or sizes: the first step of a profile
RISE = 5.0  # a step must improve the fit by this many standard deviations of pure noise
BEFORE = 0.999  # of the first time: a lag that is over by then
FLAT = 0.01  # of χ²: a profile that does not rise by more is flat


class Intervals:
    """Parameters and their intervals at the minimum of an objective.

    Args:
        found: The best fit.
        network: The scheme, where it is a network whose relaxation rates are asked for.
    """

    def __init__(self, found: Solution, network: FirstOrderNetwork | None = None) -> None:
        self.found, self.network = found, network
        self.objective, self.best, self.noise = found.objective, found.best, found.noise
        self.time, self.n = found.objective.time, len(found.noise.variance)
        self.parts = self.objective.splits(self.best.u)
        away = ASIDE * np.arange(1, len(self.best.u) + 1) * self.objective.sizes
        aside = self.objective.at(np.clip(self.best.u + away, *self.objective.bounds))
        self.aside, self.names = aside.curvature, [v.name for v in self.objective.variables]
        self.fixed = fixed_by(aside.curvature)
        self.rank = max(rank_of(aside.curvature), 1)
        self.seen = self._steps_above_noise() if self.n > 1 else self.rank
        # How far the lower and the upper ends reach beyond the profile, shape (2, variables).
        self.allowed = np.zeros((2, len(self.best.u)))

    def parameters(self) -> dict[str, Parameter]:
        """Return the scheme's rate constants, and the observed ones where those are not fixed."""
        if self.seen < self.rank:
            return {v.name: lost(v.unit) for v in self.objective.variables}
        params = {name: self.parameter(name) for name in self.names}
        if self.rank == len(params) or self.rates is None:
            return params
        return {**params, **self._observed(self.rates)}

    @cached_property
    def rates(self) -> Array | None:
        """Relaxation rates of a network of single first-order steps, fastest first; else None."""
        network = self.network
        if network is None or any(step.count > 1 for step in network.steps):
            return None
        return network.relaxation_rates(np.exp(self.best.u))

    @property
    def traded(self) -> list[tuple[str, ...]]:
        """Parameters that only together change the fit, in groups."""
        return traded_by(self.aside, self.names)

    @cached_property
    def noisy(self) -> Array:
        """Covariance of u: the inverse curvature, or the sandwich where noise is correlated."""
        covariance = self._inverse
        return covariance @ self._scatter() @ covariance if self.noise.correlated else covariance

    @cached_property
    def limit(self) -> float:
        """What √(Q − Q_min) reaches at the ends of an interval."""
        from scipy.special import stdtrit

        return float(stdtrit(self.freedom, 0.5 + LEVEL / 2))

    @property
    def freedom(self) -> int:
        """Degrees of freedom behind the estimate of the noise that matters."""
        m, rank = len(self.objective.blocks[0].data), int(self.parts[0].span.shape[1])
        if self.noise.correlated:
            return m - rank - 1
        return max(self.n * (m - rank) - len(self.best.u), 1)

    def parameter(self, name: str) -> Parameter:
        """Return one parameter with standard error and profile likelihood interval."""
        p = self.names.index(name)
        variable, covariance = self.objective.variables[p], self._inverse
        if not self.fixed[p] or not covariance[p, p] > 0:
            return lost(variable.unit)
        inflation = float(self.noisy[p, p] / covariance[p, p])
        return self._interval(p, variable, math.sqrt(float(covariance[p, p])), inflation)

    @cached_property
    def _inverse(self) -> Array:
        return inverse_of(self.best.curvature)

    def _scatter(self) -> Array:
        """Return the variance of half the gradient, shape (rates, rates).

        It equals the curvature if the noise is what the model says. Where noise is correlated
        along wavelength the residuals are asked instead, seen through the fit's own filter S W.
        """
        total = np.zeros_like(self.best.curvature)
        for block, part in zip(self.objective.blocks, self.parts, strict=True):
            if block.whitener is None:
                rest = part.beyond(block.rows)
                seen = part.inverse @ block.rows @ rest.T / math.sqrt(self.freedom)
                total += part.curvature(seen)
            else:
                total += part.curvature(part.inverse @ block.rows)
        return total

    def _interval(self, p: int, variable: Variable, spread: float, inflation: float) -> Parameter:
        u, error = float(self.best.u[p]), spread * math.sqrt(inflation)
        low, high = self._ends(p, spread, self.limit * math.sqrt(inflation))
        if variable.logarithmic:
            k, least = math.exp(u), 0.0 if variable.name == "lag" else None
            low = least if low is None else k * math.exp(low)
            high = None if high is None else k * math.exp(high)
            return parameter(k, variable.unit, k * error, (low, high))
        low, high = (None if s is None else u + s for s in (low, high))
        if variable.bounds[0] == 0 and low is None and high is not None and not self._unseen(p):
            low = 0.0  # a lag cannot be less than none
        return parameter(u, variable.unit, error, (low, high))

    def _ends(self, p: int, spread: float, limit: float) -> list[float | None]:
        """Return how far both ends lie from u_p; None where the profile never rises."""
        ends = [self._crossing(p, sign * spread, limit) for sign in (-1.0, 1.0)]
        beyond, widest = self.allowed[:, p], WIDEST * float(self.objective.sizes[p])
        return [
            None if end is None or abs(by) > widest else end + float(by)
            for end, by in zip(ends, beyond, strict=True)
        ]

    def _unseen(self, p: int) -> bool:
        """Return whether a lag is as good as any other that is over before the first time."""
        first = float(self.time[0]) * BEFORE
        if first <= 0:
            return False
        ends = [self.best.u.copy(), self.best.u.copy()]
        ends[0][p], ends[1][p] = 0.0, first
        none, late = (self.found.beside(u, p).value for u in ends)
        return abs(none - late) < FLAT

    def _crossing(self, p: int, spread: float, limit: float) -> float | None:
        """Return the shift of u_p at which √(Q − Q_min) of the others' best fit is ``limit``."""
        known, way = 0.0, self._along(p)
        warm = self.best.u

        def rise(shift: float) -> float:
            nonlocal warm, known
            if shift == 0:
                return -limit
            point = self.found.beside(warm + way * (shift - known), p)
            warm, known = point.u, shift
            return math.sqrt(max(point.value - self.best.value, 0.0)) - limit

        low, high = self.objective.bounds[:, p] - self.best.u[p]
        size = float(self.objective.sizes[p])
        first = math.copysign(min(limit * abs(spread), WIDEST_STEP * size), spread)
        return crossing(rise, first, (max(low, -WIDEST * size), high))

    def _along(self, p: int) -> Array:
        """Return how all variables move with u_p along the profile, to first order."""
        others = [i for i in range(len(self.best.u)) if i != p]
        curvature, way = self.best.curvature, np.zeros(len(self.best.u))
        way[others] = -inverse_of(curvature[np.ix_(others, others)]) @ curvature[others, p]
        way[p] = 1.0
        return way

    def _steps_above_noise(self) -> int:
        """Return how many relaxation rates the data support, at most the rank.

        Every wavelength has a free amplitude, so even pure noise lowers Q by n; a step counts if
        it lowers Q by more than that and its scatter √(2n).
        """
        needed = self.n + RISE * math.sqrt(2.0 * self.n)
        if self.rates is None:
            courses = max(self.parts[0].span.shape[1] - 1, 1)
            enough = self._at_rates(0) - self.best.value > courses * needed
            return self.rank if enough else 0
        most = min(self.rank, len(self.rates))
        seen, value = most, self.best.value
        if len(self.rates) > seen:  # each rate is compared with one fewer
            value = self._at_rates(seen)
        while seen:
            fewer = self._at_rates(seen - 1)
            if fewer - value > needed:
                return self.rank if seen == most else seen
            seen, value = seen - 1, fewer
        return seen

    def _at_rates(self, count: int) -> float:
        """Return the least Q with a given number of relaxation rates."""
        if count == 0:
            rows = np.zeros(len(self.objective.blocks[0].data))
            still = replace(self.objective.with_kinetics(Still("A")), time=rows)
            return still.at(np.zeros(0)).value
        objective = self._chain(count)
        rates = np.log(self.rates if self.rates is not None else np.ones(count))
        starts = [np.delete(rates, i)[:count] for i in range(len(rates))] or [rates[:count]]
        return min(self.found.free(objective, u).value for u in starts)

    def _observed(self, rates: Array) -> dict[str, Parameter]:
        """Return the relaxation rates as parameters, from the chain that fits identically."""
        if len(rates) != self.rank:
            return {}
        found = self.found.with_scheme(self._chain(self.rank), np.log(rates))
        params = Intervals(found, found.question.kinetics).parameters()  # type: ignore[arg-type]
        return {"k_obs" + name[1:]: one for name, one in params.items()}

    def _chain(self, count: int) -> Objective:
        """Return the same data with a plain chain of first-order steps."""
        chain = parse_network(" -> ".join(f"S{i}" for i in range(count + 1)))
        return self.objective.with_kinetics(chain)
