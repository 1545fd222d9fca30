"""Tangents of every kind of parameter, against extrapolated differences of whole runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from populations import ROOM
from prenuc.errors import InputError
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation, mass_action
from prenuc.quantities import Quantity
from prenuc.simulation.evolve import compiled, evolve
from prenuc.simulation.sensitivity import prepared
from prenuc.simulation.solvers import Cvode, Rodas
from test_engine import network
from test_size_classes import crowded

TIMES = [0.0, 2.0, 5.0]
EARLY = [0.0, 0.2, 0.6]  # before M falls to where an excess and a barrier have a kink
START = {"M": 3.0, "P": 2.0, "L": 0.5}
SMALL = 0.05 * np.exp(-((np.arange(28.0) - 9) ** 2) / 20)  # dots that are there at the start
RAMPS = {"isothermal": 330.0, "ramp": (310.0, 335.0)}
RTOL, TIGHT = 1e-10, 1e-12  # of the run with tangents, and of those that are subtracted
SHARES = (4e-3, 2e-3, 1e-3)  # by which a number is moved
# A run is wrong by some hundred tolerances, one for each step; a difference by that over its step.
BOUND = 1e3 * (RTOL + TIGHT / min(SHARES))
# Every number that a mechanism can be built from, with its value here.
NUMBERS = {
    "k": 0.02,
    "activation energy": 40e3,
    "anchor": 320.0,
    "order": 1.7,
    "scale of an order": 1.3,
    "half-value of a saturation": 0.5,
    "half-value of a surface": 0.7,
    "surface.sites": -1.6,
    "threshold": 0.4,
    "barrier": 1.5,
    "solubility": 0.4,
    "initial": 3.0,
    "stoichiometric number": 2.0,
    "nucleus": 3.4,
    "capillarity": 1.2 * ROOM,
    "k of attachment": 0.8,
    "energy of detachment": 80e3,
    "k of etching": 0.02,
}


def model(**changed):
    """Return a mechanism with dots in which every number plays a part."""
    n = NUMBERS | {name.replace("_", " "): number for name, number in changed.items()}
    crowd = crowded(30)
    sizes = crowd.population
    burst, split = crowd.reactions
    laws = (
        *mass_action({"M": 2}),
        Barrier({"M": 1.0}, n["solubility"], n["barrier"], 2.0, 8.0),
    )
    made = {"M": -n["nucleus"], "QD": n["nucleus"]}
    burst = replace(burst, stoichiometry=made, factors=laws)
    number = n["stoichiometric number"]
    side = Reaction(
        "side",
        {"M": -number, "L": number - 1.0},
        Arrhenius(n["k"], n["anchor"], n["activation energy"]),
        (
            Power({"M": 1.0, "P": 0.5}, n["order"], n["scale of an order"]),
            Saturation({"P": 1.0}, n["half-value of a saturation"]),
            Excess({"M": 1.0}, n["threshold"]),
        ),
    )
    first, second = sizes.attachment
    surface = Binding({"L": 1.0}, n["half-value of a surface"], n["surface.sites"])
    first = replace(
        first,
        constant=replace(first.constant, k=n["k of attachment"]),
        factors=(*mass_action({"M": 1}), surface),
    )
    leave, etch = sizes.detachment
    leave = replace(leave, constant=replace(leave.constant, energy=n["energy of detachment"]))
    etch = replace(etch, constant=replace(etch.constant, k=n["k of etching"]))
    return replace(
        crowd,
        components={name: replace(c, composition=None) for name, c in crowd.components.items()},
        reactions=(burst, split, side),
        populations=(
            replace(
                sizes,
                attachment=(first, second),
                detachment=(leave, etch),
                nuclei={"burst": n["nucleus"], "split": 7.0},
                capillarity=n["capillarity"],
            ),
        ),
        initial=START | {"M": n["initial"]},
    )


def without_dots(**changed):
    """Return a mechanism of every law, without dots, in which most of the numbers play a part."""
    whole = model(**changed)
    burst, _, side = whole.reactions
    joins = whole.population.attachment[0]
    laws = (
        replace(burst, stoichiometry={"M": -2.0, "P": 1.0}),
        replace(joins, stoichiometry={"M": -1.0, "P": 1.0}),
        side,
        Reaction("back", {"P": -1.0, "M": 1.0}, Arrhenius(2.0), mass_action({"P": 1})),
        Reaction("pair", {"M": -2.0, "L": 1.0}, Arrhenius(0.2), mass_action({"M": 2})),
        Reaction("meet", {"M": -1.0, "L": -1.0}, Arrhenius(0.4), mass_action({"M": 1, "L": 1})),
    )
    return Mechanism("alone", {x: Component(x) for x in START}, laws, initial=whole.initial)


def written(build=model):
    """Return a mechanism whose constants are all of these numbers."""
    values = {name: plain(number) for name, number in NUMBERS.items()}
    return Mechanism.written(partial(rule, build), values)


def plain(number):
    return Value(Quantity(number, "1"), Source("user", "test"), "assumed")


def rule(build, values):
    return build(**{name: value.si for name, value in values.items()})


def run(mechanism, ramp, parameters=(), rtol=RTOL):
    return evolve(
        mechanism,
        TIMES if mechanism.population else EARLY,
        dots=SMALL if mechanism.population else None,
        temperature=RAMPS[ramp],
        solver=Rodas(rtol=rtol, atol=1e-15),
        parameters=parameters,
    )


@pytest.fixture(scope="module", params=RAMPS)
def tangents(request):
    """Return the tangents of all parameters, of components and then classes."""
    found = run(written(), request.param, NUMBERS)
    both = np.concatenate((found.tangents, found.dot_tangents), axis=1)
    return request.param, dict(zip(NUMBERS, np.moveaxis(both, -1, 0), strict=True))


def differences(name, ramp, build=model):
    """Return extrapolated differences (Richardson, three steps: an error of sixth order)."""
    number, columns = NUMBERS[name], []
    for share in SHARES:
        move = share * abs(number)
        ends = [run(build(**{name: number + s * move}), ramp, rtol=TIGHT) for s in (-1, 1)]
        low, high = (np.concatenate((e.concentration, e.dots), axis=1) for e in ends)
        columns.append((high - low) / (2 * move))
    a, b, c = columns
    ab, bc = (4 * b - a) / 3, (4 * c - b) / 3
    return (16 * bc - ab) / 15


@pytest.mark.parametrize("name", NUMBERS)
def test_a_tangent_is_the_derivative_of_the_solution(tangents, name):
    ramp, found = tangents
    wanted = differences(name, ramp)
    size = np.abs(wanted).max(axis=0, keepdims=True) + 1e-3 * np.abs(wanted).max()
    assert np.abs(wanted).max() * abs(NUMBERS[name]) > 1e-5, "this number plays no part"
    away = np.abs(found[name] - wanted) / size
    assert away.max() < BOUND, np.unravel_index(away.argmax(), away.shape)


OF_DOTS = {"nucleus", "capillarity", "energy of detachment", "k of etching"}


@pytest.mark.parametrize("ramp", RAMPS)
def test_without_dots_too(ramp):
    """A network alone at one temperature takes its stages in differences, on a ramp it does not."""
    names = [name for name in NUMBERS if name not in OF_DOTS]
    found = run(written(without_dots), ramp, names).tangents
    for column, name in enumerate(names):
        wanted = differences(name, ramp, without_dots)
        size = np.abs(wanted).max(axis=0, keepdims=True) + 1e-3 * np.abs(wanted).max()
        away = np.abs(found[..., column] - wanted) / size
        heated = name in {"activation energy", "anchor"} and ramp == "isothermal"
        assert np.abs(wanted).max() * abs(NUMBERS[name]) > (0.0 if heated else 1e-5), name
        assert away.max() < BOUND, name


def test_nothing_is_read_that_another_mechanism_has_left():
    """A thread keeps its memory; a new one begins with none."""
    names = [name for name in NUMBERS if name not in OF_DOTS]

    def moved():
        return run(written(without_dots), "ramp", names).tangents

    run(written(), "ramp", ["k", "nucleus"])
    again = moved()
    with ThreadPoolExecutor(1) as fresh:
        np.testing.assert_array_equal(fresh.submit(moved).result(), again)


def test_tangents_do_not_change_the_run():
    plain, moved = run(model(), "ramp"), run(written(), "ramp", ["k"])
    np.testing.assert_array_equal(plain.concentration, moved.concentration)
    np.testing.assert_array_equal(plain.dots, moved.dots)


def test_classes_that_no_dot_has_reached_have_tangents_of_zero():
    found = evolve(crowded(400), [0.0, 0.5, 1.0], start=START, parameters=["burst.k"])
    assert not found.dots[:, -50:].any()
    assert not found.dot_tangents[:, -50:].any()
    assert found.dot_tangents[1:, :10].all()
    assert np.isfinite(found.dot_tangents).all()


def test_no_parameters_are_no_columns():
    net = compiled(without_dots())
    found = evolve(net, EARLY, parameters=prepared(net, ()))
    assert found.tangents.shape == (3, 3, 0)


def test_tangents_keep_what_the_solution_keeps():
    """No rate constant moves the ligand that there is; what is charged does so one to one."""
    found = evolve(crowded(30), TIMES, start=START, dots=SMALL, parameters=["etch.k"])
    (m, p, el) = (found.tangents[:, i, 0] for i in range(3))
    size = np.abs(found.tangents).max()
    assert size > 1e-6
    units = found.sizes @ found.dot_tangents[..., 0].T
    assert np.abs(p + el).max() < 1e-13 * size
    assert np.abs(m + p + units).max() < 1e-12 * np.abs(found.dot_tangents).max() * 30


def test_a_start_given_by_hand_is_no_parameter():
    found = evolve(written(), [0.0, 1.0], start=START, parameters=["initial"])
    assert np.all(found.tangents == 0)


def test_at_an_event_tangents_are_those_at_its_time():
    """S = S₀ exp(−k t): ∂S/∂k = −t S at any fixed time, also at the one where 80 % are consumed."""
    k = 0.3
    decay = network(({"S": -1.0, "P": 1.0}, k, {"S": 1}), initial={"S": 2.0})
    times = [0.0, 1.0, 5.0, 50.0, 100.0]
    run = evolve(decay, times, until="80 % of S is consumed", parameters=["R0.k"])
    at = np.array([0.0, 1.0, 5.0, np.nan, run.stopped])
    np.testing.assert_allclose(run.tangents[:, 0, 0], -at * run.of("S"), rtol=1e-6)
    # The event moves against the slope: dt*/dk = −(∂S/∂k)/(dS/dt) = −t*/k.
    moved = -run.tangents[-1, 0, 0] / (-k * run.of("S")[-1])
    assert moved == pytest.approx(-np.log(5) / k**2, rel=1e-6)


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["law", "kind", "reaction", "classes"])
def test_a_parameter_that_changes_the_structure_is_refused(other):
    here = model()
    first, *rest = here.reactions
    above = {
        "law": replace(here, reactions=(replace(first, factors=mass_action({"M": 1})), *rest)),
        "kind": replace(
            here,
            reactions=(replace(first, factors=(Saturation({"M": 1.0}), first.factors[1])), *rest),
        ),
        "reaction": replace(here, reactions=(*here.reactions, replace(first, name="again"))),
        "classes": replace(here, populations=(replace(here.population, largest=31),)),
    }[other]
    bent = Mechanism.written(
        lambda values: replace(above if values["shape"].si > 1 else here), {"shape": plain(1.0)}
    )
    with pytest.raises(InputError, match=r"'shape' changes (which|the) reactions"):
        run(bent, "ramp", ["shape"])


def test_a_library_gives_no_tangents():
    with pytest.raises(InputError, match="neither events nor tangents"):
        evolve(written(), [1.0], parameters=["k"], solver=Cvode())


# ---- parameters from values ----------------------------------------------------------------------


def test_tangents_are_per_unit_in_si():
    """A decay: dS/dk = −t S, whatever unit k was written in."""

    def build(values):
        k = values["k"].si
        return Mechanism(
            "decay",
            {name: Component(name) for name in "SP"},
            (Reaction("R", {"S": -1.0, "P": 1.0}, Arrhenius(k), mass_action({"S": 1})),),
            initial={"S": 2.0},
        )

    value = Value(Quantity(0.3, "1/min"), Source("user", "test"), "assumed")
    decay = Mechanism.written(build, {"k": value})
    found = evolve(decay, [0.0, 30.0, 600.0], parameters=["k"])
    s, t = found.of("S"), found.time
    np.testing.assert_allclose(found.tangents[:, 0, 0], -t * s, rtol=1e-7)
    np.testing.assert_allclose(found.tangents[:, 1, 0], t * s, rtol=1e-7)
