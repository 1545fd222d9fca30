"""A mechanism speaks about flasks that it has constants for, and refuses the rest."""

from __future__ import annotations

import json
import pickle
import sys
from collections import Counter

import molmass
import numpy as np
import pytest

from commands import run
from prenuc.errors import Caution, MechanismError, ScopeError
from prenuc.facts.catalogue import entries, recipe
from prenuc.mechanism.network_file import read_mechanism
from prenuc.mechanism.rivals import RIVALS
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.observe.many import simulate_many
from prenuc.protocol import Protocol
from prenuc.protocol.operations import Evolve
from prenuc.scope.choice import mechanism_for
from prenuc.scope.verdict import scope_of
from prenuc.simulation.choice import for_recipe, rival_for
from prenuc.simulation.run import simulate

SAMPLE = "take 20 uL of flask into vial with 3.00 mL toluene at 25 degC", "measure vial at 0 min"
CDS = "charge flask with 1.0 mmol Cd(OA)2, 0.25 mmol S and 9 g ODE at 60 degC"


def flask(charge, *steps):
    return Protocol.from_text([charge, *steps, *SAMPLE], name="flask")


def heated(charge, temperature, minutes=30):
    return flask(
        charge, f"heat flask to {temperature} degC over 10 min", f"hold flask for {minutes} min"
    )


@pytest.fixture
def command(capsys, monkeypatch, tmp_path):
    def call(*arguments, mechanism="two-pathway/CdS", steps=()):
        path = tmp_path / "mine.yaml"
        lines = "".join(f"  - {step}\n" for step in (*steps, *SAMPLE))
        path.write_text(f"name: mine\nmechanism: {mechanism}\nprotocol:\n{lines}", encoding="utf-8")
        return run(capsys, monkeypatch, arguments[0], path, *arguments[1:])

    return call


# ---- what is published is in scope -------------------------------------------------------------


def test_systems_are_what_their_recipes_charge_and_how_hot_they_are():
    for system in entries("systems").values():
        found = [Protocol.from_recipe(recipe(name)) for name in system.recipes]
        charged = frozenset().union(*(one.reagents for one in found))
        assert charged == {*system.solvents, *system.reagents}, system.id
        ends = [
            end
            for one in found
            for operation in one.plan
            if isinstance(operation, Evolve) and not operation.frozen
            for end in (operation.start, operation.end)
        ]
        assert min(ends) == pytest.approx(system.low.si), system.id
        if system.high.status == "measured":  # the seed prints no temperature of ZnSe
            assert max(ends) == pytest.approx(system.high.si), system.id
    named = [name for system in entries("systems").values() for name in system.recipes]
    assert sorted(named) == sorted(entries("recipes"))


@pytest.mark.parametrize("name", entries("recipes"))
def test_every_published_recipe_is_in_scope_of_its_set_and_of_every_rival(name):
    published, done = recipe(name), Protocol.from_recipe(recipe(name))
    ours = scope_of(for_recipe(published), done)
    assert ours.in_scope
    assert not ours.missing
    assert not ours.cautions
    assert not ours.doubt
    for kind in RIVALS:
        try:
            rival = rival_for(kind, published)
        except MechanismError:  # it has nothing to say of the material
            continue
        assert scope_of(rival, done).in_scope, kind


def test_a_liquid_that_reactions_look_at_is_a_solvent_still():
    done = heated(CDS, 180)
    parts = {one.name: one.role for one in scope_of(two_pathway("CdS"), done).reagents}
    assert parts["toluene"] == "solvent"


