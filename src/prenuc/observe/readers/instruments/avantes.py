"""Avantes AvaSoft 5 to 7, binary: light through or from a sample (.TRM, .ROH and their kind).

All numbers are 4-byte floats: a version, five coefficients of the wavelength as a polynomial in the
number of the pixel, nine letters of the serial number, first and last pixel, mode, one that is not
known; then sample, reference and dark counts of each pixel, or the sample alone; at the end
integration time in ms, scans, and pixels of smoothing. Read off the file that the tests name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.data_file import DataFile, Format, Options
from prenuc.observe.readers.instruments.spectra import Spectra, as_series
from prenuc.observe.readers.layout import Counts
from prenuc.observe.readers.signals import from_counts

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

NAME = "Avantes AvaSoft binary"
_HEAD, _TAIL, _MOST_PIXELS = 19, 3, 8192
_SERIAL = slice(6, 6 + 9)
_FIRST, _LAST = 6 + 9, 6 + 9 + 1  # places of the ends of the range of pixels


def sniff(data: bytes) -> bool:
    """Whether a file is one: numbers of pixels that its length bears out, and a serial number."""
    if len(data) % 4 or not 4 * (_HEAD + _TAIL) < len(data) <= 4 * (3 * _MOST_PIXELS + 100):
        return False
    numbers = np.frombuffer(data, "<f4")
    first, last = numbers[[_FIRST, _LAST]]
    letters = numbers[_SERIAL]
    serial = bool(np.all((letters == np.trunc(letters)) & (letters >= 32) & (letters < 127)))
    return serial and 0 <= first < last <= _MOST_PIXELS and _columns(numbers) in {1, 3}


def _columns(numbers: Array) -> float:
    pixels = int(numbers[_LAST]) - int(numbers[_FIRST]) + 1
    return (len(numbers) - _HEAD - _TAIL) / pixels


def read_avantes(file: DataFile, options: Options) -> SpectrumSeries:
    """Read an AvaSoft binary file: absorbance from counts, or the counts of a sample alone.

    Args:
        file: The file.
        options: What the caller knows.

    Raises:
        SpectrumError: The readings or the wavelengths are damaged.
    """
    numbers = np.frombuffer(file.data, "<f4").astype(float)
    if not np.isfinite(numbers).all():
        raise file.problem(f"this {NAME} file is damaged", "Export the spectra as text")
    pixels = np.arange(int(numbers[_FIRST]), int(numbers[_LAST]) + 1)
    axis = np.polynomial.Polynomial(numbers[1:6])(pixels)
    readings = numbers[_HEAD:-_TAIL].reshape(len(pixels), -1)
    time, scans, smoothing = numbers[-_TAIL:]
    metadata = {
        "serial number": "".join(chr(int(letter)) for letter in numbers[_SERIAL]),
        "integration time / ms": f"{time:g}",
        "scans": f"{scans:g}",
        "smoothing / pixels": f"{smoothing:g}",
    }
    kind, values, notes = "photoluminescence", readings[:, 0], ["counts of the sample"]
    if readings.shape[1] == 3:
        absorbance, kind, notes = from_counts(readings, Counts((0,), 2, 1))
        values = absorbance[:, 0]
    found = Spectra(axis, values[None, :], kind, metadata=metadata, notes=tuple(notes))
    return as_series(file, options, NAME, found)


FORMAT = Format(NAME, sniff=sniff, read=read_avantes)
