"""What each step of the two-pathway model is for."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.optimize import brentq

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries, get
from prenuc.facts.refit import Refit
from prenuc.infer.calibration.ablations import Without, ablation_named, ablations_of
from prenuc.infer.calibration.one_by_one import one_by_one
from prenuc.infer.calibration.search import Task
from prenuc.infer.court.score import log_scores
from prenuc.infer.experiments.reproduce import checks
from prenuc.infer.studies import refitting
from prenuc.infer.studies.ablation import (
    ablations,
    compared,
    mark_of,
    rows_for,
    weighed_of,
    word,
)
from prenuc.infer.studies.refitting import refits
from prenuc.mechanism.named import mechanism_named
from prenuc.simulation.choice import named_for
from prenuc.thermodynamics.check import check
from toy import share, toy, toy_set

CDS = "two-pathway/CdS"
CHOOSE = partial(named_for, CDS)


def assembled(values, count, chalcogen):
    """Return the share of S that is assembled with four Cd for each free S."""
    free, metal = chalcogen, 4.0 * chalcogen
    held = count * values["assembly.K"].quantity.number * free**count * metal ** (2 * count)
    return held / (held + free)


def test_an_assembly_of_one_holds_half_of_the_sulfur_where_that_of_three_does():
    three = get("parameters", CDS)
    one = one_by_one(three)
    half = brentq(lambda c: assembled(three.values, 3, c) - 0.5, 0.01, 100.0)  # mmol/L
    assert assembled(one.values, 1, half) == pytest.approx(0.5, abs=1e-3)
    assert assembled(three.values, 3, half / 30) < 1e-6
    assert assembled(one.values, 1, half / 30) > 1e-4
    assert one_by_one(one) is None


def test_without_cooperativity_the_mechanism_is_consistent_and_balanced():
    recipe = get("recipes", "cds-4c-msa")
    changed = Without(CHOOSE, ablation_named("cooperativity", CHOOSE(recipe)))(recipe)
    assert changed.issues() == []
    assert check(changed).verdict == "consistent"
    usual = {one.name for one in CHOOSE(recipe).all_reactions}
    assert {one.name for one in changed.all_reactions} == usual


def test_without_a_step_the_rows_that_test_it_are_lost():
    ids = {"dilute-dots-by-pathway-2", "dilute-no-pc", "4a-peak", "4b-yield"}
    asked = [one for one in checks() if one.id in ids]
    lost = {one.step: set(one.lost) for one in ablations(asked, CHOOSE)}
    by_word = {step.partition(":")[0]: of for step, of in lost.items()}
    assert by_word["Pathway 2"] == {"dilute-dots-by-pathway-2"}
    assert by_word["cooperativity"] == {"dilute-no-pc"}
    assert by_word["binding of HPPh2"] == {"4a-peak"}
    assert by_word["catalysis of bond formation by HPPh2"] >= {"4b-yield"}
    assert by_word["binding of MSA"] == set()


@pytest.mark.parametrize("name", ["CdS", "CdTe", "CdSe-ODE", "CdTe-ODE"])
def test_a_mechanism_without_any_of_its_steps_is_consistent_and_balanced(name):
    whole = mechanism_named(f"two-pathway/{name}")
    for one in ablations_of(whole):
        changed = one.without(whole)
        assert changed.issues() == []
        assert check(changed).verdict == "consistent", one.step


def test_without_return_a_pc_falls_apart_and_nothing_else_is_moved():
    whole = mechanism_named(CDS)
    changed = ablation_named("return", whole).without(whole)
    moved = [n for n, v in whole.constants.items() if changed.constants[n] != v]
    assert moved == ["Mo/Fr.K", "as-PC-311.K"]
    known, new = (of.constants for of in (whole, changed))
    stability = {
        n: 10 * math.log(of["Mo/Fr.K"].si) + math.log(of["as-PC-311.K"].si)
        for n, of in {"whole": known, "changed": new}.items()
    }  # of the PC beside its precursors
    assert stability["changed"] == pytest.approx(stability["whole"], abs=1e-9)


def test_a_step_of_a_users_network_is_a_rate_constant_with_its_way_back(read):
    whole = read(
        """\
        units: {time: s, concentration: mol/L, energy: kJ/mol}
        species: {A: {initial: 1.0}, B: {}, C: {}}
        reactions:
          - {equation: "A -> B", k: 0.1}
          - {equation: "B <-> C", k: 0.1, k_reverse: 0.2}
        """
    )
    assert [one.step for one in ablations_of(whole)] == ["R1", "R2"]
    changed = ablation_named("R2", whole).without(whole)
    assert [one.constant.k for one in changed.reactions] == [0.1, 0.0, 0.0]
    with pytest.raises(MechanismError, match="no step 'R3'"):
        ablation_named("R3", whole)


@pytest.mark.parametrize("said", ["Pathway 2", "pathway 2", "PATHWAY 2: Monomers"])
def test_a_step_is_found_however_it_is_capitalised(said):
    assert ablation_named(said, mechanism_named(CDS)).step.startswith("Pathway 2")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("pathwy", "no step 'pathwy'. Nearest: 'Pathway 2'"),
        ("return of MoFr", "no step 'return of MoFr'. Nearest: 'return of Mo/Fr to PCs'"),
        ("fragmentaton", "Nearest: 'fragmentation of PCs'"),
        (
            "binding",
            "'binding' begins several steps. Nearest: 'binding of MSA', '",
        ),
    ],
)
def test_a_step_that_is_none_or_several_is_answered_with_names(said, answer):
    with pytest.raises(MechanismError) as caught:
        ablation_named(said, mechanism_named(CDS))
    assert answer in str(caught.value)


def test_a_step_that_is_turned_off_is_a_step_all_the_same():
    bare = mechanism_named(CDS).with_constants({"monomer formation.k": "0 L/mmol/min"})
    assert ablation_named("Pathway 2", bare).without(bare).constants == bare.constants


def test_sums_of_bits_end_in_the_same_bit_in_every_process():
    """They are made in the order of the rows; that of a set of names differs between processes."""
    rows = rows_for(CDS)
    with_it, without = ({one.id: 0.1 * n for n, one in enumerate(rows, m)} for m in (1, 5))
    (found,) = compared(rows, "step", [with_it], [without]).changes
    before, after = (log_scores(weighed_of(rows), one) for one in (with_it, without))
    assert found == sum(after[name] - before[name] for name in before)


@pytest.mark.parametrize(
    ("changes", "lost", "said"),
    [
        ((-3.0, -9.0), ("row",), "required"),
        ((-3.0, -9.0), (), "helpful"),
        ((-2.9, -9.0), ("row",), "helpful"),
        ((-0.9, -9.0), ("row",), "not tested"),
        ((0.9, 9.0), (), "not tested"),
        ((-2.0, 2.0), (), "not tested"),
        ((1.0, 9.0), ("row",), "harmful"),
    ],
)
def test_a_word_needs_both_priors(changes, lost, said):
    assert word(changes, lost) == said


def words(*rows):
    with toy_set():
        return {one.step: (one.word, one.lost, one.won) for one in ablations(rows, toy)}


def test_the_word_for_a_step_that_matters_one_that_does_nothing_and_one_that_harms():
    made, spent = share("B", "196 min", 0.1, None), share("S", "196 min", None, 0.7)
    stays = share("A", "196 min", 0.1, None)  # a PC does not, with the second step
    assert words(made)["first"] == words(made)["second"] == ("required", (made.id,), ())
    assert words(spent)["second"] == ("not tested", (), ())
    assert words(stays)["second"] == ("harmful", (), (stays.id,))
    assert words(stays)["first"] == ("not tested", (), ())


def test_a_refit_cannot_bring_back_what_was_taken_out():
    whole = mechanism_named(CDS)
    free = refitting.task_of(CDS, rows_for(CDS), None, "narrow").free
    out = ablation_named("Pathway 2", whole)
    task = Task(CHOOSE, free, [], out)
    chosen = task.chosen(np.full(len(free), 0.5))(get("recipes", "cds-4c-msa"))
    assert chosen.constants["monomer formation.k"].si == 0.0
    assert chosen.constants["fragmentation.k"].si > whole.constants["fragmentation.k"].si
    left = refitting.task_of(CDS, rows_for(CDS), out, "narrow").free
    assert {one.name for one in free} - {one.name for one in left} == {"monomer formation.k"}


def test_a_refit_lowers_what_is_minimised_and_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(refitting, "ablations_of", lambda _: ())
    checks = [one for one in rows_for("two-pathway/CdTe") if one.panel == "2d"]
    ledger = tmp_path / "refits.sqlite"
    found = refits("two-pathway/CdTe", checks, ledger=ledger)
    assert [one.prior for one in found] == ["narrow", "wide"]
    assert all(one.ended <= one.begun for one in found)
    monkeypatch.setattr(refitting, "search", None)  # nothing is searched again
    assert refits("two-pathway/CdTe", checks, ledger=ledger) == found


def test_a_refit_hangs_on_the_widths_of_its_rows(monkeypatch):
    name = "classical/CdS"
    checks = [one for one in rows_for(name) if one.panel == "3a"]
    before = mark_of(checks, partial(named_for, name))
    known = entries("row_surprisals")["3a-absorbance"]
    wider = replace(known, nuisance=known.nuisance + 0.1)
    monkeypatch.setitem(entries("row_surprisals"), known.id, wider)
    assert mark_of(checks, partial(named_for, name)) != before


def shipped(mark, checks, number):
    """Return refits of a mechanism, as they are kept, in which every row reads a number."""
    rows = {one.id: number for one in checks}
    steps = ["", "growth"]
    return [
        Refit(f"{prior} {step}", "classical/CdS", step, prior, "toy", mark, 2.0, 1.0, {}, rows)
        for step in steps
        for prior in ("narrow", "wide")
    ]


def test_what_is_shipped_answers_only_for_todays_constants(monkeypatch):
    name, other = "classical/CdS", "two-pathway/CdS"
    checks = [one for one in rows_for(name) if one.panel == "3a"]
    monkeypatch.setattr(refitting, "rows_for", lambda _: checks)
    marks = {of: refitting.mark_for(of, checks) for of in (name, other)}
    assert marks[name] != marks[other]
    shelf = entries("refits")
    for one in shipped(marks[name], checks, 1.0):
        monkeypatch.setitem(shelf, one.id, one)
    found = refitting.ablate(name)
    assert found.how == "toy"
    assert not found.outdated
    assert [(one.step, one.changes) for one in found.steps] == [("growth", (0.0, 0.0))]
    assert {"supply", "supply with HPPh2"} <= {*found.missing}
    assert "growth" not in found.missing
    for one in shipped(marks[other], checks, 1.0):
        monkeypatch.setitem(shelf, one.id, one)
    found = refitting.ablate(name)
    assert (found.how, found.outdated) == ("", True)
    assert {len(one.changes) for one in found.steps} == {1}
