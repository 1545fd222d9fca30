r"""A dimerisation that is fed: 2 S → S₂ in moles n of S, volume V, with additions in between.

Between two additions :math:`1/n = 1/n_0 + 2kt/V`; an addition adds to n and V at once; dilution
changes V alone; what is taken away takes its share of n and V. Each piece is the second-order law
(Moore and Pearson 1981, Kinetics and Mechanism, 3rd ed., ch. 2) in moles.
"""

from __future__ import annotations


def left(moles, volume, constant, seconds):
    """Return the moles of S after a while in a constant volume (m³; constant in m³/(mol s))."""
    return moles / (1 + 2 * constant * seconds * moles / volume)
