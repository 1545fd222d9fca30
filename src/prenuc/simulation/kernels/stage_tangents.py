"""The tangents of one stage, equations (1) and (3) of ``tangents.py``."""

from __future__ import annotations

from prenuc.simulation.kernels.class_tangents import (
    clear_rows,
    curved_detachment,
    eliminate_classes,
    products,
    return_classes,
)
from prenuc.simulation.kernels.classes import detachment
from prenuc.simulation.kernels.compiled import part, woven
from prenuc.simulation.kernels.dense import add, combine_both, copy
from prenuc.simulation.kernels.elimination import solve_rows
from prenuc.simulation.kernels.linear import still
from prenuc.simulation.kernels.network_tangents import network_tangents
from prenuc.simulation.kernels.rates import constants, slopes
from prenuc.simulation.kernels.seeds import add_entries, constant_moves, gradient_rows
from prenuc.simulation.kernels.stages import combine, combine_classes
from prenuc.simulation.kernels.tableau import DIFFERENCES, SLOPE, TIME, A, C


@part
def gathered(count, row, base, stages, size, out):
    """Set base + Σ_j row_j u_j of the first numbers, all parameters of all rows in one go.

    Args:
        count: How many stages are known.
        row: Weights, shape (8,).
        base: What they are added to.
        stages: Tangents of the stages, shape (8, m).
        size: How many numbers.
        out: Receives it.
    """
    copy(size, base, out)
    for j in range(count):
        if row[j] != 0.0:
            add(row[j], stages[j, :size], out[:size])


@woven
def dots_tangents(net, pop, seeds, window, beta, leaving, f, w, v):
    """Add what channels and nuclei do to equation (1).

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        window: How many classes take part.
        beta: β of every class, shape (N,).
        leaving: ∂β/∂Γ of every class, shape (N,).
        f: Dots of every class in mol/m³, shape (N,).
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
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
    """Set classes, their tangents and the known part of (1) for a stage.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        heating: Rate of heating in K/s.
        temperature: In K.
        window: How many classes take part.
        h: The step in s.
        f: Dots of every class in mol/m³, shape (N,).
        stage: Which of the eight stages.
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
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
    """Compute δu of one stage of a network alone at one temperature, equation (3).

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        h: The step in s.
        x: Components in mol/m³, shape (n,).
        stage: Which of the eight stages.
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
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
    """Compute δu of one stage, equation (1); v is the integrator's own work.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        heating: Rate of heating in K/s.
        window: How many classes take part.
        t: Time at the start of the step in s.
        h: The step in s.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        from_right: What :func:`prepare` returned.
        stage: Which of the eight stages.
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
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
