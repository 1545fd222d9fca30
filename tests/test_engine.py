"""The engine from inside: its linear algebra, its rates, its steps, and how it gives up."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import run as run_command
from populations import attachment, detachment, only, population
from prenuc.conditions import Conditions
from prenuc.errors import InputError, SimulationError
from prenuc.mechanism import Arrhenius, Component, Mechanism, Moments, Reaction, two_pathway
from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation, mass_action
from prenuc.protocol import Protocol
from prenuc.simulation import simulate
from prenuc.simulation.evolve import compiled, evolve
from prenuc.simulation.kernels import sparse
from prenuc.simulation.native import solve_linear, stages_both_ways, step_ends
from prenuc.simulation.solvers import Rodas
from prenuc.simulation.solvers.dense_system import DenseSystem
from prenuc.simulation.stretch import Stretch
from test_size_classes import START, crowded, stretch_of

seeds = st.integers(0, 2**32 - 1)


def network(*rows, initial=None):
    """Return a mechanism from (stoichiometry, k, orders or factors) rows."""
    reactions = tuple(
        Reaction(f"R{i}", net, Arrhenius(k), mass_action(laws) if isinstance(laws, dict) else laws)
        for i, (net, k, laws) in enumerate(rows)
    )
    names = dict.fromkeys(name for reaction in reactions for name in reaction.components())
    parts = {name: Component(name) for name in names}
    return Mechanism("network", parts, reactions, initial=initial or {})


# ---- linear algebra ------------------------------------------------------------------------------

GAMMA = 0.21193756319429014  # of Rodas5P


def asked(net, temperature, h):
    """Return what the engine is asked: a network, for a step h at a temperature."""
    stretch = Stretch(net, net.initial, np.array([h]), (temperature, temperature), np.ones(1))
    setting = Rodas().setting(stretch)._replace(absolute=np.ones(len(net.names)))
    return net.flat, net.classes, net.plan, setting


def solved(net, temperature, x, f, h, right):
    """Return W⁻¹ right, the rates and the network's J by the engine's bordered elimination."""
    n = len(x)
    found, found_f = right[:n].copy(), right[n:].copy()
    rates, jacobian = np.zeros(len(net.constant)), np.zeros(net.plan.size)
    solve_linear(*asked(net, temperature, h), x, f, found, found_f, rates, jacobian)
    whole = np.zeros((n, n))
    there = net.plan.place >= 0
    whole[there] = jacobian[net.plan.place[there]]
    return np.concatenate((found, found_f)), rates, whole


@given(st.integers(1, 12), seeds, st.floats(0.0, 1.0))
def test_the_sparse_plan_solves_any_pattern(n, seed, density):
    """Reactions of first order make any matrix: row i of column j is k of a reaction j → i."""
    rng = np.random.default_rng(seed)
    matrix = np.where(rng.random((n, n)) < density, rng.normal(size=(n, n)), 0.0)
    names = [f"C{i}" for i in range(n)]
    rows = [({one: 1.0}, 1e-9, ()) for one in names]  # every component is there, in this order
    rows += [({names[i]: matrix[i, j]}, 1.0, {names[j]: 1}) for i, j in np.argwhere(matrix)]
    h = 1.0 / (GAMMA * (n + np.abs(matrix).sum(axis=0).max()))  # no pivoting is needed
    right = rng.normal(size=n)
    found, _, jacobian = solved(compiled(network(*rows)), 300.0, np.ones(n), np.zeros(0), h, right)
    np.testing.assert_array_equal(jacobian, matrix)
    wanted = np.linalg.solve(np.eye(n) / (h * GAMMA) - matrix, right)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-13 * np.abs(wanted).max())


def test_the_sparse_plan_fills_an_arrow_not_at_all():
    """Markowitz takes the tips first; the head first would fill everything."""
    n = 9
    pattern = np.eye(n, dtype=bool)
    pattern[0] = pattern[:, 0] = True
    assert sparse.symbolic(pattern, []).size == 3 * n - 2


@given(seeds, st.floats(-4, 1), st.integers(9, 60))
def test_bordered_elimination_solves_with_the_exact_jacobian(seed, size, largest):
    """Equations (3) to (5) of classes.hpp against a dense solution with the library's Jacobian."""
    stretch = stretch_of(crowded(largest=largest), (320.0, 320.0))
    system, rng, h = DenseSystem(stretch), np.random.default_rng(seed), 10**size
    n, total = len(stretch.start), len(system.start)
    y, right = 10 ** rng.uniform(-2, 1, total), rng.normal(size=total)
    w = np.eye(total) / (h * GAMMA) - system.jacobian(0.0, y)
    wanted = np.linalg.solve(w, right)
    found, _, _ = solved(stretch.network, 320.0, y[:n], y[n:], h, right)
    away = 1e-13 * np.linalg.cond(w) * np.abs(wanted).max()
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=max(away, 1e-12))


