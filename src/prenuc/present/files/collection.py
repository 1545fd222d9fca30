"""Spectra and saved answers, one or many, as one file: their tables below each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import InputError, listed
from prenuc.observe.readers.data_file import is_folder
from prenuc.observe.readers.joined import files_in
from prenuc.present.files.exchange import (
    TEXT,
    convert,
    facts,
    refuse_marks,
    refuse_source,
    samples_sheet,
    spectra_sheet,
)
from prenuc.present.files.saved import read_stored
from prenuc.present.files.sheets import write_csv, write_origin, write_xlsx
from prenuc.present.tables.sheet import stacked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from prenuc.observe.series import SpectrumSeries
    from prenuc.present.files.sheets import Marks
    from prenuc.present.tables.sheet import Sheet


@dataclass(frozen=True)
class Entry:
    """What one file, or one series of several files, holds.

    Args:
        files: Where it was read.
        series: Its spectra, if it holds any.
        sheets: Its other numbers.
        about: What is known beside them, name and text.
    """

    files: tuple[Path, ...]
    series: SpectrumSeries | None
    sheets: tuple[Sheet, ...]
    about: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Of the first file."""
        return self.files[0].name


def saved_in(paths: Sequence[Path]) -> list[Path]:
    """Return the saved answers (.json) among files and in folders; none where there are others.

    Args:
        paths: Files and folders.
    """
    inside = [one for path in paths for one in (files_in([path]) if is_folder(path) else [path])]
    saved = [one for one in inside if one.suffix.lower() == ".json"]
    return saved if len(saved) == len(inside) else []


def of_answer(file: Path, read: Callable[[Path], SpectrumSeries]) -> Entry:
    """Return what a saved answer holds.

    Args:
        file: The answer, ending in .json.
        read: Reads the part of its spectra that is asked for.

    Raises:
        InputError: It is no answer of prenuc.
    """
    stored = read_stored(file)
    if stored.series is None:
        told = [("answer", stored.title), *(("warning", line) for line in stored.warnings)]
        return Entry((file,), None, stored.sheets, tuple(told))
    series = read(file)
    every = len(series) == len(stored.series)
    sheets = stored.sheets if every else (samples_sheet(series),)
    return Entry((file,), series, sheets, tuple(facts(series)))


def of_series(files: tuple[Path, ...], series: SpectrumSeries) -> Entry:
    """Return what measured files hold.

    Args:
        files: Of one series.
        series: It.
    """
    return Entry(files, series, (samples_sheet(series),), tuple(facts(series)))


def write_entries(found: Sequence[Entry], to: str, path: Path, marks: Marks) -> None:
    """Write what files hold as one file.

    One file of spectra becomes spectra; of several files, and of answers without spectra, text
    holds the table, in which a column names the file.

    Args:
        found: What they hold.
        to: "csv", "xlsx", "netcdf", "jcamp" or "origin".
        path: The file to write.
        marks: Decimal sign and separator of text.

    Raises:
        InputError: The format does not hold it, the path is one of the files, or cannot be written.
    """
    for file in (file for one in found for file in one.files):
        refuse_source(path, file)
    refuse_marks(to, marks)
    alone = found[0].series if len(found) == 1 else None
    if to == "xlsx":
        write_xlsx(_book(found), path, about=_about(found))
    elif alone is not None:
        convert(alone, to, path, marks=marks)
    elif to not in TEXT:
        what = f"{to} holds the spectra of one file, or of a series"
        raise InputError(what, "Use --to xlsx", where=str(path))
    else:
        sheets = _tables(found)
        if len(sheets) > 1:
            names = listed([sheet.name for sheet in sheets])
            what = f"these are tables of {len(sheets)} kinds ({names}), text holds one"
            raise InputError(what, "Use --to xlsx", where=str(path))
        (write_csv if to == "csv" else write_origin)(sheets[0], path, marks)


def _tables(found: Sequence[Entry]) -> list[Sheet]:
    if len(found) == 1:
        return [*found[0].sheets]
    return stacked((one.name, sheet) for one in found for sheet in one.sheets)


def _book(found: Sequence[Entry]) -> list[Sheet]:
    """Return the sheets of a workbook: spectra first where there is one file, else tables first."""
    spectra = [
        spectra_sheet(one.series, "spectra" if len(found) == 1 else one.files[0].stem)
        for one in found
        if one.series is not None
    ]
    return [*spectra, *_tables(found)] if len(found) == 1 else [*_tables(found), *spectra]


def _about(found: Sequence[Entry]) -> list[tuple[str, str]]:
    if len(found) == 1:
        return [*found[0].about]
    return [(f"{one.name}: {name}", text) for one in found for name, text in one.about]