def test_a_changed_mechanism_takes_the_precursors_that_its_base_takes(tmp_path, command):
    (tmp_path / "faster.yaml").write_text(
        "based_on: two-pathway/CdS\nchange: {isomerisation.k: 0.03 1/min}\n", encoding="utf-8"
    )
    charge = "charge flask with 1 mmol CdO, 4 mmol HOA, 0.25 mmol S and 9 g ODE at 60 degC"
    steps = [charge, "heat flask to 220 degC over 20 min"]  # the file is named beside the protocol
    answer = command("simulate", "--json", mechanism="faster.yaml", steps=steps)
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    assert told["measurements"][0]["amounts"]["CdO"] < told["measurements"][0]["amounts"]["Cd(OA)2"]
    slower = command("simulate", "--json", mechanism="two-pathway/CdS", steps=steps)
    assert (
        json.loads(slower.out)["measurements"][0]["products"] != told["measurements"][0]["products"]
    )


# ---- refused, with reason, nearest system and way out -------------------------------------------


def test_a_foreign_chalcogen_is_named_with_the_nearest_system(command):
    charge = "charge flask with 1.0 mmol Cd(OA)2, 0.25 mmol SeTOP and 9 g OLA at 60 degC"
    answer = command("simulate", "--json", steps=[charge, "hold flask for 20 min"])
    assert (answer.code, answer.out) == (2, "")
    assert "the model of CdS has no source of Se" in answer.err
    assert "'two-pathway/CdSe'" in answer.err
    assert "--inert 'SeTOP'" in answer.err
    assert "Traceback" not in answer.err


def test_the_nearest_system_is_of_the_material_asked_for_where_none_has_both_sources(command):
    charge = "charge flask with 1 mmol zinc stearate, 0.5 mmol Se and 9 g ODE at 60 degC"
    answer = command("simulate", mechanism="two-pathway/ZnSe", steps=[charge])
    assert answer.code == 2
    assert "ZnSe from Zn(OAc)2/OLA and SeTOP in OLA" in answer.err


@pytest.mark.parametrize("line", ["mechanism: CdSe\n", ""])
def test_a_material_is_no_mechanism_and_the_one_of_the_flask_is_named(
    line, tmp_path, capsys, monkeypatch
):
    path = tmp_path / "mine.yaml"
    charge = "charge flask with 1 mmol cadmium stearate, 1 mmol TOP-Se and 9 g ODE at 60 degC"
    path.write_text(f"{line}protocol:\n  - {charge}\n", encoding="utf-8")
    answer = run(capsys, monkeypatch, "simulate", path)
    assert answer.code == 2
    assert "two-pathway/CdSe" in answer.err


def test_an_acetate_in_amine_has_no_constants_in_a_model_of_oleate_in_a_hydrocarbon(command):
    charge = "charge flask with 1.0 mmol Cd(OAc)2, 0.25 mmol S and 9 g OLA at 60 degC"
    answer = command("simulate", steps=[charge, "heat flask to 180 degC over 10 min"])
    assert answer.code == 2
    assert "no constants for Cd(OAc)2 with S in OLA at 180 degC" in answer.err
    assert "OLA takes part in nothing" in answer.err


def test_python_refuses_what_the_command_refuses():
    done = heated(
        "charge flask with 1 mmol Cd(OA)2, 0.3 mmol S, 1 g HDA and 9 g ODE at 60 degC", 180
    )
    with pytest.raises(ScopeError, match="HDA takes part in nothing") as refused:
        simulate(two_pathway("CdS"), done)
    assert len(refused.value.problems) == 2
    run_ = simulate(two_pathway("CdS"), done, inert=["hexadecylamine"])  # by any of its names
    assert [one.code for one in run_.warnings] == ["assumed-inert"]
    bare = heated(CDS.replace("1.0", "1").replace("0.25", "0.3"), 180)
    plain = simulate(two_pathway("CdS"), bare)
    assert run_.fractions(run_.measurements[-1])["QD"] == pytest.approx(
        plain.fractions(plain.measurements[-1])["QD"], rel=0.5
    )
    many = simulate_many(
        two_pathway("CdS"), done, constants={"isomerisation.k": ["0.01 1/min"]}, inert=["HDA"]
    )
    assert not any(many.failed)


