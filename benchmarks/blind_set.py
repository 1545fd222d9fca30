"""Is the true scheme found in synthetic experiments that the chooser knows nothing of?

(``make blind``.) Sixty experiments are drawn by ``tests/blind_bench.py`` from a seed that nothing
was developed on. :func:`prenuc.infer.selection.compare_schemes.which_scheme` is given the data
alone. Counted are

- **chosen**: the first in rank is the true scheme, or one that fits its data identically;
- **named**: the answer names every scheme that fits any data identically;
- **false "identifiable"**: of the parameters that by construction no such data can fix, those that
  a fit calls identifiable all the same. These are both ways out of one species, both rates of a
  reversible step, a lag that was over before the first spectrum, and a rate constant of one step
  more than there are (where not all rates of the scheme may be identifiable).

Writes ``benchmarks/BLIND.md``; exit status 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tests"))

import numpy as np  # noqa: E402  # one thread must be chosen before it is loaded

import blind_bench as bench  # noqa: E402
import prenuc as pn  # noqa: E402
from prenuc.infer.selection.compare_schemes import which_scheme  # noqa: E402

SEED, COUNT, WORKERS = 2028, 60, 2
CHOSEN, FALSE = 0.90, 0.02
PAGE = HERE / "BLIND.md"
BOTH_WAYS = "A -> B, A -> C"
IMPOSSIBLE = {  # scheme: groups of which not all may be identifiable
    "A <-> B": (("k1",), ("k-1",)),
    BOTH_WAYS: (("k1",), ("k2",)),
    "A <-> B -> C": (("k1",), ("k-1",), ("k2",)),
    "A -> B, A -> C, B -> C": (("k1",), ("k3",)),  # named along the longest path: k2 is B -> C
    "A <-> B after lag": (("k1",), ("k-1",)),
}
ONE_MORE = {"A -> B -> C": (("k1", "k2"),)}
TWO_MORE = {"A -> B -> C -> D": (("k1", "k2", "k3"),)}
TOO_LATE = {"A -> B after lag": (("lag",),)}


@dataclass(frozen=True)
class Row:
    """What the chooser said of one experiment.

    Args:
        number: Its number.
        said: Columns of the table.
        chosen: Whether the choice is right.
        among: Whether the truth is among what the answer leaves open.
        named: Whether all equivalent schemes are named; None where there are none.
        asked: Parameters that cannot be identified.
        wrong: Those of them that a fit calls identifiable.
    """

    number: int
    said: tuple[str, ...]
    chosen: bool
    among: bool
    named: bool | None
    asked: int
    wrong: tuple[str, ...]


def row(place: tuple[int, int]) -> Row:
    """Return what the chooser says of one experiment, by seed and number."""
    one = bench.experiment(*place)
    verdict = which_scheme(one.data)
    truth = one.truth
    names = {line.partition(": ")[0] for line in verdict.equivalent_schemes}
    chosen = verdict.best in truth.alike
    others = truth.alike - {verdict.best}
    asked, wrong = identifiable(one)
    what = "trace" if isinstance(one.data, pn.Trace) else "spectra"
    said = (truth.scheme, what, f"{one.signal_to_noise:.0f}", str(one.inert), verdict.best)
    return Row(
        number=place[1],
        said=said,
        chosen=chosen,
        among=bool(truth.alike & {verdict.best, *verdict.cannot_tell}),
        named=others <= names if chosen and others else None,
        asked=asked,
        wrong=tuple(wrong),
    )


def identifiable(one: bench.Experiment) -> tuple[int, list[str]]:
    """Return how many parameters cannot be identified, and which are called identifiable."""
    truth = one.truth
    tries = {scheme: groups for scheme, groups in IMPOSSIBLE.items() if scheme in truth.alike}
    tries |= ONE_MORE if truth.alike == bench.ONE else {}
    tries |= TWO_MORE if truth.alike == bench.TWO else {}
    asked, wrong = 0, []
    for scheme, groups in tries.items():
        params = pn.fit(one.data, scheme).params
        wrong += _called(scheme, groups, params)
        asked += len(groups)
    if truth.kind in {"lag", "first order"}:
        late = _after(one.data, max(truth.lag, 0.1 * truth.end))
        params = pn.fit(late, "A -> B after lag").params
        wrong += _called("A -> B after lag, late", TOO_LATE["A -> B after lag"], params)
        asked += 1
    return asked, wrong


def _called(scheme: str, groups: tuple, params: dict) -> list[str]:
    return [
        f"{scheme}: {' and '.join(group)}"
        for group in groups
        if all(params[name].identifiable for name in group)
    ]


def _after(data: pn.SpectrumSeries | pn.Trace, begin: float) -> pn.SpectrumSeries | pn.Trace:
    """Return what was measured after the lag; time 0 stays where it was."""
    keep = data.time > begin
    if isinstance(data, pn.Trace):
        return replace(data, time=data.time[keep], value=data.value[keep])
    return replace(data, time=data.time[keep], absorbance=data.absorbance[keep], labels=())


def page(rows: list[Row], seed: int) -> tuple[str, bool]:
    """Return the page, and whether all goals are met."""
    chosen = np.mean([one.chosen for one in rows])
    among = np.mean([one.among for one in rows])
    have = [one.named for one in rows if one.named is not None]
    asked, wrong = sum(one.asked for one in rows), sum(len(one.wrong) for one in rows)
    good = bool(chosen >= CHOSEN and all(have) and wrong < FALSE * asked)
    lines = [
        "# Blind set: experiments whose schemes the chooser does not know",
        "",
        f"`make blind`, seed {seed}, {len(rows)} experiments of tests/blind_bench.py. The chooser,",
        "`which_scheme`, is given the data alone; it was developed on other seeds.",
        "",
        "| what | found | goal |",
        "|---|---|---|",
        f"| the scheme or its equivalent is chosen | {100 * chosen:.0f} % | {100 * CHOSEN:.0f} % |",
        f"| it is chosen or among what the answer leaves open | {100 * among:.0f} % | – |",
        f"| equivalent schemes are all named | {sum(have)} of {len(have)} | all |",
        f'| false "identifiable" | {wrong} of {asked} | {100 * FALSE:.0f} % |',
        "",
        "| | truth | data | signal/noise | inert | chosen | |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in rows:
        verdict = "" if one.chosen else ("left open" if one.among else "**wrong**")
        note = "; ".join(filter(None, (verdict, *(f"false: {name}" for name in one.wrong))))
        lines.append(f"| {one.number} | {' | '.join(one.said)} | {note} |")
    return "\n".join(lines) + "\n", good


def main() -> int:
    """Run the set and write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--count", type=int, default=COUNT)
    options.add_argument("--workers", type=int, default=WORKERS)
    options.add_argument("--page", type=Path, default=PAGE)
    given = options.parse_args()
    places = [(given.seed, number) for number in range(given.count)]
    with get_context("spawn").Pool(given.workers) as pool:
        rows = list(pool.imap(row, places))
    text, good = page(rows, given.seed)
    given.page.write_text(text, encoding="utf-8")
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
