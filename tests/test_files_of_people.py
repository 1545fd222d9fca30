"""Files as people have them: each kind is read right, or refused, never read wrongly in silence."""

from pathlib import Path

import numpy as np
import pytest

from prenuc.errors import SpectrumError
from prenuc.observe.readers import read
from prenuc.observe.readers.clocks import clock_times
from prenuc.observe.readers.durations import duration
from prenuc.observe.readers.layout import role_of
from prenuc.observe.readers.trace import is_trace, read_trace

FILES = Path(__file__).parent / "data/files"
MINUTES = [0, 2, 5, 10, 15, 20, 30, 45, 60, 90]
SERIES = read(FILES / "time_rows.csv")
BODY = "400,0.5,1\n401,0.5,2\n402,0.5,3\n"
RATE = 0.05  # 1/min, of every series and trace here


@pytest.fixture
def written(tmp_path):
    def write(text: str, name: str = "sample.csv") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    ("name", "times", "unit"),
    [
        ("time_rows.csv", MINUTES, "min"),
        ("iso_headers.csv", MINUTES, "min"),
        ("clock_elapsed.csv", MINUTES, "min"),
        ("times_twice.csv", [60 * minute for minute in MINUTES], "s"),
        ("timp_blank.ascii", MINUTES, "1"),
        ("holes_over.csv", MINUTES, "min"),
        ("hole_column.csv", [0, 2, 5, 15, 20, 30, 45, 60, 90], "min"),
        ("stacked_blocks.csv", [0, 2, 5, 10], "min"),
        ("stacked.txt", [np.nan] * 4, "s"),
        ("half_hours.csv", [0, 0.25, 0.5, 1], "h"),
    ],
)
def test_spectra_are_those_of_the_one_series_at_their_times(name, times, unit):
    found = read(FILES / name)
    np.testing.assert_allclose(found.time, times, rtol=1e-12)
    assert found.time_unit == unit
    known = np.array(MINUTES[:4] if np.isnan(times).all() else times)
    factor = {"h": 60, "s": 1 / 60, "min": 1, "1": 1}[unit if np.isfinite(times).all() else "min"]
    minutes = factor * known
    rows = [MINUTES.index(round(minute)) for minute in minutes]
    seen = ~np.isnan(found.absorbance)
    np.testing.assert_allclose(
        found.absorbance[seen], SERIES.absorbance[rows][seen], rtol=0, atol=6e-6
    )
    assert (~seen).sum() == (6 if name == "holes_over.csv" else 0)


def test_a_blank_between_thousands_is_no_end_of_the_number():
    found = read(FILES / "space_thousands.csv")
    assert found.time.tolist() == [1200, 1500, 1800]
    assert "'1 200 s' is read as 1200 s" in found.history


@pytest.mark.parametrize("name", ["counts_and_absorbance.csv", "avantes_scope.txt"])
def test_counts_dark_and_reference_are_no_spectra(name):
    found = read(FILES / name)
    assert len(found) == 1
    assert abs(found.wavelength[np.argmax(found.absorbance[0])] - 530) <= 3
    assert found.absorbance.max() < 1


def test_columns_that_are_left_out_keep_their_names():
    found = read(FILES / "counts_and_absorbance.csv")
    assert found.labels == ("Absorbance",)
    assert (
        "left out as no spectra of the sample: 'Reference_Counts' (reference), "
        "'Sample_Counts' (sample), 'Dark_Counts' (dark)" in found.history
    )


def test_absorbance_from_counts_is_that_of_beer(written):
    found = read(written("Wave;Sample;Dark;Ref\n400;20;10;110\n401;11;10;110\n402;9;10;110\n"))
    np.testing.assert_allclose(found.absorbance, [[1, 2, np.nan]])
    assert "1 readings are masked (no light above the dark counts)" in found.history


def test_one_column_of_values_has_its_axis_in_the_header():
    found = read(FILES / "visionlite.dsp")
    np.testing.assert_array_equal(found.wavelength, np.arange(300, 461, 5))
    assert found.labels == ("sample 3",)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("03-edge-wavelength.csv", r"csv:2: 'OVER' stands (?s:.*)csv:7: '--' stands"),
        ("03-edge-wavelength-first.csv", r"csv:2: 'nan' stands where"),
        ("04-thousands-tail.csv", r"this row has 4 numbers, the table has 3 columns"),
    ],
)
def test_no_row_at_an_edge_is_dropped(name, why):
    with pytest.raises(SpectrumError, match=why):
        read(FILES / name)


