"""The fact base of the seed is complete and cross-linked; every experiment of it can be planned."""

from __future__ import annotations

import math
from collections import Counter

import molmass
import pytest

from prenuc.errors import FactsError
from prenuc.facts.catalogue import entries, get, sources_of
from prenuc.facts.claim import CLAIM_KINDS, Claim
from prenuc.facts.composition import (
    atoms_of,
    candidates,
    composition_table,
    edge_atoms_of,
    mass_of,
    tetrahedron,
    units_of,
)
from prenuc.facts.document import Node
from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.protocol import Protocol
from prenuc.protocol.steps import Inject, Measure, Take

# How many entries of each kind the list of facts of the seed has, by the letters of their ids.
ENTRIES = {
    "OB": ("observations", 45),
    "KN": ("observations", 11),
    "RU": ("claims", 28),
    "CM": ("claims", 20),
    "CT": ("claims", 6),
    "PC": ("claims", 9),
    "RM": ("claims", 23),
    "SX": (None, 8),  # microscopy and spectroscopy of Figure S2 are observations, the rest claims
    "IN": ("claims", 32),
    "DV": ("claims", 9),
}
KIND_OF = {
    "RU": {"rule"},
    "CM": {"composition"},
    "CT": {"contradiction"},
    "PC": {"characterisation"},
    "RM": {"rival"},
    "IN": {"inconsistency", "gap"},
    "DV": {"derived"},
}

# The sixteen rows of recipes in the seed, a sentence of Note S2, and the recipes they became.
ROWS = {
    "1a-d": ["cds-qd-from-pc-with-topo"],
    "1e": ["cds-1e-topo-after", "cds-1e-topo-before"],
    "1f": ["cds-1f-topo", "cds-1f-no-topo"],
    "2a-b": ["cds-msc-311-in-toluene"],
    "said beside 2a-b": ["cds-311-322-incubated"],
    "2c-d": ["cdte-dmsc-371-in-toluene-ota"],
    "3a-b": ["cds-3a-msa-at-15-min", "cds-3b-msa-at-30-min"],
    "3c-d": ["cdse-3c-hoac"],
    "4a-b reaction 1": ["cds-4a-hpph2"],
    "4a-b reaction 2": ["cds-4a-no-hpph2"],
    "4c": ["cds-4c-oleate", "cds-4c-msa"],
    "4d": ["cdte-4d-hoac", "cdte-4d-no-hoac"],
    "5a": ["cdte-5a"],
    "5b": ["cdse-5b"],
    "5c": ["cdtese-5c"],
    "5d-e": ["cdtese-5d-e"],
    "5f": ["cdtese-5f"],
    "5, controls": ["cdtese-5-cdte-with-setop", "cdtese-5-cdse-with-tetop", "cdtese-5-one-pot"],
    "S2": [
        "cdse-s2-sample-a-stored",
        "cdse-s2-sample-b-stored",
        "cdse-s2-sample-a-ethanol",
        "cdse-s2-sample-a-heated",
    ],
}

# What stands for a reaction of which the seed prints neither amounts nor a procedure.
ILLUSTRATIONS = ["inp-s1", "znse-table-s2"]

# Every name that the seed gives to a species, a precursor or a ligand.
NAMES = """
PC-311; MSC-311; MSC-311 (from Cd(MSA)2); MSC-322; PC-322; CdS QD (TOPO); CdS QD (180C/75min);
nascent MSC-311 band; PC-371; dMSC-371; dMSC-371 (Fig 5a); dMSC-427; CdTe QD (100C/15min); MSC-415;
dMSC-393; dMSC-460; NPL-393; NPL-460; MSC-399; CdTeSe PC; PC-299; MSC-403; MSC-437; MSC-355;
MSC-380; MSC-408; MSC-434; MSC-455; MSC-476; MSC-494; MSC-512; MSC-528; MSC-542; MSC-554;
InP PC/MSC (240C/1.5min); Mo/Fr; MA-Cd-OAc; Cd(OA)1(OAc)1; MSA; Cd(MA)2
"""
CLAIMS = entries("claims")


def everything():
    return {**entries("observations"), **CLAIMS}.values()


def protocol(identifier):
    return Protocol.from_recipe(get("recipes", identifier))


