"""The arrays say what the reactions say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.conditions import Conditions
from prenuc.mechanism import Arrhenius, Component, Mechanism, Moments, Reaction, two_pathway
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.reaction import Binding, Excess, Power, Saturation, mass_action
from prenuc.simulation.evolve import compiled, evolve
from prenuc.simulation.kernels.network import compile_network
from prenuc.simulation.kernels.ways import ways_of

# Growth of moments consists of reactions; that of size classes has tests of its own.
MODELS = {material: two_pathway(f"{material}@0.1", dots=Moments()) for material in ("CdS", "CdTe")}
NETWORKS = {name: compile_network(m, tuple(m.components)) for name, m in MODELS.items()}
models = st.sampled_from(sorted(MODELS))
temperatures = st.floats(280, 500)
seeds = st.integers(0, 2**32 - 1)


def state(seed, size, *, zeros=True):
    """Concentrations over ten decades (mmol/L), some of them nothing at all."""
    rng = np.random.default_rng(seed)
    found = 10 ** rng.uniform(-7, 3, size)
    if zeros:
        found[rng.random(size) < 0.2] = 0.0
    return found


def one_reaction(*factors, k=2.0):
    names = ("A", "B", "C")
    reaction = Reaction("R", {"A": -2.0, "C": 1.0}, Arrhenius(k, 300.0, 5e4), factors)
    return Mechanism("mine", {name: Component(name) for name in names}, (reaction,))


@given(models, seeds, temperatures)
def test_compiled_rates_are_those_of_the_reactions(name, seed, temperature):
    model, network = MODELS[name], NETWORKS[name]
    c = state(seed, len(network.names))
    seen = Conditions(temperature, 1e-6, dict(zip(network.names, c, strict=True)), {})
    wanted = np.array([reaction.rate(seen) for reaction in model.reactions])
    np.testing.assert_allclose(
        network.rates(c, network.constants(temperature)), wanted, rtol=1e-11, atol=0
    )


@given(models, seeds, temperatures)
def test_the_change_is_what_the_reactions_make_of_each_component(name, seed, temperature):
    model, network = MODELS[name], NETWORKS[name]
    c = state(seed, len(network.names))
    seen = Conditions(temperature, 1e-6, dict(zip(network.names, c, strict=True)), {})
    wanted, size = dict.fromkeys(network.names, 0.0), dict.fromkeys(network.names, 0.0)
    for reaction in model.reactions:
        rate = reaction.rate(seen)
        for component, number in reaction.stoichiometry.items():
            wanted[component] += number * rate
            size[component] += abs(number * rate)
    change = network.change(c, network.constants(temperature))
    for index, component in enumerate(network.names):
        assert change[index] == pytest.approx(
            wanted[component], rel=0, abs=1e-11 * size[component]
        ), component


def differences(function, c, share=1e-4):
    """Central differences, extrapolated once: error of fourth order in the step."""
    columns = []
    for j in range(len(c)):
        step = np.zeros(len(c))
        step[j] = share * c[j]
        near = (function(c + step) - function(c - step)) / (2 * step[j])
        far = (function(c + 2 * step) - function(c - 2 * step)) / (4 * step[j])
        columns.append((4 * near - far) / 3)
    return np.column_stack(columns)


@given(models, seeds, temperatures)
def test_the_jacobian_is_the_derivative_of_the_change(name, seed, temperature):
    network = NETWORKS[name]
    c = state(seed, len(network.names), zeros=False)
    k = network.constants(temperature)
    rates = differences(lambda x: network.rates(x, k), c)
    rounding = 1e-10 * np.abs(network.rates(c, k))[:, None] / c
    slack = np.abs(network.stoichiometry) @ (1e-6 * np.abs(rates) + rounding)
    wrong = np.abs(network.jacobian(c, k) - network.stoichiometry @ rates)
    assert np.all(wrong <= slack)


@pytest.mark.parametrize(
    "factor",
    [
        Power({"A": 1.0}),
        Power({"A": 1.0, "B": 0.3}, 2.5, 3.0),
        Power({"A": 1.0}, 0.5, 3.0),
        Power({"A": 1.0}, 10.0, 3.0),
        Power({"A": 1.0}, 0.0, 3.0),
        Saturation({"A": 1.0, "B": 2.0}, 0.7),
        Binding({"A": 1.0, "B": 2.0}, 0.7),
        Binding({"A": 1.0}, 0.7, 3.5),
        Binding({"A": 1.0}, 0.7, -2.0),
        Excess({"A": 1.0}, 0.7),
        Excess({"A": 1.0}, 7000.0),
    ],
    ids=str,
)
@given(seeds)
def test_rate_and_derivative_of_each_factor(factor, seed):
    model = one_reaction(factor, Power({"C": 1.0}))
    network = compile_network(model, ("A", "B", "C"))
    c, k = 10 ** np.random.default_rng(seed).uniform(-2, 2, 3), network.constants(320.0)
    seen = Conditions(320.0, 1e-6, dict(zip("ABC", c, strict=True)), {})
    assert network.rates(c, k)[0] == pytest.approx(model.reactions[0].rate(seen), rel=1e-12)
    slopes = differences(lambda x: network.change(x, k), c)
    floor = 1e-9 * np.abs(network.change(c, k))[:, None] / c
    assert np.all(np.abs(network.jacobian(c, k) - slopes) <= 1e-6 * np.abs(slopes) + floor)


def test_the_jacobian_stays_finite_where_a_concentration_is_zero():
    for name, network in NETWORKS.items():
        c = np.zeros(len(network.names))
        jacobian = network.jacobian(c, network.constants(450.0))
        assert np.all(np.isfinite(jacobian)), name
    root = compile_network(one_reaction(Power({"A": 1.0}, 0.5)), ("A", "B", "C"))
    assert np.all(np.isfinite(root.jacobian(np.zeros(3), root.constants(300.0))))


def test_a_concentration_below_zero_is_read_as_zero_by_what_cannot_bear_it():
    for factor in (Power({"A": 1.0}, 2.5), Excess({"A": 1.0}, 0.0)):
        network = compile_network(one_reaction(factor), ("A", "B", "C"))
        c = np.array([-1e-18, 1.0, 1.0])
        assert network.rates(c, network.constants(300.0))[0] == 0.0


def test_what_a_saturated_reaction_uses_up_does_not_run_away_below_zero():
    """What grows by itself would grow on a rounding error below zero, if nothing held it there."""
    gone = Reaction("gone", {"A": -1.0, "B": 1.0}, Arrhenius(2.0), (Saturation({"A": 1.0}, 1.0),))
    born = Reaction("born", {"A": 1.0, "B": -1.0}, Arrhenius(0.1), mass_action({"A": 1, "B": 1}))
    parts = {name: Component(name, {"x": 1.0}) for name in "AB"}
    model = Mechanism("autocatalytic", parts, (gone, born), initial={"A": 1.0, "B": 1.0})
    found = evolve(model, [10.0, 1e3, 1e6])
    assert np.all(np.abs(found.of("A")[1:]) <= 1e-13)
    assert found.of("B")[-1] == pytest.approx(2.0, rel=1e-12)


def test_a_constant_of_zero_is_zero_at_every_temperature():
    network = compile_network(one_reaction(Power({"A": 1.0}), k=0.0), ("A", "B", "C"))
    assert [network.constants(t)[0] for t in (77.15, 300.0, 600.0)] == [0.0, 0.0, 0.0]


@given(models, temperatures)
def test_compiled_constants_are_those_of_the_reactions(name, temperature):
    wanted = [reaction.constant(temperature) for reaction in MODELS[name].reactions]
    np.testing.assert_allclose(NETWORKS[name].constants(temperature), wanted, rtol=1e-12)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_reaction_makes_or_loses_a_moiety(name):
    model, network = MODELS[name], NETWORKS[name]
    composition = np.array(
        [
            [(model.components[c].composition or {}).get(moiety, 0.0) for c in network.names]
            for moiety in model.moieties()
        ]
    )
    excess = composition @ network.stoichiometry
    size = np.abs(composition) @ np.abs(network.stoichiometry)
    assert np.all(np.abs(excess) <= 4 * np.finfo(float).eps * size)
    assert len(model.moieties()) >= 5


def test_the_order_of_the_names_is_the_order_of_the_rows():
    model = MODELS["CdS"]
    forward, backward = tuple(model.components), tuple(model.components)[::-1]
    one, other = compile_network(model, forward), compile_network(model, backward)
    c, k = state(1, len(forward)), one.constants(450.0)
    np.testing.assert_allclose(other.change(c[::-1], k)[::-1], one.change(c, k), rtol=1e-12)
    np.testing.assert_allclose(
        other.jacobian(c[::-1], k)[::-1, ::-1], one.jacobian(c, k), rtol=1e-12
    )


def test_a_network_of_sources_alone_compiles():
    model = Mechanism("mine", {"A": Component("A")}, (Reaction("R", {"A": 1.0}, Arrhenius(0.5)),))
    network = compile_network(model, ("A",))
    k = network.constants(300.0)
    assert network.change(np.zeros(1), k).tolist() == [0.5]
    assert network.jacobian(np.zeros(1), k).tolist() == [[0.0]]


@pytest.mark.parametrize("name", ["two-pathway/CdS", "two-pathway/InP", "alloy/CdTeSe"])
def test_moves_and_ways_are_the_stoichiometry(name):
    network = compiled(mechanism_named(name))
    n, classes = network.stoichiometry, network.classes
    found = ways_of(n, classes)
    nuclei = dict(zip(classes.sources.tolist(), found.enters.tolist(), strict=True))
    assert min(nuclei.values()) >= 0  # each is undone by the channels of its way
    for reaction, way in nuclei.items():
        made = found.toward[way] * found.columns[:, found.ways[way, 1]] * classes.units[0]
        np.testing.assert_array_equal(made, n[:, reaction])
    move = np.repeat(np.arange(len(found.moves) - 1), np.diff(found.moves))
    np.testing.assert_array_equal(found.columns[:, move] * found.sign, n[:, found.moving])
    assert sorted([*found.moving, *nuclei]) == [*range(classes.first)]
    sign = np.where(np.arange(classes.first, n.shape[1]) < classes.detaching, 1.0, -1.0)
    group, move = found.ways[found.way].T
    np.testing.assert_array_equal(group, classes.channel)
    change = found.columns[:, move] * found.toward[found.way] * sign
    np.testing.assert_array_equal(change, n[:, classes.first :])


def test_there_and_back_are_one_move():
    network = compiled(mechanism_named("two-pathway/CdS"))
    found, names = ways_of(network.stoichiometry, network.classes), network.mechanism.all_reactions
    move = dict(
        zip(
            found.moving.tolist(),
            np.repeat(np.arange(len(found.moves) - 1), np.diff(found.moves)),
            strict=True,
        )
    )
    of = {one.name: move.get(i) for i, one in enumerate(names)}
    assert of["activation"] == of["activation reverse"] == of["activation in toluene reverse"]
    assert of["exchange of PCs"] != of["activation"]
