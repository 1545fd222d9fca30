"""Which reactions are one move: they change the same in the same proportion, or undo it.

Near equilibrium both ways of a step nearly cancel. The engine adds up first what goes both ways
along a move, and applies the stoichiometry to what is left, so that rounding moves nothing that the
reactions themselves do not move (``native/network.hpp``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prenuc.simulation.kernels.classes import ClassArrays


class Ways(NamedTuple):
    """M moves of components, and the W ways on which channels of dots make them.

    A way is a move by channels that grow alike with size.

    Args:
        columns: What a move changes, shape (n, M).
        moves: Where the reactions of each move begin, shape (M + 1,); without channels and nuclei
            that enter a way.
        moving: These reactions.
        sign: 1 for those that go as the column says, −1 for those that undo it.
        way: Way of every channel, shape (channels,).
        ways: Group and move of every way, shape (W, 2).
        toward: The sign of what joins dots on each way, shape (W,).
        enters: The way on which nuclei of each source begin, whose channels undo them; −1 for
            none, shape (sources,).
    """

    columns: NDArray[np.float64]
    moves: NDArray[np.int64]
    moving: NDArray[np.int64]
    sign: NDArray[np.float64]
    way: NDArray[np.int64]
    ways: NDArray[np.int64]
    toward: NDArray[np.float64]
    enters: NDArray[np.int64]

    def sides(self) -> dict[str, Any]:
        """Return all but the columns, by name, as :class:`RateArrays` has them."""
        return {name: array for name, array in self._asdict().items() if name != "columns"}


def ways_of(stoichiometry: NDArray[np.float64], classes: ClassArrays) -> Ways:
    """Return the moves of a network and the ways of its dots.

    Args:
        stoichiometry: N of reactions and channels, shape (n, reactions).
        classes: The size classes.
    """
    known: dict[tuple[float, ...], int] = {}
    signed = [_signed(column, known) for column in stoichiometry.T]
    found: dict[tuple[int, int], float] = {}
    for i, group in enumerate(classes.channel, start=classes.first):
        move, sign = signed[i]
        found.setdefault((int(group), move), sign if i < classes.detaching else -sign)
    places = {key: place for place, key in enumerate(found)}
    enters = [
        _entered(stoichiometry[:, reaction], classes, int(nucleus), known, found)
        for reaction, nucleus in zip(classes.sources, classes.nucleus, strict=True)
    ]
    beyond = {int(r) for r, way in zip(classes.sources, enters, strict=True) if way >= 0}
    inside = [i for i in range(classes.first) if i not in beyond]
    inside.sort(key=lambda i: signed[i][0])
    counts = np.bincount([signed[i][0] for i in inside], minlength=len(known))
    channels = enumerate(classes.channel, start=classes.first)
    return Ways(
        columns=np.array([*known]).reshape(len(known), len(stoichiometry)).T,
        moves=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        moving=np.array(inside, dtype=np.int64),
        sign=np.array([signed[i][1] for i in inside], dtype=float),
        way=np.array([places[int(g), signed[i][0]] for i, g in channels], dtype=np.int64),
        ways=np.array([*found], dtype=np.int64).reshape(len(found), 2),
        toward=np.array([*found.values()], dtype=float),
        enters=np.array(enters, dtype=np.int64),
    )


def _signed(column: NDArray[np.float64], known: dict[tuple[float, ...], int]) -> tuple[int, float]:
    """Return the move of a column and its sign, and remember a new one."""
    there, back = tuple((column + 0.0).tolist()), tuple((0.0 - column).tolist())
    if back in known and there not in known:
        return known[back], -1.0
    return known.setdefault(there, len(known)), 1.0


def _entered(
    column: NDArray[np.float64],
    classes: ClassArrays,
    nucleus: int,
    known: Mapping[tuple[float, ...], int],
    ways: Mapping[tuple[int, int], float],
) -> int:
    """Return the way whose channels take the nuclei of a source apart again, −1 for none."""
    ladder = int(classes.lower[nucleus])
    if ladder >= len(classes.capillarity) or classes.share[nucleus].tolist() != [1.0, 0.0]:
        return -1
    made = column / classes.units[0]
    moves = {known.get(tuple((s * made + 0.0).tolist())): s for s in (1.0, -1.0)}
    for place, ((group, move), toward) in enumerate(ways.items()):
        falls_apart = classes.ladder[group] == ladder and classes.below[group, 0] > 0.0
        if falls_apart and moves.get(move) == toward:
            return place
    return -1
