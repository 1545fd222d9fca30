"""Files that somebody dropped: kept as bytes, read by a process that may come to harm.

A file gets a folder with a name of ours, and its own name with nothing in it that leads elsewhere;
times may stand in that name. The process is fresh, has no environment, ends after one answer, and
is ended after ten seconds. One stands ready, so that nobody waits for it to load.
"""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, Problem, listed
from prenuc.present.app import carried
from prenuc.present.app.child import GAVE_UP, MEND, Child, Upload

if TYPE_CHECKING:
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace

MOST_BYTES = 50_000_000  # of a file
MOST_HELD = 300_000_000  # of all files
MOST_FILES = 1_000
MOST_TOGETHER = 20  # that are no spectra
LONGEST_NAME = 60  # signs of up to four bytes; a file system takes 255 bytes
ODD = set('<>:"|?*')  # signs that some file system does not take
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
SCREENS = {"flask", "court", "spectra"}  # that show files
WRITTEN = ".yaml", ".yml"  # protocols and mechanisms


@dataclass(frozen=True)
class Given:
    """What was read of files.

    Args:
        name: What the user calls them.
        data: What is in them.
        fits: What a report found in them, as :mod:`prenuc.present.app.fitted` tells it.
    """

    name: str
    data: SpectrumSeries | Trace
    fits: list[dict[str, Any]]


def safe(name: str) -> str:
    """Return a file's name with nothing in it that leads elsewhere."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join("_" if one in ODD or not one.isprintable() else one for one in last)
    kept = kept.strip(" .")[-LONGEST_NAME:]
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
        data, fits = carried.made(words, arrays), carried.fits(words.get("fits", []))
        return Given(listed([one.name for one in files]), data, fits)

    def opening(self, name: str) -> dict[str, Any]:
        """Return what a file opens on the screen Flask, as ``flask.open`` takes it.

        A mechanism may be based on another that was dropped, too.

        Raises:
            InputError: It cannot be read, or holds no flask.
        """
        asked = [self.upload(name), *self._mechanisms_beside(name)]
        found = self._asked(asked, {}, "flask")[0].get("opening")
        if not isinstance(found, dict):
            raise InputError(GAVE_UP, MEND)
        return found

    def verdicts(self, name: str) -> list[dict[str, Any]]:
        """Return what a file says of models and of steps, as plain data.

        Raises:
            InputError: It says nothing of them, or cannot be read.
        """
        words, _ = self._asked([self.upload(name)], {}, "verdicts")
        return carried.verdicts(words.get("verdicts"))

    def leading(self, names: list[str]) -> tuple[str, list[str]]:
        """Return which of files that were dropped together is shown, and the screens that can.

        Raises:
            InputError: None can, they are too many, or one cannot be read.
        """
        if not 0 < len(names) <= MOST_TOGETHER:
            raise InputError(f"{len(names)} files are dropped together", "Drop one")
        words, _ = self._asked([self.upload(name) for name in names], {}, "screens")
        first, screens = words.get("first"), words.get("screens")
        if not isinstance(screens, list) or not {*map(str, screens)} <= SCREENS:
            raise InputError(GAVE_UP, MEND)
        if not isinstance(first, int) or not 0 <= first < len(names):
            raise InputError(GAVE_UP, MEND)
        return names[first], screens

    def mechanism_called(self, name: str) -> str:
        """Return what stands in the mechanism file of a name that was dropped last.

        Raises:
            InputError: None was, or it cannot be read.
        """
        with self._lock:
            held = [key for key, one in self._held.items() if one.name == safe(name)]
        found = self.opening(held[-1]) if held else {}
        if found.keys() != {"mechanism"}:
            what = f"the mechanism of this protocol stands in another file, {safe(name)}"
            raise InputError(what, carried.TOGETHER)
        return str(found["mechanism"])

    def _mechanisms_beside(self, name: str) -> list[Upload]:
        """Return the files on which one may be based: of each name that which was dropped last."""
        if not self.upload(name).name.lower().endswith(WRITTEN):
            return []
        with self._lock:
            others = [one for key, one in self._held.items() if key != name]
        named = {one.name: one for one in others if one.name.lower().endswith(WRITTEN)}
        return [*named.values()][-MOST_TOGETHER:]

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
