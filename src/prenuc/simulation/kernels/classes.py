"""A population as the arrays that the engine reads; ``native/classes.hpp`` has its equations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ClassArrays(NamedTuple):
    """A population as arrays, N classes; N = 0 for a mechanism without dots.

    Args:
        units: n, shape (N,).
        alpha: α of every class, shape (N,).
        below: α of one unit less, shape (N,).
        edge: n^(2/3) − (n−1)^(2/3), shape (N,).
        capillarity: Γ in K.
        first: Index of the first channel among the reactions.
        detaching: Index of the first channel of detachment.
        sources: Reactions that make nuclei, shape (sources,).
        group: Which kind of nucleus each makes, shape (sources,).
        lower: Class of each kind of nucleus, shape (groups,).
        share: Dots per reaction in that class and in the next one, shape (groups, 2).
    """

    units: NDArray[np.float64]
    alpha: NDArray[np.float64]
    below: NDArray[np.float64]
    edge: NDArray[np.float64]
    capillarity: float
    first: int
    detaching: int
    sources: NDArray[np.int64]
    group: NDArray[np.int64]
    lower: NDArray[np.int64]
    share: NDArray[np.float64]
