"""What an array holds, in one word, whether its numbers ascend, products, and room for much."""

from __future__ import annotations

import math
from mmap import mmap
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from prenuc.errors import Problem

Array: TypeAlias = NDArray[np.float64]  # real numbers
Mask: TypeAlias = NDArray[np.bool_]  # which of them
Indices: TypeAlias = NDArray[np.int64]  # places, counted from 0

HUGE = 4 << 20  # bytes; from here on numpy asks for pages of 2 MiB, each cleared when touched

# Tiles that a product is formed in. Of eight rows and columns a library forms every row alike, and
# a tile is too small to be shared among its threads, which then spin at the cost of all others.
EDGE, INNER, COLUMNS = 8, 64, 512


def product(rows: Array, matrix: Array) -> Array:
    """Return a matrix product in which a row hangs on nothing but that row, to the last bit.

    Where rows are zero for long stretches of k, nothing is multiplied.

    Args:
        rows: Shape (m, k).
        matrix: Shape (k, n).
    """
    (m, k), n = rows.shape, matrix.shape[1]
    rows = np.concatenate((rows, np.zeros((-m % EDGE, k))))
    if n % EDGE:
        matrix = np.concatenate((matrix, np.zeros((k, -n % EDGE))), axis=1)
    whole = np.zeros((len(rows), matrix.shape[1]))
    for top in range(0, len(rows), EDGE):
        for inner in range(0, k, INNER):
            some = rows[top : top + EDGE, inner : inner + INNER]
            if not some.any():
                continue
            for left in range(0, n, COLUMNS):
                right = matrix[inner : inner + INNER, left : left + COLUMNS]
                whole[top : top + EDGE, left : left + COLUMNS] += some @ right
    return whole[:m, :n]


def room(shape: tuple[int, ...]) -> Array:
    """Return zeros, many of which will never be touched: those take neither time nor memory.

    Args:
        shape: Of the array.
    """
    size = math.prod(shape)
    if size * np.float64().itemsize < HUGE:
        return np.zeros(shape)
    return np.frombuffer(mmap(-1, size * np.float64().itemsize)).reshape(shape)


def falls(numbers: Array) -> list[int]:
    """Return the places whose number is not above the one before it; gaps (NaN) are none.

    Args:
        numbers: Shape (n,).
    """
    return [int(place) + 1 for place in np.flatnonzero(np.diff(numbers) <= 0)]


def unsorted(what: str, numbers: Array, mend: str) -> list[Problem]:
    """Return the problem that numbers do not ascend, as NaN does not, or nothing.

    Args:
        what: What they are, such as "times".
        numbers: Shape (n,).
        mend: How to mend it, as a clause without a full stop.
    """
    ascend = bool(np.isfinite(numbers).all()) and not falls(numbers)
    return [] if ascend else [Problem(f"the {what} do not ascend", mend)]
