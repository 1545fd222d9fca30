"""A mechanism calibrated on a folder of spectra: known truths, steps that are there and not."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import prenuc as pn
from prenuc.errors import InputError
from prenuc.infer.experiments.measured import read_flasks
from prenuc.infer.selection.calibrated_spectra import calibrate_on_spectra
from prenuc.infer.selection.profiled import interval
from prenuc.infer.selection.refit import BOUND, RefitPoint
from prenuc.infer.selection.spectra_verdict import StepVerdict
from prenuc.present.cli import prenuc
from prenuc.present.files.report import MADE
from prenuc.present.files.saved import read_answer
from prenuc.present.tables.flasks import calibrated_table
from prenuc.protocol.protocol import read_protocol

MECHANISM = """units: {time: min, concentration: mmol/L, energy: kJ/mol}
species: {S: {}, X: {}, Y: {}, Z: {}}
reactions:
  - {equation: "S -> X", k: {at: 60 degC, value: 0.02, Ea: 80}}
  - {equation: "X -> Y", k: {at: 60 degC, value: 0.02, Ea: 80}}
  - {equation: "2 Y -> Z", k: {at: 60 degC, value: 0.0005, Ea: 60}}
"""
BATCH = """protocol:
  - charge flask with 0.1 mmol S and 10 mL toluene at 60 degC
  - measure flask at 2 min, 5 min, 10 min, 20 min, 40 min, 60 min, 90 min, 180 min, 360 min
