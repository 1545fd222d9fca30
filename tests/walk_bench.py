"""What the reader of a page brings along, and what is not run with every page.

Where a page names one of these files, it lies in the reader's folder; all but real data are made
here, with seeds.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import numpy as np
from click.testing import CliRunner
from scipy.linalg import expm

import many_bench
import picks_bench
import prenuc as pn
from commands import REAL, dots, write
from known_values.robertson import ROBERTSON
from prenuc.present.cli import prenuc
from prenuc.present.tables.plain import as_text
from prenuc.protocol.protocol import read_protocol
from view_bench import converting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Exit status 1 is an answer: a statement is missed, a mechanism wanting, no experiment tells.
MAY_SAY_NO = frozenset({"reproduce", "calibrate", "robustness", "next"})
REAL_FILES = {
    "cdse-run-2.csv": "Run 2 UV-Vis.csv",
    "cdse-run-6.csv": "Run 6 UV-Vis.csv",
    "cdse-run-6-fl.csv": "Run 6 FL emission.csv",
}
# A cluster (tests/test_sweeps.py has one of this machine), a browser (tests/test_app.py).
NEEDS = ("--dask ", "--slurm ", "prenuc app")
# What takes more than some seconds, by page: how a command, or a block of Python, begins.
LONG = {
    "README.md": ("import prenuc as pn",),  # tests/test_readme.py
    "--help": (
        "prenuc ablate two-pathway/CdS --refit",
        "prenuc ablate faster.yaml",
        "prenuc calibrate",
        "prenuc compare --observations",
        "prenuc compare spectra.csv",
        "prenuc next",
        "prenuc predict",
        "prenuc reproduce --",
        "prenuc robustness",
    ),
    "docs/first-hour.md": ("prenuc compare mine.csv --protocol",),
    "docs/how-to/calibrate-on-spectra.md": ("prenuc calibrate", "from pathlib"),
    "docs/how-to/compare-models.md": (
        "prenuc compare spectra.csv",
        "prenuc compare --observations",
        "import prenuc as pn\n\nprotocol",
        "from prenuc.infer.selection.shapes",
    ),
    "docs/how-to/fit-a-scheme.md": ("prenuc compare spectra.csv",),
    "docs/how-to/from-file-to-report.md": (
        "prenuc report cdse-run-2.csv",
        "prenuc analyze cdse-run-2.csv",
    ),
    "docs/how-to/map.md": ("prenuc sweep examples/map.yaml",),
    "docs/how-to/next-experiment.md": ("prenuc next", "import prenuc"),
    "docs/how-to/simulate-a-recipe.md": ("prenuc simulate cds-msc-311-in-toluene --mechanism",),
    "docs/how-to/table-figure-workbook.md": (
        "prenuc analyze weak.csv",
        "prenuc growth cdse-run-2.csv",
        "prenuc emission cdse-run-6-fl.csv",
    ),
}

BATCH = """\
name: NAME
mechanism: two-pathway/CdS
protocol:
  - charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
  - heat flask to 180 degC over 10 min
  - hold flask for HOLD min
  - take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC
  - measure cuvette at 4 min, 20 min, 60 min, 120 min
