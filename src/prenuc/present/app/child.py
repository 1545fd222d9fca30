"""The process that reads files which somebody dropped: asked once, and ended in any case."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from prenuc.errors import InputError
from prenuc.present.app import frames, read_child

MOST_ANSWER = 128_000_000  # bytes
SECONDS = 10.0  # for reading, once what reads is loaded
LOADING = 60.0  # s
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
            wanted: "data", "flask", "verdicts" or "screens".

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
