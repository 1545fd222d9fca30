"""The law by which synthetic dots grew is found with its rate, or is not told from another."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

import prenuc as pn
from commands import REAL, dots, real, run, write
from prenuc.errors import FitError
from prenuc.infer.selection.growth_laws import growth_laws

TIME = np.linspace(30, 600, 20)
TRUE = {
    "interface": (lambda t: 2.0 + 0.004 * t, 0.004),
    "diffusion": (lambda t: np.sqrt(4.0 + 0.03 * t), 0.03),
    "ripening": (lambda t: np.cbrt(8.0 + 0.2 * t), 0.2),
    "interface, used up": (lambda t: 4.0 - 2.0 * np.exp(-0.01 * t), 0.01),
}


def grown(size, seed=1, noise=0.01, time=TIME):
    """As an analysis tells it: times, diameters, no doubts."""
    d = size(time) + np.random.default_rng(seed).normal(0, noise, time.size)
    curve = SimpleNamespace(curve="yu2003-CdSe")
    found = [SimpleNamespace(diameter_nm=one, doubts=(), size=curve) for one in d]
    return SimpleNamespace(time_s=time, found=found, file="")


@pytest.mark.parametrize("law", TRUE)
def test_the_law_and_its_rate_come_out(law):
    size, rate = TRUE[law]
    found = growth_laws(grown(size))
    assert found.comparison.best == law
    low, high = found.fitted[law].ci95
    assert low < rate < high
    assert high - low < 0.3 * rate


def test_where_noise_hides_the_law_nothing_is_told():
    found = growth_laws(grown(TRUE["diffusion"][0], noise=0.5))
    assert len({"interface", "diffusion", "ripening"} & set(found.comparison.cannot_tell)) > 1


def test_intervals_hold_the_rate():
    inside = []
    for seed in range(60):
        for law in ("diffusion", "interface, used up"):
            ends = growth_laws(grown(TRUE[law][0], seed=seed, noise=0.03)).fitted[law].ci95
            inside.append(ends is None or ends[0] <= TRUE[law][1] <= ends[1])
    assert np.mean(inside) > 0.9


def test_dots_that_do_not_grow_have_no_law_of_growth():
    found = growth_laws(grown(lambda t: np.full_like(t, 3.0)))
    assert found.comparison.best == "none"
    assert found.fitted["none"].rate is None


def test_a_law_that_misses_the_data_has_no_interval():
    wrong = growth_laws(grown(TRUE["interface, used up"][0], noise=0.003)).fitted["interface"]
    assert wrong.ci95 is None
    assert wrong.rms_nm > 0.1


def test_too_few_diameters_are_said():
    with pytest.raises(FitError, match="a law of growth needs 6"):
        pn.growth_laws(pn.analyze(dots(), "CdSe"))


def test_the_command_answers_in_words_numbers_and_a_figure(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    write(dots(tuple(480 + 60 * (1 - np.exp(-i / 3)) for i in range(8))), tmp_path / "run.csv")
    words = ["growth", "run.csv", "--material", "CdSe"]
    answer = run(capsys, monkeypatch, *words, "--figures", "out", "--figure-format", "png")
    assert answer.code == 0, answer.err
    assert "interface, used up" in answer.out
    assert len([*(tmp_path / "out").iterdir()]) == 1
    (tmp_path / "answer.json").write_text(run(capsys, monkeypatch, *words, "--json").out)
    (told,) = json.loads((tmp_path / "answer.json").read_text())
    answer = run(capsys, monkeypatch, "convert", "answer.json", "--to", "csv")
    assert answer.code == 0, answer.err
    assert "interface, used up" in (tmp_path / "answer.csv").read_text(encoding="utf-8-sig")
    assert run(capsys, monkeypatch, "report", "answer.json", "--to", "page.html").code == 0
    assert told["laws"]["interface, used up"]["unit"] == "1/s"


@real
def test_the_dots_of_run_2_use_their_monomer_up_or_ripen_but_do_not_grow_evenly():
    found = pn.growth_laws(pn.analyze(pn.read(REAL / "Run 2 UV-Vis.csv"), "CdSe"))
    ranked = {one.model: one.delta for one in found.comparison.ranking}
    assert ranked["interface"] > 10
    assert ranked["none"] > 10
    assert all(one.ci95 is None for one in found.fitted.values())  # no law describes them all
    assert "misses the data" in found.comparison.warnings[0]
