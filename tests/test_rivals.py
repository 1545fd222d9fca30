"""The rivals: same bench, balanced, known limits, and what follows from their structure alone."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid

from prenuc.conditions import Conditions
from prenuc.errors import MechanismError
from prenuc.facts.catalogue import cite, entries, recipe
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.named import MODELS, mechanism_named
from prenuc.mechanism.reaction import Barrier
from prenuc.mechanism.rivals import RIVALS, rival, rivals
from prenuc.observe.absorption import uv_vis
from prenuc.observe.dots import dot_sizes
from prenuc.protocol import Protocol
from prenuc.quantities import parse
from prenuc.scope.verdict import unknown
from prenuc.simulation import simulate
from prenuc.simulation.evolve import evolve
from prenuc.simulation.kernels.network import compile_network
from prenuc.simulation.solvers import Rodas
from prenuc.thermodynamics.check import check
from prenuc.thermodynamics.energy import dissipation, gibbs_energy

classical, droplets, msc_source, sequential, layers, autocatalytic = (
    partial(rival, model)
    for model in ("classical", "droplets", "msc-source", "sequential", "layers", "autocatalytic")
)
SETS = [p.id for p in entries("parameters").values() if p.model in RIVALS]
FEEDS = {
    "CdS": "1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE",
    "CdTe": "1.2 mmol Cd(OAc)2/OLA, 0.3 mmol TeTOP and 6 g OLA",
    "CdSe": "1.2 mmol Cd(MA)2, 0.2 mmol Se, 0.1 mmol SeTOP and 9.2 g ODE",
}
HOT = ["heat flask to 180 degC at 12 degC/min"]
CUVETTE = "take 25 uL of flask into cuvette with 3.0 mL toluene at 25 degC"


def value(text):
    return Value(parse(text), Source("user", "test"), "assumed")


def changed(**texts):
    return {name.replace("_", "."): value(text) for name, text in texts.items()}


def run(model, *lines, feed="CdS", at="60 degC"):
    charge = f"charge flask with {FEEDS.get(feed, feed)} at {at}"
    done = Protocol.from_text([charge, *lines])
    return simulate(model, done, inert=unknown(model, done), extrapolate=True)


def shares(found, name):
    """Return the share of all chalcogen that a component holds, at every measurement."""
    model = found.mechanism
    (chalcogen,) = {"S", "Se", "Te"} & set(model.moieties())
    held = {
        n: found.concentration(n) * (part.composition or {}).get(chalcogen, 0.0)
        for n, part in model.components.items()
    }
    return held[name] / sum(held.values())


def atoms(edge):
    """Return metal and chalcogen atoms of a tetrahedron with ``edge`` metal atoms on an edge."""
    return math.comb(edge + 2, 3), math.comb(edge + 1, 3)


def clusters(model):
    return [name for name, part in model.components.items() if part.kind == "MSC"]


# ---- the barrier --------------------------------------------------------------------------------

barriers = st.builds(
    Barrier,
    st.just({"x": 1.0}),
    st.floats(1e-3, 1.0),
    st.floats(0.5, 2000.0),
    st.sampled_from((1.0, 2.0)),
    st.sampled_from((15.0, 120.0, 1e6)),
)


def network_of(factor):
    law = Reaction("R", {"x": -1.0}, Arrhenius(1.0), (factor,))
    return compile_network(Mechanism("one", {"x": Component("x")}, (law,)), ("x",))


@given(barriers, st.floats(1.01, 1e5))
def test_the_slope_of_a_barrier_is_its_derivative(factor, supersaturation):
    network, x = network_of(factor), factor.solubility * supersaturation
    step = 1e-4 * math.log(supersaturation) * x
    ahead, behind = factor.of(x + step), factor.of(x - step)
    if min(ahead, behind) < 1e-200 or abs(math.log(ahead / behind)) > 0.5:
        return  # too steep for finite differences
    slope = -network.jacobian(np.array([x]), np.ones(1))[0, 0]
    assert slope == pytest.approx((ahead - behind) / (2 * step), rel=2e-2)


@given(barriers, st.floats(-1.0, 1e3))
def test_the_kernel_reads_a_barrier_as_the_page_does(factor, x):
    (rate,) = network_of(factor).rates(np.array([x]), np.ones(1))
    assert rate == pytest.approx(factor.of(x), rel=1e-12)
    assert 0.0 <= rate <= 1.0


@given(st.floats(1e-3, 10.0), st.floats(1.0, 5000.0), st.floats(0.0, 1.0))
def test_nothing_nucleates_at_the_solubility_or_below(solubility, work, part):
    factor = Barrier({"x": 1.0}, solubility, work)
    network, x = network_of(factor), np.array([part * solubility])
    assert factor.of(part * solubility) == 0.0
    assert network.rates(x, np.ones(1))[0] == network.jacobian(x, np.ones(1))[0, 0] == 0.0
    assert factor.of(1.1 * solubility) < 1e-40


@given(barriers)
def test_a_barrier_and_its_slope_do_not_jump_where_the_facet_is_full(factor):
    at = factor.solubility * math.exp(factor.turn)
    inside, outside = at * (1 - 1e-9), at * (1 + 1e-9)
    assert factor.of(inside) == pytest.approx(factor.of(outside), rel=1e-2, abs=1e-300)
    network = network_of(factor)
    slopes = [network.jacobian(np.array([x]), np.ones(1))[0, 0] for x in (inside, outside)]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-2, abs=1e-300)


def test_the_nucleation_theorem_gives_the_critical_nucleus():
    free = Barrier({"x": 1.0}, 1e-3, 1300.0)
    order = 1e5 * math.log(free.of(5.0 * (1 + 1e-5)) / free.of(5.0))
    assert order == pytest.approx(2 * 1300 / math.log(5000) ** 3, rel=1e-3)
    assert free.of(5.0) == pytest.approx(math.exp(-1300 / math.log(5000) ** 2))
    full = Barrier({"x": 1.0}, 1.0, 100.0, 1.0, 15.0)
    assert full.of(2.4) / full.of(1.2) == pytest.approx(2.0**15)


# ---- every rival --------------------------------------------------------------------------------

REVERSIBLE = {
    "classical/CdS": 6,
    "classical/CdTe": 3,
    "classical/CdSe": 4,
    "droplets/CdS": 13,
    "droplets/CdTe": 7,
    "droplets/CdSe": 8,
    "msc-source/CdS": 16,
    "msc-source/CdTe": 4,
    "msc-source/CdSe": 5,
    "sequential/CdS": 11,
    "sequential/CdTe": 5,
    "sequential/CdSe": 8,
    "layers/CdSe": 13,
    "autocatalytic/CdS": 8,
    "autocatalytic/CdTe": 3,
    "autocatalytic/CdSe": 6,
}


@pytest.mark.parametrize("name", SETS)
def test_every_step_of_a_rival_goes_both_ways_and_all_fit_together(name):
    found = check(mechanism_named(name))
    assert found.verdict == "consistent"
    assert (found.reversible, found.irreversible) == (REVERSIBLE[name], ())
    assert all(loop.closes for loop in found.loops)
    assert all(step.there.because for step in found.other_laws)
    assert [one.reaction for one in found.prefactors if one.within is False] == []


@pytest.mark.parametrize("name", SETS)
def test_every_rival_balances_and_knows_what_everything_is_made_of(name):
    model = mechanism_named(name)
    assert model.name == name
    assert model.issues() == []
    assert all(part.composition is not None for part in model.components.values())
    empty = {n for n, part in model.components.items() if not part.composition}
    dots = model.dots
    counted = {dots.number, dots.length, dots.surface} if dots else set()
    assert empty == counted | set(model.without_mass)
    assert (dots is None) == (model.population is None)  # class by class, never moments
    material = entries("materials")[model.material]
    for one in model.reactions:
        for moiety in (material.metal, material.chalcogen):
            terms = [
                n * model.components[part].composition.get(moiety, 0.0)
                for part, n in one.stoichiometry.items()
            ]
            assert math.fsum(terms) == pytest.approx(0.0, abs=1e-12), (one.name, moiety)


@pytest.mark.parametrize("name", SETS)
def test_every_constant_of_a_rival_is_assumed_and_acts(name):
    parameters = entries("parameters")[name]
    usual = mechanism_named(name)
    assert "kJ/mol" in {v.quantity.unit for v in parameters.values.values()}
    whole = usual.all_reactions, usual.populations
    for constant, old in parameters.values.items():
        assert old.status == "assumed", constant
        assert old.source == Source("prenuc", "rivals"), constant
        number, unit = old.quantity.number, old.quantity.unit
        new = number + 1 if unit in {"degC", "1"} or number == 0 else number * 1.5
        text = f"{new!r} {unit if unit != '1' else ''}"
        if constant == "dots.smallest":  # stands in an equation too
            with pytest.raises(MechanismError, match=r"smallest dots|first two units"):
                usual.with_constants({constant: text})
            continue
        heat = constant.replace(".solubility at", ".H").replace(".at", ".H")
        if heat != constant and heat in parameters.values and parameters.values[heat].si == 0:
            continue  # K is the same at any temperature
        model = usual.with_constants({constant: text})
        assert (model.all_reactions, model.populations) != whole, constant


@pytest.mark.parametrize("name", SETS)
def test_a_rival_keeps_matter_through_heating_additives_and_dilution(name):
    model = mechanism_named(name)
    found = run(
        model,
        *HOT,
        "hold flask for 60 min",
        "inject 1.5 mmol HMSA and 1 mmol TOPO into flask",
        "hold flask for 15 min",
        CUVETTE,
        "measure cuvette at 0 min, 1 d",
        feed=model.material,
    )
    for vessel in ("flask", "cuvette"):
        errors = dict(found.conservation[vessel])
        errors.pop("HPPh2", None)  # none was charged: an error relative to nothing
        assert max(errors.values()) < 1e-10
    assert found.conservation["ledger"]["final"] < 1e-10
    assert found.stats["cpu_s"] < 5.0
    assert all(np.all(m.concentration > -1e-9) for m in found.measurements)
    kinds = {"MSC", "QD", "droplet"}
    made = [n for n, part in model.components.items() if part.kind in kinds]
    assert sum(shares(found, n)[0] for n in made) > 0.02


def some_start(model, rng):
    held = {name: 10 ** rng.uniform(-3, 1) for name, c in model.components.items() if c.composition}
    for name, part in model.components.items():
        if part.kind in {"MSC", "droplet", "monomer"}:
            held[name] = 10 ** rng.uniform(-5, -1)
    held.pop("QD", None)
    sizes = model.class_units.size
    dots = np.where(np.arange(sizes) < 40, 10 ** rng.uniform(-6, -3, sizes), 0.0)
    return held, dots if sizes else None


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", SETS)
def test_the_gibbs_energy_of_a_closed_vessel_never_rises(name, seed):
    model, rng = mechanism_named(name), np.random.default_rng(seed)
    start, dots = some_start(model, rng)
    kelvin = rng.uniform(373.0, 533.0)
    times = np.concatenate(([0.0], np.logspace(-6, 5, 60)))
    found = evolve(
        model, times, start=start, dots=dots, temperature=kelvin, solver=Rodas(rtol=1e-9)
    )
    energy = []
    for row, classes in zip(found.concentration, found.dots, strict=True):
        held = dict.fromkeys(model.components, 0.0)
        held |= dict(zip(found.names, np.maximum(row, 0.0), strict=True))
        state = Conditions(kelvin, 1.0, held, {})
        energy.append(
            gibbs_energy(model, state, np.maximum(classes, 0.0) if dots is not None else None)
        )
    assert np.max(np.diff(energy)) < 1e-6 * np.ptp(energy)


def test_the_gibbs_energy_falls_by_what_is_dissipated_where_an_acid_binds():
    """The acid is carried by itself and a carboxylate; G holds it by what is free of both."""
    off = changed(growth_k="0 L/mmol/min") | {"MSC-322 dissolves.k": value("0 1/min")}
    model, kelvin = msc_source("CdS").with_constants(off), 453.15
    start = {"monomer": 4.0, "HMSA": 3.0, "Cd(MSA)2": 0.5}
    times = np.concatenate(([0.0], np.logspace(-6, 6, 2000)))
    found = evolve(model, times, start=start, temperature=kelvin, solver=Rodas(rtol=1e-10))
    energy, power = [], []
    for row, classes in zip(found.concentration, found.dots, strict=True):
        held = dict.fromkeys(model.components, 0.0)
        held |= dict(zip(found.names, np.maximum(row, 0.0), strict=True))
        state = Conditions(kelvin, 1.0, held, {})
        energy.append(gibbs_energy(model, state, classes))
        power.append(dissipation(model, state, classes))
    middle = slice(200, None)  # a cluster out of nothing has an infinite affinity
    lost = trapezoid(power[middle], times[middle])
    assert found.of("MSC-311")[-1] > 0.05
    assert energy[200] - energy[-1] == pytest.approx(lost, rel=1e-3)


@pytest.mark.parametrize("name", list(entries("recipes")))
def test_the_rivals_run_on_every_recipe_of_their_material(name):
    published = recipe(name)
    if published.material not in FEEDS:
        pytest.skip("no rival speaks about it")
    protocol = Protocol.from_recipe(published)
    for model in rivals(published.material).values():
        found = simulate(model, protocol)
        assert found.measurements
        if published.material != "CdSe":
            assert np.all(np.isfinite(uv_vis(found).absorbance))


def test_which_rival_speaks_about_what():
    assert set(rivals("CdS")) == set(RIVALS) - {"layers"} == set(rivals("CdTe"))
    assert set(rivals("CdSe")) == set(RIVALS)
    assert rivals("ZnSe") == {}
    with pytest.raises(MechanismError, match=r"layers parameter set for 'CdS'.*CdSe"):
        layers("CdS")


def test_mechanisms_have_names():
    assert mechanism_named("two-pathway/CdS").name == "two-pathway/CdS"
    branched = mechanism_named("classical/CdS", metal="Cd(MSA)2")
    assert "MSA-ate (released)" in branched.components
    assert "Cd(OA)2" not in branched.components
    assert set(MODELS) == {"two-pathway", *RIVALS}
    with pytest.raises(MechanismError, match="classical/CdS"):
        mechanism_named("clasical/CdS")
    with pytest.raises(MechanismError, match="layers/CdX"):
        mechanism_named("layers/CdX")
    with pytest.raises(MechanismError, match=r"supply\.q.*supply\.k"):
        classical("CdS").with_constants({"supply.q": value("1")})


def test_a_system_of_the_two_pathway_model_means_its_metal():
    model = mechanism_named("classical/CdTe-ODE")
    assert model.material == "CdTe"
    assert "Cd(OA)2" in model.components
    assert "Cd(OAc)2/OLA" not in model.components
    assert "Cd(OAc)2/OLA" in mechanism_named("classical/CdTe").components


def test_a_rival_cites_where_its_constants_come_from():
    assert "[prenuc]" in cite(sequential("CdSe"))


def still(model, *, start, times, dots=None, celsius=180.0, rtol=1e-9):
    """Return a closed vessel at one temperature; times in minutes."""
    seconds = 60.0 * np.asarray(times)
    solver = Rodas(rtol=rtol)
    return evolve(
        model, seconds, start=start, dots=dots, temperature=celsius + 273.15, solver=solver
    )


# ---- growth of dots -----------------------------------------------------------------------------


@pytest.mark.parametrize(("exponent", "power"), [(0, 1.0), (1, 2.0)])
def test_dots_of_one_size_grow_by_their_law(exponent, power):
    """dl/dt = k c / 3, or l dl/dt = k c / 3, of the mean: in steps of a unit sizes spread."""
    change = {"growth.size exponent": value(f"{exponent}"), "growth.k": value("0.02 L/mmol/min")}
    model = classical("CdS").with_constants(change | changed(dots_solubility="1e-9 mmol/L"))
    start = 10.0
    dots = np.where(model.class_units == start**3, 1e-6, 0.0)
    found = still(model, start={"monomer": 1.0}, times=[0.0, 2.0, 10.0], dots=dots)
    large = model.class_units > 500
    for i, t in enumerate([0.0, 2.0, 10.0]):
        own = found.dots[i][large]
        size = float(own @ np.cbrt(model.class_units[large]) / own.sum())
        grown = power * 0.02 * (found.of("monomer")[0] + found.of("monomer")[i]) / 2 / 3 * t
        assert size**power - start**power == pytest.approx(grown, rel=2e-2, abs=1e-6)


def test_growth_with_another_size_exponent_is_refused():
    with pytest.raises(MechanismError, match="size exponent of 2"):
        classical("CdS").with_constants({"growth.size exponent": value("2")})


# ---- classical ----------------------------------------------------------------------------------


def test_classical_nucleation_never_makes_a_cluster():
    for material in ("CdS", "CdSe", "CdTe"):
        kinds = {part.kind for part in classical(material).components.values()}
        assert kinds.isdisjoint({"MSC", "PC", "assembly"})


def ladder(model, kelvin):
    """Return c_n of equation (2) of the page, for all n from 1, in mol/m³."""
    v = {name: one.si for name, one in model.constants.items()}
    heat = v["dots.H"] / 8.314462618 * (1 / kelvin - 1 / v["dots.solubility at"])
    plane = v["dots.solubility"] * math.exp(-heat)
    n = np.arange(1.0, model.class_units[-1])
    gamma = model.population.capillarity / kelvin
    return plane * np.exp(gamma * (np.cbrt(n + 1) ** 2 - np.cbrt(n) ** 2))


def test_dots_nucleate_at_the_flux_of_becker_and_doering():
    """J = 1 / Σ 1/(k α_n c f_n), f_n = c^n / Π c_k, while monomers hardly become fewer."""
    model, sizes = classical("CdS"), 60
    found = still(model, start={"monomer": 0.7}, times=[0.0, 1000.0, 1200.0])
    large = model.class_units >= sizes
    made = np.diff(found.dots[1:, large].sum(axis=1))[0] / (60.0 * 200.0)
    c = found.of("monomer")[1:].mean()
    assert np.ptp(found.of("monomer")[1:]) < 1e-3 * c
    n = np.arange(1.0, sizes + 1.0)
    there = c * np.cumprod(np.concatenate(([1.0], c / ladder(model, 453.15)[: sizes - 1])))
    rate = model.constants["growth.k"].si * np.cbrt(n) ** 2 * c * there
    assert 1e-4 < there[15] / there.min() < 1e4  # a barrier inside the range
    assert made == pytest.approx(1.0 / np.sum(1.0 / rate), rel=0.05)


def test_no_dot_is_left_below_the_solubility():
    model = classical("CdS")
    dots = np.where(model.class_units == 200, 1e-6, 0.0)
    found = still(model, start={"monomer": 1e-4}, times=[0.0, 1e5], dots=dots)
    assert found.moment(1)[0] > 1e-4
    pieces = found.of("monomer")[-1] ** 2 / ladder(model, 453.15)[0]
    assert found.dots[-1, 0] == pytest.approx(pieces, rel=1e-6)
    assert found.dots[-1, 1:].sum() < 1e-4 * pieces


def test_classical_dots_come_after_an_induction_period_and_shift_to_the_red():
    lines = [*HOT, "measure flask at 15 min, 25 min, 40 min, 60 min, 85 min"]
    found = run(classical("CdS"), *lines)
    dots = shares(found, "QD")
    assert dots[1] < 0.01
    assert dots[-1] > 0.2
    sizes = [dot_sizes(found, m, found.mechanism.dots)[1] for m in found.measurements]
    assert all(b > a for a, b in pairwise(sizes))


def test_an_acid_that_binds_monomers_raises_the_barrier():
    """What is bound leaves the free energy of a monomer lower: c/c_n falls by 1 + x/h."""
    model = classical("CdS")
    plain = still(model, start={"monomer": 3.0}, times=[0.0, 5.0])
    start = {"monomer": 3.0, "HMSA": 30.0}
    acid = still(model, start=start, times=[0.0, 5.0])
    large = model.class_units >= 60
    assert acid.dots[-1, large].sum() < 1e-6 * plain.dots[-1, large].sum()
    names = list(acid.names)
    free = acid.concentration[-1, names.index("free MSA-ate")]
    half = model.constants["monomer under MSA-ate.h"].si
    bound = acid.of("monomer")[-1] * free / (free + half)
    assert free + bound == pytest.approx(30.0, rel=1e-9)
    dimers = acid.dots[-1, 0] / plain.dots[-1, 0]
    monomers = acid.of("monomer") / plain.of("monomer")
    assert dimers == pytest.approx((monomers[-1] / (1 + free / half)) ** 2, rel=1e-2)


# ---- Finke and Watzky ---------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(st.floats(1e-4, 1e-2), st.floats(1e-4, 1e-2), st.floats(5.0, 50.0))
def test_the_two_step_scheme_has_its_closed_form(slow, fast, start):
    """Where metal is plentiful and K is large; times in minutes."""
    change = {"nucleation.k": value(f"{slow!r} L/mmol/min")}
    change |= {"growth.k": value(f"{fast!r} L^2/mmol^2/min"), "particle.K": value("1e12 mmol/L")}
    model = autocatalytic("CdS").with_constants(change)
    t = np.linspace(0.0, 3.0 / (slow + fast * start), 5)
    feed = {"S": start, "Cd(OA)2": 1e6}
    found = still(model, start=feed, times=t)
    ratio = slow / fast
    expected = (ratio + start) / (1 + ratio / start * np.exp((slow + fast * start) * t))
    np.testing.assert_allclose(found.of("S"), expected, rtol=2e-3)
    made = found.of("particle") + found.moment(1)
    np.testing.assert_allclose(made, start - found.of("S"), rtol=1e-6, atol=1e-9 * start)


def test_the_two_step_scheme_makes_dots_only_and_stops_when_metal_runs_out():
    model = autocatalytic("CdS")
    assert clusters(model) == []
    feed = "0.1 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE"
    found = run(model, *HOT, "measure flask at 1 d", feed=feed)
    made = shares(found, "QD")[0] + shares(found, "particle")[0]
    assert made == pytest.approx(1 / 3, abs=2e-3)
    assert found.concentration("Cd(OA)2")[0] > -1e-9


# ---- droplets -----------------------------------------------------------------------------------

BINODAL = 1.2  # mmol/L; K = 1.2^-38


def test_droplets_form_above_the_binodal_and_dissolve_below():
    """c = c_b D^(1/38), which a factor of a thousand in D moves by a fifth."""
    model = droplets("CdS").with_constants(changed(crystallisation_k="0 1/min"))
    assert model.constants["droplet.K"].si == pytest.approx(BINODAL**-38, rel=1e-5)
    above = still(model, start={"monomer": 5.0}, times=[0.0, 100.0, 1e4])
    left = above.of("monomer")[-1]
    made = above.of("droplet")[-1]
    assert left + 38 * made == pytest.approx(5.0, rel=1e-9)
    assert left == pytest.approx(BINODAL * made ** (1 / 38), rel=1e-6)
    below = still(model, start={"droplet": 1e-3}, times=[0.0, 0.01, 1e3])
    assert below.of("droplet")[-1] < 1e-12
    clear = still(model, start={"monomer": 0.6}, times=[0.0, 1e4])
    assert np.all(clear.of("droplet") < 1e-9)


def test_one_droplet_gives_one_crystal_in_first_order():
    change = changed(dissolution_k="0 1/min", leaving_k="0 L/mmol/min")
    model = droplets("CdS").with_constants(change | {"MSC-311.K": value("1e6")})
    times = np.array([0.0, 20.0, 74.0, 200.0])
    found = still(model, start={"droplet": 0.05}, times=times, celsius=25.0)
    rise = found.of("MSC-311") / 0.05
    np.testing.assert_allclose(rise, 1 - np.exp(-0.0127 * times), atol=1e-6)


def test_a_crystal_that_finds_a_monomer_is_the_smallest_dot_and_falls_apart_again():
    """K of the page: a dot of 39 units has the potential of the ladder that begins at a monomer."""
    model = droplets("CdS").with_constants(
        changed(crystallisation_k="0 1/min", growth_k="0 L/mmol/min")
    )
    model = model.with_constants(changed(dissolution_k="0 1/min", dots_solubility="0.03 mmol/L"))
    start = {"MSC-311": 0.1, "monomer": 3.9}
    found = still(model, start=start, times=[0.0, 1e8])
    mono, crystal, dot = found.of("monomer")[-1], found.of("MSC-311")[-1], found.dots[-1, 0]
    assert crystal + dot == pytest.approx(0.1, rel=1e-9)
    v = {name: one.si for name, one in model.constants.items()}
    heat = v["MSC-311.H"]  # at its own temperature
    assert heat < 0
    log_cluster = math.log(v["droplet.K"] * v["MSC-311.K"])
    log_dot = -np.sum(np.log(ladder(model, 453.15)[:38]))
    assert math.log(dot / (crystal * mono)) == pytest.approx(log_dot - log_cluster, rel=1e-6)
    back = still(model, start={}, times=[0.0, 1e8], dots=np.eye(1, model.class_units.size)[0] * 0.1)
    assert back.of("MSC-311")[-1] == pytest.approx(back.of("monomer")[-1], rel=1e-9)
    assert back.of("MSC-311")[-1] > 1e-12


@pytest.mark.parametrize("factor", [1, 30])
def test_a_dilute_synthesis_makes_no_droplet(factor):
    feed = f"1.2 mmol Cd(OA)2, 0.3 mmol S and {9.2 * factor} g ODE"
    lines = [*HOT, "measure flask at 70 min"]
    found = run(droplets("CdS"), *lines, feed=feed)
    made = shares(found, "droplet")[0] + shares(found, "MSC-311")[0] + shares(found, "QD")[0]
    assert (made < 1e-6) == (factor == 30)


# ---- clusters as a source -----------------------------------------------------------------------


def test_a_cluster_that_feeds_dots_rises_first_and_vanishes():
    lines = [*HOT, "measure flask at 15 min, 20 min, 25 min, 30 min, 60 min, 250 min"]
    found = run(msc_source("CdS"), *lines)
    cluster = shares(found, "MSC-311") + shares(found, "MSC-322")
    dots = shares(found, "QD")
    assert cluster.max() > 0.02
    assert np.argmax(cluster) < np.argmax(dots)
    assert cluster[-1] < 0.01
    assert dots[-1] > 0.6


def test_no_cluster_forms_in_a_dispersion_from_monomers():
    found = simulate(msc_source("CdS"), Protocol.from_recipe(recipe("cds-msc-311-in-toluene")))
    cluster = found.concentration("MSC-311") + found.concentration("MSC-322")
    assert 20 * cluster[0] > 0.005  # it is there at once: no transparent sample of the induction
    assert cluster[-1] <= cluster[0] * (1 + 1e-9)


def test_cluster_and_monomer_keep_their_equilibrium():
    """MSC = K c^20, from either side."""
    change = changed(growth_k="0 L/mmol/min") | {"MSC-322 dissolves.k": value("0 1/min")}
    model = msc_source("CdS").with_constants(change)
    for start in ({"monomer": 10.0}, {"MSC-311": 0.5}):
        found = still(model, start=start, times=[0.0, 1e5])
        c, cluster = found.of("monomer")[-1], found.of("MSC-311")[-1]
        assert c + 20 * cluster == pytest.approx(10.0, rel=1e-9)
        assert cluster == pytest.approx(model.constants["MSC-311.K"].si * c**20, rel=1e-6)


# ---- cluster families ---------------------------------------------------------------------------


def test_the_family_at_415_nm_is_missing():
    families = clusters(sequential("CdSe"))
    assert families == ["MSC-355", "MSC-380", "MSC-403", "MSC-437"]


def test_families_appear_in_order_of_size():
    lines = ["heat flask to 160 degC at 20 degC/min"]
    looks = ", ".join(f"{t} min" for t in range(8, 60, 2))
    found = run(sequential("CdSe"), *lines, f"measure flask at {looks}", feed="CdSe")
    families = [*clusters(found.mechanism), "QD"]
    first = [int(np.argmax(shares(found, name) > 1e-3)) for name in families]
    assert first == sorted(first)
    assert first[0] < first[2] < first[-1]
    assert all(shares(found, name).max() > 1e-3 for name in families)


def test_many_monomers_add_in_first_order_and_few_leave_in_first_order():
    """k K c^d / (1 + c/c₀)^(d−1): the law of the page far above c₀ and far below."""
    model = sequential("CdS")
    (step,) = (one for one in model.steps if one.name == "MSC-322 to MSC-311")
    rates = {}
    for c in (1e-3, 1e-4, 1e3, 1e4):
        held = dict.fromkeys(model.components, 0.0) | {"MSC-311": 1.0, "MSC-322": 1.0, "monomer": c}
        held |= dict.fromkeys(model.without_mass, 1.0)  # no site is bound
        state = Conditions(453.15, 1.0, held, {})
        rates[c] = step.there.rate(state), step.back.rate(state)
    loses, gains = zip(*rates.values(), strict=True)
    assert loses[0] == pytest.approx(loses[1], rel=1e-2)
    assert gains[3] / gains[2] == pytest.approx(10.0, rel=2e-2)


def test_heat_turns_clusters_alone_into_nanocrystals_by_way_of_both():
    parts = []
    for hot in (240, 280, 310):
        lines = [f"heat flask to {hot} degC over 0.02 min"]
        found = run(sequential("CdSe"), *lines, "measure flask at 0.253 min", feed="CdSe")
        families = sum(shares(found, name)[0] for name in clusters(found.mechanism))
        parts.append(shares(found, "QD")[0] / (families + shares(found, "QD")[0]))
    assert parts[0] < 0.02 < parts[1] < 0.6
    assert parts[2] > 0.8


# ---- layers -------------------------------------------------------------------------------------


def test_tetrahedra_are_those_of_the_table():
    assert [atoms(n) for n in range(5, 9)] == [(35, 20), (56, 35), (84, 56), (120, 84)]
    model = layers("CdSe")
    lines = clusters(model)
    assert len(lines) == 11
    for edge, name in enumerate(lines, 5):
        _, chalcogen = atoms(edge)
        composition = model.components[name].composition
        assert composition == {"Cd": chalcogen, "Se": chalcogen}  # what ends facets is not counted
    waves = [entries("species")[name].bands[0].position.quantity.number for name in lines]
    assert waves == sorted(waves)


def test_tetrahedra_grow_by_whole_layers_and_one_line_after_another():
    lines = ["heat flask to 180 degC at 12 degC/min"]
    looks = ", ".join(f"{t} min" for t in (10, 12, 15, 20, 30, 60, 180))
    found = run(layers("CdSe"), *lines, f"measure flask at {looks}", feed="CdSe")
    assert found.mechanism.dots is None
    names = clusters(found.mechanism)
    number = np.array([found.concentration(name) for name in names])
    for one in (step.there for step in found.mechanism.steps if " to " in step.name):
        new, old = one.name.split(" to ")
        assert one.stoichiometry[new] == -one.stoichiometry[old] == -1  # one from one
    mean = (number * np.arange(5, 16)[:, None]).sum(axis=0) / number.sum(axis=0)
    assert np.all(np.diff(mean) > 0)
    tallest = np.argmax(number * np.array([atoms(n)[1] for n in range(5, 16)])[:, None], axis=0)
    assert np.all(np.diff(tallest) >= 0)
    assert len(set(tallest)) >= 3


def test_large_tetrahedra_come_to_rest_before_small_ones():
    model = layers("CdSe")
    steps = [step for step in model.steps if " to " in step.name]
    rates = []
    for c in (1.2, 0.9, 0.7, 0.5):
        state = Conditions(453.15, 1.0, dict.fromkeys(model.components, 60.0) | {"monomer": c}, {})
        rates.append([step.back.rate(state) for step in (steps[0], steps[-1])])
    ratios = [small / large for small, large in rates]
    assert all(b > a for a, b in pairwise(ratios))
    assert ratios[-1] > 1e3 * ratios[0]


# ---- what tells the models apart, without a constant --------------------------------------------


def test_only_droplets_rise_in_a_dispersion_and_only_by_outliving_it():
    protocol = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    rise = {}
    for name, model in rivals("CdS").items():
        found = simulate(model, protocol)
        units = {one: model.components[one].composition["S"] for one in clusters(model)}
        made = [n * found.concentration(cluster) for cluster, n in units.items()]
        rise[name] = max((float(m[-1] - m[0]) for m in made), default=0.0)
    assert rise["droplets"] > 0.02
    assert all(rise[name] < 0.003 for name in rise if name != "droplets")
    fast = droplets("CdS").with_constants({"dissolution.k": value("1 1/min")})
    made = 38 * simulate(fast, protocol).concentration("MSC-311")
    assert made[-1] - made[0] < 0.1 * rise["droplets"]


def test_no_rival_turns_one_cluster_into_another_of_equal_mass():
    for name in SETS:
        model = mechanism_named(name)
        found = set(clusters(model))
        for one in model.reactions:
            both = [model.components[part].basis for part in one.stoichiometry if part in found]
            assert len(both) == len(set(both)), (name, one.name)  # it grows
