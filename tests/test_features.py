"""Peaks and shoulders: synthetic truth, featureless spectra, sharp lines, real files."""

from __future__ import annotations

import csv
import itertools
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prenuc.errors import SpectrumError
from prenuc.observe.analysis import analyze
from prenuc.observe.curvature import smoothed_response
from prenuc.observe.excitons import fit_line
from prenuc.observe.features import Feature, first_exciton, match_lines
from prenuc.observe.series import SpectrumSeries

HC = 1239.841984  # eV nm
REAL = Path(__file__).parents[1].parent / "shared/data/cdse_hot_injection"
LINES = {"MSC-311": 311.0, "MSC-371": (350.0, 371.0)}


def features(series, scale=1.0):
    """Return the first exciton of every spectrum."""
    return [one.feature for one in analyze(series, scale=scale).found]


def softplus(x, width):
    return width * np.logaddexp(0, x / width)


def noise_like_the_spectrometer(rng, size, level):
    noise = np.zeros(size)
    for i in range(1, size):
        noise[i] = 0.7 * noise[i - 1] + rng.normal(0, 0.3 * level)
    return noise + rng.normal(0, level, size)


def dot_spectrum(rng):
    """A dot that the fit model does not contain: lognormal sizes, four other kinds of edge."""
    wavelength = np.arange(350.0, rng.choice([600.0, 650.0]) + 0.5)
    energy = HC / wavelength
    first = HC / rng.uniform(440, 545)
    sizes = np.exp(np.linspace(-3, 3, 61) * (spread := rng.uniform(0.02, 0.07)))
    share = np.exp(-(np.linspace(-3, 3, 61) ** 2) / 2) * sizes ** rng.uniform(0, 3)
    power, single = rng.uniform(1.1, 1.6), rng.uniform(0.04, 0.075)

    def band(at, gap, width):
        centres = 1.75 + (first - 1.75 + gap) * sizes**-power
        lines = np.exp(-0.5 * ((at[:, None] - centres) / width) ** 2) @ share
        return lines / lines.max()

    fine = np.linspace(first - 0.2, first + 0.2, 801)
    truth = HC / fine[np.argmax(band(fine, 0, single))]
    width = np.hypot(single, (first - 1.75) * power * spread)
    gap = rng.uniform(1.8, 3.5) * width
    signal = band(energy, 0, single)
    signal += rng.uniform(0.2, 0.9) * band(energy, gap, single * rng.uniform(1.0, 1.8))
    shape = edge_shape(rng, gap, width)
    signal += rng.uniform(1, 5) * shape(energy - first) / shape(np.array([0.4]))
    signal += rng.uniform(0, 0.25) * (450 / wavelength) ** rng.uniform(2, 5) + rng.normal(0, 0.05)
    signal *= 10 ** rng.uniform(-1.7, -0.2)
    level = 10 ** rng.uniform(-4.1, -3.4)
    return wavelength, signal + noise_like_the_spectrometer(rng, energy.size, level), truth


def edge_shape(rng, gap, width):
    onset, power = rng.uniform(0.3, 1.2) * gap, rng.uniform(1.3, 3)
    steps = rng.uniform(0.3, 1.0, 12)
    shapes = [
        lambda x: softplus(x - onset, 0.05) * (1 + 1.2 * np.clip(x, 0, None)),
        lambda x: softplus(x - 0.5 * onset, 0.06) ** power,
        lambda x: np.exp(x / power / 0.13),
        lambda x: sum(
            h * (1 + np.tanh((x - onset - 0.55 * k * gap) / (1.2 * width)))
            for k, h in enumerate(steps)
        ),
    ]
    return shapes[rng.integers(4)]


def featureless_spectrum(rng):
    wavelength = np.arange(350.0, rng.choice([600.0, 650.0]) + 0.5)
    energy = HC / wavelength
    x = energy - HC / rng.uniform(400, 560)
    signal = [
        0 * x,
        0.1 * np.exp(x / rng.uniform(0.1, 0.5)),
        softplus(x, 0.03) ** rng.uniform(1, 3),
        0.3 * (400 / wavelength) ** rng.uniform(2, 6),
        0.2 * softplus(x, 0.05) + 0.1 * np.exp((energy - 3.5) / 0.2),
        0.1 * rng.choice([-1, 1]) * (wavelength - 350) / 300 + 0.05 * np.exp((energy - 3.3) / 0.15),
    ][rng.integers(6)]
    signal = signal + rng.normal(0, 0.01) + rng.uniform(0, 0.1) * (450 / wavelength) ** 4
    return wavelength, signal + noise_like_the_spectrometer(
        rng, energy.size, 10 ** rng.uniform(-4.1, -2.5)
    )


def line(wavelength, position, fwhm, height):
    return height * np.exp(-4 * np.log(2) * ((wavelength - position) / fwhm) ** 2)


