"""CVODE and the implicit integrators of scipy, second opinions."""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.simulation.solvers.dense_system import dense_system
from prenuc.simulation.solvers.solver import MOST_STEPS, AbstractSolver, gave_up

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.stretch import Stretch, Trajectory


@dataclass(frozen=True)
class Cvode(AbstractSolver):
    """CVODE of SUNDIALS, variable-order BDF with the exact Jacobian (scikit-sundae)."""

    name: ClassVar[str] = "cvode"

    def integrate(self, stretch: Stretch) -> Trajectory:
        """Return the concentrations at the times of a stretch."""
        from sksundae.cvode import CVODE

        system = dense_system(self, stretch)

        def change(t: float, y: Array, out: Array) -> None:
            out[:] = system.change(t, y)

        def jacobian(t: float, y: Array, _: Array, out: Array) -> None:
            out[:] = system.jacobian(t, y)

        solver = CVODE(
            change,
            jacfn=jacobian,
            rtol=self.rtol,
            atol=system.absolute,
            linsolver="dense",
            max_num_steps=MOST_STEPS,
        )
        with redirect_stdout(StringIO()):  # it prints its failures; we report them
            found = solver.solve(np.concatenate(([0.0], stretch.times)), system.start)
        if not found.success:
            raise gave_up(stretch, found.t, found.y, str(found.message))
        # With two times the library reports its own steps; the wanted times are always the last.
        return system.path(np.asarray(found.y)[-len(stretch.times) :], int(found.nfev))


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
