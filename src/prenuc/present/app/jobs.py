"""Long work, done in a process of its own: with progress, an end that can be asked for, a result.

A job is a function of a module, ``function(report, **given)``; it calls ``report(fraction, text)``
now and then, if it can, and returns what the page gets, as plain data. Its process is ended when
the job is cancelled, whatever it does at that moment. Some run at a time, the others wait for a
place. Jobs belong to the application: a page that is loaded anew finds them.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from prenuc.errors import InputError, PrenucError
from prenuc.present.app.messages import as_error, as_fault
from prenuc.present.tables.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

State = Literal["waiting", "running", "done", "failed", "cancelled"]
PENDING = ("waiting", "running")  # states in which a job can be cancelled
MOST_RUNNING = 2
MOST_WAITING = 20
MOST_KEPT = 50


@dataclass
class Job:
    """One piece of long work.

    Args:
        id: A name of chance.
        name: What it is called on the page.
        state: How far it is.
        fraction: Of it that is done, 0 to 1.
        message: What it does now.
        answer: What it returned, once it is done.
        error: What was wrong, where it failed.
        began: When it was given a process, on a clock that only goes forward, in s.
    """

    id: str
    name: str
    state: State = "waiting"
    fraction: float = 0.0
    message: str = ""
    answer: Any = None
    error: dict[str, Any] | None = None
    began: float = field(default_factory=time.monotonic)

    def told(self) -> dict[str, Any]:
        """Return what the page is told."""
        spent, done = time.monotonic() - self.began, self.fraction
        running = self.state == "running"
        left = spent * (1.0 - done) / done if running and done > 0.02 else None
        told = {"id": self.id, "name": self.name, "state": self.state, "fraction": self.fraction}
        told |= {"left_s": left, "message": self.message}
        told |= {"answer": self.answer} if self.state == "done" else {}
        return told | ({"error": self.error} if self.error is not None else {})


class Jobs:
    """All jobs of an application; ``tell`` is called from any thread with what has changed."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._processes: dict[str, Any] = {}
        self._waiting: deque[tuple[Job, Callable[..., Any], dict[str, Any]]] = deque()
        self._lock = threading.RLock()
        self.tell: Callable[[dict[str, Any]], None] = lambda _: None

    def start(self, name: str, function: Callable[..., Any], **given: Any) -> dict[str, str]:
        """Begin a job, at once or when there is a place, and return ``{"job": id}``.

        Args:
            name: What it is called on the page.
            function: Of a module; see above.
            given: What it is called with; goes to another process.

        Raises:
            InputError: Too many are waiting.
        """
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                what = f"{MOST_WAITING} jobs are waiting"
                raise InputError(what, f"Wait for '{self._waiting[0][0].name}', or cancel it")
            job = Job(secrets.token_urlsafe(9), name)
            self._jobs[job.id] = job
            self._forget_oldest()
            self._waiting.append((job, function, given))
        self._go_on()
        if job.state == "waiting":
            self.tell(job.told())
        return {"job": job.id}

    def _go_on(self) -> None:
        """Give a process to those that wait, as long as there is a place."""
        with self._lock:
            while self._waiting and len(self._processes) < MOST_RUNNING:
                self._begin(*self._waiting.popleft())

    def _begin(self, job: Job, function: Callable[..., Any], given: dict[str, Any]) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(theirs, function, given), name=job.name)
        process.start()
        theirs.close()
        job.state, job.began = "running", time.monotonic()
        self._processes[job.id] = process
        self.tell(job.told())
        threading.Thread(target=self._follow, args=(job, process, ours), daemon=True).start()

    def _forget_oldest(self) -> None:
        over = [one.id for one in self._jobs.values() if one.state not in PENDING]
        for name in over[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[name]

    def _follow(self, job: Job, process: Any, ours: Connection) -> None:
        """Hear what a job says until its process has ended."""
        with suppress(EOFError, OSError):  # raised once the process has ended
            while True:
                self._hear(job, *ours.recv())
        process.join()
        with self._lock:
            self._processes.pop(job.id, None)
            if job.state == "running":
                job.state = "failed"
                job.error = {"message": f"'{job.name}' ended without an answer", "mend": ""}
        self.tell(job.told())
        self._go_on()

    def _hear(self, job: Job, kind: str, told: Any) -> None:
        with self._lock:
            if job.state != "running":
                return
            if kind == "progress":
                job.fraction, job.message = told
            elif kind == "answer":
                job.state, job.fraction, job.answer = "done", 1.0, told
            else:
                job.state, job.error = "failed", told
        if kind == "progress":
            self.tell(job.told())

    def cancel(self, name: str) -> None:
        """End a job; what it has done so far is lost."""
        with self._lock:
            job, process = self._found(name), self._processes.get(name)
            if job.state not in PENDING:
                return
            job.state = "cancelled"
            self._waiting = deque(one for one in self._waiting if one[0] is not job)
        if process is None:
            self.tell(job.told())
        else:
            _end(process)

    def answer(self, name: str) -> Any:
        """Return what a job has answered.

        Raises:
            InputError: It is not done, or no longer there.
        """
        with self._lock:
            job = self._found(name)
        if job.state != "done":
            raise InputError(f"'{job.name}' has no answer", "Wait until it is done")
        return job.answer

    def told(self) -> list[dict[str, Any]]:
        """Return all jobs, oldest first."""
        with self._lock:
            return [job.told() for job in self._jobs.values()]

    def _found(self, name: str) -> Job:
        if name not in self._jobs:
            raise InputError("this job is no longer there", "Start it again")
        return self._jobs[name]

    def close(self) -> None:
        """End everything."""
        with self._lock:
            self._waiting.clear()
        for process in list(self._processes.values()):
            _end(process)


def _end(process: Any) -> None:
    """End a process with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError, PermissionError):  # Windows, or no group yet
        process.kill()


def _work(pipe: Connection, function: Callable[..., Any], given: dict[str, Any]) -> None:
    """Do a job, in its own process, and say what comes of it."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # so that what it starts ends with it

    def report(fraction: float, text: str = "") -> None:
        pipe.send(("progress", (float(fraction), text)))

    try:
        pipe.send(("answer", plain(function(report, **given))))
    except PrenucError as error:
        pipe.send(("error", as_error(error)))
    except OSError as error:
        pipe.send(("error", {"message": str(error.strerror or error), "mend": ""}))
    except Exception as error:
        pipe.send(("error", as_fault(error)))
        raise
