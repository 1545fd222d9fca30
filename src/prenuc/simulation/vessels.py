"""The vessels of a run, and what each holds.

The state of a vessel is extensive (moles). A reaction runs in a closed volume, so within a
stretch the solver works on concentrations. Reagents that no reaction mentions are carried
along unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prenuc.arrays import room
from prenuc.mechanism.reach import reachable
from prenuc.protocol.operations import Add, Evolve, Operation, Transfer
from prenuc.simulation.compiling import network_of
from prenuc.simulation.sensitivity import Tangents, moves_of, seeds_of
from prenuc.simulation.solution import Measurement
from prenuc.simulation.solvers.solver import KINK
from prenuc.simulation.stretch import AT_ONCE, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array, Indices, Mask
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.seeds import Seeds
    from prenuc.simulation.solvers import AbstractSolver


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
        whole, dots, tangents, dot_tangents = self
        return _Contents(whole * factor, dots * factor, tangents * factor, dot_tangents * factor)

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


class _Vessel(NamedTuple):
    """One vessel on the bench, as it is at some time.

    Args:
        contents: What is in it.
        dissolved: The same as ``contents`` in mol/m³ and the volume in m³, as the solver left it;
            None where something came or went since.
    """

    contents: _Contents
    dissolved: tuple[_Contents, float] | None = None

    @classmethod
    def left_by(cls, left: _Contents, volume: float) -> _Vessel:
        """Return a vessel with what a reaction has left, in mol/m³."""
        return cls(left.times(volume), (left, volume))

    def within(self, volume: float) -> _Contents:
        """Return what is there in mol/m³; to the last digit what a reaction has left."""
        if self.dissolved is not None and self.dissolved[1] == volume:
            return self.dissolved[0]
        return self.contents.times(1.0 / volume)


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
        solver: The integrator.
        seeds: What the parameters do that can do anything here; None where no tangents are wanted.
        columns: The place of each wanted parameter among these, −1 for one that does nothing.
        balancing: Whether ligands are in balance where a vessel is looked at as it is filled.
        vessels: By name.
        measurements: What was found so far.
        stats: Evaluations of the rates so far.
    """

    names: tuple[str, ...]
    moving: Indices
    moments: tuple[Indices, Array]
    network: Network
    changing: Mask
    solver: AbstractSolver
    seeds: Seeds | None = None
    columns: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    balancing: bool = True
    vessels: dict[str, _Vessel] = field(default_factory=dict)
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
        """
        charged = [name for op in protocol.plan if isinstance(op, Add) for name in op.amounts]
        names = tuple(dict.fromkeys([*mechanism.components, *charged]))
        moved = [name for name in mechanism.components if name not in mechanism.moment_names]
        network = network_of(mechanism, moved)
        seeds, columns = None, np.zeros(0, dtype=np.int64)
        if parameters:
            moves, there = moves_of(network, parameters), reachable(mechanism, charged)
            acting = [name for name, move in moves.items() if move.acts(network, there)]
            seeds = seeds_of(network, [moves[name] for name in acting])
            columns = np.array([acting.index(n) if n in acting else -1 for n in parameters])
        return cls(
            names=names,
            moving=np.array([names.index(name) for name in moved]),
            moments=_moments(mechanism, names),
            network=network,
            changing=np.any(network.stoichiometry != 0, axis=1),
            solver=solver,
            seeds=seeds,
            columns=columns,
        )

    def copy(self) -> Vessels:
        """Return the same bench, for somebody else to go on with."""
        vessels, stats = dict(self.vessels), dict(self.stats)
        return replace(self, vessels=vessels, measurements=[*self.measurements], stats=stats)

    @property
    def held(self) -> dict[str, Array]:
        """Moles of every component in each vessel, shape (n,)."""
        return {name: one.contents.whole for name, one in self.vessels.items()}

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
            count = 0 if self.seeds is None else self.seeds.capillarity.shape[1]
            shapes = (len(self.names),), (0,), (len(self.moving), count), (0, count)
            self.vessels[name] = _Vessel(_Contents(*(np.zeros(shape) for shape in shapes)))
        return self.vessels[name]

    def _add(self, operation: Add) -> None:
        amounts = np.array([operation.amounts.get(name, 0.0) for name in self.names])
        contents = self._vessel(operation.vessel).contents
        contents = contents._replace(whole=contents.whole + amounts)
        self.vessels[operation.vessel] = _Vessel(contents)

    def _transfer(self, operation: Transfer) -> None:
        source = self._vessel(operation.vessel).contents
        moved = source.times(operation.share)
        self.vessels[operation.vessel] = _Vessel(source.and_also(moved.times(-1.0)))
        if operation.target is not None:
            target = self._vessel(operation.target).contents
            self.vessels[operation.target] = _Vessel(target.and_also(moved))

    def _evolve(self, operation: Evolve) -> None:
        volume = operation.volume
        begin = self._vessel(operation.vessel).within(volume)
        times = np.array(sorted({t for t in (*operation.looks, operation.duration) if t > 0}))
        rows, occupied = self._rows(operation, begin, times)
        states = {0.0: begin} | dict(zip(times, rows, strict=True))
        if 0.0 in operation.looks:
            states[0.0] = self._in_balance(operation, begin)
        rooms = room((len(operation.looks), self.moments[1].shape[1], len(self.columns)))
        for look, tangents in zip(operation.looks, rooms, strict=True):
            self._record(operation, look, states[look], occupied, tangents)
        if times.size:
            left = rows[-1].first(occupied)
            self.vessels[operation.vessel] = _Vessel.left_by(left, volume)

    def _in_balance(self, operation: Evolve, begin: _Contents) -> _Contents:
        """Return what is there once ligands have found what they bind to, which takes no time."""
        settled = self.network.flat.settled
        if settled.size == 0 or operation.frozen or not self.balancing:
            return begin
        (found,), _ = self._rows(replace(operation, end=operation.start), begin, AT_ONCE)
        places, whole, tangents = self.moving[settled], begin.whole.copy(), begin.tangents.copy()
        whole[places], tangents[settled] = found.whole[places], found.tangents[settled]
        return begin._replace(whole=whole, tangents=tangents)

    def _rows(
        self, operation: Evolve, begin: _Contents, times: Array
    ) -> tuple[list[_Contents], int]:
        """Return what a vessel holds at the times of an operation, in mol/m³.

        And how many size classes are occupied.
        """
        if operation.frozen or times.size == 0:
            return [begin] * len(times), len(begin.dots)
        start = begin.whole[self.moving]
        largest = max(float(start[self.changing].max(initial=0.0)), float(begin.dots.sum()))
        if largest == 0.0:
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

    def _record(
        self, operation: Evolve, look: float, held: _Contents, occupied: int, tangents: Array
    ) -> None:
        span = look / operation.duration if operation.duration > 0 else 1.0
        classes = self.moments[1].shape[1]
        found: dict[str, Any] = {"concentration": held.whole}
        found["dots"] = _padded(held.dots, classes)
        if self.seeds is not None:
            found["tangents"] = self._of_all(held.first(occupied))
            self._spread(held.dot_tangents[:occupied], tangents)
            found["dot_tangents"] = tangents
        measured = Measurement(
            vessel=operation.vessel,
            time=operation.clock + look,
            temperature=operation.start + span * (operation.end - operation.start),
            volume=operation.volume,
            occupied=occupied,
            reaction_time=operation.reaction_time(look),
            dilution=operation.dilution,
            **found,
        )
        self.measurements.append(measured)

    def _of_all(self, held: _Contents) -> Array:
        """Return the tangents of every component, moments of dots included."""
        places, powers = self.moments
        tangents = np.zeros((len(self.names), held.tangents.shape[1]))
        tangents[self.moving] = held.tangents
        tangents[places] = powers[:, : len(held.dot_tangents)] @ held.dot_tangents
        whole = np.zeros((len(tangents), len(self.columns)))
        self._spread(tangents, whole)
        return whole

    def _spread(self, part: Array, whole: Array) -> None:
        """Enter tangents in the columns of all wanted parameters, and in as many rows as needed."""
        there = self.columns >= 0
        whole[: len(part), there] = part[:, self.columns[there]]


def _padded(part: Array, classes: int) -> Array:
    """Return an array with a row for every size class."""
    if len(part) == classes:
        return part
    whole = np.zeros((classes, *part.shape[1:]))
    whole[: len(part)] = part
    return whole


def _moments(mechanism: Mechanism, names: Sequence[str]) -> tuple[Indices, Array]:
    """Return the places of the moments of size classes, and n^(p/3) of every class."""
    ladders = mechanism.populations
    if not ladders:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 0))
    places = np.array([names.index(name) for name in mechanism.moment_names])
    powers = _powers(ladders[0].smallest, ladders[0].largest)
    if len(ladders) == 1:
        return places, powers
    return places, np.concatenate([np.kron(powers, row) for row in np.eye(len(ladders))])


@lru_cache(maxsize=8)
def _powers(smallest: int, largest: int) -> Array:
    """Return n^(p/3) of every class for p = 0 … 3, shape (4, classes)."""
    length = np.cbrt(np.arange(smallest, largest + 1, dtype=float))
    powers: Array = length ** np.arange(4)[:, None]
    powers.flags.writeable = False
    return powers
