"""What the coverage study draws, and what each package says of it.

A :class:`Study` is a kind of noise or fault at one size, or the joint fit of six experiments; a
:class:`Chunk` is some of its draws, fitted by one package.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy
from by_hand import variable_projection
from coverage_verdict import JOINT, NORMAL, REFUSED, TOLD, Said
from peers import Peer

import many_bench  # the simulations that the tests use, too
import photometer_bench as bench
import prenuc as pn
import spectra_bench
from prenuc.errors import FitError
from prenuc.infer.fit.laws import ArrheniusLaw, DosePower

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
CHUNK = 20  # draws
START = 0.03  # 1/min; what the others begin with, ours needs none
SKULTRAFAST = Peer("skultrafast", ("skultrafast==4.2",))
OURS, BY_HAND, SLOW = "prenuc", f"scipy {scipy.__version__} by hand", "skultrafast 4.2"
JOINT_NAME, JOINT_SIZE = "joint", "6 × 61 × 201"
LAWS = {"k": (ArrheniusLaw("60 degC"), DosePower("MeOH"))}
TRUTHS = {  # of the joint fit
    "k": (many_bench.K, JOINT),
    "Ea": (many_bench.EA, JOINT),
    "n": (many_bench.ORDER, TOLD),
    "lag": (many_bench.LAG, TOLD),
}


@dataclass(frozen=True)
class Study:
    """What is drawn many times.

    Args:
        number: Number of the kind, the place in ``photometer_bench.KINDS`` counted from 1; 0 for
            joint fits.
        place: Place of the size in ``photometer_bench.SIZES``.
    """

    number: int
    place: int = 0

    @property
    def kind(self) -> bench.Kind:
        """The kind of noise or fault."""
        return bench.KINDS[self.number - 1]

    @property
    def name(self) -> str:
        """Its name."""
        return self.kind.name if self.number else JOINT_NAME

    @property
    def size(self) -> str:
        """Times × wavelengths."""
        return bench.SIZES[self.place].name if self.number else JOINT_SIZE

    @property
    def group(self) -> int:
        """What is promised."""
        return self.kind.group if self.number else JOINT

    def spectra(self, seed: Iterable[int]) -> pn.SpectrumSeries:
        """Return the spectra of one draw."""
        rng = np.random.default_rng(seed)
        return self.kind.make(rng, bench.SIZES[self.place])


@dataclass(frozen=True)
class Chunk:
    """Draws of one study that one package fits, ``first`` up to ``first + CHUNK``.

    Args:
        package: Name of the package.
        study: What is drawn.
        seed: First number of the seeds.
        first: Number of the first draw.
    """

    package: str
    study: Study
    seed: int
    first: int

    @property
    def key(self) -> str:
        """Name of the chunk in the ledger."""
        fitted = f"{self.package} {code()}" if self.package == OURS else self.package
        study = self.study
        parts = (fitted, study.name, study.size, drawn(), study.number, self.seed, self.first)
        return " | ".join(map(str, parts))

    def fit(self) -> dict[str, list[Said]]:
        """Return what the package says about each draw, by parameter."""
        seeds = [[self.seed, self.study.number, self.first + i] for i in range(CHUNK)]
        if self.study.number == 0:
            said = [_ours_joint(seed) for seed in seeds]
            return {name: [one[name] for one in said] for name in TRUTHS}
        spectra = [self.study.spectra(seed) for seed in seeds]
        fits = {OURS: _ours, BY_HAND: _by_hand, SLOW: _skultrafast}
        return {"k": fits[self.package](spectra)}


def _said(found: Any, name: str) -> Said:
    one = found.params[name]
    muted = not (getattr(found, "reliable", True) and one.identifiable)
    numbers = (one.value, *(one.ci95 or (None, None)))
    return Said(*(float("nan") if x is None else float(x) for x in numbers), muted)


def _ours(spectra: list[pn.SpectrumSeries]) -> list[Said]:
    said = []
    for one in spectra:
        try:
            said.append(_said(pn.fit(one, "A -> B"), "k"))
        except FitError:
            said.append(REFUSED)
    return said


def _ours_joint(seed: list[int]) -> dict[str, Said]:
    sets = many_bench.experiments(seed)
    try:
        found = pn.fit(sets, "A -> B after lag", laws=LAWS, shift=3)
    except FitError:
        return dict.fromkeys(TRUTHS, REFUSED)
    return {name: _said(found, name) for name in TRUTHS}


def _by_hand(spectra: list[pn.SpectrumSeries]) -> list[Said]:
    fits = [variable_projection(one.time, one.absorbance, [START]) for one in spectra]
    return [_from_error(float(k[0]), float(stderr[0])) for k, stderr in fits]


def _skultrafast(spectra: list[pn.SpectrumSeries]) -> list[Said]:
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
    return [_from_error(one["k"][0], one["stderr"][0]) for one in answer["fits"]]


def _from_error(k: float, stderr: float) -> Said:
    return Said(k, k - NORMAL * stderr, k + NORMAL * stderr, muted=False)


def _hash(paths: Iterable[str | Path]) -> str:
    return hashlib.sha256(b"".join(Path(path).read_bytes() for path in paths)).hexdigest()[:8]


@cache
def drawn() -> str:
    """Return a hash of the code that draws the spectra."""
    return _hash(str(one.__file__) for one in (bench, spectra_bench, many_bench))


@cache
def code() -> str:
    """Return a hash of the code that fits them."""
    package = Path(str(pn.__file__)).parent
    return _hash([*sorted((package / "infer").rglob("*.py")), package / "observe" / "series.py"])
