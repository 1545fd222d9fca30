"""Many parameter sets at once: each as if it were alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from prenuc.errors import InputError, SimulationError
from prenuc.mechanism import Moments, two_pathway
from prenuc.mechanism.constants import multiplied
from prenuc.simulation.ensemble import CHUNK, ensemble
from prenuc.simulation.evolve import compiled, evolve
from prenuc.simulation.solvers import Rodas
from prenuc.simulation.stretch import Stretch
from test_engine import BLOWS_UP, network
from test_size_classes import START, crowded

TIMES = np.array([0.5, 2.0, 8.0])
SOLVER = Rodas(rtol=1e-6, atol=1e-12)
CHAIN = network(
    ({"A": -1.0, "B": 1.0}, 1.0, {"A": 1}),
    ({"B": -2.0, "C": 1.0}, 3.0, {"B": 2}),
    ({"C": -1.0, "A": 2.0}, 0.1, {"C": 1}),
    initial={"A": 2.0},
)


def factors(members, reactions, seed=7):
    return np.exp(np.random.default_rng(seed).normal(0.0, 1.0, (members, reactions)))


def named(rows, model=CHAIN):
    """Return factors, shape (members, reactions), by the names of the rate constants."""
    columns = np.atleast_2d(rows).T
    return {f"{r.name}.k": one for r, one in zip(model.all_reactions, columns, strict=True)}


def alone(model, row, times=TIMES, temperature=298.15, solver=SOLVER, start=None):
    """Return a run of one member as a mechanism of its own."""

    moved = {name: float(column[0]) for name, column in named(row, model).items()}
    here = model.with_constants(multiplied(model.constants, moved))
    return evolve(here, times, temperature=temperature, solver=solver, start=start)


def test_threads_give_the_same_bits():
    """On a ramp, where a set's constants are read in every step, so that a mix-up would show."""
    rows = factors(2 * CHUNK + 17, 3)  # several pieces of work, the last one short
    one, many = (
        ensemble(
            CHAIN, TIMES, factors=named(rows), temperature=(290, 320), solver=SOLVER, threads=n
        )
        for n in (1, 4)
    )
    assert many.concentration.shape == (len(rows), 3, 3)
    np.testing.assert_array_equal(one.concentration, many.concentration)
    np.testing.assert_array_equal(one.steps, many.steps)
    assert one.failed == many.failed == {}
    assert len(set(one.steps.tolist())) > 5  # the sets do differ


def test_a_member_gives_the_same_bits_wherever_it_stands():
    rows = factors(40, 3)
    together = ensemble(CHAIN, TIMES, factors=named(rows), solver=SOLVER)
    backwards = ensemble(CHAIN, TIMES, factors=named(rows[::-1]), solver=SOLVER)
    np.testing.assert_array_equal(together.concentration, backwards.concentration[::-1])
    for i in (0, 17, 39):
        single = ensemble(CHAIN, TIMES, factors=named(rows[i]), solver=SOLVER)
        np.testing.assert_array_equal(single.concentration[0], together.concentration[i])


def test_a_member_is_the_run_with_its_constants():
    rows = factors(6, 3)
    found = ensemble(CHAIN, TIMES, factors=named(rows), solver=SOLVER)
    assert found.names == ("A", "B", "C")
    assert found.concentration.shape == (6, 3, 3)
    for i, row in enumerate(rows):
        # ln k + ln factor is rounded once more in a mechanism of its own, through exp and log.
        wanted = alone(CHAIN, row).concentration
        np.testing.assert_allclose(found.concentration[i], wanted, rtol=1e-12)
    ones = ensemble(CHAIN, TIMES, factors=named(np.ones((1, 3))), solver=SOLVER)
    same = evolve(CHAIN, TIMES, solver=SOLVER)
    np.testing.assert_array_equal(ones.concentration[0], same.concentration)
    assert ones.steps[0] == same.stats["steps"]


def test_members_with_dots_on_a_ramp():
    model, ramp = replace(crowded(40), initial=START), (310.0, 330.0)
    rows = factors(4, len(model.all_reactions), seed=2)
    found = ensemble(
        model, TIMES, factors=named(rows, model), temperature=ramp, solver=SOLVER, threads=2
    )
    for i, row in enumerate(rows):
        wanted = alone(model, row, temperature=ramp)
        np.testing.assert_allclose(found.concentration[i], wanted.concentration, rtol=1e-9)
        np.testing.assert_allclose(found.dots[i], wanted.dots, rtol=1e-7, atol=1e-14)


