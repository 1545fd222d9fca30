r"""How much an experiment narrows one rate constant, others and extinctions being unknown.

With the derivatives G of the outcome in the logarithms of all constants and extinctions, the
covariance C of readings and prior widths s, the covariance after the experiment is

.. math:: V = \big(G^T C^{-1} G + \mathrm{diag}(s)^{-2}\big)^{-1}

and the experiment gives ½ log₂(s_k² / V_kk) bits about constant k (D_s-optimality for one
parameter: Atkinson, Donev and Tobias 2007, Optimum Experimental Designs, section 10.3). Derivatives
are taken at the model's own constants.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import SimulationError
from prenuc.infer.selection.predictive import EXTINCTION, SPREAD

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.infer.selection.predictive import Instrument
    from prenuc.protocol.protocol import Protocol

STEP = 0.05  # of central differences, in the logarithm of a constant


def sensitivities(candidate: Candidate, protocol: Protocol, wavelength: Array) -> Array:
    """Return derivatives of an outcome in the logarithms of all constants, shape (data, constants).

    Args:
        candidate: The model.
        protocol: What is done.
        wavelength: Where spectra are read, in nm.

    Raises:
        SimulationError: The integrator gave up.
    """

    def outcome(name: str, by: float) -> Array:
        shown = candidate.shown(protocol, wavelength, {name: math.exp(by)})
        whole: Array = np.sum([part.absorbance.ravel() for part in shown.values()], axis=0)
        return whole

    names = [constant.name for constant in candidate.free]
    return np.array(
        [(outcome(name, STEP) - outcome(name, -STEP)) / (2.0 * STEP) for name in names]
    ).T


def precision_gained(
    candidate: Candidate, protocol: Protocol, name: str, instrument: Instrument
) -> float | None:
    """Return the information in bits about one constant; None when nothing can be run.

    Args:
        candidate: The model.
        protocol: What is done.
        name: The constant.
        instrument: How well is read.
    """
    try:
        slopes = sensitivities(candidate, protocol, instrument.wavelength)
        shown = candidate.shown(protocol, instrument.wavelength)
    except SimulationError:
        return None
    absorbers = np.array([part.absorbance.ravel() for part in shown.values()]).T
    design = np.hstack((slopes, absorbers))
    widths = np.concatenate(
        (
            np.full(slopes.shape[1], math.log(SPREAD)),
            np.full(absorbers.shape[1], math.log(EXTINCTION)),
        )
    )
    root = np.linalg.cholesky(instrument.covariance(len(design)))
    seen = np.linalg.solve(root, design)
    after = np.linalg.inv(seen.T @ seen + np.diag(widths**-2))
    at = [constant.name for constant in candidate.free].index(name)
    return 0.5 * math.log2(float(widths[at] ** 2 / after[at, at]))
