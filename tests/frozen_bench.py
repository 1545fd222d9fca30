"""The fits that are frozen: about eighty questions of every kind, and their answers.

``python tests/frozen_bench.py`` writes ``tests/data/frozen_fits.json``: the answer of every case by
the package as it stands. Run it only where answers are meant to change.
"""

from __future__ import annotations

import json
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from frozen_cases import matrices, traces, wavelengths
from frozen_sets import many

FILE = Path(__file__).parent / "data" / "frozen_fits.json"


@cache
def cases():
    """Return all cases by name."""
    return {case.name: case for case in (*traces(), *wavelengths(), *matrices(), *many())}


def answer(found):
    """Return what is frozen of a fit, as plain data."""
    told = found.as_dict()
    return {"parameters": told["parameters"], "derived": told["derived"]}


def record():
    """Write the answers of the package as it stands."""
    versions = {name: version(name) for name in ("prenuc", "numpy", "scipy")}
    answers = {name: answer(case.fit()) for name, case in cases().items()}
    told = {"versions": {"python": platform.python_version(), **versions}, "cases": answers}
    FILE.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
