"""Invented lawful mechanisms: G falls, power is dissipated, equilibrium is the minimum of G."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space
from scipy.optimize import minimize

from prenuc.conditions import Conditions
from prenuc.errors import MechanismError
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction, read_mechanism
from prenuc.mechanism.binding import Sites, balances, surface_balance
from prenuc.mechanism.population import Between, QuantumDotMoments, SizeClasses, SurfaceLimited
from prenuc.mechanism.reaction import Binding, Power, mass_action
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas
from prenuc.thermodynamics.check import check
from prenuc.thermodynamics.energy import dissipation, gibbs_energy, standard_potentials

R, KELVIN = 8.31446261815324, 298.15
EXACT = Rodas(rtol=1e-10)
LARGEST = 5  # units of the largest oligomer


@st.composite
def oligomers(draw):
    """A file of oligomers A1 … A5 that join and fall apart, with potentials for all of them."""
    potential = {n: draw(st.floats(-8, 4)) for n in range(2, LARGEST + 1)}  # kJ/mol
    initial = {n: draw(st.floats(0.05, 2)) for n in range(1, LARGEST + 1)}
    formed = {n: f", formed: {{from: {n} A1, H: {h:.3f}, S: 0.01}}" for n, h in potential.items()}
    species = [f"  A{n}: {{initial: {c:.3f}{formed.get(n, '')}}}" for n, c in initial.items()]
    pairs = [(m, n) for n in range(1, LARGEST) for m in range(1, n + 1) if m + n <= LARGEST]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=2, max_size=6, unique=True))
    hosts = [draw(st.sampled_from(["", " + A1", " + A2"])) for _ in chosen]
    rates = [draw(st.floats(0.01, 10)) for _ in chosen]
    reactions = [
        f'  - {{equation: "A{m} + A{n}{host} <-> A{m + n}{host}", k: {k:.4f}}}'
        for (m, n), host, k in zip(chosen, hosts, rates, strict=True)
    ]
    head = "units: {time: s, concentration: mmol/L, energy: kJ/mol}"
    return "\n".join([head, "species:", *species, "reactions:", *reactions, ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lawful")


def read(folder, text):
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mechanism(path)


def state(names, row, kelvin=KELVIN):
    there = dict(zip(names, np.maximum(row, 0.0), strict=True))
    return Conditions(kelvin, 1.0, there, {})


def minimum(changes, standard, start):
    """Return the composition of least G at the same totals, by its dual problem.

    c_j = exp(−μ°_j/RT + Σ λ_i b_ij) for conserved b_i; Σ c − λ·(b c₀) is convex in λ.
    """
    conserved = null_space(changes).T
    totals = conserved @ start
    bias = -standard / (R * KELVIN)

    def value(multipliers):
        c = np.exp(bias + multipliers @ conserved)
        slope = conserved @ c - totals
        return c.sum() - multipliers @ totals, slope

    def curvature(multipliers):
        c = np.exp(bias + multipliers @ conserved)
        return (conserved * c) @ conserved.T

    guess = np.linalg.lstsq(conserved.T, np.log(start) - bias, rcond=None)[0]
    found = minimize(value, guess, jac=True, hess=curvature, method="trust-exact", tol=1e-14)
    return np.exp(bias + found.x @ conserved)


@settings(max_examples=40, deadline=None)
@given(text=oligomers())
def test_a_closed_vessel_runs_downhill_to_the_least_gibbs_energy(folder, text):
    mechanism = read(folder, text)
    assert check(mechanism).verdict == "consistent"
    run = evolve(mechanism, np.concatenate([[0.0], np.logspace(-4, 7, 45)]), solver=EXACT)
    along = [state(run.names, row) for row in run.concentration]
    energy = np.array([gibbs_energy(mechanism, one) for one in along])
    assert np.diff(energy).max() <= 1e-6 * np.ptp(energy) + 1e-9 * np.abs(energy).max()
    power = np.array([dissipation(mechanism, one) for one in along])
    assert power.min() >= -1e-9 * power.max()
    end = run.concentration[-1]
    assert all(
        abs(one) < 1e-6 * R * KELVIN / 1e3 for one in mechanism.affinities(along[-1]).values()
    )
    changes = np.array(
        [[step.net.get(n, 0.0) for n in mechanism.components] for step in mechanism.steps]
    )
    known = standard_potentials(mechanism, KELVIN)
    moved = np.array([name in known for name in mechanism.components])
    standard = np.array([known[n] for n in mechanism.components if n in known])
    least = minimum(changes[:, moved], standard, run.concentration[0][moved])
    np.testing.assert_allclose(end[moved], least, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(text=oligomers(), seed=st.integers(0, 99))
def test_the_dissipated_power_is_the_fall_of_the_gibbs_energy(folder, text, seed):
    """dG/dt by a finite difference along the rates of the reactions themselves."""
    mechanism = read(folder, text)
    c = np.random.default_rng(seed).uniform(0.1, 2.0, LARGEST)
    here = state(mechanism.components, c, 350.0)
    rate = np.zeros(LARGEST)
    for one in mechanism.reactions:
        rate += one.rate(here) * np.array(
            [one.stoichiometry.get(n, 0.0) for n in mechanism.components]
        )
    step = 1e-5 / np.abs(rate).max()
    low, high = (
        gibbs_energy(mechanism, state(mechanism.components, c + s * step * rate, 350.0))
        for s in (-1, 1)
    )
    power = dissipation(mechanism, here)
    assert power >= 0
    assert -(high - low) / (2 * step) == pytest.approx(
        power, rel=1e-5, abs=1e-8 * abs(low) / step * 1e-6
    )


def test_without_the_term_of_the_particles_the_energy_would_rise(folder):
    """A3 → 3 A: Σ c μ is no Lyapunov function, Σ c (μ − RT) is."""
    text = """\