"""
CHANGES = {
    "a.csv": "",
    "hot.csv": "charge flask = 75 degC",
    "cold.csv": "charge flask = 50 degC",
    "thin.csv": "charge flask: S = 0.03 mmol",
}
TRUTH = {
    "R1.k": "0.03 1/min",
    "R1.Ea": "88 kJ/mol",
    "R2.k": "0.011 1/min",
    "R2.Ea": "70 kJ/mol",
    "R3.k": "0.0008 L/mmol/min",
}
NM = np.arange(300.0, 500.0, 4.0)
SPECTRA = {
    "X": 0.05 * np.exp(-0.5 * ((NM - 340.0) / 20.0) ** 2),
    "Y": 0.08 * np.exp(-0.5 * ((NM - 400.0) / 25.0) ** 2),
}


def written(folder: Path, changes=CHANGES, truth=TRUTH, seed=1) -> Path:
    """Write a folder of spectra of a known truth; Z absorbs nothing."""
    folder.mkdir(exist_ok=True)
    (folder / "mine.yaml").write_text(MECHANISM)
    (folder / "batch.yaml").write_text(BATCH)
    model = pn.read_mechanism(folder / "mine.yaml").with_constants(truth)
    usual, generator = read_protocol(folder / "batch.yaml")[0], np.random.default_rng(seed)
    lines = ["absorbing: [X, Y]", "flasks:"]
    for name, change in changes.items():
        run = pn.simulate(model, usual.varied(change) if change else usual)
        shown = sum(np.outer(run.concentration(one), of) for one, of in SPECTRA.items())
        minutes = np.array([one.time / 60.0 for one in run.measurements])
        series = pn.SpectrumSeries(NM, minutes, shown + generator.normal(0.0, 2e-3, shown.shape))
        pn.convert(series, "csv", folder / name)
        said = f", change: '{change}'" if change else ""
        lines.append(f"  - {{spectra: {name}, protocol: batch.yaml{said}}}")
    (folder / "flasks.yaml").write_text("\n".join(lines) + "\n")
    return folder


def calibrated(folder: Path):
    return calibrate_on_spectra(pn.read_mechanism(folder / "mine.yaml"), read_flasks(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("batches"))


@pytest.fixture(scope="module")
def found(folder):
    return calibrated(folder)


def test_the_truth_lies_inside_the_intervals(found):
    for one in found.estimates:
        true = pn.Quantity(*_split(TRUTH[one.name])).si if one.name in TRUTH else 60e3
        low, high = (pn.Quantity(end, one.before.quantity.unit).si for end in one.ci95)
        assert low < true < high, one.name
        assert high < 1.1 * low  # and they say something
    assert {one.name for one in found.estimates} > set(TRUTH)


def _split(text):
    number, _, unit = text.partition(" ")
    return float(number), unit


def test_intervals_hold_the_truth_about_as_often_as_they_say(tmp_path):
    """Three more draws of the noise, six constants each: 18 intervals of 95 %."""
    held = 0
    for seed in range(2, 5):
        for one in calibrated(written(tmp_path / str(seed), seed=seed)).estimates:
            true = pn.Quantity(*_split(TRUTH[one.name])).si if one.name in TRUTH else 60e3
            low, high = (pn.Quantity(end, one.before.quantity.unit).si for end in one.ci95)
            held += low < true < high
    assert held >= 15


def test_the_spectra_are_predicted_to_the_noise(found):
    assert found.describes
    assert 0.8 < found.misfit < 1.2
    assert found.held_out < 1.5
    assert found.noise["sd"] == pytest.approx(2e-3, rel=0.1)
    for name, series in found.seen.items():
        left = series.absorbance - found.predicted[name]
        assert np.sqrt(np.mean(left**2)) == pytest.approx(2e-3, rel=0.15)


def test_rate_constants_come_first_with_what_they_mean(found):
    first, second, third = found.meanings
    assert re.fullmatch(
        r"R1\.k = 0\.0\d+ \(0\.0\d+ to 0\.0\d+\) per minute at 60 °C: half of what it acts on "
        r"has turned over after 2[23]\.\d+ min\.",
        first,
    )  # ln 2 / 0.03 is 23.1
    assert second.startswith("R2.k = 0.01")
    assert third.endswith(" (mmol/L)^-1/min at 60 °C.")  # of second order: no time is its own
    names = [row[0] for row in calibrated_table(found).rows]
    assert names[:3] == ["R1.k", "R2.k", "R3.k"]
    assert sorted(names) == sorted(one.name for one in found.estimates)
    assert replace(found, misfit=9.0).meanings == ()


def test_steps_that_happened_are_required(found):
    assert found.named("required") == ("R1", "R2", "R3")
    assert "They need R1, R2 and R3." in found.verdict


def test_a_step_that_did_not_happen_is_found_out(tmp_path):
    found = calibrated(written(tmp_path, truth=TRUTH | {"R3.k": "0 L/mmol/min"}))
    assert not found.describes
    assert found.named("harmful") == ("R3",)
    assert found.verdict.endswith("Without R3 it does.")
    assert all(one.ci95 is None for one in found.estimates)


def test_a_step_that_nothing_tests_cannot_be_told(tmp_path):
    """In thin flasks that are watched briefly the pairing of Y, of second order, is not seen."""
    slow = MECHANISM.replace("value: 0.0005", "value: 0.000000005")
    folder = written(tmp_path, truth=TRUTH | {"R3.k": "5e-9 L/mmol/min"})
    (folder / "mine.yaml").write_text(slow)
    found = calibrated(folder)
    assert found.named("not tested") == ("R3",)
    assert "They cannot tell whether it needs R3." in found.verdict
    assert all(one.ci95 is None for one in found.estimates if one.name.startswith("R3"))


def test_words_follow_the_odds():
    words = [StepVerdict("R", rise, 1.0).word for rise in (-2.1, -1.9, 1.9, 2.1, 5.9, 6.1)]
    assert words == ["harmful", "not tested", "not tested", "helpful", "helpful", "required"]
    assert StepVerdict("R", 100.0, 9.0, judged=False).word == "not judged"


def test_a_step_pays_for_the_numbers_that_it_brings():
    assert StepVerdict("R", 12.0, 1.0, paid=3.0).word == "required"
    assert StepVerdict("R", 12.0, 1.0, paid=8.0).word == "helpful"
    assert StepVerdict("R", 12.0, 1.0, paid=16.0).word == "not tested"
    assert StepVerdict("R", -2.1, 1.0, paid=16.0).word == "harmful"
    assert StepVerdict("R", 12.0, 1.0, paid=16.0).as_dict()["score_change"] > 0.0


# ---- what is known of amounts, noise and constants ---------------------------------------------


def scaled(folder: Path, factors: dict[str, float]) -> Path:
    """Multiply what a flask shows, as if other amounts had been charged, and say so or not."""
    for name, factor in factors.items():
        series = pn.read(folder / name)
        pn.convert(replace(series, absorbance=factor * series.absorbance), "csv", folder / name)
    return folder


def says(folder: Path, line: str) -> Path:
    path = folder / "flasks.yaml"
    path.write_text(f"{line}\n{path.read_text()}")
    return folder


def test_amounts_that_nobody_knows_do_not_mislead(tmp_path):
    folder = scaled(written(tmp_path), {"hot.csv": 1.15, "thin.csv": 0.9})
    assert not calibrated(folder).describes
    says(folder, "amounts: unknown")
    mine = pn.read_mechanism(folder / "mine.yaml")
    found = calibrate_on_spectra(mine, read_flasks(folder), starts=2)
    assert found.describes
    assert not found.whole
    assert found.held_out < 1.6
    known = {one.name: one.value for one in found.estimates}
    # courses alone do not say which of two first-order steps is the first
    assert sorted((known["R1.k"], known["R2.k"])) == pytest.approx([0.011, 0.03], rel=0.05)
    assert sorted((known["R1.Ea"], known["R2.Ea"])) == pytest.approx([70.0, 88.0], abs=4.0)


def test_noise_is_at_least_what_is_said(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "other")
    found = calibrated(says(tmp_path / "other", "noise: 0.01"))
    assert found.noise["sd"] == 0.01
    assert found.misfit < 0.5


def test_only_what_is_named_moves(folder):
    told = []
    mine = pn.read_mechanism(folder / "mine.yaml").with_constants(TRUTH)
    found = calibrate_on_spectra(
        mine, read_flasks(folder), only=["R1", "R3.k"], expected=told.append
    )
    assert [one.name for one in found.estimates] == ["R1.k", "R1.Ea", "R3.k"]
    assert [(one.constants, one.flasks) for one in told] == [(3, 4)]
    assert told[0].seconds > 0.0
    with pytest.raises(InputError, match=r"Nearest: 'R1\.k'"):
        calibrate_on_spectra(mine, read_flasks(folder), only=["R1.K"])


def test_a_published_series_is_read_from_the_files_of_its_authors(tmp_path, monkeypatch):
    """Counts behind three diodes as the laboratory's files have them, of a known truth."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "examples"))
    from phenolphthalein import HYDROXIDE, main

    generator, time = np.random.default_rng(5), np.arange(0.3, 22.0, 0.47)
    for number, amount in HYDROXIDE.items():
        there, back = 8e-4 * amount / 4.022e-3, 0.012
        share = back / (there + back) + there / (there + back) * np.exp(-(there + back) * time)
        dye = generator.uniform(0.5, 0.9) * share
        shown = np.outer(dye, [0.01, 1.0, 0.23]) + generator.normal(0.0, 2e-3, (len(time), 3))
        counts = 350_000 * 10.0 ** -np.vstack((np.zeros(3), shown))
        rows = [
            f"{round(6e4 * t) + 5000} {r:.0f} {g:.0f} {b:.0f} 2450 "
            for t, (r, g, b) in zip((0.0, *time), counts, strict=True)
        ]
        (tmp_path / f"exp{number}-RT.txt").write_text("\n".join(["E R G B T ", *rows, ""]))
    monkeypatch.setattr("sys.argv", ["phenolphthalein.py", str(tmp_path), str(tmp_path / "to")])
    main()
    fading = pn.read_mechanism(tmp_path / "to" / "fading.yaml")
    found = calibrate_on_spectra(fading, read_flasks(tmp_path / "to"))
    assert found.named("required") == ("R1", "R2")
    for one, true in zip(found.estimates, (8e-4, 0.012), strict=True):
        assert one.ci95[0] < true < one.ci95[1]
        assert one.ci95[1] < 1.1 * one.ci95[0]


