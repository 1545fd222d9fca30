"""Additives are one module: any mechanism gets them by the same code, by the roles of its parts."""

from __future__ import annotations

import pytest

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries
from prenuc.mechanism import read_mechanism
from prenuc.mechanism.named import mechanism_named
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
