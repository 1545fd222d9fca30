"""Which wavelengths the first column holds, in nm, whatever unit its header names.

A column that nothing names is taken as nm only where the numbers can be nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.observe.readers.columns import Columns, axis_in_metadata, read_metadata
from prenuc.observe.readers.data_file import DataFile, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.arrays import Array, Indices
    from prenuc.observe.readers.number_table import NumberTable

# h c in eV nm, from the exact constants of the SI (2019).
SHORTEST_UNSTATED_NM, UNSTATED_NM = 100, 5000  # as is_wavelength has it
FAR_INFRARED_NM = 100_000  # for axes in another unit, such as 100 1/cm
SHORTEST_NM, LONGEST_NM = 170, 1400  # that a photometer in air measures
TO_NM: dict[str, Callable[[Array], Array]] = {
    "nm": lambda axis: axis,
    "Å": lambda axis: axis / 10,
    "µm": lambda axis: axis * 1000,
    "meV": lambda axis: 1000 * PHOTON_ENERGY_NM / axis,
    "eV": lambda axis: PHOTON_ENERGY_NM / axis,
    "cm⁻¹": lambda axis: 1e7 / axis,
}
_UNITS = {
    "nm": r"\bnm\b|nanomet",
    "Å": r"[ÅÅ]|angstr",
    "µm": r"[µμ]m\b|\bum\b|micromet|micron\b",
    "meV": r"\bmeV\b",
    "eV": r"\beV\b|electron ?volt",
    "cm⁻¹": r"wave ?number|wellenzahl|cm\s?\^?\(?[-⁻]\s?[1¹]|1/cm",
}
_OCEAN_NM = re.compile(r"\s*wavelengths\s*", re.IGNORECASE)  # "XAxis mode" of OceanView, in nm
_ONLY_UNIT = r"\W*nm\W*"  # in a row of units
# No wavelength, whatever unit stands beside it: a Raman shift counts from the laser line.
_OTHERS = {
    "a Raman shift": r"raman",
    "a time": r"(?<![a-z])(time|zeit|temps|elapsed)(?![a-z])",
    "a number of a pixel or row": r"^\W*(pixels?|channels?|index|points?|row|no\.?|#)\W*$",
    "an angle": r"2 ?-?(theta|θ)|\bangle\b|\bdeg(rees?)?\b",
    "a mass": r"\bm/z\b|\bmass\b",
    "a temperature": r"temperature|°C",
    "a potential": r"potential|voltage",
    "a frequency": r"frequency|[TG]Hz",
    "a concentration": r"concentration|\bconc\b|[\[(/] ?(?-i:[mµun]?M)[\])]?$|\bmol\b",
    "a length of another kind": r"diameter|\bsize\b|radius|distance|thickness|depth|position",
    "a volume or mass": r"\bvolume\b|[\[(/] ?[mµun]?(l|g)[\])]?$",
    "a delay": r"\bdelay\b|[\[(/] ?[pf]s[\])]?$",
    "a temperature in K": r"[\[(/] ?(?-i:K)[\])]?$",
    "a potential in V": r"[\[(/] ?(?-i:[mk]?V)[\])]?$",
}
_ENERGY = re.compile(r"\benerg(y|ie)\b|photon", re.IGNORECASE)
_INFRARED = re.compile(r"(?<![a-z])(ft-?ir|atr|infra-?red|raman)(?![a-z])", re.IGNORECASE)
_MEND = 'Head the first column with what it is, such as "Wavelength (nm)" or "Energy (eV)"'


@dataclass(frozen=True)
class Axis:
    """The wavelengths of a table.

    Args:
        wavelength: In nm, ascending, shape (n,).
        order: The slice that sorts the rows.
        direction: In which direction the rows stand, in words.
        notes: What was assumed or converted, for the history.
    """

    wavelength: Array
    order: slice
    direction: str
    notes: list[str]


def read_axis(file: DataFile, table: NumberTable, columns: Columns) -> Axis:
    """Return the wavelengths in the first column.

    Args:
        file: The file, for messages.
        table: Its numbers.
        columns: Its header.

    Raises:
        SpectrumError: It holds something else, or may hold something else.
    """
    metadata = read_metadata(table.head, columns.rows, table.delimiter)
    texts = [axis_in_metadata(metadata), *columns.cells[0]]
    if _OCEAN_NM.fullmatch(texts[0]):
        texts = ["Wavelength (nm)"]
    texts = [text for text in texts if re.fullmatch(_ONLY_UNIT, text)] or texts
    line = columns.rows[-1] + 1 if columns.rows else 0
    unit = _stated_unit(file, texts, line, named=columns.is_axis(0))
    numbers = table.numbers[:, 0]
    nm = _in_nm(file, table, unit, sure=bool(columns.declared) or unit not in {"", "nm"})
    named = columns.is_axis(0) or any(map(_says_wavelength, texts))
    if not unit:
        _refuse_doubtful(file, table, numbers, named=named)
    notes = [] if unit else ["the header gives no unit of wavelength, nm fits the numbers"]
    notes += (
        [f"wavelengths in nm from {unit} of the first column"] if unit not in {"", "nm"} else []
    )
    order, direction = _sorted(file, nm, numbers, table.line)
    return Axis(nm[order].copy(), order, direction, notes)


def _in_nm(file: DataFile, table: NumberTable, unit: str, *, sure: bool) -> Array:
    """Return the first column in nm; a wider range where its unit is certain."""
    numbers = table.numbers[:, 0]
    low, high = SHORTEST_UNSTATED_NM, FAR_INFRARED_NM if sure else UNSTATED_NM
    with np.errstate(over="ignore", divide="ignore"):
        nm = TO_NM[unit or "nm"](numbers)
    fits = (numbers > 0) & (nm >= low) & (nm <= high)
    if fits.all():
        return nm
    row = int(np.argmin(fits))
    what = f"{numbers[row]:g}{f' {unit}' if unit else ''} in the first column is no wavelength"
    raise file.problem(f"{what} of {low} to {high} nm", _MEND, int(table.line[row]))


def _says_wavelength(text: str) -> bool:
    return re.search(r"wave ?length", text, re.IGNORECASE) is not None


def _stated_unit(file: DataFile, texts: list[str], line: int, *, named: bool) -> str:
    """Return the unit that the lowest cell with one names, "" for none."""
    for text in reversed([text.replace("_", " ") for text in texts if text]):
        for other, pattern in _OTHERS.items():
            # "Wavelength (nm) \ Time (s)" names the axis and what runs across.
            across = other == "a time" and named
            if re.search(pattern, text, re.IGNORECASE) and not across:
                mend = "Put wavelengths into the first column, a spectrum into each other one"
                raise file.problem(f"the first column is {other}", mend, line)
        units = [unit for unit, how in _UNITS.items() if re.search(how, text, _case(unit))]
        if len(units) > 1:
            what = f"'{printable(text, 60)}' names two units, {' and '.join(units)}"
            raise file.problem(what, _MEND, line)
        if units:
            return units[0]
        if _ENERGY.search(text):
            raise file.problem("the first column is an energy without a unit", _MEND, line)
    return ""


def unit_of(text: str) -> str:
    """Return the unit of :data:`TO_NM` that a text names, "" for none."""
    return next((unit for unit, how in _UNITS.items() if re.search(how, text, _case(unit))), "")


def _case(unit: str) -> re.RegexFlag:
    return re.NOFLAG if unit == "meV" else re.IGNORECASE


def _refuse_doubtful(file: DataFile, table: NumberTable, numbers: Array, *, named: bool) -> None:
    """Refuse numbers without a unit that may be something else than nm."""
    low, high = float(numbers.min()), float(numbers.max())
    said = [line for line in table.head if _INFRARED.search(line)]
    if named and low >= 2000:
        what, other = f"the wavelengths from {low:g} to {high:g} have no unit", "may be in Å"
    elif not named and high > LONGEST_NM:
        what = f"the first column, {low:g} to {high:g}, has no name"
        other = "may be wavenumbers in cm⁻¹"
    elif not named and said:
        what, other = f"'{printable(said[0].strip(), 60)}' stands above", "may be in cm⁻¹"
    else:
        return
    raise file.problem(f"{what} and {other}", _MEND, int(table.line[0]))


def _sorted(file: DataFile, nm: Array, numbers: Array, lines: Indices) -> tuple[slice, str]:
    """Return the slice that sorts the rows by wavelength, and the direction they stand in."""
    _, first = np.unique(nm, return_index=True)
    if len(first) < len(nm):
        repeated = int(np.setdiff1d(np.arange(len(nm)), first)[0])
        what = f"the wavelength {numbers[repeated]:g} nm occurs twice"
        raise file.problem(what, "Delete one of the two rows", int(lines[repeated]))
    up = bool(nm[1] > nm[0]) if len(nm) > 1 else True
    turns = np.flatnonzero((np.diff(nm) > 0) != up)
    if len(turns):
        mend = "Sort the rows, or save each spectrum as a file"
        line = int(lines[turns[0] + 1])
        raise file.problem("the wavelengths go up and down", mend, line)
    return slice(None) if up else slice(None, None, -1), "ascending" if up else "descending"


def converted_axis(file: DataFile, axis: Array, unit: str) -> tuple[Array, slice, list[str]]:
    """Return the axis of an instrument's file in nm, what sorts the readings, history lines.

    Args:
        file: The file, for messages.
        axis: In ``unit``, shape (n,).
        unit: One of :data:`TO_NM`.

    Raises:
        SpectrumError: A number is no wavelength, occurs twice, or the axis goes up and down.
    """
    wrong = axis[~(axis > 0)]
    if len(wrong):
        raise file.problem(f"{wrong[0]:g} {unit} is no wavelength", "Export the spectra as CSV")
    with np.errstate(over="ignore"):
        nm = TO_NM[unit](axis)
    order, _ = _sorted(file, nm, axis, np.zeros(len(axis), dtype=int))
    return nm[order].copy(), order, [f"wavelengths in nm from {unit}"] if unit != "nm" else []
