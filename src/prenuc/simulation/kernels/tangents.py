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

from prenuc.simulation.kernels.class_tangents import clear_rows, curved_detachment, warming_tangents
from prenuc.simulation.kernels.compiled import entry, part, woven
from prenuc.simulation.kernels.dense import add, clear, copy
from prenuc.simulation.kernels.elimination import multiply
from prenuc.simulation.kernels.factors import factors_at
from prenuc.simulation.kernels.rates import constants, slopes
from prenuc.simulation.kernels.rodas import course
from prenuc.simulation.kernels.seeds import add_entries, constant_moves, gradient_rows, moved_rates
from prenuc.simulation.kernels.stage_tangents import lone_tangents, stage_tangents
from prenuc.simulation.kernels.tableau import DENSE, STAGES, A


@woven
def open_tangents(net, pop, plan, seeds, heating, temperature, window, x, f, w, v):
    """Set rates, slopes and their tangents at the start of a step.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        seeds: What parameters do to rates, a :class:`Seeds`.
        heating: Rate of heating in K/s.
        temperature: In K.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        w: Room for the tangents, a :class:`TangentWork`.
        v: The integrator's own work, a :class:`Work`.
    """
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
    """Set the tangents at a share of the step, equation (3) of ``tableau.py``.

    Args:
        share: From 0 to 1.
        window: How many classes take part.
        w: Room for the tangents, a :class:`TangentWork`.
        out_x: Receives those of components, shape (n, P).
        out_f: Receives those of dots, shape (N, P).
    """
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
    """Take the tangents along an accepted step.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        heating: Rate of heating in K/s.
        window: How many classes take part.
        t: Time at the start of the step in s.
        h: The step in s.
        taken: How much of it is taken, in s.
        told: How many times have been reported.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        from_right: What :func:`prepare` returned.
        v: The integrator's own work, a :class:`Work`.
        own: What is followed, a :class:`Followed`.
    """
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
