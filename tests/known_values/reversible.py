r"""A ⇌ B in first order: :math:`a - a_∞ = (a_0 - a_∞) e^{-(k_+ + k_-)t}`, a∞ = k₋/(k₊ + k₋) of all.

Moore and Pearson 1981, Kinetics and Mechanism, 3rd ed., ch. 8.
"""

from __future__ import annotations

import numpy as np


def concentrations(times, forward, back, a, b):
    """Return A and B, shape (times, 2)."""
    end = (a + b) * back / (forward + back)
    here = end + (a - end) * np.exp(-(forward + back) * times)
    return np.column_stack((here, a + b - here))
