"""``prenuc analyze`` and ``prenuc size`` as a user and a program meet them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from commands import REAL, bad_files, clusters, dots, real, run, write

FIELDS = {
    "file",
    "label",
    "time_s",
    "status",
    "first_exciton_nm",
    "ci95_nm",
    "hwhm_nm",
    "diameter_nm",
    "warnings",
}


@pytest.fixture
def prenuc(capsys, monkeypatch):
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


def test_json_has_one_row_a_spectrum_and_nothing_else_on_standard_output(prenuc, tmp_path):
    files = [write(dots(), tmp_path / "a.csv"), write(clusters(), tmp_path / "b.csv")]
    answer = prenuc("analyze", *files, "--material", "CdSe", "--json")
    rows = json.loads(answer.out)
    assert answer.code == 0
    assert [row["file"] for row in rows] == [str(files[0])] * 3 + [str(files[1])] * 3
    assert all(row.keys() >= FIELDS for row in rows)
    assert [row["time_s"] for row in rows] == [30, 60, 90, 240, 480, 720]
    assert rows[0]["ci95_nm"][0] < rows[0]["first_exciton_nm"] < rows[0]["ci95_nm"][1]
    assert rows[0]["diameter_nm"] == pytest.approx(2.35, abs=0.05)
    assert rows[3]["status"] == "unresolved"
    assert rows[3]["first_exciton_nm"] is None
    assert rows[3]["ci95_nm"] == [None, None]


def test_a_material_is_not_guessed(prenuc, tmp_path):
    file = write(dots(), tmp_path / "run.csv")
    rows = json.loads(prenuc("analyze", file, "--json").out)
    assert all(row["diameter_nm"] is None for row in rows)
    assert all(
        "no material given, so no diameter and no cluster" in row["warnings"] for row in rows
    )
    answer = prenuc("analyze", file)
    assert answer.err.count("no material given") == 1
    assert "diameter" not in answer.out


def test_the_readable_table_names_the_cluster_and_says_what_was_assumed(prenuc, tmp_path):
    answer = prenuc("analyze", write(clusters(), tmp_path / "run.csv"), "--material", "CdS")
    assert answer.code == 0
    assert answer.out.count("MSC-311") == 2
    assert "unresolved" in answer.out
    assert "read as: wavelength nm ascending, 3 spectra" in answer.out
    assert "says nothing about a magic-size cluster (2 of 3 spectra)" in answer.err


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_figures_are_written_in_each_format(prenuc, tmp_path, ending):
    file = write(dots(), tmp_path / "run.csv")
    folder = tmp_path / "figures"
    answer = prenuc(
        "analyze", file, "--material", "CdSe", "--figures", folder, "--figure-format", ending
    )
    names = {f"run-{what}.{ending}" for what in ("picks", "bands", "trend")}
    assert {path.name for path in folder.iterdir()} == names
    assert all(str(folder / name) in answer.out for name in names)
    start = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}[ending]
    assert all(path.read_bytes().startswith(start) for path in folder.iterdir())


def test_files_of_one_name_do_not_overwrite_each_other_s_figures(prenuc, tmp_path):
    files = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        files.append(write(dots(), tmp_path / folder / "run.csv"))
    prenuc("analyze", *files, "--figures", tmp_path / "figures")
    assert len(list((tmp_path / "figures").iterdir())) == 6


def test_a_picture_of_nothing_is_no_error(prenuc, tmp_path):
    file = write(clusters(shares=(0.0, 0.0)), tmp_path / "run.csv")
    answer = prenuc("analyze", file, "--report", tmp_path / "r.html", "--figures", tmp_path / "f")
    assert answer.code == 0
    assert answer.out.count("unresolved") == 2


def test_size_answers_with_every_curve(prenuc):
    found = json.loads(prenuc("size", "CdSe", "550", "--json").out)
    assert [one["curve"] for one in found] == ["yu2003-CdSe", "jasieniak2009-CdSe"]
    assert all(
        one.keys() >= {"curve", "diameter_nm", "extinction", "in_range", "source"} for one in found
    )
    assert [round(one["diameter_nm"], 2) for one in found] == [3.04, 3.19]
    same = json.loads(prenuc("size", "CdSe", f"{1239.841984 / 550} eV", "--json").out)
    assert same[0]["diameter_nm"] == pytest.approx(found[0]["diameter_nm"])
    assert "3.04" in prenuc("size", "CdSe", "550 nm").out


def test_size_says_why_not(prenuc):
    (one,) = json.loads(prenuc("size", "CdTe", "371", "--json").out)
    assert (one["diameter_nm"], one["extinction"], one["in_range"]) == (None, None, False)
    assert "negative diameter" in prenuc("size", "CdTe", "371").out
    assert "nobody can tell them apart" in prenuc("size", "CdSe", "512").out
    assert "nobody" not in prenuc("size", "CdSe", "512", "--hwhm", "16").out
    assert "nobody" not in prenuc("size", "CdSe", "512", "--force").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("CdX", "500"), "no material 'CdX'"),
        (("CdSe", "blue"), "'blue' is not a quantity"),
        (("CdSe", "3 g"), "'3 g' is not a wavelength"),
        (("CdSe", "nan"), "a wavelength of nan nm"),
        (("CdSe", "0 eV"), "'0 eV' is not a wavelength"),
        (("CdSe", "512", "--hwhm", "0.1 eV"), "'0.1 eV' is not a half width"),
    ],
)
def test_size_refuses_what_is_no_wavelength(prenuc, arguments, said):
    answer = prenuc("size", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"prenuc: {said}")
    assert answer.err.count("\n") == 1


def test_bad_files_get_one_clear_line_each_and_nothing_is_written(prenuc, tmp_path):
    bad = bad_files(tmp_path / "bad")
    before = sorted(tmp_path.rglob("*"))
    for what, path in bad.items():
        answer = prenuc(
            "analyze", path, "--report", tmp_path / "r.html", "--figures", tmp_path / "f"
        )
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith(f"prenuc: {path}")
        assert what in answer.err
        assert answer.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_everything_that_is_wrong_is_said_at_once(prenuc, tmp_path):
    bad = bad_files(tmp_path / "bad")
    good = write(dots(), tmp_path / "run.csv")
    answer = prenuc("analyze", good, *bad.values(), "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == len(bad)


def test_an_unknown_material_and_a_wrong_ending_are_refused(prenuc, tmp_path):
    file = write(dots(), tmp_path / "run.csv")
    assert "no material 'CdX'" in prenuc("analyze", file, "--material", "CdX").err
    answer = prenuc("analyze", file, "--report", tmp_path / "r.txt")
    assert answer.code == 2
    assert "r.txt: a report is an HTML file" in answer.err
    answer = prenuc("analyze", file, "--figures", file / "inside")
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]


def test_help_stays_light():
    code = (
        "import sys; import prenuc.present.cli; "
        "heavy = {'numpy', 'scipy', 'matplotlib', 'pandas', 'rich', 'pint'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@real
def test_all_four_real_files_in_one_command(prenuc):
    files = [REAL / f"Run {number} UV-Vis.csv" for number in (2, 5, 6, 7)]
    answer = prenuc("analyze", *files, "--json")
    rows = json.loads(answer.out)
    assert answer.code == 0
    assert len(rows) == 16 + 18 + 18 + 18
    assert all(row["status"] in {"peak", "shoulder"} for row in rows)
