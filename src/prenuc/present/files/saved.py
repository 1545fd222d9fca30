"""Answers that were saved with ``--json``, read back for a report or for an exchange file."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError
from prenuc.observe.readers.data_file import load
from prenuc.observe.samples import REACTION, Sample, series_of
from prenuc.present.files.kept import Kept, give_back
from prenuc.present.tables.answers import (
    emission_sheet,
    excitons_sheet,
    growth_sheet,
    parameters_sheet,
    samples_sheet,
)
from prenuc.present.tables.results import (
    assumptions_table,
    constants_table,
    quantity,
)
from prenuc.present.tables.spectra import exciton_table
from prenuc.present.tables.table import Table
from prenuc.quantities import legible

if TYPE_CHECKING:
    from pathlib import Path

    from prenuc.observe.readers.data_file import DataFile
    from prenuc.observe.series import SpectrumSeries
    from prenuc.present.tables.sheet import Sheet

KNOWN = "prenuc simulate, fit, analyze, compare, ablate, sweep, calibrate, emission or growth"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A saved answer, ready to be shown.

    Args:
        title: What it is.
        file: Where it was read.
        tables: Its numbers.
        warnings: What a reader should know.
        series: The spectra of a simulation.
        sources: Who says so, "key @ locator" each.
        sheets: Its numbers as columns.
    """

    title: str
    file: str
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = ()
    series: SpectrumSeries | None = None
    sources: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = ()


def read_answer(path: Path) -> Kept | Stored:
    """Return the results of a saved answer; its tables alone where an older version saved it.

    Args:
        path: The JSON file, at most 50 MB.

    Raises:
        InputError: It is no JSON, no answer of prenuc, or its results were changed.
    """
    document = _document(load(path))
    rows = document if isinstance(document, list) else [document]
    held = [one["results"] for one in rows if isinstance(one, dict) and "results" in one]
    if not held:
        return read_stored(path)
    parts = [give_back(one, str(path)) for one in held]
    return Kept(tuple(one for part in parts for one in part.results), parts[0].versions)


def read_stored(path: Path) -> Stored:
    """Read the tables of an answer that was saved with ``--json`` or ``simulate --out``.

    Args:
        path: The JSON file, at most 50 MB.

    Raises:
        InputError: It is no JSON, or no answer of prenuc.
    """
    source = load(path)
    document = _document(source)
    readers = {"measurements": _simulation, "scheme": _fit}
    try:
        if isinstance(document, list) and document:
            for key, of_rows in ROWS.items():
                if key in document[0]:
                    return of_rows(document, str(path))
        for key, reader in readers.items():
            if isinstance(document, dict) and key in document:
                return reader(document, str(path))
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"the answer is not complete ({type(error).__name__}: {error})"
        raise source.problem(what, f"Save the answer of {KNOWN} again") from None
    except InputError as error:
        raise InputError([problem.at(str(path)) for problem in error.problems]) from None
    raise source.problem("this JSON is no answer of prenuc", f"Save one of {KNOWN} with --json")


def _document(source: DataFile) -> Any:
    """Return what a file of JSON holds.

    Raises:
        InputError: It is none.
    """
    text, _ = source.text()
    try:
        return json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise source.problem("this is not JSON", "Save it again with --json", line) from None


def _number(text: str) -> float:
    """Return a number of JSON.

    Raises:
        ValueError: It is one that JSON does not have, or that no number holds.
    """
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _text(thing: Any) -> str:
    """Return a text of an answer.

    Raises:
        TypeError: It is none.
        ValueError: It is none that a file can hold.
    """
    if not isinstance(thing, str):
        raise TypeError(f"a {type(thing).__name__} stands where a text is expected")
    thing.encode()
    return thing


def _texts(things: Any) -> tuple[str, ...]:
    if not isinstance(things, list):
        raise TypeError(f"a {type(things).__name__} stands where a list is expected")
    return tuple(map(_text, things))


def _told(table: Table) -> Table:
    """Return a table of nothing but texts.

    Raises:
        TypeError: A cell is none.
    """
    for row in (table.headings, *table.rows):
        _texts([*row])
    return table