# ---- the folder --------------------------------------------------------------------------------


def refused(folder: Path, manifest: str) -> str:
    (folder / "flasks.yaml").write_text(manifest)
    with pytest.raises(InputError) as caught:
        calibrated(folder)
    return str(caught.value)


@pytest.fixture
def batch(tmp_path):
    return written(tmp_path, {"a.csv": ""})


def test_everything_that_is_wrong_is_said_at_once_with_its_line(batch):
    said = refused(
        batch,
        "absorbing: [X]\nflasks:\n"
        "  - {spectra: a.cvs, protocol: batch.yaml}\n"
        "  - {spectra: a.csv, protocol: bacth.yaml}\n"
        "  - {spectra: a.csv, protocol: cds-msc-311-in-tolune}\n"
        "  - {spectra: a.csv, protocol: batch.yaml, change: charge vial = 75 degC}\n"
        "  - {spectra: a.csv, protocol: batch.yaml, path length: 2 min}\n"
        "  - {spectra: a.csv, protokol: batch.yaml}\n",
    ).splitlines()
    assert [line.partition("flasks.yaml:")[2][0] for line in said] == [*"345678", "8"]
    assert "Nearest: 'a.csv'" in said[0]
    assert "Nearest: 'batch.yaml'" in said[1]
    assert "cds-msc-311-in-toluene" in said[2]
    assert "charge flask" in said[3]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("flasks: []\n", "there is no flask"),
        ("flasks: [{spectra: a.csv, protocol: batch.yaml}]\n", "no component of mine has a spec"),
        ("absorbing: [W]\nflasks: [{spectra: a.csv, protocol: batch.yaml}]\n", "'W'"),
        ("noise: 2\nflasks: [{spectra: a.csv, protocol: batch.yaml}]\n", "noise is 2"),
        (
            "amounts: maybe\nflasks: [{spectra: a.csv, protocol: batch.yaml}]\n",
            "amounts are 'maybe'",
        ),
        (
            (
                "absorbing: [X]\nflasks: [{spectra: a.csv, protocol: batch.yaml},\n"
                "  {spectra: a.csv, protocol: batch.yaml}]\n"
            ),
            "flasks.yaml:3: 'a.csv' stands twice",
        ),
        (
            (
                "absorbing: [X]\nflasks: [{spectra: a.csv, protocol: cds-msc-311-in-toluene,"
                " change: 'charge flask: S = 0 mmol'}]\n"
            ),
            "charges no species",
        ),
    ],
)
def test_what_is_unclear_is_refused(batch, manifest, message):
    assert message in refused(batch, manifest)


