"""Readings that were not taken are masked where they stand, and the history says so."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialects import dialects, write
from prenuc.errors import SpectrumError
from prenuc.observe.analysis import analyze
from prenuc.observe.readers import read
from prenuc.observe.readers.trace import is_trace, read_trace
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files.exchange import convert

CASES = Path(__file__).parent / "data/cases"
WORDS = (
    *("OVER", "over", "Over range", "OVRFLW", "Overflow", "out of range", "Sat.", "saturated"),
    *("----", "--", "-", "***", "?", "NaN", "nan", "n/a", "N.A.", "NA", "null", "", "  "),
    *("#N/A", "#VALUE!", "#DIV/0!", "1.#INF", "-1.#IND", "inf", "> 4.0", "≥3", "Überlauf", "k.A."),
)


def file(folder: Path, text: str) -> Path:
    path = folder / "run.csv"
    path.write_text(text, encoding="utf-8")
    return path


def said(series) -> list[str]:
    return [line for line in series.history if "masked" in line or "left out" in line]


def test_readings_over_range_are_masked_and_all_rows_kept():
    found = read(CASES / "holes_over.csv")
    assert found.absorbance.shape == (10, 33)
    assert np.argwhere(np.isnan(found.absorbance)).tolist() == [
        [spectrum, row] for spectrum in range(3) for row in range(2)
    ]
    assert found.absorbance[3, 0] == 0.01245
    assert said(found) == [
        "6 readings are masked (no number: 'OVER'), the first at 300 nm in '0 min'"
    ]


def test_an_empty_column_is_left_out():
    found = read(CASES / "hole_column.csv")
    assert found.time.tolist() == [0, 2, 5, 15, 20, 30, 45, 60, 90]
    assert np.isfinite(found.absorbance).all()
    assert said(found) == ["1 column holds no number and is left out: '10 min'"]


def test_a_word_in_the_last_row_is_masked_and_the_row_kept():
    found = read(CASES / "03-crcrlf-lastrow.csv")
    np.testing.assert_array_equal(found.absorbance[1], [0.2, 0.3, 0.4, 0.5, np.nan])
    assert found.wavelength[-1] == 440


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_masked_at_every_place(word, delimiter, tmp_path):
    numbers = [[f"{0.1 * row + 0.01 * column:.2f}" for column in range(3)] for row in range(5)]
    for row, column in ((0, 0), (0, 2), (2, 1), (4, 0), (4, 2)):
        cells = [list(one) for one in numbers]
        cells[row][column] = word
        rows = [[str(400 + 10 * at), *one] for at, one in enumerate(cells)]
        lines = [["nm", "0 min", "2 min", "5 min"], *rows]
        text = "\n".join(delimiter.join(line) for line in lines) + "\n"
        found = read(file(tmp_path, text))
        expected = np.array(numbers, dtype=float)
        expected[row, column] = np.nan
        np.testing.assert_array_equal(found.absorbance.T, expected)
        shown = f"'{word}'" if word.strip() else "empty cell"
        where = f"{400 + 10 * row} nm in '{(0, 2, 5)[column]} min'"
        assert said(found) == [f"1 reading is masked (no number: {shown}), at {where}"]


def test_blanks_may_separate_the_cells(tmp_path):
    text = "nm 0min 2min\n400 .1 OVER\n410 ---- .2\n420 Over range .3\n430 .1 .2\n"
    found = read(file(tmp_path, text))
    np.testing.assert_array_equal(np.isnan(found.absorbance), [[0, 1, 1, 0], [1, 0, 0, 0]])


def test_a_decimal_comma_and_holes_in_every_row(tmp_path):
    rows = "400;OVER;0,1;0,5\n410;0,2;;0,5\n420;0,1;0,2;n/a\n"
    found = read(file(tmp_path, "nm;0 min;2 min;5 min\n" + rows))
    np.testing.assert_array_equal(
        found.absorbance, [[np.nan, 0.2, 0.1], [0.1, np.nan, 0.2], [0.5, 0.5, np.nan]]
    )
    assert "3 readings are masked (no number: 'OVER', empty cell, 'n/a')" in said(found)[0]


@pytest.mark.parametrize("row", ["400,OVER,OVER", "400,,", "450,----,----", "450,,"])
def test_a_wavelength_without_any_reading_is_kept(row, tmp_path):
    lines = sorted([row, "410,.1,.2", "420,.2,.3", "430,.3,.4"])
    found = read(file(tmp_path, "\n".join(["nm,0 min,2 min", *lines, ""])))
    at = found.wavelength.tolist().index(float(row[:3]))
    assert np.isnan(found.absorbance[:, at]).all()
    assert found.absorbance.shape == (2, 4)


@pytest.mark.parametrize(
    ("header", "row", "labels", "left_out"),
    [
        ("nm,0 min,2 min,5 min", "{},,.2,.3", ("2 min", "5 min"), "'0 min'"),
        ("nm,0 min,2 min,5 min", "{},.1,.2,", ("0 min", "2 min"), "'5 min'"),
        ("nm,0 min,note,5 min", "{},.1,good,.3", ("0 min", "5 min"), "'note'"),
        ("nm,0 min,,5 min", "{},.1,,.3", ("0 min", "5 min"), "'column 3'"),
        ("nm,0 min,2 min,5 min", "{},OVER,OVER,.3", ("5 min",), "'0 min', '2 min'"),
        ("nm,A 1,nm,A 2,nm,A 3", "{0},.1,{0},,{0},.3", ("A 1", "A 3"), "'A 2'"),
        (",A 1,,A 2,,A 3", "{0},.1,{0},,{0},.3", ("A 1", "A 3"), "'A 2'"),
    ],
)
def test_a_column_without_a_number_is_left_out(header, row, labels, left_out, tmp_path):
    text = "\n".join([header, *(row.format(nm) for nm in (400, 410, 420)), ""])
    found = read(file(tmp_path, text))
    assert found.labels == labels
    assert said(found)[0].endswith(f"left out: {left_out}")


def test_a_spectrum_of_a_pair_may_end_before_the_others(tmp_path):
    text = "nm,A 1,nm,A 2\n400,.1,400,.2\n410,.1,410,.3\n420,.2,,\n"
    found = read(file(tmp_path, text))
    np.testing.assert_array_equal(found.absorbance, [[0.1, 0.1, 0.2], [0.2, 0.3, np.nan]])
    with pytest.raises(SpectrumError, match=r":3: the wavelengths of the column pairs differ"):
        read(file(tmp_path, text.replace("410,.3", "OVER,.3")))


def test_a_log_below_the_table_stays_a_log(tmp_path):
    table = "nm,0 min,2 min,5 min\n" + "".join(f"4{n}0,.1,.2,.3\n" for n in range(5))
    log = "\nMethod log\n1,350,shoulder,x\nCollected,12,13,OVER\n"
    found = read(file(tmp_path, table + log))
    assert found.absorbance.shape == (3, 5)
    assert not said(found)
    assert "1 blank rows and 3 lines of log ignored" in found.history[0]
    found = read(file(tmp_path, table + "Mean,.1,.2,.3\nMax,OVER,OVER,OVER\n"))
    assert "2 lines of log ignored" in found.history[0]


def test_a_file_without_any_reading_is_refused(tmp_path):
    with pytest.raises(SpectrumError, match="only one column of numbers"):
        read(file(tmp_path, "nm,0 min\n400,OVER\n410,\n420,--\n"))


def test_masked_transmittance_stays_masked(tmp_path):
    rows = "400,OVER,50\n410,10,50\n420,20,50\n"
    found = read(file(tmp_path, "nm,%T 0 min,%T 2 min\n" + rows))
    np.testing.assert_allclose(found.absorbance[0], [np.nan, 1.0, 0.69897], rtol=1e-6)


@pytest.mark.parametrize("word", ["OVER", "", "--", "n/a"])
def test_a_trace_loses_the_points_without_a_number(word, tmp_path):
    path = file(tmp_path, f"time (min),A\n0,1.0\n1,{word}\n2,0.25\n3,{word}\n4,.0625\n")
    assert is_trace(path)
    found = read_trace(path)
    assert found.time.tolist() == [0, 2, 4]
    assert found.value.tolist() == [1.0, 0.25, 0.0625]
    shown = f"'{word}'" if word else "empty cell"
    assert f"2 points are left out (no number: {shown}), the first at 1 min" in found.history


def test_an_empty_column_makes_no_matrix_of_a_trace(tmp_path):
    path = file(tmp_path, "time (min),A,remark\n0,1.0,\n1,.5,\n2,0.25,\n")
    assert is_trace(path)
    assert read_trace(path).value.tolist() == [1.0, 0.5, 0.25]


ALL_DIALECTS = [one for one in dialects() if one.delimiter != " " and not one.pairs]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6), dialect=st.sampled_from(ALL_DIALECTS), word=st.sampled_from(WORDS)
)
def test_holes_in_any_dialect_read_back(seed, dialect, word, tmp_path_factory):
    rng = random.Random(seed)  # noqa: S311 - no secret depends on it
    m, n = rng.randrange(2, 6), rng.randrange(4, 9)
    values = np.array([[round(rng.uniform(0.01, 2), 4) for _ in range(n)] for _ in range(m)])
    axis = 350.0 + 1.25 * np.arange(n)
    marked = values.copy()
    row, column = rng.randrange(m), rng.randrange(n)
    marked[row, column] = 7654321.5
    series = SpectrumSeries(axis, 30.0 * np.arange(1, m + 1), marked, time_unit="s")
    number = "7654321.5".replace(".", dialect.decimal)
    codec = dialect.encoding.removesuffix(" with mark")
    try:
        there = word.encode(codec)
    except UnicodeEncodeError:
        there = b"OVER"
    data = write(series, dialect).replace(number.encode(codec), there)
    path = tmp_path_factory.getbasetemp() / "holes.csv"
    path.write_bytes(data)
    values[row, column] = np.nan
    np.testing.assert_array_equal(read(path).absorbance, values)


def holed(shape=(8, 40), holes=((0, 0), (0, 1), (3, 1))) -> SpectrumSeries:
    rng = np.random.default_rng(3)
    data = rng.normal(size=shape)
    for spectrum, row in holes:
        data[spectrum, row] = np.nan
    return SpectrumSeries(np.arange(300.0, 300.0 + shape[1]), np.arange(float(shape[0])), data)


def test_wavelengths_with_holes_are_left_out():
    found = holed().without_masked()
    assert found.absorbance.shape == (8, 38)
    assert found.history[-1] == "left out for masked readings: 2 of 40 wavelengths, 300 to 301 nm"


def test_spectra_go_where_more_than_half_of_the_wavelengths_would():
    found = holed(holes=[*((2, row) for row in range(25)), (5, 39)]).without_masked()
    assert found.absorbance.shape == (7, 39)
    assert found.labels == tuple(f"{n} min" for n in (0, 1, 3, 4, 5, 6, 7))
    assert "left out for their masked readings: '2 min'" in found.history
    with pytest.raises(SpectrumError, match="most readings of every spectrum are masked"):
        holed(holes=[(s, row) for s in range(8) for row in range(30)]).without_masked()


def test_a_series_without_holes_is_itself():
    series = holed(holes=())
    assert series.without_masked() is series


def test_a_trace_leaves_out_spectra_that_are_masked_there():
    found = holed().trace("300 nm")
    assert found.time.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert "1 of 8 spectra are masked there, so left out" in found.history
    assert len(holed().trace("305 nm").time) == 8
    with pytest.raises(SpectrumError, match="masked in all spectra"):
        holed(holes=[(s, 0) for s in range(8)]).trace("300 nm")


def test_analysis_uses_what_was_measured_and_says_what_was_not():
    x = np.arange(400.0, 651.0)
    line = 0.3 * np.exp(-4 * np.log(2) * ((x - 520) / 30) ** 2) + 0.8 * np.exp(-(x - 380) / 40)
    rows = np.array([line, line]) + np.random.default_rng(1).normal(0, 3e-4, (2, x.size))
    rows[1, :20] = np.nan
    rows[1, 150] = np.nan
    first, second = analyze(SpectrumSeries(x, np.arange(2.0), rows)).found
    assert second.feature.position_nm == pytest.approx(first.feature.position_nm, abs=0.5)
    assert "21 masked readings are left out, from 400 to 550 nm" in second.warnings
    assert not any("masked" in line for line in first.warnings)


@pytest.mark.parametrize("to", ["csv", "xlsx", "netcdf", "origin"])
def test_holes_are_written_as_holes(to, tmp_path):
    series = read(CASES / "holes_over.csv")
    path = convert(series, to, tmp_path / f"out.{to}")
    if to == "xlsx":
        from openpyxl import load_workbook

        rows = list(load_workbook(path)["spectra"].iter_rows(values_only=True))[2:]
        back = np.array(rows, dtype=float)[:, 1:].T
    elif to == "netcdf":
        import xarray as xr

        back = xr.load_dataset(path, engine="scipy")["absorbance"].to_numpy()
    else:
        assert "nan" not in path.read_text(encoding="utf-8").lower()
        back = read(path).absorbance
    np.testing.assert_array_equal(back, series.absorbance)
