"""The position of one band: nine fits that differ in what they assume, and what they agree on.

The background under an exciton is never known. Three edge shapes in three windows are fitted
(:mod:`prenuc.observe.excitons`); the position is their weighted mean, and the interval adds

1. the error of each fit, with correlated residuals counted,
2. the spread between the fits, because the background is a choice,
3. a fraction of the width, because a band of unequal sizes is not quite a Gaussian.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.observe.curvature import BandCandidate, noise_correlation, white_noise
from prenuc.observe.excitons import EDGES, Edge, LineFit, fit_line

if TYPE_CHECKING:
    from prenuc.arrays import Array


# Reach of the fit windows to the red and to the blue, in standard deviations of the line.
WINDOWS = ((4.5, 3.5), (5.5, 5.0), (7.0, 7.0))
# Half the 95 % interval, in standard deviations; its coverage is tested on synthetic spectra.
COVERAGE = 1.96
ASYMMETRY = 0.02  # centre of a fitted Gaussian against the maximum of the band, in widths
# A misfit below this fraction of the band's height is no reason to prefer a fit to another.
EVEN_MISFIT = 0.05
HALF_MAXIMUM = float(np.sqrt(2 * np.log(2)))  # half width at half maximum of a Gaussian, in sd
FEWEST_POINTS = 14  # a fit has ten parameters
# Two lines further apart than this (eV), or of more unequal curvature, are no doublet.
DOUBLET_GAP = 0.35
DOUBLET_RATIO = 0.2


@dataclass(frozen=True)
class FittedBand:
    """What the fits of one band agree on.

    Args:
        centre: Centre of the band, eV.
        half_interval: Half of its 95 % interval, eV.
        width: Standard deviation of the band, eV.
        height: Absorbance of the band alone.
        second: Centre of the second line of a doublet, eV, or None.
        blended: Whether two lines so close that they may be one asymmetric band were fitted.
        typical: The fit closest to the mean, to be shown.
    """

    centre: float
    half_interval: float
    width: float
    height: float
    second: float | None
    blended: bool
    typical: LineFit


def doublet_partner(candidate: BandCandidate, found: list[BandCandidate]) -> BandCandidate | None:
    """Return the next line, where it is close and sharp enough to make a doublet, or None."""
    for other in found:
        if (
            0 < other.energy - candidate.energy < DOUBLET_GAP
            and other.response > DOUBLET_RATIO * candidate.response
            and candidate.response > DOUBLET_RATIO * other.response
        ):
            return other
    return None


def fit_band(
    energy: Array,
    signal: Array,
    candidate: BandCandidate,
    *,
    scale: float = 1.0,
    partner: BandCandidate | None = None,
) -> FittedBand | str:
    """Fit one band with every edge in every window.

    Args:
        energy: Photon energies, eV, ascending, shape (n,).
        signal: Absorbance, shape (n,).
        candidate: Where the band was seen.
        scale: Factor on the windows.
        partner: The second line of a doublet, when one was seen.

    Returns:
        The band, or why there is none to report.
    """
    at = f"at {PHOTON_ENERGY_NM / candidate.energy:.0f} nm"
    fits = _fits(energy, signal, candidate, scale, partner)
    if len(fits) < len(EDGES) * len(WINDOWS) // 2:
        return f"{at}: most fits did not converge near it"
    heights = np.array([fit.height for fit in fits])
    weight = _weights(fits)
    centres = np.array([fit.centre for fit in fits])
    centre = float(weight @ centres)
    width = float(np.median([fit.width for fit in fits]))
    spread = float(weight @ (centres - centre) ** 2) * len(fits) / (len(fits) - 1)
    error = float(weight @ np.array([fit.centre_sd for fit in fits]) ** 2)
    blend = float(np.median([fit.blend for fit in fits]))
    skew = (ASYMMETRY * width) ** 2 + (blend / 2) ** 2
    half = COVERAGE * float(np.sqrt(error + spread + skew))
    if half > 2 * width:  # 95 % of a band lie within two standard deviations
        return f"{at}: the interval is wider than the band"
    if np.median(heights) < np.std(heights):
        return f"{at}: the height depends on the background that is assumed"
    second = None
    if partner is not None:
        second = float(weight @ np.array([fit.second_centre for fit in fits]))
    typical = min(fits, key=lambda fit: abs(fit.centre - centre))
    return FittedBand(centre, half, width, float(np.median(heights)), second, blend > 0, typical)


def _weights(fits: list[LineFit]) -> Array:
    """Return the weight of each fit; a small misfit is no merit, a large one is a fault."""
    misfit = np.array([float(np.std(fit.residual)) / fit.height for fit in fits])
    weight = 1 / (misfit**2 + EVEN_MISFIT**2)
    return np.asarray(weight / weight.sum())


def _fits(
    energy: Array,
    signal: Array,
    candidate: BandCandidate,
    scale: float,
    partner: BandCandidate | None,
) -> list[LineFit]:
    """Return the fits of all edges in all windows that did not break down."""
    noise = white_noise(signal) * float(np.sqrt(noise_correlation(signal)))
    # A Gaussian line responds most where the smoothing is √2 times its own width.
    centre, width = candidate.energy, candidate.smoothing / scale / float(np.sqrt(2))
    second = None if partner is None else partner.energy
    fitted = partial(fit_line, noise=noise, second=second)

    def fit(reach: tuple[float, float], edge: Edge) -> LineFit | None:
        low = centre - reach[0] * width
        high = max(centre, second or 0.0) + reach[1] * width
        inside = (energy > low) & (energy < high)
        if np.count_nonzero(inside) < FEWEST_POINTS:
            return None
        return fitted(energy[inside], signal[inside], centre=centre, width=width, edge=edge)

    for _ in range(2):  # the windows follow the line once its width is known
        first = fit(WINDOWS[1], "ramp")
        if first is None or abs(first.centre - centre) > 2 * width:
            break
        centre, width = first.centre, float(np.clip(first.width, width / 2, 2 * width))
    every = [fit((red * scale, blue * scale), edge) for edge in EDGES for red, blue in WINDOWS]
    return [one for one in every if one and abs(one.centre - centre) < 1.5 * width]
