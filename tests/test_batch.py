"""Batches and dilutions against a hand calculation and against what a simulated flask holds."""

from __future__ import annotations

import json

import pytest

import prenuc as pn
from commands import run
from prenuc.errors import InputError
from prenuc.protocol.batch import batch, batches, dilution


def test_grams_are_millimoles_times_the_molar_mass_of_the_formula():
    found = batch("1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE")
    by_name = {one.reagent: one for one in found.parts}
    assert by_name["Cd(OA)2"].grams == pytest.approx(1.2e-3 * (112.414 + 2 * 281.46), rel=1e-4)
    assert by_name["S"].grams == pytest.approx(0.3e-3 * 32.06, rel=1e-4)
    assert by_name["ODE"].millimoles == pytest.approx(
        1e3 * 9.2 / (18 * 12.011 + 36 * 1.008), rel=1e-4
    )
    assert by_name["ODE"].millilitres == pytest.approx(9.2 / 0.789, rel=2e-2)
    assert by_name["S"].millilitres is None
    assert found.grams == pytest.approx(sum(one.grams for one in found.parts), rel=1e-6)


def test_a_recipe_weighs_the_concentration_that_is_printed():
    protocol = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))
    (flask,) = batches(protocol)
    (sulfur,) = [one for one in flask.parts if one.reagent == "S"]
    assert sulfur.per_kg == pytest.approx(30.0, rel=1e-6)  # Table S3: 30 mmol/kg
    (twice,) = batches(protocol, times=2.0)
    assert twice.grams == pytest.approx(2 * flask.grams)
    assert [one.per_kg for one in twice.parts] == pytest.approx([one.per_kg for one in flask.parts])


def test_a_dilution_is_that_of_the_simulated_cuvette():
    recipe = pn.Protocol.from_text(
        "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 25 degC\n"
        "take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC\n"
        "measure cuvette at 0 min"
    )
    simulated = pn.simulate(pn.two_pathway("CdS"), recipe)
    series = pn.uv_vis(simulated)
    assert dilution("25 uL", "3 mL").factor == pytest.approx(121.0)
    assert series.beside["dilution"][0] == pytest.approx(121.0, rel=1e-6)


def test_what_to_take_for_a_reading_gives_that_reading():
    first = dilution("27.8 mg", "3 mL", of="ODE", absorbance=1.9, wanted=0.5)
    assert first.to_take is not None
    again = dilution(f"{first.to_take} mL", "3 mL", absorbance=0.5)
    assert again.undiluted == pytest.approx(first.undiluted)
    with pytest.raises(InputError, match="as it is shows"):
        dilution("1 mL", "1 mL", absorbance=0.5, wanted=1.0)


def test_all_that_is_wrong_is_said_at_once(capsys, monkeypatch):
    told = run(capsys, monkeypatch, "dilute", "1 mmol", "0 mL", "--wanted", "0")
    assert told.code == 2
    wrong = [line.split(":")[1].strip() for line in told.err.splitlines()]
    assert wrong == ["taken", "into", "wanted", "wanted"]
    assert run(capsys, monkeypatch, "batch", "1 mmol Cd(OA)3").code == 2
    assert run(capsys, monkeypatch, "batch", "1 g ODE", "--times", "0").code == 2


def test_the_command_answers_as_the_function(capsys, monkeypatch):
    told = json.loads(run(capsys, monkeypatch, "batch", "0.3 mmol S and 9 g ODE", "--json").out)
    assert told[0]["parts"][0]["grams"] == batch("0.3 mmol S and 9 g ODE").parts[0].grams
    text = run(capsys, monkeypatch, "dilute", "25 uL", "3 mL", "--absorbance", "0.5").out
    assert "diluted 121 times" in text
    assert "60.5" in text


def test_every_word_must_stand_in_what_is_found(capsys, monkeypatch):
    told = run(capsys, monkeypatch, "find", "msc", "311", "--material", "CdS", "--json")
    found = json.loads(told.out)
    assert found[0]["id"] == "MSC-311"
    assert {"recipes", "species", "claims"} <= {row["kind of entry"] for row in found}
    assert all(row["material"] == "CdS" for row in found)
    assert any(row["id"] == "HOA" for row in json.loads(_found(capsys, monkeypatch, "oleic acid")))
    assert run(capsys, monkeypatch, "find", "no such thing at all").code == 1
    assert run(capsys, monkeypatch, "find", "msc", "--material", "CdX").code == 2


def _found(capsys, monkeypatch, text):
    return run(capsys, monkeypatch, "find", *text.split(), "--json").out
