"""Precursors stand for others of their family; what a flask makes of CdO it makes whole."""

from __future__ import annotations

import numpy as np
import pytest

from prenuc.facts.catalogue import entries
from prenuc.facts.family import PARTS
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.protocol import Protocol
from prenuc.scope.adapted import WATER, composition_of
from prenuc.scope.choice import mechanism_for
from prenuc.scope.verdict import scope_of
from prenuc.simulation.doubt import amounts_within
from prenuc.simulation.run import simulate
from prenuc.simulation.solution import Run
from prenuc.thermodynamics.check import check


def injected(metal="1 mmol Cd(OA)2", source="0.5 mmol SeTOP", liquid="ODE", minutes=10):
    return Protocol.from_text(
        [
            f"charge flask with {metal} and 10 g {liquid} at 230 degC",
            f"hold flask for {minutes} min",
            f"inject {source} into flask",
            f"hold flask for {minutes} min",
            "measure flask",
        ],
        name="mine",
    )


def run(done, name="two-pathway/CdSe"):
    return simulate(mechanism_for(name, done), done)


def amounts(done):
    found = run(done)
    return found.amounts(found.measurements[-1])


def test_a_material_stands_for_all_its_systems_and_the_nearest_answers():
    named = {
        "Cd(MA)2": ("Se", "ODE", "two-pathway/CdSe-ODE"),
        "Cd(OAc)2/OLA": ("SeTOP", "OLA", "two-pathway/CdSe"),
        "Cd(OA)2": ("SeTOP", "squalane", "two-pathway/CdSe-ODE"),
    }
    for metal, (source, liquid, name) in named.items():
        done = injected(f"1 mmol {metal}", f"0.5 mmol {source}", liquid)
        assert mechanism_for("two-pathway/CdSe", done).name == name


def test_a_hot_injection_of_setop_onto_oleate_gives_dots_and_says_what_is_assumed():
    found = run(injected())
    assert found.amounts(found.measurements[-1])["QD"] > 0.01
    cautions = {one.about: one for one in found.warnings}
    assert {*cautions} == {"Cd(OA)2", "SeTOP"}
    assert all(one.code == "assumed-precursor" for one in cautions.values())
    assert "stands for Se" in cautions["SeTOP"]
    (within,) = amounts_within(found)
    low, high = within["QD"]
    assert low < 0.9 * high


def test_a_quicker_source_makes_more_and_a_slower_one_less():
    made = [
        sum(v for n, v in amounts(injected(source=f"0.5 mmol {s}", minutes=3)).items() if n == "QD")
        for s in ("SeTPP", "SeTOP", "SeTBP", "SeHPPh2")
    ]
    assert made == sorted(made)
    assert made[-1] > 2 * made[0]


def test_the_reactivity_classes_keep_the_published_order():
    rates = {
        name: one.rate.si
        for family in entries("families").values()
        for name, one in family.members.items()
        if family.part == "chalcogen"
    }
    assert rates["STOP"] < rates["STBP"]  # ruberu2012
    assert rates["SeTPP"] < rates["SeTOP"] < rates["SeTBP"] < rates["SeHPPh2"]
    assert rates["STOP"] < rates["SeTOP"]
    assert rates["STBP"] < rates["SeTBP"]


def test_families_hold_reagents_of_the_shelf_that_bring_what_their_part_asks():
    shelf, kinds = entries("reagents"), entries("moieties")
    for family in entries("families").values():
        assert family.part in PARTS
        for name, one in family.members.items():
            assert one.within.si >= 1.0
            parts = {kinds[p].kind for p in shelf[name].composition if p in kinds}
            assert family.part == "solvent" or family.part in parts, name


def test_preparations_are_balanced_and_make_members_of_families_or_of_systems():
    wanted = {name for one in entries("systems").values() for name in one.reagents}
    wanted |= {name for one in entries("families").values() for name in one.members}
    for one in entries("preparations").values():
        left = {}
        for sign, side in ((-1, one.takes), (1, one.gives)):
            for name, number in side.items():
                for part, count in composition_of(name).items():
                    left[part] = left.get(part, 0) + sign * number * count
        assert not any(left.values()), one.id
        assert one.precursor in wanted, one.id


def test_oxide_and_acid_come_to_the_same_as_the_soap():
    soap = amounts(injected("1 mmol Cd(OA)2, 1 mmol HOA", minutes=30))
    made = amounts(injected("1 mmol CdO, 3 mmol HOA", minutes=30))
    assert made["CdO"] < 1e-3 * made["Cd(OA)2"]
    assert made["QD"] == pytest.approx(soap["QD"], rel=1e-2)
    assert made[WATER] > 0


