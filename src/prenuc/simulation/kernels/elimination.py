"""Elimination by the plan of ``sparse.py``: no pattern is searched while integrating."""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part


@part
def assemble(pattern, s, values):
    """Set a matrix from the slopes of all factors.

    Args:
        pattern: Where the matrix has entries, and of which slopes they are made.
        s: Slopes of all factors, shape (F,).
        values: Receives its entries, shape (entries,).
    """
    for i in range(pattern.size):
        values[i] = 0.0
    for m in range(pattern.entry.size):
        values[pattern.entry[m]] += pattern.coefficient[m] * s[pattern.factor[m]]


@part
def assemble_both(pattern, s, other_s, values, other):
    """Set two matrices of one pattern from two sets of slopes.

    Args:
        pattern: Where the matrix has entries, and of which slopes they are made.
        s: Slopes of all factors, shape (F,).
        other_s: Other slopes, likewise.
        values: Receives the entries of the first, shape (entries,).
        other: Receives those of the second.
    """
    for i in range(pattern.size):
        values[i] = 0.0
        other[i] = 0.0
    for m in range(pattern.entry.size):
        entry, factor, coefficient = pattern.entry[m], pattern.factor[m], pattern.coefficient[m]
        values[entry] += coefficient * s[factor]
        other[entry] += coefficient * other_s[factor]


@part
def eliminate(plan, values, inverse):
    """Replace a matrix by its factors in place; ``inverse`` receives the inverse pivots.

    Args:
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        values: Entries of the matrix, then its factors, shape (entries,).
        inverse: Receives the inverse pivots, shape (n,).
    """
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
    """Set the solution for a right-hand side; they may be the same array.

    Args:
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        values: Its factors, shape (entries,).
        inverse: Inverse pivots, shape (n,).
        right: The right-hand side, shape (n,).
        out: Receives the solution, shape (n,).
    """
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
    """Set a matrix times rows.

    Args:
        pattern: Where the matrix has entries, and of which slopes they are made.
        values: Entries of the matrix, shape (entries,).
        rows: Shape (n, P).
        out: Receives the product, shape (n, P).
    """
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
    """Subtract multiples of other rows from a row, three in a pass, and scale it.

    Args:
        first: The first of the others.
        last: The one after the last.
        place: Where each has its multiple among the entries.
        column: Which row each is.
        values: Entries of the matrix, shape (entries,).
        rows: All rows, shape (n, P).
        scale: What the row is multiplied with at last.
        row: The row, shape (P,).
    """
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
    """Solve for many right-hand sides in place; they are the columns of ``rows``.

    Args:
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        values: Its factors, shape (entries,).
        inverse: Inverse pivots, shape (n,).
        rows: Right-hand sides, then solutions, shape (n, P).
    """
    for k in range(plan.pivots.size):
        row = rows[plan.pivots[k]]
        first, last = plan.lower[k], plan.lower[k + 1]
        take_rows(first, last, plan.lower_place, plan.lower_column, values, rows, 1.0, row)
    for k in range(plan.pivots.size - 1, -1, -1):
        row = rows[plan.pivots[k]]
        first, last = plan.upper[k], plan.upper[k + 1]
        take_rows(first, last, plan.upper_place, plan.upper_column, values, rows, inverse[k], row)
