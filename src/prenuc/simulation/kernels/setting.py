"""What a stretch asks of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Setting(NamedTuple):
    """What a stretch asks of the integrator.

    Args:
        times: To report, ascending, above 0, in s, shape (m,).
        begin: Temperature at time 0 in K.
        end: Temperature at the last time in K.
        relative: Relative tolerance.
        absolute: Absolute tolerance of each component in mol/m³, shape (n,).
        absolute_units: The same of units in dots.
        laws: Conserved sums over components and, last, units in dots of each ladder, shape
            (laws, n + L).
        watch: Stop when Σ watch·x falls to ``level``; all zero for never, shape (n,).
        level: See above, in mol/m³.
        steady: Stop when as long a time again at the pace would change no component by more than
            this share; 0 for never.
        most_steps: Give up after so many.
        follow: The absolute tolerance of a component as a share of the most that there has been of
            it, beside ``absolute``; 0 for none.
    """

    times: NDArray[np.float64]
    begin: float
    end: float
    relative: float
    absolute: NDArray[np.float64]
    absolute_units: float
    laws: NDArray[np.float64]
    watch: NDArray[np.float64]
    level: float
    steady: float
    most_steps: int
    follow: float
