"""Ten thousand sets of rate constants for the network of twelve species.

All constants are log-normal about their values (0.5 in ln k, seeded); a peer resets its model, sets
the constants and simulates to the end. Each engine runs a ladder of tolerances over the same sets.
Off is the largest relative distance, of any species and any set, from our own run at rtol 1e-10,
with which the peers' tightest rungs agree as the table shows.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from measure import CASADI, CVODE, ROADRUNNER, WORK, ask, attempt, short, table, versions
from network import LARGEST
from network_model import DURATION, SPECIES, constant_sets, mechanism, question

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT, EXACT = 10_000, 1e-3
RUNGS = (1e-4, 1e-5, 3e-6, 1e-6, 1e-7, 1e-8)  # rtol; atol in mmol/L is a ten-thousandth of it
SLOW_RUNGS = (1e-6, 1e-7)  # of those that take minutes
PEERS = {
    "libroadrunner": (ROADRUNNER, "network_roadrunner.py", RUNGS),
    "casadi (CVODES)": (CASADI, "network_casadi.py", SLOW_RUNGS),
    "CVODE + numba": (CVODE, "network_cvode.py", SLOW_RUNGS),
}
HEAD = ("engine", "rtol", "simulations per CPU s", "failed", "memory / MB", "off (worst)")


def ours(sets: np.ndarray, rtol: float) -> dict[str, Any]:
    """Run the ensemble with our engine.

    Args:
        sets: Rate constants in the order of the mechanism's reactions, SI, shape (m, 20).
        rtol: Relative tolerance.

    Returns:
        ``cpu`` in s, ``failed`` members with their reasons, ``memory`` before and after in MB, and
        ``ends`` in mol/m³ for ``SPECIES``, shape (m, 12), NaN where a member failed.
    """
    from prenuc.simulation.ensemble import ensemble
    from prenuc.simulation.solvers import Rodas

    model, solver = mechanism(), Rodas(rtol=rtol, atol=1e-4 * rtol / LARGEST)
    laws = zip(model.reactions, sets.T, strict=True)
    factors = {f"{one.name}.k": column / one.constant.k for one, column in laws}
    few = {name: column[:100] for name, column in factors.items()}
    ensemble(model, [DURATION], factors=few, solver=solver)
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


def peer(name: str, path: Path, rtol: float) -> dict[str, Any]:
    """Run the ensemble with a peer."""
    environment, script, _ = PEERS[name]
    ends = WORK / "ends.npy"
    asked = question("ensemble", sets=str(path), ends=str(ends), tolerance=(rtol, 1e-4 * rtol))
    answer = ask(environment, script, asked, timeout=400)
    return answer if "error" in answer else answer | {"ends": np.load(ends)}


def memory() -> float:
    """Return our resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def climb(
    run: Callable[[float], dict[str, Any]], rungs: tuple[float, ...], exact: np.ndarray
) -> list[dict[str, Any]]:
    """Return what every rung of the ladder gave, with its error."""
    found = []
    for rtol in rungs:
        one = run(rtol) | {"rtol": rtol}
        if "error" in one:
            return [one]
        one["off"] = float(np.nanmax(np.abs(one.pop("ends") / exact - 1.0)))
        found.append(one)
    return found


def fastest(ladder: list[dict[str, Any]]) -> float:
    """Return simulations per CPU second of the fastest rung that is exact enough; 0 for none."""
    good = [COUNT / one["cpu"] for one in ladder if one.get("off", 1.0) <= EXACT]
    return max(good, default=0.0)


def section() -> list[str]:
    """Measure all engines and return the section of the page."""
    sets = constant_sets(COUNT)
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / "sets.npy"
    np.save(path, sets)
    exact = ours(sets, 1e-10)["ends"]
    ladders = {"prenuc": climb(lambda rtol: attempt(lambda: ours(sets, rtol)), RUNGS, exact)}
    for name, (_, _, rungs) in PEERS.items():
        ladders[name] = climb(lambda rtol, name=name: peer(name, path, rtol), rungs, exact)
    rows = []
    for name, ladder in ladders.items():
        for one in ladder:
            if "error" in one:
                rows.append((name, "–", one["error"], *["–"] * 3))
                continue
            grown = " → ".join(f"{mb:.0f}" for mb in one["memory"])
            rate = f"{COUNT / one['cpu']:.0f}"
            failed = len(one["failed"])
            rows.append((name, f"{one['rtol']:.0e}", rate, failed, grown, short(one["off"], 2)))
    mine = fastest(ladders["prenuc"])
    verdicts = [
        f"- times the throughput of {name}, each at its fastest within {EXACT:g}: "
        + (f"{mine / theirs:.2f}" if theirs and mine else "not measured")
        for name, theirs in ((name, fastest(ladders[name])) for name in PEERS)
    ]
    return [
        "## Ensemble: ten thousand sets of constants",
        "",
        *__doc__.strip().splitlines(),
        "",
        *table(HEAD, rows),
        *verdicts,
        *versions(ROADRUNNER, CASADI, CVODE),
    ]
