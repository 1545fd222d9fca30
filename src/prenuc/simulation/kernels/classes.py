"""A population as the arrays that the engine reads; ``native/classes.hpp`` has its equations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ClassArrays(NamedTuple):
    """Populations as arrays: N classes of L ladders, G groups of channels that grow alike.

    N = L = 0 for a mechanism without dots. Classes of all ladders lie side by side: class i of
    ladder l is i L + l of what a vessel holds.

    Args:
        units: n, shape (N,).
        edge: n^(2/3) − (n−1)^(2/3), shape (N,).
        area: n^(2/3), less that of the smallest dot without its last unit where ligands cover
            dots, shape (N,).
        capillarity: Γ of every ladder in K, shape (L,).
        sites: σ of every ladder, shape (L,).
        cover: The component that is its binding polynomial, or −1, shape (L,).
        surface: The component that stands for its surface, or −1, shape (L,).
        ladder: Of every group, shape (G,).
        alpha: α of every group, shape (G, N).
        below: α of one unit less, shape (G, N).
        reach: The first class with an α or below that is not zero, and one beyond the last, of
            every group, shape (G, 2).
        first: Index of the first channel among the reactions.
        detaching: Index of the first channel of detachment.
        channel: Group of every channel, shape (channels,).
        sources: Reactions that make nuclei, shape (sources,).
        nucleus: Which kind of nucleus each makes, shape (sources,).
        lower: Class of each kind of nucleus, i L + l, shape (kinds,).
        share: Dots per reaction in that class and in the next of its ladder, shape (kinds, 2).
    """

    units: NDArray[np.float64]
    edge: NDArray[np.float64]
    area: NDArray[np.float64]
    capillarity: NDArray[np.float64]
    sites: NDArray[np.float64]
    cover: NDArray[np.int64]
    surface: NDArray[np.int64]
    ladder: NDArray[np.int64]
    alpha: NDArray[np.float64]
    below: NDArray[np.float64]
    reach: NDArray[np.int64]
    first: int
    detaching: int
    channel: NDArray[np.int64]
    sources: NDArray[np.int64]
    nucleus: NDArray[np.int64]
    lower: NDArray[np.int64]
    share: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Classes of all ladders."""
        return len(self.units) * len(self.capillarity)
