"""Which part of a file is used, and what it holds: the same options for every command."""

from __future__ import annotations

import importlib
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commands import run
from prenuc.errors import QuantityError, SpectrumError
from prenuc.observe.readers import read
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace
from prenuc.quantities import parse_range

CASES = Path(__file__).parent / "data/cases"
TIMES = np.array([0, 2, 5, 10, 15, 20, 30, 45, 60, 90], float)
K = 0.05


@pytest.fixture
def prenuc(capsys, monkeypatch):
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


def spectra(folder, *, percent=False, unit="min") -> Path:
    """Write A -> B with k = 0.05 1/min and a stray band below 320 nm that goes another way."""
    nm = np.arange(300.0, 501.0, 2.0)
    share = np.exp(-K * TIMES)[:, None]
    bands = [0.5 * np.exp(-0.5 * ((nm - at) / 18) ** 2) for at in (380, 440)]
    data = share * bands[0] + (1 - share) * bands[1]
    data += np.exp(-(nm - 300) / 4) * np.exp(-0.5 * TIMES)[:, None]
    data += np.random.default_rng(4).normal(0, 2e-4, data.shape)
    data = 100 * 10**-data if percent else data
    heads = ["Wavelength (nm)", *(f"{t * {'min': 1, 's': 60}[unit]:g} {unit}" for t in TIMES)]
    rows = [[f"{x:g}", *(f"{y:.6f}" for y in ys)] for x, ys in zip(nm, data.T, strict=True)]
    path = folder / "run.csv"
    path.write_text("\n".join(map(",".join, [heads, *rows])) + "\n", encoding="utf-8")
    return path


def decay(folder, *, head="time (min),A", before=(), percent=False) -> Path:
    time = np.concatenate([before, np.linspace(0, 60, 61)])
    value = 0.8 * np.exp(-K * np.clip(time, 0, None))
    value += np.random.default_rng(5).normal(0, 2e-4, time.size)
    value = 100 * 10**-value if percent else value
    rows = "".join(f"{t:g},{y:.6f}\n" for t, y in zip(time, value, strict=True))
    path = folder / "trace.csv"
    path.write_text(f"{head}\n{rows}", encoding="utf-8")
    return path


def k_of(answer):
    assert answer.code == 0, answer.err
    return json.loads(answer.out)["parameters"]["k"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "290 400 nm",
            "290-400 nm",
            "290..400",
            "290 .. 400 nm",
            "290 nm to 400 nm",
            "400 290 nm",
        ),
        *("290–400nm", "290 - 400", "0.29 0.4 um", "290 nm 0.4 µm", " 290,400 nm ", "2.9e2 4e2"),
    ],
)
def test_a_range_is_written_in_many_ways(text):
    assert parse_range(text, "nm") == pytest.approx((290, 400), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 1 h", (0, 60)),
        ("-5..10", (-5, 10)),
        ("-10 -5 min", (-10, -5)),
        ("30 s 2 min", (0.5, 2)),
        ("1 d 2 d", (1440, 2880)),
        ("5--3", (-3, 5)),
    ],
)
def test_times_have_signs_and_units(text, expected):
    assert parse_range(text, "min", of="times") == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "here", "290", "290 400 500 nm", "290/400", "nan inf", "a b"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(QuantityError, match="is not a range of wavelengths"):
        parse_range(text, "nm", of="wavelengths")


def test_a_part_of_a_series_keeps_labels_variance_and_what_is_known():
    data = np.arange(12.0).reshape(3, 4)
    whole = SpectrumSeries(
        np.array([300.0, 310, 320, 330]),
        np.array([0.0, 6.0, np.nan]),
        data,
        labels=("a", "b", "c"),
        variance=data / 100,
        metadata={"file": "x"},
    )
    part = whole.window(330, 310).between_times(5, 7)
    assert part.wavelength.tolist() == [310, 320, 330]
    assert (part.labels, part.time.tolist(), part.metadata) == (("b",), [6.0], {"file": "x"})
    assert part.absorbance.tolist() == [[5, 6, 7]]
    np.testing.assert_array_equal(part.variance, part.absorbance / 100)
    assert part.history == (
        "only 310 to 330 nm, 3 of 4 wavelengths",
        "only times 5 to 7 min, 1 of 3 spectra",
    )
    assert whole.between_times(-math.inf).labels == ("a", "b")
    with pytest.raises(SpectrumError, match="Their times are not known"):
        replace(whole, time=np.full(3, np.nan)).between_times(0, 1)


