r"""A → B → C in first order, with equal constants as its limit.

.. math:: b = a_0 k_1 \frac{e^{-k_1 t} - e^{-k_2 t}}{k_2 - k_1}, \qquad
   k_1 = k_2 = k: \; b = a_0 k t e^{-kt}

Harcourt and Esson 1866, Phil. Trans. R. Soc. 156, 193; Bateman 1910, Proc. Camb. Phil. Soc. 15,
423.
"""

from __future__ import annotations

import numpy as np


def concentrations(times, first, second, start=1.0):
    """Return A, B, C, shape (times, 3)."""
    difference = second - first
    bridge = times if difference == 0 else -np.expm1(-difference * times) / difference
    a = start * np.exp(-first * times)
    b = a * first * bridge
    return np.column_stack((a, b, start - a - b))
