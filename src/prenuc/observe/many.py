"""Many flasks at once: runs and spectra of all variants of one experiment, labelled.

Members are independent. Each is walked through its own plan by a thread (the engine lets the
others work meanwhile), its spectra are rows of one product for a part of the members at a time. It
goes into the answer as soon as it is there; nothing else of a member stays behind, so the memory is
that of the answer. A member is equal, to the last bit, to a run of its own with the same solver.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, SimulationError, unknown_name
from prenuc.observe.absorption import WAVELENGTHS, absorbances
from prenuc.simulation.members import Members
from prenuc.simulation.run import IN_PROTOCOLS
from prenuc.simulation.solution import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd
    import xarray as xr

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.members import Column
    from prenuc.simulation.solvers import AbstractSolver

PART = 16  # members whose populations are in memory at once, for each thread
NONE = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Flasks:
    """What many members led to; rows of a member that failed are not numbers.

    Args:
        members: Which flasks they are.
        solver: The integrator, with its tolerances.
        names: Of the n components of any member.
        vessels: That each of the m measurements looked at.
        time: On the vessel's clock in s, shape (members, m).
        temperature: In K, shape (members, m).
        volume: In m³, shape (members, m).
        concentration: In mol/m³ (= mmol/L) of its basis, shape (members, m, n).
        wavelength: In nm, shape (w,).
        absorbance: Shape (members, m, w).
        failed: The reason of every member that failed, by its number.
    """

    members: Members
    solver: AbstractSolver
    names: tuple[str, ...]
    vessels: tuple[str, ...]
    time: Array
    temperature: Array
    volume: Array
    concentration: Array
    wavelength: Array
    absorbance: Array
    failed: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.members.count

    def single(self, member: int) -> tuple[Mechanism, Protocol]:
        """Return mechanism and protocol of a member, for :func:`prenuc.simulate`.

        Raises:
            InputError: There is no such member, or it cannot be.
        """
        if not 0 <= member < len(self):
            raise InputError(f"no member {member}", f"Give 0 to {len(self) - 1}")
        return self.members.single(member)

    def of(self, name: str) -> Array:
        """Return the concentration of a component in mmol/L of its basis, shape (members, m).

        Raises:
            InputError: There is no component of that name.
        """
        if name not in self.names:
            raise InputError(unknown_name("component", name, self.names))
        found: Array = self.concentration[:, :, self.names.index(name)]
        return found

    def to_xarray(self) -> xr.Dataset:
        """Return everything as labelled arrays with units; what varies stands along ``member``."""
        import xarray as xr

        of, seen = "member", "measurement"
        held = {
            "concentration": ((of, seen, "component"), self.concentration, {"units": "mol/m^3"}),
            "absorbance": ((of, seen, "wavelength"), self.absorbance, {"units": "1"}),
            "reason": (of, [self.failed.get(i, "") for i in range(len(self))]),
        }
        axes = {
            "vessel": (seen, list(self.vessels)),
            "time": ((of, seen), self.time, {"units": "s"}),
            "temperature": ((of, seen), self.temperature, {"units": "K"}),
            "volume": ((of, seen), self.volume, {"units": "m^3"}),
            "component": list(self.names),
            "wavelength": ("wavelength", self.wavelength, {"units": "nm"}),
            **{name: (of, [str(one) for one in column]) for name, column in self._varied()},
        }
        one = self.members
        about = {"mechanism": one.mechanism.name, "protocol": one.protocol.name}
        solver = {"solver": self.solver.name, "rtol": self.solver.rtol}
        return xr.Dataset(held, axes, about | solver)

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with a row for every measurement of every member, without the spectra."""
        import pandas as pd

        members, m = self.time.shape
        rows: dict[str, Any] = {"member": np.repeat(np.arange(members), m)}
        for name, column in self._varied():
            rows[name] = np.repeat([str(one) for one in column], m)
        rows["vessel"] = list(self.vessels) * members
        rows["time / min"] = self.time.ravel() / 60.0
        table = self.concentration.reshape(members * m, -1)
        return pd.DataFrame(rows | dict(zip(self.names, table.T, strict=True)))

    def _varied(self) -> Iterator[tuple[str, Sequence[Any]]]:
        yield from self.members.constants.items()
        yield from self.members.vary.items()


