"""The implicit integrators of scipy, second opinions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.simulation.solvers.dense_system import dense_system
from prenuc.simulation.solvers.solver import AbstractSolver, gave_up

if TYPE_CHECKING:
    from prenuc.simulation.stretch import Stretch, Trajectory


@dataclass(frozen=True)
class _Scipy(AbstractSolver):
    method: ClassVar[str] = ""

    def integrate(self, stretch: Stretch) -> Trajectory:
        """Return the concentrations at the times of a stretch."""
        from scipy.integrate import solve_ivp

        system = dense_system(self, stretch)
        found = solve_ivp(
            system.change,
            (0.0, stretch.times[-1]),
            system.start,
            method=self.method,
            t_eval=stretch.times,
            jac=system.jacobian,
            rtol=self.rtol,
            atol=system.absolute,
        )
        if not found.success:
            raise gave_up(stretch, found.t, np.asarray(found.y).T, str(found.message))
        return system.path(found.y.T, int(found.nfev))


@dataclass(frozen=True)
class ScipyBdf(_Scipy):
    """BDF of scipy, the second opinion."""

    name: ClassVar[str] = "scipy-bdf"
    method: ClassVar[str] = "BDF"


@dataclass(frozen=True)
class ScipyRadau(_Scipy):
    """Radau IIA of scipy, a one-step second opinion."""

    name: ClassVar[str] = "scipy-radau"
    method: ClassVar[str] = "Radau"
