"""An integrator that shares nothing with prenuc, to check the published and recomputed values.

Robertson and E5 were recomputed with Radau IIA of orders 9 and 13 in 40-digit arithmetic on steps
that are geometric in time, 6 to 12 a decade, until 15 digits stood. That takes minutes; what
runs here is Radau IIA of order 5 (scipy) on the hand-written equations, which confirms ten
digits in seconds.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

FLOOR = 1e-40  # absolute tolerance: of nothing that is compared


def integrate(change, start, times, *, rtol=1e-12):
    """Return the states at ascending times above 0, shape (times, species).

    Args:
        change: From the state to its derivative, both sequences.
        start: At time 0.
        times: Ascending, above 0.
        rtol: Relative tolerance.
    """
    found = solve_ivp(
        lambda _, y: np.array(change(y)),
        (0.0, times[-1]),
        np.asarray(start, dtype=float),
        method="Radau",
        t_eval=times,
        jac=lambda _, y: jacobian(change, y),
        rtol=rtol,
        atol=FLOOR,
    )
    assert found.success, found.message
    return found.y.T


def jacobian(change, y):
    """Return ∂change/∂y by complex steps, exact to rounding."""
    columns = []
    for j in range(len(y)):
        step = 1e-30 * max(abs(float(y[j])), 1e-10)
        moved = np.array(y, dtype=complex)
        moved[j] += 1j * step
        columns.append(np.imag(np.array(change(moved))) / step)
    return np.column_stack(columns)
