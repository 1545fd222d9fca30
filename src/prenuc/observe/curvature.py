"""Where a spectrum is curved like a line: noise of a spectrum, and candidates for excitons.

A line on a convex background is where the smoothed second derivative on the energy axis is
negative, whether or not there is a maximum. The response at the smoothing width s is
R = -s² A″, which for a Gaussian line is largest near its own width, so that no fixed smoothing
window has to be chosen (scale space: Lindeberg, Int. J. Comput. Vis. 30, 79 (1998)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.excitons import correlation_time

if TYPE_CHECKING:
    from prenuc.arrays import Array


# Smoothing widths, eV: from sharp lines of magic-size clusters to broad shoulders.
SMOOTHING = (0.02, 0.03, 0.045, 0.065, 0.09)
# A response counts when it exceeds its noise this many times,
SIGNIFICANT = 6.0
# this fraction of the absorbance that rises across it,
OF_RISE = 0.025
# and this fraction of the strongest response.
OF_STRONGEST = 0.05
# A grid is as fine as the closest readings, unless those are a seam between two detectors.
FINEST = 1 / 20  # of the usual distance of readings
# Lines that a coarse smoothing merges have at least this fraction of the merged response each.
OF_MERGED = 0.3


@dataclass(frozen=True)
class BandCandidate:
    """A place where a spectrum is curved like a line.

    Args:
        energy: Photon energy, eV.
        smoothing: Smoothing width at which it is strongest, eV.
        response: -s² A″ there, absorbance.
    """

    energy: float
    smoothing: float
    response: float


def white_noise(absorbance: Array) -> float:
    """Return the noise of a spectrum (n,) from its third differences, which no band survives.

    Returns:
        The standard deviation of the noise from point to point, absorbance.
    """
    if absorbance.size < 8:
        return float(np.std(absorbance))
    third = np.diff(absorbance, 3)
    # √20: third differences of white noise have 1 + 9 + 9 + 1 times its variance
    return float(1.4826 * np.median(np.abs(third)) / np.sqrt(20))


def noise_correlation(absorbance: Array) -> float:
    """Return the correlation time of the fast part of a spectrum (n,), in points, at least 1."""
    kernel = np.array([-21, 14, 39, 54, 59, 54, 39, 14, -21]) / 231  # Savitzky-Golay, 9 points
    if absorbance.size < 30:
        return 1.0
    fast = absorbance[4:-4] - np.convolve(absorbance, kernel, mode="valid")
    # The filter takes out the slow part of the noise, so the value is a lower bound.
    return correlation_time(fast)


def candidates(energy: Array, absorbance: Array, scale: float = 1.0) -> list[BandCandidate]:
    """Return where a spectrum is curved like a line, lowest energy first.

    Args:
        energy: Photon energies, eV, ascending, shape (n,).
        absorbance: Absorbance, shape (n,).
        scale: Factor on all smoothing widths.
    """
    noise = white_noise(absorbance) * np.sqrt(noise_correlation(absorbance))
    noise = max(noise, 1e-7 * float(np.ptp(absorbance)))
    found: list[BandCandidate] = []
    for width in SMOOTHING:
        found += _at_width(energy, absorbance, width * scale, float(noise))
    return _strongest_of_each(found)


def _at_width(energy: Array, absorbance: Array, width: float, noise: float) -> list[BandCandidate]:
    """Return the significant candidates at one smoothing width (eV)."""
    spacing = np.diff(energy)
    if width < 1.2 * spacing.min() or energy[-1] - energy[0] < 6 * width:
        return []
    grid, response = smoothed_response(energy, absorbance, width)
    gap = np.interp(grid, energy[1:], spacing)
    # ∫ of the squared kernel: 3/(8 √π s), times the distance between independent points
    limit = SIGNIFICANT * noise * np.sqrt(0.2116 * gap / width)
    inner = (grid > grid[0] + 1.5 * width) & (grid < grid[-1] - 1.5 * width)
    peaks = np.flatnonzero(
        inner[1:-1]
        & (response[1:-1] > limit[1:-1])
        & (response[1:-1] >= response[:-2])
        & (response[1:-1] > response[2:])
    )
    return [
        BandCandidate(float(grid[i]), width, float(response[i]))
        for i in peaks + 1
        if _stands_out(energy, absorbance, grid, response, int(i), width)
    ]


def smoothed_response(energy: Array, absorbance: Array, width: float) -> tuple[Array, Array]:
    """Return the response -s² A″ of a spectrum on an even grid of energies.

    Args:
        energy: Photon energies in eV, ascending, shape (n,).
        absorbance: Absorbance at these energies, shape (n,).
        width: s, the standard deviation of the smoothing Gaussian, in eV.

    Returns:
        The grid in eV and the response in absorbance, shape (g,) each.
    """
    from scipy.ndimage import gaussian_filter1d

    spacing = np.diff(energy)
    step = float(max(spacing.min(), FINEST * np.median(spacing)))
    grid = energy[0] + step * np.arange(int((energy[-1] - energy[0]) / step) + 1)
    value = np.interp(grid, energy, absorbance)
    # Continue value and slope beyond the ends: a flat continuation would look like a shoulder.
    reach = min(int(4 * width / step) + 1, grid.size - 1)
    padded = np.pad(value, reach, mode="reflect", reflect_type="odd")
    curved = gaussian_filter1d(padded, width / step, order=2, truncate=4.0)
    return grid, -curved[reach:-reach] * (width / step) ** 2


def _stands_out(
    energy: Array, absorbance: Array, grid: Array, response: Array, i: int, width: float
) -> bool:
    """Tell whether a response exceeds the wiggles to its red and a fraction of the local rise."""
    near = absorbance[np.abs(energy - grid[i]) < max(1.5 * width, 2.5 * np.diff(energy).min())]
    if near.size < 3 or response[i] < OF_RISE * np.ptp(near):
        return False
    # Slow baseline waves are noise, too; only the red side is free of bands.
    # Only its concave parts: a scattering tail is convex and no wiggle.
    red = response[grid < grid[i] - 3 * width]
    wiggles = red[red > 0]
    if wiggles.size * (grid[1] - grid[0]) < 2 * width:
        return True
    return bool(response[i] > SIGNIFICANT * 1.4826 * np.median(wiggles))


def _strongest_of_each(found: list[BandCandidate]) -> list[BandCandidate]:
    """Return one candidate per place, the strongest over all widths, lowest energy first."""
    kept: list[BandCandidate] = []
    for one in sorted(found, key=lambda c: -c.response):
        apart = all(
            abs(one.energy - other.energy) > 1.2 * max(one.smoothing, other.smoothing)
            for other in kept
        )
        strong = one.response > OF_STRONGEST * (kept[0].response if kept else 0.0)
        if apart and strong and not _merges(one, found):
            kept.append(one)
    return sorted(kept, key=lambda c: c.energy)


def _merges(coarse: BandCandidate, found: list[BandCandidate]) -> bool:
    """Tell whether two lines, resolved at a finer width, were smoothed into this one."""
    inside = [
        fine
        for fine in found
        if fine.smoothing < coarse.smoothing
        and abs(fine.energy - coarse.energy) < 1.5 * coarse.smoothing
        and fine.response > OF_MERGED * coarse.response
    ]
    return any(
        abs(one.energy - other.energy) > 2 * one.smoothing
        for one in inside
        for other in inside
        if one.smoothing == other.smoothing
    )
