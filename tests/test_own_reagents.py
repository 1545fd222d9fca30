"""Reagents of a user's own: on the shelf of every process that the environment names their file to.

Each test is a process of its own, since facts are read once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

DYE = """- id: BTB
  name: bromothymol blue
  formula: C27H28Br2O5S
  molar_mass: {value: 624.4, unit: g/mol, source: label @ the bottle, status: measured}
  density:    {value: 1.25, unit: g/mL, source: label @ the bottle, status: assumed}
"""
FADING = """units: {time: min, concentration: mmol/L, energy: kJ/mol}
species: {BTB: {}, faded: {}}
reactions:
  - {equation: BTB -> faded, k: 0.05}
"""
BATCH = """protocol:
  - charge flask with 6.244 mg BTB and 10 mL toluene at 25 degC
  - measure flask at 1 min, 5 min, 10 min, 20 min, 40 min, 80 min
"""
MASS, DENSITY = 6.244, 1250.0  # mg; mg/mL
RATE = 0.03  # per minute


@pytest.fixture
def prenuc(tmp_path):
    """Ask a process of its own, which knows the dye."""
    (tmp_path / "my-reagents.yaml").write_text(DYE)
    (tmp_path / "fading.yaml").write_text(FADING)
    (tmp_path / "batch.yaml").write_text(BATCH)

    def call(*words, shelf="my-reagents.yaml"):
        return subprocess.run(
            [sys.executable, "-c", "from prenuc.present.cli import main; main()", *words],
            cwd=tmp_path,
            env={**os.environ, **({"PRENUC_REAGENTS": shelf} if shelf else {})},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def answered(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_reagent_of_ones_own_is_weighed_and_takes_its_share_of_the_volume(prenuc):
    told = answered(prenuc("simulate", "batch.yaml", "--mechanism", "fading.yaml", "--json"))
    first = told["measurements"][0]
    held = first["amounts"]["BTB"] + first["amounts"]["faded"]  # mmol/L
    assert held == pytest.approx(0.01 / (10.0 + MASS / DENSITY) * 1e3, rel=1e-9)
    assert first["amounts"]["BTB"] / held == pytest.approx(np.exp(-0.05), rel=1e-5)
    assert told["conservation"]["ledger"]["final"] < 1e-12


def test_what_is_not_on_the_shelf_is_refused_with_how_it_gets_there(prenuc):
    done = prenuc("simulate", "batch.yaml", "--mechanism", "fading.yaml", shelf="")
    assert done.returncode == 2
    assert done.stderr.startswith("prenuc: batch.yaml:2: no reagent 'BTB'.")
    assert "PRENUC_REAGENTS" in done.stderr


def test_a_saved_run_of_it_is_opened_where_it_is_known_and_says_what_is_missing(prenuc):
    prenuc("simulate", "batch.yaml", "--mechanism", "fading.yaml", "--out", "run")
    asked = ("report", "run/simulation.json", "--to", "run.html")
    assert prenuc(*asked).returncode == 0
    done = prenuc(*asked, shelf="")
    assert done.returncode == 2
    assert "no reagent 'BTB'" in done.stderr


@pytest.mark.parametrize("what", ["species", "course"])
def test_a_course_without_chalcogen_is_refused(prenuc, what):
    done = prenuc("plot", "batch.yaml", "--mechanism", "fading.yaml", "--what", what)
    assert done.returncode == 2
    assert done.stderr.startswith("prenuc: there is no chalcogen at any time.")


def test_spectra_of_it_are_calibrated_by_several_processes(prenuc, tmp_path):
    minutes, nm = np.array([1.0, 5.0, 10.0, 20.0, 40.0, 80.0]), np.arange(400.0, 700.0, 5.0)
    band = np.exp(-0.5 * ((nm - 616.0) / 30.0) ** 2)
    seen = np.outer(np.exp(-RATE * minutes), band)
    seen = seen + np.random.default_rng(17).normal(0.0, 2e-3, seen.shape)
    rows = np.column_stack((nm, seen.T))
    head = ",".join(["wavelength / nm", *(f"{one:g} min" for one in minutes)])
    np.savetxt(tmp_path / "a.csv", rows, "%.6f", ",", header=head, comments="")
    (tmp_path / "flasks.yaml").write_text(
        "absorbing: [BTB]\nflasks: [{spectra: a.csv, protocol: batch.yaml}]\n"
    )
    asked = ("--mechanism", "fading.yaml", "--data", ".", "--starts", "2", "--workers", "2")
    told = answered(prenuc("calibrate", *asked, "--json"))
    low, high = told["parameters"]["R1.k"]["ci95"]
    assert low < RATE < high < 1.2 * low


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (DYE.replace("id: BTB", "id: ODE"), "id 'ODE' is used twice"),
        (DYE + "  aliases: [octadecene]\n", "'octadecene' is a name of ODE and of BTB"),
        (DYE + "  composition: {Cdd: 1}\n", "no moiety in BTB 'Cdd'. Nearest: 'Cd'"),
        (DYE.replace("624.4", "-1"), "my-reagents.yaml:4: molar_mass is -1 g/mol"),
        (DYE.replace("g/mol", "mg"), "my-reagents.yaml:4: "),
        (DYE.partition("  density")[0], "is its own moiety and needs a density"),
        (DYE.replace("label @ the bottle", "the bottle"), "'the bottle' is not a source"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(prenuc, tmp_path, file, said):
    (tmp_path / "my-reagents.yaml").write_text(file)
    done = prenuc("simulate", "batch.yaml", "--mechanism", "fading.yaml")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(prenuc):
    done = prenuc("show", "ODE", shelf="nowhere.yaml")
    assert done.returncode == 2
    assert "nowhere.yaml: no such file" in done.stderr
