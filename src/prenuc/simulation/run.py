"""Let it happen: walk through a protocol's plan, integrate between events, record."""

from __future__ import annotations

import hashlib
import platform
import time as clock
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from prenuc.simulation.solution import Run
from prenuc.simulation.solvers import AbstractSolver, Rodas
from prenuc.simulation.vessels import Vessels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.mechanism.mechanism import Mechanism
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
) -> Run:
    """Run a protocol and return what every measurement would find.

    Args:
        mechanism: What could happen.
        protocol: What was done.
        solver: The integrator; :class:`Rodas` with rtol 1e-6 when None.
        progress: Called with the finished part (0 to 1) of the operations.
        parameters: Constants of the mechanism, such as "isomerisation.k", in which tangents are
            wanted, through all events; per unit of the constant in SI.

    Raises:
        SimulationError: The integrator gave up.
        MechanismError: A component of the mechanism is charged with another composition.
    """
    began, solver = clock.process_time(), solver or IN_PROTOCOLS
    run = walk(mechanism, protocol, solver, progress=progress, parameters=parameters)
    stats = {**run.stats, "cpu_s": clock.process_time() - began}
    return replace(run, stats=stats | _provenance(protocol, solver))


def walk(
    mechanism: Mechanism,
    protocol: Protocol,
    solver: AbstractSolver,
    *,
    progress: Callable[[float], None] | None = None,
    parameters: Sequence[str] = (),
) -> Run:
    """Return a run that does not say by which versions and in what time: one of many.

    Args:
        mechanism: What could happen.
        protocol: What was done.
        solver: The integrator.
        progress: As of :func:`simulate`.
        parameters: As of :func:`simulate`.

    Raises:
        SimulationError: The integrator gave up.
        MechanismError: A component of the mechanism is charged with another composition.
    """
    vessels = Vessels.of(mechanism, protocol, solver, parameters)
    plan = protocol.plan
    for done, operation in enumerate(plan, 1):
        vessels.carry_out(operation)
        if progress is not None:
            progress(done / len(plan))
    return Run(
        mechanism=mechanism,
        protocol=protocol,
        names=vessels.names,
        measurements=tuple(vessels.measurements),
        conservation=vessels.conservation(),
        stats=vessels.stats,
        parameters=tuple(parameters),
    )


def _provenance(protocol: Protocol, solver: AbstractSolver) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "solver": solver.name,
        "rtol": solver.rtol,
        "atol": solver.floor,
        "prenuc": version("prenuc"),
        "python": platform.python_version(),
        "protocol sha256": hashlib.sha256(str(protocol).encode()).hexdigest(),
    }
