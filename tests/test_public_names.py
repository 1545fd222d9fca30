"""A command and the Python name that goes with it give the same answer."""

from __future__ import annotations

import json
from contextlib import chdir

import pytest
from click.testing import CliRunner

import prenuc as pn
from prenuc.observe.analysis import read_spectra
from prenuc.observe.readers.trace import read_trace
from prenuc.present.cli import prenuc
from prenuc.present.tables.plain import as_text
from snapshot_bench import CASES, RECIPE, lay_out


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("names")
    lay_out(path)
    return path


def analyze(folder):
    found = pn.analyze(read_spectra(folder / "dots.csv"), "CdSe", file="dots.csv")
    return found.rows()


def compare_schemes(folder):
    return pn.compare_schemes(read_trace(folder / "trace.csv"), ["A -> B", "2 A -> B"])


def compare_mechanisms(folder):
    protocol = pn.Protocol.from_recipe(pn.recipe(RECIPE))
    models = [
        model for model in pn.rivals("CdS") if model.name in {"two-pathway/CdS", "classical/CdS"}
    ]
    spectra = pn.read(folder / "recipe.csv")
    return pn.compare_mechanisms(spectra, protocol, models=models, starts=2)


ANSWERS = {
    ("analyze", "dots.csv", "--material", "CdSe"): analyze,
    CASES["size"]: lambda _: pn.size("CdSe", 550.0),
    CASES["view"]: lambda folder: pn.view(pn.read(folder / "spectra.csv")),
    CASES["calibrate"]: lambda _: pn.calibrate("CdSe", starts=1, workers=1),
    CASES["compare-trace"]: compare_schemes,
    (*CASES["compare-mechanisms"], "--starts", "2"): compare_mechanisms,
}


@pytest.mark.parametrize("words", ANSWERS, ids=lambda words: words[0])
def test_a_command_and_its_python_name_give_the_same_answer(words, folder):
    with chdir(folder):
        said = CliRunner().invoke(prenuc, [*words, "--json"], catch_exceptions=False).stdout
    answer = json.loads(said)
    for part in answer if isinstance(answer, list) else [answer]:
        part.pop("results", None)  # for reports
    assert answer == json.loads(as_text(ANSWERS[words](folder)))


def test_convert_writes_the_same_file_as_the_command(folder):
    words = ("convert", "spectra.csv", "--to", "csv", "--out", "by-command.csv")
    with chdir(folder):
        CliRunner().invoke(prenuc, words, catch_exceptions=False)
    path = pn.convert(pn.read(folder / "spectra.csv"), "csv", str(folder / "by-name.csv"))
    assert path == folder / "by-name.csv"
    assert path.read_bytes() == (folder / "by-command.csv").read_bytes()


def test_schemes_are_the_standard_ones_when_none_are_given(folder):
    trace = read_trace(folder / "trace.csv")
    found = pn.compare_schemes(trace)
    assert found.best == "A -> B"
    assert len(found.ranking) > 10