@given(seeds, st.floats(-4, 0))
def test_stages_in_differences_are_those_taken_directly(seed, size):
    """Equation (2) of differences.hpp is (1) of tableau.hpp, for every kind of law."""
    net, rng = compiled(EVERY_LAW), np.random.default_rng(seed)
    x, direct, other = 10 ** rng.uniform(-2, 1, 3), np.zeros((8, 3)), np.zeros((8, 3))
    stages_both_ways(*asked(net, 320.0, 10**size), x, np.zeros(0), direct, other)
    largest = np.abs(direct).max()
    np.testing.assert_allclose(other / largest, direct / largest, rtol=0, atol=1e-9)


@pytest.mark.parametrize("n", [1, 4, 5, 8, 9, 12, 13, 17, 24, 25, 31, 32])
@given(seed=seeds, size=st.floats(-4, 0), bending=st.integers(0, 5))
def test_stages_in_differences_hold_for_every_width_of_rows(n, seed, size, bending):
    """Rows are padded to a width; an even or odd number of reactions bends, or none."""
    rng = np.random.default_rng(seed)
    names = [f"C{i:02}" for i in range(n)]
    rows = [({one: -1.0}, 10 ** rng.uniform(-1, 1), {one: 1}) for one in names]
    for _ in range(2 * n):
        made, spent = rng.choice(names, 2)
        rows.append(({made: 1.0} | {spent: -1.0}, 10 ** rng.uniform(-1, 1), {spent: 1}))
    for i in range(bending):
        one, other, made = rng.choice(names, 3)
        orders = {one: 1} | {other: 1 + i % 3}
        rows.append(({made: 0.5} | {one: -1.0}, 10 ** rng.uniform(-1, 1), orders))
    net = compiled(network(*rows))
    x, direct, found = 10 ** rng.uniform(-2, 1, n), np.zeros((8, n)), np.zeros((8, n))
    stages_both_ways(*asked(net, 320.0, 10**size), x, np.zeros(0), direct, found)
    largest = np.abs(direct).max()
    np.testing.assert_allclose(found / largest, direct / largest, rtol=0, atol=1e-9)


# ---- rates and Jacobian --------------------------------------------------------------------------


LAWS = (
    mass_action({"A": 1}),
    mass_action({"A": 2}),
    mass_action({"A": 1, "B": 1}),
    mass_action({"A": 1, "B": 2}),
    (),
    (Power({"A": 1.0}, 1.0, 2.0),),
    (Power({"A": 1.0, "B": 0.3}, 2.5, 3.0),),
    (Power({"A": 1.0}, 0.5, 3.0), Power({"B": 2.0}, 3.0)),
    (Saturation({"A": 1.0, "B": 2.0}, 0.7), *mass_action({"B": 1})),
    (Binding({"A": 1.0}, 0.7, 3.5), Binding({"B": 1.0}, 0.7, -2.0)),
    (Excess({"A": 1.0}, 0.7), *mass_action({"C": 1})),
    (Barrier({"A": 1.0}, 0.05, 3.0), *mass_action({"A": 2})),
    (Barrier({"B": 1.0}, 2.0, 5.0, 1.0, 6.0),),
)
EVERY_LAW = network(
    *(({"A": -2.0, "B": 1.0, "C": 0.5}, 0.3 + i, law) for i, law in enumerate(LAWS))
)


@given(seeds, st.floats(280, 500))
def test_compiled_rates_are_those_of_the_reactions(seed, temperature):
    net, rng = compiled(EVERY_LAW), np.random.default_rng(seed)
    x = 10 ** rng.uniform(-3, 2, 3)
    assert (len(net.flat.single), len(net.flat.double), len(net.flat.general)) == (1, 1, 11)
    _, found, _ = solved(net, temperature, x, np.zeros(0), 1.0, np.zeros(3))
    seen = Conditions(temperature, 1e-6, dict(zip(net.names, x, strict=True)), {})
    wanted = [reaction.rate(seen) for reaction in EVERY_LAW.reactions]
    np.testing.assert_allclose(found, wanted, rtol=1e-11)


