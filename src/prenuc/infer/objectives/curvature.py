"""What the curvature of an objective fixes: its rank, its inverse, and what trades places.

Curvatures are scaled by their diagonal, so that units do not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.arrays import Array

LOST = 1e-9  # curvature, relative, below which the scheme does not fix a direction


def _scaled(curvature: Array) -> tuple[Array, ...]:
    scale = np.sqrt(np.maximum(np.diag(curvature), 1e-300))
    value, vector = np.linalg.eigh(curvature / np.outer(scale, scale))
    return scale, value, vector


def rank_of(curvature: Array) -> int:
    """Return how many directions of the rate constants change the fit at all."""
    _, value, _ = _scaled(curvature)
    return int(np.sum(value > LOST))


def fixed_by(curvature: Array) -> NDArray[np.bool_]:
    """Return which rate constants the curvature fixes, shape (rates,)."""
    _, value, vector = _scaled(curvature)
    fixed: NDArray[np.bool_] = np.all(np.abs(vector[:, value <= LOST]) < 1e-4, axis=1)
    return fixed


def traded_by(curvature: Array, names: list[str]) -> list[tuple[str, ...]]:
    """Return the parameters of each direction that the curvature does not fix."""
    _, value, vector = _scaled(curvature)
    moved = np.abs(vector[:, value <= LOST]) >= 1e-4
    groups = {tuple(n for n, on in zip(names, column, strict=True) if on) for column in moved.T}
    return sorted(group for group in groups if len(group) > 1)


def inverse_of(curvature: Array) -> Array:
    """Return the inverse of the curvature within the directions that it fixes."""
    scale, value, vector = _scaled(curvature)
    kept = value > 1e-14
    inner: Array = vector[:, kept] / value[kept] @ vector[:, kept].T
    return inner / np.outer(scale, scale)
