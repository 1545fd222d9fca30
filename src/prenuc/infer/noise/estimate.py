r"""What noise a wavelength × time matrix carries, estimated from the residuals of a fit.

Spectra are rotated into the cosines of a discrete cosine transform along wavelength. The first
cosine is the constant, so an offset of a whole spectrum shows there alone; noise that is
stationary along wavelength has nearly independent coefficients (the transform is close to the
Karhunen-Loève basis: Ahmed, Natarajan and Rao 1974, IEEE Trans. Comput. C-23, 90). In direction j
the covariance over the m times is

.. math:: \mathrm{cov}(y_j) = v_j I + d_j K \quad (j ≥ 1), \qquad
   \mathrm{cov}(y_0) = (v_0 + n σ_o^2) I + d_0 K

======= ===================================================== ============
symbol  meaning                                               unit
======= ===================================================== ============
v_j     variance of direction j; σ² in all for white noise    absorbance²
σ_o     standard deviation of the offset of one spectrum      absorbance
d_j, K  slow drift, K = min(t, t')/span the covariance of     absorbance²
        Brownian motion; 0 unless the residuals show it
n       number of wavelengths                                 1
======= ===================================================== ============

A slow drift may have a smooth shape along wavelength (scattering that grows, a lamp that ages).
Where one of the next few cosines drifts beyond doubt, all of them are turned to the principal
shapes of the drift, each of which then has a d of its own; a direction that drifts holds little
weight.

All variances are those of restricted maximum likelihood (Patterson and Thompson 1971, Biometrika
58, 545): the residuals' sum of squares over their degrees of freedom. White noise alone is the
model until the residuals speak against it, so that the offsets' variance tends to zero, and the
fit to ordinary least squares, where there are none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array

FEWEST_WAVELENGTHS = 8  # fewer cannot tell an offset from white noise
OFFSET_LEVEL = 0.02  # chance of seeing offsets in white noise
DRIFT_RISE = 6.0  # twice the log likelihood that a drift must gain; chance 0.7 %
SHAPE_RISE = 9.0  # the same for each of the next cosines; chance 0.1 %
SLOW = 6  # cosines that are asked for a drift
MODES = 12  # courses that make up a slow drift
LITTLE = 2.0  # standard errors of white noise below which there is nothing to ask
LONGEST = 0.99  # correlation of neighbouring spectra
SURE = 4.0  # standard errors that a correlation along time must have
EXEMPT = (0, 1, 2)  # cosines that offset, factor and shift take with them
CORRELATED = 3.0  # excess of the slow cosines, in standard errors
LEAKAGE = 3e-3  # of the slowest cosine: what the ends of the range leak into all others
SMALLEST = 1e-15  # variance relative to the data's sum of squares: what rounding leaves
TINIEST = 1e-30  # variance of data that are zero
RATIOS = np.append(0.0, np.geomspace(1e-3, 1e8, 45))  # of drift to white noise, none first


@dataclass(frozen=True)
class Noise:
    """Noise of a matrix of spectra in the rotated directions.

    Args:
        variance: v_j, the white part of the offsets included in j = 0, shape (n,).
        sd: Standard deviation of a single absorbance, offsets not counted.
        offset_sd: Standard deviation of the offset of one spectrum (not its slow part).
        drift: Drift d of each turned direction relative to its unit white variance, shape (s,);
            empty if nothing drifts.
        turn: What turns the first s directions to those, shape (s, s).
        correlated: Whether noise of neighbouring wavelengths is correlated.
        light_sd: Standard deviation of the transmitted light, of full light.
        relative_sd: Relative standard deviation of an absorbance.
        factor_sd: Standard deviation of the factor of one spectrum.
        shift_sd: Standard deviation of the shift of one spectrum's wavelengths, nm.
        rho: Correlation of neighbouring spectra.
        step: In which readings are printed, where it is no smaller than their noise.
    """

    variance: Array
    sd: float
    offset_sd: float = 0.0
    drift: Array = field(default_factory=lambda: np.zeros(0))
    turn: Array = field(default_factory=lambda: np.zeros((0, 0)))
    correlated: bool = False
    light_sd: float = 0.0
    relative_sd: float = 0.0
    factor_sd: float = 0.0
    shift_sd: float = 0.0
    rho: float = 0.0
    step: float = 0.0

    @property
    def drift_sd(self) -> float:
        """Standard deviation of the drift of the offset over the whole series."""
        if not len(self.drift):
            return 0.0
        back = np.linalg.inv(self.turn)[:, 0]
        return math.sqrt(float(self.drift @ back**2) / len(self.variance))

    def as_dict(self) -> dict[str, Any]:
        """Return the noise as plain data for JSON."""
        return {
            "sd": self.sd,
            "offset_sd": self.offset_sd,
            "drift_sd": self.drift_sd,
            "correlated": self.correlated,
            "light_sd": self.light_sd,
            "relative_sd": self.relative_sd,
            "factor_sd": self.factor_sd,
            "shift_nm": self.shift_sd,
            "rho": self.rho,
            "step": self.step,
            "model": self.model,
            "from": "residuals, taken as " + " and ".join(self.model),
        }

    @property
    def model(self) -> list[str]:
        """What of the noise model was used, in words."""
        kinds = ["correlated along wavelength" if self.correlated else "white"]
        told = {
            "an offset per spectrum": self.offset_sd > 0,
            "a slow drift of the baseline": len(self.drift) > 0,
            "noise of the transmitted light": self.light_sd > 0,
            "noise in proportion to the absorbance": self.relative_sd > 0,
            "a factor per spectrum": self.factor_sd > 0,
            "a shift of the wavelengths per spectrum": self.shift_sd > 0,
            "correlated along time": self.rho != 0,
            f"readings in steps of {self.step:g}": self.step > 0,
        }
        return [*kinds, *(words for words, used in told.items() if used)]


def rotate(absorbance: Array) -> Array:
    """Return spectra in orthonormal cosines along wavelength, shape (m, n) as given."""
    if absorbance.shape[1] == 1:
        return absorbance  # of one reading, which is its own cosine
    from scipy.fft import dct

    turned: Array = dct(absorbance, axis=1, norm="ortho")
    return turned


def turned_back(rotated: Array) -> Array:
    """Return rotated spectra along wavelength again, shape (m, n) as given."""
    from scipy.fft import idct

    turned: Array = idct(rotated, axis=1, norm="ortho")
    return turned


def brownian(time: Array) -> Array:
    """Return smooth courses F, F Fᵀ ≈ K, of Brownian motion over the series, shape (m, modes).

    (Karhunen-Loève: √2 sin(ωx) / ω with ω = (l − ½) π and x from 0 to 1.)
    """
    x = (time - time[0]) / (time[-1] - time[0])
    omega = (np.arange(1, min(MODES, len(time) // 3) + 1) - 0.5) * math.pi
    courses: Array = math.sqrt(2.0) * np.sin(x[:, None] * omega) / omega
    return courses


def estimate_noise(
    data: Array,
    time: Array,
    span: Array,
    slopes: Array,
) -> Noise:
    """Return the noise of rotated spectra around a fitted model.

    Args:
        data: Rotated spectra, shape (m, n).
        time: Times, shape (m,).
        span: Orthonormal columns that span the concentrations, shape (m, r).
        slopes: Orthonormal columns orthogonal to ``span`` along which the nonlinear parameters
            move the fit, shape (m, p).
    """
    (m, n), r, p = data.shape, span.shape[1], slopes.shape[1]
    floor = SMALLEST * float(np.vdot(data, data)) + TINIEST
    if n == 1:
        floor = (4.0 * np.finfo(float).eps * float(np.max(np.abs(data)))) ** 2 + TINIEST
    rest = span @ (span.T @ data)
    np.subtract(data, rest, out=rest)
    squares = np.einsum("ij,ij->j", rest, rest)
    if n < FEWEST_WAVELENGTHS:
        variance = max(float(squares.sum()) / (n * (m - r) - p), floor)
        return Noise(np.full(n, variance), math.sqrt(variance))
    each = squares / (m - r)
    courses = _Courses(time, np.hstack((span, slopes)))
    quiet = max(float(np.median(each[n // 2 :])), floor)
    slow = data[:, : courses.drifting(data[:, : min(SLOW, n // 2)], quiet)]
    each[: slow.shape[1]] = courses.rough(slow)
    share = (n - 1) * (m - r) / ((n - 1) * (m - r) - p)
    sigma2 = max(float(each[1:].mean()) * share, floor)
    variance = np.full(n, sigma2)
    correlated = _slow_excess(each[1:], sigma2, m - r) > CORRELATED
    if correlated:
        smooth = _descending(each[1:])
        variance[1:] = np.maximum(smooth, max(LEAKAGE * float(smooth[0]), floor))
    base = float(variance[1])
    variance[0] = each[0] if each[0] > base * _largest_ratio(m - r) else base
    noise = Noise(
        variance,
        sd=math.sqrt(float(variance[1:].mean())),
        offset_sd=math.sqrt((float(variance[0]) - base) / n),
        correlated=correlated,
    )
    if not slow.shape[1]:
        return noise
    drift, turn = courses.turned(slow, variance[: slow.shape[1]])
    return replace(noise, drift=drift, turn=turn)


def _largest_ratio(freedom: int) -> float:
    """Return the ratio of variances that white noise seldom exceeds."""
    from scipy.special import chdtri

    return float(chdtri(freedom, OFFSET_LEVEL)) / freedom


def is_exact(noise: Noise, data: Array) -> bool:
    """Return whether rotated data, shape (m, n), have no noise beyond what rounding leaves."""
    most = SMALLEST * max(1e2 / data.shape[1], 2.0)  # twice the least that is ever estimated
    return bool(noise.sd**2 <= most * float(np.vdot(data, data)) + TINIEST)


def is_correlated(rest: Array, freedom: int) -> bool:
    """Return whether neighbouring wavelengths of rotated residuals, shape (m, n), are alike."""
    each = np.sum(rest[:, len(EXEMPT) :] ** 2, axis=0) / freedom
    return bool(each.any()) and _slow_excess(each, float(each.mean()), freedom) > CORRELATED


def _slow_excess(each: Array, sigma2: float, freedom: int) -> float:
    """Return by how many standard errors the slow cosines exceed the mean variance."""
    counts = 2 ** np.arange(int(math.log2(len(each))))
    excess = np.cumsum(each / sigma2 - 1.0)[counts - 1]
    spread = np.sqrt(2.0 * counts * (1.0 - counts / len(each)) / freedom)
    return float(np.max(excess / spread))


def _descending(each: Array) -> Array:
    """Return variances that fall with frequency, by isotonic regression, shape as given."""
    from scipy.optimize import isotonic_regression

    smooth: Array = isotonic_regression(each, increasing=False).x
    return smooth


class _Courses:
    """Restricted maximum likelihood for the courses of single directions over time.

    Args:
        time: Times, shape (m,).
        model: Orthonormal columns that the fit can follow, shape (m, r + p).
    """

    def __init__(self, time: Array, model: Array) -> None:
        self.model = model
        courses = brownian(time)
        outside = courses - model @ (model.T @ courses)
        self.modes, size, _ = np.linalg.svd(outside, full_matrices=False)
        self.value = size**2
        self.freedom = len(time) - model.shape[1]

    def drifting(self, slow: Array, least: float) -> int:
        """Return how many of the slow cosines, shape (m, s), may drift: none, the mean, or all."""
        rises = [self.likely(y, least)[1] for y in slow.T]
        if any(rise > SHAPE_RISE for rise in rises[1:]):
            return len(rises)
        return int(rises[0] > DRIFT_RISE)

    def rough(self, slow: Array) -> Array:
        """Return the variance of each direction less all smooth courses, shape (s,)."""
        rest = slow - self.model @ (self.model.T @ slow)
        rest = rest - self.modes @ (self.modes.T @ rest)
        left: Array = np.sum(rest**2, axis=0) / (self.freedom - len(self.value))
        return left

    def turned(self, slow: Array, variance: Array) -> tuple[Array, Array]:
        """Return the drifts, shape (s,), of the principal shapes, and what turns to them."""
        scaled = slow / np.sqrt(variance)
        smooth = np.sqrt(self.value)[:, None] * (self.modes.T @ scaled)
        shapes = np.linalg.eigh(smooth.T @ smooth)[1]
        drift = np.array([self.likely(y, 1.0)[0] for y in (scaled @ shapes).T])
        return drift, shapes / np.sqrt(variance)[:, None]

    def likely(self, y: Array, least: float) -> tuple[float, float]:
        """Return the drift of one direction, and twice the log likelihood that it gains.

        The white part is estimated with it and at least ``least``.
        """
        rest = y - self.model @ (self.model.T @ y)
        squares = (self.modes.T @ rest) ** 2
        other = max(float(rest @ rest - squares.sum()), 0.0)
        shape = 1.0 + RATIOS[:, None] * self.value
        total = (squares / shape).sum(axis=1) + other
        white = np.maximum(total / self.freedom, least)
        cost = self.freedom * np.log(white) + np.log(shape).sum(axis=1) + total / white
        best = 1 + int(np.argmin(cost[1:]))
        rise = float(cost[0] - cost[best])
        return (float(RATIOS[best] * white[best]), rise) if rise > 0 else (0.0, 0.0)


def whitened_in_time(time: Array, rho: float) -> Array:
    """Return what whitens noise that is correlated from spectrum to spectrum, shape (m, m).

    The correlation falls as ρ^(Δt/Δ), with Δ the usual gap between spectra (a first-order
    autoregressive process where gaps are equal).
    """
    gap = float(np.median(np.diff(time)))
    apart = np.abs(np.subtract.outer(time, time)) / gap
    found: Array = np.linalg.inv(np.linalg.cholesky(rho**apart))
    return found


def correlation_in_time(data: Array, span: Array, time: Array) -> float:
    """Return the correlation of the noise of neighbouring spectra; 0 unless beyond doubt.

    Only the quick half of the cosines is asked, in which neither bands nor baselines lie. What a
    fit leaves of white noise is a little anticorrelated; what it leaves of noise with correlation
    ρ is known alike, so that ρ is where both agree.

    Args:
        data: Rotated spectra, shape (m, n).
        span: Orthonormal columns that the fit follows, shape (m, r).
        time: Times, shape (m,).
    """
    m, n = data.shape
    if n < FEWEST_WAVELENGTHS or m < 4 * span.shape[1]:
        return 0.0
    quick = data[:, n // 2 :]
    quick = quick - span @ (span.T @ quick)
    total = float(np.vdot(quick, quick))
    alike = float(np.vdot(quick[1:], quick[:-1])) / max(total, TINIEST)
    if alike < LITTLE / math.sqrt(m * (n - n // 2)):
        return 0.0
    rest = turned_back(np.hstack((np.zeros((m, n // 2)), quick)))
    each = np.sum(rest**2, axis=0)
    if float(each.sum()) <= SMALLEST * float(np.sum(data**2)) + TINIEST:
        return 0.0
    course = np.sum(rest[1:] * rest[:-1], axis=0)
    found = float(course.sum() / each.sum())
    # Wavelengths differ in their noise, so that their own scatter says how sure this is; filtered
    # as they are, only every second of them is independent.
    error = math.sqrt(2.0 * float(np.sum((course - found * each) ** 2))) / float(each.sum())
    beyond = np.eye(m) - span @ span.T

    def left(rho: float) -> float:
        gap = float(np.median(np.diff(time)))
        apart = np.abs(np.subtract.outer(time, time)) / gap
        seen = beyond @ (rho**apart if rho else np.eye(m)) @ beyond
        return float(np.trace(seen, offset=1) / np.trace(seen))

    if found - left(0.0) < SURE * error:
        return 0.0
    from scipy.optimize import brentq

    # At the upper end of its error: slow courses of the noise are what a rate constant feels most.
    upper = min(found + error, left(LONGEST) - error)
    return float(brentq(lambda rho: left(rho) - upper, 0.0, LONGEST)) if upper > left(0.0) else 0.0
