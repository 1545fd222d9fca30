"""One table for all readers: cells never become markup, and a saved answer reads the same."""

from __future__ import annotations

import json
import re

import numpy as np

from commands import dots
from prenuc.infer.fit.fit import fit
from prenuc.observe.analysis import analyze
from prenuc.observe.trace import Trace
from prenuc.present.cli.output import echo_table
from prenuc.present.tables.plain import as_text
from prenuc.present.tables.results import constants_table
from prenuc.present.tables.spectra import exciton_table
from prenuc.present.tables.table import Table, fixed, with_unit

TABLE = Table(headings=("name", "a < b"), rows=(("<b>", "1"), ("x" * 40, "2")))


def test_html_escapes_every_cell_and_keeps_short_ones_on_a_line():
    page = TABLE.html()
    assert "<b>" not in page
    assert '<th scope="col">a &lt; b</th>' in page
    assert '<td class="number">1</td>' in page
    assert f"<td>{'x' * 40}</td>" in page


def test_markdown_has_a_line_for_each_row_and_one_for_the_rule():
    lines = TABLE.markdown().splitlines()
    assert len(lines) == 2 + len(TABLE.rows)
    assert lines[1] == "| --- | --- |"
    assert all(line.count("|") == 3 for line in lines)


def test_a_terminal_never_cuts_an_identifier(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    echo_table(TABLE, "title")
    said = capsys.readouterr().out
    assert "title" in said
    assert said.count("x") == 40


def test_a_number_that_is_none_is_a_dash_or_nothing():
    assert fixed(None, 2) == "–"
    assert fixed(3.14159, 2) == "3.14"
    assert with_unit(None, "1/min") == ""
    assert with_unit(0.015, "1/min") == "0.015 1/min"
    assert with_unit(2.0) == "2"


def test_a_saved_answer_gives_the_table_of_the_fresh_one():
    time = np.linspace(0.0, 200.0, 50)
    noise = np.random.default_rng(1).normal(0.0, 1e-3, 50)
    found = fit(Trace(time, 0.4 * (1 - np.exp(-0.02 * time)) + noise), "A -> B")
    fresh = constants_table(found.as_dict())
    assert constants_table(json.loads(as_text(found))) == fresh
    names = [row[0] for row in fresh.rows]
    assert len(names) == len(set(names))
    assert fresh.rows[0][1].endswith(" 1/min")
    rows = analyze(dots(), "CdSe").rows()
    assert exciton_table(json.loads(as_text(rows))) == exciton_table(rows)


def test_a_narrow_interval_keeps_its_width_and_its_number_the_digits_of_it():
    known = {"value": 1.2345678, "unit": "1/min", "ci95": [1.2345, 1.2346]}
    rough = known | {"ci95": [1.1, 1.4]}
    rows = constants_table({"parameters": {"k": known, "k2": rough}, "derived": {}}).rows
    assert rows[0][1:3] == ("1.23457 1/min", "1.23450 to 1.23460")
    assert rows[1][1:3] == ("1.23 1/min", "1.10 to 1.40")


def test_excitons_have_a_column_for_each_curve_and_none_without_material():
    sized, plain = (exciton_table(analyze(dots(), material).rows()) for material in ("CdSe", None))
    assert [h for h in sized.headings if h.startswith("diameter")]
    assert not [h for h in plain.headings if h.startswith("diameter")]
    assert all(re.fullmatch(r"\d+\.\d to \d+\.\d", row[3]) for row in plain.rows)
    narrow = exciton_table(analyze(dots(), "CdSe").rows(), narrow=True)
    # of the centre and of the maximum
    assert len(narrow.headings) == len(plain.headings) + 2 < len(sized.headings)
    named = exciton_table(analyze(dots(), file="folder/run.csv").rows(), files=True)
    assert {row[0] for row in named.rows} == {"run.csv"}
