"""How closely a live experiment is looked at: exactly, or soon.

While something is dragged a picture is wanted soon: ``QUICK`` has a looser tolerance, every second
wavelength and fewer looks. What is released is looked at as ``EXACT``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.observe.absorption import WAVELENGTHS
from prenuc.simulation.run import IN_PROTOCOLS
from prenuc.simulation.solvers import Rodas

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.solvers import AbstractSolver


@dataclass(frozen=True)
class Precision:
    """How closely an experiment is looked at.

    Args:
        solver: The integrator.
        stride: Every how many nm there is a reading.
        looks: About how often the flask is looked at.
    """

    solver: AbstractSolver
    stride: int
    looks: int

    @property
    def wavelengths(self) -> Array:
        """In nm, shape (n,)."""
        found: Array = WAVELENGTHS[:: self.stride]
        return found


EXACT = Precision(IN_PROTOCOLS, 1, 100)
SPECTRA = Precision(IN_PROTOCOLS, 1, 25)  # spectra as of EXACT, the course with fewer looks
QUICK = Precision(Rodas(rtol=5e-4), 2, 25)
