"""A changed file is read as what it says, or refused, or a line of the history says what is odd.

``PRENUC_MUTANTS=20000`` runs the long study.
"""

import os
import random

import numpy as np
import pytest

from mutants import UNITS, meaning_broken, meaning_kept, sheet
from prenuc.errors import SpectrumError
from prenuc.observe.readers import read

MUTANTS = int(os.environ.get("PRENUC_MUTANTS", "600"))
SAYS = ("masked", "left out", "time not known", "no unit", "more than an absorbance")
SAYS += ("different times", "is read as", "have one time", "in nm from", "1 lines of log")


def seconds(found):
    return found.time * UNITS.get(found.time_unit, np.nan)


def equal(found, one):
    same = found.absorbance.shape == one.values.shape
    return (
        same
        and np.array_equal(found.wavelength, one.wavelength)
        and np.array_equal(found.absorbance, one.values)
        and np.allclose(seconds(found), one.seconds, rtol=1e-12)
    )


def test_a_file_in_another_dialect_gives_equal_arrays_or_is_refused(tmp_path):
    rng = random.Random(20261126)  # noqa: S311 - no secret depends on it
    path, right, wrong = tmp_path / "kept.csv", 0, []
    for number in range(MUTANTS):
        one = sheet(rng)
        data = meaning_kept(rng, one)
        path.write_bytes(data)
        try:
            found = read(path)
        except SpectrumError:
            continue
        right += 1
        if not equal(found, one):
            wrong.append((number, data[:300], found.history))
    assert wrong == []
    assert right >= 0.8 * MUTANTS


def is_harmless(found, one, touched):
    """Whether only the touched cell differs, or the history says what is odd."""
    if any(word in line for line in found.history for word in SAYS):
        return True
    if equal(found, one):
        return True
    if touched is None or found.absorbance.shape != one.values.shape:
        return False
    row, column = touched
    values, wavelength = found.absorbance.copy(), found.wavelength.copy()
    if column:
        values[column - 1, row] = one.values[column - 1, row]
    else:
        wavelength[row] = one.wavelength[row]
    same = np.array_equal(values, one.values) and np.array_equal(wavelength, one.wavelength)
    return same and np.allclose(seconds(found), one.seconds, rtol=1e-12)


def test_a_damaged_file_is_never_read_wrongly_in_silence(tmp_path):
    rng = random.Random(20261127)  # noqa: S311 - no secret depends on it
    path, refused, wrong = tmp_path / "broken.csv", 0, []
    for number in range(MUTANTS):
        one = sheet(rng)
        data, touched = meaning_broken(rng, one)
        path.write_bytes(data)
        try:
            found = read(path)
        except SpectrumError:
            refused += 1
            continue
        if not is_harmless(found, one, touched):
            wrong.append((number, data.decode()[:400], found.history, found.time))
    assert wrong == []
    assert 0.2 * MUTANTS < refused < 0.95 * MUTANTS


@pytest.mark.parametrize("header", ["5,4 h,6,4 h", "0,5 h,1,5 h"])
def test_decimal_commas_between_commas_are_refused(header, tmp_path):
    path = tmp_path / "commas.csv"
    rows = "500,0,142,0,580\n510,0,062,0,538\n520,0,430,0,142\n"
    path.write_text(f"Wavelength (nm),{header}\n{rows}")
    with pytest.raises(SpectrumError, match="a comma may separate whole numbers"):
        read(path)
