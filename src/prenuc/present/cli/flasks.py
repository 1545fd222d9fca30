"""What is laid over each other: protocols with variations, saved answers, measured files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

import prenuc as pn
from prenuc.errors import InputError, Problem, noting
from prenuc.facts.catalogue import entries
from prenuc.present.cli.input import (
    mechanism_of,
    read_input,
    read_protocol_or_recipe,
    spectra_or_saved,
)
from prenuc.protocol.alternatives import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Run

PROTOCOLS, SAVED = {".yaml", ".yml"}, {".json"}
RUN = ".nc"  # what Run.save wrote
WRITTEN = "simulation.json"  # in the folder that prenuc simulate --out wrote


@dataclass(frozen=True)
class Flask:
    """A protocol that can be run.

    Args:
        name: In a legend.
        protocol: What is done.
        mechanism: What could happen.
    """

    name: str
    protocol: Protocol
    mechanism: Mechanism


@dataclass(frozen=True)
class Spectra:
    """Spectra that are there already.

    Args:
        name: In a legend.
        series: They.
        measured: Whether they are data, and not a saved simulation.
    """

    name: str
    series: SpectrumSeries
    measured: bool


Given = Flask | Spectra


def given(
    what: Sequence[str], vary: Sequence[str] = (), mechanism: str | None = None
) -> list[Given]:
    """Return what is named, each flask followed by its variations.

    Args:
        what: Files of protocols, recipes, saved answers (.json), measured files or folders.
        vary: Changes, a list of values in one of them for as many variations.
        mechanism: What could happen in every flask; that of its file, or ours, when None.

    Raises:
        InputError: Everything that is wrong with any of them.
    """
    problems: list[Problem] = []
    read: dict[int, Given] = {}
    for place, text in enumerate(what):
        with noting(problems):
            read[place] = _read(text, mechanism)
    found = _named_apart(read, what)
    flasks = [one for one in found if isinstance(one, Flask)]
    if vary and not flasks and not problems:
        raise InputError("--vary has no protocol to change", "Name a protocol or a recipe")
    everything: list[Given] = []
    for one in found:
        everything.append(one)
        if isinstance(one, Flask):
            with noting(problems):
                everything += _varied(one, vary, several=len(flasks) > 1)
    if problems:
        raise InputError(problems)
    return everything


def _read(text: str, mechanism: str | None) -> Given:
    from prenuc.simulation.archive import holds_run

    path, suffix = Path(text), Path(text).suffix.lower()
    inside = path / WRITTEN
    if suffix in SAVED or inside.is_file():
        saved = inside if inside.is_file() else path
        return Spectra(path.stem, spectra_or_saved(saved), measured=False)
    if suffix == RUN and holds_run(path):
        return Spectra(path.stem, pn.uv_vis(pn.Run.load(path)), measured=False)
    if suffix not in PROTOCOLS and path.exists():
        return Spectra(path.stem, read_input(path, read=spectra_or_saved), measured=True)
    if suffix and suffix not in PROTOCOLS and text not in entries("recipes"):
        raise InputError("there is no such file", "Check the name and the folder", where=text)
    protocol, own = read_protocol_or_recipe(text)
    return Flask(protocol.name, protocol, mechanism_of(mechanism or own, text, protocol))


def _varied(flask: Flask, vary: Sequence[str], *, several: bool) -> Iterator[Flask]:
    """Yield a flask varied in every way that makes it another."""
    seen = [flask.protocol.steps]
    for text in vary:
        for change in alternatives(text):
            protocol = flask.protocol.varied(change)
            if protocol.steps not in seen:
                seen.append(protocol.steps)
                name = f"{flask.name}, {change}" if several else change
                yield Flask(name, protocol, flask.mechanism)


def _named_apart(read: Mapping[int, Given], what: Sequence[str]) -> list[Given]:
    """Return everything under names that differ: those called the same by file, else by path."""
    count = Counter(one.name for one in read.values())
    again = [place for place, one in read.items() if count[one.name] > 1]
    stems = Counter(Path(what[place]).stem for place in again)
    called = {}
    for place in again:
        path = Path(what[place])
        called[place] = path.stem if stems[path.stem] == 1 else str(path.with_suffix(""))
    return [
        replace(one, name=called[place]) if place in called else one for place, one in read.items()
    ]


def run_of(flask: Flask, earlier: Run | None = None) -> Run:
    """Run a flask, and say on standard error what a reader should know.

    Args:
        flask: Protocol and mechanism.
        earlier: A run that may begin likewise.
    """
    run = pn.simulate(flask.mechanism, flask.protocol, earlier=earlier)
    for warning in (*flask.protocol.warnings, *run.warnings):
        click.echo(f"prenuc: warning: {flask.name}: {warning}", err=True)
    return run
