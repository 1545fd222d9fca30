"""Each line of README's "What it cannot do yet" is tried, and fails as it says."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

import commands
import prenuc as pn
from populations import attachment, only, population
from prenuc.facts.catalogue import entries
from prenuc.mechanism.alloy import alloy
from prenuc.simulation.evolve import evolve
from walk import README

HEADING = "## What it cannot do yet"
NETWORK = """
species: {A: {initial: 1.0}, B: {}}
reactions:
  - {equation: "A -> B", k: {at: 35 degC, value: 0.1, Ea: 80}}
"""


def limits() -> list[str]:
    """Return the lines of the list, each as one text."""
    section = README.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    return [
        text.replace("\n", " ") for text in re.findall(r"^- (.+(?:\n  .+)*)", section, re.MULTILINE)
    ]


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return lambda *words: commands.run(capsys, monkeypatch, *words)


def set_by_hand(run, _):
    for material in ("CdS", "CdTe", "CdSe"):
        values = json.loads(run("show", f"two-pathway/{material}", "--json").out)["values"]
        rates = {name: value for name, value in values.items() if name.endswith((".k", ".Ea"))}
        assert rates
        assert {value["status"] for value in rates.values()} <= {"assumed", "fitted"}
    rows = json.loads(run("reproduce", "2a-b", "--json").out)
    assert all(row["informed"] for row in rows if row["verdict"] == "pass")


def no_dots_at_320_nm(run, _):
    rows = json.loads(run("reproduce", "1b", "--json").out)
    (row,) = [row for row in rows if row["id"] == "1b-topo-dots-at-320-nm"]
    assert row["verdict"] == "miss"
    assert row["simulated"] is None


def dots_never_meet(*_):
    """Dots take up a tenth of the monomer and grow; none is lost to another, nor mixes with one."""
    assert len(alloy().populations) == 2
    model = population(attachment(1.0), sizes=(2, 40))
    start = only((2, 40), 4, 0.05)
    solved = evolve(replace(model, initial={"M": 1.0}), [0.0, 0.5], dots=start)
    first, last = solved.dots
    sizes = np.arange(2, 41)
    assert sizes @ last / last.sum() > 1.1 * sizes @ first / first.sum()
    assert last.sum() == pytest.approx(first.sum(), rel=1e-9)


def clusters_alone_emit(_run, _):
    recipe = pn.recipe("cds-3b-msa-at-30-min")
    done = pn.simulate(pn.two_pathway("CdS"), pn.Protocol.from_recipe(recipe))
    found = pn.emission(done, excitation="350 nm")
    assert not found.absorbance.any()
    assert found.history[-1].endswith("are not computed")


def illustrations_alone(run, _):
    for material in ("InP", "ZnSe"):
        (recipe,) = json.loads(run("list", "recipes", "--material", material, "--json").out)
        (flask,) = entries("recipes")[recipe["id"]].feeds.values()
        amounts = *flask.ratio.values(), flask.concentration
        assert all("illustration" in str(value.source) for value in amounts)
        constants = entries("parameters")[f"two-pathway/{material}"].values.values()
        assert sum(value.status == "assumed" for value in constants) >= len(constants) - 1


def closed_at_25_degc(run, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(NETWORK, encoding="utf-8")
    left = json.loads(run("simulate", path, "--times", "0 10", "--json").out)["species"]["A"][-1]
    k = 0.1 * math.exp(-80e3 / 8.314462618 * (1 / 298.15 - 1 / 308.15))
    assert left == pytest.approx(math.exp(-10.0 * k), rel=1e-5)


BINARY = b"\x4b\x00SPECTRA\x00\x01\x02" + bytes(range(256))


def other_files_are_refused(run, tmp_path):
    path = tmp_path / "a.spa"
    path.write_bytes(BINARY)
    answer = run("convert", path, "--to", "csv")
    assert (answer.code, answer.out) == (2, "")
    (line,) = answer.err.splitlines()
    assert line.startswith(f"prenuc: {path}:1: ")
    assert "binary" in line


def no_such_command(name):
    def check(run, _):
        answer = run(name, "--help")
        assert answer.code == 2
        assert f"No such command '{name}'" in answer.err

    return check


CHECKS = {
    "set by hand": set_by_hand,
    "band near 320 nm": no_dots_at_320_nm,
    "do not coalesce": dots_never_meet,
    "dots and traps are dark": clusters_alone_emit,
    "prints no recipe": illustrations_alone,
    "closed vessel at 25 °C": closed_at_25_degc,
    "binary formats only a few are read": other_files_are_refused,
} | {f"(`prenuc {name}`)": no_such_command(name) for name in ("mass", "saxs")}


@pytest.mark.parametrize("phrase", CHECKS)
def test_what_it_cannot_do_fails_as_the_readme_says(phrase, run, tmp_path):
    assert sum(phrase in line for line in limits()) == 1, "README no longer says so"
    CHECKS[phrase](run, tmp_path)


def test_every_line_of_the_list_is_tried():
    found = limits()
    assert len(found) >= 5
    assert not [line for line in found if not any(phrase in line for phrase in CHECKS)]


def test_every_command_that_is_said_to_be_missing_is_tried():
    named = re.findall(r"\(`prenuc \w+`\)", " ".join(limits()))
    assert sorted(named) == sorted(phrase for phrase in CHECKS if phrase.startswith("(`prenuc"))
