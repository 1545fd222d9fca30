"""A closed vessel without a protocol: components and size classes at chosen times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import InputError, Problem, unknown_name
from prenuc.simulation.compiling import network_of
from prenuc.simulation.kernels.network import Network
from prenuc.simulation.solver import AbstractSolver, Rodas, Stretch, Until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.sensitivity import Prepared, Tangents
    from prenuc.simulation.solver import Path


@dataclass(frozen=True)
class Evolution:
    """What a closed vessel went through.

    Args:
        names: Of the n components; the moments of size classes are not among them.
        time: In s, shape (m,).
        concentration: In mol/m³, shape (m, n).
        units: Units per dot of every size class, shape (classes,).
        dots: Dots of every size class in mol/m³, shape (m, classes).
        stopped: Time in s of the event that ended it early, if one did.
        tangents: Of every component in P parameters, mol/m³ per unit of it, shape (m, n, P).
        dot_tangents: Of every size class, shape (m, classes, P).
        stats: Steps, rejected steps, evaluations of the rates.
    """

    names: tuple[str, ...]
    time: NDArray[np.float64]
    concentration: NDArray[np.float64]
    units: NDArray[np.float64]
    dots: NDArray[np.float64]
    stopped: float | None = None
    tangents: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0, 0)))
    dot_tangents: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0, 0)))
    stats: Mapping[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> NDArray[np.float64]:
        """Return the concentration of a component in mol/m³, shape (m,)."""
        if name not in self.names:
            raise InputError(unknown_name("component", name, self.names))
        return self.concentration[:, self.names.index(name)]

    def moment(self, power: float) -> NDArray[np.float64]:
        """Return Σ n^power f_n in mol/m³, shape (m,): dots for 0, units in dots for 1."""
        moment: NDArray[np.float64] = self.dots @ self.units**power
        return moment


def evolve(
    mechanism: Mechanism | Network,
    times: Sequence[float] | NDArray[np.float64],
    *,
    start: Mapping[str, float] | None = None,
    dots: NDArray[np.float64] | None = None,
    temperature: float | tuple[float, float] = ROOM_TEMPERATURE,
    solver: AbstractSolver | None = None,
    until: str = "",
    parameters: Sequence[str] | Prepared = (),
) -> Evolution:
    """Let a closed vessel evolve.

    Args:
        mechanism: What could happen; compiled by :func:`compiled` where it runs many times.
        times: To report, ascending from 0 or later, in s.
        start: Concentrations at time 0 in mol/m³; the mechanism's own when None.
        dots: Dots of every size class at time 0 in mol/m³; none when None.
        temperature: In K; a pair for a linear ramp from time 0 to the last time.
        solver: The integrator; :class:`Rodas` when None.
        until: Ends it early: "80 % of S is consumed" or "steady state".
        parameters: Constants of the mechanism, by name, in which tangents are wanted, per unit of
            the constant in SI. Prepared by ``sensitivity.prepared`` where they serve many runs.

    Raises:
        InputError: Times that do not ascend, an unknown component, another number of classes.
        SimulationError: The integrator gave up.
    """
    at = ordered_times(times)
    network = mechanism if isinstance(mechanism, Network) else compiled(mechanism)
    mechanism, names = network.mechanism, network.names
    begin = network.initial if start is None else starting_point(mechanism, start)[1]
    sizes = _sizes(mechanism, dots)
    solver = solver or Rodas()
    largest = max(float(begin.max(initial=0.0)), float(sizes.sum())) or 1.0
    later = at[at > 0]
    units = mechanism.population.units if mechanism.population else np.zeros(0)
    if later.size == 0:
        return Evolution(names, at, begin[None].copy(), units, sizes[None])
    span = temperature if isinstance(temperature, tuple) else (temperature, temperature)
    absolute = np.full(len(names), solver.atol * largest)
    event = _event(until, network, begin) if until else None
    moved = _tangents(network, parameters, sizes, own=start is None) if parameters else None
    path = solver.integrate(Stretch(network, begin, later, span, absolute, sizes, event, moved))
    first = len(at) - len(later)
    path = _with_start(path, moved) if moved is not None and first else path
    return Evolution(
        names=names,
        time=at,
        concentration=np.vstack((begin, path.concentration)) if first else path.concentration,
        units=units,
        dots=np.vstack((sizes, path.dots)) if first else path.dots,
        stopped=path.stopped,
        tangents=path.tangents,
        dot_tangents=path.dot_tangents,
        stats={"steps": path.steps, "rejected": path.rejected, "evaluations": path.evaluations},
    )


def _with_start(path: Path, moved: Tangents) -> Path:
    """Return a path whose tangents begin with those at time 0."""
    return replace(
        path,
        tangents=np.concatenate((moved.components[None], path.tangents)),
        dot_tangents=np.concatenate((moved.dots[None], path.dot_tangents)),
    )


def compiled(mechanism: Mechanism) -> Network:
    """Return a mechanism as arrays, ready to run."""
    return network_of(mechanism, starting_point(mechanism)[0])


def _tangents(
    network: Network,
    parameters: Sequence[str] | Prepared,
    sizes: NDArray[np.float64],
    *,
    own: bool,
) -> Tangents:
    """Return the tangents at time 0: those of the mechanisms' own starts, where they count."""
    from prenuc.simulation.sensitivity import Tangents, prepared

    ready = prepared(network, parameters)
    start = ready.start if own else np.zeros_like(ready.start)
    return Tangents(ready.seeds, start, np.zeros((len(sizes), len(ready.parameters))))


