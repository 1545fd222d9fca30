r"""Fit a kinetic scheme to a whole wavelength × time matrix, with intervals one can believe.

.. math:: D = C(θ)\, S + o\, 1^T + E

======= ========================================================= ===============
symbol  meaning                                                   unit
======= ========================================================= ===============
D       spectra, m times × n wavelengths                          absorbance
C(θ)    share of each species (:mod:`prenuc.infer.scheme`)        1
S       free spectra, species × n                                 absorbance
o       offset of each spectrum, a random effect N(0, σ_o²)       absorbance
E       noise, white or correlated along wavelength               absorbance
======= ========================================================= ===============

The shares add up to 1, so a static background lies within C S already: it is part of every
species' spectrum and cannot be told from it. S is eliminated linearly and the offsets enter through
their variance (:mod:`prenuc.infer.projection`, :mod:`prenuc.infer.noise`): rate constants and
noise are estimated in turn until both stand still (iterated generalised least squares).

**Intervals.** ``ci95`` is the profile likelihood interval with the estimated covariance; ``stderr``
the Gauss-Newton one (:mod:`prenuc.infer.intervals`). For noise correlated along wavelength both
rest on the scatter that the residuals show along the fit's own filter.

A rate constant is **not identifiable** when the scheme alone cannot fix it (two ways out of one
species, a reversible step), when its profile does not rise on both sides, or when its step does
not rise above the noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.equivalence import equivalents
from prenuc.infer.intervals import Intervals
from prenuc.infer.labelled import matrix_dataset
from prenuc.infer.matrix import Matrix, Solution
from prenuc.infer.parameter import Parameter, table
from prenuc.infer.residual_checks import basis_of, check_residuals
from prenuc.infer.scheme import parse
from prenuc.infer.starts import check_start
from prenuc.infer.verdicts import remarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from prenuc.infer.profiles import AbstractKinetics
    from prenuc.observe.series import SpectrumSeries

FEWEST_SPECTRA = 6


@dataclass(frozen=True, kw_only=True)
class GlobalFit:
    """A fitted wavelength × time matrix.

    Args:
        scheme: The scheme as written.
        params: Rate constants ``k`` or ``k1``, ``k2``, …; and ``k_obs`` (or ``k_obs1``, …), the
            relaxation rates, where the scheme's own constants cannot be told apart.
        derived: Half-lives of the identifiable rate constants, in the time unit.
        noise: What noise was found: ``sd``, ``offset_sd``, ``drift_sd``, ``correlated``, ``from``.
        series: The data.
        species: Names of the species.
        concentrations: Their shares C, shape (m, species).
        spectra: Their spectra S, shape (species, n); a static background is part of each.
        steps: Which step each rate constant belongs to.
        warnings: What a reader should know before believing the numbers.
        equivalent_schemes: What fits these data identically.
    """

    scheme: str
    params: Mapping[str, Parameter]
    derived: Mapping[str, float]
    noise: Mapping[str, Any]
    series: SpectrumSeries
    species: tuple[str, ...]
    concentrations: NDArray[np.float64]
    spectra: NDArray[np.float64]
    steps: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    equivalent_schemes: tuple[str, ...] = ()

    @property
    def fitted(self) -> NDArray[np.float64]:
        """The fitted matrix C S, shape (m, n)."""
        return self.concentrations @ self.spectra

    @property
    def residuals(self) -> NDArray[np.float64]:
        """Data minus fit, offsets included, shape (m, n)."""
        return self.series.absorbance - self.fitted

    @property
    def history(self) -> tuple[str, ...]:
        """Every assumption and treatment of the data, oldest first."""
        return self.series.history

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain data for JSON."""
        return {
            "scheme": self.scheme,
            "parameters": {name: p.as_dict() for name, p in self.params.items()},
            "steps": dict(self.steps),
            "derived": dict(self.derived),
            "noise": dict(self.noise),
            "equivalent_schemes": list(self.equivalent_schemes),
            "warnings": list(self.warnings),
            "history": list(self.series.history),
        }

    def fit_report(self) -> str:
        """Return a readable summary."""
        m, n = self.series.absorbance.shape
        lines = [f"{self.scheme}, {m} spectra × {n} wavelengths"]
        lines += [
            f"  {name:<6} {one}" + (f"  {self.steps[name]}" if name in self.steps else "")
            for name, one in self.params.items()
        ]
        unit = self.series.time_unit
        lines += [f"  {name:<6} {value:.5g} {unit}" for name, value in self.derived.items()]
        lines.append(f"  noise  {1e3 * self.noise['sd']:.3g} mAU ({self.noise['from']})")
        lines += [f"  same   {scheme}" for scheme in self.equivalent_schemes]
        lines += [f"  note   {warning}" for warning in self.warnings]
        return "\n".join(lines)

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per parameter."""
        return table(self.params)

    def to_xarray(self) -> xr.Dataset:
        """Return data, fit, residuals, shares and spectra of the species, labelled."""
        return matrix_dataset(
            self.series, self.species, self.concentrations, self.spectra, self.fitted
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.fit_report())}</pre>"


def global_fit(
    series: SpectrumSeries,
    scheme: str,
    *,
    start: Mapping[str, float] | None = None,
    non_negative: bool = False,
) -> GlobalFit:
    """Fit a scheme to spectra at all wavelengths at once.

    Args:
        series: The spectra, in the order of their times.
        scheme: Such as "A -> B -> C" (:mod:`prenuc.infer.scheme`).
        start: Starting values of some or all rate constants, in 1/time unit; the search begins
            there and nowhere else.
        non_negative: Spectra of species are nowhere below zero.

    Raises:
        FitError: The scheme is unknown, or the spectra cannot be fitted with it.
    """
    kinetics = parse(scheme, series.time_unit)
    _check(series, kinetics)
    check_start(start or {}, kinetics.names)
    found = Matrix(series, kinetics).solve(start or {}, non_negative=non_negative)
    return _answer(found, series)


def _answer(found: Solution, series: SpectrumSeries) -> GlobalFit:
    kinetics, best = found.objective.kinetics, found.best
    known = Intervals(found.objective, best, found.noise)
    params = known.parameters()
    shares, _ = kinetics.concentrations(series.time, kinetics.decode(best.u)[0])
    doubts = remarks(found.objective, found.noise, params, known)
    return GlobalFit(
        scheme=kinetics.scheme,
        params=params,
        derived={
            "half_life" + name[1:]: math.log(2.0) / p.value
            for name, p in params.items()
            if p.value is not None and name.startswith("k") and is_first_order(kinetics, name)
        },
        noise=found.noise.as_dict(),
        series=series,
        species=kinetics.species,
        concentrations=shares,
        spectra=found.spectra(shares, series.absorbance),
        steps=dict(zip(kinetics.names, kinetics.meanings, strict=True)),
        warnings=(*found.said, *doubts, *_failed(found, series.absorbance)),
        equivalent_schemes=tuple(str(one) for one in equivalents(kinetics)),
    )


def _failed(found: Solution, data: NDArray[np.float64]) -> Iterator[str]:
    """Yield what residuals say against the noise found; what it counts already is not said."""
    kinetics, time, noise = found.objective.kinetics, found.objective.time, found.noise
    shares, _ = kinetics.concentrations(time, kinetics.decode(found.best.u)[0])
    counted = {"offset"} if noise.offset_sd > 0 else set()
    if noise.drift_sd > 0:
        counted |= {"trend", "autocorrelation", "offset"}
    for check in check_residuals(data, time, basis_of(shares)):
        if check.failed and check.name not in counted:
            yield check.sentence


def is_first_order(kinetics: AbstractKinetics, name: str) -> bool:
    """Return whether a rate constant is that of a first-order step, so that it has a half-life."""
    orders = dict(zip(kinetics.names, kinetics.orders, strict=True))
    return orders.get(name, 0.0) == 0.0


def _check(series: SpectrumSeries, network: AbstractKinetics) -> None:
    data, time = series.absorbance, series.time
    if not np.all(np.isfinite(time)):
        label = series.labels[int(np.flatnonzero(~np.isfinite(time))[0])]
        raise FitError(
            Problem(f"the spectrum '{label}' has no time", "Give it one, or leave it out")
        )
    if np.any(np.diff(time) <= 0):
        late = int(np.flatnonzero(np.diff(time) <= 0)[0]) + 1
        what = f"the times do not ascend at the spectrum '{series.labels[late]}'"
        raise FitError(Problem(what, "Sort the spectra by time and merge those of equal time"))
    if not np.all(np.isfinite(data)):
        row, column = np.argwhere(~np.isfinite(data))[0]
        place = f"'{series.labels[row]}' at {series.wavelength[column]:g} nm"
        what = f"{np.sum(~np.isfinite(data))} absorbances are not numbers, the first in {place}"
        raise FitError(Problem(what, "Leave out these spectra or wavelengths"))
    fewest = max(FEWEST_SPECTRA, len(network.species) + len(network.names) + 2)
    if len(time) < fewest or data.shape[1] < 1:
        what = f"{len(time)} spectra are too few for '{network.scheme}'"
        raise FitError(Problem(what, f"Give at least {fewest}"))
