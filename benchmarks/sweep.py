"""Many flasks: the cost of a ledger for each task, and ten thousand flasks with spectra.

The ledger's cost is the difference between a sweep in one process and the same answers in a plain
loop, for tasks of about 20 ms (recipe 3b). Both are in processor seconds, and the spectra are kept.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from measure import short, table

COUNT, FLASKS = 200, 400
SPEC = """\
recipe: cds-3b-msa-at-30-min
design: random
samples: {count}
seed: 5
constants:
  isomerisation.k: {{from: 0.005 1/min, to: 0.05 1/min, scale: log}}
keep: [spectra, share of PC]
"""


def overhead() -> tuple[float, float, int]:
    """Return seconds a task in a plain loop and in a sweep, and the files that a sweep leaves."""
    from prenuc.sweeps.spec import read_spec
    from prenuc.sweeps.sweep import Sweep

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.yaml"
        path.write_text(SPEC.format(count=COUNT), encoding="utf-8")
        job = read_spec(path).job
        job.answers([0])
        plain, swept = [], []
        for turn in range(3):
            began = time.process_time()
            for start in range(0, COUNT, 16):
                job.answers(range(start, min(start + 16, COUNT)))
            plain.append(time.process_time() - began)
            began = time.process_time()
            sweep = Sweep(job, Path(folder) / f"out-{turn}")
            sweep.run()
            swept.append(time.process_time() - began)
        files = len(list(sweep.folder.iterdir()))
    return min(plain) / COUNT, min(swept) / COUNT, files


def flasks() -> float:
    """Return processor seconds a flask of recipe 3b with spectra, constants drawn for each."""
    import prenuc as pn
    from prenuc.simulation.choice import for_recipe

    recipe = pn.recipe("cds-3b-msa-at-30-min")
    model, protocol = for_recipe(recipe), pn.Protocol.from_recipe(recipe)
    k = model.constants["isomerisation.k"].quantity.number
    drawn = k * np.exp(np.random.default_rng(1).normal(0.0, 0.1, FLASKS))
    pn.simulate_many(model, protocol, constants={"isomerisation.k": drawn[:16]}, threads=1)
    began = time.process_time()
    pn.simulate_many(model, protocol, constants={"isomerisation.k": drawn}, threads=1)
    return (time.process_time() - began) / FLASKS


def section() -> list[str]:
    """Measure both and return the section of the page."""
    plain, swept, files = overhead()
    each = flasks()
    rows = [
        ("plain loop", f"{1e3 * plain:.2f}", "–"),
        ("sweep with its ledger", f"{1e3 * swept:.2f}", str(files)),
        ("`simulate_many`", f"{1e3 * each:.2f}", "0"),
    ]
    return [
        "## Sweep: many flasks",
        "",
        *__doc__.strip().splitlines(),
        "",
        *table(("flasks of recipe 3b with spectra", "ms a flask", "files"), rows),
        f"- ledger and design: {short(1e3 * (swept - plain), 2)} ms a task",
        f"- ten thousand flasks on two cores: {1e4 * each / 2:.0f} s",
    ]


if __name__ == "__main__":
    print("\n".join(section()))
