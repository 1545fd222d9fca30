r"""How far apart two models are in one experiment, with what is unknown allowed for.

With y the spectra that each model expects at its own constants, G their derivatives in the
logarithms of its rate constants and extinctions, Λ the squared widths of what is unknown of these,
E the errors of the shapes of spectra and C the covariance of readings, what model a expects is

.. math:: d^2 = Δ^T (C + G_b Λ_b G_b^T + E_b)^{-1} Δ, \qquad Δ = y_a - y_b

away from what model b could make of it (Mahalanobis 1936, Proc. Natl. Inst. Sci. India 2, 49), in
standard deviations. It costs one run of each model with its tangents, and no draws, so whole maps
can be made of it; as every linearised number it says less where constants act strongly bent: a model
that shows much can then explain nothing at all too well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import SimulationError
from prenuc.infer.selection.predictive import EXTINCTION, SHAPE, SMOOTH, SPREAD

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.infer.selection.predictive import Instrument
    from prenuc.protocol.protocol import Protocol


@dataclass(frozen=True)
class Unknown:
    """What nobody knows of a model, one standard deviation of each.

    Args:
        constant: Factor of a rate or equilibrium constant.
        extinction: Factor of an extinction.
        shape: Relative error of a spectrum, smooth over wavelength.
    """

    constant: float = SPREAD
    extinction: float = EXTINCTION
    shape: float = SHAPE


USUALLY = Unknown()


def sigmas(
    one: Candidate,
    other: Candidate,
    protocol: Protocol,
    instrument: Instrument,
    unknown: Unknown = USUALLY,
) -> float | None:
    """Return how far what a model expects is from what another could make of it.

    In standard deviations; None when one of them cannot be run.

    Args:
        one: The model that is true.
        other: The one that would have to explain it.
        protocol: What is done.
        instrument: How well is read, and where.
        unknown: What could make a difference besides.
    """
    nm = instrument.wavelength
    try:
        seen, _ = _expected(one, protocol, nm, unknown)
        explained, spread = _expected(other, protocol, nm, unknown)
    except SimulationError:
        return None
    root = np.linalg.cholesky(instrument.covariance(len(seen)) + spread)
    return float(np.linalg.norm(np.linalg.solve(root, seen - explained)))


def _expected(
    model: Candidate, protocol: Protocol, nm: Array, unknown: Unknown
) -> tuple[Array, Array]:
    """Return the spectra of a model, shape (data,), and the covariance of what is unknown."""
    shown = [*model.shown(protocol, nm, along=[free.name for free in model.free]).values()]
    slopes = np.sum([part.slopes for part in shown], axis=0)
    moved = math.log(unknown.constant) * slopes.reshape(len(slopes), -1)
    absorbers = np.array([part.absorbance.ravel() for part in shown])
    linear = np.vstack((moved, math.log(unknown.extinction) * absorbers))
    smooth = unknown.shape**2 * np.exp(-0.5 * ((nm[:, None] - nm) / SMOOTH) ** 2)
    times = len(absorbers[0]) // len(nm)
    shapes = np.tile(smooth, (times, times)) * (absorbers.T @ absorbers)
    return absorbers.sum(axis=0), linear.T @ linear + shapes