def test_an_equilibrium_constant_slows_every_way_back_alike():
    """K stands in no rate of its own: the way back is k/K, by each route."""
    model, times = two_pathway("CdS@0.1", dots=Moments()), [600.0]
    start = np.array([float(name == "PC-311") for name in model.components])
    factors = {"isomerisation.K": [0.5, 1.0], "isomerisation.k": [2.0, 1.0]}
    found = ensemble(model, times, factors=factors, starts=np.stack((start, start)))
    for member in (0, 1):
        moved = {name: column[member] for name, column in factors.items()}
        here = model.with_constants(multiplied(model.constants, moved))
        wanted = evolve(here, times, start={"PC-311": 1.0}).concentration
        np.testing.assert_allclose(found.concentration[member], wanted, rtol=1e-9, atol=1e-15)
    assert np.ptp(found.concentration[:, 0, found.names.index("MSC-311")]) > 1e-3


def test_each_member_may_have_a_start_of_its_own():
    starts = np.array([[2.0, 0.0, 0.0], [0.1, 0.0, 1.0]])
    solver = Rodas(rtol=1e-9, atol=1e-15)
    found = ensemble(CHAIN, TIMES, factors=named(np.ones((2, 3))), starts=starts, solver=solver)
    for row, start in zip(found.concentration, starts, strict=True):
        here = dict(zip("ABC", start, strict=True))
        np.testing.assert_allclose(row, evolve(CHAIN, TIMES, start=here).concentration, rtol=1e-7)
    np.testing.assert_array_equal(starts, [[2.0, 0.0, 0.0], [0.1, 0.0, 1.0]])  # untouched


def test_a_failed_member_is_a_row_with_a_reason():
    """2 A → 3 A runs away at 1/(k A₀), which three of five sets reach before the end."""
    model = replace(BLOWS_UP, initial={"A": 1.0, "B": 3.0})
    speed = np.array([1e-3, 1.0, 1e-2, 10.0, 0.1])
    rows = np.column_stack((speed, np.ones(5)))
    found = ensemble(model, [1.0, 50.0], factors=named(rows, model), solver=SOLVER, threads=2)
    assert set(found.failed) == {1, 3, 4}
    for member, reason in found.failed.items():
        assert "'A'" in reason
        assert f"at {2 / speed[member]:.3g}"[:4] in reason.replace("1.999", "2.000")
        assert np.all(np.isnan(found.concentration[member]))
    fine = ensemble(model, [1.0, 50.0], factors=named(rows[[0, 2]], model), solver=SOLVER)
    np.testing.assert_array_equal(found.concentration[[0, 2]], fine.concentration)
    assert fine.failed == {}


def test_progress_ends_at_one():
    told = []
    ensemble(
        CHAIN,
        TIMES,
        factors=named(factors(CHUNK + 1, 3)),
        solver=SOLVER,
        threads=2,
        progress=told.append,
    )
    assert told == [0.5, 1.0]


def test_any_memory_order_is_served():
    rows, starts = factors(6, 3), np.tile([2.0, 0.0, 0.0], (6, 1))
    wanted = ensemble(CHAIN, TIMES, factors=named(rows), starts=starts, solver=SOLVER)
    found = ensemble(
        CHAIN,
        np.repeat(TIMES, 2)[::2],
        factors=named(np.asfortranarray(rows)),
        starts=np.asfortranarray(starts),
        solver=SOLVER,
    )
    np.testing.assert_array_equal(found.concentration, wanted.concentration)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"factors": {"R0.k": np.ones(4), "R1.k": np.ones(2)}}, r"R1\.k: factors of shape \(2,\)"),
        ({"factors": {"R0.k": np.array([0.0])}}, "not above zero"),
        ({"factors": {"R0.k": np.array([np.nan])}}, "not above zero"),
        ({"factors": {"R0.q": np.ones(1)}}, r"no constant 'R0\.q'.*R0\.k"),
        ({"factors": {"R0.at": np.ones(1)}}, r"'R0\.at' changes more than rates"),
        ({"factors": {}}, "no factors"),
        ({"starts": np.ones((2, 3))}, r"starts of shape \(2, 3\)"),
        ({"starts": np.ones((1, 2))}, "1 rows of 3"),
        ({"times": [0.0, 1.0]}, "a time of 0"),
        ({"times": [2.0, 1.0]}, "ascend"),
    ],
)
def test_arrays_of_another_shape_are_refused(changed, said):
    given = {"times": TIMES, "factors": named(np.ones(3))} | changed
    times = given.pop("times")
    with pytest.raises(InputError, match=said):
        ensemble(CHAIN, times, **given)


def test_a_run_that_fails_leaves_nothing_behind_for_the_next():
    """The arrays of a thread are used again; what is not a number must not come back from them."""
    net, times = compiled(CHAIN), np.array([1.0])
    first = evolve(net, times, solver=SOLVER).concentration
    none = np.full(len(net.names), np.nan)
    with pytest.raises(SimulationError):
        SOLVER.integrate(Stretch(net, none, times, (300.0, 300.0), none))
    np.testing.assert_array_equal(evolve(net, times, solver=SOLVER).concentration, first)
