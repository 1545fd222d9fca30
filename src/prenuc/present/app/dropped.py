"""What a dropped file holds: a flask, spectra, or a verdict for the screen Court.

It is a report, a saved answer, a state or a protocol. A file is read by the process of
:mod:`prenuc.present.app.read_child`, which hands back texts and numbers alone: a protocol, a
mechanism by its name or as the text of its file, and constants where they are others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, MechanismError, listed, noting
from prenuc.facts.document import Node
from prenuc.facts.yaml_file import load, text_of
from prenuc.infer.fit.results import AbstractFit
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace
from prenuc.present.app import fitted
from prenuc.present.app.carried import TOGETHER
from prenuc.present.app.verdicts import VERDICTS, verdict
from prenuc.present.files.again import in_one_file, made_again
from prenuc.present.files.extract import extract
from prenuc.present.files.kept import Kept
from prenuc.present.files.protocols import protocol_text
from prenuc.present.files.saved import read_answer
from prenuc.present.files.summary import summary
from prenuc.present.files.written import base_file, is_text, mechanism_from, protocol_from
from prenuc.protocol.protocol import read_protocol
from prenuc.simulation.solution import Run
from prenuc.sweeps.swept import Swept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from prenuc.errors import Problem

STATE = "recipe", "protocol", "mechanism", "change", "moved"  # of ``flask.state``
MECHANISM = "reactions", "based_on"  # one of which stands in its file
WRITTEN, REPORTS = {".yaml", ".yml"}, {".html", ".htm"}
FLASKS, DATA = (Run, Swept), (SpectrumSeries, Trace)
BESIDE: dict[str, tuple[type, ...]] = {
    "court": VERDICTS,
    "spectra": DATA,
}  # screens, and what each shows
MOST_FITS = 10  # of a report that are shown
DEEPEST = 4  # results within results: the data of the sets of a fit of many


def leading(paths: Sequence[Path]) -> tuple[int, list[str]]:
    """Return which of some files that come together is shown, and the screens that can, best first.

    Mechanisms may lie beside it: a protocol names the one that it is for, and a mechanism the one
    that it is based on.

    Args:
        paths: The files.

    Raises:
        InputError: None can be shown, one cannot be read, or several hold something of their own.
    """
    problems: list[Problem] = []
    found: dict[int, tuple[bool, list[str]]] = {}
    for place, path in enumerate(paths):
        with noting(problems):
            found[place] = _shown_by(path)
    if problems:
        raise InputError(problems)
    lone = {place: _basis(paths[place]) for place, (alone, _) in found.items() if alone}
    last = [place for place in lone if paths[place].name not in lone.values()]
    whole = [place for place in found if place not in lone] or last
    if len(whole) != 1:
        names = listed([paths[place].name for place in whole or found])
        raise InputError(f"{names} cannot be shown at once", "Drop one of them, then another")
    return whole[0], found[whole[0]][1]


def _shown_by(path: Path) -> tuple[bool, list[str]]:
    """Return whether a file is a mechanism and no more, and the screens that can show it."""
    if _basis(path):
        return True, ["flask"]
    if path.suffix.lower() in WRITTEN or _state(path):
        return opening(path).keys() == {"mechanism"}, ["flask"]
    held = _held(path)
    beside = [name for name, kinds in BESIDE.items() if _within(held, kinds)]
    if not beside and not _within(held, FLASKS):
        raise _nothing("flask, no spectra and no verdict", held, str(path))
    try:
        _of_run(held, str(path))
    except InputError:
        if not beside:
            raise
        return False, beside
    return False, ["flask", *beside]


def _basis(path: Path) -> str:
    """Return the file that a mechanism file is based on; "" where there is none."""
    return base_file(load(path)) if path.suffix.lower() in WRITTEN else ""


def opening(path: Path, beside: Sequence[Path] = ()) -> dict[str, Any]:
    """Return what ``flask.open`` is to be asked for a file; of a mechanism, that alone.

    Args:
        path: The file.
        beside: Mechanism files, on one of which it may be based.

    Raises:
        InputError: It can be read, but holds no flask; or it cannot be read.
    """
    if path.suffix.lower() in WRITTEN:
        return _written(path, beside)
    return _state(path) or _of_run(_held(path), str(path))


def data_in(path: Path) -> tuple[SpectrumSeries | Trace, list[dict[str, Any]]]:
    """Return the first spectra, or the first trace, of a report or a saved answer, and its fits.

    Args:
        path: The file.

    Raises:
        InputError: It holds none, or is neither.
    """
    held = _held(path)
    found = _within(held, DATA)
    if not found:
        raise _nothing("spectra", held, str(path))
    data: SpectrumSeries | Trace = found[0]
    fits = _within(held, (AbstractFit,))
    told = [f"the first of {len(found)} in {path.name}"] if len(found) > 1 else []
    if len(fits) > MOST_FITS:
        told.append(f"the first {MOST_FITS} of {len(fits)} fits in {path.name} are shown")
    data = replace(data, history=(*data.history, *told))
    return data, [fitted.shown(one) for one in fits[:MOST_FITS]]


def verdicts_in(path: Path) -> list[dict[str, Any]]:
    """Return what a report or a saved answer says of models and of steps.

    Args:
        path: The file.

    Raises:
        InputError: It says nothing of them, or is neither.
    """
    held = _held(path)
    found = _within(held, VERDICTS)
    if not found:
        raise _nothing("verdict", held, str(path))
    return [verdict(one) for one in found]


def _held(path: Path) -> tuple[Any, ...]:
    """Return the results of a report or of a saved answer."""
    if path.suffix.lower() in REPORTS:
        return extract(path).results
    found = read_answer(path)
    return found.results if isinstance(found, Kept) else (found,)


def _within(held: Iterable[Any], kinds: tuple[type, ...]) -> list[Any]:
    """Return the results of some kinds that lie least deep within others."""
    level = [*held]
    for _ in range(DEEPEST):
        found = [one for one in level if isinstance(one, kinds)]
        if found:
            return found
        level = [part for one in level for part in _parts(one)]
    return []


def _parts(one: Any) -> list[Any]:
    if isinstance(one, Mapping):
        return [*one.values()]
    if isinstance(one, tuple):
        return [*one]
    return [getattr(one, field.name) for field in fields(one)] if is_dataclass(one) else []


def _nothing(wanted: str, held: tuple[Any, ...], where: str) -> InputError:
    """Return what is said of a file that can be read and holds something else."""
    told = [one.subject for one in map(summary, held) if one is not None]
    about = f", but '{listed(told)}'" if told else ""
    mend = "It is read in a browser, or given back by prenuc report --extract"
    if not where.endswith((".html", ".htm")):
        mend = "prenuc report makes a page of it"
    return InputError(f"this holds no {wanted}{about}", mend, where=where)


def _written(path: Path, beside: Sequence[Path]) -> dict[str, Any]:
    """Return a protocol file, or a mechanism file, as its text."""
    problems: list[Problem] = []
    node = Node(load(path), str(path), problems)
    if "protocol" in node:
        protocol, named = read_protocol(path)
        return {"protocol": protocol_text(protocol, named or ""), "mechanism": named}
    if not any(key in node for key in MECHANISM):
        what = "this file holds neither a protocol nor a mechanism"
        raise InputError(what, "Write 'protocol:' or 'reactions:' into it", where=str(path))
    base = base_file(node.data)
    there = [one for one in beside if one.name == base]
    if base and not there:
        what = f"this mechanism is based on another file, {base}"
        raise MechanismError(what, TOGETHER, where=node.where("based_on"))
    text = in_one_file(path, there[0]) if there else text_of(path)
    mechanism_from(text)  # here, where what is hostile does no harm
    return {"mechanism": text}


def _state(path: Path) -> dict[str, Any]:
    """Return a saved state, whose texts can be read; nothing where the file is something else."""
    if path.suffix.lower() in REPORTS:
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text, parse_constant=lambda _: None)  # NaN, which no message may hold
    except (ValueError, RecursionError, OSError):
        return {}
    is_state = isinstance(found, dict) and ("moved" in found or "change" in found)
    state = {key: found[key] for key in STATE if key in found} if is_state else {}
    done_as, named = state.get("protocol"), state.get("mechanism")
    if isinstance(done_as, str):
        done, _ = protocol_from(done_as)  # here, where what is hostile does no harm
        if isinstance(named, str) and is_text(named):
            mechanism_from(named, done)
    return state


def _of_run(held: tuple[Any, ...], where: str) -> dict[str, Any]:
    """Return the first flask of some results, as what makes it again.

    Raises:
        InputError: None is one, or the file of its mechanism is not known.
    """
    found = _within(held, FLASKS)
    if not found:
        raise _nothing("flask", held, where)
    again = made_again(found[0].mechanism, found[0].protocol, where)
    return {
        "protocol": protocol_text(again.protocol, ""),
        "mechanism": again.mechanism,
        "change": {name: one.number for name, one in again.change.items()},
    }
