r"""Forward tangents: how the solution moves when a parameter does.

The steps of a finished integration are taken again, and every equation is differentiated along with
them, so the tangents are the exact derivatives of what the integrator computed for its sequence of
steps. With δ for a derivative in one parameter, equation (1) of ``tableau.py`` becomes

.. math::

   W δu_i = F_y(Y_i)\, δY_i + F_p(Y_i) + \frac1h \sum_{j<i} c_{ij} δu_j
            + h δ_i\, δ\Big(\frac{∂F}{∂t}\Big) + (δJ)\, u_i                        \qquad (1)

with W the matrix that the step has factorised anyway. (δJ) u is the change of a derivative along u;
for a rate r = k Π g_f it needs the curvature of its factors,

.. math::

   D r[u] = \sum_f s_f x_f(u), \qquad
   δ(D r[u]) = \sum_e \Big(\sum_f \frac{∂s_f}{∂x_e} x_f(u)\Big) δx_e + …           \qquad (2)

A parameter may be part of a rate constant, of a factor, of a stoichiometric number, of the size of
a nucleus, of Γ, or of what was there at the start. All arrays have the parameters as their last
axis, so that one instruction serves several of them.

References: Dickinson and Gelinas 1976, J. Comput. Phys. 21, 123 (forward sensitivities);
Sandu, Daescu and Carmichael 2003, Atmos. Environ. 37, 5083 (tangent Rosenbrock methods).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prenuc.simulation.kernels.classes import detachment
from prenuc.simulation.kernels.compiled import entry, part
from prenuc.simulation.kernels.dense import add, copy
from prenuc.simulation.kernels.factors import factors_at, in_barrier, in_order, product
from prenuc.simulation.kernels.rates import constants, pooled, slopes
from prenuc.simulation.kernels.rodas import (
    DONE,
    combine,
    combine_classes,
    conserve,
    conserved,
    open_step,
    prepare,
    take_step,
)
from prenuc.simulation.kernels.tableau import DENSE, SLOPE, STAGES, TIME, A, C

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Seeds(NamedTuple):
    """What each of P parameters does to the arrays of a mechanism.

    Args:
        constant: To ln k, shape (reactions, P).
        energy: To Ea/R in K, likewise.
        anchor: To 1/T_at in 1/K, likewise.
        scale: To the logarithm of every pool, shape (factors, P).
        order: To p of every factor, likewise.
        barrier: To B of every barrier, likewise.
        scaled: Whether the pool of a factor moves at all, shape (factors,).
        touched: Whether order or barrier of a factor move at all, shape (factors,).
        numbered: Whether a stoichiometric number moves at all, shape (numbers,).
        number: To every stoichiometric number, shape (numbers, P).
        share: To the dots that a nucleus adds to its two classes, shape (groups, 2, P).
        capillarity: To Γ in K, shape (P,).
    """

    constant: NDArray[np.float64]
    energy: NDArray[np.float64]
    anchor: NDArray[np.float64]
    scale: NDArray[np.float64]
    order: NDArray[np.float64]
    barrier: NDArray[np.float64]
    scaled: NDArray[np.bool_]
    touched: NDArray[np.bool_]
    numbered: NDArray[np.bool_]
    number: NDArray[np.float64]
    share: NDArray[np.float64]
    capillarity: NDArray[np.float64]


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


class TangentWork(NamedTuple):
    """Arrays that the tangents are computed in; P is the last axis of those that have it.

    ``dx`` and ``df`` are the tangents themselves; ``stage_x`` and ``stage_f`` those of Y_i,
    ``ux`` and ``uf`` of u_i, ``dr`` of rates, ``bent`` of derivatives of rates along u.
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
    ramp: NDArray[np.float64]
    dlnk: NDArray[np.float64]
    stage_dlnk: NDArray[np.float64]
    dr0: NDArray[np.float64]
    dr: NDArray[np.float64]
    bent: NDArray[np.float64]
    pool: NDArray[np.float64]
    up: NDArray[np.float64]
    down: NDArray[np.float64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    share: NDArray[np.float64]
    r0: NDArray[np.float64]
    k0: NDArray[np.float64]
    s0: NDArray[np.float64]
    along: NDArray[np.float64]
    g: NDArray[np.float64]
    dg: NDArray[np.float64]
    ddg: NDArray[np.float64]
    pools: NDArray[np.float64]
    pools_u: NDArray[np.float64]
    leaving: NDArray[np.float64]
    stage_leaving: NDArray[np.float64]
    warmed: NDArray[np.float64]
    u_f: NDArray[np.float64]
    flat: FlatTangents


def tangent_work(n: int, reactions: int, factors: int, classes: int, count: int) -> TangentWork:
    """Return the arrays of a stretch; kernels allocate nothing."""
    shapes: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("dx", "stage_x", "right", "drift"), (n, count)),
        **dict.fromkeys(("df", "stage_f", "right_f", "ramp"), (classes, count)),
        "ux": (STAGES, n, count),
        "uf": (STAGES, classes, count),
        **dict.fromkeys(("dlnk", "stage_dlnk", "dr0", "dr", "bent"), (reactions, count)),
        **dict.fromkeys(("pool", "up", "down", "a", "b", "share"), (count,)),
        **dict.fromkeys(("r0", "k0", "along"), (reactions,)),
        **dict.fromkeys(("s0", "g", "dg", "ddg", "pools", "pools_u"), (factors,)),
        **dict.fromkeys(("leaving", "stage_leaving", "warmed", "u_f"), (classes,)),
    }
    arrays = {name: np.zeros(shape) for name, shape in shapes.items()}
    flat = {name: arrays[name].reshape(-1) for name in FlatTangents._fields if name[0] != "u"}
    stages = {name: arrays[name].reshape(STAGES, -1) for name in ("ux", "uf")}
    return TangentWork(**arrays, flat=FlatTangents(**flat, **stages))


