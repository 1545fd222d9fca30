"""How closely a live experiment is looked at: exactly, or soon.

While something is dragged a picture is wanted soon: ``QUICK`` has a looser tolerance, every second
wavelength and fewer looks. What is released is looked at as ``EXACT``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        looks: About how often the flask is looked at; 0 for never, when no course is wanted.
    """

    solver: AbstractSolver
    stride: int
    looks: int

    @property
    def wavelengths(self) -> Array:
        """In nm, shape (n,)."""
        found: Array = WAVELENGTHS[:: self.stride]
        return found

    @property
    def exact(self) -> bool:
        """Whether spectra are those of :func:`prenuc.simulate` to the last digit."""
        return self.solver is IN_PROTOCOLS and self.stride == 1

    @property
    def unwatched(self) -> Precision:
        """The same without a look at the flask."""
        return replace(self, looks=0)


EXACT = Precision(IN_PROTOCOLS, 1, 100)
SPECTRA = Precision(IN_PROTOCOLS, 1, 25)  # spectra as of EXACT, the course with fewer looks
QUICK = Precision(Rodas(rtol=5e-4), 2, 25)
