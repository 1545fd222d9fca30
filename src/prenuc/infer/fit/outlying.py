"""Readings and spectra that are no sample of the noise: spikes, bubbles, a cuvette put in askew.

A spike stands alone: its neighbours in wavelength and time are ordinary. A spectrum is outlying if
its residuals are many times those of the typical one. Both are left out, and said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.whitened_fit import plain_residual
from prenuc.infer.noise.estimate import FEWEST_WAVELENGTHS, is_exact

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prenuc.arrays import Array
    from prenuc.infer.fit.solve import Solution
    from prenuc.observe.series import SpectrumSeries

SHADOW = 0.3  # of a spike: what it leaves beside it in a fit
SPIKE = 8.0  # standard deviations; heavy tails are no spikes
BESIDE = 3.5  # standard deviations from which on a neighbour is out of the ordinary, too
MOST_SPIKES = 0.05  # of all readings; more of them are not spikes
TYPICAL = 90  # percentile of the residuals of a spectrum, which single spikes do not move
FAR_OFF = 5.0  # times the typical residual of a spectrum
MOST_SPECTRA = 0.1  # of all
QUIET = 6.0  # standard deviations that no reading reaches where there is nothing to look for
ROUNDS = 4  # what hides behind a larger one is seen when that is gone


@dataclass(frozen=True)
class Outlying:
    """What is left out.

    Args:
        spikes: Which readings, shape (m, n).
        spectra: Which spectra, shape (m,).
    """

    spikes: NDArray[np.bool_]
    spectra: NDArray[np.bool_]

    def __bool__(self) -> bool:
        return bool(np.any(self.spikes) or np.any(self.spectra))

    def notes(self, series: SpectrumSeries) -> tuple[str, ...]:
        """Return what is left out, in words."""
        found = []
        if np.any(self.spikes):
            row, column = np.argwhere(self.spikes)[0]
            where = f"'{series.labels[row]}' at {series.wavelength[column]:g} nm"
            found.append(f"{int(self.spikes.sum())} spikes are left out, the first in {where}")
        if np.any(self.spectra):
            names = ", ".join(f"'{series.labels[i]}'" for i in np.flatnonzero(self.spectra))
            found.append(f"spectra unlike the others are left out: {names}")
        return tuple(found)


def without_outlying(
    series: SpectrumSeries, solve: Callable[[SpectrumSeries], Solution]
) -> tuple[Solution, SpectrumSeries]:
    """Return the fit of what is ordinary, and what that is.

    Args:
        series: The spectra.
        solve: Fits spectra.
    """
    found = solve(series)
    exact = is_exact(found.noises[0], found.question.data[0])
    if exact or series.absorbance.shape[1] < FEWEST_WAVELENGTHS:
        return found, series
    for _ in range(ROUNDS):
        odd = outlying(plain_residual(found))
        if not odd:
            break
        data = np.where(odd.spikes, np.nan, series.absorbance)
        history = (*series.history, *odd.notes(series))
        series = replace(series, absorbance=data, history=history).kept(~odd.spectra)
        found = solve(series)
    return found, series


def outlying(residual: Array) -> Outlying:
    """Return spikes and outlying spectra among residuals.

    Args:
        residual: Residuals, shape (m, n); NaN where there is no reading.
    """
    m = len(residual)
    if np.all(np.isfinite(residual)):
        squares = np.einsum("ij,ij->i", residual, residual) / residual.shape[1]
        largest = max(float(residual.max()), -float(residual.min()))
        quiet = largest < QUIET * math.sqrt(float(np.median(squares)))
        if quiet and np.all(squares < FAR_OFF * np.median(squares)):
            none = np.zeros(residual.shape, dtype=bool)
            return Outlying(none, none[:, 0])
    typical = _percentile(np.abs(residual), TYPICAL, axis=1)
    spectra = typical > FAR_OFF * np.median(typical)
    if spectra.sum() > max(MOST_SPECTRA * m, 1):
        spectra[:] = False
    return Outlying(_spikes(residual, ~spectra), spectra)


def _percentile(values: Array, which: int, axis: int) -> Array:
    """Return a percentile along an axis, of what is there; the quick way where all is."""
    if not np.all(np.isfinite(values)):
        missing: Array = np.nanpercentile(values, which, axis=axis)
        return missing
    place = round(which / 100 * (values.shape[axis] - 1))
    found: Array = np.take(np.partition(values, place, axis=axis), place, axis=axis)
    return found


def _spikes(residual: Array, ordinary: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which residuals, shape (m, n), stand out alone of those of their wavelength."""
    centred = residual - _percentile(residual, 50, axis=1)[:, None]
    size = np.nan_to_num(np.abs(centred))
    own = _percentile(np.abs(centred[ordinary]), 50, axis=0)
    size = size / np.maximum(own, np.median(own) / 2.0) * 0.6745
    out = (size > SPIKE) & ordinary[:, None]
    beside = np.pad(size, 1)
    near = np.stack((beside[:-2, 1:-1], beside[2:, 1:-1], beside[1:-1, :-2], beside[1:-1, 2:]))
    company = np.sum(near > np.maximum(BESIDE, SHADOW * size), axis=0)
    alone: NDArray[np.bool_] = out & (company <= 1)
    if out.sum() > MOST_SPIKES * size.size:
        alone[:] = False
    return alone
