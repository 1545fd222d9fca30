"""Files of instruments: decoded to the last digit, or refused where a line or a byte is damaged."""

from __future__ import annotations

import struct
import zipfile

import numpy as np
import pytest

from prenuc.errors import SpectrumError
from prenuc.observe.readers import read
from prenuc.observe.readers.data_file import load
from prenuc.observe.readers.instruments.jcamp import read_tables
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files.exchange import SUFFIX, convert

RNG = np.random.default_rng(3)
STEPS = np.concatenate([RNG.integers(-40, 40, 40), np.zeros(9, int), np.full(8, 7)])
COUNTS = (500 + np.cumsum(STEPS)).tolist()  # long runs of equal values and of equal differences
NM = 300 + 2.0 * np.arange(len(COUNTS))


def letter(number, letters):
    plus, minus = letters
    digits = str(abs(number))
    return (plus if number >= 0 else minus)[int(digits[0])] + digits[1:]


SQZ = ("@ABCDEFGHI", "_abcdefghi")
DIF = ("%JKLMNOPQR", "_jklmnopqr")


def plain(row):
    return " " + " ".join(map(str, row))


def packed(row):
    return "".join(f"{value:+d}" for value in row)


def squeezed(row):
    return "".join(letter(value, SQZ) for value in row)


def repeated(parts):
    """Write a letter for how often a part stands in a row."""
    out, last = [], None
    for part in parts:
        if part == last:
            count += 1  # noqa: F821 - set when the first of a run is met
        else:
            count, last = 1, part
            out.append([part, 0])
        out[-1][1] = count
    again = "_STUVWXYZs"
    return "".join(
        part + (again[int(str(count)[0])] + str(count)[1:] if count > 1 else "")
        for part, count in out
    )


def squeezed_repeated(row):
    return repeated([letter(value, SQZ) for value in row])


def differences(row):
    steps = [letter(int(step), DIF) for step in np.diff(row)]
    return letter(row[0], SQZ) + "".join(steps)


def differences_repeated(row):
    return letter(row[0], SQZ) + repeated([letter(int(step), DIF) for step in np.diff(row)])


FORMS = [plain, packed, squeezed, squeezed_repeated, differences, differences_repeated]


def jcamp(path, how, rows=None, *, facts="", drop=None):
    """Write a block; where a line ends in differences the next begins with its last ordinate."""
    lines, width = [], 10
    for start in range(0, len(COUNTS), width):
        row = COUNTS[start : start + width]
        checked = how in (differences, differences_repeated) and start
        row = [COUNTS[start - 1], *row] if checked else row
        lines.append(f"{NM[start - bool(checked)]:g}{how(row)}")
    lines = [line for place, line in enumerate(lines) if place != drop]
    path.write_text(
        "##TITLE= CdS $$ made\n##DATA TYPE= UV/VIS SPECTRUM\n##XUNITS= NANOMETERS\n"
        f"##YUNITS= ABSORBANCE\n##XFACTOR= 1\n##YFACTOR= 0.001\n##FIRSTX= 300\n{facts}"
        f"##LASTX= {NM[-1]}\n##NPOINTS= {len(COUNTS)}\n##XYDATA= (X++(Y..Y))\n"
        + "\n".join(rows or lines)
        + "\n##END=\n"
    )
    return path


@pytest.mark.parametrize("how", FORMS)
def test_every_compression_of_jcamp_is_decoded_to_the_last_digit(how, tmp_path):
    found = read(jcamp(tmp_path / "a.jdx", how))
    np.testing.assert_allclose(found.absorbance, 0.001 * np.array([COUNTS]), rtol=1e-15)
    np.testing.assert_allclose(found.wavelength, NM, rtol=1e-15)
    assert found.labels == ("CdS",)


@pytest.mark.parametrize("how", FORMS)
@pytest.mark.parametrize("drop", [0, 2, 5])
def test_a_missing_line_of_jcamp_is_refused(how, drop, tmp_path):
    with pytest.raises(SpectrumError, match=r"begins (at|with)|NPOINTS says"):
        read(jcamp(tmp_path / "a.jdx", how, drop=drop))


def test_a_changed_difference_is_found_by_the_next_line(tmp_path):
    path = jcamp(tmp_path / "a.jdx", differences)
    text = path.read_text()
    place = text.index("\n", text.index("(X++(Y..Y))") + 12) - 1
    path.write_text(text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :])
    with pytest.raises(SpectrumError, match=r"this line begins with .*, the one before ended with"):
        read(path)


