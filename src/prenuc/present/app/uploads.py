"""Files that somebody dropped: kept as bytes, read by a process that may come to harm.

A file gets a folder with a name of ours, and its own name with nothing in it that leads elsewhere;
times may stand in that name. The process is fresh, has no environment, ends after one answer, and
is ended after ten seconds. One stands ready, so that nobody waits for it to load.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from prenuc.errors import InputError, Problem
from prenuc.present.app import carried, frames, read_child

if TYPE_CHECKING:
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace

MOST_BYTES = 50_000_000  # of a file
MOST_HELD = 300_000_000  # of all files
MOST_FILES = 1_000
MOST_ANSWER = 128_000_000  # bytes
SECONDS = 10.0  # for reading, once what reads is loaded
LOADING = 60.0  # s
LONGEST_NAME = 60  # signs of up to four bytes; a file system takes 255 bytes
ODD = re.compile(r"[^\w .,+°µμ()=-]")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
SCREENS = {"flask", "spectra"}  # that show files
GAVE_UP = "reading this file took too long, or too much memory"
MEND = "Export the spectra as text (CSV), in smaller parts"


@dataclass(frozen=True)
class Upload:
    """A file as it came.

    Args:
        name: What the user calls it, on one line.
        content: What is in it.
    """

    name: str
    content: bytes


@dataclass(frozen=True)
class Given:
    """What was read of files.

    Args:
        name: What the user calls them.
        data: What is in them.
    """

    name: str
    data: SpectrumSeries | Trace


def safe(name: str) -> str:
    """Return a file's name with nothing in it that leads elsewhere."""
    last = re.split(r"[/\\]", name)[-1]
    kept = ODD.sub("_", last).strip(" .")[-LONGEST_NAME:]
    return f"_{kept}" if RESERVED.match(kept) or not kept else kept


