"""What is laid over each other: protocols with variations, saved answers, measured files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import prenuc as pn
from prenuc.errors import InputError, Problem, noting
from prenuc.facts.catalogue import entries
from prenuc.present.cli.output import echo, progress
from prenuc.present.files.input import read_input, spectra_or_saved
from prenuc.present.files.named import mechanism_of, read_protocol_or_recipe
from prenuc.protocol.alternatives import alternatives
from prenuc.protocol.vessel import reagent
from prenuc.quantities import percent

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
class Asked:
    """What is asked of every flask.

    Args:
        mechanism: What could happen; that of its file, or ours, when None.
        inert: Reagents that are not to react.
        extrapolate: Whether it may run far outside the temperatures of the constants.
    """

    mechanism: str | None = None
    inert: tuple[str, ...] = ()
    extrapolate: bool = False


@dataclass(frozen=True)
class Flask:
    """A protocol that can be run.

    Args:
        name: In a legend.
        protocol: What is done.
        what: The file or the recipe that it is from.
        own: The mechanism that is named there, if any.
        asked: What is asked of every flask.
    """

    name: str
    protocol: Protocol
    what: str
    own: str | None
    asked: Asked

    @cached_property
    def mechanism(self) -> Mechanism:
        """What could happen, for the precursors of the protocol."""
        named = self.asked.mechanism or self.own
        return mechanism_of(named, self.what, self.protocol, self.inert)

    @property
    def inert(self) -> tuple[str, ...]:
        """Which of the reagents that are not to react it charges."""
        return tuple(one for one in self.asked.inert if reagent(one).id in self.protocol.reagents)


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
NOTHING = Asked()


def given(what: Sequence[str], vary: Sequence[str] = (), asked: Asked = NOTHING) -> list[Given]:
    """Return what is named, each flask followed by its variations.

    Args:
        what: Files of protocols, recipes, saved answers (.json), measured files or folders.
        vary: Changes, a list of values in one of them for as many variations.
        asked: What is asked of every flask.

    Raises:
        InputError: Everything that is wrong with any of them.
    """
    problems: list[Problem] = []
    read: dict[int, Given] = {}
    for place, text in enumerate(what):
        with noting(problems):
            read[place] = _read(text, asked)
    found = _named_apart(read, what)
    flasks = [one for one in found if isinstance(one, Flask)]
    if vary and not flasks and not problems:
        raise InputError("--vary has no protocol to change", "Name a protocol or a recipe")
    for name in asked.inert:
        if not any(name in one.inert for one in flasks) and not problems:
            raise InputError(f"--inert {name}: no flask charges it", "Leave it out")
    everything: list[Given] = []
    for one in found:
        everything.append(one)
        if isinstance(one, Flask):
            with noting(problems):
                everything += _varied(one, vary, several=len(flasks) > 1)
    if problems:
        raise InputError(problems)
    return everything


def _read(text: str, asked: Asked) -> Given:
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
    return Flask(protocol.name, protocol, text, own, asked)


def _varied(flask: Flask, vary: Sequence[str], *, several: bool) -> Iterator[Flask]:
    """Yield a flask varied in every way that makes it another."""
    seen = [flask.protocol.steps]
    for text in vary:
        for change in alternatives(text):
            protocol = flask.protocol.varied(change)
            name = f"{flask.name}, {change}" if several else change
            if protocol.steps in seen:
                echo(f"prenuc: note: {name} is there already, and drawn once", err=True)
                continue
            seen.append(protocol.steps)
            yield replace(flask, name=name, protocol=protocol)


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


def runs_of(flasks: Sequence[Flask]) -> list[Run]:
    """Run flasks, and say on standard error what a reader should know.

    Args:
        flasks: In any order; what one has in common with the one before is not run again.

    Raises:
        InputError: Any of them is out of the scope of its mechanism; all of them at once.
        SimulationError: The integrator gave up.
    """
    problems: list[Problem] = []
    runs: list[Run] = []
    told: dict[str, list[str]] = {}
    with progress("simulating") as report:
        for number, flask in enumerate(flasks):
            with noting(problems, flask.name):
                run = _run(flask, runs[-1] if runs else None)
                runs.append(run)
                for warning in (*flask.protocol.warnings, *run.warnings, *_held_up(run)):
                    told.setdefault(str(warning), []).append(flask.name)
            report((number + 1) / len(flasks))
    if problems:
        raise InputError(problems)
    _warn(told, len(flasks))
    return runs


def _run(flask: Flask, earlier: Run | None) -> Run:
    """Run a flask from where it differs from an earlier one."""
    asked: dict[str, Any] = {"inert": flask.inert, "extrapolate": flask.asked.extrapolate}
    run = pn.simulate(flask.mechanism, flask.protocol, earlier=earlier, **asked)
    if not run.measurements:
        mend = f"Add 'measure {flask.protocol.vessels[0]}', or plot --what course"
        raise InputError("the protocol measures nothing", mend)
    return run


def _warn(told: Mapping[str, Sequence[str]], flasks: int) -> None:
    """Say once what holds for some flasks, or for every one of several."""
    for text, names in told.items():
        where = "every flask" if len(names) == flasks > 1 else "; ".join(dict.fromkeys(names))
        echo(f"prenuc: warning: {where}: {text}", err=True)


def _held_up(run: Run) -> list[str]:
    """Return a warning where many dots have the largest size that is counted."""
    from prenuc.observe.course import MANY, share_at_end

    share = max(share_at_end(run, run.measurements).tolist(), default=0.0)
    told = f"{percent(share)} of the volume of dots is in the largest size that is counted"
    return [f"{told}, which holds their growth up"] if share > MANY else []