@given(seeds, st.integers(1, 40))
def test_rate_constants_are_exponentials_to_the_last_bits(seed, count):
    """From 10⁻³⁰⁰ to 10³⁰⁰, any number of them, so that the last ones fill no register."""
    rng = np.random.default_rng(seed)
    pace = [*10 ** rng.uniform(-300, 300, count), 1.0]
    net = compiled(network(*(({"A": 1.0}, k, ()) for k in pace)))
    _, found, _ = solved(net, 300.0, np.ones(1), np.zeros(0), 1.0, np.zeros(1))
    np.testing.assert_allclose(found, np.exp(net.constant), rtol=5e-16)
    assert found[-1] == 1.0


def test_a_rate_constant_below_all_numbers_is_zero():
    net = compiled(network(*(({"A": 1.0}, 1.0, ()) for _ in range(3))))
    net.constant[:] = [-np.inf, -745.2, -708.3]
    _, found, _ = solved(net, 300.0, np.ones(1), np.zeros(0), 1.0, np.zeros(1))
    np.testing.assert_array_equal(found[:2], [0.0, 0.0])
    np.testing.assert_allclose(found[2], np.exp(-708.3), rtol=1e-15)


@pytest.mark.parametrize("order", [-16, -10, -3, -1, -0.4, 0.3, 0.9, 1, 2, 5, 6, 10, 16, 20.5, 33])
@given(x=st.floats(1e-3, 1e3))
def test_powers_of_every_order_and_their_slopes(order, x):
    orders = (Power({"A": 1.0}, order),)
    net = compiled(network(({"A": 1.0}, 1.0, orders)))
    _, rate, slope = solved(net, 300.0, np.array([x]), np.zeros(0), 1.0, np.zeros(1))
    np.testing.assert_allclose(rate, [x**order], rtol=1e-14)
    np.testing.assert_allclose(slope, [[order * x ** (order - 1)]], rtol=1e-14)


@pytest.mark.parametrize("rest", [1e-9, 1e-13, 1e-20])
def test_a_power_below_one_stays_in_balance_however_little_there_is(rest):
    made = {"A": -1.0, "B": 1.0}, rest**0.3, {"A": 1}
    back = {"A": 1.0, "B": -1.0}, 1.0, (Power({"B": 1.0}, 0.3),)
    small = network(made, back, initial={"A": 1.0, "B": rest * (1 + 1e-9)})
    run = evolve(small, [0.0, 1e3, 1e10])
    np.testing.assert_allclose(run.concentration[1:, 1], rest, rtol=1e-14)


@pytest.mark.parametrize("trace", [1e-13, -1e-13])
def test_a_fast_pairing_does_not_run_away_from_rounding_below_zero(trace):
    net = compiled(network(({"A": -2.0, "B": 1.0}, 1e20, {"A": 2})))
    start, times = np.array([trace, 0.0]), np.array([1e6])
    found = Rodas().integrate(Stretch(net, start, times, (300.0, 300.0), np.full(2, 1e-12)))
    np.testing.assert_allclose(
        found.concentration, [[min(trace, 0.0), max(trace, 0.0) / 2]], atol=1e-20
    )


@pytest.mark.parametrize("model", ["every law", "CdS", "CdTe"])
@given(seed=seeds)
def test_the_engines_jacobian_is_that_of_the_network(model, seed):
    mechanism = EVERY_LAW if model == "every law" else two_pathway(f"{model}@0.1", dots=Moments())
    net, rng = compiled(mechanism), np.random.default_rng(seed)
    n = len(net.names)
    x = 10 ** rng.uniform(-3, 2, n)
    _, _, found = solved(net, 350.0, x, np.zeros(0), 1.0, np.zeros(n))
    wanted = net.jacobian(x, net.constants(350.0))
    size = np.abs(net.stoichiometry) @ np.abs(net.rate_gradient(x, net.constants(350.0)))
    assert np.all(np.abs(found - wanted) <= 1e-11 * size)


# ---- one step ------------------------------------------------------------------------------------


SHARES = np.array([0.0, 0.2, 0.5, 0.8, 1.0])


