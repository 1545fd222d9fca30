"""Maximum, width, traps and Stokes shift of spectra that are known, and of aliquots that belong."""

from __future__ import annotations

import json

import numpy as np
import pytest

import prenuc as pn
from commands import REAL, dots, real, run, write
from prenuc.errors import SpectrumError

HC = 1239.841984  # eV nm
X = np.arange(450.0, 800.0)


def emitted(centre=545.0, fwhm=28.0, traps=0.3, noise=2e-3, seed=1, offset=0.0):
    """Photons per nm of a band at the edge and of traps, whose share of the photons is known."""
    energy, first = HC / X, HC / centre
    sigma = 0.5 * (HC / (centre - fwhm / 2) - HC / (centre + fwhm / 2)) / np.sqrt(2 * np.log(2))
    edge = np.exp(-(((energy - first) / sigma) ** 2) / 2) / sigma
    broad = np.exp(-(((energy - first + 0.4) / 0.2) ** 2) / 2) / 0.2
    photons = ((1 - traps) * edge + traps * broad) / X**2
    photons = photons / photons.max() + offset
    return 1000 * (photons + np.random.default_rng(seed).normal(0, noise, X.size))


def series(rows, times=(30.0, 60.0, 90.0)):
    return pn.SpectrumSeries(
        X, np.array(times[: len(rows)]), np.array(rows), time_unit="s", signal="photoluminescence"
    )


@pytest.mark.parametrize("traps", [0.0, 0.1, 0.5])
def test_what_was_put_in_comes_out(traps):
    rows = [emitted(at, 28, traps, offset=0.02, seed=at) for at in (525, 545, 565)]
    for one, at in zip(pn.analyze_emission(series(rows)), (525, 545, 565), strict=True):
        assert one.maximum_nm == pytest.approx(at, abs=0.5)
        assert one.fwhm_nm == pytest.approx(28, abs=1.0)
        assert one.trap_share == pytest.approx(traps, abs=0.05)


def test_intervals_hold_the_truth():
    inside = []
    for seed in range(40):
        (one,) = pn.analyze_emission(series([emitted(seed=seed, noise=5e-3)]))
        ends = (one.maximum_ci95_nm, one.fwhm_ci95_nm, one.trap_share_ci95)
        inside += [
            low <= true <= high for (low, high), true in zip(ends, (545, 28, 0.3), strict=True)
        ]
    assert np.mean(inside) > 0.85


def test_the_stokes_shift_is_that_of_the_same_aliquot():
    absorption = pn.analyze(dots())
    rows = [emitted(at, 30, 0.0) for at in (520, 530, 540)]
    found = pn.analyze_emission(series(rows), absorption)
    for one, first, at in zip(found, (500, 510, 520), (520, 530, 540), strict=True):
        assert one.stokes_mev == pytest.approx(1e3 * (HC / first - HC / at), abs=12)
        low, high = one.stokes_ci95_mev
        assert low < one.stokes_mev < high
    other = pn.analyze_emission(series(rows, (300.0, 600.0, 900.0)), absorption)
    assert all(one.stokes_mev is None for one in other)
    assert all("no absorption of this aliquot" in one.warnings for one in other)


def test_where_nothing_is_seen_nothing_is_said():
    noise = np.random.default_rng(2).normal(10, 1, X.size)
    (dark,) = pn.analyze_emission(series([noise]))
    assert np.isnan(dark.maximum_nm)
    assert "no band stands out from the noise" in dark.warnings
    (cut,) = pn.analyze_emission(series([np.minimum(emitted(), 700.0)]))
    assert any("cut off" in line for line in cut.warnings)
    with pytest.raises(SpectrumError, match="absorbance spectra"):
        pn.analyze_emission(dots())


def test_the_command_gives_table_figure_and_json(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    write(series([emitted(at, 30, 0.1) for at in (520, 530, 540)]), tmp_path / "run FL.csv")
    write(dots(), tmp_path / "run.csv")
    words = ["emission", "run FL.csv", "--absorption", "run.csv"]
    answer = run(capsys, monkeypatch, *words, "--figures", "out", "--figure-format", "png")
    assert answer.code == 0, answer.err
    assert "Stokes" in answer.out
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".png"]
    (tmp_path / "answer.json").write_text(run(capsys, monkeypatch, *words, "--json").out)
    told = json.loads((tmp_path / "answer.json").read_text())
    assert told[0]["stokes_mev"] > 50
    for to in ("xlsx", "csv"):
        answer = run(capsys, monkeypatch, "convert", "answer.json", "--to", to)
        assert answer.code == 0, answer.err
    head, first, *_ = (tmp_path / "answer.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "Stokes shift" in head
    assert str(told[0]["maximum_nm"])[:8] in first
    assert run(capsys, monkeypatch, "report", "answer.json", "--to", "page.html").code == 0
    assert run(capsys, monkeypatch, "emission", "run.csv").code == 2


@real
@pytest.mark.parametrize("number", [2, 6])
def test_real_aliquots_emit_to_the_red_of_their_exciton(number):
    absorption = pn.analyze(pn.read(REAL / f"Run {number} UV-Vis.csv"))
    spectra = pn.read(REAL / f"Run {number} FL emission.csv")
    found = [one for one in pn.analyze_emission(spectra, absorption) if one.stokes_mev is not None]
    assert len(found) >= 10
    assert all(one.maximum_nm > one.exciton_nm for one in found)
    assert all(20 < one.fwhm_nm < 60 for one in found)
    unknown = [one for one in found if np.isnan(one.trap_share)]  # they end at 600 nm
    assert len(unknown) > len(found) / 2
    assert all("no share of traps" in one.warnings[0] for one in unknown)
