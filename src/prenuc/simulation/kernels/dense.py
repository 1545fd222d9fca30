"""Sums of rows, and a small dense system, solved in place: that of the conservation laws."""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part


@part
def copy(count, source, target):
    """Set the first numbers of an array to those of another.

    Args:
        count: How many numbers.
        source: Where from.
        target: Where to.
    """
    for i in range(count):
        target[i] = source[i]


@part
def add(weight, source, target):
    """Add a multiple of one array to another.

    Args:
        weight: The multiple.
        source: What is added.
        target: What it is added to, of the same shape.
    """
    for i in range(target.size):
        target[i] += weight * source[i]


@part
def combine_both(row, other_row, u, base, out, other):
    """Set Σ_j row_j u_j and base + Σ_j other_row_j u_j of seven stages in one pass.

    Stages that are not yet known are zero.

    Args:
        row: Weights in the first sum, shape (8,).
        other_row: Weights in the second sum.
        u: The stages, shape (8, m).
        base: What is added to the second sum, shape (m,).
        out: Receives the first sum.
        other: Receives the second sum.
    """
    a, b, c, d, e, f, g = row[0], row[1], row[2], row[3], row[4], row[5], row[6]
    p, q, r, s = other_row[0], other_row[1], other_row[2], other_row[3]
    t, v, w = other_row[4], other_row[5], other_row[6]
    for i in range(base.size):
        one, two, three, four, five = u[0, i], u[1, i], u[2, i], u[3, i], u[4, i]
        six, seven = u[5, i], u[6, i]
        out[i] = a * one + b * two + c * three + d * four + e * five + f * six + g * seven
        late = t * five + v * six + w * seven
        other[i] = base[i] + p * one + q * two + r * three + s * four + late


@part
def clear(count, target):
    """Set the first numbers of an array to zero."""
    for i in range(count):
        target[i] = 0.0


@part
def decompose(matrix, order):
    """Replace a matrix by its LU factors with partial pivoting; ``order`` receives the rows."""
    n = matrix.shape[0]
    for i in range(n):
        order[i] = i
    for column in range(n):
        best = column
        for i in range(column + 1, n):
            if abs(matrix[i, column]) > abs(matrix[best, column]):
                best = i
        if best != column:
            order[column], order[best] = order[best], order[column]
            for j in range(n):
                matrix[column, j], matrix[best, j] = matrix[best, j], matrix[column, j]
        if matrix[column, column] == 0.0:
            continue
        pivot = 1.0 / matrix[column, column]
        for i in range(column + 1, n):
            if matrix[i, column] != 0.0:
                factor = matrix[i, column] * pivot
                matrix[i, column] = factor
                for j in range(column + 1, n):
                    matrix[i, j] -= factor * matrix[column, j]


@part
def solve(factors, order, right, out):
    """Set the solution of the decomposed system for a right-hand side; they must not overlap.

    Args:
        factors: L and U in one matrix, shape (m, m).
        order: Order of its rows, shape (m,).
        right: Right-hand side, shape (m,).
        out: Receives the solution, shape (m,).
    """
    n = factors.shape[0]
    for i in range(n):
        total = right[order[i]]
        for j in range(i):
            total -= factors[i, j] * out[j]
        out[i] = total
    for i in range(n - 1, -1, -1):
        total = out[i]
        for j in range(i + 1, n):
            total -= factors[i, j] * out[j]
        out[i] = total / factors[i, i]
