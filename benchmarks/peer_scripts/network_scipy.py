"""SciPy's integrators with compiled rates and exact Jacobian on a mass action network.

The method is named in the question.
"""

import numpy as np
from mass_action import compiled, main
from scipy.integrate import solve_ivp


class Scipy:
    """solve_ivp."""

    def __init__(self, given):
        self.change, self.slopes = compiled(given)
        self.start, self.end = np.array(given["initial"]), given["duration"]
        self.method = given["method"]

    def run(self, k, rtol, atol):
        n = len(self.start)

        def change(_t, y):
            out = np.empty(n)
            self.change(y, k, out)
            return out

        def slopes(_t, y):
            out = np.empty((n, n))
            self.slopes(y, k, out)
            return out

        found = solve_ivp(
            change, (0.0, self.end), self.start, method=self.method, jac=slopes,
            rtol=rtol, atol=atol, t_eval=[self.end],
        )  # fmt: skip
        if not found.success:
            raise RuntimeError(found.message)
        return found.y[:, -1]


main(Scipy)
