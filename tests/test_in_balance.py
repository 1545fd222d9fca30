"""CdS in balance obeys thermodynamics: against potentials that are written down by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from potentials import COUNTED, UNITS, Potentials, dissipated, equilibrium
from prenuc.conditions import Conditions
from prenuc.errors import MechanismError
from prenuc.mechanism.dots import Moments
from prenuc.mechanism.named import mechanism_named
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas
from prenuc.thermodynamics.check import check
from prenuc.thermodynamics.energy import dissipation

NAME = "two-pathway/CdS"
SULFUR, CADMIUM = 24.0, 96.0  # mmol/L, as in the recipes at 30 mmol/kg


@cache
def model():
    return mechanism_named(NAME)


@cache
def cut():
    """Return the same with dots of 60 units at most, of which there is an equilibrium."""
    return model().with_constants({"dots.largest": 60})


def test_every_step_is_reversible_and_every_cycle_closes():
    found = check(model())
    assert found.verdict == "consistent"
    assert (found.reversible, found.irreversible) == (29, ())
    assert all(loop.closes for loop in found.loops)
    assert all(step.there.because for step in found.other_laws)
    assert all(one.within is not False for one in found.prefactors)


def test_no_moments_stand_for_dots_that_begin_with_two_units():
    with pytest.raises(MechanismError, match="no closed moments"):
        mechanism_named(NAME, dots=Moments())


def some_start(rng):
    start = {name: 10 ** rng.uniform(-4, 1) for name in COUNTED}
    start["Cd(OA)2"], start["Mo/Fr"] = rng.uniform(1, 100), 10 ** rng.uniform(-4, -1)
    for additive in ("HPPh2", "TOPO", "HMSA", "MeOH", "toluene", "HOA"):
        start[additive] = rng.choice([0.0, 10 ** rng.uniform(0, 2)])
    return start, 10 ** rng.uniform(-6, -2, cut().class_units.size)


@pytest.mark.parametrize("seed", range(12))
def test_the_gibbs_energy_of_a_closed_vessel_never_rises(seed):
    rng = np.random.default_rng(seed)
    start, dots = some_start(rng)
    kelvin = rng.uniform(298.15, 513.15)
    times = np.concatenate(([0.0], np.logspace(-8, 7, 100)))
    run = evolve(cut(), times, start=start, dots=dots, temperature=kelvin, solver=Rodas(rtol=1e-8))
    found = Potentials(cut(), kelvin)
    states = zip(run.concentration, run.dots, strict=True)
    energy = np.array([found.gibbs(_held(run, c), np.maximum(f, 0.0)) for c, f in states])
    assert np.max(np.diff(energy)) < 1e-6 * np.ptp(energy)


def _held(run, concentrations):
    return dict(zip(run.names, np.maximum(concentrations, 0.0), strict=True))


ADDITIVES = {"topo": "TOPO", "phosphine": "HPPh2"}
STARTS = {
    "precursors": ({"S": SULFUR, "Cd(OA)2": CADMIUM}, 0.0),
    "PC": (
        {
            "as-PC-311": SULFUR / 10,
            "Cd(OA)2": CADMIUM - 2 * SULFUR,
            "oleate (released)": 2 * SULFUR,
        },
        0.0,
    ),
    "dots": ({"Cd(OA)2": CADMIUM - SULFUR, "oleate (released)": 2 * SULFUR}, SULFUR / 40),
}


VESSELS = [(240.0, 1e10, {}), (180.0, 1e11, {"topo": 50.0}), (180.0, 1e12, {"phosphine": 40.0})]
SLOWER = [(180.0, 1e12, {}), (240.0, 1e10, {"topo": 50.0}), (240.0, 1e10, {"phosphine": 40.0})]
SLOWER = [pytest.param(*one, marks=pytest.mark.study) for one in SLOWER]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("celsius", "long", "additive"), [*VESSELS, *SLOWER])
def test_all_ways_lead_to_the_least_gibbs_energy(celsius, long, additive, start):
    kelvin = celsius + 273.15
    found = Potentials(cut(), kelvin)
    wanted, wanted_dots = equilibrium(found, SULFUR, CADMIUM, 2 * CADMIUM, **additive)
    held, of_forty = STARTS[start]
    dots = np.where(cut().class_units == 40, of_forty, 0.0)
    held = held | {ADDITIVES[name]: amount for name, amount in additive.items()}
    times = [0.0, 1.0, long]  # s
    run = evolve(cut(), times, start=held, dots=dots, temperature=kelvin, solver=Rodas(rtol=1e-9))
    end = _held(run, run.concentration[-1])
    off = [abs(end[name] - wanted[name]) * UNITS.get(name, 1) / SULFUR for name in COUNTED]
    assert max(off) < 1e-9
    assert np.max(np.abs(run.dots[-1] - wanted_dots) * cut().class_units) < 1e-9 * SULFUR
    assert run.stats["steps"] < 5000  # rounding does not hold the steps short
    power = [
        dissipated(cut(), found, _held(run, c), np.maximum(f, 0.0))[0]
        for c, f in zip(run.concentration[1:], run.dots[1:], strict=True)
    ]
    assert abs(power[1]) < 1e-12 * power[0]


def test_the_package_dissipates_as_much():
    rng = np.random.default_rng(3)
    start, dots = some_start(rng)
    run = evolve(cut(), [0.0, 1.0, 1e2, 1e4], start=start, dots=dots, temperature=420.0)
    for c, f in list(zip(run.concentration, run.dots, strict=True))[1:]:
        held, there = _held(run, c), np.maximum(f, 1e-300)
        wanted = dissipated(cut(), Potentials(cut(), 420.0), held, there)[0]
        found = dissipation(cut(), Conditions(420.0, 1.0, held, {}), there)
        assert found == pytest.approx(wanted, rel=1e-6)
