"""Experiments with a constant a little larger, to first order: nothing is run again.

What was measured moves along the tangents of its run. Whatever is then read off it, a share, a
band, a fit of its spectra, is read as it always is; so a difference of two readings is a derivative
through all of it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.experiments.performed import VARIED
from prenuc.mechanism.constants import multiplied

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Experiments
    from prenuc.simulation.solution import Measurement, Run


def nearby(runs: Experiments, key: Name, by: float) -> tuple[Experiments, set[str]]:
    """Return finished experiments with a constant moved, and the recipes where that changes any.

    Args:
        runs: Experiments that were followed in the constant.
        key: Its parameter set, and its name there.
        by: By how much its logarithm moves.
    """
    near = runs.changed(partial(moved, key=key, by=by))
    pairs = zip(runs.finished(), near.finished(), strict=True)
    names = [run.protocol.name for (run, _), (other, _) in pairs if other is not run]
    return near, {name.removesuffix(VARIED) for name in names}


def moved(run: Run, key: Name, by: float) -> Run:
    """Return a run with a constant moved, to first order; the same object where it does nothing.

    Args:
        run: A finished simulation with parameters.
        key: Parameter set of the constant, and its name there.
        by: By how much its logarithm moves.
    """
    known = run.mechanism.constants
    names = [name for name in run.parameters if run.mechanism.origin(name) == key]
    along = np.array([by * known[n].si if n in names else 0.0 for n in run.parameters])
    measurements = [_moved(one, along) for one in run.measurements]
    if not names or all(map(_same, measurements, run.measurements)):
        return run
    new = multiplied(known, dict.fromkeys(names, math.exp(by)))
    mechanism = run.mechanism.with_constants(new)
    return replace(run, mechanism=mechanism, measurements=tuple(measurements))


def _moved(measurement: Measurement, along: Array) -> Measurement:
    dots, occupied = measurement.dots.copy(), measurement.occupied
    dots[:occupied] += measurement.dot_tangents[:occupied] @ along
    whole = measurement.concentration + measurement.tangents @ along
    return replace(measurement, concentration=whole, dots=dots)


def _same(one: Measurement, other: Measurement) -> bool:
    """Return whether two measurements found the same."""
    alike = np.array_equal(one.concentration, other.concentration)
    return alike and np.array_equal(one.dots, other.dots)
