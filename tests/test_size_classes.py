"""Size classes against the same equations in a library, and what no step may lose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from populations import ROOM, attachment, detachment, only, population
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.population import (
    DiffusionLimited,
    SizeClasses,
    SurfaceLimited,
)
from prenuc.mechanism.reaction import Barrier, Binding, Saturation, mass_action
from prenuc.protocol import Protocol
from prenuc.simulation import simulate
from prenuc.simulation.evolve import compiled, evolve
from prenuc.simulation.solvers import Cvode, Rodas, ScipyRadau
from prenuc.simulation.solvers.dense_system import DenseSystem
from prenuc.simulation.stretch import Stretch

RAMPS = {"warm": (320.0, 320.0), "heated": (300.0, 350.0), "cooled": (350.0, 300.0)}
START = {"M": 3.0, "P": 2.0, "L": 0.5}


def crowded(largest=60, tension=1.5, profile=None, names=("M", "L")):
    """Monomer M and compound P = M·L feed dots, L covers and etches them; two kinds of nuclei."""
    m, el = names
    parts = {m: {m: 1.0}, "P": {m: 1.0, el: 1.0}, el: {el: 1.0}, "QD": {m: 1.0}}
    rows = {
        "burst": (
            {m: -3.4, "QD": 3.4},
            (0.005, 60e3),
            {m: 2},
            Barrier({m: 1.0}, 0.4, 1.5, 2.0, 8.0),
        ),
        "split": ({"P": -7.0, "QD": 7.0, el: 7.0}, (0.001, 30e3), {"P": 1}),
        "join M": ({m: -1.0, "QD": 1.0}, (0.8, 40e3), {m: 1}, Binding({el: 1.0}, 0.7, -2.0)),
        "join P": ({"P": -1.0, "QD": 1.0, el: 1.0}, (0.4, 20e3), {}, Saturation({"P": 1.0}, 0.5)),
        "leave": ({m: 1.0, "QD": -1.0}, (0.05, 80e3), {}),
        "etch": ({"P": 1.0, el: -1.0, "QD": -1.0}, (0.02, 10e3), {el: 1}),
    }
    reactions = tuple(
        Reaction(name, net, Arrhenius(k, 320.0, energy), (*mass_action(orders), *laws))
        for name, (net, (k, energy), orders, *laws) in rows.items()
    )
    sizes = SizeClasses(
        attachment=reactions[2:4],
        detachment=reactions[4:],
        nuclei={"burst": 3.4, "split": 7.0},
        profile=profile or SurfaceLimited(),
        capillarity=tension * ROOM,
        smallest=3,
        largest=largest,
    )
    moments = sizes.moments
    parts |= {name: {} for name in (moments.number, moments.length, moments.surface)}
    components = {name: Component(name, composition) for name, composition in parts.items()}
    return Mechanism("crowded", components, reactions[:2], populations=(sizes,))


def stretch_of(model, temperature, end=20.0):
    network = compiled(model)
    begin = np.array([START[name] for name in network.names])
    absolute = np.full(len(begin), 1e-13)
    return Stretch(network, begin, np.linspace(0, end, 5)[1:], temperature, absolute)


# ---- the same equations, twice -------------------------------------------------------------------


@pytest.mark.parametrize("ramp", RAMPS)
def test_a_library_finds_the_same_dots(ramp):
    stretch = stretch_of(crowded(), RAMPS[ramp])
    ours = Rodas(rtol=1e-10).integrate(stretch)
    for other in (Cvode(rtol=1e-10), ScipyRadau(rtol=1e-9)):
        theirs = other.integrate(stretch)
        np.testing.assert_allclose(ours.concentration, theirs.concentration, rtol=1e-7)
        np.testing.assert_allclose(ours.dots, theirs.dots, rtol=2e-6, atol=1e-10)
    assert np.all(ours.dots[-1, [0, -1]] > 1e-7)  # from the smallest to the largest


@pytest.mark.parametrize("profile", [SurfaceLimited(), DiffusionLimited()], ids=str)
def test_a_library_finds_the_same_moments_for_each_law_of_growth(profile):
    stretch = stretch_of(crowded(profile=profile), RAMPS["heated"])
    ours, theirs = (s.integrate(stretch) for s in (Rodas(rtol=1e-9), Cvode(rtol=1e-10)))
    powers = stretch.network.classes.units ** np.arange(3)[:, None]
    np.testing.assert_allclose(ours.dots @ powers.T, theirs.dots @ powers.T, rtol=1e-7)


@pytest.mark.parametrize("ramp", RAMPS)
def test_the_librarys_jacobian_is_the_derivative_of_its_right_hand_side(ramp):
    system = DenseSystem(stretch_of(crowded(largest=14), RAMPS[ramp]))
    y = np.random.default_rng(3).uniform(0.5, 2.0, len(system.start))
    columns = []
    for j, number in enumerate(y):
        step = np.zeros_like(y)
        step[j] = 1e-3 * number
        near, far = (
            (system.change(7.0, y + s * step) - system.change(7.0, y - s * step))
            / (2e-3 * s * number)
            for s in (1, 2)
        )
        columns.append((4 * near - far) / 3)
    np.testing.assert_allclose(
        system.jacobian(7.0, y), np.column_stack(columns), rtol=1e-7, atol=1e-8
    )


# ---- nothing is lost -----------------------------------------------------------------------------


def units_of(run):
    return run.of("M") + run.of("P") + run.moment(1)


@pytest.mark.parametrize("rtol", [1e-3, 1e-6, 1e-9])
def test_units_and_ligand_are_kept_at_any_tolerance(rtol):
    times = np.linspace(0, 300, 20)
    for temperature in RAMPS.values():
        run = evolve(
            crowded(400), times, start=START, temperature=temperature, solver=Rodas(rtol=rtol)
        )
        assert run.moment(0)[-1] > 0
        # Between steps the dense output keeps linear invariants as the step itself does.
        np.testing.assert_allclose(units_of(run), 5.0, rtol=1e-13)
        np.testing.assert_allclose(run.of("L") + run.of("P"), 2.5, rtol=1e-13)


def test_classes_that_no_dot_reaches_do_not_matter():
    few, many = (
        evolve(crowded(largest), [0.0, 5.0, 20.0], start=START, temperature=320.0)
        for largest in (400, 4000)
    )
    np.testing.assert_allclose(few.concentration, many.concentration, rtol=1e-10)
    np.testing.assert_allclose(few.dots, many.dots[:, :398], rtol=1e-9, atol=1e-20)
    assert np.all(many.dots[:, 398:] < 1e-20)


def test_the_window_widens_as_far_as_dots_grow():
    """Pure growth of the smallest dots: none is lost, and the front stands where it must.

    With a loose tolerance a single step carries dots beyond the window, and is taken again.
    """
    sizes = (2, 5000)
    model = population(attachment(1.0, order=0), sizes=sizes)
    means = []
    for rtol in (1e-6, 1e-2):
        solver = Rodas(rtol=rtol, atol=1e-10)
        run = evolve(model, [0.0, 30.0], start={"M": 1e4}, dots=only(sizes, 2, 1.0), solver=solver)
        assert run.moment(0)[-1] == pytest.approx(1.0, rel=1e-13)
        assert run.moment(1)[-1] + run.of("M")[-1] == pytest.approx(1e4 + 2, rel=1e-14)
        assert np.all(run.dots >= -50 * rtol)
        means.append(run.moment(1)[-1])
    assert run.stats["rejected"] > 0
    assert means[0] == pytest.approx(1395.01, rel=1e-5)  # far beyond the smallest window
    assert means[0] == pytest.approx((2 ** (1 / 3) + 10) ** 3, rel=0.1)  # dn/dt = n^(2/3)
    assert means[1] == pytest.approx(means[0], rel=1e-2)


def test_a_dot_below_the_smallest_falls_apart_into_all_its_units():
    sizes = (5, 40)
    model = population((), detachment(0.5), sizes=sizes)
    run = evolve(model, np.linspace(0, 400, 5), start={"M": 0.0}, dots=only(sizes, 20, 0.3))
    np.testing.assert_allclose(run.of("M") + run.moment(1), 6.0, rtol=1e-13)
    assert run.of("M")[-1] == pytest.approx(6.0, rel=1e-9)
    assert run.moment(0)[-1] < 1e-9


def test_nothing_passes_the_largest_class():
    sizes = (2, 40)
    model = population(attachment(1.0), sizes=sizes)
    run = evolve(model, [0.0, 1.0, 1e3, 1e5], start={"M": 50.0}, dots=only(sizes, 3, 0.5))
    np.testing.assert_allclose(run.moment(0), 0.5, rtol=1e-12)
    assert run.moment(1)[-1] == pytest.approx(0.5 * 40, rel=1e-9)  # all are full
    assert run.of("M")[-1] == pytest.approx(50 + 1.5 - 20, rel=1e-12)  # and take no more


# ---- detailed balance ----------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [SurfaceLimited(), DiffusionLimited()], ids=str)
@pytest.mark.parametrize("temperature", [280.0, 340.0])
def test_at_equilibrium_every_flux_is_balanced_by_its_reverse(profile, temperature):
    """Two channels there and back that agree on one equilibrium: nothing moves at all."""
    k, back, other, other_back, tension = 2.0, 3.0, 0.7, 0.4, 0.8
    crowd = crowded(40, tension, profile)
    monomer, ligand = 1.2, 0.9
    compound = monomer * ligand * k * other_back / (back * other)
    joins = (
        ("M", {"M": -1.0, "QD": 1.0}, k, {"M": 1}),
        ("P", {"P": -1.0, "QD": 1.0, "L": 1.0}, other, {"P": 1}),
    )
    leaves = (
        ("-M", {"M": 1.0, "QD": -1.0}, back, {}),
        ("-P", {"P": 1.0, "QD": -1.0, "L": -1.0}, other_back, {"L": 1}),
    )

    def channels(rows):
        return tuple(Reaction(n, s, Arrhenius(c), mass_action(o)) for n, s, c, o in rows)

    # Nuclei are made as fast as the smallest dots fall apart.
    units = np.arange(3.0, 41.0)
    alpha, before = profile(units), profile(units - 1)
    beta = before * np.exp(
        tension * ROOM / temperature * (units ** (2 / 3) - (units - 1) ** (2 / 3))
    )
    ratio = monomer * k / back
    dots = 1e-3 * np.cumprod(np.concatenate(([1.0], ratio * alpha[:-1] / beta[1:])))
    apart = (back + other_back * ligand) * beta[0] * dots[0]
    nuclei = Reaction("burst", {"M": -3.0, "QD": 3.0}, Arrhenius(apart))
    share = back / (back + other_back * ligand)
    mixed = {"M": -3 * share, "P": -3 * (1 - share), "L": 3 * (1 - share), "QD": 3.0}
    model = replace(
        crowd,
        reactions=(replace(nuclei, stoichiometry=mixed),),
        populations=(
            replace(
                crowd.population,
                attachment=channels(joins),
                detachment=channels(leaves),
                nuclei={"burst": 3.0},
            ),
        ),
    )
    start = {"M": monomer, "P": compound, "L": ligand}
    run = evolve(model, [0.0, 50.0], start=start, dots=dots, temperature=temperature)
    # A dot that falls apart gives what its last channel gives, times its units.
    np.testing.assert_allclose(run.dots[-1], dots, rtol=1e-9)
    np.testing.assert_allclose(run.concentration[-1], run.concentration[0], rtol=1e-10)


# ---- through a protocol --------------------------------------------------------------------------


def test_a_protocol_with_ramps_and_transfers_keeps_units_and_dots():
    text = """\
    charge A with 0.05 mmol S, 0.01 mmol TOPO, 8 g ODE at 40 degC
    heat A to 90 degC over 2 min
    hold A for 3 min
    inject 0.02 mmol S into A
    cool A to 60 degC over 1 min
    discard 300 uL of A
    charge B with 0.01 mmol TOPO, 5 g ODE at 50 degC
    take 2 mL of A and 1 mL of B into mix at 55 degC
    hold mix for 20 min
    measure A at 10 min
    measure mix at 20 min"""
    model = crowded(400, names=("S", "TOPO"))
    run = simulate(model, Protocol.from_text(text), solver=Rodas(rtol=1e-8))
    for vessel, errors in run.conservation.items():
        assert all(error < 1e-12 for error in errors.values()), (vessel, errors)
    for measurement in run.measurements:
        amounts = run.amounts(measurement)
        units = model.population.units
        assert amounts["QD number"] == pytest.approx(measurement.dots.sum(), rel=1e-14)
        assert amounts["QD"] == pytest.approx(units @ measurement.dots, rel=1e-13)
        assert amounts["QD"] > 0
