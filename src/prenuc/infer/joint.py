"""The fit of a stack of data sets: starts from each alone, noise of each, weights for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.matrix import directions
from prenuc.infer.noise import Noise, brownian, estimate_noise
from prenuc.infer.profiles import Clock
from prenuc.infer.projection import Block, Objective, Point, split
from prenuc.infer.starts import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.infer.stack import Stack

    Array = NDArray[np.float64]

ROUNDS = 5  # of noise and parameters in turn
STEADY = 1e-2  # a change of this many standard errors ends them
KNOWN = 0.1  # error of a known spectrum, in those of the quietest data set


@dataclass(frozen=True)
class Joint:
    """The answer of a joint fit.

    Args:
        stack: The data sets, each weighted with its noise.
        objective: The weighted objective.
        best: Its minimum.
        noises: The noise of each data set.
    """

    stack: Stack
    objective: Objective
    best: Point
    noises: tuple[Noise, ...]

    @property
    def noise(self) -> Noise:
        """What the noises of all data sets amount to, in units of each data set's own."""
        n = min(len(one.variance) for one in self.noises)
        correlated = any(one.correlated for one in self.noises)
        return Noise(np.ones(n), sd=1.0, correlated=correlated)


def solve(stack: Stack, data: Sequence[Array], known: Array, start: Mapping[str, float]) -> Joint:
    """Return the best fit of a stack.

    Args:
        stack: The data sets, their rows not yet weighted.
        data: The rotated spectra of each, shape (m, n) (:func:`prenuc.infer.noise.rotate`).
        known: The rotated known spectra, shape (rows, n).
        start: Starting values, by name.
    """
    singles = [_alone(stack, index, y) for index, y in enumerate(data)]
    noises = [noise for _, noise in singles]
    stack, blocks = _weighted(stack, data, known, noises)
    objective = Objective(stack, stack.members[0].time, blocks, Clock(1.0, 1.0))
    first = _first(stack, [point for point, _ in singles], start)
    ends = [objective.minimise(u) for u in _beside(stack, first, start)]
    best = min(ends, key=lambda point: point.value)
    for _ in range(ROUNDS):
        before = best
        noises = [_noise(stack, index, y, best.u) for index, y in enumerate(data)]
        stack, blocks = _weighted(stack, data, known, noises)
        objective = replace(objective, kinetics=stack, blocks=blocks)
        best = objective.minimise(best.u)
        move = best.u - before.u
        if float(move @ best.curvature @ move) < STEADY**2:
            break
    return Joint(stack, objective, best, tuple(noises))


def _alone(stack: Stack, index: int, y: Array) -> tuple[Point, Noise]:
    """Return the fit of one data set alone, on the scale of its kinetics, and its noise."""
    single = stack.alone(index)
    time = single.members[0].time
    objective = Objective(single, time, [Block(y @ y.T)], Clock.of(time))
    best, _ = find(objective, single.members[0].kinetics, objective.variables, {})
    return best, _noise(single, 0, y, best.u)


def _first(stack: Stack, points: Sequence[Point], start: Mapping[str, float]) -> Array:
    """Return the parameters nearest to those of the data sets alone, and the start as given."""
    wanted, rows = [], []
    for member, point in zip(stack.members, points, strict=True):
        values = member.kinetics.decode(point.u)[0]
        u = np.where(member.exponent, np.log(np.maximum(values, 1e-300)), values)
        free = np.any(member.matrix != 0, axis=1)
        wanted.append((u - member.origin)[free])
        rows.append(member.matrix[free])
    low, high = np.array([variable.bounds for variable in stack.fitted]).T
    found = np.linalg.lstsq(np.vstack(rows), np.concatenate(wanted), rcond=None)[0]
    for i, variable in enumerate(stack.fitted):
        if variable.name in start:
            value = start[variable.name]
            found[i] = np.log(value) if variable.logarithmic else value
    return np.clip(found, low, high)