"""
DOTS = tuple(480.0 + 50.0 * (1.0 - np.exp(-np.arange(12) / 3.0)))


def trace(path: Path) -> None:
    """Growth of an absorbance at 311 nm: k = 0.015 1/min, noise of 1 mAU."""
    time = np.linspace(4.0, 200.0, 50)
    noise = 1e-3 * np.random.default_rng(3).normal(size=time.size)
    _columns(path, "time (min),A311", time, 0.411 - 0.416 * np.exp(-0.015 * time) + noise)


def late(path: Path) -> None:
    """Growth after eight steps: k = 0.004 1/min, zero crossing at 200 min, noise of 1 mAU."""
    time = np.linspace(20.0, 1500.0, 75)
    chain = np.diag([-0.0420] * 8 + [-0.004, 0.0]) + np.diag([0.0420] * 8 + [0.004], -1)
    grown = np.array([expm(chain * t)[-1, 0] for t in time])
    noise = 1e-3 * np.random.default_rng(4).normal(size=time.size)
    _columns(path, "time (min),A371", time, 0.334 * grown + noise)


def _columns(path: Path, heading: str, time: np.ndarray, value: np.ndarray) -> None:
    rows = "".join(f"{t:g},{v:.4f}\n" for t, v in zip(time, value, strict=True))
    path.write_text(f"{heading}\n{rows}", encoding="utf-8")


def simulated(path: Path) -> None:
    """Spectra of Figure 2a, simulated with noise of 1 mAU."""
    protocol = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))
    run = pn.simulate(pn.two_pathway("CdS"), protocol)
    pn.convert(pn.uv_vis(run, noise=1e-3, seed=1), "csv", path)


def weak(path: Path) -> None:
    """Growing dots, the first spectrum so weak that a line of the lamp is the strongest in it."""
    pn.convert(picks_bench.of_kinds(261)[260].series, "csv", path)


def two_steps(path: Path) -> None:
    """Three clusters that turn into each other one after the other."""
    pn.convert(converting("A -> B -> C", (0.05, 0.01), m=40, offset=0.0), "csv", path)


def growing(path: Path) -> None:
    """Spectra of dots that grow, one each half minute."""
    write(dots(DOTS), path)


def scans(path: Path) -> None:
    """The same, a file for each spectrum, whose name says the time."""
    series = dots(DOTS)
    path.mkdir()
    for i, time in enumerate(series.time):
        one = series.kept(np.arange(len(series)) == i)
        for ending in ("csv", "txt"):
            write(one, path / f"s_t{time:g}s.{ending}")


def only(ending: str) -> Callable[[Path], None]:
    """Return what makes a folder of spectra whose files have one ending alone."""

    def make(path: Path) -> None:
        scans(path)
        for file in path.iterdir():
            if file.suffix != f".{ending}":
                file.unlink()

    return make


def blank(path: Path) -> None:
    """A cuvette of solvent, on the wavelengths of the dots."""
    series = dots()
    flat = np.full((1, len(series.wavelength)), 0.01)
    write(pn.SpectrumSeries(series.wavelength, np.array([0.0]), flat, labels=("toluene",)), path)


def light(path: Path) -> None:
    """Emission of the dots that grow."""
    series = dots(DOTS)
    bands = [900 * np.exp(-(((series.wavelength - at - 20) / 14) ** 2)) + 5 for at in DOTS]
    noise = np.random.default_rng(1).normal(0, 1, series.absorbance.shape)
    kind = {"time_unit": "s", "signal": "photoluminescence"}
    write(pn.SpectrumSeries(series.wavelength, series.time, np.array(bands) + noise, **kind), path)


def batch(hold: int) -> Callable[[Path], None]:
    """Return what writes the protocol of a batch of CdS."""

    def make(path: Path) -> None:
        text = BATCH.replace("NAME", path.stem).replace("HOLD", str(hold))
        path.write_text(text, encoding="utf-8")

    return make


MINE = """\
name: mine
mechanism: two-pathway/CdSe
protocol:
  - charge flask with 1.0 mmol CdO, 4 mmol oleic acid and 8 g ODE at 60 degC
  - heat flask to 240 degC over 20 min
  - hold flask for 30 min
  - inject 0.5 mmol SeTOP into flask
  - hold flask for 5 min
  - take 25 uL of flask into c5 with 3.00 mL toluene at 25 degC
  - measure c5
"""
CHANGED = "based_on: two-pathway/CdS\nchange: {isomerisation.k: 0.03 1/min}\n"
MAP = """\
recipe: cds-4c-oleate
vary:
  heat flask: [160 degC, 200 degC]
  dilute charge flask: [1, 10]
keep: [share of PC, share of QD]
map: {x: heat flask, y: dilute charge flask, of: [share of PC]}
rank: share of PC
"""
FLASKS = """\
flasks:
  - {spectra: usual.csv, protocol: batch.yaml}
  - {spectra: cool.csv, protocol: batch.yaml, change: heat flask = 160 degC}
