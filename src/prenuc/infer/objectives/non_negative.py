r"""The objective of a fit whose spectra may not be negative.

At each wavelength the best spectrum is found by non-negative least squares (Lawson and Hanson
1974, Solving Least Squares Problems, chapter 23). Wavelengths at which the same species are above
zero share one projection, so that, with P the pattern of those species,

.. math:: Q(θ) = \sum_P \mathrm{tr}\big((1 - C_P C_P^+)\, G_P\big)

has the exact gradient of the unconstrained form within each pattern (the multipliers of spectra at
zero do not enter: envelope theorem).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.infer.objectives.projection import Objective, Point, split

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.noise.estimate import Noise


FREE = (
    "spectra are not held above zero: readings differ in their noise or are missing, for which "
    "that is not worked out"
)


@final
@dataclass(frozen=True)
class NonNegative(Objective):
    """Weighted residual sum of squares with non-negative spectra.

    Args:
        data: Spectra, offsets removed, shape (m, n).
        sd: Standard deviation of one absorbance.
    """

    data: Array = field(default_factory=lambda: np.zeros((0, 0)))
    sd: float = 1.0

    def at(self, u: Array) -> Point:
        """Return value, gradient and curvature at u."""
        values, scale = self.kinetics.decode(u)
        shares, slopes = self.kinetics.concentrations(self.time, values)
        slopes = slopes * scale[:, None, None]
        above = non_negative_spectra(shares, self.data) > 0
        value, gradient, curvature = 0.0, np.zeros(len(u)), np.zeros((len(u), len(u)))
        patterns, which = np.unique(above, axis=1, return_inverse=True)
        for index, pattern in enumerate(patterns.T):
            y = self.data[:, which.ravel() == index] / self.sd
            if not np.any(pattern):
                value += float(np.sum(y**2))
                continue
            part = split(shares[:, pattern], slopes[:, :, pattern])
            spectra, rest = part.inverse @ y, part.beyond(y)
            value += float(np.vdot(rest, rest))
            gradient -= np.einsum("pma,ma->p", part.tangents, rest @ spectra.T)
            curvature += part.curvature(spectra)
        return Point(u, value, gradient, curvature)


def held_above_zero(
    objective: Objective,
    best: Point,
    noise: Noise,
    mean: Array,
    spectra: Array,
) -> NonNegative:
    """Return the objective with non-negative spectra, the offsets predicted and removed.

    Args:
        objective: The weighted objective.
        best: Its minimum.
        noise: The noise that weighs it.
        mean: Course of the rotated mean of the spectra, shape (m,).
        spectra: The spectra, shape (m, n).
    """
    rest = objective.splits(best.u)[0].beyond(mean[:, None])[:, 0]
    share = 1.0 - noise.variance[-1] / max(float(noise.variance[0]), float(noise.variance[-1]))
    data = spectra - (share * rest / np.sqrt(spectra.shape[1]))[:, None]
    found = NonNegative(
        objective.kinetics, objective.time, objective.blocks, objective.clock, data, noise.sd
    )
    # Offsets once predicted count as known: the spread of the parameters stays as it was.
    ratio = np.linalg.pinv(best.curvature) / np.linalg.pinv(found.at(best.u).curvature)
    wider = max(float(np.mean(np.diag(ratio))), 1.0)
    return replace(found, sd=noise.sd * math.sqrt(wider))


def non_negative_spectra(shares: Array, data: Array) -> Array:
    """Return the best non-negative spectra, shape (species, n).

    Args:
        shares: C, shape (m, species).
        data: Spectra, shape (m, n).
    """
    from scipy.optimize import nnls

    # With C = Q R the m rows of the data shrink to as many as there are species.
    thin, square = np.linalg.qr(shares)
    return np.stack([nnls(square, column)[0] for column in (thin.T @ data).T], axis=1)
