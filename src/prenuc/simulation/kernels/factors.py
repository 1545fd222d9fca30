"""How a factor of a rate law bends, and how it moves with its own constants."""

from __future__ import annotations

import numpy as np

from prenuc.simulation.kernels.compiled import part
from prenuc.simulation.kernels.rates import (
    BARRIER,
    BINDING,
    EXCESS,
    POWER,
    SMALLEST,
    curvature,
    nucleus,
    pooled,
    power,
    slope,
    value,
)


@part
def product(net, f, x):
    """Return g of a factor for given components."""
    return value(net, f, pooled(net, f, x))


@part
def factors_at(net, x, pools, g, dg, ddg):
    """Set the pool of every factor, g, dg/dx and d²g/dx²."""
    for f in range(pools.size):
        pools[f] = pooled(net, f, x)
        g[f], dg[f] = slope(net, f, pools[f])
        ddg[f] = curvature(net, f, pools[f])


@part
def in_order(net, f, x):
    """Return ∂g/∂p and ∂²g/∂p∂x: p the order, the sites or the threshold."""
    kind, p = net.kind[f], net.order[f]
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


@part
def in_barrier(net, f, x):
    """Return ∂g/∂B and ∂²g/∂B∂x of a barrier exp(−B/ln^p x)."""
    if net.kind[f] != BARRIER or x <= 0.0:
        return 0.0, 0.0
    p, b, most = net.order[f], net.barrier[f], net.largest[f]
    g, size, _ = nucleus(net, f, x)
    log, turn = np.log(x), (p * b / most) ** (1.0 / (p + 1.0))
    if log > turn:
        by_b = -g / log**p
        return by_b, (by_b * size + g * size / b) / x
    by_b = -g * most * (1.0 + 1.0 / p) * turn / ((p + 1.0) * b)
    return by_b, by_b * most / x
