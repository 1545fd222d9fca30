"""Results, saved or put into a report, come back to the last bit and make the same page."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import prenuc as pn
from commands import dots, run, write
from drawn import analysed, emitted
from prenuc.errors import InputError
from prenuc.infer.fit.data_set import DataSet
from prenuc.observe.trace import Trace
from prenuc.present.files import report as page_of
from prenuc.present.files.extract import extract
from prenuc.present.files.kept import Kept, give_back, keep
from prenuc.present.files.report import MADE, report
from prenuc.present.files.saved import read_answer
from view_bench import converting

RECIPE = "cds-msc-311-in-toluene"


@pytest.fixture(autouse=True)
def made(monkeypatch):
    monkeypatch.setenv(MADE, "1790000000")


@pytest.fixture(scope="module")
def results():
    """Return a result of each kind, by the name of its kind."""
    protocol = pn.Protocol.from_recipe(pn.recipe(RECIPE))
    simulated = pn.simulate(pn.two_pathway("CdS"), protocol)
    spectra = pn.uv_vis(simulated, noise=1e-3, seed=1)
    time = np.linspace(0.0, 200.0, 60)
    noise = np.random.default_rng(1).normal(0.0, 1e-3, time.size)
    trace = Trace(time, 0.4 * (1.0 - np.exp(-0.02 * time)) + noise, name="absorbance at 311 nm")
    series = converting(m=12)
    halves = [
        DataSet(data=series, label="a"),
        DataSet(data=series.kept(series.time > 20), label="b"),
    ]
    return {
        "run": simulated,
        "spectra": spectra,
        "course": pn.course(simulated, "cuvette"),
        "fit": pn.fit(trace, "PC -> MSC"),
        "global fit": pn.fit(series, "A -> B"),
        "many": pn.fit(halves, "A -> B"),
        "analysis": pn.analyze(dots(), "CdSe"),
        "comparison": pn.compare_schemes(trace, ["A -> B", "2 A -> B"]),
        "panel": pn.kinetic_panel("2a-b", run=simulated),
        "ablations": pn.ablate("two-pathway/CdSe"),
        "emission": pn.analyze_emission(emitted()),
        "growth": pn.growth_laws(analysed()),
    }


KINDS = (
    "run", "spectra", "course", "fit", "global fit", "many", "analysis", "comparison", "panel",
    "ablations", "emission", "growth",
)  # fmt: skip


def same(one, other):
    """Return whether two results are the same, arrays to the last bit."""
    return keep([one])["sha256"] == keep([other])["sha256"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_of_each_kind_comes_back_from_its_page_and_makes_the_page_again(
    kind, results, tmp_path
):
    live = report(results[kind], to=tmp_path / "live.html")
    held = extract(live)
    (back,) = held.results
    assert type(back) is type(results[kind])
    assert same(back, results[kind])
    again = report(*held.parts, to=tmp_path / "again.html")
    assert again.read_bytes() == live.read_bytes()
    assert held.title == re.search("<title>(.*)</title>", live.read_text("utf-8"))[1]
    assert live.stat().st_size < page_of.LARGEST


def test_arrays_and_what_follows_from_them_are_equal(results):
    text = json.dumps(keep([results["run"], results["spectra"], results["fit"]]))
    simulated, spectra, fit = give_back(json.loads(text)).results
    np.testing.assert_array_equal(spectra.absorbance, results["spectra"].absorbance)
    for one, other in zip(simulated.measurements, results["run"].measurements, strict=True):
        np.testing.assert_array_equal(one.concentration, other.concentration)
        np.testing.assert_array_equal(one.dots, other.dots)
    np.testing.assert_array_equal(
        pn.uv_vis(simulated).absorbance, pn.uv_vis(results["run"]).absorbance
    )
    assert simulated.mechanism == results["run"].mechanism
    assert simulated.protocol == results["run"].protocol
    assert fit.params == results["fit"].params
    assert fit.fit_report() == results["fit"].fit_report()


def test_two_runs_of_one_flask_are_kept_alike(results):
    again = pn.simulate(results["run"].mechanism, results["run"].protocol)
    assert again.stats["cpu_s"] != results["run"].stats["cpu_s"]
    assert same(again, results["run"])


def test_an_array_that_several_results_share_is_held_once(results):
    spectra = results["spectra"]
    size = len("".join(keep([spectra])["packed"]))
    assert len("".join(keep([spectra, spectra, spectra])["packed"])) < 1.1 * size


@pytest.mark.parametrize("damage", ["letter", "end", "hash", "missing", "number", "bomb"])
def test_changed_results_are_refused(damage, results, monkeypatch):
    kept = keep([results["fit"]])
    first = kept["packed"][0]
    changed = {
        "letter": {"packed": [first[:40] + ("A" if first[40] != "A" else "B") + first[41:]]},
        "end": {"packed": [first[:-8]]},
        "hash": {"sha256": "0" * 64},
        "missing": {"packed": None},
        "number": {"packed": 3},
        "bomb": {},
    }[damage]
    if damage == "bomb":
        monkeypatch.setattr("prenuc.present.files.kept.MOST", 1000)
    with pytest.raises(InputError, match="not what was saved"):
        give_back({**kept, **changed}, "mine.json")


def test_results_of_other_classes_name_their_version(results, monkeypatch):
    kept = keep([results["fit"]], {"prenuc": "9.9"})
    monkeypatch.setattr("prenuc.present.files.kept._classes", dict)
    with pytest.raises(InputError, match=r"prenuc 9\.9 wrote these results"):
        give_back(kept)


def test_what_a_file_cannot_bring_back_is_said_in_the_page(results, tmp_path):
    class Own:
        pass

    own = replace(results["run"], stats={"mine": Own()})
    page = report(own, to=tmp_path / "r.html").read_text("utf-8")
    assert "a &#x27;Own&#x27; cannot be saved" in page
    with pytest.raises(InputError, match="holds no results"):
        extract(tmp_path / "r.html")


def test_a_page_that_would_be_too_large_leaves_the_results_out_and_says_so(
    results, tmp_path, monkeypatch
):
    monkeypatch.setattr(page_of, "LARGEST", 200_000)
    page = report(results["spectra"], to=tmp_path / "r.html").read_text("utf-8")
    assert "MB of results are left out" in page
    assert len(page) < 200_000


SAVED = {
    "simulate": ("simulate", RECIPE, "--noise", "1e-3"),
    "fit": ("fit", "spectra.csv", "A -> B", "--at", "371 nm"),
    "analyze": ("analyze", "dots.csv", "--material", "CdSe"),
    "compare": ("compare", "spectra.csv", "--schemes", "A -> B; 2 A -> B", "--at", "371 nm"),
    "ablate": ("ablate", "two-pathway/CdSe"),
    "sweep": ("sweep", "sweep.yaml", "--out", "flasks"),
    "growth": ("growth", "grown.csv", "--material", "CdSe"),
    "emission": ("emission", "emitted FL.csv", "--absorption", "dots.csv"),
}
SWEEP = """\
recipe: cds-4c-oleate
vary:
  heat flask: [160 degC, 200 degC]
  dilute charge flask: [1, 100]
