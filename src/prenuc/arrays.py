"""What an array holds, in one word, whether its numbers ascend, and products row by row."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from prenuc.errors import Problem

Array: TypeAlias = NDArray[np.float64]  # real numbers
Mask: TypeAlias = NDArray[np.bool_]  # which of them
Indices: TypeAlias = NDArray[np.int64]  # places, counted from 0

LEAST = 8  # rows and columns from which on a library forms every row of a product alike


def product(rows: Array, matrix: Array) -> Array:
    """Return a matrix product in which a row hangs on nothing but that row, to the last bit.

    Args:
        rows: Shape (m, k).
        matrix: Shape (k, n).
    """
    m, n = len(rows), matrix.shape[1]
    if 0 < m < LEAST:
        rows = np.concatenate((rows, np.repeat(rows[-1:], LEAST - m, axis=0)))
    if 0 < n < LEAST:
        matrix = np.concatenate((matrix, np.repeat(matrix[:, -1:], LEAST - n, axis=1)), axis=1)
    whole: Array = rows @ matrix
    return whole[:m, :n]


def falls(numbers: Array) -> list[int]:
    """Return the places whose number is not above the one before it; gaps (NaN) are none.

    Args:
        numbers: Shape (n,).
    """
    return [int(place) + 1 for place in np.flatnonzero(np.diff(numbers) <= 0)]


def unsorted(what: str, numbers: Array, mend: str) -> list[Problem]:
    """Return the problem that numbers do not ascend, or nothing.

    Args:
        what: What they are, such as "times".
        numbers: Shape (n,).
        mend: How to mend it, as a clause without a full stop.
    """
    return [Problem(f"the {what} do not ascend", mend)] if falls(numbers) else []
