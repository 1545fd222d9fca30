r"""Forward tangents: how the solution moves when a parameter does.

Every equation of a step is differentiated once the step is accepted, while its stages and the
factors of its matrix are still there, so the tangents are the exact derivatives of what the
integrator computed for its sequence of steps. With δ for a derivative in one parameter, equation
(1) of ``tableau.py`` becomes

.. math::

   W δu_i = F_y(Y_i)\, δY_i + F_p(Y_i) + \frac1h \sum_{j<i} c_{ij} δu_j
            + h δ_i\, δ\Big(\frac{∂F}{∂t}\Big) + (δJ)\, u_i                        \qquad (1)

with W the matrix that the step has factorised anyway. (δJ) u is the change of a derivative along u;
for a rate r = k Π g_f it needs the curvature of its factors,

.. math::

   D r[u] = \sum_f s_f x_f(u), \qquad
   δ(D r[u]) = \sum_e \Big(\sum_f \frac{∂s_f}{∂x_e} x_f(u)\Big) δx_e + …           \qquad (2)

For a network alone at one temperature the δ of equation (2) of ``differences.py`` saves work, for
most entries of F_y then never change:

.. math::

   W (δu_i + δΔ_i) = J\, δy + \big(F_y(Y_i) - J\big) δY_i + F_p(Y_i)
            + \frac1h \sum_{j<i} (c_{ij} + a_{ij}/γ)\, δu_j + (δJ)\, u_i             \qquad (3)

Of the network, F_y(Y_i) and δ(D N r[u]) are small matrices with the pattern of J, the same for
all parameters, so each row of (1) is gathered in one go. What a parameter moves by itself is in
``seeds.py``, what dots add in ``class_tangents.py``.

References: Dickinson and Gelinas 1976, J. Comput. Phys. 21, 123 (forward sensitivities);
Sandu, Daescu and Carmichael 2003, Atmos. Environ. 37, 5083 (tangent Rosenbrock methods).
"""

from __future__ import annotations

from prenuc.simulation.kernels.class_tangents import (
    clear_rows,
    curved_detachment,
    eliminate_classes,
    products,
    return_classes,
    warming_tangents,
)
from prenuc.simulation.kernels.classes import detachment
from prenuc.simulation.kernels.compiled import entry, part, woven
from prenuc.simulation.kernels.dense import add, clear, combine_both, copy
from prenuc.simulation.kernels.factors import factors_at, in_barrier, in_order
from prenuc.simulation.kernels.rates import constants, pooled, slopes
from prenuc.simulation.kernels.rodas import course
from prenuc.simulation.kernels.seeds import (
    CONSTANT,
    add_entries,
    constant_moves,
    gradient_rows,
    moved_rates,
    push_entries,
)
from prenuc.simulation.kernels.sparse import assemble_both, multiply, solve_rows
from prenuc.simulation.kernels.stages import combine, combine_classes, still
from prenuc.simulation.kernels.tableau import DENSE, DIFFERENCES, SLOPE, STAGES, TIME, A, C


@part
def bend_along(net, x, u, w):
    """Set D r[u] of all reactions and its derivatives in all pools, equation (2), at x."""
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
    """Return k x_f(u) times all factors of a reaction but e and f, at the step's start."""
    others = w.k0[i] * pooled(net, f, u)
    for h in range(net.factors[i], net.factors[i + 1]):
        if h not in (e, f):
            others *= w.g[h]
    return others


