"""What parameters do to the rates of a network, and what a rate does to components.

A parameter may be part of a rate constant, of a factor, of a stoichiometric number, of the size of
a nucleus or of Γ. Few of them touch any one reaction, so they are lists: entry q says which
parameter moves which reaction, and how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prenuc.simulation.kernels.compiled import part
from prenuc.simulation.kernels.dense import add
from prenuc.simulation.kernels.factors import in_barrier, in_order, product
from prenuc.simulation.kernels.rates import pooled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONSTANT = -1  # in place of a factor: the entry moves the rate constant


class Seeds(NamedTuple):
    """What each of P parameters does to the arrays of a mechanism; entries q and numbers m.

    Args:
        reaction: That an entry moves, shape (q,).
        factor: Of that reaction, or :data:`CONSTANT`, shape (q,).
        parameter: That moves it, shape (q,).
        constant: To ln k, shape (q,).
        energy: To Ea/R in K, likewise.
        anchor: To 1/T_at in 1/K, likewise.
        scale: To the logarithm of the factor's pool, likewise.
        order: To p of the factor, likewise.
        barrier: To B of the factor, likewise.
        pushed: Where what an entry does to the rate of a reaction, not of a channel, arrives among
            components × parameters, shape (pushes,).
        pushing: That entry, likewise.
        push: By its stoichiometric number, likewise.
        number: Place of a stoichiometric number that moves, shape (m,).
        number_reaction: Its reaction, likewise.
        number_parameter: The parameter that moves it, likewise.
        number_value: By how much, likewise.
        share: To the dots that a nucleus adds to its two classes, shape (groups, 2, P).
        capillarity: To Γ in K, shape (P,).
    """

    reaction: NDArray[np.int64]
    factor: NDArray[np.int64]
    parameter: NDArray[np.int64]
    constant: NDArray[np.float64]
    energy: NDArray[np.float64]
    anchor: NDArray[np.float64]
    scale: NDArray[np.float64]
    order: NDArray[np.float64]
    barrier: NDArray[np.float64]
    pushed: NDArray[np.int64]
    pushing: NDArray[np.int64]
    push: NDArray[np.float64]
    number: NDArray[np.int64]
    number_reaction: NDArray[np.int64]
    number_parameter: NDArray[np.int64]
    number_value: NDArray[np.float64]
    share: NDArray[np.float64]
    capillarity: NDArray[np.float64]


@part
def constant_moves(net, seeds, temperature, out):
    """Set δ ln k of every entry.

    Args:
        net: The network, a :class:`RateArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        temperature: In K.
        out: Receives it, shape (q,).
    """
    for q in range(out.size):
        i = seeds.reaction[q]
        moved = seeds.constant[q] - seeds.energy[q] * (1.0 / temperature - net.anchor[i])
        out[q] = moved + net.energy[i] * seeds.anchor[q]


@part
def moved_rates(net, seeds, moves, x, k, r, s, out):
    """Set ∂r/∂p of every entry; ``moves`` are δ ln k.

    Args:
        net: The network, a :class:`RateArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        moves: δ ln k of every entry, shape (q,).
        x: Components in mol/m³, shape (n,).
        k: Rate constants, shape (R,).
        r: Rates in mol/(m³ s), shape (R,).
        s: Slopes of all factors, shape (F,).
        out: Receives it, shape (q,).
    """
    for q in range(out.size):
        i, f = seeds.reaction[q], seeds.factor[q]
        if f == CONSTANT:
            out[q] = r[i] * moves[q]
            continue
        here, others = pooled(net, f, x), k[i]
        for h in range(net.factors[i], net.factors[i + 1]):
            if h != f:
                others *= product(net, h, x)
        by_order, by_barrier = in_order(net, f, here)[0], in_barrier(net, f, here)[0]
        shaped = by_order * seeds.order[q] + by_barrier * seeds.barrier[q]
        out[q] = s[f] * here * seeds.scale[q] + others * shaped


@part
def add_entries(seeds, values, out):
    """Add the values of all entries to rows of rates, shape (reactions, P).

    Args:
        seeds: What parameters do to rates, a :class:`Seeds`.
        values: One for every entry, shape (q,).
        out: Rows of rates, shape (R, P).
    """
    for q in range(values.size):
        out[seeds.reaction[q], seeds.parameter[q]] += values[q]


@part
def push_entries(net, pop, seeds, here, further, r, along, out):
    """Add N (∂r/∂p + ∂(D r[u])/∂p) + ∂N/∂p (r + D r[u]) of the network, without channels.

    ``out`` has components and parameters on one axis.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        here: ∂r/∂p of every entry, shape (q,).
        further: ∂(D r[u])/∂p of every entry, shape (q,).
        r: Rates in mol/(m³ s), shape (R,).
        along: D r[u], shape (R,).
        out: What it is added to, components and parameters on one axis, shape (n P,).
    """
    for m in range(seeds.pushed.size):
        q = seeds.pushing[m]
        out[seeds.pushed[m]] += seeds.push[m] * (here[q] + further[q])
    for m in range(seeds.number.size):
        i, changed = seeds.number_reaction[m], net.changed[seeds.number[m]]
        if i < pop.first:
            at = changed * seeds.capillarity.size + seeds.number_parameter[m]
            out[at] += seeds.number_value[m] * (r[i] + along[i])


@part
def gradient_rows(net, s, dx, out):
    """Add ∂r/∂c δc of all reactions, whose slopes are s.

    Args:
        net: The network, a :class:`RateArrays`.
        s: Slopes of all factors, shape (F,).
        dx: δc, shape (n, P).
        out: Rows of rates, shape (R, P).
    """
    for i in range(out.shape[0]):
        for f in range(net.factors[i], net.factors[i + 1]):
            for m in range(net.pools[f], net.pools[f + 1]):
                add(s[f] * net.weight[m], dx[net.member[m]], out[i])


@part
def made(net, seeds, first, last, r, dr, scale, out):
    """Add scale · δ(N r) of the reactions first … last − 1.

    Args:
        net: The network, a :class:`RateArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        first: The first of them.
        last: The one after the last.
        r: Rates in mol/(m³ s), shape (R,).
        dr: Their tangents, shape (R, P).
        scale: What it is multiplied with.
        out: What it is added to, shape (n, P).
    """
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            add(scale * net.number[m], dr[i], out[net.changed[m]])
    for q in range(seeds.number.size):
        i, m = seeds.number_reaction[q], seeds.number[q]
        if first <= i < last:
            moved = scale * r[i] * seeds.number_value[q]
            out[net.changed[m], seeds.number_parameter[q]] += moved
