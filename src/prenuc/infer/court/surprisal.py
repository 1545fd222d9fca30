"""How surprising what is printed is, row by row, before any constant is fitted.

Sets of constants are drawn from the physical prior and near drawn points
(:mod:`~prenuc.infer.court.priors`), all recipes of a material are run with each, and the mean
probability of what is printed over the draws is kept. The points are the first draws of the
physical prior at which something happens in half of the rows: their number lies a width or more
from that of a flask in which nothing happens. No verdict chooses them. A run that the integrator
gives up says nothing.

Near each point baths are also one degree warmer and colder, and every vessel is given five per cent
more and less: the root of the squares of half of these moves, the median over the points, is what a
printed number is wider by. Where half of the points give no number, and for numbers of a fit, it
is that of the package's own set.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from prenuc.errors import ProtocolError
from prenuc.facts.row_surprisal import PRIORS, RowSurprisal
from prenuc.infer.calibration.parallel import remembered
from prenuc.infer.calibration.varied import Changed, answered, ask
from prenuc.infer.court.priors import Physical
from prenuc.infer.court.scale import kind_of_statement, scale_of
from prenuc.infer.court.score import log_predictive
from prenuc.infer.experiments.control import nothing_happens
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.performed import Experiments
from prenuc.ledger import memory
from prenuc.protocol.steps import Take
from prenuc.protocol.varying import temperature_of
from prenuc.quantities import Quantity
from prenuc.simulation.solvers import Rodas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check
    from prenuc.facts.row_surprisal import PriorName
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose
    from prenuc.protocol.protocol import Protocol

    Numbers = Mapping[str, float]

DRAWS, POINTS = 48, 8  # of each prior; near how many points
HAPPENS = 0.5  # of the rows, at a point that is worth drawing near
# a thousandth of a width is enough, and a stretch that takes thousands of steps is given up
ROUGH = Rodas(rtol=1e-4, atol=1e-11, most_steps=2000)
BATH, DILUTION = 1.0, 0.05  # K; share


@dataclass(frozen=True)
class Amiss:
    """A protocol as it may really have been done.

    Args:
        bath: By how many K every vessel is warmer.
        dilution: How much less of a vessel is taken, as a share.
    """

    bath: float = 0.0
    dilution: float = 0.0

    def __call__(self, protocol: Protocol) -> Protocol:
        """Return the protocol as it was done; the written one where that cannot be."""
        said = {n: temperature_of(step) for n, step in enumerate(protocol.steps, 1)}
        warmer = {
            n: Quantity(at.to("degC") + self.bath, "degC")
            for n, at in said.items()
            if at is not None
        }
        given = [n for n, step in enumerate(protocol.steps, 1) if isinstance(step, Take)]
        try:
            diluted = protocol.with_dilution(dict.fromkeys(given, 1.0 + self.dilution))
            return diluted.with_temperature(warmer)
        except ProtocolError:
            return protocol


AMISS = tuple(
    Amiss(**{what: sign * by})
    for what, by in (("bath", BATH), ("dilution", DILUTION))
    for sign in (-1, 1)
)


@dataclass(frozen=True)
class Task:
    """One set of constants with which some rows are asked, as written or amiss.

    Args:
        checks: The rows.
        constants: By parameter set and name, in their own units.
        alter: Changes every protocol; None as written.
    """

    checks: tuple[Check, ...]
    constants: Mapping[Name, float]
    alter: Amiss | None = None

    @property
    def key(self) -> str:
        """A hash of what its numbers hang on besides facts and code."""
        said = [[check.id for check in self.checks], sorted(self.constants.items()), self.alter]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:24]


def numbers_of(choose: Choose, task: Task) -> dict[str, float]:
    """Return the number of each row; a row whose run was given up has none."""
    chosen = Changed(choose, task.constants)
    return answered(task.checks, Experiments(chosen, solver=ROUGH, alter=task.alter))


def row_surprisals(
    checks: Sequence[Check],
    choose: Choose,
    *,
    draws: int = DRAWS,
    workers: int = 1,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[RowSurprisal]:
    """Draw constants from both priors and return how surprising each row is.

    Args:
        checks: Rows of one material.
        choose: Gives every recipe its mechanism; a function of a module with several workers.
        draws: Of each prior.
        workers: Processes to work with.
        ledger: File that remembers finished draws; a study goes on where it stopped.
        progress: Called with the finished share.
    """
    rows, prior = tuple(checks), Physical(tuple(checks), choose)
    printed = tuple(row for row in rows if row.printed)
    with memory(ledger, "row surprisals") as kept:
        whole = 2 * draws + len(AMISS) * (1 + min(POINTS, draws))
        run = _Runs(choose, kept, workers, whole, progress)
        points = [prior.point(draw) for draw in range(draws)]
        physical = run([Task(rows, point) for point in points])
        lively = [points[place] for place in _where_something_happens(rows, physical)]
        near = [prior.about(lively[draw % len(lively)], draw) for draw in range(draws)]
        nearby = run([Task(rows, one) for one in near])
        moved: list[Mapping[Name, float]] = [{}, *near[: len(lively)]]
        run.whole = 2 * draws + len(AMISS) * len(moved)
        done = run([Task(printed, one, how) for how in AMISS for one in moved])
        amiss = [done[place : place + len(moved)] for place in range(0, len(done), len(moved))]
    nuisance = {row.id: _nuisance(row, amiss) for row in printed}
    return _weighed(rows, {"physical": physical, "nearby": nearby}, nuisance, Marks(choose))


@dataclass
class _Runs:
    """Runs tasks, remembers them, and counts them."""

    choose: Choose
    kept: Any
    workers: int
    whole: int
    progress: Callable[[float], None] | None
    done: int = 0

    def __call__(self, tasks: Sequence[Task]) -> list[Numbers]:
        """Return the numbers of every task."""
        found = remembered(
            partial(numbers_of, self.choose),
            {task.key: task for task in tasks},
            self.kept,
            plain=dict,
            workers=self.workers,
            progress=lambda share: self._tell(self.done + share * len(tasks)),
        )
        self.done += len(tasks)
        return [found[task.key] for task in tasks]

    def _tell(self, done: float) -> None:
        if self.progress is not None:
            self.progress(done / self.whole)


def _where_something_happens(rows: Sequence[Check], draws: Sequence[Numbers]) -> list[int]:
    """Return the first draws at which something happens in half of the rows, or the liveliest."""
    idle = ask(rows, Experiments(nothing_happens, solver=ROUGH))
    lively = [sum(_differs(row, draw, idle[row.id]) for row in rows) for draw in draws]
    enough = [n for n, count in enumerate(lively) if count >= HAPPENS * len(rows)]
    return enough[:POINTS] or [lively.index(max(lively))]


def _differs(row: Check, draw: Numbers, idle: float) -> bool:
    """Return whether the number of a row is another than that of a flask in which nothing is."""
    number = draw.get(row.id)
    if number is None or math.isnan(number) or math.isnan(idle):
        return number is not None and math.isnan(number) != math.isnan(idle)
    scale = scale_of(row, 0.0)
    return abs(scale.at(number) - scale.at(idle)) >= math.hypot(scale.own, scale.common)


def _nuisance(row: Check, amiss: Sequence[Sequence[Numbers]]) -> float:
    """Return how far baths and dilutions move a number on its scale: the median over the points.

    The first set of numbers is that of the package's own constants. It stands in where half of the
    points do not say (a median of two is none), and for numbers of a fit: most points have no curve
    to fit, and there it follows noise.
    """
    scale = scale_of(row, 0.0)
    moves = []
    for sides in zip(*amiss, strict=True):
        at = [scale.at(one.get(row.id, math.nan)) for one in sides]
        moves.append(math.hypot((at[1] - at[0]) / 2.0, (at[3] - at[2]) / 2.0))
    known = [move for move in moves[1:] if math.isfinite(move)]
    enough = known and 2 * len(known) >= len(moves) - 1 and "panel" not in row.of
    return median(known) if enough else max(0.0, moves[0])


def _weighed(
    rows: Sequence[Check],
    draws: Mapping[PriorName, Sequence[Numbers]],
    nuisance: Mapping[str, float],
    marks: Marks,
) -> list[RowSurprisal]:
    scales = {row.id: scale_of(row, nuisance.get(row.id, 0.0)) for row in rows}
    chances = {prior: log_predictive(rows, draws[prior], scales) for prior in PRIORS}
    return [
        RowSurprisal(
            row.id,
            {prior: 2.0 ** chances[prior][row.id] for prior in PRIORS},
            {prior: _passes(row, draws[prior]) for prior in PRIORS},
            min(sum(row.id in one for one in draws[prior]) for prior in PRIORS),
            nuisance.get(row.id, 0.0),
            mark_of(row, marks),
        )
        for row in rows
    ]


def _passes(row: Check, draws: Sequence[Numbers]) -> float:
    numbers = [one[row.id] for one in draws if row.id in one]
    return sum(map(row.passes, numbers)) / len(numbers) if numbers else math.nan


def mark_of(row: Check, marks: Marks) -> str:
    """Return the mark of a row and of the widths that it is read with.

    Args:
        row: The row.
        marks: Of rows with their mechanisms.
    """
    kind = kind_of_statement(row)
    said = [marks.of(row), row.printed, kind.id, str(kind.word.quantity), str(kind.spread.quantity)]
    return hashlib.sha256(repr(said).encode()).hexdigest()[: len(marks.of(row))]
