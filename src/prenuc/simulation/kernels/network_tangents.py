"""What a network adds to the tangents of a stage, equations (1) to (3) of ``tangents.py``."""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part, woven
from prenuc.simulation.kernels.elimination import assemble_both
from prenuc.simulation.kernels.factors import in_barrier, in_order
from prenuc.simulation.kernels.rates import pooled
from prenuc.simulation.kernels.seeds import CONSTANT, moved_rates, push_entries


@part
def bend_along(net, x, u, w):
    """Set D r[u] of all reactions and its derivatives in all pools, equation (2), at x.

    Args:
        net: The network, a :class:`RateArrays`.
        x: Components in mol/m³, shape (n,).
        u: A stage, shape (n,).
        w: Room for the tangents, a :class:`TangentWork`.
    """
    for m in range(net.single.shape[0]):
        i, j = net.single[m]
        w.along[i] = w.k0[i] * u[j]
    for m in range(net.double.shape[0]):
        i, one, other = net.double[m]
        first, last = net.factors[i], net.factors[i + 1] - 1
        w.along[i] = w.k0[i] * (u[one] * x[other] + x[one] * u[other])
        w.bend[first] = w.k0[i] * u[other]
        w.bend[last] = w.k0[i] * u[one] if first != last else 2.0 * w.k0[i] * u[one]
    for i in net.general:
        first, last = net.factors[i], net.factors[i + 1]
        w.along[i] = 0.0
        for e in range(first, last):
            w.along[i] += w.s0[e] * pooled(net, e, u)
            w.bend[e] = 0.0
            for f in range(first, last):
                turn = w.ddg[e] if e == f else w.dg[e] * w.dg[f]
                w.bend[e] += others_along(net, i, e, f, u, w) * turn


@part
def others_along(net, i, e, f, u, w):
    """Return k x_f(u) times all factors of a reaction but e and f, at the step's start.

    Args:
        net: The network, a :class:`RateArrays`.
        i: Which reaction.
        e: Which factor is left out.
        f: Which factor is taken along u.
        u: A stage, shape (n,).
        w: Room for the tangents, a :class:`TangentWork`.
    """
    others = w.k0[i] * pooled(net, f, u)
    for h in range(net.factors[i], net.factors[i + 1]):
        if h not in (e, f):
            others *= w.g[h]
    return others


@part
def moved_along(net, seeds, u, w):
    """Set ∂(D r[u])/∂p of every entry, at the step's start.

    Args:
        net: The network, a :class:`RateArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        u: A stage, shape (n,).
        w: Room for the tangents, a :class:`TangentWork`.
    """
    for q in range(w.further.size):
        i, e = seeds.reaction[q], seeds.factor[q]
        if e == CONSTANT:
            w.further[q] = w.along[i] * w.moves[q]
            continue
        scaled = w.s0[e] * pooled(net, e, u) + w.bend[e] * w.pools[e]
        w.further[q] = scaled * seeds.scale[q]
        value, turn = in_order(net, e, w.pools[e])
        other_value, other_turn = in_barrier(net, e, w.pools[e])
        value = value * seeds.order[q] + other_value * seeds.barrier[q]
        turn = turn * seeds.order[q] + other_turn * seeds.barrier[q]
        for f in range(net.factors[i], net.factors[i + 1]):
            moved = turn if e == f else value * w.dg[f]
            w.further[q] += others_along(net, i, e, f, u, w) * moved


@part
def add_matrices(pattern, w):
    """Add ``straight`` δY_i + ``curved`` δy, row by row."""
    x, y, straight, curved = w.dx, w.stage_x, w.straight, w.curved
    for i in range(w.right.shape[0]):
        row, m, last = w.right[i], pattern.row[i], pattern.row[i + 1]
        while m + 1 < last:
            a, b, c, d = straight[m], straight[m + 1], curved[m], curved[m + 1]
            one, two = y[pattern.column[m]], y[pattern.column[m + 1]]
            three, four = x[pattern.column[m]], x[pattern.column[m + 1]]
            for p in range(row.size):
                row[p] += a * one[p] + b * two[p] + c * three[p] + d * four[p]
            m += 2
        if m < last:
            a, c, one, three = straight[m], curved[m], y[pattern.column[m]], x[pattern.column[m]]
            for p in range(row.size):
                row[p] += a * one[p] + c * three[p]


@woven
def network_tangents(net, pop, pattern, seeds, x, s, stage, w, v):
    """Add what the network does to (1), or to (3) for slopes s less those of the step's start.

    Rates and slopes of v are those of Y_i.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        pattern: Where the matrix has entries, and of which slopes they are made.
        seeds: What parameters do to rates, a :class:`Seeds`.
        x: Components in mol/m³, shape (n,).
        s: Slopes of all factors, shape (F,).
        stage: Which of the eight stages.
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
    u = v.u[stage]
    bend_along(net, x, u, w)
    assemble_both(pattern, s, w.bend, w.straight, w.curved)
    add_matrices(pattern, w)
    moved_rates(net, seeds, w.stage_moves, v.x, v.k, v.r, v.s, w.here)
    moved_along(net, seeds, u, w)
    push_entries(net, pop, seeds, w.here, w.further, v.r, w.along, w.flat.right)
