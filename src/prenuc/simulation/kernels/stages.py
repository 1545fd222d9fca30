r"""The eight stages of a step, for a network with its size classes and on a ramp.

The scheme is equations (1) to (3) of ``tableau.py``; the linear systems are (3) to (5) of
``classes.py``.
"""

from __future__ import annotations

from prenuc.simulation.kernels.classes import detachment, flows, gather, gather_both
from prenuc.simulation.kernels.compiled import part, woven
from prenuc.simulation.kernels.dense import clear
from prenuc.simulation.kernels.differences import MOST, invert, take_differences
from prenuc.simulation.kernels.linear import linearise, right_side, solve_stage
from prenuc.simulation.kernels.rates import constants, rates
from prenuc.simulation.kernels.tableau import DENSE, SLOPE, STAGES, TIME, A, C


@part
def combine(count, row, base, u, out):
    """Set base + Σ_j row_j u_j for the components.

    Args:
        count: How many stages are known.
        row: Their weights, shape (8,).
        base: What they are added to.
        u: The stages, shape (8, n).
        out: Receives it, shape (n,).
    """
    for i in range(base.size):
        out[i] = base[i]
    for j in range(count):
        weight, stage = row[j], u[j]
        for i in range(base.size):
            out[i] += weight * stage[i]


@part
def column_weights(count, row, share, out):
    """Set what the columns z weigh in Σ_j row_j u_j.

    Args:
        count: How many stages are known.
        row: Their weights, shape (8,).
        share: G u_x of every stage, shape (8, c).
        out: Receives it, shape (c,).
    """
    for c in range(out.size):
        total = 0.0
        for j in range(count):
            total += row[j] * share[j, c]
        out[c] = total


@part
def combine_classes(count, row, base, window, w, out):
    """Set base + Σ_j row_j u_j for the classes, from the parts of u that are kept apart.

    Args:
        count: How many stages are known.
        row: Their weights, shape (8,).
        base: Dots to begin with, shape (N,).
        window: How many classes take part.
        w: Room to work in, a :class:`Work`.
        out: Receives it, shape (N,).
    """
    column_weights(count, row, w.share, w.weights)
    gather(window, count, base, w.raw, row, w.columns, w.weights, out)


@part
def warming(net, pop, window, temperature, rate, f, w):
    """Set ∂F/∂t of a ramp: every rate grows by r Ea/(R T²) dT/dt, β by its Gibbs-Thomson part.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        window: How many classes take part.
        temperature: In K.
        rate: dT/dt in K/s.
        f: Dots of every class in mol/m³, shape (N,).
        w: Room to work in, a :class:`Work`.
    """
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
    """Linearise at the start of a step; return A and B.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        heating: Rate of heating in K/s.
        window: How many classes take part.
        t: Time at the start of the step in s.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        w: Room to work in, a :class:`Work`.
    """
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
    """Take the eight stages, equations (1) and (2) of ``tableau.py``.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        heating: Rate of heating in K/s.
        window: How many classes take part.
        t: Time at the start of the step in s.
        h: The step in s.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        from_right: What :func:`prepare` returned.
        w: Room to work in, a :class:`Work`.
        x1: Receives the components at the end of the step.
        f1: Receives the dots at the end of the step.
    """
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
    """Take the eight stages the way that is quicker, after :func:`prepare`.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        heating: Rate of heating in K/s.
        window: How many classes take part.
        t: Time at the start of the step in s.
        h: The step in s.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        from_right: What :func:`prepare` returned.
        w: Room to work in, a :class:`Work`.
        x1: Receives the components at the end of the step.
        f1: Receives the dots at the end of the step.
    """
    if f.size == 0 and heating == 0.0 and x.size <= MOST:
        invert(plan, w)
        take_differences(net, h, x, w, x1)
    else:
        take_step(net, pop, plan, setting, heating, window, t, h, x, f, from_right, w, x1, f1)


@part
def between(share, window, x, f, x1, f1, w, out_x, out_f):
    """Set the solution at a share of the step, equation (3) of ``tableau.py``.

    Args:
        share: From 0 to 1.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        x1: Components at the end of the step, likewise.
        f1: Dots at the end of the step, likewise.
        w: Room to work in, a :class:`Work`.
        out_x: Receives components, shape (n,).
        out_f: Receives dots, shape (N,).
    """
    for j in range(STAGES):
        w.row[j] = share * (1 - share) * (DENSE[0, j] + share * (DENSE[1, j] + share * DENSE[2, j]))
    for i in range(x.size):
        w.x[i] = (1 - share) * x[i] + share * x1[i]
    combine(STAGES, w.row, w.x, w.u, out_x)
    if window > 0:
        for i in range(window):
            w.f[i] = (1 - share) * f[i] + share * f1[i]
        combine_classes(STAGES, w.row, w.f, window, w, out_f)
