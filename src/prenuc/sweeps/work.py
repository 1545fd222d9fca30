"""Tasks done by whoever there is, and their answers entered in a ledger as they come.

A worker gets a *part*, some tasks at a time, about :data:`GOAL` seconds of work. Whoever runs it,
what is done is known by the ledger alone: a part whose worker was lost is given out again, and a
part that never comes back is as well; the first answer to a task stays.
"""

from __future__ import annotations

import multiprocessing
import os
import time as clock
from concurrent.futures import FIRST_COMPLETED, CancelledError, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.errors import SimulationError
from prenuc.processes import end_with_parent
from prenuc.sweeps.job import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future

    from prenuc.ledger import Entry, Ledger
    from prenuc.sweeps.job import Job

GOAL = 1.0  # s of work in a part
LARGEST_PART, FIRST_PART = 256, 4  # tasks
TRIES = 4  # of a part whose worker was lost
PATIENCE = 600.0  # s without any answer, after which parts are given out again
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class _Given:
    """Parts that are with workers, and tasks that nobody has yet."""

    tasks: tuple[int, ...]
    at: int = 0
    size: int = FIRST_PART
    todo: list[tuple[int, ...]] = field(default_factory=list)
    out: dict[Future[list[Entry]], tuple[tuple[int, ...], float]] = field(default_factory=dict)
    tries: dict[tuple[int, ...], int] = field(default_factory=dict)

    def next(self) -> tuple[int, ...]:
        """Return a part to be given out, empty when there is none."""
        if self.todo:
            return self.todo.pop(0)
        part = self.tasks[self.at : self.at + self.size]
        self.at += len(part)
        return part

    def room(self, most: int) -> bool:
        """Return whether there is something to give out, and fewer than ``most`` parts are out."""
        return len(self.out) < most and bool(self.todo or self.at < len(self.tasks))

    def back(self, part: tuple[int, ...]) -> None:
        """Take a part back, to be given out again.

        Raises:
            SimulationError: It was lost too often.
        """
        self.tries[part] = self.tries.get(part, 0) + 1
        if self.tries[part] >= TRIES:
            what = f"workers were lost {TRIES} times at tasks {part[0]} to {part[-1]}"
            raise SimulationError(f"{what}. What is done is kept: give the same command again")
        self.todo.insert(0, part)


def work_here(
    job: Job, tasks: Sequence[int], ledger: Ledger, progress: Callable[[int], None]
) -> None:
    """Do tasks in this process.

    Args:
        job: What they are of.
        tasks: Their numbers.
        ledger: Where the answers go.
        progress: Called with how many have been done since the last call.
    """
    size, at = FIRST_PART, 0
    while at < len(tasks):
        part = tasks[at : at + size]
        began = clock.monotonic()
        ledger.add(job.answers(part))
        at += len(part)
        size = _next_size(size, clock.monotonic() - began)
        progress(len(part))


def _next_size(size: int, took: float) -> int:
    return max(1, min(LARGEST_PART, int(size * min(GOAL / max(took, 1e-3), 4.0))))


def work_out(
    job: Job,
    tasks: Sequence[int],
    ledger: Ledger,
    progress: Callable[[int], None],
    *,
    workers: int,
    executor: Executor | None = None,
) -> None:
    """Do tasks by the workers of an executor; by processes of this machine when None.

    Args:
        job: What they are of.
        tasks: Their numbers.
        ledger: Where the answers go.
        progress: Called with how many have been done since the last call.
        workers: How many there are.
        executor: Any of :mod:`concurrent.futures`, or one that is like these.

    Raises:
        SimulationError: Workers were lost again and again.
    """
    given = _Given(tuple(tasks))
    pool, own = executor or _processes(workers), None if executor else workers
    try:
        while part := given.next():
            pool = _submit(pool, job, part, given, own)
            while given.out and not given.room(2 * workers):
                _take_in(given, ledger, progress)
    finally:
        for future in given.out:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)


def _take_in(given: _Given, ledger: Ledger, progress: Callable[[int], None]) -> None:
    """Wait for some answers and enter them; take back what was lost, or never comes."""
    done, _ = wait(given.out, timeout=PATIENCE, return_when=FIRST_COMPLETED)
    for future in done or tuple(given.out):
        part, began = given.out.pop(future)
        entries = _answers(future) if done else None
        if entries is None:
            future.cancel()
            given.back(part)
            continue
        ledger.add(entries)
        progress(len(part))
        if len(part) == given.size:
            given.size = _next_size(given.size, (clock.monotonic() - began) / 2.0)


def _submit(
    pool: Executor, job: Job, part: tuple[int, ...], given: _Given, workers: int | None
) -> Executor:
    """Give a part out; to a new pool of processes where the old one has lost a worker."""
    began = clock.monotonic()
    try:
        future = pool.submit(answer, job.packed, part)
    except BrokenProcessPool:
        if workers is None:
            raise
        pool.shutdown(wait=False)
        pool = _processes(workers)
        future = pool.submit(answer, job.packed, part)
    given.out[future] = part, began
    return pool


def _answers(future: Future[list[Entry]]) -> list[Entry] | None:
    """Return the answers to a part; None where its worker was lost."""
    try:
        return future.result()
    except (BrokenProcessPool, CancelledError):
        return None
    except Exception as error:
        if type(error).__name__ in {"KilledWorker", "CommClosedError", "FutureCancelledError"}:
            return None
        raise


def _processes(workers: int) -> Executor:
    """Return processes with one thread each: they share the machine by themselves."""
    for name in ONE_THREAD:  # they are begun when work is given, and read it then
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Leave it to the process that gives the work to answer an interrupt, and end with it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
