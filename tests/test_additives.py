"""Additives are one module: any mechanism gets them by the same code, by the roles of its parts."""

from __future__ import annotations

import pytest

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries
from prenuc.facts.document import Node
from prenuc.infer.calibration.varied import QUICK, ask
from prenuc.infer.court.score import log_scores, weighed_rows
from prenuc.infer.experiments.performed import Experiments
from prenuc.mechanism import read_mechanism
from prenuc.mechanism.additives.attach import attached
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.rivals import RIVALS, rivals
from prenuc.mechanism.shipped import with_only

PLAIN = """
units: {time: min, concentration: mmol/L, energy: kJ/mol}
media: [TOPO]
values:
  growth with TOPO.k: {value: 0.2, unit: L/mmol/min, source: user @ me, status: assumed}
  growth with TOPO.at: {value: 25, unit: degC, source: user @ me, status: assumed}
  growth with TOPO.Ea: {value: 50, unit: kJ/mol, source: user @ me, status: assumed}
  growth with TOPO.half: {value: 0.5, unit: mmol/L, source: user @ me, status: assumed}
  monomer under TOPO.h: {value: 100, unit: mmol/L, source: user @ me, status: assumed}
  monomer under TOPO.sites: {value: 1, unit: "1", source: user @ me, status: assumed}
"""
BY_ROLES = """
additives: [TOPO]
roles: {growth: [growth], monomer: [monomer]}
components:
  monomer: {initial: 1}
  crystal: {formed: {from: monomer, K: 10, H: -20}}
reactions:
  growth: {equation: monomer <-> crystal, k: 0.1}
"""
BY_HAND = """
debited: [TOPO]
components:
  monomer: {initial: 1, binding: {TOPO: {}}}
  crystal: {formed: {from: monomer, K: 10, H: -20}}
reactions:
  growth: {equation: monomer <-> crystal, k: 0.1}
  growth with TOPO:
    equation: monomer <-> crystal
    k: growth with TOPO
    catalysts: {TOPO: {half: growth with TOPO.half}}
"""


def written(folder, text, values=PLAIN):
    path = folder / "mine.yaml"
    path.write_text(values + text)
    return read_mechanism(path)


def laws(mechanism):
    return [(one.name, one.stoichiometry, one.constant, one.factors) for one in mechanism.reactions]


def test_what_is_attached_by_roles_is_what_one_would_have_written(tmp_path):
    by_roles, by_hand = written(tmp_path, BY_ROLES), written(tmp_path, BY_HAND)
    assert laws(by_roles) == laws(by_hand)
    assert by_roles.balances == by_hand.balances
    assert "growth with TOPO" in {one.name for one in by_roles.reactions}


def test_what_is_wrong_is_told_with_its_line_and_all_at_once(tmp_path):
    text = BY_ROLES.replace(
        "[TOPO]\nroles: {growth: [growth]", "[TOPO, HPPh3]\nroles: {grow: [growth]"
    )
    with pytest.raises(MechanismError) as caught:
        written(tmp_path, text.replace("monomer: [monomer]", "monomer: [monomers]"))
    said = str(caught.value)
    for part in ("no additive 'HPPh3'", "'HPPh2'", "no role 'grow'", "'growth'", "'monomers'"):
        assert part in said
    assert said.count("mine.yaml:1") == said.count("mine.yaml:")  # lines 10 to 19


def test_a_constant_that_is_missing_is_asked_for_with_its_range(tmp_path):
    with pytest.raises(MechanismError, match=r"'growth with TOPO.half'.*0.05 to 50 mmol/L"):
        written(tmp_path, BY_ROLES, PLAIN.replace("TOPO.half", "TOPO.halves"))


def test_an_additive_that_does_nothing_in_a_mechanism_is_refused(tmp_path):
    with pytest.raises(MechanismError, match="'toluene' does nothing here"):
        written(tmp_path, BY_ROLES.replace("[TOPO]", "[TOPO, toluene]"))


@pytest.mark.parametrize("which", ["two-pathway/CdS", "droplets/CdS", "classical/CdS"])
def test_additives_are_taken_from_a_mechanism_and_given_back(which):
    usual = mechanism_named(which)
    names = entries("parameters")[which].blocks["additives"]
    bare = with_only(usual, [])
    acting = {name for one in usual.reactions for name in one.components()} - set(bare.components)
    assert acting, "additives are in no rate law"
    assert not any(" with " in one.name for one in bare.reactions)
    assert not bare.bindings
    assert laws(with_only(bare, names)) == laws(usual)


@pytest.mark.parametrize("which", ["two-pathway/CdS", "droplets/CdS", "sequential/CdS"])
def test_taking_additives_changes_the_score_of_any_model(which):
    """Figures 1b and 3a are about TOPO and an acid: who loses them scores another number."""
    tested = "cds-qd-from-pc-with-topo", "cds-3a-msa-at-15-min"
    rows = [row for row in weighed_rows(("1b", "3a")) if row.recipe in tested]
    usual = mechanism_named(which)
    scores = []
    for model in (usual, with_only(usual, [])):
        runs = Experiments(lambda _, model=model: model, solver=QUICK)
        scores.append(sum(log_scores(rows, ask(rows, runs)).values()))
    assert abs(scores[0] - scores[1]) > 1.0


def test_all_rivals_that_speak_of_cds_have_the_additives_that_their_parts_allow():
    ours = {*entries("parameters")["two-pathway/CdS"].blocks["additives"]}
    for model in rivals("CdS"):
        theirs = {*entries("parameters")[f"{model}/CdS"].blocks["additives"]}
        assert {"HPPh2", "MSA", "TOPO"} <= theirs <= ours


@pytest.mark.parametrize("model", ["droplets", "msc-source", "sequential"])
def test_an_acid_that_is_an_additive_stays_one_with_another_metal_carboxylate(model):
    """Figure 4d puts HOAc to Cd(OA)2, where the usual carboxylate is an acetate."""
    found = mechanism_named(f"{model}/CdTe", metal="Cd(OA)2")
    assert {"Cd(OA)2", "HOAc"} <= set(found.components)
    assert "free HOAc in all" in {one.name for one in found.balances}


def test_constants_of_additives_lie_within_the_prior_that_all_share():
    for which, found in entries("parameters").items():
        node = Node(found.blocks, which, [])
        for name, prior in attached(node, found.values).priors.items():
            value = found.values[name].quantity
            if not prior.beside and name.rpartition(".")[2] not in {"sites", "order"}:
                assert prior.low <= value.to(prior.unit) <= prior.high, (which, name)


def test_nothing_in_a_rival_is_a_copy_of_a_number_that_was_fitted_to_ours():
    sets = entries("parameters").values()
    ours = {
        (value.quantity.si, value.quantity.dimension): (one.id, name)
        for one in sets
        if one.model == "two-pathway"
        for name, value in one.values.items()
        if value.status == "fitted" or value.informed_by
    }
    for one in sets:
        if one.model in RIVALS:
            for name, value in one.values.items():
                key = value.quantity.si, value.quantity.dimension
                assert key not in ours, f"{one.id}: {name} is {ours.get(key)}"
