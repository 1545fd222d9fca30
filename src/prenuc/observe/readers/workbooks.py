"""Opens a file: text and instruments' files as they are, a workbook as the text of one sheet.

A sheet becomes tab-delimited text, a line for each of its rows, so that whatever can stand in a
text file can stand in a sheet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prenuc.errors import Problem, SpectrumError, listed_names, nearest_names
from prenuc.observe.readers import ods, xlsx
from prenuc.observe.readers.archives import Archive
from prenuc.observe.readers.columns import declaration
from prenuc.observe.readers.data_file import DataFile, load, printable

if TYPE_CHECKING:
    import os

    from prenuc.observe.readers.sheet import Sheet

_FEWEST_ROWS = 3  # with two numbers each, for a sheet to hold a table
OWN = ["spectra", "samples", "about"]  # sheets of a workbook that prenuc convert wrote


def open_file(path: str | os.PathLike[str], sheet: str | None = None) -> DataFile:
    """Load a file; of a workbook one sheet.

    Args:
        path: The file.
        sheet: Name of the sheet, where several hold tables.

    Raises:
        SpectrumError: The file cannot be loaded, is damaged, has no such sheet, or leaves open
            which sheet is meant.
    """
    file = load(path)
    kind = next((kind for kind in (xlsx, ods) if kind.sniff(file.data)), None)
    if kind is None:
        if sheet is not None:
            raise file.problem("this is no workbook, it has no sheets", "Leave the sheet out")
        return file
    sheets = kind.read_sheets(file, Archive(file))
    chosen = _chosen(file, sheets, sheet)
    said = f"sheet '{printable(chosen.name, 60)}' of {kind.NAME}"
    text = chosen.text()
    if chosen.name == OWN[0] and _is_own(sheets):
        text = _with_times(text, *sheets[1:])
    return replace(file, sheet=text, encoding=said)


def _chosen(file: DataFile, sheets: list[Sheet], name: str | None) -> Sheet:
    names = [sheet.name for sheet in sheets]
    if name is not None:
        if name not in names:
            what = f"there is no sheet '{printable(name, 60)}'"
            near, mend = nearest_names(name, names), f"Sheets: {listed_names(names)}"
            raise SpectrumError(Problem(what, mend, near, printable(str(file.path))))
        return sheets[names.index(name)]
    if _is_own(sheets):
        return sheets[0]
    full = [sheet for sheet in sheets if sheet.rows_of_numbers >= _FEWEST_ROWS]
    if len(full) > 1:
        shown = listed_names([printable(sheet.name, 60) for sheet in full])
        mend = f'Choose one with --sheet (sheet= in Python) "{printable(full[0].name, 60)}"'
        raise file.problem(f"{len(full)} sheets hold tables: {shown}", mend)
    if not full:
        mend = "Put wavelengths into the first column, a spectrum into each other one"
        raise file.problem("no sheet of the workbook holds a table of numbers", mend)
    return full[0]


def _is_own(sheets: list[Sheet]) -> bool:
    return [sheet.name for sheet in sheets] == OWN


def _with_times(text: str, samples: Sheet, about: Sheet) -> str:
    """Return the sheet of spectra of our own with what the others say about signal and times."""
    facts = dict(line.partition("\t")[::2] for line in about.lines)
    rows = [line.split("\t") for line in samples.lines]
    name, unit, *times = [row[1] if len(row) > 1 else "" for row in rows] or ["", ""]
    names, _, below = text.partition("\n")
    _, _, numbers = below.partition("\n")  # a row of units stands between
    told = ["\t".join([f"{name} / {unit or 1}", *times])] if any(times) else []
    kind = declaration(facts.get("signal", "absorbance"))
    head = "\t".join(["wavelength (nm)", *names.split("\t")[1:]])
    return "\n".join([kind, head, *told, numbers])