@pytest.mark.parametrize(
    ("inert", "why"),
    [("TOPO", "no charged reagent 'TOPO'"), ("toluene", "toluene takes part in reactions")],
)
def test_what_is_to_be_inert_is_charged_and_reacts_with_nothing(command, inert, why):
    answer = command("simulate", "--inert", inert, steps=[CDS])
    assert answer.code == 2
    assert why in answer.err


def test_a_liquid_of_the_wrong_kind_is_no_medium():
    done = heated(
        "charge flask with 0.3 mmol Cd(OAc)2/OLA, 0.1 mmol SeTOP and 5 g squalane at 60 degC", 120
    )
    scope = scope_of(mechanism_for("two-pathway/CdSe", done), done)
    assert not scope.in_scope
    assert "found in OLA, which is not there" in str(scope.problems[-1])


def test_topo_does_nothing_beside_the_liquid_of_a_set_and_is_none_in_its_place():
    beside = heated(
        "charge flask with 1 mmol Cd(MA)2, 0.3 mmol Se, 1 g TOPO and 9 g ODE at 60 degC", 200
    )
    scope = scope_of(two_pathway("CdSe-ODE"), beside)
    assert scope.in_scope
    assert [one.about for one in scope.cautions] == ["TOPO"]
    neat = heated("charge flask with 1 mmol Cd(MA)2, 0.3 mmol Se and 9 g TOPO at 60 degC", 200)
    assert not scope_of(two_pathway("CdSe-ODE"), neat).in_scope


def test_a_missing_source_is_named_where_nothing_can_react(command):
    answer = command(
        "simulate", "--json", steps=["charge flask with 1 mmol Cd(OA)2 and 9 g ODE at 60 degC"]
    )
    (warning,) = json.loads(answer.out)["warnings"]
    assert (warning["code"], warning["about"]) == ("nothing-reacts", "a source of S")


def test_a_cold_flask_in_which_nothing_forms_says_of_what(command):
    cold = CDS.replace("60", "25").replace("0.25 mmol", "0.0001 mmol")
    answer = command("simulate", "--json", steps=[cold])
    (warning,) = json.loads(answer.out)["warnings"]
    assert warning["code"] == "nothing-forms"
    assert "Cd(OA)2 and S" in warning["text"]


def test_a_material_without_a_model_has_facts_only(command):
    charge = "charge flask with 1 mmol Zn(OAc)2, 0.3 mmol S and 9 g OLA at 60 degC"
    refused = command("simulate", mechanism="two-pathway/ZnS", steps=[charge])
    assert refused.code == 2
    assert "facts only" in refused.err
    told = command("scope", "--json", mechanism="two-pathway/ZnS", steps=[charge])
    answer = json.loads(told.out)
    assert (told.code, answer["in_scope"]) == (1, False)
    assert "Zn(OAc)2" in answer["facts_only"]["sources"]["Zn"]


# ---- temperatures --------------------------------------------------------------------------------


def test_within_30_degrees_an_answer_has_wider_intervals_and_says_so_first(command):
    steps = [CDS, "heat flask to 235 degC over 10 min", "hold flask for 5 min"]
    first = command("simulate", steps=steps).out.splitlines()[0]
    assert first.startswith("235 degC is 15 degC outside the temperatures of the constants")
    answer = json.loads(command("simulate", "--json", steps=steps).out)
    assert "extrapolated" in [one["code"] for one in answer["warnings"]]
    (last,) = answer["measurements"]
    low, high = last["amounts_within"]["QD"]
    assert low <= last["amounts"]["QD"] <= high
    assert high > 1.01 * low
    inside = json.loads(command("simulate", "--json", steps=[CDS, "hold flask for 5 min"]).out)
    assert "amounts_within" not in inside["measurements"][0]


def test_an_interval_is_the_wider_the_farther_outside():
    def doubt(temperature):
        return scope_of(two_pathway("CdS"), heated(CDS, temperature)).doubt["growth.k"]

    assert 1.0 < doubt(230) < doubt(240) < doubt(250)


