"""The vessels of a run: what each holds, and whether nothing is lost.

The state of a vessel is extensive (moles). A reaction runs in a closed volume, so within a
stretch the solver works on concentrations. Reagents that no reaction mentions are carried
along unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from prenuc.arrays import Array, Indices, Mask
from prenuc.errors import MechanismError, Problem
from prenuc.facts.catalogue import entries
from prenuc.protocol.plan import Add, Evolve, Transfer
from prenuc.simulation.compiling import network_of
from prenuc.simulation.sensitivity import Tangents, prepared
from prenuc.simulation.solution import Measurement
from prenuc.simulation.stretch import Stretch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.plan import Operation
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.seeds import Seeds
    from prenuc.simulation.solvers import AbstractSolver
    from prenuc.simulation.stretch import Trajectory

TRACE = 1e-12  # of the most abundant moiety; what lies below was never charged, it is rounding

Moved: TypeAlias = tuple[Array, ...]  # tangents of components and of dots, or nothing
Contents: TypeAlias = tuple[Array, Array, Moved]  # moles, dots, tangents


@dataclass
class Vessels:
    """The vessels on the bench: moles of every component in each, and of dots of every size class.

    ``moving`` are the components that a solver moves; the others are carried along. Moments of size
    classes are components that are summed anew whenever the classes have changed.

    Args:
        names: Of the n components.
        moving: Places of those that a solver moves, shape (moving,).
        moments: Places of the four moments, and n^(p/3) of every class, shape (4, classes).
        network: The reactions, for the moving components.
        changing: Which of these some reaction changes, shape (moving,).
        moieties: What is kept account of.
        composition: Of each moiety in each component, shape (moieties, n).
        solver: The integrator.
        charged: Moles of every moiety that came in, shape (moieties,).
        discarded: Moles of every component in the waste, shape (n,).
        moles: Of every component by vessel, shape (n,).
        dots: Moles of dots of every size class by vessel, shape (classes,).
        seeds: What the wanted parameters do; None where no tangents are wanted.
        tangents: Of moving components and of dots by vessel.
        expected: Moles of every moiety that a vessel must hold, shape (moieties,).
        held: The most that it held.
        worst_event: Largest relative error of the books at an event.
        measurements: What was found so far.
        stats: Evaluations of the rates so far.
    """

    names: tuple[str, ...]
    moving: Indices
    moments: tuple[Indices, Array]
    network: Network
    changing: Mask
    moieties: tuple[str, ...]
    composition: Array
    solver: AbstractSolver
    charged: Array
    discarded: Array
    moles: dict[str, Array] = field(default_factory=dict)
    dots: dict[str, Array] = field(default_factory=dict)
    seeds: Seeds | None = None
    tangents: dict[str, Moved] = field(default_factory=dict)
    expected: dict[str, Array] = field(default_factory=dict)
    held: dict[str, Array] = field(default_factory=dict)
    worst_event: float = 0.0
    measurements: list[Measurement] = field(default_factory=list)
    stats: dict[str, Any] = field(default_factory=lambda: {"evaluations": 0})

    @classmethod
    def of(
        cls,
        mechanism: Mechanism,
        protocol: Protocol,
        solver: AbstractSolver,
        parameters: Sequence[str] = (),
    ) -> Vessels:
        """Return empty vessels.

        Args:
            mechanism: What could happen.
            protocol: What will be done.
            solver: The integrator.
            parameters: Constants, by name, in which tangents are wanted.

        Raises:
            MechanismError: A component of the mechanism is charged with another composition.
        """
        charged = [name for op in protocol.plan if isinstance(op, Add) for name in op.amounts]
        names = tuple(dict.fromkeys([*mechanism.components, *charged]))
        parts = _compositions(mechanism, names)
        tracked = tuple(dict.fromkeys(part for parts_of in parts for part in parts_of))
        rows = [[of.get(part, 0.0) for of in parts] for part in tracked]
        moved = [name for name in mechanism.components if name not in mechanism.moment_names]
        network = network_of(mechanism, moved)
        return cls(
            names=names,
            moving=np.array([names.index(name) for name in moved]),
            moments=_moments(mechanism, names),
            network=network,
            changing=np.any(network.stoichiometry != 0, axis=1),
            moieties=tracked,
            composition=np.array(rows).reshape(len(tracked), len(names)),
            solver=solver,
            charged=np.zeros(len(tracked)),
            discarded=np.zeros(len(names)),
            seeds=prepared(network, parameters).seeds if parameters else None,
        )

    def carry_out(self, operation: Operation) -> None:
        """Do one operation of a protocol's plan."""
        match operation:
            case Add():
                self._add(operation)
            case Transfer():
                self._transfer(operation)
            case Evolve():
                self._evolve(operation)

    def _contents(self, name: str) -> Array:
        return self.moles.setdefault(name, np.zeros(len(self.names)))

    def _dots(self, name: str) -> Array:
        return self.dots.setdefault(name, np.zeros(self.moments[1].shape[1]))

    def _moved(self, name: str) -> Moved:
        """Return the tangents of the moving components and of the dots of a vessel."""
        if self.seeds is None:
            return ()
        count = self.seeds.capillarity.size
        none = np.zeros((len(self.moving), count)), np.zeros((self.moments[1].shape[1], count))
        return self.tangents.setdefault(name, none)

    def _expect(self, name: str) -> Array:
        return self.expected.setdefault(name, np.zeros(len(self.moieties)))

    def _add(self, operation: Add) -> None:
        amounts = np.array([operation.amounts.get(name, 0.0) for name in self.names])
        before = self._total()
        self.moles[operation.vessel] = self._contents(operation.vessel) + amounts
        gained = self.composition @ amounts
        self.expected[operation.vessel] = self._expect(operation.vessel) + gained
        self._hold(operation.vessel)
        self.charged = self.charged + gained
        self._check_event(before + gained)

    def _transfer(self, operation: Transfer) -> None:
        before = self._total()
        moved = self._contents(operation.vessel) * operation.share
        carried = self.composition @ moved
        self.moles[operation.vessel] = self._contents(operation.vessel) - moved
        dots = self._dots(operation.vessel) * operation.share
        self.dots[operation.vessel] = self._dots(operation.vessel) - dots
        here, there = self._moved(operation.vessel), operation.target
        self.tangents[operation.vessel] = tuple(part * (1 - operation.share) for part in here)
        if there is not None:
            parts = zip(self._moved(there), here, strict=True)
            self.tangents[there] = tuple(own + part * operation.share for own, part in parts)
        self.expected[operation.vessel] = self._expect(operation.vessel) - carried
        if operation.target is None:
            self.discarded = self.discarded + moved
        else:
            self.moles[operation.target] = self._contents(operation.target) + moved
            self.dots[operation.target] = self._dots(operation.target) + dots
            self.expected[operation.target] = self._expect(operation.target) + carried
            self._hold(operation.target)
        self._check_event(before)

    def _hold(self, name: str) -> None:
        """Remember the most that a vessel held of each moiety; its errors are relative to that."""
        self.held[name] = np.maximum(self.held.get(name, 0.0), self.expected[name])

    def _total(self) -> Array:
        """Return the moles of every moiety in all vessels and in the waste."""
        everything = self.discarded.copy()
        for moles in self.moles.values():
            everything = everything + moles
        return self.composition @ everything

    def _check_event(self, wanted: Array) -> None:
        self.worst_event = max(self.worst_event, _relative(self._total(), wanted))

    def _evolve(self, operation: Evolve) -> None:
        name = operation.vessel
        begin = (self.moles[name], self._dots(name), self._moved(name))
        times = np.unique([t for t in (*operation.looks, operation.duration) if t > 0])
        states = dict(
            zip([0.0, *times], [begin, *self._states(operation, begin, times)], strict=True)
        )
        for look in operation.looks:
            self._record(operation, look, states[look])
        self.moles[name], self.dots[name], self.tangents[name] = states[operation.duration]

    def _states(self, operation: Evolve, begin: Contents, times: Array) -> list[Contents]:
        """Return the contents of a vessel at the times of an operation."""
        moles, dots, moved = begin
        start = moles[self.moving] / operation.volume
        largest = float(np.max(start[self.changing], initial=0.0))
        largest = max(largest, float(np.sum(dots)) / operation.volume)
        if operation.frozen or largest == 0.0 or times.size == 0:
            return [begin] * len(times)
        stretch = Stretch(
            network=self.network,
            start=start,
            times=times,
            temperature=(operation.start, operation.end),
            absolute=np.full(len(start), self.solver.floor * largest),
            dots=dots / operation.volume,
        )
        if self.seeds is not None:
            own = Tangents(self.seeds, *(part / operation.volume for part in moved))
            stretch = replace(stretch, tangents=own)
        path = self.solver.integrate(stretch)
        self.stats["evaluations"] += path.evaluations
        return [self._contents_at(operation, moles, path, i) for i in range(len(times))]

    def _contents_at(
        self, operation: Evolve, moles: Array, path: Trajectory, index: int
    ) -> Contents:
        """Return the contents of a vessel from what a solver found at one of its times."""
        moles = moles.copy()
        moles[self.moving] = path.concentration[index] * operation.volume
        places, powers = self.moments
        dots = path.dots[index] * operation.volume if path.dots.size else np.zeros(0)
        moles[places] = powers @ dots
        if self.seeds is None:
            return moles, dots, ()
        moved = path.tangents[index], path.dot_tangents[index]
        return moles, dots, tuple(part * operation.volume for part in moved)

    def _record(self, operation: Evolve, look: float, contents: Contents) -> None:
        moles, dots, moved = contents
        span = look / operation.duration if operation.duration > 0 else 1.0
        measured = Measurement(
            vessel=operation.vessel,
            time=operation.clock + look,
            temperature=operation.start + span * (operation.end - operation.start),
            volume=operation.volume,
            concentration=moles / operation.volume,
            dots=dots / operation.volume,
        )
        if moved:
            components, of_dots = moved
            places, powers = self.moments
            tangents = np.zeros((len(self.names), components.shape[1]))
            tangents[self.moving], tangents[places] = components, powers @ of_dots
            measured = replace(
                measured,
                tangents=tangents / operation.volume,
                dot_tangents=of_dots / operation.volume,
            )
        self.measurements.append(measured)

    def conservation(self) -> dict[str, Any]:
        """Return the relative error of every moiety in every vessel, and of the ledger."""
        report: dict[str, Any] = {}
        for name, moles in self.moles.items():
            found, expected, held = self.composition @ moles, self.expected[name], self.held[name]
            report[name] = {
                part: float(abs(found[i] - expected[i]) / held[i])
                for i, part in enumerate(self.moieties)
                if held[i] > TRACE * float(np.max(held))
            }
        final = _relative(self._total(), self.charged)
        return {**report, "ledger": {"worst event": self.worst_event, "final": final}}


