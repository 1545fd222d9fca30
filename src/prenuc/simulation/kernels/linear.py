"""The right-hand side of a network with its size classes, and the linear systems of a step.

The systems are equations (3) to (5) of ``classes.py``.
"""

from __future__ import annotations

from prenuc.simulation.kernels.classes import factorise, flows, substitute
from prenuc.simulation.kernels.compiled import part, woven
from prenuc.simulation.kernels.dense import clear, copy
from prenuc.simulation.kernels.elimination import assemble, back_substitute, eliminate
from prenuc.simulation.kernels.rates import change, gradient, network_change, slopes
from prenuc.simulation.kernels.tableau import GAMMA


@part
def right_side(net, pop, window, r, beta, f, out_x, out_f):
    """Set dx/dt and add df/dt for given rates, equations (1) and (2) of ``classes.py``.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        window: How many classes take part.
        r: Rates in mol/(m³ s), shape (R,).
        beta: β of every class, shape (N,).
        f: Dots of every class in mol/m³, shape (N,).
        out_x: Receives dx/dt, shape (n,).
        out_f: What df/dt is added to, shape (N,).
    """
    network_change(net, r, out_x)
    if window == 0:
        return
    a = b = 0.0
    for i in range(pop.first, r.size):
        if i < pop.detaching:
            a += r[i]
        else:
            b += r[i]
    up, down = flows(pop, window, a, b, beta, f, out_f)
    change(net, pop.first, pop.detaching, r, up, out_x)
    change(net, pop.detaching, r.size, r, down, out_x)
    for i in range(pop.sources.size):
        group = pop.group[i]
        place = pop.lower[group]
        out_f[place] += pop.share[group, 0] * r[pop.sources[i]]
        out_f[place + 1] += pop.share[group, 1] * r[pop.sources[i]]


@part
def channels_jacobian(net, plan, first, last, s, scale, values):
    """Add scale · ∂(N r)/∂x of the channels first … last − 1.

    Args:
        net: The network, a :class:`RateArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        first: The first channel.
        last: The one after the last.
        s: Slopes of all factors, shape (F,).
        scale: What it is multiplied with.
        values: What it is added to, shape (entries,).
    """
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            row, number = net.changed[m], scale * net.number[m]
            for f in range(net.factors[i], net.factors[i + 1]):
                for p in range(net.pools[f], net.pools[f + 1]):
                    values[plan.place[row, net.member[p]]] += number * s[f] * net.weight[p]


@part
def linearise(net, pop, plan, window, x, f, w):
    """Set slopes, J of the network, the rows G, p, q and the columns v; return A and B.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        w: Room to work in, a :class:`Work`.
    """
    slopes(net, x, w.k, w.r, w.s)
    assemble(plan.network, w.s, w.matrix)
    if window == 0:
        return 0.0, 0.0
    clear(window, w.sources[0])
    clear(window, w.sources[1])
    up = flows(pop, window, 1.0, 0.0, w.beta, f, w.sources[0])[0]
    down = flows(pop, window, 0.0, 1.0, w.beta, f, w.sources[1])[1]
    channels_jacobian(net, plan, pop.first, pop.detaching, w.s, up, w.matrix)
    channels_jacobian(net, plan, pop.detaching, w.r.size, w.s, down, w.matrix)
    w.rows[:] = 0.0
    w.up[:] = 0.0
    w.down[:] = 0.0
    a = b = 0.0
    for i in range(pop.first, pop.detaching):
        a += w.r[i]
        gradient(net, i, w.s, 1.0, w.rows[0])
    for i in range(pop.detaching, w.r.size):
        b += w.r[i]
        gradient(net, i, w.s, 1.0, w.rows[1])
    change(net, pop.first, pop.detaching, w.r, 1.0, w.up)
    change(net, pop.detaching, w.r.size, w.r, 1.0, w.down)
    for i in range(pop.sources.size):
        gradient(net, pop.sources[i], w.s, 1.0, w.rows[2 + pop.group[i]])
    return a, b


@part
def still(row):
    """Return whether a row is all zero: what it stands for looks at no component."""
    for value in row:
        if value != 0.0:
            return False
    return True


@part
def border(plan, up, down, column, w):
    """Take (p α·z + q β̃·z) G of one column from S, equation (4).

    Args:
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        up: α·z.
        down: β̃·z.
        column: Which column.
        w: Room to work in, a :class:`Work`.
    """
    for i in range(w.up.size):
        push = w.up[i] * up + w.down[i] * down
        if push != 0.0:
            for j in range(w.up.size):
                if w.rows[column, j] != 0.0:
                    w.schur[plan.place[i, j]] -= push * w.rows[column, j]


@woven
def prepare(pop, plan, window, a, b, h, w):
    """Factorise W for a step h: T and z, equation (4), then the Schur complement S.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        window: How many classes take part.
        a: A, the sum over channels of attachment in 1/s.
        b: B, the sum over channels of detachment in 1/s.
        h: The step in s.
        w: Room to work in, a :class:`Work`.
    """
    inverse = 1.0 / (h * GAMMA)
    for m in range(w.schur.size):
        w.schur[m] = -w.matrix[m]
    for i in range(plan.diagonal.size):
        w.schur[plan.diagonal[i]] += inverse
    from_right = 0.0
    if window > 0:
        from_right = factorise(pop, window, a, b, w.beta, inverse, w.t)
        for c in range(w.columns.shape[0]):
            if still(w.rows[c]):
                continue
            if c < 2:
                copy(window, w.sources[c], w.columns[c])
            else:
                place = pop.lower[c - 2]
                w.columns[c, :window] = 0.0
                w.columns[c, place] = pop.share[c - 2, 0]
                w.columns[c, place + 1] = pop.share[c - 2, 1]
            up, down = substitute(pop, window, w.beta, w.t, from_right, w.columns[c])
            border(plan, up, down, c, w)
    eliminate(plan, w.schur, w.inverse)
    return from_right


@part
def solve_stage(pop, plan, window, from_right, stage, right, w):
    """Solve for the stage whose right-hand side stands in ``right`` and ``raw``; equation (5).

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        window: How many classes take part.
        from_right: What :func:`prepare` returned.
        stage: Which of the eight stages.
        right: The right-hand side of the components, shape (n,).
        w: Room to work in, a :class:`Work`.
    """
    if window > 0:
        up, down = substitute(pop, window, w.beta, w.t, from_right, w.raw[stage])
        for i in range(right.size):
            right[i] += w.up[i] * up + w.down[i] * down
    back_substitute(plan, w.schur, w.inverse, right, w.u[stage])
    if window > 0:
        for c in range(w.rows.shape[0]):
            total = 0.0
            for j in range(right.size):
                total += w.rows[c, j] * w.u[stage, j]
            w.share[stage, c] = total
