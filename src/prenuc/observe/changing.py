"""Whether a signal can be fitted at all: numbers of a usable size, and a change with time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import Problem, SpectrumError
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from prenuc.observe.trace import Trace

LARGEST = 1e40  # fourth powers of larger numbers, which a fit takes, overflow
SMALLEST = 1e-10  # smaller ones are lost beside the rounding of absorbances


def check_changing(data: SpectrumSeries | Trace, name: str) -> None:
    """Refuse a signal that no kinetics can be read from.

    Args:
        data: A trace, or spectra.
        name: Where it comes from, for the message.

    Raises:
        SpectrumError: It is too large or too small to compute with, or is the same at all times.
    """
    values = data.absorbance if isinstance(data, SpectrumSeries) else data.value
    seen = values[np.isfinite(values)]
    size = float(np.max(np.abs(seen), initial=0.0))
    if size > LARGEST:
        what = f"the signal exceeds {LARGEST:g}"
        raise SpectrumError(Problem(what, "Give it in a larger unit", (), name))
    if 0.0 < size < SMALLEST:
        what = f"the signal is nowhere larger than {SMALLEST:g}"
        raise SpectrumError(Problem(what, "Give it in a smaller unit", (), name))
    if len(values) > 1 and np.all(values == values[0]):
        what = "the signal never changes with time"
        mend = "Give a series of something that changes; 'prenuc analyze' reads single spectra"
        raise SpectrumError(Problem(what, mend, (), name))
