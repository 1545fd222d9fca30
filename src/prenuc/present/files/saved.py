"""Answers that were saved with ``--json``, read back for a report or for an exchange file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError
from prenuc.observe.readers.source import load
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from collections.abc import Sequence

KNOWN = "prenuc simulate, prenuc fit or prenuc analyze"


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a saved answer.

    Args:
        caption: What it shows.
        headings: Heading of each column.
        rows: Cells as text, row by row.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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
    history = ("simulated", *(f"{a['name']}: {_value(a)} ({a['status']})" for a in assumed))
    series = SpectrumSeries(
        wavelength=np.array(measurements[0]["wavelength_nm"], dtype=float),
        time=np.array([one["time_min"] for one in measurements], dtype=float),
        absorbance=np.array([one["absorbance"] for one in measurements], dtype=float),
        labels=tuple(str(one["label"]) for one in measurements),
        metadata={"recipe": str(document["recipe"]), "mechanism": str(document["mechanism"])},
        history=history,
    )
    rows = [(a["name"], _value(a), a["status"], a["source"], a.get("why", "")) for a in assumed]
    headings = ("assumption", "value", "status", "source", "why it matters")
    return Stored(
        title=f"Simulation: {document['recipe']} with {document['mechanism']}",
        file=file,
        tables=(_table("What had to be assumed", headings, rows),) if rows else (),
        warnings=tuple(map(str, document.get("warnings", ()))),
        series=series,
        sources=tuple(str(a["source"]) for a in assumed),
    )


def _fit(document: dict[str, Any], file: str) -> Stored:
    rows = []
    for name, one in document["parameters"].items():
        ends = one.get("ci95") or (None, None)
        interval = " to ".join(map(_number, ends)) if None not in ends else ""
        known = "" if one.get("identifiable", True) else "not identifiable from these data"
        rows.append((name, _value(one) if one["value"] is not None else "", interval, known))
    rows += [(name, _number(value), "", "derived") for name, value in document["derived"].items()]
    history = [(str(line),) for line in document.get("history", ())]
    return Stored(
        title=f"Kinetics: {document['scheme']}",
        file=file,
        tables=(
            _table("Parameters", ("parameter", "value", "95 % interval", ""), rows),
            _table("What was assumed", ("oldest first",), history),
        ),
        warnings=_muted(document) + tuple(map(str, document.get("warnings", ()))),
    )


def _muted(document: dict[str, Any]) -> tuple[str, ...]:
    """Return why a fit has no interval, where it has none."""
    reason = document.get("reason")
    return (f"No interval: {reason}",) if reason else ()


def _analysis(document: list[dict[str, Any]], file: str) -> Stored:
    rows = [
        (
            Path(row["file"]).name,
            row["label"],
            row["status"],
            _fixed(row["first_exciton_nm"], 1),
            " to ".join(_fixed(end, 1) for end in row["ci95_nm"]),
            _fixed(row["hwhm_nm"], 1),
            _fixed(row["diameter_nm"], 2),
        )
        for row in document
    ]
    headings = ("file", "spectrum", "what", "first exciton / nm", "95 % interval", "HWHM / nm")
    warnings = dict.fromkeys(str(line) for row in document for line in row["warnings"])
    return Stored(
        title="First excitons",
        file=file,
        tables=(_table("One row a spectrum", (*headings, "diameter / nm"), rows),),
        warnings=tuple(warnings),
    )


def _table(caption: str, headings: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> Table:
    cells = tuple(tuple(str(cell) for cell in row) for row in rows)
    return Table(caption=caption, headings=headings, rows=cells)


def _value(one: dict[str, Any]) -> str:
    unit = str(one.get("unit", "1"))
    return _number(one["value"]) + ("" if unit in {"1", ""} else f" {unit}")


def _fixed(number: float | None, digits: int) -> str:
    return "–" if number is None else f"{number:.{digits}f}"


def _number(number: Any) -> str:
    return "–" if number is None else f"{float(number):.5g}"
