"""A pick is judged by its width, its series and its material; what speaks against it is a doubt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commands import REAL, clusters, dots, line, real
from picks_bench import KINDS, of_kinds
from prenuc.observe.analysis import analyze, read_spectra

GROWTH = (480.0, 495.0, 505.0, 511.0, 515.0, 518.0)


def doubts(series, material="CdSe"):
    return [" ".join(one.doubts) for one in analyze(series, material).found]


def with_line(series, index, at, fwhm, height):
    values = series.absorbance.copy()
    values[index] += line(series.wavelength, at, fwhm, height)
    return replace(series, absorbance=values)


def wide(positions=GROWTH):
    """Dots that grow, seen as far as the near infrared."""
    series = dots(positions)
    x = np.arange(380.0, 851.0)
    rows = np.zeros((len(series), x.size))
    rows[:, : series.wavelength.size] = series.absorbance
    tail = x[series.wavelength.size :]
    rows[:, series.wavelength.size :] = 0.8 * np.exp(-(tail - 380) / 40)
    rows += np.random.default_rng(3).normal(0, 1e-4, rows.shape)
    return replace(series, wavelength=x, absorbance=rows)


def test_growing_dots_and_clusters_are_not_doubted():
    assert doubts(wide()) == [""] * len(GROWTH)
    assert doubts(clusters(), "CdS") == [""] * 3


@pytest.mark.parametrize("material", ["CdSe", None])
def test_a_line_of_the_lamp_in_a_weak_first_spectrum_is_no_exciton(material):
    series = wide()
    weak = replace(series, absorbance=series.absorbance * np.array([0.02, 1, 1, 1, 1, 1])[:, None])
    first, *rest = analyze(with_line(weak, 0, 764.5, 12, 0.01), material).found
    assert first.feature.position_nm == pytest.approx(764.5, abs=2)
    assert first.doubts
    assert all(f"DOUBTED: {one}" in first.warnings for one in first.doubts)
    assert not any(one.doubts for one in rest)


@pytest.mark.parametrize("at", [476.0, 512.0, 560.0])
def test_a_line_as_narrow_as_the_slit_is_neither_exciton_nor_cluster(at):
    found = analyze(with_line(wide((505.0,) * 6), 3, at, 2.0, 0.4), "CdSe").found
    feature = found[3].feature
    right = feature.status == "unresolved" or abs(feature.position_nm - 505) < 3
    assert right or found[3].doubts
    assert found[3].clusters == ()
    assert not any(found[i].doubts for i in (0, 1, 2, 4, 5))


def test_a_cluster_in_one_spectrum_alone_between_dots_is_doubted():
    flat = dots((540.0,) * 5)
    assert analyze(with_line(flat, 2, 513.0, 14, 0.0), "CdSe").found[2].doubts == ()
    lone = dots((540.0, 540.0, 415.0, 540.0, 540.0))
    assert "course" in doubts(lone)[2]


def test_beyond_the_bulk_there_is_no_exciton():
    series = with_line(wide((505.0,)), 0, 775.0, 40, 0.3)
    assert "beyond bulk CdSe (747 nm)" in doubts(series)[0]
    assert doubts(series, None) == [""]
    blue = dots((430.0,))
    assert "far to the blue" in doubts(replace(blue, wavelength=blue.wavelength - 100), "InP")[0]


def test_a_jump_is_said_at_both_ends_and_between():
    for positions, odd in (((450, 500, 505, 509), 0), ((500, 505, 460, 509, 512), 2)):
        told = doubts(dots(tuple(map(float, positions))), None)
        assert [bool(one) for one in told] == [i == odd for i in range(len(positions))]


@pytest.mark.parametrize("noise", [0.0, 2e-4])
def test_a_flat_top_has_no_centre(noise):
    x = np.arange(420.0, 650.0)
    row = 3 * line(x, 520, 30, 1.0) + np.exp(-(x - 420) / 30)
    row = np.minimum(row, 2.5) + np.random.default_rng(2).normal(0, noise, x.size)
    series = replace(dots((520.0,)), wavelength=x, absorbance=row[None])
    (one,) = analyze(series, "CdSe").found
    assert one.feature.status == "unresolved" or "cut off" in " ".join(one.doubts)
    assert one.clusters == ()


def right_or_doubted(count):
    """Return the share of marked picks that are right or doubted, and of clean ones doubted."""
    good, false, clean = [], 0, 0
    for one in of_kinds(count):
        for found, at, marked in zip(
            analyze(one.series, "CdSe").found, one.truth, one.marked, strict=True
        ):
            feature = found.feature
            low, high = feature.ci95_nm
            right = feature.status == "unresolved" or low - 5 <= at <= high + 5
            if marked:
                good.append(right or bool(found.doubts))
            elif one.kind == "clean":
                clean += 1
                false += bool(found.doubts)
            else:
                good.append(right or bool(found.doubts))
    return np.mean(good), false / clean


def test_marks_of_the_instrument_are_right_or_doubted():
    good, false = right_or_doubted(5 * len(KINDS))
    assert good >= 0.95
    assert false <= 0.1


@pytest.mark.study
def test_marks_of_the_instrument_in_400_series_are_right_or_doubted():
    good, false = right_or_doubted(100 * len(KINDS))
    print(f"right or doubted {good:.4f}, clean and doubted {false:.4f}")  # noqa: T201
    assert good >= 0.95
    assert false <= 0.05


@real
@pytest.mark.parametrize("run", [2, 5, 6, 7])
def test_no_real_pick_jumps_without_a_word(run):
    found = analyze(read_spectra(REAL / f"Run {run} UV-Vis.csv"), "CdSe").found
    at = np.array([one.feature.position_nm for one in found])
    apart = np.abs(np.diff(at))
    for i, one in enumerate(found):
        beside = apart[max(i - 1, 0) : i + 1]
        assert bool(one.doubts) == bool((beside > 25).all())
