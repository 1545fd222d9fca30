"""What drives the reactions of a run: affinities and dissipated power in every vessel.

A run keeps what was measured. Here its plan is walked once more, with looks all along, which is why
this is worked out when somebody asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT, Conditions
from prenuc.protocol.operations import Evolve, Transfer
from prenuc.simulation.run import IN_PROTOCOLS
from prenuc.simulation.vessels import Vessels
from prenuc.thermodynamics.energy import Drive, drives

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Measurement, Run

LOOKS = 128  # at each vessel, spread evenly in time
AFTER = 1e-4, 1e-3, 1e-2, 0.1  # of an operation: more looks after something has changed


@dataclass(frozen=True)
class Driving:
    """What drives the reactions in a vessel, at m instants.

    Args:
        vessel: Which.
        time: On the vessel's clock without the times in which it is frozen, in s, shape (m,).
        temperature: In K, shape (m,).
        power: Of all steps together in W/m³, shape (m,).
        affinities: Of every step in RT by its name, nan where nothing happens or a side is missing,
            shape (m,).
        powers: Of every step in W/m³, shape (m,).
        routes: The steps that go the same way by other routes, and so have one affinity.
        means: The steps whose affinity is a mean over dots of all sizes.
        doses: When something was added, in s.
        frozen: How long it was a frozen solid, in s.
        rates: Of every step by its name, of what it makes, in mol/m³/s, shape (m,).
        seen: The vessel at these instants.
    """

    vessel: str
    time: Array
    temperature: Array
    power: Array
    affinities: Mapping[str, Array]
    powers: Mapping[str, Array]
    routes: tuple[tuple[str, ...], ...] = ()
    means: frozenset[str] = frozenset()
    doses: tuple[float, ...] = ()
    frozen: float = 0.0
    rates: Mapping[str, Array] = field(default_factory=dict)
    seen: tuple[Measurement, ...] = ()

    @property
    def dissipated(self) -> float:
        """The energy that the vessel dissipates in J/m³."""
        return float(np.trapezoid(self.power, self.time))


def driving(run: Run) -> tuple[Driving, ...]:
    """Return what drives the reactions in each vessel of a run.

    Args:
        run: Whose mechanism and protocol.

    Raises:
        SimulationError: The integrator gave up.
    """
    mechanism, vessels = run.mechanism, Vessels.of(run.mechanism, run.protocol, IN_PROTOCOLS)
    spans, steps = _spans(run.protocol), mechanism.steps
    found: dict[str, _Course] = {}
    for operation in run.protocol.plan:
        if not isinstance(operation, Evolve):
            vessels.carry_out(operation)
            name = operation.target if isinstance(operation, Transfer) else operation.vessel
            if name is not None:
                found.setdefault(name, _Course()).touch()
            continue
        course, known = found[operation.vessel], len(vessels.measurements)
        if operation.frozen:
            vessels.carry_out(operation)
            course.frozen += operation.duration
            continue
        looks = _looks(operation, spans[operation.vessel], fresh=course.fresh)
        vessels.carry_out(replace(operation, looks=looks))
        for one in vessels.measurements[known:]:
            held = dict(zip(vessels.names, np.maximum(one.concentration, 0.0), strict=True))
            state = Conditions(one.temperature, one.volume, held, {})
            course.enter(one, drives(mechanism, state, np.maximum(one.dots, 0.0), steps))
    routes = _routes(mechanism)
    means = frozenset(one.name for of in mechanism.populations for one in of.attachment)
    return tuple(course.at(name, routes, means) for name, course in found.items() if course.times)


@dataclass
class _Course:
    """What was seen of a vessel so far."""

    times: list[float] = field(default_factory=list)
    temperatures: list[float] = field(default_factory=list)
    seen: list[dict[str, Drive]] = field(default_factory=list)
    looked: list[Measurement] = field(default_factory=list)
    doses: list[float] = field(default_factory=list)
    frozen: float = 0.0  # s
    fresh: bool = True

    def touch(self) -> None:
        """Enter that something came or went."""
        self.doses += self.times[-1:]
        self.fresh = True

    def enter(self, one: Measurement, found: dict[str, Drive]) -> None:
        """Enter what drives the steps at an instant."""
        self.times.append(one.time - self.frozen)
        self.temperatures.append(one.temperature)
        self.seen.append(found)
        self.looked.append(one)
        self.fresh = False

    def at(
        self, vessel: str, routes: tuple[tuple[str, ...], ...], means: frozenset[str]
    ) -> Driving:
        """Return it as arrays.

        Args:
            vessel: Which.
            routes: All steps, those together that have one affinity.
            means: Those of dots.
        """
        names = [name for alike in routes for name in alike]
        still = Drive(0.0, np.nan, 0.0)
        rows = [[found.get(name, still) for name in names] for found in self.seen]
        thermal = GAS_CONSTANT * np.array(self.temperatures)[:, None]
        affinities = np.array([[one.affinity for one in row] for row in rows]) / thermal
        affinities[~np.isfinite(affinities)] = np.nan
        powers = np.array([[one.power for one in row] for row in rows])
        rates = np.array([[one.rate for one in row] for row in rows])
        return Driving(
            vessel,
            np.array(self.times),
            np.array(self.temperatures),
            powers.sum(axis=1),
            dict(zip(names, affinities.T, strict=True)),
            dict(zip(names, powers.T, strict=True)),
            routes,
            means,
            tuple(dict.fromkeys(self.doses)),
            self.frozen,
            dict(zip(names, rates.T, strict=True)),
            tuple(self.looked),
        )


def _routes(mechanism: Mechanism) -> tuple[tuple[str, ...], ...]:
    """Return the names of reversible steps, those together that make the same of the same.

    Channels of dots are together if they act on the same sizes.
    """
    sizes = {one.name: of for of in mechanism.populations for one in of.attachment}
    found: dict[object, list[str]] = {}
    for step in mechanism.steps:
        if step.back is not None:
            of = sizes.get(step.name)
            acting = None if of is None else of.growth(step.there)
            found.setdefault((frozenset(step.net.items()), acting), []).append(step.name)
    return tuple(map(tuple, found.values()))


def _spans(protocol: Protocol) -> dict[str, float]:
    """Return how long each vessel can react, in s."""
    found: dict[str, float] = {}
    for one in protocol.plan:
        if isinstance(one, Evolve) and not one.frozen:
            found[one.vessel] = found.get(one.vessel, 0.0) + one.duration
    return found


def _looks(operation: Evolve, span: float, *, fresh: bool) -> tuple[float, ...]:
    """Return when to look, in s from the beginning of an operation."""
    long = operation.duration
    if long == 0.0:
        return ()
    shares = np.linspace(0.0, 1.0, max(2, round(LOOKS * long / span) + 1)).tolist()
    return tuple(long * share for share in sorted({*shares, *(AFTER if fresh else ())}))
