"""Reads one file with the library openreadout, as a process of its own that ends in any case.

Run as ``python -I library_process.py FILE``; writes JSON: format, and for each spectrum its name,
quantities, unit of the axis, axis and values; or what is wrong.
"""

from __future__ import annotations

import json
import sys
from typing import Any

SECONDS, BYTES = 20, 2_000_000_000
MOST_POINTS = 1_000_000


def bound() -> None:
    """Bound time and memory of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows; the parent ends it after a while
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def spectra(path: str) -> dict[str, object]:
    """Return what a file holds.

    Args:
        path: The file.
    """
    import openreadout

    with openreadout.File(path) as opened:
        told: Any = opened.info
        found: list[dict[str, object]] = []
        for trace in told.get("traces", []):
            extra = trace.get("extra", {})
            axis = extra.get("axis", {})
            if trace["sample_count"] > MOST_POINTS or len(found) > 1000:
                return {"wrong": f"it holds more than {MOST_POINTS} points"}
            values, places = opened.read_trace(trace["index"]), opened.trace_axis(trace["index"])
            found += [
                {
                    "name": trace.get("name") or "",
                    "axis": [] if places is None else places.tolist(),
                    "unit": axis.get("unit") or "",
                    "quantity": axis.get("quantity") or "",
                    "signal": extra.get("y_quantity") or channel.get("name") or "",
                    "values": row.tolist(),
                }
                for channel, row in zip(trace["channels"], values, strict=True)
            ]
        started = (told.get("experiment", {}).get("acquisition") or {}).get("started_at", "")
        kind = told["format"]
        return {"id": kind["id"], "format": kind["name"], "measured": started, "spectra": found}


if __name__ == "__main__":
    try:
        import openreadout  # noqa: F401 - before the memory is bounded

        bound()
        answer = spectra(sys.argv[1])
    except ImportError:
        answer = {"missing": True}
    except Exception as error:  # noqa: BLE001 - the parent says so in one line
        answer = {"wrong": " ".join(str(error).split())[:200]}
    sys.stdout.write(json.dumps(answer))
