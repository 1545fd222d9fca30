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

from prenuc.simulation.kernels.compiled import part

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SparseArrays(NamedTuple):
    """Where everything lies in the values of a sparse matrix, and how it is eliminated.

    Args:
        slope_entry: Place of each term s_f · coefficient of the network's J, shape (terms,).
        slope_factor: Its factor, shape (terms,).
        slope_coefficient: Its coefficient, shape (terms,).
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

    slope_entry: NDArray[np.int64]
    slope_factor: NDArray[np.int64]
    slope_coefficient: NDArray[np.float64]
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


def symbolic(pattern: NDArray[np.bool_], terms: list[tuple[int, int, int, float]]) -> SparseArrays:
    """Return the plan of elimination.

    Args:
        pattern: Entries that can differ from zero, shape (n, n).
        terms: Row, column, factor and coefficient of every term of the network's J.
    """
    n = len(pattern)
    filled, pivots = _order(pattern | np.eye(n, dtype=bool))
    place = np.full((n, n), -1, dtype=np.int64)
    place[filled] = np.arange(int(filled.sum()))
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
        slope_entry=whole([place[i, j] for i, j, _, _ in terms]),
        slope_factor=whole([f for _, _, f, _ in terms]),
        slope_coefficient=np.array([c for _, _, _, c in terms], dtype=float),
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


@part
def assemble(plan, s, values):
    """Set J of the network from the slopes of all factors."""
    for i in range(values.size):
        values[i] = 0.0
    for m in range(plan.slope_entry.size):
        values[plan.slope_entry[m]] += plan.slope_coefficient[m] * s[plan.slope_factor[m]]


@part
def eliminate(plan, values, inverse):
    """Replace a matrix by its factors in place; ``inverse`` receives the inverse pivots."""
    done = 0
    for k in range(plan.pivots.size):
        pivot = plan.diagonal[plan.pivots[k]]
        inverse[k] = 1.0 / values[pivot]
        while done < plan.scaled.size and plan.by[done] == pivot:
            factor = values[plan.scaled[done]] * inverse[k]
            values[plan.scaled[done]] = factor
            for m in range(plan.first[done], plan.first[done + 1]):
                values[plan.updated[m]] -= factor * values[plan.source[m]]
            done += 1


@part
def back_substitute(plan, values, inverse, right, out):
    """Set the solution for a right-hand side; they may be the same array."""
    for k in range(plan.pivots.size):
        i = plan.pivots[k]
        total = right[i]
        for m in range(plan.lower[k], plan.lower[k + 1]):
            total -= values[plan.lower_place[m]] * out[plan.lower_column[m]]
        out[i] = total
    for k in range(plan.pivots.size - 1, -1, -1):
        i = plan.pivots[k]
        total = out[i]
        for m in range(plan.upper[k], plan.upper[k + 1]):
            total -= values[plan.upper_place[m]] * out[plan.upper_column[m]]
        out[i] = total * inverse[k]
