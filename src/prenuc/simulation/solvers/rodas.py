"""Our own integrator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.simulation.solvers.solver import MOST_STEPS, AbstractSolver, failed
from prenuc.simulation.stretch import Members, Trajectory

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.work import Setting
    from prenuc.simulation.sensitivity import Tangents
    from prenuc.simulation.stretch import Stretch


@dataclass(frozen=True)
class Rodas(AbstractSolver):
    """Our own: Rodas5P, compiled, with the exact Jacobian of network and size classes.

    ``simulation/kernels`` has the equations; ``docs/story/engine.md`` derives them.
    """

    name: ClassVar[str] = "rodas"

    def integrate(self, stretch: Stretch) -> Trajectory:
        """Return the concentrations at the times of a stretch."""
        from prenuc.simulation.kernels.rodas import DONE
        from prenuc.simulation.kernels.tableau import STAGES

        started = _Started.of(self, stretch, stretch.start[None])
        if stretch.tangents is None:
            found = started.run(stretch.network.constant[None])
        else:
            found, *moved = started.follow(stretch.tangents)
        outcome, reached, worst, steps, rejected = found.outcomes[0]
        if found.reasons[0]:
            component = stretch.network.names[int(worst)]
            raise failed(stretch, component, float(reached), found.end[0], found.reasons[0])
        count, again = int(steps), int(rejected)
        stopped = float(reached) if int(outcome) != DONE else None
        tries = STAGES * (count + again)
        path = Trajectory(found.concentration[0], tries, found.dots[0], count, again, stopped)
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
        from prenuc.simulation.kernels.work import Setting

        until, none = stretch.until, np.zeros(len(stretch.start))
        return Setting(
            times=np.asarray(stretch.times, dtype=float),
            begin=float(stretch.temperature[0]),
            end=float(stretch.temperature[1]),
            relative=self.rtol,
            absolute=stretch.absolute,
            absolute_units=float(np.max(stretch.absolute)),
            laws=stretch.network.laws,
            watch=none if until is None else until.weights,
            level=0.0 if until is None else until.level,
            steady=0.0 if until is None else until.steady,
            most_steps=MOST_STEPS,
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
        m, classes = len(stretch.times), len(stretch.network.classes.units)
        dots = np.empty((members, classes))
        dots[:] = _dots(stretch)
        return cls(
            stretch.network,
            solver.setting(stretch),
            starts.astype(float),
            dots,
            np.full((members, m, n), np.nan),
            np.full((members, m, classes), np.nan),
            np.empty((members, 5)),
        )

    def run(self, constants: Array) -> Members:
        """Return where sets of ln k lead, shape (members, reactions)."""
        from prenuc.simulation.kernels.rodas import integrate
        from prenuc.simulation.kernels.work import ROOM

        network, pop, plan = self.network, self.network.classes, self.network.plan
        net = network.flat._replace(constant=network.constant.copy())
        room = ROOM.of(net, pop, plan, network.laws)
        found = self.components_found, self.dots_found, self.outcomes
        integrate(net, pop, plan, self.setting, *room, constants, self.x, self.dots, *found)
        return self._members()

    def follow(self, given: Tangents) -> tuple[Members, Array, Array]:
        """Return where the only vessel goes, and the tangents of components and classes."""
        from prenuc.simulation.kernels.tangent_work import TANGENT_ROOM, Followed
        from prenuc.simulation.kernels.tangents import integrate_followed
        from prenuc.simulation.kernels.work import ROOM

        network, pop, plan = self.network, self.network.classes, self.network.plan
        room = ROOM.of(network.flat, pop, plan, network.laws)
        work = TANGENT_ROOM.of(network.flat, pop, plan, given.seeds)
        work.dx[:], work.df[:] = given.components, given.dots
        m, count = len(self.setting.times), work.dx.shape[1]
        shapes = (m, len(work.dx), count), (m, len(work.df), count)
        own = Followed(given.seeds, work, *(np.full(shape, np.nan) for shape in shapes))
        vessel = self.x[0], self.dots[0]
        found = self.components_found[0], self.dots_found[0], self.outcomes[0]
        integrate_followed(network.flat, pop, plan, self.setting, *room, own, *vessel, *found)
        return self._members(), own.out_x, own.out_f

    def _members(self) -> Members:
        from prenuc.simulation.kernels.rodas import FAILURES

        found, dots = self.components_found, self.dots_found
        found[:, -1], dots[:, -1] = self.x, self.dots
        reasons = [FAILURES.get(int(outcome), "") for outcome in self.outcomes[:, 0]]
        for member, reason in enumerate(reasons):
            if reason:
                found[member], dots[member] = np.nan, np.nan
        return Members(found, dots, self.x, reasons, self.outcomes)


def _dots(stretch: Stretch) -> Array:
    """Return the size classes at time 0, a copy."""
    classes = len(stretch.network.classes.units)
    return np.array(stretch.dots, dtype=float) if stretch.dots.size else np.zeros(classes)
