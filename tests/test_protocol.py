"""What a laboratory could not do is refused with a reason; the rest is worked out by hand too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prenuc.errors import FactsError, ProtocolError
from prenuc.facts.catalogue import entries, recipe
from prenuc.mechanism import two_pathway
from prenuc.protocol import Protocol
from prenuc.protocol.operations import Add, Evolve, Transfer
from prenuc.protocol.vessel import Contents, charged, reagent
from prenuc.simulation import simulate

FLASK = "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9 g ODE at 60 degC"


def protocol(*lines):
    return Protocol.from_text([FLASK, *lines])


def refused(*lines):
    with pytest.raises(ProtocolError) as caught:
        Protocol.from_text(list(lines))
    return caught.value.problems


def only(*lines):
    (problem,) = refused(*lines)
    return problem


def stretches(done):
    return [operation for operation in done.plan if isinstance(operation, Evolve)]


# ---- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "heat flask to 330 degC over 10 min",
        "heat flask by 270 degC over 10 min",
        "store flask at 330 degC for 1 min",
        "take 1 mL of flask into second at 330 degC",
    ],
)
def test_the_majority_solvent_must_not_boil(line):
    problem = only(FLASK, line)
    assert "330 degC, above the boiling point of ODE (315 degC)" in problem.what
    assert "use another solvent" in problem.mend
    assert problem.where == "line 2"


def test_the_majority_solvent_must_not_boil_when_it_is_charged_or_poured():
    assert "boiling point of toluene" in only("charge a with 3 mL toluene at 120 degC").what
    after = "take 25 uL of flask into hot with 3 mL toluene at 120 degC"
    assert "boiling point of toluene (110.6 degC)" in only(FLASK, after).what


def test_just_below_the_boiling_point_is_allowed():
    assert protocol("heat flask to 315 degC over 10 min").warnings == ()


def test_a_volatile_minor_component_warns_and_runs():
    done = protocol("inject 5.00 mmol HOAc into flask", "heat flask to 240 degC over 10 min")
    (warning,) = done.warnings
    assert "240 degC, above the boiling point of HOAc (117.9 degC)" in warning
    run = simulate(two_pathway("CdS"), Protocol(done.steps), inert=["HOAc"])
    assert run.conservation["flask"]["acetate"] < 1e-10


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "take 20 mL of flask into B at 25 degC",
            "20 mL are taken from flask, which holds 12.19 mL",
        ),
        ("take 20 g of flask into B at 25 degC", "20 g are taken from flask, which holds 9.82 g"),
        ("discard 20 mL of flask", "20 mL are taken from flask"),
        ("take 1 mmol of flask into B at 25 degC", "neither a mass nor a volume"),
        ("take 1 min of flask into B at 25 degC", "neither a mass nor a volume"),
    ],
)
def test_more_than_there_is_cannot_be_taken(line, said):
    assert said in only(FLASK, line).what


def test_what_was_taken_before_is_gone():
    first = "take 8 mL of flask into B at 25 degC"
    assert "which holds 4.186 mL" in only(FLASK, first, first.replace("B", "C")).what


def test_two_portions_of_one_vessel_cannot_be_more_than_it_holds():
    problem = only(FLASK, "take 8 mL of flask and 8 mL of flask into B at 25 degC")
    assert "taken from flask" in problem.what


def test_two_portions_of_one_vessel_are_both_measured_out():
    done = protocol("take 3 mL of flask and 3 mL of flask into B at 25 degC", "hold B for 1 min")
    assert stretches(done)[0].volume == pytest.approx(6e-6, rel=1e-12)


@pytest.mark.parametrize(
    "line",
    [
        "inject -1 mmol HOAc into flask",
        "inject −1 mL HOAc into flask",
        "take -1 mL of flask into B at 25 degC",
        "discard -1 mL of flask",
    ],
)
def test_negative_amounts_are_refused(line):
    assert "negative amount" in only(FLASK, line).what


@pytest.mark.parametrize(
    "line",
    [
        "inject nan mL HOAc into flask",
        "inject inf mL HOAc into flask",
        "inject 1e999 mL HOAc into flask",
        "take nan mL of flask into B at 25 degC",
        "heat flask to nan degC over 10 min",
        "hold flask for nan min",
        "measure flask at nan min",
    ],
)
def test_amounts_that_are_no_numbers_are_refused(line):
    assert only(FLASK, line).where == "line 2"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("inject 3 HOAc into flask", "'3 HOAc' is not an amount of a reagent"),
        ("take 3 of flask into B at 25 degC", "neither a mass nor a volume"),
        ("heat flask to 180 over 10 min", "'180' has no unit"),
        ("heat flask by 20 over 10 min", "'20' has no unit"),
        ("heat flask to 180 degC over 10", "'10' has no unit"),
        ("heat flask to 180 degC at 12", "'12' has no unit"),
        ("hold flask for 20", "'20' has no unit"),
        ("store flask at 25 for 2 d", "'25' has no unit"),
        ("measure flask at 20", "'20' has no unit"),
        ("measure flask every 4 until 8 min", "'4' has no unit"),
        ("measure flask every 4 min until 8", "'8' has no unit"),
    ],
)
def test_a_missing_unit_is_refused(line, said):
    assert said in only(FLASK, line).what


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hold flask for 20 mL", "'20 mL' has the wrong unit"),
        ("heat flask to 180 min over 10 min", "'180 min' has the wrong unit"),
        ("inject 3 min HOAc into flask", "'3 min' is no amount of HOAc"),
        ("inject 3 mL Cd(OA)2 into flask", "the density of Cd(OA)2 is not known"),
        ("hold flask for -5 min", "negative duration"),
        ("store flask at -300 degC for 2 d", "not above absolute zero"),
        ("heat flask to 180 degC at 0 degC/min", "has no pace"),
        ("heat flask to 180 degC at -5 degC/min", "has no pace"),
        ("heat flask to 30 degC over 5 min", "starts at 60 degC"),
        ("heat flask by -20 degC over 5 min", "starts at 60 degC"),
        ("cool flask to 80 degC over 5 min", "starts at 60 degC"),
        ("measure flask every 0 min until 8 min", "never ends"),
        ("measure flask every 1 s until 5 d", "more than 100000 spectra"),
        ("measure flask at 5 min, 3 min", "do not ascend"),
        ("measure flask every 10 min until 5 min", "ends before its first spectrum"),
        ("cool flask by 400 degC over 5 min", "below absolute zero"),
    ],
)
def test_other_absurd_steps_are_refused(line, said):
    problem = only(FLASK, line)
    assert said in problem.what
    assert problem.mend
    assert problem.where == "line 2"


def test_heating_downwards_says_what_to_write():
    assert only(FLASK, "heat flask to 30 degC over 5 min").mend == "Write 'cool'"
    assert only(FLASK, "cool flask to 80 degC over 5 min").mend == "Write 'heat'"


def test_a_spectrum_cannot_be_taken_in_the_past():
    problem = only(FLASK, "hold flask for 20 min", "measure flask at 10 min")
    assert "already 20 min old, a spectrum is wanted at 10 min" in problem.what


def test_times_ascend_over_several_measure_steps():
    both = ("measure flask at 20 min", "measure flask at 10 min, 30 min")
    assert "already 20 min old" in only(FLASK, *both).what


def test_an_unknown_reagent_is_answered_with_the_nearest():
    problem = only("charge flask with 9 g ODD at 60 degC")
    assert problem.what == "no reagent 'ODD'"
    assert "ODE" in problem.nearest


@pytest.mark.parametrize(
    "line",
    [
        "hold beaker for 5 min",
        "heat beaker to 180 degC over 5 min",
        "inject 1 mL ODE into beaker",
        "store beaker at 25 degC for 5 d",
        "measure beaker at 5 min",
        "discard 1 mL of beaker",
        "take 1 mL of beaker into B at 25 degC",
    ],
)
def test_a_vessel_must_be_filled_before_it_is_used(line):
    problem = only("charge beakers with 9 g ODE at 60 degC", line)
    assert problem.what == "no filled vessel 'beaker'"
    assert problem.nearest == ("beakers",)
    assert "Charge it" in problem.mend


def test_a_vessel_that_is_filled_later_is_not_filled_yet():
    problems = refused("hold flask for 5 min", FLASK)
    assert problems[0].what == "no filled vessel 'flask'"


def test_charging_twice_is_refused():
    assert only(FLASK, FLASK).what == "flask is charged twice"
    into = "take 1 mL of flask into B at 25 degC"
    again = "charge B with 1 g ODE at 25 degC"
    assert only(FLASK, into, again).what == "B is charged twice"


def test_vessels_must_not_feed_themselves():
    assert "feed itself" in only(FLASK, "take 1 mL of flask into flask at 25 degC").what
    circle = [
        "take 3 mL of flask into B at 25 degC",
        "take 2 mL of B into C at 25 degC",
        "take 1 mL of C into flask at 25 degC",
    ]
    problem = only(FLASK, *circle)
    assert problem.what == "flask would feed itself through C"
    assert problem.where == "line 4"


def test_a_diamond_of_vessels_is_no_circle():
    done = protocol(
        "take 3 mL of flask into B at 25 degC",
        "take 3 mL of flask into C at 25 degC",
        "take 1 mL of B and 1 mL of C into D at 25 degC",
        "take 1 mL of flask into D at 25 degC",
    )
    assert done.vessels == ("flask", "B", "C", "D")


def test_an_empty_vessel_cannot_react():
    for line in ("hold flask for 5 min", "measure flask at 5 min"):
        assert refused("charge flask with 0 g ODE at 60 degC", line)


def test_all_sentences_that_cannot_be_read_are_reported_at_once():
    problems = refused(FLASK, "heet flask", "", "hold flask for", "inject 3 mll ODE into flask")
    assert [problem.where for problem in problems] == ["line 2", "line 4", "line 5"]


def test_all_steps_that_cannot_be_done_are_reported_at_once():
    problems = refused(
        "charge A with 9 g ODE, 1 g nonsense, 1 mL Cd(OA)2 and -1 g TOPO at 60 degC",
        "charge B with 9 g ODE at 330 degC",
        "charge C with 9 g ODE at 25 degC",
        "hold C for 5 mL",
        "hold nobody for 5 min",
        "hold A for 5 min",
    )
    assert [problem.where for problem in problems] == [f"line {n}" for n in (1, 1, 1, 2, 4, 5)]


def test_problems_carry_file_and_line():
    with pytest.raises(ProtocolError, match=r"mine\.txt:3: cannot read"):
        Protocol.from_text(f"# mine\n{FLASK}  # comment\nhold flask\n", file="mine.txt")


@pytest.mark.parametrize("text", ["", "# nothing\n\n"])
def test_a_protocol_without_steps_is_refused(text):
    with pytest.raises(ProtocolError, match="no steps"):
        Protocol.from_text(text)


# ---- what the steps mean ------------------------------------------------------------------------


def test_the_text_of_a_protocol_reads_back_as_the_same_protocol():
    done = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    assert Protocol.from_text(str(done)).steps == done.steps
    assert Protocol.from_text(str(done)).plan == done.plan


@pytest.mark.parametrize(
    ("line", "start", "end", "minutes"),
    [
        ("heat flask to 180 degC over 10 min", 60, 180, 10),
        ("heat flask to 180 degC at 12 degC/min", 60, 180, 10),
        ("heat flask to 453.15 K at 12 K/min", 60, 180, 10),
        ("heat flask by 20 degC over 2 min", 60, 80, 2),
        ("heat flask by 20 K at 10 degC/min", 60, 80, 2),
        ("cool flask to 25 degC over 5 min", 60, 25, 5),
        ("cool flask by 35 degC at 7 degC/min", 60, 25, 5),
        ("hold flask for 1 h", 60, 60, 60),
        ("store flask at 25 degC for 1 d", 25, 25, 1440),
    ],
)
def test_temperatures_and_durations(line, start, end, minutes):
    (stretch,) = stretches(protocol(line))
    assert stretch.start == pytest.approx(start + 273.15, abs=1e-9)
    assert stretch.end == pytest.approx(end + 273.15, abs=1e-9)
    assert stretch.duration == pytest.approx(60 * minutes, rel=1e-12)


def test_heating_by_a_difference_starts_where_the_vessel_is():
    done = protocol("heat flask to 180 degC over 1 min", "heat flask by 20 degC over 1 min")
    assert stretches(done)[-1].end == pytest.approx(473.15, abs=1e-9)


def test_a_clock_starts_when_the_vessel_is_filled():
    done = protocol(
        "hold flask for 20 min",
        "take 1 mL of flask into B at 25 degC",
        "measure B at 0 min, 3 min",
        "measure B at 4 min",
        "measure flask every 20 min until 40 min",
    )
    first, second, third = stretches(done)[1:]
    assert (first.clock, first.looks) == (0.0, (0.0, 180.0))
    assert (second.clock, second.looks) == (180.0, (60.0,))
    assert third.clock == 1200.0
    assert third.looks == (0.0, 1200.0)


def test_only_liquid_nitrogen_makes_a_glass():
    done = protocol("store flask at -196 degC for 2 d", "store flask at -20 degC for 2 d")
    assert [stretch.frozen for stretch in stretches(done)] == [True, False]


def test_at_liquid_nitrogen_every_sample_is_a_glass_also_without_a_solvent():
    done = Protocol.from_text(
        "charge f with 1 mmol S and 1 g HOA at 25 degC\nstore f at -196 degC for 2 d"
    )
    assert stretches(done)[0].frozen


def test_mass_and_volume_are_those_of_what_was_charged():
    contents = Contents(dict([charged(part) for part in protocol().steps[0].contents]))
    salt, sulfur = 1.2e-3 * 675.334e-3, 0.3e-3 * 32.06e-3
    assert contents.mass == pytest.approx(9e-3 + salt + sulfur, rel=1e-6)
    salt, sulfur = 1.2e-3 * (13.0 + 2 * 316.1) * 1e-6, 0.3e-3 * 15.5e-6
    assert contents.volume == pytest.approx(9e-3 / 789 + salt + sulfur, rel=1e-6)
    assert contents.solvent() is reagent("ODE")


def test_the_solvent_is_the_one_with_the_largest_volume():
    text = "charge f with {} mL ODE and 1 mL toluene at 120 degC"
    assert Protocol.from_text(text.format(2)).warnings
    assert "toluene" in only(text.format(0.5)).what


def test_every_name_of_a_reagent_means_the_reagent():
    for name in ("toluene", "Tol", "methylbenzene"):
        done = Protocol.from_text(f"charge f with 1 mL {name} at 25 degC")
        assert set(done.plan[0].amounts) == {"toluene"}


def test_every_reagent_of_the_shelf_can_be_charged_by_each_of_its_names():
    for entry in entries("reagents").values():
        for name in (entry.id, entry.name, *entry.aliases):
            done = Protocol.from_text(f"charge f with 1 mmol {name} at 0 degC")
            assert dict(done.plan[0].amounts) == {entry.id: pytest.approx(1e-3)}, name


def test_the_cuvette_of_figure_2a_b_by_hand():
    """27.8 mg of a sample with 30 mmol S per kg into 3.00 mL: 0.834 umol in 3.035 mL."""
    done = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    sulfur = done.plan[0].amounts["S"]
    share = next(op.share for op in done.plan if isinstance(op, Transfer))
    volume = stretches(done)[-1].volume
    assert sulfur == pytest.approx(0.3e-3, rel=1e-9)
    assert share == pytest.approx(27.8e-3 / 10, rel=1e-9)
    assert volume == pytest.approx(3.00e-6 + 27.8e-6 / 800, rel=1e-3)
    assert sulfur * share / volume == pytest.approx(0.275, rel=0.01)
    assert stretches(done)[-1].looks == tuple(240.0 * i for i in range(1, 50))


def test_the_cuvette_of_figure_2c_d_by_hand():
    """30 uL of 44 mmol/kg in about 0.83 g/mL, in 3.03 mL: 0.36 mmol/L Te, 0.1 mol/L amine."""
    done = Protocol.from_recipe(recipe("cdte-dmsc-371-in-toluene-ota"))
    flask, share = done.plan[0].amounts, next(op for op in done.plan if isinstance(op, Transfer))
    cuvette = next(op for op in done.plan if isinstance(op, Add) and op.vessel == "cuvette")
    volume = stretches(done)[-1].volume
    assert volume == pytest.approx(3.03e-6, rel=1e-9)
    assert flask["TeTOP"] * share.share / volume == pytest.approx(0.36, rel=0.02)
    assert cuvette.amounts["OTA"] / volume == pytest.approx(99.8, rel=5e-3)
    assert len(stretches(done)[-2].looks) + len(stretches(done)[-1].looks) == 138


# ---- recipes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(entries("recipes")))
def test_every_recipe_becomes_a_protocol_that_lists_what_it_assumed(name):
    published = recipe(name)
    done = Protocol.from_recipe(published)
    assert [a.name for a in done.assumptions] == [entry.name for entry in published.unreported]
    assert all(a.value.status == "assumed" for a in done.assumptions)
    assert [step.source for step in done.steps] == [step.source for step in published.procedure]
    assert done.name == name


def test_an_assumption_can_be_replaced_and_the_result_says_so():
    published = recipe("cds-msc-311-in-toluene")
    assume = {"batch mass": "20 g", "heating rate": "24 K/min"}
    done = Protocol.from_recipe(published, assume=assume)
    assert str(done.assumption("batch mass")) == "20 g"
    assert done.plan[0].amounts["S"] == pytest.approx(0.6e-3, rel=1e-9)
    assert stretches(done)[0].duration == pytest.approx(300, rel=1e-9)
    run = simulate(two_pathway("CdS"), done)
    assert "batch mass: 20 g (assumed)" in run.assumptions
    assert "heating rate: 24 K/min (assumed)" in run.assumptions
    assert "room temperature: 25 degC (assumed)" in run.assumptions
    assert len(run.assumptions) == len(published.unreported)


def test_the_batch_mass_cancels_out_of_what_is_measured():
    published = recipe("cds-msc-311-in-toluene")
    runs = [
        simulate(two_pathway("CdS"), Protocol.from_recipe(published, assume={"batch mass": mass}))
        for mass in ("5 g", "50 g")
    ]
    small, large = (run.concentration("MSC-311") for run in runs)
    assert small == pytest.approx(large, rel=1e-6)


@pytest.mark.parametrize(
    ("assume", "said"),
    [
        ({"bath mass": "20 g"}, "no unreported entry of cds-msc-311-in-toluene 'bath mass'"),
        ({"batch mass": "20 mL"}, "'20 mL' has the wrong unit"),
        ({"batch mass": "20"}, "'20' has no unit"),
        ({"batch mass": "much"}, "'much' is not a quantity"),
        ({"batch mass": "-20 g"}, "-20 g of batch"),
        ({"room temperature": "150 degC"}, "boiling point"),
    ],
)
def test_an_assumption_that_makes_no_sense_is_refused(assume, said):
    with pytest.raises(ProtocolError) as caught:
        Protocol.from_recipe(recipe("cds-msc-311-in-toluene"), assume=assume)
    assert said in str(caught.value)


def test_all_assumptions_that_make_no_sense_are_reported_at_once():
    with pytest.raises(ProtocolError) as caught:
        Protocol.from_recipe(
            recipe("cds-msc-311-in-toluene"),
            assume={"bath mass": "20 g", "free acid": "1 mL", "heating rate": "fast"},
        )
    assert len(caught.value.problems) == 3
    assert caught.value.problems[0].nearest[0] == "batch mass"


def test_what_nobody_proposes_must_be_given():
    published = recipe("cds-msc-311-in-toluene")
    bare = tuple(
        replace(entry, proposal=None) if entry.name == "batch mass" else entry
        for entry in published.unreported
    )
    asking = replace(published, unreported=bare)
    with pytest.raises(ProtocolError) as caught:
        Protocol.from_recipe(asking)
    (problem,) = caught.value.problems
    assert "does not print it" in problem.what
    assert "assume={'batch mass': '…'}" in problem.mend
    assert '--assume "batch mass=…"' in problem.mend
    assert "batch mass" in problem.where
    given = Protocol.from_recipe(asking, assume={"batch mass": "10 g"})
    assert given.plan == Protocol.from_recipe(published).plan


def test_an_unknown_recipe_is_answered_with_the_nearest():
    with pytest.raises(FactsError, match="Nearest: 'cds-msc-311-in-toluene'"):
        recipe("cds-msc-311-in-toluen")
