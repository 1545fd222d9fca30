"""What the screens ask for is what the commands answer."""

from __future__ import annotations

import inspect
import json
import shlex

import pytest

from commands import run
from prenuc.errors import InputError
from prenuc.present.app import messages
from prenuc.present.app.actions import ACTIONS
from prenuc.present.app.commands import command
from prenuc.present.app.desk import Desk
from prenuc.present.app.session import Session


@pytest.fixture
def ask():
    """Ask as a page does: what goes over the line is checked and must be JSON."""
    session = Session(Desk())

    def asked(name, **given):
        action, given = messages.checked(ACTIONS, name, given)
        return json.loads(json.dumps(action(session, **given), allow_nan=False))

    yield asked
    session.jobs.close()


@pytest.fixture
def prenuc(capsys, monkeypatch):
    """Run the command line that a screen shows."""

    def ran(line, *more):
        program, *words = shlex.split(line)
        assert program == "prenuc"
        return run(capsys, monkeypatch, *words, *more)

    return ran


def test_every_action_says_what_it_takes_in_kinds_that_are_checked():
    for name, action in ACTIONS.items():
        for parameter in list(inspect.signature(action).parameters.values())[1:]:
            kinds = {*str(parameter.annotation).split(" | ")} - {"None"}
            assert kinds <= {*messages.KINDS}, (name, parameter.name)


def test_a_command_is_quoted_for_a_shell():
    line = command("fit", "my run.csv", "A -> B", at="311 nm", mask=["1 nm", "2 nm"], seed=None)
    assert shlex.split(line)[1:] == [
        *("fit", "my run.csv", "A -> B", "--at", "311 nm", "--mask", "1 nm", "--mask", "2 nm"),
    ]


def test_the_catalogue_is_searched_as_by_the_command(ask, prenuc):
    found = ask("catalogue.find", words="msc 311", material="CdS")
    assert found["rows"] == json.loads(prenuc(found["command"], "--json").out)
    listed = ask("catalogue.find", words=" ", kind="reagents")
    assert [row["id"] for row in listed["rows"]] == ask("catalogue.begin")["reagents"]
    with pytest.raises(InputError, match="nothing to look for"):
        ask("catalogue.find", words="")


def test_an_entry_has_a_source_and_a_status_for_every_number(ask, prenuc):
    told = ask("catalogue.show", entry="MSC-311")
    shown = json.loads(prenuc(told["command"], "--json").out)
    assert {"kind of entry": told["kind"], **told["entry"]} == shown
    values = [*numbers(told["entry"])]
    assert values
    assert all(value["source"] and value["status"] for value in values)
    cited = {one["id"] for one in told["cited"]}
    assert all(value["source"].split(" @ ")[0] in cited for value in values)


def numbers(thing):
    if isinstance(thing, dict):
        if {"value", "unit"} <= thing.keys():
            yield thing
        for inside in thing.values():
            yield from numbers(inside)
    elif isinstance(thing, list):
        for inside in thing:
            yield from numbers(inside)


def test_calculators_give_the_numbers_of_the_commands(ask, prenuc):
    sized = ask("catalogue.size", material="CdSe", wavelength="550", absorbance=0.42, dilution=10.0)
    rows = json.loads(prenuc(sized["command"], "--json").out)
    assert [one["diameter_nm"] for one in sized["sizes"]] == [one["diameter_nm"] for one in rows]
    assert sized["amounts"]["rows"][0][1] == f"{rows[0]['amount']['concentration']:.3g}"
    mixed = ask("catalogue.batch", contents="cds-msc-311-in-toluene", times=2.0)
    assert mixed["batches"] == json.loads(prenuc(mixed["command"], "--json").out)
    thin = ask("catalogue.dilute", taken="25 uL", into="3 mL", absorbance=1.9, wanted=0.5)
    assert thin["numbers"] == json.loads(prenuc(thin["command"], "--json").out)
    with pytest.raises(InputError, match="no reagent"):
        ask("catalogue.batch", contents="1 mmol CdX2")


def test_no_file_of_the_machine_is_read_by_a_calculator(ask, tmp_path):
    file = tmp_path / "batch.yaml"
    file.write_text("protocol: [charge flask with 1 g ODE at 25 degC]\n", encoding="utf-8")
    with pytest.raises(InputError, match="not an amount"):
        ask("catalogue.batch", contents=str(file))


