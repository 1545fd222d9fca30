"""Draws inputs, damages them, and runs a command where every file that it touches is seen."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import sys
import traceback
import warnings
from dataclasses import dataclass

from prenuc.present.cli import main

SEED = 20261125
LONGEST = 10.0  # s of processor time for one input
LARGEST = 500_000_000  # bytes more than before
FOREIGN = [
    *"\0\t\n\r $&*!|>'\"%@`{}[]():,;#-+=/^~<>µ⁻°Å🙂",
    "1e999",
    "nan",
    "<->",
    "&a *a",
    "9" * 50,
]
SPECIES = ["A", "B", "C", "PC", "MSC-311"]
NUMBERS = ["1", "0.5", "3.0e7", "2", "0", "1e-3", "40"]
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
CHANGES |= {"os.chmod", "os.chown", "os.utime", "shutil.rmtree", "tempfile.mkstemp"}
LEAVES = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect"}


def damaged(rng, text):
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(text) + 1)
        how = rng.randrange(5)
        if how == 0:
            text = text[:place] + text[place + rng.randint(1, 3) :]
        elif how == 1:
            text = text[:place] + rng.choice(FOREIGN) + text[place:]
        elif how == 2:
            text = text[:place] + text[place : place + 8] * rng.randint(2, 40) + text[place:]
        elif how == 3:
            lines = text.split("\n")
            rng.shuffle(lines)
            text = "\n".join(lines)
        else:
            text = text.replace(rng.choice([*NUMBERS, *SPECIES]), rng.choice(["", *FOREIGN]), 1)
    return text


def largest():
    """Return the most memory in bytes that this process has ever held."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Enough(BaseException):
    """A long study has begun its work: the gate let the input through."""


class TooLong(BaseException):
    """An input kept the processor busy for longer than it may."""


@dataclass
class Answer:
    code: int
    out: str
    err: str
    fault: str = ""  # a traceback, a time, a file

    @property
    def answered(self):
        return self.code == 0 or (self.code == 1 and not self.err)


class Watch:
    """Sees every file that Python opens for writing, makes, moves or removes.

    A change elsewhere than in the allowed places is noted, and it fails as on a read-only disk.
    """

    def __init__(self):
        self.allowed = None  # nothing is watched
        self.elsewhere = []
        sys.addaudithook(self.see)

    def see(self, event, arguments):
        if self.allowed is None:
            return
        if event in LEAVES:
            self.elsewhere.append(f"{event} {arguments[0]!r}")
            return
        if event == "open":
            changed = arguments[:1] if (arguments[2] or 0) & WRITES else ()
        else:
            changed = arguments[:2] if event in CHANGES else ()
        for path in changed:
            if isinstance(path, (str, bytes, os.PathLike)) and not self.is_allowed(path):
                self.elsewhere.append(f"{event} {os.fsdecode(path)!r}")
                raise PermissionError(13, "Permission denied", os.fsdecode(path))

    def is_allowed(self, path):
        absolute = words(os.fsdecode(path))
        return any(absolute == one or absolute.startswith(one + "/") for one in self.allowed)


WATCH = Watch()


def _too_long(*_):
    raise TooLong


def ask(arguments, allowed=()):
    """Run ``prenuc`` and return what it answers.

    Args:
        arguments: The words of the command line.
        allowed: The only files and folders that it may change, by absolute name.
    """
    out, err = io.StringIO(), io.StringIO()
    fault, code = "", 0
    argv, hook = sys.argv, signal.signal(signal.SIGPROF, _too_long)
    sys.argv = ["prenuc", *arguments]
    WATCH.allowed, WATCH.elsewhere = [*allowed, os.devnull], []
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), shown():
            main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    except Enough:
        code = 0
    except TooLong:
        fault = f"more than {LONGEST:g} s: " + traceback.format_exc()[-1500:]
    except BaseException:  # noqa: BLE001  # a traceback for the user
        fault = traceback.format_exc()[-3000:]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        WATCH.allowed = None
        sys.argv = argv
        signal.signal(signal.SIGPROF, hook)
    if WATCH.elsewhere:
        fault = fault or f"touched {WATCH.elsewhere}"
    if code not in {0, 1, 2}:
        fault = fault or f"exit status {code}"
    if code == 2 and not err.getvalue().strip():
        fault = fault or "nothing is said"
    if "Traceback" in err.getvalue():
        fault = fault or err.getvalue()
    return Answer(code, out.getvalue(), err.getvalue(), fault)


@contextlib.contextmanager
def shown():
    """A warning of Python is a line that no user can read, so it is a fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def words(path):
    """Return an absolute name, without a look at the disk."""
    return os.path.abspath(path)  # noqa: PTH100  # links are not followed
