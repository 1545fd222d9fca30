"""Small dense systems, solved in place: the network's share of a Rosenbrock step."""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part


@part
def copy(count, source, target):
    """Set the first numbers of an array to those of another."""
    for i in range(count):
        target[i] = source[i]


@part
def add(weight, source, target):
    """Add a multiple of one array to another."""
    for i in range(target.size):
        target[i] += weight * source[i]


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
    """Set the solution of the decomposed system for a right-hand side; they must not overlap."""
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