@part
def moved_along(net, seeds, u, w):
    """Set ∂(D r[u])/∂p of every entry, at the step's start."""
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
    """
    u = v.u[stage]
    bend_along(net, x, u, w)
    assemble_both(pattern, s, w.bend, w.straight, w.curved)
    add_matrices(pattern, w)
    moved_rates(net, seeds, w.stage_moves, v.x, v.k, v.r, v.s, w.here)
    moved_along(net, seeds, u, w)
    push_entries(net, pop, seeds, w.here, w.further, v.r, w.along, w.flat.right)


@part
def gathered(count, row, base, stages, size, out):
    """Set base + Σ_j row_j u_j of the first numbers, all parameters of all rows in one go."""
    copy(size, base, out)
    for j in range(count):
        if row[j] != 0.0:
            add(row[j], stages[j, :size], out[:size])


@woven
def dots_tangents(net, pop, seeds, window, beta, leaving, f, w, v):
    """Add what channels and nuclei do to equation (1)."""
    clear_rows(w.dr)
    clear_rows(w.bent)
    add_entries(seeds, w.here, w.dr)
    add_entries(seeds, w.further, w.bent)
    gradient_rows(net, v.s, w.stage_x, w.dr)
    gradient_rows(net, w.bend, w.dx, w.bent)
    out, out_f = w.right, w.right_f
    products(net, pop, seeds, window, beta, leaving, v.r, w.dr, v.f, w.stage_f, True, w, out, out_f)
    beta, leaving = v.beta, w.leaving
    products(net, pop, seeds, window, beta, leaving, w.along, w.bent, f, w.df, True, w, out, out_f)
    products(net, pop, seeds, window, beta, leaving, w.r0, w.dr0, w.u_f, w.df, False, w, out, out_f)


@woven
def stage_classes(pop, heating, temperature, window, h, f, stage, w, v):
    """Set classes, their tangents and the known part of (1) for a stage."""
    count = window * w.a.size
    combine_classes(stage, A[stage], f, window, v, v.f)
    gathered(stage, A[stage], w.flat.df, w.flat.uf, count, w.flat.stage_f)
    if heating != 0.0:
        detachment(pop, temperature, window, v.other)
        curved_detachment(pop, temperature, window, v.other, w.stage_leaving)
    for i in range(count):
        w.flat.right_f[i] = 0.0
    if heating != 0.0:
        for i in range(window):
            add(h * SLOPE[stage], w.ramp[i], w.right_f[i])
    gathered(stage, v.row, w.flat.right_f, w.flat.uf, count, w.flat.right_f)
    copy(window, v.raw[stage], w.u_f)
    for column in range(v.columns.shape[0]):
        if not still(v.rows[column]):
            add(v.share[stage, column], v.columns[column, :window], w.u_f[:window])


@woven
def lone_tangents(net, pop, plan, seeds, h, x, stage, w, v):
    """Compute δu of one stage of a network alone at one temperature, equation (3)."""
    flat, u = w.flat, w.ux[stage]
    for j in range(stage):
        v.row[j] = DIFFERENCES[stage, j] / h
    combine(stage, A[stage], x, v.u, v.x)
    combine_both(v.row, A[stage], flat.ux, flat.dx, flat.right, flat.stage_x)
    add(1.0, flat.base, flat.right)
    slopes(net, v.x, v.k, v.r, v.s)
    for f in range(w.risen.size):
        w.risen[f] = v.s[f] - w.s0[f]
    network_tangents(net, pop, plan.bending, seeds, x, w.risen, stage, w, v)
    copy(flat.right.size, flat.right, flat.ux[stage])
    solve_rows(plan, v.schur, v.inverse, u)
    for i in range(flat.dx.size):
        flat.ux[stage, i] += flat.dx[i] - flat.stage_x[i]


@woven
def stage_tangents(
    net, pop, plan, setting, seeds, heating, window, t, h, x, f, from_right, stage, w, v
):
    """Compute δu of one stage, equation (1); v is the integrator's own work."""
    flat, u = w.flat, w.ux[stage]
    for j in range(stage):
        v.row[j] = C[stage, j] / h
    combine(stage, A[stage], x, v.u, v.x)
    combine_both(v.row, A[stage], flat.ux, flat.dx, flat.right, flat.stage_x)
    temperature = setting.begin + heating * (t + TIME[stage] * h)
    if heating != 0.0:
        constants(net, temperature, v.k)
        constant_moves(net, seeds, temperature, w.stage_moves)
        add(h * SLOPE[stage], flat.drift, flat.right)
    slopes(net, v.x, v.k, v.r, v.s)
    network_tangents(net, pop, plan.network, seeds, x, v.s, stage, w, v)
    if window > 0:
        stage_classes(pop, heating, temperature, window, h, f, stage, w, v)
        beta = v.other if heating != 0.0 else v.beta
        leaving = w.stage_leaving if heating != 0.0 else w.leaving
        dots_tangents(net, pop, seeds, window, beta, leaving, f, w, v)
        eliminate_classes(pop, window, from_right, w, v)
    copy(flat.right.size, flat.right, flat.ux[stage])
    solve_rows(plan, v.schur, v.inverse, u)
    if window > 0:
        return_classes(window, stage, w, v)


