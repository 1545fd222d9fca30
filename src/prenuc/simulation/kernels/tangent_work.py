"""The memory that tangents are computed in; kernels allocate nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from prenuc.simulation.kernels.tableau import STAGES
from prenuc.simulation.kernels.work import carved

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.rates import RateArrays
    from prenuc.simulation.kernels.seeds import Seeds
    from prenuc.simulation.kernels.sparse import SparseArrays


class FlatTangents(NamedTuple):
    """The same memory as arrays of :class:`TangentWork`, components and parameters on one axis."""

    dx: NDArray[np.float64]
    df: NDArray[np.float64]
    stage_x: NDArray[np.float64]
    stage_f: NDArray[np.float64]
    ux: NDArray[np.float64]
    uf: NDArray[np.float64]
    right: NDArray[np.float64]
    right_f: NDArray[np.float64]
    drift: NDArray[np.float64]
    base: NDArray[np.float64]


class TangentWork(NamedTuple):
    """Arrays that the tangents are computed in; P is the last axis of those that have it.

    ``dx`` and ``df`` are the tangents themselves; ``stage_x`` and ``stage_f`` those of Y_i,
    ``ux`` and ``uf`` of u_i, ``dr`` of rates, ``bent`` of derivatives of rates along u.
    ``straight`` and ``curved`` are F_y(Y_i) and ∂(D N r[u])/∂y of the network, ``base`` is J δy;
    ``moves`` are δ ln k, ``here`` and ``further`` the ∂r/∂p and ∂(D r[u])/∂p of all entries of
    ``seeds.py``. At the step's start r0, k0 and s0 are rates, constants and slopes; ``along`` is
    D r[u], ``bend`` its derivatives in the pools, ``risen`` s − s0, ``leaving`` ∂β/∂Γ.
    """

    dx: NDArray[np.float64]
    df: NDArray[np.float64]
    stage_x: NDArray[np.float64]
    stage_f: NDArray[np.float64]
    ux: NDArray[np.float64]
    uf: NDArray[np.float64]
    right: NDArray[np.float64]
    right_f: NDArray[np.float64]
    drift: NDArray[np.float64]
    base: NDArray[np.float64]
    ramp: NDArray[np.float64]
    dr0: NDArray[np.float64]
    dr: NDArray[np.float64]
    bent: NDArray[np.float64]
    up: NDArray[np.float64]
    down: NDArray[np.float64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    share: NDArray[np.float64]
    r0: NDArray[np.float64]
    k0: NDArray[np.float64]
    s0: NDArray[np.float64]
    along: NDArray[np.float64]
    bend: NDArray[np.float64]
    risen: NDArray[np.float64]
    g: NDArray[np.float64]
    dg: NDArray[np.float64]
    ddg: NDArray[np.float64]
    pools: NDArray[np.float64]
    straight: NDArray[np.float64]
    curved: NDArray[np.float64]
    moves: NDArray[np.float64]
    stage_moves: NDArray[np.float64]
    here: NDArray[np.float64]
    further: NDArray[np.float64]
    leaving: NDArray[np.float64]
    stage_leaving: NDArray[np.float64]
    warmed: NDArray[np.float64]
    u_f: NDArray[np.float64]
    flat: FlatTangents


def tangent_work(
    net: RateArrays, pop: ClassArrays, plan: SparseArrays, seeds: Seeds
) -> TangentWork:
    """Return the arrays of a stretch; kernels allocate nothing.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
    """
    n, reactions, factors = len(plan.pivots), len(net.constant), len(net.kind)
    classes, count = len(pop.units), len(seeds.capillarity)
    shapes: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("dx", "stage_x", "right", "drift", "base"), (n, count)),
        **dict.fromkeys(("df", "stage_f", "right_f", "ramp"), (classes, count)),
        "ux": (STAGES, n, count),
        "uf": (STAGES, classes, count),
        **dict.fromkeys(("dr0", "dr", "bent"), (reactions, count)),
        **dict.fromkeys(("up", "down", "a", "b", "share"), (count,)),
        **dict.fromkeys(("r0", "k0", "along"), (reactions,)),
        **dict.fromkeys(("s0", "bend", "risen", "g", "dg", "ddg", "pools"), (factors,)),
        **dict.fromkeys(("straight", "curved"), (plan.size,)),
        **dict.fromkeys(("moves", "stage_moves", "here", "further"), seeds.reaction.shape),
        **dict.fromkeys(("leaving", "stage_leaving", "warmed", "u_f"), (classes,)),
    }
    arrays = carved(shapes)
    flat = {name: arrays[name].reshape(-1) for name in FlatTangents._fields if name[0] != "u"}
    stages = {name: arrays[name].reshape(STAGES, -1) for name in ("ux", "uf")}
    return TangentWork(**arrays, flat=FlatTangents(**flat, **stages))


class TangentRoom(threading.local):
    """The arrays of the parameters that a thread has followed last, for its next run."""

    plan: SparseArrays | None = None
    seeds: Seeds | None = None
    work: TangentWork

    def of(
        self, net: RateArrays, pop: ClassArrays, plan: SparseArrays, seeds: Seeds
    ) -> TangentWork:
        """Return room to work in; but ``dx`` and ``df``, no kernel reads what is left there.

        Args:
            net: The network, a :class:`RateArrays`.
            pop: The size classes, a :class:`ClassArrays`.
            plan: How the network's part is eliminated, a :class:`SparseArrays`.
            seeds: What parameters do to rates, a :class:`Seeds`.
        """
        if self.seeds is not seeds or self.plan is not plan:
            self.plan, self.seeds = plan, seeds
            self.work = tangent_work(net, pop, plan, seeds)
        return self.work


TANGENT_ROOM = TangentRoom()


class Followed(NamedTuple):
    """Tangents along an integration.

    Args:
        seeds: What the parameters do.
        work: ``dx`` and ``df`` hold the tangents at time 0 and are left at those of the end.
        out_x: Receives the tangents of components at the times, shape (m, n, P).
        out_f: Receives those of classes, shape (m, N, P); shape (m, 0, P) to leave them out.
    """

    seeds: Seeds
    work: TangentWork
    out_x: NDArray[np.float64]
    out_f: NDArray[np.float64]
