"""The engine from inside: its linear algebra, its rates, its steps, and how it gives up."""

from __future__ import annotations

import json

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_banded

from commands import run as run_command
from populations import attachment, detachment, only, population
from prenuc.conditions import Conditions
from prenuc.errors import InputError, SimulationError
from prenuc.mechanism import Arrhenius, Component, Mechanism, Moments, Reaction, two_pathway
from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation, mass_action
from prenuc.protocol import Protocol
from prenuc.simulation import simulate
from prenuc.simulation.evolve import compiled, evolve
from prenuc.simulation.kernels import (
    classes,
    dense,
    differences,
    elimination,
    laws,
    linear,
    rates,
    rodas,
    sparse,
    stages,
    work,
)
from prenuc.simulation.kernels.compiled import cache_folder, entry, part
from prenuc.simulation.kernels.tableau import GAMMA
from prenuc.simulation.solvers import Rodas
from prenuc.simulation.solvers import rodas as own_solver
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


@entry
def tridiagonal(pop, window, a, b, beta, inverse, t, y):
    from_right = classes.factorise(pop, window, a, b, beta, inverse, t)
    return classes.substitute(pop, window, beta, t, from_right, y)


DOTS = compiled(population(attachment(1.0), sizes=(2, 260))).classes


@given(
    st.integers(3, 200), seeds, st.sampled_from([(0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1e6, 1.0)])
)
def test_elimination_from_both_ends_is_that_of_a_banded_solver(window, seed, pace):
    """T = 1/(hγ) − A D_α − B D_β, equation (3) of classes.py, in scipy's banded form."""
    pop = DOTS
    rng = np.random.default_rng(seed)
    a, b = np.array(pace) * 10 ** rng.uniform(-2, 2, 2)
    inverse = 10 ** rng.uniform(-3, 3)
    beta, y = rng.uniform(0.5, 5.0, 259), rng.normal(size=259)
    alpha = pop.alpha[:window].copy()
    alpha[-1] = 0.0  # nothing leaves the window
    bands = np.zeros((3, window))
    bands[0, 1:] = -b * beta[1:window]
    bands[1] = inverse + a * alpha + b * beta[:window]
    bands[2, :-1] = -a * alpha[:-1]
    wanted = solve_banded((1, 1), bands, y[:window])
    rest = y[window:].copy()
    t = classes.Factored(np.zeros(259), np.zeros(259), np.zeros(259))
    up, down = tridiagonal(pop, window, a, b, beta, inverse, t, y)
    np.testing.assert_allclose(y[:window], wanted, rtol=1e-9, atol=1e-12 * np.abs(wanted).max())
    np.testing.assert_array_equal(y[window:], rest)
    lost = beta[:window].copy()
    lost[0] *= pop.units[0]
    size = pop.alpha[:window] @ np.abs(wanted)  # the last class is summed and taken off again
    assert up == pytest.approx(alpha @ wanted, abs=1e-12 * size)
    assert down == pytest.approx(lost @ wanted, abs=1e-12 * (lost @ np.abs(wanted)))


@entry
def eliminated(plan, values, inverse, right, out):
    elimination.eliminate(plan, values, inverse)
    elimination.back_substitute(plan, values, inverse, right, out)


@given(st.integers(1, 12), seeds, st.floats(0.0, 1.0))
def test_the_sparse_plan_solves_any_pattern(n, seed, density):
    rng = np.random.default_rng(seed)
    pattern = rng.random((n, n)) < density
    matrix = np.where(pattern, rng.normal(size=(n, n)), 0.0)
    matrix += np.diag(n + np.abs(matrix).sum(axis=0))  # as 1/(hγ) makes it: no pivoting is needed
    plan = sparse.symbolic(pattern, [])
    values = np.zeros(plan.size)
    there = plan.place >= 0
    assert np.all(there[matrix != 0.0])
    values[plan.place[there]] = matrix[there]
    right, out = rng.normal(size=n), np.zeros(n)
    eliminated(plan, values, np.zeros(n), right, out)
    np.testing.assert_allclose(out, np.linalg.solve(matrix, right), rtol=1e-10, atol=1e-13)


def test_the_sparse_plan_fills_an_arrow_not_at_all():
    """Markowitz takes the tips first; the head first would fill everything."""
    n = 9
    pattern = np.eye(n, dtype=bool)
    pattern[0] = pattern[:, 0] = True
    assert sparse.symbolic(pattern, []).size == 3 * n - 2


