"""Long work for tests of jobs: functions of a module, as a process of its own finds them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from prenuc.errors import InputError, Problem


def doubles(report, *, number):
    for step in range(4):
        report(step / 4, f"step {step}")
    return {"twice": 2 * number}


def waits(report, *, note):
    """Start something that waits, note both processes, and wait."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    Path(note).write_text(f"{os.getpid()} {child.pid}")
    report(0.5, "half")
    time.sleep(1000)


def endless(*_, **__):
    time.sleep(10_000)


def is_refused(_):
    raise InputError([Problem("no data", "Give some", ("dots",), "x.csv:3")])


def fails(_):
    raise ZeroDivisionError


def dies(_):
    os._exit(7)