def shoulder_spectrum(*, shift=0.0):
    """A shoulder at 2.5 eV, the whole of it moved by ``shift`` (eV) together with its axis."""
    energy = np.linspace(1.95, 3.4, 300)
    signal = 0.1 * np.exp(-0.5 * ((energy - 2.5) / 0.06) ** 2)
    signal += 0.25 * softplus(energy - 2.55, 0.05) + 0.1 * np.exp((energy - 2.9) / 0.3)
    signal += np.random.default_rng(11).normal(0, 1e-4, energy.size)
    return (HC / (energy + shift))[::-1], signal[::-1]


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(20)
    inside, off, kinds = [], [], []
    for _ in range(300):
        wavelength, signal, truth = dot_spectrum(rng)
        found = first_exciton(wavelength, signal)
        kinds.append(found.status)
        if found.status != "unresolved":
            inside.append(found.ci95_nm[0] <= truth <= found.ci95_nm[1])
            off.append(found.position_nm - truth)
    assert len(inside) > 285
    assert 0.90 <= np.mean(inside) <= 0.98
    assert np.median(np.abs(off)) < 0.7
    assert kinds.count("shoulder") > 30  # shoulders are the point
    assert kinds.count("peak") > 150


def test_spectra_without_a_feature_are_unresolved():
    rng = np.random.default_rng(21)
    found = [first_exciton(*featureless_spectrum(rng)) for _ in range(200)]
    assert np.mean([one.status != "unresolved" for one in found]) < 0.05
    assert all(np.isnan(one.position_nm) and one.warnings for one in found if np.isnan(one.height))


def test_a_311_nm_singlet_is_a_peak_and_matches_its_line():
    x = np.arange(280, 451.0)
    noise = np.random.default_rng(3).normal(0, 5e-4, x.size)
    signal = line(x, 311, 18, 0.4) + 0.25 * np.exp(-(x - 285) / 12) + 0.02 * (400 / x) ** 4 + noise
    found = first_exciton(x, signal)
    assert found.status == "peak"
    assert found.doublet is None
    assert found.position_nm == pytest.approx(311, abs=1)
    assert found.hwhm_nm == pytest.approx(9, abs=0.7)
    assert match_lines(found, LINES) == ["MSC-311"]
    assert match_lines(found, {"other": 316.0}) == []


@pytest.mark.parametrize("fwhm", [14, 18])
@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.4])
def test_a_doublet_on_an_edge_is_reported_with_both_lines(fwhm, ratio):
    x = np.arange(300, 501.0)
    noise = np.random.default_rng(4).normal(0, 5e-4, x.size)
    signal = line(x, 371, fwhm, 0.3) + line(x, 350, fwhm + 1, 0.3 * ratio)
    found = first_exciton(x, signal + 0.3 * np.exp(-(x - 330) / 20) + 0.05 + noise)
    assert found.status == "peak"
    assert found.doublet == pytest.approx((350, 371), abs=1.5)
    assert found.ci95_nm[0] <= 371 <= found.ci95_nm[1]
    assert match_lines(found, LINES) == ["MSC-371"]


def test_a_feature_shows_the_curve_that_was_fitted():
    wavelength, signal = shoulder_spectrum()
    found = first_exciton(wavelength, signal, label="3 min")
    total = sum(found.components.values())
    assert list(found.components) == ["exciton", "second", "background"]
    assert total == pytest.approx(np.interp(found.wavelength, wavelength, signal), abs=3e-3)
    low, high = found.ci95_nm
    assert low < HC / 2.5 < high
    assert str(found).startswith("3 min: ")
    assert str(first_exciton(wavelength, 0 * signal, label="blank")) == "blank: unresolved"


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 50.0), st.floats(-0.5, 0.5))
def test_neither_dilution_nor_an_offset_moves_the_position(factor, offset):
    wavelength, signal = shoulder_spectrum()
    plain = first_exciton(wavelength, signal)
    other = first_exciton(wavelength, factor * (signal + offset))
    assert other.status == plain.status
    assert other.position_nm == pytest.approx(plain.position_nm, abs=0.02)
    assert other.height == pytest.approx(factor * plain.height, rel=1e-2)


@settings(max_examples=15, deadline=None)
@given(st.floats(-0.3, 0.8))
def test_a_shifted_spectrum_gives_the_shifted_position(shift):
    plain, moved = (
        first_exciton(*shoulder_spectrum()),
        first_exciton(*shoulder_spectrum(shift=shift)),
    )
    assert moved.status == plain.status
    assert HC / moved.position_nm == pytest.approx(HC / plain.position_nm + shift, abs=1e-4)


