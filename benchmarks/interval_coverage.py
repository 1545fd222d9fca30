"""Do 95 % intervals of a rate constant hold the truth in 95 % of draws? (``make coverage``).

Spectra of A -> B are drawn many times with each kind of noise and fault of
``tests/photometer_bench.py``, in two sizes, and fitted; so are the six experiments of
``tests/many_bench.py``, jointly. The table tells how often the interval holds the true k, and how
often the fit does not stand behind it. Kinds, seeds and promises are fixed in decision 16 of
``docs/decisions``; ``coverage_fits.py`` fits, ``coverage_verdict.py`` counts. Chunks of draws are
kept in a ledger: what has been fitted by the same code is not fitted again. A whole run writes
``benchmarks/COVERAGE.md``; exit status 1 if a promise is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from functools import cache
from multiprocessing import get_context
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tests"))

import numpy as np  # noqa: E402  # one thread must be chosen before it is loaded
from coverage_fits import BY_HAND, CHUNK, OURS, SLOW, TRUTHS, Chunk, Study, code  # noqa: E402
from coverage_verdict import HEADER, JOINT, TOLD, Count, Said, count  # noqa: E402

import photometer_bench as bench  # noqa: E402  # the simulation that the tests use, too
from spectra_bench import K  # noqa: E402

SEED = 20261125
DRAWS = {1: 2000, 2: 500, 3: 500, JOINT: 500}  # by group
SLOW_DRAWS = 300  # of skultrafast
WORKERS = 2
LEDGER = HERE.parent / "build" / "coverage.jsonl"
PAGE = HERE / "COVERAGE.md"


def _fit(chunk: Chunk) -> tuple[Chunk, dict[str, list[Said]]]:
    return chunk, chunk.fit()


def collect(
    wanted: dict[tuple[str, Study], int], seed: int
) -> dict[tuple[str, Study], dict[str, list[Said]]]:
    """Return what each package said of each study, by parameter, fitting what is new.

    Args:
        wanted: Number of draws by package and study.
        seed: First number of the seeds.
    """
    known: dict[str, dict[str, list[Said]]] = {}
    LEDGER.parent.mkdir(exist_ok=True)
    if LEDGER.exists():
        for line in LEDGER.read_text(encoding="utf-8").splitlines():
            known.update(json.loads(line))
    chunks = [
        Chunk(package, study, seed, first)
        for (package, study), draws in wanted.items()
        for first in range(0, draws, CHUNK)
    ]
    new = [chunk for chunk in chunks if chunk.key not in known]
    with LEDGER.open("a", encoding="utf-8") as ledger, get_context("spawn").Pool(WORKERS) as pool:
        for done, (chunk, said) in enumerate(pool.imap_unordered(_fit, new), start=1):
            known[chunk.key] = said
            print(json.dumps({chunk.key: said}), file=ledger, flush=True)
            print(f"\r{done} of {len(new)} × {CHUNK} fits", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found: dict[tuple[str, Study], dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for chunk in chunks:
        place = chunk.package, chunk.study
        for name, said in known[chunk.key].items():
            found[place][name] = [*found[place][name], *said][: wanted[place]]
    return found


@cache
def bound(study: Study) -> float:
    """Return the Cramér-Rao bound on the standard deviation of k, in 1/min; NaN without one."""
    return bench.SIZES[study.place].bound(study.name) if study.group == 1 else float("nan")


def counts(study: Study, said: dict[str, list[Said]]) -> list[Count]:
    """Return what was said of a study, one count a parameter."""
    if study.number:
        found = count(
            study.name, study.group, study.size, said["k"], study.kind.truth, bound(study)
        )
        return [found]
    return [
        count(f"{study.name}: {name}", group, study.size, said[name], truth)
        for name, (truth, group) in TRUTHS.items()
    ]


def peer_row(package: str, study: Study, said: dict[str, list[Said]]) -> str:
    """Return a row of the table of other packages, to which nothing is promised."""
    one = count(study.name, TOLD, study.size, said["k"], study.kind.truth, bound(study))
    scatter = one.rms * study.kind.truth / bound(study)
    share = 100 * one.covered / one.draws
    return (
        f"| {one.name} | {one.size} | {package} | {one.draws} | {share:.1f} % | {one.width:.3f} |"
        f" {scatter:.3f} |"
    )


HEAD = f"""# Do 95 % intervals hold the truth?

