r"""Conserved sums, kept to rounding.

A Rosenbrock method with the exact Jacobian keeps linear invariants; what is left is rounding, which
a step removes again: the residual of the laws L x (the left null space of the stoichiometry) is
spread over the components in proportion to what is there (less than ``LEAST`` is left alone),

.. math:: x ← x - D L^T (L D L^T)^{-1} (L x - L x_0), \quad D = \operatorname{diag}|x|  \qquad (1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prenuc.simulation.kernels.compiled import part
from prenuc.simulation.kernels.dense import decompose, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 1e-15  # of what a conserved sum adds up: less than this is left as it is
ROUNDING = 1e-6  # the share of a component that rounding can at most have moved


class Ledger(NamedTuple):
    """What the conserved sums were, and room to solve for what rounding did to them."""

    totals: NDArray[np.float64]
    gram: NDArray[np.float64]
    order: NDArray[np.int64]
    residual: NDArray[np.float64]
    shift: NDArray[np.float64]


def ledger(laws: NDArray[np.float64]) -> Ledger:
    """Return empty books for a number of laws."""
    count = len(laws)
    zeros = np.zeros(count), np.zeros(count), np.zeros(count)
    return Ledger(zeros[0], np.zeros((count, count)), np.zeros(count, np.int64), *zeros[1:])


@part
def conserved(pop, law, window, x, f):
    """Return one conserved sum.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        law: Its numbers for components and, last, units in dots, shape (n + 1,).
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
    """
    total = 0.0
    if law[x.size] != 0.0:
        for i in range(window):
            total += pop.units[i] * f[i]
        total *= law[x.size]
    for i in range(x.size):
        total += law[i] * x[i]
    return total


@part
def residuals(pop, laws, books, window, x, f):
    """Set what has come to or gone from the conserved sums.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        laws: Conserved sums, shape (laws, n + 1).
        books: What they were and are, a :class:`Ledger`.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).

    Returns:
        Units in dots, and whether too little has gone for a correction to make it better.
    """
    units, exact = 0.0, True
    for i in range(window):
        units += pop.units[i] * f[i]
    for a in range(laws.shape[0]):
        law = laws[a]
        total, size = law[x.size] * units, abs(law[x.size] * units)
        for i in range(x.size):
            total += law[i] * x[i]
            size += abs(law[i] * x[i])
        books.residual[a] = total - books.totals[a]
        if abs(books.residual[a]) > LEAST * size:
            exact = False
    return units, exact


@part
def conserve(pop, laws, books, window, x, f):
    """Remove the rounding of a step from the conserved sums, equation (1).

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        laws: Conserved sums, shape (laws, n + 1).
        books: What they were and are, a :class:`Ledger`.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
    """
    n, count = x.size, laws.shape[0]
    units, exact = residuals(pop, laws, books, window, x, f)
    if exact:
        return
    for a in range(count):
        for b in range(count):
            total = laws[a, n] * laws[b, n] * abs(units)
            for i in range(n):
                total += laws[a, i] * laws[b, i] * abs(x[i])
            books.gram[a, b] = total
        if books.gram[a, a] == 0.0:
            books.gram[a, a] = 1.0
            books.residual[a] = 0.0
    decompose(books.gram, books.order)
    solve(books.gram, books.order, books.residual, books.shift)
    for a in range(count):
        if not abs(books.shift[a]) < ROUNDING:
            return
    for i in range(n):
        total = 0.0
        for a in range(count):
            total += laws[a, i] * books.shift[a]
        x[i] -= abs(x[i]) * total
    total = 0.0
    for a in range(count):
        total += laws[a, n] * books.shift[a]
    if total != 0.0:
        for i in range(window):
            f[i] *= 1.0 - total
