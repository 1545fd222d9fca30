"""Integrators behind one interface; a choice of integrator is an object.

``simulate(mechanism, protocol, solver=Cvode(rtol=1e-8))``. A solver sees one stretch between
two events: a network in a closed volume, a linear temperature program, and times to report.
Why ours serves by default: ``docs/decisions/0015-own-engine.md``. Libraries are second opinions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.errors import Problem, SimulationError, unknown_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.work import Setting
    from prenuc.simulation.sensitivity import Tangents
    from prenuc.simulation.whole import WholeSystem

MOST_STEPS = 100_000  # a healthy stretch takes hundreds
MOST_CLASSES = 2000  # that a library is given: its Jacobian is dense


@dataclass(frozen=True)
class Until:
    """When a stretch ends early: a sum of concentrations falls to a level, or nothing changes.

    Args:
        weights: Of each component in the sum, shape (n,).
        level: Of the sum, in mol/m³.
        steady: End where going on at the pace to the last time would change no component by more
            than this share; 0 not to look.
    """

    weights: NDArray[np.float64]
    level: float = 0.0
    steady: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """What happens to a vessel between two events.

    Args:
        network: The reactions.
        start: Concentrations at time 0 in mol/m³, shape (n,).
        times: Times to report, ascending, in s, the first above 0, shape (m,).
        temperature: At time 0 and at the last time, in K; linear in between.
        absolute: Absolute tolerance of each concentration in mol/m³, shape (n,).
        dots: Dots of every size class at time 0 in mol/m³, shape (classes,).
        until: When to stop before the last time.
        tangents: Tangents at time 0 and their parameters.
    """

    network: Network
    start: NDArray[np.float64]
    times: NDArray[np.float64]
    temperature: tuple[float, float]
    absolute: NDArray[np.float64]
    dots: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    until: Until | None = None
    tangents: Tangents | None = None

    def constants(self, time: float) -> NDArray[np.float64]:
        """Return the rate constants at a time."""
        begin, end = self.temperature
        return self.network.constants(begin + (end - begin) * time / self.times[-1])

    @property
    def isothermal(self) -> bool:
        """Whether the temperature stays the same."""
        return self.temperature[0] == self.temperature[1]


@dataclass(frozen=True)
class Path:
    """What a solver returns.

    Args:
        concentration: At the stretch's times, in mol/m³, shape (m, n).
        evaluations: Evaluations of the rates.
        dots: Dots of every size class at the times, in mol/m³, shape (m, classes).
        steps: Accepted steps, where the integrator says so.
        rejected: Steps that were tried again smaller, likewise.
        stopped: Time in s at which the stretch ended before its last time; its state stands in the
            last row, and rows of times that were not reached are not numbers.
        tangents: Of components in P parameters at the times, shape (m, n, P).
        dot_tangents: Of size classes, shape (m, classes, P).
    """

    concentration: NDArray[np.float64]
    evaluations: int
    dots: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    steps: int = 0
    rejected: int = 0
    stopped: float | None = None
    tangents: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0, 0)))
    dot_tangents: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0, 0)))


@dataclass(frozen=True)
class Members:
    """What a solver returns for many parameter sets.

    Args:
        concentration: In mol/m³, shape (members, m, n); not a number where one failed.
        dots: Of every size class, shape (members, m, classes).
        end: The last state in mol/m³ that each came to, shape (members, n).
        reasons: Why a member failed, "" where it did not.
        outcomes: Outcome, time reached in s, place of the component that is hardest to follow,
            steps and rejected steps of every member, shape (members, 5).
    """

    concentration: NDArray[np.float64]
    dots: NDArray[np.float64]
    end: NDArray[np.float64]
    reasons: list[str]
    outcomes: NDArray[np.float64]


@dataclass(frozen=True)
class AbstractSolver(ABC):
    """An integrator with its tolerances.

    Args:
        rtol: Relative tolerance.
        atol: Absolute tolerance relative to the largest concentration of a reacting component.
    """

    name: ClassVar[str] = ""
    rtol: float = 1e-8
    atol: float = 1e-14

    @abstractmethod
    def integrate(self, stretch: Stretch) -> Path:
        """Return the concentrations at the times of a stretch.

        Raises:
            SimulationError: The integrator gave up.
        """


@dataclass(frozen=True)
class Rodas(AbstractSolver):
    """Our own: Rodas5P, compiled, with the exact Jacobian of network and size classes.

    ``simulation/kernels`` has the equations; ``docs/story/engine.md`` derives them.
    """

    name: ClassVar[str] = "rodas"

    def integrate(self, stretch: Stretch) -> Path:
        """Return the concentrations at the times of a stretch."""
        from prenuc.simulation.kernels.rodas import DONE
        from prenuc.simulation.kernels.tableau import STAGES

        started = _Started.of(self, stretch, stretch.start[None])
        if stretch.tangents is None:
            found = started.run(stretch.network.constant[None])
        else:
            found, *moved = started.follow(stretch.tangents)
        outcome, reached, worst, steps, rejected = found.outcomes[0]
        if found.reasons[0]:
            component = stretch.network.names[int(worst)]
            raise _failed(stretch, component, float(reached), found.end[0], found.reasons[0])
        count, again = int(steps), int(rejected)
        stopped = float(reached) if int(outcome) != DONE else None
        tries = STAGES * (count + again)
        path = Path(found.concentration[0], tries, found.dots[0], count, again, stopped)
        if stretch.tangents is None:
            return path
        return replace(path, tangents=moved[0], dot_tangents=moved[1])

    def integrate_many(
        self, stretch: Stretch, constants: NDArray[np.float64], starts: NDArray[np.float64]
    ) -> Members:
        """Return what a stretch leads to with many sets of rate constants and starts.

        Args:
            stretch: What happens; its start does not count.
            constants: ln k of every member, shape (members, reactions).
            starts: Concentrations at time 0 in mol/m³, shape (members, n).
        """
        return _Started.of(self, stretch, starts).run(constants)

    def setting(self, stretch: Stretch) -> Setting:
        """Return what a stretch asks of the kernel."""
        from prenuc.simulation.kernels.work import Setting

        until, none = stretch.until, np.zeros(len(stretch.start))
        return Setting(
            times=np.asarray(stretch.times, dtype=float),
            begin=float(stretch.temperature[0]),
            end=float(stretch.temperature[1]),
            relative=self.rtol,
            absolute=stretch.absolute,
            absolute_units=float(np.max(stretch.absolute)),
            laws=stretch.network.laws,
            watch=none if until is None else until.weights,
            level=0.0 if until is None else until.level,
            steady=0.0 if until is None else until.steady,
            most_steps=MOST_STEPS,
        )


@dataclass(frozen=True)
class Cvode(AbstractSolver):
    """CVODE of SUNDIALS, variable-order BDF with the exact Jacobian (scikit-sundae)."""

    name: ClassVar[str] = "cvode"

    def integrate(self, stretch: Stretch) -> Path:
        """Return the concentrations at the times of a stretch."""
        from sksundae.cvode import CVODE

        system = _system(self, stretch)

        def change(t: float, y: NDArray[np.float64], out: NDArray[np.float64]) -> None:
            out[:] = system.change(t, y)

        def jacobian(
            t: float, y: NDArray[np.float64], _: NDArray[np.float64], out: NDArray[np.float64]
        ) -> None:
            out[:] = system.jacobian(t, y)

        solver = CVODE(
            change,
            jacfn=jacobian,
            rtol=self.rtol,
            atol=system.absolute,
            linsolver="dense",
            max_num_steps=MOST_STEPS,
        )
        with redirect_stdout(StringIO()):  # it prints its failures; we report them
            found = solver.solve(np.concatenate(([0.0], stretch.times)), system.start)
        if not found.success:
            raise _gave_up(stretch, found.t, found.y, str(found.message))
        # With two times the library reports its own steps; the wanted times are always the last.
        return _path(stretch, np.asarray(found.y)[-len(stretch.times) :], int(found.nfev))


@dataclass(frozen=True)
class _Scipy(AbstractSolver):
    method: ClassVar[str] = ""

    def integrate(self, stretch: Stretch) -> Path:
        """Return the concentrations at the times of a stretch."""
        from scipy.integrate import solve_ivp

        system = _system(self, stretch)
        found = solve_ivp(
            system.change,
            (0.0, stretch.times[-1]),
            system.start,
            method=self.method,
            t_eval=stretch.times,
            jac=system.jacobian,
            rtol=self.rtol,
            atol=system.absolute,
        )
        if not found.success:
            raise _gave_up(stretch, found.t, np.asarray(found.y).T, str(found.message))
        return _path(stretch, found.y.T, int(found.nfev))


@dataclass(frozen=True)
class ScipyBdf(_Scipy):
    """BDF of scipy, the second opinion."""

    name: ClassVar[str] = "scipy-bdf"
    method: ClassVar[str] = "BDF"


@dataclass(frozen=True)
class ScipyRadau(_Scipy):
    """Radau IIA of scipy, a one-step second opinion."""

    name: ClassVar[str] = "scipy-radau"
    method: ClassVar[str] = "Radau"


SOLVERS: dict[str, type[AbstractSolver]] = {s.name: s for s in (Rodas, Cvode, ScipyBdf, ScipyRadau)}


def solver_named(name: str) -> type[AbstractSolver]:
    """Return a solver class by its command-line name.

    Raises:
        InputError: There is none of that name.
    """
    from prenuc.errors import InputError

    if name not in SOLVERS:
        raise InputError(unknown_name("solver", name, SOLVERS))
    return SOLVERS[name]


def _dots(stretch: Stretch) -> NDArray[np.float64]:
    """Return the size classes at time 0, a copy."""
    classes = len(stretch.network.classes.units)
    return np.array(stretch.dots, dtype=float) if stretch.dots.size else np.zeros(classes)


@dataclass(frozen=True)
class _Started:
    """One or many vessels at the start of a stretch, and room for what they become."""

    network: Network
    setting: Setting
    x: NDArray[np.float64]
    dots: NDArray[np.float64]
    components_found: NDArray[np.float64]
    dots_found: NDArray[np.float64]
    outcomes: NDArray[np.float64]

    @classmethod
    def of(cls, solver: Rodas, stretch: Stretch, starts: NDArray[np.float64]) -> _Started:
        """Return vessels that begin with ``starts`` in mol/m³, shape (members, n)."""
        members, n = starts.shape
        m, classes = len(stretch.times), len(stretch.network.classes.units)
        dots = np.empty((members, classes))
        dots[:] = _dots(stretch)
        return cls(
            stretch.network,
            solver.setting(stretch),
            starts.astype(float),
            dots,
            np.full((members, m, n), np.nan),
            np.full((members, m, classes), np.nan),
            np.empty((members, 5)),
        )

    def run(self, constants: NDArray[np.float64]) -> Members:
        """Return where sets of ln k lead, shape (members, reactions)."""
        from prenuc.simulation.kernels.rodas import integrate
        from prenuc.simulation.kernels.work import ROOM

        network, pop, plan = self.network, self.network.classes, self.network.plan
        net = network.flat._replace(constant=network.constant.copy())
        room = ROOM.of(net, pop, plan, network.laws)
        found = self.components_found, self.dots_found, self.outcomes
        integrate(net, pop, plan, self.setting, *room, constants, self.x, self.dots, *found)
        return self._members()

    def follow(self, given: Tangents) -> tuple[Members, NDArray[np.float64], NDArray[np.float64]]:
        """Return where the only vessel goes, and the tangents of components and classes."""
        from prenuc.simulation.kernels.tangent_work import TANGENT_ROOM, Followed
        from prenuc.simulation.kernels.tangents import integrate_followed
        from prenuc.simulation.kernels.work import ROOM

        network, pop, plan = self.network, self.network.classes, self.network.plan
        room = ROOM.of(network.flat, pop, plan, network.laws)
        work = TANGENT_ROOM.of(network.flat, pop, plan, given.seeds)
        work.dx[:], work.df[:] = given.components, given.dots
        m, count = len(self.setting.times), work.dx.shape[1]
        shapes = (m, len(work.dx), count), (m, len(work.df), count)
        own = Followed(given.seeds, work, *(np.full(shape, np.nan) for shape in shapes))
        vessel = self.x[0], self.dots[0]
        found = self.components_found[0], self.dots_found[0], self.outcomes[0]
        integrate_followed(network.flat, pop, plan, self.setting, *room, own, *vessel, *found)
        return self._members(), own.out_x, own.out_f

    def _members(self) -> Members:
        from prenuc.simulation.kernels.rodas import FAILURES

        found, dots = self.components_found, self.dots_found
        found[:, -1], dots[:, -1] = self.x, self.dots
        reasons = [FAILURES.get(int(outcome), "") for outcome in self.outcomes[:, 0]]
        for member, reason in enumerate(reasons):
            if reason:
                found[member], dots[member] = np.nan, np.nan
        return Members(found, dots, self.x, reasons, self.outcomes)


def _system(solver: AbstractSolver, stretch: Stretch) -> WholeSystem:
    """Return network and classes as one system for a library.

    Raises:
        InputError: The stretch is to stop early or wants tangents, which only our own can give, or
            has more size classes than a dense Jacobian can hold.
    """
    from prenuc.errors import InputError
    from prenuc.simulation.whole import WholeSystem

    if stretch.until is not None or stretch.tangents is not None:
        what = f"'{solver.name}' knows neither events nor tangents"
        raise InputError(Problem(what, f"Use the solver '{Rodas.name}'"))
    classes = len(stretch.network.classes.units)
    if classes > MOST_CLASSES:
        what = f"{classes} size classes are too many for '{solver.name}'"
        mend = f"Use the solver '{Rodas.name}', or count dots as moments (--coarse)"
        raise InputError(Problem(what, mend))
    return WholeSystem(stretch)


def _path(stretch: Stretch, states: NDArray[np.float64], evaluations: int) -> Path:
    """Return what a library found, parted into components and classes."""
    n = len(stretch.start)
    return Path(states[:, :n], evaluations, states[:, n:])


def _gave_up(
    stretch: Stretch, times: NDArray[np.float64], states: NDArray[np.float64], message: str
) -> SimulationError:
    """Return the error that says which component was changing fastest, and when."""
    n = len(stretch.start)
    last = np.asarray(states)[-1][:n] if len(states) else stretch.start
    time = float(times[-1]) if len(times) else 0.0
    change = np.abs(stretch.network.change(last, stretch.constants(time)))
    fastest = stretch.network.names[int(np.argmax(change / (np.abs(last) + stretch.absolute)))]
    return _failed(stretch, fastest, time, last, " ".join(message.split()))


def _failed(
    stretch: Stretch, component: str, time: float, state: NDArray[np.float64], reason: str
) -> SimulationError:
    """Return the error of an integrator that gave up."""
    held = state[stretch.network.names.index(component)]
    at = f"where '{component}' ({held:.3g} mol/m³) is hardest to follow"
    what = f"the integrator gave up {time:.6g} s into a stretch, {at}"
    mend = f"Its message: {reason}. Try a looser --rtol, another --solver, or check the constants"
    return SimulationError(str(Problem(what, mend)))
