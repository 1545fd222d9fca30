"""Concentrations of first-order networks against closed forms, and which schemes are refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import exprel, gammainc

from prenuc.errors import FitError
from prenuc.infer.schemes import kinetics
from prenuc.infer.schemes.network_text import parse_network

TIME = np.array([0.0, 0.3, 2.0, 7.0, 31.0, 90.0, 250.0])


def consecutive(t, k1, k2):
    """Textbook A -> B -> C, without cancellation when k1 = k2."""
    slow, fast = min(k1, k2), max(k1, k2)
    a = np.exp(-k1 * t)
    b = k1 * t * np.exp(-slow * t) * exprel(-(fast - slow) * t)
    return np.column_stack((a, b, 1.0 - a - b))


@pytest.mark.parametrize(
    "ratio", [0.2, 5.0, 0.98, 1.0, 1 + 1e-13, 1 + 1e-9, 1 + 1e-6, 1 + 1e-4, 1.003, 1.02]
)
@pytest.mark.parametrize("k2", [0.013, 40.0])
def test_consecutive_steps_to_ten_digits_also_where_the_rates_are_equal(ratio, k2):
    shares, _ = parse_network("A -> B -> C").concentrations(TIME, np.array([ratio * k2, k2]))
    assert np.abs(shares - consecutive(TIME, ratio * k2, k2)).max() < 1e-10


def test_reversible_step_relaxes_with_the_sum_of_its_rates():
    shares, _ = parse_network("A <-> B").concentrations(TIME, np.array([0.03, 0.01]))
    expected = 0.75 * (1.0 - np.exp(-0.04 * TIME))
    assert np.abs(shares[:, 1] - expected).max() < 1e-12


def test_parallel_steps_branch_in_the_ratio_of_their_rates():
    shares, _ = parse_network("A -> B; A -> C").concentrations(TIME, np.array([0.03, 0.01]))
    assert np.allclose(shares[:, 1], 3 * shares[:, 2], atol=1e-14)
    assert np.allclose(shares[:, 0], np.exp(-0.04 * TIME), atol=1e-14)


def test_chain_of_equal_steps_is_an_erlang_distribution():
    network = parse_network("PC -8-> PC* -> MSC")
    shares, _ = network.concentrations(TIME, np.array([0.2, 0.01]))
    left = 1.0 - gammainc(8, 0.2 * TIME)
    product = 1 - left - (0.2 / 0.19) ** 8 * np.exp(-0.01 * TIME) * gammainc(8, 0.19 * TIME)
    assert network.species == ("PC", "PC*", "MSC")
    assert np.abs(shares[:, 0] - left).max() < 1e-12
    assert np.abs(shares[:, 2] - product).max() < 1e-12


NETWORKS = ["A -> B", "A <-> B", "A -> B -> C", "A -> B; A -> C", "A -3-> B <-> C", "A->B->C->A"]


@settings(max_examples=60, deadline=None)
@given(
    scheme=st.sampled_from(NETWORKS),
    logs=st.lists(st.floats(-3.0, 1.0), min_size=4, max_size=4),
    equal=st.booleans(),
)
def test_derivatives_agree_with_differences_and_shares_add_to_one(scheme, logs, equal):
    network = parse_network(scheme)
    rates = 10.0 ** np.array(logs[:1] * 4 if equal else logs)[: len(network.names)]
    time = np.linspace(0.0, 5.0 / rates.min(), 9)
    shares, slopes = network.concentrations(time, rates)
    assert np.abs(shares.sum(axis=1) - 1.0).max() < 1e-10
    assert shares.min() > -1e-10
    for p, slope in enumerate(slopes):
        step = np.zeros(len(rates))
        step[p] = 1e-4 * rates[p]
        up, down = (network.concentrations(time, rates + s * step)[0] for s in (1, -1))
        difference = (up - down) / (2 * step[p])
        assert np.abs(difference - slope).max() * rates[p] < 3e-6


@pytest.mark.parametrize("rates", [(0.02, 0.02), (0.3, 0.02), (0.02, 0.021)])
def test_three_ways_to_the_exponential_agree(rates):
    network = parse_network("A -> B <-> C")
    rates = np.array([*rates, 0.05])
    matrix = np.tensordot(rates, network.generators, 1)
    ways = (kinetics._by_eigenvectors, kinetics._by_series, kinetics._by_squaring)
    results = [found for way in ways if (found := way(TIME, matrix, network.generators))]
    assert len(results) >= 2
    for values, slopes in results[1:]:
        assert np.abs(values - results[0][0]).max() < 1e-11
        assert np.abs(slopes - results[0][1]).max() < 1e-9


def test_nothing_happens_before_time_zero():
    shares, slopes = parse_network("A -> B").concentrations(np.array([-5.0, 0.0]), np.array([1.0]))
    assert np.abs(shares - [[1.0, 0.0]] * 2).max() < 1e-15
    assert np.all(slopes == 0)


def test_names_of_rate_constants_and_species():
    assert parse_network("first-order").names == ("k",)
    network = parse_network("PC-311 <-> I; I -> MSC-311")
    assert network.names == ("k1", "k-1", "k2")
    assert network.species == ("PC-311", "I", "MSC-311")
    assert [str(step) for step in network.steps] == ["PC-311 -> I", "I -> PC-311", "I -> MSC-311"]


@pytest.mark.parametrize(
    ("scheme", "why"),
    [
        ("A + B -> 2 B", "not first order at 'A \\+ B'"),
        ("2 A -> B", "not first order"),
        ("A", "not a chain of species and arrows"),
        ("A -> ", "not a chain of species and arrows"),
        ("", "not a chain of species and arrows"),
        ("A -> A", "from a species to itself"),
        ("A -> B; A -> B", "names a step twice"),
        ("A -> B; C -> D", "cannot form 'C' from 'A'"),
        ("A -0-> B", "asks for 0 equal steps"),
        ("A -> B -> C -> D -> E -> F -> G -> H", "has 7 rate constants"),
    ],
)
def test_schemes_that_are_refused_say_why(scheme, why):
    with pytest.raises(FitError, match=why) as caught:
        parse_network(scheme)
    assert "'A -> B -> C'" in str(caught.value)
