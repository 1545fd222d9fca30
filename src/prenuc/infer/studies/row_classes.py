"""Which rows of ``reproduce`` can fail, and how often random constants pass them.

Around the package's own constants 200 sets are drawn, each constant for itself and by its own seed,
so that a new constant moves no other (:func:`~prenuc.infer.court.priors.near`):

* rate and equilibrium constants and concentrations times exp(ln 3 · N(0, 1)); the constant by which
  one ligand is preferred to another not below one, which is no preference;
* activation energies (not below zero) and enthalpies plus up to ±10 kJ/mol, evenly;
* surface energies of dots times 0.8 to 1.2, evenly: about ±10 kJ/mol for the surface of one unit.

What is measured stays, and so does structure: orders, sites, sizes, reference temperatures. The
class of a row follows (:class:`~prenuc.facts.row_class.RowClass`):

* *trivial*: a control in which the reagents stay what they are passes;
* *input*: a position that is the same without any dots, hence that of a band of ``data/species``;
* *restated*: an earlier row asks for the same number; or one that is none of the above passes in
  exactly the same draws, and there are ten that pass and ten that do not;
* *by construction*: more than half of the draws pass, or the number is the same in all of them;
* *informative*: the others.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.catalogue import get
from prenuc.facts.row_class import RowClass
from prenuc.infer.calibration.draws import generator_of
from prenuc.infer.calibration.parallel import remembered
from prenuc.infer.calibration.varied import QUICK, Changed, ask, question, value_of
from prenuc.infer.court.priors import drawn_constants, near
from prenuc.infer.experiments.control import nothing_happens
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.measures import POSITIONS
from prenuc.infer.experiments.performed import Experiments
from prenuc.ledger import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check
    from prenuc.facts.row_class import Class
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose
    from prenuc.simulation.solution import Run

DRAWS, SEED = 200, 16
MOST = 0.5  # share of draws that may pass an informative row
SAME_NM = 0.5  # nm within which two positions are one
TOLD_APART = 10  # draws that must pass, and must not, before two rows can be called the same


def drawn(name: Name, draw: int) -> float:
    """Return a constant as it is drawn around the package's own, in its own unit.

    Args:
        name: Its parameter set and its name there.
        draw: Number of the draw.
    """
    return near(name, value_of(name).quantity.number, generator_of(SEED, draw, *name))


def numbers_of(
    checks: Sequence[Check], choose: Choose, names: Sequence[Name], draw: int
) -> dict[str, float]:
    """Return the number of each check in a draw.

    Args:
        checks: What is asked.
        choose: Gives every recipe its mechanism, with the package's own constants.
        names: The constants that are drawn.
        draw: Number of the draw.
    """
    change = {name: drawn(name, draw) for name in names}
    return ask(checks, Experiments(Changed(choose, change), solver=QUICK))


def row_classes(
    checks: Sequence[Check],
    choose: Choose,
    *,
    draws: int = DRAWS,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[RowClass]:
    """Draw random constants and return what each row can tell.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism; a function of a module with several workers.
        draws: How many sets of constants.
        workers: Processes to work with.
        ledger: File that remembers finished draws; a study goes on where it stopped.
        progress: Called with the finished share.
    """
    marks = Marks(choose)
    mark = {check.id: marks.of(check) for check in checks}
    pieces = {_key(draw, mark): draw for draw in range(draws)}
    do = partial(numbers_of, checks, choose, drawn_constants(checks, choose))
    with memory(ledger, "row classes") as kept:
        known = remembered(do, pieces, kept, plain=dict, workers=workers, progress=progress)
    found = {check.id: [numbers[check.id] for numbers in known.values()] for check in checks}
    kinds = _kinds(checks, choose, found)
    return [
        RowClass(
            check.id,
            kinds[check.id],
            sum(map(check.passes, found[check.id])),
            draws,
            ", ".join(dict.fromkeys(choose(get("recipes", r)).name for r in check.recipes)),
            mark[check.id],
        )
        for check in checks
    ]


def _key(draw: int, mark: Mapping[str, str]) -> str:
    said = f"{SEED}|{draw}|{sorted(mark.items())}"
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _kinds(
    checks: Sequence[Check], choose: Choose, found: Mapping[str, Sequence[float]]
) -> dict[str, Class]:
    """Return the class of each row, from the control, the spectra and the draws."""
    passed = {check.id: list(map(check.passes, found[check.id])) for check in checks}
    idle = ask(checks, Experiments(nothing_happens, solver=QUICK))
    given = inputs(checks, choose)
    kinds: dict[str, Class] = {}
    for place, check in enumerate(checks):
        before, draws = checks[:place], passed[check.id]
        told = [one for one in before if kinds[one.id] in {"by construction", "informative"}]
        if check.passes(idle[check.id]):
            kinds[check.id] = "trivial"
        elif question(check) in map(question, before):
            kinds[check.id] = "restated"
        elif check.id in given:
            kinds[check.id] = "input"
        elif any(_alike(draws, passed[other.id]) for other in told):
            kinds[check.id] = "restated"
        elif sum(draws) > MOST * len(draws) or _fixed(found[check.id]):
            kinds[check.id] = "by construction"
        else:
            kinds[check.id] = "informative"
    return kinds


def _fixed(numbers: Sequence[float]) -> bool:
    """Return whether there are numbers, and all are the same."""
    known = [number for number in numbers if math.isfinite(number)]
    return bool(known) and max(known) - min(known) <= 1e-9 * max(map(abs, known))


def _alike(one: list[bool], other: list[bool]) -> bool:
    """Return whether the draws cannot tell two rows apart, and tell enough to say so."""
    return one == other and min(sum(one), len(one) - sum(one)) >= TOLD_APART


def inputs(checks: Sequence[Check], choose: Choose) -> set[str]:
    """Return the rows whose number is the position of a band of the catalogue.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism.
    """
    positions = [check for check in checks if check.measure in POSITIONS]
    runs = Experiments(choose, solver=QUICK)
    usual = ask(positions, runs)
    bare = ask(positions, runs.changed(without_dots))
    return {name for name, at in usual.items() if abs(bare[name] - at) <= SAME_NM}


def without_dots(run: Run) -> Run:
    """Return a run in which nothing that was measured held dots."""
    dots = run.mechanism.dots
    moments = () if dots is None else (dots.number, dots.length, dots.surface, dots.units)
    emptied = {*run.mechanism.moment_names, *moments} & set(run.names)
    places = [run.names.index(name) for name in emptied]
    measurements = []
    for one in run.measurements:
        left = one.concentration.copy()
        left[places] = 0.0
        measurements.append(replace(one, concentration=left, dots=np.zeros_like(one.dots)))
    return replace(run, measurements=tuple(measurements))
