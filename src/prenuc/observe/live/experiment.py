"""One experiment that is changed again and again, and run anew from the first changed step.

Someone who drags a temperature, a dose or a rate constant looks at spectra of what the protocol
measures and at the course of its flask. Both come from one run of the protocol with the flask
watched; looking does not change what is found, so that the spectra are, to the last digit, those of
:func:`prenuc.simulate`. What a change leaves as it was is taken over from the run before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, ProtocolError, noting, unknown_name
from prenuc.observe.absorption import absorbances
from prenuc.observe.course import FEWEST, NO_SIZES, size_distribution
from prenuc.observe.live.precision import EXACT, Precision
from prenuc.observe.samples import Sample, series_of
from prenuc.protocol.handles import moved
from prenuc.protocol.operations import Evolve
from prenuc.protocol.watching import flask_of
from prenuc.quantities import Quantity
from prenuc.simulation.run import measured, simulate
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.errors import Problem
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.operations import Operation
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Measurement, Run


@dataclass(frozen=True)
class FlaskCourse:
    """What is in the flask while it is watched.

    Args:
        vessel: Which; "" where nothing is watched.
        time: On its clock in min, shape (m,).
        temperature: In °C, shape (m,).
        names: Of the n components.
        concentration: In mmol/L of their basis, shape (m, n).
        sizes: Diameters of dots in nm, shape (k,).
        distribution: Number of dots in mmol/L per nm of diameter, shape (m, k).
    """

    vessel: str
    time: Array
    temperature: Array
    names: tuple[str, ...]
    concentration: Array
    sizes: Array
    distribution: Array


@dataclass
class _Watched:
    """The protocol with its flask watched, before anything was moved, and its last run.

    Args:
        protocol: With the looks.
        places: Where each step of the protocol stands in it, from 1.
        run: The last one, from which the next goes on.
    """

    protocol: Protocol
    places: Mapping[int, int]
    run: Run | None = None

    @classmethod
    def of(cls, protocol: Protocol, looks: int) -> _Watched:
        """Return a protocol watched; itself where no time passes, or no look is wanted."""
        try:
            watched = protocol.with_watch(looks=looks) if looks else protocol
        except ProtocolError:
            watched = protocol
        numbers = {id(step): number for number, step in enumerate(watched.steps, 1)}
        places = {i: numbers[id(step)] for i, step in enumerate(protocol.steps, 1)}
        return cls(watched, places)

    def with_handles(self, moved: Mapping[str, Quantity]) -> Protocol:
        """Return it with handles elsewhere that are named after the steps of the protocol."""
        renamed = {}
        for name, quantity in moved.items():
            number, colon, what = name.removeprefix("step ").partition(":")
            renamed[f"step {self.places[int(number)]}{colon}{what}"] = quantity
        return self.protocol.with_handles(renamed) if renamed else self.protocol


@dataclass
class Live:
    """An experiment whose constants and handles move.

    Args:
        mechanism: What could happen, as it was before anything was moved.
        protocol: What was done, as it was.
        change: Constants that were moved, by name.
        moved: Handles of the protocol that were moved, by name.
    """

    mechanism: Mechanism
    protocol: Protocol
    change: dict[str, Quantity] = field(default_factory=dict)
    moved: dict[str, Quantity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._watched: dict[Precision, _Watched] = {}
        self._units = {one.name: one.quantity.unit for one in self.protocol.handles}
        self._now = self.mechanism, self.protocol
        if self.change or self.moved:
            self._now = self._changed(self.change, self.moved)

    @property
    def mechanism_now(self) -> Mechanism:
        """The mechanism with the constants that were moved."""
        return self._now[0]

    @property
    def protocol_now(self) -> Protocol:
        """The protocol with the handles that were moved."""
        return self._now[1]

    @property
    def left_out(self) -> set[int]:
        """Numbers of the steps with which nothing is added any longer."""
        left = moved(self.protocol.steps, self.protocol.handles, self.moved)
        return {number for number, steps in enumerate(left, 1) if not steps}

    @property
    def handles_now(self) -> dict[str, float]:
        """Where every handle is now, in the unit in which it was written; 0 for what is left out.

        The duration of a ramp at a rate follows its temperatures.
        """
        gone = self.left_out
        there = [n for n in range(1, len(self.protocol.steps) + 1) if n not in gone]
        now = {(there[one.step - 1], one.what): one for one in self.protocol_now.handles}
        found = {}
        for one in self.protocol.handles:
            here = now.get((one.step, one.what))
            found[one.name] = 0.0 if here is None else here.quantity.to(one.quantity.unit)
        return found

    def move(self, numbers: Mapping[str, float]) -> None:
        """Move handles of the protocol and constants, each in the unit in which it is written.

        Args:
            numbers: By name, such as ``{"step 3: duration": 30.0, "isomerisation.k": 0.02}``.

        Raises:
            InputError: There is nothing of a name, or a number is impossible; all problems at
                once, and nothing is moved.
        """
        problems: list[Problem] = []
        constants, change, moved = self.mechanism.constants, dict(self.change), dict(self.moved)
        for name, number in numbers.items():
            with noting(problems, name):
                if name in self._units:
                    moved[name] = Quantity(float(number), self._units[name])
                elif name in constants:
                    change[name] = Quantity(float(number), constants[name].quantity.unit)
                else:
                    raise InputError(unknown_name("handle", name, [*self._units, *constants]))
        if problems:
            raise InputError(problems)
        now = self._changed(change, moved)
        self.change, self.moved, self._now = change, moved, now

    def _changed(
        self, change: Mapping[str, Quantity], moved: Mapping[str, Quantity]
    ) -> tuple[Mechanism, Protocol]:
        """Return mechanism and protocol as changed; the ones that are there where they are so."""
        mechanism, protocol = self._now
        if change != self.change or mechanism is self.mechanism:
            mechanism = self.mechanism.with_constants(change) if change else self.mechanism
        if moved != self.moved or protocol is self.protocol:
            protocol = self.protocol.with_handles(moved) if moved else self.protocol
        return mechanism, protocol

    def run(self, precision: Precision = EXACT) -> Run:
        """Return the experiment as it is now, with its flask watched.

        Where it is not watched, spectra are all that is asked of the run.

        Raises:
            SimulationError: The integrator gave up.
            ScopeError: The mechanism may not speak about the protocol.
        """
        if precision not in self._watched:
            self._watched[precision] = _Watched.of(self.protocol, precision.looks)
        watched, mechanism = self._watched[precision], self.mechanism_now
        protocol = watched.with_handles(self.moved)
        if precision.looks or (watched.run and watched.run.mechanism is mechanism):
            run = simulate(mechanism, protocol, solver=precision.solver, earlier=watched.run)
        else:  # nothing can be taken over, nor soon will be: a hand is at a constant
            run = measured(mechanism, protocol, precision.solver, for_spectra=True)
        watched.run = run
        return run

    def spectra(self, run: Run, precision: Precision = EXACT) -> SpectrumSeries:
        """Return the spectra of what the protocol measures.

        Args:
            run: Of :meth:`run`.
            precision: With which.
        """
        found = _asked_for(run, self.protocol_now)
        nm = precision.wavelengths
        metadata = {"recipe": run.protocol.name, "mechanism": run.mechanism.name}
        return series_of(
            [Sample.of(one) for one in found],
            nm,
            absorbances([run], nm, found),
            metadata=metadata,
        )

    def course(self, run: Run) -> FlaskCourse:
        """Return what is in the flask; of no times where it is not looked at often enough.

        Args:
            run: Of :meth:`run`.
        """
        vessel = flask_of(self.protocol_now.filled)
        seen = [one for one in run.measurements if one.vessel == vessel]
        if len(seen) < FEWEST:
            none = np.zeros(0)
            return FlaskCourse("", none, none, run.names, np.zeros((0, len(run.names))), *NO_SIZES)
        sizes, distribution = size_distribution(run, seen)
        return FlaskCourse(
            vessel=vessel,
            time=np.array([one.time for one in seen]) / 60.0,
            temperature=np.array([one.temperature for one in seen]) - FREEZING,
            names=run.names,
            concentration=np.array([one.concentration for one in seen]),
            sizes=sizes,
            distribution=distribution,
        )


def _asked_for(run: Run, protocol: Protocol) -> list[Measurement]:
    """Return the measurements of a run that a protocol asks for; the run has more looks.

    The operations of the run are those of the protocol, in order, with others of no duration among
    them that only look.
    """
    asked, found = deque(protocol.plan), []
    measurements = iter(run.measurements)
    for operation in run.protocol.plan:
        wanted: tuple[float, ...] = ()
        if asked and _alike(asked[0], operation):
            wanted = getattr(asked.popleft(), "looks", ())
        for look in getattr(operation, "looks", ()):
            one = next(measurements)
            found += [one] if look in wanted else []
    return found


def _alike(asked: Operation, done: Operation) -> bool:
    """Return whether an operation is another, with more looks at most."""
    if isinstance(asked, Evolve) and isinstance(done, Evolve):
        return replace(done, looks=asked.looks) == asked and {*asked.looks} <= {*done.looks}
    return asked == done
