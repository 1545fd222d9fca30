"""``prenuc compare`` and ``prenuc next`` as a user meets them."""

from __future__ import annotations

import json

import numpy as np
import pytest

import prenuc as pn
from commands import run


@pytest.fixture(scope="module")
def spectra_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("spectra") / "run.csv"
    protocol = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))
    seen = pn.uv_vis(
        pn.simulate(pn.two_pathway("CdS"), protocol),
        wavelength=np.arange(285.0, 421.0, 3.0),
        noise=1e-3,
        seed=1,
    )
    keep = slice(0, None, 4)
    heads = [f"{time:g} min" for time in seen.time[keep]]
    lines = [",".join(["wavelength (nm)", *heads])]
    for nm, column in zip(seen.wavelength, seen.absorbance[keep].T, strict=True):
        lines.append(",".join([f"{nm:g}", *(f"{one:.6f}" for one in column)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trace_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("trace") / "trace.csv"
    time = np.arange(4.0, 300.0, 4.0)
    value = 0.4 * (1.0 - np.exp(-0.015 * time))
    value = value + np.random.default_rng(1).normal(0.0, 1e-3, len(time))
    rows = [f"{t:g},{v:.6f}" for t, v in zip(time, value, strict=True)]
    path.write_text("\n".join(["time (min),A311", *rows]) + "\n", encoding="utf-8")
    return path


def test_compare_mechanisms(capsys, monkeypatch, spectra_file):
    ids = "two-pathway/CdS,classical"
    words = ("compare", spectra_file, "--protocol", "cds-msc-311-in-toluene", "--models", ids)
    words += ("--starts", "2")
    answer = run(capsys, monkeypatch, *words, "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    assert found["best"] == "two-pathway/CdS"
    assert found["cannot_tell"] == []
    assert {"model", "criterion", "weight", "verdict"} <= set(found["ranking"][0])
    readable = run(capsys, monkeypatch, *words)
    assert "The data support two-pathway/CdS" in readable.out


@pytest.mark.parametrize("asked", [("--refitted",), ("--observations", "CdS")])
def test_what_compares_without_data_hears_nothing_of_a_file(
    capsys, monkeypatch, tmp_path, trace_file, asked
):
    report = tmp_path / "report.html"
    answer = run(capsys, monkeypatch, "compare", trace_file, *asked, "--report", report)
    assert answer.code == 2
    assert answer.out == ""
    assert f"{asked[0]} hears nothing of" in answer.err
    assert "--report" in answer.err
    assert not report.exists()


def test_compare_schemes(capsys, monkeypatch, trace_file):
    words = ("compare", trace_file, "--schemes", "A -> B; 2 A -> B")
    found = json.loads(run(capsys, monkeypatch, *words, "--json").out)
    assert found["best"] == "A -> B"
    assert [one["model"] for one in found["ranking"]] == ["A -> B", "2 A -> B"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare",), "nothing to compare"),
        (("compare", "TRACE", "--protocol", "cds-msc-311-in-toluene"), "not on a trace"),
        (("compare", "SPECTRA", "--protocol", "cds-msc-311"), "Nearest: 'cds-msc-311-in-toluene'"),
        (("compare", "TRACE", "--schemes", "A -> B"), "1 scheme to compare"),
        (("next", "CdX"), "Nearest"),
        (("next", "CdS", "--models", "droplet,classical"), "Nearest: 'droplets/CdS'"),
        (("next", "CdS", "--sharpen", "isomerisation"), "isomerisation.k"),
    ],
)
def test_wrong_input_is_named(capsys, monkeypatch, trace_file, spectra_file, words, said):
    files = {"TRACE": trace_file, "SPECTRA": spectra_file}
    answer = run(capsys, monkeypatch, *(files.get(word, word) for word in words))
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


def test_next_is_a_bench_plan(capsys, monkeypatch, tmp_path):
    words = ("next", "CdS", "--models", "two-pathway,classical", "--vary", "time", "--draws", "3")
    answer = run(capsys, monkeypatch, *words, "--workers", "1", "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    assert set(found[0]) == {"experiment", "expected_information", "bench_steps"}
    lines = "\n".join(f"  - {step}" for step in found[0]["bench_steps"])
    plan = tmp_path / "plan.yaml"
    plan.write_text(f"name: next\nmechanism: two-pathway/CdS\nprotocol:\n{lines}\n", "utf-8")
    again = run(capsys, monkeypatch, "simulate", plan, "--json")
    assert again.code == 0
    assert len(json.loads(again.out)["measurements"]) == 6


def test_next_sharpens_one_constant(capsys, monkeypatch):
    words = ("next", "CdS", "--models", "droplets", "--sharpen", "crystallisation.k")
    answer = run(capsys, monkeypatch, *words, "--vary", "cuvette", "--workers", "1")
    assert answer.code == 0
    assert "bit)" in answer.out
    assert "measure cuvette at" in answer.out
