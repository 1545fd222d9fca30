"""Networks whose amounts span twenty decades: every species is right, at the defaults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prenuc.simulation.evolve import evolve
from test_engine import network

seeds = st.integers(0, 2**32 - 1)
LEAST = 1e-35  # of the largest start; what is less has not begun to be there


def uniformised(matrix, start, time):
    """Return exp(A t) x for A with no negative entry beside its diagonal, to the last digits.

    exp(A t) = e^(−q t) Σ (q t)^k P^k / k! with P = 1 + A/q: nothing is ever subtracted, so a trace
    has as many right digits as everything else (Jensen 1953, Skand. Aktuarietidskr. 36, 87).
    """
    q = 1.0001 * np.max(-np.diag(matrix))
    halvings = max(0, int(np.ceil(np.log2(max(q * time, 1.0)))))
    p, share = np.eye(len(matrix)) + matrix / q, q * time / 2**halvings
    term, total = np.eye(len(matrix)), np.eye(len(matrix))
    for k in range(1, 60):
        term = term @ p * (share / k)
        total = total + term
    total = total * np.exp(-share)
    for _ in range(halvings):
        total = total @ total
    return total @ start


def first_order(rng):
    """Return a mechanism of first order, its matrix and a start."""
    n = int(rng.integers(3, 10))
    names = [f"C{i}" for i in range(n)]
    matrix, rows = np.zeros((n, n)), []
    pairs = {(i, (i + 1) % n) for i in range(n - 1)} | {
        tuple(rng.choice(n, 2, replace=False).tolist()) for _ in range(n)
    }
    for i, j in sorted(pairs):
        k = 10 ** rng.uniform(-6, 3)
        rows.append(({names[i]: -1.0, names[j]: 1.0}, k, {names[i]: 1}))
        matrix[i, i] -= k
        matrix[j, i] += k
    start = 10 ** rng.uniform(-20, 0, n)
    start[rng.random(n) < 0.3] = 0.0
    start[0] = 1.0
    return network(*rows), names, matrix, start


def hold(seed):
    rng = np.random.default_rng(seed)
    model, names, matrix, start = first_order(rng)
    times = np.sort(10 ** rng.uniform(-6, 4, 3))
    found = evolve(model, times, start=dict(zip(names, start, strict=True)))
    place = [found.names.index(name) for name in names]
    for time, row in zip(times, found.concentration[:, place], strict=True):
        wanted = uniformised(matrix, start, time)
        there = wanted > LEAST
        np.testing.assert_allclose(row[there], wanted[there], rtol=1e-6)
        assert row.min() >= -10 * LEAST


@settings(max_examples=25)
@given(seeds)
def test_networks_of_first_order_are_right_in_every_trace(seed):
    hold(seed)


@pytest.mark.study
def test_500_networks_of_first_order_are_right_in_every_trace():
    for seed in range(500):
        hold(seed)
