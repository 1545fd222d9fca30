"""A changed file is read as what it says, or refused, or a line of the history says what is odd."""

import random
import resource
import time

import numpy as np
import pytest

from mutants import HEADER, UNITS, meaning_broken, meaning_kept, sheet
from prenuc.errors import SpectrumError
from prenuc.observe.readers import read

FEW = 600
# Both lists together are 20,000.
MANY = pytest.param(10_000, marks=pytest.mark.study)
SECONDS, BYTES = 10.0, 500e6
SAYS = ("masked", "left out", "time not known", "no unit", "more than an absorbance")
SAYS += ("different times", "is read as", "have one time", "in nm from", "1 lines of log")


def seconds(found):
    return found.time * UNITS.get(found.time_unit, np.nan)


def equal(found, one):
    """Whether the spectra are those of the table, in whatever order they stand."""
    order = np.argsort(seconds(found), kind="stable")
    same = found.absorbance.shape == one.values.shape
    return (
        same
        and np.array_equal(found.wavelength, one.wavelength)
        and np.array_equal(found.absorbance[order], one.values)
        and np.allclose(seconds(found)[order], one.seconds, rtol=1e-12)
    )


def timed(path):
    """Read a file of the long study, within a bound that no machine is slow enough to reach."""
    before = time.process_time()
    try:
        return read(path)
    finally:
        assert time.process_time() - before < SECONDS, path.read_bytes()[:300]


@pytest.mark.parametrize("mutants", [FEW, MANY])
def test_a_file_in_another_dialect_gives_equal_arrays_or_is_refused(mutants, tmp_path):
    rng = random.Random(20261126)  # noqa: S311 - no secret depends on it
    path, right, wrong = tmp_path / "kept.csv", 0, []
    for number in range(mutants):
        one = sheet(rng)
        data = meaning_kept(rng, one)
        path.write_bytes(data)
        try:
            found = (read if mutants == FEW else timed)(path)
        except SpectrumError:
            continue
        right += 1
        if not equal(found, one):
            wrong.append((number, data[:300], found.history))
    assert wrong == []
    assert right >= 0.8 * mutants


def is_harmless(found, one, touched):
    """Whether only the touched cell differs, or the history says what is odd."""
    if any(word in line for line in found.history for word in SAYS):
        return True
    if equal(found, one):
        return True
    if touched is None or found.absorbance.shape != one.values.shape:
        return False
    row, column = touched
    if row == HEADER:
        others = np.arange(len(found)) != column - 1
        same = np.allclose(seconds(found)[others], one.seconds[others], rtol=1e-12)
        return same and np.array_equal(found.absorbance, one.values)
    values, wavelength = found.absorbance.copy(), found.wavelength.copy()
    if column:
        values[column - 1, row] = one.values[column - 1, row]
    else:
        wavelength[row] = one.wavelength[row]
    same = np.array_equal(values, one.values) and np.array_equal(wavelength, one.wavelength)
    return same and np.allclose(seconds(found), one.seconds, rtol=1e-12)


@pytest.mark.parametrize("mutants", [FEW, MANY])
def test_a_damaged_file_is_never_read_wrongly_in_silence(mutants, tmp_path):
    rng = random.Random(20261127)  # noqa: S311 - no secret depends on it
    path, refused, wrong = tmp_path / "broken.csv", 0, []
    for number in range(mutants):
        one = sheet(rng)
        data, touched = meaning_broken(rng, one)
        path.write_bytes(data)
        try:
            found = (read if mutants == FEW else timed)(path)
        except SpectrumError:
            refused += 1
            continue
        if not is_harmless(found, one, touched):
            wrong.append((number, data.decode()[:400], found.history, found.time))
    assert wrong == []
    assert 0.2 * mutants < refused < 0.95 * mutants
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < BYTES or mutants == FEW


@pytest.mark.parametrize("header", ["5,4 h,6,4 h", "0,5 h,1,5 h"])
def test_decimal_commas_between_commas_are_refused(header, tmp_path):
    path = tmp_path / "commas.csv"
    rows = "500,0,142,0,580\n510,0,062,0,538\n520,0,430,0,142\n"
    path.write_text(f"Wavelength (nm),{header}\n{rows}")
    with pytest.raises(SpectrumError, match="a comma may separate whole numbers"):
        read(path)