@entry
def bordered(net, pop, plan, window, temperature, h, x, f, w, right):
    rates.constants(net, temperature, w.k)
    classes.detachment(pop, temperature, window, w.beta)
    a, b = linear.linearise(net, pop, plan, window, x, f, w)
    from_right = linear.prepare(pop, plan, window, a, b, h, w)
    linear.solve_stage(pop, plan, window, from_right, 0, right, w)


def solved(stretch, x, f, h, right):
    """Return W⁻¹ right by the kernels' bordered elimination."""
    net = stretch.network
    w = work.workspace(net.flat, net.classes, net.plan)
    n = len(x)
    w.raw[0] = right[n:]
    temperature = stretch.temperature[0]
    arrays = (net.flat, net.classes, net.plan)
    bordered(*arrays, len(f), temperature, h, x, f, w, right[:n].copy())
    return np.concatenate((w.u[0], w.raw[0] + w.share[0] @ w.columns)), w


@given(seeds, st.floats(-4, 1))
def test_bordered_elimination_solves_with_the_exact_jacobian(seed, size):
    """Equations (3) to (5) of classes.py against a dense solution with the library's Jacobian."""
    stretch = stretch_of(crowded(largest=40), (320.0, 320.0))
    system, rng, h = DenseSystem(stretch), np.random.default_rng(seed), 10**size
    n, total = len(stretch.start), len(system.start)
    y, right = 10 ** rng.uniform(-2, 1, total), rng.normal(size=total)
    w = np.eye(total) / (h * GAMMA) - system.jacobian(0.0, y)
    wanted = np.linalg.solve(w, right)
    found, _ = solved(stretch, y[:n], y[n:], h, right)
    away = 1e-13 * np.linalg.cond(w) * np.abs(wanted).max()
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=max(away, 1e-12))


@entry
def both_ways(net, pop, plan, setting, temperature, h, x, f, w, x1, direct):
    rates.constants(net, temperature, w.k)
    linear.linearise(net, pop, plan, 0, x, f, w)
    linear.prepare(pop, plan, 0, 0.0, 0.0, h, w)
    stages.take_step(net, pop, plan, setting, 0.0, 0, 0.0, h, x, f, 0.0, w, x1, f)
    for stage in range(direct.shape[0]):
        dense.copy(x.size, w.u[stage], direct[stage])
    linear.linearise(net, pop, plan, 0, x, f, w)  # the stages have left their own rates
    differences.invert(plan, w)
    differences.take_differences(net, h, x, w, x1)


@given(seeds, st.floats(-4, 0))
def test_stages_in_differences_are_those_taken_directly(seed, size):
    """Equation (2) of differences.py is (1) of tableau.py, for every kind of law."""
    net, rng, none = compiled(EVERY_LAW), np.random.default_rng(seed), np.zeros(0)
    x, x1 = 10 ** rng.uniform(-2, 1, 3), np.zeros(3)
    setting = Rodas().setting(Stretch(net, x, np.ones(1), (320.0, 320.0), np.ones(3)))
    w = work.workspace(net.flat, net.classes, net.plan)
    direct = np.zeros_like(w.u)
    both_ways(net.flat, net.classes, net.plan, setting, 320.0, 10**size, x, none, w, x1, direct)
    largest = np.abs(direct).max()
    np.testing.assert_allclose(w.u / largest, direct / largest, rtol=0, atol=1e-9)


# ---- rates and Jacobian --------------------------------------------------------------------------


@entry
def rates_twice(net, temperature, x, k, short, long, s):
    rates.constants(net, temperature, k)
    rates.rates(net, x, k, short)
    rates.slopes(net, x, k, long, s)


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
def test_compiled_rates_are_those_of_the_reactions_on_both_paths(seed, temperature):
    compiled_, rng = compiled(EVERY_LAW), np.random.default_rng(seed)
    x = 10 ** rng.uniform(-3, 2, 3)
    net = compiled_.flat
    assert (len(net.single), len(net.double), len(net.general)) == (1, 2, 10)
    short, long = np.zeros((2, len(LAWS)))
    rates_twice(net, temperature, x, np.zeros(len(LAWS)), short, long, np.zeros(len(net.kind)))
    seen = Conditions(temperature, 1e-6, dict(zip(compiled_.names, x, strict=True)), {})
    wanted = [reaction.rate(seen) for reaction in EVERY_LAW.reactions]
    np.testing.assert_allclose(short, wanted, rtol=1e-11)
    np.testing.assert_allclose(long, wanted, rtol=1e-11)


