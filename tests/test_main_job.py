"""The main job end to end: from a published recipe to a rate constant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from prenuc.errors import FitError
from prenuc.facts.catalogue import entries
from prenuc.infer.experiments.published import NOISE, kinetic_panel
from prenuc.mechanism import read_mechanism

ROOT = Path(__file__).resolve().parents[1]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def cds():
    return kinetic_panel("2a-b")


@pytest.fixture(scope="module")
def cdte():
    return kinetic_panel("2c-d")


def test_the_spectra_that_are_fitted_are_noisy(cds):
    clean = kinetic_panel("2a-b", noise=0.0, run=cds.run)
    scatter = cds.spectra.absorbance - clean.spectra.absorbance
    assert np.std(scatter) == pytest.approx(NOISE, rel=0.05)


def test_cds_rate_constant_and_plateau_come_out_as_published(cds):
    found = cds.as_dict()
    assert found["k"]["value"] == pytest.approx(0.015, rel=0.03)
    assert found["k"]["unit"] == "1/min"
    assert found["A_inf"]["value"] == pytest.approx(0.411, rel=0.08)
    assert (found["k"]["published"], found["A_inf"]["published"]) == (0.015, 0.411)


def test_cds_lag_is_not_identifiable_after_the_subtraction(cds):
    lag = cds.as_dict()["lag"]
    assert lag["identifiable"] is False
    assert lag["value"] is None
    assert lag["ci95"] == [None, None]
    assert lag["published"] is None


def test_cds_trace_is_treated_as_the_authors_did(cds):
    assert cds.trace.value[0] == 0.0  # the 4 min spectrum less itself
    assert cds.plain is None
    assert any("1.06" in note and "4 min" in note for note in cds.notes)


def test_cdte_chain_recovers_rate_constant_and_lag(cdte):
    found = cdte.as_dict()
    assert found["k"]["value"] == pytest.approx(0.004, rel=0.10)
    assert found["k"]["unit"] == "1/min"
    assert found["lag"]["value"] == pytest.approx(200.0, rel=0.10)
    assert found["lag"]["unit"] == "min"
    assert (found["k"]["published"], found["lag"]["published"]) == (0.004, 200.0)


def test_cdte_late_exponential_crosses_zero_near_200_min(cdte):
    """A = A_inf - B exp(-k t) is zero at ln(B / A_inf) / k."""
    k, plateau, prefactor = (cdte.fit.params[name].value for name in ("k", "A_inf", "B"))
    assert np.log(prefactor / plateau) / k == pytest.approx(200.0, rel=0.10)


def test_cdte_plain_exponential_from_200_min_is_biased_low_and_says_so(cdte):
    assert cdte.plain.trace.time[0] >= 200.0
    plain, truth = cdte.plain.params, cdte.truth
    assert plain["k"].value < 0.95 * truth["k"]
    assert not plain["k"].reliable
    assert plain["lag"].value < truth["lag"]
    bias = round(100 * (plain["k"].value / truth["k"] - 1))
    assert bias < -3
    assert any(f"({bias:+d} %)" in note for note in cdte.notes)
    assert cdte.as_dict()["plain_exponential_from_200_min"]["parameters"]["k"]["value"] > 0


@pytest.mark.parametrize("panel", ["cds", "cdte"])
def test_intervals_hold_the_truth_of_the_simulated_network(panel, request):
    result = request.getfixturevalue(panel)
    for name, parameter in result.fit.params.items():
        if name not in result.truth or not parameter.identifiable:
            continue
        low, high = parameter.ci95
        assert low < parameter.value < high
        wider = 2.0 * (high - low)  # one seed of many may just miss; the study counts them
        assert low - wider < result.truth[name] < high + wider


def test_the_truth_is_the_slow_eigenvalue_of_the_exchange(cds):
    """In toluene PC, N and MSC relax with the slowest rate that is not zero."""
    values = entries("parameters")["two-pathway/CdS"].values
    names = ("isomerisation.k", "completion.k", "N-311.K", "MSC-311.K")
    there, on, half, whole = (values[name].quantity.number for name in names)
    back, off = there / half, on * half / whole
    rates = np.array([[-there, back, 0.0], [there, -back - on, off], [0.0, on, -off]])
    slow = sorted(-np.linalg.eigvals(rates).real)[1]
    assert cds.truth["k"] == pytest.approx(slow, rel=0.03)


@pytest.mark.parametrize("panel", ["cds", "cdte"])
def test_results_hold_value_interval_unit_truth_and_published_number(panel, request):
    found = request.getfixturevalue(panel).as_dict()
    for name in ("k", "A_inf", "lag"):
        assert {"value", "ci95", "unit", "truth", "published"} <= found[name].keys()
        assert np.isfinite(found[name]["truth"])
        assert len(found[name]["ci95"]) == 2
    assert found["assumptions"]
    assert json.loads(json.dumps(found, allow_nan=False))["k"]["unit"] == "1/min"


@pytest.mark.parametrize("panel", ["cds", "cdte"])
def test_both_readings_of_the_printed_equation_are_carried(panel, request):
    readings = request.getfixturevalue(panel).readings
    assert len(readings) == 2
    first, second = readings.values()
    assert second < first  # counted from the first spectrum, or from the end of the lag


def test_noise_differs_with_the_seed_and_only_with_it(cds):
    again = kinetic_panel("2a-b", run=cds.run)
    other = kinetic_panel("2a-b", run=cds.run, seed=2)
    assert again.as_dict() == cds.as_dict()
    assert other.fit.params["k"].value != cds.fit.params["k"].value


def test_an_unknown_panel_gets_the_nearest_name():
    with pytest.raises(FitError, match=r"no kinetic panel '2ab'\. Nearest: '2a-b'"):
        kinetic_panel("2ab")


def test_doubling_the_constants_in_a_users_file_doubles_the_fitted_one(cds, tmp_path):
    values = entries("parameters")["two-pathway/CdS"].values
    both = {name: values[name].quantity for name in ("isomerisation.k", "completion.k")}
    change = "".join(f"  {name}: {2 * k.number!r} {k.unit}\n" for name, k in both.items())
    path = tmp_path / "doubled.yaml"
    path.write_text(f"based_on: two-pathway/CdS\nchange:\n{change}", encoding="utf-8")
    doubled = kinetic_panel("2a-b", mechanism=read_mechanism(path))
    ratio = doubled.fit.params["k"].value / cds.fit.params["k"].value
    assert ratio == pytest.approx(2.0, rel=0.03)
    assert doubled.truth["k"] == pytest.approx(2.0 * cds.truth["k"], rel=0.03)
    source = doubled.run.mechanism.parameters["isomerisation.k"].source
    assert str(source) == f"user @ {path}:3"


# --- the script ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Return two folders written by the script, and what it printed; hash seeds differ."""
    folders = [tmp_path_factory.mktemp("job") / "build" for _ in range(2)]
    running = [
        subprocess.Popen(
            [sys.executable, ROOT / "examples" / "main_job.py", "--out", folder],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "COLUMNS": "120"},
            cwd=folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for seed, folder in enumerate(folders, 1)
    ]
    said = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    return folders, said[0][0]


