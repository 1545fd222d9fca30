"""What a run found: every measured vessel, with its names, assumptions and bookkeeping."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import Caution, InputError, counted, listed, unknown_name
from prenuc.facts.catalogue import chalcogens
from prenuc.scope.products import nothing_formed
from prenuc.scope.verdict import Scope, scope_of
from prenuc.simulation import archive
from prenuc.simulation.stops import Stops

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd
    import xarray as xr

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

ARRAYS = "concentration", "dots", "tangents", "dot_tangents"  # of every measurement
BEHIND = "mechanism", "protocol", "names", "conservation", "stats", "parameters"  # of a run


@dataclass(frozen=True)
class Measurement:
    """A vessel at the moment in which a spectrum was taken.

    Args:
        vessel: Which.
        time: On the vessel's clock, in s.
        temperature: In K.
        volume: In m³.
        concentration: Of every component in mol/m³ (= mmol/L) of its basis, shape (n,).
        dots: Of every size class in mol/m³, shape (classes,); empty when dots are moments.
        tangents: Of ``concentration`` in P parameters, per unit of each, shape (n, P).
        dot_tangents: Of ``dots``, shape (classes, P).
        occupied: How many size classes may hold dots; those beyond are empty. None where that is
            not known.
        reaction_time: Of the flask when this was taken from it, in s; None where nothing reacted
            or several samples are mixed (:mod:`prenuc.protocol.reaction_time`).
        dilution: Volume over that of the reaction mixture in it.
    """

    vessel: str
    time: float
    temperature: float
    volume: float
    concentration: Array
    dots: Array = field(default_factory=lambda: np.zeros(0))
    tangents: Array = field(default_factory=lambda: np.zeros((0, 0)))
    dot_tangents: Array = field(default_factory=lambda: np.zeros((0, 0)))
    occupied: int | None = None
    reaction_time: float | None = None
    dilution: float = 1.0

    @property
    def label(self) -> str:
        """Vessel and time, in min; whole days in d."""
        days = self.time / 86400.0
        if days >= 1 and abs(days - round(days)) < 1e-9:
            return f"{self.vessel} at {round(days)} d"
        return f"{self.vessel} at {self.time / 60:.6g} min"


def in_minutes(seconds: float | None) -> float:
    """Return a time in min; not a number for none."""
    return math.nan if seconds is None else seconds / 60.0


def _sampled(data: xr.Dataset, row: int) -> dict[str, Any]:
    """Return reaction time and dilution of a saved measurement."""
    time, dilution = (float(data[name].to_numpy()[row]) for name in ("reaction_time", "dilution"))
    return {"reaction_time": None if math.isnan(time) else time, "dilution": dilution}


@dataclass(frozen=True, repr=False)
class Run:
    """A finished simulation.

    Args:
        mechanism: What could happen.
        protocol: What was done.
        names: Names of the n components.
        measurements: What every ``measure`` step found, in order.
        conservation: Relative error of every moiety in every vessel, and of the ledger.
        stats: Steps, evaluations, CPU time, versions, tolerances.
        parameters: Names of the P parameters in which there are tangents.
        stops: From which a run that begins likewise can go on.
    """

    mechanism: Mechanism
    protocol: Protocol
    names: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    conservation: Mapping[str, Any]
    stats: Mapping[str, Any]
    parameters: tuple[str, ...] = ()
    stops: Stops = field(default_factory=Stops, compare=False)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Everything that had to be assumed to run the protocol, one line each."""
        return tuple(str(assumption) for assumption in self.protocol.assumptions)

    @property
    def thermodynamics(self) -> str:
        """What ``prenuc check`` says of the mechanism: consistent, inconsistent, or neither."""
        from prenuc.thermodynamics.check import verdict_of

        return verdict_of(self.mechanism)

    @cached_property
    def scope(self) -> Scope:
        """What the mechanism may say about the protocol, and what is assumed for that."""
        return scope_of(self.mechanism, self.protocol, inert=self.stats.get("inert", ()))

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """What a reader should know before believing the run."""
        found = () if self.scope.missing else [one.concentration for one in self.measurements]
        return (*self.scope.cautions, *nothing_formed(self.mechanism, self.names, found))

    def amounts(self, measurement: Measurement) -> dict[str, float]:
        """Return the concentration of every component at a measurement, in mmol/L of its basis."""
        return dict(zip(self.names, measurement.concentration.tolist(), strict=True))

    def chalcogen(self, measurement: Measurement) -> dict[str, float]:
        """Return the chalcogen in every component that has some, in mmol/L."""
        return {
            self.names[place]: atoms * float(measurement.concentration[place])
            for place, _, atoms in self._with_chalcogen
        }

    def fractions(self, measurement: Measurement) -> dict[str, float]:
        """Return the fraction of the chalcogen in each: every MSC by name, all else by kind."""
        held: dict[str, float] = {}
        amounts = self.chalcogen(measurement).values()
        for (_, key, _), amount in zip(self._with_chalcogen, amounts, strict=True):
            held[key] = held.get(key, 0.0) + amount
        total = sum(held.values()) or 1.0
        return {key: amount / total for key, amount in held.items()}

    @cached_property
    def _with_chalcogen(self) -> list[tuple[int, str, float]]:
        """Place, name or kind, and chalcogen atoms of every component that has some."""
        found = []
        for place, name in enumerate(self.names):
            component = self.mechanism.components.get(name)
            if component is None or not component.composition:
                continue
            atoms = sum(n for part, n in component.composition.items() if part in chalcogens())
            if atoms:
                found.append((place, name if component.kind == "MSC" else component.kind, atoms))
        return found

    def concentration(self, name: str, vessel: str | None = None) -> Array:
        """Return the concentration of a component at every measurement, in mmol/L of its basis.

        Args:
            name: A component, such as "MSC-311".
            vessel: Only measurements of this vessel.

        Raises:
            InputError: There is no component or vessel of that name.
        """
        if name not in self.names:
            raise InputError(unknown_name("component", name, self.names))
        column = self.names.index(name)
        return np.array([m.concentration[column] for m in self.of(vessel)])

    def of(self, vessel: str | None = None) -> tuple[Measurement, ...]:
        """Return the measurements of one vessel, or all of them."""
        if vessel is None:
            return self.measurements
        vessels = list(dict.fromkeys(m.vessel for m in self.measurements))
        if vessel not in vessels:
            raise InputError(unknown_name("measured vessel", vessel, vessels))
        return tuple(m for m in self.measurements if m.vessel == vessel)

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with a row per measurement: vessel, times, dilution, mmol/L."""
        import pandas as pd

        rows = [
            {
                "vessel": m.vessel,
                "time / min": m.time / 60.0,
                "reaction time / min": in_minutes(m.reaction_time),
                "dilution": m.dilution,
                **dict(zip(self.names, m.concentration, strict=True)),
            }
            for m in self.measurements
        ]
        return pd.DataFrame(rows)

    def to_xarray(self) -> xr.Dataset:
        """Return everything that was measured as labelled arrays with units."""
        import xarray as xr

        sizes = self.mechanism.class_units
        m, n, k, p = (len(of) for of in (self.measurements, self.names, sizes, self.parameters))

        def stacked(of: str, *shape: int) -> Array:
            return np.array([getattr(one, of) for one in self.measurements]).reshape(m, *shape)

        amount, per = {"units": "mol/m^3"}, {"units": "mol/m^3 per SI unit of the parameter"}
        where, what, size, parameter = "measurement", "component", "size", "parameter"
        held = {
            "concentration": ((where, what), stacked("concentration", n), amount),
            "dots": ((where, size), stacked("dots", k), amount),
            "tangents": ((where, what, parameter), stacked("tangents", n, p), per),
            "dot_tangents": ((where, size, parameter), stacked("dot_tangents", k, p), per),
        }
        axes = {
            "vessel": (where, [one.vessel for one in self.measurements]),
            "time": (where, stacked("time"), {"units": "s"}),
            "temperature": (where, stacked("temperature"), {"units": "K"}),
            "volume": (where, stacked("volume"), {"units": "m^3"}),
            "reaction_time": (where, stacked("reaction_time").astype(float), {"units": "s"}),
            "dilution": (where, stacked("dilution")),
            what: list(self.names),
            size: (size, sizes, {"units": "units per dot"}),
            parameter: list(self.parameters),
        }
        names = {"mechanism": self.mechanism.name, "protocol": self.protocol.name}
        return xr.Dataset(held, axes, names)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run to a netCDF file that :meth:`load` and every netCDF library read.

        Raises:
            InputError: The file cannot be written, or the mechanism is of classes of your own.
        """
        behind = {field: getattr(self, field) for field in BEHIND}
        archive.write(path, self.to_xarray(), behind)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Run:
        """Return a saved run, equal to what was saved.

        Raises:
            InputError: The file is missing, holds no run, was changed, or is of another version.
        """
        data, behind = archive.read(path)
        held = {name: data[name].to_numpy() for name in ARRAYS if name in data}
        measurements = [
            Measurement(
                vessel=str(data["vessel"].to_numpy()[i]),
                time=float(data["time"].to_numpy()[i]),
                temperature=float(data["temperature"].to_numpy()[i]),
                volume=float(data["volume"].to_numpy()[i]),
                **_sampled(data, i),
                **{name: values[i] for name, values in held.items()},
            )
            for i in range(data.sizes.get("measurement", 0))
        ]
        return cls(measurements=tuple(measurements), **behind)

    def __repr__(self) -> str:
        vessels = dict.fromkeys(one.vessel for one in self.measurements)
        counts = [f"{name} ({len(self.of(name))})" for name in vessels]
        worst = max((e for one in self.conservation.values() for e in one.values()), default=0.0)
        lines = [
            f"<Run of {self.protocol.name} with {self.mechanism.name}",
            f"  {counted(len(self.measurements), 'measurement')}: {listed(counts)}",
            f"  {counted(len(self.names), 'component')}: {listed(self.names)}",
            f"  {counted(len(self.assumptions), 'assumption')}: {listed(self.assumptions)}",
            f"  moieties conserved to {worst:.1e}",
            *(f"  {self.stats[name]} {name}" for name in ("evaluations",) if name in self.stats),
            *(f"  tangents in {listed(self.parameters)}" for _ in self.parameters[:1]),
            *(f"  note: {warning}" for warning in self.warnings),
        ]
        return "\n".join(lines) + ">"

    def _repr_html_(self) -> str:
        from html import escape

        lines = "".join(f"<li>{escape(line)}</li>" for line in self.assumptions)
        count = counted(len(self.measurements), "measurement")
        head = f"{self.protocol.name} with {self.mechanism.name}: {count}"
        return f"<p><b>{escape(head)}</b></p><p>Assumed:</p><ul>{lines}</ul>"