def _beside(stack: Stack, first: Array, start: Mapping[str, float]) -> list[Array]:
    """Return the first start and, where a band shifts, those with rates halved and doubled.

    The powers of the share grown hold exp(−2kt), exp(−3kt), …, so that a multiple of k fits
    nearly as well and is a minimum of its own.
    """
    if not stack.shift:
        return [first]
    rates = [v.name.startswith("k") and v.name not in start for v in stack.fitted]
    return [first + move * np.array(rates) for move in (0.0, -np.log(2.0), np.log(2.0))]


def _noise(stack: Stack, index: int, y: Array, u: Array) -> Noise:
    """Return the noise that one data set's residuals to spectra of its own show."""
    member = stack.members[index]
    shares, slopes = member.columns(u, stack.shift)
    if member.background:
        shares = np.hstack((shares, np.ones((len(shares), 1))))
        slopes = np.concatenate((slopes, np.zeros((*slopes.shape[:2], 1))), axis=2)
    parts = split(shares, slopes)
    return estimate_noise(y, member.time, parts.span, directions(parts.tangents))


def _weighted(
    stack: Stack, data: Sequence[Array], known: Array, noises: Sequence[Noise]
) -> tuple[Stack, list[Block]]:
    """Return the stack with its rows divided by the noise, and the weighted data.

    Slow directions along wavelength, in which offsets and drifts lie, are weighted one by one;
    all others together.
    """
    sd = np.array([noise.sd for noise in noises])
    scale = np.concatenate([np.full(len(y), s) for y, s in zip(data, sd, strict=True)])
    scale = np.append(scale, np.full(len(known), KNOWN * float(sd.min())))
    apart = max(max(len(noise.drift), 1) for noise in noises)
    whole = [*data, known] if len(known) else list(data)
    sizes = [*sd, KNOWN * float(sd.min())]
    relative = [noise.variance / noise.sd**2 for noise in noises]
    bulk = []
    for i, (y, size) in enumerate(zip(whole, sizes, strict=False)):
        profile = relative[i] if i < len(relative) and not stack.shared else _mean(relative)
        flat = np.sqrt(profile[apart : y.shape[1]]) if _uneven(noises) else 1.0
        bulk.append(y[:, apart:] / size / flat)
    blocks = [Block(_gram(bulk, shared=stack.shared))]
    for j in range(apart):
        whitener = _whitener(stack, noises, j, len(known))
        z = whitener @ (np.concatenate([y[:, j] for y in whole]) / scale)
        blocks.append(Block(np.outer(z, z), whitener))
    return replace(stack, scale=scale), blocks


def _uneven(noises: Sequence[Noise]) -> bool:
    return any(noise.correlated for noise in noises)


def _mean(relative: Sequence[Array]) -> Array:
    """Return the mean profile of noise along wavelength, as long as the shortest."""
    n = min(len(one) for one in relative)
    found: Array = np.exp(np.mean([np.log(one[:n]) for one in relative], axis=0))
    return found


def _gram(bulk: Sequence[Array], *, shared: bool) -> Array:
    """Return the scatter matrix; between data sets with spectra of their own it is not needed."""
    if shared:
        rows = np.vstack(bulk)
        return rows @ rows.T
    from scipy.linalg import block_diag

    found: Array = block_diag(*(y @ y.T for y in bulk))
    return found


def _whitener(stack: Stack, noises: Sequence[Noise], j: int, rest: int) -> Array:
    """Return what whitens direction j of all data sets in time, already divided by their noise."""
    from scipy.linalg import block_diag

    blocks = []
    for member, noise in zip(stack.members, noises, strict=True):
        m, count = len(member.time), len(noise.drift)
        white, drift = float(noise.variance[j]), 0.0
        if j < count:
            back = np.linalg.inv(noise.turn)[:, j] ** 2
            white, drift = float(back.sum()), float(noise.drift @ back)
        modes, size, _ = np.linalg.svd(brownian(member.time), full_matrices=False)
        shrink = 1.0 - 1.0 / np.sqrt(1.0 + drift / white * size**2)
        inner = np.eye(m) - (modes * shrink) @ modes.T
        blocks.append(inner * (noise.sd / np.sqrt(white)))
    found: Array = block_diag(*blocks, np.eye(rest))
    return found
