"""Searches that end elsewhere, flasks of one spectrum, spectra that stand twice: A turns into B."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import prenuc as pn
from prenuc.errors import InputError
from prenuc.infer.experiments.measured import read_flasks
from prenuc.infer.selection.calibrated_spectra import calibrate_on_spectra
from prenuc.present.cli import prenuc

UNITS = "units: {time: min, concentration: mmol/L, energy: kJ/mol}\n"
CHAIN = f"""{UNITS}species: {{pyridine: {{}}, B: {{}}, C: {{}}}}
reactions:
  - {{equation: "pyridine -> B", k: {{at: 25 degC, value: 0.02, Ea: 80}}}}
  - {{equation: "B -> C", k: {{at: 25 degC, value: 0.02, Ea: 80}}}}
"""
BATCH = """protocol:
  - charge flask with 0.05 mmol pyridine and 100 mL toluene at 25 degC
  - measure flask at 20 min
"""
NM = np.arange(300.0, 601.0, 5.0)
FAST, SLOW = 0.05, 0.01  # per minute


def band(center: float, height: float) -> np.ndarray:
    return height * np.exp(-0.5 * ((NM - center) / 20.0) ** 2)


def written(folder, doses, minutes, *, header="{:g} min"):
    """Write flasks of a chain, the fast step first, of which A and B absorb."""
    generator, lines = np.random.default_rng(17), ["absorbing: [pyridine, B]", "flasks:"]
    (folder / "chain.yaml").write_text(CHAIN)
    (folder / "batch.yaml").write_text(BATCH)
    time = np.array(minutes)
    first = np.exp(-FAST * time)
    second = FAST / (SLOW - FAST) * (first - np.exp(-SLOW * time))
    for name, dose in doses.items():
        seen = np.outer(first, band(340.0, 1.2)) + np.outer(second, band(420.0, 0.9))
        seen = 10.0 * dose * seen + generator.normal(0.0, 1e-3, seen.shape)
        head = ",".join(["wavelength / nm", *(header.format(one) for one in time)])
        rows = np.column_stack((NM, seen.T))
        np.savetxt(folder / name, rows, "%.6f", ",", header=head, comments="")
        change = f"charge flask: pyridine = {dose} mmol"
        lines.append(f"  - {{spectra: {name}, protocol: batch.yaml, change: '{change}'}}")
    (folder / "flasks.yaml").write_text("\n".join(lines) + "\n")
    return folder


def calibrated(folder, starts):
    return calibrate_on_spectra(
        pn.read_mechanism(folder / "chain.yaml"), read_flasks(folder), starts=starts
    )


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chain")
    written(folder, {"a.csv": 0.05}, np.linspace(0.0, 300.0, 25))
    return folder


def test_a_constant_of_which_searches_find_two_numbers_has_no_interval(chain):
    """Where nobody knows what either absorbs, either step may be the fast one."""
    found = calibrated(chain, starts=4)
    assert found.describes
    numbers = sorted(one.value for one in found.estimates if one.name.endswith(".k"))
    assert numbers == pytest.approx([SLOW, FAST], rel=0.05)
    assert set(found.elsewhere) == {"R1.k", "R2.k"}
    assert all(one.ci95 is None and not one.fixed for one in found.estimates)
    assert "R1.k and R2.k cannot be told." in found.verdict


def test_searches_that_do_not_agree_are_judged(chain):
    found = replace(calibrated(chain, starts=1), elsewhere=())
    assert "Searches" not in found.verdict
    assert "Searches" not in replace(found, searches=(80.0, 80.4)).verdict
    said = replace(found, searches=(92.5, 80.0, 300.0)).verdict
    assert said.endswith(
        "Searches disagree: the next ended 12.5 higher in χ², and another might end lower."
    )


def test_a_constant_that_no_energy_belongs_to_is_quoted_at_no_temperature(chain):
    """The flask was at 25 °C and not at another; where there is an energy, k is of the anchor."""
    plain = CHAIN.replace("{at: 25 degC, value: 0.02, Ea: 80}", "0.02")
    (chain / "plain.yaml").write_text(plain)
    found = calibrate_on_spectra(pn.read_mechanism(chain / "plain.yaml"), read_flasks(chain))
    assert len(found.meanings) == 2
    assert not any("°C" in one for one in found.meanings)
    assert all("at 25 °C" in one for one in calibrated(chain, starts=1).meanings)


def test_what_was_asked_for_and_cannot_be_felt_is_said(chain):
    mine = pn.read_mechanism(chain / "chain.yaml")
    found = calibrate_on_spectra(mine, read_flasks(chain), only=["R1"])
    assert [one.name for one in found.estimates] == ["R1.k"]
    assert "R1.Ea stays: these spectra say nothing about it" in found.warnings


# ---- few spectra ---------------------------------------------------------------------------------


def asked(folder):
    words = ["calibrate", "--mechanism", str(folder / "chain.yaml"), "--data", str(folder)]
    return CliRunner().invoke(prenuc, [*words, "--starts", "1", "--workers", "1", "--json"])


@pytest.mark.parametrize("header", ["{:g} min", "absorbance"])
def test_a_flask_may_have_one_spectrum_whose_time_the_protocol_says(tmp_path, header):
    for i, minutes in enumerate((2.0, 8.0, 20.0, 60.0, 120.0, 250.0)):
        folder = tmp_path / str(i)
        folder.mkdir()
        written(folder, {f"{i}.csv": 0.05}, [minutes], header=header)
        shutil.copy(folder / f"{i}.csv", tmp_path)
        batch = BATCH.replace("20 min", f"{minutes:g} min")
        (tmp_path / f"batch-{i}.yaml").write_text(batch)
    flasks = [f"  - {{spectra: {i}.csv, protocol: batch-{i}.yaml}}" for i in range(6)]
    (tmp_path / "flasks.yaml").write_text(
        "\n".join(["absorbing: [pyridine, B]", "flasks:", *flasks]) + "\n"
    )
    (tmp_path / "chain.yaml").write_text(CHAIN)
    answer = asked(tmp_path)
    assert answer.exit_code == 0, answer.output
    known = json.loads(answer.stdout)["parameters"]
    intervals = sorted(one["ci95"] for name, one in known.items() if name.endswith(".k"))
    for (low, high), true in zip(intervals, (SLOW, FAST), strict=True):
        assert low < true < high < 1.2 * low


def test_one_spectrum_alone_judges_nothing(tmp_path):
    answer = asked(written(tmp_path, {"a.csv": 0.05}, [20.0]))
    assert isinstance(answer.exception, InputError)
    assert "too few spectra" in str(answer.exception)


def test_a_trace_is_no_flask(tmp_path):
    written(tmp_path, {"a.csv": 0.05}, [20.0])
    (tmp_path / "a.csv").write_text("time / min,A\n1,0.1\n2,0.2\n3,0.3\n4,0.35\n")
    answer = asked(tmp_path)
    assert isinstance(answer.exception, InputError)
    assert "the first column is a time" in str(answer.exception)


def test_spectra_that_stand_twice_are_refused(tmp_path):
    """Read twice they would count twice, and intervals be too narrow."""
    written(tmp_path, {"a.csv": 0.05, "b.csv": 0.1}, [5.0, 20.0, 60.0])
    shutil.copy(tmp_path / "a.csv", tmp_path / "b.csv")
    with pytest.raises(InputError, match=r"flasks.yaml:4: 'b.csv' holds the same spectra as 'a.c"):
        read_flasks(tmp_path)
