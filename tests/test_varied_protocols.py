"""The same protocol with one thing done otherwise; the oracle is the text that one would write."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.errors import ProtocolError
from prenuc.facts.catalogue import entries, reagent_names, recipe
from prenuc.protocol import Protocol
from prenuc.protocol.varying import temperature_of
from prenuc.quantities import Quantity

WRITTEN = """\
charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S, 9 g ODE and 0 mmol HOA at 60 degC
heat flask to 180 degC at 12 degC/min
hold flask for 20 min
cool flask by 20 degC over 2 min
hold flask for 1 h
inject 1.75 mmol HMSA into flask
store flask at -196 degC for 2 d
take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC
measure cuvette at 0 min, 1 d
discard 1 mL of flask"""
NAMES = (
    "charge flask", "heat flask", "hold flask", "cool flask", "hold flask 2", "inject into flask",
    "store flask", "take into cuvette", "measure cuvette", "discard of flask",
)  # fmt: skip
USUAL = replace(Protocol.from_text(WRITTEN), name="mine", source="notebook 3")
TEMPERATURES = [n for n, step in enumerate(USUAL.steps, 1) if temperature_of(step) is not None]


def changed(protocol):
    """Return the lines that are not as they were."""
    old, new = WRITTEN.splitlines(), str(protocol).splitlines()
    assert (protocol.name, protocol.source) == ("mine", "notebook 3")
    assert Protocol.from_text(str(protocol)).steps == protocol.steps
    assert str(USUAL) == WRITTEN  # as it was
    return [line for line in new if line not in old]


def test_steps_have_names_of_their_own():
    assert USUAL.step_names == NAMES
    for entry in entries("recipes").values():
        names = Protocol.from_recipe(entry).step_names
        assert len(set(names)) == len(names)


# ---- one change ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "temperature", "line"),
    [
        ("charge flask", "50 degC", WRITTEN.splitlines()[0].replace("60", "50")),
        ("heat flask", "240 degC", "heat flask to 240 degC at 12 degC/min"),
        (2, Quantity(450.0, "K"), "heat flask to 450 K at 12 degC/min"),
        ("cool flask", "100 degC", "cool flask to 100 degC over 2 min"),
        ("store flask", "-20 degC", "store flask at -20 degC for 2 d"),
        (8, "60 degC", "take 25 uL of flask into cuvette with 3.00 mL toluene at 60 degC"),
    ],
)
def test_a_temperature(step, temperature, line):
    assert changed(USUAL.with_temperature({step: temperature})) == [line]


@pytest.mark.parametrize(
    ("step", "duration", "line"),
    [
        ("hold flask", "2 h", "hold flask for 2 h"),
        ("hold flask 2", "5 min", "hold flask for 5 min"),
        ("store flask", "1 h", "store flask at -196 degC for 1 h"),
        ("heat flask", "30 min", "heat flask to 180 degC over 30 min"),
        (4, "1 min", "cool flask by 20 degC over 1 min"),
    ],
)
def test_a_duration(step, duration, line):
    assert changed(USUAL.with_duration({step: duration})) == [line]


@pytest.mark.parametrize(
    ("step", "amounts", "line"),
    [
        (
            "charge flask",
            {"S": "0.01 mmol", "Cd(OA)2": "40 umol"},
            "charge flask with 40 umol Cd(OA)2, 0.01 mmol S, 9 g ODE and 0 mmol HOA at 60 degC",
        ),
        (
            "charge flask",
            {"HOA": "0 mmol", "TOPO": "1 mmol"},
            "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S, 9 g ODE and 1 mmol TOPO at 60 degC",
        ),
        ("inject into flask", {"HMSA": "1 mmol"}, "inject 1 mmol HMSA into flask"),
        (
            "take into cuvette",
            {"flask": "250 uL", "MeOH": "0.05 mL"},
            "take 250 uL of flask into cuvette with 3.00 mL toluene and 0.05 mL MeOH at 25 degC",
        ),
        ("discard of flask", {"flask": "2 mL"}, "discard 2 mL of flask"),
    ],
)
def test_amounts(step, amounts, line):
    assert changed(USUAL.with_amount({step: amounts})) == [line]


def test_an_amount_goes_by_any_name_of_the_reagent():
    other = next(name for name, known in reagent_names().items() if known == "ODE" != name)
    (line,) = changed(USUAL.with_amount({1: {other: "5 g"}}))
    assert f"5 g {other}" in line
    assert "9 g" not in line


def test_nothing_left_to_inject_is_no_step():
    found = USUAL.with_amount({"inject into flask": {"HMSA": "0 mmol"}})
    assert len(found.steps) == len(USUAL.steps) - 1
    assert "inject" not in str(found)


@pytest.mark.parametrize(("by", "portion"), [(10, "2.5 uL"), (0.2, "125 uL"), (3, "8.333 uL")])
def test_a_dilution(by, portion):
    (line,) = changed(USUAL.with_dilution({"take into cuvette": by}))
    assert line.startswith(f"take {portion} of flask into cuvette with 3.00 mL")


@pytest.mark.parametrize(
    ("step", "at", "lines"),
    [
        ("hold flask", None, ["hold flask for 20 min", "inject 3 mmol TOPO into flask"]),
        ("hold flask", "20 min", ["hold flask for 20 min", "inject 3 mmol TOPO into flask"]),
        ("hold flask", "0 min", ["inject 3 mmol TOPO into flask", "hold flask for 20 min"]),
        (
            3,
            "300 s",
            ["hold flask for 5 min", "inject 3 mmol TOPO into flask", "hold flask for 15 min"],
        ),
    ],
)
def test_an_additive_and_its_moment(step, at, lines):
    found = USUAL.with_additive("3 mmol TOPO", step, at=at)
    assert str(found).splitlines() == [*WRITTEN.splitlines()[:2], *lines, *WRITTEN.splitlines()[3:]]


def test_an_injection_takes_no_time_from_a_step():
    long = Protocol.from_text(
        ["charge flask with 1 mmol S and 9 g ODE at 60 degC", "hold flask for 12345 min"]
    )
    held = [one.duration for one in long.with_additive("1 mmol TOPO", 2, at="1 min").steps[1::2]]
    assert [str(one) for one in held] == ["1 min", "12344 min"]


def test_spectra_at_other_times():
    found = USUAL.with_spectra(("10 min", "2 d"))
    assert changed(found) == ["measure cuvette at 10 min, 2 d"]
    assert str(found).splitlines()[-1] == "measure cuvette at 10 min, 2 d"
    assert changed(USUAL.with_spectra(["5 d"], vessel="flask")) == ["measure flask at 5 d"]


def test_a_change_written_as_text_is_the_change():
    text = (
        "heat flask = 240 degC; hold flask = 2 h; charge flask: S = 0.01 mmol;"
        "take into cuvette: flask = 50 uL; after heat flask = 3 mmol TOPO;"
        "30 min into hold flask = 1 mmol HMSA"
    )
    wanted = (
        USUAL.with_temperature({"heat flask": "240 degC"})
        .with_duration({"hold flask": "2 h"})
        .with_amount({"charge flask": {"S": "0.01 mmol"}})
        .with_amount({"take into cuvette": {"flask": "50 uL"}})
        .with_additive("3 mmol TOPO", "heat flask")
        .with_additive("1 mmol HMSA", "hold flask", at="30 min")
    )
    assert USUAL.varied(text) == wanted
    assert len(changed(wanted)) == 7


def test_assumptions_and_sources_of_a_recipe_stay():
    usual = Protocol.from_recipe(recipe("cds-4c-oleate"))
    found = usual.with_duration({"hold flask": "2 h"})
    assert found.assumptions == usual.assumptions
    assert [step.source for step in found.steps] == [step.source for step in usual.steps]


@given(st.dictionaries(st.sampled_from(TEMPERATURES), st.integers(26, 59), min_size=1))
def test_many_at_once_are_one_change_that_reads_back(celsius):
    """A cold charge below a heating that is changed too would be refused one after the other."""
    plain = Protocol.from_text(WRITTEN.replace("heat flask to 180", "heat flask to 80"))
    found = plain.with_temperature({n: f"{t} degC" for n, t in celsius.items() if n != 2})
    for number, step in enumerate(found.steps, 1):
        if number in celsius and number != 2:
            assert temperature_of(step).to("degC") == celsius[number]
        else:
            assert step == plain.steps[number - 1]
    assert Protocol.from_text(str(found)).steps == found.steps


def test_changes_that_hang_together_are_made_together():
    """A charge at 200 °C cannot be heated to 180 °C, but to 210 °C it can."""
    with pytest.raises(ProtocolError, match="Write 'cool'"):
        USUAL.with_temperature({"charge flask": "200 degC"})
    found = USUAL.with_temperature({"charge flask": "200 degC", "heat flask": "210 degC"})
    assert len(changed(found)) == 2


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda p: p.with_temperature({"heat flsk": "1 degC"}),
            r"no step 'heat flsk'.*'heat flask'",
        ),
        (lambda p: p.with_temperature({0: "1 degC"}), r"no step 0\. Give 1 to 10"),
        (lambda p: p.with_temperature({99: "1 degC"}), r"no step 99"),
        (lambda p: p.with_temperature({3: "1 degC"}), "'hold flask for 20 min' has no temperature"),
        (lambda p: p.with_temperature({2: "20 min"}), "wrong unit"),
        (lambda p: p.with_temperature({2: "warm"}), "'warm' is not a quantity"),
        (lambda p: p.with_temperature({2: "400 degC"}), "above the boiling point"),
        (lambda p: p.with_duration({1: "1 h"}), "has no duration"),
        (lambda p: p.with_duration({3: "20"}), "has no unit"),
        (lambda p: p.with_duration({3: "-20 min"}), "negative duration"),
        (lambda p: p.with_amount({1: {"Cd(OA)3": "1 mmol"}}), r"no reagent 'Cd\(OA\)3'"),
        (lambda p: p.with_amount({3: {"S": "1 mmol"}}), "has no amount of S"),
        (lambda p: p.with_dilution({3: 10}), "has no dilution"),
        (lambda p: p.with_dilution({8: 0}), "a dilution by 0"),
        (lambda p: p.with_additive("3 TOPO", 3), "not an amount of a reagent"),
        (lambda p: p.with_additive("3 mmol TOPO", 2, at="1 min"), "has no moment"),
        (lambda p: p.with_additive("3 mmol TOPO", 3, at="21 min"), "21 min is not within"),
        (lambda p: p.varied("hold flask 2 h"), "'hold flask 2 h' is no change"),
        (lambda p: p.varied("hold flask = soon"), "'soon' is not a quantity"),
    ],
)
def test_what_cannot_be_done_is_refused(change, said):
    with pytest.raises(ProtocolError, match=said):
        change(USUAL)


def test_all_problems_are_told_at_once():
    with pytest.raises(ProtocolError) as caught:
        USUAL.with_duration({"hold flsk": "1 h", 1: "1 h", "heat flask": "1 kg"})
    assert len(caught.value.problems) == 3
    with pytest.raises(ProtocolError) as caught:
        USUAL.varied("hold flsk = 1 h; nonsense; charge flask: Sx = 1 mmol")
    assert len(caught.value.problems) == 3
