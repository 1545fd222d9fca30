"""A mechanism as the flat arrays that the compiled kernels read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

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
from prenuc.simulation.kernels.ways import ways_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.arrays import Indices, Mask
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.population import AbstractProfile, SizeClasses
    from prenuc.mechanism.reaction import Factor, Reaction
    from prenuc.simulation.kernels.sparse import SparseArrays, Term

NEGLIGIBLE = 1e-9  # of the largest entry of a stoichiometry; below it a number is rounding


def flat_rates(
    mechanism: Mechanism,
    names: Sequence[str],
    stoichiometry: NDArray[np.float64],
    numbers: Mapping[str, NDArray[np.float64]],
    classes: ClassArrays,
) -> RateArrays:
    """Return reactions and channels of a mechanism as flat arrays.

    Args:
        mechanism: The mechanism.
        names: Its n components, in the order of the rows of the stoichiometry.
        stoichiometry: N of reactions and channels, shape (n, reactions).
        numbers: ``constant``, ``energy``, ``anchor``, ``barrier`` and ``largest`` of
            :class:`RateArrays`.
        classes: Its size classes.
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
    ways = ways_of(stoichiometry, classes)
    rows = [np.flatnonzero(row) for row in ways.columns]
    short = [_mass_action(reaction, place) for reaction in reactions]
    settled = sorted(place[name] for name in mechanism.without_mass)
    mass = np.ones(len(names))
    mass[settled] = 0.0
    given: dict[str, Any] = {**numbers, **ways.sides()}
    return RateArrays(
        **given,
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
        made=np.concatenate((*(ways.columns[i, row] for i, row in enumerate(rows)), [])).astype(
            float
        ),
        mass=mass,
        settled=np.array(settled, dtype=np.int64),
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
    pushed = [i for c in channels for i, _ in moves[c]] + [i for i in pop.surface if i >= 0]
    seen = [j for c in (*channels, *pop.sources) for _, j, _ in looks[c]]
    seen += [j for j in pop.cover if j >= 0]
    pattern[np.ix_(pushed, seen)] = True
    return symbolic(pattern, whole, terms((*net.double[:, 0], *net.general)))


def _mass_action(reaction: Reaction, place: Mapping[str, int]) -> list[int]:
    """Return the one or two components of plain mass action; empty for any other law.

    A square is one of those: below zero, where rounding leads, it would go on falling.
    """
    found = []
    for factor in reaction.factors:
        if not isinstance(factor, Power) or len(factor.pool) != 1 or factor.order != 1:
            return []
        ((name, weight),) = factor.pool.items()
        if weight != factor.scale:
            return []
        found.append(place[name])
    return found if len({*found}) == len(found) <= 2 else []


def _short(components: Sequence[list[int]], order: int) -> NDArray[np.int64]:
    """Return reaction and components of all mass action of an order."""
    rows = [(i, *parts) for i, parts in enumerate(components) if len(parts) == order]
    return np.array(rows, dtype=np.int64).reshape(len(rows), order + 1)


def flat_classes(mechanism: Mechanism, names: Sequence[str]) -> ClassArrays:
    """Return the populations of a mechanism as arrays; no classes when it has none.

    Args:
        mechanism: The mechanism.
        names: Its components, in their order.
    """
    populations = mechanism.populations
    units = populations[0].units if populations else np.zeros(0)
    place = {name: i for i, name in enumerate(names)}
    joins = [(i, one.growth(c)) for i, one in enumerate(populations) for c in one.attachment]
    leaves = [(i, one.growth(c)) for i, one in enumerate(populations) for c in one.detachment]
    groups: list[tuple[int, AbstractProfile]] = []
    for one in joins + leaves:
        if one not in groups:
            groups.append(one)
    first = len(mechanism.reactions) + len(mechanism.balances)
    rows, made = (len(groups), len(units)), _nuclei(mechanism)
    area = np.cbrt(units) ** 2
    beyond = 0.0  # what ligands cover is the surface that the smallest dot gains, and all others
    if any(one.surface for one in populations):
        beyond = float(np.cbrt(units[0] - 1.0)) ** 2
    alpha = np.array([profile(units) for _, profile in groups]).reshape(rows)
    below = np.array([profile(units - 1) for _, profile in groups]).reshape(rows)
    return ClassArrays(
        units=units,
        edge=area - np.cbrt(units - 1) ** 2,
        area=area - beyond,
        capillarity=np.array([float(one.capillarity) for one in populations]),
        sites=np.array([float(one.sites) for one in populations]),
        cover=_whole(place.get(one.cover, -1) for one in populations),
        surface=_whole(place.get(one.surface, -1) for one in populations),
        ladder=_whole(place for place, _ in groups),
        alpha=alpha,
        below=below,
        reach=_reach((alpha != 0.0) | (below != 0.0)),
        first=first,
        detaching=first + len(joins),
        channel=_whole(groups.index(one) for one in joins + leaves),
        sources=made.sources,
        nucleus=made.nucleus,
        lower=made.lower,
        share=made.share,
    )


def _reach(there: Mask) -> Indices:
    """Return the first true of every row and one beyond the last, zeros for none, shape (G, 2)."""
    groups, classes = there.shape
    if classes == 0:
        return np.zeros((groups, 2), dtype=np.int64)
    ends = np.stack((there.argmax(axis=1), classes - there[:, ::-1].argmax(axis=1)), axis=1)
    return ends * there.any(axis=1, keepdims=True)


class _Nuclei(NamedTuple):
    """The fields of :class:`ClassArrays` for reactions that make nuclei."""

    sources: NDArray[np.int64]
    nucleus: NDArray[np.int64]
    lower: NDArray[np.int64]
    share: NDArray[np.float64]


def _nuclei(mechanism: Mechanism) -> _Nuclei:
    ladders = len(mechanism.populations)
    names = [reaction.name for reaction in mechanism.reactions]
    sources: list[int] = []
    nucleus: list[int] = []
    lower: list[int] = []
    share: list[tuple[float, float]] = []
    for place, one in enumerate(mechanism.populations):
        sizes, before = sorted(set(one.nuclei.values())), len(lower)
        for size in sizes:
            row = min(math.floor(size), one.largest - 1) - one.smallest
            upper = size - one.smallest - row
            lower.append(row * ladders + place)
            share.append((1.0 - upper, upper))
        sources += [names.index(name) for name in one.nuclei]
        nucleus += [before + sizes.index(size) for size in one.nuclei.values()]
    shares = np.array(share, dtype=float).reshape(len(share), 2)
    return _Nuclei(_whole(sources), _whole(nucleus), _whole(lower), shares)


def _whole(numbers: Iterable[int]) -> NDArray[np.int64]:
    return np.array([*numbers], dtype=np.int64)


def conservation_laws(
    mechanism: Mechanism, stoichiometry: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sums that no reaction changes, from the left null space of the stoichiometry.

    Returns:
        Shape (laws, n + L), the last columns for units in dots of each ladder; each row scaled to a
        largest entry of 1. Components that nothing changes, or that are without mass, have no row.
    """
    made = [_units_made(mechanism, one) for one in mechanism.populations]
    matrix = np.vstack((stoichiometry, *made))
    inside = slice(len(mechanism.reactions), len(mechanism.reactions) + len(mechanism.balances))
    matrix[:, inside] = 0.0
    changing = np.flatnonzero(np.any(matrix != 0.0, axis=1))
    if changing.size == 0:
        return np.zeros((0, len(matrix)))
    _, singular, right = np.linalg.svd(matrix[changing].T, full_matrices=True)
    rank = int(np.sum(singular > NEGLIGIBLE * singular[0]))
    laws = np.zeros((changing.size - rank, len(matrix)))
    laws[:, changing] = _reduced(right[rank:].copy())
    return laws


def _units_made(mechanism: Mechanism, population: SizeClasses) -> NDArray[np.float64]:
    """Return the units that every reaction and channel adds to the dots of a ladder."""
    joins = dict.fromkeys((channel.name for channel in population.attachment), 1.0)
    leaves = dict.fromkeys((channel.name for channel in population.detachment), -1.0)
    made = {**population.nuclei, **joins, **leaves}
    return np.array([made.get(reaction.name, 0.0) for reaction in mechanism.all_reactions])


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
