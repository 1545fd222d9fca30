"""Reads files that somebody dropped: a process of its own that is used once and ends in any case.

Run as ``python -I read_child.py`` in an empty folder, with nothing of the environment. It loads
what readers need, says so by a byte, and waits for one line of JSON on standard input, ``{"files":
[...], "known": {...}, "wanted": "data"}``; then it answers with one frame
(:mod:`prenuc.present.app.frames`), and ends.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

MEMORY = 1_500_000_000  # bytes, of address space or of what is resident
PROCESSOR_TIME = 10  # s
FILE_SIZE = 100_000_000  # bytes, of a file that it writes
LOOK_EVERY = 0.05  # s, of the watchdog
HOLDING = ".html", ".htm", ".json"  # reports and saved answers
LOADED = b"+"
TOO_LARGE = 3  # exit status of a process that was ended by its watchdog
KNOWN = "decimal", "time_unit", "signal", "sheet", "column", "window", "times", "mask"


def bound() -> None:
    """Bound memory, time and files of this process; by a watchdog where the system cannot."""
    try:
        import resource
    except ImportError:  # Windows
        watch(resident_on_windows)
        return
    for limit, most in (
        (resource.RLIMIT_CPU, PROCESSOR_TIME),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    else:  # macOS takes such a limit and does not hold it
        watch(lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def watch(resident: Any, most: int = MEMORY) -> None:
    """End this process when it holds too much.

    Args:
        resident: Returns how many bytes it holds.
        most: How many it may.
    """

    def look() -> None:
        while resident() < most:
            time.sleep(LOOK_EVERY)
        os._exit(TOO_LARGE)

    threading.Thread(target=look, daemon=True).start()


def resident_on_windows() -> int:
    """Return how many bytes this process has held at most."""
    import ctypes

    class _Counters(ctypes.Structure):
        _fields_ = (
            ("size", ctypes.c_ulong),
            ("faults", ctypes.c_ulong),
            ("peak", ctypes.c_size_t),
            ("others", ctypes.c_size_t * 8),
        )

    found, windows = _Counters(), getattr(ctypes, "windll")  # noqa: B009  mypy runs elsewhere
    process = windows.kernel32.GetCurrentProcess()
    windows.psapi.GetProcessMemoryInfo(process, ctypes.byref(found), ctypes.sizeof(found))
    return int(found.peak)


def answer(asked: dict[str, Any]) -> bytes:
    """Return the frame that answers a question.

    Args:
        asked: Files by their paths below the current folder, what is known of them, and what is
            wanted: "data", "flask", "verdicts", or "screens", which are those that can show them.
    """
    from prenuc.errors import InputError, PrenucError
    from prenuc.present.app import frames, messages

    try:
        return frames.packed(*_found(asked))
    except PrenucError as error:
        said = messages.as_error(error)
    except (MemoryError, RecursionError, OverflowError):
        what = "this needs more memory than a file may"
        said = messages.as_error(InputError(what, "Split it, or export less"))
    except Exception as error:  # noqa: BLE001  a fault of ours is said as one
        said = messages.as_fault(error)
    return frames.packed({"error": said}, {})


def _found(asked: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the words and the arrays that answer a question."""
    from prenuc.present.app import carried, dropped
    from prenuc.present.files.input import read_input, trace_or_spectra

    files, wanted = [Path(name) for name in asked["files"]], asked["wanted"]
    if wanted == "screens":
        first, screens = dropped.leading(files)
        return {"first": first, "screens": screens}, {}
    if wanted == "flask":
        return {"opening": dropped.opening(files[0], files[1:])}, {}
    if wanted == "verdicts":
        return {"verdicts": dropped.verdicts_in(files[0])}, {}
    if files[0].suffix.lower() in HOLDING and len(files) == 1:
        data, fits = dropped.data_in(files[0])
        words, arrays = carried.told(data)
        return {**words, "fits": fits}, arrays
    known = {name: given for name, given in asked["known"].items() if name in KNOWN}
    return carried.told(read_input(files, read=trace_or_spectra, **known))


def main() -> None:
    """Load, wait for a question, answer it."""
    # -I leaves out where prenuc was found by whoever has started this
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    import prenuc.observe.readers.joined
    import prenuc.present.app.carried
    import prenuc.present.app.dropped
    import prenuc.present.app.frames
    import prenuc.present.files.input  # noqa: F401  before memory is bounded

    bound()
    sys.stdout.buffer.write(LOADED)  # from now on time counts
    sys.stdout.buffer.flush()
    asked = json.loads(sys.stdin.readline() or "null")
    if asked is not None:
        sys.stdout.buffer.write(answer(asked))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
