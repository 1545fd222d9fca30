"""Cycles in exact arithmetic, beside the rank by numpy and linear programmes by scipy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from prenuc.thermodynamics.exact import column, cycles, one_way_cycles, rational

numbers = st.sampled_from([-2.0, -1.0, -0.3, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0])


@st.composite
def matrices(draw, most=7):
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, most))
    every = draw(st.lists(numbers, min_size=rows * columns, max_size=rows * columns))
    return np.array(every).reshape(rows, columns)


def columns_of(matrix):
    return [column({f"s{i}": x for i, x in enumerate(one)}) for one in matrix.T]


def combined(columns, cycle):
    total = {}
    for j, z in cycle.items():
        for name, number in columns[j].items():
            total[name] = total.get(name, Fraction(0)) + z * number
    return any(total.values())


@given(matrices())
def test_cycles_are_a_basis_of_the_null_space(matrix):
    columns = columns_of(matrix)
    found = cycles(columns)
    assert len(found) == matrix.shape[1] - np.linalg.matrix_rank(matrix)
    assert not any(combined(columns, cycle) for cycle in found)
    assert all(z.denominator == 1 for cycle in found for z in cycle.values())
    dense = np.array([[float(c.get(j, 0)) for j in range(matrix.shape[1])] for c in found])
    assert not found or np.linalg.matrix_rank(dense) == len(found)


@given(matrices(), st.integers(0, 7))
def test_one_way_cycles_are_those_that_a_linear_programme_finds(matrix, free):
    columns, count = columns_of(matrix), matrix.shape[1]
    free = min(free, count)
    found = one_way_cycles(columns[:free], columns[free:])
    for cycle in found:
        assert not combined(columns, cycle)
        assert all(z > 0 for j, z in cycle.items() if j >= free)
        assert any(j >= free for j in cycle)
    covered = {j for cycle in found for j in cycle if j >= free}
    bounds = [(None, None)] * free + [(0, None)] * (count - free)
    for j in range(free, count):
        fixed = [(1, 1) if i == j else one for i, one in enumerate(bounds)]
        zero = np.zeros(count)
        feasible = linprog(zero, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=fixed).status == 0
        assert feasible == (j in covered)


def test_a_graph_gives_its_small_circles():
    edges = ["ab", "bc", "ca", "cd", "de", "ec", "ef", "fa"]
    columns = [column({one: -1.0, other: 1.0}) for one, other in edges]
    found = cycles(columns)
    assert sorted(map(len, found)) == [3, 3, 4]


@pytest.mark.parametrize(
    ("number", "meant"), [(0.3, "3/10"), (1 / 3, "1/3"), (2.0, "2"), (0.1 + 0.2, "3/10")]
)
def test_a_number_is_taken_as_it_was_meant(number, meant):
    assert rational(number) == Fraction(meant)
