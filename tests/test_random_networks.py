"""Random networks under random protocols: matter is kept, nothing below zero, solvers agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prenuc.protocol import Protocol
from prenuc.simulation import simulate
from prenuc.simulation.solvers import Cvode, Rodas
from strategies import days, networks

KEPT = 1e-10  # relative error of every moiety, in every vessel and in the ledger
BELOW = 10  # times the absolute tolerance
AGREE = 1e-5  # of the largest concentration
OURS, SECOND = Rodas(rtol=1e-8, atol=1e-14), Cvode(rtol=1e-8, atol=1e-12)
TIGHT = Rodas(rtol=1e-10, atol=1e-16)


@st.composite
def cases(draw):
    mechanism = draw(networks())
    return mechanism, draw(days(mechanism))


def kept(case, solver=OURS):
    """Run a case, hold it to conservation, and return protocol and run."""
    mechanism, text = case
    protocol = Protocol.from_text(text)
    run = simulate(mechanism, protocol, solver=solver)
    for vessel, errors in run.conservation.items():
        assert all(error <= KEPT for error in errors.values()), (vessel, errors)
    moving = len(mechanism.components)
    for found in run.measurements:
        largest = np.max(found.concentration[:moving])
        assert np.min(found.concentration[:moving]) >= -BELOW * solver.atol * largest
    return protocol, run


def agrees(case, run, protocol, solver):
    """Hold a run to what another solver finds."""
    mechanism, _ = case
    other = simulate(mechanism, protocol, solver=solver)
    moving = len(mechanism.components)
    for found, wanted in zip(run.measurements, other.measurements, strict=True):
        largest = np.max(wanted.concentration[:moving])
        away = np.max(np.abs(found.concentration - wanted.concentration)[:moving])
        assert away <= AGREE * largest


@settings(max_examples=25)
@given(cases())
def test_random_networks_keep_matter_and_solvers_agree(case):
    protocol, run = kept(case)
    agrees(case, run, protocol, SECOND)


@pytest.mark.study
@settings(max_examples=2000, suppress_health_check=list(HealthCheck))
@given(cases(), st.integers(0, 9))
def test_two_thousand_random_networks(case, lot):
    """Every case is held to conservation and to a run 100 times as tight; a tenth to CVODE."""
    protocol, run = kept(case)
    agrees(case, run, protocol, SECOND if lot == 0 else TIGHT)
