"""A mechanism as the flat arrays that the compiled kernels read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation
from prenuc.simulation.kernels.classes import ClassArrays
from prenuc.simulation.kernels.rates import (
    BARRIER,
    BINDING,
    EXCESS,
    LINEAR,
    POWER,
    SATURATION,
    RateArrays,
)
from prenuc.simulation.kernels.sparse import symbolic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reaction import Factor, Reaction
    from prenuc.simulation.kernels.sparse import SparseArrays, Term

NEGLIGIBLE = 1e-9  # of the largest entry of a stoichiometry; below it a number is rounding


def flat_rates(
    mechanism: Mechanism,
    names: Sequence[str],
    stoichiometry: NDArray[np.float64],
    numbers: Mapping[str, NDArray[np.float64]],
) -> RateArrays:
    """Return reactions and channels of a mechanism as flat arrays.

    Args:
        mechanism: The mechanism.
        names: Its n components, in the order of the rows of the stoichiometry.
        stoichiometry: N of reactions and channels, shape (n, reactions).
        numbers: ``constant``, ``energy``, ``anchor``, ``barrier`` and ``largest`` of
            :class:`RateArrays`.
    """
    reactions = mechanism.all_reactions
    factors = [factor for reaction in reactions for factor in reaction.factors]
    laws = [law_of(factor) for factor in factors]
    place = {name: i for i, name in enumerate(names)}
    pools = [
        [(place[name], weight / scale) for name, weight in factor.pool.items()]
        for factor, (_, scale, _) in zip(factors, laws, strict=True)
    ]
    changes = [[(int(i), column[i]) for i in np.flatnonzero(column)] for column in stoichiometry.T]
    rows = [np.flatnonzero(row) for row in stoichiometry[:, : len(mechanism.reactions)]]
    short = [_mass_action(reaction, place) for reaction in reactions]
    return RateArrays(
        **numbers,
        factors=_begin([len(reaction.factors) for reaction in reactions]),
        kind=np.array([kind for kind, _, _ in laws], dtype=np.int64),
        order=np.array([order for _, _, order in laws], dtype=float),
        pools=_begin([len(pool) for pool in pools]),
        member=np.array([i for pool in pools for i, _ in pool], dtype=np.int64),
        weight=np.array([w for pool in pools for _, w in pool], dtype=float),
        changes=_begin([len(change) for change in changes]),
        changed=np.array([i for change in changes for i, _ in change], dtype=np.int64),
        number=np.array([n for change in changes for _, n in change], dtype=float),
        single=_short(short, 1),
        double=_short(short, 2),
        general=np.array([i for i, s in enumerate(short) if not s], dtype=np.int64),
        rows=_begin([len(row) for row in rows]),
        maker=np.concatenate((*rows, [])).astype(np.int64),
        made=np.concatenate((*(stoichiometry[i, row] for i, row in enumerate(rows)), [])).astype(
            float
        ),
    )


def plan_of(net: RateArrays, pop: ClassArrays, components: int) -> SparseArrays:
    """Return how the network's part of a Rosenbrock step is eliminated.

    Dots couple whatever a channel pushes to whatever channels and nucleation look at.

    Args:
        net: Reactions and channels.
        pop: The size classes.
        components: How many there are.
    """
    reactions = range(len(net.constant))
    looks = [
        [
            (f, net.member[m], net.weight[m])
            for f in range(net.factors[r], net.factors[r + 1])
            for m in range(net.pools[f], net.pools[f + 1])
        ]
        for r in reactions
    ]
    moves = [
        [(net.changed[m], net.number[m]) for m in range(net.changes[r], net.changes[r + 1])]
        for r in reactions
    ]

    def terms(of: Iterable[int]) -> list[Term]:
        return [
            (int(i), int(j), f, float(number * weight))
            for r in of
            if r < pop.first
            for i, number in moves[r]
            for f, j, weight in looks[r]
        ]

    whole = terms(reactions)
    pattern = np.zeros((components, components), dtype=bool)
    for i, j, _, _ in whole:
        pattern[i, j] = True
    channels = reactions[pop.first :]
    pushed = [i for c in channels for i, _ in moves[c]]
    seen = [j for c in (*channels, *pop.sources) for _, j, _ in looks[c]]
    pattern[np.ix_(pushed, seen)] = True
    return symbolic(pattern, whole, terms((*net.double[:, 0], *net.general)))


def _mass_action(reaction: Reaction, place: Mapping[str, int]) -> list[int]:
    """Return the one or two components of plain mass action; empty for any other law."""
    found = []
    for factor in reaction.factors:
        if not isinstance(factor, Power) or len(factor.pool) != 1 or factor.order not in {1, 2}:
            return []
        ((name, weight),) = factor.pool.items()
        if weight != factor.scale:
            return []
        found += [place[name]] * int(factor.order)
    return found if len(found) <= 2 else []


def _short(components: Sequence[list[int]], order: int) -> NDArray[np.int64]:
    """Return reaction and components of all mass action of an order."""
    rows = [(i, *parts) for i, parts in enumerate(components) if len(parts) == order]
    return np.array(rows, dtype=np.int64).reshape(len(rows), order + 1)


def flat_classes(mechanism: Mechanism) -> ClassArrays:
    """Return the population of a mechanism as arrays; no classes when it has none."""
    population, first = mechanism.population, len(mechanism.reactions)
    none = np.zeros(0)
    if population is None:
        empty = np.zeros(0, dtype=np.int64)
        nothing = np.zeros((0, 2))
        return ClassArrays(none, none, none, none, 0.0, first, first, empty, empty, empty, nothing)
    units = population.units
    names = [reaction.name for reaction in mechanism.reactions]
    sizes = sorted(set(population.nuclei.values()))
    lower = np.minimum(np.floor(sizes), population.largest - 1) - population.smallest
    share = np.array(sizes) - population.smallest - lower
    return ClassArrays(
        units=units,
        alpha=population.profile(units),
        below=population.profile(units - 1),
        edge=np.cbrt(units) ** 2 - np.cbrt(units - 1) ** 2,
        capillarity=float(population.capillarity),
        first=first,
        detaching=first + len(population.attachment),
        sources=np.array([names.index(name) for name in population.nuclei], dtype=np.int64),
        group=np.array([sizes.index(n) for n in population.nuclei.values()], dtype=np.int64),
        lower=lower.astype(np.int64),
        share=np.stack((1.0 - share, share), axis=1),
    )


def conservation_laws(
    mechanism: Mechanism, stoichiometry: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sums that no reaction changes, from the left null space of the stoichiometry.

    Returns:
        Shape (laws, n + 1), the last column for units in dots; each row scaled to a largest entry
        of 1. Components that nothing changes have no row.
    """
    matrix = np.vstack((stoichiometry, _units_made(mechanism)))
    changing = np.flatnonzero(np.any(matrix != 0.0, axis=1))
    if changing.size == 0:
        return np.zeros((0, len(matrix)))
    _, singular, right = np.linalg.svd(matrix[changing].T, full_matrices=True)
    rank = int(np.sum(singular > NEGLIGIBLE * singular[0]))
    laws = np.zeros((changing.size - rank, len(matrix)))
    laws[:, changing] = _reduced(right[rank:].copy())
    return laws


