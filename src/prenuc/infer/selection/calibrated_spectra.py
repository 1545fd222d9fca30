r"""A mechanism calibrated on anybody's spectra of several flasks.

Every flask's protocol is run; all constants that the spectra can feel move within their priors (a
factor 2.5 for an assumed one, 10 for a fitted one, 10 kJ/mol for an energy; one that was measured
stays), the extinction of every absorber within a factor 2, and components whose spectra nobody
knows may have any. Derivatives are the tangents of the runs
(:mod:`prenuc.infer.selection.refit`), intervals profiles (:mod:`prenuc.infer.selection.profiled`).

Each step is taken out in turn and everything else refitted
(:mod:`prenuc.infer.selection.without_steps`, and :mod:`prenuc.infer.selection.hidden_steps` where
the data are missed); what that says, and the verdict, is in
:mod:`prenuc.infer.selection.spectra_verdict`.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError, Problem, listed_names, noting, unknown_name
from prenuc.facts.source import Source
from prenuc.infer.calibration.ablations import ablations_of
from prenuc.infer.calibration.candidate import Candidate
from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.varied import QUICK
from prenuc.infer.selection.compare_mechanisms import at_edges, standing_of, with_offsets
from prenuc.infer.selection.condensed import FINEST, Condensed, fitting
from prenuc.infer.selection.evidence import INADEQUATE
from prenuc.infer.selection.hidden_steps import each_without, hidden_steps
from prenuc.infer.selection.profiled import LEVEL, NARROWED, Estimate, covariance, interval
from prenuc.infer.selection.refit import Refit
from prenuc.infer.selection.shapes import FreeShapes
from prenuc.infer.selection.spectra_verdict import SpectraCalibration
from prenuc.infer.selection.starts import FAR
from prenuc.infer.selection.without_steps import (
    Whole,
    dispersion_of,
    doubting,
    verdicts,
    with_doubts,
)
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.experiments.measured import MeasuredFlasks
    from prenuc.infer.selection.refit import RefitPoint
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries

KINDS = frozenset({"rate", "equilibrium", "concentration", "energy"})
WAVELENGTHS = 120  # more are averaged with their neighbours: bands are wider
CLOSELY = 1e-5  # a fall of χ² relative to χ² that ends a search
ROUNDS = 40  # of a search
AS_LOW = 0.5  # of the rise of χ² at the end of an interval: surely inside, if there is one valley
A_SEARCH, AN_INTERVAL, A_STEP = 10.0, 0.8, 2.0  # about, in times of a run with all tangents


@dataclass(frozen=True)
class Work:
    """What a calibration has before it.

    Args:
        constants: That move.
        flasks: That are run for each step of a search.
        seconds: About how long it takes where nothing else is done.
    """

    constants: int
    flasks: int
    seconds: float

    @classmethod
    def after(cls, spent: float, trial: Refit, steps: int, starts: int, workers: int) -> Work:
        """Return what lies ahead, from what the first run and the first tangents took.

        Args:
            spent: That they took, in s.
            trial: The mechanism before the data.
            steps: That are taken out in turn.
            starts: Searches.
            workers: Processes.
        """
        count = len(trial.constants)
        share = (starts * A_SEARCH + count * AN_INTERVAL + steps * A_STEP) / max(workers, 1)
        return cls(count, len(trial.data.protocols), spent * share)


def calibrate_on_spectra(
    mechanism: Mechanism,
    measured: MeasuredFlasks,
    *,
    only: Sequence[str] = (),
    starts: int = 1,
    seed: int = 0,
    workers: int = 1,
    expected: Callable[[Work], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> SpectraCalibration:
    """Return a mechanism calibrated on the spectra of several flasks.

    Args:
        mechanism: What could have happened.
        measured: Spectra and what was done.
        only: Names of constants that may move, or of steps of which all may; all when empty.
        starts: Searches; the first from the mechanism's own constants, others from draws around.
        seed: Seed of these draws.
        workers: Processes to work with.
        expected: Called with what lies ahead, before it is begun.
        progress: Called with the finished share.

    Raises:
        InputError: Spectra, protocols and mechanism do not fit together; all problems at once.
        FitError: The mechanism cannot be run on these protocols.
    """
    begun = time.process_time()
    trial = _prepared(mechanism, measured, tuple(only))
    steps = ablations_of(mechanism)
    if expected is not None:
        spent = time.process_time() - begun
        expected(Work.after(spent, trial, len(steps), starts, workers))
    ends = _searched(trial, starts, seed, workers)
    best = min(ends, key=lambda point: point.cost)
    trial.data, drift = with_offsets(trial.data, best)
    end = trial.search(best.u) or best
    dispersion = dispersion_of(trial, end)
    told = drift if dispersion <= INADEQUATE else []  # of a misfit it says nothing
    tick = progress or (lambda _: None)
    tick(0.3)
    slopes = trial.slopes(trial.constants, end)
    estimates = _estimates(trial, end, slopes, dispersion, workers)
    tick(0.6)
    whole = Whole.of(trial, end, steps, estimates)
    whole, others = each_without(whole, workers, lambda share: tick(0.6 + 0.4 * share))
    words, end = verdicts(whole, others), whole.end
    known = with_doubts(estimates, whole, words)
    elsewhere = _elsewhere(trial, end, ends, known)
    return SpectraCalibration(
        mechanism=_calibrated(mechanism, known),
        estimates=doubting(known, elsewhere),
        steps=words,
        misfit=math.sqrt(dispersion_of(trial, end)),
        searches=tuple(one.cost for one in ends),
        warnings=(*measured.warnings, *told, *_unfelt(trial), *at_edges([(trial, end)])),
        elsewhere=elsewhere,
        hidden=hidden_steps(whole, others, workers),
        **_fitted(trial, end, measured),
    )


def _unfelt(trial: Refit) -> Iterator[str]:
    """Yield which of the constants that were asked for the spectra say nothing about."""
    if trial.candidate.only:
        silent = [one.name for one in trial.candidate.free if one not in trial.constants]
        yield from (f"{name} stays: these spectra say nothing about it" for name in silent)


def _fitted(trial: Refit, end: RefitPoint, measured: MeasuredFlasks) -> dict[str, Any]:
    """Return what was fitted, to what, and how well, by the names of the answer."""
    names = [flask.name for flask in measured.flasks]
    return {
        "seen": dict(zip(names, _seen(trial, measured), strict=True)),
        "predicted": dict(zip(names, _predicted(trial, end), strict=True)),
        "held_out": standing_of(trial, end).held_out,
        "whole": not measured.apart,
        "chi2": end.cost,
        "data": trial.data.data.size,
        "noise": {"sd": trial.data.sd, "offset_sd": trial.data.offset_sd},
    }


def _prepared(mechanism: Mechanism, measured: MeasuredFlasks, only: tuple[str, ...]) -> Refit:
    """Return the mechanism before the data, with the constants chosen that these can feel."""
    problems = [*_strangers(mechanism, measured), *_not_free(mechanism, only)]
    protocols = []
    for flask in measured.flasks:
        with noting(problems, flask.where):
            protocols.append(fitting(flask.spectra, flask.protocol))
            if not {*mechanism.components} & {*flask.protocol.reagents}:
                charged = listed_names(sorted(flask.protocol.reagents))
                what = f"{flask.name}: the protocol charges no species of {mechanism.name}"
                raise FitError(what, f"Name species after what is charged: {charged}")
    if problems:
        raise FitError(problems)
    spectra = [_averaged(flask.spectra.without_masked()) for flask in measured.flasks]
    candidate = Candidate(mechanism, KINDS, measured.absorbing, only=only, solver=QUICK)
    data = Condensed.of(spectra, protocols, measured.noise or FINEST)
    trial = Refit(
        candidate, data, FreeShapes(), enough=CLOSELY, rounds=ROUNDS, apart=measured.apart
    )
    first = trial.first()
    if first is None:
        raise FitError(f"{mechanism.name} cannot be run on these protocols", "Simulate one alone")
    trial.data = data.with_shapes([first])
    trial.choose()
    return trial


def _strangers(mechanism: Mechanism, measured: MeasuredFlasks) -> Iterator[Problem]:
    """Yield what is wrong with the components that are said to absorb, or that none does."""
    known = {name: one for name, one in mechanism.components.items() if one.kind != "moment"}
    for name in measured.absorbing:
        if name not in known:
            yield unknown_name(f"component of {mechanism.name}", name, known, measured.where)
        elif known[name].species:
            what = f"{name} has a spectrum in the catalogue ({known[name].species})"
            yield Problem(what, "Leave it out of 'absorbing'", (), measured.where)
    shown = mechanism.dots is not None or any(one.species for one in known.values())
    if not (shown or measured.absorbing):
        mend = f"Say which absorb, as in 'absorbing: [{next(iter(known))}]'"
        yield Problem(f"no component of {mechanism.name} has a spectrum", mend, (), measured.where)


def _not_free(mechanism: Mechanism, only: Sequence[str]) -> Iterator[Problem]:
    """Yield which names are of nothing that may move."""
    free = [one.name for one in Candidate(mechanism, KINDS).free]
    known = [*free, *dict.fromkeys(name.rpartition(".")[0] for name in free)]
    for name in only:
        if name not in known:
            yield unknown_name(f"constant of {mechanism.name} that may move", name, known)


def _averaged(series: SpectrumSeries) -> SpectrumSeries:
    """Return spectra at fewer wavelengths, each the mean of neighbours."""
    by = math.ceil(len(series.wavelength) / WAVELENGTHS)
    kept = len(series.wavelength) // by * by
    nm = series.wavelength[:kept].reshape(-1, by).mean(axis=1)
    absorbance = series.absorbance[:, :kept].reshape(len(series), -1, by).mean(axis=2)
    return replace(series, wavelength=nm, absorbance=absorbance, variance=None)


def _searched(trial: Refit, starts: int, seed: int, workers: int) -> list[RefitPoint]:
    """Return where searches end that begin at the mechanism's constants and around them."""
    generator, count = np.random.default_rng(seed), len(trial.constants)
    begin = [np.zeros(count), *(generator.normal(0.0, 0.5, count) for _ in range(starts - 1))]
    ends = [one for one in work(trial.search, begin, workers=workers) if one is not None]
    if not ends:
        name = trial.candidate.name
        raise FitError(f"{name} cannot be run on these protocols", "Simulate one alone")
    return ends


