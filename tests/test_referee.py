"""Other engines repeat a fit; a fit that is not the best one is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import blind_bench
import prenuc as pn
from prenuc.errors import FitError
from prenuc.infer.fit.parameter import Parameter
from prenuc.infer.schemes.scheme import parse
from prenuc.infer.second_opinions.rate_equations import RateEquations
from prenuc.infer.second_opinions.referee import referee
from prenuc.observe.trace import Trace

TIME = np.linspace(0.0, 200.0, 61)


@pytest.mark.parametrize(
    ("scheme", "values"),
    [
        ("A -> B -> C", [0.05, 0.01]),
        ("A <-> B", [0.02, 0.01]),
        ("A -4-> B -> C", [0.1, 0.02]),
        ("2 A -> B", [0.03]),
        ("A + B -> C", [0.02, 1.7]),
        ("A -> B of order 3/2", [0.03]),
        ("A -> B of order 1/2", [0.03]),
        ("A -> B of order 0", [0.013]),
        ("A + B -> 2 B", [0.06, 0.01]),
        ("A -> B, A + B -> 2 B", [0.001, 0.05]),
        ("A -> B after lag", [0.02, 31.0]),
        ("exp + exp + constant", [0.1, 0.01]),
    ],
)
def test_rate_equations_give_the_closed_forms(scheme, values):
    exact, _ = parse(scheme).concentrations(TIME, np.array(values))
    found = RateEquations.of(scheme).concentrations(TIME, values)
    if scheme == "2 A -> B":  # the product counts as what it is made of
        found = found * [1.0, 2.0]
    assert np.allclose(found, exact, atol=1e-8)


@pytest.mark.parametrize("number", [1, 3, 6])
def test_the_engines_agree_on_spectra(number):
    one = blind_bench.experiment(5, number)
    verdict = referee(pn.fit(one.data, one.truth.scheme))
    assert verdict.agrees
    assert verdict.opinions[0].difference < 1e-3
    assert verdict.opinions[0].values


@pytest.fixture(scope="module")
def slow():
    noise = np.random.default_rng(1).normal(0.0, 1e-3, len(TIME))
    return pn.fit(Trace(TIME, 0.5 * -np.expm1(-0.02 * TIME) + noise), "A -> B")


def test_a_wrong_rate_constant_is_found_out(slow):
    assert referee(slow).agrees
    k = slow.params["k"]
    off = Parameter(k.value + 0.5 * k.stderr, k.unit, k.stderr, k.ci95, identifiable=True)
    verdict = referee(replace(slow, params={**slow.params, "k": off}))
    assert not verdict.agrees
    assert verdict.opinions[0].difference == pytest.approx(0.5, rel=0.02)
    assert "DISAGREES" in str(verdict)


def test_a_worse_minimum_is_found_out(slow):
    worse = referee(replace(slow, fitted=slow.fitted + 1e-3))
    assert not worse.agrees
    assert worse.opinions[0].excess < -1.0


def test_non_negative_spectra_are_repeated():
    one = next(e for e in (blind_bench.experiment(5, i) for i in (0, 8, 16)) if _plain(e))
    fit = pn.fit(one.data, "A -> B", non_negative=True)
    assert referee(fit, non_negative=True).agrees


def _plain(one):
    return pn.fit(one.data, "A -> B").noise["offset_sd"] == 0


def test_a_mechanism_file_is_not_read_twice(slow):
    with pytest.raises(FitError, match="mechanism files"):
        referee(replace(slow, scheme="mine.yaml"))
