r"""Do the residuals of a fit look like noise? Each check that fails says so in a sentence.

For residuals R (m spectra × n wavelengths, or a trace with n = 1) around a fit that follows the
orthonormal courses Q (m × r), noise that is independent from spectrum to spectrum gives
:math:`\mathrm{E}[R R^T] ∝ P^\perp = 1 - Q Q^T` whatever its correlation along wavelength. How many
wavelengths are independent follows from the residuals themselves,

.. math:: n_e = \frac{(\mathrm{tr} V)^2}{\mathrm{tr} V^2}, \qquad
   \mathrm{tr} V^2 = \frac{\|G\|^2 - (\mathrm{tr}\,G)^2 / f}{(f - 1)(f + 2)}, \qquad G = R R^T

with V the covariance along wavelength and f = m − r (Srivastava 2005, J. Japan Statist. Soc. 35,
251, eq. 2.8).

=============== =============================================== ===============================
check           statistic                                       expected of noise
=============== =============================================== ===============================
autocorrelation Σ_i G_{i,i+1} / tr G, less that of P⊥           normal, variance (m − 1)/(m² n_e)
offset          variance of the mean over that of slow cosines  F(f, 8 f)
trend           smooth courses over the rest, per course        F(q n_e, (f − q) n_e)
=============== =============================================== ===============================

Limits: a lag-1 autocorrelation also answers to a trend, and a trend to a missed step; noise that
changes its size with time is not asked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.noise.estimate import brownian, rotate

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.fit.results import Fit, GlobalFit

LEVEL = 0.005  # chance that noise alone fails a check
SLOW = slice(1, 4)  # cosines that the mean is compared with; noise that is smooth fills both
COURSES = 3  # smooth courses that make up a trend
FEWEST_WAVELENGTHS = 24  # for a comparison of cosines
FEWEST_LEFT = 2  # spectra beside the courses that a check follows
TINY = 1e-300


@dataclass(frozen=True)
class ResidualCheck:
    """One question to the residuals.

    Args:
        name: "autocorrelation", "offset" or "trend".
        chance: How often noise alone would look like this or worse.
        sentence: What is wrong and what it means.
    """

    name: str
    chance: float
    sentence: str

    @property
    def failed(self) -> bool:
        """Whether noise alone would hardly look like this."""
        return self.chance < LEVEL


def residual_checks(fit: GlobalFit | Fit) -> tuple[ResidualCheck, ...]:
    """Return what the residuals of a fit say, each check once, whether it failed or not.

    Args:
        fit: A fit of spectra at all wavelengths, or of a trace.
    """
    from prenuc.infer.fit.results import GlobalFit

    if isinstance(fit, GlobalFit):
        return check_residuals(fit.residuals, fit.series.time, basis_of(fit.concentrations))
    time = fit.trace.time
    constant, growth = np.ones_like(time), fit.fitted
    slope = np.gradient(growth, time)
    columns = np.column_stack((constant, growth, time * slope))
    return check_residuals(fit.residuals[:, None], time, basis_of(columns))


def check_residuals(residuals: Array, time: Array, span: Array) -> tuple[ResidualCheck, ...]:
    """Return what residuals say.

    Args:
        residuals: Residuals, shape (m, n).
        time: Times, ascending, shape (m,).
        span: Orthonormal courses that the fit follows, shape (m, r).
    """
    rest = residuals - span @ (span.T @ residuals)
    gram = rest @ rest.T
    if float(np.trace(gram)) < TINY:
        return ()
    if len(time) < span.shape[1] + COURSES + FEWEST_LEFT:
        return ()
    freedom = len(time) - span.shape[1]
    independent = independent_wavelengths(gram, freedom, residuals.shape[1])
    checks = [
        _autocorrelation(gram, span, independent),
        _trend(gram, time, span, independent),
    ]
    if residuals.shape[1] >= FEWEST_WAVELENGTHS:
        checks.insert(1, _offset(rest, freedom))
    return tuple(checks)


def basis_of(columns: Array) -> Array:
    """Return orthonormal columns of what the columns span, shape (m, r)."""
    lengths = np.maximum(np.linalg.norm(columns, axis=0), TINY)
    left, size, _ = np.linalg.svd(columns / lengths, full_matrices=False)
    span: Array = left[:, size > 1e-10 * size[0]]
    return span


def independent_wavelengths(gram: Array, freedom: int, n: int) -> float:
    """Return how many wavelengths carry independent noise, from 1 to n.

    Args:
        gram: R Rᵀ of the residuals, shape (m, m).
        freedom: Courses that the fit leaves free, m − r.
        n: Wavelengths.
    """
    total = float(np.trace(gram))
    squares = (float(np.sum(gram**2)) - total**2 / freedom) / ((freedom - 1) * (freedom + 2))
    return min(max((total / freedom) ** 2 / max(squares, TINY), 1.0), float(n))


def _autocorrelation(gram: Array, span: Array, independent: float) -> ResidualCheck:
    from scipy.special import ndtr

    m, r = span.shape
    found = float(np.trace(gram, offset=1)) / float(np.trace(gram))
    # Q Qᵀ has what P⊥ lacks: residuals of a fit are always a little anticorrelated.
    expected = -float(np.sum(span[1:] * span[:-1])) / (m - r)
    spread = math.sqrt((m - 1) / (m**2 * independent))
    chance = 2.0 * float(ndtr(-abs(found - expected) / spread))
    what = (
        f"residuals of neighbouring spectra are correlated ({found - expected:+.2f}, noise alone "
        f"{spread:.2g}): intervals that take spectra for independent are too "
        f"{'narrow' if found > expected else 'wide'}"
    )
    return ResidualCheck("autocorrelation", chance, what)


def _offset(rest: Array, freedom: int) -> ResidualCheck:
    from scipy.special import fdtrc

    n = rest.shape[1]
    turned = np.sum(rotate(rest) ** 2, axis=0) / freedom
    other = max(float(np.mean(turned[SLOW])), TINY)
    count = SLOW.stop - SLOW.start
    chance = float(fdtrc(freedom, count * freedom, float(turned[0]) / other))
    size = math.sqrt(max(float(turned[0]) - other, 0.0) / n)
    what = (
        f"each spectrum is shifted as a whole, by {1e3 * size:.2g} mAU (standard deviation): an "
        "interval holds only if it counts these offsets as noise of whole spectra"
    )
    return ResidualCheck("offset", chance, what)


def _trend(gram: Array, time: Array, span: Array, independent: float) -> ResidualCheck:
    from scipy.special import fdtrc

    courses = brownian(time)[:, : span.shape[1] + COURSES]
    courses = courses - span @ (span.T @ courses)
    smooth = np.linalg.svd(courses, full_matrices=False)[0][:, :COURSES]
    rest = len(time) - span.shape[1] - COURSES
    slow = float(np.sum(smooth * (gram @ smooth)))
    ratio = slow / COURSES / max((float(np.trace(gram)) - slow) / rest, TINY)
    chance = float(fdtrc(COURSES * independent, rest * independent, ratio))
    what = (
        f"the residuals keep a slow course over the series, {ratio:.2g} times what noise leaves "
        "there: the baseline drifts, or the scheme misses a step"
    )
    return ResidualCheck("trend", chance, what)
