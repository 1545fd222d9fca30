"""Tangents of size classes: what channels and nuclei do, on a ramp too, and their elimination.

``w`` is a :class:`TangentWork`, ``v`` the integrator's own work; the last axis of tangents are the
parameters, so that one instruction serves several of them.
"""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part, woven
from prenuc.simulation.kernels.dense import add, clear, copy
from prenuc.simulation.kernels.linear import still
from prenuc.simulation.kernels.seeds import CONSTANT, made


@part
def clear_rows(rows):
    """Set rows of tangents to zero."""
    for i in range(rows.shape[0]):
        clear(rows.shape[1], rows[i])


@part
def carried(net, first, last, r, more, out):
    """Add N r · more, a row of tangents, of the reactions first … last − 1.

    Args:
        net: The network, a :class:`RateArrays`.
        first: The first of them.
        last: The one after the last.
        r: Rates, shape (R,).
        more: A row of tangents, shape (P,).
        out: Receives it, shape (n, P).
    """
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            add(net.number[m] * r[i], more, out[net.changed[m]])


@part
def products(net, pop, seeds, window, beta, leaving, r, dr, f, df, moving, w, out, out_f):
    """Add δ of everything that channels and nuclei do: rates times classes.

    ``leaving`` is ∂β/∂Γ. When not ``moving``, only rates do: ``df`` and nuclei do not count.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        window: How many classes take part.
        beta: β of every class, shape (N,).
        leaving: ∂β/∂Γ of every class, shape (N,).
        r: Rates in mol/(m³ s), shape (R,).
        dr: Their tangents, shape (R, P).
        f: Dots of every class in mol/m³, shape (N,).
        df: Tangents of f, shape (N, P).
        moving: Whether classes and nuclei move, too.
        w: Room for the tangents, a :class:`TangentWork`.
        out: Receives what is done to components, shape (n, P).
        out_f: Receives what is done to classes, shape (N, P).
    """
    if window == 0:
        return
    up = down = 0.0
    w.up[:] = 0.0
    w.down[:] = 0.0
    for i in range(window):
        joins = pop.alpha[i] if i < window - 1 else 0.0
        many = pop.units[0] if i == 0 else 1.0
        up += joins * f[i]
        down += many * beta[i] * f[i]
        add(many * leaving[i] * f[i], seeds.capillarity, w.down)
        if moving:
            add(joins, df[i], w.up)
            add(many * beta[i], df[i], w.down)
    made(net, seeds, pop.first, pop.detaching, r, dr, up, out)
    made(net, seeds, pop.detaching, r.size, r, dr, down, out)
    carried(net, pop.first, pop.detaching, r, w.up, out)
    carried(net, pop.detaching, r.size, r, w.down, out)
    a = b = 0.0
    w.a[:] = 0.0
    w.b[:] = 0.0
    for i in range(pop.first, pop.detaching):
        a += r[i]
        add(1.0, dr[i], w.a)
    for i in range(pop.detaching, r.size):
        b += r[i]
        add(1.0, dr[i], w.b)
    shifted(pop, seeds, window, beta, leaving, a, b, f, df, moving, w, out_f)
    for i in range(pop.sources.size if moving else 0):
        group, source = pop.group[i], pop.sources[i]
        for side in range(2):
            place = pop.lower[group] + side
            add(pop.share[group, side], dr[source], out_f[place])
            add(r[source], seeds.share[group, side], out_f[place])


@part
def shifted(pop, seeds, window, beta, leaving, a, b, f, df, moving, w, out_f):
    """Add δ(A D_α f + B D_β f).

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        window: How many classes take part.
        beta: β of every class, shape (N,).
        leaving: ∂β/∂Γ of every class, shape (N,).
        a: A, the sum over channels of attachment in 1/s.
        b: B, the sum over channels of detachment in 1/s.
        f: Dots of every class in mol/m³, shape (N,).
        df: Tangents of f, shape (N, P).
        moving: Whether classes and nuclei move, too.
        w: Room for the tangents, a :class:`TangentWork`.
        out_f: Receives what is done to classes, shape (N, P).
    """
    alpha, last, count = pop.alpha, window - 1, w.a.size
    for i in range(window):
        below = i - 1 if i > 0 else 0
        above = i + 1 if i < last else last
        from_below = alpha[below] if i > 0 else 0.0
        joins = alpha[i] if i < last else 0.0
        from_above = beta[above] if i < last else 0.0
        gained = from_below * f[below] - joins * f[i]
        lost = from_above * f[above] - beta[i] * f[i]
        curved = (leaving[above] * f[above] if i < last else 0.0) - leaving[i] * f[i]
        for c in range(count):
            moved = w.a[c] * gained + w.b[c] * lost + b * curved * seeds.capillarity[c]
            out_f[i, c] += moved
        if moving:
            for c in range(count):
                rise = from_below * df[below, c] - joins * df[i, c]
                fall = from_above * df[above, c] - beta[i] * df[i, c]
                out_f[i, c] += a * rise + b * fall


