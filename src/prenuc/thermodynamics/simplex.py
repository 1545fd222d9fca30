"""The simplex method in fractions: is there a solution without negative numbers?

Bland's rule (1977, Math. Oper. Res. 2, 103) keeps it from going round.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def non_negative(
    rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]
) -> list[Fraction] | None:
    """Return x ≥ 0 with rows · x = right, a corner of all such x; None when there is none.

    Args:
        rows: Coefficients.
        right: One number for each row.
    """
    count = len(rows[0]) if rows else 0
    pairs = zip(rows, right, strict=True)
    table = [[-a for a in (*row, end)] if end < 0 else [*row, end] for row, end in pairs]
    basis: list[int | None] = [None] * len(table)  # None: what is missing in this row
    cost = [-sum(part, Fraction(0)) for part in _transposed(table, count + 1)]
    while (entering := next((j for j in range(count) if cost[j] < 0), None)) is not None:
        leaving = _leaving(table, basis, entering)
        _pivot(table, cost, leaving, entering)
        basis[leaving] = entering
    if cost[count] != 0:
        return None
    found = [Fraction(0)] * count
    for row, variable in zip(table, basis, strict=True):
        if variable is not None:
            found[variable] = row[count]
    return found


def _transposed(table: Sequence[Sequence[Fraction]], count: int) -> Iterable[list[Fraction]]:
    return ([row[j] for row in table] for j in range(count))


def _leaving(
    table: Sequence[Sequence[Fraction]], basis: Sequence[int | None], entering: int
) -> int:
    """Return the row that limits a variable first; of several the one of the lowest variable.

    There is one: what is missing falls with the variable, and never below zero.
    """
    limits = [
        (row[-1] / row[entering], -1 if variable is None else variable, i)
        for i, (row, variable) in enumerate(zip(table, basis, strict=True))
        if row[entering] > 0
    ]
    return min(limits)[2]


def _pivot(table: list[list[Fraction]], cost: list[Fraction], leaving: int, entering: int) -> None:
    scale = 1 / table[leaving][entering]
    pivot = table[leaving] = [number * scale for number in table[leaving]]
    used = [j for j, number in enumerate(pivot) if number]
    for row in (*(row for i, row in enumerate(table) if i != leaving), cost):
        times = row[entering]
        if times:
            for j in used:
                row[j] -= times * pivot[j]
