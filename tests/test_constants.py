"""The same mechanism with another constant: one way, pure, shared, and safe in threads."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.infer.calibration.varied import Changed
from prenuc.mechanism import Moments, read_mechanism, two_pathway
from prenuc.mechanism.alloy import alloy
from prenuc.mechanism.named import mechanism_named
from prenuc.quantities import Quantity
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.compiling import network_of
from prenuc.simulation.evolve import compiled, evolve, starting_point
from prenuc.simulation.kernels import flat
from prenuc.simulation.kernels.network import compile_network
from prenuc.simulation.solvers import Rodas
from test_engine import network

MODELS = sorted(entries("parameters"))
THREADS = 16
FILE = """\
units: {time: min, concentration: mmol/L, energy: kJ/mol}
species: {A: {initial: 2.0}, B: {}, C: {}}
reactions:
  - {equation: "A <-> B", k: 0.4, k_reverse: 0.1}
  - {equation: "2 B -> C", k: {at: 25 degC, value: 0.3, Ea: 50}}
"""


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE, encoding="utf-8")
    return read_mechanism(path)


def laws(mechanism):
    return {one.name: (one.constant, one.factors) for one in mechanism.all_reactions}


# ---- what can be given ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        "0.03 1/min",
        "1.8 1/h",
        Quantity(0.0005, "1/s"),
        Value(Quantity(0.03, "1/min"), Source("user", "notebook 3"), "measured"),
    ],
    ids=["text", "another unit", "quantity", "value"],
)
def test_a_constant_may_be_a_text_a_quantity_or_a_value(given):
    new = two_pathway("CdS").with_constants({"isomerisation.k": given})
    assert laws(new)["isomerisation of PC-311"][0](298.15) == pytest.approx(0.0005, rel=1e-12)
    value = new.constants["isomerisation.k"]
    assert value == given or value.status == "assumed"
    assert value.informed_by == ()


def test_a_plain_number_is_a_constant_without_a_unit_and_nothing_else():
    model = two_pathway("CdS")
    assert model.with_constants({"PC-322.K": 0.1}).constants["PC-322.K"].si == 0.1
    with pytest.raises(MechanismError, match=r"isomerisation\.k: '0\.03' has no unit"):
        model.with_constants({"isomerisation.k": 0.03})


@pytest.mark.parametrize("name", MODELS)
def test_every_constant_of_every_model_can_be_changed_and_nothing_but_it(name):
    usual = mechanism_named(name)
    for constant, old in usual.constants.items():
        quantity = old.quantity
        new = Quantity(quantity.number, quantity.unit)
        same = usual.with_constants({constant: replace(old, quantity=new)})
        assert same == usual
        assert same.shared is usual.shared
    assert tuple(usual.constants) == tuple(same.constants)


@pytest.mark.parametrize("name", MODELS)
def test_every_unknown_name_is_answered_with_the_nearest_at_once(name):
    usual = mechanism_named(name)
    known = next(n for n in usual.constants if n.endswith(".k"))
    with pytest.raises(MechanismError) as caught:
        usual.with_constants({f"{known}x": "1 1/min", "no such thing": 1, known: "3 kg"})
    first, second, third = caught.value.problems
    assert first.what == f"no constant '{known}x'"
    assert first.nearest[0] == known
    assert second.what == "no constant 'no such thing'"
    assert third.where == known
    assert "wrong unit" in third.what


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("isomerisation.energy", "isomerisation.Ea"),
        ("MSC-311.enthalpy", "MSC-311.H"),
        ("MSC-322 under HPPh2.half", "MSC-322 under HPPh2.h"),
    ],
)
def test_an_old_name_is_refused_with_the_new_one(old, new, tmp_path):
    with pytest.raises(MechanismError, match=f"'{old}' is called '{new}' now. Nearest: '{new}'"):
        two_pathway("CdS").with_constants({old: "50 kJ/mol"})
    path = tmp_path / "mine.yaml"
    path.write_text(f"based_on: two-pathway/CdS\nchange: {{{old}: 50 kJ/mol}}\n", encoding="utf-8")
    with pytest.raises(MechanismError, match=rf"mine\.yaml:2: '{old}' is called '{new}' now"):
        read_mechanism(path)
    with pytest.raises(MechanismError, match=f"two-pathway/CdS: '{old}' is called '{new}' now"):
        Changed(for_recipe, {("two-pathway/CdS", old): 50.0})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("isomerisation.k", "-0.03 1/min"),
        ("isomerisation.at", "-300 degC"),
        ("isomerisation.k", "0.03 mmol"),
        ("isomerisation.k", "quick"),
        ("MSC-311.K", "0"),
        ("uptake.half", "0 mmol/L"),
    ],
)
def test_an_impossible_number_is_refused_where_it_stands(name, text):
    with pytest.raises(MechanismError) as caught:
        two_pathway("CdS").with_constants({name: text})
    (problem,) = caught.value.problems
    assert problem.where == name


@pytest.mark.parametrize("count", ["0", "101"])
def test_an_impossible_number_of_steps_is_refused(count):
    with pytest.raises(MechanismError) as caught:
        two_pathway("CdS@0.1").with_constants({"stage.count": count})
    (problem,) = caught.value.problems
    assert problem.where == "stage.count"


def test_what_is_chosen_besides_constants_is_kept():
    model = two_pathway("CdS@0.1", metal="Cd(MSA)2", dots=Moments())
    new = model.with_constants({"isomerisation.k": "0.03 1/min"})
    assert tuple(new.components) == tuple(model.components)
    assert new.population is None
    again = new.with_constants({"exchange.K": 0.1})
    assert again.constants["isomerisation.k"].quantity == Quantity(0.03, "1/min")


def test_an_alloy_has_the_constants_of_its_materials_under_their_names():
    model = alloy()
    new = model.with_constants(
        {"CdTe isomerisation.k": "1 1/min", "substitution.k": "2 L/mmol/min"}
    )
    moved = {name for name, law in laws(new).items() if law != laws(model)[name]}
    assert any(name.startswith("isomerisation of PC-371") for name in moved)
    assert any(name.startswith("substitution between") for name in moved)
    assert not any("(CdSe)" in name for name in moved)
    assert model.origin("CdTe isomerisation.k") == ("two-pathway/CdTe", "isomerisation.k")
    assert model.origin("substitution.k") == ("alloy/CdTeSe", "substitution.k")


def test_a_file_that_changes_any_mechanism_says_the_same(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("based_on: droplets/CdS\nchange: {leaving.k: 2 L/mmol/h}\n", encoding="utf-8")
    by_hand = mechanism_named("droplets/CdS").with_constants({"leaving.k": "2 L/mmol/h"})
    assert laws(read_mechanism(path)) == laws(by_hand)
    path.write_text("based_on: droplets/CdS\nchange:\n  dots.smallest: 40\n", encoding="utf-8")
    with pytest.raises(MechanismError, match=r"mine\.yaml:3: 'leaving' .* makes 39 QD"):
        read_mechanism(path)


# ---- mechanisms without a rule -------------------------------------------------------------------


def test_a_network_of_a_file_has_constants_in_its_own_units(mine):
    assert {n: str(v.quantity) for n, v in mine.constants.items() if not n.endswith(".at")} == {
        "R1.k": "0.4 1/min", "R1.Ea": "0 kJ/mol",
        "R1 reverse.k": "0.1 1/min", "R1 reverse.Ea": "0 kJ/mol",
        "R2.k": "0.3 (mmol/L)^-1/min", "R2.Ea": "50 kJ/mol",
    }  # fmt: skip
    new = mine.with_constants({"R2.k": "300 L/mol/min", "R2.Ea": "20 kJ/mol"})
    assert laws(new)["R2"][0].k == pytest.approx(laws(mine)["R2"][0].k, rel=1e-12)
    assert laws(new)["R2"][0].energy == 20e3
    assert laws(new)["R1"] == laws(mine)["R1"]
    with pytest.raises(MechanismError, match=r"R2\.k: '3 1/min' has the wrong unit"):
        mine.with_constants({"R2.k": "3 1/min"})


def test_what_was_changed_in_another_way_is_not_written_anew():
    """A copy with other reactions keeps them; the constants of its rule are no longer its own."""
    model = two_pathway("CdS")
    cut = replace(model, reactions=model.reactions[1:])
    with pytest.raises(MechanismError, match=r"no constant 'isomerisation\.k'"):
        cut.with_constants({"isomerisation.k": "1 1/min"})
    new = cut.with_constants({"activation.Ea": "5 kJ/mol"})
    assert [r.name for r in new.reactions] == [r.name for r in cut.reactions]
    assert laws(new)["activation"][0].energy == 5e3


def test_channels_of_dots_have_constants_too():
    model = replace(two_pathway("CdS@0.1"), name="mine")
    new = model.with_constants({"dissolution.Ea": "1 kJ/mol"})
    assert new.population.detachment[0].constant.energy == 1e3
    assert model.population.detachment[0].constant.energy != 1e3


# ---- pure ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_change_leaves_the_mechanism_and_the_catalogue_alone(name):
    usual = mechanism_named(name)
    before, facts = pickle.dumps(usual), pickle.dumps(entries("parameters"))
    for constant in usual.constants:
        if constant.endswith(".k"):
            value = usual.constants[constant].quantity
            usual.with_constants({constant: Quantity(3.0 * value.number + 1.0, value.unit)})
    assert pickle.dumps(usual) == before
    assert pickle.dumps(entries("parameters")) == facts
    assert mechanism_named(name) == usual


def test_a_mechanism_survives_the_way_to_another_process():
    model = two_pathway("CdS").with_constants({"isomerisation.k": "0.03 1/min"})
    compiled(model)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301  our own
    assert again == model
    assert again.shared.get(starting_point(model)[0]) is None
    new = {"PC-322.K": 0.1}
    assert again.with_constants(new) == model.with_constants(new)


# ---- shared --------------------------------------------------------------------------------------

KINDS = {
    "a rate constant": ("CdS", {"isomerisation.k": "0.03 1/min"}, True),
    "an energy": ("CdS", {"growth.Ea": "20 kJ/mol"}, True),
    "a rate of zero": ("CdS", {"uptake.k": "0 L/mmol/min"}, True),
    "a half-value": ("CdS", {"uptake.half": "3 mmol/L"}, True),
    "a potential": ("CdS", {"MSC-311.K": "10"}, True),
    "sites of a ligand": ("CdS", {"MSC-311 under MSA-ate.sites": "12"}, True),
    "the surface of dots": ("CdS", {"dots.surface energy": "0.15 J/m^2"}, True),
    "the largest dot": ("CdS", {"dots.largest": "5000"}, False),
    "the largest bare dot": ("CdS", {"dots.bare": "20"}, False),
    "an order": ("CdS@0.1", {"nucleation.order": "8"}, True),
    "a nucleus": ("CdS@0.1", {"nucleation.size": "30"}, False),
    "a number of steps": ("CdS@0.1", {"stage.count": "2"}, False),
}


def same(one, other):
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_shared_arrays_are_those_that_compiling_from_scratch_gives(kind):
    which, change, alike = KINDS[kind]
    usual = two_pathway(which)
    first = compiled(usual)
    worked_out = first.flat, first.plan, first.laws, first.classes
    assert len(worked_out) == 4
    variant = usual.with_constants(change)
    assert (variant.shared is usual.shared) == alike
    names = starting_point(variant)[0]
    shared, fresh = network_of(variant, names), compile_network(variant, names)
    for part in ("flat", "classes", "plan"):
        one, other = getattr(shared, part), getattr(fresh, part)
        for field in one._fields:
            assert same(getattr(one, field), getattr(other, field)), (part, field)
    np.testing.assert_array_equal(shared.laws, fresh.laws)
    for field in ("stoichiometry", "constant", "energy", "anchor", "pools", "scale", "order"):
        np.testing.assert_array_equal(getattr(shared, field), getattr(fresh, field), field)
    assert shared.mechanism is variant


def test_the_structure_is_worked_out_once(monkeypatch):
    counted = {"plan_of": 0, "conservation_laws": 0, "flat_rates": 0, "flat_classes": 0}
    for name in counted:
        usual = getattr(flat, name)

        def count(*given, name=name, usual=usual):
            counted[name] += 1
            return usual(*given)

        monkeypatch.setattr(flat, name, count)
    model = deepcopy(two_pathway("CdS"))  # nobody has worked with this one
    for k in range(1, 6):
        variant = model.with_constants({"isomerisation.k": f"0.0{k} 1/min"})
        evolve(variant, [60.0], start={"PC-311": 1.0})
    assert set(counted.values()) == {1}


# ---- threads -------------------------------------------------------------------------------------


def changes(member):
    """Return what a member changes: rates, a half-value, or the structure."""
    factor = 1.0 + 0.1 * member
    found = {"isomerisation.k": f"{0.01 * factor} 1/min", "growth.Ea": f"{10 * factor} kJ/mol"}
    if member % 3 == 1:
        found["uptake.half"] = f"{factor} mmol/L"
    if member % 3 == 2:
        found["dots.largest"] = f"{5000 + member % 5}"
    return found


def answer(model, member):
    mixture = {"PC-311": 1.0, "Mo/Fr": 0.5, "S": 3.0, "Cd(OA)2": 12.0}
    run = evolve(
        model.with_constants(changes(member)),
        [60.0, 600.0],
        start=mixture,
        temperature=400.0,
        solver=Rodas(rtol=1e-5, atol=1e-10),
    )
    return run.concentration, run.dots


def test_threads_that_change_constants_at_once_give_the_bits_of_one():
    alone = [answer(two_pathway("CdS"), member) for member in range(2 * THREADS)]
    model, together = two_pathway("CdS"), Barrier(THREADS)
    usual = pickle.dumps(model)

    def race(member):
        if member < THREADS:
            together.wait()
        found = answer(model, member)
        assert two_pathway("CdS").constants == model.constants  # nobody else's change is seen
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(race, range(2 * THREADS)))
    for one, other in zip(alone, found, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])
    assert pickle.dumps(model) == usual
    assert len({float(one[0][-1, 0]) for one in found}) > THREADS  # the members do differ


def test_a_network_put_together_by_hand_is_as_safe():
    chain = network(({"A": -1.0, "B": 1.0}, 1.0, {"A": 1}), ({"B": -2.0}, 3.0, {"B": 2}))

    def end(member):
        there = chain.with_constants({"R1.k": f"{member + 1} L/mol/s", "R0.k": f"{member} 1/s"})
        return evolve(there, [5.0], start={"A": 2.0}).concentration[0].tolist()

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(end, range(64))) == [end(member) for member in range(64)]
