"""Laws of two terms, ligands in balance and several ladders, against CVODE and differences."""

from __future__ import annotations

import numpy as np
import pytest

from invented import FREE, NUMBERS, START, ladders, network, some_dots, written
from prenuc.simulation.evolve import compiled, evolve
from prenuc.simulation.solvers import Cvode, Rodas
from prenuc.simulation.stretch import Stretch
from prenuc.simulation.vessels import _moments

RAMPS = {"warm": (320.0, 320.0), "heated": (305.0, 340.0), "cooled": (340.0, 305.0)}
BUILDS = {"network": network, "ladders": ladders}
TIMES = np.array([0.5, 2.0, 6.0])


def stretch_of(model, temperature):
    net = compiled(model)
    start = np.array([START.get(name, 0.0) for name in net.names])
    dots = some_dots() if model.populations else np.zeros(0)
    return Stretch(net, start, TIMES, temperature, np.full(len(start), 1e-13), dots)


@pytest.fixture(scope="module", params=[(b, r) for b in BUILDS for r in RAMPS], ids="-".join)
def both(request):
    """Return what our engine and CVODE make of a model on a ramp."""
    build, ramp = request.param
    stretch = stretch_of(BUILDS[build](), RAMPS[ramp])
    return stretch, Rodas(rtol=1e-10).integrate(stretch), Cvode(rtol=1e-10).integrate(stretch)


def test_a_library_finds_the_same(both):
    _, ours, theirs = both
    for found, wanted in (
        (ours.concentration, theirs.concentration),
        (ours.dots, theirs.dots),
    ):
        if found.size:
            assert np.max(np.abs(found - wanted)) < 3e-8 * np.max(np.abs(wanted))


def test_free_and_bound_add_up(both):
    """The balance of each ligand from the answer itself, and the surface from the dots."""
    stretch, ours, _ = both
    at = dict(zip(stretch.network.names, ours.concentration.T, strict=True))
    model = stretch.network.mechanism
    kelvin = np.interp(TIMES, [0.0, TIMES[-1]], stretch.temperature)
    strong = np.exp(15e3 / 8.314462618 * (1 / kelvin - 1 / 320.0)) * 2.0
    weak = np.exp(5e3 / 8.314462618 * (1 / kelvin - 1 / 320.0)) * 0.6
    q = 1.0 + strong * at["free L"] + weak * at["free K"]
    held = {"L": 2.0 * at["P"] * strong / q, "K": 2.0 * at["P"] * weak / q}
    if model.populations:
        sizes = model.populations[0].units
        beyond = np.cbrt(sizes) ** 2 - np.cbrt(sizes[0] - 1) ** 2
        surface = ours.dots[:, ::2] @ beyond
        assert at["surface of a"] == pytest.approx(surface, rel=1e-7)
        held["L"] = held["L"] + 0.7 * surface * strong / (1.0 + strong * at["free L"])
    for free, total in FREE.items():
        assert at[free] * (1.0 + held[total]) == pytest.approx(at[total], rel=1e-7)


def test_what_is_conserved_stays_to_rounding(both):
    stretch, ours, _ = both
    x0 = np.concatenate((stretch.start, _units(stretch, stretch.dots[None])[0]))
    found = np.concatenate((ours.concentration, _units(stretch, ours.dots)), axis=1)
    laws = stretch.network.laws
    assert len(laws) >= 2
    assert np.all(laws[:, stretch.network.flat.settled] == 0.0)
    size = np.abs(laws) @ np.abs(x0)
    assert np.max(np.abs(found @ laws.T - laws @ x0) / size) < 1e-14


def _units(stretch, dots):
    ladders_here = len(stretch.network.mechanism.populations)
    units = stretch.network.classes.units
    of = [dots[:, ladder::ladders_here] @ units for ladder in range(ladders_here)]
    return np.stack(of, axis=1) if of else np.zeros((len(dots), 0))