def test_an_end_that_was_converted_is_still_included():
    trace = Trace(np.array([0.0, 42.0, 43.0]), np.zeros(3), "min")
    assert trace.between_times(*parse_range("0.1 0.7 h", "min")).time.tolist() == [42]
    assert trace.between_times(42.0).history == ("only times from 42 min on, 2 of 3 points",)


@pytest.mark.parametrize("window", ["330 500 nm", "330-500 nm", "0.5..0.33 µm"])
def test_a_window_leaves_out_what_spoils_a_fit(prenuc, tmp_path, window):
    path = spectra(tmp_path)
    answer = prenuc("fit", path, "A -> B", "--window", window, "--json")
    assert k_of(answer)["value"] == pytest.approx(K, rel=0.01)
    assert json.loads(answer.out)["provenance"]["options"]["window"] == window
    readable = prenuc("fit", path, "A -> B", "--window", window).out
    assert "only 330 to 500 nm, 86 of 101 wavelengths" in readable


@pytest.mark.parametrize(
    ("times", "kept"), [("0 30 min", 7), ("0..30", 7), ("0 0.5 h", 7), ("1800 0 s", 7), ("5 90", 8)]
)
def test_times_are_in_the_unit_of_the_file_or_converted(prenuc, tmp_path, times, kept):
    file = spectra(tmp_path)
    answer = prenuc("convert", file, "--to", "csv", "--out", tmp_path / "o.csv", "--times", times)
    assert answer.code == 0
    assert f"{kept} of 10 spectra" in answer.out
    assert len(read(tmp_path / "o.csv")) == kept


def test_times_without_a_unit_are_those_of_the_file_in_seconds_too(prenuc, tmp_path):
    file, out = spectra(tmp_path, unit="s"), tmp_path / "o.csv"
    prenuc("convert", file, "--to", "csv", "--out", out, "--times", "0 600")
    assert read(out).time.tolist() == [0, 120, 300, 600]
    prenuc("convert", file, "--to", "csv", "--out", out, "--times", "0 20", "--time-unit", "min")
    assert read(out).time.tolist() == [0, 2, 5, 10, 15, 20]
    assert read(out).time_unit == "min"


def test_every_command_takes_the_part_and_says_so(prenuc, tmp_path):
    file = spectra(tmp_path)
    part = ("--window", "330 500 nm", "--times", "0 60 min")
    said = ("only 330 to 500 nm, 86 of 101 wavelengths", "only times 0 to 60 min, 9 of 10 spectra")
    words = {
        "fit": ("A -> B",),
        "analyze": (),
        "view": (),
        "convert": ("--to", "csv", "--out", tmp_path / "o.csv"),
    }
    for command, more in words.items():
        answer = prenuc(command, file, *more, *part)
        assert answer.code == 0, answer.err
        assert all(line in answer.out for line in said), command
    rows = json.loads(prenuc("analyze", file, *part, "--json").out)
    assert len(rows) == 9
    found = json.loads(
        prenuc("compare", file, "--schemes", "A -> B; 2 A -> B", *part, "--json").out
    )
    assert found["best"] == "A -> B"


