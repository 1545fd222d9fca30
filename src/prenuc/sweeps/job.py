"""One sweep as plain objects: which flasks, which design, what is kept; and the answer to a task.

A task's name is a hash of everything that its answer hangs on: mechanism, protocol, values,
solver, what is kept, versions, facts, code, and the instruction set. Two tasks with one name have
one answer, to the last bit, wherever they are run.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.circumstances import circumstances, differing
from prenuc.errors import InputError
from prenuc.ledger import Entry
from prenuc.observe.many import PART, looked_at
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.archive import to_plain
from prenuc.simulation.members import Members
from prenuc.sweeps.observables import columns, grid_of, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.facts.recipe import Recipe
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.solvers import AbstractSolver
    from prenuc.sweeps.design import Design
    from prenuc.sweeps.observables import Observable


@dataclass(frozen=True, eq=False)
class Job:
    """Everything that a worker has to know.

    Args:
        mechanism: What could happen.
        protocol: What is done, before any change.
        design: What varies.
        roles: Of every factor: "assume", "vary" or "constants".
        keep: What is kept.
        solver: The integrator.
        recipe: Whose assumptions vary; None for a protocol of one's own.
        assumed: Assumptions that stay, by name.
        inert: Reagents that do not react, as of :func:`prenuc.simulate`.
        extrapolate: As of :func:`prenuc.simulate`.
    """

    mechanism: Mechanism
    protocol: Protocol
    design: Design
    roles: tuple[str, ...]
    keep: tuple[Observable, ...]
    solver: AbstractSolver
    recipe: Recipe | None
    assumed: Mapping[str, str]
    inert: tuple[str, ...] = ()
    extrapolate: bool = False

    def __len__(self) -> int:
        return len(self.design)

    @property
    def columns(self) -> list[str]:
        """Names of the numbers that are kept of a task, without spectra."""
        return columns(self.keep, self.protocol)

    @cached_property
    def about(self) -> dict[str, str]:
        """What all answers hang on besides the inputs."""
        from prenuc.simulation.native import instructions

        mark = _hash(to_plain(self.mechanism)).hex()[:8]
        model = {"instructions": str(instructions), "model": f"{self.mechanism.name} ({mark})"}
        return {**circumstances(), **model}

    @cached_property
    def _common(self) -> bytes:
        """What all tasks have in common, as a hash."""
        said = [
            self.about,
            str(self.protocol),
            sorted(self.assumed.items()),
            [self.solver.name, self.solver.rtol, self.solver.floor],
            [one.name for one in self.keep],
            [self.inert, self.extrapolate],
        ]
        return _hash(said)

    def values(self, task: int) -> dict[str, str]:
        """Return the value of every factor in a task."""
        names = (factor.name for factor in self.design.factors)
        return dict(zip(names, self.design.values(task), strict=True))

    def id(self, task: int) -> str:
        """Return the name of a task."""
        pairs = zip(self.roles, self.values(task).items(), strict=True)
        own = json.dumps([[role, *pair] for role, pair in pairs]).encode()
        return hashlib.sha256(self._common + own).hexdigest()[:32]

    def _role(self, role: str, values: Mapping[str, str]) -> dict[str, str]:
        return {n: v for of, (n, v) in zip(self.roles, values.items(), strict=True) if of == role}

    def single(self, task: int) -> tuple[Mechanism, Protocol]:
        """Return mechanism and protocol of a task, to be run alone.

        Raises:
            InputError: They cannot be.
        """
        (members,) = (one for _, one in self._members([task]))
        return members.single(0)

    def _members(self, tasks: Sequence[int]) -> Iterator[tuple[list[int], Members]]:
        """Yield tasks that share their assumptions, as members of one protocol.

        Raises:
            InputError: An assumption is impossible.
        """
        groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
        for task in tasks:
            assumed = tuple(self._role("assume", self.values(task)).items())
            groups.setdefault(assumed, []).append(task)
        for assumed, some in groups.items():
            protocol = self.protocol
            if assumed and self.recipe is not None:
                given = {**self.assumed, **dict(assumed)}
                protocol = Protocol.from_recipe(self.recipe, assume=given)
            constants, vary = (self._columns(role, some) for role in ("constants", "vary"))
            asked = self.inert, self.extrapolate
            yield some, Members(self.mechanism, protocol, constants, vary, len(some), *asked)

    def _columns(self, role: str, tasks: Sequence[int]) -> dict[str, tuple[str, ...]]:
        rows = [self._role(role, self.values(task)) for task in tasks]
        return {name: tuple(row[name] for row in rows) for name in rows[0]}

    def answers(self, tasks: Sequence[int]) -> list[Entry]:
        """Return the answers to some tasks."""
        nm, found = grid_of(self.keep), []
        for start in range(0, len(tasks), PART):
            part = tasks[start : start + PART]
            try:
                for some, members in self._members(part):
                    seen = looked_at(members, self.solver, nm, range(len(some)))
                    found += [self._entry(t, one) for t, one in zip(some, seen, strict=True)]
            except InputError as error:
                if len(part) == 1:
                    found.append(Entry(self.id(part[0]), b"", " ".join(str(error).split())))
                    continue
                found = found[:start]
                for task in part:
                    found += self.answers([task])
        return found

    def _entry(self, task: int, seen: Any) -> Entry:
        if isinstance(seen, str):
            return Entry(self.id(task), b"", seen)
        return Entry(self.id(task), numbers(seen, self.keep).astype("<f8").tobytes())

    def read(self, entry: Entry) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the numbers of an answer, shape (k,)."""
        return np.frombuffer(entry.answer, "<f8").astype(float)

    @cached_property
    def packed(self) -> bytes:
        """The job for another process, as it was written, and what its answers hang on here."""
        bare = replace(self, design=replace(self.design))
        return pickle.dumps((bare, self.about))


def _hash(plain: Any) -> bytes:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).digest()


@lru_cache(maxsize=4)
def unpacked(packed: bytes) -> Job:
    """Return the job that was packed; the same object for the same bytes.

    Args:
        packed: The job, as :attr:`Job.packed`.

    Raises:
        InputError: The same task would have another answer in this process.
    """
    job, there = pickle.loads(packed)  # noqa: S301  # made by Job.packed, in a process of our own
    assert isinstance(job, Job)  # noqa: S101
    if differs := differing(there, job.about):
        what = f"a worker is unlike the process that gives it work: {differs}"
        raise InputError(what, "Give both the same versions, and PRENUC_ISA=baseline")
    return job


def answer(packed: bytes, tasks: Sequence[int]) -> list[Entry]:
    """Return the answers to some tasks of a job, in any process.

    Args:
        packed: The job, as :attr:`Job.packed`.
        tasks: Their numbers.
    """
    return unpacked(packed).answers(tasks)