@pytest.mark.parametrize("letters", ENTRIES)
def test_every_entry_of_the_list_of_facts_stands_here_once(letters):
    kind, last = ENTRIES[letters]
    found = [fact for fact in everything() if fact.entry.startswith(letters + "-")]
    wanted = [f"{letters}-{number:03d}" for number in range(1, last + 1)]
    assert sorted(fact.entry for fact in found) == wanted
    assert kind is None or all(fact.id in entries(kind) for fact in found)
    for fact in found:
        assert fact.kind in KIND_OF.get(letters, {fact.kind}), fact.id
        if letters in {"OB", "KN"}:
            assert fact.kind == {"OB": "observation", "KN": "kinetics"}[letters]


def test_entries_belong_to_the_list():
    letters = {fact.entry.partition("-")[0] for fact in everything() if fact.entry}
    assert letters == set(ENTRIES)
    assert all(fact.entry for fact in entries("observations").values())


def test_every_name_of_the_seed_leads_to_an_entry():
    known = Counter()
    for kind in ("species", "reagents"):
        for entry in entries(kind).values():
            known.update({entry.id, *entry.aliases})
    names = [name.strip() for name in NAMES.split(";")]
    assert len(names) == 40
    assert [name for name in names if not known[name]] == []
    assert [name for name in names if known[name] > 1 and name != "Mo/Fr"] == []


def test_every_claim_says_what_where_and_by_whom():
    references = entries("references")
    assert {claim.kind for claim in CLAIMS.values()} == set(CLAIM_KINDS)
    for claim in CLAIMS.values():
        assert claim.statement.endswith("."), claim.id
        assert claim.subject, claim.id
        assert claim.source.startswith("seed @ "), claim.id
        assert claim.evidence in {"printed", "inference", "implied", "absent"}, claim.id
        assert not claim.material or claim.material in entries("materials"), claim.id
        for reference in claim.references:
            assert reference.key in references, claim.id
    assert {ref.key for claim in CLAIMS.values() for ref in claim.references} <= set(
        sources_of(list(CLAIMS.values()))
    )


def test_every_reference_that_table_s1_and_s2_and_the_schemes_rest_on_is_used_by_a_claim():
    used = {reference.key for claim in CLAIMS.values() for reference in claim.references}
    assert set(entries("references")) - used == {"xie2009", "abe2013"}  # cited for the outlook


def test_exclusion_is_mutual_and_nobody_excludes_itself():
    pairs = {(claim.id, other) for claim in CLAIMS.values() for other in claim.excludes}
    assert pairs
    assert all(other in CLAIMS and one != other for one, other in pairs)
    assert pairs == {(other, one) for one, other in pairs}


def test_an_unknown_kind_of_claim_is_refused():
    problems = []
    words = {"id": "x", "kind": "rumour", "subject": "x", "statement": "x", "source": "seed @ x"}
    Claim.read(Node(words, "mine.yaml", problems))
    (problem,) = problems
    assert "'rumour' is no kind of claim" in problem.what


# ---- recipes -------------------------------------------------------------------------------------


def test_every_row_of_recipes_has_its_recipes_and_there_are_no_others():
    ids = [identifier for row in ROWS.values() for identifier in row]
    assert sorted([*ids, *ILLUSTRATIONS]) == sorted(entries("recipes"))
    for name in ILLUSTRATIONS:
        assert "illustration" in get("recipes", name).name


@pytest.mark.parametrize("identifier", entries("recipes"))
def test_every_recipe_can_be_planned(identifier):
    done = protocol(identifier)
    assert done.plan
    assert any(isinstance(step, Measure) for step in done.steps)
    assert get("recipes", identifier).material in entries("materials")
    assert all(value.status == "assumed" for value in (a.value for a in done.assumptions))


@pytest.mark.parametrize(
    ("identifier", "added_at", "times"),
    [
        ("cds-3a-msa-at-15-min", 15, [15, 20, 30, 35, 45, 60, 75, 90, 120, 135]),
        ("cds-3b-msa-at-30-min", 30, [30, 35, 45, 60, 75, 90, 120, 135]),
    ],
)
def test_the_aliquots_of_figure_3_are_taken_when_the_seed_says(identifier, added_at, times):
    now, taken, added = 0.0, [], None
    for step in protocol(identifier).steps:
        if type(step).__name__ == "Hold" and step.vessel == "flask":
            now += step.duration.to("min")
        elif isinstance(step, Take):
            taken.append((step.vessel, now))
        elif isinstance(step, Inject):
            added = now
    assert taken == [(f"trace-{number}", time) for number, time in enumerate(times, 1)]
    assert added == added_at


