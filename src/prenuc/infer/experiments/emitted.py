"""Measures of emission spectra: where a sample emits most, and how bright it is beside that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.emission import emission
from prenuc.quantities import parse

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.experiments.performed import Question

EXCITATION = "350 nm"  # seed @ Note S3


def _seen(asked: Question) -> tuple[Array, Array]:
    """Return wavelengths in nm and the emission that was measured where the question looks."""
    spectra = emission(asked.run, excitation=asked.of.get("excitation", EXCITATION))
    return spectra.wavelength, spectra.absorbance[asked.place]


def emission_maximum(asked: Question) -> float:
    """Return where a sample emits most, in nm; NaN where it is dark."""
    nm, signal = _seen(asked)
    return float(nm[int(np.argmax(signal))]) if signal.any() else math.nan


def emission_ratio(asked: Question) -> float:
    """Return the emission at one wavelength over that at another; NaN where the other is dark."""
    nm, signal = _seen(asked)
    here, there = (
        float(np.interp(parse(asked[key]).to("nm"), nm, signal)) for key in ("nm", "over")
    )
    return here / there if there > 0 else math.nan
