r"""Reactions of second order.

2 A → P with rate k a²: :math:`1/a = 1/a_0 + 2kt`. A + B → P with rate k a b and δ = a₀ − b₀:
:math:`a = δ/(1 - (b_0/a_0) e^{-kδt})`. A + B ⇌ C: with K = k₋/k₊ and the roots c₁ < c₂ of
(a₀ − c)(b₀ − c) = Kc, :math:`c = c_1 (1 - e^{-κt})/(1 - (c_1/c_2) e^{-κt})`, κ = k₊(c₂ − c₁), when
there is no C at first.

Moore and Pearson 1981, Kinetics and Mechanism, 3rd ed., ch. 2 and 8.
"""

from __future__ import annotations

import numpy as np


def dimerised(times, constant, start):
    """Return A of 2 A → P."""
    return start / (1 + 2 * constant * start * times)


def joined(times, constant, a, b):
    """Return A of A + B → P for unequal starts."""
    excess = a - b
    return excess / (1 - b / a * np.exp(-constant * excess * times))


def bound(times, forward, back, a, b):
    """Return C of A + B ⇌ C without C at first."""
    middle = (a + b + back / forward) / 2
    spread = np.sqrt(middle**2 - a * b)
    high = middle + spread
    low = a * b / high
    decay = np.exp(-forward * 2 * spread * times)
    return low * (1 - decay) / (1 - low / high * decay)