def test_models_and_rows_are_those_of_the_command(ask, prenuc):
    told = ask("court.models")
    standing = json.loads(prenuc(told["command"], "--json").out)
    assert [one["score"] for one in told["models"]] == [one["score"] for one in standing]
    names = {one["model"] for one in standing}
    assert all({*row["answers"]} == names for row in told["rows"])


def test_ablations_are_those_of_the_command_and_every_word_is_explained(ask, prenuc):
    known = ask("court.mechanisms")
    told = ask("court.ablations", mechanism=known["mechanisms"][0])
    shown = json.loads(prenuc(told["command"], "--json").out)
    assert told["steps"] == [{key: row[key] for key in told["steps"][0]} for row in shown]
    assert {one["verdict"] for one in told["steps"]} <= {*known["words"]}
    with pytest.raises(InputError, match="Nearest"):
        ask("court.ablations", mechanism="two-pathwy/CdS")


def test_a_row_has_its_figure(ask, prenuc):
    told = ask("court.row", row="2b-rate-constant")
    assert told["figure"].startswith("<svg")
    (same,) = [
        one
        for one in json.loads(prenuc(told["command"], "--json").out)
        if one["id"] == "2b-rate-constant"
    ]
    assert told["row"]["simulated"] == pytest.approx(same["simulated"])
    with pytest.raises(InputError, match="Nearest"):
        ask("court.row", row="2b-rate-constnt")


def test_what_next_begins_with_what_can_be_asked(ask):
    told = ask("next.begin")
    assert any("Pathway 2" in step for step in told["materials"]["CdS"]["steps"])
    assert "isomerisation.k" in told["materials"]["CdS"]["constants"]
    assert {*told["usual"]} <= {*told["materials"]["CdS"]["models"]}
    with pytest.raises(InputError, match="no question"):
        ask("next.ask", material="CdS", question="why")
    assert told["materials"]["CdS"]["units"] == 10
    with pytest.raises(InputError, match="usual recipe"):
        ask("next.ask", material="PbS", question="models")
    with pytest.raises(InputError, match="no model is left"):
        ask("next.ask", material="CdS", question="models", models=[])
    with pytest.raises(InputError, match="nothing may be varied"):
        ask("next.ask", material="CdS", question="models", vary=[])
    for about in ("", "-3", "many"):
        with pytest.raises(InputError, match="no number of units"):
            ask("next.ask", material="CdS", question="units", about=about)


def test_next_asks_what_a_command_asks_of_units_and_opens_what_it_answers(monkeypatch):
    from prenuc.infer.selection import disagreement, rehearsal
    from prenuc.present.app.screens.next import where_it_shows

    asked = []

    def heard(*both, **_):
        asked.append([one.name for one in both[:2]])
        raise InputError("far enough")

    monkeypatch.setattr(disagreement, "disagreement", heard)
    monkeypatch.setattr(rehearsal, "rehearsed", heard)
    for which in ({"units": 20}, {"step": "Pathway 2"}):
        with pytest.raises(InputError, match="far enough"):
            where_it_shows(lambda _: None, material="CdTe", **which)
    assert [one for one, _ in asked] == ["two-pathway/CdTe"] * 2
    assert "20 units" in asked[0][1]
    assert "without" in asked[1][1]
    with pytest.raises(InputError, match="holds 10 units"):
        where_it_shows(lambda _: None, material="CdTe", units=10)


def test_next_answers_as_the_command(prenuc):
    from prenuc.present.app.screens.next import proposals

    asked = {"models": "two-pathway", "vary": ["cuvette"], "sharpen": "isomerisation.k", "seed": 1}
    shares = []
    told = proposals(shares.append, material="CdS", **asked)
    shown = json.loads(prenuc(told["command"], "--json", "--workers", "1").out)
    bits = [one["expected_information"] for one in told["proposals"]]
    assert bits == pytest.approx([one["expected_information"] for one in shown])
    assert told["proposals"][0]["bench_steps"] == shown[0]["bench_steps"]
    assert told["mechanism"] == "two-pathway/CdS"
    assert shares[-1] == 1.0
