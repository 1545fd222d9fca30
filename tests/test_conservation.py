"""Whatever is done to the vessels, no moiety is made or lost; integrators agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries, recipe
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism import Arrhenius, Component, Mechanism, Moments, Reaction, two_pathway
from prenuc.mechanism.reaction import mass_action
from prenuc.protocol import Protocol
from prenuc.protocol.plan import Add, Evolve, Transfer
from prenuc.quantities import Quantity
from prenuc.scope.verdict import unknown
from prenuc.simulation import Cvode, ScipyBdf, ScipyRadau, simulate
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.solvers import Rodas
from strategies import CHEMISTRY, protocols

MODELS = {material: two_pathway(material) for material in CHEMISTRY}
COARSE = two_pathway("CdS@0.1", dots=Moments())  # few enough equations for any library
VESSEL, EVENT = 1e-10, 1e-12  # relative errors allowed
CDS = "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9 g ODE at 60 degC"


def composition(run):
    """Return the moieties of every component of a run, shape (moieties, components)."""
    shelf, parts = entries("reagents"), []
    for name in run.names:
        known = run.mechanism.components.get(name)
        parts.append(dict(known.composition if known else shelf[name].composition))
    tracked = sorted({moiety for of in parts for moiety in of})
    return np.array([[of.get(moiety, 0.0) for of in parts] for moiety in tracked])


def expected(run):
    """Yield the moieties that each measurement must find, from the plan alone."""
    moieties, vessels = composition(run), {}
    none = np.zeros(len(run.names))
    for operation in run.protocol.plan:
        here = vessels.get(operation.vessel, none)
        match operation:
            case Add():
                added = [operation.amounts.get(name, 0.0) for name in run.names]
                vessels[operation.vessel] = here + np.array(added)
            case Transfer():
                vessels[operation.vessel] = here * (1 - operation.share)
                if operation.target is not None:
                    there = vessels.get(operation.target, none)
                    vessels[operation.target] = there + here * operation.share
            case Evolve():
                for _ in operation.looks:
                    yield moieties @ here


def worst(run):
    """Return the largest relative error of any moiety in any vessel, as the run reports it."""
    vessels = {name: errors for name, errors in run.conservation.items() if name != "ledger"}
    assert set(vessels) == set(run.protocol.vessels)
    return max(error for errors in vessels.values() for error in errors.values())


def check(run):
    assert worst(run) <= VESSEL
    assert run.conservation["ledger"]["worst event"] <= EVENT
    assert run.conservation["ledger"]["final"] <= VESSEL
    moieties = composition(run)
    for found, wanted in zip(run.measurements, expected(run), strict=True):
        there = moieties @ found.concentration * found.volume
        np.testing.assert_allclose(there, wanted, rtol=VESSEL, atol=1e-25)


@pytest.mark.parametrize("material", sorted(CHEMISTRY))
@settings(max_examples=15)
@given(data=st.data())
def test_no_protocol_makes_or_loses_matter(material, data):
    done = Protocol.from_text(data.draw(protocols(material)))
    idle = unknown(MODELS[material], done)
    run = simulate(MODELS[material], done, inert=idle, extrapolate=True)
    check(run)
    assert all(np.all(m.concentration > -1e-9) for m in run.measurements)


@pytest.mark.parametrize("solver", [Cvode(), ScipyBdf(rtol=1e-6), ScipyRadau(rtol=1e-5)])
def test_matter_is_kept_by_every_integrator_at_any_tolerance(solver):
    done = Protocol.from_recipe(recipe("cds-qd-from-pc-with-topo"))
    check(simulate(COARSE, done, solver=solver))


OF_ONE_MATERIAL = [name for name, r in entries("recipes").items() if r.material in MODELS]


@pytest.mark.parametrize("name", OF_ONE_MATERIAL)
def test_matter_is_kept_in_every_recipe(name):
    published = recipe(name)
    run = simulate(for_recipe(published), Protocol.from_recipe(published))
    check(run)
    assert run.measurements


def test_a_vessel_that_was_emptied_is_not_an_error():
    first = Protocol.from_text([CDS, "hold flask for 1 min"])
    everything = first.plan[-1].volume
    done = [
        CDS,
        "heat flask to 180 degC over 10 min",
        "hold flask for 20 min",
        f"take {everything * 1e6!r} mL of flask into B at 25 degC",
        "measure B at 1 min",
    ]
    check(simulate(MODELS["CdS"], Protocol.from_text(done)))


def test_what_is_discarded_stays_in_the_ledger():
    done = Protocol.from_text([CDS, "discard 12 mL of flask", "measure flask at 5 min"])
    run = simulate(MODELS["CdS"], done)
    check(run)
    (found,) = run.measurements
    assert found.volume == pytest.approx(done.plan[0].amounts["S"] * 0 + 1.8573e-7, rel=1e-3)


def test_the_ledger_sees_a_reaction_that_is_not_balanced(monkeypatch):
    leaky = Reaction("leak", {"S": -1.0}, Arrhenius(1e-3), mass_action({"S": 1}))
    parts = {"S": Component("S", {"S": 1.0})}
    monkeypatch.setattr(Mechanism, "issues", lambda _: [])
    done = Protocol.from_text([CDS, "hold flask for 9 min"])
    run = simulate(Mechanism("leaky", parts, (leaky,)), done, inert=["Cd(OA)2"])
    assert run.conservation["flask"]["S"] == pytest.approx(1 - np.exp(-0.54), rel=1e-6)
    assert run.conservation["flask"]["Cd"] == 0.0


def test_a_component_with_another_composition_than_the_shelf_is_refused():
    parts = {"S": Component("S", {"S": 8.0}), "X": Component("X", {"S": 8.0})}
    wrong = Mechanism("mine", parts, (Reaction("R", {"S": -1.0, "X": 1.0}, Arrhenius(1.0)),))
    with pytest.raises(MechanismError, match="counts 'S' as"):
        simulate(wrong, Protocol.from_text([CDS, "hold flask for 5 min"]), inert=["Cd(OA)2"])


# ---- frozen -------------------------------------------------------------------------------------


def matter(run, measurement):
    """Return concentrations without those of ligands that are free: they have no mass."""
    held = zip(run.names, measurement.concentration, strict=True)
    return np.array([c for name, c in held if name not in run.mechanism.without_mass])


def without_barriers(material):
    zero = Value(Quantity(0.0, "kJ/mol"), Source("user", "test"), "assumed")
    names = [name for name in MODELS[material].parameters if name.endswith((".Ea", ".H"))]
    assert len(names) > 8
    return MODELS[material].with_constants(dict.fromkeys(names, zero))


@pytest.mark.parametrize("material", sorted(CHEMISTRY))
def test_nothing_reacts_at_liquid_nitrogen_even_without_barriers(material):
    kit, model = CHEMISTRY[material], without_barriers(material)
    charge = (
        f"charge flask with 1.2 mmol {kit.metal}, 0.3 mmol {kit.chalcogen}, 0.1 mmol TOPO, "
        f"1 mL toluene and 9 g {kit.solvent} at 60 degC"
    )
    waits = ["hold flask for 5 min", "measure flask at 5 min"]
    cold = ["store flask at -196 degC for 30 d", "measure flask at 43205 min"]
    idle = [] if material == "CdS" else ["TOPO"]
    run = simulate(model, Protocol.from_text([charge, *waits, *cold]), inert=idle)
    before, after = run.measurements
    assert after.temperature == pytest.approx(77.15)
    assert np.array_equal(matter(run, before), matter(run, after))
    warm = ["store flask at -20 degC for 1 d", "measure flask at 1445 min"]
    done = Protocol.from_text([charge, *waits, *warm])
    before, after = simulate(model, done, inert=idle, extrapolate=True).measurements
    assert np.max(np.abs(after.concentration - before.concentration)) > 1.0


def test_nothing_reacts_at_liquid_nitrogen_without_a_solvent_either():
    lines = [
        "charge vial with 0.1 mmol Cd(OA)2, 0.3 mmol S and 1 g HOA at 25 degC",
        "measure vial at 0 min",
        "store vial at -196 degC for 30 d",
        "measure vial at 30 d",
    ]
    run = simulate(without_barriers("CdS"), Protocol.from_text(lines))
    before, after = run.measurements
    assert np.array_equal(matter(run, before), matter(run, after))


# ---- integrators and volumes --------------------------------------------------------------------


def test_integrators_agree_on_figure_2a_b():
    done = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    found = [
        simulate(COARSE, done, solver=solver).concentration("MSC-311")
        for solver in (Cvode(), ScipyBdf(), ScipyRadau())
    ]
    assert found[0][-1] > 0.01
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-5)


def test_a_tighter_tolerance_changes_little():
    done = Protocol.from_recipe(recipe("cdte-dmsc-371-in-toluene-ota"))
    usual, tight = (
        simulate(MODELS["CdTe"], done, solver=Rodas(rtol=rtol)).concentration("dMSC-371")
        for rtol in (1e-8, 1e-11)
    )
    np.testing.assert_allclose(usual, tight, rtol=1e-4, atol=1e-6 * tight[-1])


def test_a_run_repeats_to_the_last_digit():
    done = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    one, other = (simulate(MODELS["CdS"], done) for _ in range(2))
    assert np.array_equal(one.concentration("MSC-311"), other.concentration("MSC-311"))


def test_dilution_divides_every_concentration_by_the_same_factor():
    done = Protocol.from_text(
        [
            CDS,
            "take 1 mL of flask into B with 3 mL ODE at 0 degC",
            "measure flask at 0 min",
            "measure B at 0 min",
        ]
    )
    run = simulate(MODELS["CdS"], done)
    flask, second = run.measurements
    for name in ("S", "Cd(OA)2"):
        column = run.names.index(name)
        ratio = flask.concentration[column] / second.concentration[column]
        assert ratio == pytest.approx(4.0, rel=1e-9), name


def test_a_run_restarted_by_extra_looks_is_the_same_run():
    plain = [
        "heat flask to 180 degC over 10 min",
        "hold flask for 20 min",
        "measure flask at 30 min",
    ]
    often = [
        "heat flask by 60 degC over 5 min",
        "measure flask at 5 min",
        "heat flask by 60 degC over 5 min",
        "measure flask every 10 min until 30 min",
    ]
    one, other = (
        simulate(MODELS["CdS"], Protocol.from_text([CDS, *lines])).measurements[-1]
        for lines in (plain, often)
    )
    assert one.time == other.time == 1800.0
    np.testing.assert_allclose(other.concentration, one.concentration, rtol=1e-5, atol=1e-9)
