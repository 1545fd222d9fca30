"""The numbers of Becker and Döring's equations that every peer starts from.

Classes of n = 2 … N units; α_n = n^(1/3), β_n = α_{n-1} exp(g (n^(2/3) − (n−1)^(2/3))).
"""

import numpy as np


def rates(given):
    """Return units per dot, α and β of all classes."""
    n = np.arange(2, given["classes"] + 1, dtype=float)
    softer = given["capillarity"] * (np.cbrt(n) ** 2 - np.cbrt(n - 1) ** 2)
    return n, np.cbrt(n), np.cbrt(n - 1) * np.exp(softer)


def moments(dots, units):
    """Return Σ f n^(p/3) for p = 0 … 3."""
    return [float(dots @ np.cbrt(units) ** p) for p in range(4)]


def occupied(dots, units):
    """Return the class beyond which less than a millionth of all units lies."""
    beyond = np.cumsum((dots * units)[::-1])[::-1]
    return float(units[np.flatnonzero(beyond > 1e-6 * beyond[0])[-1]])