def _simulation(document: dict[str, Any], file: str) -> Stored:
    measurements = document["measurements"]
    assumed = document.get("assumptions", [])
    history = ("simulated", *(f"{a['name']}: {quantity(a)} ({a['status']})" for a in assumed))
    table = _told(assumptions_table(assumed))
    recipe, mechanism = _text(document["recipe"]), _text(document["mechanism"])
    series = series_of(
        [_sample(one) for one in measurements],
        np.array(measurements[0]["wavelength_nm"], dtype=float),
        np.array([one["absorbance"] for one in measurements], dtype=float),
        labels=_texts([one["label"] for one in measurements]),
        metadata={"recipe": recipe, "mechanism": mechanism},
        history=history,
    )
    return Stored(
        title=f"Simulation: {recipe} with {mechanism}",
        file=file,
        tables=(*((table,) if assumed else ()), *_samples_table(series)),
        warnings=_cautions(document.get("warnings", [])),
        series=series,
        sources=_texts([a["source"] for a in assumed]),
        sheets=(samples_sheet(measurements),),
    )


def _cautions(found: list[Any]) -> tuple[str, ...]:
    """Return what warnings say; older answers hold bare texts."""
    return _texts([one["text"] if isinstance(one, dict) else one for one in found])


def _sample(one: dict[str, Any]) -> Sample:
    """Return of what a spectrum is; older answers do not say how long it had reacted."""
    reacted = one.get("reaction_time_min")
    return Sample(
        vessel=_text(one["vessel"]),
        label=_text(one["label"]),
        time=float(one["time_min"]),
        reaction_time=math.nan if reacted is None else float(reacted),
        dilution=float(one.get("dilution", 1.0)),
    )


def _samples_table(series: SpectrumSeries) -> tuple[Table, ...]:
    """Return times and dilution of each aliquot; nothing where one sample is followed."""
    if series.time_name != REACTION:
        return ()
    numbers = zip(series.time, *series.beside.values(), strict=True)
    rows = [
        (label, *(legible(number) for number in row))
        for label, row in zip(series.labels, numbers, strict=True)
    ]
    heads = ("spectrum", series.time_label, *series.beside)
    return (Table(caption="The samples", headings=heads, rows=tuple(rows)),)


def _fit(document: dict[str, Any], file: str) -> Stored:
    history = tuple((line,) for line in _texts(document.get("history", [])))
    said = Table(caption="What was assumed", headings=("oldest first",), rows=history)
    reason = document.get("reason")
    muted = (f"No interval: {_text(reason)}",) if reason else ()
    return Stored(
        title=f"Kinetics: {_text(document['scheme'])}",
        file=file,
        tables=(_told(constants_table(document)), said),
        warnings=muted + _texts(document.get("warnings", [])),
        sheets=(parameters_sheet(document),),
    )


def _analysis(document: list[dict[str, Any]], file: str) -> Stored:
    warnings = dict.fromkeys(line for row in document for line in _texts(row["warnings"]))
    return Stored(
        title="First excitons",
        file=file,
        tables=(_told(exciton_table(document, files=True)),),
        warnings=tuple(warnings),
        sheets=(excitons_sheet(document),),
    )


def _emission(document: list[dict[str, Any]], file: str) -> Stored:
    sheet = emission_sheet(document)
    return _of_sheet(
        "Emission", file, sheet, [line for row in document for line in row["warnings"]]
    )


def _growth(document: list[dict[str, Any]], file: str) -> Stored:
    notes = [line for one in document for line in (*one["comparison"]["warnings"], *one["notes"])]
    return _of_sheet("Growth", file, growth_sheet(document), notes)


def _of_sheet(title: str, file: str, sheet: Sheet, said: list[str]) -> Stored:
    heads = tuple(column.heading for column in sheet.columns)
    rows = tuple(tuple("" if one is None else _shown(one) for one in row) for row in sheet.rows)
    table = _told(Table(caption=title, headings=heads, rows=rows))
    warnings = tuple(dict.fromkeys(_texts(said)))
    return Stored(title=title, file=file, tables=(table,), warnings=warnings, sheets=(sheet,))


def _shown(one: str | float) -> str:
    return one if isinstance(one, str) else legible(one)


ROWS = {"first_exciton_nm": _analysis, "trap_share": _emission, "laws": _growth}
