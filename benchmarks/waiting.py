"""What a person waits for: commands from a cold start, and calls that a slider makes.

A command is measured as the processor time of its process, libraries included, beside that of
Python alone. A warm call has a mechanism that is compiled, and each has another constant and
another time, so that no result of an earlier one can be used again.
"""

from __future__ import annotations

import resource
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from measure import CVODE, short, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

REPEATS, WARM = 5, 30
MSC, MSA = "cds-msc-311-in-toluene", "cds-3b-msa-at-30-min"
COMMANDS = {  # what is typed, and how many s it may take
    "--help": ("--help", 0.1),
    "list recipes": ("list recipes", 0.25),
    "show MSC-311": ("show MSC-311", 0.2),
    "cite 2a-b": (f"cite {MSC}", 0.45),
    "simulate 2a-b": (f"simulate {MSC}", 0.7),
    "fit a trace": ("fit trace.csv 'A -> B'", 0.6),
    "analyze a file of one spectrum": ("analyze spectrum.csv", 0.7),
    "analyze a file of 49 spectra": ("analyze spectra.csv", None),
}
CALLS = {
    "simulate 2a-b": 8.0,
    "simulate 3b": 20.0,
    "uv_vis 49 × 416": 1.5,
    "2a-b from its dilution on": 4.0,
    "with_constants": None,
    "20 tangents of 2a-b": None,
    "the same in single runs": 8.0,
}
PEAK = """
import contextlib, io, sys
from pathlib import Path
from prenuc.present.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""
MEGABYTE = 1e6
STRUCTURE = {"dots.largest", "dots.bare", "dots.capped", "Mo/Fr under TOPO.sites"}  # no tangents
NUMBA = {"numba", "llvmlite", "numba.libs", "llvmlite.libs"}  # what the engine was compiled by


def spent(words: list[str], folder: Path) -> float:
    """Return the shortest processor time in s of a few processes."""
    times = []
    for _ in range(REPEATS):
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, cwd=folder, check=True, capture_output=True)  # noqa: S603  # our own
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime)
    return min(times)


def inputs(folder: Path) -> None:
    """Write a trace of 49 readings, a file of 49 spectra and one of one, from recipe 2a-b."""
    import prenuc as pn

    spectra = pn.uv_vis(pn.simulate(*of(MSC)), noise=1e-3, seed=1)
    frame = spectra.to_dataframe()
    frame.to_csv(folder / "spectra.csv")
    frame.iloc[:, -1:].to_csv(folder / "spectrum.csv")
    trace = spectra.absorbance[:, np.argmin(np.abs(spectra.wavelength - 311.0))]
    rows = [f"{t:g},{a:.5f}" for t, a in zip(spectra.time, trace, strict=True)]
    (folder / "trace.csv").write_text("\n".join(["time / min,A", *rows]), encoding="utf-8")


def commands() -> list[tuple[object, ...]]:
    """Return a row for each command."""
    program = [str(Path(sys.executable).parent / "prenuc")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs(folder)
        alone = spent([sys.executable, "-c", "pass"], folder)
        rows: list[tuple[object, ...]] = [("Python alone", short(alone), "–")]
        loaded = spent([sys.executable, "-c", "import prenuc"], folder) - alone
        rows.append(("import prenuc, beside it", short(loaded), 0.05))
        for label, (line, allowed) in COMMANDS.items():
            rows.append(
                (label, short(spent([*program, *shlex.split(line)], folder)), allowed or "–")
            )
    return rows


def of(recipe: str) -> tuple[Mechanism, Protocol]:
    """Return mechanism and protocol of a recipe."""
    from prenuc.facts.catalogue import get
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.choice import for_recipe

    found = get("recipes", recipe)
    return for_recipe(found), Protocol.from_recipe(found)


def warm(call: Callable[[int], object]) -> float:
    """Return the shortest processor time of many different calls, in ms."""
    call(0)
    times = []
    for i in range(1, WARM):
        began = time.process_time()
        call(i)
        times.append(time.process_time() - began)
    return 1e3 * min(times)


def slider(recipe: str, step: str) -> Callable[[int], Any]:
    """Return a simulation whose every call has another constant and another time."""
    import prenuc as pn

    mechanism, protocol = of(recipe)

    def call(i: int) -> Any:
        changed = mechanism.with_constants({"isomerisation.k": f"{0.02 + 1e-5 * i:.5f} 1/min"})
        return pn.simulate(changed, protocol.with_duration({step: f"{19 + 0.01 * i:.2f} min"}))

    return call


def calls() -> list[tuple[object, ...]]:
    """Return a row for each call."""
    import prenuc as pn

    mechanism, protocol = of(MSC)
    flask, first = slider(MSC, "hold flask"), pn.simulate(mechanism, protocol)
    runs = [flask(i) for i in range(WARM)]
    names = [name for name in mechanism.constants if name not in STRUCTURE]
    some = sorted(np.random.default_rng(13).choice(names, 20, replace=False))
    found = {
        "simulate 2a-b": warm(flask),
        "simulate 3b": warm(slider(MSA, "hold flask")),
        "uv_vis 49 × 416": warm(lambda i: pn.uv_vis(runs[i])),
        "2a-b from its dilution on": warm(
            lambda i: pn.simulate(
                mechanism,
                protocol.with_dilution({"take into cuvette": 1.0 + 0.01 * i}),
                earlier=first,
            )
        ),
        "with_constants": warm(
            lambda i: mechanism.with_constants({"isomerisation.k": f"{0.02 + 1e-5 * i:.5f} 1/min"})
        ),
        "20 tangents of 2a-b": warm(
            lambda i: pn.simulate(
                mechanism.with_constants({"isomerisation.k": f"{0.02 + 1e-5 * i:.5f} 1/min"}),
                protocol,
                parameters=some,
            )
        ),
    }
    found["the same in single runs"] = found["20 tangents of 2a-b"] / found["simulate 2a-b"]
    return [(name, short(ms), CALLS[name] or "–") for name, ms in found.items()]


def sharpness() -> list[str]:
    """Return how far absorbances at the default are from those at rtol 1e-10."""
    import prenuc as pn

    lines = []
    for recipe in (MSC, MSA):
        usual = pn.uv_vis(pn.simulate(*of(recipe)))
        sharp = pn.uv_vis(pn.simulate(*of(recipe), solver=pn.Rodas(rtol=1e-10)))
        most = float(np.max(np.abs(usual.absorbance - sharp.absorbance)))
        lines.append(f"- {recipe}: absorbances within {most:.1e} of those at rtol 1e-10")
    return lines


def installed(folder: Path) -> float:
    """Return how large the files of a folder are, in MB, without what Python itself caches."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return sum(path.stat().st_size for path in files) / MEGABYTE


