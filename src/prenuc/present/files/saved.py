"""Answers that were saved with ``--json``, read back for a report or for an exchange file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError
from prenuc.observe.readers.data_file import load
from prenuc.observe.series import SpectrumSeries
from prenuc.present.tables.results import (
    assumptions_table,
    constants_table,
    exciton_table,
    quantity,
)
from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = "prenuc simulate, prenuc fit or prenuc analyze"


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
    """

    title: str
    file: str
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = ()
    series: SpectrumSeries | None = None
    sources: tuple[str, ...] = ()


def read_stored(path: Path) -> Stored:
    """Read an answer that was saved with ``--json`` or ``simulate --out``.

    Args:
        path: The JSON file, at most 50 MB.

    Raises:
        InputError: It is no JSON, or no answer of prenuc.
    """
    source = load(path)
    text, _ = source.text()
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise source.problem("this is not JSON", "Save it again with --json", line) from None
    readers = {"measurements": _simulation, "scheme": _fit}
    try:
        if isinstance(document, list) and document and "first_exciton_nm" in document[0]:
            return _analysis(document, str(path))
        for key, reader in readers.items():
            if isinstance(document, dict) and key in document:
                return reader(document, str(path))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        what = f"the answer is not complete ({type(error).__name__}: {error})"
        raise source.problem(what, f"Save the answer of {KNOWN} again") from None
    except InputError as error:
        raise InputError([problem.at(str(path)) for problem in error.problems]) from None
    raise source.problem("this JSON is no answer of prenuc", f"Save one of {KNOWN} with --json")


def _simulation(document: dict[str, Any], file: str) -> Stored:
    measurements = document["measurements"]
    assumed = document.get("assumptions", [])
    history = ("simulated", *(f"{a['name']}: {quantity(a)} ({a['status']})" for a in assumed))
    series = SpectrumSeries(
        wavelength=np.array(measurements[0]["wavelength_nm"], dtype=float),
        time=np.array([one["time_min"] for one in measurements], dtype=float),
        absorbance=np.array([one["absorbance"] for one in measurements], dtype=float),
        labels=tuple(str(one["label"]) for one in measurements),
        metadata={"recipe": str(document["recipe"]), "mechanism": str(document["mechanism"])},
        history=history,
    )
    return Stored(
        title=f"Simulation: {document['recipe']} with {document['mechanism']}",
        file=file,
        tables=(assumptions_table(assumed),) if assumed else (),
        warnings=tuple(map(str, document.get("warnings", ()))),
        series=series,
        sources=tuple(str(a["source"]) for a in assumed),
    )


def _fit(document: dict[str, Any], file: str) -> Stored:
    history = tuple((str(line),) for line in document.get("history", ()))
    said = Table(caption="What was assumed", headings=("oldest first",), rows=history)
    reason = document.get("reason")
    muted = (f"No interval: {reason}",) if reason else ()
    return Stored(
        title=f"Kinetics: {document['scheme']}",
        file=file,
        tables=(constants_table(document), said),
        warnings=muted + tuple(map(str, document.get("warnings", ()))),
    )


def _analysis(document: list[dict[str, Any]], file: str) -> Stored:
    warnings = dict.fromkeys(str(line) for row in document for line in row["warnings"])
    return Stored(
        title="First excitons",
        file=file,
        tables=(exciton_table(document, files=True),),
        warnings=tuple(warnings),
    )
