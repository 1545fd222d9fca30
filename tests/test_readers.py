"""The reader of spectrometer text gives the spectra, or one sentence on what to mend."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialects import Dialect, dialects, label, write
from prenuc.errors import SpectrumError
from prenuc.observe.readers import FORMATS, Format, data_file, read
from prenuc.observe.series import SpectrumSeries

REAL = Path(__file__).parents[1].parent / "shared/data/cdse_hot_injection"
CASES = Path(__file__).parent / "data/cases"
ALL_DIALECTS = list(dialects())
ROWS = "400,0.5\n401,0.25\n402,0.125\n"


@pytest.fixture
def spectrum(tmp_path):
    """Write a file, read it."""

    def written(content: str | bytes, name: str = "sample.csv", **options: str) -> SpectrumSeries:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path, **options)

    return written


@pytest.fixture
def refusal(spectrum, tmp_path):
    """Write a file, return why it is refused: the message without the folder."""

    def refused(content: str | bytes, name: str = "sample.csv", **options: str) -> str:
        with pytest.raises(SpectrumError) as caught:
            spectrum(content, name, **options)
        return one_clear_line(caught.value, tmp_path / name).removeprefix(str(tmp_path / name))

    return refused


def one_clear_line(error: SpectrumError, path: Path) -> str:
    message = str(error)
    assert message.startswith(f"{path}:")
    assert message.endswith(".")
    assert message.isprintable()
    assert len(error.problems) == 1
    assert error.problems[0].mend
    return message


@st.composite
def series(draw: st.DrawFn) -> SpectrumSeries:
    number = st.floats(-10, 10)  # absorbance without a name, beyond 10 it is none
    wavelength = sorted(draw(st.sets(st.floats(150, 3000), min_size=3, max_size=8)))
    time = draw(st.lists(st.floats(0, 1e5), min_size=1, max_size=5))
    row = st.lists(number, min_size=len(wavelength), max_size=len(wavelength))
    rows = draw(st.lists(row, min_size=len(time), max_size=len(time)))
    return SpectrumSeries(
        wavelength=np.array(wavelength),
        time=np.array(time),
        absorbance=np.array(rows),
        time_unit=draw(st.sampled_from(["s", "min", "h"])),
        signal=draw(st.sampled_from(["absorbance", "photoluminescence"])),
    )


def assert_same(found: SpectrumSeries, written: SpectrumSeries, dialect: Dialect) -> None:
    np.testing.assert_array_equal(found.wavelength, written.wavelength)
    np.testing.assert_array_equal(found.time, written.time)
    np.testing.assert_array_equal(found.absorbance, written.absorbance)
    assert found.time_unit == written.time_unit
    assert found.signal == written.signal
    labels = tuple(label(time, written.time_unit, dialect) for time in written.time.tolist())
    assert found.labels == labels


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written=series(), dialect=st.sampled_from(ALL_DIALECTS))
def test_any_series_in_any_dialect_reads_back_equal(written, dialect, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "dialect.csv"
    path.write_bytes(write(written, dialect))
    assert_same(read(path), written, dialect)


def example(rng: random.Random, *, wavelengths: int = 12, spectra: int = 4) -> SpectrumSeries:
    values = [[rng.uniform(-0.1, 2) for _ in range(wavelengths)] for _ in range(spectra)]
    axis = np.array([350.0 + 1.25 * index for index in range(wavelengths)])
    return SpectrumSeries(axis, 30.0 * np.arange(1, spectra + 1), np.array(values), time_unit="s")


def test_every_dialect_reads_back_equal(tmp_path):
    rng = random.Random(1)  # noqa: S311 - no secret depends on it
    written, path = example(rng), tmp_path / "dialect.csv"
    for dialect in ALL_DIALECTS:
        path.write_bytes(write(written, dialect))
        assert_same(read(path), written, dialect)


def mutated(data: bytes, rng: random.Random) -> bytes:
    content = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        place = rng.randrange(len(content) or 1)
        match rng.randrange(5):
            case 0 if content:
                content[place] ^= 1 << rng.randrange(8)
            case 1:
                del content[place:]
            case 2:
                content[place:place] = rng.randbytes(rng.choice((1, 2, 30)))
            case 3:
                lines = bytes(content).splitlines(keepends=True)
                rng.shuffle(lines)
                content = bytearray(b"".join(lines))
            case _:
                inserted = rng.choice(
                    (b",", b";", b"\n", b'"', b"1e999", b"nan", b"1_0", b"\x1f", b"-")
                )
                content[place:place] = inserted
    return bytes(content)


def test_a_damaged_file_gives_a_series_or_one_clear_line(tmp_path):
    rng = random.Random(20240312)  # noqa: S311 - no secret depends on it
    path = tmp_path / "damaged.csv"
    read_all = 0
    for _ in range(2000):
        written = example(rng, wavelengths=rng.randrange(3, 12), spectra=rng.randrange(1, 5))
        path.write_bytes(mutated(write(written, rng.choice(ALL_DIALECTS)), rng))
        try:
            found = read(path)
        except SpectrumError as error:
            for problem in error.problems:  # both ends of a table may be broken
                one_clear_line(SpectrumError(problem), path)
        else:
            read_all += 1
            holes = any("masked" in line for line in found.history)
            assert np.isnan(found.absorbance).any() == holes
            assert not np.isinf(found.absorbance).any()
            assert found.history[0].startswith("read as: wavelength nm ")
    # Both outcomes must occur, else the test looks at one of them only.
    assert 200 < read_all < 1800


BAD_CONTENT = {
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ":1: this is a PNG image, not text."),
    "zip": (
        b"PK\x03\x04\x14\0\0\0",
        ":1: this is a zip archive of another kind than a workbook, not text.",
    ),
    "nul": (b"nm,A\n400,1.0\n40\x001,2.0\n402,3.0\n", ":3: there is a NUL byte"),
    "utf-16 without mark": (ROWS.encode("utf-16-le"), ":1: there is a NUL byte"),
    "cut utf-16": (("\ufeff" + ROWS).encode("utf-16-le")[:-1], ": the UTF-16 text is damaged"),
    "empty": (b"", ": the file is empty."),
    "blank": (b"\r\n \n\t\n", ": the file is empty."),
    "one column": (b"400.5\n401.5\n402.5\n", ":1: there is only one column of numbers."),
    "no numbers": (b"no numbers\nin this text\n", ": there are no rows of numbers."),
    "two rows": (b"nm,A\n400,1.5\n401,2.5\n", ": there is no table"),
    "jcamp": (b"##TITLE= x\n##XYDATA= (X++(Y..Y))\n" + ROWS.encode(), ": no table is a spectrum"),
    "repeated": (ROWS + "402,0.5\n", ":4: the wavelength 402 nm occurs twice."),
    "up and down": (ROWS + "300,0.5\n", ":4: the wavelengths go up and down."),
    "mixed": ("nm,%T,Abs\n400,1.5,2\n401,2,3\n402,2,3\n", ":1: the columns are not spectra of one"),
    "half %T": ("nm,%T,30 s\n400,1.5,2\n401,2,3\n402,2,3\n", ":1: the columns are not spectra of"),
    "dark alone": (
        "nm,Dark,Reference\n400,1.5,2\n401,2,3\n402,2,3\n",
        ":1: no column is a spectrum of the sample ('Dark', 'Reference').",
    ),
    "T or %T": (
        "nm,Transmittance\n400,0.5\n401,0.2\n402,0.3\n",
        ": the header does not say whether",
    ),
    "%T of zeros": ("nm,%T\n400,0\n401,0\n402,3\n", ":2: most of a transmittance is not positive"),
    "%T in the title": ("Transmittance of CdS\n" + ROWS, ": 'Transmittance of CdS' suggests"),
    "second ordinate": (
        "YUNITS\tABSORBANCE\nY2UNITS\tHT[V]\nXYDATA\n" + "400.5\t1\t2\n401\t2\t3\n402\t3\t4\n",
        ": 'Y2UNITS: HT[V]' suggests",
    ),
    "decimal or thousands": (
        "nm;A\n400;1,234\n401;2,345\n402;3,456\n",
        ":2: a comma may be the decimal sign or part thousands",
    ),
    "two decimal signs": ("400.5;0,5\n401;0.25\n402;0,5\n", ":1: the decimal sign differs"),
    "late decimal sign": ("400;0,5\n401;1\n402;0.25\n", ":3: '0.25' is not a number with the"),
    "commas of two kinds": ("400,5,0,12\n401,5,0,13\n402,5,0,14\n", ":1: a comma may separate"),
    "too large": ("400,1.0\n401,1e999\n402,1.0\n", ":2: a number is too large."),
    "unknown word": ("400,1.0\n401,2.0\n402,3.0\n403,gone\n404,1.0\n", ":4: 'gone' stands where"),
    "damaged number": (
        "400,1.0,1\n401,2.0,1\n402,3.0,1\n403,0.2x4,1\n",
        ":4: '0.2x4' stands where",
    ),
    "damaged number in the first row": (
        "nm,30 s\n400,0.2O4\n401,2.0\n402,3.0\n403,1.0\n",
        ":2: '0.2O4' stands where the table has a number.",
    ),
    "short last row": ("400,1.0,1\n401,2.0,1\n402,3.0,1\n403,1\n", ":4: this row has 2 numbers"),
    "short first row": (
        "nm,30 s,60 s\n400,1.0\n401,2.0,1\n402,3.0,1\n403,1,1\n",
        ":2: this row has 2 numbers, the table has 3 columns.",
    ),
    "no wavelength": ("400,1.0\n401,2.0\n402,3.0\n,1\n", ":4: a cell of the table is empty."),
    "two tables": (
        ROWS + "\nsample two\n" + ROWS.replace("401", "401.5"),
        ":6: a second table, of 2 columns, begins",
    ),
    "two widths": (ROWS + "\nwords\n400,1,2\n401,2,3\n402,3,4\n", ":6: a second table, of 3"),
    "other grid": (
        "nm,A,nm,A\n400,0.1,400,0.2\n401,0.1,401.5,0.2\n402,0.1,402,0.2\n",
        ":3: the wavelengths of the column pairs differ.",
    ),
    "other grid, no header": (
        "400,0.1,400,0.2\n401,0.1,401.5,0.2\n402,0.1,402,0.2\n",
        ":2: the wavelengths of the column pairs differ.",
    ),
    "infrared": (
        "XUNITS\t1/CM\nXYDATA\n40.0\t1\n41.0\t2\n42.0\t3\n",
        ":3: 40 cm⁻¹ in the first column is no wavelength of 100 to 100000 nm.",
    ),
    "unnamed infrared": (
        "3900,0.1\n3800,0.1\n3700,0.2\n",
        ":1: the first column, 3700 to 3900, has no name and may be wavenumbers in cm⁻¹.",
    ),
    "infrared in the title": ("FT-IR of CdS\n" + ROWS, ":2: 'FT-IR of CdS' stands above"),
    "wavelengths in Å": (
        "Wavelength,A\n4000,0.1\n4010,0.1\n4020,0.2\n",
        ":2: the wavelengths from 4000 to 4020 have no unit and may be in Å.",
    ),
    "Raman shift": (
        "Raman shift (nm),A\n400,0.1\n401,0.1\n402,0.2\n",
        ":1: the first column is a Raman shift.",
    ),
    "two units": (
        "Wavelength (nm; eV),A\n400,0.1\n401,0.1\n402,0.2\n",
        ":1: 'Wavelength (nm; eV)' names two units, nm and eV.",
    ),
    "pixels": ("Pixel,A\n400,0.1\n401,0.1\n402,0.2\n", ":1: the first column is a number of a"),
    "energy": ("Energy,A\n2.1,0.1\n2.2,0.1\n2.3,0.2\n", ":1: the first column is an energy wi"),
    "time axis": ("time_s,A\n400,0.1\n401,0.1\n402,0.2\n", ":1: the first column is a time."),
    "percent without a name": (
        "nm,0 min\n400,99.1\n401,80.5\n402,30.2\n",
        ": nothing names the signal, and values up to 99.1 are more than an absorbance can be.",
    ),
    "times for a row": ("0,0,30\n400,0.1,0.2\n401,0.1,0.2\n", ":1: 0 in the first column is no"),
    "negative": ("nm,A\n-1,0.5\n0,0.5\n1,0.5\n", ":2: -1 nm in the first column is no wavelength"),
}


ROWS_BELOW_NAMES = "410,.2,.3\n420,.3,.4\n430,.4,.5\n"


@pytest.mark.parametrize("word", ["OVER", "--", "nan", "", "4O0", "?", "Over range"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_row_without_its_wavelength_is_refused_wherever_it_stands(word, place, refusal):
    rows = [f"4{n}0,.{n},.{n + 1}" for n in range(1, 6)]
    at = {"first": 0, "middle": 2, "last": 5}[place]
    rows.insert(at, f"{word},.8,.9")
    said = f"'{word}' stands where" if word else "a cell of the table is empty"
    assert refusal("nm;0 min;5 min\n".replace(";", ",") + "\n".join(rows) + "\n").startswith(
        f":{at + 2}: {said}"
    )


@pytest.mark.parametrize(("row", "line"), [(0, 2), (3, 5)])
def test_a_row_with_a_word_for_its_wavelength_is_refused_at_either_end(row, line, refusal):
    rows = ["400,.11,.22", "410,.12,.23", "420,.13,.24", "430,.14,.25"]
    rows[row] = rows[row].replace(rows[row][:3], "abc")
    text = "nm,0 min,5 min\n" + "\n".join(rows) + "\n"
    assert refusal(text).startswith(f":{line}: 'abc' stands where the table has a number.")


@pytest.mark.parametrize("word", ["OVER", "--", "nan", "4O0"])
def test_a_first_row_without_its_wavelength_is_no_header_either(word, refusal):
    assert refusal(f"{word},.1,.2\n{ROWS_BELOW_NAMES}").startswith(f":1: '{word}' stands where")


def test_blank_lines_between_rows_hide_no_broken_row(refusal):
    doubled = ROWS_BELOW_NAMES.replace("\n", "\n\n")
    assert refusal(f"nm,0 min,5 min\n\n{doubled}1,025.0,.4,.5\n").startswith(":9: this row has 4")


def test_both_ends_are_told_at_once():
    with pytest.raises(SpectrumError) as caught:
        read(CASES / "03-edge-wavelength.csv")
    assert [str(one).split(". ")[0].rpartition(".csv")[2] for one in caught.value.problems] == [
        ":2: 'OVER' stands where the table has a number",
        ":7: '--' stands where the table has a number",
    ]


@pytest.mark.parametrize("header", ["0,5", "0,5,", ",0,5", "-,0,5", "Sample,A,B\n,0,5"])
def test_a_row_of_bare_numbers_above_the_table_is_still_its_header(header, spectrum):
    assert spectrum(f"{header}\n{ROWS_BELOW_NAMES}").labels == ("0", "5")


@pytest.mark.parametrize("name", BAD_CONTENT)
def test_bad_content_is_refused_with_place_and_reason(name, refusal):
    content, says = BAD_CONTENT[name]
    assert refusal(content).startswith(says)


def test_what_is_no_file_is_refused(tmp_path):
    for path, says in {
        tmp_path: "this is a folder",
        tmp_path / "missing.csv": "there is no such file",
        tmp_path / ("x" * 5000): "the file cannot be opened",
        tmp_path / "a\0b": "the file cannot be opened",
    }.items():
        with pytest.raises(SpectrumError, match=says):
            read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SpectrumError, match="this is no regular file"):
        read(tmp_path / "pipe.csv")


def test_a_file_over_the_limit_is_not_even_opened(tmp_path, monkeypatch):
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(data_file.MOST_BYTES + 1)
    monkeypatch.setattr(Path, "open", None)
    with pytest.raises(SpectrumError, match="the file has 50 MB, the limit is 50 MB"):
        read(tmp_path / "large.csv")


def test_too_many_or_too_long_lines_are_refused(refusal, monkeypatch):
    monkeypatch.setattr(data_file, "MOST_LINES", 2)
    assert refusal(ROWS).startswith(": the file has more than 2 lines.")
    monkeypatch.setattr(data_file, "MOST_LINES", 10)
    monkeypatch.setattr(data_file, "MOST_IN_LINE", 8)
    assert refusal(ROWS).startswith(":3: the line has more than 8 signs.")


def test_an_unknown_option_is_refused(spectrum):
    for name in ("decimal", "time_unit", "signal"):
        with pytest.raises(SpectrumError, match=f"{name}='x' is not an option of read"):
            spectrum(ROWS, **{name: "x"})


def test_an_option_settles_what_the_file_leaves_open(spectrum):
    text = "nm;A\n400;1,234\n401;2,345\n402;3,456\n"
    assert spectrum(text, decimal=",").absorbance[0, 0] == 1.234
    found = spectrum(text, decimal=".", signal="photoluminescence")
    assert found.absorbance[0, 0] == 1234.0
    assert spectrum("400,2\n401,3\n402,4\n", decimal=".").absorbance[0, 0] == 2.0
    half = "nm,Transmittance\n400,0.1\n401,1.0\n402,0.01\n"
    np.testing.assert_allclose(spectrum(half, signal="T").absorbance, [[1, 0, 2]])
    np.testing.assert_allclose(spectrum(half, signal="%T").absorbance, [[3, 2, 4]])
    assert spectrum(ROWS, signal="photoluminescence").signal == "photoluminescence"


def test_an_option_that_the_file_contradicts_is_refused(refusal):
    assert refusal("400;0,5\n401;0,2\n402;0,3\n", decimal=".").startswith(
        ":1: '0,5' is not a number"
    )
    assert refusal("400,5\n401,2\n402,3\n", decimal=",").startswith(":1: there is only one column")


def test_the_decimal_sign_follows_the_evidence_of_the_whole_file(spectrum):
    late = "nm;A\n400;1,234\n401;2,345\n402;0,456\n"
    assert spectrum(late).absorbance[0, 0] == 1.234
    by_axis = "nm;A\n400,000;1,234\n401,000;2,345\n402,000;3,456\n"
    assert spectrum(by_axis).absorbance[0, 0] == 1.234
    by_axis = "nm;counts\n1,100;1,234\n1,200;2,345\n1,300;3,456\n"
    assert spectrum(by_axis).absorbance[0, 0] == 1234.0
    both = "nm;counts\n400;1,234.5\n401;2,345.5\n402;3,456.5\n"
    assert spectrum(both).absorbance[0, 0] == 1234.5
    both = "nm;counts\n400;1.234,5\n401;2.345,5\n402;3.456,5\n"
    assert spectrum(both).absorbance[0, 0] == 1234.5
    with_exponent = "nm\tA\n400\t1,5E-03\n401\t−2,5E-03\n402\t3,5E-03\n"
    np.testing.assert_array_equal(spectrum(with_exponent).absorbance, [[1.5e-3, -2.5e-3, 3.5e-3]])


@pytest.mark.parametrize(
    ("header", "times", "unit"),
    [
        ("30 s,2 min", [30, 120], "s"),
        ("90 s reaction,1 h", [90, 3600], "s"),
        ("2 min,3min", [2, 3], "min"),
        ("0.5 h,1 h", [0.5, 1], "h"),
        ("1 h 30 min,2 h", [5400, 7200], "s"),
        ("1 day,3 d", [1, 3], "day"),
        ("aliquot_30s_a,run-2 45 sec", [30, 45], "s"),
        ("-5 min,20 Minuten", [-5, 20], "min"),
        ("blank,30 s", [np.nan, 30], "s"),
        ("t=120,t=240", [np.nan, np.nan], "s"),
        ("2 s-1,5 min/step", [np.nan, np.nan], "s"),
        ("10-30 s,30 s to 60 s", [np.nan, np.nan], "s"),
        ("CdS 311,sample 2", [np.nan, np.nan], "s"),
        ('"1,200 s",5 s', [np.nan, 5], "s"),
    ],
)
def test_times_come_from_headers(header, times, unit, spectrum):
    found = spectrum(f"nm,{header}\n400,0.5,1\n401,0.5,2\n402,0.5,3\n")
    np.testing.assert_array_equal(found.time, times)
    assert found.time_unit == unit
    unknown = [line for line in found.history if line.startswith("time not known")]
    assert bool(unknown) == bool(np.isnan(times).any())


def test_a_time_without_a_unit_waits_for_the_option(spectrum):
    text = "nm,t=120,240\n400,0.5,1\n401,0.5,2\n402,0.5,3\n"
    found = spectrum(text)
    assert found.labels == ("t=120", "240")
    assert "time not known, no unit in 't=120', '240': pass time_unit= to read()" in found.history
    found = spectrum(text, time_unit="min")
    np.testing.assert_array_equal(found.time, [120, 240])
    assert found.time_unit == "min"
    assert "unit of times without one: min, from the option time_unit" in found.history
    found = spectrum("nm,30 s,2 min\n400,0.5,1\n401,0.5,2\n402,0.5,3\n", time_unit="min")
    np.testing.assert_array_equal(found.time, [0.5, 2])


def test_the_corner_may_name_the_unit_of_times_and_may_be_left_out(spectrum):
    body = "400,0.5,1\n401,0.5,2\n402,0.5,3\n"
    found = spectrum("Time (min),5,10\nWavelength (nm),Abs,Abs\n" + body)
    np.testing.assert_array_equal(found.time, [5, 10])
    assert "unit of times without one: min, from 'Time (min)'" in found.history
    found = spectrum("Wavelength (nm) / Time (h),5,10\n" + body)
    assert found.time_unit == "h"
    assert spectrum("5 s,10 s\n" + body).time.tolist() == [5, 10]
    assert spectrum("5,10\n" + body).labels == ("5", "10")


def test_an_unnamed_spectrum_is_named_after_the_file(spectrum):
    found = spectrum(ROWS, "CdS 311.txt")
    assert found.labels == ("CdS 311",)
    assert "the header gives no unit of wavelength, nm fits the numbers" in found.history
    assert "nothing names the signal, taken as absorbance" in found.history
    assert "time not known, no header names 1 of the spectra" in found.history


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("nm,Absorbance (a.u.)\n" + ROWS, "absorbance"),
        ("nm,Intensity (a.u.)\n" + ROWS, "photoluminescence"),
        ("nm,PL 30 s\n" + ROWS, "photoluminescence"),
        ("Emission Spectrum\nnm,30 s\n" + ROWS, "photoluminescence"),
        ("YUNITS\tFLUORESCENCE\n" + ROWS, "photoluminescence"),
        ("Baseline: 100%T\nnm,30 s\n" + ROWS, "absorbance"),
        ("nm,30 s T=180 °C\n" + ROWS, "absorbance"),
        ("nm,5% t=120\n" + ROWS, "absorbance"),
    ],
)
def test_the_signal_is_what_the_header_says(text, signal, spectrum):
    assert spectrum(text).signal == signal


def test_percent_transmittance_becomes_absorbance_and_says_so(spectrum):
    found = spectrum("nm,%T\n400,100.0\n401,10.0\n402,1.0\n")
    np.testing.assert_allclose(found.absorbance, [[0, 1, 2]])
    assert "absorbance = -log10(T / 100)" in found.history
    found = spectrum("nm,Transmission\n400,100.0\n401,10.0\n402,1.0\n")
    assert "transmittance up to 100 is in percent" in found.history


def test_a_few_values_that_no_absorbance_has_are_read_with_a_warning(spectrum):
    rows = "".join(f"{nm},0.5\n" for nm in range(400, 440))
    found = spectrum(f"nm,30 s\n{rows}440,9999\n")
    assert any("more than an absorbance can be" in line for line in found.history)


def test_vendor_text_around_the_table_is_kept_apart(spectrum):
    vendor = (
        "Sample one,,Sample two,,\nWavelength (nm),Abs,Wavelength (nm),Abs,\n"
        + "".join(f"{nm}.0,0.1,{nm}.0,0.2,\n" for nm in range(800, 700, -1))
        + "\nSample one\nCollection Time: 12.03.2024 12:30:01\n\nBaseline: 100%T\n"
        + "Peak,Abs\n755.0,0.1\n\n1,2\n"
    )
    found = spectrum(vendor)
    assert found.labels == ("Sample one", "Sample two")
    assert found.wavelength.tolist() == list(range(701, 801))
    assert found.history[0] == (
        "read as: wavelength nm descending, 2 spectra in column pairs, no times, "
        "3 blank rows and 6 lines of log ignored"
    )
    found = spectrum("NPOINTS\t4\nYUNITS\tABSORBANCE\n\nXYDATA\n400.0\t1\n401.0\t2\n402.0\t3\n")
    assert found.metadata["NPOINTS"] == "4"
    assert "signal: absorbance, from YUNITS: ABSORBANCE" in found.history


def test_a_short_list_of_peaks_below_is_log(spectrum):
    table = "".join(f"{nm}.0\t0.5\n" for nm in range(300, 400))
    found = spectrum(table + "\nPeaks\n350.0\t0.5\n312.0\t0.5\n")
    assert len(found.wavelength) == 100
    assert "1 blank rows and 3 lines of log ignored" in found.history[0]


def test_a_format_is_a_module_of_the_package_and_delimited_text_is_the_last():
    assert all(isinstance(one, Format) for one in FORMATS)
    assert FORMATS[-1].name == "delimited text"


REAL_FILES = {
    "Run 2 UV-Vis.csv": ("absorbance", 16, 251, 350.0107117, 599.9901733),
    "Run 2 FL emission.csv": ("photoluminescence", 14, 181, 420.0, 600.0),
    "Run 5 UV-Vis.csv": ("absorbance", 18, 301, 350.0011902, 650.0166626),
    "Run 6 UV-Vis.csv": ("absorbance", 18, 301, 350.0011902, 650.0166626),
    "Run 6 FL emission.csv": ("photoluminescence", 18, 131, 470.0, 600.0),
    "Run 7 UV-Vis.csv": ("absorbance", 18, 301, 350.0070801, 650.0106201),
}
EVERY_30_S = [30.0 * count for count in range(1, 15)]
REAL_TIMES = {
    "Run 2 UV-Vis.csv": [*EVERY_30_S, 570, 600],
    "Run 2 FL emission.csv": [*EVERY_30_S[1:], 600],
}


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not at {REAL}")
@pytest.mark.parametrize("name", REAL_FILES)
def test_a_real_file_reads_without_options(name):
    found = read(REAL / name)
    signal, spectra, wavelengths, low, high = REAL_FILES[name]
    assert found.signal == signal
    assert found.absorbance.shape == (spectra, wavelengths)
    assert (found.wavelength[0], found.wavelength[-1]) == (low, high)
    times = REAL_TIMES.get(name, [*EVERY_30_S, 450, 480, 570, 600])
    assert found.time.tolist() == times
    assert found.time_unit == "s"


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not at {REAL}")
def test_the_history_of_a_messy_file_says_what_was_ignored():
    assert read(REAL / "Run 5 UV-Vis.csv").history[0] == (
        "read as: wavelength nm descending, 18 spectra, times in s from headers, "
        "486 blank rows and 144 lines of log ignored"
    )
    with pytest.raises(SpectrumError, match="the first column is a time"):
        read(REAL / "peaks_by_hand.csv")
