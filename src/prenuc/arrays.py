"""What an array holds, in one word, whether its numbers ascend, and products row by row."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from prenuc.errors import Problem

Array: TypeAlias = NDArray[np.float64]  # real numbers
Mask: TypeAlias = NDArray[np.bool_]  # which of them
Indices: TypeAlias = NDArray[np.int64]  # places, counted from 0

ROWS = 8  # from so many on a library forms every row of a product in the same way


def product(rows: Array, matrix: Array) -> Array:
    """Return a matrix product in which a row hangs on nothing but that row, to the last bit.

    Args:
        rows: Shape (m, k).
        matrix: Shape (k, n).
    """
    m = len(rows)
    if 0 < m < ROWS:
        rows = np.concatenate((rows, np.repeat(rows[-1:], ROWS - m, axis=0)))
    whole: Array = rows @ matrix
    return whole[:m]


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
