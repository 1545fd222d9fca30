"""An analysis says what each spectrum shows, and guesses neither a material nor a cluster."""

from __future__ import annotations

import csv
import hashlib

import numpy as np
import pytest

from commands import REAL, clusters, dots, real, write
from prenuc.errors import InputError, SpectrumError
from prenuc.observe.analysis import NO_MATERIAL, analyze, read_spectra
from prenuc.observe.series import SpectrumSeries


def test_dots_are_sized_by_the_preferred_curve():
    found = analyze(dots(), "CdSe").found
    for one, nm in zip(found, (500, 510, 520), strict=True):
        assert one.feature.position_nm == pytest.approx(nm, abs=2.5)
        assert one.size.curve == "yu2003-CdSe"
        low, high = one.diameter_ci95_nm
        assert low < one.diameter_nm < high
        assert one.clusters == ()
    assert found[0].diameter_nm < found[1].diameter_nm < found[2].diameter_nm


def test_a_curve_made_on_maxima_is_asked_there_where_all_spectra_have_one():
    high = analyze(dots((500.0, 520.0, 530.0), fwhm=24.0), "CdSe")
    for row in high.rows():
        assert row["maximum_nm"] < row["first_exciton_nm"]
        assert row["diameter_of"] == "maximum"
        assert row["diameter_nm"] == row["diameters_of_maximum_nm"]["yu2003-CdSe"]
        assert row["diameter_nm"] < row["diameters_nm"]["yu2003-CdSe"]
        low, above = row["diameter_ci95_nm"]
        assert low < row["diameter_nm"] < above
    mixed = analyze(dots((430.0, 450.0, 470.0), fwhm=40.0), "CdSe").rows()
    assert any(row["maximum_nm"] is None for row in mixed)
    assert {row["diameter_of"] for row in mixed} == {"centre"}
    assert all(any("made on maxima" in line for line in row["warnings"]) for row in mixed)


def test_a_cluster_is_named_and_not_sized():
    blank, *rest = analyze(clusters(), "CdS").found
    assert blank.feature.status == "unresolved"
    assert np.isnan(blank.diameter_nm)
    for one in rest:
        assert [line.species for line in one.clusters] == ["MSC-311"]
        assert one.size is None
        assert any("magic-size cluster" in line for line in one.warnings)


def test_a_broad_band_at_the_wavelength_of_a_cluster_is_a_dot():
    (one,) = analyze(dots(positions=(476.0,), fwhm=40.0), "CdSe").found
    assert one.clusters == ()
    assert one.size is not None


def test_without_a_material_nothing_is_sized():
    for one in analyze(dots()).found:
        assert one.sizes == ()
        assert NO_MATERIAL in one.warnings
    last = analyze(clusters()).found[-1]
    assert last.clusters == ()
    assert not any("MSC" in line for line in last.warnings)


def test_times_are_in_seconds_whatever_the_file_says():
    assert analyze(clusters()).time_s.tolist() == [240, 480, 720]
    series = dots()
    unknown = SpectrumSeries(series.wavelength, np.full(3, np.nan), series.absorbance)
    assert np.isnan(analyze(unknown).time_s).all()


def test_rows_are_plain_and_complete():
    rows = analyze(dots(), "CdSe", file="run.csv").rows()
    wanted = {"file", "label", "time_s", "status", "first_exciton_nm", "ci95_nm", "hwhm_nm"}
    assert all(wanted | {"diameter_nm", "warnings"} <= row.keys() for row in rows)
    assert rows[0]["file"] == "run.csv"
    assert set(rows[0]["diameters_nm"]) == {"yu2003-CdSe", "jasieniak2009-CdSe"}


def test_progress_ends_with_everything():
    seen = []
    analyze(dots(), progress=seen.append)
    assert seen == pytest.approx([1 / 3, 2 / 3, 1])


def test_what_cannot_be_analysed_is_refused(tmp_path):
    with pytest.raises(InputError, match="no material 'CdX'"):
        analyze(dots(), "CdX")
    series = dots()
    emission = SpectrumSeries(
        series.wavelength, series.time, series.absorbance, signal="photoluminescence"
    )
    with pytest.raises(SpectrumError, match="photoluminescence"):
        analyze(emission)
    path = write(series, tmp_path / "run 1 FL emission.csv")
    with pytest.raises(SpectrumError, match=r"emission\.csv: these are photoluminescence"):
        read_spectra(path)
    assert len(read_spectra(path, signal="absorbance")) == 3


def test_the_checksum_of_the_file_is_kept(tmp_path):
    path = write(dots(), tmp_path / "run.csv")
    assert read_spectra(path).metadata["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_series_becomes_a_table_a_labelled_array_and_a_page():
    series = dots()
    table, array = series.to_dataframe(), series.to_xarray()
    assert list(table.columns) == ["30 s", "60 s", "90 s"]
    assert table.index.name == "wavelength / nm"
    np.testing.assert_array_equal(table.to_numpy().T, series.absorbance)
    assert array.dims == ("time", "wavelength")
    assert array.sel(time=60.0, wavelength=500.0).item() == series.absorbance[1, 120]
    assert array["wavelength"].attrs["units"] == "nm"
    assert array["time"].attrs["units"] == "s"
    page = SpectrumSeries(
        series.wavelength, series.time, series.absorbance, history=("a <b> & c",)
    )._repr_html_()
    assert "a &lt;b&gt; &amp; c" in page
    assert "3 spectra" in page


@real
def test_real_files_without_options_within_3_nm_of_the_readings_by_hand():
    readings = list(csv.DictReader((REAL / "peaks_by_hand.csv").read_text().splitlines()))
    close, steady = [], []
    for run in (2, 6):
        series = read_spectra(REAL / f"Run {run} UV-Vis.csv")
        hand = {float(r["time_s"]): float(r[f"run_{run}"]) for r in readings if r[f"run_{run}"]}
        base = analyze(series, "CdSe")
        scaled = [analyze(series, "CdSe", scale=scale) for scale in (1 / 1.5, 1.5)]
        for i, (seconds, one) in enumerate(zip(base.time_s, base.found, strict=True)):
            low, high = one.feature.ci95_nm
            close.append(abs(one.feature.position_nm - hand[seconds]) <= 3)
            others = [other.found[i].feature.position_nm for other in scaled]
            steady.append(all(low <= other <= high for other in others))
            assert 1.9 < one.diameter_nm < 3.0
            assert one.clusters == ()
    assert len(close) == 34
    assert np.mean(close) >= 0.95
    assert np.mean(steady) >= 0.95
