"""First excitons where the detector was at its end: in the band itself, or elsewhere."""

import json
from pathlib import Path

import numpy as np
import pytest

from commands import run
from prenuc.observe.analysis import analyze
from prenuc.observe.features import first_exciton
from prenuc.observe.readers import read
from prenuc.observe.series import SpectrumSeries

CLIPPED = Path(__file__).parent / "data" / "cases" / "clipped_exciton.csv"
HC = 1239.841984  # eV nm
NM = np.arange(300.0, 801.0)


def features(series, scale=1.0):
    """Return the first exciton of every spectrum."""
    return [one.feature for one in analyze(series, scale=scale).found]


def spectrum(at, width=0.06, height=1.0, edge=3.0, onset=0.3):
    """A first exciton at ``at`` nm of a width in eV, a second one and an edge, shape (n,)."""
    beyond = HC / NM - HC / at
    first = np.exp(-0.5 * (beyond / width) ** 2)
    second = 0.5 * np.exp(-0.5 * ((beyond - 0.35) / (1.6 * width)) ** 2)
    return height * (first + second) + 0.05 * edge * np.logaddexp(0, (beyond - onset) / 0.05)


def single(values):
    return SpectrumSeries(NM, np.array([np.nan]), values[None, :])


def drawn(number, seed):
    """Draw bands, ceilings, noise and rounding: (position, without ceiling, as seen, ceiling)."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        at = rng.uniform(420, 620)
        clean = spectrum(
            at, rng.uniform(0.03, 0.09), rng.uniform(0.3, 4), rng.uniform(1, 6), rng.uniform(0.1, 1)
        )
        cap, sd = rng.choice([1.5, 2.0, 2.5, 3.0, 4.0]), rng.choice([0.0, 2e-4, 1e-3])
        step = rng.choice([1e-5, 1e-4, 1e-3])
        seen = np.minimum(clean + sd * rng.normal(size=NM.size), cap)
        yield at, clean, step * np.round(seen / step), cap


def test_a_clipped_exciton_is_called_clipped_and_no_cluster_is_named():
    (found,) = analyze(read(CLIPPED), "CdSe").found
    assert found.feature.status == "unresolved"
    assert np.isnan(found.feature.position_nm)
    assert found.warnings == ("the band is clipped (511 to 528 nm)",)
    assert found.clusters == ()


def test_the_command_says_that_the_band_is_clipped(capsys, monkeypatch):
    answer = run(capsys, monkeypatch, "analyze", CLIPPED, "--material", "CdSe", "--json")
    (row,) = json.loads(answer.out)
    assert (row["status"], row["first_exciton_nm"]) == ("unresolved", None)
    assert row["matches"] == []
    assert row["warnings"] == ["the band is clipped (511 to 528 nm)"]
    answer = run(capsys, monkeypatch, "analyze", CLIPPED, "--material", "CdSe")
    assert "warning" in answer.err
    assert "the band is clipped" in answer.err
    assert "readings masked: the signal is cut off at 2.5" in answer.out


def test_every_clipped_band_is_called_clipped():
    asked = 0
    for at, clean, seen, cap in drawn(200, seed=1):
        if clean[np.abs(NM - at) <= 1].max() < 1.02 * cap:
            continue
        (found,) = features(single(seen))
        asked += 1
        assert found.status == "unresolved"
        assert "clipped" in found.warnings[0]
    assert asked > 50


def test_a_clipped_edge_does_not_hide_the_exciton():
    inside = asked = 0
    for at, clean, seen, cap in drawn(200, seed=2):
        if clean[np.abs(NM - at) <= 1].max() > 0.97 * cap or clean.max() < cap:
            continue
        (found,) = features(single(seen))
        asked += 1
        inside += found.ci95_nm[0] - 0.2 <= at <= found.ci95_nm[1] + 0.2
    assert asked > 50
    assert inside >= 0.95 * asked


def test_a_clipped_edge_with_noise_on_top_leaves_the_exciton_as_it_was():
    noise = 5e-4 * np.random.default_rng(3).normal(size=NM.size)
    clean = spectrum(540.0, height=0.4, edge=8.0)
    (before,) = features(single(clean + noise))
    (after,) = features(single(np.minimum(clean, 2.5) + noise))
    assert clean.max() > 3
    assert after.position_nm == pytest.approx(before.position_nm, abs=0.3)
    assert after.status == before.status


def test_nothing_but_a_clipped_edge_says_what_is_not_seen():
    edge = 0.3 * np.logaddexp(0, (HC / NM - 2.9) / 0.05)
    (found,) = features(single(np.minimum(edge, 2.5)))
    assert found.status == "unresolved"
    assert found.warnings[0].startswith("the spectrum is clipped up to ")
    assert "a band there is not seen" in found.warnings[0]


def test_hidden_readings_that_touch_the_band_leave_no_position():
    signal = spectrum(540.0)
    hidden = (NM > 532) & (NM < 536)
    assert first_exciton(NM, signal).status == "peak"
    found = first_exciton(NM, np.where(hidden, np.nan, signal), hidden=hidden)
    assert found.status == "unresolved"
    assert found.warnings == ("the band is clipped (533 to 535 nm)",)


def test_values_that_are_no_absorbance_are_doubted_on_every_spectrum():
    history = ("nothing names the signal, taken as absorbance",)
    through = 100 * 10.0 ** -np.array([spectrum(540.0), spectrum(545.0)])
    series = SpectrumSeries(NM, np.arange(2.0), through, history=history)
    for found in analyze(series).found:
        assert any("add --signal %T" in warning for warning in found.warnings)
