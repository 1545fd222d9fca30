"""Many sets of constants of one mechanism at once.

The members are independent and each is computed as a single run would be, to the last bit, however
many threads share the work. A member that cannot be integrated is a row with a reason.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import InputError, MechanismError, Problem
from prenuc.mechanism.constants import multiplied, no_constant
from prenuc.simulation.compiling import network_of
from prenuc.simulation.evolve import Units, compiled, ordered_times
from prenuc.simulation.solvers import Rodas
from prenuc.simulation.stretch import Members, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.arrays import Array, Indices
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.kernels.network import Network

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
    factors: Mapping[str, Sequence[float] | Array],
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
        factors: By which constants of the mechanism are multiplied, by name ("isomerisation.k"),
            each of shape (members,). A member is what :meth:`Mechanism.with_constants` gives, so a
            constant may be any that scales rates by a power: k of steps, K of equilibria.
        starts: Concentrations at time 0 in the order of the mechanism's components, shape
            (members, n); the mechanism's own for all when None.
        temperature: In K; a pair for a linear ramp.
        solver: Our integrator; its default tolerances when None.
        threads: How many share the work.
        progress: Called with the finished part, 0 to 1.

    Raises:
        InputError: Arrays of another shape, a factor that is not above zero, no constant of a name,
            or one that changes more than rates; all at once.
    """
    at, units = ordered_times(times), Units.of(mechanism)
    columns = {name: np.array(one, dtype=float) for name, one in factors.items()}
    members = max((one.size for one in columns.values()), default=0)
    network = compiled(mechanism)
    begin = np.tile(network.initial, (members, 1))
    if starts is not None:
        begin = np.array(starts, float, order="C") * units.amount
    _check(mechanism, columns, members, begin, at)
    solver, own = solver or Rodas(), network.initial
    largest = float(np.max(begin, initial=0.0)) or 1.0
    floor, follow = solver.closed(largest, network.classes.size)
    span = temperature if isinstance(temperature, tuple) else (temperature, temperature)
    absolute = np.full(len(own), floor)
    stretch = Stretch(network, own, at * units.second, span, absolute, follow=follow)
    logarithms = _constants(network, columns, members)
    parts = _in_chunks(
        lambda some: solver.integrate_many(stretch, logarithms[some], begin[some]),
        members,
        threads,
        progress or (lambda _: None),
    )
    return _gathered(parts, network.names, at, units)


def _gathered(
    parts: Sequence[Members], names: tuple[str, ...], at: Array, units: Units
) -> Ensemble:
    """Return what all members came to, from the parts in which they were run."""
    outcomes = np.concatenate([part.outcomes for part in parts])
    reasons = [reason for part in parts for reason in part.reasons]
    return Ensemble(
        names=names,
        time=at,
        concentration=np.concatenate([part.concentration for part in parts]) / units.amount,
        dots=np.concatenate([part.dots for part in parts]) / units.amount,
        failed=_failures(reasons, outcomes, names),
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


def _constants(network: Network, factors: Mapping[str, Array], members: int) -> Array:
    """Return ln k of every member, shape (members, reactions).

    Each constant is moved once; a rate that is its power p then moves by p ln(factor).

    Raises:
        MechanismError: A constant changes more than rates.
    """
    mechanism = network.mechanism
    logarithms = np.tile(network.constant, (members, 1))
    problems = []
    for name, column in factors.items():
        moved = multiplied(mechanism.constants, {name: math.e})
        there = network_of(mechanism.with_constants(moved), network.names)
        with np.errstate(invalid="ignore"):
            powers = there.constant - network.constant  # of a rate of zero: not a number
        whole = np.round(powers, 6)
        if not _rates_alone(network, there) or np.any(np.abs(powers - whole) > 1e-9):
            what = f"'{name}' changes more than rates"
            problems.append(Problem(what, "Run its members one by one, using 'with_constants'"))
            continue
        for reaction in np.flatnonzero(np.nan_to_num(whole)):
            logarithms[:, reaction] += whole[reaction] * np.log(column)
    if problems:
        raise MechanismError(problems)
    return logarithms


def _rates_alone(one: Network, other: Network) -> bool:
    """Return whether two networks differ in nothing but rate constants."""
    arrays = "energy", "anchor", "scale", "order", "barrier"
    same = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
    like = one.mechanism.is_like(other.mechanism)
    curved = one.classes, other.classes
    alike = all(np.array_equal(*(getattr(c, n) for c in curved)) for n in ("capillarity", "sites"))
    return like and same and alike


def _check(
    mechanism: Mechanism,
    factors: Mapping[str, Array],
    members: int,
    starts: Array,
    times: Array,
) -> None:
    known = mechanism.constants
    problems = [no_constant(name, known) for name in factors if name not in known]
    if not members:
        problems.append(Problem("no factors", "Give them for a constant of the mechanism"))
    problems += [
        Problem(f"factors of shape {one.shape}", f"Give {members} numbers", where=name)
        for name, one in factors.items()
        if one.shape != (members,)
    ]
    if any(not np.all(one > 0) for one in factors.values()):
        problems.append(Problem("a factor that is not above zero", "Give positive factors"))
    components = len(mechanism.components) - len(mechanism.moment_names)
    if starts.shape != (members, components):
        what = f"starts of shape {starts.shape}"
        problems.append(Problem(what, f"Give {members} rows of {components} concentrations"))
    if times[0] == 0.0:
        problems.append(Problem("a time of 0 is the start", "Give times above 0"))
    if problems:
        raise InputError(problems)
