"""Many flasks at once: runs and spectra of all variants of one experiment, labelled.

Members are independent. Each is walked through its own plan by a thread (the engine lets the
others work meanwhile), and its spectra are rows of one product for a part of the members at a time.
What was asked for goes into the answer at once and nothing else stays behind, so the memory is that
of the answer. A member is equal, to the last bit, to a run of its own with the same solver.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.observe.absorption import WAVELENGTHS, absorbances
from prenuc.observe.flasks import Answer, Seen
from prenuc.simulation.members import Members
from prenuc.simulation.run import IN_PROTOCOLS
from prenuc.simulation.solution import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.flasks import Flasks
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.members import Column
    from prenuc.simulation.solvers import AbstractSolver

PART = 16  # members whose populations are in memory at once, for each thread
NONE = np.zeros(0)


def simulate_many(
    mechanism: Mechanism,
    protocol: Protocol,
    *,
    constants: Mapping[str, Column] | None = None,
    vary: Mapping[str, Column] | None = None,
    wavelength: Sequence[float] | Array | None = None,
    solver: AbstractSolver | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
    inert: Sequence[str] = (),
    extrapolate: bool = False,
) -> Flasks:
    """Run many variants of one experiment, and take the spectra of each.

    Args:
        mechanism: What could happen.
        protocol: What was done; it measures something.
        constants: New constants by name, such as ``{"isomerisation.k": array}``, one for each
            member, or one for all: texts and quantities as for :meth:`Mechanism.with_constants`,
            plain numbers in the unit that the constant has.
        vary: Changes by what they change, such as ``{"heat flask": ["160 degC", "180 degC"]}``,
            likewise; the forms are those of :meth:`Protocol.varied`.
        wavelength: Wavelengths in nm, ascending; 285 to 700 nm in steps of 1 nm when None; an empty
            list for no spectra, which take most of the memory.
        solver: The integrator; :class:`Rodas` with rtol 1e-6 when None.
        threads: How many share the work; as many as there are cores when None.
        progress: Called with the finished part, 0 to 1.
        inert: Reagents that do not react, as of :func:`prenuc.simulate`.
        extrapolate: As of :func:`prenuc.simulate`.

    Returns:
        A row for each member; one that cannot be run has its reason in ``failed``.

    Raises:
        InputError: Columns of different lengths, a constant or a step that there is none of, all
            at once; or nothing is measured.
        SimulationError: Every member failed.
    """
    members = Members.of(mechanism, protocol, constants or {}, vary or {})
    members = replace(members, inert=tuple(inert), extrapolate=extrapolate)
    nm = np.array(WAVELENGTHS if wavelength is None else wavelength, dtype=float)
    solver = solver or IN_PROTOCOLS
    parts = [range(i, min(i + PART, members.count)) for i in range(0, members.count, PART)]
    look, answer = partial(looked_at, members, solver, nm), Answer(members, solver, nm)
    threads = threads or cores()
    with ThreadPoolExecutor(threads) as pool:
        for numbers, found in _in_order(pool, look, parts, threads):
            for number, one in zip(numbers, found, strict=True):
                answer.enter(number, one)
            if progress is not None:
                progress(numbers.stop / members.count)
    return answer.flasks()


def _in_order(
    pool: ThreadPoolExecutor,
    look: Callable[[range], list[Seen | str]],
    parts: Sequence[range],
    most: int,
) -> Iterator[tuple[range, list[Seen | str]]]:
    """Yield parts and what comes of them; no more than ``most`` are in work or wait to be taken.

    Threads that run ahead of whoever takes would fill the memory with what nobody has taken.
    """
    begun: deque[tuple[range, Future[list[Seen | str]]]] = deque()
    for part in parts:
        if len(begun) == most:
            numbers, found = begun.popleft()
            yield numbers, found.result()
        begun.append((part, pool.submit(look, part)))
    for numbers, found in begun:
        yield numbers, found.result()


def cores() -> int:
    """Return how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def looked_at(
    members: Members, solver: AbstractSolver, nm: Array, part: Sequence[int]
) -> list[Seen | str]:
    """Return the run and the spectra of some members, or the reason why there are none.

    Args:
        members: All of them.
        solver: The integrator.
        nm: Wavelengths, shape (w,).
        part: Numbers of those that are run.

    Raises:
        InputError: The protocol measures nothing.
    """
    runs = [members.run(member, solver) for member in part]
    alike: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        if not isinstance(run, str):
            alike.setdefault(run.names, []).append(run)
    spectra: dict[int, Array] = {}
    for some in alike.values():
        rows, count = absorbances(some, nm), len(some[0].measurements)
        spectra |= {id(run): rows[i * count : (i + 1) * count] for i, run in enumerate(some)}
    return [run if isinstance(run, str) else _kept(members, run, spectra[id(run)]) for run in runs]


def _kept(members: Members, run: Run, absorbance: Array) -> Seen:
    """Return a run without its size classes, and without a mechanism and a protocol of its own."""
    if not run.measurements:
        raise InputError("the protocol measures nothing; add 'measure cuvette at 0 min'")
    held = np.array([one.concentration for one in run.measurements])
    bare = tuple(
        replace(one, dots=NONE, occupied=0, concentration=row)
        for one, row in zip(run.measurements, held, strict=True)
    )
    lean = Run(members.mechanism, members.protocol, run.names, bare, {}, {})
    return Seen(lean, absorbance.copy())
