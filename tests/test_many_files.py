"""Every command that reads spectra takes many files, or a folder of them, as it takes one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from commands import clusters, dots, write
from test_cli import run  # noqa: F401  # the command line as a function

SERIES = clusters(tuple(np.linspace(0.1, 0.9, 7)))


@pytest.fixture
def scans(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "scans"
    folder.mkdir()
    for place, minute in enumerate(SERIES.time):
        here = np.arange(len(SERIES)) == place
        write(replace(SERIES.kept(here), labels=("Abs",)), folder / f"cds_{minute:g}min.csv")
    return folder


COMMANDS = {
    "analyze": ["--material", "CdS"],
    "view": [],
    "fit": ["A -> B", "--at", "311 nm"],
    "compare": ["--schemes", "A -> B; A <-> B", "--at", "311 nm"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_files_a_folder_and_their_series_give_the_same_answer(run, scans, command):  # noqa: F811
    write(SERIES, scans.parent / "series.csv")
    told = [
        run(command, *given, *COMMANDS[command], "--json").json()
        for given in (["series.csv"], [scans], sorted(scans.iterdir(), reverse=True))
    ]
    numbers = [[*numbers_in(one)] for one in told]
    assert len(numbers[0]) > 5
    for other in numbers[1:]:
        np.testing.assert_allclose(other, numbers[0], rtol=1e-6, atol=1e-9)


def numbers_in(answer):
    """Yield every number of a JSON answer, in order, but those of where it came from."""
    if isinstance(answer, dict):
        for name, inner in answer.items():
            if name not in {"provenance", "history"}:
                yield from numbers_in(inner)
    elif isinstance(answer, list):
        for inner in answer:
            yield from numbers_in(inner)
    elif isinstance(answer, float):
        yield answer


def test_scans_among_whole_series_are_one_series_of_their_own(run, scans):  # noqa: F811
    write(dots(), scans.parent / "dots.csv")
    answer = run("analyze", "dots.csv", *sorted(scans.iterdir()), "--json")
    files = [row["file"] for row in answer.json()]
    assert files[:3] == ["dots.csv"] * 3
    assert len(set(files[3:])) == 1
    assert len(files) == 3 + len(SERIES)


def test_scans_become_one_file_and_series_one_each(run, scans):  # noqa: F811
    write(dots(), scans.parent / "dots.csv")
    write(SERIES, scans.parent / "series.csv")
    told = run("convert", "dots.csv", "series.csv", "--to", "origin", "--json").json()
    assert [one["spectra"] for one in told] == [3, len(SERIES)]
    told = run("convert", *scans.iterdir(), "--to", "csv", "--out", "all.csv", "--json").json()
    assert told == {"path": "all.csv", "format": "csv", "spectra": len(SERIES)}
    refused = run("convert", "dots.csv", "series.csv", "--to", "csv", "--out", "all.csv")
    assert "these files hold 2 series" in refused.complaints(1)[0]
    one = scans / "cds_4min.csv"
    before = one.read_text()
    run("convert", *scans.iterdir(), "--to", "csv", "--out", one).complaints(1)
    assert one.read_text() == before


def test_a_folder_of_emission_spectra_is_refused_by_name(run, scans):  # noqa: F811
    for file in scans.iterdir():
        file.write_text(file.read_text().replace("Abs", "PL intensity"))
    (said,) = run("analyze", scans).complaints(1)
    assert "photoluminescence" in said
    assert "scans" in said


def test_a_report_holds_scans_and_saved_answers_in_their_order(run, scans):  # noqa: F811
    write(dots(), scans.parent / "dots.csv")
    (scans.parent / "dots.json").write_text(run("analyze", "dots.csv", "--json").out)
    assert json.loads((scans.parent / "dots.json").read_text())
    answer = run("report", "dots.json", scans, "--to", "page.html", "--json")
    assert answer.code == 0, answer.err
    page = (scans.parent / "page.html").read_text()
    assert page.index("dots.csv") < page.index("scans")
