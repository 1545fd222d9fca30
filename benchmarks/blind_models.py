"""Is the right mechanism named from spectra of flasks that nothing was developed on?

(``make blind-models``.) Twenty flasks are drawn from a seed: what is done (temperature, time,
dilution of the batch, additive), one of five mechanisms as the truth, each of its rate and
equilibrium constants (a factor :data:`SPREAD`), the extinction of each absorber (a factor
:data:`EXTINCTION`), noise and offsets. Nothing is left out for being hard. All five mechanisms are
refitted to the spectra alone by :func:`prenuc.compare_mechanisms`. Goals: the right one named in 10
or more; named, or among what the answer leaves open, in 18 or more; a wrong one named never, which
means with odds above 20 to 1.

Ten further flasks are ones that :func:`prenuc.infer.selection.apart.sigmas` says will tell: with
constants and extinctions as unknown as the comparison takes them, each other mechanism expects
something more than 20 standard deviations away. They are drawn in the same way until one is, each
draw with the next mechanism as the truth. Of these 9 are to be named.

The searches were developed on seed 2031, where a wrong mechanism had been named at odds of 230 to 1
because those for the right one ended too early. Seed 20261126 was the first fresh one, its twenty
blind flasks run once: 8 named, 12 left open, none wrong. In some of the twelve odds hung on ends
that had not been searched on; since then they are. :data:`SEED`, the next one, was written down
before anything was run with it, and was run once.

Writes ``benchmarks/BLIND_MODELS.md``, after every flask; exit status 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import numpy as np  # one thread must be chosen before it is loaded

import prenuc as pn
from prenuc.infer.calibration.candidate import Candidate
from prenuc.infer.selection.apart import bare, sigmas
from prenuc.infer.selection.disagreement import FAINT, UNKNOWN
from prenuc.infer.selection.predictive import Instrument
from prenuc.mechanism.named import mechanism_named

SEED, COUNT, APART, WORKERS = 20261127, 20, 10, 2
MODELS = tuple(
    f"{kind}/CdS" for kind in ("two-pathway", "classical", "droplets", "msc-source", "sequential")
)
SPREAD, EXTINCTION, NOISE, OFFSET = 1.5, 1.3, 2e-3, 2e-3
SIGMAS = 20.0
NM = np.arange(290.0, 481.0, 5.0)
TIMES = ("1 min", "5 min", "20 min", "1 h", "4 h")
ADDITIVES = ("", "", "2.64 mmol TOPO", "1.75 mmol HMSA", "1.2 mmol HPPh2")
PAGE = Path(__file__).parent / "BLIND_MODELS.md"
TRIES = 200  # draws for a flask that tells


@dataclass(frozen=True)
class Row:
    """What was answered about one flask.

    Args:
        number: Of the flask.
        done: What was done.
        truth: The mechanism.
        sigmas: Least distance of another one, its unknowns as wide as where it is refitted.
        open: What the answer leaves open, the best first.
        odds: Δ AICc of the second.
    """

    number: int
    done: str
    truth: str
    sigmas: float
    open: tuple[str, ...]
    second: float

    @property
    def said(self) -> str:
        """Named, left open, or wrong."""
        if self.open == (self.truth,):
            return "named"
        if self.truth in self.open:
            return "left open"
        return "**wrong**" if len(self.open) == 1 else "not among those left open"


@cache
def model(name: str) -> pn.Mechanism:
    """Return a mechanism, made once."""
    return mechanism_named(name)


def drawn(generator: np.random.Generator) -> tuple[pn.Protocol, str]:
    """Return what is done, as a protocol and in words."""
    usual = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene")).with_spectra(TIMES)
    celsius, minutes = generator.uniform(140.0, 220.0), generator.uniform(5.0, 60.0)
    thinner = float(generator.choice([1.0, 3.0, 10.0]))
    additive = str(generator.choice(ADDITIVES))
    changes = [f"heat flask = {celsius:.0f} degC", f"hold flask = {minutes:.0f} min"]
    if additive:
        changes.insert(0, f"after heat flask = {additive}")
    if thinner > 1.0:
        changes += [f"dilute charge flask = {thinner:g}"]
        changes += [f"take into cuvette: flask = {27.8 * thinner:.1f} mg"]
    words = f"{celsius:.0f} °C, {minutes:.0f} min, {additive or 'no additive'}, 1/{thinner:g}"
    return usual.varied("; ".join(changes)), words


def flask(truth: str, protocol: pn.Protocol, generator: np.random.Generator) -> pn.SpectrumSeries:
    """Return what a spectrometer reads, with everything drawn that nobody knows."""
    candidate = Candidate(model(truth))
    logs = np.log(SPREAD) * generator.standard_normal(len(candidate.free))
    factors = {one.name: float(np.exp(x)) for one, x in zip(candidate.free, logs, strict=True)}
    shown = candidate.shown(protocol, NM, factors).values()
    heights = np.exp(np.log(EXTINCTION) * generator.standard_normal(len(shown)))
    clean = sum(part.absorbance * height for part, height in zip(shown, heights, strict=True))
    read = clean + generator.normal(0.0, NOISE, clean.shape)
    read = read + generator.normal(0.0, OFFSET, (len(read), 1))
    minutes = np.array([pn.Quantity(*_split(time)).to("min") for time in TIMES])
    return pn.SpectrumSeries(NM, minutes, read)


def _split(text: str) -> tuple[float, str]:
    number, unit = text.split()
    return float(number), unit


def least_apart(truth: str, protocol: pn.Protocol, enough: float = FAINT) -> float:
    """Return how far away the nearest other mechanism is, in standard deviations.

    Once one is known to be nearer than enough, no more is asked.
    """
    meter, mine = Instrument(NM, NOISE, OFFSET, ultraviolet=0.0), Candidate(model(truth))
    others = [Candidate(model(name)) for name in MODELS if name != truth]
    plain = [bare(mine, one, [protocol], meter) for one in others]
    least = min(plain)
    for i in np.argsort(plain):
        if least > enough:
            far, _ = sigmas(mine, others[i], [protocol], meter, UNKNOWN)
            least = min(far, least)
    return least


def row(number: int, seed: int, far: bool) -> Row:
    """Return what is answered about one flask.

    Raises:
        LookupError: No flask that tells was drawn.
    """
    generator = np.random.default_rng((seed, number, far))
    for draw in range(TRIES):
        truth = MODELS[(number + draw) % len(MODELS)]
        protocol, words = drawn(generator)
        apart = least_apart(truth, protocol, SIGMAS if far else FAINT)
        if apart > SIGMAS or not far:
            break
    else:
        raise LookupError(f"flask {number}: none of {TRIES} is {SIGMAS:g} standard deviations away")
    spectra = flask(truth, protocol, generator)
    verdict = pn.compare_mechanisms(spectra, protocol, models=[model(name) for name in MODELS])
    left = verdict.cannot_tell or (verdict.best,)
    return Row(number, words, truth, apart, left, verdict.ranking[1].delta)


def page(blind: list[Row], far: list[Row], seed: int) -> tuple[str, bool]:
    """Return the page, and whether all goals are met."""
    named = sum(one.said == "named" for one in blind)
    fair = named + sum(one.said == "left open" for one in blind)
    wrong = sum(one.said == "**wrong**" for one in (*blind, *far))
    told = sum(one.said == "named" for one in far)
    good = named >= 10 and fair >= 18 and wrong == 0 and told >= 9
    lines = [
        "# Blind trial: which mechanism made these spectra?",
        "",
        f"`make blind-models`, seed {seed}. Each flask has {len(TIMES)} spectra of one dispersed",
        "sample. The truth is one of the five mechanisms, its constants drawn within a factor of",
        f"{SPREAD}, extinctions within {EXTINCTION}, noise and offsets {1e3 * NOISE:g} mAU.",
        "All five are refitted to the spectra alone. σ to the nearest: what the nearest other one",
        "expects, its constants and extinctions as unknown as where it is refitted; below",
        f"{FAINT:g} σ nothing is refitted away.",
        "",
        "| what | found | goal |",
        "|---|---|---|",
        f"| the right one is named | {named} of {len(blind)} | 10 of 20 |",
        f"| named, or among what the answer leaves open | {fair} of {len(blind)} | 18 of 20 |",
        f"| a wrong one is named, with odds above 20 to 1 | {wrong} | 0 |",
        f"| named, where all others are 20 σ away | {told} of {len(far)} | 9 of 10 |",
        "",
        "That the truth is among the five, and its spectra those of the catalogue but for their",
        "heights, is the kinder case.",
    ]
    if len(blind) < COUNT or len(far) < APART:
        lines += [
            "",
            f"Not finished: {len(blind)} of {COUNT} and {len(far)} of {APART} flasks are done.",
        ]
    for title, rows in (("Drawn blindly", blind), ("More than 20 σ apart", far)):
        lines += ["", f"## {title}", "", "| | done | truth | σ to the nearest | left open | Δ | |"]
        lines += ["|---|---|---|---|---|---|---|"]
        lines += [
            f"| {one.number} | {one.done} | {one.truth} | {one.sigmas:.3g} | "
            f"{', '.join(one.open)} | {one.second:.3g} | {one.said} |"
            for one in rows
        ]
    return "\n".join(lines) + "\n", good


def main() -> int:
    """Run the trial and write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--workers", type=int, default=WORKERS)
    options.add_argument("--page", type=Path, default=PAGE)
    given = options.parse_args()
    found: dict[bool, list[Row]] = {False: [], True: []}
    text, good = "", False
    with get_context("spawn").Pool(given.workers) as pool:
        for far, count in ((False, COUNT), (True, APART)):
            for one in pool.imap(partial(row, seed=given.seed, far=far), range(count)):
                found[far].append(one)
                text, good = page(found[False], found[True], given.seed)
                given.page.write_text(text, encoding="utf-8")
                print(one.number, one.truth, one.said, flush=True)
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
