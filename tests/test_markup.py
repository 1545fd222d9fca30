"""What strangers write into files and names is shown as they wrote it, and runs nowhere.

The pages are parsed as a browser would: no element, attribute or address may come from a text, and
every text must be found among what is shown.
"""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pytest

from commands import clusters, dots, run, write
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files.report import DATA

EVIL = "<script>alert(1)</script>"
ENTITY = "B&lt"  # a name of a species, and no sign
BREAKS = [
    "\"'><img src=x onerror=alert(2)>",
    "]]></style></svg><script>alert(3)</script>",
    "&lt;b&#62;",
]
VOID = {"meta", "br", "hr", "img", "path", "use"}


class Shown(HTMLParser):
    """Collects the texts of a page, and what could run in it."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self.runs = [], []

    def handle_starttag(self, tag, attrs):
        if tag == "script" and dict(attrs).get("type") == DATA:
            return  # results, which no browser runs
        if tag in {"script", "img", "iframe", "object", "embed", "link", "base", "form"}:
            self.runs.append(tag)
        for name, value in attrs:
            if name.startswith("on") or "javascript:" in (value or "").lower():
                self.runs.append(f"{tag} {name}={value}")

    def handle_data(self, data):
        self.texts.append(data)


def shown(page):
    parser = Shown()
    parser.feed(page)
    parser.close()
    assert parser.runs == []
    return "".join(parser.texts)


@pytest.fixture
def prenuc(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def ask(*words):
        answer = run(capsys, monkeypatch, *words)
        assert answer.code == 0, answer.err
        return answer.out

    return ask


@pytest.mark.parametrize("evil", [EVIL, *BREAKS])
def test_a_page_of_everything_shows_what_was_written_and_runs_nothing(prenuc, tmp_path, evil):
    named = evil.replace("/", "∕")  # a slash would be a folder
    series = clusters(tuple(np.linspace(0, 1, 4)))
    spectra = SpectrumSeries(
        series.wavelength, series.time, series.absorbance, labels=[f"{i} {evil}" for i in range(4)]
    )
    file = tmp_path / f"{named}.csv"
    head = ",".join(
        ["wavelength (nm)", *(f'"{i} {evil.replace(chr(34), chr(34) * 2)}"' for i in range(4))]
    )
    rows = write(spectra, file).read_text(encoding="utf-8").splitlines()[1:]
    file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    answer = {
        "scheme": f"A -> B {evil}",
        "parameters": {evil: {"value": 1.0, "unit": evil}},
        "derived": {f"of {evil}": 2.0},
        "history": [f"history {evil}"],
        "warnings": [f"warning {evil}"],
        "reason": f"reason {evil}",
    }
    (tmp_path / f"{named}.json").write_text(json.dumps(answer), encoding="utf-8")
    prenuc(
        "report", f"{named}.csv", f"{named}.json", "--to", "page.html", "--title", f"title {evil}"
    )
    text = shown((tmp_path / "page.html").read_text(encoding="utf-8"))
    for part in (
        f"title {evil}",
        f"A → B {evil}",
        f"history {evil}",
        f"warning {evil}",
        f"reason {evil}",
        f"of {evil}",
        f"1 {evil}",
        f"{named}.csv",
        f"{named}.json",
    ):
        assert part in text, part


def test_yaml_names_are_shown_in_the_page_of_a_simulation(prenuc, tmp_path):
    name = f"batch {EVIL}"
    steps = [
        "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC",
        "measure flask at 5 min",
    ]
    (tmp_path / "batch.yaml").write_text(
        json.dumps({"name": name, "protocol": steps}), encoding="utf-8"
    )
    own = {"species": {"S": {}, EVIL: {}}, "reactions": [{"equation": f"S -> {EVIL}", "k": 1}]}
    (tmp_path / f"{EVIL.replace('/', '∕')}.yaml").write_text(json.dumps(own), encoding="utf-8")
    told = ("simulate", "batch.yaml", "--mechanism", f"{EVIL.replace('/', '∕')}.yaml")
    prenuc(*told, "--inert", "Cd(OA)2", "--report", "page.html", "--out", "out")
    text = shown((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert name in text
    assert f"Mechanism: {EVIL.replace('/', '∕')}" in text
    assert name in shown((tmp_path / "out" / "spectra.svg").read_text(encoding="utf-8"))
    prenuc("report", "out/simulation.json", "--to", "again.html")
    assert name in shown((tmp_path / "again.html").read_text(encoding="utf-8"))


def notebooks():
    """Return what has a page of its own in a notebook, with a name that is markup."""
    import prenuc as pn
    from prenuc.observe.trace import Trace

    base = dots(tuple(np.linspace(500.0, 520.0, 7)))
    time = np.linspace(0, 100, 30)
    noise = np.random.default_rng(5).normal(0, 1e-3, 30)
    trace = Trace(time, 1 - np.exp(-0.05 * time) + noise, name=EVIL)
    series = SpectrumSeries(
        base.wavelength,
        base.time,
        base.absorbance,
        metadata={"file": EVIL},
        history=(EVIL,),
        time_unit="s",
    )
    protocol = pn.Protocol.from_text(
        "charge flask with 1 mL ODE at 25 degC\nmeasure flask at 1 min", name=EVIL
    )
    return {
        "series": (series, EVIL),
        "fit": (pn.fit(trace, f"A -> {ENTITY}"), EVIL),
        "global fit": (pn.fit(series, f"A -> {ENTITY}"), ENTITY),
        "comparison": (pn.compare_schemes(trace, ["A -> B", f"A -> {ENTITY}"]), ENTITY),
        "views": (pn.view(series), "spectra"),
        "run": (pn.simulate(pn.two_pathway("CdS"), protocol), EVIL),
    }


def test_what_a_notebook_shows_is_text():
    for name, (thing, text) in notebooks().items():
        assert text in shown(thing._repr_html_()), name


def test_the_parser_sees_what_would_run():
    for text in (EVIL, "<img src=x>", "<p onclick=x()>", "<a href='javascript:x()'>x</a>"):
        with pytest.raises(AssertionError):
            shown(text)


@pytest.mark.parametrize("label", ["_blank", "", "__", "$x$", "4 min"])
def test_no_label_is_left_out_of_a_figure(label):
    from prenuc.present.figures.kinds import draw

    base = dots()
    series = SpectrumSeries(base.wavelength, base.time, base.absorbance, labels=(label, "b", "c"))
    shown_labels = draw("spectra", series).figure.axes[0].get_legend().get_texts()
    assert [text.get_text() for text in shown_labels] == [label, "b", "c"]


def test_no_species_is_left_out_of_the_figure_of_a_fit():
    import prenuc as pn
    from prenuc.present.figures.kinds import draw

    fit = pn.fit(dots(tuple(np.linspace(500.0, 520.0, 7))), "_A -> B")
    (legend,) = draw("fit", fit).figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["_A", "B"]
