"""What one parameter moves in the arrays of a mechanism: differences between its two sides.

They are worked out once for all variants of a mechanism in which the reactions that they belong to
are the same (:meth:`Mechanism.with_constants` keeps what moved constants have no part in).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError
from prenuc.mechanism.reach import looks, runs
from prenuc.mechanism.reaction import Binding
from prenuc.simulation.kernels.flat import flat_classes, law_of
from prenuc.simulation.kernels.seeds import CONSTANT
from prenuc.simulation.sides import sides_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reaction import Factor, Reaction
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.sides import Sides


class Entry(NamedTuple):
    """What a parameter moves in one reaction; fields as of :class:`Seeds`.

    Sorted, those of rate constants come first, by reaction, and then those of factors.
    """

    factor: int
    reaction: int
    parameter: int = 0
    constant: float = 0.0
    energy: float = 0.0
    anchor: float = 0.0
    scale: float = 0.0
    order: float = 0.0
    barrier: float = 0.0


class Number(NamedTuple):
    """A stoichiometric number that a parameter moves; fields as of :class:`Seeds`."""

    number: int
    number_reaction: int
    number_parameter: int = 0
    number_value: float = 0.0


@dataclass(frozen=True)
class Move:
    """What a parameter does, per unit in SI.

    Args:
        reactions: Those that it moves, by their place.
        entries: What it does to their laws.
        numbers: What it does to their stoichiometric numbers.
        start: To the mechanism's own start in mol/m³, shape (n,).
        share: To the dots that a nucleus adds to its two classes, shape (kinds, 2).
        capillarity: To Γ of every ladder in K, shape (L,).
        sites: To σ of every ladder, likewise.
    """

    reactions: tuple[tuple[int, Reaction], ...]
    entries: tuple[Entry, ...]
    numbers: tuple[Number, ...]
    start: Array
    share: Array
    capillarity: Array
    sites: Array

    def holds(self, mechanism: Mechanism) -> bool:
        """Return whether a variant has the reactions that it belongs to; never if sizes move."""
        sizes = self.capillarity, self.sites, self.share, self.start
        if any(one.any() for one in sizes):
            return False
        every = mechanism.all_reactions
        return all(every[place] is reaction for place, reaction in self.reactions)

    def acts(self, network: Network, there: Collection[str]) -> bool:
        """Return whether it can change anything where some components can be; else it never does.

        Args:
            network: The compiled mechanism.
            there: Those components.
        """
        if any(one.any() for one in (self.capillarity, self.sites, self.share, self.start)):
            return True
        every, begin = network.mechanism.all_reactions, network.flat.factors
        return any(runs(every[one.number_reaction], there) for one in self.numbers) or any(
            runs(reaction := every[one.reaction], there)
            and (one.factor == CONSTANT or _felt(reaction, one.factor - begin[one.reaction], there))
            for one in self.entries
        )


def _felt(reaction: Reaction, factor: int, there: Collection[str]) -> bool:
    """Return whether a factor feels its numbers: a ligand that is not there binds nowhere."""
    law = reaction.factors[factor]
    return looks(law, there) or not isinstance(law, Binding)


def move_of(network: Network, name: str) -> Move | None:
    """Return what a constant moves; None where it changes which reactions there are.

    Args:
        network: A compiled mechanism.
        name: One of its constants.
    """
    mechanism, key = network.mechanism, ("move", network.names, name)
    known: Move | None = mechanism.shared.get(key)
    if known is not None and known.holds(mechanism):
        return known
    try:
        sides = sides_of(mechanism, name)
    except MechanismError:  # no mechanism has a little more or less of it
        return None
    if sides is None:
        return None
    move = _difference(network, sides)
    mechanism.shared.put(key, move)
    return move


def _difference(network: Network, sides: Sides) -> Move:
    entries: list[Entry] = []
    numbers: list[Number] = []
    moved = list(sides.moved())
    for place, below, above in moved:
        entries += _in_law(place, below, above, sides.span)
        entries += _in_factors(int(network.flat.factors[place]), place, below, above, sides.span)
        numbers += _in_numbers(network, place, below, above, sides.span)
    every = network.mechanism.all_reactions
    return Move(
        tuple((place, every[place]) for place, _, _ in moved),
        tuple(entries),
        tuple(numbers),
        _in_start(network, sides),
        *_in_sizes(network, sides),
    )


def _in_law(reaction: int, below: Reaction, above: Reaction, span: float) -> Iterator[Entry]:
    """Yield what moves a rate constant."""
    low, high = below.constant, above.constant
    if low == high:
        return
    constant = math.log(high.k / low.k) / span if low.k > 0 and high.k > 0 else 0.0
    energy = (high.energy - low.energy) / (GAS_CONSTANT * span)
    anchor = (1.0 / high.at - 1.0 / low.at) / span
    if constant or energy or anchor:
        yield Entry(CONSTANT, reaction, 0, constant, energy, anchor)


def _in_factors(
    first: int, reaction: int, below: Reaction, above: Reaction, span: float
) -> Iterator[Entry]:
    """Yield what moves factors, the first of which has a place of its own."""
    pairs = zip(below.factors, above.factors, strict=True)
    for place, (low, high) in enumerate(pairs, first):
        if low == high:
            continue
        ends = zip(_numbers_of(low), _numbers_of(high), strict=True)
        scale, order, barrier = ((there - here) / span for here, there in ends)
        if scale or order or barrier:
            yield Entry(place, reaction, scale=scale, order=order, barrier=barrier)


def _numbers_of(factor: Factor) -> tuple[float, float, float]:
    """Return ln of the first weight of a pool, for its scale moves all alike, order and barrier."""
    _, scale, order = law_of(factor)
    weight = next(iter(factor.pool.values())) / scale
    return math.log(abs(weight)), order, float(getattr(factor, "barrier", 0.0))


def _in_numbers(
    network: Network, reaction: int, below: Reaction, above: Reaction, span: float
) -> Iterator[Number]:
    """Yield the stoichiometric numbers that move."""
    low, high = below.stoichiometry, above.stoichiometry
    if low == high:
        return
    flat = network.flat
    for place in range(flat.changes[reaction], flat.changes[reaction + 1]):
        name = network.names[flat.changed[place]]
        if slope := (high[name] - low[name]) / span:
            yield Number(place, reaction, 0, slope)


def _in_start(network: Network, sides: Sides) -> Array:
    low, high = sides.below.initial, sides.above.initial
    if low == high:
        return np.zeros(len(network.names))
    ends = [[of.get(name, 0.0) for name in network.names] for of in (low, high)]
    return np.subtract(ends[1], ends[0]) / sides.span


def _in_sizes(network: Network, sides: Sides) -> tuple[Array, Array, Array]:
    """Return what moves in the dots that a nucleus adds to its two classes, in Γ and in σ."""
    pairs = list(zip(sides.below.populations, sides.above.populations, strict=True))
    share = np.zeros(network.classes.share.shape)
    if any(low.nuclei != high.nuclei for low, high in pairs):
        below, above = (flat_classes(of, network.names) for of in (sides.below, sides.above))
        share = (above.share - below.share) / sides.span
    curved = [(high.capillarity - low.capillarity) / sides.span for low, high in pairs]
    sites = [(high.sites - low.sites) / sides.span for low, high in pairs]
    return share, np.array(curved, dtype=float), np.array(sites, dtype=float)
