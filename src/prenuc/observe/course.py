"""The course of a vessel that was watched: shares, dots, first absorption, sizes against time.

Diameters are those of spheres of the material. The size distribution is the number of dots in each
nm of diameter; a class of dots of n units reaches from n - 1/2 to n + 1/2. The first absorption is
where a spectrum without noise is curved like a line, at the lowest energy
(:mod:`prenuc.observe.curvature`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.facts.catalogue import get
from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.observe.absorption import WAVELENGTHS, absorbances
from prenuc.observe.curvature import candidates
from prenuc.observe.dots import dot_sizes
from prenuc.protocol.watching import flask_of
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import xarray as xr

    from prenuc.arrays import Array
    from prenuc.simulation.solution import Measurement, Run

FINENESS = 0.02  # nm, between diameters of a distribution
FEWEST = 3  # looks that make a course
LEAST = 1e-9  # of the most dots in a class; a size with fewer has none
MANY = 0.01  # of the volume of all dots in the largest size, from which they are held up there
NO_SIZES = np.zeros(0), np.zeros((0, 0))


@dataclass(frozen=True, eq=False)
class Course:
    """What a vessel went through, looked at m times.

    Args:
        name: Of the protocol.
        vessel: That was watched.
        time: On its clock in min, shape (m,).
        reaction_time: Since it reacts, in min, shape (m,): below zero before; NaN where nothing
            does.
        temperature: In °C, shape (m,).
        shares: Of the chalcogen, by kind, a magic-size cluster by its name, shape (m,) each.
        number: Of dots in mmol/L, shape (m,).
        diameter: Of a dot of mean volume in nm, shape (m,); NaN where there are no dots.
        spread: Relative standard deviation of the diameter, shape (m,).
        first_absorption: In nm, shape (m,); NaN where none can be placed.
        sizes: Diameters in nm, ascending, shape (k,).
        distribution: Number of dots in mmol/L per nm of diameter, shape (m, k).
        at_end: Share of the dots' volume in the largest size that is counted, beyond which none
            can grow, shape (m,).
        chalcogen: In every component that has some, in mmol/L, shape (m,) each.
    """

    name: str
    vessel: str
    time: Array
    reaction_time: Array
    temperature: Array
    shares: Mapping[str, Array]
    number: Array
    diameter: Array
    spread: Array
    first_absorption: Array
    sizes: Array
    distribution: Array
    at_end: Array
    chalcogen: Mapping[str, Array] = field(default_factory=dict)

    @property
    def limited_from(self) -> float | None:
        """Time from which many dots have the largest size that is counted; None for never."""
        there = np.flatnonzero(self.at_end > MANY)
        return float(self.axis[0][there[0]]) if there.size else None

    @property
    def axis(self) -> tuple[Array, str]:
        """The time to draw it over, reaction time where there is one, and what that is."""
        if np.isfinite(self.reaction_time).all():
            return self.reaction_time, "reaction time / min"
        return self.time, f"time in {self.vessel} / min"

    def columns(self) -> dict[str, Array]:
        """Return its numbers by heading, such as "mean diameter / nm", shape (m,) each."""
        return {
            "time in vessel / min": self.time,
            "reaction time / min": self.reaction_time,
            "temperature / °C": self.temperature,
            **{f"share of {name}": share for name, share in self.shares.items()},
            "number of dots / (mmol/L)": self.number,
            "mean diameter / nm": self.diameter,
            "relative spread of diameters": self.spread,
            "first absorption / nm": self.first_absorption,
        }

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with a row for each look, without the size distribution."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def to_xarray(self) -> xr.DataArray:
        """Return the size distribution with its axes."""
        import xarray as xr

        axes = {
            "time": ("time", self.axis[0], {"units": "min"}),
            "diameter": ("diameter", self.sizes, {"units": "nm"}),
        }
        about = {"units": "mmol/L/nm", "protocol": self.name, "vessel": self.vessel}
        return xr.DataArray(self.distribution, axes, ("time", "diameter"), "dots", about)


def course(run: Run, vessel: str | None = None) -> Course:
    """Return the course of a vessel.

    Args:
        run: Of a protocol that watches or measures it, such as one
            :meth:`~prenuc.protocol.protocol.Protocol.with_watch`.
        vessel: Which; the flask in which metal and chalcogen react when None.

    Raises:
        InputError: It was looked at fewer than three times.
    """
    name = flask_of(run.protocol.filled) if vessel is None else vessel
    seen = [one for one in run.measurements if one.vessel == name]
    if len(seen) < FEWEST:
        what = f"{name} was looked at {len(seen)} times, which is no course"
        raise InputError(what, f"Write 'watch {name} every 1 min' after it is filled")
    time = np.array([one.time for one in seen]) / 60.0
    shares = [run.fractions(one) for one in seen]
    chalcogen = [run.chalcogen(one) for one in seen]
    sizes, distribution = size_distribution(run, seen)
    number, diameter, spread = _dots(run, seen)
    return Course(
        name=run.protocol.name,
        vessel=name,
        time=time,
        reaction_time=time - _zero(seen),
        temperature=np.array([one.temperature for one in seen]) - FREEZING,
        shares={key: np.array([one[key] for one in shares]) for key in shares[0]},
        number=number,
        diameter=diameter,
        spread=spread,
        first_absorption=_first_absorption(run, seen),
        sizes=sizes,
        distribution=distribution,
        at_end=share_at_end(run, seen),
        chalcogen={key: np.array([one[key] for one in chalcogen]) for key in chalcogen[0]},
    )


def _zero(seen: Sequence[Measurement]) -> float:
    """Return when the reaction began on the vessel's clock, in min, as it is known at the end.

    That of a sample stands still: it is told by the flask that it was taken from.
    """
    first, last = seen[0], seen[-1]
    if last.reaction_time is None or first.reaction_time == last.reaction_time:
        return math.nan
    return (last.time - last.reaction_time) / 60.0


def _dots(run: Run, seen: Sequence[Measurement]) -> Array:
    """Return number, mean diameter and spread of the dots, shape (3, m)."""
    moments, none = run.mechanism.dots, (0.0, math.nan, math.nan)
    rows = [(None if moments is None else dot_sizes(run, one, moments)) or none for one in seen]
    return np.array(rows).T


def _first_absorption(run: Run, seen: Sequence[Measurement]) -> Array:
    energy = PHOTON_ENERGY_NM / WAVELENGTHS[::-1]
    spectra = absorbances([run], WAVELENGTHS, seen)[:, ::-1]
    found = (candidates(energy, spectrum) for spectrum in spectra)
    return np.array([PHOTON_ENERGY_NM / one[0].energy if one else math.nan for one in found])


def size_distribution(run: Run, seen: Sequence[Measurement]) -> tuple[Array, Array]:
    """Return diameters in nm, (k,), and dots in mmol/L per nm, (m, k), summed over all ladders.

    Args:
        run: A finished simulation.
        seen: m of its measurements.
    """
    ladders = run.mechanism.populations
    if not ladders:
        return NO_SIZES
    parts = []
    for place, ladder in enumerate(ladders):
        unit = get("materials", ladder.material or run.mechanism.material).diameter(1.0)
        edges = unit * np.cbrt(np.arange(ladder.smallest, ladder.largest + 2.0) - 0.5)
        parts.append((edges, np.array([one.dots[place :: len(ladders)] for one in seen])))
    first = min(float(edges[0]) for edges, _ in parts)
    last = max(_last_size(edges, held) for edges, held in parts)
    ends = np.arange(first, max(last, first + 1.0) + 2.0 * FINENESS, FINENESS)
    below = np.zeros((len(seen), len(ends)))  # how many dots are smaller
    for edges, held in parts:
        sums = np.cumsum(np.pad(held, ((0, 0), (1, 0))), axis=1)
        below += [np.interp(ends, edges, row) for row in sums]
    return 0.5 * (ends[1:] + ends[:-1]), np.diff(below) / FINENESS


def share_at_end(run: Run, seen: Sequence[Measurement]) -> Array:
    """Return the share of the units of all dots that is in those of the largest size, (m,).

    Args:
        run: A finished simulation.
        seen: m of its measurements.
    """
    units = run.mechanism.class_units
    if not (units.size and seen):
        return np.zeros(len(seen))
    held = np.array([one.dots for one in seen]) * units
    total = held.sum(axis=1)
    last = held[:, units == units.max()].sum(axis=1)
    share: Array = np.divide(last, total, out=np.zeros(len(seen)), where=total > 0)
    return share


def _last_size(edges: Array, held: Array) -> float:
    """Return the largest diameter that any dots have, in nm."""
    most = held.max(axis=0)
    there = np.flatnonzero(most > LEAST * most.max(initial=0.0))
    return float(edges[there[-1] + 1] if there.size else edges[1])
