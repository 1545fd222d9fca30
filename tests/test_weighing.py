"""Grams and mmol that cannot both be true are noticed; rounding is no contradiction."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import molmass
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.errors import FactsError
from prenuc.facts.catalogue import entries, reagent_called, reagent_names
from prenuc.facts.weighing import TOLERANCE, weighed
from prenuc.protocol import Protocol

TABLE = Path(__file__).parents[1].parent / "shared/data/cdse_hot_injection_literature/syntheses.csv"
there = pytest.mark.skipif(not TABLE.exists(), reason=f"the table is not at {TABLE}")

COLUMNS = {
    "Metal_source": "Metal",
    "Chalcogen_source": "Chalcogen",
    "Carboxylic_Acid": "CA",
    "Amines": "Amines",
    "Phosphines": "Phosphines",
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("TOP-Se", "SeTOP"), ("TOP:Se", "SeTOP"), ("top=s", "STOP"), ("TOP Te", "TeTOP"),
        ("DPP-Se", "SeHPPh2"), ("1-Octadecene", "ODE"), ("Oleic Acid", "HOA"), ("sulphur", "S"),
        ("Cadmium(II) oxide", "CdO"), ("cadmium(II) acetate dihydrate", "Cd(OAc)2(H2O)2"),
        ("oleyl amine", "OLA"), ("Cd oleate", "Cd(OA)2"), ("zinc stearate", "Zn(SA)2"),
    ],
)  # fmt: skip
def test_a_reagent_is_known_however_its_name_is_spelt(written, meant):
    assert reagent_called(written) == meant


def test_no_spelling_would_do_for_two_reagents_and_none_for_what_is_not_there():
    assert [name for name in reagent_names() if reagent_called(name) is None] == []
    apart = {reagent_called(name.upper()) == one for name, one in reagent_names().items()}
    assert apart == {True}
    for name in ("unobtainium", "Se oxide", "TOPX", "", "-"):
        assert reagent_called(name) is None


def rows():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@there
def test_every_reagent_and_solvent_of_146_syntheses_is_known_by_its_name_in_the_table():
    found, known = rows(), reagent_names()
    assert len(found) == 146
    cells = {row[column] for row in found for column in (*COLUMNS, "Solvent I", "Solvent II")}
    names = {part for cell in cells - {"None"} for part in cell.split("/")}
    assert len(names) == 31
    assert not names - known.keys()
    masses = {one.id: molmass.Formula(one.formula).mass for one in entries("reagents").values()}
    for name in names:
        one = entries("reagents")[known[name]]
        assert one.molar_mass.quantity.to("g/mol") == pytest.approx(masses[one.id], rel=3e-5)


@there
def test_the_faults_of_the_table_are_those_that_were_counted_by_hand():
    wrong, beyond, said = Counter(), Counter(), {}
    for row in rows():
        for column, head in COLUMNS.items():
            name, grams = row[column], row[f"{head}_amount (g)"]
            if name == "None" or "/" in name:  # a mixture has no molar mass
                continue
            found = weighed(name, grams, row[f"{head}_mmol (mmol)"])
            wrong[column] += not found.agrees
            beyond[column] += not found.rounded
            said[str(found)] = found
    # As the note beside the table counts them, at 15 %; the metal twice for 0.01 g of CdO.
    assert wrong == {
        "Phosphines": 22, "Chalcogen_source": 21, "Carboxylic_Acid": 12, "Metal_source": 2,
        "Amines": 0,
    }  # fmt: skip
    assert beyond["Metal_source"] == 0
    assert beyond["Chalcogen_source"] == 3
    assert "0.0213 g of Se are 0.27 mmol, not 2.7" in said
    assert "0.16 g of TBP are 0.791 mmol, not 0.44 (as many as of TOP)" in said
    assert "0.55 g of HMA are 2.41 mmol, not 1.94 (as many as of HSA)" in said


def test_a_rounded_number_is_no_contradiction():
    found = weighed("selenium powder", "0.01", "0.18")  # 0.18 mmol are 0.0142 g
    assert not found.agrees
    assert found.rounded
    assert "rounding" in str(found)
    assert not weighed("Se", "0.010", "0.18").rounded


def test_what_agrees_says_so():
    found = weighed("cadmium oxide", "0.5", "3.9")
    assert found.agrees
    assert str(found) == "0.5 g of CdO are 3.89 mmol, as printed"


@given(
    name=st.sampled_from(sorted(entries("reagents"))),
    millimoles=st.floats(0.01, 100),
    off=st.floats(0.2, 5),
)
def test_an_amount_is_believed_within_15_percent_and_no_further(name, millimoles, off):
    molar = entries("reagents")[name].molar_mass.quantity.to("g/mol")
    found = weighed(name, f"{millimoles * molar / 1000:.9f}", f"{millimoles * off:.9f}")
    assert found.error == pytest.approx(off - 1, rel=1e-4, abs=1e-4)
    assert found.rounded == (abs(off - 1) <= TOLERANCE) or abs(abs(off - 1) - TOLERANCE) < 1e-4


@pytest.mark.parametrize("number", ["", "none", "0", "-1", "nan", "inf", "1e-400", "1e999999999"])
def test_what_is_no_amount_is_refused(number):
    with pytest.raises(FactsError, match="not an amount"):
        weighed("CdO", number, "1")


def test_an_unknown_compound_is_answered_with_the_nearest():
    with pytest.raises(FactsError, match="stearic acid"):
        weighed("steric acid", "1", "1")


@pytest.mark.parametrize(
    "contents",
    [
        "0.086 mmol cadmium acetate dihydrate, 0.33 mmol HDA and 4 g TOPO",
        "1 mmol dimethylcadmium and 9 g phenyl ether",
        "0.4 mmol CdO, 1.2 mmol 2,6-dimethylpyridine, 1 mmol ODPA and 5 g squalane",
        "0.4 mmol cadmium stearate, 1 mmol stearic acid and 5 g liquid paraffin",
        "0.4 mmol CdO, 12 mmol benzoic acid and 5 mL hexadecane",
        "0.4 mmol SeTBP, 1 mmol TBP and 5 mL trioctylamine",
    ],
)
def test_a_flask_can_be_charged_with_them(contents):
    done = Protocol.from_text([f"charge flask with {contents} at 80 degC", "measure flask"])
    (look,) = [op for op in done.plan if getattr(op, "looks", ())]
    grams = sum(
        moles * entries("reagents")[name].molar_mass.si
        for op in done.plan
        for name, moles in getattr(op, "amounts", {}).items()
    )
    assert 700 < grams / look.volume < 1200  # kg/m³: an organic solution
