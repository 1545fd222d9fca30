"""Spectra and the numbers of a job as files for other programs, by the writers of the commands."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, unknown_name
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files.collection import Entry, of_series, write_entries
from prenuc.present.files.exchange import SUFFIX
from prenuc.present.files.sheets import POINT, Marks, csv_text
from prenuc.present.tables.answers import excitons_sheet, parameters_sheet
from prenuc.present.tables.sheet import Column, Sheet

if TYPE_CHECKING:
    from prenuc.observe.trace import Trace

CLIPBOARD = "clipboard"


@dataclass(frozen=True)
class Made:
    """A table for another program.

    Args:
        name: Of the file.
        content: What is in it.
        text: For the clipboard; None for a file.
    """

    name: str
    content: bytes = b""
    text: str | None = None


def of_answer(answer: dict[str, Any], to: str) -> Made:
    """Return the numbers of a job.

    Args:
        answer: What it answered.
        to: "clipboard", "csv", "xlsx" or "origin".

    Raises:
        InputError: It has no table, or there is no such format.
    """
    if "rows" in answer:
        sheet = excitons_sheet(answer["rows"])
    elif "parameters" in answer:
        sheet = parameters_sheet(answer)
    else:
        raise InputError("this answer has no table", "Take it from first excitons or a fit")
    return _made(Entry((Path(sheet.name),), None, (sheet,), (("made by", answer["command"]),)), to)


def of_data(data: SpectrumSeries | Trace, name: str, to: str) -> Made:
    """Return spectra or a trace.

    Args:
        data: They.
        name: Of their file.
        to: "clipboard", or a format of ``prenuc convert``.

    Raises:
        InputError: There is no such format, or it does not hold a trace.
    """
    file = Path(Path(name).stem or "spectra")
    if not isinstance(data, SpectrumSeries):
        columns = Column.of(data.time_label, data.time), Column.of(data.name, data.value)
        sheet = Sheet("trace", columns)
        about = tuple(("history", line) for line in data.history)
        return _made(Entry((file,), None, (sheet,), about), to)
    return _made(of_series((file,), data), to)


def _made(entry: Entry, to: str) -> Made:
    if to == CLIPBOARD:
        from prenuc.present.files.exchange import spectra_sheet

        sheet = entry.sheets[0] if entry.series is None else spectra_sheet(entry.series)
        return Made("", text=csv_text(sheet, Marks(separator="tab")).lstrip("\ufeff"))
    if to not in SUFFIX:
        raise InputError(unknown_name("form of a table", to, [CLIPBOARD, *SUFFIX]))
    name = entry.name + SUFFIX[to]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{SUFFIX[to]}"
        write_entries([entry], to, path, POINT)
        return Made(name, path.read_bytes())