def ordered_times(times: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times as an array.

    Raises:
        InputError: They do not ascend from 0 or later.
    """
    at = np.array(times, dtype=float)
    if not (at.size and at[0] >= 0.0 and at[-1] < np.inf and (at[1:] > at[:-1]).all()):
        raise InputError(Problem("the times must ascend from 0", "Write --times '0 0.4 4 40'"))
    return at


def starting_point(
    mechanism: Mechanism, start: Mapping[str, float] | None = None
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return the components that a solver moves, and their concentrations at time 0 in mol/m³.

    Raises:
        InputError: A component is unknown.
    """
    moments = mechanism.moment_names
    names = tuple(name for name in mechanism.components if name not in moments)
    stated = mechanism.initial if start is None else start
    unknown = [unknown_name("component", name, names) for name in stated if name not in names]
    if unknown:
        raise InputError(unknown)
    return names, np.array([stated.get(name, 0.0) for name in names], dtype=float)


def _sizes(mechanism: Mechanism, dots: NDArray[np.float64] | None) -> NDArray[np.float64]:
    population = mechanism.population
    classes = len(population.units) if population else 0
    sizes = np.zeros(classes) if dots is None else np.asarray(dots, dtype=float)
    if sizes.shape != (classes,):
        what = f"dots of shape {sizes.shape} for {classes} size classes"
        raise InputError(Problem(what, "Give one number for every class"))
    return sizes


def _event(until: str, network: Network, start: NDArray[np.float64]) -> Until:
    """Return the event that a phrase describes."""
    import re

    weights = np.zeros(len(network.names))
    if until.strip() == "steady state":
        return Until(weights, steady=1e-6)
    found = re.fullmatch(r"\s*([\d.]+)\s*%\s+of\s+(.+?)\s+(?:is\s+)?consumed\s*", until)
    if not found:
        what = f"'{until}' is no event"
        raise InputError(Problem(what, "Write '80 % of S is consumed' or 'steady state'"))
    share, name = float(found[1]) / 100.0, found[2]
    if name not in network.names:
        raise InputError(unknown_name("component", name, network.names))
    if not 0 < share < 1:
        raise InputError(Problem(f"{found[1]} % consumed", "Give more than 0 and less than 100"))
    place = network.names.index(name)
    weights[place] = 1.0
    return Until(weights, level=(1.0 - share) * start[place])
