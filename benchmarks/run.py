"""Measure the engine against its peers and write ``benchmarks/RESULTS.md`` (``make bench``).

``python benchmarks/run.py`` runs everything, in a quarter of an hour; ``--only NAME`` renews one
section and keeps the others as they were last measured.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
import becker_doering  # one thread must be chosen before numpy is loaded
import ensemble
import network
import sensitivity
import sweep
import waiting
from measure import BENCHMARKS, WORK, machine, pin

CASES = {
    "becker-doering": becker_doering.section,
    "network": network.section,
    "ensemble": ensemble.section,
    "sensitivity": sensitivity.section,
    "waiting": waiting.section,
    "sweep": sweep.section,
}
PAGE = BENCHMARKS / "RESULTS.md"
HEAD = """\
# The engine beside its peers

Written by `make bench`; do not edit. Times are processor seconds of warm calls, imports and
compilation excluded, the shortest of several; each section ran in one session on one core with one
thread, every peer in an environment of its own. Absolute times drift on a shared machine: only
ratios within a section are claims. A peer that cannot be installed or fails has its reason in place
of numbers.
"""


def main() -> None:
    """Run the chosen cases and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=CASES, metavar="NAME", help=", ".join(CASES))
    chosen = parser.parse_args().only
    WORK.mkdir(parents=True, exist_ok=True)
    core = pin()
    for name, section in CASES.items():
        if chosen in {None, name}:
            print(f"{name} …", flush=True)
            began = time.perf_counter()
            lines = section()
            took = f"{time.perf_counter() - began:.0f} s"
            when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
            lines += [f"Measured {when} on {machine()}; {core}; the section took {took}.", ""]
            (WORK / f"{name}.md").write_text("\n".join(lines), encoding="utf-8")
            print("\n".join(lines), flush=True)
    sections = [WORK / f"{name}.md" for name in CASES]
    texts = [path.read_text(encoding="utf-8") for path in sections if path.exists()]
    PAGE.write_text("\n".join([HEAD, *texts]), encoding="utf-8")


if __name__ == "__main__":
    main()
