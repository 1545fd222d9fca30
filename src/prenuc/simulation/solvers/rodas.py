"""Our own integrator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.arrays import room
from prenuc.simulation.solvers.solver import MOST_STEPS, AbstractSolver, failed
from prenuc.simulation.stretch import Members, Trajectory

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.rates import RateArrays
    from prenuc.simulation.kernels.setting import Setting
    from prenuc.simulation.kernels.sparse import SparseArrays
    from prenuc.simulation.sensitivity import Tangents
    from prenuc.simulation.stretch import Stretch

STAGES = 8
DONE, TOO_MANY_STEPS, STEP_TOO_SMALL = range(3)
FAILURES = {
    TOO_MANY_STEPS: "it takes too many steps",
    STEP_TOO_SMALL: "no step is small enough",
}


@dataclass(frozen=True)
class Rodas(AbstractSolver):
    """Our own: Rodas5P, compiled, with the exact Jacobian of network and size classes.

    ``simulation/native`` has the equations; ``docs/story/engine.md`` derives them.

    Args:
        most_steps: Of one stretch; one that takes more is given up.
    """

    name: ClassVar[str] = "rodas"
    follow: ClassVar[float] = 1e-12
    most_steps: int = MOST_STEPS

    def integrate(self, stretch: Stretch) -> Trajectory:
        """Return the concentrations at the times of a stretch."""
        started = _Started.of(self, stretch, stretch.start[None])
        if stretch.tangents is None:
            found = started.run(stretch.network.constant[None])
        else:
            found, *moved = started.follow(stretch.tangents)
        outcome, reached, worst, steps, rejected, window = found.outcomes[0]
        if found.reasons[0]:
            component = stretch.network.names[int(worst)]
            raise failed(stretch, component, float(reached), found.end[0], found.reasons[0])
        count, again = int(steps), int(rejected)
        stopped = float(reached) if int(outcome) != DONE else None
        tries = STAGES * (count + again)
        path = Trajectory(
            found.concentration[0], tries, found.dots[0], count, again, stopped, int(window)
        )
        if stretch.tangents is None:
            return path
        return replace(path, tangents=moved[0], dot_tangents=moved[1])

    def integrate_many(self, stretch: Stretch, constants: Array, starts: Array) -> Members:
        """Return what a stretch leads to with many sets of rate constants and starts.

        Args:
            stretch: What happens; its start does not count.
            constants: ln k of every member, shape (members, reactions).
            starts: Concentrations at time 0 in mol/m³, shape (members, n).
        """
        return _Started.of(self, stretch, starts).run(constants)

    def setting(self, stretch: Stretch) -> Setting:
        """Return what a stretch asks of the kernel."""
        from prenuc.simulation.kernels.setting import Setting

        until, none = stretch.until, np.zeros(len(stretch.start))
        return Setting(
            times=np.ascontiguousarray(stretch.times, dtype=float),
            begin=float(stretch.temperature[0]),
            end=float(stretch.temperature[1]),
            relative=self.rtol,
            absolute=np.ascontiguousarray(stretch.absolute),
            absolute_units=float(np.max(stretch.absolute)),
            laws=stretch.network.laws,
            watch=none if until is None else until.weights,
            level=0.0 if until is None else until.level,
            steady=0.0 if until is None else until.steady,
            most_steps=self.most_steps,
            follow=stretch.follow,
        )


@dataclass(frozen=True)
class _Started:
    """One or many vessels at the start of a stretch, and room for what they become."""

    network: Network
    setting: Setting
    x: Array
    dots: Array
    components_found: Array
    dots_found: Array
    outcomes: Array

    @classmethod
    def of(cls, solver: Rodas, stretch: Stretch, starts: Array) -> _Started:
        """Return vessels that begin with ``starts`` in mol/m³, shape (members, n)."""
        members, n = starts.shape
        m, classes = len(stretch.times), stretch.network.classes.size
        dots = np.zeros((members, classes))
        dots[:, : len(stretch.dots)] = stretch.dots
        return cls(
            stretch.network,
            solver.setting(stretch),
            np.array(starts, dtype=float, order="C"),
            dots,
            np.full((members, m, n), np.nan),
            room((members, m, classes)),
            np.empty((members, 6)),
        )

    def run(self, constants: Array) -> Members:
        """Return where sets of ln k lead, shape (members, reactions)."""
        from prenuc.simulation.native import integrate

        sets = np.ascontiguousarray(constants)
        integrate(*self._asked(), sets, self.x, self.dots, *self._found())
        return self._members()

    def follow(self, given: Tangents) -> tuple[Members, Array, Array]:
        """Return where the only vessel goes, and the tangents of components and classes."""
        from prenuc.simulation.native import integrate_followed

        begin = np.ascontiguousarray(given.components), np.ascontiguousarray(given.dots)
        m, vessel = len(self.setting.times), (self.x[0], self.dots[0])
        of_x = np.full((m, *begin[0].shape), np.nan)
        of_f = room((m, len(vessel[1]), begin[1].shape[1]))
        found_x, found_f, outcome = (one[0] for one in self._found())
        found = found_x, found_f, of_x, of_f, outcome
        integrate_followed(*self._asked(), given.seeds, *begin, *vessel, *found)
        of_f[self._unreached(0)] = np.nan
        return self._members(), of_x, of_f

    def _asked(self) -> tuple[RateArrays, ClassArrays, SparseArrays, Setting]:
        network = self.network
        return network.flat, network.classes, network.plan, self.setting

    def _found(self) -> tuple[Array, Array, Array]:
        return self.components_found, self.dots_found, self.outcomes

    def _members(self) -> Members:
        found, dots = self.components_found, self.dots_found
        reasons = [FAILURES.get(int(outcome), "") for outcome in self.outcomes[:, 0]]
        for member, reason in enumerate(reasons):
            dots[member, self._unreached(member)] = np.nan
            found[member, -1], dots[member, -1] = self.x[member], self.dots[member]
            if reason:
                found[member], dots[member] = np.nan, np.nan
        return Members(found, dots, self.x, reasons, self.outcomes)

    def _unreached(self, member: int) -> slice:
        """Return which times a member has not come to; the last row is always its end."""
        reached = np.searchsorted(self.setting.times, self.outcomes[member, 1], side="right")
        return slice(int(reached), -1)
