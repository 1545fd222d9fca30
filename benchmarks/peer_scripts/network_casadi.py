"""CasADi's interface to CVODES on a mass action network; runs in its own environment."""

import math

import casadi as ca
import numpy as np
from mass_action import main, rate_laws


class Casadi:
    """An integrator per pair of tolerances, and its forward sensitivities."""

    def __init__(self, given):
        laws, nets = rate_laws(given)
        n, p = len(given["species"]), len(laws)
        y, k = ca.SX.sym("y", n), ca.SX.sym("k", p)
        places = [[int(at[2:-1]) for at in powers] for _, powers in laws]
        rates = [math.prod((y[i] for i in at), start=k[j]) for j, at in enumerate(places)]
        change = [
            sum(net[i] * rate for net, rate in zip(nets, rates, strict=True) if i in net)
            for i in range(n)
        ]
        self.equations = {"x": y, "p": k, "ode": ca.vertcat(*change)}
        self.start, self.duration, self.made = given["initial"], given["duration"], {}

    def made_for(self, rtol, atol):
        if (rtol, atol) not in self.made:
            options = {"reltol": rtol, "abstol": atol, "max_num_steps": 1_000_000}
            one = ca.integrator("one", "cvodes", self.equations, 0.0, self.duration, options)
            slopes = one.factory("slopes", ["x0", "p"], ["jac:xf:p"])
            self.made[rtol, atol] = one, slopes
        return self.made[rtol, atol]

    def run(self, k, rtol, atol):
        return np.array(self.made_for(rtol, atol)[0](x0=self.start, p=k)["xf"]).ravel()

    def jacobian(self, k, rtol, atol):
        return np.array(self.made_for(rtol, atol)[1](self.start, k)) * k


main(Casadi)