def _units_made(mechanism: Mechanism) -> NDArray[np.float64]:
    """Return the units that every reaction and channel adds to dots."""
    population, reactions = mechanism.population, mechanism.all_reactions
    if population is None:
        return np.zeros(len(reactions))
    joins = dict.fromkeys((channel.name for channel in population.attachment), 1.0)
    leaves = dict.fromkeys((channel.name for channel in population.detachment), -1.0)
    made = {**population.nuclei, **joins, **leaves}
    return np.array([made.get(reaction.name, 0.0) for reaction in reactions])


def _reduced(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a basis with as many zeros as Gauss-Jordan elimination gives."""
    for i in range(len(rows)):
        row, column = divmod(int(np.argmax(np.abs(rows[i:]))), rows.shape[1])
        rows[[i, i + row]] = rows[[i + row, i]]
        rows[i] /= rows[i, column]
        others = np.arange(len(rows)) != i
        rows[others] -= np.outer(rows[others, column], rows[i])
    rows[np.abs(rows) < NEGLIGIBLE] = 0.0
    if len(rows):
        rows /= np.max(np.abs(rows), axis=1)[:, None]
    return rows


def _begin(counts: Sequence[int]) -> NDArray[np.int64]:
    """Return where each group begins in a contiguous array, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def law_of(factor: Factor) -> tuple[int, float, float]:
    """Return kind, scale of the pool and order of a factor."""
    match factor:
        case Power(order=1.0):
            return LINEAR, factor.scale, 1.0
        case Power():
            return POWER, factor.scale, factor.order
        case Saturation():
            return SATURATION, factor.half, 0.0
        case Binding():
            return BINDING, factor.half, factor.sites
        case Excess():
            return EXCESS, 1.0, factor.threshold
        case Barrier():
            return BARRIER, factor.solubility, factor.order
    raise TypeError(f"{type(factor).__name__} has no kernel")
