"""Networks whose solution is known, through the path that a user takes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from known_values.robertson import ROBERTSON
from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import InputError
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction, read_mechanism
from prenuc.mechanism.reaction import mass_action
from prenuc.protocol import Protocol
from prenuc.simulation import Cvode, ScipyBdf, ScipyRadau, simulate
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas

TIMES = np.array([0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0])


@pytest.fixture
def run(tmp_path):
    def running(species, *reactions, times=TIMES, units="", solver=None):
        path = tmp_path / "network.yaml"
        lines = [units, f"species: {species}", "reactions:", *(f"  - {r}" for r in reactions)]
        path.write_text("\n".join(lines), encoding="utf-8")
        return evolve(read_mechanism(path), times, solver=solver).concentration.T

    return running


def close(found, wanted, rel=1e-6):
    np.testing.assert_allclose(found, wanted, rtol=rel, atol=1e-9)


@pytest.mark.parametrize("solver", [Cvode(), ScipyBdf(), ScipyRadau()], ids=lambda s: s.name)
def test_first_order_decay(run, solver):
    a, b = run("{A: {initial: 2}, B: {}}", '{equation: "A -> B", k: 0.7}', solver=solver)
    close(a, 2 * np.exp(-0.7 * TIMES))
    close(b, 2 * (1 - np.exp(-0.7 * TIMES)))


def test_units_of_time_and_concentration_are_the_files_own(run):
    a, b = run(
        "{A: {initial: 2}, B: {}}",
        '{equation: "2 A -> B", k: 0.7}',
        units="units: {time: h, concentration: umol/L}",
    )
    close(a, 2 / (1 + 2 * 2 * 0.7 * TIMES))
    close(b, (2 - a) / 2)


def test_relaxation_to_equilibrium_runs_with_the_sum_of_both_constants(run):
    a, b = run("{A: {initial: 1}, B: {}}", '{equation: "A <-> B", k: 0.6, k_reverse: 0.2}')
    close(b, 0.75 * (1 - np.exp(-0.8 * TIMES)))
    close(a + b, np.ones(len(TIMES)))


@pytest.mark.parametrize("second", [0.3, 0.7, 0.7000001, 2.0])
def test_two_steps_in_a_row_also_with_equal_constants(run, second):
    first = 0.7
    a, b, c = run(
        "{A: {initial: 1}, B: {}, C: {}}",
        f'{{equation: "A -> B", k: {first}}}',
        f'{{equation: "B -> C", k: {second}}}',
    )
    difference = second - first
    # (exp(-k1 t) - exp(-k2 t)) / (k2 - k1), which tends to t exp(-k t)
    bridge = np.exp(-first * TIMES) * (
        TIMES if difference == 0 else -np.expm1(-difference * TIMES) / difference
    )
    close(a, np.exp(-first * TIMES))
    close(b, first * bridge)
    close(c, 1 - a - b)


def test_second_order_of_one_species_has_no_factor_one_half(run):
    a, b = run("{A: {initial: 2}, B: {}}", '{equation: "2 A -> B", k: 0.7}')
    close(a, 2 / (1 + 2 * 0.7 * 2 * TIMES))
    close(b, (2 - a) / 2)


def test_second_order_of_two_species(run):
    a, b, c = run("{A: {initial: 2}, B: {initial: 1}, C: {}}", '{equation: "A + B -> C", k: 0.7}')
    ratio = np.exp(-0.7 * TIMES)
    close(b, ratio / (2 - ratio))
    close(a - b, np.ones(len(TIMES)))
    close(c, 1 - b)


def test_a_source_and_a_sink_settle_at_their_ratio(run):
    (a,) = run("{A: {}}", '{equation: "-> A", k: 0.6}', '{equation: "A ->", k: 0.3}')
    close(a, 2 * (1 - np.exp(-0.3 * TIMES)))


def test_a_source_alone_feeds_linearly(run):
    (a,) = run("{A: {initial: 1}}", '{equation: "-> A", k: 0.6}')
    close(a, 1 + 0.6 * TIMES)


def test_autocatalysis_is_logistic(run):
    a, b = run("{A: {initial: 0.99}, B: {initial: 0.01}}", '{equation: "A + B -> 2 B", k: 1.2}')
    close(b, 1 / (1 + 99 * np.exp(-1.2 * TIMES)), rel=1e-5)
    close(a, 1 - b)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"temperature": 0.0}, "0 K is no temperature"),
        ({"temperature": (300.0, -5.0)}, "-5 K is no temperature"),
        ({"temperature": np.inf}, "inf K is no temperature"),
        ({"start": {"A": -1.0}}, "'A' starts with -1"),
        ({"start": {"A": np.nan}}, "'A' starts with nan"),
    ],
)
def test_what_cannot_be_in_a_vessel_is_refused(given, said):
    decay = Reaction("R1", {"A": -1.0}, Arrhenius(1.0), mass_action({"A": 1.0}))
    model = Mechanism("decay", {"A": Component("A")}, (decay,), initial={"A": 1.0})
    with pytest.raises(InputError, match=said):
        evolve(model, [1.0], **given)


def test_a_bare_network_runs_at_room_temperature(run):
    k = "{at: 308.15 K, value: 0.7, Ea: 50}"
    (a, _) = run("{A: {initial: 1}, B: {}}", f'{{equation: "A -> B", k: {k}}}')
    here = 0.7 * np.exp(-50e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 308.15))
    close(a, np.exp(-here * TIMES))


@pytest.mark.parametrize("times", [[0.0], [3.0], [0.0, 3.0], [1.0, 3.0]])
def test_any_list_of_times_is_answered_in_order(run, times):
    (a, _) = run("{A: {initial: 1}, B: {}}", '{equation: "A -> B", k: 0.7}', times=times)
    close(a, np.exp(-0.7 * np.array(times)))


def test_robertson_over_eleven_decades(tmp_path):
    path = tmp_path / "robertson.yaml"
    path.write_text(ROBERTSON.text, encoding="utf-8")
    times = np.concatenate(([0.0], 4.0 * 10.0 ** np.arange(-1, 8)))
    found = evolve(read_mechanism(path), times).concentration
    np.testing.assert_allclose(found[1:], robertson(times[1:]), rtol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-10)


def robertson(times):
    """Two unknowns, B and C, since A = 1 − B − C; written out here, shares no code with prenuc."""

    def change(_, y):
        b, c = y
        return [0.04 * (1 - b - c) - 1e4 * b * c - 3e7 * b * b, 3e7 * b * b]

    def jacobian(_, y):
        b, c = y
        return [[-0.04 - 1e4 * c - 6e7 * b, -0.04 - 1e4 * b], [6e7 * b, 0.0]]

    found = solve_ivp(
        change,
        (0.0, times[-1]),
        [0.0, 0.0],
        method="Radau",
        t_eval=times,
        jac=jacobian,
        rtol=1e-11,
        atol=[1e-20, 1e-16],
    )
    assert found.success
    b, c = found.y
    return np.column_stack((1 - b - c, b, c))


def test_the_robertson_reference_agrees_with_the_published_values():
    """A, B, C at 0.4 s and 40 s: Hairer and Wanner 1996, Solving ODEs II; SUNDIALS' cvRoberts."""
    found = robertson(np.array([0.4, 40.0]))
    np.testing.assert_allclose(found[0], [0.9851712, 3.386380e-5, 1.479397e-2], rtol=2e-5)
    np.testing.assert_allclose(found[1], [0.7158271, 9.185535e-6, 0.2841637], rtol=2e-5)


