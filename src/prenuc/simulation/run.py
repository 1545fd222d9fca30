"""Let it happen: walk through a protocol's plan, integrate between events, record.

The state of a vessel is extensive (moles). A reaction runs in a closed volume, so within a
stretch the solver works on concentrations. Reagents that no reaction mentions are carried
along unchanged.
"""

from __future__ import annotations

import hashlib
import platform
import time as clock
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, MechanismError, Problem
from prenuc.facts.catalogue import entries
from prenuc.protocol.plan import Add, Evolve, Transfer
from prenuc.quantities import Quantity
from prenuc.simulation.kernels.network import Network, compile_network
from prenuc.simulation.solution import Measurement, Run
from prenuc.simulation.solver import AbstractSolver, Cvode, Stretch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.plan import Operation
    from prenuc.protocol.protocol import Protocol

TRACE = 1e-12  # of the most abundant moiety; what lies below was never charged, it is rounding

Progress = Callable[[float], None]


def simulate(
    mechanism: Mechanism,
    protocol: Protocol,
    *,
    solver: AbstractSolver | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a protocol and return what every measurement would find.

    Args:
        mechanism: What could happen.
        protocol: What was done.
        solver: The integrator; :class:`Cvode` with its default tolerances when None.
        progress: Called with the finished share (0 to 1) of the operations.

    Raises:
        SimulationError: The integrator gave up.
        MechanismError: A component of the mechanism is charged with another composition.
    """
    began = clock.process_time()
    bench = _Bench.of(mechanism, protocol, solver or Cvode())
    plan = protocol.plan
    for done, operation in enumerate(plan, 1):
        bench.carry_out(operation)
        if progress is not None:
            progress(done / len(plan))
    stats = bench.stats | {"cpu_s": clock.process_time() - began}
    return Run(
        mechanism=mechanism,
        protocol=protocol,
        names=bench.names,
        measurements=tuple(bench.measurements),
        conservation=bench.conservation(),
        stats=stats | _provenance(protocol, bench.solver),
    )


def run_network(
    mechanism: Mechanism, times: Sequence[float], *, solver: AbstractSolver | None = None
) -> NDArray[np.float64]:
    """Run a bare network in a closed vessel at room temperature.

    Args:
        mechanism: A network with starting concentrations.
        times: Ascending times in the network's own unit, 0 or more.
        solver: The integrator; :class:`Cvode` when None.

    Returns:
        Concentrations in the network's own unit, shape (times, components).
    """
    at = np.asarray(times, dtype=float)
    if at.size == 0 or not np.all(np.isfinite(at)) or np.any(at < 0) or np.any(np.diff(at) <= 0):
        raise InputError(Problem("the times must ascend from 0", "Write --times '0 0.4 4 40'"))
    names = tuple(mechanism.components)
    unit = Quantity(1.0, mechanism.units["concentration"]).si
    start = np.array([mechanism.initial.get(name, 0.0) for name in names])
    solver = solver or Cvode()
    seconds = at * Quantity(1.0, mechanism.units["time"]).si
    later = seconds[seconds > 0]
    found = start[None, :][: len(at) - len(later)]
    if later.size:
        network = compile_network(mechanism, names)
        absolute = np.full(len(names), solver.atol * max(float(start.max()), unit))
        stretch = Stretch(network, start, later, (298.15, 298.15), absolute)
        found = np.vstack((found, solver.integrate(stretch).concentration))
    return found / unit


@dataclass
class _Bench:
    """The vessels on the bench: moles of every component in each.

    The first ``moving`` components are the mechanism's; the others are carried along.
    """

    names: tuple[str, ...]
    moving: int
    network: Network
    changing: NDArray[np.bool_]
    moieties: tuple[str, ...]
    composition: NDArray[np.float64]
    solver: AbstractSolver
    charged: NDArray[np.float64]
    discarded: NDArray[np.float64]
    vessels: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    expected: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    held: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    worst_event: float = 0.0
    measurements: list[Measurement] = field(default_factory=list)
    stats: dict[str, Any] = field(default_factory=lambda: {"evaluations": 0})

    @classmethod
    def of(cls, mechanism: Mechanism, protocol: Protocol, solver: AbstractSolver) -> _Bench:
        charged = [name for op in protocol.plan if isinstance(op, Add) for name in op.amounts]
        names = tuple(dict.fromkeys([*mechanism.components, *charged]))
        parts = _compositions(mechanism, names)
        tracked = tuple(dict.fromkeys(part for parts_of in parts for part in parts_of))
        rows = [[of.get(part, 0.0) for of in parts] for part in tracked]
        network = compile_network(mechanism, tuple(mechanism.components))
        return cls(
            names=names,
            moving=len(mechanism.components),
            network=network,
            changing=np.any(network.stoichiometry != 0, axis=1),
            moieties=tracked,
            composition=np.array(rows).reshape(len(tracked), len(names)),
            solver=solver,
            charged=np.zeros(len(tracked)),
            discarded=np.zeros(len(names)),
        )

    def carry_out(self, operation: Operation) -> None:
        match operation:
            case Add():
                self._add(operation)
            case Transfer():
                self._transfer(operation)
            case Evolve():
                self._evolve(operation)

    def _contents(self, name: str) -> NDArray[np.float64]:
        return self.vessels.setdefault(name, np.zeros(len(self.names)))

    def _expect(self, name: str) -> NDArray[np.float64]:
        return self.expected.setdefault(name, np.zeros(len(self.moieties)))

    def _add(self, operation: Add) -> None:
        amounts = np.array([operation.amounts.get(name, 0.0) for name in self.names])
        before = self._total()
        self.vessels[operation.vessel] = self._contents(operation.vessel) + amounts
        gained = self.composition @ amounts
        self.expected[operation.vessel] = self._expect(operation.vessel) + gained
        self._hold(operation.vessel)
        self.charged = self.charged + gained
        self._check_event(before + gained)

    def _transfer(self, operation: Transfer) -> None:
        before = self._total()
        moved = self._contents(operation.vessel) * operation.share
        carried = self.composition @ moved
        self.vessels[operation.vessel] = self._contents(operation.vessel) - moved
        self.expected[operation.vessel] = self._expect(operation.vessel) - carried
        if operation.target is None:
            self.discarded = self.discarded + moved
        else:
            self.vessels[operation.target] = self._contents(operation.target) + moved
            self.expected[operation.target] = self._expect(operation.target) + carried
            self._hold(operation.target)
        self._check_event(before)

    def _hold(self, name: str) -> None:
        """Remember the most that a vessel held of each moiety; its errors are relative to that."""
        self.held[name] = np.maximum(self.held.get(name, 0.0), self.expected[name])

    def _total(self) -> NDArray[np.float64]:
        """Return the moles of every moiety in all vessels and in the waste."""
        everything = self.discarded.copy()
        for moles in self.vessels.values():
            everything = everything + moles
        return self.composition @ everything

    def _check_event(self, wanted: NDArray[np.float64]) -> None:
        self.worst_event = max(self.worst_event, _relative(self._total(), wanted))

    def _evolve(self, operation: Evolve) -> None:
        moles = self.vessels[operation.vessel]
        start = moles[: self.moving] / operation.volume
        times = np.unique([t for t in (*operation.looks, operation.duration) if t > 0])
        found = self._integrate(operation, start, times)
        states = dict(zip([0.0, *times], [start, *found], strict=True))
        for look in operation.looks:
            concentration = moles / operation.volume
            concentration[: self.moving] = states[look]
            self._record(operation, look, concentration)
        moles = moles.copy()
        moles[: self.moving] = states[operation.duration] * operation.volume
        self.vessels[operation.vessel] = moles

    def _integrate(
        self, operation: Evolve, start: NDArray[np.float64], times: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        largest = float(np.max(start[self.changing], initial=0.0))
        if operation.frozen or largest == 0.0 or times.size == 0:
            return np.tile(start, (len(times), 1))
        absolute = np.full(len(start), self.solver.atol * largest)
        temperatures = (operation.start, operation.end)
        path = self.solver.integrate(Stretch(self.network, start, times, temperatures, absolute))
        self.stats["evaluations"] += path.evaluations
        return path.concentration

    def _record(self, operation: Evolve, look: float, concentration: NDArray[np.float64]) -> None:
        span = look / operation.duration if operation.duration > 0 else 1.0
        self.measurements.append(
            Measurement(
                vessel=operation.vessel,
                time=operation.clock + look,
                temperature=operation.start + span * (operation.end - operation.start),
                volume=operation.volume,
                concentration=concentration,
            )
        )

    def conservation(self) -> dict[str, Any]:
        """Return the relative error of every moiety in every vessel, and of the ledger."""
        report: dict[str, Any] = {}
        for name, moles in self.vessels.items():
            found, expected, held = self.composition @ moles, self.expected[name], self.held[name]
            report[name] = {
                part: float(abs(found[i] - expected[i]) / held[i])
                for i, part in enumerate(self.moieties)
                if held[i] > TRACE * float(np.max(held))
            }
        final = _relative(self._total(), self.charged)
        return {**report, "ledger": {"worst event": self.worst_event, "final": final}}


def _relative(found: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
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


def _provenance(protocol: Protocol, solver: AbstractSolver) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "solver": solver.name,
        "rtol": solver.rtol,
        "atol": solver.atol,
        "prenuc": version("prenuc"),
        "python": platform.python_version(),
        "protocol sha256": hashlib.sha256(str(protocol).encode()).hexdigest(),
    }
