r"""The drift of the baseline that several data sets with the same spectra have in common.

Where spectra are shared, a direction of wavelength space must be the same in all data sets. So the
slow cosines (:mod:`prenuc.infer.noise.estimate`) are turned once for all, to the principal shapes
of what drifts in the residuals of the joint fit. In each shape data set i has the covariance over
its times

.. math:: \mathrm{cov}(y_i) = w_i (I + d_i F_i F_i^T)

with F the courses of Brownian motion. The d are those of restricted maximum likelihood, all data
sets together: with G = Fᵀ P F and a = Fᵀ P y, P what takes out the columns of the fit and the moves
of its parameters, the courses are û = C a with C = (D⁻¹ + G)⁻¹, and

.. math:: d_i ← \frac{|û_i|^2}{q_i - \mathrm{tr}\, C_{ii} / d_i}

for q courses (MacKay 1992, Neural Comput. 4, 415). A joint fit takes far less of a drift with it
than the fit of each data set with spectra of its own, which is why it is asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.noise.estimate import FEWEST_WAVELENGTHS, SLOW, Noise, brownian
from prenuc.infer.objectives.projection import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.stack import Stack

CHANCE = 1e-3  # of seeing a drift where there is none, in each shape
STEPS = 25  # towards the most likely drifts
FIRST, LEAST = 1.0, 1e-6  # drift relative to white noise: the first guess; none


def common_drift(
    stack: Stack, data: Sequence[Array], known: Array, noises: Sequence[Noise], u: Array
) -> list[Noise]:
    """Return the noises with drifts in shapes that all data sets share.

    Args:
        stack: The data sets.
        data: The rotated spectra of each, shape (m, n).
        known: The rotated known spectra, shape (rows, n).
        noises: The noise of each, found alone.
        u: The fitted parameters, shape (fitted,).
    """
    n = data[0].shape[1]
    if not stack.shared or n < FEWEST_WAVELENGTHS or len(data) == 1:
        return list(noises)
    slow = min(SLOW, n // 2)
    profile = np.mean([noise.variance[:slow] / noise.sd**2 for noise in noises], axis=0)
    seen = _Seen(stack, [*data, known], noises, u)
    shapes = _shapes(seen, 1.0 / np.sqrt(profile))
    found = [seen.drifts(shape) for shape in shapes.T]
    if not any(np.any(drift > 0) for drift in found):
        return [replace(one, drift=np.zeros(0), turn=np.zeros((0, 0))) for one in noises]
    drifts = np.array(found).T
    return [
        replace(noise, drift=drift, turn=shapes / np.sqrt(shapes.T**2 @ noise.variance[:slow]))
        for noise, drift in zip(noises, drifts, strict=True)
    ]


def _shapes(seen: _Seen, scale: Array) -> Array:
    """Return the principal shapes of what drifts, along the slow cosines, shape (s, s)."""
    smooth = np.column_stack([seen.smooth(one)[0] for one in np.diag(scale)])
    turn = np.linalg.eigh(smooth.T @ smooth)[1][:, ::-1]
    found: Array = scale[:, None] * turn
    return found


class _Seen:
    """What the joint fit leaves of the data, direction by direction.

    Args:
        stack: The data sets.
        whole: The rotated spectra of each, and the known ones.
        noises: The noise of each.
        u: The fitted parameters, shape (fitted,).
    """

    def __init__(
        self, stack: Stack, whole: Sequence[Array], noises: Sequence[Noise], u: Array
    ) -> None:
        from scipy.linalg import block_diag

        self.whole, self.noises = whole, noises
        self.rows = np.repeat(np.arange(len(whole)), [len(one) for one in whole])
        values, scale = stack.decode(u)
        plain = replace(stack, scale=np.ones(len(self.rows)))
        self.columns, slopes = plain.concentrations(np.zeros(0), values)
        self.slopes = slopes * scale[:, None, None]
        courses = [brownian(member.time) for member in stack.members]
        self.sets = np.repeat(np.arange(len(courses)), [one.shape[1] for one in courses])
        self.courses = block_diag(*courses, np.zeros((len(whole[-1]), 0)))

    def smooth(self, way: Array) -> tuple[Array, Array]:
        """Return a = Fᵀ P y of one direction, shape (q,), and G = Fᵀ P F, shape (q, q).

        Args:
            way: The direction along the slow cosines, shape (s,).
        """
        sizes = [np.sqrt(float(way**2 @ one.variance[: len(way)])) for one in self.noises]
        size = np.array([*sizes, min(sizes)])[self.rows]
        y = np.concatenate([one[:, : len(way)] @ way for one in self.whole]) / size
        part = split(self.columns / size[:, None], self.slopes / size[:, None])
        moves = part.tangents @ (part.inverse @ y)
        model = np.linalg.svd(moves.T, full_matrices=False)[0]
        model = np.hstack((part.span, model))
        seen = model.T @ self.courses
        return self.courses.T @ y - seen.T @ (model.T @ y), self.courses.T @ self.courses - (
            seen.T @ seen
        )

    def drifts(self, way: Array) -> Array:
        """Return the drift of each data set in one direction, shape (sets,); zeros if none."""
        from scipy.special import chdtri

        smooth, gram = self.smooth(way)
        count = np.bincount(self.sets)
        drift = np.full(len(count), FIRST)
        for _ in range(STEPS):
            each = drift[self.sets]
            spread = np.linalg.inv(np.diag(1.0 / each) + gram)
            found = spread @ smooth
            free = count - np.bincount(self.sets, np.diag(spread)) / drift
            drift = np.bincount(self.sets, found**2) / np.maximum(free, LEAST)
            drift = np.maximum(drift, LEAST)
        root = np.sqrt(drift[self.sets])
        inner = np.eye(len(root)) + root[:, None] * gram * root
        gain = root * smooth
        rise = float(gain @ np.linalg.solve(inner, gain)) - float(np.linalg.slogdet(inner)[1])
        if rise < float(chdtri(len(count), CHANCE)):
            return np.zeros(len(count))
        return np.where(drift > LEAST, drift, 0.0)
