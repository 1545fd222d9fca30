"""The stiff problems on which integrators are compared, written as a user would write them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from known_values import e5, hires, oregonator, pollu, robertson
from known_values.e5 import E5
from known_values.hires import HIRES
from known_values.oregonator import OREGONATOR
from known_values.pollu import POLLU
from known_values.reference import integrate
from known_values.robertson import ROBERTSON
from prenuc.mechanism import read_mechanism
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Cvode, Rodas
from test_engine import network

PROBLEMS = [ROBERTSON, HIRES, OREGONATOR, POLLU, E5]
REQUIRED = 1e-6  # relative, of every species, at a relative tolerance of 1e-8


@pytest.fixture
def run(tmp_path):
    def running(known, solver):
        path = tmp_path / "network.yaml"
        path.write_text(known.text, encoding="utf-8")
        return evolve(read_mechanism(path), known.times, solver=solver).concentration[1:]

    return running


def close(found, known, rel):
    for here, (time, wanted) in zip(found, known.values.items(), strict=True):
        text = f"{known.name} at {time:g}"
        np.testing.assert_allclose(here, wanted, rtol=rel, atol=known.floor, err_msg=text)


@pytest.mark.parametrize("known", PROBLEMS, ids=lambda p: p.name)
def test_every_species_is_right_to_six_digits(run, known):
    close(run(known, Rodas(rtol=1e-8, atol=known.atol)), known, REQUIRED)


@pytest.mark.parametrize("known", PROBLEMS, ids=lambda p: p.name)
def test_every_species_is_right_at_the_defaults(run, known):
    """No tolerance is stated: E5 spans 23 decades, and each of its species is followed."""
    close(run(known, Rodas()), known, REQUIRED)


@pytest.mark.parametrize(("seed", "acid"), [(1e-12, 55.5), (1e-25, 10.0), (1e-30, 1e3)])
def test_a_seed_beside_a_solvent_grows_as_the_closed_form(seed, acid):
    """M + S → 2 S is logistic: one wrong seed is a wrong time of everything after it."""
    model = network(({"M": -1.0, "S": 1.0}, 2e3, {"M": 1, "S": 1}), ({"H": -1.0}, 0.0, {"H": 1}))
    times, total = np.linspace(0.0, 60.0, 13)[1:], 1e-3 + seed
    found = evolve(model, times, start={"M": 1e-3, "S": seed, "H": acid}).of("S")
    wanted = total / (1.0 + (1e-3 / seed) * np.exp(-2e3 * total * times))
    np.testing.assert_allclose(found, wanted, rtol=REQUIRED)


@pytest.mark.parametrize("time", [1e-3, 1.0, 30.0])
def test_a_chain_of_twelve_is_right_from_its_first_trace_on(time):
    """The twelfth begins as t¹¹/11!, 1e-41 of the first after a millisecond."""
    names = [f"C{i}" for i in range(12)]
    pairs = itertools.pairwise(names)
    model = network(
        *(({a: -1.0, b: 1.0}, 1.0, {a: 1}) for a, b in pairs), ({"C11": -1.0}, 1.0, {"C11": 1})
    )
    found = evolve(model, [time], start={"C0": 1.0}).concentration[0]
    wanted = [np.exp(-time) * time**i / math.factorial(i) for i in range(12)]
    np.testing.assert_allclose(found, wanted, rtol=REQUIRED)


@pytest.mark.parametrize("known", [ROBERTSON, HIRES, POLLU], ids=lambda p: p.name)
def test_the_second_opinion_agrees(run, known):
    close(run(known, Cvode(rtol=1e-10, atol=known.atol)), known, 1e-5)


def test_the_law_of_e5_holds_where_its_species_have_all_but_vanished(run):
    """B = C + D; lost by an integrator that lets rounding at 1e-11 stand at 1e-22."""
    for _, b, c, d in run(E5, Rodas(rtol=1e-8, atol=1e-40)):
        assert b == pytest.approx(c + d, rel=1e-8, abs=0)


def test_a_species_can_be_followed_down_to_the_last_decade(run):
    """A of E5 falls through 46 decades; its logarithm is what an integrator can know."""
    a, *_ = run(E5, Rodas(rtol=1e-9, atol=1e-75))[1]
    assert np.log(a) == pytest.approx(np.log(E5.values[1e11][0]), abs=1e-4)


# ---- the references themselves -------------------------------------------------------------------

STARTS = [
    (robertson.ROBERTSON, robertson.change, (1, 0, 0), slice(None)),
    (hires.HIRES, hires.change, (1, 0, 0, 0, 0, 0, 0, 0.0057), slice(None)),
    (oregonator.OREGONATOR, oregonator.change, (1, 2, 3), slice(None)),
    (e5.E5, e5.change, (e5.START, 0, 0), [0, 2, 3]),
]


@pytest.mark.study
@pytest.mark.parametrize(("known", "change", "start", "columns"), STARTS, ids=lambda x: str(x)[:24])
def test_the_references_stand_in_another_integrator(known, change, start, columns):
    found = integrate(change, start, list(known.values))
    wanted = np.array(list(known.values.values()))[:, columns]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=known.floor)


def test_the_published_numbers_are_kept_beside_the_recomputed_ones():
    """Robertson agrees; E5 as printed breaks its own law, so its middle is all that can agree."""
    published, ours = robertson.PUBLISHED[1e11], ROBERTSON.values[1e11]
    np.testing.assert_allclose(ours, published, rtol=1e-12)
    _, b, c, d = e5.PUBLISHED[1e13]
    assert abs(b - c - d) / b > 1e-3
    assert E5.values[1e13][1] == pytest.approx((b + c) / 2, rel=1e-5, abs=0)


def test_the_reactions_of_pollu_make_the_printed_number_of_terms():
    assert len(pollu.REACTIONS) == 25
    assert len(pollu.VALUES) == 20