@pytest.mark.parametrize("factor", ["0", "one", ""])
def test_a_factor_that_is_none_is_refused(factor, tmp_path):
    path = jcamp(tmp_path / "a.jdx", plain)
    path.write_text(path.read_text().replace("##YFACTOR= 0.001", f"##YFACTOR= {factor}"))
    if factor:
        with pytest.raises(SpectrumError, match=f"##YFACTOR= {factor} is no factor"):
            read(path)
    else:
        assert read(path).absorbance[0, 0] == COUNTS[0]


def test_a_first_ordinate_that_disagrees_and_missing_readings_are_said(tmp_path):
    path = jcamp(tmp_path / "a.jdx", plain, facts="##FIRSTY= 77\n")
    assert any("YFACTOR may be wrong" in line for line in read(path).history)
    path.write_text(
        path.read_text().replace("##FIRSTY= 77\n", "").replace(f" {COUNTS[1]}", " ?", 1)
    )
    assert "1 reading is masked (no number: '?')" in read(path).history


def test_what_is_no_number_of_jcamp_is_refused_with_its_line(tmp_path):
    path = jcamp(tmp_path / "a.jdx", plain, ["300 1 2 3", "306 4 5# 6"])
    with pytest.raises(SpectrumError, match=r"a.jdx:12: '#' is no number of a JCAMP-DX table"):
        read(path)


def test_other_kinds_of_spectra_are_refused_by_name(tmp_path):
    path = jcamp(tmp_path / "a.jdx", plain)
    path.write_text(path.read_text().replace("UV/VIS SPECTRUM", "NMR SPECTRUM"))
    with pytest.raises(SpectrumError, match="no spectrum of light here \\('NMR SPECTRUM'\\)"):
        read(path)
    assert len(read_tables(load(path))[0].y) == len(COUNTS)


def test_wavenumbers_and_transmittance_of_jcamp_become_nm_and_absorbance(tmp_path):
    path = tmp_path / "a.jdx"
    path.write_text(
        "##TITLE= ir\n##DATATYPE= INFRARED SPECTRUM\n##XUNITS= 1/CM\n##YUNITS= TRANSMITTANCE\n"
        "##XYPOINTS= (XY..XY)\n4000, 1.0; 2000, 0.1\n1000, 0.01\n500, ?\n##END=\n"
    )
    found = read(path)
    np.testing.assert_allclose(found.wavelength, [2500, 5000, 10000, 20000])
    np.testing.assert_allclose(found.absorbance, [[0, 1, 2, np.nan]], atol=1e-15)


def test_linked_blocks_are_a_series_without_dark_and_reference(tmp_path):
    def block(title, value):
        return (
            f"##TITLE= {title}\n##DATA TYPE= UV/VIS SPECTRUM\n##XUNITS= NANOMETERS\n"
            f"##YUNITS= ABSORBANCE\n##XYPOINTS= (XY..XY)\n400 {value}\n401 {value}\n##END=\n"
        )

    blocks = block("5 min", 0.5) + block("10 min", 0.7) + block("X: DARK SPECTRUM", 9)
    path = tmp_path / "a.jdx"
    path.write_text(f"##TITLE= run\n##DATA TYPE= LINK\n##BLOCKS= 4\n{blocks}##END=\n")
    found = read(path)
    assert found.time.tolist() == [5, 10]
    assert found.absorbance[:, 0].tolist() == [0.5, 0.7]
    assert "left out as no spectra of the sample: 'X: DARK SPECTRUM' (dark)" in found.history


def test_pages_of_ntuples_are_spectra_at_their_times(tmp_path):
    head = (
        "##TITLE= kinetics\n##DATA TYPE= UV/VIS SPECTRUM\n##NTUPLES= UV\n"
        "##SYMBOL= X, Y, T\n##VAR_DIM= 3, 3, 2\n##UNITS= NANOMETERS, ABSORBANCE, SECONDS\n"
        "##FIRST= 400, 1, 0\n##LAST= 402, 3, 30\n##FACTOR= 1, 0.1, 1\n"
    )
    pages = "".join(
        f"##PAGE= T={time} s\n##DATA TABLE= (X++(Y..Y)), XYDATA\n400 {row}\n"
        for time, row in ((0, "1 2 3"), (30, "2 3 4"))
    )
    path = tmp_path / "a.jdx"
    path.write_text(f"{head}{pages}##END NTUPLES= UV\n##END=\n")
    found = read(path)
    assert found.time.tolist() == [0, 30]
    np.testing.assert_allclose(found.absorbance, [[0.1, 0.2, 0.3], [0.2, 0.3, 0.4]])