def simulate_many(
    mechanism: Mechanism,
    protocol: Protocol,
    *,
    constants: Mapping[str, Column] | None = None,
    vary: Mapping[str, Column] | None = None,
    wavelength: Sequence[float] | Array | None = None,
    solver: AbstractSolver | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Flasks:
    """Run many variants of one experiment, and take the spectra of each.

    Args:
        mechanism: What could happen.
        protocol: What was done; it measures something.
        constants: New constants by name, such as ``{"isomerisation.k": array}``, one for each
            member, or one for all: texts and quantities as for :meth:`Mechanism.with_constants`,
            plain numbers in the unit that the constant has.
        vary: Changes by what they change, such as ``{"heat flask": ["160 degC", "180 degC"]}``,
            likewise; the forms are those of :meth:`Protocol.varied`.
        wavelength: Wavelengths in nm, ascending; 285 to 700 nm in steps of 1 nm when None; an empty
            list for no spectra, which take most of the memory.
        solver: The integrator; :class:`Rodas` with rtol 1e-6 when None.
        threads: How many share the work; as many as there are cores when None.
        progress: Called with the finished part, 0 to 1.

    Returns:
        A row for each member; one that cannot be run has its reason in ``failed``.

    Raises:
        InputError: Columns of different lengths, a constant or a step that there is none of, all
            at once; or nothing is measured.
        SimulationError: Every member failed.
    """
    members = Members.of(mechanism, protocol, constants or {}, vary or {})
    nm = np.array(WAVELENGTHS if wavelength is None else wavelength, dtype=float)
    solver = solver or IN_PROTOCOLS
    parts = [range(i, min(i + PART, members.count)) for i in range(0, members.count, PART)]
    look, answer = partial(looked_at, members, solver, nm), _Answer(members, solver, nm)
    with ThreadPoolExecutor(threads or cores()) as pool:
        for numbers, found in zip(parts, pool.map(look, parts), strict=True):
            for number, one in zip(numbers, found, strict=True):
                answer.enter(number, one)
            if progress is not None:
                progress(numbers.stop / members.count)
    return answer.flasks()


def cores() -> int:
    """Return how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@dataclass(frozen=True, eq=False)
class Seen:
    """What is kept of one member.

    Args:
        run: Its run, without its size classes; mechanism and protocol are those of all members.
        absorbance: Its spectra, shape (m, w).
    """

    run: Run
    absorbance: Array


def looked_at(
    members: Members, solver: AbstractSolver, nm: Array, part: Sequence[int]
) -> list[Seen | str]:
    """Return the run and the spectra of some members, or the reason why there are none.

    Args:
        members: All of them.
        solver: The integrator.
        nm: Wavelengths, shape (w,).
        part: Numbers of those that are run.

    Raises:
        InputError: The protocol measures nothing.
    """
    runs = [members.run(member, solver) for member in part]
    alike: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        if not isinstance(run, str):
            alike.setdefault(run.names, []).append(run)
    spectra: dict[int, Array] = {}
    for some in alike.values():
        rows, count = absorbances(some, nm), len(some[0].measurements)
        spectra |= {id(run): rows[i * count : (i + 1) * count] for i, run in enumerate(some)}
    return [run if isinstance(run, str) else _kept(members, run, spectra[id(run)]) for run in runs]


def _kept(members: Members, run: Run, absorbance: Array) -> Seen:
    """Return a run without its size classes, and without a mechanism and a protocol of its own."""
    if not run.measurements:
        raise InputError("the protocol measures nothing; add 'measure cuvette at 0 min'")
    held = np.array([one.concentration for one in run.measurements])
    bare = tuple(
        replace(one, dots=NONE, occupied=0, concentration=row)
        for one, row in zip(run.measurements, held, strict=True)
    )
    lean = Run(members.mechanism, members.protocol, run.names, bare, {}, {})
    return Seen(lean, absorbance.copy())


class _Answer:
    """What is known of all members so far, in arrays of the size of the answer.

    Args:
        members: Which flasks they are.
        solver: The integrator.
        nm: Wavelengths, shape (w,).
    """

    def __init__(self, members: Members, solver: AbstractSolver, nm: Array) -> None:
        self.members, self.solver, self.nm = members, solver, nm
        self.vessels: tuple[str, ...] = ()
        self.places: dict[str, int] = {}  # of components
        self.failed: dict[int, str] = {}
        self.numbers = self.concentration = self.absorbance = NONE

    def enter(self, number: int, one: Seen | str) -> None:
        """Enter what a member led to, or why it led to nothing."""
        if isinstance(one, str):
            self.failed[number] = one
            return
        looks = one.run.measurements
        if not self.vessels:
            self.vessels = tuple(look.vessel for look in looks)
            self.numbers = self._rows(3)
            self.concentration = self._rows(0)
            self.absorbance = self._rows(len(self.nm))
        self._make_room(one.run.names)
        self.numbers[number] = [(look.time, look.temperature, look.volume) for look in looks]
        columns = [self.places[name] for name in one.run.names]
        self.concentration[number] = 0.0
        self.concentration[number][:, columns] = [look.concentration for look in looks]
        self.absorbance[number] = one.absorbance

    def _rows(self, width: int) -> Array:
        return np.full((self.members.count, len(self.vessels), width), np.nan)

    def _make_room(self, names: Sequence[str]) -> None:
        """Add a column for every component that is new, which earlier members had nothing of."""
        new = [name for name in names if name not in self.places]
        if new:
            more = np.where(np.isnan(self.numbers[:, :, :1]), np.nan, np.zeros(len(new)))
            self.concentration = np.concatenate((self.concentration, more), axis=2)
            self.places |= {name: len(self.places) + i for i, name in enumerate(new)}

    def flasks(self) -> Flasks:
        """Return it.

        Raises:
            SimulationError: Every member failed.
        """
        if not self.vessels:
            raise SimulationError(f"every member failed; the first: {self.failed[0]}")
        time, temperature, volume = (self.numbers[:, :, i] for i in range(3))
        return Flasks(
            self.members, self.solver, tuple(self.places), self.vessels, time, temperature, volume,
            self.concentration, self.nm, self.absorbance, self.failed,
        )  # fmt: skip
