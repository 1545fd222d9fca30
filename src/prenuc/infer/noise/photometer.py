r"""What a photometer does: noise that grows with the signal, spectra that vary as wholes.

.. math:: \mathrm{var}\, e = σ^2 + \Big(\frac{τ\,10^{A}}{\ln 10}\Big)^2 + (ρ A)^2

======= ====================================================== ================
symbol  meaning                                                unit
======= ====================================================== ================
σ       noise that is the same at every absorbance             absorbance
τ       noise of the transmitted light                         1 (of full light)
ρ       relative noise                                         1
A       the absorbance of the fit                              1
======= ====================================================== ================

Each spectrum may have an offset, a factor (path, dilution, lamp) and a shift of its wavelengths,
all random with variances of their own. A part is used only where the residuals support it.

Light, not absorbance, is what carries symmetric noise, so that readings of little light are biased;
where noise of the light is found, the readings are taken along the light,
:math:`A + (10^{-A} - T) / (10^{-A} \ln 10)` for a reading T of the light (the working response of a
generalised linear model: McCullagh and Nelder 1989, section 2.5), and those that the noise could
turn dark are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.noise.estimate import Noise, is_correlated, rotate
from prenuc.infer.noise.readout_steps import along_the_score, noise_beside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array

LN10 = math.log(10.0)
GAIN = 15.0  # twice the log likelihood that noise growing with the signal must gain
FOUND = 1e-4  # chance that white noise shows a factor or a shift
OFFSET = 0.02  # the same for an offset, which costs little
DARK = 4.0  # readings of less light than so many standard deviations of it are left out
MOST_DARK = 0.5  # of all readings
BRIGHT = 10.0  # light in its noise, from which on the size of the noise is learned
OUTLYING = 6.0  # standard deviations at which a reading tells no more of the size of the noise
ROUNDS = 12  # of reweighting
RISING = ((0, 1), (0, 2), (0, 1, 2))  # which of the three parts of a variance are tried
DENSEST = 8.0  # larger numbers are no absorbance
ENOUGH = 10_000  # readings from which the size of the noise is learned
LEAST = 1e-300  # variance of amounts that a spectrum cannot have
RISES = 2.0  # standard errors by which noise must grow with the absorbance to be asked further
BINS = 40  # along the absorbance, in which the size of the noise is learned
EFFECTS = ("offset", "factor", "shift")


@dataclass(frozen=True)
class Readout:
    """Noise of readings and of whole spectra.

    Args:
        constant: σ², absorbance².
        light: τ², of full light.
        relative: ρ².
        amounts: Variance of the offset (absorbance²), factor (1) or shift (nm²) of one spectrum,
            of those that were found.
        step: In which readings are printed, where it is no smaller than their noise.
    """

    constant: float
    light: float = 0.0
    relative: float = 0.0
    amounts: Mapping[str, float] = field(default_factory=dict)
    step: float = 0.0

    @property
    def is_even(self) -> bool:
        """Whether all readings are alike and no spectrum has a factor or a shift."""
        even = self.light == 0 and self.relative == 0 and self.step == 0
        return even and not {*self.amounts} - {"offset"}

    def variance(self, fit: Array) -> Array:
        """Return the variance of readings whose true absorbance is ``fit``."""
        found: Array = np.full(fit.shape, self.constant)
        if self.light > 0:
            found += self.light * np.exp(2.0 * LN10 * np.clip(fit, -1.0, 8.0)) / LN10**2
        if self.relative > 0:
            found += self.relative * fit**2
        return found

    def response(self, data: Array, fit: Array) -> tuple[Array, Array]:
        """Return readings along the light and their weights; zero where there is no reading.

        Args:
            data: Readings, shape (m, n); NaN where there is none.
            fit: The fit, shape (m, n).
        """
        seen = np.isfinite(data)
        if self.step:
            there = np.where(seen, data, fit)
            response, weight = along_the_score(there, fit, self.constant, self.step)
            return response, np.where(seen, weight, 0.0)
        weight = np.where(seen, 1.0 / self.variance(fit), 0.0)
        if self.light == 0:
            return np.where(seen, data, fit), weight
        light = np.exp(-LN10 * np.clip(fit, -1.0, 8.0))
        read = np.exp(-LN10 * np.clip(np.where(seen, data, fit), -1.0, 20.0))
        weight[light < DARK * math.sqrt(self.light)] = 0.0
        return fit + (light - read) / (light * LN10), weight


def fields_of(fit: Array, wavelength: Array) -> Array:
    """Return what an offset, a factor and a shift do to each spectrum, shape (3, m, n)."""
    return np.stack((np.ones_like(fit), fit, np.gradient(fit, wavelength, axis=1)))


def estimate(
    data: Array, fit: Array, wavelength: Array, followed: int, noise: Noise, start: Readout
) -> Readout:
    """Return the noise that the residuals of a fit support.

    Args:
        data: Readings, shape (m, n); NaN where there is none.
        fit: The fit, shape (m, n).
        wavelength: Shape (n,).
        followed: Courses in time that the fit follows.
        noise: What noise even readings would have.
        start: The noise of the round before.
    """
    m = len(data)
    response, weight = start.response(data, fit)
    fields = fields_of(fit, wavelength)
    rest = np.where(weight > 0, response - fit, 0.0)
    amount, spread, inverse = _amounts(rest, weight, fields)
    rough = rest.copy()
    for one, course in zip(fields, amount, strict=True):
        rough -= course[:, None] * one
    seen = float(np.sum(weight > 0)) / data.shape[1]  # spectra, at one wavelength
    free = seen / max(seen - followed, 1.0)
    if noise.correlated and is_correlated(rotate(rough * np.sqrt(weight)), m - followed):
        spread = np.stack([_spread(one, noise) for one in _levers(inverse, weight, fields)])
    found = {}
    for k, name in enumerate(EFFECTS):
        if _supported(name, amount[k], spread[k], m - followed):
            excess = free * float(np.mean(amount[k] ** 2)) - float(np.mean(spread[k]))
            found[name] = max(excess, 1e-3 * float(np.mean(spread[k])))
    if start.step:
        scatter = free * float(np.mean((data - fit)[weight > 0] ** 2))
        return Readout(noise_beside(start.step, scatter), amounts=found, step=start.step)
    rising = RISING if float(np.max(np.abs(fit))) < DENSEST else ((0, 2),)
    constant, light, relative = _growth(rough, weight, fit, free, start, rising)
    return Readout(constant, light, relative, found)


def _amounts(rest: Array, weight: Array, fields: Array) -> tuple[Array, Array, Array]:
    """Return offset, factor and shift of each spectrum, (3, m), their variance and covariance."""
    weighted, count = fields * weight, len(fields)
    inner = np.empty((fields.shape[1], count, count))
    for k, row in enumerate(weighted):
        for j in range(k + 1):
            inner[:, k, j] = inner[:, j, k] = np.einsum("ij,ij->i", row, fields[j])
    own = np.einsum("ikk->ik", inner)
    scale = np.sqrt(np.where(own > LEAST, own, 1.0))
    inner = inner / scale[:, :, None] / scale[:, None, :]
    inverse = np.linalg.pinv(inner, rcond=1e-8, hermitian=True) / scale[:, :, None]
    inverse = inverse / scale[:, None, :]
    seen = np.stack([np.einsum("ij,ij->i", row, rest) for row in weighted])
    amount = np.einsum("ikl,li->ki", inverse, seen)
    return amount, np.einsum("ikk->ki", inverse), inverse


def _levers(inverse: Array, weight: Array, fields: Array) -> Array:
    """Return what multiplies residuals to give the amounts, shape (3, m, n)."""
    found: Array = np.einsum("ikl,lij->kij", inverse, fields * weight, optimize=True)
    return found


def _spread(lever: Array, noise: Noise) -> Array:
    """Return the variance of a weighted sum of readings whose noise is correlated, shape (m,)."""
    found: Array = rotate(lever) ** 2 @ noise.variance
    return found


def _supported(name: str, amount: Array, spread: Array, freedom: int) -> bool:
    """Return whether amounts scatter beyond what the noise of readings gives."""
    from scipy.special import chdtrc

    seen = spread > LEAST
    if not np.all(np.isfinite(amount)) or not np.any(seen):
        return False
    chance = float(chdtrc(freedom, float(np.sum(amount[seen] ** 2 / spread[seen]))))
    return chance < (OFFSET if name == "offset" else FOUND)


def _growth(
    rough: Array,
    weight: Array,
    fit: Array,
    free: float,
    start: Readout,
    rising: tuple[tuple[int, ...], ...],
) -> tuple[float, float, float]:
    """Return σ², τ² and ρ² of readings; the last two are zero unless the residuals support them."""
    told = weight > 0
    if start.light > 0:
        told &= fit < -math.log10(BRIGHT * math.sqrt(start.light))
    elif fit.max() >= 2.0 and np.median(fit) < 1.0:
        told &= fit < 2.0
    n, each = rough.shape[1], max(told.size // ENOUGH, 1)
    told, rough, fit = told.ravel()[::each], rough.ravel()[::each], fit.ravel()[::each]
    if np.sum(told) < 4 * BINS:
        return start.constant, start.light, start.relative
    squares = rough[told] ** 2 * free * n / max(n - len(EFFECTS), 1)
    squares, absorbance, count = _binned(squares, fit[told])
    grown = np.exp(2.0 * LN10 * np.clip(absorbance, -1.0, DENSEST)) / LN10**2
    shapes = np.stack((np.ones(BINS), grown, absorbance**2))
    even = float(np.mean(squares))
    way = absorbance - absorbance.mean()
    slope = float(way @ (squares / even - 1.0)) / max(float(np.linalg.norm(way)), LEAST)
    if slope * math.sqrt(count / 2.0) < RISES:
        return even, 0.0, 0.0
    best, gain = (even, 0.0, 0.0), 0.0
    for used in rising:
        parts, more = _likely(squares, shapes[list(used)], even, count)
        if more > gain + (GAIN if len(used) == 2 else GAIN / 2.0):
            full = dict(zip(used, parts, strict=True))
            best, gain = (full.get(0, 0.0), full.get(1, 0.0), full.get(2, 0.0)), more
    darkest = -math.log10(BRIGHT * math.sqrt(max(best[1], LEAST)))
    # Noise in which most readings would drown is a misfit, not a photometer's.
    return best if np.mean(fit > darkest) < MOST_DARK else (even, 0.0, 0.0)


def _binned(squares: Array, fit: Array) -> tuple[Array, Array, float]:
    """Return mean squares and absorbances of equal bins along the absorbance, and their size.

    Single readings far out in their bin are held back, so that spikes do not make noise.
    """
    order = np.argsort(fit, kind="stable")
    size = len(order) // BINS
    order = order[: size * BINS].reshape(BINS, size)
    within = squares[order]
    most = OUTLYING**2 * 2.2 * np.median(within, axis=1, keepdims=True)
    held = np.where(most > 0, np.minimum(within, most), within)
    return held.mean(axis=1), fit[order].mean(axis=1), float(size)


def _likely(squares: Array, shapes: Array, even: float, count: float) -> tuple[Array, float]:
    """Return the parts of a variance, and twice the log likelihood gained over an even one."""
    from scipy.optimize import nnls

    variance = np.full(squares.size, even)
    parts = np.array([even, *np.zeros(len(shapes) - 1)])
    for _ in range(ROUNDS):
        rows = shapes / variance
        size = np.linalg.norm(rows, axis=1)
        parts = nnls((rows / size[:, None]).T, squares / variance)[0] / size
        variance = np.maximum(parts @ shapes, 1e-12 * even)
    gain = np.log(even / variance) + squares / even - squares / variance
    return parts, count * float(np.sum(gain))


def read_out_noise(readout: Readout, fit: Array) -> Noise:
    """Return the noise in the words of all fits.

    Args:
        readout: The noise found.
        fit: The fit, shape (m, n).
    """
    variance, amounts = readout.variance(fit), readout.amounts
    return Noise(
        np.median(variance, axis=0),
        sd=math.sqrt(float(np.median(variance))),
        offset_sd=math.sqrt(amounts.get("offset", 0.0)),
        light_sd=math.sqrt(readout.light),
        relative_sd=math.sqrt(readout.relative),
        factor_sd=math.sqrt(amounts.get("factor", 0.0)),
        shift_sd=math.sqrt(amounts.get("shift", 0.0)),
        step=readout.step,
    )