def without_clock(thing):
    if isinstance(thing, dict):
        return {key: without_clock(item) for key, item in thing.items() if key != "cpu_s"}
    return [without_clock(item) for item in thing] if isinstance(thing, list) else thing


def test_the_script_writes_both_panels(twice, cds, cdte):
    (folder, _), _ = twice
    written = json.loads((folder / "main-job.json").read_text(encoding="utf-8"))
    assert list(written) == ["2a-b", "2c-d"]
    for name, result in (("2a-b", cds), ("2c-d", cdte)):
        for quantity in ("k", "A_inf", "lag"):
            here, there = result.as_dict()[quantity], written[name][quantity]
            assert {"value", "ci95", "unit", "truth", "published"} <= there.keys()
            assert here["identifiable"] is there["identifiable"]
            if here["identifiable"]:
                assert there["value"] == pytest.approx(here["value"], rel=1e-6)
                assert there["ci95"] == pytest.approx(here["ci95"], rel=1e-4)


def test_the_script_draws_every_figure(twice):
    (folder, _), _ = twice
    figures = {p.stem for p in folder.iterdir() if p.suffix in {".png", ".svg", ".pdf"}}
    assert {"figure-2a", "figure-2b", "figure-2c", "figure-2d", "figure-2d-plain"} <= figures
    for path in folder.glob("*.png"):
        assert path.read_bytes().startswith(PNG)
    for path in folder.glob("*.svg"):
        ET.parse(path)  # noqa: S314  # written a moment ago
    assert not list(folder.glob(".*"))  # no temporary file is left


def test_the_script_prints_fitted_beside_published(twice):
    _, said = twice
    assert "published" in said
    assert "95 % interval" in said
    assert "not identifiable" in said
    assert "Assumed: " in said
    assert "A plain exponential fitted from 200 min on" in " ".join(said.split())


def test_the_script_gives_the_same_numbers_every_time(twice):
    folders, _ = twice
    first, second = (
        without_clock(json.loads((folder / "main-job.json").read_text(encoding="utf-8")))
        for folder in folders
    )
    assert first == second
    for path in folders[0].glob("*.png"):
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()
