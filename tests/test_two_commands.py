"""From each kind of file to table, figure and workbook in two commands, as the how-to says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import prenuc as pn
from commands import dots, run, write

PAGE = Path(__file__).parents[1] / "docs/how-to/table-figure-workbook.md"
ROWS = re.findall(
    r"\| `(prenuc .*?) > (\S+\.json)`, then `(prenuc convert .*?)` \|", PAGE.read_text()
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    at = 480 + 50 * (1 - np.exp(-np.arange(8) / 3))
    series = dots(tuple(at.tolist()))
    write(series, tmp_path / "run.csv")
    (tmp_path / "scans").mkdir()
    for i, time in enumerate(series.time):
        one = series.kept(np.arange(len(series)) == i)
        write(one, tmp_path / "scans" / f"s_t{time:g}s.csv")
    emission = pn.SpectrumSeries(
        series.wavelength,
        series.time,
        np.array([900 * np.exp(-(((series.wavelength - x - 20) / 14) ** 2)) + 5 for x in at])
        + np.random.default_rng(1).normal(0, 1, series.absorbance.shape),
        time_unit="s",
        signal="photoluminescence",
    )
    write(emission, tmp_path / "fl.csv")
    time = np.linspace(0, 100, 30)
    rows = zip(time, 1 - np.exp(-0.03 * time) + 1e-3 * np.sin(17 * time), strict=True)
    text = "time / min,signal\n" + "".join(f"{t:.4f},{v:.6f}\n" for t, v in rows)
    (tmp_path / "trace.csv").write_text(text)
    return tmp_path


@pytest.mark.parametrize(("first", "answer", "second"), ROWS, ids=[row[1] for row in ROWS])
def test_two_commands_make_table_figure_and_workbook(
    first, answer, second, here, capsys, monkeypatch
):
    words = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', first)][1:]
    words = [
        str(one) for part in words for one in (sorted(here.glob(part)) if "*" in part else [part])
    ]
    told = run(capsys, monkeypatch, *words)
    assert told.code == 0, told.err
    (here / answer).write_text(told.out)
    done = run(capsys, monkeypatch, *second.split()[1:])
    assert done.code == 0, done.err
    book = openpyxl.load_workbook(here / answer.replace(".json", ".xlsx"))
    assert book.worksheets[0].max_row > 1
    assert [*here.glob("figures/*.svg")] or [*here.glob("*.png")]


def test_the_page_names_every_kind_of_answer():
    assert len(ROWS) == 5
