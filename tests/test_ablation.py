"""What each step of the two-pathway model is for."""

from __future__ import annotations

import math
from functools import partial

import pytest
from scipy.optimize import brentq

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import get
from prenuc.infer.calibration.ablations import Without, ablation_named, ablations_of
from prenuc.infer.calibration.one_by_one import one_by_one
from prenuc.infer.experiments.reproduce import checks
from prenuc.infer.studies.ablation import ablations
from prenuc.mechanism.named import mechanism_named
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
