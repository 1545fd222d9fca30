"""What all benchmarks of the engine share: processor time, one core, tables, versions."""

from __future__ import annotations

import json
import os
import platform
import shutil
import time
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peers import Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

BENCHMARKS = Path(__file__).parent
SCRIPTS = BENCHMARKS / "peer_scripts"
WORK = BENCHMARKS.parent / "build" / "bench"  # inputs of the peers, finished sections
OURS = ("prenuc", "numpy", "scipy", "scikit-sundae")

CVODE = Peer("cvode", ("scikit-sundae==1.2.0", "numba==0.68.1", "scipy==1.17.1", "numpy==2.4.6"))
ROADRUNNER = Peer("roadrunner", ("libroadrunner==2.10.0", "antimony==3.3.0"))
CASADI = Peer("casadi", ("casadi==3.8.2",))
NUMBALSODA = Peer("numbalsoda", ("numbalsoda==0.3.4",))  # source only: needs a Fortran compiler


def cpu(run: Callable[[], object], repeats: int) -> float:
    """Return the shortest processor time of a few calls, in s."""
    spent = []
    for _ in range(repeats):
        began = time.process_time()
        run()
        spent.append(time.process_time() - began)
    return min(spent)


def attempt(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what a measurement found, or ``{"error": reason}``: a failure is a row."""
    try:
        return run()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the reason
        return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"}


def ask(peer: Peer, script: str, question: dict[str, Any], timeout: float = 300) -> dict[str, Any]:
    """Run a peer's script on a JSON document and return its answer, or ``{"error": reason}``."""
    if reason := lacking(peer):
        return {"error": reason}
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{Path(script).stem}.json"
    path.write_text(json.dumps(question), encoding="utf-8")
    return peer.run(SCRIPTS / script, path, timeout=timeout)


def lacking(peer: Peer) -> str:
    """Return what the machine lacks to build a peer; pip would find out after minutes."""
    if peer is NUMBALSODA and shutil.which("gfortran") is None:
        return "cannot be installed: only source on PyPI, and no Fortran compiler here"
    return ""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a Markdown table, followed by an empty line."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines] + [""]


def short(number: float | None, digits: int = 3) -> str:
    """Return a number as a reader wants it; a dash for none."""
    return "–" if number is None else f"{number:.{digits}g}"


def machine() -> str:
    """Return processor, system and interpreter in a line."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    model = next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), "")
    name = model or platform.processor() or platform.machine()
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def versions(*peers: Peer) -> list[str]:
    """Return our versions and those in the environments of peers, one line each."""
    found = {"ours": {name: _version(name) for name in OURS}}
    found |= {peer.name: {} if lacking(peer) else peer.installed() for peer in peers}
    lines = []
    for name, those in found.items():
        listed = (f"{k} {v}" for k, v in sorted(those.items()) if k not in {"pip", "setuptools"})
        lines.append(f"- {name}: {', '.join(listed) or 'cannot be installed here'}")
    return [*lines, ""]


def pin() -> str:
    """Keep this process and its children on one core and return which."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned (the system offers no affinity)"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"core {core}"


@contextmanager
def every_core() -> Iterator[None]:
    """Use all cores of the machine meanwhile."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
