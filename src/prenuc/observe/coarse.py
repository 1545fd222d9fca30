"""What the coarse count of dots costs: one experiment with moments and with size classes.

Moments are quick, but their dots never dissolve, feel no curvature and absorb as if their sizes
were distributed by a Gaussian (``mechanism/dots.py``, :mod:`prenuc.observe.dots`). How far that
carries depends on the experiment, so it is worked out for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.observe.absorption import uv_vis
from prenuc.observe.dots import dot_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.simulation.solution import Run

SEEN = 1e-3  # fraction of the most dots of a run; fewer are not compared
NONE_SEEN = 1e-9  # mol/m³ of dots; where there never are more, no sizes are compared
TINY = 1e-12  # of a spread; dots of one size have none


@dataclass(frozen=True)
class CoarseError:
    """Largest relative difference of a coarse run from the fine one, over its measurements.

    Args:
        number: Of the concentration of dots; None, as all sizes, where there are no dots.
        size: Of the diameter of a dot of mean volume.
        width: Of the relative spread of the diameter.
        absorbance: Of a spectrum, relative to the highest absorbance of that spectrum.
    """

    number: float | None
    size: float | None
    width: float | None
    absorbance: float


def coarse_error(fine: Run, coarse: Run) -> CoarseError:
    """Return how far a run with moments is from the same experiment with size classes.

    Args:
        fine: Simulated class by class.
        coarse: The same protocol, simulated with moments.

    Raises:
        InputError: The two are not runs of one protocol, or measured nothing.
    """
    if str(fine.protocol) != str(coarse.protocol):
        raise InputError("two different protocols", "Run the same one twice")
    exact, rough = uv_vis(fine).absorbance, uv_vis(coarse).absorbance
    highest = np.max(np.abs(exact), axis=1, keepdims=True)
    off = np.max(np.abs(rough - exact) / np.where(highest > 0, highest, 1.0))
    here, there = np.array(_sizes(fine)), np.array(_sizes(coarse))
    seen = here[:, 0] >= max(SEEN * float(np.max(here[:, 0])), NONE_SEEN)
    if not np.any(seen):
        return CoarseError(None, None, None, float(off))
    worst = np.max(np.abs(there - here)[seen] / np.maximum(here[seen], TINY), axis=0)
    number, size, width = (float(one) for one in worst)
    return CoarseError(number, size, width, float(off))


def _sizes(run: Run) -> Sequence[tuple[float, float, float]]:
    """Return number, mean size and spread at every measurement; 0, 1 and 1 for no dots."""
    if run.mechanism.dots is None:
        raise InputError(f"{run.mechanism.name} has no dots", "Choose another mechanism")
    none = (0.0, 1.0, 1.0)
    return [dot_sizes(run, m, run.mechanism.dots) or none for m in run.measurements]
