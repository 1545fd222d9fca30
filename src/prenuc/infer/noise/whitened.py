r"""Spectra in units of their own noise, without any kinetic model.

The noise model is that of :mod:`prenuc.infer.noise.estimate`: white, an offset per spectrum,
correlated along wavelength. It is estimated around courses that any smooth change can follow:
Legendre polynomials of the number of the spectrum and, in a second pass, the courses that the data
themselves show beyond the noise. Whatever is smooth from spectrum to spectrum, a slow drift of the
baseline included, is then signal, and only what jumps from one spectrum to the next is noise.

.. math:: W = D\, Q\, V^{-1/2}, \qquad D = W\, V^{1/2} Q^T

======= =================================================== ==========
symbol  meaning                                             unit
======= =================================================== ==========
D       spectra, m × n                                      absorbance
Q       orthonormal cosines along wavelength, n × n         1
V       variance of each cosine, v_j on the diagonal        absorbance²
W       whitened spectra, noise of variance 1, m × n        1
======= =================================================== ==========

Limits: a change that is complete between two spectra is taken for noise, which makes every test
that stands on it more careful, not less. Noise below 1e-5 of the range of the data, as in
simulated spectra, counts as 1e-5 of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.noise.estimate import Noise, estimate_noise, rotate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

FEWEST_SPECTRA = 6
FEWEST_WAVELENGTHS = 8
TRACY_WIDOM_99 = 2.0234  # 99 % point of the Tracy-Widom law of order 1
LEAST_NOISE = 1e-5  # of the range of the data: no spectrometer is quieter, simulations are
MOST_COURSES = 16  # smooth courses; ten lifetimes of an exponential need about 14


@dataclass(frozen=True, kw_only=True)
class Whitened:
    """Spectra in units of their noise.

    Args:
        series: The data, m spectra at n wavelengths.
        noise: The noise that was found.
        span: Orthonormal courses around which it was found, shape (m, q).
        matrix: Whitened spectra W along the cosines, shape (m, n).
    """

    series: SpectrumSeries
    noise: Noise
    span: Array
    matrix: Array

    @property
    def freedom(self) -> int:
        """From how many independent spectra the noise of a single direction was estimated."""
        return int(self.span.shape[0] - self.span.shape[1])

    @cached_property
    def factors(self) -> tuple[Array, Array, Array]:
        """Singular value decomposition of W: left (m, r), values (r,), right (r, n)."""
        left, size, right = np.linalg.svd(self.matrix, full_matrices=False)
        return left, size, right

    def back(self, rows: Array) -> Array:
        """Return whitened rows, shape (k, n), as spectra in absorbance, shape (k, n)."""
        from scipy.fft import idct

        spectra: Array = idct(rows * np.sqrt(self.noise.variance), axis=1, norm="ortho")
        return spectra

    def forth(self, spectra: Array) -> Array:
        """Return spectra in absorbance, shape (k, n), whitened, shape (k, n)."""
        return rotate(spectra) / np.sqrt(self.noise.variance)

    def variance_of(self, weights: Array) -> tuple[float, float]:
        """Return the variance of a weighted sum over the wavelengths of one spectrum.

        Args:
            weights: Weights, shape (n,).

        Returns:
            The variance, and on how many independent values it rests (Satterthwaite 1946,
            Biometrics 2, 110): variances of correlated noise and of offsets are known one by
            one, that of white noise from all cosines together.
        """
        parts = self.noise.variance * rotate(weights[None, :])[0] ** 2
        alone = parts if self.noise.correlated else parts[:1]
        together = float(parts.sum() - alone.sum())
        doubt = float(alone @ alone) + together**2 / (len(parts) - 1)
        whole = float(parts.sum())
        return whole, self.freedom * whole**2 / doubt


def check_series(series: SpectrumSeries) -> None:
    """Refuse spectra that a model-free view cannot work with.

    Raises:
        FitError: Too few spectra or wavelengths, gaps, or times that do not ascend; all at once.
    """
    m, n = series.absorbance.shape
    found = []
    if m < FEWEST_SPECTRA:
        found.append(Problem(f"{m} spectra are too few", f"Give at least {FEWEST_SPECTRA}"))
    if n < FEWEST_WAVELENGTHS:
        found.append(Problem(f"{n} wavelengths are too few", f"Give at least {FEWEST_WAVELENGTHS}"))
    gaps = int(np.sum(~np.isfinite(series.absorbance)))
    if gaps:
        what = f"{gaps} absorbances are not numbers"
        found.append(Problem(what, "Leave out these spectra or wavelengths"))
    elif m and n and float(np.ptp(series.absorbance)) == 0.0:
        found.append(Problem("all absorbances are equal", "Give spectra that show something"))
    if np.any(np.diff(series.time) <= 0):
        mend = "Sort the spectra by time and merge those of equal time"
        found.append(Problem("the times do not ascend", mend))
    if found:
        raise FitError(found)


def whiten(series: SpectrumSeries, courses: Array | None = None) -> Whitened:
    """Return spectra in units of the noise found around smooth courses.

    Args:
        series: The spectra, in the order of their times.
        courses: Further courses that are no noise, orthonormal columns, shape (m, r).

    Raises:
        FitError: See :func:`check_series`.
    """
    check_series(series)
    data, span = rotate(series.absorbance), _span(len(series), courses)
    noise = scatter(data, span)
    least = LEAST_NOISE * float(np.ptp(series.absorbance))
    if noise.sd < least:
        variance = np.maximum(noise.variance, least**2)
        noise = replace(noise, variance=variance, sd=float(np.sqrt(variance[1:].mean())))
    matrix = data / np.sqrt(noise.variance)
    return Whitened(series=series, noise=noise, span=span, matrix=matrix)


def scatter(rotated: Array, span: Array) -> Noise:
    """Return the noise of rotated spectra, shape (m, n), around courses that are no noise, (m, q).

    A drift is a course, not scatter: where one seems to be left, its directions count with all
    that the courses leave of them.
    """
    m, q = span.shape
    noise = estimate_noise(rotated, np.arange(m, dtype=float), span, np.zeros((m, 0)))
    slow = len(noise.drift)
    if not slow:
        return noise
    rest = rotated[:, :slow] - span @ (span.T @ rotated[:, :slow])
    variance = noise.variance.copy()
    variance[:slow] = np.maximum(np.sum(rest**2, axis=0) / (m - q), variance[-1])
    more = max(float(variance[0] - variance[min(slow, len(variance) - 1)]), 0.0)
    offset = float(np.sqrt(more / len(variance)))
    none = np.zeros((0, 0))
    return replace(noise, variance=variance, offset_sd=offset, drift=none.ravel(), turn=none)


def noise_ceiling(rows: NDArray[np.int_], n: int) -> Array:
    r"""Return what the largest singular value of noise of variance 1 exceeds once in a hundred.

    .. math:: λ_i = \Big[μ_i + 2.0234\, σ_i\Big]^{1/2}, \quad
       μ_i = (\sqrt{n-1} + \sqrt{i})^2, \quad
       σ_i = (\sqrt{n-1} + \sqrt{i}) \Big(\frac1{\sqrt{n-1}} + \frac1{\sqrt i}\Big)^{1/3}

    (Johnstone 2001, Ann. Stat. 29, 295, eqs. 1.2-1.3 and the Tracy-Widom law of order 1).

    Args:
        rows: Numbers of spectra i, shape (k,).
        n: Number of wavelengths.
    """
    wide, long = np.sqrt(n - 1.0), np.sqrt(rows)
    spread = (wide + long) * (1.0 / wide + 1.0 / long) ** (1.0 / 3.0)
    level: Array = np.sqrt((wide + long) ** 2 + TRACY_WIDOM_99 * spread)
    return level


def smooth_courses(m: int, beside: int = 0) -> Array:
    """Return the smoothest courses over m spectra beside others, orthonormal, shape (m, q)."""
    count = max(1, min(m // 2, MOST_COURSES, _room(m) - beside))
    span: Array = np.linalg.qr(
        np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, m), count - 1)
    )[0]
    return span


def _room(m: int) -> int:
    """Return how many courses there may be: some spectra must be left to judge the noise by."""
    return m - m // 3 - 1


def _span(m: int, courses: Array | None) -> Array:
    """Return orthonormal courses, shape (m, q): those given, then the smoothest polynomials."""
    given = np.zeros((m, 0)) if courses is None else courses[:, : _room(m) - 1]
    span: Array = np.linalg.qr(np.hstack((given, smooth_courses(m, given.shape[1]))))[0]
    return span
