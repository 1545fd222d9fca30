r"""A network as the flat arrays that the engine reads.

.. math:: r_ρ = k_ρ(T) \prod_f g_f(x_f), \quad x_f = \sum_j w_{fj} c_j              \qquad (1)

   s_f = k_ρ g'_f \prod_{h \ne f} g_h, \quad \frac{∂r_ρ}{∂c_j} = \sum_f s_f w_{fj}   \qquad (2)

Scales are folded into the weights of a pool when a mechanism is compiled, so that each kind of
factor is a function of one number (``mechanism/reaction.py`` has them in chemical terms):
linear x, power x^p, saturation x/(1+x), binding (1+x)^p, excess max(x − p, 0), barrier
exp(−B/ln^p x). Concentrations are mol/m³, times s, temperatures K.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LINEAR, POWER, SATURATION, BINDING, EXCESS, BARRIER = range(6)


class RateArrays(NamedTuple):
    """A network as flat arrays: reactions ρ have factors f, factors have pools, all contiguous.

    Args:
        constant: ln k at the anchor, shape (reactions,); −inf for a constant of zero.
        energy: Ea/R in K, shape (reactions,).
        anchor: 1/T_at in 1/K, shape (reactions,).
        factors: Where the factors of each reaction begin, shape (reactions + 1,).
        kind: One of the six kinds, shape (factors,).
        order: p of each factor, shape (factors,).
        barrier: B of each barrier, shape (factors,).
        largest: Largest nucleus of each barrier, shape (factors,).
        pools: Where the pool of each factor begins, shape (factors + 1,).
        member: Components of all pools.
        weight: Their weights over the factor's scale.
        changes: Where the stoichiometry of each reaction begins, shape (reactions + 1,).
        changed: Components of all stoichiometries.
        number: Their stoichiometric numbers.
        single: Reaction and component of every r = k x, shape (reactions of that kind, 2).
        double: Reaction and both components of every r = k x y, shape (reactions of that kind, 3).
        general: All other reactions.
        rows: Where the moves that change each component begin, shape (n + 1,); those of
            :class:`Ways` from here on.
        maker: These moves.
        made: Their stoichiometric numbers.
        moves: Where the reactions of each move begin, shape (M + 1,).
        moving: These reactions.
        sign: Of each, 1 or −1.
        way: Way of every channel.
        ways: Group and move of every way, shape (W, 2).
        toward: The sign of what joins dots on each way, shape (W,).
        enters: The way on which nuclei of each source begin, or −1.
        mass: 1 for a component that has a time of its own, 0 for one whose row is an equation,
            shape (n,).
        settled: The latter, ascending.
    """

    constant: NDArray[np.float64]
    energy: NDArray[np.float64]
    anchor: NDArray[np.float64]
    factors: NDArray[np.int64]
    kind: NDArray[np.int64]
    order: NDArray[np.float64]
    barrier: NDArray[np.float64]
    largest: NDArray[np.float64]
    pools: NDArray[np.int64]
    member: NDArray[np.int64]
    weight: NDArray[np.float64]
    changes: NDArray[np.int64]
    changed: NDArray[np.int64]
    number: NDArray[np.float64]
    single: NDArray[np.int64]
    double: NDArray[np.int64]
    general: NDArray[np.int64]
    rows: NDArray[np.int64]
    maker: NDArray[np.int64]
    made: NDArray[np.float64]
    moves: NDArray[np.int64]
    moving: NDArray[np.int64]
    sign: NDArray[np.float64]
    way: NDArray[np.int64]
    ways: NDArray[np.int64]
    toward: NDArray[np.float64]
    enters: NDArray[np.int64]
    mass: NDArray[np.float64]
    settled: NDArray[np.int64]