@part
def clear_rows(rows):
    """Set rows of tangents to zero."""
    for i in range(rows.shape[0]):
        for c in range(rows.shape[1]):
            rows[i, c] = 0.0


@part
def pool_tangent(net, seeds, f, x, dx, out):
    """Set the tangent of the pool of a factor."""
    for c in range(out.size):
        out[c] = 0.0
    if seeds.scaled[f]:
        add(x, seeds.scale[f], out)
    for m in range(net.pools[f], net.pools[f + 1]):
        add(net.weight[m], dx[net.member[m]], out)


@part
def constant_tangents(net, seeds, temperature, out):
    """Set δ ln k of every reaction."""
    for i in range(net.constant.size):
        cold = 1.0 / temperature - net.anchor[i]
        for c in range(out.shape[1]):
            moved = seeds.constant[i, c] - seeds.energy[i, c] * cold
            out[i, c] = moved + net.energy[i] * seeds.anchor[i, c]


@part
def multiple(weight, source, target):
    """Set a multiple of one row of tangents."""
    for c in range(target.size):
        target[c] = weight * source[c]


@part
def rate_tangents(net, seeds, dlnk, x, k, r, s, dx, pool, out):
    """Set the tangents of all rates, whose slopes are s."""
    for i in range(r.size):
        multiple(r[i], dlnk[i], out[i])
        for f in range(net.factors[i], net.factors[i + 1]):
            if not seeds.scaled[f]:
                for m in range(net.pools[f], net.pools[f + 1]):
                    add(s[f] * net.weight[m], dx[net.member[m]], out[i])
            else:
                pool_tangent(net, seeds, f, pooled(net, f, x), dx, pool)
                add(s[f], pool, out[i])
            if seeds.touched[f]:
                here = pooled(net, f, x)
                others = k[i]
                for h in range(net.factors[i], net.factors[i + 1]):
                    if h != f:
                        others *= product(net, h, x)
                add(others * in_order(net, f, here)[0], seeds.order[f], out[i])
                add(others * in_barrier(net, f, here)[0], seeds.barrier[f], out[i])