def test_a_window_looks_only_inside():
    x = np.arange(280, 601.0)
    signal = (
        line(x, 320, 18, 0.4)
        + line(x, 480, 40, 0.4)
        + np.random.default_rng(6).normal(0, 1e-4, x.size)
    )
    low, high = first_exciton(x, signal).ci95_nm
    assert low < 480 < high
    assert first_exciton(x, signal, window=(285, 400)).position_nm == pytest.approx(320, abs=2)
    assert first_exciton(x, signal, window=(285, 300)).warnings == ("too few points",)


def test_wavelengths_must_ascend_and_match():
    with pytest.raises(SpectrumError, match="do not ascend"):
        first_exciton(np.arange(600.0, 400, -1), np.ones(200))
    with pytest.raises(SpectrumError, match="do not ascend"):
        SpectrumSeries(np.array([300.0, np.nan, 302.0]), np.zeros(1), np.zeros((1, 3)))
    with pytest.raises(SpectrumError, match="as many values"):
        first_exciton(np.arange(400.0, 600), np.ones(3))


def test_a_seam_between_two_detectors_makes_no_finer_grid_and_moves_no_band():
    wavelength = np.arange(350.0, 701.0)
    seam = np.sort(np.append(wavelength, 600.0 - 1e-6))
    plain, seamed = (
        first_exciton(x, gaussian(x, 516.0) + 0.1 * np.exp((HC / x - 3.4) / 0.25))
        for x in (wavelength, seam)
    )
    assert seamed.status == "peak"
    assert seamed.position_nm == pytest.approx(plain.position_nm, abs=0.05)
    grid, _ = smoothed_response(HC / seam[::-1], np.ones_like(seam), 0.02)
    assert len(grid) < 50 * len(seam)


def gaussian(wavelength, centre):
    return 0.5 * np.exp(-(((HC / wavelength - HC / centre) / 0.07) ** 2) / 2)


def test_a_second_line_that_is_not_above_the_first_makes_no_doublet():
    energy = np.linspace(2.0, 4.0, 200)
    line = np.exp(-0.5 * ((energy - 3.0) / 0.1) ** 2)
    fitted = partial(fit_line, energy, line, centre=3.0, width=0.1, edge="ramp", noise=1e-4)
    assert fitted().centre == pytest.approx(3.0, abs=0.01)
    assert fitted(second=3.0) is None
    assert fitted(second=2.9) is None


def test_an_unresolved_feature_matches_no_line():
    assert match_lines(Feature(status="unresolved", position_nm=311.0), LINES) == []


def read_run(run):
    """Read one file of the student laboratory, just enough for this test."""
    text = (REAL / f"Run {run} UV-Vis.csv").read_bytes().decode("utf-8-sig")
    lines = re.split(r"\r\n|\r|\n", text)
    times = [int(m[1]) for m in re.finditer(r",\s*(\d+) s", lines[0])]
    rows = itertools.takewhile(lambda line: re.match(r"[\d.]+,-?[\d.]", line), lines[1:])
    table = np.array([[float(v) for v in row.split(",")[: len(times) + 1]] for row in rows])[::-1]
    series = SpectrumSeries(table[:, 0], np.array(times, float), table[:, 1:].T, time_unit="s")
    rows = csv.DictReader((REAL / "peaks_by_hand.csv").read_text().splitlines())
    return series, {
        float(row["time_s"]): float(row[f"run_{run}"]) for row in rows if row[f"run_{run}"]
    }


real = pytest.mark.skipif(not REAL.exists(), reason=f"the real files are not at {REAL}")


@real
def test_real_shoulders_agree_with_a_chemist_and_do_not_hang_on_the_smoothing():
    close, steady = [], []
    for run in (2, 6):
        series, hand = read_run(run)
        base = features(series)
        others = [features(series, scale=scale) for scale in (1 / 1.5, 1.5)]
        for moment, one, *scaled in zip(series.time, base, *others, strict=True):
            low, high = one.ci95_nm
            close.append(abs(one.position_nm - hand[moment]) <= 3)
            steady.append(all(low <= other.position_nm <= high for other in scaled))
    assert len(close) == 34
    assert np.mean(close) >= 0.95
    assert np.mean(steady) >= 0.95


@real
@pytest.mark.parametrize("run", [5, 7])
def test_real_picks_lie_on_the_visible_band_and_not_on_its_falling_edge(run):
    series, hand = read_run(run)
    for moment, found, signal in zip(series.time, features(series), series.absorbance, strict=True):
        assert found.status != "unresolved"
        assert found.position_nm < hand[moment] - 5
        if found.maximum_nm is not None:
            assert found.maximum_nm - 2 < found.position_nm < found.maximum_nm + found.hwhm_nm
        # On the band, not on its flank: at least two thirds of the way up from the red baseline.
        top = np.interp(
            found.maximum_nm or found.position_nm - found.hwhm_nm, series.wavelength, signal
        )
        here = np.interp(found.position_nm, series.wavelength, signal)
        base = np.interp(found.position_nm + 3 * found.hwhm_nm, series.wavelength, signal)
        assert (here - base) / (top - base) > 0.66