def kd(path, rows, times):
    def name(text):
        return text.encode("utf-16-le")

    count = len(rows[0])
    data = b"\x0232\x00\rREGISTER FILE" + bytes(50) + len(rows) * name("SAMPLES_CELL_1")
    for row, time in zip(rows, times, strict=True):
        data += name("RelTime") + b"\x11" + bytes(5) + struct.pack("<d", time) + bytes(30)
        data += name("Absorbance (AU)") + b"\0\0\xff\xff" + struct.pack("<I", count) + b"\0"
        data += struct.pack(f"<{count}d", *row) + bytes(58)
        data += name("Wavelength (nm)") + b"\0\0\xff\xff" + struct.pack("<I", count)
        data += bytes(18) + struct.pack("<2d", 190.0, 2.0) + bytes(40)
    path.write_bytes(data)
    return path


def test_pages_of_ntuples_count_in_the_unit_of_their_symbol(tmp_path):
    path, page = tmp_path / "a.jdx", "##DATA TABLE= (X++(Y..Y)), XYDATA\n400 1 2 3\n"
    path.write_text(
        "##TITLE= k\n##DATA TYPE= UV/VIS SPECTRUM\n##NTUPLES= UV\n##SYMBOL= X, Y, T\n"
        "##VAR_DIM= 3, 3, 2\n##UNITS= NANOMETERS, ABSORBANCE, MINUTES\n##FIRST= 400, 1, 0\n"
        f"##LAST= 402, 3, 5\n##PAGE= T=0\n{page}##PAGE= T=5\n{page}##END NTUPLES= UV\n##END=\n"
    )
    found = read(path)
    assert (found.time.tolist(), found.time_unit) == ([0, 5], "min")


