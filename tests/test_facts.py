"""The shipped data: every number with unit, source and status, and consistent with the rest."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from molmass import Formula
from ruamel.yaml import YAML

import prenuc
from prenuc.errors import FactsError, InputError
from prenuc.facts.catalogue import (
    KINDS,
    cite,
    entries,
    evidence,
    find,
    get,
    read_files,
    recipe,
    sources_of,
    values_of,
)
from prenuc.facts.reagent import Moiety
from prenuc.facts.recipe import BLOCKS
from prenuc.facts.source import Source
from prenuc.facts.species import Species
from prenuc.facts.value import STATUSES

DATA = Path(prenuc.__file__).parent / "data"
FILES = sorted(DATA.rglob("*.yaml"))
VALUE_KEYS = {"value", "unit", "source", "status", "uncertainty", "note", "informed_by"}
CURVES = [
    pytest.param(curve, id=curve.id)
    for material in entries("materials").values()
    for curve in material.curves
]


def raw(path):
    return YAML(typ="safe", pure=True).load(path)


@cache
def known_sources():
    return {
        entry["id"] for name in ("references", "sources") for entry in raw(DATA / f"{name}.yaml")
    }


def is_number(thing):
    return isinstance(thing, (int, float)) and not isinstance(thing, bool)


def incomplete(value, sources):
    """Say what a mapping with a ``value`` lacks."""
    if not is_number(value["value"]):
        yield "value is not a number"
    if not (isinstance(value.get("unit"), str) and value["unit"]):
        yield "no unit"
    if value.get("status") not in STATUSES:
        yield "no status"
    key, _, locator = str(value.get("source", "")).partition(" @ ")
    if key not in sources or not locator:
        yield f"no source, or an unknown one: {value.get('source')}"
    if set(value) - VALUE_KEYS:
        yield f"extra keys {set(value) - VALUE_KEYS}"


COMPUTED = {"nearby", "physical", "nuisance"}  # chances of rows over draws, made by make row-bits


def naked(thing, sources, path=""):
    """Yield the place of every number that is not part of a complete value."""
    if isinstance(thing, dict):
        if "value" in thing:
            yield from (f"{path}: {what}" for what in incomplete(thing, sources))
            return
        for key, item in thing.items():
            bookkeeping = key == "composition" and all(
                isinstance(count, int) for count in item.values()
            )
            bookkeeping |= key in BLOCKS  # how many of what, not how fast
            bookkeeping |= key in {"bounds", "targets"}  # of a search, in the units of its set
            bookkeeping |= key in {"begun", "ended", "constants", "rows"}  # of a refit, likewise
            bookkeeping |= key == "numbers"  # of an additive: bounds, each with its unit
            bookkeeping |= key in {"passes", "draws"}  # counted
            bookkeeping |= key in {"takes", "gives"}  # of an equation
            bookkeeping |= path.startswith("[") and key.partition(" ")[0] in COMPUTED
            if not (bookkeeping or (key == "year" and isinstance(item, int))):
                yield from naked(item, sources, f"{path}/{key}")
    elif isinstance(thing, list):
        for index, item in enumerate(thing):
            yield from naked(item, sources, f"{path}[{index}]")
    elif is_number(thing):
        yield f"{path}: {thing}"


def test_every_kind_of_fact_loads_and_is_not_empty():
    for kind in KINDS:
        assert entries(kind), kind
        assert all(key == entry.id and entry.name for key, entry in entries(kind).items())


def test_every_data_file_belongs_to_a_kind():
    assert {path.relative_to(DATA).parts[0].removesuffix(".yaml") for path in FILES} == set(
        KINDS
    ) | {"ensembles", "split"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_no_number_is_naked(path):
    assert list(naked(raw(path), known_sources())) == []


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("{value: 112.414, unit: g/mol, source: iupac @ abridged table, status: measured}", "112"),
        ("unit: g/mol, ", ""),
        ("source: iupac @ abridged table, ", ""),
        ("iupac @ abridged table", "hearsay @ a corridor"),
        (", status: measured", ""),
        ("status: measured", "status: measured, spread: 3"),
        ("kind: metal", "kind: metal\n  atomic_number: 48"),
    ],
)
def test_a_number_that_is_made_naked_is_seen(tmp_path, written, instead):
    text = (DATA / "moieties.yaml").read_text(encoding="utf-8")
    assert written in text
    copy = tmp_path / "moieties.yaml"
    copy.write_text(text.replace(written, instead, 1), encoding="utf-8")
    (found,) = naked(raw(copy), known_sources())
    assert found.startswith("[0]/")


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("{value: 112.414, unit: g/mol, source: iupac @ abridged table, status: measured}", "112"),
        ("kind: metal", "kind: metal\n  atomic_number: 48"),
    ],
)
def test_a_naked_number_does_not_load(tmp_path, written, instead):
    text = (DATA / "moieties.yaml").read_text(encoding="utf-8").replace(written, instead, 1)
    copy = tmp_path / "moieties.yaml"
    copy.write_text(text, encoding="utf-8")
    with pytest.raises(FactsError, match=re.escape(str(copy))):
        read_files([copy], lambda node: node.entry(Moiety), "a moiety")


def test_every_citation_key_is_in_the_bibliography():
    known = known_sources()
    for kind in set(KINDS) - {"references", "sources"}:
        for entry in entries(kind).values():
            for value in values_of(entry):
                assert value.source.key in known, (kind, entry.id)
            if source := getattr(entry, "source", ""):
                assert Source.parse(source).key in known, (kind, entry.id)


def test_there_are_the_25_references_of_the_seed_with_full_data():
    references = entries("references")
    assert len(references) == 25
    assert len({reference.title for reference in references.values()}) == 25
    for reference in references.values():
        assert reference.type == "article"
        assert reference.authors
        assert all(re.fullmatch(r"[^,]+, .+", author) for author in reference.authors)
        assert reference.journal
        assert reference.doi or (reference.volume and reference.pages)
        assert 1900 < int(reference.year) < 2030
        assert reference.printed_in
        assert reference.year in reference.text()
        assert reference.id.endswith(reference.year) or reference.id[:-1].endswith(reference.year)


def test_every_sentence_of_a_procedure_has_a_source():
    for entry in entries("recipes").values():
        assert entry.procedure
        for step in entry.procedure:
            assert Source.parse(step.source).key in known_sources(), (entry.id, step.text)


def test_every_assumption_proposed_by_a_recipe_says_that_it_is_one():
    for entry in entries("recipes").values():
        for unreported in entry.unreported:
            assert unreported.why
            assert unreported.proposal is None or unreported.proposal.status == "assumed"


def test_every_placeholder_of_a_procedure_is_unreported_or_a_feed():
    for entry in entries("recipes").values():
        names = {unreported.name for unreported in entry.unreported}
        names |= {f"feed of {vessel}" for vessel in entry.feeds}
        used = {name for step in entry.procedure for name in re.findall(r"\{(.+?)\}", step.text)}
        assert used <= names
        assert names - used <= {"batch mass", "path length"}


@pytest.mark.parametrize("kind", ["reagents", "moieties"])
def test_molar_masses_agree_with_the_atomic_weights(kind):
    for entry in entries(kind).values():
        assert entry.molar_mass.quantity.to("g/mol") == pytest.approx(
            Formula(entry.formula).mass, abs=0.1
        ), entry.id


def test_the_molar_mass_of_a_reagent_is_that_of_its_moieties():
    moieties, reagents = entries("moieties"), entries("reagents")
    for reagent in reagents.values():
        parts = [
            count * (moieties[part] if part in moieties else reagents[part]).molar_mass.si
            for part, count in reagent.composition.items()
        ]
        assert sum(parts) == pytest.approx(reagent.molar_mass.si, abs=0.01e-3), reagent.id


def test_reagents_are_possible_liquids():
    for reagent in entries("reagents").values():
        melting, boiling = reagent.melting_point, reagent.boiling_point
        if melting and boiling:
            assert 0 < melting.si < boiling.si, reagent.id
        if reagent.is_solvent:
            assert melting, reagent.id
            assert boiling, reagent.id
            assert reagent.density, reagent.id
        if reagent.density:
            assert 0.6 < reagent.density.quantity.to("g/mL") < 9, reagent.id


def test_no_two_reagents_share_a_name():
    named = Counter(
        name
        for reagent in entries("reagents").values()
        for name in {reagent.id, reagent.name, *reagent.aliases}
    )
    assert [name for name, count in named.items() if count > 1] == []


@pytest.mark.parametrize("curve", CURVES)
def test_sizing_curves_rise_and_are_positive(curve):
    low, high = curve.low.quantity.to("nm"), curve.high.quantity.to("nm")
    wavelengths = np.linspace(low, high, 2001)
    diameters = np.array([curve.diameter(wavelength) for wavelength in wavelengths])
    assert np.all(diameters > 0)
    assert np.all(np.diff(diameters) > 0)


@pytest.mark.parametrize("curve", CURVES)
def test_sizing_curves_are_not_extrapolated(curve):
    low, high = curve.low.quantity.to("nm"), curve.high.quantity.to("nm")
    for outside in (low - 0.5, high + 0.5, float("nan")):
        assert not curve.in_range(outside)
        with pytest.raises(InputError, match="lies outside the range"):
            curve.diameter(outside)


def test_sizing_curves_give_the_diameters_that_their_files_state():
    for path in (DATA / "materials").glob("*.yaml"):
        for entry in raw(path):
            curves = {curve.id: curve for curve in get("materials", entry["id"]).curves}
            for stated in entry["sizing_curves"]:
                for end in ("low", "high"):
                    wavelength = stated["wavelength_range"][end]["value"]
                    diameter = stated["diameter_range"][end]["value"]
                    found = curves[stated["id"]].diameter(wavelength)
                    assert found == pytest.approx(diameter, rel=5e-3), (stated["id"], end)


def test_volumes_of_a_unit_follow_from_the_lattice_constant():
    for material in entries("materials").values():
        values = {name: value.quantity for name, value in material.values.items()}
        unit = values["lattice_constant"].to("nm") ** 3 / 4
        assert values["unit_volume"].to("nm^3") == pytest.approx(unit, rel=1e-3)
        molar = unit * 1e-21 * 6.02214076e23
        assert values["molar_volume"].to("cm^3/mol") == pytest.approx(molar, rel=1e-3)


def test_what_informed_a_number_or_a_structure_is_an_observation_a_claim_or_a_group():
    for kind in ("species", "parameters", "materials", "recipes"):
        for entry in entries(kind).values():
            for value in values_of(entry):
                assert all(map(evidence, value.informed_by)), entry.id
    for entry in entries("parameters").values():
        assert all(map(evidence, entry.structure.informed_by)), entry.id


def test_a_group_of_evidence_is_what_the_rows_of_a_material_check():
    every, calibrated = evidence("every row of CdS"), evidence("calibrated rows of CdS")
    assert calibrated < every
    assert {"figure-3b-msc-disappears", "figure-4c-oleate"} <= every - calibrated
    assert "figure-2b-fitted-curve" in calibrated
    assert "figure-2d-fitted-curve" not in every
    with pytest.raises(FactsError, match="every row of CdS"):
        evidence("every rows of CdS")


def test_a_fitted_constant_of_a_mechanism_says_what_informed_it():
    for entry in entries("parameters").values():
        for name, value in entry.values.items():
            assert value.status != "fitted" or value.informed_by, (entry.id, name)


def test_pc_and_msc_point_at_each_other():
    species = entries("species")
    paired = [entry for entry in species.values() if entry.counterpart]
    assert paired
    for entry in paired:
        other = species[entry.counterpart]
        assert other.counterpart == entry.id
        assert {entry.kind, other.kind} == {"PC", "MSC"}
        assert entry.material == other.material


def test_an_id_that_stands_in_two_files_is_refused_naming_both_places(tmp_path):
    files = sorted((DATA / "species").glob("*.yaml"))
    text = files[0].read_text(encoding="utf-8")
    first = text[text.index("- id:") :].split("\n- id:")[0] + "\n"
    copy = tmp_path / "mine.yaml"
    copy.write_text("# mine\n" + first, encoding="utf-8")
    with pytest.raises(FactsError) as caught:
        read_files([*files, copy], Species.read, "a species")
    (problem,) = caught.value.problems
    assert "is used twice" in problem.what
    assert problem.where == f"{copy}:2"
    line = text[: text.index("- id:")].count("\n") + 1
    assert f"{files[0]}:{line}" in problem.mend


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(FactsError, match="no recipe 'cds-msc-311-in-tolune'") as caught:
        recipe("cds-msc-311-in-tolune")
    assert caught.value.problems[0].nearest[0] == "cds-msc-311-in-toluene"
    with pytest.raises(FactsError, match="no species 'MSC-31'"):
        get("species", "MSC-31")
    with pytest.raises(FactsError, match="no entry 'PC-3111'") as caught:
        find("PC-3111")
    assert "PC-311" in caught.value.problems[0].nearest
    with pytest.raises(FactsError, match="no kind of fact 'specie'") as caught:
        entries("specie")
    assert caught.value.problems[0].nearest[0] == "species"


def test_find_says_of_which_kind_an_entry_is():
    assert find("MSC-311") == ("species", get("species", "MSC-311"))
    assert find("toluene")[0] == "reagents"


def cited(text):
    return set(re.findall(r"^\[(\w+)\]", text, re.MULTILINE))


def test_cite_gives_exactly_the_sources_used():
    curve = next(c for c in get("materials", "CdSe").curves if c.id == "jasieniak2009-CdSe")
    assert cited(cite(curve)) == {"jasieniak2009", "prenuc"}
    assert cited(cite(recipe("cds-msc-311-in-toluene"))) == {"seed", "prenuc"}
    assert cite() == ""
    value = get("moieties", "Cd").molar_mass
    assert cite(value).splitlines() == [
        f"[iupac] {entries('sources')['iupac'].text()}  Used: abridged table"
    ]


def test_cite_names_each_source_once_and_every_place_in_it_once():
    text = cite(
        recipe("cds-msc-311-in-toluene"), get("species", "MSC-311"), [get("species", "PC-311")]
    )
    assert Counter(re.findall(r"^\[(\w+)\]", text, re.MULTILINE)).most_common(1)[0][1] == 1
    found = sources_of(recipe("cds-msc-311-in-toluene"))
    assert all(len(set(places)) == len(places) for places in found.values())
    assert "Table S3 row 2a-b" in found["seed"]


def test_cite_finds_the_sources_of_every_value_inside():
    for kind in ("materials", "reagents", "species", "parameters", "recipes"):
        for entry in entries(kind).values():
            wanted = {(v.source.key, v.source.locator) for v in values_of(entry)}
            found = {(key, place) for key, places in sources_of(entry).items() for place in places}
            assert wanted <= found, entry.id


def test_bibtex_has_one_entry_per_source_and_closes_its_braces():
    text = cite(*entries("materials").values(), style="bibtex")
    keys = re.findall(r"^@(?:article|misc)\{(\w+),$", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(sources_of(list(entries("materials").values())))
    for key, reference in {**entries("references"), **entries("sources")}.items():
        entry = reference.bibtex()
        assert entry.startswith(("@article{" + key + ",", "@misc{" + key + ","))
        assert entry.count("{") == entry.count("}")
        fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", entry, re.MULTILINE))
        assert fields["title"] == "{" + reference.title + "}"
        assert fields.get("author", "") == " and ".join(reference.authors)
        assert fields.get("year", "") == reference.year


def test_a_source_without_a_place_is_no_source():
    assert Source.parse("seed @ Note S2") == Source("seed", "Note S2")
    assert str(Source("seed", "Note S2")) == "seed @ Note S2"
    for text in ("seed", "seed @ ", " @ Note S2", "seed@Note S2"):
        with pytest.raises(ValueError, match=r"seed|Note"):
            Source.parse(text)