def test_beyond_30_degrees_or_tenfold_it_is_refused_unless_asked_for(command):
    steps = [CDS, "heat flask to 255 degC over 10 min", "hold flask for 1 min"]
    answer = command("simulate", steps=steps)
    assert answer.code == 2
    assert "35 degC outside" in answer.err
    assert command("scope", steps=steps).code == 1
    assert command("simulate", "--extrapolate", steps=steps).code == 0
    done = heated("charge flask with 1 mmol Cd(OA)2, 0.2 mmol TeTOP and 9 g ODE at 60 degC", 128, 5)
    with pytest.raises(ScopeError, match=r"is extrapolated \d"):  # 28 degC above, 27 times as fast
        simulate(two_pathway("CdTe-ODE"), done)
    simulate(two_pathway("CdTe-ODE"), done, extrapolate=True)


def test_what_is_frozen_all_along_is_no_extrapolation():
    done = flask(CDS, "hold flask for 5 min", "store flask at -196 degC for 2 d")
    assert scope_of(two_pathway("CdS"), done).in_scope


# ---- mechanisms of one's own ---------------------------------------------------------------------

OWN = """units: {time: min, concentration: mmol/L, energy: kJ/mol}
media: [HDA]
components: {Se: {composition: reagent}, X: {composition: {Se: 1}}}
reactions: {making: {equation: Se -> X, k: 0.1}}
"""


