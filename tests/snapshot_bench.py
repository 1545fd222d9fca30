"""What the commands answer with ``--json``, recorded, so that a move can be seen to change nothing.

``python tests/snapshot_bench.py`` writes ``tests/data/snapshots/`` anew, all of it or the cases
that it is given by name. Run it only where answers are meant to change, and read the difference.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from click.testing import CliRunner

from commands import clusters, dots, write
from known_values.robertson import ROBERTSON
from prenuc.present.cli import prenuc
from view_bench import converting

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parent / "data" / "snapshots"
LONG = 40  # numbers; of a longer row some are recorded, and the root of the mean square of all
SOME = 12
# What differs from machine to machine or from day to day, wherever it stands.
MASKED = {"versions", "sha256", "python", "platform", "prenuc", "needed", "optional", "cache"}
MASKED |= {"instructions", "library", "says", "cpu_s", "results"}
MASKED |= {"class", "prior_pass_rate", "stale"}  # made anew after every change of a constant
MASKED |= {"log_score", "pass_rates", "surprisal", "earned", "bits_stale", "summed"}  # so are bits
MASKED |= {"directions"}  # of a calibration: those of equal width come in any order

BATCH = """\
name: my-batch
mechanism: two-pathway/CdS
protocol:
  - charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
  - heat flask to 180 degC over 10 min
  - hold flask for 20 min
  - take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC
  - measure cuvette every 100 min until 200 min