def test_a_reading_over_range_in_the_last_row_is_masked():
    found = read(FILES / "03-crcrlf-lastrow.csv")
    assert found.wavelength.tolist() == [400, 410, 420, 430, 440]
    assert np.isnan(found.absorbance).sum() == np.isnan(found.absorbance[1, 4]) == 1


def test_decimal_commas_between_commas_with_blanks_are_numbers():
    found = read(FILES / "04-commas.csv")
    assert found.absorbance[:, 0].tolist() == [0.142, 0.580]
    assert found.time.tolist() == [5.4, 6.4]


@pytest.mark.parametrize("name", ["infrared_bare.csv", "percentT_unnamed.csv"])
def test_what_may_be_two_things_is_asked_for(name):
    with pytest.raises(SpectrumError, match=r"may be wavenumbers|nothing names the signal"):
        read(FILES / name)


def test_percent_transmittance_is_the_same_series_once_it_is_said():
    found = read(FILES / "percentT_unnamed.csv", signal="%T")
    np.testing.assert_allclose(found.absorbance, SERIES.absorbance, atol=6e-6)


@pytest.mark.parametrize(
    ("role", "names"),
    {
        "dark": ["Dark", "Dark_Counts", "dark [counts]", "Background"],
        "reference": ["Reference", "Ref", "Reference_Counts", "I0"],
        "baseline": ["Baseline", "100%T baseline"],
        "sample": ["Sample", "Sample_Counts"],
        "deviation": ["std", "Std. Dev.", "5 min std", "30 s SD", "error", "±"],
        "derivative": ["1st derivative", "dA/dλ", "Derivative"],
        "": ["5 Std", "30 s", "Dark reaction 5 min", "reference sample 2", "CdS 311", "Absorbance"],
    }.items(),
)
def test_a_name_tells_the_role_of_a_column(role, names):
    assert [role_of([name]) for name in names] == [role] * len(names)


@pytest.mark.parametrize(
    ("header", "axis", "nm"),
    [
        ("Wavenumber (cm-1)", "25000,24000,23000", [400, 1e7 / 24000, 1e7 / 23000]),
        ("Energy / eV", "2.0,2.5,3.0", [413.280661, 495.936794, 619.920992]),
        ("wavelength (µm)", "0.4,0.5,0.6", [400, 500, 600]),
        ("Wavelength (Å)", "4000,5000,6000", [400, 500, 600]),
        ("Wavelength (nm)", "900,1700,2500", [900, 1700, 2500]),
        ("Wavenumber (cm-1)", "4000,2000,400", [2500, 5000, 25000]),
    ],
)
def test_an_axis_in_another_unit_becomes_nm_and_says_so(header, axis, nm, written):
    rows = "".join(f"{one},0.{place}\n" for place, one in enumerate(axis.split(","), 1))
    found = read(written(f"{header},Abs\n{rows}"))
    np.testing.assert_allclose(found.wavelength, nm, rtol=1e-8)
    assert any("first column" in line for line in found.history) == ("(nm)" not in header)


TIMES = {
    "1/4 h": 900,
    "1 1/2 h": 5400,
    "½ h": 1800,
    "1 200 s": 1200,
    "5m30s": 330,
    "1h30": 5400,
    "1 h, 30 min": 5400,
    "1:30 min": 90,
    "1:30 h": 5400,
    "0:05:00": 300,
    "10-min": 600,
    "2 H": 7200,
    "5 ms": 0.005,
    "0.25 h (15 min)": 900,
    "0.03 h (2 min)": 120,
    "0.5 h (29.7 min)": 1782,
    "sample 3 5 min": 300,
    "3 d 4 h": 273600,
    "time:30 s": 30,
}
NO_TIMES = [
    *("1:30", "0.25 h (20 min)", "10-30 s", "10 - 30 s", "30 s to 60 s", "2 s-1", "5 min/step"),
    *("PC 1 200 s", "1'200 s", "1,200 s", "5 m", "1 h 90 min", "10 min, 2 h aged", "CdSe30 s"),
]


@pytest.mark.parametrize(("text", "seconds"), TIMES.items())
def test_a_time_is_read_in_any_spelling(text, seconds):
    assert duration(text, ".", None).seconds == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_single_time_is_none(text):
    assert duration(text, ".", None).parts == ()


def test_run_numbers_before_the_times_are_no_thousands(written):
    found = read(written(f"nm,1 200 s,2 400 s\n{BODY}"))
    assert np.isnan(found.time).all()
    assert "time not known, a run number or thousands in '1 200 s', '2 400 s'" in found.history


