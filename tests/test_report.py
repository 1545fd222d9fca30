"""A report is one file that loads nothing, escapes everything and is the same each time."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from commands import REAL, bad_files, clusters, dots, real, run, write
from prenuc.errors import InputError
from prenuc.facts.catalogue import get
from prenuc.infer.experiments.published import kinetic_panel
from prenuc.infer.fit.fit import fit
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.observe.absorption import uv_vis
from prenuc.observe.analysis import analyze
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace
from prenuc.present.files.report import DATA, MADE, report
from prenuc.present.files.saved import read_stored
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.run import simulate

LOADS = {"src", "srcset", "href", "xlink:href", "data", "poster", "background", "action", "ping"}


class Loads(HTMLParser):
    """Collects everything in a page that a browser would fetch or run."""

    def __init__(self):
        super().__init__()
        self.found, self.open, self.unclosed = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag == "script" and dict(attrs).get("type") == DATA:
            tag = "data"
        if tag in {"script", "link", "iframe", "object", "embed", "base", "img", "audio", "video"}:
            self.found.append(tag)
        if tag not in {"meta", "br", "hr", "img"}:
            self.open.append(tag)
        for name, value in attrs:
            self.look(name, value or "")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag):
        tag = "data" if tag == "script" and self.open[-1:] == ["data"] else tag
        if tag in self.open:
            while self.open.pop() != tag:
                self.unclosed.append(tag)

    def look(self, name, value):
        if name.startswith("on"):
            self.found.append(f"{name}={value}")
        if name in LOADS and not value.startswith(("#", "data:")):
            self.found.append(f"{name}={value}")
        self.found += [url for url in re.findall(r"url\(([^)]*)\)", value) if url[0] != "#"]

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.found += re.findall(r"@import[^;]*|url\([^)#]*\)", data)


def outside(page: str) -> list[str]:
    parser = Loads()
    parser.feed(page)
    parser.close()
    assert parser.open == parser.unclosed == []
    return parser.found


def trace():
    time = np.linspace(0, 200, 60)
    noise = np.random.default_rng(1).normal(0, 1e-3, time.size)
    return Trace(time, 0.4 * (1 - np.exp(-0.02 * time)) + noise, name="absorbance at 311 nm")


@pytest.fixture(scope="module")
def simulated():
    protocol = Protocol.from_recipe(get("recipes", "cds-msc-311-in-toluene"))
    return simulate(two_pathway("CdS"), protocol)


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """All reports are made at one time."""
    monkeypatch.setenv(MADE, "1790000000")


@pytest.fixture
def prenuc(capsys, monkeypatch):
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


KINDS = {
    "spectra": lambda: [dots()],
    "sized": lambda: [analyze(dots(), "CdSe")],
    "clusters": lambda: [analyze(clusters(), "CdS")],
    "no material": lambda: [analyze(dots()), analyze(clusters())],
    "one spectrum": lambda: [analyze(dots(positions=(510.0,)), "CdSe")],
    "nothing found": lambda: [analyze(clusters(shares=(0.0,)), "CdS")],
    "fit": lambda: [fit(trace(), "PC -> MSC")],
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_of_each_kind_loads_nothing_and_is_the_same_twice(kind, tmp_path):
    pages = [
        report(*KINDS[kind](), to=tmp_path / f"{n}.html").read_text(encoding="utf-8") for n in "ab"
    ]
    assert outside(pages[0]) == []
    assert pages[0].count("<svg") >= 1
    assert pages[0] == pages[1]
    assert "Versions" in pages[0]
    assert "21 September 2026, 14:13 UTC" in pages[0]


def test_a_report_of_a_simulation_loads_nothing(simulated, tmp_path):
    page = report(simulated, uv_vis(simulated), to=tmp_path / "r.html").read_text("utf-8")
    assert outside(page) == []
    assert "What had to be assumed" in page


def test_the_parser_sees_what_would_be_loaded():
    for text in (
        '<img src="x.png">',
        "<script>1</script>",
        '<a href="https://example.org">x</a>',
        "<style>@import 'x.css';</style>",
        "<style>p { background: url(x.png) }</style>",
        '<svg><image xlink:href="http://example.org/a.png"/></svg>',
        '<p style="background: url(http://example.org)">x</p>',
        '<p onclick="x()">x</p>',
    ):
        assert outside(text), text


def test_an_analysis_shows_numbers_sources_inputs_and_doubts(tmp_path):
    sized = report(analyze(dots(), "CdSe"), to=tmp_path / "a.html").read_text("utf-8")
    assert "diameter / nm (yu2003-CdSe)" in sized
    assert "[yu2003]" in sized
    assert "[jasieniak2009]" in sized
    assert "coloured by time" in sized
    plain = report(analyze(clusters(), "CdS"), to=tmp_path / "b.html").read_text("utf-8")
    assert "says nothing about a magic-size cluster (2 of 3 spectra)" in plain
    assert ">MSC-311<" in plain
    assert "[jasieniak2009]" not in plain


def test_what_a_file_says_cannot_become_markup(tmp_path):
    series = dots()
    evil = "<script>alert(1)</script>"
    named = SpectrumSeries(
        series.wavelength,
        series.time,
        series.absorbance,
        labels=(evil, "b", "c"),
        metadata={"file": evil},
        history=(evil,),
    )
    page = report(analyze(named, "CdSe"), to=tmp_path / "r.html", title=evil).read_text("utf-8")
    assert outside(page) == []
    assert "&lt;script&gt;" in page


def test_from_raw_files_and_saved_answers_in_one_command(prenuc, tmp_path):
    raw = write(dots(), tmp_path / "run.csv")
    points = zip(trace().time, trace().value, strict=True)
    rows = "".join(f"{time},{value}\n" for time, value in points)
    (tmp_path / "trace.csv").write_text(f"time (min),signal\n{rows}")
    saved = {
        "analysis": ("analyze", raw, "--material", "CdSe"),
        "fit": ("fit", tmp_path / "trace.csv", "PC -> MSC"),
        "simulation": ("simulate", "cds-msc-311-in-toluene"),
    }
    for name, arguments in saved.items():
        answer = prenuc(*arguments, "--json")
        (tmp_path / f"{name}.json").write_text(answer.out, encoding="utf-8")
    files = [raw, *(tmp_path / f"{name}.json" for name in saved)]
    answer = prenuc("report", *files, "--material", "CdSe", "--to", tmp_path / "r.html", "--json")
    assert json.loads(answer.out) == {"path": str(tmp_path / "r.html")}
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert outside(page) == []
    heads = re.findall(r"<h2>(.*?)</h2>", page)
    assert [head.split(":")[0] for head in heads[:6]] == [
        "In short",
        "First excitons",
        "First excitons",
        "Kinetics",
        "Simulation",
        "Spectra",
    ]
    assert "heating rate" in page


def test_bad_files_get_one_clear_line_and_leave_no_report(prenuc, tmp_path):
    bad = bad_files(tmp_path / "bad")
    answers = {
        "not JSON": "{",
        "no answer of prenuc": '{"a": 1}',
        "is not complete": '{"measurements": []}',
        "not complete (Key": '{"scheme": "A -> B"}',
        "not complete (Type": "[1]",
    }
    for number, (what, text) in enumerate(answers.items()):
        bad[what] = tmp_path / "bad" / f"{number}.json"
        bad[what].write_text(text)
    for what, path in bad.items():
        answer = prenuc("report", path, "--to", tmp_path / "r.html")
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith(f"prenuc: {path}")
        assert what in answer.err
        assert answer.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        ("2a-b", ["a constant lies under the trace</td>", "not identifiable"]),
        ("2c-d", ["t counted from 200 min", "Nothing printed decides"]),
    ],
)
def test_a_kinetic_panel_says_what_the_data_say_about_the_lag_in_both_readings(
    panel, said, tmp_path
):
    page = report(kinetic_panel(panel), to=tmp_path / "r.html").read_text(encoding="utf-8")
    about = page[page.index("What these spectra say about the lag") :]
    assert all(text in about for text in [*said, "nothing but the product absorbs"])
    assert outside(page) == []


def test_a_report_never_replaces_its_input_and_has_its_ending(prenuc, tmp_path):
    page = write(dots(), tmp_path / "run.html")
    before = page.read_bytes()
    assert "not overwritten" in prenuc("report", page, "--to", page).err
    assert page.read_bytes() == before
    assert prenuc("report", page, "--to", tmp_path / "r.pdf").code == 2
    with pytest.raises(InputError, match="a int has no section"):
        report(3, to=tmp_path / "r.html")


def test_a_saved_answer_that_is_too_deep_is_refused(tmp_path):
    path = tmp_path / "deep.json"
    path.write_text("[" * 200_000)
    with pytest.raises(InputError, match="not JSON"):
        read_stored(path)


@real
def test_from_a_real_file_to_a_report_in_one_command(prenuc, tmp_path):
    file, page = REAL / "Run 7 UV-Vis.csv", tmp_path / "r.html"
    assert prenuc("report", file, "--material", "CdSe", "--to", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert outside(text) == []
    assert text.count("<figure>") == 3
    assert text.count("shoulder</td>") + text.count("peak</td>") == 18


def test_the_folder_of_a_sweep_is_no_data_and_a_line_says_what_reports_it(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map").mkdir()
    for name in ("sweep.sqlite", "results.csv", "best.yaml"):
        (tmp_path / "map" / name).write_text("")
    said = run(capsys, monkeypatch, "report", "map", "--to", "page.html")
    assert said.code == 2
    assert said.err == (
        "prenuc: map: this is the folder of a sweep. Give prenuc sweep its description and this "
        "folder again, with --report FILE.html.\n"
    )
