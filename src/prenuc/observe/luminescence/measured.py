r"""Measured emission: maximum, width, trap emission, and the Stokes shift against the same aliquot.

Photons per energy, :math:`I(E) = I(λ) λ^2 / hc`, are fitted by

.. math:: I(E) = a\,e^{-(E - E_1)^2 / 2σ_1^2} + b\,e^{-(E - E_2)^2 / 2σ_2^2} + c\,λ^2

with the band at the edge (narrow) and that of traps (at least 0.15 eV lower, broader). The share of
traps is their part of the area of both, so of the photons that leave. Intervals (95 %) are those of
draws from the covariance of the fit, with correlated residuals counted; what the sensitivity of a
detector that was not calibrated does to widths and shares comes on top, and is not known.

The Stokes shift is the energy of the first exciton, the centre of its band, less that of the
maximum of the emission. Aliquots belong together if their times agree, else their labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import SpectrumError
from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.observe.curvature import white_noise
from prenuc.observe.dots import FWHM_PER_SIGMA
from prenuc.observe.excitons import correlation_time
from prenuc.observe.readings import judge_readings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.arrays import Array
    from prenuc.observe.analysis import Analysis, Found
    from prenuc.observe.series import SpectrumSeries

NOT_SEEN = (float("nan"), float("nan"))
STANDS_OUT = 10.0  # noise that a maximum rises above the lowest reading
TRAPS_BELOW = (0.15, 0.9)  # eV between edge and traps
EDGE_WIDTH = (0.01, 0.15)  # standard deviation of the band at the edge, eV
TRAP_WIDTH = (0.1, 0.4)  # of that of traps, eV
FEWEST = 20  # readings
DRAWS, SEED = 400, 1
SAME_TIME = 0.01  # fraction, or 1 s, by which the times of one aliquot may differ
UNKNOWN = 0.5  # width of the interval of a share of traps above which there is none
CENTRE, WIDTH, EDGE, BELOW, TRAP_SIGMA, TRAP, OFFSET = range(7)


@dataclass(frozen=True, kw_only=True)
class Emission:
    """What one emission spectrum shows; NaN where it shows nothing.

    Args:
        label: Name of the spectrum.
        time: In the unit of the series.
        maximum_nm: Where the fitted band at the edge has its maximum, nm.
        maximum_ci95_nm: Its interval.
        fwhm_nm: Full width at half maximum of that band, nm.
        fwhm_ci95_nm: Its interval.
        trap_share: Photons from traps over all photons; NaN where the spectrum does not say, as it
            ends too early.
        trap_share_ci95: Its interval.
        stokes_mev: First exciton (centre) less maximum of emission, meV; None without absorption.
        stokes_ci95_mev: Its interval.
        exciton_nm: First exciton of the same aliquot, nm.
        fitted: The fitted intensity at the wavelengths of the series, shape (n,).
        warnings: What a reader should know.
    """

    label: str
    time: float
    maximum_nm: float = float("nan")
    maximum_ci95_nm: tuple[float, float] = NOT_SEEN
    fwhm_nm: float = float("nan")
    fwhm_ci95_nm: tuple[float, float] = NOT_SEEN
    trap_share: float = float("nan")
    trap_share_ci95: tuple[float, float] = NOT_SEEN
    stokes_mev: float | None = None
    stokes_ci95_mev: tuple[float, float] | None = None
    exciton_nm: float | None = None
    fitted: Array | None = None
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data, without the fitted curve."""
        return {name: value for name, value in vars(self).items() if name != "fitted"}


