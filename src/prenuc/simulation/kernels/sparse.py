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


@part
def assemble(pattern, s, values):
    """Set a matrix from the slopes of all factors."""
    for i in range(pattern.size):
        values[i] = 0.0
    for m in range(pattern.entry.size):
        values[pattern.entry[m]] += pattern.coefficient[m] * s[pattern.factor[m]]


@part
def assemble_both(pattern, s, other_s, values, other):
    """Set two matrices of one pattern from two sets of slopes."""
    for i in range(pattern.size):
        values[i] = 0.0
        other[i] = 0.0
    for m in range(pattern.entry.size):
        entry, factor, coefficient = pattern.entry[m], pattern.factor[m], pattern.coefficient[m]
        values[entry] += coefficient * s[factor]
        other[entry] += coefficient * other_s[factor]


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


@part
def multiply(pattern, values, rows, out):
    """Set a matrix times rows."""
    for i in range(out.shape[0]):
        row = out[i]
        for j in range(row.size):
            row[j] = 0.0
        for m in range(pattern.row[i], pattern.row[i + 1]):
            value, other = values[m], rows[pattern.column[m]]
            for j in range(row.size):
                row[j] += value * other[j]


@part
def take_rows(first, last, place, column, values, rows, scale, row):
    """Subtract multiples of other rows from a row, three in a pass, and scale it."""
    m = first
    while m + 3 < last:
        a, b, c = values[place[m]], values[place[m + 1]], values[place[m + 2]]
        one, two, three = rows[column[m]], rows[column[m + 1]], rows[column[m + 2]]
        for j in range(row.size):
            row[j] -= a * one[j] + b * two[j] + c * three[j]
        m += 3
    if m + 3 == last:
        a, b, c = values[place[m]], values[place[m + 1]], values[place[m + 2]]
        one, two, three = rows[column[m]], rows[column[m + 1]], rows[column[m + 2]]
        for j in range(row.size):
            row[j] = scale * (row[j] - a * one[j] - b * two[j] - c * three[j])
    elif m + 2 == last:
        a, b = values[place[m]], values[place[m + 1]]
        one, two = rows[column[m]], rows[column[m + 1]]
        for j in range(row.size):
            row[j] = scale * (row[j] - a * one[j] - b * two[j])
    elif m + 1 == last:
        a, one = values[place[m]], rows[column[m]]
        for j in range(row.size):
            row[j] = scale * (row[j] - a * one[j])
    elif scale != 1.0:
        for j in range(row.size):
            row[j] *= scale


@part
def solve_rows(plan, values, inverse, rows):
    """Solve for many right-hand sides in place; they are the columns of ``rows``."""
    for k in range(plan.pivots.size):
        row = rows[plan.pivots[k]]
        first, last = plan.lower[k], plan.lower[k + 1]
        take_rows(first, last, plan.lower_place, plan.lower_column, values, rows, 1.0, row)
    for k in range(plan.pivots.size - 1, -1, -1):
        row = rows[plan.pivots[k]]
        first, last = plan.upper[k], plan.upper[k + 1]
        take_rows(first, last, plan.upper_place, plan.upper_column, values, rows, inverse[k], row)