@pytest.mark.parametrize(
    ("texts", "seconds"),
    [
        (["23:50:00", "23:55:00", "00:10:00"], [0, 300, 1200]),
        (["0:02:00", "0:05:00"], [120, 300]),
        (["26:00:00", "27:00:00"], [93600, 97200]),
        (["07.11.2023 23:50", "08.11.2023 00:05"], [0, 900]),
        (["11/7/2023 11:50:00 PM", "11/8/2023 12:05:00 AM"], [0, 900]),
        (["Tue Mar 18 08:44:17 EST 2014", "Tue Mar 18 08:45:17 EST 2014"], [0, 60]),
        (["run_20231107_235000", "run_20231108_000000"], [0, 600]),
        (["x 2023-11-07_23-50-00", "x 2023-11-07_23-50-30"], [0, 30]),
    ],
)
def test_clocks_and_dates_count_from_the_first(texts, seconds):
    assert clock_times(texts).seconds.tolist() == seconds


@pytest.mark.parametrize(
    "texts",
    [
        ["11:50:00 PM", "12:00:00 AM", "12:50:00 AM", "1:20:00 AM"],
        ["11:50 pm", "12:00 am", "12:50 am", "1:20 am"],
        ["scan 1 23:50:00", "scan 2 00:00:00", "scan 3 00:50:00", "scan 4 01:20:00"],
        ["31-Dec-2023 23:50:00", "01-Jan-2024 00:00:00", "1-Jan-2024 0:50:00", "1.Jan.2024 01:20"],
        ["Dec 31 2023 23:50", "Jan 1, 2024 00:00", "Jan 1 2024 00:50", "Jan 1 2024 1:20"],
        ["r_31Dec2023_2350", "r_01Jan2024_0000", "r_01Jan2024_0050", "r_01Jan2024_0120"],
    ],
)
def test_a_time_of_day_goes_on_over_midnight_however_it_is_written(texts):
    assert clock_times(texts).seconds.tolist() == [0, 600, 3600, 5400]


def test_a_clock_beside_a_date_in_no_known_form_is_not_taken_for_the_time():
    assert "no known form" in clock_times(["3/Mar 23:50:00", "4/Mar 00:10:00"]).doubt
    assert "AM or PM" in clock_times(["11:50:00 PM", "12:10:00"]).doubt


def test_thousands_that_a_full_stop_may_part_are_doubted(written):
    found = read(written("nm,0 s,900 s,1.200 s\n" + BODY.replace("\n", ",3\n")))
    assert np.isnan(found.time).all()
    assert any("'1.200 s' may part thousands" in line for line in found.history)


@pytest.mark.parametrize(("delimiter", "sign"), [("\t", " "), (";", "'"), (";", "\u00a0")])
def test_thousands_are_parted_by_blanks_and_apostrophes(delimiter, sign, written):
    rows = [["nm", "0 s counts", "5 s counts"]]
    rows += [[f"{nm}", f"1{sign}{nm}", f"{nm}"] for nm in range(400, 900, 50)]
    found = read(written("\n".join(map(delimiter.join, rows))))
    wavelengths = np.arange(400.0, 900.0, 50.0)
    np.testing.assert_array_equal(found.absorbance, [1000 + wavelengths, wavelengths])


@pytest.mark.parametrize("head", ["T (K)", "c (mM)", "t (ps)", "E (V)", "V / mL", "Diameter (nm)"])
def test_what_is_no_wavelength_is_refused_by_its_name(head, written):
    with pytest.raises(SpectrumError, match="the first column is a"):
        read(written(f"{head},0 s,5 s\n{BODY}"))


def test_light_beside_dark_and_reference_is_absorbance_and_no_emission(written):
    rows = "".join(f"{nm},100,1100,200,600\n" for nm in range(400, 450, 10))
    found = read(written("nm,Dark counts,Reference counts,0 s counts,5 s counts\n" + rows))
    assert found.signal == "absorbance"
    np.testing.assert_allclose(found.absorbance[:, 0], [1.0, np.log10(2)])


def test_each_of_stacked_spectra_has_the_time_of_its_own_header(written):
    body = "".join(f"{nm},0.1\n" for nm in range(400, 440, 10))
    blocks = [f"nm,{minute} min\n{body}" for minute in (1, 2, 5)]
    assert read(written("\n".join(blocks))).time.tolist() == [1, 2, 5]


def test_dates_that_may_be_swapped_are_not_guessed():
    assert "swapped" in clock_times(["1/2/2023 10:00", "2/4/2023 10:00"]).doubt


