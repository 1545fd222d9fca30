"""Laboratory sentences and steps turn into each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.errors import ProtocolError
from prenuc.protocol.steps import (
    Charge,
    Cool,
    Discard,
    Heat,
    Hold,
    Incubate,
    Inject,
    Measure,
    Step,
    Store,
    Take,
    Watch,
    parse_step,
)
from prenuc.protocol.words import Portion
from prenuc.quantities import parse
from strategies import STEPS


def final_classes(kind):
    below = kind.__subclasses__()
    return {kind} if not below else {final for one in below for final in final_classes(one)}


def test_the_strategies_know_every_kind_of_step():
    assert final_classes(Step) == set(STEPS)


@pytest.mark.parametrize("kind", list(STEPS), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_step_comes_back_from_its_sentence(kind, data):
    step = data.draw(STEPS[kind])
    again = parse_step(str(step))
    assert again == step
    assert type(again) is kind
    assert str(again) == str(step)


@pytest.mark.parametrize(
    ("sentence", "step"),
    [
        (
            "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9 g ODE at 60 degC",
            Charge(
                vessel="flask",
                contents=(
                    Portion(parse("1.2 mmol"), "Cd(OA)2"),
                    Portion(parse("0.3 mmol"), "S"),
                    Portion(parse("9 g"), "ODE"),
                ),
                temperature=parse("60 degC"),
            ),
        ),
        (
            "heat flask to 180 degC over 10 min",
            Heat(vessel="flask", to=parse("180 degC"), over=parse("10 min")),
        ),
        (
            "heat flask to 180 degC at 12 degC/min",
            Heat(vessel="flask", to=parse("180 degC"), rate=parse("12 degC/min")),
        ),
        (
            "heat flask by 20 degC over 2 min",
            Heat(vessel="flask", by=parse("20 degC"), over=parse("2 min")),
        ),
        (
            "cool flask to 25 degC over 5 min",
            Cool(vessel="flask", to=parse("25 degC"), over=parse("5 min")),
        ),
        ("hold flask for 20 min", Hold(vessel="flask", duration=parse("20 min"))),
        ("incubate cuvette for 5 d", Incubate(vessel="cuvette", duration=parse("5 d"))),
        (
            "inject 1.75 mmol HMSA into flask",
            Inject(vessel="flask", contents=(Portion(parse("1.75 mmol"), "HMSA"),)),
        ),
        (
            "store flask at -196 degC for 2 d",
            Store(vessel="flask", temperature=parse("-196 degC"), duration=parse("2 d")),
        ),
        (
            "take 27.8 mg of flask into cuvette with 3.00 mL toluene at 25 degC",
            Take(
                vessel="cuvette",
                taken=(Portion(parse("27.8 mg"), "flask"),),
                contents=(Portion(parse("3.00 mL"), "toluene"),),
                temperature=parse("25 degC"),
            ),
        ),
        (
            "take 1.0 mL of A and 1.0 mL of B into C at 25 degC",
            Take(
                vessel="C",
                taken=(Portion(parse("1.0 mL"), "A"), Portion(parse("1.0 mL"), "B")),
                temperature=parse("25 degC"),
            ),
        ),
        (
            "measure cuvette every 4 min until 196 min",
            Measure(vessel="cuvette", every=parse("4 min"), until=parse("196 min")),
        ),
        (
            "measure cuvette at 0 min, 5 d",
            Measure(vessel="cuvette", times=(parse("0 min"), parse("5 d"))),
        ),
        ("watch flask every 1 min", Watch(vessel="flask", every=parse("1 min"))),
        ("discard 1 mL of flask", Discard(vessel="flask", amount=parse("1 mL"))),
    ],
)
def test_each_sentence_of_the_documentation_means_its_step(sentence, step):
    assert parse_step(sentence) == step
    assert str(step) == sentence


def test_spaces_and_a_capital_verb_do_not_matter():
    assert parse_step("  Hold   flask for  20 min ") == parse_step("hold flask for 20 min")


def test_regular_times_start_after_one_interval_and_include_the_last():
    assert parse_step("measure c every 4 min until 196 min").seconds() == [
        240.0 * i for i in range(1, 50)
    ]
    tenths = parse_step("measure c every 0.1 s until 0.7 s").seconds()
    assert tenths == pytest.approx([0.1 * i for i in range(1, 8)])
    assert parse_step("measure c at 0 min, 1 h").seconds() == [0.0, 3600.0]


def test_an_unknown_verb_shows_the_nearest_and_all_verbs():
    with pytest.raises(ProtocolError) as caught:
        parse_step("heet flask to 180 degC over 10 min")
    (problem,) = caught.value.problems
    assert problem.nearest[0] == "heat"
    assert all(verb in problem.mend for verb in ("charge", "take", "measure", "discard"))
    with pytest.raises(ProtocolError, match="'xyzzy' is not something"):
        parse_step("xyzzy")


@pytest.mark.parametrize(
    ("sentence", "example"),
    [
        ("charge flask with 9 g ODE", "charge flask with 1.2 mmol"),
        ("heat flask 180 degC", "heat flask to 180 degC over 10 min"),
        ("heat flask to 180 degC", "heat flask to 180 degC over 10 min"),
        ("cool flask", "cool flask to 25 degC over 5 min"),
        ("hold flask", "hold flask for 20 min"),
        ("incubate for 5 d", "incubate cuvette for 5 d"),
        ("store flask for 2 d", "store flask at -196 degC for 2 d"),
        ("inject into flask", "inject 1.75 mmol HMSA into flask"),
        ("take 27.8 mg of flask into cuvette", "take 27.8 mg of flask into cuvette with"),
        ("measure cuvette every 4 min", "measure cuvette every 4 min until 196 min"),
        ("discard flask", "discard 1 mL of flask"),
    ],
)
def test_a_wrong_form_is_answered_with_an_example(sentence, example):
    with pytest.raises(ProtocolError, match="cannot read") as caught:
        parse_step(sentence)
    assert example in str(caught.value)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("charge flask with 9 g ODE at RT", "'RT' is not a temperature"),
        ("heat flask to hot over 10 min", "'hot' is not a temperature"),
        ("heat flask to 180 degC over ten min", "'ten min' is not a duration"),
        ("hold flask for a while", "'a while' is not a duration"),
        ("measure cuvette every 4 min until done", "'done' is not a"),
    ],
)
def test_the_words_of_a_sentence_that_are_no_quantity_are_named(sentence, said):
    with pytest.raises(ProtocolError, match=said):
        parse_step(sentence)


@pytest.mark.parametrize(
    ("verb", "meant"), [("add", "inject"), ("Stir", "hold"), ("quench", "cool"), ("dilute", "take")]
)
def test_a_verb_of_the_bench_is_answered_with_the_one_that_is_meant(verb, meant):
    with pytest.raises(ProtocolError) as caught:
        parse_step(f"{verb} flask")
    assert caught.value.problems[0].nearest == (meant,)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("inject ODE into flask", "'ODE' is not an amount of a reagent"),
        ("inject nan mL ODE into flask", "'nan mL ODE' is not an amount"),
        ("inject 3 ODE into flask", "'3 ODE' is not an amount of a reagent"),
        ("take flask into cuvette at 25 degC", "'flask' is not a part of a vessel"),
        ("inject 3 mll ODE into flask", "'mll' is not a unit"),
        ("hold flask for 1e400 min", "not finite"),
        ("hold flask for 3 mins-1", "is not a unit"),
    ],
)
def test_a_part_that_cannot_be_read_is_named(sentence, said):
    with pytest.raises(ProtocolError, match=said):
        parse_step(sentence)


@pytest.mark.parametrize("number", ["12", "11", "120.5"])
def test_an_amount_without_a_unit_is_shown_as_it_was_written(number):
    with pytest.raises(ProtocolError, match=f"'{number} ODE'"):
        parse_step(f"inject {number} ODE into flask")


def test_a_name_of_several_words_can_be_used():
    step = parse_step("inject 1 g oleic acid and 0.1 g TOPO into flask")
    assert [part.of for part in step.contents] == ["oleic acid", "TOPO"]
