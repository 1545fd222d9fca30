"""Let it happen: walk through a protocol's plan, integrate between events, record."""

from __future__ import annotations

import platform
import time as clock
from dataclasses import replace
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from prenuc.scope.verdict import scope_of
from prenuc.simulation.books import Books
from prenuc.simulation.compiling import compositions
from prenuc.simulation.solution import Run
from prenuc.simulation.solvers import AbstractSolver, Rodas
from prenuc.simulation.solvers.solver import KINK
from prenuc.simulation.stops import Stops
from prenuc.simulation.vessels import Vessels

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.operations import Operation
    from prenuc.protocol.protocol import Protocol

# Absorbances are within 1e-6 of those at rtol 1e-11, in half of the time of 1e-8.
IN_PROTOCOLS = Rodas(rtol=1e-6)


def simulate(
    mechanism: Mechanism,
    protocol: Protocol,
    *,
    solver: AbstractSolver | None = None,
    progress: Callable[[float], None] | None = None,
    parameters: Sequence[str] = (),
    earlier: Run | None = None,
    inert: Collection[str] = (),
    extrapolate: bool = False,
) -> Run:
    """Run a protocol and return what every measurement would find.

    Args:
        mechanism: What could happen.
        protocol: What was done.
        solver: The integrator; :class:`Rodas` with rtol 1e-6 when None.
        progress: Called with the finished part (0 to 1) of the operations.
        parameters: Constants of the mechanism, such as "isomerisation.k", in which tangents are
            wanted, through all events; per unit of the constant in SI.
        earlier: A run of the same mechanism whose protocol may begin likewise; what both have in
            common is not run again. The answer is the same to the last digit.
        inert: Reagents that are carried along and do not react, although the mechanism does not
            know them.
        extrapolate: Whether to run at temperatures far outside those of the constants.

    Raises:
        SimulationError: The integrator gave up.
        MechanismError: A component of the mechanism is charged with another composition.
        ScopeError: The mechanism may not speak about the protocol; see :func:`prenuc.scope_of`.
    """
    scope_of(mechanism, protocol, inert=inert).require(extrapolate=extrapolate)
    began, solver = clock.process_time(), solver or IN_PROTOCOLS
    run = _walked(mechanism, protocol, solver, progress, parameters, earlier)
    stats = {**run.stats, "cpu_s": clock.process_time() - began}
    if inert:
        stats["inert"] = sorted(inert)
    return replace(run, stats=stats | _provenance(run, solver))


def measured(
    mechanism: Mechanism,
    protocol: Protocol,
    solver: AbstractSolver,
    *,
    inert: Collection[str] = (),
    extrapolate: bool = False,
    for_spectra: bool = False,
) -> Run:
    """Return a run with its measurements and no books: one of many.

    Args:
        mechanism: What could happen.
        protocol: What was done.
        solver: The integrator.
        inert: As of :func:`simulate`.
        extrapolate: As of :func:`simulate`.
        for_spectra: Whether nothing but spectra is wanted. Those of a sample that is looked at as
            soon as it is taken do not wait for ligands that have no spectrum to find their balance.

    Raises:
        SimulationError: The integrator gave up.
        MechanismError: A component of the mechanism is charged with another composition.
        ScopeError: The mechanism may not speak about the protocol.
    """
    scope_of(mechanism, protocol, inert=inert).require(extrapolate=extrapolate)
    vessels = Vessels.of(mechanism, protocol, solver)
    vessels.balancing = not for_spectra or any(
        mechanism.components[name].species for name in mechanism.without_mass
    )
    compositions(mechanism, vessels.names)
    for operation in protocol.plan:
        vessels.carry_out(operation)
    return Run(mechanism, protocol, vessels.names, tuple(vessels.measurements), {}, {})


def _walked(
    mechanism: Mechanism,
    protocol: Protocol,
    solver: AbstractSolver,
    progress: Callable[[float], None] | None,
    parameters: Sequence[str],
    earlier: Run | None,
) -> Run:
    """Return a run with its books, and the stops from which another may go on."""
    vessels, plan = Vessels.of(mechanism, protocol, solver, parameters), protocol.plan
    books, stops = Books.of(mechanism, vessels.names), Stops(solver)
    if earlier is not None and earlier.mechanism is mechanism:
        alike = earlier.stops.solver == solver and earlier.parameters == tuple(parameters)
        stops = _in_common(earlier.stops, plan, vessels.names) if alike else stops
    if stops.benches:
        vessels, books = (one.copy() for one in stops.benches[-1])
    for done, operation in enumerate(plan[len(stops.benches) :], len(stops.benches) + 1):
        before = vessels.held
        vessels.carry_out(operation)
        books.enter(operation, before, vessels.held)
        stops.operations.append(operation)
        stops.benches.append((vessels.copy(), books.copy()))
        if progress is not None:
            progress(done / len(plan))
    return Run(
        mechanism=mechanism,
        protocol=protocol,
        names=vessels.names,
        measurements=tuple(vessels.measurements),
        conservation=books.conservation(vessels.held),
        stats=vessels.stats,
        parameters=tuple(parameters),
        stops=stops,
    )


def _in_common(stops: Stops, plan: Sequence[Operation], names: tuple[str, ...]) -> Stops:
    """Return the stops up to the first operation that a plan does not begin with."""
    if not stops.benches or stops.benches[0][0].names != names:
        return Stops(stops.solver)
    pairs = zip(stops.operations, plan, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return Stops(stops.solver, stops.operations[:same], stops.benches[:same])


@cache  # it reads a file
def _version() -> str:
    from importlib.metadata import version

    return version("prenuc")


def _provenance(run: Run, solver: AbstractSolver) -> dict[str, Any]:
    return {
        "solver": solver.name,
        "rtol": solver.rtol,
        "atol": solver.closed(1.0, len(run.mechanism.class_units), KINK)[0],
        "prenuc": _version(),
        "python": platform.python_version(),
        "protocol sha256": run.protocol.sha256,
    }