def test_a_mechanism_of_ones_own_speaks_about_its_components_and_what_it_declares(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    own = read_mechanism(path)
    done = heated("charge flask with 1 mmol Se, 1 g HDA and 9 g squalane at 60 degC", 300)
    scope = scope_of(own, done)
    assert {one.name: one.role for one in scope.reagents} == {
        "Se": "additive", "HDA": "declared", "squalane": "solvent", "toluene": "solvent",
    }  # fmt: skip
    assert scope.in_scope
    assert scope.range is None
    foreign = heated("charge flask with 1 mmol Se, 1 mmol Cd(OA)2 and 9 g squalane at 60 degC", 300)
    assert [one.name for one in scope_of(own, foreign).reagents if not one.known] == ["Cd(OA)2"]


# ---- how it is said ------------------------------------------------------------------------------


def test_scope_shows_every_reagent_with_its_part(command):
    steps = [CDS.replace("9 g", "0.1 mmol TOPO and 9 g"), "heat flask to 180 degC over 10 min"]
    answer = json.loads(command("scope", "--json", steps=steps).out)
    assert answer["in_scope"] is True
    assert {one["name"]: one["role"] for one in answer["reagents"]} == {
        "Cd(OA)2": "metal precursor", "S": "chalcogen precursor", "TOPO": "additive",
        "ODE": "solvent", "toluene": "solvent",
    }  # fmt: skip
    assert all(one["known"] for one in answer["reagents"])
    assert answer["temperatures"] == {
        "constants_degC": pytest.approx([25, 220]), "protocol_degC": pytest.approx([60, 180]),
    }  # fmt: skip
    assert (
        "constants found with: CdS from Cd(OA)2 and S in ODE" in command("scope", steps=steps).out
    )


def test_a_caution_is_a_sentence_with_a_kind_that_survives_a_pickle():
    one = pickle.loads(pickle.dumps(Caution("it boils", "boiling", "MeOH")))  # noqa: S301
    assert (one, one.code, one.about) == ("it boils", "boiling", "MeOH")
    assert one.as_dict() == {"code": "boiling", "text": "it boils", "about": "MeOH"}


@pytest.mark.parametrize("name", ["two-pathway/CdS", "classical/CdS", "sequential/CdS"])
def test_products_have_one_name_whatever_the_mechanism(command, name):
    steps = [CDS, "heat flask to 180 degC over 10 min", "hold flask for 30 min"]
    answer = json.loads(command("simulate", "--json", mechanism=name, steps=steps).out)
    (last,) = answer["measurements"]
    assert {*last["products"]} == {"PC", "MSC", "QD", "Mo/Fr"}
    assert last["products"]["QD"] == pytest.approx(last["amounts"]["QD"])
    assert sum(last["products"].values()) > 0.001


# ---- a few hundred flasks of a generator --------------------------------------------------------

METALS = {
    "Cd(OA)2": 3, "Cd(MA)2": 2, "Cd(SA)2": 1, "Cd(OAc)2/OLA": 2, "Cd(OAc)2": 1, "CdMe2": 1,
    "CdO, 2.4 mmol HOA": 2, "CdO, 2.4 mmol HSA": 1, "CdO, 1.2 mmol ODPA": 1, "Zn(OAc)2": 1,
}  # fmt: skip
SOURCES = {
    "S": 4, "STOP": 1, "Se": 3, "SeTOP": 3, "SeHPPh2": 1, "Se, 1 mmol TBP": 1, "TeTOP": 2,
}  # fmt: skip
LIQUIDS = {"ODE": 5, "octadecane": 1, "squalane": 1, "paraffin": 1, "OLA": 3, "TOA": 1}
BESIDE = {
    "": 12,
    "0.5 mmol TOPO, ": 1,
    "0.5 mmol HPPh2, ": 1,
    "0.5 mmol HOAc, ": 1,
    "1 mmol HDA, ": 1,
}


def drawn(rng):
    """Return a flask as chemists write it: heated up for an hour, with a sample at the end."""

    def one(of):
        weights = np.array([*of.values()], dtype=float)
        return str(rng.choice([*of], p=weights / weights.sum()))

    source = one(SOURCES)
    charge = (
        f"charge flask with 1 mmol {one(METALS)}, 0.3 mmol {source}, {one(BESIDE)}"
        f"and 9 g {one(LIQUIDS)} at 60 degC"
    ).replace(", and", " and")
    atom = next(name for name in ("Se", "S", "Te") if source.startswith(name))
    hot = int(rng.choice([120, 140, 160, 180, 200, 220, 240]))
    steps = [f"heat flask to {hot} degC over 10 min", "hold flask for 60 min"]
    return f"two-pathway/Cd{atom}", Protocol.from_text([charge, *steps, *SAMPLE], name=charge)


def test_of_300_flasks_none_is_answered_with_nothing_unless_the_reagent_is_named():
    rng, seen = np.random.default_rng(18), Counter()
    for _ in range(300):
        name, done = drawn(rng)
        mechanism = mechanism_for(name, done)
        scope = scope_of(mechanism, done)
        if scope.problems:
            named = {one.name for one in scope.reagents if not one.known}
            assert named
            assert all(any(str(p).count(one) for p in scope.problems) for one in named)
            seen["refused for a reagent"] += 1
        elif scope.beyond:
            seen["refused for a temperature"] += 1
        else:
            seen["in scope"] += 1
            assert not scope.missing
            if seen["in scope"] % 2:  # half of them are run
                found = simulate(mechanism, done)
                shares = found.fractions(found.measurements[-1])
                made = 1.0 - shares.get("precursor", 0.0) - shares.get("assembly", 0.0)
                assert made > 1e-4, (name, str(done))
    sys.stdout.write(f"{dict(seen)}\n")  # the shares
    assert seen["in scope"] >= 90


def test_what_an_element_is_needs_no_library(monkeypatch):
    """molmass is an extra, and a flask has a scope without it; in the tests it is the oracle."""
    from prenuc.scope.facts_only import ELEMENTS, is_without_model

    assert {one.symbol for one in molmass.ELEMENTS} == ELEMENTS
    monkeypatch.setitem(sys.modules, "molmass", None)
    assert is_without_model("ZnS")
    assert not is_without_model("CdS")
    assert not is_without_model("XxS")
