"""Files that instruments wrote, beside what their vendors exported of them."""

from __future__ import annotations

import numpy as np
import pytest

from foreign import FORMATS, JCAMP, foreign
from prenuc.errors import SpectrumError
from prenuc.observe.readers import read
from prenuc.observe.readers.data_file import load
from prenuc.observe.readers.instruments.jcamp import read_tables


@foreign
def test_a_binary_file_of_avantes_is_its_export():
    binary = read(FORMATS / "ocean_avantes/J_PIR_AVRIL2016_0001.TRM")
    text = read(FORMATS / "ocean_avantes/J_PIR_AVRIL2016_0001.ttt")
    # The export prints wavelengths to 0.01 nm, and the transmittance with five digits.
    np.testing.assert_allclose(binary.wavelength, text.wavelength, rtol=0, atol=0.0051)
    np.testing.assert_allclose(binary.absorbance, text.absorbance, rtol=0, atol=3e-5)


@foreign
def test_a_processed_spectrum_of_ocean_optics_is_its_export():
    packed = read(FORMATS / "ocean_avantes/BB_PF21_4.ProcSpec", signal="photoluminescence")
    text = read(FORMATS / "ocean_avantes/BB_PF21_4.txt", signal="photoluminescence")
    np.testing.assert_allclose(packed.wavelength, text.wavelength, rtol=0, atol=0.0051)
    np.testing.assert_allclose(packed.absorbance, text.absorbance, rtol=0, atol=0.00051)


@foreign
def test_the_series_of_a_diode_array_is_whole():
    found = read(FORMATS / "agilent_kd/test_data2.KD")
    assert found.absorbance.shape == (96, 911)
    assert found.wavelength[[0, -1]].tolist() == [190, 1100]
    np.testing.assert_allclose(np.diff(found.time)[1:], 5, atol=0.2)


@foreign
def test_one_spectrum_in_four_encodings_is_one_array():
    tables = [read_tables(load(path))[0] for path in sorted(JCAMP.glob("jcamp-*.dx"))]
    assert len(tables) == 4
    longest = max(tables, key=lambda table: len(table.y))
    for one in tables:
        np.testing.assert_array_equal(one.y, longest.y[: len(one.y)])
        np.testing.assert_array_equal(one.x, longest.x[: len(one.x)])


# Files whose largest or first ordinate contradicts their own factor of scale.
SCALED_OTHERWISE = {"dupdec2.jdx", "jtpolysd.jdx", "ofid3.jdx"}


@foreign
def test_every_table_of_jcamp_has_the_extremes_that_it_says():
    for path in sorted((FORMATS / "jcamp").glob("*.jdx")):
        for table in read_tables(load(path)):
            for label, value in (("MAXY", np.nanmax(table.y)), ("MINY", np.nanmin(table.y))):
                told = table.block.number(label)
                if told is not None and path.name not in SCALED_OTHERWISE:
                    size = np.nanmax(np.abs(table.y))
                    assert value == pytest.approx(told, abs=2e-3 * size), (path.name, label)


@foreign
def test_what_is_no_light_is_refused_by_its_name():
    for name, kind in (("o01", "NMR"), ("pktab1", "MASS"), ("tannic_acid", "RAMAN")):
        with pytest.raises(SpectrumError, match=rf"no spectrum of light here \('{kind} SPECTRUM'"):
            read(FORMATS / f"jcamp/{name}.jdx")


@foreign
def test_a_binary_file_of_shimadzu_is_its_export():
    pytest.importorskip("openreadout")
    for number in ("01", "02", "03"):
        binary = read(FORMATS / f"shimadzu_ole/{number}.spc")
        text = read(FORMATS / f"shimadzu_ole/{number}.csv")
        np.testing.assert_array_equal(binary.wavelength, text.wavelength)
        np.testing.assert_allclose(binary.absorbance, text.absorbance, rtol=0, atol=5.1e-7)


@foreign
def test_a_damaged_binary_file_of_shimadzu_ends_as_one_line(tmp_path):
    pytest.importorskip("openreadout")
    data = bytearray((FORMATS / "shimadzu_ole/01.spc").read_bytes())
    for cut in (600, 9000):
        (tmp_path / "a.spc").write_bytes(data[:cut])
        with pytest.raises(SpectrumError, match="openreadout cannot read this binary file"):
            read(tmp_path / "a.spc")


@foreign
def test_nearly_all_spectra_of_light_are_read():
    light = [
        *FORMATS.glob("ocean_avantes/*"),
        *FORMATS.glob("shimadzu_ole/*.csv"),
        *FORMATS.glob("agilent_kd/*.KD"),
        FORMATS / "jcamp/benzene.jdx",
        JCAMP / "uv.jdx",
    ]
    for path in light:
        try:
            read(path)
        except SpectrumError as error:
            assert "--signal" in str(error), path  # noqa: PT017 - that is the question
            signal = "%T" if "reflectance" in str(error) else "photoluminescence"
            assert np.isfinite(read(path, signal=signal).absorbance).any()
