r"""The network's share of a Rosenbrock step: a small sparse system whose pattern never changes.

Which entries of W_x − (border) can differ from zero is known when a mechanism is compiled. So is
the order in which Gauss elimination fills it least (Markowitz 1957, Management Science 3, 255), and
with it every operation, as a list of places: no pattern is searched while integrating. There is no
pivoting. The diagonal is 1/(hγ) plus what a component loses by itself; where a growing component
makes it small the stage goes wrong, the error estimate sees it, and a smaller step makes it large
again (Sandu et al. 1997, Atmos. Environ. 31, 3151, for networks of air chemistry).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Pattern(NamedTuple):
    """A sparse matrix of n rows that sums terms s_f · coefficient.

    Args:
        entry: Place of each term among the values, shape (terms,).
        factor: Its factor, likewise.
        coefficient: Its coefficient, likewise.
        row: Where the values of each row begin, shape (n + 1,).
        column: The column of every value, shape (size,).
        size: Number of values.
    """

    entry: NDArray[np.int64]
    factor: NDArray[np.int64]
    coefficient: NDArray[np.float64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    size: int


class SparseArrays(NamedTuple):
    """Where everything lies in the values of a sparse matrix, and how it is eliminated.

    Args:
        network: The network's J, among the values of W.
        bending: Of J, what changes with the concentrations, among values of its own.
        diagonal: Place of every diagonal entry, shape (n,).
        place: Place of entry (i, j), or −1, shape (n, n).
        pivots: Components in the order of elimination, shape (n,).
        scaled: Place of each multiplier l_ik, in order, shape (multipliers,).
        by: Place of the pivot that it is divided by, likewise.
        first: Where the updates of each multiplier begin, shape (multipliers + 1,).
        updated: Place of each entry that is updated, shape (updates,).
        source: Place of the pivot row's entry, likewise.
        lower: Where the multipliers of each pivot row begin, shape (n + 1,), in pivot order.
        lower_place: Their places.
        lower_column: The components that they multiply.
        upper: Where the entries right of each pivot begin, shape (n + 1,), in pivot order.
        upper_place: Their places.
        upper_column: The components that they multiply.
        size: Number of values.
    """

    network: Pattern
    bending: Pattern
    diagonal: NDArray[np.int64]
    place: NDArray[np.int64]
    pivots: NDArray[np.int64]
    scaled: NDArray[np.int64]
    by: NDArray[np.int64]
    first: NDArray[np.int64]
    updated: NDArray[np.int64]
    source: NDArray[np.int64]
    lower: NDArray[np.int64]
    lower_place: NDArray[np.int64]
    lower_column: NDArray[np.int64]
    upper: NDArray[np.int64]
    upper_place: NDArray[np.int64]
    upper_column: NDArray[np.int64]
    size: int


Term = tuple[int, int, int, float]  # row, column, factor, coefficient


def summed(filled: NDArray[np.bool_], terms: Sequence[Term]) -> Pattern:
    """Return how terms make up a matrix whose entries are those that are filled, row by row."""
    place = np.cumsum(filled).reshape(filled.shape) - 1
    return Pattern(
        entry=np.array([place[i, j] for i, j, _, _ in terms], dtype=np.int64),
        factor=np.array([f for _, _, f, _ in terms], dtype=np.int64),
        coefficient=np.array([c for _, _, _, c in terms], dtype=float),
        row=np.concatenate(([0], np.cumsum(filled.sum(axis=1)))).astype(np.int64),
        column=np.nonzero(filled)[1].astype(np.int64),
        size=int(filled.sum()),
    )


def symbolic(
    pattern: NDArray[np.bool_], terms: Sequence[Term], bending: Sequence[Term] = ()
) -> SparseArrays:
    """Return the plan of elimination.

    Args:
        pattern: Entries that can differ from zero, shape (n, n).
        terms: All terms of the network's J.
        bending: Those of reactions whose slopes change with the concentrations.
    """
    n = len(pattern)
    filled, pivots = _order(pattern | np.eye(n, dtype=bool))
    place = np.full((n, n), -1, dtype=np.int64)
    place[filled] = np.arange(int(filled.sum()))
    bent = np.zeros((n, n), dtype=bool)
    for i, j, _, _ in bending:
        bent[i, j] = True
    rank = np.empty(n, dtype=np.int64)
    rank[pivots] = np.arange(n)
    scaled, by, first, updated, source = [], [], [0], [], []
    lower, upper = [], []
    for k in pivots:
        right = [j for j in pivots if rank[j] > rank[k] and filled[k, j]]
        upper.append([(place[k, j], j) for j in right])
        lower.append([(place[k, j], j) for j in pivots if rank[j] < rank[k] and filled[k, j]])
        for i in (i for i in pivots if rank[i] > rank[k] and filled[i, k]):
            scaled.append(place[i, k])
            by.append(place[k, k])
            updated += [place[i, j] for j in right]
            source += [place[k, j] for j in right]
            first.append(len(updated))

    def whole(numbers: object) -> NDArray[np.int64]:
        return np.array(numbers, dtype=np.int64).reshape(-1)

    def begin(rows: list[list[tuple[int, int]]]) -> NDArray[np.int64]:
        return whole(np.concatenate(([0], np.cumsum([len(row) for row in rows]))))

    return SparseArrays(
        network=summed(filled, terms),
        bending=summed(bent, bending),
        diagonal=np.diag(place).copy(),
        place=place,
        pivots=whole(pivots),
        scaled=whole(scaled),
        by=whole(by),
        first=whole(first),
        updated=whole(updated),
        source=whole(source),
        lower=begin(lower),
        lower_place=whole([p for row in lower for p, _ in row]),
        lower_column=whole([j for row in lower for _, j in row]),
        upper=begin(upper),
        upper_place=whole([p for row in upper for p, _ in row]),
        upper_column=whole([j for row in upper for _, j in row]),
        size=int(filled.sum()),
    )


def _order(pattern: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], list[int]]:
    """Return the filled pattern and the pivots, each the one that can fill least."""
    filled, left, pivots = pattern.copy(), list(range(len(pattern))), []
    while left:
        among = filled[np.ix_(left, left)]
        cost = (among.sum(axis=1) - 1) * (among.sum(axis=0) - 1)
        k = left.pop(int(np.argmin(cost)))
        pivots.append(k)
        rows = [i for i in left if filled[i, k]]
        columns = [j for j in left if filled[k, j]]
        filled[np.ix_(rows, columns)] = True
    return filled, pivots