keep: [share of PC, amount of MSC-311]
map: {x: heat flask, y: dilute charge flask, of: share of PC}
"""


@pytest.mark.parametrize("command", SAVED)
def test_a_report_from_a_saved_answer_is_that_of_the_live_run(
    command, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    write(dots(), tmp_path / "dots.csv")
    write(converting(m=20), tmp_path / "spectra.csv")
    write(analysed().series, tmp_path / "grown.csv")
    write(emitted(), tmp_path / "emitted FL.csv")
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    answer = run(capsys, monkeypatch, *SAVED[command], "--json", "--report", "live.html")
    assert answer.code == 0
    (tmp_path / "answer.json").write_text(answer.out, encoding="utf-8")
    assert run(capsys, monkeypatch, "report", "answer.json", "--to", "saved.html").code == 0
    live, saved = ((tmp_path / f"{name}.html").read_bytes() for name in ("live", "saved"))
    assert saved == live
    assert b"In short" in live
    assert isinstance(read_answer(tmp_path / "answer.json"), Kept)


def test_a_comparison_draws_its_data_or_says_that_an_older_version_left_them_out(results, tmp_path):
    found = results["comparison"]
    page = report(found, to=tmp_path / "new.html").read_text("utf-8")
    assert page.count("<figure>") == 1
    older = report(replace(found, curves=None), to=tmp_path / "old.html").read_text("utf-8")
    assert "<figure>" not in older
    assert "The data were not kept with this comparison" in older
    assert "the evidence against" in older


def test_only_the_time_differs_between_two_reports(results, tmp_path, monkeypatch):
    first = report(results["fit"], to=tmp_path / "a.html").read_text("utf-8")
    monkeypatch.setenv(MADE, "1800000000")
    second = report(results["fit"], to=tmp_path / "b.html").read_text("utf-8")
    assert first != second
    assert re.sub("<time.*?</time>", "", first) == re.sub("<time.*?</time>", "", second)
    monkeypatch.setenv(MADE, "yesterday")
    with pytest.raises(InputError, match="'yesterday', which is no time"):
        report(results["fit"], to=tmp_path / "c.html")
    assert not (tmp_path / "c.html").exists()


def test_a_report_names_its_author(results, tmp_path, monkeypatch):
    monkeypatch.setenv("PRENUC_AUTHOR", "A. Chemist & B")
    assert "A. Chemist &amp; B, <time" in report(results["fit"], to=tmp_path / "a.html").read_text()
    by = report(results["fit"], to=tmp_path / "b.html", author="C. Chemist").read_text()
    assert "C. Chemist, <time" in by


def test_extracted_files_are_read_by_commands(capsys, monkeypatch, tmp_path, results):
    monkeypatch.chdir(tmp_path)
    live = report(results["run"], results["spectra"], results["fit"], to="live.html")
    told = run(capsys, monkeypatch, "report", "--extract", "live.html")
    assert "Run, by prenuc" in told.out
    answer = run(capsys, monkeypatch, "report", "--extract", "live.html", "--out", "got", "--json")
    written = json.loads(answer.out)["written"]
    assert written == ["got/results.json", "got/protocol.yaml", "got/spectra.csv"]
    assert run(capsys, monkeypatch, "report", "got/results.json", "--to", "again.html").code == 0
    assert (tmp_path / "again.html").read_bytes() == live.read_bytes()
    repeated = json.loads(run(capsys, monkeypatch, "simulate", "got/protocol.yaml", "--json").out)
    amounts = [one["amounts"] for one in repeated["measurements"]]
    assert amounts == [results["run"].amounts(one) for one in results["run"].measurements]
    read = pn.read(tmp_path / "got/spectra.csv")
    np.testing.assert_array_equal(read.absorbance, results["spectra"].absorbance)


def test_extract_refuses_what_is_no_report_and_options_that_it_does_not_hear(
    capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text("<p>no report</p>")
    for words, said in {
        ("--extract", "page.html"): "holds no results of prenuc",
        ("--extract", "none.html"): "no such file",
        ("--extract", "page.html", "--title", "x"): "--extract hears nothing of --title",
        ("page.html",): "no page is named",
        ("page.html", "--to", "b.html", "--out", "c"): "--out is for --extract",
    }.items():
        answer = run(capsys, monkeypatch, "report", *words)
        assert (answer.code, answer.out) == (2, ""), words
        assert said in answer.err, words
        assert answer.err.count("\n") == 1