@woven
def open_tangents(net, pop, plan, seeds, heating, temperature, window, x, f, w, v):
    """Set rates, slopes and their tangents at the start of a step."""
    copy(w.r0.size, v.r, w.r0)
    copy(w.k0.size, v.k, w.k0)
    copy(w.s0.size, v.s, w.s0)
    factors_at(net, x, w.pools, w.g, w.dg, w.ddg)
    clear(STAGES, v.row)
    for stage in range(STAGES):
        clear(w.flat.ux.shape[1], w.flat.ux[stage])
    if heating != 0.0:
        constant_moves(net, seeds, temperature, w.moves)
    if heating != 0.0 or window > 0:
        clear_rows(w.dr0)
        moved_rates(net, seeds, w.moves, x, w.k0, w.r0, w.s0, w.here)
        add_entries(seeds, w.here, w.dr0)
        gradient_rows(net, w.s0, w.dx, w.dr0)
    if f.size == 0 and heating == 0.0:
        multiply(plan.network, v.matrix, w.dx, w.base)
    if window > 0:
        curved_detachment(pop, temperature, window, v.beta, w.leaving)
    if heating != 0.0:
        warming_tangents(net, pop, seeds, heating, temperature, window, f, w, v)


@part
def finished(share, window, w, out_x, out_f):
    """Set the tangents at a share of the step, equation (3) of ``tableau.py``."""
    for i in range(w.dx.shape[0]):
        copy(w.a.size, w.dx[i], out_x[i])
        for j in range(STAGES):
            add(weight_at(share, j), w.ux[j, i], out_x[i])
    for i in range(out_f.shape[0]):
        copy(w.a.size, w.df[i], out_f[i])
        if i < window:
            for j in range(STAGES):
                add(weight_at(share, j), w.uf[j, i], out_f[i])


@part
def weight_at(share, j):
    """Return the weight of u_j in the solution at a share of the step."""
    end = A[STAGES - 1, j] if j < STAGES - 1 else 1.0
    bow = DENSE[0, j] + share * (DENSE[1, j] + share * DENSE[2, j])
    return share * (end + (1.0 - share) * bow)


@woven
def follow(net, pop, plan, setting, heating, window, t, h, taken, told, x, f, from_right, v, own):
    """Take the tangents along an accepted step."""
    seeds, w, temperature = own.seeds, own.work, setting.begin + heating * t
    if heating != 0.0:
        constants(net, temperature, v.k)
    slopes(net, x, v.k, v.r, v.s)  # the stages have left their own
    open_tangents(net, pop, plan, seeds, heating, temperature, window, x, f, w, v)
    for stage in range(STAGES):
        if f.size == 0 and heating == 0.0:
            lone_tangents(net, pop, plan, seeds, h, x, stage, w, v)
        else:
            stage_tangents(
                net, pop, plan, setting, seeds, heating, window, t, h, x, f, from_right, stage, w, v
            )
    while told < setting.times.size - 1 and setting.times[told] <= t + taken:
        finished((setting.times[told] - t) / h, window, w, own.out_x[told], own.out_f[told])
        told += 1
    if taken < h:
        finished(taken / h, window, w, w.stage_x, w.stage_f)
    for i in range(x.size):
        copy(w.a.size, w.stage_x[i], w.dx[i])
        if taken == h:
            add(1.0, w.ux[STAGES - 1, i], w.dx[i])
    for i in range(window):
        copy(w.a.size, w.stage_f[i], w.df[i])
        if taken == h:
            add(1.0, w.uf[STAGES - 1, i], w.df[i])


@entry
def integrate_followed(net, pop, plan, setting, v, books, own, x, f, out_x, out_f, outcome):
    """Integrate a mechanism and its tangents.

    Args:
        net: A :class:`RateArrays`.
        pop: A :class:`ClassArrays`.
        plan: A :class:`SparseArrays`.
        setting: A :class:`Setting`.
        v: A :class:`Work`.
        books: A :class:`Ledger`.
        own: A :class:`Followed`.
        x: Components at time 0 in mol/m³, shape (n,); left at the end's values.
        f: Dots of every class in mol/m³, shape (N,); left at the end's values.
        out_x: Receives components at the times, shape (m, n).
        out_f: Receives classes at the times, shape (m, N).
        outcome: Receives what :func:`course` returns, shape (5,).
    """
    constant_moves(net, own.seeds, setting.begin, own.work.moves)
    constant_moves(net, own.seeds, setting.begin, own.work.stage_moves)
    outcome[0], outcome[1], outcome[2], outcome[3], outcome[4] = course(
        net, pop, plan, setting, v, books, x, f, out_x, out_f, follow, own
    )
    for i in range(x.size):
        copy(own.work.a.size, own.work.dx[i], own.out_x[-1, i])
    for i in range(own.out_f.shape[1]):
        copy(own.work.a.size, own.work.df[i], own.out_f[-1, i])
