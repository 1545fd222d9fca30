"""Rate constants and noise of one wavelength × time matrix, estimated in turn.

The spectra are eliminated (:mod:`prenuc.infer.projection`), the noise is estimated from what is
left (:mod:`prenuc.infer.noise`), and the data are weighted with it, until both stand still:
iterated generalised least squares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.kinetics import Network
from prenuc.infer.noise import Noise, brownian, estimate_noise, rotate
from prenuc.infer.non_negative import NonNegative, non_negative_spectra
from prenuc.infer.profiles import Clock
from prenuc.infer.projection import Block, Objective, Point, split
from prenuc.infer.starts import find, ordered, permutable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prenuc.infer.profiles import AbstractKinetics
    from prenuc.observe.series import SpectrumSeries

ROUNDS = 6  # of noise and rate constants in turn
STEADY = 1e-3  # a change of this many standard errors ends them


@dataclass(frozen=True)
class Solution:
    """The best fit and the noise that weighs it.

    Args:
        objective: The weighted objective.
        best: Its minimum.
        noise: The noise found.
        said: What there is to say about the search.
    """

    objective: Objective
    best: Point
    noise: Noise
    said: tuple[str, ...] = ()

    def spectra(
        self, shares: NDArray[np.float64], data: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the spectra of the species, shape (species, n), for their shares (m, species)."""
        if isinstance(self.objective, NonNegative):
            return non_negative_spectra(shares, self.objective.data)
        found: NDArray[np.float64] = np.linalg.pinv(shares, rcond=1e-10) @ data
        return found


class Matrix:
    """The data in rotated directions, and what the noise makes of them.

    Args:
        series: The spectra.
        kinetics: The scheme.
    """

    def __init__(self, series: SpectrumSeries, kinetics: AbstractKinetics) -> None:
        self.series, self.kinetics, self.time = series, kinetics, series.time
        if isinstance(kinetics, Network) and all(step.count == 1 for step in kinetics.steps):
            # Sums of exponentials span the same curves from any origin.
            self.time = self.time - max(float(self.time[0]), 0.0)
        self.clock = Clock.of(self.time, series.time_unit)
        # A constant spectrum lies within C S: without the mean, less is lost to rounding.
        level = series.absorbance.mean(axis=0) if kinetics.closed else 0.0
        self.data = rotate(series.absorbance - level)
        self.gram = self.data @ self.data.T

    def solve(self, start: Mapping[str, float], *, non_negative: bool = False) -> Solution:
        """Return the best fit.

        Args:
            start: Starting values by name; none are needed.
            non_negative: Whether spectra are held at zero or above.
        """
        objective = self.weighted([Block(self.gram)])
        best, said = find(objective, self.kinetics, objective.variables, start)
        for _ in range(ROUNDS):
            before = best
            noise = self.noise(before)
            objective = self.weighted(self.blocks(noise))
            best = objective.minimise(best.u)
            move = best.u - before.u
            if float(move @ best.curvature @ move) < STEADY**2:
                break
        if permutable(self.kinetics) and not start:
            best = ordered(objective, best, start, objective.variables)
        if non_negative:
            objective = self.held(objective, best, noise)
            best = objective.minimise(best.u)
        return Solution(objective, best, noise, tuple(said))

    def weighted(self, blocks: list[Block]) -> Objective:
        """Return the objective of weighted data."""
        return Objective(self.kinetics, self.time, blocks, self.clock)

    def noise(self, point: Point) -> Noise:
        """Return the noise that the residuals at a point show."""
        values, scale = self.kinetics.decode(point.u)
        shares, slopes = self.kinetics.concentrations(self.time, values)
        parts = split(shares, slopes * scale[:, None, None])
        return estimate_noise(self.data, self.time, parts.span, directions(parts.tangents))

    def held(self, objective: Objective, best: Point, noise: Noise) -> NonNegative:
        """Return the objective with non-negative spectra, the offsets predicted and removed."""
        rest = self.data[:, 0] - objective.splits(best.u)[0].span @ (
            objective.splits(best.u)[0].span.T @ self.data[:, 0]
        )
        share = 1.0 - noise.variance[-1] / max(float(noise.variance[0]), float(noise.variance[-1]))
        offset = share * rest / np.sqrt(self.data.shape[1])
        data = self.series.absorbance - offset[:, None]
        found = NonNegative(self.kinetics, self.time, objective.blocks, self.clock, data, noise.sd)
        # Offsets once predicted count as known: the spread of the parameters stays as it was.
        ratio = np.linalg.pinv(best.curvature) / np.linalg.pinv(found.at(best.u).curvature)
        wider = max(float(np.mean(np.diag(ratio))), 1.0)
        return replace(found, sd=noise.sd * math.sqrt(wider))

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


def directions(tangents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return orthonormal columns that span the tangents, shape (m, p)."""
    m = tangents.shape[1]
    columns = np.moveaxis(tangents, 1, 0).reshape(m, -1)
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, size > 1e-6 * max(float(size[0]), 1e-300)]
