"""Where the species of a mechanism stand in a drawing: in layers, from precursors to products.

Layers follow the longest chain of ways from the precursors; a way that closes a circle does not
count (Sugiyama, Tagawa and Toda 1981, IEEE Trans. Syst. Man Cybern. 11, 109). A way over several
layers keeps a place free in each of them, so that it runs beside the species and not through them.
In each layer, species are ordered by the mean place of their neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SWEEPS = 12  # over all layers, there and back

Pair = tuple[str, str]


@dataclass(frozen=True)
class Places:
    """A drawing.

    Args:
        layers: How many there are.
        widest: Places in the layer that has most.
        species: Layer, and place in it about the middle, of each.
        bends: For each way, the places that it runs through between its ends.
    """

    layers: int
    widest: int
    species: Mapping[str, tuple[float, float]]
    bends: Mapping[Pair, tuple[tuple[float, float], ...]]


def placed(names: Sequence[str], pairs: Sequence[Pair]) -> Places:
    """Return where species stand.

    Args:
        names: Of the species, precursors first.
        pairs: Ways from a species to another.
    """
    level = _levels(names, pairs)
    chains = {pair: _chain(pair, level) for pair in pairs}
    layers = _layers(level, chains)
    _order(layers, [*chains.values()])
    where = {
        name: (float(depth), place - 0.5 * (len(layer) - 1))
        for depth, layer in enumerate(layers)
        for place, name in enumerate(layer)
    }
    bends = {}
    for (start, end), chain in chains.items():
        inner = tuple(where[one] for one in chain[1:-1])
        bends[start, end] = inner if level[start] <= level[end] else inner[::-1]
    species = {name: where[name] for name in names}
    return Places(len(layers), max(map(len, layers), default=1), species, bends)


def _layers(level: Mapping[str, int], chains: Mapping[Pair, Sequence[str]]) -> list[list[str]]:
    """Return the species of each layer, and the places that ways run through."""
    layers: list[list[str]] = [[] for _ in range(max(level.values(), default=0) + 1)]
    for name, depth in level.items():
        layers[depth].append(name)
    for pair, chain in chains.items():
        for place, through in enumerate(chain[1:-1], min(level[one] for one in pair) + 1):
            layers[place].append(through)
    return layers


def _levels(names: Sequence[str], pairs: Sequence[Pair]) -> dict[str, int]:
    """Return the layer of each species: the longest chain that leads to it."""
    forward: dict[str, list[str]] = {name: [] for name in names}
    for start, end in pairs:
        if not _leads(forward, end, start):  # else it closes a circle
            forward[start].append(end)
    level = dict.fromkeys(names, 0)
    for _ in names:
        for start, ends in forward.items():
            for end in ends:
                level[end] = max(level[end], level[start] + 1)
    return level


def _leads(forward: Mapping[str, Sequence[str]], start: str, end: str) -> bool:
    """Say whether ways lead from a species to another."""
    seen, left = set(), [start]
    while left:
        name = left.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            left += forward[name]
    return False


def _chain(pair: Pair, level: Mapping[str, int]) -> list[str]:
    """Return the places of a way from its upper to its lower end, those between with new names."""
    upper, lower = sorted(pair, key=lambda name: level[name])
    inner = range(level[upper] + 1, level[lower])
    return [upper, *(f"{pair[0]}\n{pair[1]}\n{depth}" for depth in inner), lower]


def _order(layers: list[list[str]], chains: Sequence[Sequence[str]]) -> None:
    """Order the places of every layer by the mean of their neighbours."""
    beside: dict[str, set[str]] = {name: set() for layer in layers for name in layer}
    for chain in chains:
        for before, after in pairwise(chain):
            beside[before].add(after)
            beside[after].add(before)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        order = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
        for depth in order:
            other = layers[depth - 1 if down else depth + 1]
            middle = 0.5 * (len(other) - 1)
            place = {name: i - middle for i, name in enumerate(other)}
            means = {name: _mean(beside[name], place) for name in layers[depth]}
            layers[depth].sort(key=means.__getitem__)


def _mean(names: set[str], place: Mapping[str, float]) -> float:
    known = [place[name] for name in sorted(names) if name in place]
    return sum(known) / len(known) if known else 0.0
