"""What a dropped file opens on the screen Flask: a report, a saved answer, a state, a protocol.

A file is read by the process of :mod:`prenuc.present.app.read_child`, which hands back texts and
numbers alone: a protocol, the name of a mechanism, and its constants where they are others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.facts.document import Node
from prenuc.facts.yaml_file import load
from prenuc.observe.series import SpectrumSeries
from prenuc.present.app.written import mechanism_from, protocol_from
from prenuc.present.files.extract import extract
from prenuc.present.files.kept import Kept
from prenuc.present.files.protocols import protocol_text
from prenuc.present.files.saved import read_answer
from prenuc.protocol.protocol import read_protocol
from prenuc.scope.choice import mechanism_for
from prenuc.simulation.solution import Run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from prenuc.errors import Problem
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

STATE = "recipe", "protocol", "mechanism", "change", "moved"  # of ``flask.state``


def opening(path: Path) -> dict[str, Any]:
    """Return what ``flask.open`` is to be asked for a file.

    Args:
        path: The file.

    Raises:
        InputError: It can be read, but holds no flask; or it cannot be read.
    """
    ending = path.suffix.lower()
    if ending in {".yaml", ".yml"}:
        return _written(path)
    if ending in {".html", ".htm"}:
        return _of_run(extract(path).results, str(path))
    state = _state(path)
    return state or _of_run(_saved(path), str(path))


def spectra_in(path: Path) -> SpectrumSeries:
    """Return the first spectra that a report holds.

    Args:
        path: The report.

    Raises:
        InputError: It holds none, or is no report.
    """
    found = (one for one in extract(path).results if isinstance(one, SpectrumSeries))
    series = next(found, None)
    if series is None:
        what = "this report holds no spectra"
        raise InputError(what, "Open it on the screen Flask", where=str(path))
    return series


def _saved(path: Path) -> tuple[Any, ...]:
    """Return the results of a saved answer; none where an older version saved it."""
    found = read_answer(path)
    return found.results if isinstance(found, Kept) else ()


def _written(path: Path) -> dict[str, Any]:
    """Return a protocol file as its text."""
    problems: list[Problem] = []
    if "protocol" not in Node(load(path), str(path), problems):
        what = "this file holds no protocol"
        raise InputError(what, "Give a mechanism beside a protocol", where=str(path))
    protocol, named = read_protocol(path)
    return {"protocol": protocol_text(protocol, named or ""), "mechanism": named}


def _state(path: Path) -> dict[str, Any]:
    """Return a saved state, whose texts can be read; nothing where the file is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError):
        return {}
    is_state = isinstance(found, dict) and ("moved" in found or "change" in found)
    state = {key: found[key] for key in STATE if key in found} if is_state else {}
    text, named = state.get("protocol"), state.get("mechanism")
    if isinstance(text, str):
        done, _ = protocol_from(text)  # here, where what is hostile does no harm
        if isinstance(named, str) and "\n" in named:
            mechanism_from(named, done)
    return state


def _of_run(results: Iterable[Any], where: str) -> dict[str, Any]:
    """Return the first run of some results, as what makes it again.

    Raises:
        InputError: None is one, or its mechanism is one of a user's own.
    """
    run = next((one for one in results if isinstance(one, Run)), None)
    if run is None:
        what = "this holds no simulated flask"
        raise InputError(what, "Open it on the screen Spectra", where=where)
    change = _changed(run.mechanism, run.protocol)
    text = protocol_text(run.protocol, run.mechanism.name)
    return {"protocol": text, "mechanism": run.mechanism.name, "change": change}


def _changed(mechanism: Mechanism, protocol: Protocol) -> dict[str, float]:
    """Return the constants in which a mechanism is not the package's own."""
    usual = mechanism_for(mechanism.name, protocol).constants
    return {
        name: value.quantity.to(usual[name].quantity.unit)
        for name, value in mechanism.parameters.items()
        if name in usual and value.quantity != usual[name].quantity
    }
