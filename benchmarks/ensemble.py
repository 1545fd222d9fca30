"""Ten thousand sets of rate constants for the network of twelve species, at rtol 1e-6.

All constants are log-normal about their values (0.5 in ln k, seeded); a peer resets its model, sets
the constants and simulates to the end, all with the same tolerances and the same sets.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from measure import CASADI, CVODE, ROADRUNNER, WORK, ask, attempt, short, table, versions
from network import LARGEST
from network_model import DURATION, SPECIES, constant_sets, mechanism, question

COUNT, RTOL, ATOL = 10_000, 1e-6, 1e-10  # atol in mmol/L
PEERS = {
    "libroadrunner": (ROADRUNNER, "network_roadrunner.py"),
    "casadi (CVODES)": (CASADI, "network_casadi.py"),
    "CVODE + numba": (CVODE, "network_cvode.py"),
}
HEAD = ("engine", "simulations per CPU s", "failed", "memory / MB", "off (worst)", "times theirs")


def ours(sets: np.ndarray) -> dict[str, Any]:
    """Run the ensemble with our engine.

    Args:
        sets: Rate constants in the order of the mechanism's reactions, SI, shape (m, 20).

    Returns:
        ``cpu`` in s, ``failed`` members with their reasons, ``memory`` before and after in MB, and
        ``ends`` in mol/m³ for ``SPECIES``, shape (m, 12), NaN where a member failed.
    """
    from prenuc.simulation.ensemble import ensemble
    from prenuc.simulation.solver import Rodas

    model, solver = mechanism(), Rodas(rtol=RTOL, atol=ATOL / LARGEST)
    factors = sets / np.array([reaction.constant.k for reaction in model.reactions])
    ensemble(model, [DURATION], factors=factors[:100], solver=solver)
    before, began = memory(), time.process_time()
    found = ensemble(model, [DURATION], factors=factors, solver=solver)
    spent = time.process_time() - began
    order = [list(found.names).index(name) for name in SPECIES]
    return {
        "cpu": spent,
        "failed": [[i, reason] for i, reason in found.failed.items()],
        "memory": [before, memory()],
        "ends": found.concentration[:, -1, order],
    }


def peer(name: str, path: Path) -> dict[str, Any]:
    """Run the ensemble with a peer."""
    environment, script = PEERS[name]
    ends = WORK / "ends.npy"
    asked = question("ensemble", sets=str(path), ends=str(ends), tolerance=(RTOL, ATOL))
    answer = ask(environment, script, asked, timeout=400)
    return answer if "error" in answer else answer | {"ends": np.load(ends)}


def memory() -> float:
    """Return our resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def section() -> list[str]:
    """Measure all engines and return the section of the page."""
    sets = constant_sets(COUNT)
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / "sets.npy"
    np.save(path, sets)
    found = {"prenuc": attempt(lambda: ours(sets))}
    found |= {name: peer(name, path) for name in PEERS}
    # The middle of all engines is the reference: a wrong member stands out.
    ends = [one["ends"] for one in found.values() if "ends" in one]
    middle = np.nanmedian(ends, axis=0) if ends else np.zeros(0)
    mine = found["prenuc"].get("cpu")
    rows = []
    for name, one in found.items():
        if "error" in one:
            rows.append((name, one["error"], *["–"] * 4))
            continue
        off = np.nanmax(np.abs(one["ends"] / middle - 1.0))
        grown = " → ".join(f"{mb:.0f}" for mb in one["memory"])
        ratio = short(one["cpu"] / mine) if mine else "–"
        rate = f"{COUNT / one['cpu']:.0f}"
        rows.append((name, rate, len(one["failed"]), grown, short(off, 2), ratio))
    return [
        "## Ensemble: ten thousand sets of constants",
        "",
        *__doc__.strip().splitlines(),
        "Off is the largest relative distance, of any species and set, from the median of engines.",
        "",
        *table(HEAD, rows),
        *versions(ROADRUNNER, CASADI, CVODE),
    ]
