"""CdTe and the alloy obey thermodynamics, against potentials written down by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq

from prenuc.conditions import Conditions
from prenuc.facts.catalogue import entries
from prenuc.infer.experiments.performed import Experiments
from prenuc.mechanism.named import mechanism_named
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.evolve import evolve
from prenuc.simulation.run import simulate
from prenuc.simulation.solvers import Rodas
from prenuc.thermodynamics.check import check

R, BOLTZMANN, UNIT = 8.314462618, 1.380649e-23, 0.06809e-27  # J/mol/K, J/K, m³ of a CdTe
OLA, ODE, ALLOY = "two-pathway/CdTe", "two-pathway/CdTe-ODE", "alloy/CdTeSe"
STAGES = [f"as-PC-371.{i}" for i in range(1, 12)]
CLUSTERS = {OLA: [*STAGES, "PC-371", "dMSC-371"], ODE: ["as-PC-427", "PC-427", "dMSC-427"]}
METAL = {OLA: "Cd(OAc)2/OLA", ODE: "Cd(OA)2"}
RECIPES = [r.id for r in entries("recipes").values() if r.material in {"CdTe", "CdTeSe"}]


@cache
def model(name):
    return mechanism_named(name)


def formation(mechanism, words, kelvin):
    """−RT ln K, with van 't Hoff's K."""
    k, at, heat = (mechanism.constants[f"{words}.{last}"].si for last in ("K", "at", "H"))
    return -R * kelvin * (np.log(k) - heat / R * (1 / kelvin - 1 / at))


def standard(name, kelvin):
    """μ° in J/mol by component; precursors and what reactions set free define zero."""
    mechanism = model(name)
    assembly, monomer = (formation(mechanism, x, kelvin) for x in ("assembly", "Mo/Fr"))
    found = {"assembly": assembly, "Mo/Fr": monomer}
    first, *more, pc, msc = CLUSTERS[name]
    found[first] = 10 * monomer + formation(mechanism, first.partition(".")[0], kelvin)
    for before, stage in zip([first, *more], more, strict=False):
        found[stage] = found[before] + formation(mechanism, "stage", kelvin)
    found[pc] = found[[first, *more][-1]] + formation(mechanism, pc, kelvin)
    found[msc] = found[pc] + formation(mechanism, msc, kelvin)
    solubility, at, heat = (
        mechanism.constants[f"dots.{last}"].si for last in ("solubility", "solubility at", "H")
    )
    soluble = np.log(solubility) - heat / R * (1 / kelvin - 1 / at)
    found["QD"] = monomer + R * kelvin * soluble
    return found


def some_state(name, rng, kelvin):
    counted = [n for n in model(name).components if n not in model(name).without_mass]
    held = {one: 10 ** rng.uniform(-4, 1) for one in counted}
    return Conditions(kelvin, 1.0, held, {})


def fraction_of_acetate(held):
    """x such that acetate is kept: what dissolved carriers hold, and what sites hold."""
    sites = 12 * held["assembly"] + 20 * sum(held[one] for one in CLUSTERS[ODE])
    acetate = held["HOAc"] + held.get("acetate (released)", 0.0)
    oleate = held["HOA"] + held["oleate (released)"] + 2 * held["Cd(OA)2"] + sites
    strength = model(ODE).constants["assembly under acetate.K"].si

    def excess(x):
        on_sites = sites * strength * x / (1 - x + strength * x)
        return x * (acetate + oleate - sites) + on_sites - acetate

    return brentq(excess, 0.0, 1.0, xtol=1e-15), strength


@pytest.mark.parametrize(("name", "steps"), [(OLA, 54), (ODE, 13), (ALLOY, 117)])
def test_every_step_is_reversible_and_every_cycle_closes(name, steps):
    found = check(model(name))
    assert found.verdict == "consistent"
    assert (found.reversible, found.irreversible) == (steps, ())
    assert all(loop.closes for loop in found.loops)
    assert all(step.there.because for step in found.other_laws)
    assert all(one.within is not False for one in found.prefactors)


@pytest.mark.parametrize("name", [OLA, ODE])
@pytest.mark.parametrize("kelvin", [298.15, 373.15, 413.15])
def test_what_drives_a_step_is_the_difference_of_potentials(name, kelvin):
    state = some_state(name, np.random.default_rng(5), kelvin)
    held = dict(state.concentrations)
    of = standard(name, kelvin)
    lowered = {}
    if name == ODE:
        x, strength = fraction_of_acetate(held)
        q = 1 - x + strength * x
        clusters = dict.fromkeys(CLUSTERS[ODE], 20.0)
        lowered = {n: s * np.log(q) for n, s in {"assembly": 12.0, **clusters}.items()}
        held |= {one: q if one.startswith("q of") else x for one in model(ODE).without_mass}
    found = model(name).affinities(Conditions(kelvin, 1.0, held, {}))
    driven = 0
    for step in model(name).steps:
        if step.name not in found:
            continue
        units = dict(step.net)
        solid = units.pop("QD", 0.0)
        wanted = -solid * of["QD"] - sum(
            n * (of.get(x, 0.0) + R * kelvin * (np.log(held[x]) - lowered.get(x, 0.0)))
            for x, n in units.items()
        )
        assert found[step.name] * 1e3 == pytest.approx(wanted, abs=1e-6 * R * kelvin)
        driven += 1
    assert driven >= 12


@pytest.mark.parametrize("seed", range(6))
def test_the_gibbs_energy_of_a_closed_vessel_never_rises(seed):
    """Over particles, with dots by size, from random states in which every stage is there."""
    rng, cut = np.random.default_rng(seed), model(OLA).with_constants({"dots.largest": 60})
    kelvin = rng.uniform(298.15, 463.15)
    counted = ["TeTOP", METAL[OLA], "assembly", "Mo/Fr", *CLUSTERS[OLA]]
    start = {one: 10 ** rng.uniform(-4, 1) for one in counted}
    start |= {"OLA": 3000.0, "TOP": 20.0, "acetate (released)": 30.0, METAL[OLA]: 100.0}
    start["OTA"] = rng.choice([0.0, 100.0])
    dots = 10 ** rng.uniform(-6, -2, cut.class_units.size)
    times = np.concatenate(([0.0], np.logspace(-8, 7, 80)))
    run = evolve(cut, times, start=start, dots=dots, temperature=kelvin, solver=Rodas(rtol=1e-8))
    of, n = standard(OLA, kelvin), cut.class_units
    surface = cut.constants["dots.surface energy"].si
    tension = (36 * np.pi) ** (1 / 3) * surface * UNIT ** (2 / 3) / (BOLTZMANN * kelvin)
    of_dots = of["Mo/Fr"] + (n - 1) * of["QD"] + R * kelvin * tension * (np.cbrt(n) ** 2 - 1)
    energy = []
    for c, f in zip(run.concentration, run.dots, strict=True):
        mu = np.array([of.get(name, 0.0) for name in run.names])
        energy.append(particles(c, mu, kelvin) + particles(f, of_dots, kelvin))
    assert np.max(np.diff(energy)) < 1e-6 * np.ptp(energy)


TELLURIUM, CADMIUM = 20.0, 90.0  # mmol/L
BESIDES = {OLA: {"OLA": 2500.0, "TOP": 1.0}, ODE: {"HOAc": 90.0, "HOA": 1.0, "TOP": 1.0}}


def start_of(name, begun):
    """The same moieties as precursors, as a PC, or as dots of 40 units."""
    metal = METAL[name]
    held = {"TeTOP": TELLURIUM, metal: CADMIUM, **BESIDES[name]}
    if begun == "precursors":
        return held, 0.0
    bound = 2 * TELLURIUM if begun == "PC" else TELLURIUM
    set_free = {"OLA": 2 * TELLURIUM} if name == OLA else {}
    acid = "acetate" if name == OLA else "oleate"
    held |= {"TeTOP": 0.0, metal: CADMIUM - bound, "TOP": 1.0 + TELLURIUM}
    held |= {x: BESIDES[name][x] + n for x, n in set_free.items()}
    held |= {f"{acid} (released)": 2 * TELLURIUM}
    if begun == "PC":
        return held | {CLUSTERS[name][0]: TELLURIUM / 10}, 0.0
    return held, TELLURIUM / 40


@pytest.mark.parametrize("name", [OLA, ODE])
def test_precursors_clusters_and_dots_end_alike(name):
    """At 240 °C, with dots of 60 units at most, of which there is an equilibrium."""
    cut, ends = model(name).with_constants({"dots.largest": 60}), []
    for begun in ("precursors", "PC", "dots"):
        held, of_forty = start_of(name, begun)
        dots = np.where(cut.class_units == 40, of_forty, 0.0)
        times, solver = [0.0, 1.0, 2e10], Rodas(rtol=1e-8)
        run = evolve(cut, times, start=held, dots=dots, temperature=513.15, solver=solver)
        ends.append(np.concatenate((run.concentration[-1], run.dots[-1] * cut.class_units)))
    for end in ends[1:]:
        assert np.max(np.abs(end - ends[0])) < 1e-6 * TELLURIUM


def particles(c, potential, kelvin):
    c, potential = c[c > 0], potential[c > 0]
    return c @ (potential + R * kelvin * (np.log(c) - 1))


def test_heat_makes_a_precursor_compound_as_synthesised_and_cold_activates_it():
    """The chain is at equilibrium when hot, and on the side of its first stages."""
    share = {}
    for celsius in (25.0, 140.0):
        of = standard(OLA, celsius + 273.15)
        weight = np.exp(-np.array([of[one] for one in STAGES]) / R / (celsius + 273.15))
        share[celsius] = weight / weight.sum()
    assert share[140.0][0] > 0.7
    assert share[25.0][-1] > 0.9


def measured(name, recipe, **change):
    mechanism = model(name).with_constants(change.get("to", {}))
    return Experiments(lambda _: mechanism).run(recipe)[0]


def of_kind(run, vessel, kinds):
    """Share of the chalcogen in some kinds of components, at the last look at a vessel."""
    components = run.mechanism.components
    last = [one for one in run.measurements if one.vessel == vessel][-1]
    held = dict(zip(run.names, last.concentration, strict=True))
    atoms = {
        name: sum((components[name].composition or {}).get(e, 0.0) for e in ("Te", "Se"))
        for name in held
        if name in components
    }
    whole = sum(held[name] * n for name, n in atoms.items())
    return sum(held[x] * n for x, n in atoms.items() if components[x].kind in kinds) / whole


def test_acetate_decides_because_its_cadmium_dissolves_less():
    """Nothing forbids Cd(OA)2 to assemble: with equal solubilities HOAc makes no difference."""
    as_soluble = {name: 1.001 for name in model(ODE).constants if name.endswith("acetate.K")}
    with_acid = measured(ODE, "cdte-4d-hoac")
    assert of_kind(with_acid, "trace-1", {"MSC"}) > 0.5
    assert of_kind(with_acid, "trace-1", {"QD"}) < 0.02
    alike = measured(ODE, "cdte-4d-hoac", to=as_soluble)
    assert of_kind(alike, "trace-1", {"MSC"}) < 0.01
    assert of_kind(alike, "trace-1", {"QD"}) > 0.5
    without = measured(ODE, "cdte-4d-no-hoac")
    assert of_kind(without, "trace-2", {"QD"}) > 0.5


def test_a_sample_that_stands_neat_is_not_dead():
    run = measured(OLA, "cdte-5a")
    assert of_kind(run, "blue-trace", {"MSC"}) < 1e-4
    held = of_kind(run, "red-trace", {"MSC"}) / of_kind(run, "red-trace", {"MSC", "PC"})
    assert held > 0.5


def test_one_activation_in_place_of_the_chain_has_no_sharp_lag():
    def early(**change):
        run = measured(OLA, "cdte-dmsc-371-in-toluene-ota", **change)
        times = np.array([one.time for one in run.measurements]) / 60
        course = run.concentration("dMSC-371")
        return course[times == 100.0][0] / course[-1]

    assert early() < 0.02
    assert early(to={"stage.count": 1}) > 5 * early()


def test_without_substitution_each_precursor_compound_becomes_its_own_cluster():
    run = measured(ALLOY, "cdtese-5c")
    last = dict(zip(run.names, run.measurements[-1].concentration, strict=True))
    assert last["MSC-399"] > 10 * (last["dMSC-371"] + last["MSC-415"])
    alone = measured(ALLOY, "cdtese-5c", to={"substitution.k": "1e-9 L/mmol/min"})
    last = dict(zip(alone.names, alone.measurements[-1].concentration, strict=True))
    assert last["MSC-399"] < 0.01 * (last["dMSC-371"] + last["MSC-415"])


def test_two_materials_have_two_ladders_and_one_metal():
    one, other = model(ALLOY).populations
    assert (one.material, other.material) == ("CdTe", "CdSe")
    assert not {c.name for c in one.channels} & {c.name for c in other.channels}
    assert one.moments.units == "QD (CdTe)"


@pytest.mark.parametrize("recipe", RECIPES)
def test_matter_is_kept(recipe):
    found = entries("recipes")[recipe]
    protocol = Protocol.from_recipe(found)
    name = ODE if "Cd(OA)2" in protocol.reagents else OLA
    run = simulate(model(ALLOY if found.material == "CdTeSe" else name), protocol)
    assert all(max(parts.values()) < 1e-12 for parts in run.conservation.values())
