"""CVODE (scikit-sundae) with compiled rates and dense exact Jacobian on a mass action network."""

import numpy as np
from mass_action import compiled, main
from sksundae.cvode import CVODE


class Cvode:
    """A run makes a solver, as the interface wants it."""

    def __init__(self, given):
        self.change, self.slopes = compiled(given)
        self.start, self.end = np.array(given["initial"]), given["duration"]

    def run(self, k, rtol, atol):
        change, slopes = self.change, self.slopes
        solver = CVODE(
            lambda _t, y, out: change(y, k, out),
            jacfn=lambda _t, y, _yp, out: slopes(y, k, out),
            rtol=rtol,
            atol=atol,
            linsolver="dense",
            max_num_steps=1_000_000,
        )
        found = solver.solve(np.array([0.0, 0.5, 1.0]) * self.end, self.start)
        if not found.success:
            raise RuntimeError(found.message)
        return found.y[-1]


main(Cvode)
