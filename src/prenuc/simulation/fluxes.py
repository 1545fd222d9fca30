r"""How much of the chalcogen went which way in a vessel, net of what went back.

.. math:: F_{ab} = \int \sum_r m_{r,ab} \, \frac{v_r(t)}{c(t)} \, dt

with the net rate v of every step (:mod:`prenuc.simulation.driving`), the atoms m that it moves from
species a to species b (:mod:`prenuc.simulation.ways`) and all chalcogen c that the vessel holds.
What goes to and fro counts for nothing; what goes in a circle counts on each side of it. A second
dose of chalcogen has shares of its own, so that what took one way may add up to more than one.

The integral is that of straight lines between the looks of a walk, which may miss the first moments
after a dose by any factor. How far off it is follows from every second look, σ. What the vessel
holds is known far better: of each species but the precursors, what came less what went is by how
much its share rose from one dose to the next. So the flows are those nearest to the integrals, in
σ, that keep these books (data reconciliation; Crowe, García Campos and Hrymak 1983, AIChE J. 29,
881), and what is left of σ says how well each is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.protocol.watching import flask_of
from prenuc.simulation.driving import driving
from prenuc.simulation.ways import carriers, moves, ways

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.driving import Driving
    from prenuc.simulation.solution import Run
    from prenuc.simulation.ways import Carrier, Way

FINEST = 1e-6  # of the chalcogen; no integral is taken to be better


@dataclass(frozen=True)
class Flow:
    """What went one way.

    Args:
        way: From which species to which.
        share: Of the chalcogen in the vessel at the time, net; below zero where more went back.
        error: Standard deviation of that.
    """

    way: Way
    share: float
    error: float


@dataclass(frozen=True)
class Fluxes:
    """What went which way in a vessel.

    Args:
        name: Of the protocol.
        mechanism: Name of it.
        vessel: Which.
        minutes: How long, on its clock without the times in which it is frozen.
        held: Share of the chalcogen in every species at the end.
        kinds: What every species is, such as "PC".
        flows: The ways.
        silent: Steps without a way back, whose flow follows from the books alone.
    """

    name: str
    mechanism: str
    vessel: str
    minutes: float
    held: Mapping[str, float]
    kinds: Mapping[str, str]
    flows: tuple[Flow, ...]
    silent: tuple[str, ...]


def fluxes(run: Run, vessel: str | None = None) -> Fluxes:
    """Return what went which way in a vessel.

    Args:
        run: A finished simulation.
        vessel: Which; the flask in which metal and chalcogen react when None.

    Raises:
        InputError: There is no such vessel, or nothing happens in it.
        SimulationError: The integrator gave up.
    """
    name = flask_of(run.protocol.filled) if vessel is None else vessel
    every = {one.vessel: one for one in driving(run)}
    if name not in every:
        raise InputError(unknown_name("vessel in which something happens", name, every))
    driven, mechanism = every[name], run.mechanism
    followed = carriers(mechanism)
    kinds = {one.species: one.kind for one in followed.values()}
    held = _held(run, driven, followed)
    total = held.sum(axis=0)
    known = ways(mechanism)
    rates = _along(mechanism, known, driven, followed) / total
    one_way = {one.name for one in mechanism.steps if one.back is None}
    silent = [not one_way.isdisjoint(way.steps) for way in known]
    share, error = _reconciled(
        known,
        (np.trapezoid(rates, driven.time), _doubt(rates, driven.time, silent)),
        dict(zip(kinds, _gained(held / total, driven.time), strict=True)),
        [name for name, kind in kinds.items() if kind != "precursor"],
    )
    return Fluxes(
        name=run.protocol.name,
        mechanism=mechanism.name,
        vessel=name,
        minutes=float(driven.time[-1]) / 60.0,
        held=dict(zip(kinds, (held[:, -1] / total[-1]).tolist(), strict=True)),
        kinds=kinds,
        flows=tuple(Flow(*one) for one in zip(known, share.tolist(), error.tolist(), strict=True)),
        silent=tuple(sorted(one_way)),
    )


def _held(run: Run, driven: Driving, followed: Mapping[str, Carrier]) -> Array:
    """Return the chalcogen in every species at every look, in mol/m³, shape (species, m)."""
    found = {one.species: np.zeros(len(driven.seen)) for one in followed.values()}
    for name, one in followed.items():
        place = run.names.index(name)
        there = np.array([max(look.concentration[place], 0.0) for look in driven.seen])
        found[one.species] += one.atoms * there
    return np.array([*found.values()])


def _gained(shares: Array, time: Array) -> Array:
    """Return by how much each share rose while time passed; what a dose changes is no reaction."""
    risen: Array = np.diff(shares, axis=1)[:, np.diff(time) > 0.0].sum(axis=1)
    return risen


def _along(
    mechanism: Mechanism, known: Sequence[Way], driven: Driving, followed: Mapping[str, Carrier]
) -> Array:
    """Return the net rate along every way at every look, in mol/m³/s, shape (ways, m)."""
    place = {(one.start, one.end): i for i, one in enumerate(known)}
    found = np.zeros((len(known), len(driven.time)))
    for step in mechanism.steps:
        for pair, number in moves(step, followed).items():
            found[place[pair]] += number * driven.rates.get(step.name, 0.0)
    return found


def _doubt(rates: Array, time: Array, silent: Sequence[bool]) -> Array:
    """Return how far off the integrals may be, shape (ways,); of silent ways nothing is known."""
    fine = np.trapezoid(np.abs(rates), time)
    every = np.unique([*range(0, len(time), 2), len(time) - 1])
    coarse = np.trapezoid(rates[:, every], time[every]) - np.trapezoid(rates, time)
    doubt: Array = np.maximum(np.abs(coarse), FINEST * np.maximum(fine, 1.0))
    return np.where(silent, 1.0, doubt)


def _reconciled(
    known: Sequence[Way],
    integrals: tuple[Array, Array],
    gained: Mapping[str, float],
    kept: Sequence[str],
) -> tuple[Array, Array]:
    """Return the flows nearest to their integrals that keep the books, and their errors."""
    flow, sd = integrals[0].copy(), integrals[1]
    books = np.array(
        [[(one.end == name) - (one.start == name) for one in known] for name in kept], dtype=float
    )
    scaled = books * sd
    short = np.array([gained[name] for name in kept]) - books @ flow
    size = np.linalg.norm(scaled, axis=1)
    solved, *_ = np.linalg.lstsq(scaled / size[:, None], short / size, rcond=1e-13)
    flow += sd * solved
    _, values, rows = np.linalg.svd(scaled / size[:, None])
    untold = rows[np.count_nonzero(values > 1e-13 * values[0]) :]
    return flow, sd * np.sqrt((untold**2).sum(axis=0))