@pytest.mark.parametrize(
    ("name", "traces"),
    [
        ("wells.csv", ["A1", "A2"]),
        ("kinetics_pairs.csv", ["Cell 1", "Cell 2"]),
        ("species_table.csv", ["y1", "y2", "y3"]),
        ("trace_hms.csv", ["signal"]),
    ],
)
def test_every_column_after_the_times_is_a_trace(name, traces):
    assert is_trace(FILES / name)
    alone = len(traces) == 1
    found = [read_trace(FILES / name, column=None if alone else one) for one in traces]
    assert [one.name for one in found] == traces
    assert {one.time_unit for one in found} == {"min"}
    if name != "species_table.csv":
        falls = (found[0].value[5] - 0.03) / (found[0].value[0] - 0.03)
        assert -np.log(falls) / found[0].time[5] == pytest.approx(RATE, rel=0.01)


def test_a_trace_among_several_is_chosen_by_name():
    assert read_trace(FILES / "kinetics_pairs.csv", column="Cell 2").time[0] == 0.08
    with pytest.raises(SpectrumError, match="there are 2 traces here: 'A1', 'A2'"):
        read_trace(FILES / "wells.csv")
    with pytest.raises(SpectrumError, match=r"no column 'A3'.*Nearest: "):
        read_trace(FILES / "wells.csv", column="A3")


def test_two_parts_of_a_clock_wait_for_their_header(written):
    body = "0:00,0.5\n0:30,0.4\n1:00,0.3\n1:30,0.2\n"
    assert read_trace(written("Time (h:mm),A\n" + body)).time.tolist() == [0, 30, 60, 90]
    assert read_trace(written("Time (mm:ss),A\n" + body)).time.tolist() == [0, 30, 60, 90]
    assert read_trace(written("Time (mm:ss),A\n" + body)).time_unit == "s"
    with pytest.raises(SpectrumError, match=r"'0:00' may be h:mm or min:s. Head the column"):
        read_trace(written("Time,A\n" + body))


def test_pairs_below_a_wavelength_are_traces(written):
    rows = "".join(f"{second},0.{second},{second},0.5\n" for second in range(1, 9))
    path = written("340 nm,,405 nm,\nTime (s),Abs,Time (s),Abs\n" + rows)
    assert is_trace(path)
    for name in ("340 nm", "405 nm"):
        assert read_trace(path, column=name).name == name


def test_an_unnamed_spectrum_is_no_trace(written):
    rows = "".join(f"{nm},0.5\n" for nm in range(300, 400, 5))
    with pytest.raises(SpectrumError, match=r"may be wavelengths or times"):
        read_trace(written(rows))


EXCITED, EMITTED = [300, 320, 340], [350, 360, 370, 380, 390]


def matrix(corner, above, beside, value, name="{}"):
    rows = [[str(b), *(str(value(a, b)) for a in above)] for b in beside]
    head = [corner, *(name.format(a) for a in above)]
    return "\n".join(",".join(row) for row in [head, *rows]) + "\n"


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (matrix("Em\\Ex", EXCITED, EMITTED, lambda a, b: a + 10 * b), "a.csv"),
        (matrix("Excitation (nm)", EMITTED, EXCITED, lambda a, b: b + 10 * a), "a.csv"),
        (matrix("nm", EXCITED, EMITTED, lambda a, b: a + 10 * b, "Ex {} nm"), "a.csv"),
        (matrix("", EXCITED, EMITTED, lambda a, b: a + 10 * b), "dots_EEM.csv"),
        ("EEM\n" + matrix("", EMITTED, EXCITED, lambda a, b: b + 10 * a), "a.csv"),
    ],
)
def test_a_matrix_of_excitation_and_emission_has_a_spectrum_for_each_excitation(
    text, file, written
):
    found = read(written(text, file))
    assert found.signal == "photoluminescence"
    assert found.wavelength.tolist() == EMITTED
    assert found.beside["excitation / nm"].tolist() == EXCITED
    np.testing.assert_array_equal(found.absorbance, np.add.outer(EXCITED, 10 * np.array(EMITTED)))
    assert found.labels[0] == "excitation 300 nm"


def test_wavelengths_on_both_sides_that_nothing_names_are_no_matrix(written):
    found = read(written(matrix("nm", EXCITED, EMITTED, lambda a, b: (a + b) / 1000)))
    assert found.signal == "absorbance"
    assert not found.beside


def test_emission_to_the_blue_of_its_excitation_is_refused(written):
    text = matrix("Excitation (nm)", EXCITED, EMITTED, lambda a, b: a + 10 * b)
    with pytest.raises(SpectrumError, match="wholly to the blue of the excitation"):
        read(written(text))
