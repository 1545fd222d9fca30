"""A folder of measured flasks: spectra, and beside them what was done.

The file ``flasks.yaml`` in the folder says which belong together::

    flasks:
      - {spectra: 180.csv, protocol: batch.yaml}
      - {spectra: 160.csv, protocol: batch.yaml, change: heat flask = 160 degC}
      - {spectra: thin.csv, protocol: batch.yaml, change: dilute charge flask = 3}
      - {spectra: published.csv, protocol: cds-msc-311-in-toluene, path length: 2 mm}
    absorbing: [B]        # components whose spectra nobody knows
    amounts: unknown      # of these, so that each flask has spectra of its own
    noise: 0.003          # absorbance that a reading is off by at least

``protocol`` is a protocol file or a recipe of the catalogue, ``change`` what was done otherwise
(:mod:`prenuc.protocol.varying`), ``path length`` that of the cuvette, 1 cm where it is not said.
With ``amounts: unknown`` only the course of what absorbs counts and not how much of it there is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.errors import FitError, InputError, Problem, nearest_names, noting
from prenuc.facts.catalogue import entries
from prenuc.facts.document import Node
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.facts.yaml_file import load
from prenuc.observe.readers import read
from prenuc.protocol.assumptions import Assumption
from prenuc.protocol.protocol import Protocol, read_protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from prenuc.observe.series import SpectrumSeries

MANIFEST = "flasks.yaml"
FORM = "'flasks: - {spectra: 180.csv, protocol: batch.yaml}'"
PATH_LENGTH = "path length"
SPECTRA = (".csv", ".txt", ".dat", ".tsv", ".jdx", ".dx", ".spc", ".kd")  # what one forgets to name


@dataclass(frozen=True)
class Flask:
    """Spectra of one batch, and what was done.

    Args:
        name: Of its file.
        spectra: Absorbance.
        protocol: What was done.
        where: ``file:line``, for messages.
    """

    name: str
    spectra: SpectrumSeries
    protocol: Protocol
    where: str


@dataclass(frozen=True)
class MeasuredFlasks:
    """What a folder holds.

    Args:
        flasks: One for each file of spectra.
        absorbing: Components that absorb and whose spectra nobody knows.
        where: ``file:line`` where these are named.
        apart: Whether each flask has spectra of its own, since nobody knows how much was charged.
        noise: Absorbance that a reading is off by at least; None where that is not said.
        warnings: What a reader should know.
    """

    flasks: tuple[Flask, ...]
    absorbing: tuple[str, ...] = ()
    where: str = ""
    apart: bool = False
    noise: float | None = None
    warnings: tuple[str, ...] = ()


def read_flasks(folder: Path, reader: Callable[[Path], SpectrumSeries] = read) -> MeasuredFlasks:
    """Return the flasks of a folder.

    Args:
        folder: With a file ``flasks.yaml``; see the module.
        reader: Reads one file of spectra.

    Raises:
        InputError: Anything is missing or unclear; all problems at once, with file and line.
    """
    if not folder.is_dir():
        raise FitError("this is no folder", "Give a folder with a file flasks.yaml", str(folder))
    path = folder / MANIFEST
    if not path.is_file():
        mend = f"Write into it which spectra belong to which protocol: {FORM}"
        near = nearest_names(MANIFEST, [one.name for one in folder.iterdir()])
        raise FitError(Problem(f"there is no file {MANIFEST}", mend, near, str(folder)))
    problems: list[Problem] = []
    node = Node(load(path), str(path), problems)
    listed = node.children("flasks")
    absorbing, where = node.texts("absorbing"), node.where("absorbing")
    apart, noise = _amounts(node), _noise(node)
    node.finish("a list of flasks")
    if not listed and not problems:
        node.problem("there is no flask", "flasks", f"Write {FORM}")
    found = [flask for entry in listed if (flask := _flask(entry, folder, reader)) is not None]
    named: set[str] = set()
    for flask in found:
        if flask.name in named:
            problems.append(Problem(f"'{flask.name}' stands twice", "Delete one", (), flask.where))
        named.add(flask.name)
    problems += _twice(found)
    if problems:
        raise FitError(problems)
    warnings = tuple(_forgotten(folder, named))
    return MeasuredFlasks(tuple(found), absorbing, where, apart, noise, warnings)


def _amounts(node: Node) -> bool:
    """Return whether the amounts of what absorbs are said to be unknown."""
    said = node.text("amounts", default="known")
    if said not in {"known", "unknown"}:
        node.problem(f"amounts are '{said}'", "amounts", "Write 'known' or 'unknown'")
    return said == "unknown"


def _noise(node: Node) -> float | None:
    """Return the absorbance that a reading is off by at least."""
    if "noise" not in node:
        return None
    noise = node.number("noise")
    if not 0.0 < noise < 1.0:
        node.problem(f"noise is {noise:g}", "noise", "Give it in absorbance, as in 'noise: 0.003'")
    return noise


def _flask(entry: Node, folder: Path, reader: Callable[[Path], SpectrumSeries]) -> Flask | None:
    """Return one flask; None where anything is wrong with it, which is noted."""
    before = len(entry.problems)
    file, done = entry.text("spectra"), entry.text("protocol")
    change, length = entry.text("change", default=""), entry.text(PATH_LENGTH, default="")
    entry.finish("a flask")
    series = protocol = None
    if _there(entry, "spectra", file, folder):
        with noting(entry.problems, entry.where("spectra")):
            series = reader(folder / file)
            if series.signal != "absorbance":
                raise FitError(f"{file} holds {series.signal}", "Give absorbance")
    with noting(entry.problems, entry.where("protocol")):
        protocol = _protocol(entry, done, folder)
    if protocol is not None and change:
        with noting(entry.problems, entry.where("change")):
            protocol = protocol.varied(change)
    if protocol is not None and length:
        with noting(entry.problems, entry.where(PATH_LENGTH)):
            protocol = _through(protocol, entry)
    if len(entry.problems) > before or series is None or protocol is None:
        return None
    return Flask(file, series, protocol, entry.where())


def _protocol(entry: Node, done: str, folder: Path) -> Protocol | None:
    """Return the protocol of a file in the folder, or of a recipe."""
    if done.endswith((".yaml", ".yml")):
        return read_protocol(folder / done)[0] if _there(entry, "protocol", done, folder) else None
    recipes = entries("recipes")
    if done and done not in recipes:
        near = nearest_names(done, recipes)
        entry.problem(
            f"'{done}' is neither a recipe nor a .yaml file", "protocol", "Fix the name", near
        )
    return Protocol.from_recipe(recipes[done]) if done in recipes else None


def _there(entry: Node, key: str, file: str, folder: Path) -> bool:
    """Return whether a file lies in the folder; a file that does not is noted."""
    if file and (folder / file).exists():
        return True
    if file:
        near = nearest_names(file, [one.name for one in folder.iterdir()])
        entry.problem(f"there is no file '{file}' in the folder", key, "Fix the name", near)
    return False


def _through(protocol: Protocol, entry: Node) -> Protocol:
    """Return a protocol whose cuvette has a length of its own."""
    quantity = entry.written(PATH_LENGTH)
    if quantity is None:
        return protocol
    if quantity.require("cm").si <= 0:
        raise InputError(f"'{quantity}' is no path length", "Write it as in '2 mm'")
    value = Value(quantity, Source("user", entry.where(PATH_LENGTH)), "measured")
    others = tuple(one for one in protocol.assumptions if one.name != PATH_LENGTH)
    return replace(protocol, assumptions=(*others, Assumption(PATH_LENGTH, value)))


def _twice(flasks: Sequence[Flask]) -> Iterator[Problem]:
    """Yield a problem for every file that holds the numbers of another: they would count twice."""
    seen: dict[bytes, str] = {}
    for flask in flasks:
        first = seen.setdefault(flask.spectra.absorbance.tobytes(), flask.name)
        if first != flask.name:
            what = f"'{flask.name}' holds the same spectra as '{first}'"
            yield Problem(what, "Leave one of them out", (), flask.where)


def _forgotten(folder: Path, named: set[str]) -> list[str]:
    """Return a warning for every file that looks like spectra and is of no flask."""
    inside = sorted(one.name for one in folder.iterdir() if one.suffix.lower() in SPECTRA)
    return [f"{name} lies in the folder and is of no flask" for name in inside if name not in named]