@pytest.mark.parametrize("identifier", ["cds-1e-topo-after", "cds-1e-topo-before"])
def test_the_second_pass_of_figure_1e_ends_at_220_degC_and_both_batches_hold_equal_topo(identifier):
    done = protocol(identifier)
    flask = [operation for operation in done.plan if getattr(operation, "vessel", "") == "flask"]
    temperatures = [op.end - 273.15 for op in flask if hasattr(op, "end")]
    assert max(temperatures) == temperatures[-1] == pytest.approx(220)
    moles = sum(op.amounts.get("TOPO", 0) for op in flask if hasattr(op, "amounts"))
    cadmium = sum(op.amounts.get("Cd(OA)2", 0) for op in flask if hasattr(op, "amounts"))
    assert moles / cadmium == pytest.approx(2.2)


def test_the_steps_of_figure_3c_reach_the_temperatures_of_its_traces():
    temperature, wanted = {}, [120, 140, 160, 180, 200, 220, 240, 240]
    now = None
    done = protocol("cdse-3c-hoac")
    for operation in done.plan:
        if hasattr(operation, "end") and operation.vessel == "flask":
            now = operation.end - 273.15
        target = getattr(operation, "target", None)
        if target:
            temperature[target] = now
    assert list(temperature) == [f"trace-{number}" for number in range(1, 9)]
    assert list(temperature.values()) == pytest.approx(wanted)


def test_the_two_reactions_of_figure_4a_differ_fivefold_in_dilution():
    share = {}
    for identifier, trace in (("cds-4a-hpph2", "trace-1"), ("cds-4a-no-hpph2", "trace-2")):
        step = next(s for s in protocol(identifier).steps if getattr(s, "vessel", "") == trace)
        aliquot, solvent = step.taken[0].amount.to("mL"), step.contents[0].amount.to("mL")
        share[trace] = aliquot / (aliquot + solvent)
    printed = get("observations", "figure-4a-factor-five").quantities
    assert share["trace-2"] / share["trace-1"] == pytest.approx(
        printed["dilution_ratio"].quantity.number, rel=1e-3
    )


# ---- compositions --------------------------------------------------------------------------------


def test_printed_masses_agree_with_the_formulae_that_they_are_assigned_to():
    rows = {(row.claim, row.formula): row for row in composition_table()}
    for claim, formula in (
        ("table-s1-row-3-350", "(CdSe)13"),
        ("table-s1-row-4-418", "(CdSe)34"),
        ("table-s1-row-5-418", "(CdSe)33"),
        ("table-s1-row-5-418", "(CdSe)34"),
    ):
        row = rows[claim, formula]
        assert row.mass_da == pytest.approx(row.printed_da, abs=2.0)
    zinc = CLAIMS["table-s2-znse-maldi"]
    assert mass_of(zinc.formulae[0]) == pytest.approx(zinc.number("mz", "Da"), abs=10.0)


def test_derived_masses_agree_with_molmass():
    derived = CLAIMS["derived-cdse-masses"]
    for name, formula in (("n13", "(CdSe)13"), ("n33", "(CdSe)33"), ("n34", "(CdSe)34")):
        assert derived.number(name, "Da") == pytest.approx(mass_of(formula), abs=0.1)


def test_a_mass_leaves_many_formulae():
    measured = CLAIMS["table-s2-cds-maldi"].number("mz", "Da")
    found = candidates(measured, "Cd", "S", ligand="oleate", tolerance=6.0)
    assert len(found) >= 20
    assert len({(c.counts["Cd"], c.counts["S"]) for c in found}) == len(found)
    assert all(abs(candidate.mass_da - measured) <= 6.0 for candidate in found)
    assert not any(candidate.charge == 0 for candidate in found)
    cadmium = [candidate.counts["Cd"] for candidate in found]
    assert max(cadmium) > 5 * min(cadmium)
    errors = [abs(candidate.error_da) for candidate in found]
    assert errors == sorted(errors)
    assert len(candidates(measured, "Cd", "S", tolerance=1.0)) >= 2


