"""Do 95 % intervals of a rate constant hold the truth in 95 % of draws? (``make coverage``).

Spectra of A -> B (k = 0.015 1/min) over a static background, 50 times × 601 wavelengths, are drawn
many times with each kind of noise of ``tests/spectra_bench.py``. The same draws go to ``pn.fit``,
to a variable projection written by hand with scipy, and to skultrafast, and the table tells how
often the interval of each holds the true k, and how wide it is against the Cramér-Rao bound of the
noise that was drawn. Rows are kept in a ledger: what has been fitted by the same code is not fitted
again. Writes ``benchmarks/COVERAGE.md``; exit status 1 if an interval of ours is out of range.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tests"))

import numpy as np  # noqa: E402  # one thread must be chosen before it is loaded
import scipy  # noqa: E402
from by_hand import variable_projection  # noqa: E402
from peers import Peer  # noqa: E402

import prenuc as pn  # noqa: E402
import spectra_bench as bench  # noqa: E402  # the simulation that the tests use, too

# Noise, and the range that the share of our intervals which hold the truth must keep.
KINDS = {
    "white": (0.94, 0.96),
    "white, offsets": (0.94, 0.96),
    "white, correlated": (0.93, 0.97),
    "white, drift": (0.93, 0.97),
}
WIDTH = (0.9, 1.1)  # of the Cramér-Rao bound
START = 0.03  # 1/min; what the others begin with, ours needs none
DRAWS, CHUNK, WORKERS, SEED = 2000, 50, 2, 1
SLOW_DRAWS = 300  # of skultrafast, which takes the first draws of each kind
LEDGER = HERE.parent / "build" / "coverage.jsonl"
PAGE = HERE / "COVERAGE.md"
SKULTRAFAST = Peer("skultrafast", ("skultrafast==4.2",))

Row = tuple[float, float, float, float]  # k, its standard error, both ends of its interval


@dataclass(frozen=True)
class Chunk:
    """Draws of one kind of noise that one package fits, ``first`` up to ``first + CHUNK``.

    Args:
        package: Name and version of the package; ours is known by its code.
        kind: Kind of noise.
        first: Number of the first draw.
    """

    package: str
    kind: str
    first: int

    @property
    def key(self) -> str:
        """Name of the chunk in the ledger."""
        return f"{self.package} | {self.kind} | {spectra_version()} | {SEED} | {self.first}"

    def spectra(self) -> list[pn.SpectrumSeries]:
        """Return the spectra, each from a seed of its own."""
        number = list(KINDS).index(self.kind)
        draws = range(self.first, self.first + CHUNK)
        return [bench.series(self.kind, seed=[SEED, number, draw]) for draw in draws]

    def fit(self) -> list[Row]:
        """Return what the package says about each draw."""
        name = self.package.split()[0]
        return {"prenuc": _ours, "scipy": _by_hand, "skultrafast": _skultrafast}[name](
            self.spectra()
        )


def _ours(spectra: list[pn.SpectrumSeries]) -> list[Row]:
    found = [pn.fit(one, "A -> B").params["k"] for one in spectra]
    rows = [(k.value, k.stderr, *k.ci95) for k in found]
    return [tuple(float("nan") if x is None else x for x in row) for row in rows]


def _by_hand(spectra: list[pn.SpectrumSeries]) -> list[Row]:
    rows = []
    for one in spectra:
        k, stderr = variable_projection(one.time, one.absorbance, [START])
        rows.append(_covariance_row(float(k[0]), float(stderr[0])))
    return rows


def _skultrafast(spectra: list[pn.SpectrumSeries]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draws.npz"
        np.savez(
            path,
            time=spectra[0].time,
            wavelength=spectra[0].wavelength,
            data=np.array([one.absorbance for one in spectra]),
            start=[START],
            repeats=1,
        )
        answer = SKULTRAFAST.run(HERE / "peer_scripts" / "skultrafast_fit.py", path)
    if "error" in answer:
        raise RuntimeError(f"skultrafast: {answer['error']}")
    return [_covariance_row(one["k"][0], one["stderr"][0]) for one in answer["fits"]]


def _covariance_row(k: float, stderr: float) -> Row:
    return k, stderr, k - 1.96 * stderr, k + 1.96 * stderr


@cache
def spectra_version() -> str:
    """Return a hash of the code that draws the spectra."""
    return hashlib.sha256(Path(bench.__file__).read_bytes()).hexdigest()[:8]


def _fit(chunk: Chunk) -> tuple[Chunk, list[Row]]:
    return chunk, chunk.fit()


def packages() -> list[str]:
    """Return names and versions of what is compared; ours with a hash of the code that fits."""
    _ours([bench.series()])  # loads it
    loaded = {one.__file__ for name, one in sys.modules.items() if name.startswith("prenuc.infer")}
    code = hashlib.sha256(
        b"".join(Path(path).read_bytes() for path in sorted(filter(None, loaded)))
    )
    found = [f"prenuc {code.hexdigest()[:8]}", f"scipy {scipy.__version__} by hand"]
    versions = SKULTRAFAST.installed()
    return [*found, f"skultrafast {versions['skultrafast']}"] if versions else found


def collect(names: list[str], draws: int) -> dict[tuple[str, str], np.ndarray]:
    """Return the rows of each package and kind of noise, shape (draws, 4), fitting what is new."""
    known: dict[str, list[Row]] = {}
    LEDGER.parent.mkdir(exist_ok=True)
    if LEDGER.exists():
        for line in LEDGER.read_text(encoding="utf-8").splitlines():
            known.update(json.loads(line))
    wanted = {name: min(draws, SLOW_DRAWS) if "skultrafast" in name else draws for name in names}
    chunks = [
        Chunk(name, kind, first)
        for name, most in wanted.items()
        for kind in KINDS
        for first in range(0, most, CHUNK)
    ]
    new = [chunk for chunk in chunks if chunk.key not in known]
    with LEDGER.open("a", encoding="utf-8") as ledger, get_context("spawn").Pool(WORKERS) as pool:
        for done, (chunk, rows) in enumerate(pool.imap_unordered(_fit, new), start=1):
            known[chunk.key] = rows
            print(json.dumps({chunk.key: rows}), file=ledger, flush=True)
            print(f"\r{done} of {len(new)} × {CHUNK} fits", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    rows = defaultdict(list)
    for chunk in chunks:
        rows[chunk.package, chunk.kind] += known[chunk.key]
    places = [(name, kind) for kind in KINDS for name in names]
    return {place: np.array(rows[place], dtype=float)[:draws] for place in places}


@cache
def bound(kind: str) -> float:
    """Return the Cramér-Rao bound on the standard deviation of k, in 1/min."""
    return bench.best_precision(kind)


def judge(package: str, kind: str, rows: np.ndarray) -> tuple[str, bool]:
    """Return one row of the table, and whether it keeps what we promise."""
    k, _, low, high = rows.T
    covered = float(np.mean((low <= bench.K) & (high >= bench.K)))  # never, where it is open
    width = float(np.nanmean(high - low)) / (2 * 1.96 * bound(kind))
    scatter = float(np.nanstd(k)) / bound(kind)
    least, most = KINDS[kind]
    kept = least <= covered <= most and WIDTH[0] <= width <= WIDTH[1]
    error = np.sqrt(covered * (1 - covered) / len(rows))
    verdict = ("kept" if kept else "MISSED") if package.startswith("prenuc") else ""
    wanted = f"{100 * least:.0f}-{100 * most:.0f} %" if verdict else ""
    text = (
        f"| {kind} | {package} | {len(rows)} | {100 * covered:.1f} ± {100 * error:.1f} % | {wanted}"
        f" | {width:.3f} | {scatter:.3f} | {verdict} |"
    )
    return text, kept or not verdict


HEAD = f"""# Do 95 % intervals hold the truth?