@dataclass(frozen=True, kw_only=True)
class EmissionAnalysis:
    """Emission spectra and what each of them shows, one after the other when it is iterated.

    Args:
        series: The spectra, m of them.
        found: One finding for each, m of them.
    """

    series: SpectrumSeries
    found: tuple[Emission, ...]

    def __iter__(self) -> Iterator[Emission]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per spectrum as plain data."""
        return [one.as_dict() for one in self.found]


def analyze_emission(
    series: SpectrumSeries, absorption: Analysis | None = None
) -> EmissionAnalysis:
    """Return what every emission spectrum of a series shows.

    Args:
        series: Emission spectra, m of them.
        absorption: First excitons of the same aliquots (:func:`prenuc.analyze`), for Stokes shifts.

    Raises:
        SpectrumError: The spectra are not emission spectra.
    """
    if series.signal != "photoluminescence":
        what = f"these are {series.signal} spectra, which have no emission"
        raise SpectrumError(what, "Give emission spectra, or say signal photoluminescence")
    judged = judge_readings(series)
    found = []
    rows = zip(series.labels, series.time.tolist(), judged.series.absorbance, strict=True)
    for i, (label, time, row) in enumerate(rows):
        one = _of_spectrum(series.wavelength, row, label, time)
        if judged.clipped[i].any():
            said = (*one.warnings, "the top is cut off: the detector was at its end")
            one = replace(one, warnings=said)
        found.append(one if absorption is None else _joined(one, series.time_unit, absorption))
    return EmissionAnalysis(series=series, found=tuple(found))


def _of_spectrum(wavelength: Array, row: Array, label: str, time: float) -> Emission:
    known = np.isfinite(row)
    x, y = wavelength[known], row[known]
    nothing = Emission(label=label, time=time)
    if len(x) < FEWEST:
        return replace(nothing, warnings=("too few readings",))
    top = int(np.argmax(np.convolve(y, np.ones(5) / 5, mode="same")[2:-2])) + 2
    if y[top] - y.min() < STANDS_OUT * white_noise(y):
        return replace(nothing, warnings=("no band stands out from the noise",))
    if top < 5 or top > len(x) - 6:
        return replace(nothing, warnings=("the maximum lies at the end of the spectrum",))
    energy, photons = PHOTON_ENERGY_NM / x[::-1], (y * x**2)[::-1]
    scale = float(photons.max())
    fit = _fit(energy, photons / scale, PHOTON_ENERGY_NM / x[top])
    if fit is None:
        return replace(nothing, warnings=("no fit of a band at the edge and traps converged",))
    best, drawn = fit
    told = _told(np.vstack([best, drawn]))
    low, high = np.quantile(told[1:], [0.025, 0.975], axis=0)
    curve = np.full(len(wavelength), np.nan)
    curve[known] = (_model(best, energy)[0] * scale)[::-1] / x**2
    ends = [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    seen = ends[2][1] - ends[2][0] < UNKNOWN
    return replace(
        nothing,
        maximum_nm=float(told[0, 0]),
        maximum_ci95_nm=ends[0],
        fwhm_nm=float(told[0, 1]),
        fwhm_ci95_nm=ends[1],
        trap_share=float(told[0, 2]) if seen else float("nan"),
        trap_share_ci95=ends[2],
        fitted=curve,
        warnings=() if seen else (f"no share of traps: the spectrum ends at {x[-1]:g} nm",),
    )


def _model(at: Array, energy: Array) -> tuple[Array, Array, Array]:
    """Return the fitted photons, and those of edge and traps alone, at energies (k,)."""
    edge = at[EDGE] * np.exp(-(((energy - at[CENTRE]) / at[WIDTH]) ** 2) / 2)
    away = energy - at[CENTRE] + at[BELOW]
    traps = at[TRAP] * np.exp(-((away / at[TRAP_SIGMA]) ** 2) / 2)
    return edge + traps + at[OFFSET] * (energy[0] / energy) ** 2, edge, traps


def _fit(energy: Array, photons: Array, centre: float) -> tuple[Array, Array] | None:
    """Return the parameters (7,) and draws of them (DRAWS, 7); None where no fit converged."""
    from scipy.optimize import least_squares

    reach = float(np.clip(centre - energy[0], TRAPS_BELOW[0] + 0.05, TRAPS_BELOW[1]))
    low = [energy[0], EDGE_WIDTH[0], 0.0, TRAPS_BELOW[0], TRAP_WIDTH[0], 0.0, -1.0]
    high = [energy[-1], EDGE_WIDTH[1], 2.0, reach, TRAP_WIDTH[1], 2.0, 1.0]
    start = np.array([centre, 0.05, 0.9, reach - 0.02, 0.2, 0.05, float(photons.min())])
    found = least_squares(
        lambda at: _model(at, energy)[0] - photons, start, bounds=(low, high), x_scale=0.1
    )
    if not found.success:
        return None
    freedom = max(len(energy) - len(start), 1)
    variance = 2 * found.cost / freedom * correlation_time(found.fun)
    covariance = np.linalg.pinv(found.jac.T @ found.jac) * variance
    size, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    steps = np.random.default_rng(SEED).normal(size=(DRAWS, len(size)))
    drawn = found.x + (steps * np.sqrt(np.maximum(size, 0.0))) @ axes.T
    return found.x, np.clip(drawn, low, high)


def _told(parameters: Array) -> Array:
    """Return maximum (nm), full width (nm) and share of traps, shape (k, 3), for (k, 7)."""
    centre, sigma = parameters[:, CENTRE], parameters[:, WIDTH]
    half = sigma * FWHM_PER_SIGMA / 2
    width = PHOTON_ENERGY_NM / (centre - half) - PHOTON_ENERGY_NM / (centre + half)
    edge = parameters[:, EDGE] * sigma
    traps = parameters[:, TRAP] * parameters[:, TRAP_SIGMA]
    total = np.maximum(edge + traps, np.finfo(float).tiny)
    return np.column_stack([PHOTON_ENERGY_NM / centre, width, traps / total])


def _joined(one: Emission, unit: str, absorption: Analysis) -> Emission:
    """Return an emission with the Stokes shift against the absorption of the same aliquot."""
    found = _same_aliquot(one, unit, absorption)
    if found is None or found.feature.status == "unresolved" or not np.isfinite(one.maximum_nm):
        why = "no absorption of this aliquot" if found is None else "no first exciton to compare"
        return replace(one, warnings=(*one.warnings, why))
    energy = PHOTON_ENERGY_NM / np.array([found.feature.position_nm, one.maximum_nm])
    ends = PHOTON_ENERGY_NM / np.array([found.feature.ci95_nm, one.maximum_ci95_nm])
    half = float(np.hypot(*np.abs(ends[:, 0] - ends[:, 1]) / 2))
    shift = float(energy[0] - energy[1])
    doubts = ("the first exciton is doubted",) if found.doubts else ()
    return replace(
        one,
        stokes_mev=1e3 * shift,
        stokes_ci95_mev=(1e3 * (shift - half), 1e3 * (shift + half)),
        exciton_nm=found.feature.position_nm,
        warnings=(*one.warnings, *doubts),
    )


def _same_aliquot(one: Emission, unit: str, absorption: Analysis) -> Found | None:
    series = absorption.series
    if np.isfinite(one.time) and series.time_unit == unit:
        near = np.abs(series.time - one.time) <= np.maximum(SAME_TIME * abs(one.time), 1e-9)
        if near.any():
            return absorption.found[int(np.argmax(near))]
    return dict(zip(series.labels, absorption.found, strict=True)).get(one.label)
