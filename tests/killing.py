"""Runs ``prenuc`` and kills it at the n-th write, fsync or rename below the working folder.

``python tests/killing.py N COMMAND …`` is as good as ``kill -9`` from outside at that instant: half
of what is written then is on the disk. With N = 0 it runs to the end; the instants that there were
stand in ``.instants``, one letter each, and rows that a ledger was sure of in ``.rows``.
"""

from __future__ import annotations

import builtins
import io
import os
import signal
import sys
from pathlib import Path

HERE = Path.cwd()
KEEPS = ".instants", ".rows"
CASES = 5  # of a study of robustness


class Killer:
    def __init__(self, number):
        self.number = number
        self.seen = 0

    def at(self, letter, first=None):
        """Count an instant, and die at the one that was asked for."""
        self.seen += 1
        note(KEEPS[0], letter)
        if self.seen == self.number:
            if first is not None:
                first()
            os.kill(os.getpid(), signal.SIGKILL)


def note(name, text):
    """Write beside everything, past what is counted."""
    handle = os.open(HERE / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, text.encode())
    os.close(handle)


def watch(killer):
    opened, fsync, replace = io.open, os.fsync, Path.replace

    def watched_open(file, mode="r", *given, **named):
        found = opened(file, mode, *given, **named)
        inside = not isinstance(file, int) and Path(file).absolute().is_relative_to(HERE)
        if inside and {*mode} & set("wax+"):
            write = found.write

            def half_at_the_instant(data):
                def half():
                    write(data[: len(data) // 2])
                    found.flush()

                killer.at("w", half)
                return write(data)

            found.write = half_at_the_instant
        return found

    def watched_fsync(handle):
        killer.at("f")
        fsync(handle)
        killer.at("F")

    def watched_replace(path, target):
        killer.at("r")
        found = replace(path, target)
        killer.at("R")
        return found

    builtins.open = io.open = watched_open
    os.fsync, Path.replace = watched_fsync, watched_replace


def shorten():
    """Ask a study of robustness little."""
    from prenuc.infer.studies import robustness

    checks, cases = robustness.all_checks, robustness.cases
    robustness.all_checks = lambda: [one for one in checks() if one.panel == "2a"][:2]
    robustness.cases = lambda *given, **named: cases(*given, **named)[:CASES]


def count_rows(killer):
    """Count each addition to a ledger, and note the rows that it has taken."""
    from prenuc.ledger import Ledger

    add = Ledger.add

    def added(ledger, entries):
        rows = [*entries]
        killer.at("l")
        add(ledger, rows)
        note(KEEPS[1], "." * len(rows))
        killer.at("L")

    Ledger.add = added


if __name__ == "__main__":
    sys.argv = ["prenuc", *sys.argv[1:]]
    wanted = int(sys.argv.pop(1))
    if sys.argv[1] == "robustness":
        shorten()
    killer = Killer(wanted)
    watch(killer)
    count_rows(killer)
    from prenuc.present.cli import main

    main()
