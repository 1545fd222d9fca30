r"""Slow continuous nucleation, fast autocatalytic growth: A → B (k₁), A + B → 2 B (k₂).

.. math:: a(t) = \frac{a_0 + k_1/k_2}{1 + \frac{k_1}{k_2 a_0} \exp((k_1 + k_2 a_0)\, t)}

Watzky and Finke 1997, J. Am. Chem. Soc. 119, 10382, eq. 3.
"""

from __future__ import annotations

import numpy as np


def left(times, nucleation, growth, start):
    """Return A at the times."""
    ratio = nucleation / growth
    grown = np.exp((nucleation + growth * start) * times)
    return (start + ratio) / (1 + ratio / start * grown)
