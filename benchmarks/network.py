"""Twelve stiff species: processor time against final error, and the first result of a process."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import network_model
import numpy as np
from measure import (
    CASADI,
    CVODE,
    NUMBALSODA,
    ROADRUNNER,
    WORK,
    ask,
    attempt,
    cpu,
    short,
    table,
    versions,
)
from network_model import DURATION, SPECIES, mechanism, question

if TYPE_CHECKING:
    from measure import Peer
    from numpy.typing import NDArray

RTOLS = (1e-6, 3e-7, 1e-7, 3e-8, 1e-8, 3e-9, 1e-9, 1e-10, 1e-11)
FACTORS = (1e-2, 1e-6)  # atol over rtol, mmol/L
REPEATS, WANTED = 15, 1e-8
PEERS: dict[str, tuple[Peer, str, dict[str, str]]] = {
    "libroadrunner": (ROADRUNNER, "network_roadrunner.py", {}),
    "numbalsoda": (NUMBALSODA, "network_numbalsoda.py", {}),
    "casadi (CVODES)": (CASADI, "network_casadi.py", {}),
    "CVODE + numba": (CVODE, "network_cvode.py", {}),
    "scipy LSODA + numba": (CVODE, "network_scipy.py", {"method": "LSODA"}),
    "scipy BDF + numba": (CVODE, "network_scipy.py", {"method": "BDF"}),
    "scipy Radau + numba": (CVODE, "network_scipy.py", {"method": "Radau"}),
}
LARGEST = max(network_model.INITIAL.values())  # our atol is relative to it
FIRST = """
import sys
from pathlib import Path
from prenuc.mechanism import read_mechanism
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas
network, times = read_mechanism(Path(sys.argv[1])), [0.0, float(sys.argv[2])]
found = evolve(network, times, solver=Rodas(rtol=1e-6))
print(found.concentration[-1].sum())
"""


def ladder() -> list[tuple[float, float]]:
    """Return pairs of relative and absolute tolerance (mmol/L)."""
    return [(rtol, rtol * factor) for rtol in RTOLS for factor in FACTORS]


def truth() -> tuple[NDArray[np.float64], float]:
    """Return the end state and how far two engines at their tightest agree on it."""
    radau = question("precision", method="Radau", tolerances=[(1e-13, 1e-24)], repeats=1)
    cvode = question("precision", tolerances=[(1e-13, 1e-20)], repeats=1)
    ends = []
    for script, asked in (("network_scipy.py", radau), ("network_cvode.py", cvode)):
        answer = ask(CVODE, script, asked)
        row = answer["rows"][0] if "rows" in answer else answer
        if "error" in row:
            raise RuntimeError(f"no reference: {row['error']}")
        ends.append(np.array(row["final"]))
    return ends[0], float(np.abs(ends[1] / ends[0] - 1.0).max())


def ours() -> dict[str, Any]:
    """Run the ladder with our engine."""
    from prenuc.simulation.evolve import compiled, evolve
    from prenuc.simulation.solvers import Rodas

    model, times, rows = compiled(mechanism()), np.array([DURATION]), []
    for rtol, atol in ladder():
        solver = Rodas(rtol=rtol, atol=atol / LARGEST)
        found = evolve(model, times, solver=solver)
        order = [list(found.names).index(name) for name in SPECIES]
        row = {"rtol": rtol, "atol": atol, "final": found.concentration[-1, order]}
        row["cpu"] = cpu(lambda s=solver: evolve(model, times, solver=s), REPEATS)
        rows.append(row | {"steps": found.stats["steps"]})
    return {"rows": rows}


def judged(answer: dict[str, Any], end: NDArray[np.float64]) -> dict[str, Any]:
    """Return the fastest run with final error within the wanted; or the reason for none."""
    if "error" in answer:
        return answer
    runs = [one for one in answer["rows"] if "error" not in one]
    for one in runs:
        one["off"] = float(np.abs(np.array(one["final"]) / end - 1.0).max())
    good = [one for one in runs if one["off"] <= WANTED]
    if good:
        return {"runs": runs, **min(good, key=lambda one: one["cpu"])}
    reasons = [one["error"] for one in answer["rows"] if "error" in one]
    return {"error": reasons[0] if reasons else f"no run came within {WANTED:g}"}


def fresh() -> dict[str, Any]:
    """Start a process that runs the network from the compiled cache; wall and processor time."""
    path, found = WORK / "twelve-species.yaml", []
    path.write_text(network_model.yaml(), encoding="utf-8")
    for _ in range(4):  # the first may have to compile
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(  # noqa: S603  # our own interpreter and text
            [sys.executable, "-c", FIRST, str(path), str(DURATION)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return {"error": done.stderr.strip().rpartition("\n")[2]}
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append({"wall": wall, "cpu": used})
    return {"compiling": found[0], **min(found[1:], key=lambda one: one["wall"])}


def section() -> list[str]:
    """Measure all engines and return the section of the page."""
    end, apart = truth()
    asked = question("precision", tolerances=ladder(), repeats=REPEATS)
    found = {"prenuc": judged(attempt(ours), end)}
    for name, (peer, script, more) in PEERS.items():
        found[name] = judged(ask(peer, script, asked | more), end)
    unit = found["prenuc"].get("cpu")
    rows = [
        (name, one["error"], *["–"] * 4)
        if "error" in one
        else (name, short(one["cpu"] * 1e3), short(one["off"], 2), f"{one['rtol']:.0e}",
              f"{one['atol']:.0e}", short(one["cpu"] / unit) if unit else "–")
        for name, one in found.items()
    ]  # fmt: skip
    head = ("engine", "CPU / ms", "final error", "rtol", "atol / (mmol/L)", "times ours")
    return [
        "## Twelve stiff species: time at final error 1e-8",
        "",
        *network_model.__doc__.strip().splitlines()[2:],
        "The error is the largest relative one of any species at the end; the reference is scipy's",
        f"Radau at rtol 1e-13, with which CVODE at 1e-13 agrees to {apart:.0e}. Each engine runs a",
        "ladder of tolerances; the fastest run within 1e-8 counts.",
        "",
        *table(head, rows),
        *_curves(found),
        *_first(),
        *versions(ROADRUNNER, NUMBALSODA, CASADI, CVODE),
    ]


def _curves(found: dict[str, dict[str, Any]]) -> list[str]:
    """Return the whole ladder of every engine, CPU in ms @ final error."""
    rows = []
    for name, one in found.items():
        if runs := [run for run in one.get("runs", ()) if run["atol"] < run["rtol"] * 1e-4]:
            cells = {run["rtol"]: f"{run['cpu'] * 1e3:.3g} @ {run['off']:.0e}" for run in runs}
            rows.append((name, *(cells.get(rtol, "–") for rtol in RTOLS)))
    text = f"The ladder, CPU in ms @ final error, with atol = {FACTORS[-1]:g} rtol:"
    return [text, "", *table(("engine", *(f"{rtol:.0e}" for rtol in RTOLS)), rows)]


def _first() -> list[str]:
    one = fresh()
    if "error" in one:
        return [f"First result of a fresh process: {one['error']}", ""]
    text = f"{one['wall']:.2f} s of wall, {one['cpu']:.2f} s of processor time (wanted: 1.5 s)"
    return [f"First result of a fresh process, import included, compiled cache warm: {text}.", ""]
