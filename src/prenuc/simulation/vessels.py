"""The vessels of a run: what each holds, and whether nothing is lost.

The state of a vessel is extensive (moles). A reaction runs in a closed volume, so within a
stretch the solver works on concentrations. Reagents that no reaction mentions are carried
along unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prenuc.protocol.operations import Add, Evolve, Operation, Transfer
from prenuc.simulation.compiling import compositions, network_of
from prenuc.simulation.sensitivity import Tangents, prepared
from prenuc.simulation.solution import Measurement
from prenuc.simulation.solvers.solver import KINK
from prenuc.simulation.stretch import Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array, Indices, Mask
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.seeds import Seeds
    from prenuc.simulation.solvers import AbstractSolver

TRACE = 1e-12  # of the most abundant moiety; what lies below was never charged, it is rounding


class _Contents(NamedTuple):
    """What is in a vessel, in mol, or in mol/m³; of size classes as many as may hold dots.

    Args:
        whole: Of every component, shape (n,).
        dots: Of size classes, shape (classes or fewer,).
        tangents: Of moving components in P parameters, shape (moving, P).
        dot_tangents: Of size classes, shape (classes or fewer, P).
    """

    whole: Array
    dots: Array
    tangents: Array
    dot_tangents: Array

    def times(self, factor: float) -> _Contents:
        """Return as many times as much."""
        return _Contents(*(part * factor for part in self))

    def and_also(self, other: _Contents) -> _Contents:
        """Return what both hold together."""
        return _Contents(*(_together(*parts) for parts in zip(self, other, strict=True)))

    def first(self, classes: int) -> _Contents:
        """Return the same with the first size classes only."""
        dots, dot_tangents = self.dots[:classes], self.dot_tangents[:classes]
        return self._replace(dots=dots, dot_tangents=dot_tangents)


def _together(one: Array, other: Array) -> Array:
    """Return the sum of two arrays, of which one may have fewer rows."""
    more, fewer = (one, other) if len(one) >= len(other) else (other, one)
    total = more.copy()
    total[: len(fewer)] += fewer
    return total


@dataclass
class _Vessel:
    """One vessel on the bench.

    Args:
        contents: What is in it.
        expected: Moles of every moiety that it must hold, shape (moieties,).
        most: The most that it was to hold; its errors are relative to that.
        dissolved: The same as ``contents`` in mol/m³ and the volume in m³, as the solver left it;
            None where something came or went since.
    """

    contents: _Contents
    expected: Array
    most: Array
    dissolved: tuple[_Contents, float] | None = None

    def exchange(self, contents: _Contents) -> None:
        """Enter what is there after something came or went."""
        self.contents, self.dissolved = contents, None

    def react(self, left: _Contents, volume: float) -> None:
        """Enter what a reaction has left, in mol/m³."""
        self.contents, self.dissolved = left.times(volume), (left, volume)

    def within(self, volume: float) -> _Contents:
        """Return what is there in mol/m³; to the last digit what a reaction has left."""
        if self.dissolved is not None and self.dissolved[1] == volume:
            return self.dissolved[0]
        return self.contents.times(1.0 / volume)

    def expect(self, gained: Array) -> None:
        """Enter moieties that came in, or went out, shape (moieties,)."""
        self.expected = self.expected + gained
        self.most = np.maximum(self.most, self.expected)


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
        seeds: What the wanted parameters do; None where no tangents are wanted.
        vessels: By name.
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
    seeds: Seeds | None = None
    vessels: dict[str, _Vessel] = field(default_factory=dict)
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
        parts = compositions(mechanism, names)
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

    def copy(self) -> Vessels:
        """Return the same bench, for somebody else to go on with."""
        vessels = {name: replace(one) for name, one in self.vessels.items()}
        measurements, stats = [*self.measurements], dict(self.stats)
        return replace(self, vessels=vessels, measurements=measurements, stats=stats)

    def carry_out(self, operation: Operation) -> None:
        """Do one operation of a protocol's plan."""
        match operation:
            case Add():
                self._add(operation)
            case Transfer():
                self._transfer(operation)
            case Evolve():
                self._evolve(operation)

    def _vessel(self, name: str) -> _Vessel:
        """Return a vessel, an empty one for a new name."""
        if name not in self.vessels:
            n, moieties = len(self.names), len(self.moieties)
            count = 0 if self.seeds is None else self.seeds.capillarity.size
            shapes = (n,), (0,), (len(self.moving), count), (0, count)
            nothing = _Contents(*(np.zeros(shape) for shape in shapes))
            self.vessels[name] = _Vessel(nothing, np.zeros(moieties), np.zeros(moieties))
        return self.vessels[name]

    def _add(self, operation: Add) -> None:
        amounts = np.array([operation.amounts.get(name, 0.0) for name in self.names])
        before, gained = self._total(), self.composition @ amounts
        vessel = self._vessel(operation.vessel)
        vessel.exchange(vessel.contents._replace(whole=vessel.contents.whole + amounts))
        vessel.expect(gained)
        self.charged = self.charged + gained
        self._check_event(before + gained)

    def _transfer(self, operation: Transfer) -> None:
        before, source = self._total(), self._vessel(operation.vessel)
        moved = source.contents.times(operation.share)
        carried = self.composition @ moved.whole
        source.exchange(source.contents.and_also(moved.times(-1.0)))
        source.expect(-carried)
        if operation.target is None:
            self.discarded = self.discarded + moved.whole
        else:
            target = self._vessel(operation.target)
            target.exchange(target.contents.and_also(moved))
            target.expect(carried)
        self._check_event(before)

    def _total(self) -> Array:
        """Return the moles of every moiety in all vessels and in the waste."""
        everything = sum((one.contents.whole for one in self.vessels.values()), self.discarded)
        return self.composition @ everything

    def _check_event(self, wanted: Array) -> None:
        self.worst_event = max(self.worst_event, _relative(self._total(), wanted))

    def _evolve(self, operation: Evolve) -> None:
        vessel, volume = self._vessel(operation.vessel), operation.volume
        begin = vessel.within(volume)
        times = np.unique([t for t in (*operation.looks, operation.duration) if t > 0])
        rows, occupied = self._rows(operation, begin, times)
        states = {0.0: begin} | dict(zip(times, rows, strict=True))
        for look in operation.looks:
            self._record(operation, look, states[look], occupied)
        if times.size:
            vessel.react(rows[-1].first(occupied), volume)

    def _rows(
        self, operation: Evolve, begin: _Contents, times: Array
    ) -> tuple[list[_Contents], int]:
        """Return what a vessel holds at the times of an operation, in mol/m³.

        And how many size classes are occupied.
        """
        start = begin.whole[self.moving]
        largest = float(np.max(start[self.changing], initial=0.0))
        largest = max(largest, float(np.sum(begin.dots)))
        if operation.frozen or largest == 0.0 or times.size == 0:
            return [begin] * len(times), len(begin.dots)
        floor, follow = self.solver.closed(largest, self.moments[1].shape[1], KINK)
        stretch = Stretch(
            network=self.network,
            start=start,
            times=times,
            temperature=(operation.start, operation.end),
            absolute=np.full(len(start), floor),
            dots=begin.dots,
            follow=follow,
        )
        if self.seeds is not None:
            own = Tangents(self.seeds, begin.tangents, begin.dot_tangents)
            stretch = replace(stretch, tangents=own)
        path = self.solver.integrate(stretch)
        self.stats["evaluations"] += path.evaluations
        whole = np.tile(begin.whole, (len(times), 1))
        whole[:, self.moving] = path.concentration
        places, powers = self.moments
        occupied = path.dots.shape[1] if path.occupied is None else path.occupied
        whole[:, places] = path.dots[:, :occupied] @ powers[:, :occupied].T
        if self.seeds is None:
            pairs = zip(whole, path.dots, strict=True)
            return [begin._replace(whole=a, dots=f) for a, f in pairs], occupied
        parts = zip(whole, path.dots, path.tangents, path.dot_tangents, strict=True)
        return [_Contents(*row) for row in parts], occupied

    def _record(self, operation: Evolve, look: float, held: _Contents, occupied: int) -> None:
        span = look / operation.duration if operation.duration > 0 else 1.0
        classes = self.moments[1].shape[1]
        found = {"concentration": held.whole, "dots": _padded(held.dots, classes)}
        if self.seeds is not None:
            found["tangents"] = self._of_all(held.first(occupied))
            found["dot_tangents"] = _padded(held.dot_tangents, classes)
        measured = Measurement(
            vessel=operation.vessel,
            time=operation.clock + look,
            temperature=operation.start + span * (operation.end - operation.start),
            volume=operation.volume,
            occupied=occupied,
            **found,
        )
        self.measurements.append(measured)

    def _of_all(self, held: _Contents) -> Array:
        """Return the tangents of every component, moments of dots included."""
        places, powers = self.moments
        tangents = np.zeros((len(self.names), held.tangents.shape[1]))
        tangents[self.moving] = held.tangents
        tangents[places] = powers[:, : len(held.dot_tangents)] @ held.dot_tangents
        return tangents

    def conservation(self) -> dict[str, Any]:
        """Return the relative error of every moiety in every vessel, and of the ledger."""
        report: dict[str, Any] = {}
        for name, one in self.vessels.items():
            errors = np.abs(self.composition @ one.contents.whole - one.expected)
            report[name] = {
                part: float(error / most)
                for part, error, most in zip(self.moieties, errors, one.most, strict=True)
                if most > TRACE * float(np.max(one.most))
            }
        final = _relative(self._total(), self.charged)
        return {**report, "ledger": {"worst event": self.worst_event, "final": final}}


def _padded(part: Array, classes: int) -> Array:
    """Return an array with a row for every size class."""
    if len(part) == classes:
        return part
    whole = np.zeros((classes, *part.shape[1:]))
    whole[: len(part)] = part
    return whole


def _moments(mechanism: Mechanism, names: Sequence[str]) -> tuple[Indices, Array]:
    """Return the places of the moments of size classes, and n^(p/3) of every class."""
    if mechanism.population is None:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 0))
    sizes = mechanism.population
    places = np.array([names.index(name) for name in mechanism.moment_names])
    return places, _powers(sizes.smallest, sizes.largest)


@lru_cache(maxsize=8)
def _powers(smallest: int, largest: int) -> Array:
    """Return n^(p/3) of every class for p = 0 … 3, shape (4, classes)."""
    length = np.cbrt(np.arange(smallest, largest + 1, dtype=float))
    powers: Array = length ** np.arange(4)[:, None]
    powers.flags.writeable = False
    return powers


def _relative(found: Array, wanted: Array) -> float:
    there = wanted > 0
    return float(np.max(np.abs(found - wanted)[there] / wanted[there], initial=0.0))
