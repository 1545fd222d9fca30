r"""Rates of a network, their slopes and their curvature.

.. math:: r_ρ = k_ρ(T) \prod_f g_f(x_f), \quad x_f = \sum_j w_{fj} c_j              \qquad (1)

   s_f = k_ρ g'_f \prod_{h \ne f} g_h, \quad \frac{∂r_ρ}{∂c_j} = \sum_f s_f w_{fj}   \qquad (2)

Scales are folded into the weights of a pool when a mechanism is compiled, so that each kind of
factor is a function of one number (``mechanism/reaction.py`` has them in chemical terms):
linear x, power x^p, saturation x/(1+x), binding (1+x)^p, excess max(x − p, 0), barrier
exp(−B/ln^p x). Concentrations are mol/m³, times s, temperatures K.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prenuc.simulation.kernels.compiled import called, part

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINEAR, POWER, SATURATION, BINDING, EXCESS, BARRIER = range(6)
SMALLEST = 1e-12  # in units of a scale; below it powers below one and logarithms are held finite


class RateArrays(NamedTuple):
    """A network as flat arrays: reactions ρ have factors f, factors have pools, all contiguous.

    Args:
        constant: ln k at the anchor, shape (reactions,); −inf for a constant of zero.
        energy: Ea/R in K, shape (reactions,).
        anchor: 1/T_at in 1/K, shape (reactions,).
        factors: Where the factors of each reaction begin, shape (reactions + 1,).
        kind: One of the six kinds, shape (factors,).
        order: p of each factor, shape (factors,).
        barrier: B of each barrier, shape (factors,).
        largest: Largest nucleus of each barrier, shape (factors,).
        pools: Where the pool of each factor begins, shape (factors + 1,).
        member: Components of all pools.
        weight: Their weights over the factor's scale.
        changes: Where the stoichiometry of each reaction begins, shape (reactions + 1,).
        changed: Components of all stoichiometries.
        number: Their stoichiometric numbers.
        single: Reaction and component of every r = k x, shape (reactions of that kind, 2).
        double: Reaction and components of every r = k x y, shape (reactions of that kind, 3).
        general: All other reactions.
        rows: Where the reactions that change each component begin, shape (n + 1,); channels are
            left out.
        maker: These reactions.
        made: Their stoichiometric numbers.
    """

    constant: NDArray[np.float64]
    energy: NDArray[np.float64]
    anchor: NDArray[np.float64]
    factors: NDArray[np.int64]
    kind: NDArray[np.int64]
    order: NDArray[np.float64]
    barrier: NDArray[np.float64]
    largest: NDArray[np.float64]
    pools: NDArray[np.int64]
    member: NDArray[np.int64]
    weight: NDArray[np.float64]
    changes: NDArray[np.int64]
    changed: NDArray[np.int64]
    number: NDArray[np.float64]
    single: NDArray[np.int64]
    double: NDArray[np.int64]
    general: NDArray[np.int64]
    rows: NDArray[np.int64]
    maker: NDArray[np.int64]
    made: NDArray[np.float64]


@part
def constants(net, temperature, k):
    """Set k(T) = exp(ln k − Ea/R (1/T − 1/T_at)).

    Args:
        net: The network, a :class:`RateArrays`.
        temperature: In K.
        k: Receives them, shape (R,).
    """
    for r in range(k.size):
        k[r] = np.exp(net.constant[r] - net.energy[r] * (1.0 / temperature - net.anchor[r]))


@part
def pooled(net, f, x):
    """Return the pool of a factor.

    Args:
        net: The network, a :class:`RateArrays`.
        f: Which factor.
        x: Components in mol/m³, shape (n,).
    """
    total = 0.0
    for m in range(net.pools[f], net.pools[f + 1]):
        total += net.weight[m] * x[net.member[m]]
    return total


@part
def power(x, order):
    """Return x^p for x > 0; small whole orders without a logarithm."""
    if order == 2.0:
        return x * x
    if order == 3.0:
        return x * x * x
    if order == 1.0:
        return x
    if order == 0.0:
        return 1.0
    return x**order


@called
def nucleus(p, b, most, x):
    """Return exp(−W), the size of the critical nucleus, and its slope in ln x, of a barrier.

    Args:
        p: Its order, number of sites or threshold.
        b: Its barrier B.
        most: Units of the largest nucleus.
        x: Its pool, a number.
    """
    if x <= 0.0:
        return 0.0, 0.0, 0.0
    log, turn = np.log(x), (p * b / most) ** (1.0 / (p + 1.0))
    if log > turn:
        size = p * b / log ** (p + 1.0)
        return np.exp(-b / log**p), size, -(p + 1.0) * size / log
    return np.exp(-most * ((1.0 + 1.0 / p) * turn - log)), most, 0.0


@called
def value_of(kind, p, b, most, x):
    """Return g(x) of a kind, with its order, barrier and largest nucleus.

    Args:
        kind: Which kind of factor.
        p: Its order, number of sites or threshold.
        b: Its barrier B.
        most: Units of the largest nucleus.
        x: Its pool, a number.
    """
    if kind == LINEAR:
        return x
    if kind == EXCESS:
        return max(x - p, 0.0)
    if kind == BARRIER:
        return nucleus(p, b, most, x)[0]
    if kind == SATURATION:  # straight below zero, where only rounding is, so that it heals
        return x / (1.0 + x) if x > 0.0 else x
    x = max(x, 0.0)
    if kind == POWER:
        return power(x, p)
    return (1.0 + x) ** p


@called
def slope_of(kind, p, b, most, x):
    """Return g(x) and dg/dx.

    Args:
        kind: Which kind of factor.
        p: Its order, number of sites or threshold.
        b: Its barrier B.
        most: Units of the largest nucleus.
        x: Its pool, a number.
    """
    if kind == LINEAR:
        return x, 1.0
    if kind == EXCESS:
        return max(x - p, 0.0), 1.0 if x > p else 0.0
    if kind == BARRIER:
        g, size, _ = nucleus(p, b, most, x)
        return g, g * size / max(x, SMALLEST)
    if kind == SATURATION:
        return (x / (1.0 + x), 1.0 / (1.0 + x) ** 2) if x > 0.0 else (x, 1.0)
    x = max(x, 0.0)
    if kind == POWER:
        base = max(x, SMALLEST) if p < 1.0 else x
        return power(x, p), p * power(base, p - 1.0)
    return (1.0 + x) ** p, p * (1.0 + x) ** (p - 1.0)


@part
def value(net, f, x):
    """Return g(x) of a factor.

    Args:
        net: The network, a :class:`RateArrays`.
        f: Which factor.
        x: Components in mol/m³, shape (n,).
    """
    return value_of(net.kind[f], net.order[f], net.barrier[f], net.largest[f], x)


@part
def slope(net, f, x):
    """Return g(x) and dg/dx of a factor.

    Args:
        net: The network, a :class:`RateArrays`.
        f: Which factor.
        x: Components in mol/m³, shape (n,).
    """
    return slope_of(net.kind[f], net.order[f], net.barrier[f], net.largest[f], x)


@part
def rates(net, x, k, r):
    """Set the rate of every reaction, equation (1); mass action of one or two goes a short way.

    Args:
        net: The network, a :class:`RateArrays`.
        x: Components in mol/m³, shape (n,).
        k: Rate constants, shape (R,).
        r: Receives them in mol/(m³ s), shape (R,).
    """
    for m in range(net.single.shape[0]):
        i = net.single[m, 0]
        r[i] = k[i] * x[net.single[m, 1]]
    for m in range(net.double.shape[0]):
        i = net.double[m, 0]
        r[i] = k[i] * x[net.double[m, 1]] * x[net.double[m, 2]]
    for i in net.general:
        product = k[i]
        for f in range(net.factors[i], net.factors[i + 1]):
            product *= value(net, f, pooled(net, f, x))
        r[i] = product


@part
def slopes(net, x, k, r, s):
    """Set the rate of every reaction and the slope of every factor, equations (1) and (2).

    Args:
        net: The network, a :class:`RateArrays`.
        x: Components in mol/m³, shape (n,).
        k: Rate constants, shape (R,).
        r: Receives the rates in mol/(m³ s), shape (R,).
        s: Receives the slopes, shape (F,).
    """
    for m in range(net.single.shape[0]):
        i = net.single[m, 0]
        r[i] = k[i] * x[net.single[m, 1]]
        s[net.factors[i]] = k[i]
    for m in range(net.double.shape[0]):
        i = net.double[m, 0]
        one, other = x[net.double[m, 1]], x[net.double[m, 2]]
        first, last = net.factors[i], net.factors[i + 1] - 1
        r[i] = k[i] * one * other
        s[first] = k[i] * other
        s[last] = k[i] * one if first != last else 2.0 * k[i] * one
    for i in net.general:
        first, last = net.factors[i], net.factors[i + 1]
        s[first:last] = k[i]
        r[i] = k[i]
        for f in range(first, last):
            g, dg = slope(net, f, pooled(net, f, x))
            r[i] *= g
            for h in range(first, last):
                s[h] *= dg if h == f else g


@part
def gradient(net, i, s, scale, row):
    """Add scale · ∂r_i/∂c to a row.

    Args:
        net: The network, a :class:`RateArrays`.
        i: Which reaction.
        s: Slopes of all factors, shape (F,).
        scale: What it is multiplied with.
        row: What it is added to, shape (n,).
    """
    for f in range(net.factors[i], net.factors[i + 1]):
        for m in range(net.pools[f], net.pools[f + 1]):
            row[net.member[m]] += scale * s[f] * net.weight[m]


@part
def network_change(net, r, out):
    """Set N r of the network, without channels.

    Args:
        net: The network, a :class:`RateArrays`.
        r: Rates in mol/(m³ s), shape (R,).
        out: Receives it in mol/(m³ s), shape (n,).
    """
    for i in range(out.size):
        total = 0.0
        for m in range(net.rows[i], net.rows[i + 1]):
            total += net.made[m] * r[net.maker[m]]
        out[i] = total


@part
def change(net, first, last, r, scale, out):
    """Add scale · N r of the reactions first … last − 1.

    Args:
        net: The network, a :class:`RateArrays`.
        first: The first of them.
        last: The one after the last.
        r: Rates in mol/(m³ s), shape (R,).
        scale: What it is multiplied with.
        out: What it is added to, shape (n,).
    """
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            out[net.changed[m]] += scale * net.number[m] * r[i]
