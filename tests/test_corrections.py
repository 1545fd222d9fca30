"""Each correction gives back what was spoilt, says so, and can be undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import prenuc as pn
from commands import dots, line, run, write
from prenuc.errors import SpectrumError
from prenuc.observe.corrections import steps as to
from prenuc.observe.corrections.holmium import LINES, wavelength_error
from prenuc.observe.corrections.outliers import outlier_spectra

CLEAN = dots()
X = CLEAN.wavelength
CLEAN = replace(CLEAN, absorbance=CLEAN.absorbance - 0.8 * np.exp(-(650.0 - 380) / 40))


@pytest.fixture
def prenuc(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return lambda *words: run(capsys, monkeypatch, *words)


def spoilt(by):
    return replace(CLEAN, absorbance=CLEAN.absorbance + by)


def one(values, wavelength=X):
    return replace(
        CLEAN.kept(np.array([True, False, False])),
        wavelength=wavelength,
        absorbance=np.atleast_2d(values),
    )


def test_an_offset_of_each_spectrum_goes():
    found = pn.correct(spoilt(np.array([[0.02], [-0.01], [0.3]])), to.Offset(620, 650)).series
    np.testing.assert_allclose(found.absorbance, CLEAN.absorbance, atol=2e-3)
    assert found.history[-1].startswith("corrected: offset of each spectrum")


@pytest.mark.parametrize("power", [1.5, 4.0])
def test_scattering_goes_with_the_exponent_that_it_has(power):
    heights = np.array([[0.05], [0.1], [0.2]])
    clean = np.array([line(X, at, 40, 0.5) for at in (450, 480, 500)])
    noise = np.random.default_rng(6).normal(0, 1e-4, clean.shape)
    dirty = replace(CLEAN, absorbance=clean + noise + heights * (X / 650.0) ** -power)
    fitted = pn.correct(dirty, to.Scattering(590, 650)).series
    given = pn.correct(dirty, to.Scattering(590, 650, power)).series
    np.testing.assert_allclose(given.absorbance, clean, atol=2e-3)
    np.testing.assert_allclose(fitted.absorbance, clean, atol=1e-2)
    assert f"λ^-{power:.3g} (given)" in given.history[-1]


def test_a_blank_goes_whatever_its_steps():
    level = 0.3 + 0.001 * (X - 500)
    blank = one(np.interp(np.arange(370.0, 661, 2), X, level), np.arange(370.0, 661, 2))
    found = pn.correct(spoilt(level), to.Blank(blank, "toluene.csv")).series
    np.testing.assert_allclose(found.absorbance[:, 5:-5], CLEAN.absorbance[:, 5:-5], atol=2e-3)
    assert "toluene.csv taken from all spectra" in found.history[-1]
    with pytest.raises(SpectrumError, match=r"has 400-600 nm, the spectra 380-650"):
        pn.correct(CLEAN, to.Blank(one(np.zeros(201), np.arange(400.0, 601)), "toluene.csv"))


def test_known_stray_light_goes_and_what_is_mostly_stray_light_is_masked():
    true = np.array([CLEAN.absorbance[0] * 1.0, CLEAN.absorbance[0] * 3, CLEAN.absorbance[0] * 6])
    shown = -np.log10((10.0**-true + 0.01) / 1.01)
    found = pn.correct(replace(CLEAN, absorbance=shown), to.StrayLight(0.01)).series.absorbance
    known = np.isfinite(found)
    np.testing.assert_allclose(found[known], true[known], atol=1e-9)
    assert not known[2].all()
    assert known[true < 1.4].all()


def test_spectra_come_to_one_scale():
    thin = replace(CLEAN, beside={"dilution": np.array([10.0, 20.0, 40.0])})
    thin = replace(thin, absorbance=CLEAN.absorbance * 0.2 / np.array([[10.0], [20.0], [40.0]]))
    for step in (to.Scale(path_cm=0.2), to.Scale((10.0, 20.0, 40.0), 0.2)):
        np.testing.assert_allclose(pn.correct(thin, step).series.absorbance, CLEAN.absorbance)
    with pytest.raises(SpectrumError, match="2 dilutions for 3 spectra"):
        pn.correct(CLEAN, to.Scale((1.0, 2.0)))


def test_a_smooth_baseline_under_narrow_lines_goes():
    narrow = np.array([line(X, at, 8, 0.5) for at in (450, 500, 550)])
    noise = np.random.default_rng(7).normal(0, 5e-4, narrow.shape)
    dirty = replace(CLEAN, absorbance=narrow + noise + 0.2 + 1e-6 * (X - 380) ** 2)
    found = pn.correct(dirty, to.Baseline(1e5)).series.absorbance
    np.testing.assert_allclose(found, narrow, atol=0.01)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (to.Scattering(600, 650, np.nan), "an exponent of nan"),
        (to.Scattering(600, 650, -4.0), r"an exponent of -4\. Give 0 to 6"),
        (to.Scattering(600, 650, 1e3), "an exponent of 1000"),
        (to.Scale(np.inf), "not above zero"),
        (to.Scale(1.0, 0.0), "not above zero"),
        (to.Scale(1.0, np.inf), "not above zero"),
        (to.Scale(-1.0, -1.0), "not above zero"),
        (to.Scale(np.nan), "not above zero"),
        (to.Baseline(np.nan), "a stiffness of nan"),
        (to.Baseline(0.0), "a stiffness of 0"),
    ],
)
def test_a_number_with_which_nothing_can_be_corrected_is_refused(step, said):
    with pytest.raises(SpectrumError, match=said):
        pn.correct(CLEAN, step)


def test_every_step_is_a_line_and_each_can_be_undone():
    series = spoilt(0.1)
    done = pn.correct(series, to.Scale(10.0), to.Offset(620, 650), to.Scattering(600, 650, 4.0))
    assert [words.split()[1] for words in done.series.history[-3:]] == [
        *("scaled", "offset", "scattering")
    ]
    assert done.undone().steps == done.steps[:2]
    np.testing.assert_array_equal(done.undone(3).series.absorbance, series.absorbance)
    rest = done.without(to.Offset)
    assert [type(step) for step in rest.steps] == [to.Scale, to.Scattering]
    again = pn.correct(series, to.Scale(10.0), to.Scattering(600, 650, 4.0))
    np.testing.assert_array_equal(rest.series.absorbance, again.series.absorbance)


def holmium(shift, step=0.5):
    x = np.arange(235.0, 660.0, step)
    rows = sum(line(x, at + shift, 2.5, 0.4) for at in LINES) + 0.1
    return one(rows + np.random.default_rng(4).normal(0, 3e-4, x.size), x)


@pytest.mark.parametrize("shift", [-1.2, 0.0, 0.8])
def test_holmium_says_how_far_the_axis_is_off(shift):
    assert wavelength_error(holmium(shift)).mean_nm == pytest.approx(shift, abs=0.05)
    moved = pn.correct(CLEAN, to.Wavelengths(holmium(shift))).series
    np.testing.assert_allclose(moved.wavelength, X - shift, atol=0.05)
    assert "lines of holmium oxide" in moved.history[-1]


def test_what_is_no_holmium_is_refused():
    with pytest.raises(SpectrumError, match="lines of holmium oxide stand out"):
        wavelength_error(one(CLEAN.absorbance[0]))
    with pytest.raises(SpectrumError, match="holds 3 spectra"):
        wavelength_error(CLEAN)


def test_a_spectrum_that_does_not_belong_is_named():
    rows = np.array([(1 - np.exp(-0.3 * i)) * CLEAN.absorbance[0] for i in range(12)])
    rows += np.random.default_rng(5).normal(0, 3e-4, rows.shape)
    series = pn.SpectrumSeries(X, np.arange(12.0), rows)
    assert outlier_spectra(series) == {}
    rows[7] *= 0.6
    assert list(outlier_spectra(replace(series, absorbance=rows))) == ["7 min"]


def test_a_file_is_corrected_and_stays_as_it_is(prenuc, tmp_path):
    path = write(spoilt(0.1), tmp_path / "run.csv")
    before = path.read_bytes()
    answer = prenuc("correct", path, "--offset", "620 650 nm", "--to", "done.csv", "--json")
    assert answer.code == 0, answer.err
    found = pn.read("done.csv")
    np.testing.assert_allclose(found.absorbance, CLEAN.absorbance, atol=2e-3)
    assert path.read_bytes() == before
    assert prenuc("correct", path, "--offset", "620 650", "--to", path).code == 2
    book = prenuc("correct", path, "--dilution", "40", "--path", "2 mm", "--to", "done.xlsx")
    assert "dilution 40" in book.out


def test_all_that_is_wrong_is_said_at_once(prenuc, tmp_path):
    path = write(CLEAN, tmp_path / "run.csv")
    answer = prenuc(
        "correct", path, "--to", "a.csv", "--exponent", "4", "--offset", "x", "--path", "3 s"
    )
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 3
    assert prenuc("correct", path, "--to", "a.csv").code == 2
    assert prenuc("correct", path, "--to", "a.png", "--dilution", "2").code == 2
    assert not (tmp_path / "a.csv").exists()
