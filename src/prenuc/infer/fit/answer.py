"""From the best fit to what it says: parameters, spectra, doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.infer.fit.amplitudes import Amplitudes
from prenuc.infer.fit.intervals import Intervals
from prenuc.infer.fit.reliability import judged
from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
from prenuc.infer.fit.reweighting import spectra_of
from prenuc.infer.fit.verdicts import of_sets, of_trace, remarks
from prenuc.infer.objectives.non_negative import NonNegative, non_negative_spectra
from prenuc.infer.schemes.equivalence import equivalents
from prenuc.infer.schemes.growth import Delayed
from prenuc.infer.schemes.kinetics import FirstOrderNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.arrays import Array
    from prenuc.infer.fit.solve import Solution
    from prenuc.infer.schemes.profiles import AbstractKinetics
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace


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
    derived = kinetics.half_lives({name: one.value for name, one in params.items()})
    if isinstance(kinetics, Delayed):
        derived |= kinetics.chain.derived(*(float(value) for value in amplitudes.theta))
    residual = amplitudes.residual
    return Fit(
        scheme=scheme.scheme,
        params=params,
        derived=derived,
        noise={"sd": found.noises[0].sd, "model": ["white"], "from": "residuals, taken as white"},
        trace=trace,
        fitted=trace.value - residual,
        steps=_steps(kinetics, scheme),
        warnings=(*found.said, *of_trace(found, known, params, residual)),
        equivalent_schemes=tuple(str(one) for one in equivalents(scheme, one_signal=True)),
    ).muted(judged(found).reason)


def _steps(kinetics: AbstractKinetics, scheme: AbstractKinetics) -> dict[str, str]:
    """Return the step of each rate constant; the slow one of a chain of equal steps is its last."""
    if isinstance(kinetics, Delayed):
        return {"k": scheme.meanings[-1]}
    steps = zip(kinetics.names, kinetics.meanings, strict=True)
    return {name: step for name, step in steps if name.startswith("k")}


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
    return GlobalFit(
        scheme=kinetics.scheme,
        params=params,
        derived=kinetics.half_lives({name: one.value for name, one in params.items()}),
        noise=found.noise.as_dict(),
        series=series,
        species=kinetics.species,
        concentrations=shares,
        spectra=_spectra(found, shares, series.absorbance),
        steps=dict(zip(kinetics.names, kinetics.meanings, strict=True)),
        warnings=(*found.said, *remarks(found.noise, params, known)),
        equivalent_schemes=tuple(str(one) for one in equivalents(kinetics)),
    ).muted(doubt.reason)


def of_many(found: Solution) -> ManyFit:
    """Return what a fit of several data sets says.

    Args:
        found: The best fit.
    """
    asked, stack, names = found.question, found.stack, found.question.kinetics.names
    known = Intervals(found)
    doubt = judged(found)
    known.allowed = doubt.allowed
    params, labels = known.parameters(), [one.label for one in asked.sets]
    doubts = (*of_sets(found, known, params, labels), doubt.reason)
    parts = dict(zip(labels, _parts(found), strict=True))
    return ManyFit(
        scheme=asked.kinetics.scheme,
        params=params,
        derived={
            label: dict(zip(names, member.parameters(found.best.u)[0].tolist(), strict=True))
            for label, member in zip(labels, stack.members, strict=True)
        },
        noise={label: one.as_dict() for label, one in zip(labels, found.noises, strict=True)},
        sets=asked.sets,
        species=stack.species,
        concentrations={label: part[0] for label, part in parts.items()},
        spectra={label: part[1] for label, part in parts.items()},
        fitted={label: part[2] for label, part in parts.items()},
        warnings=(*found.said, *filter(None, doubts)),
        equivalent_schemes=tuple(str(one) for one in equivalents(asked.kinetics)),
    ).muted(doubt.reason)


def _network(found: Solution) -> FirstOrderNetwork | None:
    """Return the scheme if it is a network all of whose species absorb."""
    kinetics = found.question.kinetics
    return kinetics if isinstance(kinetics, FirstOrderNetwork) and found.question.whole else None


def _spectra(found: Solution, shares: Array, data: Array) -> Array:
    """Return the spectra of the species, shape (species, n); zero for those that do not absorb."""
    if isinstance(found.objective, NonNegative):
        return non_negative_spectra(shares, found.objective.data)
    picks = found.question.stack.members[0].picks
    spectra = np.zeros((shares.shape[1], data.shape[1]))
    spectra[list(picks)] = spectra_of(shares[:, picks], data)
    return spectra


def _parts(found: Solution) -> Iterator[tuple[Array, Array, Array]]:
    """Yield concentrations, spectra and fit of each data set."""
    stack, sets = found.stack, found.question.sets
    whole, _ = stack.concentrations(np.zeros(0), stack.decode(found.best.u)[0])
    scale = [stack.scale[rows, None] for rows in stack.rows]
    data: list[Any] = [one.series.absorbance / size for one, size in zip(sets, scale, strict=True)]
    if stack.shared:
        spectra = spectra_of(whole[: stack.rows[-1].stop], np.vstack(data))
    for index, (rows, size) in enumerate(zip(stack.rows, scale, strict=True)):
        columns, at = whole[rows] * size, stack.place(index)
        if not stack.shared:
            spectra = spectra_of(whole[rows], data[index])
        yield columns[:, at], spectra[at], columns @ spectra
