"""Closed forms of growth against the differential equations that they solve."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import gammaincc

from prenuc.infer.schemes.growth import Chain, FirstOrder, growth_of

TIMES = np.array([0.0, 1.0, 5.0, 20.0, 50.0, 120.0, 300.0])


def integrated(stages, stage, k, times):
    """What is not yet product, from m + 1 coupled equations."""

    def change(_, y):
        flow = np.append(stage * y[:-1], k * y[-1])
        return np.insert(flow[:-1], 0, 0.0) - flow

    start = np.zeros(stages + 1)
    start[0] = 1.0
    found = solve_ivp(
        change, (0.0, times[-1]), start, "DOP853", t_eval=times, rtol=1e-12, atol=1e-15
    )
    return found.y.sum(axis=0)


@pytest.mark.parametrize("stages", [1, 3, 8, 15])
@pytest.mark.parametrize("share", [0.01, 0.3, 1.0, 3.0, 10.0, 25.0])
def test_the_chain_is_the_solution_of_its_equations(stages, share):
    """``share`` is k τ / m: small for quick stages, large where all constants are nearly equal."""
    k = 0.04
    chain, lag = Chain("", stages), share * stages / k
    wanted = integrated(stages, chain.stage_rate(k, lag), k, TIMES)
    np.testing.assert_allclose(chain.missing(TIMES, k, lag), wanted, atol=1e-9)


@pytest.mark.parametrize("share", [30.0, 35.0, 40.0, 100.0])
@pytest.mark.parametrize("stages", [1, 4])
def test_the_chain_tends_to_equal_constants(stages, share):
    """With κ = k the chain is Erlang's of m + 1 steps: what is missing is Q(m + 1, k t)."""
    k = 0.04
    found = Chain("", stages).missing(TIMES, k, share * stages / k)
    np.testing.assert_allclose(found, gammaincc(stages + 1, k * TIMES), atol=1e-9)


def test_one_stage_is_the_textbook_form():
    """A -> B -> C: C = 1 − (κ e^(−kt) − k e^(−κt)) / (κ − k)."""
    k, lag = 0.04, 12.0
    chain = Chain("", 1)
    stage = chain.stage_rate(k, lag)
    textbook = (stage * np.exp(-k * TIMES) - k * np.exp(-stage * TIMES)) / (stage - k)
    np.testing.assert_allclose(chain.missing(TIMES, k, lag), textbook, rtol=1e-10)


@pytest.mark.parametrize("stages", [1, 4, 8])
def test_the_lag_is_where_the_late_exponential_crosses_zero(stages):
    k, lag = 0.004, 200.0
    late = np.array([5000.0, 5500.0])
    missing = Chain("", stages).missing(late, k, lag)
    np.testing.assert_allclose(missing, np.exp(-k * (late - lag)), rtol=1e-5)
    np.testing.assert_allclose(late + np.log(missing) / k, lag, rtol=1e-6)


def test_nothing_has_happened_at_and_before_time_zero():
    for growth in (Chain("", 1), Chain("", 8)):
        assert growth.missing(np.array([-5.0, 0.0]), 0.04, 12.0) == pytest.approx([1.0, 1.0])


def test_the_share_that_is_missing_only_falls():
    times = np.linspace(0, 400, 2001)
    for stages in (1, 8, 100):
        missing = Chain("", stages).missing(times, 0.04, 30.0)
        assert np.all(np.diff(missing) <= 1e-12)
        assert np.all((missing >= -1e-12) & (missing <= 1 + 1e-12))


def test_stage_rate_and_mean_follow_from_constant_and_lag():
    """τ = m ln(κ / (κ − k)) / k, mean m / κ."""
    chain = Chain("", 8)
    derived = chain.derived(0.004, 200.0)
    stage = derived["k_stage"]
    assert 8 * np.log(stage / (stage - 0.004)) / 0.004 == pytest.approx(200.0, rel=1e-12)
    assert derived["mean_lag"] == pytest.approx(8 / stage, rel=1e-12)
    assert FirstOrder("").derived(0.004, 200.0) == {}


def test_quick_stages_are_first_order():
    found = Chain("", 4).missing(TIMES, 0.04, 1e-6)
    np.testing.assert_allclose(found, np.exp(-0.04 * TIMES), atol=1e-6)


def test_first_order_growth():
    found = FirstOrder("").missing(TIMES, 0.04, 12.0)
    np.testing.assert_allclose(found, np.exp(-0.04 * (TIMES - 12.0)), rtol=1e-14)


@pytest.mark.parametrize(
    "text", ["A -> B", "first-order", "first order", " PC -> MSC ", "PC-311 -> MSC-311"]
)
def test_first_order_schemes(text):
    assert growth_of(text) == FirstOrder(text.strip())


@pytest.mark.parametrize(("text", "stages"), [("A -1-> B -> C", 1), ("as -8-> PC -> MSC", 8)])
def test_chain_schemes(text, stages):
    assert growth_of(text) == Chain(text, stages)


@pytest.mark.parametrize(
    "text",
    ["", "A", "A ->", "-> B", "A -> -> B", "A => B", "A -0-> B -> C", "A -201-> B -> C", "A -8-> B",
     "A -8-> B -8-> C", "A -x-> B -> C", "second-order"],
)  # fmt: skip
def test_another_scheme_has_no_closed_form(text):
    assert growth_of(text) is None