@pytest.mark.parametrize("model", ["every law", "CdS", "CdTe"])
@given(seed=seeds)
def test_the_kernels_jacobian_is_that_of_the_network(model, seed):
    mechanism = EVERY_LAW if model == "every law" else two_pathway(model, dots=Moments())
    net, rng = compiled(mechanism), np.random.default_rng(seed)
    n = len(net.names)
    x = 10 ** rng.uniform(-3, 2, n)
    stretch = Stretch(net, x, np.ones(1), (350.0, 350.0), np.full(n, 1e-14))
    _, w = solved(stretch, x, np.zeros(0), 1.0, np.zeros(n))
    there = net.plan.place >= 0
    found = np.zeros((n, n))
    found[there] = w.matrix[net.plan.place[there]]
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


@part
def note(*step_and_room):
    room, h = step_and_room[-1], step_and_room[7]
    room[np.argmin(room)] = h  # the first that is still zero


@entry
def steps_taken(net, pop, plan, setting, w, books, x, f, out_x, out_f, room):
    done = rodas.course(net, pop, plan, setting, w, books, x, f, out_x, out_f, note, room)
    return done[3]


def test_the_dense_output_has_no_jumps():
    """Just before and just after every step the solution is the same."""
    model, start = predator_and_prey(), np.array([1.0, 2.0])
    stretch = Stretch(compiled(model), start, np.array([10.0]), (298.15,) * 2, np.full(2, 1e-12))
    run = Rodas(rtol=1e-5)
    net, room = stretch.network, np.zeros(1000)
    arrays = (net.flat, net.classes, net.plan)
    w, books = work.workspace(*arrays), laws.ledger(net.laws)
    out = np.zeros((1, 2)), np.zeros((1, 0))
    steps = steps_taken(
        *arrays, run.setting(stretch), w, books, start.copy(), np.zeros(0), *out, room
    )
    ends = np.cumsum(room[:steps])[:-1]
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


def test_too_many_steps_say_where(monkeypatch):
    monkeypatch.setattr(own_solver, "MOST_STEPS", 30)
    with pytest.raises(SimulationError, match=r"'[AB]' .*too many steps.*--rtol"):
        evolve(predator_and_prey(), [1e3])


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


# ---- one compilation serves all ------------------------------------------------------------------


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
def test_every_mechanism_has_arrays_of_the_same_types(model):
    """Another memory order, an integer or a read-only view would be compiled anew, for a minute."""
    net, wanted = compiled(model), compiled(crowded())
    for arrays in ("flat", "classes", "plan"):
        pairs = zip(getattr(net, arrays), getattr(wanted, arrays), strict=True)
        for field, (one, other) in zip(getattr(net, arrays)._fields, pairs, strict=True):
            assert numba.typeof(one) == numba.typeof(other), f"{arrays}.{field}"
    for one, other in ((net.constant, wanted.constant), (net.laws, wanted.laws)):
        assert numba.typeof(one) == numba.typeof(other)


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


def test_who_waits_for_the_compiler_is_told(prenuc, monkeypatch):
    told = "compiling the engine, once"
    asked = ("simulate", "decay.yaml", "--times", "1", "--json")
    prenuc(*asked)
    assert told not in prenuc(*asked).err
    monkeypatch.setattr("prenuc.simulation.engine_cache.kernels_are_compiled", lambda: False)
    cold = prenuc(*asked)
    assert told in cold.err
    json.loads(cold.out)  # standard output holds the answer alone
    assert told not in prenuc(*asked, "--solver", "cvode").err
    assert prenuc("simulate", "decay.yaml", "--times", "soon").err.count("\n") == 1


def test_the_doctor_says_where_kernels_are_kept(prenuc, monkeypatch, tmp_path):
    evolve(DECAY, [1.0])
    answer = json.loads(prenuc("doctor", "--json").out)
    assert answer["engine"] == {"cache": str(cache_folder()), "compiled": True}
    assert answer["needed"]["numba"] == numba.__version__
    monkeypatch.setenv("PRENUC_CACHE", str(tmp_path / "elsewhere"))
    assert f"compiled just now, kept in {tmp_path / 'elsewhere'}" in " ".join(
        prenuc("doctor").out.split()
    )


@pytest.mark.parametrize("command", [("reproduce", "1e"), ("doctor",)])
def test_every_command_that_simulates_tells(prenuc, monkeypatch, command):
    monkeypatch.setattr("prenuc.simulation.engine_cache.kernels_are_compiled", lambda: False)
    assert "compiling the engine, once" in prenuc(*command).err
