r"""Can the intervals of a fit be believed? Questions to its whitened residuals.

In units of the noise found, residuals R (m spectra × n directions of wavelength) around a fit that
follows the orthonormal courses Q hold nothing but P⊥ times white noise if scheme and noise model
are right. What else is left moves rate constants, and no interval can be stood for:

- a **course in the spectra of the species**: along a spectrum s of a species the residuals are one
  course R s; its smooth part (the first courses of Brownian motion, orthogonal to Q) is compared
  with the rest, F(q c, (f − q) c) for c spectra. It answers to a gain that steps or drifts, to a
  rate constant that drifts, to a step that is missed;
- a **course in all directions**, alike;
- **one course beyond the largest of pure noise**: the largest singular value against the law of
  Tracy and Widom (Johnstone 2001, Ann. Stat. 29, 295);
- **amounts of whole spectra that are no scatter**: offsets, factors and shifts that the noise
  model takes for random, but whose neighbours are alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.independent import independent_wavelengths
from prenuc.infer.fit.verdicts import trend
from prenuc.infer.fit.whitened_fit import COURSES, WhitenedFit, plain_residual
from prenuc.infer.noise.estimate import is_exact, turned_back
from prenuc.infer.noise.photometer import EFFECTS
from prenuc.infer.noise.whitened import noise_ceiling
from prenuc.infer.objectives.uneven import Uneven

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.arrays import Array
    from prenuc.infer.fit.solve import Solution

LEVEL = 1e-3  # chance that noise alone fails one question
LEVEL_OF_GAIN = 4e-3  # the same for a signal that changes as a whole
LEVEL_OF_RATE = 1e-2  # the same for a rate constant that changes
LEVEL_OF_NONE = 0.1  # chance above which one suspect is dropped
LEVEL_OF_AMOUNTS = 1e-2  # the same where factors, offsets or shifts of spectra were found
ROUNDING = 1e-11  # of the data: smaller residuals are no noise
HELD = 4.0  # standard deviations at which single residuals are held: spikes are no courses
FEWEST_LEFT = 4  # courses beside them
ABOVE = 1.06  # of the largest singular value that pure noise has once in a hundred times
MEND = "fit a scheme with another step or leave part of the data out (--times, --window)"
MISSED = (
    "the residuals keep a slow course in time: the scheme misses a step, or a band moves "
    "(shift=2), or spectra differ between the data sets (shared_spectra=False)"
)


@dataclass(frozen=True)
class Reliability:
    """Whether the intervals of a fit can be believed, and what they have to allow for.

    Args:
        reason: Why they cannot, in a sentence; empty if they can.
        allowed: How far the lower and the upper ends are moved by a change of the rate constants
            that cannot be ruled out, in the variables of the fit, shape (2, p).
    """

    reason: str
    allowed: Array


def judged(found: Solution) -> Reliability:
    """Return what the residuals of a fit say of its intervals.

    Args:
        found: The best fit.
    """
    nothing = np.zeros((2, len(found.best.u)))
    if not found.question.alone:
        return Reliability(MISSED if trend(found.objective, found.best) else "", nothing)
    if found.question.data[0].shape[1] == 1:
        return Reliability(_of_trace(found), nothing)
    if is_exact(found.noises[0], found.question.data[0]):
        return Reliability("", nothing)
    seen = WhitenedFit.of(found)
    m, r = seen.span.shape
    if m - r - COURSES < FEWEST_LEFT:
        return Reliability("", nothing)
    if not np.any(seen.scatter):  # an estimate of the noise that ran away silences all of them
        why = "the noise that was estimated leaves nothing of the residuals to judge"
        return Reliability(f"{why}; {MEND}", nothing)
    rate = _suspected(seen, seen.rate)
    # Where noise is correlated an interval rests on the residuals, in which the change is already.
    doubtful = rate.chance < LEVEL_OF_NONE and not found.noises[0].correlated
    moved = rate.moved if doubtful else 0.0 * rate.moved
    allowed = np.stack((np.minimum(moved, 0.0), np.maximum(moved, 0.0)))
    return Reliability(next(filter(None, _doubts(found, seen, rate)), ""), allowed)


def _doubts(found: Solution, seen: WhitenedFit, rate: _Suspected) -> Iterator[str]:
    """Yield what each question finds, in a sentence; empty where it finds nothing."""
    r = seen.span.shape[1]
    yield _of_amounts(found, seen)
    if _is_gain(seen):
        yield (
            "the signal grows or falls as a whole in the course of the series, as when the lamp, "
            f"the path or the volume changes; {MEND}"
        )
    if rate.chance < LEVEL_OF_RATE:
        yield f"a rate constant changes in the course of the series; {MEND}"
    if found.noises[0].rho > 0:  # how slow such noise may be is known too little
        return
    signals = seen.signals @ seen.signals.T
    if signals.any() and _chance(signals, seen.slow, r, seen.signals.shape[1]) < LEVEL:
        yield (
            "the residuals keep a slow course with the spectra of the species: the scheme misses "
            f"a step, or the gain or a rate constant changes in the course of the series; {MEND}"
        )
    smooth = seen.smooth() if found.noises[0].correlated else seen.scatter[:, :0]
    if _chance(seen.scatter, seen.slow, r, seen.n) < LEVEL or (
        smooth.size and _chance(smooth @ smooth.T, seen.slow, r, smooth.shape[1]) < LEVEL
    ):
        yield f"the residuals keep a slow course: something changes that the scheme lacks; {MEND}"
    if not found.noises[0].correlated and _stands_out(found, seen):
        yield (
            "one course of the residuals stands out of the noise: something changes that the "
            f"scheme lacks; {MEND}"
        )


def _stands_out(found: Solution, seen: WhitenedFit) -> bool:
    """Return whether the largest singular value is beyond that of pure noise."""
    limit = ABOVE * float(noise_ceiling(np.array([len(seen.scatter)]), seen.n)[0])
    if not _exceeds(seen.scatter, limit, seen.n):
        return False
    residual = seen.residual()
    rest = residual if isinstance(found.objective, Uneven) else turned_back(residual)
    held = np.clip(rest, -HELD, HELD)
    return _exceeds(held @ held.T, limit, seen.n)


def _exceeds(scatter: Array, limit: float, n: int) -> bool:
    """Return whether residuals of variance 1 have a singular value beyond a limit.

    They have not where limit² 1 − R Rᵀ is positive definite.

    Args:
        scatter: R Rᵀ, shape (m, m).
        limit: In units of the residuals' standard deviation.
        n: Directions of wavelength.
    """
    m = len(scatter)
    variance = float(np.trace(scatter)) / (m * n)
    try:
        np.linalg.cholesky(limit**2 * variance * np.eye(m) - scatter)
    except np.linalg.LinAlgError:
        return True
    return False


def _is_gain(seen: WhitenedFit) -> bool:
    """Return whether the signal changes as a whole, and not only as scattered light would."""
    if _suspected(seen, seen.gain).chance >= LEVEL_OF_GAIN:
        return False
    beside = seen.beside_haze()
    return _suspected(beside, beside.gain).chance < LEVEL_OF_NONE


@dataclass(frozen=True)
class _Suspected:
    """What the residuals say of one suspect.

    Args:
        chance: How often noise alone would show so much of what it does.
        moved: How far the parameters may move where it is fitted with them, to the upper end of
            its standard error, shape (p,).
    """

    chance: float
    moved: Array


def _suspected(seen: WhitenedFit, field: Array) -> _Suspected:
    """Return what the residuals say of a suspect that would do ``field``, shape (m, d)."""
    from scipy.special import ndtr

    beyond = [f - seen.span @ (seen.span.T @ f) for f in (field, *seen.moves)]
    own, moves = beyond[0].ravel(), np.stack([one.ravel() for one in beyond[1:]])
    # What each unit of it is taken for as long as it is not fitted.
    taken = np.linalg.pinv(moves @ moves.T, rcond=1e-12, hermitian=True) @ (moves @ own)
    rest = own - taken @ moves
    size = float(np.linalg.norm(rest))
    if size <= 1e-9 * float(np.linalg.norm(own)):
        return _Suspected(1.0, np.zeros(len(taken)))
    m, r = seen.span.shape
    scale = math.sqrt(float(np.trace(seen.scatter)) / (seen.n * (m - r)))
    amount = float(rest @ seen.inner.ravel()) / size**2
    most = amount + math.copysign(scale / size, amount)
    return _Suspected(2.0 * float(ndtr(-abs(amount) * size / scale)), -most * taken)


def _chance(scatter: Array, slow: Array, followed: int, n: int) -> float:
    """Return how often noise alone has so much of its variance in slow courses.

    Args:
        scatter: R Rᵀ of residuals, shape (m, m).
        slow: The courses, orthonormal, shape (m, q).
        followed: Courses that the fit follows.
        n: Directions of wavelength.
    """
    from scipy.special import fdtrc

    m, q = slow.shape
    independent = independent_wavelengths(scatter, m - followed, n)
    within = float(np.trace(slow.T @ scatter @ slow))
    rest = max(float(np.trace(scatter)) - within, 1e-300)
    ratio = within / q / (rest / (m - followed - q))
    return float(fdtrc(q * independent, (m - followed - q) * independent, ratio))


def _alike(course: Array, span: Array) -> float:
    """Return how often the neighbours of a random course, shape (m,), would be so alike."""
    from scipy.special import ndtr

    m, r = span.shape
    expected = -float(np.sum(span[1:] * span[:-1])) / (m - r)
    found = float(course[1:] @ course[:-1]) / max(float(course @ course), 1e-300)
    return float(ndtr(-(found - expected) * math.sqrt(m - r)))


def _of_amounts(found: Solution, seen: WhitenedFit) -> str:
    """Return whether offsets, factors or shifts of spectra follow a course instead of chance."""
    objective = found.objective
    if not isinstance(objective, Uneven) or not len(objective.precision):
        return ""
    _, amounts, _ = objective.parts(found.best.u)
    noise = found.noises[0]
    sizes = (noise.offset_sd, noise.factor_sd, noise.shift_sd)
    names = [name for name, size in zip(EFFECTS, sizes, strict=True) if size > 0]
    for name, amount in zip(names, amounts, strict=True):
        course = amount - seen.span @ (seen.span.T @ amount)
        smooth = _chance(np.outer(course, course), seen.slow, seen.span.shape[1], 1)
        if min(smooth, _alike(course, seen.span)) < LEVEL_OF_AMOUNTS:
            return (
                f"the {name}s of the spectra follow a course in time, which a random {name} has "
                f"not: the photometer drifts; {MEND}"
            )
    return ""


def _of_trace(found: Solution) -> str:
    """Return why the intervals of a trace cannot be believed; empty if they can."""
    residual, value = plain_residual(found)[:, 0], found.question.data[0]
    m = len(residual)
    scatter = float(residual @ residual)
    if m < 8 or scatter <= (ROUNDING * float(np.max(np.abs(value)))) ** 2 * m:
        return ""
    apart = float(residual[1:] @ residual[:-1]) / scatter
    if apart <= 3.3 / math.sqrt(m):
        return ""
    return (
        f"neighbouring residuals are correlated ({apart:+.2f}), so the scheme misses something or "
        f"the noise is not white; {MEND}"
    )
