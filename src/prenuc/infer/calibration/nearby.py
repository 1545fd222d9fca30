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
    from collections.abc import Callable

    from prenuc.arrays import Array
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Experiments
    from prenuc.simulation.solution import Measurement, Run


def nearby(
    runs: Experiments, key: Name, by: float, move: Callable[..., Run] | None = None
) -> tuple[Experiments, set[str]]:
    """Return finished experiments with a constant moved, and the recipes where that changes any.

    Args:
        runs: Experiments that were followed in the constant.
        key: Its parameter set, and its name there.
        by: By how much its logarithm moves.
        move: :func:`measured` where nothing is read but measurements; :func:`moved` when None.
    """
    near = runs.changed(partial(move or moved, key=key, by=by))
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
    found = measured(run, key, by)
    if found is run:
        return run
    names = _names(run, key)
    new = multiplied(run.mechanism.constants, dict.fromkeys(names, math.exp(by)))
    return replace(found, mechanism=run.mechanism.with_constants(new))


def measured(run: Run, key: Name, by: float) -> Run:
    """Return a run in which what was measured has moved with a constant, and nothing else.

    That is enough for what is read off measurements alone, such as spectra and shares.

    Args:
        run: A finished simulation with parameters.
        key: Parameter set of the constant, and its name there.
        by: By how much its logarithm moves.
    """
    known, names = run.mechanism.constants, _names(run, key)
    along = np.array([by * known[n].si if n in names else 0.0 for n in run.parameters])
    measurements = [_moved(one, along) for one in run.measurements]
    if not names or all(map(_same, measurements, run.measurements)):
        return run
    return replace(run, measurements=tuple(measurements))


def _names(run: Run, key: Name) -> list[str]:
    return [name for name in run.parameters if run.mechanism.origin(name) == key]


def _moved(measurement: Measurement, along: Array) -> Measurement:
    dots, occupied = measurement.dots.copy(), measurement.occupied
    dots[:occupied] += measurement.dot_tangents[:occupied] @ along
    whole = measurement.concentration + measurement.tangents @ along
    return replace(measurement, concentration=whole, dots=dots)


def _same(one: Measurement, other: Measurement) -> bool:
    """Return whether two measurements found the same."""
    alike = np.array_equal(one.concentration, other.concentration)
    return alike and np.array_equal(one.dots, other.dots)
