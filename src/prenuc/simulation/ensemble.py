"""Many parameter sets of one mechanism at once.

The members are independent and each is computed as a single run would be, to the last bit, however
many threads share the work. A member that cannot be integrated is a row with a reason.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import InputError, Problem
from prenuc.simulation.evolve import Units, compiled, ordered_times
from prenuc.simulation.solvers import Rodas
from prenuc.simulation.stretch import Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.arrays import Array, Indices
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.stretch import Members

CHUNK = 250  # members between two calls for progress


@dataclass(frozen=True)
class Ensemble:
    """What many parameter sets lead to, in the units of the mechanism's file.

    Args:
        names: Of the n components.
        time: In ``units.time``, shape (m,).
        concentration: In ``units.concentration``, shape (members, m, n); not a number where a
            member failed.
        dots: Of every size class, likewise, shape (members, m, classes).
        failed: The reason of every member that failed, by its number.
        steps: Of every member, shape (members,).
        units: s and mol/m³, unless a file states others.
    """

    names: tuple[str, ...]
    time: Array
    concentration: Array
    dots: Array
    failed: dict[int, str]
    steps: Indices
    units: Units = field(default_factory=Units)


def ensemble(
    mechanism: Mechanism,
    times: Sequence[float] | Array,
    *,
    factors: Array,
    starts: Array | None = None,
    temperature: float | tuple[float, float] = ROOM_TEMPERATURE,
    solver: Rodas | None = None,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Ensemble:
    """Let closed vessels with many sets of rate constants evolve, in the units of the file.

    Args:
        mechanism: What could happen.
        times: To report, ascending, above 0.
        factors: By which the rate constant of every reaction (and channel) is multiplied, shape
            (members, reactions).
        starts: Concentrations at time 0 in the order of the mechanism's components, shape
            (members, n); the mechanism's own for all when None.
        temperature: In K; a pair for a linear ramp.
        solver: Our integrator; its default tolerances when None.
        threads: How many share the work.
        progress: Called with the finished part, 0 to 1.

    Raises:
        InputError: Arrays of another shape, or a factor that is not above zero.
    """
    at, units = ordered_times(times), Units.of(mechanism)
    network = compiled(mechanism)
    factors = np.atleast_2d(np.asarray(factors, dtype=float))
    begin = np.tile(network.initial, (len(factors), 1))
    if starts is not None:
        begin = np.array(starts, float, order="C") * units.amount
    _check(network.stoichiometry.shape, factors, begin, at)
    solver, own = solver or Rodas(), network.initial
    largest = float(np.max(begin, initial=0.0)) or 1.0
    absolute = np.full(len(own), solver.atol * largest)
    span = temperature if isinstance(temperature, tuple) else (temperature, temperature)
    stretch = Stretch(network, own, at * units.second, span, absolute)
    logarithms = np.ascontiguousarray(network.constant + np.log(factors))
    parts = _in_chunks(
        lambda some: solver.integrate_many(stretch, logarithms[some], begin[some]),
        len(factors),
        threads,
        progress or (lambda _: None),
    )
    outcomes = np.concatenate([part.outcomes for part in parts])
    reasons = [reason for part in parts for reason in part.reasons]
    return Ensemble(
        names=network.names,
        time=at,
        concentration=np.concatenate([part.concentration for part in parts]) / units.amount,
        dots=np.concatenate([part.dots for part in parts]) / units.amount,
        failed=_failures(reasons, outcomes, network.names),
        steps=outcomes[:, 3].astype(np.int64),
        units=units,
    )


def _in_chunks(
    run: Callable[[slice], Members], members: int, threads: int, progress: Callable[[float], None]
) -> list[Members]:
    """Return what all members lead to, some of them at a time."""
    chunks = [slice(i, min(i + CHUNK, members)) for i in range(0, members, CHUNK)]
    parts = []
    with ThreadPoolExecutor(threads) as pool:
        for done, part in enumerate(pool.map(run, chunks), 1):
            parts.append(part)
            progress(done / len(chunks))
    return parts


def _failures(reasons: Sequence[str], outcomes: Array, names: Sequence[str]) -> dict[int, str]:
    """Return why and where each member failed that did, by its number."""
    return {
        i: f"{reason} at {row[1]:.6g} s, where '{names[int(row[2])]}' is hardest to follow"
        for i, (reason, row) in enumerate(zip(reasons, outcomes, strict=True))
        if reason
    }


def _check(
    shape: tuple[int, ...],
    factors: Array,
    starts: Array,
    times: Array,
) -> None:
    components, reactions = shape
    problems = []
    if factors.shape[1] != reactions:
        what = f"{factors.shape[1]} factors a member for {reactions} reactions"
        problems.append(Problem(what, "Give one for every reaction and channel"))
    if not np.all(factors > 0):
        problems.append(Problem("a factor that is not above zero", "Give positive factors"))
    if starts.shape != (len(factors), components):
        what = f"starts of shape {starts.shape}"
        problems.append(Problem(what, f"Give {len(factors)} rows of {components} concentrations"))
    if times[0] == 0.0:
        problems.append(Problem("a time of 0 is the start", "Give times above 0"))
    if problems:
        raise InputError(problems)
