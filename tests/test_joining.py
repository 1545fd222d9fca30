"""Files with one spectrum each become a series, wherever their times stand."""

import os
from pathlib import Path

import numpy as np
import pytest

from prenuc.errors import SpectrumError
from prenuc.observe.readers import read
from prenuc.observe.readers.joined import files_in, read_joined
from test_cli import run  # noqa: F401  # the command line as a function

SERIES = read(Path(__file__).parent / "data/files/time_rows.csv")
MINUTES = SERIES.time.tolist()


def scans(folder, name, head=lambda _: "", header="Abs"):
    folder.mkdir(exist_ok=True)
    for minute, values in zip(MINUTES, SERIES.absorbance.tolist(), strict=True):
        rows = zip(SERIES.wavelength.tolist(), values, strict=True)
        text = "".join(f"{nm:g},{value!r}\n" for nm, value in rows)
        path = folder / name(int(minute))
        path.write_text(f"{head(int(minute))}Wavelength (nm),{header.format(int(minute))}\n{text}")
        os.utime(path, (1e9 + 60 * minute, 1e9 + 60 * minute))
    return folder


def assert_is_series(found):
    seconds = {"s": 1, "min": 60}[found.time_unit] * found.time
    np.testing.assert_allclose(seconds, 60 * SERIES.time)
    np.testing.assert_array_equal(found.absorbance, SERIES.absorbance)
    np.testing.assert_array_equal(found.wavelength, SERIES.wavelength)


def over_midnight(minute):
    hour, day = (23 + minute // 60) % 24, 12 + minute // 60
    return f"s_2024-03-{day}_{hour:02d}-{minute % 60:02d}-00.csv"


def clock(minute):
    return f"1{4 + minute // 60}:{minute % 60:02d}:00"


@pytest.mark.parametrize(
    "name",
    [
        lambda minute: f"cds_{minute}min.csv",
        lambda minute: f"CdS-311_t{60 * minute}s_a.txt",
        lambda minute: f"run 7 {minute} min.txt",
        over_midnight,
    ],
)
def test_times_stand_in_the_names_of_files(name, tmp_path):
    assert_is_series(read_joined([scans(tmp_path / "scans", name)]))


def test_numbers_in_names_wait_for_their_unit(tmp_path):
    folder = scans(tmp_path / "scans", lambda minute: f"CdS311_{minute}.csv")
    assert_is_series(read_joined([folder], time_unit="min"))
    found = read_joined([folder])
    assert np.isnan(found.time).all()
    assert "time not known, neither names nor headers tell all times" in found.history
    with pytest.raises(SpectrumError, match="no single time in its name") as caught:
        read_joined([folder], time_from="name")
    assert len(caught.value.problems) == len(MINUTES)


def numbered(minute):
    return f"scan{MINUTES.index(minute)}.csv"


def test_times_stand_in_headers(tmp_path):
    dated = scans(
        tmp_path / "a",
        numbered,
        lambda m: f"Date: Tue Mar 12 {clock(m)} CET 2024\n",
    )
    apart = scans(
        tmp_path / "b",
        numbered,
        lambda m: f"Date: 12.03.2024\nTime: {clock(m)}\n",
    )
    columns = scans(tmp_path / "c", numbered, header="{} min")
    stated = scans(tmp_path / "d", numbered, lambda m: f"Scan time: 2 min\nTime: {m} min\n")
    in_unit = scans(tmp_path / "e", numbered, lambda m: f"Reaction time (min): {m}\n")
    for folder in (dated, apart, columns, stated, in_unit):
        assert_is_series(read_joined([folder]))
        assert_is_series(read_joined([folder], time_from="header"))


def test_times_of_files_are_taken_when_asked_for(tmp_path):
    folder = scans(tmp_path / "scans", numbered)
    found = read_joined([folder], time_from="modified")
    assert_is_series(found)
    assert "the files may have been changed or copied after they were measured" in found.history


def test_files_that_do_not_fit_are_told_all_at_once(tmp_path):
    (tmp_path / "1min.csv").write_text("nm,A\n400,.1\n401,.2\n402,.3\n")
    (tmp_path / "2min.csv").write_text("nm,A\n400,.1\n401.5,.2\n402,.3\n")
    (tmp_path / "3min.csv").write_text("nm,PL\n400,.1\n401,.2\n402,.3\n")
    (tmp_path / "4min.csv").write_text("nm,0 s,1 s\n400,.1,1\n401,.2,1\n402,.3,1\n")
    with pytest.raises(SpectrumError) as caught:
        read_joined([tmp_path])
    assert [str(one).split(": ")[1].split(".")[0] for one in caught.value.problems] == [
        "its wavelengths are not those of 1min",
        "this is photoluminescence, 1min",
        "this file holds 2 spectra, joined are files of one",
    ]


def test_s2_stands_before_s10_and_hidden_files_are_none(tmp_path):
    for name in ("s10.csv", "s2.csv", ".DS_Store"):
        (tmp_path / name).write_text("")
    assert [one.name for one in files_in([tmp_path])] == ["s2.csv", "s10.csv"]


def test_a_folder_is_fitted_as_its_joined_file_is(run, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    folder = scans(tmp_path / "scans", lambda minute: f"cds_{minute}min.csv")
    answer = run("join", *sorted(folder.iterdir()), "--to", "series.csv")
    assert answer.code == 0, answer.err
    one = run("fit", "series.csv", "A -> B", "--json").json()["parameters"]["k"]
    two = run("fit", folder, "A -> B", "--json").json()["parameters"]["k"]
    assert one["value"] == pytest.approx(0.05, rel=0.01)
    assert two["value"] == pytest.approx(one["value"], rel=1e-9)
    assert run("view", folder).code == 0
    refused = run("join", folder / "cds_0min.csv", "--to", folder / "cds_0min.csv")
    refused.complaints(1)
