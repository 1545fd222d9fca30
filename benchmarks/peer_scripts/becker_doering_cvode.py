"""CVODE with GMRES and an exact preconditioner on Becker and Döring's equations.

Runs in its own environment. The state is f_2 … f_N, then the monomer c. I − γJ is tridiagonal in
the classes, with the monomer as border; it is factorised in O(N), the border eliminated last, so
that right after a set-up GMRES needs one iteration. Right-hand side, product J·v, set-up and solve
are compiled; nothing is allocated during the integration.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from becker_doering_model import moments, occupied, rates
from numba import njit
from sksundae.cvode import CVODE, CVODEJacTimes, CVODEPrecond


@njit(cache=True, error_model="numpy")
def change(y, out, a, b, ka, kd, kn):
    """Fill in dy/dt; a and b are α and β of every class."""
    c = y[-1]
    born = kn * c * c
    fallen = kd * b[0] * y[0]
    out[0] = born - fallen
    lost = 2.0 * (born - fallen)
    for i in range(1, a.size):
        flux = ka * c * a[i - 1] * y[i - 1] - kd * b[i] * y[i]
        out[i - 1] -= flux
        out[i] = flux
        lost += flux
    out[-1] = -lost


@njit(cache=True, error_model="numpy")
def product(y, v, out, a, b, ka, kd, kn):
    """Fill in J v."""
    c, dc = y[-1], v[-1]
    net = 2.0 * kn * c * dc - kd * b[0] * v[0]
    out[0] = net
    lost = 2.0 * net
    for i in range(1, a.size):
        flux = ka * a[i - 1] * (c * v[i - 1] + dc * y[i - 1]) - kd * b[i] * v[i]
        out[i - 1] -= flux
        out[i] = flux
        lost += flux
    out[-1] = -lost


@njit(cache=True, error_model="numpy")
def factorise(y, gamma, a, b, ka, kd, kn, low, up, inverse, border, row, corner):
    """Factorise I − γJ: Thomas on the classes, then the Schur complement of the monomer."""
    last, c = a.size - 1, y[-1]
    gain = gamma * ka * c
    border[0] = -gamma * (2.0 * kn * c - ka * a[0] * y[0])
    row[0] = -gamma * (2.0 * kd * b[0]) + gain * a[0]
    inverse[0] = 1.0 / (1.0 + gamma * kd * b[0] + gain * a[0])
    left = 4.0 * kn * c + ka * a[0] * y[0]
    for i in range(1, last + 1):
        growth = a[i] if i < last else 0.0
        up[i - 1] = -gamma * kd * b[i]
        m = -gain * a[i - 1] * inverse[i - 1]
        low[i] = m
        row[i] = gain * growth - gamma * kd * b[i]
        inverse[i] = 1.0 / (1.0 + gamma * kd * b[i] + gain * growth - m * up[i - 1])
        enters = -gamma * ka * (a[i - 1] * y[i - 1] - growth * y[i])
        border[i] = enters - m * border[i - 1]
        left += ka * growth * y[i]
    x = border[last] * inverse[last]
    border[last] = x
    diagonal = 1.0 + gamma * left - row[last] * x
    for i in range(last - 1, -1, -1):
        x = (border[i] - up[i] * x) * inverse[i]
        border[i] = x
        diagonal -= row[i] * x
    corner[0] = 1.0 / diagonal


@njit(cache=True, error_model="numpy")
def solve(r, z, low, up, inverse, border, row, corner):
    """Fill in z with (I − γJ) z = r."""
    last = inverse.size - 1
    x = r[0]
    z[0] = x
    for i in range(1, last + 1):
        x = r[i] - low[i] * x
        z[i] = x
    x *= inverse[last]
    z[last] = x
    rest = r[-1] - row[last] * x
    for i in range(last - 1, -1, -1):
        x = (z[i] - up[i] * x) * inverse[i]
        z[i] = x
        rest -= row[i] * x
    rest *= corner[0]
    z[-1] = rest
    for i in range(last + 1):
        z[i] -= border[i] * rest


class Problem:
    """The equations as CVODE wants them."""

    def __init__(self, given):
        self.units, a, b = rates(given)
        self.given, count = given, len(a)
        constants = (a, b, given["attachment"], given["detachment"], given["nucleation"])
        factors = (*np.zeros((5, count)), np.zeros(1))

        def set_up(_t, y, _yp, _jok, jnew, gamma):
            factorise(y, gamma, *constants, *factors)
            jnew[0] = 1

        self.change = lambda _t, y, out: change(y, out, *constants)
        self.preconditioner = CVODEPrecond(
            set_up, lambda _t, _y, _yp, r, z, _gamma, _delta, _lr: solve(r, z, *factors)
        )
        self.product = CVODEJacTimes(
            None, lambda _t, y, _yp, v, out: product(y, v, out, *constants)
        )
        self.start = np.zeros(count + 1)
        self.start[-1] = given["start"]

    def solver(self, rtol, atol, change):
        return CVODE(
            change,
            linsolver="gmres",
            precond=self.preconditioner,
            jactimes=self.product,
            rtol=rtol,
            atol=atol * self.given["start"],
            max_num_steps=1_000_000,
        )

    def run(self, rtol, atol, tried=None):
        """Return the end state and the processor time; three times make it store three states.

        A set ``tried`` is filled with the times of all steps that are tried.
        """

        def noted(t, y, out):
            tried.add(t)
            self.change(t, y, out)

        times = self.given["duration"] * np.array([0.0, 0.5, 1.0])
        began = time.process_time()
        solver = self.solver(rtol, atol, self.change if tried is None else noted)
        found = solver.solve(times, self.start)
        spent = time.process_time() - began
        if not found.success:
            raise RuntimeError(found.message)
        return found.y[-1], spent


def row(problem, rtol, atol, repeats):
    """Measure one pair of tolerances."""
    tried, units = set(), problem.units
    y, first = problem.run(rtol, atol, tried)
    spent = [first, *(problem.run(rtol, atol)[1] for _ in range(repeats - 1))]
    start = problem.given["start"]
    return {
        "rtol": rtol,
        "atol": atol,
        "cpu": min(spent),
        "steps": len(tried),
        "moments": moments(y[:-1], units),
        "conservation": abs(float(units @ y[:-1] + y[-1]) / start - 1.0),
        "occupied": occupied(y[:-1], units),
    }


def main():
    """Compile on a small problem, then run the ladder of absolute tolerances."""
    given = json.loads(Path(sys.argv[1]).read_text())
    Problem(given | {"classes": 100, "duration": 1.0}).run(1e-6, 1e-12)
    problem, rows = Problem(given), []
    for rtol, atol, repeats in given["tolerances"]:
        try:
            rows.append(row(problem, rtol, atol, repeats))
        except RuntimeError as error:
            rows.append({"rtol": rtol, "atol": atol, "error": str(error)})
    print(json.dumps({"rows": rows}))


main()
