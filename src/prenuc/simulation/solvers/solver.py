"""What all integrators have in common: tolerances, and how one says that it gave up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.errors import Problem, SimulationError

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.stretch import Stretch, Trajectory

MOST_STEPS = 100_000  # a healthy stretch takes hundreds
USUAL = 1e-14  # absolute tolerance over the largest concentration, where none is stated
TRACE = 1e-42  # the same where the tolerance of every component follows it
KINK = 1e-20  # and in a protocol: where a threshold is crossed, what is less has no smooth course


@dataclass(frozen=True)
class AbstractSolver(ABC):
    """An integrator with its tolerances.

    Args:
        rtol: Relative tolerance.
        atol: Absolute tolerance relative to the largest concentration of a reacting component. When
            None it is 1e-14; but where there are no size classes :class:`Rodas` gives every
            component one of its own then, 1e-12 of the most that there has been of it.
    """

    name: ClassVar[str] = ""
    follow: ClassVar[float] = 0.0  # share of a component that is its absolute tolerance
    rtol: float = 1e-8
    atol: float | None = None

    @property
    def floor(self) -> float:
        """The absolute tolerance that is stated, or the usual one."""
        return USUAL if self.atol is None else self.atol

    def closed(self, largest: float, classes: int, trace: float = TRACE) -> tuple[float, float]:
        """Return floor and share of the absolute tolerances of a stretch.

        Args:
            largest: Concentration at the start, in mol/m³.
            classes: How many size classes there are.
            trace: The floor over the largest where the tolerance of every component follows it.
        """
        if classes or self.atol is not None or self.follow == 0.0:
            return self.floor * largest, 0.0
        return trace * largest, self.follow

    @abstractmethod
    def integrate(self, stretch: Stretch) -> Trajectory:
        """Return the concentrations at the times of a stretch.

        Raises:
            SimulationError: The integrator gave up.
        """


def gave_up(stretch: Stretch, times: Array, states: Array, message: str) -> SimulationError:
    """Return the error that says which component was changing fastest, and when.

    Args:
        stretch: What was integrated.
        times: Times in s that were reached, ascending, shape (m,).
        states: What was found there, components first, shape (m, n or more).
        message: What the library says.
    """
    n = len(stretch.start)
    last = np.asarray(states)[-1][:n] if len(states) else stretch.start
    time = float(times[-1]) if len(times) else 0.0
    change = np.abs(stretch.network.change(last, stretch.constants(time)))
    fastest = stretch.network.names[int(np.argmax(change / (np.abs(last) + stretch.absolute)))]
    return failed(stretch, fastest, time, last, " ".join(message.split()))


def failed(
    stretch: Stretch, component: str, time: float, state: Array, reason: str
) -> SimulationError:
    """Return the error of an integrator that gave up.

    Args:
        stretch: What was integrated.
        component: The one that is hardest to follow.
        time: Where it stopped, in s into the stretch.
        state: Concentrations there in mol/m³, shape (n,).
        reason: What the integrator says.
    """
    held = state[stretch.network.names.index(component)]
    at = f"where '{component}' ({held:.3g} mol/m³) is hardest to follow"
    what = f"the integrator gave up {time:.6g} s into a stretch, {at}"
    mend = f"Its message: {reason}. Try a looser --rtol, another --solver, or check the constants"
    return SimulationError(str(Problem(what, mend)))