@part
def bent_tangents(net, seeds, dlnk, u, dx, w, out):
    """Set D r[u] of all rates and add its tangents, equation (2), at the start of a step."""
    for i in range(w.r0.size):
        first, last = net.factors[i], net.factors[i + 1]
        along = 0.0
        for f in range(first, last):
            w.pools_u[f] = pooled(net, f, u)
            along += w.s0[f] * w.pools_u[f]
        w.along[i] = along
        add(along, dlnk[i], out[i])
        for e in range(first, last):
            bend = by_order = by_barrier = 0.0
            for f in range(first, last):
                others = w.k0[i] * w.pools_u[f]
                for h in range(first, last):
                    if h not in (e, f):
                        others *= w.g[h]
                bend += others * (w.ddg[e] if e == f else w.dg[e] * w.dg[f])
                if seeds.touched[e]:
                    value, turn = in_order(net, e, w.pools[e])
                    by_order += others * (turn if e == f else value * w.dg[f])
                    value, turn = in_barrier(net, e, w.pools[e])
                    by_barrier += others * (turn if e == f else value * w.dg[f])
            if bend != 0.0:
                pool_tangent(net, seeds, e, w.pools[e], dx, w.pool)
                add(bend, w.pool, out[i])
            if seeds.scaled[e]:
                add(w.s0[e] * w.pools_u[e], seeds.scale[e], out[i])
            if seeds.touched[e]:
                add(by_order, seeds.order[e], out[i])
                add(by_barrier, seeds.barrier[e], out[i])


@part
def made(net, seeds, first, last, r, dr, scale, out):
    """Add scale · δ(N r) of the reactions first … last − 1."""
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            add(scale * net.number[m], dr[i], out[net.changed[m]])
            if seeds.numbered[m]:
                add(scale * r[i], seeds.number[m], out[net.changed[m]])


@part
def carried(net, first, last, r, more, out):
    """Add N r · more, a row of tangents, of the reactions first … last − 1."""
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            add(net.number[m] * r[i], more, out[net.changed[m]])


