"""What ``prenuc convert`` writes holds the same numbers, whole or not at all."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import REAL, bad_files, dots, real, run, write
from prenuc.errors import InputError
from prenuc.observe.readers import read
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files import sheets
from prenuc.present.files.exchange import SUFFIX, convert
from prenuc.present.files.sheets import Marks


@pytest.fixture
def prenuc(capsys, monkeypatch):
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


@st.composite
def any_series(draw):
    wavelength = sorted(draw(st.sets(st.floats(200, 900), min_size=3, max_size=6)))
    time = sorted(draw(st.sets(st.integers(1, 9999), min_size=1, max_size=4)))
    row = st.lists(st.floats(-5, 5), min_size=len(wavelength), max_size=len(wavelength))
    rows = draw(st.lists(row, min_size=len(time), max_size=len(time)))
    signal = draw(st.sampled_from(["absorbance", "photoluminescence"]))
    return SpectrumSeries(
        np.array(wavelength), np.array(time, float), np.array(rows), time_unit="s", signal=signal
    )


marks = st.one_of(
    st.just(Marks()),
    st.builds(Marks, st.just("."), st.sampled_from([",", ";", "tab"])),
    st.builds(Marks, st.just(","), st.sampled_from([None, ";", "tab"])),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(series=any_series(), to=st.sampled_from(["csv", "origin"]), marks=marks)
def test_text_reads_back_equal_whatever_its_marks(series, to, marks, tmp_path):
    back = read(convert(series, to, tmp_path / "a.txt", marks=marks))
    np.testing.assert_array_equal(back.wavelength, series.wavelength)
    np.testing.assert_array_equal(back.absorbance, series.absorbance)
    np.testing.assert_array_equal(back.time, series.time)
    assert (back.signal, back.time_unit, back.labels) == (series.signal, "s", series.labels)


def test_a_workbook_holds_the_numbers_and_the_whole_history(tmp_path):
    from openpyxl import load_workbook

    series = dots()
    named = SpectrumSeries(
        series.wavelength,
        series.time,
        series.absorbance,
        labels=("=1+1", "b\x07", "c"),
        metadata={"file": "run.csv"},
        history=("first", "=second"),
    )
    book = load_workbook(convert(named, "xlsx", tmp_path / "a.xlsx"))
    head, units, *rows = book["spectra"].iter_rows(values_only=True)
    assert head == ("wavelength", "=1+1", "b ", "c")
    assert units in {("nm", "", "", ""), ("nm", None, None, None)}
    assert book["spectra"]["B1"].data_type == "s"  # no formula
    np.testing.assert_array_equal(np.array(rows)[:, 0], series.wavelength)
    np.testing.assert_array_equal(np.array(rows)[:, 1:].T, series.absorbance)
    about = list(book["about"].iter_rows(values_only=True))
    assert ("file", "run.csv") in about
    assert [words for name, words in about if name == "history"] == ["first", "=second"]


def test_netcdf_holds_axes_units_labels_variance_and_history(tmp_path):
    import xarray as xr

    series = dots()
    named = SpectrumSeries(
        series.wavelength,
        series.time,
        series.absorbance,
        time_unit="s",
        variance=np.full_like(series.absorbance, 1e-6),
        metadata={"a/b µ": "c"},
        history=("read − as", "second"),
    )
    path = convert(named, "netcdf", tmp_path / "a.nc")
    with xr.open_dataset(path, engine="scipy", decode_times=False) as data:
        np.testing.assert_array_equal(data["absorbance"].values, series.absorbance)
        np.testing.assert_array_equal(data["wavelength"].values, series.wavelength)
        np.testing.assert_array_equal(data["time"].values, series.time)
        assert data["variance"].values == pytest.approx(1e-6)
        assert data["wavelength"].attrs["units"] == "nm"
        assert data["time"].attrs["units"] == "s"
        assert [str(label) for label in data["label"].values] == ["30 s", "60 s", "90 s"]
        assert data.attrs["history"] == "read − as\nsecond"
        assert json.loads(data.attrs["metadata"]) == {"a/b µ": "c"}


def test_origin_gets_three_header_rows_and_the_times_that_no_label_tells(tmp_path):
    series = dots()
    odd = SpectrumSeries(
        series.wavelength, series.time, series.absorbance, labels=("a\tb", "c\nd", "e")
    )
    text = convert(odd, "origin", tmp_path / "a.txt").read_bytes().decode()
    lines = [line.split("\t") for line in text.removesuffix("\r\n").split("\r\n")]
    assert {len(line) for line in lines} == {4}
    assert lines[0] == ["wavelength", "absorbance", "absorbance", "absorbance"]
    assert lines[1][0] == "nm"
    assert lines[2][1:] == ["a b", "c d", "e"]
    assert lines[3] == ["time / min", *map(str, series.time)]
    numbers = np.array(lines[4:], dtype=float)
    np.testing.assert_array_equal(numbers[:, 1:].T, series.absorbance)


@pytest.mark.parametrize("to", SUFFIX)
def test_the_default_is_a_file_beside_the_input(prenuc, tmp_path, to):
    source = write(dots(), tmp_path / "run.dat")
    answer = prenuc("convert", source, "--to", to, "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["path"] == str(tmp_path / f"run{SUFFIX[to]}")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["run.dat", f"run{SUFFIX[to]}"]
    )


def test_the_input_is_never_overwritten_not_even_by_another_name(prenuc, tmp_path):
    source = write(dots(), tmp_path / "run.csv")
    (tmp_path / "link.csv").symlink_to(source)
    before = source.read_bytes()
    for arguments in ((), ("--out", source), ("--out", tmp_path / "link.csv")):
        answer = prenuc("convert", source, "--to", "csv", *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert "not overwritten. Name another file with --out" in answer.err
    assert source.read_bytes() == before


def test_a_saved_simulation_is_converted(prenuc, tmp_path):
    saved = tmp_path / "run.json"
    saved.write_text(prenuc("simulate", "cds-msc-311-in-toluene", "--json").out, encoding="utf-8")
    assert prenuc("convert", saved, "--to", "csv").code == 0
    stored = json.loads(saved.read_text(encoding="utf-8"))["measurements"]
    back = read(tmp_path / "run.csv")
    np.testing.assert_allclose(back.absorbance, [one["absorbance"] for one in stored])


@pytest.mark.parametrize("to", SUFFIX)
def test_a_write_that_fails_leaves_nothing_behind(prenuc, tmp_path, to, monkeypatch):
    source = write(dots(), tmp_path / "run.dat")
    old = tmp_path / f"run{SUFFIX[to]}"
    old.write_text("what stood here before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    answer = prenuc("convert", source, "--to", to)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"prenuc: {old}: no space left on device. Choose another place.\n"
    assert old.read_text() == "what stood here before"
    assert len(list(tmp_path.iterdir())) == 2


def test_what_does_not_fit_into_a_sheet_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 3)
    with pytest.raises(InputError, match="do not fit into one sheet"):
        convert(dots(), "xlsx", tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="'sbml' is not an exchange format"):
        convert(dots(), "sbml", tmp_path / "a.xml")
    assert not list(tmp_path.iterdir())


def test_bad_files_get_one_clear_line_and_nothing_is_written(prenuc, tmp_path):
    bad = bad_files(tmp_path / "bad")
    before = sorted(tmp_path.rglob("*"))
    for what, path in bad.items():
        answer = prenuc("convert", path, "--to", "xlsx")
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith(f"prenuc: {path}")
        assert what in answer.err
        assert answer.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@real
@pytest.mark.parametrize("number", [2, 5, 6, 7])
def test_a_messy_real_file_becomes_a_clean_one(prenuc, tmp_path, number):
    source = REAL / f"Run {number} UV-Vis.csv"
    assert prenuc("convert", source, "--to", "csv", "--out", tmp_path / "clean.csv").code == 0
    messy, clean = read(source), read(tmp_path / "clean.csv")
    np.testing.assert_array_equal(clean.absorbance, messy.absorbance)
    np.testing.assert_array_equal(clean.time, messy.time)
    assert "0 blank rows and 0 lines of log" in clean.history[0]