"""


def batches(path: Path) -> None:
    """Spectra of two flasks of CdS, simulated with noise, and what was done to them."""
    path.mkdir()
    batch(20)(path / "batch.yaml")
    (path / "flasks.yaml").write_text(FLASKS, encoding="utf-8")
    usual, _ = read_protocol(path / "batch.yaml")
    for name, protocol in (("usual", usual), ("cool", usual.varied("heat flask = 160 degC"))):
        run = pn.simulate(pn.two_pathway("CdS"), protocol)
        pn.convert(pn.uv_vis(run, noise=1e-3, seed=1), "csv", path / f"{name}.csv")


def experiment(number: int) -> Callable[[Path], None]:
    """Return what writes one of the experiments of ``many_bench``."""
    return lambda path: pn.convert(many_bench.experiments()[number].data, "csv", path)


def real(name: str) -> Callable[[Path], None]:
    """Return what copies a file of real data, where such files lie beside this checkout."""
    return lambda path: shutil.copy(REAL / name, path) if REAL.exists() else None


def text(content: str) -> Callable[[Path], None]:
    """Return what writes a text."""
    return lambda path: path.write_text(content, encoding="utf-8")


def answered(path: Path) -> None:
    """An answer of prenuc simulate, in its folder."""
    answer = CliRunner().invoke(prenuc, ["simulate", "cds-msc-311-in-toluene", "--json"])
    path.parent.mkdir()
    path.write_text(answer.stdout, encoding="utf-8")


def answers(path: Path) -> None:
    """A folder of fits that were saved."""
    path.mkdir()
    for seed in (1, 2):
        saved_fit(path / f"fit-{seed}.json", seed)


def saved_fit(path: Path, seed: int = 1) -> None:
    """A fit of a trace that was saved."""
    time = np.linspace(0.0, 100.0, 30)
    noise = 1e-3 * np.random.default_rng(seed).normal(size=time.size)
    fit = pn.fit(pn.Trace(time, 1.0 - np.exp(-0.03 * time) + noise, time_unit="min"), "A -> B")
    path.write_text(as_text(fit), encoding="utf-8")


def scan_files(path: Path) -> None:
    """Files with a spectrum each, in the reader's own folder."""
    series = dots(DOTS)
    for i, time in enumerate(series.time):
        one = series.kept(np.arange(len(series)) == i)
        write(one, path.with_name(f"s_t{time:g}s.txt"))


FILES: dict[str, Callable[[Path], None]] = {
    "answers": answers,
    "base.yaml": batch(20),
    "batch.yaml": batch(30),
    "batches": batches,
    "cold.csv": experiment(0),
    "fl.csv": light,
    "hot.csv": experiment(4),
    "late.csv": late,
    "map.yaml": text(MAP),
    "more.csv": experiment(3),
    "msa.yaml": batch(40),
    "run.csv": growing,
    "run5.csv": growing,
    "scans": scans,
    "spectra.csv": simulated,
    "toluene.csv": blank,
    "topo.yaml": batch(60),
    "trace.csv": trace,
    "warm.csv": experiment(2),
    "weak.csv": weak,
    **{name: real(there) for name, there in REAL_FILES.items()},
}
ON_PAGE: dict[str, dict[str, Callable[[Path], None]]] = {
    "docs/how-to/fit-a-scheme.md": {"spectra.csv": two_steps},
    "docs/how-to/model-free.md": {"spectra.csv": two_steps},
    "docs/how-to/from-file-to-report.md": {"scans": only("txt")},
    "--help": {
        "*.txt": scan_files,
        "build/simulation.json": answered,
        "faster.yaml": text(CHANGED),
        "fit.json": saved_fit,
        "mine.yaml": text(MINE),
        "robertson.yaml": text(ROBERTSON.text),
        "run FL.csv": light,
        "run UV-Vis.csv": growing,
        "run-1.csv": growing,
        "run-2.csv": growing,
        "run.txt": growing,
        "scans": only("txt"),
    },
}


def bring(name: str, text: str, folder: Path) -> None:
    """Put the files that a text names into a folder.

    Args:
        name: The page, by its path in the repository.
        text: What is to be done.
        folder: Where to.
    """
    for file, make in (FILES | ON_PAGE.get(name, {})).items():
        if re.search(rf"(?<![\w/.-]){re.escape(file)}(?!\w)", text):
            make(folder / file)
