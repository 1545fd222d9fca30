"""Schemes of all kinds on one trace: numbers, intervals, starts, what cannot be told."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prenuc as pn
from prenuc.errors import FitError
from prenuc.infer.fit.amplitudes import Held
from prenuc.infer.fit.question import question
from prenuc.infer.objectives.crossing import crossing, zero
from prenuc.infer.objectives.projection import Block, Objective
from prenuc.infer.schemes.scheme import parse

TIME = np.linspace(0.0, 300.0, 121)
CASES = [
    ("2 A -> B", {"k": 0.02}, {"A_0": 0.1, "A_inf": 0.6}),
    ("A -> B of order 3/2", {"k": 0.03}, {"A_0": 0.1, "A_inf": 0.6}),
    ("A + B -> 2 B", {"k": 0.05, "seed": 0.01}, {"A_0": 0.0, "A_inf": 0.5}),
    ("A -> B, A + B -> 2 B", {"k1": 0.0005, "k2": 0.05}, {"A_0": 0.05, "A_inf": 0.5}),
    ("A -> B after lag", {"k": 0.03, "lag": 40.0}, {"A_0": 0.05, "A_inf": 0.5}),
    ("A -> B -> C", {"k1": 0.06, "k2": 0.01}, {"A_0": 0.1, "A_inf": 0.2, "A_B": 0.8}),
    ("exp + exp", {"k1": 0.05, "k2": 0.006}, {"a1": 0.4, "a2": -0.3}),
]


def made(scheme, values, amplitudes, sd=1e-3, seed=2):
    kinetics = parse(scheme)
    shares, _ = kinetics.concentrations(TIME, np.array(list(values.values())))
    last = len(kinetics.species) - 1
    named = ["A_0" if i == 0 else "A_inf" if i == last else f"A_{s}" for i, s in
             enumerate(kinetics.species)]  # fmt: skip
    weights = [amplitudes.get(n, amplitudes.get(s)) for n, s in zip(named, kinetics.species)]  # noqa: B905
    noise = np.random.default_rng(seed).normal(0, sd, len(TIME))
    return pn.Trace(TIME, shares @ np.array(weights) + noise)


@pytest.mark.parametrize(("scheme", "values", "amplitudes"), CASES, ids=[c[0] for c in CASES])
def test_numbers_are_found_without_starting_values(scheme, values, amplitudes):
    found = pn.fit(made(scheme, values, amplitudes), scheme)
    assert set(found.params) == {*values, *amplitudes}
    swapped = scheme == "A -> B -> C"  # one trace cannot tell k1 from k2: amplitudes follow
    for name, truth in {**values, **({} if swapped else amplitudes)}.items():
        one = found.params[name]
        if swapped:
            assert sorted((found.params["k1"].value, found.params["k2"].value)) == pytest.approx(
                sorted(values.values()), rel=0.1
            )
            continue
        assert one.identifiable, name
        assert abs(one.value - truth) < 4 * one.stderr, name
        assert one.ci95[0] < one.value < one.ci95[1]
    assert found.noise["sd"] == pytest.approx(1e-3, rel=0.25)


def test_intervals_hold_the_truth_about_nineteen_times_in_twenty():
    scheme, values, amplitudes = CASES[0]
    inside = 0
    for seed in range(40):
        low, high = pn.fit(made(scheme, values, amplitudes, seed=seed), scheme).params["k"].ci95
        inside += low <= values["k"] <= high
    assert 34 <= inside <= 40


def test_a_start_is_honoured_in_the_order_of_the_rate_constants():
    trace = made(*CASES[-1])
    for start, slow_first in (({"k1": 0.004, "k2": 0.08}, True), ({"k1": 0.1, "k2": 0.002}, False)):
        found = pn.fit(trace, "exp + exp", start=start)
        assert (found.params["k1"].value < found.params["k2"].value) == slow_first
        assert not any("from the start given" in line for line in found.warnings)
    with pytest.raises(FitError, match="no rate constant 'k3'"):
        pn.fit(trace, "exp + exp", start={"k3": 1.0})


def test_first_order_growth_takes_a_start_too():
    trace = pn.Trace(TIME, 0.4 - 0.35 * np.exp(-0.02 * TIME))
    assert pn.fit(trace, "A -> B", start={"k": 1.0}).params["k"].value == pytest.approx(0.02)
    assert any("A <-> B" in line for line in pn.fit(trace, "A -> B").equivalent_schemes)


def test_nucleation_that_is_not_there_has_only_an_upper_limit():
    """First-order growth has no autocatalysis in it: k2 may be zero."""
    rng = np.random.default_rng(3)
    trace = pn.Trace(TIME, 0.5 * -np.expm1(-0.02 * TIME) + rng.normal(0, 1e-3, len(TIME)))
    found = pn.fit(trace, "A -> B, A + B -> 2 B")
    assert not found.params["k2"].identifiable
    assert found.params["k2"].ci95[0] is None
    assert any("k2 is at most" in line for line in found.warnings)
    assert found.params["k1"].identifiable


def test_two_ways_out_are_not_told_apart_by_a_trace():
    trace = made("A -> B", {"k": 0.03}, {"A_0": 0.1, "A_inf": 0.6})
    found = pn.fit(trace, "A -> B, A -> C")
    assert not found.params["k1"].identifiable
    assert not found.params["k2"].identifiable
    assert any("trade against each other" in line for line in found.warnings)


def test_the_product_alone_or_a_constant_under_the_whole():
    scheme = "A + B -> 2 B"
    trace = made(scheme, {"k": 0.05, "seed": 0.02}, {"A_0": 0.0, "A_inf": 0.5})
    alone = pn.fit(trace, scheme, through_origin=True)
    assert set(alone.params) == {"k", "seed", "A_inf"}
    assert alone.params["seed"].stderr < pn.fit(trace, scheme).params["seed"].stderr
    with pytest.raises(FitError, match="does not go through the origin"):
        pn.fit(trace, scheme, through_origin=True, background=True)
    assert set(pn.fit(trace, "exp + exp", background=True).params) >= {"constant"}


def test_results_as_tables_and_labelled_arrays():
    found = pn.fit(made(*CASES[0]), "2 A -> B")
    assert list(found.to_dataframe().index) == ["k", "A_0", "A_inf"]
    assert found.to_xarray()["residual"].values == pytest.approx(found.residuals)
    assert found.as_dict()["derived"]["A_inf"] == found.params["A_inf"].value
    assert "2 A -> B" in found._repr_html_().replace("&gt;", ">")


def test_gradient_of_the_objective_is_exact_with_an_amplitude_held():
    scheme = "A + B -> 2 B"
    trace = made(scheme, {"k": 0.05, "seed": 0.02}, {"A_0": 0.1, "A_inf": 0.5})
    asked = question([pn.DataSet(data=trace, background=False)], parse(scheme))
    rows = (Block(trace.value[:, None]),)
    free = Objective(asked.stack, TIME, rows, asked.clock)
    held = Held(asked.stack, TIME, rows, asked.clock, np.array([[-1.0, 1.0], [0.0, 1.0]]), 1, 0.55)
    u = np.log([0.06, 0.03])
    for one in (free, held):
        for p, along in enumerate(1e-5 * np.eye(2)):
            slope = (one.at(u + along).value - one.at(u - along).value) / 4e-5
            assert one.at(u).gradient[p] == pytest.approx(slope, rel=1e-6)


def test_an_end_of_an_interval_is_found_where_a_profile_is_not_the_same_twice():
    """A search that goes on from its last point may end a little elsewhere the second time."""
    seen = []

    def rise(shift):
        seen.append(shift)
        again = seen.count(shift) > 1
        return abs(shift) - 1.0 - (2.0 if again else 0.0)

    assert crossing(rise, 0.25, (-100.0, 100.0)) == pytest.approx(1.0, rel=1e-5)


@given(
    st.sampled_from((math.sin, math.tanh, lambda x: x**9, lambda x: math.copysign(1.0, x))),
    st.floats(-0.9, 0.9),
    st.sampled_from((1e-3, 1.0, 1e3)),
    st.booleans(),
)
def test_a_zero_is_found_between_two_signs(shape, at, scale, falling):
    """Straight, flat or a jump; whichever end is higher, and in few steps."""
    asked = []

    def f(x):
        asked.append(x)
        return shape(x / scale - at) * (-1 if falling else 1)

    found = zero(f, -scale, 1.1 * scale, 1e-9 * scale)
    assert abs(found - at * scale) <= 2e-9 * scale or f(found) == 0.0
    assert len(asked) <= 3 * 31  # three times what halving takes


def test_a_lag_that_is_over_before_the_first_point_is_not_identifiable():
    """Growth from any earlier start looks the same then: the data give an upper limit alone."""
    time = TIME[TIME > 40.0]
    noise = np.random.default_rng(5).normal(0.0, 1e-3, len(time))
    late = pn.fit(
        pn.Trace(time, 0.5 * -np.expm1(-0.02 * (time - 25.0)) + noise), "A -> B after lag"
    )
    lag = late.params["lag"]
    assert not lag.identifiable
    assert lag.ci95[0] is None
    assert lag.ci95[1] > 40.0
    assert late.params["k"].value == pytest.approx(0.02, rel=0.05)
