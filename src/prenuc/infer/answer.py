"""From the best fit to what it says: parameters, spectra, doubts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.amplitudes import Amplitudes
from prenuc.infer.equivalence import equivalents
from prenuc.infer.growth import Delayed
from prenuc.infer.intervals import Intervals
from prenuc.infer.kinetics import Network
from prenuc.infer.reliability import judged
from prenuc.infer.results import Fit, GlobalFit, ManyFit
from prenuc.infer.reweighting import spectra_of
from prenuc.infer.verdicts import of_sets, of_trace, remarks, trend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.infer.profiles import AbstractKinetics
    from prenuc.infer.solve import Solution
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace

    Array = NDArray[np.float64]

MISSED = (
    "the residuals keep a slow course in time: the scheme misses a step, or a band moves "
    "(shift=2), or spectra differ between the data sets (shared_spectra=False)"
)


def of_one_trace(found: Solution, trace: Trace, scheme: AbstractKinetics) -> Fit:
    """Return what the fit of one trace says.

    Args:
        found: The best fit.
        trace: The data.
        scheme: The scheme as it was asked for.
    """
    kinetics, amplitudes = found.question.kinetics, Amplitudes(found)
    found = amplitudes.found
    known = Intervals(found, _network(found))
    params = {**known.parameters(), **amplitudes.parameters()}
    derived = {}
    if isinstance(kinetics, Delayed):
        derived = kinetics.chain.derived(*(float(value) for value in amplitudes.theta))
    residual = amplitudes.residual
    return Fit(
        scheme=scheme.scheme,
        params=params,
        derived=derived,
        noise={"sd": found.noises[0].sd, "model": ["white"], "from": "residuals, taken as white"},
        trace=trace,
        fitted=trace.value - residual,
        warnings=(*found.said, *of_trace(found, known, params, residual)),
        equivalent_schemes=tuple(str(one) for one in equivalents(scheme, one_signal=True)),
    ).muted(judged(found).reason)


def of_spectra(found: Solution, series: SpectrumSeries) -> GlobalFit:
    """Return what the fit of spectra at all wavelengths says.

    Args:
        found: The best fit.
        series: The data.
    """
    kinetics, best = found.question.kinetics, found.best
    known = Intervals(found, _network(found))
    doubt = judged(found)
    known.allowed = doubt.allowed
    if doubt.reason:  # the noise found is in part what the scheme misses
        known.seen = known.rank
    params = known.parameters()
    shares, _ = kinetics.concentrations(series.time, kinetics.decode(best.u)[0])
    doubts = remarks(found.noise, params, known)
    return GlobalFit(
        scheme=kinetics.scheme,
        params=params,
        derived={
            "half_life" + name[1:]: math.log(2.0) / p.value
            for name, p in params.items()
            if p.value is not None and name.startswith("k") and is_first_order(kinetics, name)
        },
        noise=found.noise.as_dict(),
        series=series,
        species=kinetics.species,
        concentrations=shares,
        spectra=_spectra(found, shares, series.absorbance),
        steps=dict(zip(kinetics.names, kinetics.meanings, strict=True)),
        warnings=(*found.said, *doubts),
        equivalent_schemes=tuple(str(one) for one in equivalents(kinetics)),
    ).muted(doubt.reason)


def of_many(found: Solution) -> ManyFit:
    """Return what a fit of several data sets says.

    Args:
        found: The best fit.
    """
    asked, stack = found.question, found.stack
    known = Intervals(found)
    reason = MISSED if trend(found.objective, found.best) else ""
    if asked.alone:  # as the same data without a data set around them
        doubt = judged(found)
        reason, known.allowed = doubt.reason, doubt.allowed
    params, labels = known.parameters(), [one.label for one in asked.sets]
    doubts = tuple(of_sets(found, known, params, labels))
    thetas = [member.parameters(found.best.u)[0] for member in stack.members]
    shares, spectra, fitted = _parts(found)
    return ManyFit(
        scheme=asked.kinetics.scheme,
        params=params,
        derived={
            label: {n: float(x) for n, x in zip(asked.kinetics.names, values, strict=True)}
            for label, values in zip(labels, thetas, strict=True)
        },
        noise={label: one.as_dict() for label, one in zip(labels, found.noises, strict=True)},
        sets=asked.sets,
        species=stack.species,
        concentrations=dict(zip(labels, shares, strict=True)),
        spectra=dict(zip(labels, spectra, strict=True)),
        fitted=dict(zip(labels, fitted, strict=True)),
        warnings=(*found.said, *doubts, *([reason] if reason else [])),
        equivalent_schemes=tuple(str(one) for one in equivalents(asked.kinetics)),
    ).muted(reason)


def is_first_order(kinetics: AbstractKinetics, name: str) -> bool:
    """Return whether a rate constant is that of a first-order step, so that it has a half-life."""
    orders = dict(zip(kinetics.names, kinetics.orders, strict=True))
    return orders.get(name, 0.0) == 0.0


def _network(found: Solution) -> Network | None:
    """Return the scheme if it is a network all of whose species absorb."""
    kinetics = found.question.kinetics
    return kinetics if isinstance(kinetics, Network) and found.question.whole else None


def _spectra(found: Solution, shares: Array, data: Array) -> Array:
    """Return the spectra of the species, shape (species, n); zero for those that do not absorb."""
    from prenuc.infer.non_negative import NonNegative, non_negative_spectra

    if isinstance(found.objective, NonNegative):
        return non_negative_spectra(shares, found.objective.data)
    picks = found.question.stack.members[0].picks
    spectra = np.zeros((shares.shape[1], data.shape[1]))
    spectra[list(picks)] = spectra_of(shares[:, picks], data)
    return spectra


def _parts(found: Solution) -> tuple[list[Array], list[Array], list[Array]]:
    """Return concentrations, spectra and fit of each data set."""
    stack, sets = found.stack, found.question.sets
    whole, _ = stack.concentrations(np.zeros(0), stack.decode(found.best.u)[0])
    data = [one.series.absorbance for one in sets]
    if stack.shared:
        rows = stack.rows[-1].stop
        stacked = np.vstack(data) / stack.scale[:rows, None]
        every = [spectra_of(whole[:rows], stacked)] * len(sets)
    else:
        every = [
            spectra_of(whole[rows], y / stack.scale[rows, None])
            for rows, y in zip(stack.rows, data, strict=True)
        ]
    columns = [whole[rows] * stack.scale[rows, None] for rows in stack.rows]
    places = [stack.place(index) for index in range(len(sets))]
    return (
        [c[:, at] for c, at in zip(columns, places, strict=True)],
        [s[at] for s, at in zip(every, places, strict=True)],
        [c @ s for c, s in zip(columns, every, strict=True)],
    )
