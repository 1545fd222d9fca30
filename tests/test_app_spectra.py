"""Spectra that are dropped on the application: the numbers are those of the commands."""

from __future__ import annotations

import json
import shlex
import time

import numpy as np
import pytest

import prenuc as pn
from commands import clusters, dots, run, write
from prenuc.errors import InputError
from prenuc.present.app import messages
from prenuc.present.app.actions import ACTIONS
from prenuc.present.app.frames import unpacked
from prenuc.present.app.jobs import PENDING


class Page:
    """Asks as a page does, and waits for its jobs."""

    def __init__(self, session):
        self.session = session

    def ask(self, name, **given):
        action, given = messages.checked(ACTIONS, name, given)
        return json.loads(json.dumps(action(self.session, **given), allow_nan=False))

    def drop(self, *files):
        add = self.session.desk.uploads.add
        return [add(file.name, file.read_bytes()) for file in files]

    def done(self, name, **given):
        job = self.ask(name, **given)["job"]
        for _ in range(6000):  # a machine may have other things to do
            (told,) = [one for one in self.session.jobs.told() if one["id"] == job]
            if told["state"] not in PENDING:
                assert told["state"] == "done", told
                return job, json.loads(json.dumps(told["answer"], allow_nan=False))
            time.sleep(0.1)
        raise AssertionError(told)


@pytest.fixture
def page(session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Page(session)


def answered(capsys, monkeypatch, line, *more):
    _, *words = shlex.split(line)
    return json.loads(run(capsys, monkeypatch, *words, *more).out)


def test_what_was_read_and_assumed_is_told_and_drawn(page, tmp_path):
    series = dots()
    file = write(series, tmp_path / "dots.csv")
    told = page.ask("spectra.open", uploads=page.drop(file))
    assert (told["kind"], told["spectra"]) == ("spectra", len(series))
    assert told["history"] == list(pn.read(tmp_path / "dots.csv").history)
    (frame,) = page.session.take_frames()
    header, arrays = unpacked(frame)
    assert header["of"] == "spectra"
    assert arrays["absorbance"] == pytest.approx(pn.read(tmp_path / "dots.csv").absorbance)


def test_windows_and_masks_are_those_of_the_command(page, tmp_path, capsys, monkeypatch):
    write(dots(), tmp_path / "dots.csv")
    page.ask("spectra.open", uploads=page.drop(tmp_path / "dots.csv"))
    told = page.ask("spectra.cut", window="400 640 nm", mask=["600 605 nm", "30 30 s"])
    assert told["spectra"] == len(dots()) - 1
    _, found = page.done("spectra.excitons", material="CdSe")
    rows = answered(capsys, monkeypatch, found["command"], "--json")
    assert [one["first_exciton_nm"] for one in found["rows"]] == [
        one["first_exciton_nm"] for one in rows
    ]
    with pytest.raises(InputError, match="no wavelengths"):
        page.ask("spectra.cut", window="900 950 nm", mask=["1 2 nm"])
    assert page.session.kept["spectra"].cut["window"] == "400 640 nm"


def test_a_fit_has_residuals_an_interval_and_the_number_of_the_command(
    page, tmp_path, capsys, monkeypatch
):
    write(clusters(tuple(1 - np.exp(-0.3 * np.arange(12)))), tmp_path / "series.csv")
    page.ask("spectra.open", uploads=page.drop(tmp_path / "series.csv"))
    job, found = page.done("spectra.fit", scheme="A -> B", at="311 nm")
    shown = answered(capsys, monkeypatch, found["command"], "--json")
    assert found["parameters"] == shown["parameters"]
    drawn = found["drawn"]
    left = np.subtract(drawn["value"], drawn["fitted"])
    assert drawn["residuals"] == pytest.approx(left, abs=1e-12)
    _, whole = page.done("spectra.fit", scheme="A -> B")
    assert np.shape(whole["drawn"]["concentrations"]) == (2, 12)
    assert whole["equivalent_schemes"]
    text = page.ask("spectra.table", to="clipboard", job=job)["text"]
    k = [line.split("\t") for line in text.splitlines()][1]
    assert (k[0], float(k[1])) == ("k", found["parameters"]["k"]["value"])


def test_tables_are_written_by_the_writers_of_the_commands(page, tmp_path):
    write(dots(), tmp_path / "dots.csv")
    page.ask("spectra.open", uploads=page.drop(tmp_path / "dots.csv"))
    for form in ("csv", "xlsx", "origin"):
        told = page.ask("spectra.table", to=form)
        kept = page.session.desk.download(told["download"])
        (tmp_path / kept.name).write_bytes(kept.content)
        back = pn.read(tmp_path / kept.name)
        assert np.array_equal(back.absorbance, pn.read(tmp_path / "dots.csv").absorbance)
    with pytest.raises(InputError, match="no form of a table"):
        page.ask("spectra.table", to="word")


def test_several_files_are_one_series_and_a_trace_is_a_trace(page, tmp_path):
    series = dots()
    for number, row in enumerate(series.absorbance):
        name = tmp_path / f"scan_{series.time[number]:g}s.csv"
        lines = [f"{x:g},{y:.6f}" for x, y in zip(series.wavelength, row, strict=True)]
        name.write_text("\n".join(["wavelength (nm),A", *lines, ""]), encoding="utf-8")
    told = page.ask("spectra.open", uploads=page.drop(*sorted(tmp_path.glob("scan_*.csv"))))
    assert told["spectra"] == len(series)
    assert told["times"] == [series.time[0], series.time[-1]]
    rows = "".join(f"{t},{1 - np.exp(-0.1 * t):.5f}\n" for t in range(30))
    (tmp_path / "trace.csv").write_text("time / min,A\n" + rows, encoding="utf-8")
    told = page.ask("spectra.open", uploads=page.drop(tmp_path / "trace.csv"))
    assert (told["kind"], told["points"]) == ("trace", 30)
    assert page.ask("spectra.table", to="clipboard")["text"].startswith("time / min\t")


def test_nothing_is_asked_of_spectra_that_are_not_there(page):
    for action, given in {"cut": {}, "fit": {"scheme": "A -> B"}, "table": {"to": "csv"}}.items():
        with pytest.raises(InputError, match="no spectra are open"):
            page.ask(f"spectra.{action}", **given)