@part
def products(net, pop, seeds, window, beta, leaving, r, dr, f, df, moving, w, out, out_f):
    """Add δ of everything that channels and nuclei do: rates times classes.

    ``leaving`` is ∂β/∂Γ. When not ``moving``, only rates do: ``df`` and nuclei do not count.
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
    """Add δ(A D_α f + B D_β f)."""
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
    """Set ∂β/∂Γ."""
    for i in range(window):
        out[i] = beta[i] * pop.edge[i] / temperature


@part
def warming_tangents(net, pop, seeds, heating, temperature, window, f, w, v):
    """Set δ(∂F/∂t) of a ramp."""
    clear_rows(w.drift)
    clear_rows(w.ramp)
    per = heating / temperature**2
    for i in range(w.r0.size):
        v.pace[i] = w.r0[i] * net.energy[i] * per
        for c in range(w.a.size):
            moved = w.dr0[i, c] * net.energy[i] + w.r0[i] * seeds.energy[i, c]
            w.bent[i, c] = moved * per
    made(net, seeds, 0, pop.first, v.pace, w.bent, 1.0, w.drift)
    products(
        net,
        pop,
        seeds,
        window,
        v.beta,
        w.leaving,
        v.pace,
        w.bent,
        f,
        w.df,
        True,
        w,
        w.drift,
        w.ramp,
    )
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
    products(
        net,
        pop,
        seeds,
        window,
        v.other,
        w.warmed,
        v.pace,
        w.bent,
        f,
        w.df,
        True,
        w,
        w.drift,
        w.ramp,
    )


@part
def solve_tangents(pop, plan, window, from_right, stage, w, v):
    """Solve W δu = right for all parameters, equations (5) of ``classes.py``."""
    t, y, middle, last = v.t, w.right_f, window // 2, window - 1
    count, n = w.a.size, w.right.shape[0]
    w.up[:] = 0.0
    w.down[:] = 0.0
    if window > 0:
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
    u = w.ux[stage]
    for k in range(n):
        i = plan.pivots[k]
        for c in range(count):
            u[i, c] = w.right[i, c] + v.up[i] * w.up[c] + v.down[i] * w.down[c]
        for m in range(plan.lower[k], plan.lower[k + 1]):
            add(-v.schur[plan.lower_place[m]], u[plan.lower_column[m]], u[i])
    for k in range(n - 1, -1, -1):
        i = plan.pivots[k]
        for m in range(plan.upper[k], plan.upper[k + 1]):
            add(-v.schur[plan.upper_place[m]], u[plan.upper_column[m]], u[i])
        for c in range(count):
            u[i, c] *= v.inverse[k]
    if window > 0:
        for i in range(window):
            for c in range(count):
                w.uf[stage, i, c] = y[i, c]
        for column in range(v.rows.shape[0]):
            w.share[:] = 0.0
            for j in range(n):
                add(v.rows[column, j], u[j], w.share)
            for i in range(window):
                add(v.columns[column, i], w.share, w.uf[stage, i])


@part
def gathered(count, row, base, stages, size, out):
    """Set base + Σ_j row_j u_j of the first numbers, all parameters of all rows in one go."""
    copy(size, base, out)
    for j in range(count):
        if row[j] != 0.0:
            add(row[j], stages[j, :size], out[:size])


@part
def stage_tangents(
    net, pop, plan, setting, seeds, heating, window, t, h, x, f, from_right, stage, w, v
):
    """Compute δu of one stage, equation (1); v is the integrator's own work."""
    n = x.size
    combine(stage, A[stage], x, v.u, v.x)
    many, count = n * w.a.size, window * w.a.size
    gathered(stage, A[stage], w.flat.dx, w.flat.ux, many, w.flat.stage_x)
    temperature = setting.begin + heating * (t + TIME[stage] * h)
    beta, leaving = v.beta, w.leaving
    if window > 0:
        combine_classes(stage, A[stage], f, window, v, v.f)
        gathered(stage, A[stage], w.flat.df, w.flat.uf, count, w.flat.stage_f)
        if heating != 0.0:
            detachment(pop, temperature, window, v.other)
            curved_detachment(pop, temperature, window, v.other, w.stage_leaving)
            beta, leaving = v.other, w.stage_leaving
    if heating != 0.0:
        constants(net, temperature, v.k)
    slopes(net, v.x, v.k, v.r, v.s)
    if heating != 0.0:
        constant_tangents(net, seeds, temperature, w.stage_dlnk)
    rate_tangents(net, seeds, w.stage_dlnk, v.x, v.k, v.r, v.s, w.stage_x, w.pool, w.dr)
    for j in range(stage):
        v.row[j] = C[stage, j] / h
    for i in range(n):
        for c in range(w.a.size):
            w.right[i, c] = h * SLOPE[stage] * w.drift[i, c]
    gathered(stage, v.row, w.flat.right, w.flat.ux, many, w.flat.right)
    if window > 0:
        for i in range(window):
            for c in range(w.a.size):
                w.right_f[i, c] = h * SLOPE[stage] * w.ramp[i, c]
        gathered(stage, v.row, w.flat.right_f, w.flat.uf, count, w.flat.right_f)
        copy(window, v.raw[stage], w.u_f)
        for column in range(v.columns.shape[0]):
            for i in range(window):
                w.u_f[i] += v.share[stage, column] * v.columns[column, i]
    if window == 0:  # both parts of every rate meet the same stoichiometry
        bent_tangents(net, seeds, w.dlnk, v.u[stage], w.dx, w, w.dr)
        add(1.0, w.along, v.r)
        made(net, seeds, 0, pop.first, v.r, w.dr, 1.0, w.right)
    else:
        made(net, seeds, 0, pop.first, v.r, w.dr, 1.0, w.right)
        products(
            net,
            pop,
            seeds,
            window,
            beta,
            leaving,
            v.r,
            w.dr,
            v.f,
            w.stage_f,
            True,
            w,
            w.right,
            w.right_f,
        )
        clear_rows(w.bent)
        bent_tangents(net, seeds, w.dlnk, v.u[stage], w.dx, w, w.bent)
        made(net, seeds, 0, pop.first, w.along, w.bent, 1.0, w.right)
        products(
            net,
            pop,
            seeds,
            window,
            v.beta,
            w.leaving,
            w.along,
            w.bent,
            f,
            w.df,
            True,
            w,
            w.right,
            w.right_f,
        )
        products(
            net,
            pop,
            seeds,
            window,
            v.beta,
            w.leaving,
            w.r0,
            w.dr0,
            w.u_f,
            w.df,
            False,
            w,
            w.right,
            w.right_f,
        )
    solve_tangents(pop, plan, window, from_right, stage, w, v)


@part
def open_tangents(net, pop, seeds, heating, temperature, window, x, f, w, v):
    """Set rates, slopes and their tangents at the start of a step."""
    copy(w.r0.size, v.r, w.r0)
    copy(w.k0.size, v.k, w.k0)
    copy(w.s0.size, v.s, w.s0)
    factors_at(net, x, w.pools, w.g, w.dg, w.ddg)
    if heating != 0.0:
        constant_tangents(net, seeds, temperature, w.dlnk)
    rate_tangents(net, seeds, w.dlnk, x, w.k0, w.r0, w.s0, w.dx, w.pool, w.dr0)
    if window > 0:
        curved_detachment(pop, temperature, window, v.beta, w.leaving)
    if heating != 0.0:
        warming_tangents(net, pop, seeds, heating, temperature, window, f, w, v)


