r"""The eight stages of a step, for a network with its size classes and on a ramp.

The scheme is equations (1) to (3) of ``tableau.py``; the linear systems are (3) to (5) of
``classes.py``.
"""

from __future__ import annotations

from prenuc.simulation.kernels.classes import (
    detachment,
    factorise,
    flows,
    gather,
    gather_both,
    substitute,
)
from prenuc.simulation.kernels.compiled import part, woven
from prenuc.simulation.kernels.dense import clear, copy
from prenuc.simulation.kernels.differences import MOST, invert, take_differences
from prenuc.simulation.kernels.rates import (
    change,
    constants,
    gradient,
    network_change,
    rates,
    slopes,
)
from prenuc.simulation.kernels.sparse import assemble, back_substitute, eliminate
from prenuc.simulation.kernels.tableau import DENSE, GAMMA, SLOPE, STAGES, TIME, A, C


@part
def right_side(net, pop, window, r, beta, f, out_x, out_f):
    """Set dx/dt and add df/dt for given rates, equations (1) and (2) of ``classes.py``."""
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
    """Add scale · ∂(N r)/∂x of the channels first … last − 1."""
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            row, number = net.changed[m], scale * net.number[m]
            for f in range(net.factors[i], net.factors[i + 1]):
                for p in range(net.pools[f], net.pools[f + 1]):
                    values[plan.place[row, net.member[p]]] += number * s[f] * net.weight[p]


@part
def linearise(net, pop, plan, window, x, f, w):
    """Set slopes, J of the network, the rows G, p, q and the columns v; return A and B."""
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
    """Take (p α·z + q β̃·z) G of one column from S, equation (4)."""
    for i in range(w.up.size):
        push = w.up[i] * up + w.down[i] * down
        if push != 0.0:
            for j in range(w.up.size):
                if w.rows[column, j] != 0.0:
                    w.schur[plan.place[i, j]] -= push * w.rows[column, j]


@woven
def prepare(pop, plan, window, a, b, h, w):
    """Factorise W for a step h: T and z, equation (4), then the Schur complement S."""
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
    """Solve for the stage whose right-hand side stands in ``right`` and ``raw``; equation (5)."""
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


@part
def combine(count, row, base, u, out):
    """Set base + Σ_j row_j u_j for the components."""
    for i in range(base.size):
        out[i] = base[i]
    for j in range(count):
        weight, stage = row[j], u[j]
        for i in range(base.size):
            out[i] += weight * stage[i]


@part
def column_weights(count, row, share, out):
    """Set what the columns z weigh in Σ_j row_j u_j."""
    for c in range(out.size):
        total = 0.0
        for j in range(count):
            total += row[j] * share[j, c]
        out[c] = total


@part
def combine_classes(count, row, base, window, w, out):
    """Set base + Σ_j row_j u_j for the classes, from the parts of u that are kept apart."""
    column_weights(count, row, w.share, w.weights)
    gather(window, count, base, w.raw, row, w.columns, w.weights, out)


@part
def warming(net, pop, window, temperature, rate, f, w):
    """Set ∂F/∂t of a ramp: every rate grows by r Ea/(R T²) dT/dt, β by its Gibbs-Thomson part."""
    n = w.drift.size
    for i in range(w.r.size):
        w.pace[i] = w.r[i] * net.energy[i] / temperature**2 * rate
    clear(window, w.ramp)
    right_side(net, pop, window, w.pace, w.beta, f, w.drift, w.ramp)
    if window > 0 and pop.capillarity != 0.0:
        for i in range(window):
            w.other[i] = -w.beta[i] * pop.capillarity * pop.edge[i] / temperature**2 * rate
        b = 0.0
        for i in range(pop.detaching, w.r.size):
            b += w.r[i]
        down = flows(pop, window, 0.0, b, w.other, f, w.ramp)[1]
        for i in range(n):
            w.drift[i] += w.down[i] * down


@woven
def open_step(net, pop, plan, setting, heating, window, t, x, f, w):
    """Linearise at the start of a step; return A and B."""
    if heating != 0.0:
        temperature = setting.begin + heating * t
        constants(net, temperature, w.k)
        detachment(pop, temperature, window, w.beta)
    a, b = linearise(net, pop, plan, window, x, f, w)
    if heating != 0.0:
        warming(net, pop, window, setting.begin + heating * t, heating, f, w)
    return a, b


@woven
def take_step(net, pop, plan, setting, heating, window, t, h, x, f, from_right, w, x1, f1):
    """Take the eight stages, equations (1) and (2) of ``tableau.py``."""
    beta = w.beta
    for stage in range(STAGES):
        for j in range(stage):
            w.row[j] = C[stage, j] / h
        combine(stage, A[stage], x, w.u, w.x)
        if window > 0:
            column_weights(stage, A[stage], w.share, w.weights)
            column_weights(stage, w.row, w.share, w.others)
            raw, known, z = w.raw[stage], w.raw, w.columns
            gather_both(window, stage, f, known, A[stage], w.row, z, w.weights, w.others, w.f, raw)
        if heating != 0.0:
            temperature = setting.begin + heating * (t + TIME[stage] * h)
            constants(net, temperature, w.k)
            if window > 0:
                detachment(pop, temperature, window, w.other)
                beta = w.other
        rates(net, w.x, w.k, w.r)
        right_side(net, pop, window, w.r, beta, w.f, w.right, w.raw[stage])
        combine(stage, w.row, w.right, w.u, w.right)
        if heating != 0.0 and SLOPE[stage] != 0.0:
            for i in range(x.size):
                w.right[i] += h * SLOPE[stage] * w.drift[i]
            for i in range(window):
                w.raw[stage, i] += h * SLOPE[stage] * w.ramp[i]
        solve_stage(pop, plan, window, from_right, stage, w.right, w)
    for i in range(x.size):
        x1[i] = w.x[i] + w.u[STAGES - 1, i]
    if window > 0:
        w.row[0] = 1.0
        last = w.raw[STAGES - 1 :]
        gather(window, 1, w.f, last, w.row, w.columns, w.share[STAGES - 1], f1)


@woven
def take_stages(net, pop, plan, setting, heating, window, t, h, x, f, from_right, w, x1, f1):
    """Take the eight stages the way that is quicker, after :func:`prepare`."""
    if f.size == 0 and heating == 0.0 and x.size <= MOST:
        invert(plan, w)
        take_differences(net, h, x, w, x1)
    else:
        take_step(net, pop, plan, setting, heating, window, t, h, x, f, from_right, w, x1, f1)


@part
def between(share, window, x, f, x1, f1, w, out_x, out_f):
    """Set the solution at a share of the step, equation (3) of ``tableau.py``."""
    for j in range(STAGES):
        w.row[j] = share * (1 - share) * (DENSE[0, j] + share * (DENSE[1, j] + share * DENSE[2, j]))
    for i in range(x.size):
        w.x[i] = (1 - share) * x[i] + share * x1[i]
    combine(STAGES, w.row, w.x, w.u, out_x)
    if window > 0:
        for i in range(window):
            w.f[i] = (1 - share) * f[i] + share * f1[i]
        combine_classes(STAGES, w.row, w.f, window, w, out_f)