@pytest.mark.parametrize("command", ["fit", "analyze", "view", "compare", "convert"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--window", "700 800 nm"), "--window: no wavelengths lie between 700 and 800 nm. They"),
        (("--window", "301 301.5"), "--window: no wavelengths lie between 301 and 301.5 nm"),
        (("--window", ""), "--window: '' is not a range of wavelengths. Write it as"),
        (("--window", "300 400 min"), "has the wrong unit"),
        (("--window", "300 400 foo"), "'foo' is not a unit"),
        (("--times", "200 300 min"), "--times: no spectra lie between 200 and 300 min. They reach"),
        (("--times", "soon"), "--times: 'soon' is not a range of times. Write it as \"0 60 min\""),
        (("--times", "0 60 nm"), "has the wrong unit"),
        (("--signal", "%R"), "%R"),
    ],
)
def test_a_part_that_is_none_gets_one_clear_message(prenuc, tmp_path, command, options, said):
    more = {"fit": ("A -> B",), "convert": ("--to", "csv", "--out", tmp_path / "o.csv")}
    answer = prenuc(command, spectra(tmp_path), *more.get(command, ()), *options)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""
    assert not (tmp_path / "o.csv").exists()


def test_all_that_is_wrong_is_said_at_once(prenuc, tmp_path):
    answer = prenuc("view", spectra(tmp_path), "--window", "700 800", "--times", "never")
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 2


def test_the_former_name_of_the_window_still_works(prenuc, tmp_path):
    file = spectra(tmp_path)
    old = prenuc("view", file, "--between", "350 480 nm")
    assert old.code == 0
    assert old.out == prenuc("view", file, "--window", "350 480 nm").out
    assert "--between" not in prenuc("view", "--help").out
    both = prenuc("view", file, "--between", "350 480", "--window", "350 480")
    assert both.code == 2


def test_a_spectrum_is_subtracted_before_it_is_left_out(prenuc, tmp_path):
    file = spectra(tmp_path)
    options = ("--at", "440 nm", "--subtract", "0 min", "--times", "2 90 min", "--json")
    answer = prenuc("fit", file, "A -> B", *options)
    assert k_of(answer)["value"] == pytest.approx(K, rel=0.02)


@pytest.mark.parametrize("name", ["%T", "T"])
def test_a_transmittance_that_nothing_names_is_named_by_the_option(prenuc, tmp_path, name):
    file = CASES / "percentT_unnamed.csv"
    if name == "T":
        file = tmp_path / "t.csv"
        head, *rows = (CASES / "percentT_unnamed.csv").read_text().splitlines()
        cells = [row.split(",") for row in rows]
        rows = [",".join([nm, *(f"{float(v) / 100:.7f}" for v in values)]) for nm, *values in cells]
        file.write_text("\n".join([head, *rows, ""]))
    answer = prenuc("fit", file, "A -> B", "--signal", name, "--json")
    assert k_of(answer)["value"] == pytest.approx(K, rel=0.01)


def test_a_trace_is_cut_in_time(prenuc, tmp_path):
    file = decay(tmp_path, before=np.arange(-12.0, 0.0))
    answer = prenuc("fit", file, "exp + constant", "--times", "0 60 min")
    assert answer.code == 0
    assert "only times 0 to 60 min, 61 of 73 points" in answer.out
    answer = prenuc("fit", file, "exp + constant", "--times", "0 1 h", "--json")
    k = next(iter(json.loads(answer.out)["parameters"].values()))
    assert k["value"] == pytest.approx(K, rel=0.02)


@pytest.mark.parametrize(
    ("head", "options"),
    [("time (min),A", ("--signal", "%T")), ("time (min),%T", ()), ("time (min),%T at 340 nm", ())],
)
def test_a_trace_in_percent_becomes_absorbance(prenuc, tmp_path, head, options):
    file = decay(tmp_path, head=head, percent=True)
    answer = prenuc("fit", file, "exp + constant", *options, "--json")
    found = json.loads(answer.out)
    assert next(iter(found["parameters"].values()))["value"] == pytest.approx(K, rel=0.02)
    assert "absorbance = -log10(T / 100)" in found["history"]


def test_a_trace_that_may_be_in_percent_asks(prenuc, tmp_path):
    file = decay(tmp_path, head="time (min),Transmittance")
    answer = prenuc("fit", file, "exp + constant")
    assert answer.code == 2
    assert "in percent" in answer.err
    negative = tmp_path / "n.csv"
    negative.write_text("time (min),A\n0,50\n1,0\n2,-1\n3,20\n")
    answer = prenuc("fit", negative, "A -> B", "--signal", "%T")
    assert answer.code == 2
    assert "n.csv:3: most of a transmittance is not positive" in answer.err


