"""Chemistry with a closed form, through the engine and through a protocol."""

from __future__ import annotations

import numpy as np
import pytest

from known_values import (
    arrhenius_ramp,
    consecutive,
    fed_batch,
    finke_watzky,
    reversible,
    second_order,
)
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.reaction import mass_action
from prenuc.protocol import Protocol
from prenuc.simulation import simulate
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Cvode, Rodas

SOLVERS = [Rodas(rtol=1e-9, atol=1e-15), Cvode(rtol=1e-10, atol=1e-15)]
TIMES = np.array([0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0])
solvers = pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: s.name)


def network(*reactions):
    """Return a mechanism of (left, right, k) or (left, right, Arrhenius) in mol/m³ and s."""
    names = dict.fromkeys(name for left, right, _ in reactions for name in (*left, *right))
    made = []
    for number, (left, right, k) in enumerate(reactions):
        net = {name: right.get(name, 0) - left.get(name, 0) for name in (*left, *right)}
        constant = k if isinstance(k, Arrhenius) else Arrhenius(k)
        made.append(Reaction(f"R{number}", net, constant, mass_action(left)))
    return Mechanism("known", {name: Component(name) for name in names}, tuple(made))


def close(found, wanted, rel=1e-7):
    np.testing.assert_allclose(found, wanted, rtol=rel, atol=1e-9 * np.max(wanted))


@solvers
@pytest.mark.parametrize("second", [0.3, 0.7, 0.7 * (1 + 1e-9), 0.7001, 2.0, 7000.0])
def test_two_steps_in_a_row_also_with_equal_constants(solver, second):
    chain = network(({"A": 1}, {"B": 1}, 0.7), ({"B": 1}, {"C": 1}, second))
    found = evolve(chain, TIMES, start={"A": 3.0}, solver=solver).concentration
    close(found, consecutive.concentrations(TIMES, 0.7, second, 3.0))


@solvers
@pytest.mark.parametrize("growth", [0.5, 2.0, 10.0])
def test_slow_nucleation_and_autocatalytic_growth(solver, growth):
    scheme = network(({"A": 1}, {"B": 1}, 1e-4), ({"A": 1, "B": 1}, {"B": 2}, growth))
    found = evolve(scheme, TIMES, start={"A": 2.0}, solver=solver).concentration[:, 0]
    close(found, finke_watzky.left(TIMES, 1e-4, growth, 2.0))


@solvers
@pytest.mark.parametrize(("begin", "end"), [(298.15, 523.15), (523.15, 298.15), (400.0, 401.0)])
@pytest.mark.parametrize("energy", [40e3, 105e3, 180e3])
def test_a_linear_ramp_is_an_exponential_integral(solver, begin, end, energy):
    times = np.linspace(0.0, 900.0, 7)
    decay = network(({"A": 1}, {"B": 1}, Arrhenius(2e-3, 420.0, energy)))
    found = evolve(decay, times, start={"A": 5.0}, temperature=(begin, end), solver=solver)
    slope = (end - begin) / times[-1]
    law = {"constant": 2e-3, "at": 420.0, "energy": energy}
    close(
        found.concentration[:, 0], 5 * arrhenius_ramp.left(times, **law, begin=begin, slope=slope)
    )


@solvers
def test_a_reversible_step_relaxes_with_the_sum_of_its_constants(solver):
    step = network(({"A": 1}, {"B": 1}, 0.6), ({"B": 1}, {"A": 1}, 0.2))
    found = evolve(step, TIMES, start={"A": 1.0, "B": 4.0}, solver=solver).concentration
    close(found, reversible.concentrations(TIMES, 0.6, 0.2, 1.0, 4.0))


@solvers
def test_second_order_of_one_and_of_two_species(solver):
    single = network(({"A": 2}, {"P": 1}, 0.7))
    found = evolve(single, TIMES, start={"A": 4.0}, solver=solver).concentration[:, 0]
    close(found, second_order.dimerised(TIMES, 0.7, 4.0))
    pair = network(({"A": 1, "B": 1}, {"P": 1}, 0.7))
    found = evolve(pair, TIMES, start={"A": 4.0, "B": 3.0}, solver=solver).concentration[:, 0]
    close(found, second_order.joined(TIMES, 0.7, 4.0, 3.0))


@solvers
@pytest.mark.parametrize("back", [1e-3, 0.4, 50.0])
def test_a_reversible_association(solver, back):
    pair = network(({"A": 1, "B": 1}, {"C": 1}, 0.7), ({"C": 1}, {"A": 1, "B": 1}, back))
    found = evolve(pair, TIMES, start={"A": 4.0, "B": 3.0}, solver=solver).concentration[:, 2]
    close(found, second_order.bound(TIMES, 0.7, back, 4.0, 3.0))


# ---- fed -----------------------------------------------------------------------------------------

FEED, CONSTANT = "2 S -> S2", 2e-5  # m³/(mol s)


def dimerisation():
    parts = {"S": Component("S", {"S": 1.0}), "S2": Component("S2", {"S": 2.0})}
    step = Reaction(FEED, {"S": -2.0, "S2": 1.0}, Arrhenius(CONSTANT), mass_action({"S": 2}))
    return Mechanism("dimerisation", parts, (step,))


@solvers
def test_a_fed_vessel_follows_its_pieces(solver):
    """Restarted by hand at every injection, in a constant volume."""
    doses, seconds, moles = (3.0, 40.0, 0.5, 200.0), 60.0, 20.0
    state = {"S": moles, "S2": 0.0}
    for dose in doses:
        found = evolve(dimerisation(), [0.0, seconds], start=state, solver=solver).concentration[-1]
        moles = fed_batch.left(moles, 1.0, CONSTANT, seconds) + dose
        state = {"S": found[0] + dose, "S2": found[1]}
        assert state["S"] == pytest.approx(moles, rel=1e-8)


@solvers
def test_a_protocol_with_injection_dilution_and_removal_follows_its_pieces(solver):
    done = Protocol.from_text([
        "charge flask with 3 mmol S and 9 g ODE at 25 degC",
        "hold flask for 20 min",
        "inject 2 mmol S into flask",
        "hold flask for 20 min",
        "inject 5 g ODE into flask",
        "hold flask for 20 min",
        "discard 3 mL of flask",
        "inject 1 mmol S into flask",
        "measure flask at 60 min, 80 min",
        "take 2 mL of flask into second with 8 mL ODE at 25 degC",
        "measure second at 40 min",
    ])  # fmt: skip
    before, after, second = simulate(dimerisation(), done, solver=solver).measurements
    volumes = [operation.volume for operation in done.plan if hasattr(operation, "volume")]
    moles = 3e-3
    for volume, dose in zip(volumes[:3], (2e-3, 0.0, 0.0), strict=True):
        moles = fed_batch.left(moles, volume, CONSTANT, 1200.0) + dose
    moles = moles * (1 - 3e-6 / volumes[2]) + 1e-3
    assert before.concentration[0] * before.volume == pytest.approx(moles, rel=1e-8)
    moles = fed_batch.left(moles, after.volume, CONSTANT, 1200.0)
    assert after.concentration[0] * after.volume == pytest.approx(moles, rel=1e-8)
    moles = fed_batch.left(moles * 2e-6 / after.volume, second.volume, CONSTANT, 2400.0)
    assert second.concentration[0] * second.volume == pytest.approx(moles, rel=1e-8)
