"""The published experiments as rows: complete, honest about their role, and mass is kept in all."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace

import pytest

from commands import run
from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries, evidence, get, held_out, values_of
from prenuc.facts.row_class import CLASSES
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks, experiments_for, not_checkable, reproduce
from prenuc.mechanism import Arrhenius, Mechanism, Reaction
from prenuc.mechanism.reaction import mass_action
from prenuc.mechanism.rivals import RIVALS
from prenuc.simulation.choice import for_recipe
from test_conservation import check as check_conservation

LEAST_SHARE = 0.85  # of rows that pass
LEDGER = 1e-12  # relative error of one bookkeeping event
KEYS = {
    "observation", "panel", "statement", "expected", "tolerance", "simulated", "verdict", "role",
    "source", "class", "prior_pass_rate", "informed", "stale",
}  # fmt: skip
# How many entries the list of facts of the seed has that a simulation might be asked about.
ENTRIES = {"OB": 45, "KN": 11, "RU": 28, "SX": 8}
# What else a row asks: masses, a sample stored in toluene, a yield that printed numbers give.
FURTHER = (
    "table-s2-cds-maldi",
    "table-s2-znse-maldi",
    "note-s2-cds-maldi-before-and-after",
    "derived-one-rate-of-bond-formation",
)
FACTS = {**entries("observations"), **entries("claims")}
CHECKS = entries("checks")


@pytest.fixture(scope="module")
def runs():
    return Experiments(for_recipe)


@pytest.fixture(scope="module")
def rows(runs):
    return reproduce(runs=runs)


def changed(mechanism, informed_by):
    """Return a copy whose constants name these observations, by name of the constant."""
    values = {
        name: replace(value, informed_by=informed_by(name, value))
        for name, value in mechanism.parameters.items()
    }
    return replace(mechanism, parameters=values)


def nothing_happens(recipe):
    """Return a mechanism in which the reagents stay what they are."""
    ours = for_recipe(recipe)
    kept = {name: c for name, c in ours.components.items() if c.kind == "precursor"}
    first = next(iter(kept))
    kept["the same"] = replace(kept[first], name="the same", kind="", species="")
    step = Reaction("nothing", {first: -1.0, "the same": 1.0}, Arrhenius(0.0))
    step = replace(step, factors=mass_action({first: 1.0}))
    every = tuple(entries("reagents"))
    return Mechanism("nothing happens", kept, (step,), material=ours.material, declared=every)


# ---- complete ------------------------------------------------------------------------------------


def test_every_entry_is_asked_or_has_a_reason_and_nothing_else_is_asked():
    wanted = {f"{of}-{n:03d}" for of, last in ENTRIES.items() for n in range(1, last + 1)}
    asked = {FACTS[one].entry for check in checks() for one in check.observations}
    excused = {FACTS[one].entry for check in not_checkable() for one in check.observations}
    further = {FACTS[one].entry for one in FURTHER}
    assert asked | excused == wanted | further
    assert asked & excused == set()  # nobody is asked and excused at once


def test_a_check_has_either_a_range_or_a_reason():
    assert len(checks()) + len(not_checkable()) == len(CHECKS)
    for check in not_checkable():
        assert check.reason.endswith("."), check.id
        assert check.low is None, check.id
        assert check.high is None, check.id
    for check in checks():
        assert check.recipe in entries("recipes"), check.id
        low, high = check.low, check.high
        if low is not None and high is not None:
            assert low.quantity.number < high.quantity.number, check.id


def test_every_row_is_there_once_in_the_order_of_the_checks(rows):
    assert [row.check.id for row in rows] == [check.id for check in checks()]
    assert max(Counter(row.check.id for row in rows).values()) == 1


def test_most_rows_pass_and_none_is_silent(rows):
    verdicts = Counter(row.verdict for row in rows)
    assert set(verdicts) <= {"pass", "miss", "not counted"}
    assert verdicts["pass"] >= LEAST_SHARE * (verdicts["pass"] + verdicts["miss"])


def test_what_is_not_counted_says_why_and_is_no_verdict(rows):
    for row in rows:
        assert (row.verdict == "not counted") == (row.check.not_counted != "")
        if row.check.not_counted:
            assert row.as_dict()["note"] == row.check.not_counted
            assert row.check.not_counted.endswith("."), row.check.id


def test_a_verdict_says_whether_the_number_lies_in_the_range(rows):
    for row in rows:
        low, high = row.as_dict()["tolerance"]
        inside = (low is None or row.simulated >= low) and (high is None or row.simulated <= high)
        if row.verdict == "not counted":
            continue
        assert (row.verdict == "pass") == (inside and not math.isnan(row.simulated)), row.check.id


# ---- roles ---------------------------------------------------------------------------------------


def informing(mechanism):
    known = entries("species")
    species = {c.species for c in mechanism.components.values()} & set(known)
    values = [*mechanism.parameters.values()]
    values += [value for name in sorted(species) for value in values_of(known[name])]
    return {seen for value in values for name in value.informed_by for seen in evidence(name)}


def test_a_role_is_that_of_the_figure_whatever_informed_the_constants(rows):
    for row in rows:
        material = get("recipes", row.check.recipe).material
        figures = [
            f for one in entries("split").values() if one.material == material for f in one.figures
        ]
        held = any(row.check.panel.startswith(figure) for figure in figures)
        assert row.role == ("held-out" if held else "calibrated"), row.check.id
    assert {row.role for row in rows} == {"calibrated", "held-out"}


def test_every_figure_that_is_held_out_has_a_row_of_its_material():
    for one in entries("split").values():
        for figure in one.figures:
            rows_of = [c for c in CHECKS.values() if c.panel.startswith(figure)]
            materials = {get("recipes", c.recipe).material for c in rows_of if c.recipe}
            assert rows_of, figure
            assert materials <= {"CdS", "CdTe"} if figure == "storage" else True
            assert one.material in materials or not materials, (figure, one.material)


def test_a_row_is_informed_where_a_constant_of_its_mechanism_names_its_observation(rows, runs):
    for row in rows:
        recipes = {row.check.recipe, row.check.of.get("recipe", row.check.recipe)}
        told = {name for r in recipes for name in informing(runs.run(r)[0].mechanism)}
        assert row.informed == (not told.isdisjoint(row.check.observations)), row.check.id


def test_without_informed_by_the_same_numbers_are_predictions(rows):
    plain = Experiments(lambda recipe: changed(for_recipe(recipe), lambda _name, _value: ()))
    again = reproduce(["3b"], runs=plain)
    before = {row.check.id: row for row in rows}
    assert any(before[row.check.id].informed for row in again)
    assert not any(row.informed for row in again)
    for row in again:
        assert row.role == before[row.check.id].role == "held-out"
        assert row.simulated == pytest.approx(before[row.check.id].simulated, rel=1e-9)


def test_a_set_that_is_fitted_to_the_calibrated_rows_names_no_held_out_observation():
    claiming = [p for p in entries("parameters").values() if p.fitted_to == "calibrated rows"]
    for one in claiming:
        assert broken_promise(one) == set(), one.id
    everything = get("parameters", "two-pathway/CdS")
    assert broken_promise(everything)  # it says nothing, and is informed by all


def broken_promise(parameters):
    """Return the observations of held-out rows that inform a constant of a set."""
    hidden = {
        name
        for check in checks()
        if get("recipes", check.recipe).material == parameters.material
        and held_out(parameters.material, check.panel)
        for name in check.observations
    }
    told = {name for value in parameters.values.values() for name in value.informed_by}
    return hidden.intersection(*[set().union(*map(evidence, told))])


# ---- matter --------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", entries("recipes"))
def test_matter_is_kept_in_every_panel(recipe, runs, rows):
    assert rows
    done, spectra = runs.run(recipe)
    check_conservation(done)
    assert done.conservation["ledger"]["worst event"] <= LEDGER
    assert len(spectra) == len(done.measurements) > 0


def test_matter_is_kept_where_a_check_varies_the_procedure(rows, runs):
    varied = [of for key, (of, _) in runs._runs.items() if " with " in key]
    assert rows
    assert varied
    for done in varied:
        check_conservation(done)


# ---- rivals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rival", sorted(RIVALS))
def test_a_rival_is_silent_where_it_has_no_constants_and_only_there(rival):
    asked = reproduce(["5c", "5b"], runs=experiments_for(rival))
    for row in asked:
        mixture = row.check.panel == "5c"
        assert (row.verdict == "silent") == mixture
        assert (row.trouble != "") == mixture
        assert not mixture or math.isnan(row.simulated)


def test_layers_speak_of_cdse_alone():
    verdicts = {row.check.panel: row.verdict for row in reproduce(["1a", "5b"], runs=_layers())}
    assert verdicts["1a"] == "silent"
    assert verdicts["5b"] != "silent"


def _layers():
    return experiments_for("layers")


def test_the_two_pathway_model_by_name_is_the_default():
    assert experiments_for("two-pathway").choose is for_recipe
    assert experiments_for("two-pathway/CdS").choose is for_recipe


def test_a_frozen_set_is_asked_by_its_whole_name():
    frozen = experiments_for("two-pathway/CdS@0.1").choose
    for recipe in ("cds-3a-msa-at-15-min", "cds-4c-msa"):
        mechanism = frozen(get("recipes", recipe))
        assert mechanism.name == "two-pathway/CdS@0.1"
        assert set(for_recipe(get("recipes", recipe)).components) & {"Cd(OA)2", "Cd(MSA)2"} <= set(
            mechanism.components
        )
    with pytest.raises(MechanismError, match="says nothing about CdTe"):
        frozen(get("recipes", "cdte-5a"))
    with pytest.raises(MechanismError, match=r"no mechanism 'two-pathway/CdS@0\.2'"):
        experiments_for("two-pathway/CdS@0.2")


def test_a_model_in_which_nothing_happens_reproduces_less_than_half():
    idle = reproduce(runs=Experiments(nothing_happens))
    assert not any(row.informed for row in idle)
    assert sum(row.verdict == "pass" for row in idle) < len(idle) / 2


def test_where_there_is_nothing_no_ratio_passes():
    panels = ["3", "4", "5", "S4", "storage"]
    idle = reproduce(panels, runs=Experiments(nothing_happens))
    measures = {"share ratio", "gain over", "gain by", "ratio in time", "dots over"}
    ratios = [row for row in idle if row.check.measure in measures]
    assert ratios
    assert not [row.check.id for row in ratios if row.verdict == "pass"]


# ---- the command ---------------------------------------------------------------------------------


def test_the_json_of_the_command_is_what_is_promised(capsys, monkeypatch):
    answer = run(capsys, monkeypatch, "reproduce", "2a-b", "--json")
    found = json.loads(answer.out)
    assert answer.code == int(any(row["verdict"] == "miss" for row in found))
    assert {row["panel"] for row in found} == {"2a", "2b"}
    for row in found:
        assert set(row) >= KEYS
        assert row["verdict"] in {"pass", "miss", "not counted"}
        assert row["class"] in {*CLASSES, None}
        assert row["role"] in {"calibrated", "held-out"}
        assert row["observation"] in FACTS
        assert row["statement"] == FACTS[row["observation"]].statement
        assert row["source"].startswith("seed @ ")
        low, high = row["tolerance"]
        assert low is not None or high is not None
        assert row["expected"]
    numbers = {row["id"]: row["simulated"] for row in found}
    assert numbers["2b-rate-constant"] == pytest.approx(0.015, abs=5e-4)
    rival = run(capsys, monkeypatch, "reproduce", "2a", "--mechanism", "classical", "--json")
    seen = {row["id"]: row["simulated"] for row in json.loads(rival.out)}
    assert (rival.code, seen["2a-redshift"]) == (1, None)  # no peak, and JSON has no NaN


def test_one_panel_where_all_hold_ends_with_0(capsys, monkeypatch):
    answer = run(capsys, monkeypatch, "reproduce", "5c")
    assert answer.code == 0
    assert "MISS" not in answer.out
    assert "calibrated: " in answer.out
    assert "held-out: " in answer.out


@pytest.mark.parametrize(("several", "panels"), [("1a-d", {"1a", "1b"}), ("3c-d", {"3c", "3d"})])
def test_panels_that_share_a_recipe_can_be_named_as_in_the_paper(
    capsys, monkeypatch, several, panels
):
    answer = run(capsys, monkeypatch, "reproduce", several, "--json")
    assert {row["panel"] for row in json.loads(answer.out)} == panels


def test_a_figure_means_all_its_panels():
    assert {check.panel for check in checks(["3"])} == {"3a", "3b", "3c", "3d"}
    assert [c.id for c in checks(["3a", "3b"])] == [
        c.id for c in CHECKS.values() if c.panel in {"3a", "3b"} and not c.reason
    ]


def test_what_a_rival_does_not_speak_about_is_no_miss(capsys, monkeypatch):
    answer = run(capsys, monkeypatch, "reproduce", "5c", "--mechanism", "classical")
    assert answer.code == 0
    assert "MISS" not in answer.out
    assert "silent" in answer.out
    assert "0 of 0" in answer.out


def test_a_rival_that_misses_ends_with_1(capsys, monkeypatch):
    answer = run(capsys, monkeypatch, "reproduce", "5b", "--mechanism", "classical", "--json")
    assert answer.code == 1
    assert {row["verdict"] for row in json.loads(answer.out)} == {"pass", "miss"}


@pytest.mark.parametrize(
    ("panel", "nearest"), [("2x", "'2'"), ("3a-x", "'3a'"), ("4e", "'4"), ("fig 2a", "'2a'")]
)
def test_an_unknown_panel_is_refused_with_the_nearest_names(capsys, monkeypatch, panel, nearest):
    answer = run(capsys, monkeypatch, "reproduce", "3a", panel)
    assert answer.code == 2
    assert answer.out == ""
    (line,) = answer.err.strip().splitlines()
    assert f"no panel '{panel}'" in line
    assert nearest in line


def test_an_unknown_mechanism_is_refused(capsys, monkeypatch):
    answer = run(capsys, monkeypatch, "reproduce", "--mechanism", "classic")
    assert answer.code == 2 or "no mechanism" in answer.err
    assert "'classical'" in answer.err


def test_figures_are_drawn_and_say_what_is_simulated_and_assumed(capsys, monkeypatch, tmp_path):
    folder = tmp_path / "figures"
    answer = run(capsys, monkeypatch, "reproduce", "5a", "--figures", folder, "--json")
    assert json.loads(answer.out)
    (path,) = folder.iterdir()
    assert path.name == "cdte-5a.svg"
    text = path.read_text(encoding="utf-8")
    for word in ("Figure 5a", "imulated", "nformed", "ssumed", "wavelength / nm"):
        assert word in text, word
    again = tmp_path / "again"
    run(capsys, monkeypatch, "reproduce", "5a", "--figures", again)
    assert (again / path.name).read_bytes() == path.read_bytes()
