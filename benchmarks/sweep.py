"""Many flasks: the cost of a ledger for each task, and ten thousand flasks with spectra.

The ledger's cost is what a sweep in one process takes beside the loop over its answers, for tasks
of some 15 ms (recipe 3b), the least of several turns. Both are in processor seconds, and the
spectra are kept. Two threads are timed by the clock on all cores, the best of several turns; on a
machine with other work to do they are too slow here.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from measure import every_core, short, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.ledger import Entry

COUNT, FLASKS, TURNS = 200, 400, 4
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
    """Return seconds a task of the answers and of the whole sweep, and the files that it leaves."""
    from prenuc.sweeps.spec import read_spec
    from prenuc.sweeps.sweep import Sweep

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.yaml"
        path.write_text(SPEC.format(count=COUNT), encoding="utf-8")
        job = read_spec(path).job
        answers, spent = job.answers, [0.0]

        def timed(tasks: Sequence[int]) -> list[Entry]:
            began = time.process_time()
            found = answers(tasks)
            spent[0] += time.process_time() - began
            return found

        vars(job)["answers"] = timed
        job.answers([0])
        seen = []
        for turn in range(TURNS):
            spent[0], began = 0.0, time.process_time()
            sweep = Sweep(job, Path(folder) / f"out-{turn}")
            sweep.run()
            seen.append((time.process_time() - began - spent[0], spent[0]))
        files = len(list(sweep.folder.iterdir()))
    more, plain = min(seen)
    return plain / COUNT, (plain + more) / COUNT, files


def flasks() -> tuple[float, float]:
    """Return seconds a flask with spectra: of one thread's processor, and of two by the clock.

    The recipe is 3b, with constants drawn for each flask.
    """
    import prenuc as pn
    from prenuc.simulation.choice import for_recipe

    recipe = pn.recipe("cds-3b-msa-at-30-min")
    model, protocol = for_recipe(recipe), pn.Protocol.from_recipe(recipe)
    k = model.constants["isomerisation.k"].quantity.number
    drawn = k * np.exp(np.random.default_rng(1).normal(0.0, 0.1, FLASKS))
    pn.simulate_many(model, protocol, constants={"isomerisation.k": drawn[:16]}, threads=1)
    spent, lasted = [], []
    with every_core():
        for turn in range(2 * TURNS):
            threads = 1 + turn % 2
            began, clock = time.process_time(), time.perf_counter()
            pn.simulate_many(model, protocol, constants={"isomerisation.k": drawn}, threads=threads)
            if threads == 1:
                spent.append(time.process_time() - began)
            else:
                lasted.append(time.perf_counter() - clock)
    return min(spent) / FLASKS, min(lasted) / FLASKS


def section() -> list[str]:
    """Measure both and return the section of the page."""
    plain, swept, files = overhead()
    one, two = flasks()
    rows = [
        ("the loop over its answers", f"{1e3 * plain:.2f}", "–"),
        ("sweep with its ledger", f"{1e3 * swept:.2f}", str(files)),
        ("`simulate_many`", f"{1e3 * one:.2f}", "0"),
    ]
    return [
        "## Sweep: many flasks",
        "",
        *__doc__.strip().splitlines(),
        "",
        *table(("flasks of recipe 3b with spectra", "ms a flask", "files"), rows),
        f"- ledger and design: {short(1e3 * (swept - plain), 2)} ms a task",
        f"- two threads: {1e3 * two:.2f} ms a flask, {one / two:.2f} times as fast as one",
        f"- ten thousand flasks by two threads: {1e4 * two:.0f} s",
    ]


if __name__ == "__main__":
    print("\n".join(section()))
