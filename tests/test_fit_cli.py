"""``prenuc fit`` with schemes of all kinds and with starting values."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from click.testing import CliRunner

from prenuc.present.cli.kinetics import fit


@pytest.fixture
def trace(tmp_path):
    time = np.linspace(0.0, 200.0, 81)
    value = 0.5 / (1.0 + 60.0 * np.exp(-0.06 * time))
    noise = np.random.default_rng(1).normal(0, 1e-3, len(time))
    path = tmp_path / "trace.csv"
    rows = "".join(f"{t:.6g},{y:.8f}\n" for t, y in zip(time, value + noise, strict=True))
    path.write_text("time (min),A311\n" + rows, encoding="utf-8")
    return str(path)


def run(*words):
    return CliRunner().invoke(fit, list(words))


def test_an_autocatalytic_scheme_with_a_start(trace):
    answer = json.loads(run(trace, "PC + MSC -> 2 MSC", "--start", "k=0.1", "--json").stdout)
    k = answer["parameters"]["k"]
    assert k["value"] == pytest.approx(0.06, rel=0.02)
    assert k["unit"] == "1/min"
    assert any("PC -> MSC, PC + MSC -> 2 MSC" in line for line in answer["equivalent_schemes"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("A + B -> 2 B", "--start", "q=1"), "no rate constant 'q'"),
        (("A + B -> 2 B", "--start", "k"), "--start k is not a value"),
        (("A + B -> 2 B", "--start", "k=-1"), "not a positive number"),
        (("A + B -> 2 B", "--non-negative"), "no spectra that could be held"),
        (("A + B >> C",), "is not a scheme"),
    ],
)
def test_wrong_options_are_told_in_one_line(trace, words, said):
    done = run(trace, *words)
    assert done.exit_code != 0
    assert said in (done.stderr or str(done.exception))


@pytest.fixture
def spectra(tmp_path):
    time, nm = np.linspace(0.0, 200.0, 31), np.linspace(300.0, 500.0, 41)
    share = np.exp(-0.02 * time)
    bands = [np.exp(-0.5 * ((nm - at) / 25.0) ** 2) for at in (350.0, 420.0)]
    data = np.outer(share, bands[0]) + np.outer(1.0 - share, bands[1])
    data += np.random.default_rng(2).normal(0.0, 1e-3, data.shape)
    heads = ["wavelength (nm)", *(f"{t:.6g} min" for t in time)]
    rows = [[f"{x:g}", *(f"{y:.7f}" for y in column)] for x, column in zip(nm, data.T, strict=True)]
    path = tmp_path / "spectra.csv"
    path.write_text("\n".join(",".join(row) for row in [heads, *rows]) + "\n", encoding="utf-8")
    return path


def test_second_opinions_and_a_rerun_to_the_same_numbers(spectra):
    words = (str(spectra), "A -> B", "--bootstrap", "40", "--seed", "3", "--referee", "--json")
    first = run(*words)
    assert first.exit_code == 0
    answer = json.loads(first.stdout)
    source = answer["provenance"]
    assert source["sha256"] == hashlib.sha256(spectra.read_bytes()).hexdigest()
    assert source["seed"] == 3
    assert source["options"]["bootstrap"] == 40
    assert {"python", "prenuc", "numpy", "scipy"} <= set(source["versions"])
    assert answer["referee"]["agrees"] is True
    own = answer["parameters"]["k"]["stderr"]
    for opinion in answer["second_opinions"]:
        assert opinion["params"]["k"]["stderr"] == pytest.approx(own, rel=0.6)
    assert run(*words).stdout == first.stdout


def test_engines_that_disagree_are_loud(spectra, monkeypatch):
    monkeypatch.setattr("prenuc.infer.second_opinions.referee._search", lambda _: {"k": 0.03})
    done = run(str(spectra), "A -> B", "--referee")
    assert done.exit_code == 1
    assert "DISAGREES" in done.stdout
    assert "DISAGREE" in done.stderr


def test_readable_second_opinions(spectra, trace):
    done = run(str(spectra), "A -> B", "--bootstrap", "40")
    assert "sandwich, clustered by spectrum" in done.stdout
    assert "40 draws" in done.stdout
    assert "no spectra" in str(run(trace, "A -> B", "--bootstrap", "40").exception)


@pytest.mark.parametrize("scheme", ["exp + exp + constant", "A + B -> 2 B", "A -> B"])
def test_every_scheme_has_a_figure(trace, tmp_path, scheme):
    path = tmp_path / "fit.png"
    assert run(trace, scheme, "--figure", str(path)).exit_code == 0
    assert path.stat().st_size > 1000
