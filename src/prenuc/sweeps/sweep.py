"""A sweep in a folder: its ledger, its shards, and what is left to do."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError
from prenuc.ledger import Ledger, finished, merge
from prenuc.sweeps.observables import grid_of, looks
from prenuc.sweeps.work import work_here, work_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from prenuc.arrays import Array
    from prenuc.sweeps.job import Job

LEDGER, SHARDS = "sweep.sqlite", "shard-*.sqlite"
NONE = np.zeros(0)
PROBED = 3  # tasks that a dry run does to say how long the others take


@dataclass(frozen=True)
class State:
    """How far a sweep is.

    Args:
        tasks: Of its design.
        done: Of these, failed ones included.
        failed: Of the done ones, without an answer.
        skipped: Of the done ones, found done in the folder.
        other: Tasks in the folder that are not of this design.
    """

    tasks: int
    done: int
    failed: int
    skipped: int
    other: int

    def as_dict(self) -> dict[str, int]:
        """Return plain data for JSON."""
        return {name: getattr(self, name) for name in ("tasks", "done", "failed", "skipped")}


@dataclass(frozen=True, eq=False)
class Sweep:
    """A job in a folder.

    Args:
        job: What is to be done.
        folder: Where its ledger is.
    """

    job: Job
    folder: Path

    @cached_property
    def ids(self) -> list[str]:
        """The name of every task, in order."""
        return [self.job.id(task) for task in range(len(self.job))]

    def open(self, name: str = LEDGER) -> Ledger:
        """Return the ledger, or a shard.

        Raises:
            InputError: It cannot be opened, or it is of another version or model.
        """
        return Ledger(self.folder / name, self.job.about)

    def state(self) -> State:
        """Return how far the sweep is.

        Raises:
            InputError: As of :meth:`open`.
        """
        if not (self.folder / LEDGER).exists():
            return State(len(self.job), 0, 0, 0, 0)
        with self.open() as ledger:
            return self._state(ledger, ledger.ids())

    def _state(self, ledger: Ledger, before: set[str]) -> State:
        own, found = set(self.ids), ledger.reasons()
        failed = sum(bool(found.get(one)) for one in self.ids)
        done, skipped = sum(one in found for one in self.ids), len(own & before)
        return State(len(self.ids), done, failed, skipped, len(set(found) - own))

    def run(
        self,
        *,
        workers: int = 1,
        executor: Executor | None = None,
        shard: tuple[int, int] | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> State:
        """Do what is left of the sweep.

        Args:
            workers: Processes of this machine, or workers of the executor.
            executor: Any of :mod:`concurrent.futures`; processes of this machine when None.
            shard: Which part of how many this process does, from 1, into a shard of its own.
            progress: Called with the finished share.

        Raises:
            InputError: The ledger cannot be written, or is of another version or model.
            SimulationError: Workers were lost again and again.
        """
        if shard is None:
            self.merge()
        name = LEDGER if shard is None else f"shard-{shard[0]:04d}-of-{shard[1]:04d}.sqlite"
        elsewhere = finished(self.folder / LEDGER) if shard is not None else set()
        with self.open(name) as ledger:
            before = ledger.ids() | elsewhere
            mine = (
                range(len(self.ids))
                if shard is None
                else range(shard[0] - 1, len(self.ids), shard[1])
            )
            left = [task for task in mine if self.ids[task] not in before]
            count = [len(mine) - len(left)]

            def told(more: int) -> None:
                count[0] += more
                if progress is not None:
                    progress(count[0] / len(mine))

            if workers <= 1 and executor is None:
                work_here(self.job, left, ledger, told)
            elif left:
                work_out(self.job, left, ledger, told, workers=workers, executor=executor)
            return self._state(ledger, before)

    def merge(self) -> int:
        """Bring the answers of all shards into the ledger, and return how many were new.

        Raises:
            InputError: A shard is of something else, or is still being written.
        """
        shards = sorted(self.folder.glob(SHARDS))
        if not shards:
            return 0
        with self.open() as ledger:
            return merge(ledger, shards, self.job.about)

    def seconds(self) -> float:
        """Return how long a task takes, from a few that are done for that and forgotten."""
        places = np.linspace(0, len(self.job) - 1, min(PROBED, len(self.job))).astype(int)
        self.job.answers([int(places[0])])  # what is read once
        began = clock.monotonic()
        self.job.answers([int(place) for place in places])
        return (clock.monotonic() - began) / len(places)

    def numbers(self) -> tuple[Array, list[str]]:
        """Return the numbers of every task without spectra, (tasks, columns), and the reasons.

        A row of no numbers stands where there are none.

        Raises:
            InputError: As of :meth:`open`, or nothing is done.
        """
        width, known = len(self.job.columns), set(self.ids)
        found: dict[str, tuple[str, Array]] = {}
        with self.open() as ledger:
            for entry in ledger.entries():  # one at a time: with its spectra an answer is long
                if entry.id in known:
                    found[entry.id] = entry.reason, self.job.read(entry)[:width].copy()
        if all(reason for reason, _ in found.values()):
            raise InputError("no flask has an answer", "See the reasons", where=str(self.folder))
        rows, reasons = np.full((len(self.ids), width), np.nan), []
        for row, task in zip(rows, self.ids, strict=True):
            reason, kept = found.get(task, ("not done", NONE))
            row[: kept.size] = kept
            reasons.append(reason)
        return rows, reasons

    def spectra(self) -> Iterator[Array]:
        """Yield the spectra of every task, shape (measurements, wavelengths); no numbers for none.

        Raises:
            InputError: As of :meth:`open`.
        """
        job, width = self.job, len(self.job.columns)
        shape = len(looks(job.protocol)), len(grid_of(job.keep))
        with self.open() as ledger:
            for task in self.ids:
                entry = ledger.get(task)
                if entry is None or entry.reason:
                    yield np.full(shape, np.nan)
                else:
                    yield job.read(entry)[width:].reshape(shape)


def best_and_worst(numbers: Array) -> tuple[int, int]:
    """Return the places of the largest and of the smallest number, those that are none left out.

    Raises:
        InputError: There are none.
    """
    if np.isnan(numbers).all():
        raise InputError("no flask has a number to rank", "Rank by another column")
    return int(np.nanargmax(numbers)), int(np.nanargmin(numbers))


def plain_table(sweep: Sweep) -> dict[str, Any]:
    """Return a column for every factor and for every number that was kept, and the reasons.

    Raises:
        InputError: Nothing is done.
    """
    numbers, reasons = sweep.numbers()
    values = [sweep.job.values(task) for task in range(len(sweep.job))]
    factors = {f.name: [row[f.name] for row in values] for f in sweep.job.design.factors}
    kept = {name: numbers[:, i] for i, name in enumerate(sweep.job.columns)}
    return {"task": sweep.ids, **factors, **kept, "failed because": reasons}