def test_a_series_of_a_diode_array_keeps_every_digit(tmp_path):
    rows = RNG.normal(0.3, 0.1, (4, 50))
    found = read(kd(tmp_path / "a.KD", rows, [1.2, 6.7, 11.7, 16.7]))
    np.testing.assert_array_equal(found.absorbance, rows)
    assert found.wavelength.tolist() == [190 + 2 * place for place in range(50)]
    assert (found.time.tolist(), found.time_unit) == ([1.2, 6.7, 11.7, 16.7], "s")
    data = (tmp_path / "a.KD").read_bytes()
    for part in range(2, 39):
        (tmp_path / "b.KD").write_bytes(data[: len(data) * part // 41])
        with pytest.raises(SpectrumError, match=r"cut off|holds no absorbance"):
            read(tmp_path / "b.KD")


def test_an_avantes_file_gives_absorbance_from_its_counts(tmp_path):
    serial = [ord(sign) for sign in "0804016U1"]
    head = [60.0, 300.0, 0.5, 0, 0, 0, *serial, 100, 149, 2, 0]
    counts = np.column_stack([np.full(50, 20.0), np.full(50, 110.0), np.full(50, 10.0)])
    numbers = [*head, *counts.ravel(), 130, 10, 3]
    path = tmp_path / "a.TRM"
    path.write_bytes(struct.pack(f"<{len(numbers)}f", *numbers))
    found = read(path)
    np.testing.assert_allclose(found.absorbance, 1.0)
    assert found.wavelength[[0, -1]].tolist() == [350, 374.5]
    assert found.metadata["serial number"] == "0804016U1"


def test_a_processed_spectrum_of_ocean_optics_is_that_of_its_last_step(tmp_path):
    def numbers(values):
        return "".join(f"<double>{value}</double>" for value in values)

    unit = "com.oceanoptics.spectrasuite.unitdescriptors.{}Descriptor"
    xml = (
        f"<P><sourceSpectra><S><pixelValues>{numbers([9, 8, 7])}</pixelValues>"
        "<acquisitionTime><milliTime>1151055549312</milliTime></acquisitionTime>"
        f"<channelWavelengths>{numbers([400, 401, 402])}</channelWavelengths></S></sourceSpectra>"
        f'<c><processedPixels reference="x"/><yUnits class="{unit.format("CountsIntensity")}"/></c>'
        f"<c><processedPixels>{numbers([0.5, 0.25, 0.125])}</processedPixels>"
        f'<yUnits class="{unit.format("AbsorbanceIntensity")}"><a>\u20ac</a></yUnits></c></P>'
    )
    path = tmp_path / "a.ProcSpec"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ps_0.xml", xml.encode("cp1252"))
        archive.writestr("OOISignatures.xml", "<a/>")
    found = read(path)
    assert found.absorbance.tolist() == [[0.5, 0.25, 0.125]]
    assert found.metadata["measured"] == "2006-06-23 09:39:09"


def test_a_file_of_visionlite_has_its_axis_in_the_header(tmp_path):
    head = "lab\nScan\n1\nsample 3\nnm\n400\n404\n2\n{}\nA\n-0,01\n0,9\n\n\n#DATA\n"
    path = tmp_path / "a.dsp"
    path.write_text(head.format(3) + "0,1\n0,2\n0,3\n")
    found = read(path)
    assert found.wavelength.tolist() == [400, 402, 404]
    assert found.absorbance.tolist() == [[0.1, 0.2, 0.3]]
    assert found.labels == ("sample 3",)
    path.write_text(head.format(3) + "0,1\n0,2\n")
    with pytest.raises(SpectrumError, match="there are 2 readings, the header says 3"):
        read(path)
    path.write_text(head.format(3) + "0,1\nOVER\n0,3\n")
    with pytest.raises(SpectrumError, match=":17: 'OVER' stands where a reading should"):
        read(path)
    path.write_text(head.format(4) + "0,1\n0,2\n0,3\n0,4\n")
    with pytest.raises(SpectrumError, match="do not end at 404"):
        read(path)


def test_the_percentage_beside_its_counts_is_read_as_absorbance(tmp_path):
    rows = [(nm, 10.0, 110.0, 20.0 + nm - 400, 10.0 + nm - 400) for nm in range(400, 440)]
    path = tmp_path / "a.jaz"
    path.write_text("W\tD\tR\tS\tP\n" + "\n".join("\t".join(map(str, row)) for row in rows))
    found = read(path)
    np.testing.assert_allclose(found.absorbance[0], 2 - np.log10([row[4] for row in rows]))


def test_readings_without_light_are_masked_and_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("nm,%T\n400,50\n401,0\n402,-0.1\n403,5\n404,0.5\n")
    found = read(path)
    assert np.isnan(found.absorbance[0]).tolist() == [False, True, True, False, False]
    assert any("2 readings are masked (a transmittance of 0 or below" in x for x in found.history)


@pytest.mark.parametrize("to", SUFFIX)
def test_whatever_is_written_is_read_again_to_the_last_bit(to, tmp_path):
    one = SpectrumSeries(
        np.array([1e7 / 30000, 1e7 / 20000, 1e7 / 700]),
        np.array([1 / 3, 2.0, np.nan]),
        np.array([[1 / 3, np.nan, -1e-12], [0.1, 2.5, 1e5], [0, 1, 2.0]]),
        labels=("PC $$ ##x", "std 5 %T", "dark"),
        time_unit="h",
        signal="photoluminescence",
    )
    again = read(convert(one, to, tmp_path / f"a{SUFFIX[to]}"))
    np.testing.assert_array_equal(again.wavelength, one.wavelength)
    np.testing.assert_array_equal(again.absorbance, one.absorbance)
    np.testing.assert_array_equal(again.time, one.time)
    assert (again.signal, again.time_unit) == (one.signal, one.time_unit)
    expected = "PC $ $ ##x" if to == "jcamp" else "PC $$ ##x"
    assert again.labels == (expected, *one.labels[1:])


def test_a_netcdf_file_keeps_variance_metadata_and_history(tmp_path):
    one = SpectrumSeries(
        np.array([400.0, 401.0]),
        np.array([1.0, 2.0]),
        np.array([[0.1, 0.2], [0.3, 0.4]]),
        variance=np.full((2, 2), 1e-6),
        metadata={"a/b": "µ"},
        history=("first", "second"),
        time_name="reaction time",
        beside={"dilution": np.array([2.0, 4.0]), "time in vessel / min": np.array([1.0, 2.0])},
    )
    path = convert(one, "netcdf", tmp_path / "a.nc")
    again = read(path)
    np.testing.assert_array_equal(again.variance, one.variance)
    assert (again.metadata, again.history) == (one.metadata, one.history)
    assert again.time_name == "reaction time"
    assert {name: values.tolist() for name, values in again.beside.items()} == {
        name: values.tolist() for name, values in one.beside.items()
    }
    data = path.read_bytes()
    for cut in range(4, len(data), 41):
        path.write_bytes(data[:cut])
        with pytest.raises(SpectrumError):
            read(path)
