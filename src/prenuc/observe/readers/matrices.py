"""Excitation-emission matrices: a spectrum of emission for each wavelength of excitation.

Such a table has wavelengths on both sides and says somewhere that they are of excitation and
emission. Which side is which stands in its corner or above; else emission reaches further to the
red.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.cells import is_wavelength
from prenuc.observe.readers.columns import Columns
from prenuc.observe.readers.number_table import FEWEST_ROWS
from prenuc.observe.readers.reshaped import transposed, wavelengths_above

if TYPE_CHECKING:
    from prenuc.observe.readers.data_file import DataFile
    from prenuc.observe.readers.number_table import NumberTable

_EXCITATION = re.compile(r"(?<![a-z])(ex|exc|excit\w*|λ ?ex)(?![a-z])", re.IGNORECASE)
_EMISSION = re.compile(r"(?<![a-z])(em|emiss\w*|λ ?em)(?![a-z])", re.IGNORECASE)
_MATRIX = re.compile(r"(?<![a-z])eem(?![a-z])", re.IGNORECASE)


def emission_rows(
    file: DataFile, table: NumberTable, columns: Columns
) -> tuple[NumberTable, Columns, list[str]]:
    """Return a matrix with a row for each wavelength of emission; any other table as it is.

    Args:
        file: The file, whose name may say what it holds.
        table: Its numbers.
        columns: Its header.

    Raises:
        SpectrumError: The header contradicts the wavelengths.
    """
    above = wavelengths_above(columns)
    beside = table.numbers[:, 0]
    if columns.says_time(0) or len(above) < FEWEST_ROWS or not _is_said(file, table, columns):
        return table, columns, []
    if not all(map(is_wavelength, beside.tolist())) or len({*np.sign(np.diff(above))}) != 1:
        return table, columns, []
    how = "as they reach further to the red"
    turn = max(above) > beside.max()
    corner, header = " ".join(columns.cells[0]), " ".join(chain.from_iterable(columns.cells[1:]))
    rows = _side(corner) or {"excitation": "emission", "emission": "excitation"}.get(_side(header))
    if rows:
        how, turn = "as the header says", rows == "excitation"
        emitted, excited = (above, beside) if turn else (beside, above)
        if max(emitted) <= min(excited):
            what = "the emission lies wholly to the blue of the excitation"
            mend = 'Name the sides, such as "Emission (nm) \\ Excitation (nm)" in the corner'
            raise file.problem(what, mend, columns.rows[-1] + 1 if columns.rows else 0)
    if turn:
        table, above = transposed(table, above), beside.tolist()
    cells = [[f"excitation {nm:.12g} nm"] for nm in above]
    note = f"a matrix of excitation and emission; the {'columns' if turn else 'rows'} are emission"
    named = Columns([["Wavelength (nm)"], *cells], columns.rows, declared="photoluminescence")
    return table, named, [f"{note}, {how}"]


def _is_said(file: DataFile, table: NumberTable, columns: Columns) -> bool:
    texts = [file.path.stem.replace("_", " "), *table.head, *chain.from_iterable(columns.cells)]
    words = "\n".join(texts)
    both = _EXCITATION.search(words) and _EMISSION.search(words)
    return bool(both or _MATRIX.search(words) or _EXCITATION.search(" ".join(texts[1:])))


def _side(text: str) -> str:
    """Return whether a text says excitation or emission; "" for neither or both."""
    said = [bool(_EXCITATION.search(text)), bool(_EMISSION.search(text))]
    return {(True, False): "excitation", (False, True): "emission"}.get((said[0], said[1]), "")


def excitation_nm(labels: tuple[str, ...]) -> list[float]:
    """Return the wavelengths of excitation that labels of a matrix name, none for others.

    Args:
        labels: Of the spectra, m of them.
    """
    found = [re.fullmatch(r"excitation (\d+(?:\.\d+)?) nm", label) for label in labels]
    numbers = [float(match[1]) for match in found if match]
    return numbers if len(numbers) == len(labels) else []
