"""A run that begins like an earlier one goes on from there, and is the same to the last digit."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import prenuc as pn
from prenuc.facts.catalogue import get
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.vessels import Vessels

RECIPE = get("recipes", "cds-msc-311-in-toluene")
MODEL, PROTOCOL = for_recipe(RECIPE), Protocol.from_recipe(RECIPE)
CHANGED = {
    "the last step": PROTOCOL.with_spectra(["7 min", "1 d"]),
    "a dilution": PROTOCOL.with_dilution({"take into cuvette": 3.0}),
    "the middle": PROTOCOL.with_duration({"hold flask": "21 min"}),
    "the first step": PROTOCOL.with_amount({"charge flask": {"S": "0.2 mmol"}}),
    "another reagent": PROTOCOL.with_additive("0.1 mmol TOPO", "hold flask"),
    "nothing": PROTOCOL,
}


@pytest.fixture(scope="module")
def earlier():
    return pn.simulate(MODEL, PROTOCOL)


@pytest.fixture
def carried_out(monkeypatch):
    """How many operations are carried out."""
    count, carry_out = [], Vessels.carry_out

    def counted(self, operation):
        count.append(operation)
        carry_out(self, operation)

    monkeypatch.setattr(Vessels, "carry_out", counted)
    return count


def same(one, other):
    assert len(one.measurements) == len(other.measurements)
    for a, b in zip(one.measurements, other.measurements, strict=True):
        np.testing.assert_array_equal(a.concentration, b.concentration)
        np.testing.assert_array_equal(a.dots, b.dots)
        np.testing.assert_array_equal(a.tangents, b.tangents)
    assert one.conservation == other.conservation
    assert one.stats["evaluations"] == other.stats["evaluations"]


@pytest.mark.parametrize("where", CHANGED)
def test_what_goes_on_is_what_begins_anew(where, earlier):
    protocol = CHANGED[where]
    found = pn.simulate(MODEL, protocol, earlier=earlier)
    same(found, pn.simulate(MODEL, protocol))
    same(pn.simulate(MODEL, PROTOCOL, earlier=found), earlier)  # and back


def test_only_what_differs_is_run(earlier, carried_out):
    pn.simulate(MODEL, PROTOCOL, earlier=earlier)
    assert carried_out == []
    pn.simulate(MODEL, CHANGED["the last step"], earlier=earlier)
    assert len(carried_out) == 1


def test_nothing_is_taken_from_a_run_of_something_else(earlier, carried_out):
    whole = len(PROTOCOL.plan)
    pn.simulate(MODEL.with_constants({"isomerisation.k": "0.03 1/min"}), PROTOCOL, earlier=earlier)
    assert len(carried_out) == whole
    pn.simulate(MODEL, PROTOCOL, solver=pn.Rodas(rtol=1e-5), earlier=earlier)
    assert len(carried_out) == 2 * whole
    pn.simulate(MODEL, PROTOCOL, parameters=["isomerisation.k"], earlier=earlier)
    assert len(carried_out) == 3 * whole
    pn.simulate(MODEL, PROTOCOL, earlier=pickle.loads(pickle.dumps(earlier)))  # noqa: S301
    assert len(carried_out) == 4 * whole


def test_tangents_go_on_too():
    names = ["isomerisation.k", "growth.k"]
    earlier = pn.simulate(MODEL, PROTOCOL, parameters=names)
    protocol = CHANGED["a dilution"]
    found = pn.simulate(MODEL, protocol, parameters=names, earlier=earlier)
    same(found, pn.simulate(MODEL, protocol, parameters=names))
