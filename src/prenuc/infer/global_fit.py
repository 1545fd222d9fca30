r"""Fit first-order kinetics to a whole wavelength × time matrix, with intervals one can believe.

.. math:: D = C(θ)\, S + o\, 1^T + E

======= ========================================================= ===============
symbol  meaning                                                   unit
======= ========================================================= ===============
D       spectra, m times × n wavelengths                          absorbance
C(θ)    share of each species (:mod:`prenuc.infer.kinetics`)      1
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

from prenuc.errors import FitError, Problem, unknown_name
from prenuc.infer.intervals import Intervals
from prenuc.infer.kinetics import Network, parse_network
from prenuc.infer.noise import (
    Noise,
    brownian,
    estimate_noise,
    rotate,
)
from prenuc.infer.projection import Block, Objective, Point, split
from prenuc.infer.verdicts import equivalents, remarks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prenuc.infer.parameter import Parameter
    from prenuc.observe.series import SpectrumSeries

FEWEST_SPECTRA = 6
ROUNDS = 6  # of noise and rate constants in turn
STEADY = 1e-3  # a change of this many standard errors ends them
GRID = {1: 20, 2: 10, 3: 6}  # starting values of each rate constant; 4 for more constants
STARTS = 2


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

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.fit_report())}</pre>"


def global_fit(
    series: SpectrumSeries, scheme: str, *, start: Mapping[str, float] | None = None
) -> GlobalFit:
    """Fit a first-order scheme to spectra at all wavelengths at once.

    Args:
        series: The spectra, in the order of their times.
        scheme: Such as "A -> B -> C" (:func:`prenuc.infer.kinetics.parse_network`).
        start: Starting values of rate constants in 1/time unit, tried besides those found inside.

    Raises:
        FitError: The scheme is not first order, or the spectra cannot be fitted with it.
    """
    network = parse_network(scheme)
    _check(series, network)
    return _Matrix(series).fit(network, _start(network, start or {}))


def _check(series: SpectrumSeries, network: Network) -> None:
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


def _start(network: Network, start: Mapping[str, float]) -> NDArray[np.float64] | None:
    if not start:
        return None
    for name, value in start.items():
        if name not in network.names:
            raise FitError(unknown_name("rate constant", name, network.names))
        if not (math.isfinite(value) and value > 0):
            raise FitError(Problem(f"the start {name} = {value} is not a positive number"))
    if missing := [name for name in network.names if name not in start]:
        raise FitError(Problem(f"the start has no value for '{missing[0]}'", "Give all or none"))
    return np.log([start[name] for name in network.names])


class _Matrix:
    """The data in rotated directions, and what the noise makes of them."""

    def __init__(self, series: SpectrumSeries) -> None:
        self.series, self.time = series, series.time
        # A constant spectrum lies within C S: without the mean, less is lost to rounding.
        self.data = rotate(series.absorbance - series.absorbance.mean(axis=0))
        self.gram = self.data @ self.data.T

    def fit(self, network: Network, start: NDArray[np.float64] | None) -> GlobalFit:
        if all(step.count == 1 for step in network.steps):
            # Sums of exponentials span the same curves from any origin.
            self.time = self.time - max(float(self.time[0]), 0.0)
        objective = Objective(network, self.time, [Block(self.gram)])
        best = self._search(objective, start)
        for _ in range(ROUNDS):
            before = best
            shares = split(*network.concentrations(self.time, np.exp(best.u)))
            noise = estimate_noise(self.data, self.time, shares.span, _directions(shares.tangents))
            objective = Objective(network, self.time, self.blocks(noise))
            best = objective.minimise(best.u)
            move = best.u - before.u
            if float(move @ best.curvature @ move) < STEADY**2:
                break
        if network.is_plain_chain:
            best = objective.at(np.sort(best.u)[::-1])
        return self._answer(objective, best, noise)

    def _answer(self, objective: Objective, best: Point, noise: Noise) -> GlobalFit:
        network, series = objective.network, self.series
        found = Intervals(objective, best, noise, f"1/{series.time_unit}")
        params = found.parameters()
        shares, _ = network.concentrations(series.time, np.exp(best.u))
        doubts = remarks(objective, best, noise, params, (found.seen, found.rank))
        return GlobalFit(
            scheme=network.scheme,
            params=params,
            derived={
                "half_life" + name[1:]: math.log(2.0) / p.value
                for name, p in params.items()
                if p.value is not None
            },
            noise=noise.as_dict(),
            series=series,
            species=network.species,
            concentrations=shares,
            spectra=np.linalg.pinv(shares, rcond=1e-10) @ series.absorbance,
            steps={name: str(s) for name, s in zip(network.names, network.steps, strict=True)},
            warnings=tuple(doubts),
            equivalent_schemes=equivalents(network),
        )

    def blocks(self, noise: Noise) -> list[Block]:
        """Return the data weighted by the inverse of the noise."""
        count = len(noise.drift)
        apart = self.data[:, : max(count, 1)]
        if noise.correlated:
            rest = self.data[:, apart.shape[1] :]
            gram = (rest / noise.variance[apart.shape[1] :]) @ rest.T
        else:
            gram = (self.gram - apart @ apart.T) / noise.variance[-1]
        if not count:
            return [Block(gram + apart @ apart.T / noise.variance[0])]
        blocks = [Block(gram)]
        modes, size, _ = np.linalg.svd(brownian(self.time), full_matrices=False)
        for y, drift in zip((apart @ noise.turn).T, noise.drift, strict=True):
            shrink = 1.0 - 1.0 / np.sqrt(1.0 + drift * size**2)
            whitener = np.eye(len(y)) - (modes * shrink) @ modes.T
            blocks.append(Block(np.outer(whitener @ y, whitener @ y), whitener))
        return blocks

    def _search(self, objective: Objective, start: NDArray[np.float64] | None) -> Point:
        """Return the best minimum from a grid over the logarithms of the rate constants."""
        gaps = np.diff(np.maximum(self.time, 0.0))
        shortest = float(np.min(gaps[gaps > 0], initial=np.inf))
        span = float(self.time[-1] - self.time[0])
        count = len(objective.network.names)
        axis = np.log(np.geomspace(0.3 / span, 3.0 / min(shortest, span), GRID.get(count, 4)))
        grid = np.array(np.meshgrid(*[axis] * count, indexing="ij")).reshape(count, -1).T
        if objective.network.is_plain_chain:
            grid = grid[np.all(np.diff(grid, axis=1) < 0, axis=1)]
        points = sorted((objective.at(u) for u in grid), key=lambda point: point.value)[:STARTS]
        if start is not None:
            points.append(objective.at(start))
        return min(
            (objective.minimise(p.u, known=p) for p in points), key=lambda point: point.value
        )


def _directions(tangents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return orthonormal columns that span the tangents, shape (m, p)."""
    m = tangents.shape[1]
    columns = np.moveaxis(tangents, 1, 0).reshape(m, -1)
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, size > 1e-6 * max(float(size[0]), 1e-300)]
