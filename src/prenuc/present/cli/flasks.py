"""What is laid over each other: protocols with variations, saved answers, measured files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

import prenuc as pn
from prenuc.errors import InputError, Problem, noting
from prenuc.facts.catalogue import entries
from prenuc.present.cli.input import read_input, read_protocol_or_recipe, spectra_or_saved
from prenuc.present.cli.simulation import chosen_mechanism
from prenuc.protocol.alternatives import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Run

PROTOCOLS, SAVED = {".yaml", ".yml"}, {".json"}


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
    found: list[Given] = []
    for text in what:
        with noting(problems):
            found.append(_read(text, mechanism))
    flasks = [one for one in found if isinstance(one, Flask)]
    if vary and not flasks and not problems:
        raise InputError("--vary has no protocol to change", "Name a protocol or a recipe")
    several = len(flasks) > 1
    everything: list[Given] = []
    for one in found:
        everything.append(one)
        if isinstance(one, Flask):
            with noting(problems):
                everything += _varied(one, vary, several=several)
    if problems:
        raise InputError(problems)
    return _named_apart(everything)


def _read(text: str, mechanism: str | None) -> Given:
    path, suffix = Path(text), Path(text).suffix.lower()
    if suffix in SAVED:
        return Spectra(path.stem, spectra_or_saved(path), measured=False)
    if suffix not in PROTOCOLS and path.exists():
        return Spectra(path.stem, read_input(path, read=spectra_or_saved), measured=True)
    if suffix and suffix not in PROTOCOLS and text not in entries("recipes"):
        raise InputError("there is no such file", "Check the name and the folder", where=text)
    protocol, own = read_protocol_or_recipe(text)
    return Flask(protocol.name, protocol, chosen_mechanism(mechanism or own, text, protocol))


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


def _named_apart(found: list[Given]) -> list[Given]:
    """Return everything under names that differ: where two are called the same, by number."""
    names = [one.name for one in found]
    if len({*names}) == len(names):
        return found

    count: dict[str, int] = {}
    apart: list[Given] = []
    for one in found:
        count[one.name] = count.get(one.name, 0) + 1
        again = names.count(one.name) > 1
        apart.append(replace(one, name=f"{one.name} ({count[one.name]})") if again else one)
    return apart


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
