"""What people of Excel and Origin get: decimal commas, tables of a folder, intervals as columns."""

from __future__ import annotations

import csv
import json

import numpy as np
import openpyxl
import pytest

import prenuc as pn
from commands import clusters, dots, run, write
from prenuc.errors import InputError
from prenuc.present.files.sheets import Marks, write_csv, write_xlsx
from prenuc.present.tables.sheet import Column, Sheet, stacked

BATCH = """name: {name}
mechanism: two-pathway/CdS
protocol:
  - charge flask with 1.2 mmol Cd(OA)2, {sulfur} mmol S and 9.2 g ODE at 60 degC
  - heat flask to 180 degC over 10 min
  - hold flask for 15 min
  - take 25 uL of flask into early with 3.00 mL toluene at 25 degC
  - measure early
  - hold flask for 60 min
  - take 50 uL of flask into late with 3.00 mL toluene at 25 degC
  - measure late
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("answers")


@pytest.fixture
def prenuc(capsys, monkeypatch):
    def call(*arguments, code=0):
        answer = run(capsys, monkeypatch, *arguments)
        assert answer.code == code, answer.err
        return answer.out if code == 0 else answer.err

    return call


@pytest.fixture
def batches(folder, prenuc):
    """Two batches of different size, simulated, in a folder of answers."""
    if not (folder / "answers").exists():
        (folder / "answers").mkdir()
        for name, sulfur in (("small", 0.3), ("large", 0.4)):
            (folder / f"{name}.yaml").write_text(BATCH.format(name=name, sulfur=sulfur))
            out = prenuc("simulate", folder / f"{name}.yaml", "--json")
            (folder / "answers" / f"{name}.json").write_text(out, encoding="utf-8")
    return folder / "answers"


def cells(path, delimiter=","):
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [*csv.reader(lines, delimiter=delimiter)]


def test_one_table_for_a_folder_holds_time_dilution_yield_and_concentration(
    prenuc, batches, tmp_path
):
    prenuc("convert", batches, "--to", "csv", "--out", tmp_path / "all.csv")
    head, *rows = cells(tmp_path / "all.csv")
    assert [row[0] for row in rows] == ["large.json"] * 2 + ["small.json"] * 2
    column = {name: [row[place] for row in rows] for place, name in enumerate(head)}
    assert column["reaction time / min"] == ["15.0", "75.0"] * 2
    assert np.array(column["dilution"], float) == pytest.approx([121, 61] * 2)
    yields = np.array([column[name] for name in head if name.startswith("yield")], float)
    assert yields.sum(axis=0) == pytest.approx(1.0)  # every chalcogen is somewhere
    name = next(name for name in head if name.startswith("PC-"))
    pc = np.array(column[name], float) * np.array(column["dilution"], float)
    assert name.endswith(" / (mmol/L)")
    assert np.all((pc > 0) & (pc < 34))  # 0.4 mmol of S in 12 mL: 33 mmol/L before dilution
    assert "mean diameter of dots / nm" in head


def test_the_same_with_decimal_commas(prenuc, batches, tmp_path):
    german = "--decimal", ",", "--separator", ";"
    prenuc("convert", batches, "--to", "csv", "--out", tmp_path / "all.csv", *german)
    prenuc("convert", batches, "--to", "csv", "--out", tmp_path / "english.csv")
    mine, english = cells(tmp_path / "all.csv", ";"), cells(tmp_path / "english.csv")
    assert [[cell.replace(",", ".") for cell in row[2:]] for row in mine[1:]] == [
        row[2:] for row in english[1:]
    ]
    assert any("," in cell for row in mine[1:] for cell in row)


def test_a_workbook_of_a_folder_has_tables_and_a_sheet_of_spectra_each(prenuc, batches, tmp_path):
    prenuc("convert", batches, "--to", "xlsx", "--out", tmp_path / "all.xlsx")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert book.sheetnames == ["samples", "large", "small", "about"]
    names, units, *rows = book["samples"].values
    assert dict(zip(names, units, strict=True))["reaction time"] == "min"
    assert [row[0] for row in rows] == ["large.json"] * 2 + ["small.json"] * 2
    assert next(book["small"].values)[1] == "early, 15 min of reaction"


def test_intervals_of_fits_have_columns_of_their_own(prenuc, tmp_path):
    write(clusters((0.0, 0.4, 0.64, 0.78, 0.87, 0.92, 0.95)), tmp_path / "run.csv")
    said = prenuc("fit", tmp_path / "run.csv", "A -> B", "--at", "311 nm", "--json")
    (tmp_path / "fit.json").write_text(said, encoding="utf-8")
    prenuc("convert", tmp_path / "fit.json", "--to", "csv", "--out", tmp_path / "fit.csv")
    head, *rows = cells(tmp_path / "fit.csv")
    row = dict(zip(head, next(row for row in rows if row[0] == "k"), strict=True))
    ends = [row[f"{end} end of the 95 % interval"] for end in ("lower", "upper")]
    assert [*map(float, ends)] == json.loads(said)["parameters"]["k"]["ci95"]
    assert (row["unit"], row["how"]) == ("1/min", "fitted")


def test_excitons_of_several_files_are_one_table(prenuc, tmp_path):
    for number, places in enumerate([(500.0, 510.0), (520.0, 530.0)]):
        write(dots(places), tmp_path / f"{number}.csv")
        said = prenuc("analyze", tmp_path / f"{number}.csv", "--material", "CdSe", "--json")
        (tmp_path / f"{number}.json").write_text(said, encoding="utf-8")
    answers = tmp_path / "0.json", tmp_path / "1.json"
    prenuc("convert", *answers, "--to", "origin", "--out", tmp_path / "all.txt")
    text = (tmp_path / "all.txt").read_text(encoding="utf-8")
    names, units, _, *rows = [line.split("\t") for line in text.splitlines()]
    place = names.index("first exciton")
    found = [float(row[place]) for row in rows]
    low, high = ([float(row[place + i]) for row in rows] for i in (1, 2))
    assert (names[0], units[place]) == ("file", "nm")
    assert np.all(np.diff(found) > 0)
    assert all(a < b < c for a, b, c in zip(low, found, high, strict=True))


def test_several_series_are_one_workbook_with_out(prenuc, tmp_path):
    places = {"first": (500.0, 505.0), "second": (520.0, 530.0)}
    paths = [write(dots(at), tmp_path / f"{name}.csv") for name, at in places.items()]
    prenuc("convert", *paths, "--to", "xlsx", "--out", tmp_path / "all.xlsx")
    assert openpyxl.load_workbook(tmp_path / "all.xlsx").sheetnames[1:3] == ["first", "second"]


def test_what_a_format_cannot_hold_is_refused(prenuc, batches, tmp_path):
    saved = batches / "small.json"
    both = prenuc("convert", saved, "--to", "csv", "--decimal", ",", "--separator", ",", code=2)
    assert "decimal sign and separator are both a comma" in both
    book = prenuc("convert", saved, "--to", "xlsx", "--decimal", ",", code=2)
    assert "Leave --decimal and --separator out" in book
    write(dots(), tmp_path / "run.csv")
    said = prenuc("analyze", tmp_path / "run.csv", "--json")
    (tmp_path / "run.json").write_text(said, encoding="utf-8")
    mixed = prenuc("convert", saved, tmp_path / "run.json", "--to", "csv", code=2)
    assert "tables of 2 kinds (samples, excitons)" in mixed
    several = prenuc("convert", batches, "--to", "netcdf", code=2)
    assert "netcdf holds the spectra of one file" in several
    assert not [*batches.glob("*.csv")]


@pytest.mark.usefixtures("batches")
def test_a_simulation_is_written_with_decimal_commas_and_read_back(prenuc, folder):
    german = "--decimal", ",", "--separator", ";"
    prenuc("simulate", folder / "small.yaml", "--out", folder / "german", *german)
    prenuc("simulate", folder / "small.yaml", "--out", folder / "english")
    one, other = (pn.read(folder / name / "spectra.csv") for name in ("german", "english"))
    np.testing.assert_array_equal(one.absorbance, other.absorbance)
    np.testing.assert_array_equal(one.time, other.time)
    assert cells(folder / "german" / "samples.csv", ";")[1][2] == "0,0"


# ---- sheets -------------------------------------------------------------------------------------


def test_a_heading_is_taken_apart_and_put_together():
    column = Column.of("number of dots / (mmol/L)", [1.0, float("nan"), None])
    assert (column.name, column.unit, column.cells) == ("number of dots", "mmol/L", [1, None, None])
    assert column.line == "number of dots / (mmol/L)"
    assert Column.of("time / min", []).line == "time / min"
    assert Column.of("dilution", []).line == "dilution"


def test_tables_with_other_columns_stand_below_each_other_with_empty_cells():
    one = Sheet.of("samples", {"time / min": [1.0, 2.0], "QD / (mmol/L)": [3.0, 4.0]})
    other = Sheet.of("samples", {"time / min": [5.0], "MSC / (mmol/L)": [6.0]})
    (both,) = stacked([("a", one), ("b", other)])
    assert both.rows == [["a", 1, 3, None], ["a", 2, 4, None], ["b", 5, None, 6]]


def test_names_of_sheets_are_those_that_a_workbook_takes(tmp_path):
    names = ["a/b", "A:B", "x" * 40, "x" * 40, "about", ""]
    sheets = [Sheet.of(name, {"n": [1.0]}) for name in names]
    path = tmp_path / "a.xlsx"
    write_xlsx(sheets, path, about=[("a", "b")])
    found = openpyxl.load_workbook(path).sheetnames
    assert len({name.lower() for name in found}) == 7
    assert max(map(len, found)) <= 31


def test_what_looks_like_a_formula_is_text(tmp_path):
    write_csv(Sheet.of("s", {"=1+1": ["=HYPERLINK(1)"]}), tmp_path / "a.csv")
    assert cells(tmp_path / "a.csv") == [["'=1+1"], ["'=HYPERLINK(1)"]]


@pytest.mark.parametrize(("decimal", "separator"), [(";", None), (".", "|"), (",", ",")])
def test_marks_that_do_not_go_are_refused(decimal, separator):
    with pytest.raises(InputError, match=r"decimal sign|separator"):
        Marks(decimal, separator)
