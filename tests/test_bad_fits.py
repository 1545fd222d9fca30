"""What no fit can use: one clear message and exit status 2, from ``fit`` and ``compare``."""

from __future__ import annotations

import json

import numpy as np
import pytest

import commands

TIME = np.linspace(0.0, 60.0, 13)
NM = np.linspace(280.0, 340.0, 13)
SCHEMES = ["fit", "A -> B"], ["fit", "2 A -> B"], ["compare", "--schemes", "A -> B; 2 A -> B"]
GROWN = -np.expm1(-0.05 * TIME)
BANDS = np.exp(-0.5 * ((NM - np.array([[300.0], [311.0]])) / 8.0) ** 2)
NOISE = np.random.default_rng(1).normal(0.0, 1e-3, (len(TIME), len(NM)))
SPECTRA = np.outer(1.0 - GROWN, BANDS[0]) + np.outer(GROWN, BANDS[1]) + NOISE


@pytest.fixture
def run(capsys, monkeypatch):
    return lambda *words: commands.run(capsys, monkeypatch, *words)


def trace(time, value):
    rows = [f"{t},{y}" for t, y in zip(time, value, strict=True)]
    return "\n".join(["time / min,signal", *rows, ""])


def spectra(time, data):
    rows = [",".join(map(str, [nm, *column])) for nm, column in zip(NM, data.T, strict=True)]
    return "\n".join([",".join(["wavelength / nm", *(f"{t} min" for t in time)]), *rows, ""])


def both(time=TIME, change=lambda signal: signal):
    """Write the same mistake into a trace and into spectra."""
    count = len(time)
    return trace(time, change(SPECTRA[:count, 6])), spectra(time, change(SPECTRA[:count]))


BAD = {
    "the times do not ascend": both(TIME[::-1]),
    "the signal exceeds 1e+40|nothing names the signal": both(change=lambda y: 1e150 * y),
    "nowhere larger than 1e-10": both(change=lambda y: 1e-150 * y),
    "never changes with time": both(change=lambda y: 0.0 * y + 0.5),
    "the file is empty": ("", "\n\n\n"),
    "no rows of numbers|only one column of numbers": both(change=lambda y: np.nan * y),
    "no table|one spectrum, not a trace": both(TIME[:1]),
    "no table|2 spectra are too few": both(TIME[:2]),
}


@pytest.mark.parametrize("words", SCHEMES, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("kind", [0, 1], ids=["trace", "spectra"])
@pytest.mark.parametrize("what", BAD)
def test_data_without_kinetics_are_refused_in_one_message(tmp_path, run, what, kind, words):
    path = tmp_path / "bad.csv"
    path.write_text(BAD[what][kind], encoding="utf-8")
    answer = run(words[0], path, *words[1:])
    assert (answer.code, answer.out) == (2, "")
    (line,) = [line for line in answer.err.splitlines() if line]
    assert line.startswith("prenuc: ")
    assert any(part in line for part in what.split("|"))


@pytest.fixture(scope="module")
def two_species(tmp_path_factory):
    path = tmp_path_factory.mktemp("spectra") / "two-species.csv"
    path.write_text(spectra(TIME, SPECTRA), encoding="utf-8")
    return path


@pytest.mark.parametrize("count", [4, 5])
def test_more_steps_than_the_data_show_are_not_identifiable(two_species, run, count):
    scheme = " -> ".join("ABCDEFG"[: count + 1])
    answer = run("fit", two_species, scheme, "--json")
    assert answer.code == 0
    rates = json.loads(answer.out)["parameters"]
    assert len(rates) == count
    assert not any(one["identifiable"] for one in rates.values())


@pytest.mark.parametrize("order", ["1/0", "0/0", "1e400", "-1", "nan"])
def test_an_order_that_is_no_number_is_refused(two_species, run, order):
    answer = run("fit", two_species, f"A -> B of order {order}")
    assert (answer.code, answer.out) == (2, "")
    assert f"order '{order}', which is no decimal or fraction" in answer.err


@pytest.mark.parametrize(("order", "k"), [(0.0, 0.03), (0.5, 0.05), (0.9, 0.08)])
def test_orders_below_one_are_fitted_and_a_second_engine_agrees(tmp_path, run, order, k):
    left = np.maximum(1.0 - (1.0 - order) * k * TIME, 0.0) ** (1.0 / (1.0 - order))
    path = tmp_path / "trace.csv"
    path.write_text(trace(TIME, 0.1 + 0.8 * (1.0 - left) + NOISE[:, 0]), encoding="utf-8")
    answer = run("fit", path, f"A -> B of order {order:g}", "--referee", "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    assert found["referee"]["agrees"] is True
    assert found["parameters"]["k"]["value"] == pytest.approx(k, rel=0.02)


def test_a_mechanism_file_of_order_one_half_is_refused_with_its_line(two_species, tmp_path, run):
    path = tmp_path / "half.yaml"
    text = "species: {A: {initial: 1.0}, B: {}}\nreactions:\n  - {equation: 0.5 A -> B, k: 0.1}\n"
    path.write_text(text, encoding="utf-8")
    answer = run("fit", two_species, path)
    assert (answer.code, answer.out) == (2, "")
    assert f"{path}:3: the rate is of order 0.5 in 'A'" in answer.err
    assert answer.err.count("prenuc:") == 1
