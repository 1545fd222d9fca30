"""One isosbestic test for all commands: its points, its level, and that they agree."""

import re

import numpy as np
import pytest

from commands import run, write
from prenuc.infer.modelfree.components import in_units_of_noise
from prenuc.infer.modelfree.isosbestic import isosbestic_points, judge_isosbestic
from prenuc.infer.noise.estimate import rotate
from prenuc.observe.analysis import analyze
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files.report import report
from spectra_bench import NM as BENCH_NM
from spectra_bench import band, covariance
from spectra_bench import series as bench
from view_bench import converting

NM = np.arange(330.0, 500.0, 0.5)
FIRST, SECOND = band(NM, 360, 25, 0.5), band(NM, 430, 30, 0.4)
EXACT = float(np.interp(0.0, (SECOND - FIRST)[60:180], NM[60:180]))


def conversion(noise, offset=0.0, *, m=8, growth=0.0, seed=5):
    """One spectrum that gives way to another, in equal steps, and grows by the way."""
    rng = np.random.default_rng(seed)
    share = np.linspace(0, 1, m)[:, None]
    matrix = (1 - share) * FIRST + share * SECOND + growth * share**2 * (FIRST + SECOND)
    matrix = matrix + noise * rng.normal(size=matrix.shape) + offset * rng.normal(size=(m, 1))
    return SpectrumSeries(NM, np.arange(float(m)), matrix)


def test_a_conversion_has_one_point_and_growth_destroys_it():
    (point,) = isosbestic_points(conversion(1e-3))
    low, high = point.ci95_nm
    assert low - 0.05 <= EXACT <= high + 0.05
    assert high - low < 1
    assert isosbestic_points(conversion(1e-3, growth=0.3)) == ()
    (simulated,) = isosbestic_points(conversion(0.0))
    assert simulated.position_nm == pytest.approx(EXACT, abs=0.05)


def test_where_nothing_happens_or_cannot_be_asked_there_is_no_point():
    still = conversion(1e-3).absorbance[:1] * np.ones((8, 1))
    noise = 1e-3 * np.random.default_rng(1).normal(size=still.shape)
    assert isosbestic_points(SpectrumSeries(NM, np.arange(8.0), still + noise)) == ()
    assert isosbestic_points(conversion(1e-3, m=5)) == ()
    backwards = conversion(1e-3)
    twice = SpectrumSeries(NM, np.zeros(8), backwards.absorbance)
    assert isosbestic_points(twice) == ()


def test_masked_wavelengths_do_not_hide_a_point():
    series = conversion(1e-3)
    (whole,) = isosbestic_points(series)
    series.absorbance[2, :30] = np.nan
    (part,) = isosbestic_points(series)
    assert part.position_nm == pytest.approx(whole.position_nm, abs=0.02)


@pytest.mark.parametrize("offset", [0.0, 3e-3])
def test_every_command_says_the_same_point_and_interval(capsys, monkeypatch, tmp_path, offset):
    file = write(conversion(1e-3, offset, m=12), tmp_path / "run.csv")
    said = [run(capsys, monkeypatch, name, file).out for name in ("analyze", "view")]
    found = [re.findall(r"isosbestic point at \S+ nm \(\S+ to \S+\).*", one) for one in said]
    assert len(found[0]) == 1
    assert found[0] == found[1]
    series = conversion(1e-3, offset, m=12)
    page = report(analyze(series), to=tmp_path / "r.html").read_text("utf-8")
    (point,) = isosbestic_points(series)
    assert point.verdict in page
    low, high = point.ci95_nm
    assert low - 0.05 <= EXACT <= high + 0.05


@pytest.mark.parametrize("m", [10, 24])
def test_a_true_crossing_in_white_noise_fails_once_in_a_hundred(m):
    """Three hundred draws: more than 9 of 1 % are seen once in 250 times."""
    wrong = 0
    for seed in range(300):
        (one,) = judge_isosbestic(converting(seed=50000 + seed, offset=0.0, m=m)).crossings
        wrong += one.answer == "fails"
    assert wrong <= 9


def test_a_true_crossing_in_correlated_noise_fails_no_more_often():
    """Of 150 draws more than 6 of 1 % are seen once in 1000 times."""
    answers = []
    for seed in range(150):
        answers += [
            one.answer for one in judge_isosbestic(bench("white, correlated", seed)).crossings
        ]
    assert len(answers) == 150
    assert answers.count("fails") <= 6


def test_the_noise_of_correlated_spectra_is_not_taken_for_a_course():
    """The slowest cosines hold the most noise, and the change; it must not pass for signal."""
    found = [
        in_units_of_noise(bench("white, correlated", seed)).noise.variance for seed in range(20)
    ]
    cosines = rotate(np.eye(BENCH_NM.size)).T
    true = np.einsum("jn,nk,jk->j", cosines, covariance("correlated"), cosines)
    assert np.mean(found, axis=0)[1:8].sum() == pytest.approx(true[1:8].sum(), rel=0.12)