class Uploads:
    """The files of an application, and the process that stands ready to read them."""

    def __init__(self) -> None:
        self._held: dict[str, Upload] = {}
        self._ready: Child | None = None
        self._closed = False
        self._lock = threading.Lock()

    def add(self, name: str, content: bytes) -> str:
        """Keep a file and return its name of chance.

        Raises:
            InputError: It is too large, or too many are kept.
        """
        if len(content) > MOST_BYTES:
            raise InputError(f"a file of more than {MOST_BYTES // 1_000_000} MB", "Split it")
        with self._lock:
            held = sum(len(one.content) for one in self._held.values())
            if len(self._held) >= MOST_FILES or held + len(content) > MOST_HELD:
                raise InputError("too many files are kept", "Forget some, or start again")
            new = secrets.token_urlsafe(12)
            self._held[new] = Upload(safe(name), content)
        return new

    def forget(self, name: str) -> None:
        """Throw a file away."""
        with self._lock:
            self._held.pop(name, None)

    def upload(self, name: str) -> Upload:
        """Return a file as it came.

        Raises:
            InputError: There is none of that name (any longer).
        """
        if name not in self._held:
            raise InputError("this file is no longer there", "Drop it again")
        return self._held[name]

    def read(self, names: list[str], **known: Any) -> Given:
        """Read files, several as one series.

        Args:
            names: Of :meth:`add`.
            known: As for :func:`prenuc.present.files.input.read_input`: ``decimal``,
                ``time_unit``, ``signal``, ``sheet``, ``column``, ``window``, ``times``.

        Raises:
            InputError: They cannot be read; all problems at once.
        """
        files = [self.upload(name) for name in names]
        if not files:
            raise InputError("no file is named", "Drop one")
        words, arrays = self._asked(files, known)
        return Given(", ".join(one.name for one in files[:3]), carried.made(words, arrays))

    def opening(self, name: str) -> dict[str, Any]:
        """Return what a file opens on the screen Flask, as ``flask.open`` takes it.

        Raises:
            InputError: It cannot be read, or holds no flask.
        """
        found = self._asked([self.upload(name)], {}, "flask")[0].get("opening")
        if not isinstance(found, dict):
            raise InputError(GAVE_UP, MEND)
        return found

    def screens(self, name: str) -> list[str]:
        """Return the screens that can show a file.

        Raises:
            InputError: None can, or it cannot be read.
        """
        found = self._asked([self.upload(name)], {}, "screens")[0].get("screens")
        if not isinstance(found, list) or not {*map(str, found)} <= SCREENS:
            raise InputError(GAVE_UP, MEND)
        return found

    def _asked(
        self, files: list[Upload], known: dict[str, Any], wanted: str = "data"
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return words and arrays of a process of its own."""
        words, arrays = self._child().ask(files, known, wanted)
        if "error" in words:
            raise InputError(_problems(words["error"]))
        return words, arrays

    def _child(self) -> Child:
        """Return a process that nobody has used, and have another made ready."""
        with self._lock:
            child, self._ready = self._ready, None
        threading.Thread(target=self.make_ready, daemon=True).start()
        return child or Child()

    def make_ready(self) -> None:
        """Have a process stand ready."""
        with self._lock:
            if self._ready is None and not self._closed:
                self._ready = Child()

    def close(self) -> None:
        """End the process that stands ready."""
        with self._lock:
            child, self._ready, self._closed = self._ready, None, True
        if child is not None:
            child.end()


class Child:
    """A process that reads once, with a folder of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="prenuc-"))
        needed = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        if "SYSTEMROOT" in os.environ:  # without which Windows starts nothing
            needed["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
        self._process = subprocess.Popen(  # noqa: S603  our own script
            [sys.executable, "-I", "-B", read_child.__file__],
            cwd=self._folder,
            env=needed,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def ask(
        self, files: list[Upload], known: dict[str, Any], wanted: str = "data"
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return words and arrays of the answer.

        Args:
            files: What is to be read.
            known: What the user knows of them.
            wanted: "data", "flask" or "screens".

        Raises:
            InputError: It gave none.
        """
        try:
            paths = [self._written(number, one) for number, one in enumerate(files)]
            line = json.dumps({"files": paths, "known": known, "wanted": wanted}).encode() + b"\n"
            found = self._answer(line)
        finally:
            self.end()
        if found is None:
            raise InputError(GAVE_UP, MEND, where=files[0].name)
        return frames.unpacked(found)

    def _written(self, number: int, one: Upload) -> str:
        folder = self._folder / f"{number:03d}"
        folder.mkdir()
        (folder / one.name).write_bytes(one.content)
        return f"{folder.name}/{one.name}"

    def _answer(self, line: bytes) -> bytes | None:
        """Return what the process says to a line; None where it says too much or nothing."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101  both are pipes
        assert stdout is not None  # noqa: S101
        found = bytearray()
        loaded = threading.Event()
        reader = threading.Thread(target=_gather, args=(stdout, found, loaded), daemon=True)
        reader.start()
        loaded.wait(LOADING)
        until = time.monotonic() + SECONDS
        try:
            stdin.write(line)
            stdin.close()
        except OSError:  # it has ended already
            return None
        reader.join(max(0.0, until - time.monotonic()))
        if reader.is_alive() or not 0 < len(found) <= MOST_ANSWER:
            return None
        return bytes(found)

    def end(self) -> None:
        """End the process with all that it started, and remove its folder."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError, PermissionError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _gather(pipe: IO[bytes], found: bytearray, loaded: threading.Event) -> None:
    """Gather what comes out of a pipe after its first byte, up to a byte more than is allowed.

    Args:
        pipe: Of a process.
        found: What has come.
        loaded: Set with the first byte, or at the end.
    """
    try:
        pipe.read(1)
        loaded.set()
        while len(found) <= MOST_ANSWER and (part := pipe.read(1 << 16)):
            found += part
    except (OSError, ValueError):  # it was closed
        return


def _problems(error: Any) -> list[Problem]:
    """Return the problems that a process told, without the names of our folders."""
    told = error.get("problems") if isinstance(error, dict) else None
    found = [
        Problem(
            str(one.get("what", ""))[:2000],
            str(one.get("mend", ""))[:2000],
            tuple(str(name)[:200] for name in one.get("nearest", [])[:5]),
            re.sub(r"^\d{3}/", "", str(one.get("where", ""))[:500]),
        )
        for one in (told if isinstance(told, list) else [])[:100]
        if isinstance(one, dict)
    ]
    return found or [Problem(GAVE_UP, MEND)]