def peak(line: str) -> float | None:
    """Return the most memory that a command holds, in MB; None where the system does not say."""
    if not Path("/proc/self/status").exists():
        return None
    words = [sys.executable, "-c", PEAK, *shlex.split(line)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603  # our own
    return int(done.stdout) * 1024 / MEGABYTE


def sizes() -> list[str]:
    """Return what is installed and held, beside what numba needed in its place."""
    import prenuc
    from prenuc.simulation.native import _engine

    package, engine = Path(prenuc.__file__).parent, Path(_engine.__file__)
    line = (
        f"- installed: prenuc {installed(package):.1f} MB, of which the engine is "
        f"{engine.stat().st_size / MEGABYTE:.2f} MB"
    )
    folders = CVODE.python.parent.parent.glob("lib/python*/site-packages/*")
    numba = sum(installed(folder) for folder in folders if folder.name in NUMBA)
    if numba:
        line += f"; numba and llvmlite, which compiled it before, {numba:.0f} MB"
    held = short(peak(f"simulate {MSC}"))
    return [line, f"- memory of `simulate` of 2a-b: at most {held} MB; with numba it was 216 MB"]


def section() -> list[str]:
    """Measure and return the section of the page."""
    return [
        "## What a person waits for",
        "",
        *(__doc__ or "").strip().splitlines()[2:],
        "",
        *table(("command", "CPU / s", "may take"), commands()),
        *table(("warm call", "CPU / ms", "may take"), calls()),
        *sharpness(),
        *sizes(),
        "",
    ]


if __name__ == "__main__":
    print("\n".join(section()))