def test_the_unit_of_times_means_the_same_for_a_trace_as_for_spectra(prenuc, tmp_path):
    named, bare = decay(tmp_path), tmp_path / "bare.csv"
    bare.write_text(named.read_text().replace("time (min)", "time"))
    for file, unit, expected in (
        (named, "min", K),
        (named, "s", K / 60),
        (named, "h", 60 * K),
        (bare, "min", K),
    ):
        answer = prenuc("fit", file, "exp + constant", "--time-unit", unit, "--json")
        k = next(iter(json.loads(answer.out)["parameters"].values()))
        assert k["value"] == pytest.approx(expected, rel=0.02)
        assert k["unit"] == f"1/{unit}"
    assert prenuc("fit", bare, "exp + constant", "--times", "0 30").code == 0
    answer = prenuc("fit", bare, "exp + constant", "--times", "0 30 min")
    assert answer.code == 2
    assert "the file names no unit of time. Say it with --time-unit" in answer.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--window", "290 400 nm"),
            "a trace has neither wavelengths nor spectra to choose (--win",
        ),
        (("--subtract", "0 min"), "Leave out --subtract"),
        (
            ("--at", "311 nm"),
            "neither wavelengths nor spectra to choose (--at",
        ),
        (("--times", "80 90 min"), "no points lie between 80 and 90 min. They reach from 0 to 60"),
        (("--times", "x"), "'x' is not a range of times"),
    ],
)
def test_what_a_trace_cannot_do_is_said(prenuc, tmp_path, options, said):
    answer = prenuc("fit", decay(tmp_path), "A -> B", *options)
    assert answer.code == 2
    assert said in answer.err
    if options[0] != "--subtract":
        answer = prenuc("compare", decay(tmp_path), *options)
        assert answer.code == (2 if options[0] != "--at" else 0)


def test_species_that_absorb_are_handed_to_the_fit(prenuc, tmp_path, monkeypatch):
    engine = importlib.import_module("prenuc.infer.fit.fit")
    given, whole = {}, engine.fit

    def watched(*data, absorbing=None, **options):
        given["absorbing"] = absorbing
        return whole(*data, **options)

    monkeypatch.setattr(engine, "fit", watched)
    file = spectra(tmp_path)
    window = ("--window", "330 500")
    assert prenuc("fit", file, "A -> B", *window, "--absorbing", "A, B").code == 0
    assert given["absorbing"] == ("A", "B")
    assert prenuc("fit", file, "A -> B", *window).code == 0
    assert given["absorbing"] is None
    assert prenuc("fit", file, "A -> B", *window, "--absorbing", " , ").code == 2


def test_spectra_with_masked_readings_can_be_worked_with(prenuc, tmp_path):
    file = CASES / "holes_over.csv"
    answer = prenuc("view", file)
    assert answer.code == 0
    assert "left out for masked readings: 2 of 33 wavelengths, 300 to 305 nm" in answer.out
    figures = prenuc("view", file, "--figures", tmp_path / "v")
    assert figures.code == 0
    answer = prenuc(
        "analyze", file, "--report", tmp_path / "r.html", "--figures", tmp_path / "a", "--json"
    )
    assert answer.code == 0
    rows = json.loads(answer.out)
    assert [any("masked" in line for line in row["warnings"]) for row in rows] == [True] * 3 + [
        False
    ] * 7
    assert "6 readings are masked" in (tmp_path / "r.html").read_text(encoding="utf-8")
    at = prenuc("fit", file, "A -> B", "--at", "405 nm", "--json")
    assert k_of(at)["value"] == pytest.approx(K, rel=0.02)
    window = prenuc("fit", file, "A -> B", "--window", "310 460 nm", "--json")
    assert k_of(window)["value"] == pytest.approx(K, rel=0.01)


def test_a_report_of_spectra_with_masked_readings_is_drawn(tmp_path):
    from prenuc.present.files.report import report

    series = read(CASES / "holes_over.csv")
    page = report(series, to=tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "6 readings are masked" in page
