r"""How far apart two models are in one experiment, with what is unknown allowed for.

With y the spectra that each model expects at its own constants, G their derivatives in the
logarithms of its rate constants and extinctions, Λ the squared widths of what is unknown of these,
E the errors of the shapes of spectra and C the covariance of readings, what model a expects is

.. math:: d^2 = Δ^T (C + G_b Λ_b G_b^T + E_b)^{-1} Δ, \qquad Δ = y_a - y_b

away from what model b could make of it (Mahalanobis 1936, Proc. Natl. Inst. Sci. India 2, 49), in
standard deviations. It costs one run of each model with its tangents, and no draws, so whole maps
can be made of it. As every linearised number it says less where constants act strongly bent: a
model that shows much then explains all too well that there is nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.selection.predictive import EXTINCTION, SHAPE, SMOOTH, SPREAD
from prenuc.infer.selection.refit import stacked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Candidate, Part
    from prenuc.infer.selection.predictive import Instrument
    from prenuc.protocol.protocol import Protocol


@dataclass(frozen=True)
class Unknown:
    """What nobody knows of a model, one standard deviation of each.

    Args:
        constant: Factor of a rate or equilibrium constant; that of each one's prior when None.
        extinction: Factor of an extinction.
        shape: Relative error of a spectrum, smooth over wavelength.
    """

    constant: float | None = SPREAD
    extinction: float = EXTINCTION
    shape: float = SHAPE


USUALLY = Unknown()


def bare(
    one: Candidate, other: Candidate, protocols: Sequence[Protocol], instrument: Instrument
) -> float:
    """Return the distance if nothing were unknown but the readings: no other one is larger.

    Args:
        one: A model.
        other: Another.
        protocols: What is done, flask by flask.
        instrument: How well is read, and where.

    Raises:
        SimulationError: One of them cannot be run.
    """
    nm = instrument.wavelength
    first, second = (
        np.concatenate([total(model.shown(each, nm)) for each in protocols])
        for model in (one, other)
    )
    return distance(instrument.covariance(len(first)), first - second)


def sigmas(
    one: Candidate,
    other: Candidate,
    protocols: Sequence[Protocol],
    instrument: Instrument,
    unknown: Unknown = USUALLY,
) -> tuple[float, float]:
    """Return how far one model is from what the other could make of it, and the other way round.

    In standard deviations; the first holds if ``one`` is true.

    Args:
        one: A model.
        other: Another.
        protocols: What is done, flask by flask.
        instrument: How well is read, and where.
        unknown: What could make a difference besides.

    Raises:
        SimulationError: One of them cannot be run.
    """
    nm = instrument.wavelength
    first, first_spread = expected(one, followed(one, protocols, nm), nm, unknown)
    second, second_spread = expected(other, followed(other, protocols, nm), nm, unknown)
    readings, apart = instrument.covariance(len(first)), first - second
    return distance(readings + second_spread, apart), distance(readings + first_spread, apart)


def distance(covariance: Array, apart: Array) -> float:
    """Return a difference of spectra in standard deviations.

    Args:
        covariance: Of what may differ, shape (data, data).
        apart: The difference, shape (data,).
    """
    return float(np.linalg.norm(np.linalg.solve(np.linalg.cholesky(covariance), apart)))


def total(shown: Mapping[str, Part]) -> Array:
    """Return the spectra of all absorbers together, one after the other, shape (data,)."""
    summed: Array = np.sum([part.absorbance.ravel() for part in shown.values()], axis=0)
    return summed


def followed(model: Candidate, protocols: Sequence[Protocol], nm: Array) -> list[dict[str, Part]]:
    """Return what a model shows in each flask, with derivatives in all constants that may move.

    Args:
        model: It.
        protocols: What is done, flask by flask.
        nm: Wavelengths, shape (n,).

    Raises:
        SimulationError: It cannot be run.
    """
    along = [free.name for free in model.free]
    return [model.shown(each, nm, along=along) for each in protocols]


def expected(
    model: Candidate, flasks: Sequence[Mapping[str, Part]], nm: Array, unknown: Unknown
) -> tuple[Array, Array]:
    """Return the spectra of a model, shape (data,), and the covariance of what is unknown.

    Args:
        model: It.
        flasks: What it shows in each; see :func:`followed`.
        nm: Wavelengths, shape (n,).
        unknown: What nobody knows of it.
    """
    shown = [*stacked(flasks).values()]
    slopes = np.sum([part.slopes for part in shown], axis=0)
    widths = [math.log(unknown.constant) if unknown.constant else free.sd for free in model.free]
    moved = np.array(widths)[:, None] * slopes.reshape(len(slopes), -1)
    absorbers = np.array([part.absorbance.ravel() for part in shown])
    linear = np.vstack((moved, math.log(unknown.extinction) * absorbers))
    spread = linear.T @ linear
    if unknown.shape:
        smooth = unknown.shape**2 * np.exp(-0.5 * ((nm[:, None] - nm) / SMOOTH) ** 2)
        times = len(absorbers[0]) // len(nm)
        spread += np.tile(smooth, (times, times)) * (absorbers.T @ absorbers)
    return absorbers.sum(axis=0), spread
