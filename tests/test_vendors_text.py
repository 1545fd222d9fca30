"""Text as vendors' programs lay it out: the table is found, and what is said above it is heard."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from prenuc.errors import SpectrumError
from prenuc.observe.readers import read
from prenuc.observe.readers.trace import is_trace, read_trace

NM = np.arange(400.0, 440.0)
A = np.round(0.1 + 0.01 * np.arange(40), 4)
POINTS = list(zip(NM.tolist(), A.tolist(), strict=True))
DOWN = POINTS[::-1]

JASCO = """TITLE\tCdSe
DATA TYPE\t
ORIGIN\tJASCO
DATE\t12/03/24
TIME\t14:05:30
SPECTROMETER/DATA SYSTEM\tV-670
DELTAX\t-1
XUNITS\t{x}
YUNITS\t{y}
FIRSTX\t439
LASTX\t400
NPOINTS\t40
XYDATA
{rows}
##### Extended Information
[Comments]
Sample name\tCdSe
[Measurement Information]
Band width\t2.0 nm
"""
PERKIN_ELMER = """PE UV       SUBTECH     SPECTRUM    ASCII       PEDS        4.00
-1
sample1.sp
2024/03/12
14:05:30.00
analyst
CdSe

950
#HDR
-1
#GR
nm
A
1.000000
0.000000
439.000000
-1.000000
40
8
#DATA
{rows}
"""
HITACHI = """Sample:\tCdSe
File name:\tC:\\data\\a.UDS
Run Date:\t14:05:30, 03/12/2024

Instrument
Model:\tU-3010 Spectrophotometer

Instrument Parameters
Measurement type:\tWavelength Scan
Data mode:\t{mode}
Starting wavelength:\t439.00 nm
Scan speed:\t300 nm/min
Baseline correction:\tUser 1

Peaks
Peak #\tStart (nm)\tApex (nm)\tEnd (nm)\tHeight (Abs)\tArea (Abs*nm)
1\t439.00\t420.00\t400.00\t0.310\t4.2

Data Points
nm\t{name}
{rows}
"""
OCEAN = """SpectraSuite Data File
++++++++++++++++++++++++++++++++++++
Date: Mon Jan 14 17:36:35 GMT 2008
Dark Spectrum Present: Yes
Reference Spectrum Present: Yes
Integration Time (usec): 20000 (USB4A00428)
Number of Pixels in Processed Spectrum: 40
>>>>>Begin Processed Spectral Data<<<<<
{rows}
>>>>>End Processed Spectral Data<<<<<
"""
AVANTES = """0804016U1-
Integration time: 100.00 ms
Average: 20 scans
Wave   ;Sample   ;Dark     ;Reference;Absorbance
[nm]   ;[counts] ;[counts] ;[counts] ;[A.U.]

{rows}
"""


def tabbed(points, wording="{:.2f}\t{:.4f}"):
    return "\n".join(wording.format(*point) for point in points)


FILES = {
    "JASCO": JASCO.format(x="NANOMETERS", y="ABSORBANCE", rows=tabbed(DOWN)),
    "PerkinElmer ASCII": PERKIN_ELMER.format(rows=tabbed(DOWN)),
    "PerkinElmer UV WinLab": "nm, A\n" + tabbed(DOWN, "{:.6f},{:.6f}"),
    "Hitachi": HITACHI.format(mode="Abs", name="Abs", rows=tabbed(DOWN)),
    "SpectraSuite": OCEAN.format(rows=tabbed(POINTS)),
    "AvaSoft": AVANTES.format(rows=tabbed(POINTS, "{:.2f}; 20.0; 10.0; 110.0; {:.4f}")),
}


@pytest.fixture
def written(tmp_path):
    def write(text, name="run.txt", **how):
        path = tmp_path / name
        path.write_text(text, **how)
        return path

    return write


@pytest.mark.parametrize("vendor", FILES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_table_of_a_vendor_is_read_with_its_header_and_its_tail(vendor, newline, written):
    found = read(written(FILES[vendor], newline=newline))
    np.testing.assert_array_equal(found.wavelength, NM)
    np.testing.assert_array_equal(found.absorbance, [A])
    assert found.signal == "absorbance"


@pytest.mark.parametrize("vendor", FILES)
def test_decimal_commas_change_nothing(vendor, written):
    if vendor == "PerkinElmer UV WinLab":  # whose cells are parted by commas
        return
    found = read(written(FILES[vendor].replace(".", ",")))
    np.testing.assert_array_equal(found.absorbance, [A])


def test_transmittance_and_fluorescence_are_named_above_the_table(written):
    rows = tabbed([(nm, 100 * 10**-a) for nm, a in DOWN], "{}\t{:.12g}")
    found = read(written(JASCO.format(x="NANOMETERS", y="%T", rows=rows)))
    np.testing.assert_allclose(found.absorbance, [A], rtol=1e-10)
    text = HITACHI.format(mode="Fluorescence", name="Data", rows=tabbed(POINTS))
    assert read(written(text)).signal == "photoluminescence"


def test_circular_dichroism_is_no_absorbance(written):
    text = JASCO.format(x="NANOMETERS", y="CD [mdeg]\nY2UNITS\tHT [V]", rows=tabbed(DOWN))
    with pytest.raises(SpectrumError, match="suggests another signal than absorbance"):
        read(written(text))


def test_the_unit_of_time_above_a_trace_is_heard(written):
    rows = tabbed([(place / 2, a) for place, a in enumerate(A)], "{}\t{}")
    path = written(JASCO.format(x="sec", y="ABSORBANCE", rows=rows))
    assert is_trace(path)
    assert read_trace(path).time_unit == "s"


def test_a_stream_of_spectra_has_clock_times_and_no_name_above_milliseconds(written):
    head = "Date: Tue Mar 18 08:44:17 EST 2014\nXAxis mode: Wavelengths\n>>>>>Begin<<<<<\n"
    axis = "\t\t" + "\t".join(f"{nm:.2f}" for nm in NM)
    rows = [
        f"2014-03-18 08:44:{10 + 5 * place}.000\t{1395150257000 + 5000 * place}\t"
        + "\t".join(f"{a + place:.4f}" for a in A)
        for place in range(4)
    ]
    found = read(written(head + "\n".join([axis, *rows]) + "\n"))
    assert (found.time.tolist(), found.time_unit) == ([0, 5, 10, 15], "s")
    np.testing.assert_allclose(found.absorbance, A + np.arange(4)[:, None], rtol=1e-12)


WITHOUT = """
import sys
for name in ("pandas", "openreadout", "xarray", "openpyxl", "matplotlib"):
    sys.modules[name] = None
from prenuc.observe.readers import read
for path in sys.argv[1:]:
    print(len(read(path)))
"""


def test_text_and_workbooks_are_read_without_the_large_libraries(written, tmp_path):
    from openpyxl import Workbook

    from prenuc.present.files.exchange import convert

    text = written(FILES["JASCO"])
    book = Workbook()
    for row in [("nm", "5 min"), *POINTS]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    made = [convert(read(text), to, tmp_path / f"b.{to}") for to in ("jcamp", "netcdf", "csv")]
    files = [text, tmp_path / "a.xlsx", *made]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["1"] * len(files), done.stderr
