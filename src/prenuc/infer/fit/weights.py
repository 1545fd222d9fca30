"""What the noise makes of the data: blocks of weighted directions, of one data set or of many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.noise.estimate import Noise, brownian, estimate_noise, whitened_in_time
from prenuc.infer.objectives.projection import Block, condensed, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.stack import Stack

KNOWN = 0.1  # error of a known spectrum, in those of the quietest data set


def noise_of(stack: Stack, index: int, y: Array, u: Array, rho: float = 0.0) -> Noise:
    """Return the noise that one data set's residuals to spectra of its own show.

    Args:
        stack: The data sets.
        index: Which of them.
        y: Its rotated spectra, shape (m, n).
        u: The fitted parameters, shape (fitted,).
        rho: Correlation of neighbouring spectra.
    """
    member = stack.members[index]
    shares, slopes = member.columns(u, stack.shift)
    if member.background:
        shares = np.hstack((shares, np.ones((len(shares), 1))))
        slopes = np.concatenate((slopes, np.zeros((*slopes.shape[:2], 1))), axis=2)
    if not rho:
        parts = split(shares, slopes)
        return estimate_noise(y, member.time, parts.span, directions(parts.tangents))
    white = whitened_in_time(member.time, rho)
    parts = split(white @ shares, white @ slopes)
    found = estimate_noise(white @ y, member.time, parts.span, directions(parts.tangents))
    return replace(found, rho=rho)


def directions(tangents: Array) -> Array:
    """Return orthonormal columns that span the tangents, shape (m, p)."""
    m = tangents.shape[1]
    columns = np.moveaxis(tangents, 1, 0).reshape(m, -1)
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, size > 1e-6 * max(float(size[0]), 1e-300)]


def blocks_of_one(
    data: Array, noise: Noise, time: Array, bulk: Block | None = None
) -> tuple[Block, ...]:
    """Return one data set weighted by the inverse of its noise.

    Args:
        data: Rotated spectra, shape (m, n).
        noise: Its noise.
        time: Its times, shape (m,).
        bulk: All directions but the first, condensed, where that is known.
    """
    if noise.rho:
        white = whitened_in_time(time, noise.rho)
        blocks = blocks_of_one(white @ data, replace(noise, rho=0.0), time)
        return tuple(replace(b, whitener=b.seen(white)) for b in blocks)
    count = len(noise.drift)
    first = data[:, :1] / np.sqrt(noise.variance[0])
    if not count and not noise.correlated and bulk is not None:
        return (bulk.beside(first, noise.sd),)
    apart = max(count, 1)
    rest = data[:, apart:] / np.sqrt(noise.variance[apart:])
    if not count:
        return (condensed(np.hstack((first, rest))),)
    turned = [condensed(rest)] if rest.shape[1] else []
    modes, size, _ = np.linalg.svd(brownian(time), full_matrices=False)
    for y, drift in zip((data[:, :apart] @ noise.turn).T, noise.drift, strict=True):
        shrink = 1.0 - 1.0 / np.sqrt(1.0 + drift * size**2)
        whitener = np.eye(len(y)) - (modes * shrink) @ modes.T
        turned.append(Block((whitener @ y)[:, None], whitener))
    return tuple(turned)


def stacked_blocks(
    stack: Stack, data: Sequence[Array], known: Array, noises: Sequence[Noise]
) -> tuple[Stack, tuple[Block, ...]]:
    """Return the stack with its rows divided by the noise, and the weighted data.

    Slow directions along wavelength, in which offsets and drifts lie, are weighted one by one;
    all others together.

    Args:
        stack: The data sets, their rows not yet weighted.
        data: The rotated spectra of each, shape (m, n).
        known: The rotated known spectra, shape (rows, n).
        noises: The noise of each.
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
        uneven = any(noise.correlated for noise in noises)
        flat = np.sqrt(profile[apart : y.shape[1]]) if uneven else 1.0
        bulk.append(y[:, apart:] / size / flat)
    blocks = [_beside(bulk, shared=stack.shared)] if bulk[0].shape[1] else []
    blocks += [_direction(stack, data, known, noises, j) for j in range(apart)]
    return replace(stack, scale=scale), tuple(blocks)


def _mean(relative: Sequence[Array]) -> Array:
    """Return the mean profile of noise along wavelength, as long as the shortest."""
    n = min(len(one) for one in relative)
    found: Array = np.exp(np.mean([np.log(one[:n]) for one in relative], axis=0))
    return found


def _beside(bulk: Sequence[Array], *, shared: bool) -> Block:
    """Return the data below each other; beside each other where spectra are each set's own."""
    if shared:
        return condensed(np.vstack(bulk))
    from scipy.linalg import block_diag

    return Block(block_diag(*(condensed(y).rows for y in bulk)))


def _direction(
    stack: Stack, data: Sequence[Array], known: Array, noises: Sequence[Noise], j: int
) -> Block:
    """Return slow direction j of all data sets, whitened in time and divided by its noise."""
    from scipy.linalg import block_diag

    whiteners, seen, way = [], [], np.eye(1)[0]
    for member, y, noise in zip(stack.members, data, noises, strict=True):
        way, size, drift = _way(noise, j)
        modes, value, _ = np.linalg.svd(brownian(member.time), full_matrices=False)
        shrink = 1.0 - 1.0 / np.sqrt(1.0 + drift * value**2)
        white = (np.eye(len(y)) - (modes * shrink) @ modes.T) / size
        seen.append(white @ (y[:, : len(way)] @ way))
        whiteners.append(noise.sd * white)
    least = KNOWN * min(noise.sd for noise in noises)
    seen.append(known[:, : len(way)] @ way / least)
    whitener = block_diag(*whiteners, np.eye(len(known)))
    return Block(np.concatenate(seen)[:, None], whitener)


def _way(noise: Noise, j: int) -> tuple[Array, float, float]:
    """Return slow direction j along the cosines, its white noise, and its drift relative to it."""
    if j >= len(noise.drift):
        return np.eye(j + 1)[j], float(np.sqrt(noise.variance[j])), 0.0
    length = float(np.linalg.norm(noise.turn[:, j]))
    return noise.turn[:, j] / length, 1.0 / length, float(noise.drift[j])
