r"""Light that reaches the detector without passing the sample, found from the spectra themselves.

A fraction s of the light goes round the sample, so that a transmittance T is shown as

.. math:: A' = -\log_{10} \frac{10^{-A} + s}{1 + s}, \qquad
   A = -\log_{10} \left[10^{-A'} (1 + s) - s\right]

and absorbances level off softly at :math:`-\log_{10}[s / (1 + s)]` (2.0 for 1 %, 3.2 for 0.063 %).
In a series this bends dense wavelengths against thin ones: true absorbances are
:math:`A_{ij} = b_j + \sum_k u_{ik} v_{jk}` with few courses u, those shown are not. The fraction is
the one that lets r courses describe all wavelengths best, by least squares with weights, in
which u and v are improved in turn. It counts only if it gains beyond doubt, and if r courses with
it do as well as r + 1 without it, which have a new number for each spectrum and each wavelength: a
further species is so never taken for stray light. What is left must look like noise from spectrum
to spectrum.

The weights are from a law of noise that is read from the residuals of a generous fit: a constant
part, and that of a noise of the transmitted light, which grows as 1 / T.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array, Indices, Mask


DENSE = 1.3  # absorbance below which stray light is not looked for
FEWEST_SPECTRA = 8
FEWEST_WAVELENGTHS = 8
MOST_SPECTRA, MOST_WAVELENGTHS = 80, 80  # that are looked at, evenly picked
MOST_COURSES = 3
BELOW_TOP = 0.3  # absorbance below the largest, above which no reading helps to find the fraction
REACH = 1.5  # absorbance from the largest reading up to the level, at most
ABOVE = 1.3  # factor by which noise may have lifted the largest reading above the level
GAIN = 70.0  # of the weighted squares, in units of their mean
PART = 0.1  # and this fraction of the squares of the readings of the last unit of absorbance
AS_GOOD = 1.15  # squares with r courses and stray light, in those with r + 1 courses
ROUGH = 0.5  # least roughness along time of what is left; noise has 2, what no course follows 0
TRIED = 7  # fractions that are tried first
PASSES = 16
SETTLED = 1e-4
QUIETEST = 1e-5 / np.log(10.0)  # noise of the light over full light, in absorbance; less is none
TINY = 1e-12  # transmittance of no light, and fraction of a trace that regularises
MEDIAN_SQUARE = 0.455  # median of the square of a normal deviate


@dataclass(frozen=True)
class Stray:
    """A fraction of stray light.

    Args:
        fraction: s, of the light that passes without a sample.
        relative_sd: Its standard deviation, as a fraction of s.
    """

    fraction: float
    relative_sd: float

    @property
    def level(self) -> float:
        """The absorbance at which readings level off."""
        return float(-np.log10(self.fraction / (1.0 + self.fraction)))


@dataclass(frozen=True)
class Scatter:
    """How the noise of a reading grows with absorbance: variance a + b 100^A.

    Args:
        constant: a, absorbance².
        light: b, absorbance²; b ln²10 is the variance of the transmittance.
    """

    constant: float
    light: float

    def variance(self, absorbance: Array) -> Array:
        """Return the variance (absorbance²) at each absorbance."""
        return np.asarray(self.constant + self.light * 100.0**absorbance)

    def level(self, sd: float) -> float:
        """Return the absorbance at which the noise is ``sd``; infinite where it never is."""
        if self.light <= 0 or sd**2 <= self.constant:
            return float("inf")
        return float(0.5 * np.log10((sd**2 - self.constant) / self.light))


@dataclass(frozen=True)
class _Readings:
    """Readings, shape (m, n), which of them count, their noise, and courses to start from."""

    matrix: Array
    used: Mask
    courses: Array
    scatter: Scatter

    def rest(self, fraction: float, rank: int) -> Array:
        """Return what so many courses leave, with a fraction of stray light, in units of noise."""
        true = without(self.matrix, fraction)
        slope = 1.0 + fraction / np.maximum(10.0**-true, TINY)
        weight = self.used / (self.scatter.variance(self.matrix) * slope**2)
        return np.sqrt(weight) * _low_rank(true, weight, self.courses[:, :rank])

    def misfit(self, fraction: float, rank: int) -> float:
        """Return the sum of the squares of the rest."""
        return float(np.sum(self.rest(fraction, rank) ** 2))

    def freedom(self, rank: int) -> int:
        """Return the degrees of freedom of such a fit."""
        m, n = self.matrix.shape
        known: int = int(np.sum(self.used)) - n * (rank + 1) - (m - 1 - rank) * rank
        return max(known, 1)


def without(absorbance: Array, fraction: float) -> Array:
    """Return the absorbances of a sample with which a fraction of stray light was measured."""
    light: Array = 10.0**-absorbance * (1.0 + fraction) - fraction
    return -np.log10(np.maximum(light, TINY))


def judge_light(matrix: Array) -> tuple[Stray | None, Scatter | None]:
    """Find the fraction of stray light in a series of spectra, and how their noise grows.

    Args:
        matrix: Absorbance of m spectra at n wavelengths, NaN where masked, shape (m, n).

    Returns:
        The stray light, None where it is not beyond doubt; and the scatter, None where the spectra
        are too few or too thin to be asked.
    """
    data = _readings(matrix)
    if data is None:
        return None, None
    most = min(MOST_COURSES, len(data.matrix) // 4)
    data = replace(data, scatter=_scatter(data, most + 1))
    for rank in range(1, most + 1):
        more = data.misfit(0.0, rank + 1) / data.freedom(rank + 1)
        fraction, squares = _best_fraction(data, rank)
        if squares / data.freedom(rank) <= AS_GOOD * more:
            return _if_beyond_doubt(data, rank, fraction, squares), data.scatter
        # otherwise a further course is needed, stray light or not
    return None, data.scatter


def _readings(matrix: Array) -> _Readings | None:
    """Return what the fraction is found from, or None if there is too little."""
    there = np.isfinite(matrix)
    if not there.any() or (top := float(np.max(matrix, where=there, initial=-np.inf))) < DENSE:
        return None
    used = there & (matrix <= top - BELOW_TOP)
    rows = np.flatnonzero(used.sum(axis=1) >= FEWEST_WAVELENGTHS)
    columns = np.flatnonzero(used[rows].sum(axis=0) >= FEWEST_SPECTRA)
    rows, columns = _evenly(rows, MOST_SPECTRA), _evenly(columns, MOST_WAVELENGTHS)
    if len(rows) < FEWEST_SPECTRA or len(columns) < FEWEST_WAVELENGTHS:
        return None
    used = used[np.ix_(rows, columns)]
    some = np.where(used, matrix[np.ix_(rows, columns)], 0.0)
    whole = some[:, used.all(axis=0)]
    if whole.shape[1] < FEWEST_WAVELENGTHS or not np.ptp(whole, axis=0).any():
        return None
    courses = np.linalg.svd(whole - whole.mean(axis=0), full_matrices=False)[0]
    return _Readings(some, used, courses, Scatter(1.0, 0.0))


def _evenly(places: Indices, most: int) -> Indices:
    """Return at most so many of the places, evenly picked."""
    if len(places) <= most:
        return places
    chosen = np.round(np.linspace(0, len(places) - 1, most)).astype(int)
    return np.asarray(places[chosen])


def _low_rank(target: Array, weight: Array, courses: Array) -> Array:
    """Return what a constant and some courses leave of each wavelength, shape (m, n)."""
    m = len(target)
    before = np.inf
    for _ in range(PASSES):
        known = np.column_stack((np.ones(m), courses))
        loads = _solve_each(known, weight, target)
        rest = target - known @ loads.T
        squares = float(np.sum(weight * rest**2))
        if before - squares <= SETTLED * squares:
            break
        before = squares
        spectra = loads[:, 1:]
        moved = _solve_each(spectra, weight.T, (target - loads[:, 0]).T)
        courses = np.linalg.qr(moved - moved.mean(axis=0))[0]
    return np.asarray(rest)


def _solve_each(known: Array, weight: Array, target: Array) -> Array:
    """Return the weighted least-squares loads of the columns of a target, shape (n, k)."""
    k = known.shape[1]
    squares = (known[:, :, None] * known[:, None, :]).reshape(len(known), k * k)
    normal = (weight.T @ squares).reshape(-1, k, k)
    size = np.trace(normal, axis1=1, axis2=2)[:, None, None] + np.finfo(float).tiny
    right = (known.T @ (weight * target)).T
    loads = np.linalg.solve(normal + TINY * size * np.eye(k), right[..., None])
    return np.asarray(loads[..., 0])


def _scatter(data: _Readings, rank: int) -> Scatter:
    """Return the law of the noise, from the residuals of a fit with many courses."""
    from scipy.optimize import nnls

    rest = _low_rank(data.matrix, data.used.astype(float), data.courses[:, :rank])
    square = rest[data.used] ** 2 * data.used.sum() / data.freedom(rank)
    level = data.matrix[data.used]
    groups = np.array_split(np.argsort(level), max(3, min(20, len(level) // 50)))
    middle = np.array([np.median(level[one]) for one in groups])
    variance = np.array([np.median(square[one]) / MEDIAN_SQUARE for one in groups])
    variance = np.maximum(variance, TINY * float(np.ptp(data.matrix)) ** 2)
    terms = np.column_stack((np.ones(len(middle)), 100.0**middle))
    constant, light = nnls(terms / variance[:, None], np.ones(len(middle)))[0]
    if constant == 0.0:
        constant = float(variance.min())
    return Scatter(float(constant), float(light) if light > QUIETEST**2 else 0.0)


def _best_fraction(data: _Readings, rank: int) -> tuple[float, float]:
    """Return the fraction with which so many courses leave least, and the squares they leave."""
    from scipy.optimize import minimize_scalar

    top = float(data.matrix.max()) + BELOW_TOP
    most = float(np.log(ABOVE / (10.0**top - 1.0)))
    grid = np.linspace(most - REACH * np.log(10.0), most, TRIED)
    squares = [data.misfit(float(np.exp(one)), rank) for one in grid]
    at = int(np.argmin(squares))
    if data.misfit(0.0, rank) - squares[at] < GAIN / 4 * squares[at] / data.freedom(rank):
        return float(np.exp(grid[at])), squares[at]  # no need to know it better
    found = minimize_scalar(
        lambda one: data.misfit(float(np.exp(one)), rank),
        bounds=(grid[max(at - 1, 0)], grid[min(at + 1, len(grid) - 1)]),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(found.x)), float(found.fun)


def _if_beyond_doubt(data: _Readings, rank: int, fraction: float, squares: float) -> Stray | None:
    """Return the stray light if it gains enough, with the error of its fraction."""
    each = squares / data.freedom(rank)
    gained = (data.misfit(0.0, rank) - squares) / each
    dense = np.sum(data.used & (data.matrix > data.matrix.max() - 1.0))
    rest = data.rest(fraction, rank)
    rough = float(np.sum(np.diff(rest, axis=0) ** 2) / np.sum(rest**2))
    if gained < max(GAIN, PART * dense) or rough < ROUGH:
        return None
    step = 0.02
    beside = [data.misfit(fraction * float(np.exp(by)), rank) for by in (-step, step)]
    curvature = (sum(beside) - 2 * squares) / step**2 / (2 * each)
    return Stray(fraction, float(1.0 / np.sqrt(max(curvature, 1.0))))
