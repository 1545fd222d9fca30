"""How a factor of a rate law bends, and how it moves with its own constants."""

from __future__ import annotations

import numpy as np

from prenuc.simulation.kernels.compiled import called, part
from prenuc.simulation.kernels.rates import (
    BARRIER,
    BINDING,
    EXCESS,
    POWER,
    SATURATION,
    SMALLEST,
    nucleus,
    pooled,
    power,
    slope,
    value,
)


@part
def product(net, f, x):
    """Return g of a factor for given components.

    Args:
        net: The network, a :class:`RateArrays`.
        f: Which factor.
        x: Components in mol/m³, shape (n,).
    """
    return value(net, f, pooled(net, f, x))


@part
def factors_at(net, x, pools, g, dg, ddg):
    """Set the pool of every factor, g, dg/dx and d²g/dx².

    Args:
        net: The network, a :class:`RateArrays`.
        x: Components in mol/m³, shape (n,).
        pools: Receives the pool of every factor, shape (F,).
        g: Receives g, likewise.
        dg: Receives dg/dx, likewise.
        ddg: Receives d²g/dx², likewise.
    """
    for f in range(pools.size):
        pools[f] = pooled(net, f, x)
        g[f], dg[f] = slope(net, f, pools[f])
        ddg[f] = curvature_of(net.kind[f], net.order[f], net.barrier[f], net.largest[f], pools[f])


@part
def in_order(net, f, x):
    """Return ∂g/∂p and ∂²g/∂p∂x of a factor: p the order, the sites or the threshold.

    Args:
        net: The network, a :class:`RateArrays`.
        f: Which factor.
        x: Its pool, a number.
    """
    return in_order_of(net.kind[f], net.order[f], x)


@part
def in_barrier(net, f, x):
    """Return ∂g/∂B and ∂²g/∂B∂x of a factor, where it is a barrier exp(−B/ln^p x).

    Args:
        net: The network, a :class:`RateArrays`.
        f: Which factor.
        x: Its pool, a number.
    """
    return in_barrier_of(net.kind[f], net.order[f], net.barrier[f], net.largest[f], x)


@called
def curvature_of(kind, p, b, most, x):
    """Return d²g/dx² of a kind, with its order, barrier and largest nucleus.

    Args:
        kind: Which kind of factor.
        p: Its order, number of sites or threshold.
        b: Its barrier B.
        most: Units of the largest nucleus.
        x: Its pool, a number.
    """
    if kind == BARRIER:
        g, size, bend = nucleus(p, b, most, x)
        return g * (size * (size - 1.0) + bend) / max(x, SMALLEST) ** 2
    x = max(x, 0.0)
    if kind == POWER:
        if p == 2.0:
            return 2.0
        base = max(x, SMALLEST) if p < 2.0 else x
        return p * (p - 1.0) * power(base, p - 2.0)
    if kind == SATURATION:
        return -2.0 / (1.0 + x) ** 3 if x > 0.0 else 0.0
    if kind == BINDING:
        return p * (p - 1.0) * (1.0 + x) ** (p - 2.0)
    return 0.0


@called
def in_order_of(kind, p, x):
    """Return what :func:`in_order` does.

    Args:
        kind: Which kind of factor.
        p: Its order, number of sites or threshold.
        x: Its pool, a number.
    """
    if kind == POWER:
        if x <= 0.0:
            return 0.0, 0.0
        base = power(max(x, SMALLEST), p - 1.0)
        return base * x * np.log(x), base * (1.0 + p * np.log(x))
    if kind == BINDING:
        bound = 1.0 + max(x, 0.0)
        return bound**p * np.log(bound), bound ** (p - 1.0) * (1.0 + p * np.log(bound))
    if kind == EXCESS:
        return (-1.0 if x > p else 0.0), 0.0
    return 0.0, 0.0


@called
def in_barrier_of(kind, p, b, most, x):
    """Return what :func:`in_barrier` does.

    Args:
        kind: Which kind of factor.
        p: Its order, number of sites or threshold.
        b: Its barrier B.
        most: Units of the largest nucleus.
        x: Its pool, a number.
    """
    if kind != BARRIER or x <= 0.0:
        return 0.0, 0.0
    g, size, _ = nucleus(p, b, most, x)
    log, turn = np.log(x), (p * b / most) ** (1.0 / (p + 1.0))
    if log > turn:
        by_b = -g / log**p
        return by_b, (by_b * size + g * size / b) / x
    by_b = -g * most * (1.0 + 1.0 / p) * turn / ((p + 1.0) * b)
    return by_b, by_b * most / x