def test_a_folder_without_a_list_of_flasks_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"Write into it which spectra"):
        read_flasks(tmp_path)
    with pytest.raises(InputError, match="no folder"):
        read_flasks(tmp_path / "nothing")


def test_spectra_that_nobody_names_are_noted(batch):
    (batch / "b.csv").write_text((batch / "a.csv").read_text())
    assert read_flasks(batch).warnings == ("b.csv lies in the folder and is of no flask",)


def test_a_short_path_shows_less(batch):
    (batch / "flasks.yaml").write_text(
        "flasks:\n  - {spectra: a.csv, protocol: batch.yaml, path length: 2 mm}\n"
    )
    (flask,) = read_flasks(batch).flasks
    assert flask.protocol.assumption("path length").to("cm") == pytest.approx(0.2)


# ---- the command -------------------------------------------------------------------------------


def test_the_command_writes_what_it_found_as_mechanism_and_as_page(folder, tmp_path, monkeypatch):
    monkeypatch.setenv(MADE, "1790000000")
    out, figures = tmp_path / "found.yaml", tmp_path / "figures"
    asked = ["calibrate", "--mechanism", str(folder / "mine.yaml"), "--data", str(folder)]
    wanted = ["--starts", "1", "--workers", "1", "--out", str(out), "--figures", str(figures)]
    pages = [tmp_path / "live.html", tmp_path / "saved.html"]
    answer = CliRunner().invoke(prenuc, [*asked, *wanted, "--report", str(pages[0]), "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    first = told["steps"][0]
    assert (first["step"], first["removed"], first["verdict"]) == ("R1", ["R1.k"], "required")
    assert first["score_change"] < -3.0
    k = told["parameters"]["R1.k"]
    assert k["ci95"][0] < k["value"] < k["ci95"][1]
    assert (k["unit"], k["status"], k["identifiable"]) == ("1/min", "fitted", True)
    assert told["verdict"].startswith("mine describes")
    again = pn.read_mechanism(out).constants["R1.k"].quantity.to("1/min")
    assert again == pytest.approx(0.03, rel=0.03)
    assert "residual" in (figures / "flasks.svg").read_text()
    (tmp_path / "answer.json").write_text(answer.stdout)
    pn.report(read_answer(tmp_path / "answer.json"), to=pages[1])
    live, saved = (page.read_bytes() for page in pages)
    assert saved == live
    assert b"They need R1, R2 and R3." in live


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--data", "."], "no mechanism is given"),
        (["--data", ".", "--mechanism", "two-pathway/CdS", "--leave-out", "3a"], "--leave-out"),
        (["--figures", "here"], "needs --data"),
        (["--only", "growth"], "needs --data"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(options, message):
    answer = CliRunner().invoke(prenuc, ["calibrate", *options])
    assert answer.exit_code != 0
    assert message in f"{answer.output}{answer.exception}"


class Uneven:
    """A profile that falls where a search has gone as far as it goes."""

    def __init__(self, *rises):
        self.rises = iter(rises)

    def search(self, start, *_):
        return RefitPoint(start, None, next(self.rises) ** 2)


def test_a_profile_that_falls_at_the_end_of_its_room_ends_there():
    """The last two searches stand at the same place, where no slope can be had."""
    end = RefitPoint(np.zeros(1), None, 0.0)
    trial = Uneven(1.0, 9.0, 8.0, 7.0, 6.5)
    low, high = interval(trial, end, np.eye(1) / 2.0, 1.0, 0)
    assert (low, high) == (-BOUND, BOUND)
