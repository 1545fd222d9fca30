"""Many flasks of one kind: which constants and which steps each has, and a run of each.

A *member* is one mechanism with one protocol. Members differ in constants
(:meth:`Mechanism.with_constants`) and in what was done (:meth:`Protocol.varied`); one that cannot
be, or at which the integrator gives up, is a reason in the place of a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from prenuc.errors import InputError, PrenucError, Problem, noting
from prenuc.mechanism.constants import no_constant
from prenuc.quantities import Quantity
from prenuc.simulation.run import measured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.constants import Given
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Run
    from prenuc.simulation.solvers import AbstractSolver

Column: TypeAlias = "Sequence[Any] | Array | str | float"  # one for each member, or one for all
REMEMBERED = 64  # variants that members may share, such as those of a grid
TRIED = 3  # values of a change before it is refused as a whole


@dataclass(frozen=True, eq=False)
class Members:
    """Variants of one mechanism and one protocol, by their number from 0.

    Args:
        mechanism: What could happen, before any change.
        protocol: What was done, likewise.
        constants: New constants by name, one for each member.
        vary: Changes of the protocol by what they change, likewise.
        count: How many members there are.
        inert: Reagents that do not react, as of :func:`prenuc.simulate`.
        extrapolate: As of :func:`prenuc.simulate`.
    """

    mechanism: Mechanism
    protocol: Protocol
    constants: Mapping[str, tuple[Given, ...]]
    vary: Mapping[str, tuple[str, ...]]
    count: int
    inert: tuple[str, ...] = ()
    extrapolate: bool = False

    @classmethod
    def of(
        cls,
        mechanism: Mechanism,
        protocol: Protocol,
        constants: Mapping[str, Column],
        vary: Mapping[str, Column],
    ) -> Members:
        """Return members, after a look at what is asked of them.

        Args:
            mechanism: What could happen.
            protocol: What was done.
            constants: As of :func:`prenuc.simulate_many`.
            vary: As of :func:`prenuc.simulate_many`.

        Raises:
            InputError: Columns of different lengths, a constant or a step that there is none of;
                all at once.
        """
        known = mechanism.constants
        problems = [no_constant(name, known) for name in constants if name not in known]
        columns = {name: _column(column) for name, column in (*constants.items(), *vary.items())}
        lengths = {len(column) for column in columns.values() if column is not None}
        problems += _uneven(lengths)
        if problems:
            raise InputError(problems)
        count = max(lengths, default=1)
        filled = {name: (given,) * count for name, given in {**constants, **vary}.items()}
        filled |= {name: tuple(column) for name, column in columns.items() if column is not None}
        units = {name: known[name].quantity.unit for name in constants}
        members = cls(
            mechanism,
            protocol,
            {name: tuple(_given(one, units[name]) for one in filled[name]) for name in constants},
            {name: tuple(map(_said, filled[name])) for name in vary},
            count,
        )
        members._check_changes()
        return members

    def _check_changes(self) -> None:
        """Refuse a change that cannot be made with any of its first values."""
        problems: list[Problem] = []
        for name, column in self.vary.items():
            found: list[Problem] = []
            for tried in dict.fromkeys(column[:: max(1, len(column) // TRIED)]):
                found = []
                with noting(found):
                    self.protocol.varied(f"{name} = {tried}")
                if not found:
                    break
            problems += found
        if problems:
            raise InputError(problems)

    def single(self, member: int) -> tuple[Mechanism, Protocol]:
        """Return mechanism and protocol of a member, to be run alone.

        Raises:
            InputError: It cannot be.
        """
        constants = tuple((name, column[member]) for name, column in self.constants.items())
        changes = "; ".join(f"{name} = {column[member]}" for name, column in self.vary.items())
        return _mechanism(self.mechanism, constants), _protocol(self, changes)

    def run(self, member: int, solver: AbstractSolver) -> Run | str:
        """Return the run of a member, or the reason why there is none."""
        try:
            one, done = self.single(member)
            there = [name for name in self.inert if name not in self._brought or name in str(done)]
            return measured(one, done, solver, inert=there, extrapolate=self.extrapolate)
        except PrenucError as error:
            return " ".join(str(error).split())

    @cached_property
    def _brought(self) -> frozenset[str]:
        """What is inert and charged by changes, so that some members may be without it."""
        told = {given for column in self.vary.values() for given in column}
        return frozenset(name for name in self.inert if any(name in given for given in told))


def _uneven(lengths: set[int]) -> list[Problem]:
    if len(lengths) < 2 and 0 not in lengths:
        return []
    what = f"columns of {', '.join(map(str, sorted(lengths)))} members"
    return [Problem(what, "Give as many values in each")]


def _column(given: Column) -> Sequence[Any] | None:
    """Return what there is for each member; None for one that is for all."""
    if isinstance(given, np.ndarray):
        column: list[Any] = given.ravel().tolist()
        return column
    return given if isinstance(given, list | tuple) else None


def _given(one: Any, unit: str) -> Given:
    """Return a constant; a plain number is in the unit that the constant has."""
    return Quantity(float(one), unit) if isinstance(one, int | float | np.number) else one


def _said(one: Any) -> str:
    return repr(float(one)) if isinstance(one, int | float | np.number) else str(one)


def _mechanism(mechanism: Mechanism, constants: tuple[tuple[str, Given], ...]) -> Mechanism:
    return _variant(_Same(mechanism), constants) if constants else mechanism


def _protocol(members: Members, changes: str) -> Protocol:
    return _changed(_Same(members.protocol), changes) if changes else members.protocol


class _Same:
    """Something that is equal to itself alone, so that it can be looked up in no time."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.thing is self.thing


@lru_cache(maxsize=REMEMBERED)
def _variant(mechanism: _Same, constants: tuple[tuple[str, Given], ...]) -> Mechanism:
    found: Mechanism = mechanism.thing.with_constants(dict(constants))
    return found


@lru_cache(maxsize=REMEMBERED)
def _changed(protocol: _Same, changes: str) -> Protocol:
    found: Protocol = protocol.thing.varied(changes)
    return found