"""
FIRST = "two-pathway/CdS@0.1"
RECIPE = "cds-msc-311-in-toluene"
PART = ("--window", "350 420 nm", "--times", "0 80 min")

CASES: dict[str, tuple[str, ...]] = {
    "list-mechanisms": ("list", "mechanisms"),
    "list-recipes": ("list", "recipes", "--material", "CdTe"),
    "list-references": ("list", "references"),
    "find": ("find", "oleate", "--material", "CdS"),
    "batch": ("batch", "1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE", "--times", "2"),
    "dilute": ("dilute", "25 uL", "3 mL", "--absorbance", "1.9", "--wanted", "0.5"),
    "show-species": ("show", "MSC-311"),
    "show-recipe": ("show", RECIPE),
    "show-material": ("show", "CdSe"),
    "cite": ("cite", RECIPE),
    "simulate-recipe": ("simulate", RECIPE, "--noise", "1e-3", "--assume", "batch mass=20 g"),
    "simulate-file": ("simulate", "batch.yaml", "--rtol", "1e-5"),
    "simulate-coarse": ("simulate", "batch.yaml", "--coarse", *("--mechanism", FIRST)),
    "simulate-network": ("simulate", "robertson.yaml", "--times", "0 0.4 4 40", "--rtol", "1e-9"),
    "simulate-until": (
        *("simulate", "robertson.yaml", "--times", "0 4 1e9"),
        *("--until", "80 % of A is consumed", "--rtol", "1e-9"),
    ),
    "check": ("check", "robertson.yaml"),
    "calibrate": ("calibrate", "CdSe", "--starts", "1", "--workers", "1"),
    "analyze-dots": ("analyze", "dots.csv", "clusters.csv", "--material", "CdSe"),
    "analyze-clusters": ("analyze", "clusters.csv", "--window", "290 400 nm"),
    "fit-trace": ("fit", "trace.csv", "A -> B", "--background", "--start", "k=0.02"),
    "fit-trace-second": ("fit", "trace.csv", "2 A -> B", "--times", "0 200 min"),
    "fit-spectra": ("fit", "spectra.csv", "A -> B", "--bootstrap", "40"),
    "fit-part": ("fit", "spectra.csv", "A -> B", *PART),
    "fit-at": ("fit", "spectra.csv", "A -> B", "--at", "371 nm", "--subtract", "0 min"),
    "compare-trace": ("compare", "trace.csv", "--schemes", "A -> B; 2 A -> B"),
    "compare-spectra": ("compare", "spectra.csv", "--schemes", "A -> B; A -> B -> C", *PART),
    "compare-mechanisms": (
        *("compare", "recipe.csv", "--protocol", RECIPE),
        *("--models", "two-pathway/CdS,classical"),
    ),
    "next": (
        *("next", "CdS", "--models", "two-pathway,classical", "--vary", "time"),
        *("--draws", "2", "--most", "1", "--workers", "1"),
    ),
    "view": ("view", "spectra.csv"),
    "view-part": ("view", "spectra.csv", "--at", "371 nm", "--closure", "--window", "330 420 nm"),
    "size": ("size", "CdSe", "550"),
    "size-energy": ("size", "CdSe", "2.25 eV", "--hwhm", "16"),
    "size-cluster": ("size", "CdS", "311"),
    "convert": ("convert", "spectra.csv", "--to", "origin", "--out", "out.txt"),
    "report": ("report", "dots.csv", "--material", "CdSe", "--to", "page.html"),
    "doctor": ("doctor",),
    "reproduce": ("reproduce",),
}


def lay_out(folder: Path) -> None:
    """Write the input of all cases."""
    (folder / "robertson.yaml").write_text(ROBERTSON.text, encoding="utf-8")
    (folder / "batch.yaml").write_text(BATCH, encoding="utf-8")
    write(dots(), folder / "dots.csv")
    write(clusters(), folder / "clusters.csv")
    write(converting(m=20), folder / "spectra.csv")
    time = np.arange(4.0, 300.0, 8.0)
    value = 0.4 * (1.0 - np.exp(-0.015 * time)) + 0.01
    value = value + np.random.default_rng(1).normal(0.0, 1e-3, len(time))
    rows = [f"{t:g},{v:.6f}" for t, v in zip(time, value, strict=True)]
    (folder / "trace.csv").write_text("\n".join(["time (min),A311", *rows, ""]), encoding="utf-8")
    _recipe_file(folder / "recipe.csv")


def _recipe_file(path: Path) -> None:
    import prenuc as pn

    run = pn.simulate(pn.two_pathway("CdS"), pn.Protocol.from_recipe(pn.recipe(RECIPE)))
    seen = pn.uv_vis(run, wavelength=np.arange(285.0, 421.0, 3.0), noise=1e-3, seed=1)
    heads = [f"{time:g} min" for time in seen.time[::4]]
    lines = [",".join(["wavelength (nm)", *heads])]
    for nm, column in zip(seen.wavelength, seen.absorbance[::4].T, strict=True):
        lines.append(",".join([f"{nm:g}", *(f"{one:.6f}" for one in column)]))
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def answer(words: Sequence[str], folder: Path) -> dict[str, Any]:
    """Return exit status and document of a command that runs in a folder."""
    with chdir(folder):
        done = CliRunner().invoke(prenuc, [*words, "--json"], catch_exceptions=False)
    return {"exit": done.exit_code, "answer": short(json.loads(done.stdout))}


def short(thing: Any) -> Any:
    """Return a document without what differs each time, and with long rows of numbers shortened."""
    if isinstance(thing, dict):
        return {key: "…" if key in MASKED else short(value) for key, value in thing.items()}
    if not isinstance(thing, list):
        return thing
    if len(thing) <= LONG or not all(isinstance(one, float | int) for one in thing):
        return [short(one) for one in thing]
    step = math.ceil(len(thing) / SOME)
    mean_square = math.fsum(one * one for one in thing) / len(thing)
    return {"of": len(thing), "root mean square": math.sqrt(mean_square), "some": thing[::step]}


def record(names: Sequence[str]) -> None:
    """Write the answers of the package as it stands."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder))
        for name in names or CASES:
            text = json.dumps(answer(CASES[name], Path(folder)), ensure_ascii=False, indent=1)
            (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ["COLUMNS"] = "160"
    record(sys.argv[1:])
