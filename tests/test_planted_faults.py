"""The two-pathway model of CdS as a user's file: lawful, until a fault is planted in it."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from prenuc.facts.recipe import BLOCKS
from prenuc.mechanism.network_file import read_mechanism
from prenuc.thermodynamics.check import check

PACKAGE = files("prenuc.data").joinpath("parameters/CdS.yaml").read_text("utf-8")
KEPT = {"material", "values", *BLOCKS}
K_MSC = "K = 19.59 at 25 °C and ΔH = -38.83 kJ/mol"  # MSC-311.K, PC-311 → MSC-311
K_BACK = "K = 41.7188 at 25 °C and ΔH = -33.7 kJ/mol"  # 1/PC-322.K
DOCKING = "equation: 0.1 MSC-311 <-> QD, k: 10, order: {MSC-311: 1}, because: a cluster docks"
OWN = "reverse: {value: 0.02, Ea: 90, legacy: true}"


@pytest.fixture
def planted(tmp_path):
    """Checks the model with one more reaction; its line is the last of the file."""

    def checking(*reactions, **changed):
        whole = yaml.safe_load(PACKAGE)[0]
        model = {key: part for key, part in whole.items() if key in KEPT} | changed
        model["reactions"] = model.pop("reactions")  # at the end
        text = yaml.safe_dump(model, sort_keys=False, allow_unicode=True, width=10000)
        path = tmp_path / "mine.yaml"
        path.write_text(text + "".join(f"  {one}\n" for one in reactions), encoding="utf-8")
        return check(read_mechanism(path)), f"mine.yaml:{text.count(chr(10)) + 1}: "

    return checking


@pytest.mark.parametrize(
    ("reaction", "kind", "said"),
    [
        ("x: {equation: PC-311 -> MSC-311, k: 0.02}", "missing way back", K_MSC),
        (
            "x: {equation: PC-311 -> MSC-311, k: 0.02, irreversible: {because: it looks so}}",
            "missing way back",
            K_MSC,
        ),
        (
            f"x: {{equation: PC-311 <-> MSC-311, k: {{value: 0.02, Ea: 90}}, {OWN}}}",
            "cycle that does not close",
            f"without that 'x' would close it with {K_MSC}",
        ),
        (
            "x: {equation: PC-322 -> PC-311, k: 0.02, catalysts: {HOA: {half: 3}}}",
            "missing way back",
            K_BACK,
        ),
        (
            f"x: {{equation: PC-322 <-> PC-311, k: 0.02, order: {{PC-322: 2}}, {OWN}}}",
            "power law",
            "K would change with PC-322",
        ),
        (
            f"x: {{equation: PC-322 <-> PC-311, k: 0.02, order: {{S: 1}}, {OWN}}}",
            "one-sided host",
            "needs S",
        ),
        (
            "x: {equation: 0.1 PC-311 -> QD, k: 10, order: {PC-311: 1}}",
            "missing way back",
            "'x' a way back with K = ",
        ),
        (
            "x: {equation: PC-311 <-> PC-322, k: 0.1, under: {MeOH: {h: 3}}}",
            "binding on a rate",
            "changes with MeOH",
        ),
        (
            "x: {equation: PC-311 <-> PC-322, k: 0.1, above: {MeOH: 0.1}}",
            "one-sided bound",
            "is bounded by MeOH",
        ),
    ],
)
def test_a_fault_in_the_blocks_is_convicted_with_its_line_and_the_K_that_closes(
    planted, reaction, kind, said
):
    found, line = planted(reaction)
    assert found.verdict == "inconsistent"
    assert kind in {fault.kind for fault in found.faults}
    assert any(line in reason and said in reason for reason in found.reasons), found.reasons


def test_the_smallest_dot_may_not_fall_apart_by_a_way_on_which_none_is_made(planted):
    found, line = planted(f"x: {{{DOCKING}}}")
    assert found.verdict == "inconsistent"
    assert all(
        line in reason and "'x reverse of the smallest dots'" in reason for reason in found.reasons
    )


def test_a_ligand_that_is_no_longer_debited_is_convicted(planted):
    found, _ = planted(debited=["TOPO"])
    assert [fault.kind for fault in found.faults] == ["binding without debit"]


@pytest.mark.parametrize(
    "reaction",
    [
        "x: {equation: PC-311 <-> MSC-311, k: {value: 0.02, Ea: 90}}",
        "x: {equation: PC-311 <-> 10 Mo/Fr, k: 0.01, catalysts: {MeOH: {half: 2}}}",
        "x: {equation: PC-311 <-> PC-322, k: 0.01, order: {PC-311: 1.5}, because: surfaces meet}",
        f"x: {{{DOCKING}, dots of: {{from: 24, to: 6000}}}}",
    ],
)
def test_a_lawful_neighbour_is_not(planted, reaction):
    found, _ = planted(reaction)
    assert found.verdict == "consistent"
    assert found.reversible > 29
