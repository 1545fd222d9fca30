r"""Spectra beside the protocols they came from, condensed to the directions that say something.

An absorbance matrix holds far more numbers than it holds information: neighbouring wavelengths
repeat each other. The directions of wavelength kept are the constant (which alone feels an offset
of a whole spectrum), those that the models' own spectra span, and the singular vectors of what is
left of the data as far as they rise above white noise: there the data show what no model has.
Everything else is noise for every model alike. (Directions taken from the data first would have
been chosen for their noise, n σ² too much in each.)

The standard deviation of white noise follows from what is left out, but is never taken below
:data:`FINEST`, because no spectrometer reads better. Offsets cannot be told from misfit in fewer
than :data:`FEWEST_FOR_OFFSETS` spectra; there each may have one as large as :data:`UNTOLD`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.observe.absorption import LONGEST, SHORTEST
from prenuc.protocol.operations import Evolve
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Part
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.protocol import Protocol

FINEST = 1e-4  # absorbance; the sensitivity of a good spectrometer
ABOVE_NOISE = 1.2  # singular values over the largest one that white noise has
VISIBLE = 2.0  # size of a model's own direction, in standard deviations of the noise
MOST = 40  # directions
SAME_TIME = 1e-4  # relative
FEWEST = 4  # spectra
FEWEST_READ = 3  # wavelengths
FEWEST_FOR_OFFSETS = 8  # spectra; in fewer, what is fitted follows them
UNTOLD = 0.02  # absorbance, sd of an offset where it cannot be told: more than a baseline is off by


def looks(protocol: Protocol) -> list[tuple[str, float, float | None]]:
    """Return vessel, time and reaction time in s of every measurement, in order."""
    measured = [op for op in protocol.plan if isinstance(op, Evolve)]
    return [
        (op.vessel, op.clock + look, op.reaction_time(look)) for op in measured for look in op.looks
    ]


def fitting(spectra: SpectrumSeries, protocol: Protocol) -> Protocol:
    """Return the protocol that measures when the spectra were taken.

    A protocol with as many measurements at the same times, on the clocks of its vessels or of the
    reaction, stays as it is, and so does one that measures once where one spectrum has no time.
    Where it measures one vessel alone, its times are replaced by those of the spectra.

    Raises:
        FitError: Spectra without times, or times that the protocol cannot have.
    """
    known = looks(protocol)
    alone = len(spectra) == len(known) == 1 and bool(np.isnan(spectra.time[0]))
    _check(spectra, timed=not alone)
    if alone:
        return protocol
    seconds = [Quantity(float(t), spectra.time_unit).require("min").si for t in spectra.time]
    clocks = [time for _, time, _ in known], [time for _, _, time in known]
    if any(_same(clock, seconds) for clock in clocks):
        return protocol
    vessels = dict.fromkeys(vessel for vessel, *_ in known)
    if len(vessels) != 1:
        what = f"{len(seconds)} spectra do not match the {len(known)} measurements of the protocol"
        mend = "Give the spectra in the order of the protocol's 'measure' steps, at their times"
        raise FitError(Problem(what, mend))
    times = tuple(Quantity(float(t), spectra.time_unit) for t in spectra.time)
    return protocol.with_spectra(times, vessel=next(iter(vessels)))


def _check(spectra: SpectrumSeries, *, timed: bool) -> None:
    """Refuse what is no absorbance, or has no numbers."""
    if spectra.signal != "absorbance":
        raise FitError(Problem(f"the spectra show {spectra.signal}", "Give absorbance"))
    numbers = [spectra.absorbance, spectra.time] if timed else [spectra.absorbance]
    if not all(np.isfinite(one).all() for one in numbers):
        raise FitError(Problem("some times or absorbances are no numbers", "Leave them out"))


def _same(clock: Sequence[float | None], seconds: Sequence[float]) -> bool:
    """Say whether as many spectra were taken at these times."""
    if len(clock) != len(seconds):
        return False
    times = np.array(clock, dtype=float)  # None is not a number, so never the same
    return bool(np.allclose(times, seconds, rtol=SAME_TIME, atol=0.5))


@dataclass(frozen=True)
class Condensed:
    """All experiments, one after the other.

    Args:
        protocols: What was done, one for each experiment.
        counts: Spectra of each experiment.
        wavelength: Common wavelengths in nm, shape (n,).
        absorbance: Spectra of all experiments, shape (m, n).
        basis: Orthonormal directions of wavelength, the first the constant, shape (n, r).
        sd: White noise, absorbance.
        offset_sd: Offset of each spectrum, absorbance.
        finest: White noise at least, absorbance.
    """

    protocols: tuple[Protocol, ...]
    counts: tuple[int, ...]
    wavelength: Array
    absorbance: Array
    basis: Array
    sd: float
    offset_sd: float = 0.0
    finest: float = FINEST

    @classmethod
    def of(
        cls,
        spectra: Sequence[SpectrumSeries],
        protocols: Sequence[Protocol],
        finest: float = FINEST,
    ) -> Self:
        """Return experiments on the wavelengths that all of them have.

        Args:
            spectra: Of each experiment.
            protocols: What was done in each.
            finest: White noise at least, absorbance.

        Raises:
            FitError: They do not fit together, or are too few.
        """
        if len(spectra) != len(protocols):
            what = f"{len(spectra)} series of spectra and {len(protocols)} protocols"
            raise FitError(Problem(what, "Give one protocol for each"))
        if sum(map(len, spectra)) < FEWEST:
            raise FitError(Problem("too few spectra to judge a model by", f"Give {FEWEST} or more"))
        low = max(SHORTEST, *(float(s.wavelength[0]) for s in spectra))
        high = min(LONGEST, *(float(s.wavelength[-1]) for s in spectra))
        first = spectra[0].wavelength
        nm = first[(first >= low) & (first <= high)]
        if len(nm) < FEWEST_READ:
            what = f"fewer than {FEWEST_READ} common wavelengths in {SHORTEST:g}-{LONGEST:g} nm"
            raise FitError(Problem(what, "Give absorption spectra that overlap there"))
        rows = [np.interp(nm, s.wavelength, row) for s in spectra for row in s.absorbance]
        data = np.array(rows)
        pairs = zip(spectra, protocols, strict=True)
        return cls(
            protocols=tuple(fitting(series, protocol) for series, protocol in pairs),
            counts=tuple(map(len, spectra)),
            wavelength=nm,
            absorbance=data,
            basis=np.full((len(nm), 1), 1.0 / math.sqrt(len(nm))),
            sd=max(_white(data), finest),
            finest=finest,
            offset_sd=UNTOLD if len(data) < FEWEST_FOR_OFFSETS else 0.0,
        )

    def with_shapes(self, shown: Iterable[Mapping[str, Part]]) -> Self:
        """Return the data in the directions that the models' spectra and the data call for.

        Args:
            shown: What each model shows, not condensed.
        """
        basis = self.basis
        for absorbers in shown:
            for part in absorbers.values():
                left = part.absorbance - (part.absorbance @ basis) @ basis.T
                _, size, right = np.linalg.svd(left, full_matrices=False)
                fresh = right[size > VISIBLE * self.sd][: max(0, MOST - basis.shape[1])]
                basis = _wider(basis, fresh)
        basis = _wider(basis, _unexplained(self.absorbance, basis, self.sd))
        return replace(self, basis=basis, sd=max(_left_out(self.absorbance, basis), self.finest))

    @property
    def data(self) -> Array:
        """Condensed spectra, shape (m, r)."""
        return self.absorbance @ self.basis

    @property
    def count(self) -> int:
        """Independent numbers; the constant is none where it may be nothing but an offset."""
        directions: int = self.basis.shape[1]
        return len(self.absorbance) * (directions - (self.offset_sd == UNTOLD))

    @property
    def weight(self) -> Array:
        """Inverse standard deviation of each direction, shape (r,)."""
        variance = np.full(self.basis.shape[1], self.sd**2)
        variance[0] += len(self.wavelength) * self.offset_sd**2
        weight: Array = 1.0 / np.sqrt(variance)
        return weight

    def condense(self, shown: Mapping[str, Part]) -> dict[str, Part]:
        """Return what a model shows in these directions."""
        return {
            n: replace(p, absorbance=p.absorbance @ self.basis, slopes=p.slopes @ self.basis)
            for n, p in shown.items()
        }

    def folds(self, most: int, whole: bool = True) -> list[NDArray[np.intp]]:
        """Return rows to hold out in turn: whole experiments, or every so many spectra of one.

        Args:
            most: Folds of spectra.
            whole: Whether experiments are held out whole, where there are several.
        """
        every = np.arange(sum(self.counts))
        if whole and len(self.counts) > 1:
            return np.split(every, np.cumsum(self.counts)[:-1])
        return [every[start::most] for start in range(min(most, len(every)))]


def _wider(basis: Array, fresh: Array) -> Array:
    """Return an orthonormal basis, shape (n, r), with further directions, shape (k, n)."""
    if not len(fresh):
        return basis
    wider: Array = np.linalg.qr(np.hstack((basis, fresh.T)))[0]
    return wider


def _unexplained(data: Array, basis: Array, sd: float) -> Array:
    """Return the directions of what is left of the data that rise above white noise.

    That of each is also what the weaker ones show: a first guess from a few short spectra may be
    too low by chance, and the largest noise would then be taken for something.
    """
    left = data - (data @ basis) @ basis.T
    _, size, right = np.linalg.svd(left, full_matrices=False)
    m, n = len(data), data.shape[1] - basis.shape[1]
    weaker = np.append(np.cumsum(size[::-1] ** 2)[::-1][1:], 0.0)
    taken = np.arange(1, len(size) + 1)
    shown = np.sqrt(weaker / np.maximum((m - taken) * (n - taken), 1))
    noise = np.maximum(sd, shown) * (math.sqrt(m) + math.sqrt(data.shape[1]))
    above = np.flatnonzero(size > ABOVE_NOISE * noise)
    found: Array = right[: min(above[-1] + 1 if len(above) else 0, max(0, MOST - basis.shape[1]))]
    return found


def _white(data: Array) -> float:
    """Return a first guess of white noise: differences of sixth order hold no band (1 nm steps)."""
    if data.shape[1] < 16:
        return FINEST
    rough = np.diff(data, 6, axis=1) / math.sqrt(924.0)  # 924: sum of the squared coefficients
    return max(float(np.median(np.abs(rough))) * 1.4826, FINEST)


def _left_out(data: Array, basis: Array) -> float:
    left = data - (data @ basis) @ basis.T
    freedom = data.shape[0] * (data.shape[1] - basis.shape[1])
    return math.sqrt(float(np.sum(left**2)) / freedom) if freedom > 0 else 0.0
