"""Mechanisms are consistent when they are built, or not built."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.conditions import GAS_CONSTANT, Conditions, is_frozen
from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction, two_pathway
from prenuc.mechanism.mechanism import volume_fraction
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.reaction import Binding, Excess, Power, Saturation, mass_action
from prenuc.quantities import parse

MATERIALS = ("CdS", "CdTe")
CD, S, CDS = (
    Component("Cd", {"Cd": 1.0}),
    Component("S", {"S": 1.0}),
    Component("CdS", {"Cd": 1.0, "S": 1.0}),
)
PARTS = {part.name: part for part in (CD, S, CDS)}


def reaction(stoichiometry, name="R1", orders=None, where=""):
    orders = orders or {part: -n for part, n in stoichiometry.items() if n < 0}
    return Reaction(name, stoichiometry, Arrhenius(1.0), mass_action(orders), where)


def refused(*reactions):
    with pytest.raises(MechanismError) as caught:
        Mechanism("mine", PARTS, reactions)
    return caught.value.problems


def value(text):
    return Value(parse(text), Source("user", "here"), "assumed")


def test_a_balanced_reaction_is_accepted():
    mine = Mechanism("mine", PARTS, (reaction({"Cd": -1, "S": -1, "CdS": 1}),))
    assert mine.issues() == []
    assert mine.moieties() == ("Cd", "S")


def test_an_unbalanced_reaction_is_refused_naming_the_moiety():
    (problem,) = refused(reaction({"Cd": -1, "S": -2, "CdS": 1}, where="mine.yaml:7"))
    assert problem.what == "reaction 'R1' (Cd + 2 S -> CdS) makes -1 S"
    assert "Balance S on both sides" in problem.mend
    assert problem.where == "mine.yaml:7"


def test_every_unbalanced_moiety_of_every_reaction_is_named():
    problems = refused(reaction({"Cd": -1, "CdS": 1}), reaction({"CdS": -1, "S": 2}, "R2"))
    assert [problem.what.partition(" makes ")[2] for problem in problems] == [
        "+1 S",
        "-1 Cd",
        "+1 S",
    ]


def test_rounding_is_no_imbalance():
    thirds = {"Cd": -0.1 - 0.2, "S": -0.3, "CdS": 0.3}
    assert Mechanism("mine", PARTS, (reaction(thirds),)).issues() == []


def test_an_unknown_species_is_answered_with_the_nearest():
    problems = refused(reaction({"Cd": -1, "Cds1": 1}), reaction({"S": -1}, "R2", {"selenium": 1}))
    assert [problem.what for problem in problems] == ["no species 'Cds1'", "no species 'selenium'"]
    assert problems[0].nearest[0] == "CdS"


def test_two_reactions_of_one_name_are_refused():
    forth = reaction({"Cd": -1, "S": -1, "CdS": 1})
    (problem,) = refused(forth, forth)
    assert "'R1' stands twice" in problem.what


def test_a_reaction_with_an_unknown_composition_is_not_balanced():
    parts = {"A": Component("A"), "Cd": CD}
    assert Mechanism("mine", parts, (reaction({"Cd": -1, "A": 1}),)).issues() == []


@pytest.mark.parametrize("material", MATERIALS)
def test_the_two_pathway_model_balances_every_moiety(material):
    model = two_pathway(material)
    assert model.issues() == []
    assert set(entries("parameters")[f"two-pathway/{material}"].values) == set(model.parameters)
    for one in model.reactions:
        for moiety in model.moieties():
            terms = [
                n * (model.components[name].composition or {}).get(moiety, 0.0)
                for name, n in one.stoichiometry.items()
            ]
            size = max(map(abs, terms))
            assert math.fsum(terms) == pytest.approx(0.0, abs=1e-12 * size), (one.name, moiety)


@pytest.mark.parametrize("material", MATERIALS)
def test_every_component_of_the_two_pathway_model_has_a_known_composition(material):
    model = two_pathway(material)
    assert all(component.composition is not None for component in model.components.values())
    carried = {name for name, part in model.components.items() if not part.composition}
    moments = {model.dots.number, model.dots.length, model.dots.surface}
    assert carried == moments | set(model.without_mass)


def isomerisations(model):
    """Return the pairs of reactions, by the same route, that turn a PC into its MSC and back."""
    kinds = {name: part.kind for name, part in model.components.items()}

    def sought(reaction, sign=1):
        change = {name: sign * n for name, n in reaction.stoichiometry.items()}
        route = reaction.name.removesuffix(" reverse").partition(" with ")[2]
        return tuple(sorted(change.items())), route

    by_change = {sought(reaction): reaction for reaction in model.reactions}
    return [
        (reaction, by_change[sought(reaction, -1)])
        for reaction in model.reactions
        if {kinds[name]: n for name, n in reaction.stoichiometry.items()} == {"PC": -1, "MSC": 1}
    ]


@pytest.mark.parametrize("material", MATERIALS)
def test_pc_and_msc_are_isomers_and_turn_into_each_other_one_to_one(material):
    model = two_pathway(material)
    clusters = [part for part in model.components.values() if part.kind == "MSC"]
    compounds = [p for p in model.components.values() if p.kind in {"PC", "intermediate"}]
    isomers = {part.name for part in [*clusters, *compounds]}
    ways = [r.stoichiometry for r in model.reactions if isomers >= r.stoichiometry.keys()]
    assert all(sorted(way.values()) == [-1.0, 1.0] for way in ways)
    assert {name for way in ways for name, n in way.items() if n > 0} >= {c.name for c in clusters}
    assert all(part.composition == clusters[0].composition for part in [*clusters, *compounds])


def test_the_number_of_stages_is_a_value():
    def stages(model):
        return sum(part.kind == "PC" for part in model.components.values())

    usual = two_pathway("CdS@0.1")
    count = usual.parameters["stage.count"].si
    fewer = usual.with_constants({"stage.count": value(f"{count - 2}")})
    assert stages(usual) - stages(fewer) == 2


def test_a_material_without_constants_is_refused_with_the_nearest():
    with pytest.raises(MechanismError, match="'CdX'") as caught:
        two_pathway("CdX")
    assert {"CdS", "CdTe"} <= set(caught.value.problems[0].nearest)


def test_a_changed_value_replaces_the_constant_and_nothing_else():
    model, usual = (
        two_pathway("CdS").with_constants({"isomerisation.k": value("0.03 1/min")}),
        two_pathway("CdS"),
    )
    differing = {
        new.name for new, old in zip(model.reactions, usual.reactions, strict=True) if new != old
    }
    ways = [one for one in model.reactions if one.name.startswith("isomerisation of PC")]
    assert differing == {one.name for one in ways}
    for there in (one for one in ways if not one.back_of):
        assert there.constant(298.15) == pytest.approx(0.03 / 60, rel=1e-12)
    changed = {n for n, v in model.parameters.items() if v != usual.parameters[n]}
    assert changed == {"isomerisation.k"}
    assert str(model.parameters["isomerisation.k"].source) == "user @ here"


def test_an_unknown_constant_is_refused_with_the_nearest():
    with pytest.raises(MechanismError) as caught:
        two_pathway("CdS").with_constants({"isomerization.k": value("1 1/min"), "x": value("1")})
    assert len(caught.value.problems) == 2
    assert caught.value.problems[0].nearest[0] == "isomerisation.k"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("isomerisation.k", "-0.03 1/min"),
        ("isomerisation.at", "-300 degC"),
        ("isomerisation.k", "0.03 mmol"),
    ],
)
def test_an_impossible_constant_is_refused(name, text):
    with pytest.raises(MechanismError, match=name):
        two_pathway("CdS").with_constants({name: value(text)})


# ---- rate laws ----------------------------------------------------------------------------------


def test_a_constant_is_what_it_is_at_its_anchor():
    assert Arrhenius(0.013, 453.15, 105e3)(453.15) == pytest.approx(0.013, rel=1e-14)
    assert Arrhenius(0.013, 453.15)(77.15) == 0.013


def test_arrhenius_by_hand():
    """100 kJ/mol from 298.15 to 308.15 K: exp(100e3/8.31446 * 1.0884e-4) = 3.702."""
    assert Arrhenius(1.0, 298.15, 100e3)(308.15) == pytest.approx(3.702, rel=1e-3)


@given(
    st.floats(1e-6, 1e3),
    st.floats(250, 500),
    st.floats(-2e5, 2e5),
    st.floats(1e-6, 1e6),
    st.floats(-2e5, 2e5),
    st.floats(250, 500),
)
def test_the_reverse_constant_keeps_detailed_balance(k, at, energy, equilibrium, enthalpy, anchor):
    forth = Arrhenius(k, at, energy)
    back = forth.reverse(equilibrium, enthalpy, anchor)
    for temperature in (250.0, 298.15, 373.15, 453.15):
        van_t_hoff = -enthalpy / GAS_CONSTANT * (1 / temperature - 1 / anchor)
        ratio = forth(temperature) / back(temperature)
        assert ratio == pytest.approx(equilibrium * math.exp(van_t_hoff), rel=1e-10)


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("CdS", "{}.K {}.at {}.H"),
        ("CdTe@0.1", "isomerisation.K isomerisation.K_at isomerisation.H"),
    ],
)
def test_pc_and_msc_keep_detailed_balance_in_the_model(which, said):
    model = two_pathway(which)
    for there, back in isomerisations(model):
        cluster = next(name for name, n in there.stoichiometry.items() if n > 0)
        names = (word.replace("{}", cluster).replace("_", " ") for word in said.split())
        equilibrium, anchor, enthalpy = (model.parameters[name].si for name in names)
        for temperature in (anchor, 273.15, 373.15, 453.15):
            exponent = -enthalpy / GAS_CONSTANT * (1 / temperature - 1 / anchor)
            ratio = there.constant(temperature) / back.constant(temperature)
            assert ratio == pytest.approx(equilibrium * math.exp(exponent), rel=1e-10)


@pytest.mark.parametrize(
    ("factor", "x", "result"),
    [
        (Power({}, 3.0, 2.0), 4.0, 8.0),
        (Power({}, 1.0, 2.0), 4.0, 2.0),
        (Power({}, 0.5), 4.0, 2.0),
        (Power({}, 3.0), -1e-20, 0.0),
        (Saturation({}, 2.0), 6.0, 0.75),
        (Saturation({}, 2.0), -1e-20, 0.0),
        (Binding({}, 2.0), 6.0, 0.25),
        (Binding({}, 2.0), -1e-20, 1.0),
        (Binding({}, 2.0, 3.0), 6.0, 64.0),
        (Binding({}, 2.0, -0.5), 6.0, 0.5),
        (Excess({}, 2.0), 6.0, 4.0),
        (Excess({}, 2.0), 1.0, 0.0),
    ],
)
def test_the_factors_of_a_rate_law(factor, x, result):
    assert factor.of(x) == pytest.approx(result, rel=1e-14)


def test_a_rate_is_the_constant_times_the_factors_of_the_pools():
    law = (Power({"A": 1.0, "B": 2.0}, 2.0, 10.0), Saturation({"C": 1.0}, 3.0))
    one = Reaction("R", {"A": -1.0}, Arrhenius(0.5), law)
    seen = Conditions(298.15, 1e-6, {"A": 4.0, "B": 3.0, "C": 9.0}, {})
    assert one.rate(seen) == pytest.approx(0.5 * 1.0**2 * 0.75, rel=1e-14)
    assert list(one.components()) == ["A", "B", "C"]


def test_nothing_reacts_in_a_glass():
    one = reaction({"A": -1.0})
    assert one.rate(Conditions(77.15, 1e-6, {"A": 4.0}, {}, frozen=True)) == 0.0
    assert one.rate(Conditions(77.15, 1e-6, {"A": 4.0}, {})) == 4.0
    for solvent in ("ODE", "toluene", "OLA", "MeOH", "EtOH", "OTA"):
        melting = entries("reagents")[solvent].melting_point.si
        assert is_frozen(77.15, melting), solvent
        assert not is_frozen(253.15, melting), solvent


def test_the_volume_fraction_of_a_neat_solvent_is_one():
    neat = 0.867e6 / 92.141  # mol/m³
    (weight,) = volume_fraction("toluene").pool.values()
    assert weight * neat == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    ("stoichiometry", "text"),
    [
        ({"A": -2, "B": 1}, "2 A -> B"),
        ({"A": 1.0}, "-> A"),
        ({"A": -1.0}, "A ->"),
        ({"A": -1, "B": -0.5, "C": 1}, "A + 0.5 B -> C"),
    ],
)
def test_a_reaction_prints_its_equation(stoichiometry, text):
    assert reaction(stoichiometry).equation() == text


# ---- as first published --------------------------------------------------------------------------

FIRST = json.loads((Path(__file__).parent / "data" / "two-pathway-0.1.json").read_text("utf-8"))


@pytest.mark.parametrize("name", FIRST)
def test_the_model_as_first_published_has_the_numbers_that_it_had(name):
    """k at 25 and 180 °C, and Π g with 0.7 mmol/L of everything, written down at version 0.1."""
    model = mechanism_named(f"{name}@0.1")
    assert {one.name for one in model.all_reactions} == set(FIRST[name])
    for one in model.all_reactions:
        product = math.prod(factor.of(0.7 * sum(factor.pool.values())) for factor in one.factors)
        found = [one.constant(298.15), one.constant(453.15), product]
        assert found == pytest.approx(FIRST[name][one.name], rel=1e-10), one.name


def test_a_version_that_was_never_published_is_refused():
    with pytest.raises(MechanismError, match=r"no mechanism 'two-pathway/CdS@0\.2'"):
        mechanism_named("two-pathway/CdS@0.2")