Written by `make coverage`. Spectra of A → B, k = {K} 1/min, over a static background, drawn anew
for every fit with each kind of noise and fault of `tests/photometer_bench.py`, which gives their
numbers; and the six experiments of `tests/many_bench.py` fitted jointly (three temperatures, two
doses, a lag, drift and a shifting band). Draw *i* of kind *j* comes from the seed [{SEED}, j, i].
[Decision 16](../docs/decisions/0016-seeds-of-the-coverage-study.md) fixed seeds, kinds and promises
before the run.

*covers*: share of the 95 % intervals that hold the truth, with its exact 99.9 % interval, which
must contain or overlap what is *wanted*. *muted*: share of the draws that the fit does not stand
behind; where noise was drawn, they count as misses. *of the misses*: share of the draws that miss
that are muted; where a fault was drawn, 95 % of them are enough. *width*: mean width of the
intervals over what the Cramér-Rao bound allows; 0.95 to 1.05 is wanted. *bias*, *rms*: mean and
root mean square of the errors of the estimates, over the truth.
"""
PEERS = """
## The same draws elsewhere

k ± 1.96 standard errors of the covariance. *scatter*: rms error over the Cramér-Rao bound.

| kind | size | package | draws | covers | width | scatter |
|---|---|---|---|---|---|---|
"""


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--draws", type=int, help="fewer draws of each kind, for a look")
    ask.add_argument("--only", default="", help="kinds whose name holds this")
    ask.add_argument("--size", default="", help='"30 × 80" or "50 × 601", or a part of it')
    ask.add_argument("--seed", type=int, default=SEED, help="another one, to develop on")
    ask.add_argument("--peers", action="store_true", help="ask skultrafast as well; slow")
    return ask.parse_args()


def chosen(asked_for: argparse.Namespace) -> dict[tuple[str, Study], int]:
    """Return the draws of each package and study that were asked for."""
    every = [Study(i, s) for i in range(1, len(bench.KINDS) + 1) for s in range(len(bench.SIZES))]
    size = asked_for.size.replace("x", "×")
    wanted = {}
    for study in (*every, Study(0)):
        if asked_for.only not in study.name or size not in study.size:
            continue
        draws = min(asked_for.draws or DRAWS[study.group], DRAWS[study.group])
        wanted[OURS, study] = draws
        if study.group == 1:
            wanted[BY_HAND, study] = draws
            if asked_for.peers:
                wanted[SLOW, study] = min(draws, SLOW_DRAWS)
    return wanted


def main() -> int:
    """Print the tables and write them down; 1 if a promise is not kept."""
    options = asked()
    found = collect(chosen(options), options.seed)
    counted = [
        one
        for (package, study), said in found.items()
        if package == OURS
        for one in counts(study, said)
    ]
    peers = [peer_row(*place, said) for place, said in found.items() if place[0] != OURS]
    python = ".".join(map(str, sys.version_info[:3]))
    versions = f"Python {python}, numpy {np.__version__}, code that fits {code()}."
    text = "\n".join((HEADER, *(one.row() for one in counted)))
    text += f"\n{PEERS}" + "\n".join(peers) if peers else ""
    text += f"\n\n{versions}\n"
    print(text)
    if not (options.draws or options.only or options.size) and options.seed == SEED:
        PAGE.write_text(f"{HEAD}\n{text}", encoding="utf-8")
    return int(not all(one.kept for one in counted))


if __name__ == "__main__":
    sys.exit(main())
