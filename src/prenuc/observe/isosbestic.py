"""Isosbestic points: wavelengths at which every spectrum of a series crosses within its noise.

An isosbestic point says that one thing turns into one other and nothing else absorbs there. It
must be a crossing: where all spectra merely touch, as in a baseline, nothing was learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.curvature import noise_correlation, white_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.observe.series import SpectrumSeries

    Array = NDArray[np.float64]

# The spectra agree where their scatter is below so many times their noise.
AGREEMENT = 3.0
# A crossing needs a scatter on either side that is this many times the scatter at the point.
CONTRAST = 5.0

# Simulated spectra have no noise; this share of their range stands in for it.
LEAST_NOISE = 1e-4


@dataclass(frozen=True, kw_only=True)
class Isosbestic:
    """A wavelength where all spectra cross.

    Args:
        position_nm: The wavelength, nm.
        ci95_nm: Its 95 % interval, low and high, nm.
        absorbance: The common absorbance there.
        scatter: Standard deviation of the spectra there, absorbance.
    """

    position_nm: float
    ci95_nm: tuple[float, float]
    absorbance: float
    scatter: float


def isosbestic_points(series: SpectrumSeries) -> list[Isosbestic]:
    """Find the wavelengths where all spectra of a series cross within their noise.

    Each spectrum a(λ) is compared with the mean spectrum along the main direction of change: the
    slope g(λ) of the spectra against their common progress changes its sign at the point, and
    the uncertainty is the scatter of the spectra there divided by the steepness of g.

    Args:
        series: At least three spectra, m, at n wavelengths; no spectrum subtracted. Wavelengths
            with masked readings are left out.

    Returns:
        The points, by wavelength; none when the spectra differ everywhere or nowhere.
    """
    whole = np.isfinite(series.absorbance).all(axis=0)
    wavelength, matrix = series.wavelength[whole], series.absorbance[:, whole]
    if len(matrix) < 3 or matrix.shape[1] < 8:
        return []
    noise = float(np.median([white_noise(a) * np.sqrt(noise_correlation(a)) for a in matrix]))
    noise = max(noise, LEAST_NOISE * float(np.ptp(matrix)))
    change = matrix - matrix.mean(axis=0)
    left, size, right = np.linalg.svd(change, full_matrices=False)
    progress = left[:, 0] * size[0]
    span = float(np.ptp(progress))
    if span == 0 or size[0] <= 3 * noise * np.sqrt(matrix.shape[1]):
        return []
    loading = right[0] * span  # what the whole progress does to the absorbance, shape (n,)
    scatter = change.std(axis=0, ddof=1)
    crossings = np.flatnonzero(loading[:-1] * loading[1:] < 0)
    points = [_point(wavelength, matrix, loading, scatter, noise, int(i)) for i in crossings]
    return [point for point in points if point is not None]


def _point(
    x: Array, matrix: Array, loading: Array, scatter: Array, noise: float, i: int
) -> Isosbestic | None:
    """Return the crossing between wavelengths i and i + 1, unless some spectrum misses it."""
    share = loading[i] / (loading[i] - loading[i + 1])
    position = float(x[i] + share * (x[i + 1] - x[i]))
    values = np.array([np.interp(position, x, row) for row in matrix])
    left = values.std(ddof=1)
    # Beyond the crossing the spectra must part again, to both sides, before the next crossing.
    if left > AGREEMENT * noise or not _parts(loading, scatter, i, CONTRAST * max(left, noise)):
        return None
    near = slice(max(0, i - 3), i + 5)
    steepness = abs(float(np.polyfit(x[near], loading[near], 1)[0]))
    error = 1.96 * float(max(left, noise)) / steepness
    return Isosbestic(
        position_nm=position,
        ci95_nm=(position - error, position + error),
        absorbance=float(values.mean()),
        scatter=float(left),
    )


def _parts(loading: Array, scatter: Array, i: int, least: float) -> bool:
    """Tell whether the spectra part on both sides of a crossing, with opposite signs."""
    sign = np.sign(loading)
    low = i
    while low > 0 and sign[low - 1] == sign[i]:
        low -= 1
    high = i + 1
    while high < sign.size - 1 and sign[high + 1] == sign[i + 1]:
        high += 1
    return bool(scatter[low : i + 1].max() > least and scatter[i + 1 : high + 1].max() > least)
