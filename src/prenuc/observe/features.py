"""The first exciton of a UV-vis spectrum: peak, shoulder, or honestly unresolved.

In spectra of quantum dots and magic-size clusters the first excitonic absorption is often a
shoulder on a steep background, and a maximum, where there is one, is shifted by that
background. The position given here is the centre of the first excitonic band, without its
background. How it is found:

1. Candidates are places of significant negative curvature on the energy axis, at any of several
   smoothing widths (:mod:`prenuc.observe.curvature`); the one of lowest energy is tried first.
2. Nine local fits, three edge shapes × three windows, of one exciton on a background
   (:mod:`prenuc.observe.band`). The position is their weighted mean; the interval adds the spread
   between the nine, because the background is a choice, to the error of each.
3. A band whose interval is wider than the band itself, or whose height the fits do not agree
   on, is unresolved.

Where readings are hidden, because the detector was at its end, only what lies to the red of them is
looked at. A first exciton that is not clear of them is clipped, and has no position.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from prenuc.arrays import Array, Mask, unsorted
from prenuc.errors import SpectrumError
from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.observe.band import HALF_MAXIMUM, FittedBand, doublet_partner, fit_band
from prenuc.observe.curvature import candidates, white_noise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


PASSED_OVER = 0.2  # a weaker first candidate that no fit supports may be passed over
FEWEST_POINTS = 28  # a fit has ten parameters
OF_HIDDEN = 0.01  # of the largest absorbance seen beside a hidden part; less is no exciton there
BLUE_END = "the spectrum ends on the blue flank of the band"
RED_END = "the spectrum ends on the red flank of the band"

Status = Literal["peak", "shoulder", "unresolved"]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """The first exciton of one spectrum.

    Args:
        status: "peak" where the spectrum has a maximum in the band, "shoulder" where it has none,
            "unresolved" where no position can be given.
        position_nm: Centre of the first excitonic band, nm; NaN when unresolved.
        ci95_nm: Its 95 % interval, low and high, nm; NaN when unresolved.
        hwhm_nm: Half width at half maximum of the band on its red side, nm.
        maximum_nm: Where the spectrum itself has its maximum, nm; None for a shoulder. The
            background shifts it to the blue of ``position_nm``.
        doublet: Positions of both lines, nm, ascending, where the band is a sharp doublet.
        height: Absorbance of the band alone.
        wavelength: Wavelengths of the fitted window, nm, ascending, shape (k,).
        components: Absorbance of "exciton", "second" and "background", shape (k,) each, for
            plotting; their sum is the fitted spectrum.
        warnings: What a reader should know before believing the position.
        label: Name of the spectrum.
    """

    status: Status
    position_nm: float = float("nan")
    ci95_nm: tuple[float, float] = (float("nan"), float("nan"))
    hwhm_nm: float = float("nan")
    maximum_nm: float | None = None
    doublet: tuple[float, float] | None = None
    height: float = float("nan")
    wavelength: Array = field(default_factory=lambda: np.empty(0))
    components: Mapping[str, Array] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    label: str = ""

    def __str__(self) -> str:
        name = f"{self.label}: " if self.label else ""
        if self.status == "unresolved":
            return f"{name}unresolved"
        low, high = self.ci95_nm
        text = f"{name}{self.status} at {self.position_nm:.1f} nm (95 %: {low:.1f}-{high:.1f} nm)"
        return text + (f", HWHM {self.hwhm_nm:.1f} nm" if np.isfinite(self.hwhm_nm) else "")


def first_exciton(
    wavelength: Array,
    absorbance: Array,
    *,
    window: tuple[float, float] | None = None,
    scale: float = 1.0,
    label: str = "",
    hidden: Mask | None = None,
) -> Feature:
    """Find the first excitonic absorption of one spectrum.

    Args:
        wavelength: Wavelengths, nm, ascending, shape (n,).
        absorbance: Absorbance, shape (n,).
        window: Lowest and highest wavelength to look at, nm; everything when None.
        scale: Factor on all smoothing widths and fit windows, to see whether they matter.
        label: Name of the spectrum.
        hidden: Which readings were too dense to be measured, shape (n,); see
            :func:`prenuc.observe.readings.judge_readings`.

    Returns:
        The feature, with a 95 % interval, or an unresolved one that says why.

    Raises:
        SpectrumError: Shapes disagree or wavelengths do not ascend.
    """
    if hidden is not None and hidden.any():
        return _beside_hidden(wavelength, absorbance, hidden, window, scale, label)
    energy, signal = _prepared(wavelength, absorbance, window)
    if energy.size < FEWEST_POINTS:
        return _unresolved("too few points", label=label)
    reasons: list[str] = []
    found = candidates(energy, signal, scale)
    for candidate in found[:3]:  # further to the blue nothing is the first exciton any more
        partner = doublet_partner(candidate, found)
        band = fit_band(energy, signal, candidate, scale=scale, partner=partner)
        if isinstance(band, FittedBand):
            return _feature(energy, signal, band, label)
        reasons.append(band)
        # A band that is there but cannot be placed must not make its neighbour the first.
        if candidate.response > PASSED_OVER * max(other.response for other in found):
            break
    return _unresolved(*(reasons or ["no band stands out from noise and background"]), label=label)


def match_lines(
    feature: Feature,
    lines: Mapping[str, float | Sequence[float]],
    tolerance_nm: float = 2.0,
) -> list[str]:
    """Return the names of the known lines that a feature matches, closest first.

    Args:
        feature: A feature that was found.
        lines: Position of a line, or positions of the lines of a doublet, nm, by name.
        tolerance_nm: Largest difference of each position, nm.

    Returns:
        Names of which every position is seen; a doublet needs both of its lines.
    """
    if feature.status == "unresolved":
        return []
    seen = np.array(feature.doublet or (feature.position_nm,))
    distance = {}
    for name, position in lines.items():
        wanted = np.atleast_1d(np.asarray(position, dtype=float))
        worst = float(np.max(np.min(np.abs(wanted[:, None] - seen), axis=1)))
        # One line of a doublet is not the doublet, and a doublet is not a singlet.
        if worst <= tolerance_nm and wanted.size == seen.size:
            distance[name] = worst
    return sorted(distance, key=lambda name: distance[name])


def _prepared(
    wavelength: Array, absorbance: Array, window: tuple[float, float] | None
) -> tuple[Array, Array]:
    """Return photon energies (eV, ascending) and absorbance, without gaps."""
    wavelength = np.asarray(wavelength, dtype=float)
    absorbance = np.asarray(absorbance, dtype=float)
    if wavelength.ndim != 1 or wavelength.shape != absorbance.shape:
        raise SpectrumError(
            f"a spectrum needs as many values as wavelengths, "
            f"got {absorbance.shape} and {wavelength.shape}"
        )
    if problems := unsorted("wavelengths", np.append(0.0, wavelength), "Sort them, in nm"):
        raise SpectrumError(problems)
    keep = np.isfinite(absorbance)
    if window is not None:
        keep &= (wavelength >= min(window)) & (wavelength <= max(window))
    return PHOTON_ENERGY_NM / wavelength[keep][::-1], absorbance[keep][::-1]


def _beside_hidden(
    wavelength: Array,
    absorbance: Array,
    hidden: Mask,
    window: tuple[float, float] | None,
    scale: float,
    label: str,
) -> Feature:
    """Find the first exciton to the red of all hidden readings, if it is clear of them."""
    low, high = (0.0, np.inf) if window is None else (min(window), max(window))
    at = wavelength[hidden]
    edge = float(at[-1])
    beyond = (max(low, float(np.nextafter(edge, np.inf))), high)
    seen = first_exciton(wavelength, absorbance, window=beyond, scale=scale, label=label)
    least = OF_HIDDEN * float(np.nanmax(absorbance))
    if seen.status != "unresolved" and BLUE_END not in seen.warnings and seen.height > least:
        return seen
    # The reddest hidden part is a band if the spectrum comes down again to the blue of it.
    gap = np.flatnonzero(~hidden & (wavelength < edge) & np.isfinite(absorbance))
    if len(gap):
        start = float(at[at > wavelength[gap[-1]]][0])
        return _unresolved(f"the band is clipped ({start:g} to {edge:g} nm)", label=label)
    hides = f"the spectrum is clipped up to {edge:g} nm: a band there is not seen"
    return _unresolved(hides, *seen.warnings, label=label)


def _unresolved(*reasons: str, label: str = "") -> Feature:
    return Feature(status="unresolved", warnings=tuple(dict.fromkeys(reasons)), label=label)


def _feature(energy: Array, signal: Array, band: FittedBand, label: str) -> Feature:
    """Return a band (eV) as a chemist reads it (nm)."""
    centre, half = band.centre, band.half_interval
    top = _maximum(energy, signal, centre, band.width)
    parts = zip(("exciton", "second", "background"), band.typical.parts(), strict=True)
    position = PHOTON_ENERGY_NM / centre
    return Feature(
        status="shoulder" if top is None else "peak",
        position_nm=position,
        ci95_nm=(PHOTON_ENERGY_NM / (centre + half), PHOTON_ENERGY_NM / (centre - half)),
        hwhm_nm=PHOTON_ENERGY_NM / (centre - HALF_MAXIMUM * band.width) - position,
        maximum_nm=None if top is None else PHOTON_ENERGY_NM / top,
        doublet=None if band.second is None else (PHOTON_ENERGY_NM / band.second, position),
        height=band.height,
        wavelength=PHOTON_ENERGY_NM / band.typical.energy[::-1],
        components={name: part[::-1] for name, part in parts},
        warnings=_warnings(energy, band),
        label=label,
    )


def _warnings(energy: Array, band: FittedBand) -> tuple[str, ...]:
    """Return what a reader should know before believing a band."""
    notes = []
    if band.centre - energy[0] < 2 * band.width:
        notes.append(RED_END)
    if energy[-1] - band.centre < 2 * band.width:
        notes.append(BLUE_END)
    if band.blended:
        notes.append("one asymmetric band or two close ones: the interval allows for both")
    return tuple(notes)


def _maximum(energy: Array, signal: Array, centre: float, width: float) -> float | None:
    """Return the energy (eV) of a maximum in the band that noise did not make, or None."""
    near = (energy > centre - 1.5 * width) & (energy < centre + 4 * width)
    x, y = energy[near], signal[near]
    if x.size < 5:
        return None
    kernel = np.exp(-(((x[:, None] - x) / (0.3 * width)) ** 2) / 2)
    smooth = kernel @ y / kernel.sum(axis=1)
    noise = white_noise(signal) * np.sqrt((kernel**2).sum(axis=1)) / kernel.sum(axis=1)
    tops = np.flatnonzero((smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:])) + 1
    for top in tops[x[tops] < centre + 2.5 * width]:
        # How far the spectrum falls to the blue of it before it rises above it again.
        higher = np.flatnonzero(smooth[top:] > smooth[top])
        valley = smooth[top : top + higher[0]] if higher.size else smooth[top:]
        if smooth[top] - valley.min() > 4 * noise[top]:
            return float(x[top])
    return None