units: {time: s, concentration: mmol/L, energy: kJ/mol}
species: {A: {initial: 0.001}, A3: {initial: 1, formed: {from: 3 A, K: 0.02, H: 0}}}
reactions:
  - {equation: "3 A <-> A3", k: 1}
"""
    mechanism = read(folder, text)
    run = evolve(mechanism, np.linspace(0, 2, 200), solver=EXACT)
    energy = np.array([gibbs_energy(mechanism, state(run.names, c)) for c in run.concentration])
    assert np.diff(energy).max() <= 1e-9 * np.ptp(energy)
    without = energy + R * KELVIN * run.concentration.sum(axis=1)
    assert np.diff(without).max() > 1e-3 * np.ptp(without)


def test_what_contradicts_itself_has_no_gibbs_energy(folder):
    both = "k: 1, k_reverse: 1"
    text = "species: {A: {initial: 1}, B: {}, C: {}}\nreactions:\n"
    text += f"  - {{equation: A <-> B, {both}}}\n  - {{equation: B <-> C, {both}}}\n"
    wrong = read(folder, text + "  - {equation: C <-> A, k: 1, k_reverse: 2}\n")
    with pytest.raises(MechanismError, match="has no Gibbs energy"):
        gibbs_energy(wrong, state("ABC", [1.0, 1.0, 1.0]))
    assert gibbs_energy(read(folder, text), state("ABC", [1.0, 1.0, 1.0])) == pytest.approx(
        -3 * R * KELVIN
    )


def ladder(largest=40, capillarity=300.0, docking=False):
    """Dots of 4 units and more that Mo joins and leaves, and if need be a dimer D too."""
    names, k, solubility, dimers = QuantumDotMoments(), 2.0, 0.05, 3.0
    by_mo, by_d = {"Mo": -1.0, "QD": 1.0}, {"D": -1.0, "Mo": 1.0, "QD": 1.0}
    full = Binding({"D": 1.0}, 0.1, -1.0)  # sites on the surface, taken both ways
    joins = (
        Reaction("join", by_mo, Arrhenius(k), mass_action({"Mo": 1.0})),
        Reaction("dock", by_d, Arrhenius(7.0), (*mass_action({"D": 1.0}), full)),
    )
    leave, undock = ({name: -n for name, n in net.items()} for net in (by_mo, by_d))
    off = (*mass_action({"Mo": 1.0}), full)
    leaves = (
        Reaction("leave", leave, Arrhenius(k * solubility), back_of="join"),
        Reaction("undock", undock, Arrhenius(7.0 * solubility * dimers), off, back_of="dock"),
    )
    pairs = (
        Reaction("pair", {"Mo": -2.0, "D": 1.0}, Arrhenius(1.0), mass_action({"Mo": 2.0})),
        Reaction("part", {"Mo": 2.0, "D": -1.0}, Arrhenius(1.0 / dimers), mass_action({"D": 1.0})),
        Reaction("nucleation", {"Mo": -4.0, "QD": 4.0}, Arrhenius(0.3), mass_action({"Mo": 4.0})),
    )
    matter = {"Mo": {"Cd": 1.0}, "D": {"Cd": 2.0}, "QD": {"Cd": 1.0}}
    matter |= {name: {} for name in (names.number, names.length, names.surface)}
    components = {name: Component(name, parts) for name, parts in matter.items()}
    channels = 1 + docking
    sizes = SizeClasses(
        joins[:channels],
        leaves[:channels],
        {"nucleation": 4.0},
        capillarity=capillarity,
        smallest=4,
        largest=largest,
    )
    units = {"time": "s", "concentration": "mmol/L", "energy": "kJ/mol"}
    start = {"Mo": 3.0, "D": 0.1}
    return Mechanism(
        "ladder", components, pairs, dots=names, populations=(sizes,), initial=start, units=units
    )


def test_a_ladder_that_can_dissolve_again_is_consistent():
    assert check(ladder()).verdict == "consistent"
    found = check(ladder(docking=True))  # the smallest dot undocks, and nothing docks to make one
    assert [fault.kind for fault in found.faults] == ["missing way back"]
    assert "undock of the smallest dots" in str(found.faults[0])


def test_dots_run_downhill_too():
    mechanism = ladder()
    run = evolve(mechanism, np.concatenate([[0.0], np.logspace(-4, 8, 60)]), solver=EXACT)
    along = [state(run.names, row) for row in run.concentration]
    pairs = list(zip(along, run.dots, strict=True))
    energy = np.array([gibbs_energy(mechanism, *one) for one in pairs])
    assert np.diff(energy).max() <= 1e-6 * np.ptp(energy)
    power = np.array([dissipation(mechanism, *one) for one in pairs])
    assert power.min() >= -1e-9 * power.max()
    assert power[-1] < 1e-9 * power.max()


@pytest.mark.parametrize("time", [0.05, 1.0, 30.0])
def test_what_dots_dissipate_is_the_fall_of_the_gibbs_energy(time):
    mechanism, apart = ladder(), 1e-4
    run = evolve(mechanism, [0.0, *(time * (1 + apart * i) for i in (-1, 0, 1))], solver=EXACT)
    along = [state(run.names, row) for row in run.concentration]
    _, low, _, high = (gibbs_energy(mechanism, *one) for one in zip(along, run.dots, strict=True))
    power = dissipation(mechanism, along[2], run.dots[2])
    assert (low - high) / (2 * apart * time) == pytest.approx(power, rel=1e-4)


def covered(**changed):
    """Clusters P that ligands bind to, and dots under the same ligands, by Mo and, larger, by P."""
    n = {"q of P": -2.0, "sites": 0.7, "docking back": 0.01} | changed
    a, free = QuantumDotMoments(*(f"{m} of a" for m in ("n", "l", "s", "QD"))), "free L"
    strong = Arrhenius(2.0, KELVIN, -15e3)
    of_p = Sites("q of P", {"P": 2.0}, {free: strong})
    of_dots = Sites("q of a", {"surface of a": 0.7}, {free: strong})
    terms = (*balances({free: {"L": 1.0}}, [of_p, of_dots]), surface_balance("surface of a"))
    docked = Power({"q of P": 1.0}, n["q of P"])

    def one(name, net, k, *factors, back_of=""):
        return Reaction(name, net, Arrhenius(k, KELVIN), factors, back_of=back_of)

    mo, p = mass_action({"Mo": 1.0}), mass_action({"P": 1.0})
    joins = (
        one("join", {"Mo": -1.0, a.units: 1.0}, 2.0, *mo),
        one("dock", {"P": -1.0, "Mo": 2.0, a.units: 1.0}, 3.0, *p, docked),
    )
    # P = 3 Mo with K = 20, so that docking has K/(20 · solubility)
    leaves = (
        one("leave", {"Mo": 1.0, a.units: -1.0}, 2.0 * 0.05, back_of="join"),
        one(
            "undock",
            {"P": 1.0, "Mo": -2.0, a.units: -1.0},
            3.0 * 0.05 * 20.0 * n["docking back"] / 0.01,
            *mass_action({"Mo": 2.0}),
            back_of="dock",
        ),
    )
    reactions = (
        one("pair", {"Mo": -3.0, "P": 1.0}, 1.0, *mass_action({"Mo": 3.0})),
        one("part", {"Mo": 3.0, "P": -1.0}, 1 / 20.0, *p, docked),
        one("eat", {"L": -1.0, "E": 1.0}, 0.4, *mass_action({free: 1.0})),
        one("give", {"L": 1.0, "E": -1.0}, 0.3, *mass_action({"E": 1.0})),
        one("nucleation", {"Mo": -4.0, a.units: 4.0}, 0.3, *mass_action({"Mo": 4.0})),
    )
    sizes = SizeClasses(
        joins,
        leaves,
        {"nucleation": 4.0},
        profiles=dict.fromkeys(("dock", "undock"), Between(SurfaceLimited(), 9)),
        capillarity=300.0,
        cover="q of a",
        sites=n["sites"],
        surface="surface of a",
        smallest=4,
        largest=40,
        moments=a,
    )
    moments = (a.number, a.length, a.surface, a.units)
    names = ["Mo", "P", "L", "E", free, "q of P", "q of a", "surface of a", *moments]
    units = {"time": "s", "concentration": "mmol/L", "energy": "kJ/mol"}
    return Mechanism(
        "covered",
        {name: Component(name) for name in names},
        reactions,
        populations=(sizes,),
        balances=terms,
        initial={"Mo": 3.0, "P": 0.1, "L": 1.5, "E": 0.1},
        units=units,
    )


def test_ligands_that_bind_and_are_paid_for_are_lawful():
    found = check(covered())
    assert found.faults == ()
    assert found.verdict == "consistent"


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"q of P": -1.0}, "binding on a rate"),
        ({"sites": 0.8}, "binding without debit"),
        ({"docking back": 0.02}, "cycle that does not close"),
    ],
)
def test_faults_of_ligands_and_channels_are_convicted(changed, kind):
    assert kind in {fault.kind for fault in check(covered(**changed)).faults}


def test_dots_under_ligands_run_downhill_and_what_they_dissipate_is_the_fall():
    mechanism = covered()
    times = np.concatenate([[0.0], np.logspace(-3, 6, 50)])
    run = evolve(mechanism, times, solver=EXACT)
    along = list(zip((state(run.names, row) for row in run.concentration), run.dots, strict=True))
    energy = np.array([gibbs_energy(mechanism, *one) for one in along])
    assert np.diff(energy).max() <= 1e-6 * np.ptp(energy)
    for time in (0.1, 3.0, 40.0):
        near = evolve(mechanism, [0.0, *(time * (1 + 1e-4 * i) for i in (-1, 0, 1))], solver=EXACT)
        states = [state(near.names, row) for row in near.concentration]
        _, low, _, high = (
            gibbs_energy(mechanism, *one) for one in zip(states, near.dots, strict=True)
        )
        power = dissipation(mechanism, states[2], near.dots[2])
        assert (low - high) / (2e-4 * time) == pytest.approx(power, rel=1e-3)