def errors_of_a_step(h, pace=2.0):
    """Return the worst errors of components and classes at shares of one step that heats."""
    dots = 0.1 * np.exp(-((np.arange(28.0) - 8) ** 2) / 20)
    model, ramp = crowded(30), (320.0, 320.0 + pace * h)

    def run(solver):
        return evolve(model, SHARES * h, start=START, dots=dots, temperature=ramp, solver=solver)

    once, exact = run(Rodas(rtol=10.0, atol=10.0)), run(Rodas(rtol=1e-13, atol=1e-16))
    assert (once.stats["steps"], once.stats["rejected"]) == (1, 0)
    away = np.abs(once.concentration - exact.concentration).max(axis=1)
    return away, np.abs(once.dots - exact.dots).max(axis=1)


def test_a_step_is_of_order_five_and_of_order_four_between_its_ends():
    """One step with ramp and dots: its error falls as h⁶ at the end, as h⁵ inside."""
    for long, short in zip(errors_of_a_step(0.04), errors_of_a_step(0.02), strict=True):
        inside, end = np.log2(long[1:4] / short[1:4]), np.log2(long[-1] / short[-1])
        assert np.all(inside > 4.6), inside
        assert end > 5.6, end


def test_the_dense_output_has_no_jumps():
    """Just before and just after every step the solution is the same."""
    model, start = predator_and_prey(), np.array([1.0, 2.0])
    stretch = Stretch(compiled(model), start, np.array([10.0]), (298.15,) * 2, np.full(2, 1e-12))
    net, room = stretch.network, np.zeros(1000)
    arrays, out = (net.flat, net.classes, net.plan), (np.zeros((1, 2)), np.zeros((1, 0)))
    setting = Rodas(rtol=1e-5).setting(stretch)
    step_ends(*arrays, setting, start.copy(), np.zeros(0), *out, room)
    ends = room[room > 0.0][:-1]
    assert len(ends) > 20
    hair = 1e-9
    times = np.sort(np.concatenate((ends - hair, ends + hair, [10.0])))
    run = evolve(model, times, start={"A": 1.0, "B": 2.0}, solver=Rodas(rtol=1e-5, atol=5e-13))
    jumps = np.abs(run.concentration[1:-1:2] - run.concentration[:-2:2])
    slopes = np.abs([stretch.network.change(x, np.ones(3)) for x in run.concentration[:-2:2]])
    assert np.all(jumps <= 2 * hair * 1.1 * slopes + 1e-12)


def predator_and_prey():
    """Lotka 1920, J. Am. Chem. Soc. 42, 1595."""
    return network(
        ({"A": 1.0}, 1.0, {"A": 1}),
        ({"A": -1.0, "B": 1.0}, 1.0, {"A": 1, "B": 1}),
        ({"B": -1.0}, 1.0, {"B": 1}),
        initial={"A": 1.0, "B": 2.0},
    )


# ---- events --------------------------------------------------------------------------------------

DECAY = network(({"S": -1.0, "P": 1.0}, 0.3, {"S": 1}), initial={"S": 2.0})
EIGHTY = "80 % of S is consumed"


@pytest.mark.parametrize("phrase", [EIGHTY, "80% of S consumed", " 80.0 % of S is consumed "])
def test_it_stops_when_a_share_is_consumed(phrase):
    run = evolve(DECAY, [0.0, 1.0, 5.0, 50.0, 100.0], until=phrase)
    assert run.stopped == pytest.approx(np.log(5) / 0.3, rel=1e-8)
    np.testing.assert_allclose(run.concentration[-1], [0.4, 1.6], rtol=1e-9)
    np.testing.assert_allclose(run.of("S")[:3], 2 * np.exp(-0.3 * np.array([0, 1, 5])), rtol=1e-8)
    assert np.all(np.isnan(run.of("S")[3]))  # not reached


@pytest.mark.parametrize("share", [0.001, 0.37, 0.5, 0.999])
def test_the_time_of_an_event_is_the_closed_one_for_second_order(share):
    model = network(({"S": -2.0, "P": 1.0}, 0.4, {"S": 2}), initial={"S": 3.0})
    run = evolve(model, [1e6], until=f"{share:.1%} of S is consumed".replace("%", " %"))
    assert run.stopped == pytest.approx((1 / (1 - share) - 1) / (2 * 0.4 * 3.0), rel=1e-7)


def test_an_event_sees_what_dots_consume():
    """Dots of one size that take units at a constant pace: M falls along a straight line."""
    sizes = (50, 400)
    model = population(attachment(0.01, order=0), sizes=sizes)
    run = evolve(
        model,
        [1.0, 1e4],
        start={"M": 1.0},
        dots=only(sizes, 50, 0.02),
        until="10 % of M is consumed",
    )
    assert run.of("M")[-1] == pytest.approx(0.9, rel=1e-9)
    assert run.moment(1)[-1] == pytest.approx(1.1, rel=1e-9)
    # Σ n^(2/3) f_n grows from 50^(2/3): mean of a birth process, within its second order
    assert run.stopped == pytest.approx((55 ** (1 / 3) - 50 ** (1 / 3)) * 3 / 0.01, rel=2e-2)


