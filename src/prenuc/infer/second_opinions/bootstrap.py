r"""Second opinions on the errors of a global fit, beside its profile likelihood interval.

Both ask the residuals themselves, spectrum by spectrum, rather than a model of the noise.

**Sandwich, clustered by spectrum.** The estimate of u (ln k, or a lag) is where the scores of the m
spectra add up to zero; whatever correlation the noise has along wavelength, the scores of different
spectra are independent:

.. math:: g_{ip} = \sum_j \frac{e_{ij}\,(T_p S)_{ij}}{v_j \sqrt{1 - h_i}}, \qquad
   \mathrm{cov}(u) = A^{-1} \Big(\sum_i g_i g_i^T\Big) A^{-1}

======= ============================================================== ============
symbol  meaning                                                        unit
======= ============================================================== ============
e       residuals, m × n (whitened in time where a direction drifts)   absorbance
T_p, S  tangents and spectra, A: :mod:`prenuc.infer.objectives.projection`         1, absorbance
v_j     variance of direction j: :mod:`prenuc.infer.noise.estimate`             absorbance²
h_i     leverage of spectrum i: what the fit follows of its noise      1
======= ============================================================== ============

(White 1980, Econometrica 48, 817; clusters: Liang and Zeger 1986, Biometrika 73, 13; the leverages
after MacKinnon and White 1985, J. Econometrics 29, 305, HC2.)

**Moving-block bootstrap.** Blocks of consecutive residual spectra are drawn with replacement and
put onto the fitted matrix, which is fitted again with the same weights (Künsch 1989, Ann. Statist.
17, 1217). It keeps correlations along time that are shorter than a block.

Residuals of a fit scatter less than noise, and sums over a block of l spectra even less. What it
would lose of white noise is known from the fit's projection alone, and the deviations of the
refitted rate constants are enlarged by it.

Limits: both know no more than m spectra tell: their standard errors are themselves uncertain by
about 1/√(2m), the bootstrap's by √(l/m). The sandwich takes spectra for independent; the bootstrap
takes noise for alike at all times. A drift over the whole series is longer than any block; there
the profile interval, which models it, is the better one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.fit.data_set import DataSet
from prenuc.infer.fit.parameter import Parameter
from prenuc.infer.fit.question import question
from prenuc.infer.fit.solve import solve
from prenuc.infer.noise.estimate import rotate
from prenuc.infer.objectives.curvature import inverse_of
from prenuc.infer.schemes.scheme import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.infer.fit.results import GlobalFit

FEWEST_DRAWS = 40  # the ends of a 95 % interval need at least one draw beyond each
LEVEL = 0.95
LARGEST_LEVERAGE = 0.95  # a spectrum that the fit follows blindly has no residual to ask


@dataclass(frozen=True, kw_only=True)
class SecondOpinion:
    """Errors of a fit's identifiable parameters by another route.

    Args:
        method: How they were found.
        params: The fit's own values with these standard errors and 95 % intervals.
    """

    method: str
    params: Mapping[str, Parameter]

    def __str__(self) -> str:
        lines = [f"  {name:<6} {one}" for name, one in self.params.items()]
        return "\n".join([self.method, *lines])


def sandwich(fit: GlobalFit) -> SecondOpinion:
    """Return robust errors, clustered by spectrum.

    Args:
        fit: A global fit with at least one identifiable parameter.

    Raises:
        FitError: No parameter is identifiable.
    """
    from scipy.special import stdtrit

    again = _Again(fit)
    scores = np.zeros((len(fit.series), len(again.u)))
    for block, part in zip(again.objective.blocks, again.parts, strict=True):
        rest = part.beyond(block.rows) @ block.rows.T
        seen = rest @ part.inverse.T  # residuals along the spectra, shape (m, species)
        scores += np.einsum("pms,ms->mp", part.tangents, seen)
    scores /= np.sqrt(1.0 - again.leverage)[:, None]
    covariance = again.inverse @ (scores.T @ scores) @ again.inverse
    spread = np.sqrt(np.diag(covariance))
    reach = float(stdtrit(again.freedom, 0.5 + LEVEL / 2)) * spread
    return again.opinion("sandwich, clustered by spectrum", spread, (-reach, reach))


def bootstrap(
    fit: GlobalFit, *, draws: int = 200, seed: int = 1, block: int | None = None
) -> SecondOpinion:
    """Return errors from fits of resampled residuals.

    Args:
        fit: A global fit with at least one identifiable parameter.
        draws: How many resampled series are fitted.
        seed: Seed of the draws.
        block: Consecutive spectra in a block; m^(1/3), rounded up, by default.

    Raises:
        FitError: No parameter is identifiable, too few draws, or a block longer than half the
            series.
    """
    m = len(fit.series)
    length = block or math.ceil(m ** (1.0 / 3.0))
    wrong = []
    if draws < FEWEST_DRAWS:
        wrong.append(Problem(f"{draws} draws are too few", f"Ask for {FEWEST_DRAWS} or more"))
    if not 1 <= length <= m // 2:
        what = f"blocks of {length} spectra do not fit into a series of {m}"
        wrong.append(Problem(what, f"Take 1 to {m // 2}"))
    if wrong:
        raise FitError(wrong)
    again, rng = _Again(fit), np.random.default_rng(seed)
    rest = fit.residuals / np.sqrt(1.0 - again.leverage)[:, None]
    moved = np.empty((draws, len(again.u)))
    for row in moved:
        firsts = rng.integers(0, m - length + 1, size=math.ceil(m / length))
        order = (firsts[:, None] + np.arange(length)).ravel()[:m]
        row[:] = again.fitted(fit.fitted + rest[order]) - again.u
    moved /= np.sqrt(again.kept_by_blocks(length))
    ends = np.quantile(moved, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    method = f"bootstrap, {draws} draws of blocks of {length} spectra, seed {seed}"
    return again.opinion(method, moved.std(axis=0, ddof=1), (ends[0], ends[1]))


class _Again:
    """A fit once more, for its weights and directions, and the same for other data."""

    def __init__(self, fit: GlobalFit) -> None:
        names = [name for name, one in fit.params.items() if one.identifiable]
        if not names:
            raise FitError(Problem("no parameter of the fit is identifiable"))
        # The scheme's own constants, or where those are not fixed, the chain of observed rates.
        observed = [name for name in names if name.startswith("k_obs")]
        chain = " -> ".join(f"S{i}" for i in range(len(observed) + 1))
        self.series = fit.series
        self.names = observed or names
        self.kinetics = parse(chain if observed else fit.scheme, fit.series.time_unit)
        start = {name.replace("k_obs", "k"): fit.params[name].value for name in self.names}
        known = {name: value for name, value in start.items() if value is not None}
        found = solve(
            question([DataSet(data=fit.series, background=False)], self.kinetics),
            known,
            readout=False,
        )
        self.found, self.objective, self.u = found, found.objective, found.best.u
        self.parts = self.objective.splits(self.u)
        self.inverse = inverse_of(found.best.curvature)

    @cached_property
    def span(self) -> Array:
        """Orthonormal courses that the fit follows: its shares, and how u moves it, (m, r + p)."""
        block, part = self.objective.blocks[0], self.parts[0]
        spectra = part.inverse @ block.rows
        inner = spectra @ spectra.T
        seen = np.einsum("pms,st,pnt->mn", part.tangents, inner, part.tangents)
        moves = np.linalg.eigh(seen)[1][:, -len(self.u) :]
        span: Array = np.linalg.qr(np.hstack((part.span, moves)))[0]
        return span

    @property
    def freedom(self) -> int:
        """Independent spectra behind the errors."""
        m, followed = self.span.shape
        return int(m - followed)

    @cached_property
    def leverage(self) -> Array:
        """Share of each spectrum's noise that the fit follows, shape (m,)."""
        share: Array = np.minimum(np.sum(self.span**2, axis=1), LARGEST_LEVERAGE)
        return share

    def fitted(self, absorbance: Array) -> Array:
        """Return u of other spectra, shape (parameters,), fitted with the same weights."""
        level = absorbance.mean(axis=0) if self.kinetics.closed else 0.0
        return self.found.again(rotate(absorbance - level))

    def kept_by_blocks(self, length: int) -> Array:
        """Return which share of each variance of u blocks keep of white noise, (parameters,)."""
        m = len(self.leverage)
        scale = 1.0 / np.sqrt(1.0 - self.leverage)
        white = scale[:, None] * (np.eye(m) - self.span @ self.span.T) * scale
        places = np.arange(m - length + 1)[:, None] + np.arange(length)  # (firsts, length)
        inner = white[places[:, :, None], places[:, None, :]].mean(axis=0)
        steady = np.array([white[place].mean(axis=0) for place in places.T])  # (length, m)
        inner -= np.array([steady[:, place].mean(axis=1) for place in places.T]).T
        block, part = self.objective.blocks[0], self.parts[0]
        spectra = (part.inverse @ block.rows) @ (part.inverse @ block.rows).T
        along = np.tensordot(self.inverse, part.tangents, 1)  # (parameters, m, species)
        kept = np.zeros(len(self.u))
        for first in range(0, m, length):
            rows = along[:, first : first + length]
            some = inner[: rows.shape[1], : rows.shape[1]]
            kept += np.einsum("pis,ij,pjt,st->p", rows, some, rows, spectra)
        share: Array = kept / np.einsum("pis,pit,st->p", along, along, spectra)
        return share

    def opinion(self, method: str, spread: Array, reach: tuple[Array, Array]) -> SecondOpinion:
        """Return errors of u, shape (parameters,), and how far intervals reach, as those of θ."""
        scale = self.kinetics.decode(self.u)[1] * spread
        middle, low, high = (self.kinetics.decode(self.u + r)[0] for r in (0.0 * spread, *reach))
        found = {
            variable.name: Parameter(
                float(middle[p]),
                variable.unit,
                float(scale[p]),
                (float(low[p]), float(high[p])),
                identifiable=True,
            )
            for p, variable in enumerate(self.objective.variables)
        }
        return SecondOpinion(
            method=method, params={n: found[n.replace("k_obs", "k")] for n in self.names}
        )
