"""Which numbers of a mechanism a parameter moves, and by how much.

A parameter is a constant by name. The mechanism is written with a little less and with a little
more of it (:mod:`prenuc.simulation.sides`), and the difference of the reactions that move, rate
constants by their logarithms, says what it does. The tangents of the solution follow from it
exactly (``native/tangents.hpp``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import InputError, MechanismError, Problem
from prenuc.mechanism.constants import no_constant
from prenuc.simulation.sides import Sides, sides_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reaction import Factor, Reaction
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.seeds import Seeds

PLACES = 3  # fields of an entry that are places; the others are slopes


@dataclass(frozen=True)
class Prepared:
    """Parameters of a compiled mechanism, for many runs.

    Args:
        parameters: Their names.
        seeds: What each does to the arrays.
        start: What each does to the mechanism's own start in mol/m³ per unit, shape (n, P).
    """

    parameters: tuple[str, ...]
    seeds: Seeds
    start: Array


@dataclass(frozen=True)
class Tangents:
    """Tangents at the start of a stretch, and what moves them on.

    Args:
        seeds: What every parameter does to the arrays.
        components: Of every component, mol/m³ per unit of the parameter, shape (n, P).
        dots: Of size classes, likewise, shape (classes or fewer, P); those beyond have none.
    """

    seeds: Seeds
    components: Array
    dots: Array


def prepared(network: Network, parameters: Sequence[str] | Prepared) -> Prepared:
    """Return parameters ready for runs of a network.

    Tangents are per unit of a constant in SI.

    Args:
        network: A compiled mechanism.
        parameters: Names of its constants.

    Raises:
        MechanismError: There is no such constant; all at once.
        InputError: A constant changes the reactions; all at once.
    """
    if isinstance(parameters, Prepared):
        return parameters
    known = network.mechanism.constants
    unknown = [no_constant(name, known) for name in parameters if name not in known]
    if unknown:
        raise MechanismError(unknown)
    sides = _all_sides(network.mechanism, parameters)
    start = np.zeros((len(network.names), len(sides)))
    for column, one in enumerate(sides.values()):
        low, high = one.below.initial, one.above.initial
        if low != high:
            ends = [[of.get(name, 0.0) for name in network.names] for of in (low, high)]
            start[:, column] = np.subtract(ends[1], ends[0]) / one.span
    return Prepared(tuple(sides), _seeds(network, [*sides.values()]), start)


def _all_sides(mechanism: Mechanism, parameters: Sequence[str]) -> dict[str, Sides]:
    """Return the sides of every parameter.

    Raises:
        InputError: A parameter changes which reactions there are; all at once.
    """
    found, problems = {}, []
    for name in parameters:
        try:
            one = sides_of(mechanism, name)
        except MechanismError:  # no mechanism has a little more or less of it
            one = None
        if one is None:
            what, mend = f"'{name}' changes the reactions", "Leave it out of the sensitivities"
            problems.append(Problem(what, mend))
        else:
            found[name] = one
    if problems:
        raise InputError(problems)
    return found


class _Entry(NamedTuple):
    """What a parameter moves in one reaction; fields as of :class:`Seeds`.

    Sorted, those of rate constants come first, by reaction, and then those of factors.
    """

    factor: int
    reaction: int
    parameter: int
    constant: float = 0.0
    energy: float = 0.0
    anchor: float = 0.0
    scale: float = 0.0
    order: float = 0.0
    barrier: float = 0.0


class _Number(NamedTuple):
    """A stoichiometric number that a parameter moves; fields as of :class:`Seeds`."""

    number: int
    number_reaction: int
    number_parameter: int
    number_value: float


def _seeds(network: Network, sides: Sequence[Sides]) -> Seeds:
    """Return the differences between the two sides of every parameter as lists of what moves."""
    from prenuc.simulation.kernels.seeds import Seeds

    entries: list[_Entry] = []
    numbers: list[_Number] = []
    for column, one in enumerate(sides):
        for place, below, above in one.moved():
            at = place, column, one.span
            entries += _in_law(at, below, above)
            entries += _in_factors(int(network.flat.factors[place]), at, below, above)
            numbers += _in_numbers(network, at, below, above)
    share, capillarity = _in_sizes(network, sides)
    return Seeds(
        **_columns(_Entry._fields, sorted(entries)),
        **_pushes(network, sorted(entries), len(sides)),
        **_columns(_Number._fields, sorted(numbers)),
        share=share,
        capillarity=capillarity,
    )


_At = tuple[int, int, float]  # reaction, parameter, and by how much that is moved


def _in_law(at: _At, below: Reaction, above: Reaction) -> Iterator[_Entry]:
    """Yield what moves a rate constant."""
    from prenuc.simulation.kernels.seeds import CONSTANT

    reaction, parameter, span = at
    low, high = below.constant, above.constant
    if low == high:
        return
    both = low.k > 0 and high.k > 0
    constant = math.log(high.k / low.k) / span if both else 0.0
    energy = (high.energy - low.energy) / (GAS_CONSTANT * span)
    anchor = (1.0 / high.at - 1.0 / low.at) / span
    if constant or energy or anchor:
        yield _Entry(CONSTANT, reaction, parameter, constant, energy, anchor)


def _in_factors(first: int, at: _At, below: Reaction, above: Reaction) -> Iterator[_Entry]:
    """Yield what moves factors, the first of which has a place of its own."""
    reaction, parameter, span = at
    pairs = zip(below.factors, above.factors, strict=True)
    for place, (low, high) in enumerate(pairs, first):
        if low == high:
            continue
        ends = zip(_numbers_of(low), _numbers_of(high), strict=True)
        scale, order, barrier = ((there - here) / span for here, there in ends)
        if scale or order or barrier:
            yield _Entry(place, reaction, parameter, scale=scale, order=order, barrier=barrier)


def _numbers_of(factor: Factor) -> tuple[float, float, float]:
    """Return ln of the first weight of a pool, for its scale moves all alike, order and barrier."""
    from prenuc.simulation.kernels.flat import law_of

    _, scale, order = law_of(factor)
    weight = next(iter(factor.pool.values())) / scale
    return math.log(abs(weight)), order, float(getattr(factor, "barrier", 0.0))


def _in_numbers(network: Network, at: _At, below: Reaction, above: Reaction) -> Iterator[_Number]:
    """Yield the stoichiometric numbers that move."""
    reaction, parameter, span = at
    low, high = below.stoichiometry, above.stoichiometry
    if low == high:
        return
    flat = network.flat
    for place in range(flat.changes[reaction], flat.changes[reaction + 1]):
        name = network.names[flat.changed[place]]
        if slope := (high[name] - low[name]) / span:
            yield _Number(place, reaction, parameter, slope)


def _in_sizes(network: Network, sides: Sequence[Sides]) -> tuple[Array, Array]:
    """Return what parameters do to the dots that a nucleus adds to its two classes, and to Γ."""
    from prenuc.simulation.kernels.flat import flat_classes

    share = np.zeros((*network.classes.share.shape, len(sides)))
    capillarity = np.zeros(len(sides))
    for column, one in enumerate(sides):
        low, high = one.below.population, one.above.population
        if low is None or high is None:
            continue
        capillarity[column] = (high.capillarity - low.capillarity) / one.span
        if low.nuclei != high.nuclei:
            moved = flat_classes(one.above).share - flat_classes(one.below).share
            share[:, :, column] = moved / one.span
    return share, capillarity


def _columns(fields: Sequence[str], rows: Sequence[_Entry | _Number]) -> dict[str, Any]:
    """Return rows as one contiguous array for each field; the first three are places."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in fields)
    types: list[type] = [np.int64] * PLACES + [np.float64] * (len(fields) - PLACES)
    triples = zip(fields, columns, types, strict=True)
    return {name: np.array(column, dtype=kind) for name, column, kind in triples}


def _pushes(network: Network, entries: Sequence[_Entry], count: int) -> dict[str, Any]:
    """Return where what entries do to the rates of reactions, not of channels, arrives."""
    flat, reactions = network.flat, network.classes.first
    pushes = [
        (flat.changed[place] * count + entry.parameter, q, flat.number[place])
        for q, entry in enumerate(entries)
        if entry.reaction < reactions
        for place in range(flat.changes[entry.reaction], flat.changes[entry.reaction + 1])
    ]
    pushed, pushing, push = zip(*pushes, strict=True) if pushes else ([], [], [])
    return {
        "pushed": np.array(pushed, dtype=np.int64),
        "pushing": np.array(pushing, dtype=np.int64),
        "push": np.array(push, dtype=np.float64),
    }
