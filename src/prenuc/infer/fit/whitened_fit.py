"""A fit in units of its noise: what is left of the data, and what may have been mistaken for it.

The questions of :mod:`prenuc.infer.fit.reliability` are asked to this. Directions in which the
baseline drifts or is offset are left out. Whole spectra enter by a few courses or directions at a
time, or by their scatter over time, so that a fit of a thousand wavelengths is asked as quickly as
others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.question import level_of
from prenuc.infer.fit.reweighting import followed
from prenuc.infer.noise.estimate import brownian, rotate
from prenuc.infer.objectives.projection import split
from prenuc.infer.objectives.uneven import Uneven

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.arrays import Array
    from prenuc.infer.fit.solve import Solution

CLEAR = 3.0  # times the largest of pure noise: directions that are certainly signal
FAINT = 1e-9  # of the scatter of the data: less is not found by subtraction
SMOOTH = 4  # share of the directions along wavelength that holds bands
COURSES = 5  # smooth courses that are asked for
EXPONENT = 4  # scattered light falls as λ⁻⁴


@dataclass(frozen=True)
class WhitenedFit:
    """A fit in units of its noise.

    Args:
        residual: Returns the residuals, shape (m, n).
        scatter: R Rᵀ of them, shape (m, m).
        n: Their directions of wavelength.
        inner: The same in the directions in which moves and suspects are given, (m, d).
        span: Courses that the fit follows at every wavelength, orthonormal, (m, r).
        moves: How the parameters move the fit, shape (p, m, d).
        signals: The residuals along the spectra of the species, shape (m, s).
        slow: Smooth courses beyond those, orthonormal, shape (m, q).
        gain: What a signal that grows as a whole in a line would do, shape (m, d).
        rate: What rate constants that grow in a line would do, shape (m, d).
        haze: What scattered light does to each spectrum, of norm 1, shape (m, d).
    """

    residual: Callable[[], Array]
    scatter: Array
    n: int
    inner: Array
    span: Array
    moves: Array
    signals: Array
    slow: Array
    gain: Array
    rate: Array
    haze: Array

    @classmethod
    def of(cls, found: Solution) -> WhitenedFit:
        """Return a fit of one data set in units of its noise."""
        shares, slopes = _columns(found)
        if isinstance(found.objective, Uneven):
            return _of_uneven(found, found.objective, shares, slopes)
        return _of_rotated(found, shares, slopes)

    def smooth(self) -> Array:
        """Return the residuals in those rotated directions that hold bands, shape (m, n / 4)."""
        return self.residual()[:, : self.n // SMOOTH]

    def beside_haze(self) -> WhitenedFit:
        """Return what is left beside a baseline of scattered light that changes as it likes."""
        h = self.haze
        return replace(
            self,
            inner=self.inner - np.sum(self.inner * h, axis=1)[:, None] * h,
            gain=self.gain - np.sum(self.gain * h, axis=1)[:, None] * h,
            moves=self.moves - np.sum(self.moves * h, axis=2)[:, :, None] * h,
        )


def _of_uneven(found: Solution, objective: Uneven, shares: Array, slopes: Array) -> WhitenedFit:
    """Return a fit whose readings have weights of their own."""
    u = found.best.u
    spectra, _, rest = objective.parts(u)
    root = np.sqrt(objective.weight.T)
    span = objective.splits(u)[0].span
    residual = rest * root
    followed = span.T @ (shares @ (spectra * np.median(root, axis=0)))
    moves, x = (slopes @ spectra) * root, _passed(objective.time)
    return WhitenedFit(
        residual=lambda: residual,
        scatter=residual @ residual.T,
        n=residual.shape[1],
        inner=residual,
        span=span,
        moves=moves,
        signals=residual @ _directions(followed),
        slow=_smooth(objective.time, span),
        gain=x * (shares @ spectra) * root,
        rate=x * moves.sum(axis=0),
        haze=_of_norm_1(_scattering(found) * root),
    )


def _of_rotated(found: Solution, shares: Array, slopes: Array) -> WhitenedFit:
    """Return a fit whose noise is even, or weighted by rotated directions."""
    time = found.objective.time
    data, size, level = _rotated_rows(found)
    white = np.eye(len(time))
    white = found.objective.blocks[0].seen(white) if found.noises[0].rho else white
    shares, slopes, rows = white @ shares, white @ slopes, data / size
    part = split(shares, slopes)
    followed = (part.span.T @ white) @ rows
    spectra = part.factor @ followed

    def beyond(courses: Array) -> Array:
        return courses - part.span @ (part.span.T @ courses)

    whole = _rotated_scatter(found)
    scatter = beyond(beyond(whole).T)
    if np.trace(scatter) < FAINT * np.trace(whole):
        scatter = beyond(white @ rows) @ beyond(white @ rows).T
    # What is suspected lies within the spectra: a few directions hold all of it.
    haze = rotate(_scattering(found))[:, -len(size) :] / size
    basis = np.linalg.qr(np.vstack((spectra, level / size, haze)).T)[0]
    moves, x = slopes @ (spectra @ basis), _passed(time)
    fit = shares @ (spectra @ basis) + white.sum(axis=1)[:, None] * (level / size @ basis)
    return WhitenedFit(
        residual=lambda: beyond(white @ rows),
        scatter=scatter,
        n=len(size),
        inner=beyond(white @ (rows @ basis)),
        span=part.span,
        moves=moves,
        signals=beyond(white @ (rows @ _directions(followed))),
        slow=_smooth(time, part.span),
        gain=x * fit,
        rate=x * moves.sum(axis=0),
        haze=_of_norm_1(haze @ basis),
    )


def _rotated_rows(found: Solution) -> tuple[Array, Array, Array]:
    """Return rotated spectra, shape (m, d), their noise, and the mean that they lack, (d,)."""
    noise = found.noises[0]
    level = rotate(level_of(_spectra(found), found.question)[None])[0]
    kept = max(len(noise.drift), int(noise.offset_sd > 0))
    return _rotated(found)[:, kept:], np.sqrt(noise.variance[kept:]), level[kept:]


def _rotated_scatter(found: Solution) -> Array:
    """Return the scatter over time of those rows in units of their noise, shape (m, m)."""
    noise, block = found.noises[0], found.objective.blocks[0]
    if len(noise.drift) or not noise.offset_sd > 0:
        return block.scatter
    first = block.seen(_rotated(found)[:, :1] / np.sqrt(noise.variance[0]))
    return block.scatter - first @ first.T


def _rotated(found: Solution) -> Array:
    """Return the rotated spectra, with what is missing filled, shape (m, n)."""
    spectra, asked = _spectra(found), found.question
    if spectra is asked.sets[0].series.absorbance:
        return asked.data[0]
    return rotate(spectra - level_of(spectra, asked))


def _spectra(found: Solution) -> Array:
    own = found.question.sets[0].series.absorbance
    return own if found.spectra is None else found.spectra


def _scattering(found: Solution) -> Array:
    """Return what scattered light does to a spectrum, shape (1, n)."""
    wavelength = found.question.sets[0].series.wavelength
    shape: Array = ((wavelength[0] / wavelength) ** EXPONENT)[None]
    return shape


def _of_norm_1(rows: Array) -> Array:
    """Return rows of norm 1, shape as given."""
    found: Array = rows / np.maximum(np.linalg.norm(rows, axis=1), 1e-300)[:, None]
    return found


def _passed(time: Array) -> Array:
    """Return the share of the series that has passed, shape (m, 1)."""
    found: Array = ((time - time[0]) / (time[-1] - time[0]))[:, None]
    return found


def _columns(found: Solution) -> tuple[Array, Array]:
    """Return the columns of the fit, shape (m, c), and how u moves them, shape (p, m, c)."""
    kinetics, u = found.objective.kinetics, found.best.u
    values, scale = kinetics.decode(u)
    shares, slopes = kinetics.concentrations(found.objective.time, values)
    return shares, slopes * scale[:, None, None]


def _directions(followed: Array) -> Array:
    """Return orthonormal directions that stand above the noise, shape (n, s).

    Args:
        followed: What the fit follows, in units of the noise, by orthonormal courses, (r, n).
    """
    left, size, _ = np.linalg.svd(followed.T, full_matrices=False)
    r, n = followed.shape
    found: Array = left[:, size > CLEAR * (math.sqrt(n) + math.sqrt(r))]
    return found


def _smooth(time: Array, span: Array) -> Array:
    """Return the smoothest courses that the fit does not follow, orthonormal, shape (m, q)."""
    courses = brownian(time)[:, : span.shape[1] + COURSES]
    courses = courses - span @ (span.T @ courses)
    left, size, _ = np.linalg.svd(courses, full_matrices=False)
    count = min(COURSES, int(np.sum(size > 1e-6 * max(float(size[0]), 1e-300))))
    found: Array = left[:, :count]
    return found


def plain_residual(found: Solution) -> Array:
    """Return the residuals of one data set, all alike, shape (m, n); NaN where missing.

    Args:
        found: The best fit.
    """
    data, stack = found.question.sets[0].series.absorbance, found.question.stack
    columns, _ = stack.concentrations(found.objective.time, stack.decode(found.best.u)[0])
    rest = followed(columns, data)
    return np.subtract(data, rest, out=rest)
