"""A closed vessel without a protocol: components and size classes at chosen times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import InputError, Problem, unknown_name
from prenuc.quantities import Quantity
from prenuc.simulation.compiling import network_of
from prenuc.simulation.kernels.network import Network
from prenuc.simulation.sensitivity import Prepared, Tangents, prepared
from prenuc.simulation.solvers import AbstractSolver, Rodas
from prenuc.simulation.stretch import AT_ONCE, Stretch, Trajectory
from prenuc.simulation.until import event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism


@dataclass(frozen=True)
class Units:
    """What times and concentrations are written in, and how much that is in SI.

    Args:
        time: Unit of times.
        concentration: Unit of concentrations.
    """

    time: str = "s"
    concentration: str = "mol/m^3"

    @classmethod
    def of(cls, mechanism: Mechanism) -> Units:
        """Return the units of a mechanism's file; SI where it has none."""
        stated = mechanism.units
        return cls(stated["time"], stated["concentration"]) if stated else cls()

    @property
    def second(self) -> float:
        """Seconds in a unit of time."""
        return 1.0 if self.time == "s" else Quantity(1.0, self.time).si

    @property
    def amount(self) -> float:
        """mol/m³ in a unit of concentration."""
        si = self.concentration == "mol/m^3"
        return 1.0 if si else Quantity(1.0, self.concentration).si


