"""numbalsoda on a mass action network; runs in its own environment."""

import numpy as np
from mass_action import main, source
from numba import carray, cfunc, njit
from numbalsoda import lsoda, lsoda_sig


class Numbalsoda:
    """LSODA called from compiled code; it takes no Jacobian."""

    def __init__(self, given):
        scope = {}
        exec(source(given), scope)  # noqa: S102  # made there
        change, n, p = njit(scope["change"]), len(given["species"]), len(given["reactions"])

        @cfunc(lsoda_sig)
        def rates(_t, y, out, k):
            change(carray(y, (n,)), carray(k, (p,)), carray(out, (n,)))

        self.rates, self.start = rates, np.array(given["initial"])
        self.times = np.array([0.0, given["duration"]])

    def run(self, k, rtol, atol):
        data = np.ascontiguousarray(k)
        found, success = lsoda(
            self.rates.address, self.start, self.times, data=data, rtol=rtol, atol=atol,
            mxstep=1_000_000,
        )  # fmt: skip
        if not success:
            raise RuntimeError("LSODA failed")
        return found[-1]


main(Numbalsoda)