def _estimates(
    trial: Refit, end: RefitPoint, slopes: Array, dispersion: float, workers: int
) -> list[Estimate]:
    """Return what is found of every constant; no interval where the misfit is too large."""
    inflation = max(dispersion, 1.0)
    left = np.minimum(np.sqrt(np.diag(covariance(slopes)) * inflation), 1.0)
    asked = [i for i in range(len(left)) if left[i] < NARROWED and dispersion <= INADEQUATE]
    ends = work(partial(interval, trial, end, slopes, inflation), asked, workers=workers)
    known = dict(zip(asked, ends, strict=True))
    found = []
    for i, free in enumerate(trial.constants):
        both = None
        if i in known:
            low, high = sorted(free.number(u) for u in known[i])
            both = low, high
        number = free.number(float(end.u[i]))
        found.append(Estimate(free.name, free.value, number, both, float(left[i])))
    return found


def _elsewhere(
    trial: Refit, end: RefitPoint, ends: Sequence[RefitPoint], estimates: Sequence[Estimate]
) -> tuple[str, ...]:
    """Return the constants of which a search ended as low outside of their intervals.

    Args:
        trial: The mechanism and the data.
        end: The lowest end.
        ends: Where all searches ended, with what was known of the noise before.
        estimates: What is known of each constant from the lowest end.
    """
    if all(one.ci95 is None for one in estimates):
        return ()
    limit = AS_LOW * LEVEL * max(dispersion_of(trial, end), 1.0)
    best = min(ends, key=lambda point: point.cost)
    near = [one for one in ends if one is not best and one.cost - best.cost < FAR]
    again = [trial.search(one.u) for one in near]
    as_low = [one for one in again if one is not None and one.cost - end.cost < limit]
    return tuple(
        found.name
        for i, (free, found) in enumerate(zip(trial.constants, estimates, strict=True))
        if not all(found.holds(free.number(float(one.u[i]))) for one in as_low)
    )


def _calibrated(mechanism: Mechanism, estimates: Sequence[Estimate]) -> Mechanism:
    source = Source("prenuc", "calibrated on spectra")
    return mechanism.with_constants(
        {
            one.name: replace(
                one.before,
                quantity=Quantity(one.value, one.before.quantity.unit),
                source=source,
                status="fitted",
            )
            for one in estimates
        }
    )


def _seen(trial: Refit, measured: MeasuredFlasks) -> list[SpectrumSeries]:
    """Return the spectra that were fitted, flask by flask."""
    rows = np.split(trial.data.absorbance, np.cumsum(trial.data.counts)[:-1])
    pairs = zip(measured.flasks, rows, strict=True)
    return [
        replace(
            flask.spectra.without_masked(),
            wavelength=trial.data.wavelength,
            absorbance=absorbance,
            variance=None,
        )
        for flask, absorbance in pairs
    ]


def _predicted(trial: Refit, end: RefitPoint) -> list[Array]:
    """Return what the mechanism says that the spectra should be, flask by flask."""
    condensed = end.fitted.fitted.reshape(len(trial.data.absorbance), -1) / trial.data.weight
    return np.split(condensed @ trial.data.basis.T, np.cumsum(trial.data.counts)[:-1])