# ---- with a protocol: temperature programs ------------------------------------------------------


def decay(k, at, energy):
    parts = {"S": Component("S", {"S": 1.0}), "P": Component("P", {"S": 1.0})}
    law = Arrhenius(k, at, energy)
    return Mechanism(
        "decay", parts, (Reaction("R", {"S": -1.0, "P": 1.0}, law, mass_action({"S": 1})),)
    )


@pytest.mark.parametrize(
    ("lines", "program"),
    [
        (["heat flask to 180 degC over 10 min"], [(60, 180, 10)]),
        (["heat flask to 180 degC at 24 degC/min"], [(60, 180, 5)]),
        (
            [
                "heat flask to 180 degC over 10 min",
                "hold flask for 3 min",
                "cool flask to 25 degC over 5 min",
            ],
            [(60, 180, 10), (180, 180, 3), (180, 25, 5)],
        ),
        (["store flask at 150 degC for 7 min"], [(150, 150, 7)]),
    ],
)
def test_a_temperature_program_is_the_integral_of_the_constant(lines, program):
    model = decay(0.1 / 60, 423.15, 105e3)
    minutes = sum(duration for *_, duration in program)
    charge = "charge flask with 0.3 mmol S and 9 g ODE at 60 degC"
    done = Protocol.from_text([charge, *lines, f"measure flask at {minutes} min"])
    run = simulate(model, done, solver=Rodas())
    left = run.concentration("S") / (run.concentration("S") + run.concentration("P"))

    def constant(celsius):
        return 0.1 * np.exp(-105e3 / GAS_CONSTANT * (1 / (celsius + 273.15) - 1 / 423.15))

    turned = sum(
        quad(lambda t, a=a, b=b, d=d: constant(a + (b - a) * t / d), 0, d, epsabs=0, epsrel=1e-11)[
            0
        ]
        for a, b, d in program
    )
    assert turned > 0.1
    assert left[0] == pytest.approx(np.exp(-turned), rel=1e-6)


def test_looks_during_a_hold_do_not_disturb_it():
    charge = "charge flask with 0.3 mmol S and 9 g ODE at 150 degC"
    done = Protocol.from_text([charge, "measure flask every 3 min until 30 min"])
    run = simulate(decay(0.1 / 60, 423.15, 105e3), done)
    times = np.array([m.time for m in run.measurements]) / 60
    assert times == pytest.approx(3.0 * np.arange(1, 11))
    start = 0.3e-3 / run.measurements[0].volume
    close(run.concentration("S") / start, np.exp(-0.1 * times))
