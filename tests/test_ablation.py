"""What each step of the two-pathway model is for."""

from __future__ import annotations

from functools import partial

import pytest
from scipy.optimize import brentq

from prenuc.facts.catalogue import get
from prenuc.infer.experiments.reproduce import checks
from prenuc.infer.studies.ablation import ABLATIONS, COOPERATIVE, NotCooperative, ablations
from prenuc.infer.studies.one_by_one import one_by_one
from prenuc.simulation.choice import named_for
from prenuc.thermodynamics.check import check

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
    changed = NotCooperative(CHOOSE)(recipe)
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
    assert by_word["bond formation by HPPh2"] >= {"4b-yield"}
    assert by_word["binding of MSA"] == set()
    assert set(lost) == {COOPERATIVE, *(one.step for one in ABLATIONS)}