@dataclass(frozen=True)
class Evolution:
    """What a closed vessel went through, in the units of the mechanism's file.

    Args:
        names: Of the n components; the moments of size classes are not among them.
        time: In ``units.time``, shape (m,).
        concentration: In ``units.concentration``, shape (m, n).
        sizes: Units per dot of every size class, shape (classes,).
        dots: Dots of every size class in ``units.concentration``, shape (m, classes).
        units: s and mol/m³, unless a file states others.
        stopped: Time of the event that ended it early, if one did.
        parameters: Names of the P parameters with tangents.
        tangents: Of every component per unit of a parameter in SI, shape (m, n, P).
        dot_tangents: Of every size class, shape (m, classes, P).
        stats: Steps, rejected steps, evaluations of the rates.
    """

    names: tuple[str, ...]
    time: Array
    concentration: Array
    sizes: Array
    dots: Array
    units: Units = field(default_factory=Units)
    stopped: float | None = None
    parameters: tuple[str, ...] = ()
    tangents: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    dot_tangents: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    stats: Mapping[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> Array:
        """Return the concentration of a component, shape (m,).

        Raises:
            InputError: There is none of that name.
        """
        if name not in self.names:
            raise InputError(unknown_name("component", name, self.names))
        return self.concentration[:, self.names.index(name)]

    def moment(self, power: float) -> Array:
        """Return Σ n^power f_n, shape (m,): dots for a power of 0, units in dots for 1."""
        moment: Array = self.dots @ self.sizes**power
        return moment

    def to_xarray(self) -> xr.Dataset:
        """Return everything as labelled arrays with units: time, component, size, parameter."""
        import xarray as xr

        unit = {"units": self.units.concentration}
        held: dict[str, Any] = {
            "concentration": (("time", "component"), self.concentration, unit),
            "dots": (("time", "size"), self.dots, unit),
        }
        if self.parameters:
            per = {"units": f"{self.units.concentration} per SI unit of the parameter"}
            held["tangents"] = (("time", "component", "parameter"), self.tangents, per)
            held["dot_tangents"] = (("time", "size", "parameter"), self.dot_tangents, per)
        axes = {
            "time": ("time", self.time, {"units": self.units.time}),
            "component": list(self.names),
            "size": ("size", self.sizes, {"units": "units per dot"}),
            "parameter": list(self.parameters),
        }
        return xr.Dataset(held, coords=axes, attrs=dict(self.stats))


def evolve(
    mechanism: Mechanism | Network,
    times: Sequence[float] | Array,
    *,
    start: Mapping[str, float] | None = None,
    dots: Array | None = None,
    temperature: float | tuple[float, float] = ROOM_TEMPERATURE,
    solver: AbstractSolver | None = None,
    until: str = "",
    parameters: Sequence[str] | Prepared = (),
) -> Evolution:
    """Let a closed vessel evolve, in the units of the mechanism's file (s, mol/m³ without one).

    Args:
        mechanism: What could happen; compiled by :func:`compiled` where it runs many times.
        times: To report, ascending from 0 or later.
        start: Concentrations at time 0; the mechanism's own when None.
        dots: Dots of every size class at time 0; none when None.
        temperature: In K; a pair for a linear ramp from time 0 to the last time.
        solver: The integrator; :class:`Rodas` when None.
        until: Ends it early: "80 % of S is consumed" or "steady state".
        parameters: Constants of the mechanism, by name, in which tangents are wanted, per unit of
            the constant in SI. Prepared by ``sensitivity.prepared`` where they serve many runs.

    Raises:
        InputError: Times that do not ascend, an unknown component, another number of classes.
        SimulationError: The integrator gave up.
    """
    at, solver = ordered_times(times), solver or Rodas()
    network = mechanism if isinstance(mechanism, Network) else compiled(mechanism)
    units = Units.of(network.mechanism)
    amount = units.amount
    stretch = _stretch(network, amount, at * units.second, start, dots, temperature, solver)
    if until:
        stretch = replace(stretch, until=event(until, network, stretch.start))
    ready = prepared(network, parameters) if parameters else None
    if ready is not None:
        stretch = replace(stretch, tangents=_tangents(ready, len(stretch.dots), own=start is None))
    path = _beginning(stretch, solver) if at[-1] == 0.0 else solver.integrate(stretch)
    if at[0] == 0.0 < at[-1]:
        path = _with_start(path, _beginning(stretch, solver))
    return Evolution(
        names=network.names,
        time=at,
        concentration=path.concentration / amount,
        sizes=_sizes_of(network.mechanism),
        dots=path.dots / amount,
        units=units,
        stopped=None if path.stopped is None else path.stopped / units.second,
        parameters=() if ready is None else ready.parameters,
        tangents=path.tangents / amount,
        dot_tangents=path.dot_tangents / amount,
        stats={"steps": path.steps, "rejected": path.rejected, "evaluations": path.evaluations},
    )


def _stretch(
    network: Network,
    amount: float,
    seconds: Array,
    start: Mapping[str, float] | None,
    dots: Array | None,
    temperature: float | tuple[float, float],
    solver: AbstractSolver,
) -> Stretch:
    """Return what a solver is to do, in SI units; `amount` is a concentration of 1 in mol/m³."""
    begin = network.initial
    if start is not None:
        begin = starting_point(network.mechanism, start)[1] * amount
    sizes = _dots_at_start(network.mechanism, dots) * amount
    largest = max(float(begin.max(initial=0.0)), float(sizes.sum())) or 1.0
    floor, follow = solver.closed(largest, len(sizes))
    return Stretch(
        network=network,
        start=begin,
        times=seconds[seconds > 0],
        temperature=temperature if isinstance(temperature, tuple) else (temperature, temperature),
        absolute=np.full(len(begin), floor),
        dots=sizes,
        follow=follow,
    )


def _beginning(stretch: Stretch, solver: AbstractSolver) -> Trajectory:
    """Return the path of a stretch that is over at its start.

    Ligands have found what they bind to there, which takes no time.
    """
    begin = Trajectory(stretch.start[None].copy(), 0, stretch.dots[None])
    moved = stretch.tangents
    if moved is not None:
        tangents = moved.components[None].copy()
        begin = replace(begin, tangents=tangents, dot_tangents=moved.dots[None])
    settled = stretch.network.flat.settled
    if settled.size:
        cold = stretch.temperature[0]
        once = replace(stretch, times=AT_ONCE, temperature=(cold, cold), until=None)
        found = solver.integrate(once)
        begin.concentration[:, settled] = found.concentration[:, settled]
        if moved is not None:
            begin.tangents[:, settled] = found.tangents[:, settled]
    return begin


def _with_start(path: Trajectory, begin: Trajectory) -> Trajectory:
    """Return a path with its start as the first time."""
    names = "concentration", "dots", "tangents", "dot_tangents"
    both: dict[str, Any] = {n: np.concatenate((getattr(begin, n), getattr(path, n))) for n in names}
    return replace(path, **both)


def compiled(mechanism: Mechanism) -> Network:
    """Return a mechanism as arrays, ready to run."""
    return network_of(mechanism, starting_point(mechanism)[0])


def _tangents(ready: Prepared, classes: int, *, own: bool) -> Tangents:
    """Return the tangents at time 0: those of the mechanisms' own starts, where they count."""
    start = ready.start if own else np.zeros_like(ready.start)
    return Tangents(ready.seeds, start, np.zeros((classes, len(ready.parameters))))


def ordered_times(times: Sequence[float] | Array) -> Array:
    """Return times as an array.

    Raises:
        InputError: They do not ascend from 0 or later.
    """
    at = np.array(times, dtype=float)
    if not (at.size and at[0] >= 0.0 and at[-1] < np.inf and (at[1:] > at[:-1]).all()):
        raise InputError("the times must ascend from 0", "Write --times '0 0.4 4 40'")
    return at


def starting_point(
    mechanism: Mechanism, start: Mapping[str, float] | None = None
) -> tuple[tuple[str, ...], Array]:
    """Return the components that a solver moves, and their concentrations at time 0.

    Those of the mechanism are in mol/m³, given ones as they were given.

    Raises:
        InputError: A component is unknown, or starts with less than nothing.
    """
    moments = mechanism.moment_names
    names = tuple(name for name in mechanism.components if name not in moments)
    stated = mechanism.initial if start is None else start
    unknown = [unknown_name("component", name, names) for name in stated if name not in names]
    problems = unknown or [
        Problem(f"'{name}' starts with {number:g}", "Give zero or more")
        for name, number in stated.items()
        if not 0.0 <= number < np.inf
    ]
    if problems:
        raise InputError(problems)
    return names, np.array([stated.get(name, 0.0) for name in names], dtype=float)


def _sizes_of(mechanism: Mechanism) -> Array:
    return mechanism.class_units


def _dots_at_start(mechanism: Mechanism, dots: Array | None) -> Array:
    """Return the dots of every size class at time 0, as they were given.

    Raises:
        InputError: There are not as many as classes.
    """
    classes = len(_sizes_of(mechanism))
    found = np.zeros(classes) if dots is None else np.asarray(dots, dtype=float)
    if found.shape != (classes,):
        what = f"dots of shape {found.shape} for {classes} size classes"
        raise InputError(what, "Give one number for every class")
    return found
