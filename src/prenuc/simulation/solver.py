"""Integrators behind one interface; a choice of integrator is an object.

``simulate(mechanism, protocol, solver=Cvode(rtol=1e-8))``. A solver sees one stretch between
two events: a network in a closed volume, a linear temperature program, and times to report.
Which library serves by default was measured: ``docs/decisions/0005-integrator.md``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.errors import Problem, SimulationError, unknown_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.simulation.kernels.network import Network

MOST_STEPS = 10_000  # to the next wanted time; a healthy stretch takes hundreds


@dataclass(frozen=True)
class Stretch:
    """What happens to a vessel between two events.

    Args:
        network: The reactions.
        start: Concentrations at time 0 in mol/m³, shape (n,).
        times: Times to report, ascending, in s, the first above 0, shape (m,).
        temperature: At time 0 and at the last time, in K; linear in between.
        absolute: Absolute tolerance of each concentration in mol/m³, shape (n,).
    """

    network: Network
    start: NDArray[np.float64]
    times: NDArray[np.float64]
    temperature: tuple[float, float]
    absolute: NDArray[np.float64]

    def constants(self, time: float) -> NDArray[np.float64]:
        """Return the rate constants at a time."""
        begin, end = self.temperature
        return self.network.constants(begin + (end - begin) * time / self.times[-1])

    @property
    def isothermal(self) -> bool:
        """Whether the temperature stays the same."""
        return self.temperature[0] == self.temperature[1]


@dataclass(frozen=True)
class Path:
    """What a solver returns.

    Args:
        concentration: At the stretch's times, in mol/m³, shape (m, n).
        evaluations: Evaluations of the rates.
    """

    concentration: NDArray[np.float64]
    evaluations: int


@dataclass(frozen=True)
class AbstractSolver(ABC):
    """An integrator with its tolerances.

    Args:
        rtol: Relative tolerance.
        atol: Absolute tolerance relative to the largest concentration of a reacting component.
    """

    name: ClassVar[str] = ""
    rtol: float = 1e-8
    atol: float = 1e-14

    @abstractmethod
    def integrate(self, stretch: Stretch) -> Path:
        """Return the concentrations at the times of a stretch.

        Raises:
            SimulationError: The integrator gave up.
        """


@dataclass(frozen=True)
class Cvode(AbstractSolver):
    """CVODE of SUNDIALS, variable-order BDF with the exact Jacobian (scikit-sundae)."""

    name: ClassVar[str] = "cvode"

    def integrate(self, stretch: Stretch) -> Path:
        """Return the concentrations at the times of a stretch."""
        from sksundae.cvode import CVODE

        network = stretch.network
        fixed = stretch.constants(0.0) if stretch.isothermal else None

        def change(t: float, c: NDArray[np.float64], out: NDArray[np.float64]) -> None:
            out[:] = network.change(c, stretch.constants(t) if fixed is None else fixed)

        def jacobian(
            t: float, c: NDArray[np.float64], _: NDArray[np.float64], out: NDArray[np.float64]
        ) -> None:
            out[:] = network.jacobian(c, stretch.constants(t) if fixed is None else fixed)

        solver = CVODE(
            change,
            jacfn=jacobian,
            rtol=self.rtol,
            atol=stretch.absolute,
            linsolver="dense",
            max_num_steps=MOST_STEPS,
        )
        with redirect_stdout(StringIO()):  # it prints its failures; we report them
            found = solver.solve(np.concatenate(([0.0], stretch.times)), stretch.start.copy())
        if not found.success:
            raise _gave_up(stretch, found.t, found.y, str(found.message))
        # With two times the library reports its own steps; the wanted times are always the last.
        return Path(np.asarray(found.y)[-len(stretch.times) :], int(found.nfev))


@dataclass(frozen=True)
class _Scipy(AbstractSolver):
    method: ClassVar[str] = ""

    def integrate(self, stretch: Stretch) -> Path:
        """Return the concentrations at the times of a stretch."""
        from scipy.integrate import solve_ivp

        network = stretch.network
        found = solve_ivp(
            lambda t, c: network.change(c, stretch.constants(t)),
            (0.0, stretch.times[-1]),
            stretch.start,
            method=self.method,
            t_eval=stretch.times,
            jac=lambda t, c: network.jacobian(c, stretch.constants(t)),
            rtol=self.rtol,
            atol=stretch.absolute,
        )
        if not found.success:
            raise _gave_up(stretch, found.t, np.asarray(found.y).T, str(found.message))
        return Path(found.y.T, int(found.nfev))


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


SOLVERS: dict[str, type[AbstractSolver]] = {s.name: s for s in (Cvode, ScipyBdf, ScipyRadau)}


def solver_named(name: str) -> type[AbstractSolver]:
    """Return a solver class by its command-line name.

    Raises:
        InputError: There is none of that name.
    """
    from prenuc.errors import InputError

    if name not in SOLVERS:
        raise InputError(unknown_name("solver", name, SOLVERS))
    return SOLVERS[name]


def _gave_up(
    stretch: Stretch, times: NDArray[np.float64], states: NDArray[np.float64], message: str
) -> SimulationError:
    """Return the error that says which component was changing fastest, and when."""
    last = np.asarray(states)[-1] if len(states) else stretch.start
    time = float(times[-1]) if len(times) else 0.0
    change = np.abs(stretch.network.change(last, stretch.constants(time)))
    fastest = stretch.network.names[int(np.argmax(change / (np.abs(last) + stretch.absolute)))]
    what = f"the integrator gave up {time:.6g} s into a stretch, where '{fastest}' changes fastest"
    reason = " ".join(message.split())
    mend = f"Its message: {reason}. Try a looser --rtol, another --solver, or check the constants"
    return SimulationError(str(Problem(what, mend)))
