r"""How much an experiment narrows one rate constant, others and extinctions being unknown.

With the derivatives G of the outcome in the logarithms of all constants and extinctions, the
covariance C of readings and prior widths s, the covariance after the experiment is

.. math:: V = \big(G^T C^{-1} G + \mathrm{diag}(s)^{-2}\big)^{-1}

and the experiment gives ½ log₂(s_k² / V_kk) bits about constant k (D_s-optimality for one
parameter: Atkinson, Donev and Tobias 2007, Optimum Experimental Designs, section 10.3). Derivatives
are taken at the model's own constants; they are the tangents of one run, through its spectra.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import ScopeError, SimulationError
from prenuc.infer.selection.predictive import EXTINCTION, SPREAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.infer.selection.predictive import Instrument
    from prenuc.protocol.protocol import Protocol


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
    names = [constant.name for constant in candidate.free]
    try:
        shown = candidate.shown(protocol, instrument.wavelength, along=names)
    except (ScopeError, SimulationError):
        return None
    slopes = _columns(np.sum([part.slopes for part in shown.values()], axis=0))
    absorbers = _columns([part.absorbance for part in shown.values()])
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
    at = names.index(name)
    return 0.5 * math.log2(float(widths[at] ** 2 / after[at, at]))


def _columns(spectra: Array | Sequence[Array]) -> Array:
    """Return spectra, (columns, measurements, wavelengths), as the columns of a matrix."""
    whole: Array = np.reshape(spectra, (len(spectra), -1)).T
    return whole
