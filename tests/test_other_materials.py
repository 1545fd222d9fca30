"""CdSe, ZnSe and InP in balance: what each claims, and equilibria that are written down by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import chalcogens, entries, get, moieties
from prenuc.mechanism.dots import Moments
from prenuc.mechanism.named import mechanism_named
from prenuc.observe.absorption import uv_vis
from prenuc.observe.dots import line_of
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.evolve import evolve
from prenuc.simulation.run import simulate
from prenuc.thermodynamics.check import check

R = 8.314462618
STEPS = {"CdSe": 13, "CdSe-ODE": 17, "ZnSe": 14, "InP": 13}  # reactions, and the first dot's
RECIPES = [r.id for r in entries("recipes").values() if r.material in {"CdSe", "ZnSe", "InP"}]


@cache
def model(which):
    return mechanism_named(f"two-pathway/{which}")


def done(recipe, *varied, **constants):
    entry = entries("recipes")[recipe]
    protocol = Protocol.from_recipe(entry)
    for text in varied:
        protocol = protocol.varied(text)
    return simulate(for_recipe(entry).with_constants(constants), protocol)


def shares(run, vessel):
    return run.fractions(next(one for one in run.measurements if one.vessel == vessel))


@pytest.mark.parametrize("which", STEPS)
def test_every_step_is_reversible_and_every_cycle_closes(which):
    found = check(model(which))
    assert found.verdict == "consistent"
    assert (found.reversible, found.irreversible) == (STEPS[which], ())
    assert all(loop.closes for loop in found.loops)
    assert all(step.there.because for step in found.other_laws)
    assert all(one.within is not False for one in found.prefactors)


@pytest.mark.parametrize("which", STEPS)
def test_no_moments_stand_for_dots_that_begin_with_two_units(which):
    with pytest.raises(MechanismError, match="no closed moments"):
        mechanism_named(f"two-pathway/{which}", dots=Moments())


@pytest.mark.parametrize("recipe", RECIPES)
def test_matter_is_kept_and_all_of_it_is_counted(recipe):
    run = done(recipe)
    assert all(max(parts.values()) < 1e-12 for parts in run.conservation.values())
    for one in run.measurements:
        assert sum(run.fractions(one).values()) == pytest.approx(1.0, abs=1e-12)


STARTS = {
    "CdSe": {"SeTOP": 24.0, "Cd(OAc)2/OLA": 96.0, "OLA": 2800.0},
    "ZnSe": {"SeTOP": 24.0, "Zn(OAc)2/OLA": 96.0, "OLA": 2800.0},
    "InP": {"P(TMS)3": 24.0, "In(MA)3": 96.0},
}


@pytest.mark.parametrize("which", STARTS)
def test_dilution_ends_the_pathway_of_the_precursor_compound(which):
    """No law says so: an assembly is of order nine, and a PC of as many as it holds."""
    chalcogen = next(iter(STARTS[which]))
    bonded = []
    for times in (1.0, 30.0):
        start = {name: c if name == "OLA" else c / times for name, c in STARTS[which].items()}
        run = evolve(model(which), [0.0, 1800.0], start=start, temperature=453.15)
        there = dict(zip(run.names, run.concentration[-1], strict=True))
        kinds = {n: c for n, c in model(which).components.items() if c.kind in {"PC", "MSC"}}
        element = get("materials", which).chalcogen
        atoms = sum(there[n] * c.composition[element] for n, c in kinds.items())
        bonded.append(atoms / start[chalcogen])
    assert bonded[0] > 0.1
    assert bonded[1] < 0.01


# ---- CdSe ----------------------------------------------------------------------------------------


def test_the_acid_decides_between_clusters_and_dots():
    """One mechanism for both flasks; the acid is in one of them (seed @ Note S3)."""
    with_acid = shares(done("cdse-3c-hoac"), "trace-8")
    without = shares(done("cdse-3c-hoac", "inject into flask: HOAc = 0.000001 mmol"), "trace-8")
    assert with_acid["dMSC-460"] > 0.9
    assert with_acid["QD"] < 1e-3
    assert without["QD"] > 0.9
    assert without["dMSC-393"] + without["dMSC-460"] < 1e-3


def test_clusters_last_because_they_hold_acetate_tighter_than_their_precursor_compounds():
    held = model("CdSe-ODE").constants["PC-393 under acetate.K"].quantity
    alike = {f"dMSC-{n} under acetate.K": held for n in (393, 460)}
    found = shares(done("cdse-3c-hoac", **alike), "trace-8")
    assert found["dMSC-460"] < 0.5


@pytest.mark.parametrize("acid", [1.0, 60.0, 400.0])
def test_acetate_is_shared_between_solution_assemblies_and_clusters_as_the_balance_says(acid):
    """x among what is elsewhere from one balance; the clusters then stand at K (q/q')^20."""
    here, kelvin = model("CdSe-ODE").with_constants({"exchange.k": "1e-12 1/min"}), 298.15
    start = {"Cd(MA)2": 40.0, "PC-393": 0.6, "HOAc": acid, "HMA": 5.0}
    run = evolve(here, [0.0, 1e8], start=start, temperature=kelvin)
    there = dict(zip(run.names, run.concentration[-1], strict=True))
    v = {name: value.si for name, value in here.constants.items()}
    hosts = "assembly", "as-PC-393", "PC-393", "PC-460", "dMSC-393", "dMSC-460"
    sites = {n: v[f"{n} under acetate.sites"] * there[n] for n in hosts}
    kappa = {n: v[f"{n} under acetate.K"] for n in hosts}
    everything = acid + 5.0 + 2 * 40.0 + 20 * 0.6

    def missing(x):
        held = sum(sites[n] * kappa[n] * x / (1 - x + kappa[n] * x) for n in hosts)
        return (everything - sum(sites.values())) * x + held - acid

    x = brentq(missing, 0.0, 1.0, xtol=1e-15)
    equilibrium = v["dMSC-393.K"] * np.exp(
        -v["dMSC-393.H"] / R * (1 / kelvin - 1 / v["dMSC-393.at"])
    )
    polynomials = [1 - x + kappa[n] * x for n in ("dMSC-393", "PC-393")]
    wanted = equilibrium * (polynomials[0] / polynomials[1]) ** 20
    assert there["dMSC-393"] / there["PC-393"] == pytest.approx(wanted, rel=1e-4)


def test_a_hot_sample_stays_as_synthesised_and_turns_when_cold():
    hot, cold = (shares(done("cdse-5b"), vessel) for vessel in ("blue-trace", "red-trace"))
    assert hot["MSC-415"] < 0.003
    assert cold["MSC-415"] > 0.05
    assert hot["QD"] < 1e-3


# ---- InP and ZnSe --------------------------------------------------------------------------------


def test_precursor_compounds_of_inp_come_first_and_dots_in_their_place():
    run = done("inp-s1")
    early, late = (shares(run, f"sample-{n}") for n in (1, 6))
    assert early["PC"] > 0.05
    assert early["QD"] < 0.02
    assert late["QD"] > 0.5
    assert late["PC"] + late["MSC-InP"] < 1e-3


def test_silyl_groups_are_set_free_with_carboxylates():
    run = done("inp-s1")
    held = dict(zip(run.names, run.measurements[-1].concentration, strict=True))
    assert held["TMS (released)"] == pytest.approx(held["myristate (released)"], rel=0.2)
    assert held["TMS (released)"] > 0.1


def test_the_precursor_compound_of_znse_weighs_what_the_seed_prints():
    core = {"Zn", "Se"}
    parts = model("ZnSe").components["PC-299"].composition
    grams = sum(n * moieties()[part][0] * 1e3 for part, n in parts.items() if part in core)
    assert (parts["Zn"], parts["Se"]) == (32, 16)
    assert grams == pytest.approx(get("species", "PC-299").values["mass"].quantity.number, abs=10)


def test_dots_without_a_published_extinction_law_have_the_assumed_one_of_their_species():
    run = done("inp-s1")
    assert line_of("InP").exponent == get("species", "QD-InP").values["extinction_power"].si
    early, late = uv_vis(run).absorbance
    assert np.all(late >= 0)
    assert late[100] > 10 * early[100]  # 385 nm
    assert (
        line_of("CdSe").prefactor
        == get("materials", "CdSe").curves[0].extinction["prefactor"].quantity.number
    )


def test_phosphorus_counts_where_chalcogens_do():
    assert {"P", "S", "Se", "Te"} == chalcogens()
