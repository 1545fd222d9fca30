"""What many flasks led to, labelled; filled in as the members come, in arrays of its own size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, SimulationError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    import xarray as xr

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.members import Members
    from prenuc.simulation.solution import Measurement, Run
    from prenuc.simulation.solvers import AbstractSolver

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
        reaction_time: Of the flask when a sample was taken from it, in s, shape (members, m); NaN
            where there is none.
        dilution: Volume over that of the reaction mixture in it, shape (members, m).
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
    reaction_time: Array = field(default_factory=lambda: NONE)
    dilution: Array = field(default_factory=lambda: NONE)

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
            "reaction_time": ((of, seen), self.reaction_time, {"units": "s"}),
            "dilution": ((of, seen), self.dilution),
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
        rows["reaction time / min"] = self.reaction_time.ravel() / 60.0
        rows["dilution"] = self.dilution.ravel()
        table = self.concentration.reshape(members * m, -1)
        return pd.DataFrame(rows | dict(zip(self.names, table.T, strict=True)))

    def _varied(self) -> Iterator[tuple[str, Sequence[Any]]]:
        yield from self.members.constants.items()
        yield from self.members.vary.items()


@dataclass(frozen=True, eq=False)
class Seen:
    """What is kept of one member.

    Args:
        run: Its run, without its size classes; mechanism and protocol are those of all members.
        absorbance: Its spectra, shape (m, w).
    """

    run: Run
    absorbance: Array


class Answer:
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
            self.numbers = self._rows(5)
            self.concentration = self._rows(0)
            self.absorbance = self._rows(len(self.nm))
        self._make_room(one.run.names)
        self.numbers[number] = [_numbers(look) for look in looks]
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
        time, temperature, volume, reacted, dilution = (self.numbers[:, :, i] for i in range(5))
        return Flasks(
            self.members, self.solver, tuple(self.places), self.vessels, time, temperature, volume,
            self.concentration, self.nm, self.absorbance, self.failed, reacted, dilution,
        )  # fmt: skip


def _numbers(look: Measurement) -> tuple[float, ...]:
    """Return time, temperature, volume, reaction time and dilution; NaN for none."""
    reacted = np.nan if look.reaction_time is None else look.reaction_time
    return look.time, look.temperature, look.volume, reacted, look.dilution
