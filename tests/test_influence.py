from dataclasses import replace

import numpy as np
import pytest

import prenuc as pn
from prenuc.infer.calibration.influence import influences
from prenuc.infer.calibration.priors import Free, within_prior
from prenuc.quantities import Quantity

STEP = 0.01  # of the logarithm of a constant


@pytest.fixture(scope="module")
def found():
    protocol = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))
    mechanism = pn.two_pathway("CdS")
    return mechanism, protocol, influences(mechanism, protocol)


@pytest.mark.parametrize("name", ["isomerisation.k", "fragmentation.k", "MSC-311.K"])
def test_an_influence_is_what_two_runs_differ_by(found, name):
    mechanism, protocol, influence = found
    value = mechanism.constants[name]
    spectra = []
    for step in (-STEP, 0.0, STEP):
        other = Quantity(value.quantity.number * np.exp(step), value.quantity.unit)
        run = pn.simulate(mechanism.with_constants({name: other}), protocol)
        spectra.append(pn.uv_vis(run).absorbance)
    less, there, more = spectra
    slope = np.max(np.abs(more - less)) / (2.0 * STEP) / np.max(there)
    assert influence[name] == pytest.approx(slope * Free.of("", name, value).sd, rel=0.02)


def test_the_first_moves_most_and_constants_of_what_is_not_charged_move_nothing(found):
    _, _, influence = found
    assert list(influence.values()) == sorted(influence.values(), reverse=True)
    assert influence["exchange with MeOH.k"] == 0.0
    assert influence["isomerisation.k"] > 0.1


@pytest.mark.parametrize("name", ["isomerisation.k", "isomerisation.Ea"])
def test_what_was_measured_has_no_prior(found, name):
    value = found[0].constants[name]
    low, high = within_prior(name, value)
    assert low < value.quantity.number < high
    assert within_prior(name, replace(value, status="measured")) is None
