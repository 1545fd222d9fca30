"""``prenuc fit`` with schemes of all kinds and with starting values."""

from __future__ import annotations

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
