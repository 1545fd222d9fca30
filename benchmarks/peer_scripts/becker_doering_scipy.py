"""SciPy's BDF with an exact sparse Jacobian on Becker and Döring's equations, in plain numpy.

Runs in its own environment; this is what a careful user of scipy writes.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from becker_doering_model import moments, occupied, rates
from scipy.integrate import solve_ivp
from scipy.sparse import coo_matrix


def equations(a, b, ka, kd, kn):
    """Return dy/dt and its sparse Jacobian; the monomer comes last."""
    count = len(a)
    i = np.arange(count)
    rows = np.concatenate((i, i[1:], i[:-1], i, np.full(count, count), [count]))
    columns = np.concatenate((i, i[:-1], i[1:], np.full(count, count), i, [count]))

    def change(_t, y):
        f, c = y[:-1], y[-1]
        flux = ka * c * a[:-1] * f[:-1] - kd * b[1:] * f[1:]
        born = kn * c * c - kd * b[0] * f[0]
        net = np.concatenate(([born], flux))
        return np.concatenate((net - np.append(flux, 0.0), [-2.0 * born - flux.sum()]))

    def jacobian(_t, y):
        f, c = y[:-1], y[-1]
        up, down = np.append(ka * c * a[:-1], 0.0), kd * b
        enters = np.append(2.0 * kn * c, ka * a[:-1] * f[:-1])
        leaves = np.append(ka * a[:-1] * f[:-1], 0.0)
        to_monomer = down - up
        to_monomer[0] += down[0]
        corner = [-4.0 * kn * c - leaves.sum()]
        values = (-down - up, up[:-1], down[1:], enters - leaves, to_monomer, corner)
        shape = (count + 1, count + 1)
        return coo_matrix((np.concatenate(values), (rows, columns)), shape).tocsc()

    return change, jacobian


def main():
    """Run every pair of tolerances."""
    given = json.loads(Path(sys.argv[1]).read_text())
    units, a, b = rates(given)
    change, jacobian = equations(
        a, b, given["attachment"], given["detachment"], given["nucleation"]
    )
    start = np.append(np.zeros(len(a)), given["start"])
    found = []
    for rtol, atol, repeats in given["tolerances"]:
        spent = []
        for _ in range(repeats):
            began = time.process_time()
            run = solve_ivp(
                change, (0.0, given["duration"]), start, method="BDF", jac=jacobian,
                rtol=rtol, atol=atol * given["start"], t_eval=[given["duration"]],
            )  # fmt: skip
            spent.append(time.process_time() - began)
        if not run.success:
            found.append({"rtol": rtol, "atol": atol, "error": run.message})
            continue
        y = run.y[:, -1]
        found.append(
            {
                "rtol": rtol,
                "atol": atol,
                "cpu": min(spent),
                "moments": moments(y[:-1], units),
                "conservation": abs(float(units @ y[:-1] + y[-1]) / given["start"] - 1.0),
                "occupied": occupied(y[:-1], units),
            }
        )
    print(json.dumps({"rows": found}))


main()