def test_acid_runs_out_before_oxide_and_oxide_hardly_dissolves_in_the_cold():
    short = run(injected("1 mmol CdO, 1 mmol HOA", minutes=60))
    held = short.amounts(short.measurements[-1])
    assert held["HOA"] < 0.1 * held["CdO"]
    cold = Protocol.from_text(
        [
            "charge flask with 1 mmol CdO, 4 mmol HOA, 0.5 mmol Se and 10 g ODE at 60 degC",
            "hold flask for 60 min",
            "measure flask",
        ]
    )
    found = run(cold)
    assert found.amounts(found.measurements[-1])["CdO"] > 0.9 * 1e-3 / found.measurements[-1].volume


def test_acetate_in_hot_acid_is_the_soap_and_its_acetic_acid_acts_on_nothing():
    soap = amounts(injected("1 mmol Cd(OA)2, 1 mmol HOA", minutes=30))
    made = amounts(injected("1 mmol Cd(OAc)2(H2O)2, 3 mmol HOA", minutes=30))
    assert made["Cd(OAc)2(H2O)2"] < 1e-3 * made["Cd(OA)2"]
    assert made["QD"] == pytest.approx(soap["QD"], rel=0.05)  # some 5 % more liquid


def test_selenium_in_a_phosphine_is_its_selenide():
    found = run(injected(source="0.5 mmol Se and 1 mmol TBP"))
    held = found.amounts(found.measurements[-1])
    assert held["Se"] < 1e-2 * held["SeTBP"]
    assert found.scope.in_scope
    assert "SeTBP" in {one.reagent for one in found.mechanism.stand_ins}


def test_a_phosphonate_is_slower_than_an_oleate():
    quick, slow = amounts(injected(minutes=3)), amounts(injected("1 mmol Cd(ODPA)", minutes=3))
    assert slow["QD"] < quick["QD"]


@pytest.mark.parametrize("metal", ["Cd(OA)2", "Cd(ODPA)", "Cd(Bz)2"])
@pytest.mark.parametrize("source", ["SeTOP", "SeHPPh2"])
def test_with_other_precursors_a_mechanism_still_obeys_thermodynamics(metal, source):
    assert check(two_pathway("CdSe-ODE", metal=metal, chalcogen=source)).verdict == "consistent"


def test_a_mechanism_for_other_precursors_is_checked_varied_and_saved_as_any_other(tmp_path):
    done = injected("1 mmol CdO, 3 mmol HOA", minutes=5)
    mechanism = mechanism_for("two-pathway/CdSe", done)
    assert mechanism is mechanism_for("two-pathway/CdSe", done)
    assert check(mechanism).verdict == "consistent"
    other = mechanism.with_constants({"growth.k": "0.1 L/mmol/min"})
    assert other.stand_ins == mechanism.stand_ins
    assert tuple(other.components) == tuple(mechanism.components)
    found = simulate(mechanism, done)
    assert found.conservation["flask"]["Cd"] < 1e-10
    found.save(tmp_path / "run.nc")
    loaded = Run.load(tmp_path / "run.nc")
    assert loaded.warnings == found.warnings
    np.testing.assert_array_equal(
        loaded.measurements[-1].concentration, found.measurements[-1].concentration
    )


def test_zinc_acetate_in_amine_is_the_precursor_of_the_set():
    done = Protocol.from_text(
        [
            "charge flask with 0.4 mmol Zn(OAc)2, 0.1 mmol SeTOP and 5 g OLA at 25 degC",
            "heat flask to 120 degC over 10 min",
            "hold flask for 15 min",
            "measure flask",
        ]
    )
    found = run(done, "two-pathway/ZnSe")
    held = found.amounts(found.measurements[-1])
    assert held["Zn(OAc)2"] < 1e-3 * held["Zn(OAc)2/OLA"]
    assert scope_of(found.mechanism, done).in_scope


def test_cadmium_carboxylate_of_another_acid_in_cds_keeps_what_the_set_says_of_acids():
    msa = two_pathway("CdS", metal="Cd(MSA)2")
    assert "HOA" in msa.components  # the set knows both acids, and none takes the other's name
    assert "HMSA" in msa.components
    laurate = two_pathway("CdS", metal="Cd(LA)2")
    assert "laurate (released)" in laurate.components
    assert "HOA" not in laurate.components or "HLA" in laurate.components