def _moments(mechanism: Mechanism, names: Sequence[str]) -> tuple[Indices, Array]:
    """Return the places of the moments of size classes, and n^(p/3) of every class."""
    if mechanism.population is None:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 0))
    length = np.cbrt(mechanism.population.units)
    places = np.array([names.index(name) for name in mechanism.moment_names])
    return places, length ** np.arange(4)[:, None]


def _relative(found: Array, wanted: Array) -> float:
    there = wanted > 0
    return float(np.max(np.abs(found - wanted)[there] / wanted[there], initial=0.0))


def _compositions(mechanism: Mechanism, names: Sequence[str]) -> list[Mapping[str, float]]:
    """Return the moieties of every component, reagents of the shelf included.

    Raises:
        MechanismError: A component is declared with another composition than the shelf's.
    """
    shelf, problems, parts = entries("reagents"), [], []
    for name in names:
        component = mechanism.components.get(name)
        stated = component.composition if component is not None else None
        known = shelf[name].composition if name in shelf else None
        if stated is not None and known is not None and dict(stated) != dict(known):
            what = f"{mechanism.name} counts '{name}' as {dict(stated)}, the shelf as {dict(known)}"
            problems.append(Problem(what, "Use the shelf's composition or another name"))
        parts.append(stated if stated is not None else known or {})
    if problems:
        raise MechanismError(problems)
    return parts