def test_what_is_never_consumed_stops_nothing():
    model = network(({"S": -1.0, "P": 1.0}, 1.0, {"S": 1}), ({"S": 1.0, "P": -1.0}, 1.0, {"P": 1}))
    run = evolve(model, [1.0, 100.0], start={"S": 1.0}, until=EIGHTY)
    assert run.stopped is None
    assert run.of("S")[-1] == pytest.approx(0.5, rel=1e-8)


def test_it_stops_at_the_steady_state():
    model = network(({"S": -1.0, "P": 1.0}, 0.6, {"S": 1}), ({"S": 1.0, "P": -1.0}, 0.2, {"P": 1}))
    run = evolve(model, [1.0, 1e5], start={"S": 1.0}, until="steady state")
    assert 10 < run.stopped < 1000
    np.testing.assert_allclose(run.concentration[-1], [0.25, 0.75], rtol=2e-6)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("tea time", "steady state"),
        ("80 % of Q is consumed", "no component 'Q'"),
        ("100 % of S is consumed", "less than 100"),
        ("0 % of S is consumed", "more than 0"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(phrase, said):
    with pytest.raises(InputError, match=said):
        evolve(DECAY, [1.0], until=phrase)


def test_an_injection_costs_no_accuracy():
    """A step size carried over an event, or a stale slope, would show as a loss of order."""
    bind = {"TOPO": -1.0, "S": -2.0, "HPPh2": 1.0}
    model = network((bind, 2e-5, {"TOPO": 1, "S": 2}), ({"S": -1.0}, 1e-3, {"S": 1}))
    lines = ["charge A with 0.1 mmol TOPO, 0.1 mmol S, 5 g ODE at 25 degC", "hold A for 7 min"]
    lines += ["inject 0.3 mmol S into A", "hold A for 3 min", "inject 4 mL ODE into A"]
    lines += ["heat A to 60 degC over 3 min", "measure A at 20 min"]
    protocol = Protocol.from_text("\n".join(lines))
    runs = [
        simulate(model, protocol, solver=Rodas(rtol=10.0**-digits, atol=1e-16)).measurements[0]
        for digits in (12, 5, 8)
    ]
    exact, loose, usual = (run.concentration[:3] for run in runs)
    assert np.max(np.abs(loose - exact)) < 1e-4 * exact.max()
    assert np.max(np.abs(usual - exact)) < 1e-8 * exact.max()


# ---- giving up -----------------------------------------------------------------------------------

BLOWS_UP = network(({"A": 1.0}, 0.5, {"A": 2}), ({"B": -1.0}, 1.0, {"B": 1}))


def test_what_runs_away_is_named_with_time_and_remedy():
    """2 A → 3 A: A = 1/(1/A₀ − k t) has left every bound at t = 1/(k A₀) = 2 s."""
    with pytest.raises(SimulationError) as caught:
        evolve(BLOWS_UP, [1.0, 10.0], start={"A": 1.0, "B": 3.0})
    said = str(caught.value)
    assert "'A'" in said
    assert "2 s" in said.replace("1.99999", "2").replace("2.00000", "2")
    for words in ("no step is small enough", "--rtol", "constants"):
        assert words in said


def test_too_many_steps_say_where():
    with pytest.raises(SimulationError, match=r"'[AB]' .*too many steps.*--rtol"):
        evolve(predator_and_prey(), [1e3], solver=Rodas(most_steps=30))


def test_a_user_sees_no_traceback_when_a_network_runs_away(tmp_path, capsys, monkeypatch):
    file = tmp_path / "away.yaml"
    file.write_text(
        "units: {time: min, concentration: mmol/L}\n"
        'species: {A: {initial: 1.0}}\nreactions:\n  - {equation: "2 A -> 3 A", k: 0.5}\n',
        encoding="utf-8",
    )
    answer = run_command(capsys, monkeypatch, "simulate", file, "--times", "1 10")
    assert answer.code == 1
    assert answer.out == ""
    assert "'A'" in answer.err
    assert "Traceback" not in answer.err


# ---- arrays --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        DECAY,
        EVERY_LAW,
        network(({"A": 1.0}, 0.5, ())),
        network(({"A": 1.0}, 0.5, (Barrier({"A": 1.0}, 1, 3, 2, 8),))),
        network(({"A": -1.0}, 0, {"A": 1})),
        crowded(),
        population(attachment(1.0), detachment(1.0)),
        population(attachment(1), tension=0),
        two_pathway("CdS"),
    ],
    ids=lambda model: f"{model.name} of {len(model.components)}",
)
def test_every_mechanism_has_arrays_that_the_engine_takes(model):
    net = compiled(model)
    for arrays in (net.flat, net.classes, net.plan, net.plan.network, net.plan.bending):
        for field, one in arrays._asdict().items():
            if isinstance(one, np.ndarray):
                assert one.dtype in (np.float64, np.int64), field
                assert one.flags.c_contiguous, field
    x = np.ones(len(net.names))
    f = np.ones(len(net.classes.units))
    found, *_ = solved(net, 300.0, x, f, 1e-3, np.zeros(len(x) + len(f)))
    np.testing.assert_array_equal(found, 0.0)


