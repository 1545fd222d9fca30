r"""The eight stages of a small network alone at one temperature, in differences.

With Δ_i = Σ_{j<i} a_ij u_j and J = 1/(hγ) − W, equation (1) of ``tableau.py`` becomes

.. math::

   F(y + Δ) = F(y) + J Δ + B q(Δ)                                                    \qquad (1)

   u_i = W^{-1} \Big( F(y) + \frac1h \sum_{j<i} (c_{ij} + a_{ij}/γ)\, u_j \Big)
         + (W^{-1} B)\, q(Δ_i) - Δ_i                                                 \qquad (2)

q is what a rate does beyond its slope: nothing for a reaction of first order, k Δx Δy for one
between two components; B is the stoichiometry of those reactions that bend at all. So most
reactions of a network cost nothing in a stage, and rounding is no worse, for q is small where Δ
is. (W⁻¹, W⁻¹B) is formed once a step, since eight products with a small full matrix take less time
than eight eliminations that follow lists of places.
"""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part, woven
from prenuc.simulation.kernels.dense import clear, combine_both, copy
from prenuc.simulation.kernels.elimination import solve_rows
from prenuc.simulation.kernels.rates import network_change, pooled, value
from prenuc.simulation.kernels.tableau import DIFFERENCES, STAGES, A

MOST = 32  # components; for more of them elimination is as fast


@part
def invert(plan, w):
    """Set (W⁻¹, W⁻¹B) from the factors of W."""
    for i in range(w.whole.shape[0]):
        copy(w.whole.shape[1], w.unit[i], w.whole[i])
    solve_rows(plan, w.schur, w.inverse, w.whole)


@part
def bends(net, x, delta, w, out):
    """Set q(Δ); ``x`` is y + Δ, and constants, rates and slopes are those of y.

    Args:
        net: The network, a :class:`RateArrays`.
        x: y + Δ in mol/m³, shape (n,).
        delta: Δ, shape (n,).
        w: Room to work in, a :class:`Work`.
        out: Receives q, one number for every reaction that bends.
    """
    doubles = net.double.shape[0]
    for m in range(doubles):
        i, one, other = net.double[m]
        out[m] = w.k[i] * delta[one] * delta[other]
    for m in range(net.general.size):
        i = net.general[m]
        rate, straight = w.k[i], w.r[i]
        for f in range(net.factors[i], net.factors[i + 1]):
            rate *= value(net, f, pooled(net, f, x))
            straight += w.s[f] * pooled(net, f, delta)
        out[doubles + m] = rate - straight


@woven
def take_differences(net, h, x, w, x1):
    """Take the eight stages, equation (2); rates, slopes and W⁻¹ are those of the step's start.

    Args:
        net: The network, a :class:`RateArrays`.
        h: The step in s.
        x: Components in mol/m³, shape (n,).
        w: Room to work in, a :class:`Work`.
        x1: Receives the components at the end of the step, shape (n,).
    """
    n = x.size
    network_change(net, w.r, w.change)
    clear(STAGES, w.row)
    for stage in range(STAGES):
        clear(n, w.u[stage])
    for stage in range(STAGES):
        for j in range(stage):
            w.row[j] = DIFFERENCES[stage, j] / h
        combine_both(A[stage], w.row, w.u, w.change, w.delta, w.known)
        for i in range(n):
            w.x[i] = x[i] + w.delta[i]
        bends(net, w.x, w.delta, w, w.known[n:])
        for i in range(n):
            total = 0.0
            for j in range(w.known.size):
                total += w.whole[i, j] * w.known[j]
            w.u[stage, i] = total - w.delta[i]
    for i in range(n):
        x1[i] = w.x[i] + w.u[STAGES - 1, i]
