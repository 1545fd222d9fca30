"""Which numbers of a mechanism parameters move, and by how much, as the arrays of the engine.

A parameter is a constant by name. The mechanism is written with a little less and with a little
more of it (:mod:`prenuc.simulation.sides`), and the difference of the reactions that move, rate
constants by their logarithms, says what it does (:mod:`prenuc.simulation.moves`). The tangents of
the solution follow from it exactly (``native/tangents.hpp``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError, MechanismError, Problem
from prenuc.mechanism.constants import no_constant
from prenuc.simulation.moves import Entry, Move, Number, move_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
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
    moves = moves_of(network, parameters)
    start = _beside([move.start for move in moves.values()], (len(network.names),))
    return Prepared(tuple(moves), seeds_of(network, [*moves.values()]), start)


def moves_of(network: Network, parameters: Sequence[str]) -> dict[str, Move]:
    """Return what parameters move, by name.

    Args:
        network: A compiled mechanism.
        parameters: Names of its constants.

    Raises:
        MechanismError: There is no such constant; all at once.
        InputError: A constant changes the reactions; all at once.
    """
    known = network.mechanism.constants
    unknown = [no_constant(name, known) for name in parameters if name not in known]
    if unknown:
        raise MechanismError(unknown)
    moves, problems = {}, []
    for name in dict.fromkeys(parameters):
        move = move_of(network, name)
        if move is None:
            what, mend = f"'{name}' changes the reactions", "Leave it out of the sensitivities"
            problems.append(Problem(what, mend))
        else:
            moves[name] = move
    if problems:
        raise InputError(problems)
    return moves


def rates_and_starts(network: Network, along: Array) -> Prepared:
    """Return as parameters the logarithms of all rate constants, and what moves the start alone.

    They hold for any rate constants and energies of the network.

    Args:
        network: A compiled mechanism.
        along: What each further parameter does to the start in mol/m³, shape (q, n).
    """
    from prenuc.simulation.kernels.seeds import CONSTANT

    reactions, none = [one.name for one in network.mechanism.all_reactions], network.classes.share
    flat = np.zeros(len(network.classes.capillarity))
    still = Move((), (), (), np.zeros(len(network.names)), np.zeros(none.shape), flat, flat)
    constants = (Entry(CONSTANT, place, constant=1.0) for place in range(len(reactions)))
    moves = [replace(still, entries=(entry,)) for entry in constants]
    moves += [replace(still, start=start) for start in along]
    names = (*(f"ln k of {name}" for name in reactions), *(f"start {i}" for i in range(len(along))))
    start = _beside([move.start for move in moves], (len(network.names),))
    return Prepared(names, seeds_of(network, moves), start)


def seeds_of(network: Network, moves: Sequence[Move]) -> Seeds:
    """Return what moves as lists, and as arrays whose last axis are the parameters.

    Args:
        network: A compiled mechanism.
        moves: What each parameter moves.
    """
    from prenuc.simulation.kernels.seeds import Seeds

    entries = sorted(
        entry._replace(parameter=column)
        for column, move in enumerate(moves)
        for entry in move.entries
    )
    numbers = sorted(
        number._replace(number_parameter=column)
        for column, move in enumerate(moves)
        for number in move.numbers
    )
    ladders = len(network.classes.capillarity)
    return Seeds(
        **_columns(Entry._fields, entries),
        **_pushes(network, entries, len(moves)),
        **_columns(Number._fields, numbers),
        share=_beside([move.share for move in moves], network.classes.share.shape),
        capillarity=_beside([move.capillarity for move in moves], (ladders,)),
        sites=_beside([move.sites for move in moves], (ladders,)),
    )


def _beside(columns: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """Return arrays of a shape with an axis for all of them, the last."""
    return np.ascontiguousarray(np.stack(columns, axis=-1)) if columns else np.zeros((*shape, 0))


def _columns(fields: Sequence[str], rows: Sequence[Entry | Number]) -> dict[str, Any]:
    """Return rows as one contiguous array for each field; the first three are places."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in fields)
    types: list[type] = [np.int64] * PLACES + [np.float64] * (len(fields) - PLACES)
    triples = zip(fields, columns, types, strict=True)
    return {name: np.array(column, dtype=kind) for name, column, kind in triples}


def _pushes(network: Network, entries: Sequence[Entry], count: int) -> dict[str, Any]:
    """Return where what entries do to the rates of reactions, not of channels, arrives."""
    flat, reactions = network.flat, network.classes.first
    owner, parameter = (
        np.array([entry[i] for entry in entries], dtype=np.int64)
        for i in (Entry._fields.index("reaction"), Entry._fields.index("parameter"))
    )
    begin, end = flat.changes[owner], np.where(owner < reactions, flat.changes[owner + 1], 0)
    spans = (range(one, other) for one, other in zip(begin.tolist(), end.tolist(), strict=True))
    place = np.array(list(chain.from_iterable(spans)), dtype=np.int64)
    pushing = np.repeat(np.arange(len(entries)), np.maximum(end - begin, 0))
    return {
        "pushed": flat.changed[place] * count + parameter[pushing],
        "pushing": pushing.astype(np.int64),
        "push": flat.number[place],
    }
