"""Clusters of another number of units: the same chemistry, and what N alone does."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from click.testing import CliRunner

import prenuc as pn
from prenuc.errors import MechanismError
from prenuc.infer.calibration.other_units import HELD, holding, units_of, with_other_units
from prenuc.infer.selection import disagreement, rehearsal
from prenuc.infer.selection.rehearsal import rehearsed
from prenuc.mechanism.rivals import rival
from prenuc.mechanism.shipped import known_set
from prenuc.present.cli import prenuc
from prenuc.thermodynamics.check import verdict_of

SETS = ("two-pathway/CdS", "two-pathway/CdTe", "two-pathway/CdSe-ODE")


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("units", [5, 20])
def test_the_other_one_obeys_thermodynamics(which, units):
    usual, other = with_other_units(pn.two_pathway(which.partition("/")[2]), units)
    assert verdict_of(other.mechanism) == "consistent"
    assert other.name == f"{which} with {units} units in a PC"
    clusters = [one for one in other.mechanism.components.values() if one.kind in {"PC", "MSC"}]
    there = usual.mechanism.components
    for one in clusters:
        assert one.composition == {
            part: count * units // 10 for part, count in there[one.name].composition.items()
        }


@pytest.mark.parametrize("which", SETS)
def test_there_and_back_is_the_set_as_it_was(which):
    there = known_set(which)
    back = holding(holding(there, 20), units_of(there))
    assert back.blocks == there.blocks
    for name, value in there.values.items():
        assert back.values[name].quantity.number == pytest.approx(value.quantity.number, rel=1e-9)
        assert back.values[name].quantity.unit == value.quantity.unit


@pytest.mark.parametrize("units", [4, 20])
def test_as_much_sulfur_is_in_clusters_beside_the_same_monomer(units):
    """Of [PC] = K [Mo]^N [Cd]^N: with 10 units where N [PC] is what is held, and so with others."""
    there = known_set("two-pathway/CdS")
    both = (
        there.values["as-PC-311.K"],
        holding(there, units).values["as-PC-311.K"],
    )
    product = (HELD / 10 / both[0].quantity.number) ** 0.1  # [Mo] [Cd] there
    assert units * both[1].quantity.number * product**units == pytest.approx(HELD, rel=1e-9)


def test_where_nothing_returns_to_a_pc_nothing_shows_n():
    protocol = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))
    nm = np.arange(290.0, 400.0, 5.0)
    shown = [
        pn.uv_vis(pn.simulate(one.mechanism, protocol), wavelength=nm).absorbance
        for one in with_other_units(pn.two_pathway("CdS"), 20)
    ]
    assert shown[0].max() > 0.3
    assert np.abs(shown[0] - shown[1]).max() < 1e-4


@pytest.mark.parametrize(
    ("mechanism", "units", "message"),
    [
        (pn.two_pathway("CdS"), 10, "holds 10 units"),
        (rival("droplets", "CdS"), 5, "no PC of a certain number"),
        (pn.two_pathway("InP"), 5, "no PC of a certain number"),
    ],
)
def test_what_cannot_be_asked_is_said(mechanism, units, message):
    with pytest.raises(MechanismError, match=message):
        with_other_units(mechanism, units)


def test_sites_for_ligands_go_with_the_size():
    there = known_set("two-pathway/CdS")
    sites = "MSC-311 under MSA-ate.sites"
    assert holding(there, 5).values[sites].quantity.number == 8.0
    assert replace(there).values[sites].quantity.number == 16.0


def test_the_command_answers_with_a_bench_plan_or_that_nothing_tells(monkeypatch):
    monkeypatch.setattr(disagreement, "TEMPERATURES", (180.0,))
    monkeypatch.setattr(disagreement, "DILUTIONS", (1.0, 10.0))
    monkeypatch.setattr(rehearsal, "rehearsed", partial(rehearsed, dilutions=(10.0,)))
    asked = ["next", "CdS", "--units", "20", "--workers", "1", "--json"]
    answer = CliRunner().invoke(prenuc, asked)
    flasks = json.loads(answer.stdout)
    assert answer.exit_code == (0 if flasks[0]["log_score"] >= 5.0 else 1)
    assert len(flasks) == 2
    assert flasks[0]["models"] == ["two-pathway/CdS", "two-pathway/CdS with 20 units in a PC"]
    for flask in flasks:
        assert flask["experiment"]
        assert 0.0 <= flask["expected_information"] <= 1.0
        assert any("mmol S" in step and "mg S" in step for step in flask["bench_steps"])