Written by `make coverage`. Spectra of A → B, k = {bench.K} 1/min, {len(bench.MINUTES)} times ×
{len(bench.NM)} wavelengths over a static background, drawn anew for every fit with 1 mAU of white
noise and: an offset of each spectrum (standard deviation 2 mAU); noise correlated along wavelength
(1 mAU, kernel of 20 nm full width at half maximum); a random walk of the baseline (2 mAU over the
series). Draw *i* of kind *j* comes from the seed [{SEED}, j, i], the same for all packages.

*covers*: share of the 95 % intervals that hold the true k, ± one binomial standard error; ours is
the default profile likelihood interval, the others' k ± 1.96 standard errors of the covariance.
*width*: mean width of the interval, *scatter*: standard deviation of the estimates, both divided by
what the Cramér-Rao bound of the noise that was drawn allows; a width of {WIDTH[0]} to {WIDTH[1]} is
wanted.

| noise | package | draws | covers | wanted | width | scatter | |
|---|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Print the table and write it down; 1 if an interval of ours misses its range."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--draws", type=int, default=DRAWS, help="draws of each kind of noise")
    draws = asked.parse_args().draws
    names = packages()
    found = collect(names, draws)
    judged = [judge(*place, rows) for place, rows in found.items()]
    table = "\n".join(text for text, _ in judged)
    python = ".".join(map(str, sys.version_info[:3]))
    versions = f"Python {python}, numpy {np.__version__}, {', '.join(names)}."
    print(table, versions, sep="\n\n")
    PAGE.write_text(f"{HEAD}{table}\n\n{versions}\n", encoding="utf-8")
    return int(not all(kept for _, kept in judged))


if __name__ == "__main__":
    sys.exit(main())
