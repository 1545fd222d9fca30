"""Networks whose amounts span twenty decades: every species is right, at the defaults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

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
    wanted = np.array([uniformised(matrix, start, time) for time in times])
    right_in_every_trace(model, names, start, times, wanted)


def right_in_every_trace(model, names, start, times, wanted):
    found = evolve(model, times, start=dict(zip(names, start, strict=True)))
    row = found.concentration[:, [found.names.index(name) for name in names]]
    there = wanted > LEAST
    np.testing.assert_allclose(row[there], wanted[there], rtol=1e-6)
    assert row.min() >= -10 * LEAST


@settings(max_examples=25)
@given(seeds)
def test_networks_of_first_order_are_right_in_every_trace(seed):
    hold(seed)


@pytest.mark.study
@pytest.mark.parametrize("seed", range(500))
def test_500_networks_of_first_order_are_right_in_every_trace(seed):
    hold(seed)


@pytest.mark.parametrize("beside", [{}, {"S": 55.5}])
def test_what_dies_away_is_right_through_35_decades(beside):
    """Alone, or as fast beside a solvent that takes part."""
    orders = {"A": 1} | dict.fromkeys(beside, 1)
    k = 1.0 / np.prod([*beside.values()])
    model = network(({"A": -1.0, "B": 1.0} | dict.fromkeys(beside, 0.0), k, orders))
    times = np.linspace(1.0, -np.log(LEAST * max([1.0, *beside.values()])), 20)
    found = evolve(model, times, start={"A": 1.0} | beside)
    np.testing.assert_allclose(found.of("A"), np.exp(-times), rtol=1e-6)


@pytest.mark.parametrize("left", [0.0, 5e-323, 1e-300, 1e-60, 1e-42, 1e-41])
def test_a_rest_of_almost_nothing_does_not_hold_the_first_step(left):
    model = network(({"A": -1.0, "B": 1.0}, 1.0, {"A": 1}))
    found = evolve(model, [1e-9, 1.0], start={"A": 1.0, "B": left})
    np.testing.assert_allclose(found.of("B"), -np.expm1([-1e-9, -1.0]), rtol=1e-6)


def second_order(rng):
    """Return a mechanism with reactions between two, in which matter never becomes more.

    And its orders, shape (R, n), its stoichiometry, shape (n, R), its constants and a start.
    """
    n = int(rng.integers(3, 9))
    names = [f"C{i}" for i in range(n)]
    rows, orders, stoichiometry, k = [], [], [], []
    for i in range(2 * n):
        spent = [i % n] if i % 3 == 0 else [i % n, int(rng.integers(n))]
        made = rng.integers(0, n, rng.integers(1, len(spent) + 1)).tolist()
        change = np.bincount(made, minlength=n) - np.bincount(spent, minlength=n)
        if not change.any():
            continue
        orders.append(np.bincount(spent, minlength=n))
        stoichiometry.append(change)
        k.append(10 ** rng.uniform(-6, 3))
        rows.append(
            (
                {names[j]: float(change[j]) for j in np.flatnonzero(change)},
                k[-1],
                {names[j]: int(orders[-1][j]) for j in np.flatnonzero(orders[-1])},
            )
        )
    start = 10 ** rng.uniform(-20, 0, n)
    start[0] = 1.0
    used = np.any(np.array(orders) != 0, axis=0) | np.any(np.array(stoichiometry) != 0, axis=0)
    kept = [name for name, there in zip(names, used, strict=True) if there]
    whole = np.array(orders)[:, used], np.array(stoichiometry).T[used]
    return network(*rows), kept, *whole, np.array(k), start[used]


def in_logarithms(orders, stoichiometry, k, start, times):
    """Return concentrations from scipy's Radau on u = ln c, where a trace is as large as the rest.

    du_i/dt = Σ_r N_ir k_r exp(Σ_j o_rj u_j − u_i), shape of the answer (m, n).
    """

    moved = stoichiometry != 0

    def terms(u):
        powers = np.log(k) + orders @ u - u[:, None]
        return stoichiometry * np.exp(np.where(moved, powers, 0.0))

    def jacobian(_, u):
        found = terms(u)
        return found @ orders - np.diag(found.sum(axis=1))

    done = solve_ivp(
        lambda _, u: terms(u).sum(axis=1),
        (0.0, times[-1]),
        np.log(start),
        method="Radau",
        t_eval=times,
        jac=jacobian,
        rtol=1e-12,
        atol=1e-12,
    )
    assert done.success, done.message
    return np.exp(done.y.T)


def hold_second(seed):
    rng = np.random.default_rng(seed)
    model, names, orders, stoichiometry, k, start = second_order(rng)
    times = np.sort(10 ** rng.uniform(-6, 4, 3))
    wanted = in_logarithms(orders, stoichiometry, k, start, times)
    right_in_every_trace(model, names, start, times, wanted)


@settings(max_examples=3)
@given(seeds)
def test_networks_of_second_order_are_right_in_every_trace(seed):
    hold_second(seed)


@pytest.mark.study
@pytest.mark.parametrize("seed", range(500))
def test_500_networks_of_second_order_are_right_in_every_trace(seed):
    hold_second(seed)