@part
def curved_detachment(pop, temperature, window, beta, out):
    """Set ∂β/∂Γ.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        temperature: In K.
        window: How many classes take part.
        beta: β of every class, shape (N,).
        out: Receives it, shape (N,).
    """
    for i in range(window):
        out[i] = beta[i] * pop.edge[i] / temperature


@woven
def warming_tangents(net, pop, seeds, heating, temperature, window, f, w, v):
    """Set δ(∂F/∂t) of a ramp.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        heating: Rate of heating in K/s.
        temperature: In K.
        window: How many classes take part.
        f: Dots of every class in mol/m³, shape (N,).
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
    clear_rows(w.drift)
    clear_rows(w.ramp)
    per = heating / temperature**2
    for i in range(w.r0.size):
        v.pace[i] = w.r0[i] * net.energy[i] * per
        for c in range(w.a.size):
            w.bent[i, c] = w.dr0[i, c] * net.energy[i] * per
    for q in range(seeds.reaction.size):
        if seeds.factor[q] == CONSTANT:
            i = seeds.reaction[q]
            w.bent[i, seeds.parameter[q]] += w.r0[i] * seeds.energy[q] * per
    made(net, seeds, 0, pop.first, v.pace, w.bent, 1.0, w.drift)
    pace, bent, df, out, out_f = v.pace, w.bent, w.df, w.drift, w.ramp
    products(net, pop, seeds, window, v.beta, w.leaving, pace, bent, f, df, True, w, out, out_f)
    if window == 0 or pop.capillarity == 0.0:
        return
    for i in range(window):
        rate = -pop.edge[i] * per
        w.warmed[i] = rate * (v.beta[i] + pop.capillarity * w.leaving[i])
        v.other[i] = rate * pop.capillarity * v.beta[i]
    for i in range(pop.detaching):
        v.pace[i] = 0.0
        for c in range(w.a.size):
            w.bent[i, c] = 0.0
    for i in range(pop.detaching, w.r0.size):
        v.pace[i] = w.r0[i]
        for c in range(w.a.size):
            w.bent[i, c] = w.dr0[i, c]
    products(net, pop, seeds, window, v.other, w.warmed, pace, bent, f, df, True, w, out, out_f)


@woven
def eliminate_classes(pop, window, from_right, w, v):
    """Solve T y = right for all parameters and bring α·y and β̃·y to the components.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        window: How many classes take part.
        from_right: What :func:`prepare` returned.
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
    t, y, middle, last = v.t, w.right_f, window // 2, window - 1
    count = w.a.size
    clear(count, w.up)
    clear(count, w.down)
    for i in range(1, middle):
        add(-t.inward[i], y[i - 1], y[i])
    for i in range(last - 1, middle, -1):
        add(-t.inward[i], y[i + 1], y[i])
    add(-t.inward[middle], y[middle - 1], y[middle])
    add(-from_right, y[middle + 1], y[middle])
    for c in range(count):
        y[middle, c] *= t.pivot[middle]
    for i in range(middle - 1, -1, -1):
        for c in range(count):
            y[i, c] = y[i, c] * t.pivot[i] - t.outward[i] * y[i + 1, c]
    for i in range(middle + 1, window):
        for c in range(count):
            y[i, c] = y[i, c] * t.pivot[i] - t.outward[i] * y[i - 1, c]
    for i in range(window):
        add(pop.alpha[i] if i < last else 0.0, y[i], w.up)
        add(v.beta[i] * (pop.units[0] if i == 0 else 1.0), y[i], w.down)
    for i in range(v.up.size):
        add(v.up[i], w.up, w.right[i])
        add(v.down[i], w.down, w.right[i])


@woven
def return_classes(window, stage, w, v):
    """Set δu of the classes from y and from that of the components.

    Args:
        window: How many classes take part.
        stage: Which of the eight stages.
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
    u, y = w.ux[stage], w.right_f
    for i in range(window):
        copy(w.a.size, y[i], w.uf[stage, i])
    for column in range(v.rows.shape[0]):
        if still(v.rows[column]):
            continue
        clear(w.a.size, w.share)
        for j in range(u.shape[0]):
            add(v.rows[column, j], u[j], w.share)
        for i in range(window):
            add(v.columns[column, i], w.share, w.uf[stage, i])
