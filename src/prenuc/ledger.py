"""What has been done, so that work goes on where it stopped: an append-only ledger in SQLite.

An answer is in the ledger when the call that added it has returned: the write-ahead log is on the
disk by then (``synchronous=FULL``), and what a crash tore is not seen again. One process writes to
one file; where many write, each has a file of its own, a *shard*, and they are merged. No file is
shared, so a ledger may lie on a network disk.

A ledger belongs to one version of the facts and the code, and to one instruction set, because an
answer is only as good as what gave it; any other is refused with what differs.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from prenuc.circumstances import circumstances, differing
from prenuc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

APPLICATION = 0x70726E75  # "prnu", in the header of the file
PATIENCE = 2.0  # s to wait for a process that holds the file
TABLES = (
    "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS answers
    (id TEXT PRIMARY KEY, answer BLOB NOT NULL, reason TEXT NOT NULL)""",
)
GO_ON = "What is done is kept: mend this and give the same command again"


class Entry(NamedTuple):
    """The answer to one task.

    Args:
        id: Of the task.
        answer: Whatever it was.
        reason: Why there is none; empty when there is.
    """

    id: str
    answer: bytes
    reason: str = ""


class Ledger:
    """The finished tasks of one piece of work.

    Args:
        path: The file; it and its folder are made.
        about: What the answers hang on, by name, such as versions.

    Raises:
        InputError: It cannot be opened, is no ledger or is damaged, another process holds it, or it
            is of something else.
    """

    def __init__(self, path: Path, about: Mapping[str, str]) -> None:
        self.path = path
        with self._spoken():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            with self._spoken():
                self._begin()
            self._check(about)
        except InputError:
            self._file.close()
            raise

    def _begin(self) -> None:
        """Take the file for this process, and make what is missing in it."""
        (found,) = self._file.execute("PRAGMA application_id").fetchone()
        (tables,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and found != APPLICATION:
            raise InputError("this is no ledger", "Name another file", where=str(self.path))
        for setting in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"):
            self._file.execute(f"PRAGMA {setting}")
        self._file.execute("BEGIN IMMEDIATE")
        for table in TABLES:
            self._file.execute(table)
        self._file.execute(f"PRAGMA application_id={APPLICATION}")
        self._file.execute("COMMIT")

    def _check(self, about: Mapping[str, str]) -> None:
        """Refuse a ledger of something else; a new one is of this from now on."""
        with self._spoken():
            known = dict(self._file.execute("SELECT name, value FROM about"))
            if not known:
                with self._whole():
                    self._file.executemany("INSERT INTO about VALUES (?, ?)", about.items())
                return
        if differs := differing(known, about):
            what = f"this ledger is of other work: {differs}"
            mend = "Name another, or go on with what it was begun with"
            raise InputError(what, mend, where=str(self.path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        with suppress(sqlite3.Error):
            self._file.close()

    def ids(self) -> set[str]:
        """Return the tasks that are done."""
        return set(self.reasons())

    def reasons(self) -> dict[str, str]:
        """Return the tasks that are done, and why one has no answer."""
        with self._spoken():
            return dict(self._file.execute("SELECT id, reason FROM answers"))

    def entries(self) -> Iterator[Entry]:
        """Yield what stands in it, in the order of the tasks' names."""
        with self._spoken():
            for row in self._file.execute("SELECT id, answer, reason FROM answers ORDER BY id"):
                yield Entry(*row)

    def get(self, task: str) -> Entry | None:
        """Return the answer to a task; None while it is not done."""
        with self._spoken():
            found = self._file.execute(
                "SELECT id, answer, reason FROM answers WHERE id = ?", (task,)
            ).fetchone()
        return None if found is None else Entry(*found)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add answers, all or none, and bring them to the disk; a first answer stays.

        Raises:
            InputError: They cannot be written.
        """
        with self._spoken(), self._whole():
            self._file.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?, ?)", entries)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Write all of it or none."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._file.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._file.execute("ROLLBACK")
            raise

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """Say what is wrong with the file in the words of the package."""
        try:
            yield
        except OSError as error:
            reason = (error.strerror or "cannot be written").lower()
            raise InputError(reason, "Name another ledger", where=str(self.path)) from None
        except sqlite3.Error as error:
            raise InputError(*_words(str(error)), where=str(self.path)) from None


def _words(error: str) -> tuple[str, str]:
    """Return what is wrong and how to mend it, for an error of SQLite."""
    known = {
        "locked": ("another process works with this ledger", "Wait for it, or name another"),
        "full": ("the disk is full", GO_ON),
        "readonly": ("it cannot be written: read only", "Name another, or make it writable"),
        "unable to open": ("it cannot be opened or written here", "Name another ledger"),
        "not a database": ("this is no ledger", "Name another file"),
        "malformed": ("this ledger is damaged", "Take it away; the work begins anew"),
        "disk i/o": ("it cannot be read or written: the disk fails", GO_ON),
    }
    for sign, (what, mend) in known.items():
        if sign in error.lower():
            return what, mend
    return f"it cannot be used ({error})", "Name another ledger"


class Memory:
    """Answers as plain data, by name: in a ledger, or nowhere.

    Args:
        ledger: Where they are kept; None not to keep them.
    """

    def __init__(self, ledger: Ledger | None) -> None:
        self._ledger = ledger

    def get(self, name: str) -> Any | None:
        """Return an answer that was kept; None where there is none."""
        found = None if self._ledger is None else self._ledger.get(name)
        return None if found is None else json.loads(found.answer)

    def keep(self, name: str, answer: Any) -> None:
        """Keep an answer: numbers, texts, lists and mappings of these.

        Raises:
            InputError: It cannot be written.
        """
        if self._ledger is not None:
            self._ledger.add([Entry(name, json.dumps(answer).encode())])


@contextmanager
def memory(path: Path | None, what: str) -> Iterator[Memory]:
    """Yield what remembers the answers of a piece of work.

    Args:
        path: Its ledger; None to remember nothing.
        what: The work, such as "robustness", which a ledger belongs to.

    Raises:
        InputError: The ledger cannot be opened, or it is of other work.
    """
    if path is None:
        yield Memory(None)
        return
    with Ledger(path, {"work": what, **circumstances()}) as ledger:
        yield Memory(ledger)


def finished(path: Path) -> set[str]:
    """Return the tasks that a ledger holds, read without a claim on it: many may read at once.

    Args:
        path: Its file; nothing is finished where there is none, or none that can be read.
    """
    if not path.is_file():
        return set()
    file = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return {found for (found,) in file.execute("SELECT id FROM answers")}
    except sqlite3.Error:
        return set()
    finally:
        file.close()


def merge(into: Ledger, shards: Iterable[Path], about: Mapping[str, str]) -> int:
    """Add the answers of shards to a ledger, take the shards away, and return how many were added.

    Args:
        into: The ledger.
        shards: Their files; nobody writes to them any more.
        about: What the answers hang on, the same for all.

    Raises:
        InputError: A shard is of something else, or is still being written.
    """
    before = len(into.ids())
    for path in shards:
        with Ledger(path, about) as shard:
            into.add(shard.entries())
        path.unlink()
    return len(into.ids()) - before