@pytest.mark.parametrize("start", [1e-6, 1e-3, 1.0, 1e4])
@pytest.mark.parametrize("strength", [1e-6, 1.0, 1e9])
def test_free_ligand_is_found_however_tightly_it_is_held(strength, start):
    model = network(**{"cover of L": strength, "L in all": 0.4 * START["P"]})
    net = compiled(model)
    x = np.array([START.get(name, 0.0) for name in net.names])
    place = {name: i for i, name in enumerate(net.names)}
    x[place["L"]], x[[place[name] for name in FREE]] = 0.4, start
    stretch = Stretch(net, x, np.array([1e-9]), (320.0, 320.0), np.full(len(x), 1e-16))
    found = Rodas(rtol=1e-8).integrate(stretch).concentration[0]
    equations = net.change(found, net.constants(320.0))[net.flat.settled]
    assert np.max(np.abs(equations)) < 1e-8
    assert np.all(found[net.flat.settled] > 0.0)


def test_a_ligand_that_is_absent_stays_absent():
    """None of it solves its equation, so no search for a trace of it begins."""
    net = compiled(network(**{"L in all": 0.0}))
    x = np.array([START.get(name, 0.0) for name in net.names])
    place = {name: i for i, name in enumerate(net.names)}
    x[place["L"]] = 0.0
    stretch = Stretch(net, x, np.array([1e-9]), (320.0, 320.0), np.full(len(x), 1e-16))
    found = Rodas(rtol=1e-8).integrate(stretch).concentration[0]
    assert found[place["free L"]] == 0.0
    assert found[place["free K"]] > 0.0
    assert np.max(np.abs(net.change(found, net.constants(320.0))[net.flat.settled])) < 1e-8


def test_moments_of_every_ladder_are_sums_over_its_own_classes():
    pot = ladders()
    places, powers = _moments(pot, list(pot.components))
    assert [list(pot.components)[i] for i in places] == list(pot.moment_names)
    dots = some_dots()
    lengths = np.cbrt(pot.populations[0].units) ** np.arange(4)[:, None]
    wanted = np.concatenate([lengths @ dots[ladder::2] for ladder in range(2)])
    assert powers @ dots == pytest.approx(wanted, rel=1e-13)


SHARES = (1.6e-2, 8e-3, 4e-3)


def differences(build, name, ramp):
    columns = []
    for share in SHARES:
        move = share * abs(NUMBERS[name])
        ends = []
        for sign in (-1, 1):
            number = {name: NUMBERS[name] + sign * move}
            ends.append(run_of(build(**number), ramp, rtol=1e-13))
        columns.append((ends[1] - ends[0]) / (2 * move))
    a, b, c = columns
    ab, bc = (4 * b - a) / 3, (4 * c - b) / 3
    return (16 * bc - ab) / 15


def run_of(model, ramp, rtol=1e-10, parameters=()):
    run = evolve(
        model,
        [0.0, *TIMES],
        dots=some_dots() if model.populations else None,
        temperature=RAMPS[ramp],
        solver=Rodas(rtol=rtol, atol=1e-15),
        parameters=parameters,
    )
    if parameters:
        return np.concatenate((run.tangents, run.dot_tangents), axis=1)[1:]
    return np.concatenate((run.concentration, run.dots), axis=1)[1:]


@pytest.mark.parametrize("ramp", ["warm", "heated"])
@pytest.mark.parametrize("build", BUILDS)
def test_tangents_are_the_derivatives_of_the_solution(build, ramp):
    model = written(BUILDS[build])
    found = run_of(model, ramp, parameters=tuple(NUMBERS))
    for column, name in enumerate(NUMBERS):
        wanted = differences(BUILDS[build], name, ramp)
        size = np.abs(wanted).max(axis=0, keepdims=True) + 1e-3 * np.abs(wanted).max()
        away = np.abs(found[..., column] - wanted) / np.where(size > 0, size, 1.0)
        assert away.max() < 2e-6, (name, np.unravel_index(away.argmax(), away.shape), away.max())