@part
def finished(share, window, w, out_x, out_f):
    """Set the tangents at a share of the step, equation (3) of ``tableau.py``."""
    for i in range(w.dx.shape[0]):
        for c in range(w.a.size):
            out_x[i, c] = w.dx[i, c]
        for j in range(STAGES):
            add(weight_at(share, j), w.ux[j, i], out_x[i])
    if out_f.shape[0] > 0:
        for i in range(window):
            for c in range(w.a.size):
                out_f[i, c] = w.df[i, c]
            for j in range(STAGES):
                add(weight_at(share, j), w.uf[j, i], out_f[i])


@part
def weight_at(share, j):
    """Return the weight of u_j in the solution at a share of the step."""
    end = A[STAGES - 1, j] if j < STAGES - 1 else 1.0
    bow = DENSE[0, j] + share * (DENSE[1, j] + share * DENSE[2, j])
    return share * (end + (1.0 - share) * bow)


@entry
def replay(net, pop, plan, setting, seeds, v, w, books, x, f, sizes, windows, out_x, out_f):
    """Take the steps of a finished integration again, and the tangents with them.

    Args:
        net: A :class:`RateArrays`.
        pop: A :class:`ClassArrays`.
        plan: A :class:`SparseArrays`.
        setting: The :class:`Setting` of the integration.
        seeds: A :class:`Seeds`.
        v: A :class:`Work`.
        w: A :class:`TangentWork`; its ``dx`` and ``df`` hold the tangents at time 0 and are left at
            those of the end.
        books: A :class:`Ledger`.
        x: Components at time 0 in mol/m³, shape (n,); left at the end's values.
        f: Dots of every class in mol/m³, shape (N,); left at the end's values.
        sizes: Every step in s, shape (steps,).
        windows: The window of every step, shape (steps,).
        out_x: Receives the tangents of components at the times, shape (m, n, P).
        out_f: Receives those of classes, shape (m, N, P); shape (m, 0, P) to leave them out.
    """
    heating = (setting.end - setting.begin) / setting.times[-1]
    for law in range(books.totals.size):
        books.totals[law] = conserved(pop, setting.laws[law], f.size, x, f)
    constants(net, setting.begin, v.k)
    detachment(pop, setting.begin, f.size, v.beta)
    constant_tangents(net, seeds, setting.begin, w.dlnk)
    constant_tangents(net, seeds, setting.begin, w.stage_dlnk)
    t, told = 0.0, 0
    for number in range(sizes.size):
        h, window = sizes[number], windows[number]
        temperature = setting.begin + heating * t
        if heating != 0.0:
            constants(net, temperature, v.k)
        a, b = open_step(net, pop, plan, setting, heating, window, t, x, f, v)
        open_tangents(net, pop, seeds, heating, temperature, window, x, f, w, v)
        from_right = prepare(pop, plan, window, a, b, h, v)
        take_step(net, pop, plan, setting, heating, window, t, h, x, f, from_right, v, v.x1, v.f1)
        for stage in range(STAGES):
            stage_tangents(
                net, pop, plan, setting, seeds, heating, window, t, h, x, f, from_right, stage, w, v
            )
        while told < setting.times.size - 1 and setting.times[told] <= t + h:
            share = (setting.times[told] - t) / h
            finished(share, window, w, out_x[told], out_f[told])
            told += 1
        conserve(pop, setting.laws, books, window, v.x1, v.f1)
        finished(1.0, window, w, w.stage_x, w.stage_f)
        for i in range(x.size):
            x[i] = v.x1[i]
            copy(w.a.size, w.stage_x[i], w.dx[i])
        for i in range(window):
            f[i] = v.f1[i]
            copy(w.a.size, w.stage_f[i], w.df[i])
        t += h
    for i in range(x.size):
        copy(w.a.size, w.dx[i], out_x[-1, i])
    for i in range(out_f.shape[1]):
        copy(w.a.size, w.df[i], out_f[-1, i])
    return DONE
