"""What a stretch asks of the integrator, and the memory it works in; kernels allocate nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prenuc.simulation.kernels.classes import Factored
from prenuc.simulation.kernels.laws import ledger
from prenuc.simulation.kernels.tableau import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.laws import Ledger
    from prenuc.simulation.kernels.rates import RateArrays
    from prenuc.simulation.kernels.sparse import SparseArrays

LINE = 8  # numbers in a cache line


class Setting(NamedTuple):
    """What a stretch asks of the integrator.

    Args:
        times: To report, ascending, above 0, in s, shape (m,).
        begin: Temperature at time 0 in K.
        end: Temperature at the last time in K.
        relative: Relative tolerance.
        absolute: Absolute tolerance of each component in mol/m³, shape (n,).
        absolute_units: The same of units in dots.
        laws: Conserved sums over components and, last, units in dots, shape (laws, n + 1).
        watch: Stop when Σ watch·x falls to ``level``; all zero for never, shape (n,).
        level: See above, in mol/m³.
        steady: Stop when as long a time again at the pace would change no component by more than
            this share; 0 for never.
        most_steps: Give up after so many.
    """

    times: NDArray[np.float64]
    begin: float
    end: float
    relative: float
    absolute: NDArray[np.float64]
    absolute_units: float
    laws: NDArray[np.float64]
    watch: NDArray[np.float64]
    level: float
    steady: float
    most_steps: int


class Work(NamedTuple):
    """Arrays that a stretch writes to; n components, R reactions, F factors, N classes.

    ``rows`` are G, ``sources`` v, ``columns`` z, ``raw`` the y of every stage and ``share`` its
    G u_x, in the symbols of ``classes.py``; ``change`` is F(y), ``delta`` Δ, ``unit`` (1, B),
    ``whole`` (W⁻¹, W⁻¹B) and ``known`` what it is multiplied with, in those of ``differences.py``.
    """

    k: NDArray[np.float64]
    r: NDArray[np.float64]
    pace: NDArray[np.float64]
    s: NDArray[np.float64]
    matrix: NDArray[np.float64]
    schur: NDArray[np.float64]
    inverse: NDArray[np.float64]
    rows: NDArray[np.float64]
    sources: NDArray[np.float64]
    columns: NDArray[np.float64]
    up: NDArray[np.float64]
    down: NDArray[np.float64]
    row: NDArray[np.float64]
    u: NDArray[np.float64]
    raw: NDArray[np.float64]
    share: NDArray[np.float64]
    weights: NDArray[np.float64]
    others: NDArray[np.float64]
    x: NDArray[np.float64]
    x1: NDArray[np.float64]
    right: NDArray[np.float64]
    drift: NDArray[np.float64]
    change: NDArray[np.float64]
    delta: NDArray[np.float64]
    known: NDArray[np.float64]
    unit: NDArray[np.float64]
    whole: NDArray[np.float64]
    f: NDArray[np.float64]
    f1: NDArray[np.float64]
    flow: NDArray[np.float64]
    ramp: NDArray[np.float64]
    beta: NDArray[np.float64]
    other: NDArray[np.float64]
    t: Factored


def workspace(net: RateArrays, pop: ClassArrays, plan: SparseArrays) -> Work:
    """Return the arrays of a stretch; kernels allocate nothing.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
    """
    n, reactions, factors = len(plan.pivots), len(net.constant), len(net.kind)
    classes, c = len(pop.units), 2 + len(pop.lower)
    unit = np.hstack((np.eye(n), stoichiometry(net, n, (*net.double[:, 0], *net.general))))
    shapes: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("k", "r", "pace"), (reactions,)),
        **dict.fromkeys(("inverse", "up", "down", "x", "x1", "right", "drift"), (n,)),
        **dict.fromkeys(("change", "delta"), (n,)),
        "known": unit.shape[1:],
        **dict.fromkeys(("unit", "whole"), unit.shape),
        **dict.fromkeys(("f", "f1", "flow", "ramp", "beta", "other"), (classes,)),
        **dict.fromkeys(("sources", "columns"), (c, classes)),
        "s": (factors,),
        **dict.fromkeys(("matrix", "schur"), (plan.size,)),
        "rows": (c, n),
        "row": (STAGES,),
        "u": (STAGES, n),
        "raw": (STAGES, classes),
        "share": (STAGES, c),
        **dict.fromkeys(("weights", "others"), (c,)),
    }
    t = Factored(np.zeros(classes), np.zeros(classes), np.zeros(classes))
    work = carved(shapes)
    work["unit"][:] = unit
    return Work(t=t, **work)


def carved(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, NDArray[np.float64]]:
    """Return zeros of many shapes from one block, each at the beginning of a cache line.

    Where ``numpy`` puts small arrays changes from process to process, and with it how often a
    vector instruction needs two lines.
    """
    sizes = [-(-int(np.prod(shape)) // LINE) * LINE for shape in shapes.values()]
    block = np.zeros(sum(sizes) + LINE)
    start = -(block.ctypes.data // block.itemsize) % LINE
    ends = start + np.cumsum(sizes)
    return {
        name: block[end - size :][: int(np.prod(shape))].reshape(shape)
        for (name, shape), size, end in zip(shapes.items(), sizes, ends, strict=True)
    }


def stoichiometry(net: RateArrays, n: int, reactions: Sequence[int]) -> NDArray[np.float64]:
    """Return what some reactions do to n components, shape (n, reactions).

    Args:
        net: The network, a :class:`RateArrays`.
        n: How many components.
        reactions: Which reactions.
    """
    numbers = np.zeros((n, len(reactions)))
    for column, i in enumerate(reactions):
        here = slice(net.changes[i], net.changes[i + 1])
        numbers[net.changed[here], column] = net.number[here]
    return numbers


class Room(threading.local):
    """The arrays of the last mechanism that a thread has run, for its next run."""

    plan: SparseArrays | None = None
    work: Work
    books: Ledger

    def of(
        self, net: RateArrays, pop: ClassArrays, plan: SparseArrays, laws: NDArray[np.float64]
    ) -> tuple[Work, Ledger]:
        """Return room to work in; no kernel reads what an earlier run has left there.

        Args:
            net: The network, a :class:`RateArrays`.
            pop: The size classes, a :class:`ClassArrays`.
            plan: How the network's part is eliminated, a :class:`SparseArrays`.
            laws: Conserved sums, shape (laws, n + 1).
        """
        if self.plan is not plan:
            self.plan, self.work, self.books = plan, workspace(net, pop, plan), ledger(laws)
        return self.work, self.books


ROOM = Room()
