"""A fit as the referee's engines see it: rate equations, weighted data, and where to begin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.fit.data_set import DataSet
from prenuc.infer.fit.question import question
from prenuc.infer.fit.results import GlobalFit
from prenuc.infer.fit.solve import solve
from prenuc.infer.schemes.growth import Chain, growth_of
from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.profiles import Clock
from prenuc.infer.schemes.scheme import in_order, parse
from prenuc.infer.second_opinions.rate_equations import RateEquations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.results import Fit
    from prenuc.infer.schemes.profiles import Variable


@dataclass(frozen=True)
class RefereeCase:
    """A fit as other engines see it.

    Args:
        equations: The scheme, read again.
        time: Times, shape (m,).
        blocks: Weighted data, shape (m, any), each with what whitens it in time.
        own: The own answer: value and standard error by name.
        variables: Scales on which parameters are searched.
        start: Values of all parameters in the own answer; a middle one where it has none.
        least: The own sum of squares.
        variance: Of the noise, in the same units.
        picks: Columns that are used; all when None.
        constant: Whether a constant stands beside them.
        non_negative: Whether amplitudes are.
        names: What the own answer calls a parameter, where it differs.
    """

    equations: RateEquations
    time: Array
    blocks: tuple[tuple[Array, Array | None], ...]
    own: Mapping[str, tuple[float, float]]
    variables: tuple[Variable, ...]
    start: Array
    least: float
    variance: float
    picks: Sequence[int] | None = None
    constant: bool = False
    non_negative: bool = False
    names: Mapping[str, str] | None = None

    @property
    def is_plain_chain(self) -> bool:
        """Whether single first-order steps follow each other, and nothing else is asked for."""
        kinetics = parse(self.equations.scheme)
        plain = isinstance(kinetics, FirstOrderNetwork) and kinetics.is_plain_chain
        whole = self.picks is None and not self.non_negative
        return plain and whole and len(self.blocks) == 1 and self.blocks[0][1] is None

    def columns(self, u: Array) -> Array:
        """Return concentrations, shape (m, columns)."""
        values = [
            math.exp(x) if v.logarithmic else x for v, x in zip(self.variables, u, strict=True)
        ]
        found = self.equations.concentrations(self.time, values)
        found = found if self.picks is None else found[:, self.picks]
        return np.column_stack((found, np.ones(len(found)))) if self.constant else found

    def residual(self, u: Array) -> Array:
        """Return weighted data less the best amplitudes' fit, all in one row."""
        columns, rest = self.columns(u), []
        for data, whitener in self.blocks:
            own = columns if whitener is None else whitener @ columns
            rest.append((data - own @ self._amplitudes(own, data)).ravel())
        return np.concatenate(rest)

    def _amplitudes(self, columns: Array, data: Array) -> Array:
        if self.non_negative:
            from scipy.optimize import nnls

            return np.stack([nnls(columns, y)[0] for y in data.T], axis=1)
        size = np.maximum(np.linalg.norm(columns, axis=0), 1e-300)
        found: Array = np.linalg.lstsq(columns / size, data, rcond=1e-11)[0] / size[:, None]
        return found


def case_of(
    fit: GlobalFit | Fit, *, background: bool, through_origin: bool, non_negative: bool
) -> RefereeCase:
    """Return a fit as other engines see it.

    Args:
        fit: The fit.
        background: As it was given to the fit; and so are
        through_origin: the others.
        non_negative: Spectra are nowhere below zero.

    Raises:
        FitError: See :func:`prenuc.infer.second_opinions.referee.referee`.
    """
    own = {
        name: (p.value, p.stderr)
        for name, p in fit.params.items()
        if p.identifiable and p.value is not None and p.stderr is not None
    }
    if fit.scheme.endswith((".yaml", ".yml")):
        what = "the referee does not read mechanism files a second time"
        raise FitError(Problem(what, "Write the steps as a scheme, or leave --referee out"))
    if isinstance(fit, GlobalFit):
        return _of_spectra(fit, own, non_negative)
    return _of_trace(fit, own, background=background, origin=through_origin)


def _of_spectra(fit: GlobalFit, own: dict[str, tuple[float, float]], positive: bool) -> RefereeCase:
    # The scheme's own constants, or where those are not fixed, the chain of observed rates.
    observed = sum(name.startswith("k_obs") for name in fit.params)
    chain = " -> ".join(f"S{i}" for i in range(observed + 1)) if observed else fit.scheme
    kinetics = parse(chain, fit.series.time_unit)
    own = {
        name.replace("k_obs", "k"): p for name, p in own.items() if not observed or "obs" in name
    }
    asked = question([DataSet(data=fit.series, background=False)], kinetics)
    if positive:
        if fit.noise["offset_sd"] > 0:
            what = "the referee cannot repeat non-negative spectra beside offsets of whole spectra"
            raise FitError(Problem(what, "Leave out --non-negative or --referee"))
        blocks: tuple[tuple[Array, Array | None], ...] = ((fit.series.absorbance, None),)
        least, variance = float(np.sum(fit.residuals**2)), float(fit.noise["sd"]) ** 2
    else:
        solved = solve(asked, {n: value for n, (value, _) in own.items()}, readout=False)
        blocks = tuple((one.rows, one.whitener) for one in solved.objective.blocks)
        least, variance = solved.best.value, 1.0
    variables, time = asked.stack.fitted, asked.stack.members[0].time
    start = np.array([own[v.name][0] if v.name in own else _middle(v) for v in variables])
    names = {"k" + n[5:]: n for n in fit.params if n.startswith("k_obs")}
    return RefereeCase(
        RateEquations.of(in_order(chain)),
        time,
        blocks,
        own,
        variables,
        start,
        least,
        variance,
        non_negative=positive,
        names=names,
    )


def _of_trace(
    fit: Fit, own: dict[str, tuple[float, float]], *, background: bool, origin: bool
) -> RefereeCase:
    trace, growth = fit.trace, growth_of(fit.scheme)
    kinetics = parse(fit.scheme, trace.time_unit)
    if isinstance(growth, Chain) and {"k", "lag"} <= set(own):
        (k, spread), (lag, _) = own["k"], own["lag"]
        own = {"k2": (k, spread)}
        start = {"k1": growth.stage_rate(k, lag), "k2": k}
    else:
        start = {name: value for name, (value, _) in own.items()}
    variables = kinetics.variables(Clock.of(trace.time, trace.time_unit))
    free = background or trace.offset_free
    last = len(kinetics.species) - 1
    alone = origin or (isinstance(growth, Chain) and not free)
    return RefereeCase(
        RateEquations.of(in_order(fit.scheme)),
        trace.time,
        ((trace.value[:, None], None),),
        {name: own[name] for name in kinetics.names if name in own},
        variables,
        np.array([start.get(v.name, _middle(v)) for v in variables]),
        float(np.sum(fit.residuals**2)),
        float(fit.noise["sd"]) ** 2,
        picks=[last] if alone else range(last + 1),
        constant=free and not kinetics.closed,
        names={"k2": "k"} if isinstance(growth, Chain) else None,
    )


def _middle(variable: Variable) -> float:
    middle = sum(variable.grid) / 2.0
    return math.exp(middle) if variable.logarithmic else middle