def test_tetrahedra_have_the_sizes_of_geometry():
    cdse = get("materials", "CdSe")
    assert [tetrahedron(n)[0] for n in range(5, 16)] == [
        35, 56, 84, 120, 165, 220, 286, 364, 455, 560, 680,
    ]  # fmt: skip
    assert tetrahedron(5) == (35, 20)
    assert edge_atoms_of("Cd35Se20", cdse) == 5
    assert edge_atoms_of("(CdSe)35", cdse) is None
    assert atoms_of("Cd35Se20") == 55
    assert units_of("Cd35Se20", cdse) == pytest.approx(27.5)


def test_the_pyramids_of_table_s1_are_metal_ended_tetrahedra_and_no_other_row_is():
    pyramids = {row.claim: row.edge_atoms for row in composition_table() if row.edge_atoms}
    assert pyramids == {
        "table-s1-row-6-350": 5,
        "table-s1-row-6-380": 6,
        "table-s1-row-6-408": 7,
    }


def test_a_sphere_and_a_tetrahedron_of_a_row_have_one_volume():
    for row in composition_table():
        sphere = math.pi / 6 * row.diameter_nm**3
        assert row.edge_nm**3 / (6 * math.sqrt(2)) == pytest.approx(sphere, rel=1e-9)
    diameters = [row.diameter_nm for row in composition_table() if row.edge_atoms]
    assert diameters == pytest.approx([1.43, 1.70, 1.96], abs=0.006)


def disagreement(one, other, tolerance):
    """Say in what two composition claims on the same absorption contradict each other."""
    first, second = one.number("absorption", "nm"), other.number("absorption", "nm")
    if first is None or second is None or abs(first - second) > tolerance or one is other:
        return ""
    if not set(map(atoms, one.formulae)) & set(map(atoms, other.formulae)):
        return "composition"
    shapes = {"tetrahedron" if "tetrahedr" in s else s for s in (one.shape, other.shape)} - {""}
    return "shape" if len(shapes) > 1 else ""


def atoms(formula):
    return str(molmass.Formula(formula).composition())


def test_what_excludes_what_follows_from_absorption_composition_and_shape():
    claims = [claim for claim in CLAIMS.values() if claim.kind == "composition"]
    for one in claims:
        found = {other.id for other in claims if disagreement(one, other, 2.0)}
        listed = set(one.excludes)
        assert found <= listed, one.id
        for other in listed - found:  # the seed lumps 410 to 419 nm together
            for claim in (one, CLAIMS[other]):
                assert 410 <= claim.number("absorption", "nm") <= 419
            assert disagreement(one, CLAIMS[other], 9.0)


def test_everything_said_of_msc_350_stands_side_by_side():
    said = [claim for claim in CLAIMS.values() if claim.subject == "MSC-350"]
    claims = [claim for claim in said if claim.kind == "composition"]
    assert {formula for claim in claims for formula in claim.formulae} == {
        "(CdSe)13",
        "Cd35Se20",
        "(CdSe)35",
    }
    assert {reference.key for claim in claims for reference in claim.references} == {
        "wang2012", "beecher2014", "hsieh2018", "palencia2020", "yu2003", "mule2021",
    }  # fmt: skip
    assert all(claim.excludes for claim in claims)
    assert any(claim.kind == "contradiction" for claim in said)


@pytest.mark.parametrize("formula", ["(CdSe", "Cd35Xx2", ""])
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(FactsError, match="is not a formula"):
        mass_of(formula)


def test_a_formula_of_another_material_is_refused():
    with pytest.raises(FactsError, match="holds neither Zn nor Se"):
        units_of("Cd35S20", get("materials", "ZnSe"))


# ---- InP -----------------------------------------------------------------------------------------


def test_the_inp_curve_is_that_of_a_tetrahedron_edge():
    (curve,) = get("materials", "InP").curves
    edge = 3.0  # nm
    energy = 1.33 + 9.128 * (10 * edge) ** -0.684
    sphere = (6 / math.pi * edge**3 / (6 * math.sqrt(2))) ** (1 / 3)
    assert curve.diameter(PHOTON_ENERGY_NM / energy) == pytest.approx(sphere, rel=1e-9)