# ---- through the command line --------------------------------------------------------------------

DECAYS = """\
units: {time: min, concentration: mmol/L}
species: {S: {initial: 2.0}, P: {}}
reactions:
  - {equation: "S -> P", k: 0.3}
"""


def test_what_never_rests_reaches_no_steady_state():
    """Lotka and Volterra: its cycle closes, and at the last time nothing is left to go on for."""
    model = network(
        ({"A": 1.0}, 1.0, {"A": 1}),
        ({"A": -1.0, "B": 1.0}, 1.0, {"A": 1, "B": 1}),
        ({"B": -1.0}, 1.0, {"B": 1}),
    )
    run = evolve(model, [100.0], start={"A": 1.0, "B": 0.5}, until="steady state")
    assert run.stopped is None


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("1..5 % of S is consumed", "is no event"),
        ("nan % of S is consumed", "is no event"),
        ("-5 % of S is consumed", "more than 0"),
        ("1e3 % of S is consumed", "more than 0"),
        ("50 % of P is consumed", "'P' starts with nothing"),
        ("steadystate", "is no event"),
    ],
)
def test_an_end_that_cannot_come_is_refused(phrase, said):
    with pytest.raises(InputError, match=said):
        evolve(DECAY, [1.0], until=phrase)


@pytest.fixture
def prenuc(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "decay.yaml").write_text(DECAYS, encoding="utf-8")
    return lambda *arguments: run_command(capsys, monkeypatch, *arguments)


def test_a_network_runs_until_a_share_is_consumed(prenuc):
    asked = ("simulate", "decay.yaml", "--times", "0 1 5 20 1e3", "--until", EIGHTY)
    answer = json.loads(prenuc(*asked, "--json").out)
    end = np.log(5) / 0.3  # in min
    assert answer["stats"]["stopped"] == {"reason": EIGHTY, "time": pytest.approx(end, rel=1e-7)}
    assert answer["time"] == pytest.approx([0, 1, 5, end], rel=1e-7)
    np.testing.assert_allclose(answer["species"]["S"], 2 * np.exp(-0.3 * np.array(answer["time"])))
    shown = prenuc(*asked)
    assert f"until {EIGHTY}: at 5.36479 min" in shown.out
    assert "1000" not in shown.out


def test_an_end_that_is_not_reached_is_said(prenuc):
    asked = ("simulate", "decay.yaml", "--times", "0 1", "--until", EIGHTY)
    assert "not within these times" in prenuc(*asked).out
    answer = json.loads(prenuc(*asked, "--json").out)
    assert answer["time"] == [0, 1]
    assert answer["stats"]["stopped"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decay.yaml", "--times", "1", "--until", "noon"), "'noon' is no event"),
        (("decay.yaml", "--times", "1", "--until", EIGHTY, "--solver", "cvode"), "rodas"),
        (("cds-msc-311-in-toluene", "--until", EIGHTY), "--until is for a bare network"),
    ],
)
def test_an_end_that_cannot_be_is_refused(prenuc, arguments, said):
    answer = prenuc("simulate", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


def test_the_doctor_says_which_engine_it_is(prenuc):
    answer = json.loads(prenuc("doctor", "--json").out)
    assert answer["engine"]["instructions"] in {"avx2", "baseline"}
    assert "numba" not in answer["needed"]
    assert f"{answer['engine']['instructions']} instructions" in prenuc("doctor").out
