"""Derivatives of spectra in the parameters that a run was followed in.

A spectrum is a sum over species and size classes, so its derivative is the same sum over their
tangents, and as exact. Only dots of which nothing but moments are known have a picture that is no
sum (:mod:`prenuc.observe.dots`); of that, differences are taken, but never of runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.absorption import molar_of, path_length
from prenuc.observe.dots import lines_of, of_moments

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.mechanism.population import QuantumDotMoments
    from prenuc.simulation.solution import Measurement, Run

NUDGE = 1e-4  # of moments, to see how their picture changes
TINIEST = 1e-300  # mol/m³


def absorbance_slopes(run: Run, nm: Array) -> Array:
    """Return the derivatives of all spectra of a run.

    Args:
        run: A finished simulation with P parameters.
        nm: Wavelengths, ascending, shape (wavelengths,).

    Returns:
        Per unit of each parameter in SI, shape (P, measurements, wavelengths).

    Raises:
        InputError: A path length is not above zero.
    """
    measurements, dots = run.measurements, run.mechanism.dots
    total = np.zeros((len(run.parameters), len(measurements), len(nm)))
    if not total.size:
        return total
    places, molar = molar_of(run, nm)
    if places:
        seen = np.array([one.concentration[places] > 0.0 for one in measurements])
        moved = np.array([one.tangents[places] for one in measurements]) * seen[:, :, None]
        total += np.moveaxis(moved, 2, 0) @ molar * 1e-3  # mol/m³ to mol/L
    if dots is not None:
        ladders = range(len(run.mechanism.populations))
        for place in ladders:
            total += _of_classes(run, place, nm)
        if not ladders:
            total += _of_moments(run, dots, nm)
    return total * path_length(run)[0]


def _of_classes(run: Run, place: int, nm: Array) -> Array:
    """Return what the tangents of a ladder's classes absorb per cm, (P, measurements, nm)."""
    ladders = run.mechanism.populations
    ladder = ladders[place]
    lines = lines_of(ladder.material or run.mechanism.material, ladder.smallest, ladder.largest)
    rows = np.zeros((len(run.measurements), len(ladder.units)))
    found = np.zeros((len(run.parameters), len(rows), len(nm)))
    for parameter in range(len(run.parameters)):
        for row, one in zip(rows, run.measurements, strict=True):
            own = one.dot_tangents[: one.occupied, parameter][place :: len(ladders)]
            row[: len(own)] = own
        if rows.any():
            found[parameter] = lines.total(rows, nm) * 1e-3
    return found


def _of_moments(run: Run, dots: QuantumDotMoments, nm: Array) -> Array:
    """Return how the picture of moments changes per cm of path, (P, measurements, nm)."""
    rows = [_of_one(run, one, dots, nm) for one in run.measurements]
    return np.moveaxis(np.array(rows), 0, 1)


def _of_one(run: Run, measurement: Measurement, dots: QuantumDotMoments, nm: Array) -> Array:
    """Return the same of one measurement, (P, nm)."""
    places = [run.names.index(n) for n in (dots.number, dots.length, dots.surface, dots.units)]
    here = measurement.concentration
    found = np.zeros((len(run.parameters), len(nm)))
    for slope, moved in zip(found, measurement.tangents.T, strict=True):
        share = float(np.max(np.abs(moved[places]) / np.maximum(here[places], TINIEST)))
        if share == 0.0:
            continue
        step = NUDGE / share
        ends = (replace(measurement, concentration=here + s * step * moved) for s in (1.0, -1.0))
        above, below = (of_moments(run, end, dots, nm) for end in ends)
        slope[:] = (above - below) / (2.0 * step)
    return found
