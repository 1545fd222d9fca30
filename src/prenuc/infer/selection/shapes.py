r"""What is not known about the spectra of absorbers, and how it is fitted away.

The data y of all experiments stand one after the other, condensed to r directions of wavelength
(:mod:`prenuc.infer.selection.condensed`). Two choices:

:class:`KnownShapes`
    The spectra of the catalogue, each with an extinction that is unknown within a factor f,
    :math:`y = \sum_s e^{\ln f\, b_s} X_s`, with b normal. The fit pays for b.

:class:`FreeShapes`
    Every species of fixed spectrum has any spectrum at all, the same in all experiments:
    :math:`y = C S`, S free. Only the courses C over time count, so this asks what the kinetics
    alone can say. Dots keep the catalogue's spectra, because theirs change as they grow. A free
    spectrum may fall below zero, which is said in the warnings.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.calibration.candidate import Part
from prenuc.infer.selection.courses import outside, span_of, turn_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array

ROUNDS = 30  # of Gauss and Newton for the amplitudes; a few do
POLISH = 10  # of Newton alone, where they are nearly found
FURTHEST = 4.0  # standard deviations of an amplitude
NEGLIGIBLE = 1.0  # χ² of an absorber that nobody could see


@dataclass(frozen=True)
class Fitted:
    """The best that one choice of spectra makes of the data.

    Args:
        residual: Weighted data minus fit, shape (data,).
        fitted: Weighted fit, shape (data,).
        design: Derivatives of the fit in every linear unknown, shape (data, unknowns).
        prior: 1 for an unknown with a normal prior of unit width, else 0, shape (unknowns,).
        pull: Where the unknowns with a prior ended, in its widths.
        amplitudes: Factor of each absorber's extinction.
        count: Unknowns of absorbers that could be seen at all.
    """

    residual: Array
    fitted: Array
    design: Array
    prior: Array
    pull: Array
    amplitudes: Mapping[str, float]
    count: int

    @property
    def all_residuals(self) -> Array:
        """Residuals of the data, then of the prior."""
        return np.concatenate((self.residual, self.pull))


class AbstractShapes(ABC):
    """What is taken as known about spectra."""

    @abstractmethod
    def fit(self, data: Array, shown: Mapping[str, Part], weight: Array) -> Fitted:
        """Return the best fit.

        Args:
            data: Condensed spectra, shape (m, r).
            shown: Each absorber, condensed alike.
            weight: Inverse standard deviation of each direction, shape (r,).
        """

    @abstractmethod
    def slopes(self, data: Array, shown: Mapping[str, Part], weight: Array) -> Array:
        """Return the derivatives of all residuals of the best fit, shape (residuals, constants).

        In the logarithms of the constants in which the absorbers have slopes; what is fitted away
        follows them.

        Args:
            data: Condensed spectra, shape (m, r).
            shown: Each absorber, condensed alike, with its slopes.
            weight: Inverse standard deviation of each direction, shape (r,).
        """


@dataclass(frozen=True)
class KnownShapes(AbstractShapes):
    """Spectra of the catalogue, extinctions within a factor.

    Args:
        factor: One standard deviation of an extinction.
    """

    factor: float = 2.0

    def fit(self, data: Array, shown: Mapping[str, Part], weight: Array) -> Fitted:
        """See :meth:`AbstractShapes.fit`.

        Args:
            data: Condensed spectra, shape (m, r).
            shown: Each absorber, condensed alike.
            weight: Inverse standard deviation of each direction, shape (r,).
        """
        y = (data * weight).ravel()
        seen = {n: (part.absorbance * weight).ravel() for n, part in shown.items()}
        x = np.array(list(seen.values())).reshape(len(seen), len(y)).T
        b = _log_amplitudes(x, y, math.log(self.factor))
        a = np.exp(math.log(self.factor) * b)
        return Fitted(
            residual=y - x @ a,
            fitted=x @ a,
            design=x * (a * math.log(self.factor)),
            prior=np.ones(len(b)),
            pull=b,
            amplitudes=dict(zip(seen, a.tolist(), strict=True)),
            count=int(np.sum(np.sum((x * a) ** 2, axis=0) > NEGLIGIBLE)),
        )

    def slopes(self, data: Array, shown: Mapping[str, Part], weight: Array) -> Array:
        """See :meth:`AbstractShapes.slopes`.

        Args:
            data: Condensed spectra, shape (m, r).
            shown: Each absorber, condensed alike, with its slopes.
            weight: Inverse standard deviation of each direction, shape (r,).
        """
        return self.moved(data, np.zeros((_constants(shown), *data.shape)), shown, weight)

    def moved(
        self, data: Array, data_slopes: Array, shown: Mapping[str, Part], weight: Array
    ) -> Array:
        """Return the same where the data move as well.

        With r = y − X a(b), J = ∂(r, b)/∂b and H the curvature of ½(|r|² + |b|²) in b, the best b
        moves by −H⁻¹ ∂(Jᵀ(r, b))/∂u; what has gone as far as it may stays there.

        Args:
            data: Condensed spectra, shape (m, r).
            data_slopes: Their derivatives, shape (constants, m, r).
            shown: Each absorber, condensed alike, with its slopes.
            weight: Inverse standard deviation of each direction, shape (r,).
        """
        best, sd = self.fit(data, shown, weight), math.log(self.factor)
        r, b, design = best.residual, best.pull, best.design
        a = np.array([*best.amplitudes.values()])
        count = len(data_slopes)
        turns = [(part.slopes * weight).reshape(count, len(r)) for part in shown.values()]
        x = np.array(turns).reshape(len(a), count, len(r))  # ∂X/∂u
        straight = (data_slopes * weight).reshape(count, len(r)) - np.einsum("j,jpn->pn", a, x)
        bend = design.T @ design + np.eye(len(b)) - np.diag(sd * (design.T @ r))
        drive = design.T @ straight.T + sd * a[:, None] * (x @ r)
        free = np.abs(b) < FURTHEST
        follows = np.zeros((len(b), count))
        follows[free] = np.linalg.solve(bend[np.ix_(free, free)], drive[free])
        return np.vstack((straight.T - design @ follows, follows))


def _constants(shown: Mapping[str, Part]) -> int:
    """Return in how many constants absorbers have slopes."""
    return next((len(part.slopes) for part in shown.values()), 0)


def _log_amplitudes(x: Array, y: Array, sd: float) -> Array:
    """Return b that minimises |y − x exp(sd b)|² + |b|², by damped Gauss and Newton."""
    gram, drive, b = x.T @ x, x.T @ y, np.zeros(x.shape[1])

    def cost(at: Array) -> float:
        a = np.exp(sd * at)
        return float(a @ gram @ a - 2.0 * (a @ drive) + at @ at)

    damping, here = 1e-3, cost(b)
    for _ in range(ROUNDS if len(b) else 0):
        a = sd * np.exp(sd * b)
        slope = a * (gram @ np.exp(sd * b) - drive) + b
        bend = gram * np.outer(a, a) + np.eye(len(b))
        stays = (np.abs(b) >= FURTHEST) & (np.sign(slope) != np.sign(b))  # pushed further out
        bend[stays], bend[:, stays], slope[stays] = 0.0, 0.0, 0.0
        bend[stays, stays] = 1.0
        step = np.linalg.solve(bend + damping * np.diag(np.diag(bend)), slope)
        new = np.clip(b - step, -FURTHEST, FURTHEST)
        there = cost(new)
        if there <= here:
            done = here - there < 1e-9 * (abs(here) + 1.0)
            b, here, damping = new, there, damping / 10.0
            if done:
                break
        else:
            damping *= 10.0
    return _polished(b, gram, drive, sd)


def _polished(b: Array, gram: Array, drive: Array, sd: float) -> Array:
    """Return b where the slope is zero, which no cost tells from nearby where the data see little.

    What has gone as far as it may stays there.
    """

    def slope_of(at: Array) -> Array:
        slope: Array = sd * np.exp(sd * at) * (gram @ np.exp(sd * at) - drive) + at
        return np.where(np.abs(at) < FURTHEST, slope, 0.0)

    free = np.flatnonzero(np.abs(b) < FURTHEST)
    slope = slope_of(b)
    for _ in range(POLISH if free.size else 0):
        a = sd * np.exp(sd * b)
        bend = gram * np.outer(a, a) + np.diag(1.0 + sd * (slope - b))
        new = b.copy()
        new[free] -= np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        if np.abs(new).max() > FURTHEST or np.linalg.norm(slope_of(new)) >= np.linalg.norm(slope):
            break
        b, slope = new, slope_of(new)
    return b


@dataclass(frozen=True)
class FreeShapes(AbstractShapes):
    """Any spectrum for every species: what the kinetics alone can say.

    Args:
        factor: One standard deviation of the extinction of dots, whose shapes are kept.
    """

    factor: float = 2.0

    def fit(self, data: Array, shown: Mapping[str, Part], weight: Array) -> Fitted:
        """See :meth:`AbstractShapes.fit`.

        Args:
            data: Condensed spectra, shape (m, r).
            shown: Each absorber, condensed alike.
            weight: Inverse standard deviation of each direction, shape (r,).
        """
        span = span_of([p for p in shown.values() if p.course is not None], len(data))
        kept = {n: p for n, p in shown.items() if p.course is None}
        rest = {n: Part(outside(span, p.absorbance)) for n, p in kept.items()}
        dots = KnownShapes(self.factor).fit(data - span @ (span.T @ data), rest, weight)
        a = dots.amplitudes
        steady = sum((kept[n].absorbance * a[n] for n in a), np.zeros_like(data))
        free = span @ (span.T @ (data - steady))
        count = len(weight)
        return Fitted(
            residual=((data - steady - free) * weight).ravel(),
            fitted=((steady + free) * weight).ravel(),
            design=np.hstack((np.kron(span, np.eye(count)), dots.design)),
            prior=np.concatenate((np.zeros(span.shape[1] * count), dots.prior)),
            pull=dots.pull,
            amplitudes=a,
            count=span.shape[1] * count + dots.count,
        )

    def slopes(self, data: Array, shown: Mapping[str, Part], weight: Array) -> Array:
        """See :meth:`AbstractShapes.slopes`.

        Args:
            data: Condensed spectra, shape (m, r).
            shown: Each absorber, condensed alike, with its slopes.
            weight: Inverse standard deviation of each direction, shape (r,).
        """
        courses = [part for part in shown.values() if part.course is not None]
        span, turn = span_of(courses, len(data)), turn_of(courses, _constants(shown), len(data))
        rest = {
            n: Part(
                outside(span, p.absorbance),
                slopes=outside(span, p.slopes) - turn @ p.absorbance,
            )
            for n, p in shown.items()
            if p.course is None
        }
        return KnownShapes(self.factor).moved(outside(span, data), -turn @ data, rest, weight)
