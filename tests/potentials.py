r"""Chemical potentials of CdS in balance, written down by hand, and what follows from them.

Nothing here asks the package how a way back is made: the potentials are those of the constants of
the file, and affinities, dissipated power, Gibbs energy and equilibrium follow from them alone.

Bound ligands: a potential without what is bound, −RT s ln q; free ligands from their balance.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

R = 8.314462618
FREE = "HPPh2", "TOPO"
CLUSTERS = "as-PC-311", "PC-311", "N-311", "PC-322", "MSC-311", "MSC-322"
UNITS = {"S": 1, "assembly": 3, "Mo/Fr": 1, **dict.fromkeys(CLUSTERS, 10)}
METAL = {"Cd(OA)2": 1, "assembly": 6, "Mo/Fr": 1, **dict.fromkeys(CLUSTERS, 20)}
ACIDS = {"Cd(OA)2": 2, "assembly": 12, "oleate (released)": 1, **dict.fromkeys(CLUSTERS, 20)}
COUNTED = "S", "Cd(OA)2", "oleate (released)", "assembly", "Mo/Fr", *CLUSTERS


class Potentials:
    """Potentials at a temperature in K, for the constants of a mechanism."""

    def __init__(self, mechanism, kelvin):
        self.value = {name: value.si for name, value in mechanism.constants.items()}
        self.kelvin, self.rt = kelvin, R * kelvin
        self.sizes = mechanism.population.units
        v = self.value
        of = {"S": 0.0, "Cd(OA)2": 0.0, "oleate (released)": 0.0}
        of["assembly"] = self._formed("assembly")
        of["Mo/Fr"] = self._formed("Mo/Fr")
        of["as-PC-311"] = 10 * of["Mo/Fr"] + self._formed("as-PC-311")
        of["PC-311"] = of["as-PC-311"] + self._formed("PC-311")
        of["N-311"] = of["PC-311"] + self._formed("N-311")
        of["PC-322"] = of["PC-311"] + self._formed("PC-322")
        of["MSC-311"] = of["PC-311"] + self._formed("MSC-311")
        of["MSC-322"] = of["PC-322"] + self._formed("MSC-322")
        self.standard = of
        n = self.sizes
        volume = mechanism_volume()
        gamma = (
            (36 * np.pi) ** (1 / 3) * v["dots.surface energy"] * volume ** (2 / 3) / 1.380649e-23
        )
        heat, at = v["dots.H"], v["dots.solubility at"]
        soluble = np.log(v["dots.solubility"]) - heat / R * (1 / kelvin - 1 / at)
        self.beyond = np.cbrt(n) ** 2 - 1.0
        self.dots = n * of["Mo/Fr"] + self.rt * ((n - 1) * soluble + gamma / kelvin * self.beyond)

    def _formed(self, name):
        """−RT ln K, with van 't Hoff's K."""
        k, at, heat = (self.value[f"{name}.{word}"] for word in ("K", "at", "H"))
        return -self.rt * (np.log(k) - heat / R * (1 / self.kelvin - 1 / at))

    def lowered(self, held, dots):
        """ln q^s by component and of dots by class, and the part of ligands in G/RT."""
        v = self.value
        h_mo, s_mo = v["Mo/Fr under TOPO.h"], v["Mo/Fr under TOPO.sites"]
        h_dot, s_dot = v["dots under TOPO.h"], v["dots under TOPO.sites"]
        h_c, s_c = v["MSC-322 under HPPh2.h"], v["MSC-322 under HPPh2.sites"]
        area = s_dot * (self.beyond @ dots)
        t = _free(
            held["TOPO"], lambda x: s_mo * held["Mo/Fr"] * x / (h_mo + x) + area * x / (h_dot + x)
        )
        p = _free(held["HPPh2"], lambda x: s_c * held["MSC-322"] * x / (h_c + x))
        sites = v["MSC-311 under MSA-ate.sites"] * held["MSC-311"]
        strength = v["MSC-311 under MSA-ate.K"]
        new = held["HMSA"] + 2 * held["Cd(MSA)2"]
        old = held["HOA"] + sum(number * held[name] for name, number in ACIDS.items())
        x = _fraction(new, old, sites, strength)
        q = 1 - x + strength * x
        found = {
            "Mo/Fr": s_mo * np.log1p(t / h_mo),
            "MSC-322": s_c * np.log1p(p / h_c),
            "MSC-311": v["MSC-311 under MSA-ate.sites"] * np.log(q),
        }
        energy = sum(
            whole * np.log(free) - free
            for whole, free in ((held["TOPO"], t), (held["HPPh2"], p))
            if whole > 0
        )
        energy += sum(n * np.log(y) for n, y in ((new, x), (old, 1 - x)) if n > 0)
        return found, s_dot * np.log1p(t / h_dot) * self.beyond, energy

    def potentials(self, held, dots):
        """μ of all particles in J/mol, by component and of dots by class; ligands in G/RT."""
        bound, cover, ligands = self.lowered(held, dots)
        with np.errstate(divide="ignore"):
            mu = {
                name: self.standard[name] + self.rt * (np.log(held[name]) - bound.get(name, 0.0))
                for name in COUNTED
            }
            of_dots = self.dots + self.rt * (np.log(dots) - cover)
        return mu, of_dots, ligands

    def gibbs(self, held, dots):
        """V Σ c (μ − RT) in J/m³ over particles, ligands free and bound."""
        mu, of_dots, ligands = self.potentials(held, dots)
        found = sum(held[name] * (mu[name] - self.rt) for name in COUNTED if held[name] > 0)
        there = dots > 0
        return found + dots[there] @ (of_dots[there] - self.rt) + self.rt * ligands


def mechanism_volume():
    """Of one CdS in m³, a³/4."""
    return 0.04923e-27


def _free(whole, bound):
    if whole <= 0:
        return 0.0
    return brentq(lambda x: x + bound(x) - whole, 0.0, whole, xtol=1e-15 * whole, rtol=1e-15)


def _fraction(new, old, sites, strength):
    """x of the new ligand among those that are not on sites."""
    if new <= 0 or old <= 0:
        return float(new > 0)
    rest = new + old - sites
    return brentq(
        lambda x: rest * x + sites * strength * x / (1 - x + strength * x) - new,
        0.0,
        1.0,
        xtol=1e-16,
    )


def dissipated(mechanism, found, held, dots):
    """Return Σ v A in W/m³, v from the rates of the package and A = −Σ ν μ from potentials here."""
    from prenuc.conditions import Conditions

    mu, of_dots, _ = found.potentials(held, dots)
    state = Conditions(found.kelvin, 1.0, held, {})
    ladder, units = mechanism.population, found.sizes
    growing = {one.name for one in ladder.attachment}
    tension = ladder.capillarity / found.kelvin
    tension -= ladder.sites * np.log(held[ladder.cover])
    edge = np.exp(tension * np.diff(np.cbrt(units) ** 2))
    total, parts = 0.0, {}
    for step in mechanism.steps:
        others = {name: nu for name, nu in step.net.items() if not name.startswith("QD")}
        with np.errstate(invalid="ignore"):
            driven = -sum(nu * mu[name] for name, nu in others.items())
            if step.name in growing:
                alpha = ladder.growth(step.there)(units[:-1])
                rate = step.there.rate(state) * alpha * dots[:-1]
                rate = rate - step.back.rate(state) * alpha * edge * dots[1:]
                power = rate * (driven + of_dots[:-1] - of_dots[1:])
            elif "QD" in step.net:
                here = Conditions(found.kelvin, 1.0, {**held, "QD number": dots[0]}, {})
                rate = step.there.rate(here) - step.events * step.back.rate(here)
                power = np.array([rate * (driven - of_dots[0])])
            else:
                rate = step.there.rate(state) - step.events * step.back.rate(state)
                power = np.array([rate * driven])
        power = power[np.isfinite(power)]
        parts[step.name] = power
        total += power.sum()
    return total, min((p.min() for p in parts.values() if p.size), default=0.0)


def equilibrium(found, sulfur, cadmium, acids, *, topo=0.0, phosphine=0.0):
    """Return the concentrations of least Gibbs energy, by name, and of dots by class.

    The convex dual is minimised: all μ are sums of potentials λ of what is conserved, and those are
    such that the totals come out (Newton, with a line search). Carboxylates are oleate alone.
    """
    v, rt = found.value, found.rt
    h_mo, h_dot, h_c = (
        v[f"{x}.h"] for x in ("Mo/Fr under TOPO", "dots under TOPO", "MSC-322 under HPPh2")
    )
    s_dot = v["dots under TOPO.sites"]
    rows = [
        (n, UNITS.get(n, 0), METAL.get(n, 0), ACIDS.get(n, 0), 0, 0, found.standard[n])
        for n in COUNTED
    ]
    rows += [("Mo/Fr", 1, 1, 0, 1, 0, found.standard["Mo/Fr"] + rt * np.log(h_mo))]
    rows += [("MSC-322", 10, 20, 20, 0, 1, found.standard["MSC-322"] + rt * np.log(h_c))]
    rows += [("TOPO", 0, 0, 0, 1, 0, 0.0), ("HPPh2", 0, 0, 0, 0, 1, 0.0)]
    names = [row[0] for row in rows]
    parts = np.array([row[1:6] for row in rows], dtype=float)
    standard = np.array([row[6] for row in rows]) / rt
    wanted = np.array([sulfur, cadmium, acids, topo, phosphine])
    kept = np.flatnonzero(wanted > 0)
    alive = ~np.any(np.delete(parts, kept, axis=1) > 0, axis=1)
    n = found.sizes

    def amounts(x):
        full = np.full(5, -np.inf)
        full[kept] = x
        c = np.where(alive, np.exp(np.minimum(parts[:, kept] @ x - standard, 300)), 0.0)
        t = np.exp(full[3]) if topo > 0 else 0.0
        f = np.exp(
            np.minimum(
                n * (x[0] + x[1]) - found.dots / rt + s_dot * found.beyond * np.log1p(t / h_dot),
                300,
            )
        )
        return c, f, s_dot * found.beyond * t / (h_dot + t)

    def value(x):
        c, f, _ = amounts(x)
        return c.sum() + f.sum() - wanted[kept] @ x

    def slopes(x):
        c, f, held = amounts(x)
        of_dots = np.stack([n, n, 0 * n, held, 0 * n], axis=1)[:, kept]
        p = parts[:, kept]
        gradient = p.T @ c + of_dots.T @ f - wanted[kept]
        curvature = (p.T * c) @ p + (of_dots.T * f) @ of_dots
        if topo > 0:
            at = list(kept).index(3)
            t = np.exp(x[at])
            curvature[at, at] += (s_dot * found.beyond * t * h_dot / (h_dot + t) ** 2) @ f
        return gradient, curvature

    x = np.array([-80.0, 0.0, 0.0, 0.0, 0.0])[kept]  # from where next to nothing is there
    for _ in range(2000):
        gradient, curvature = slopes(x)
        move = -np.linalg.solve(curvature + 1e-300 * np.eye(len(x)), gradient)
        move *= min(1.0, 2.0 / np.max(np.abs(move)))
        share = 1.0
        while (
            value(x + share * move) > value(x) + 1e-4 * share * (gradient @ move) and share > 1e-12
        ):
            share /= 2
        x = x + share * move
        if np.max(np.abs(gradient) / wanted[kept]) < 1e-13:
            break
    c, f, _ = amounts(x)
    found_amounts = {}
    for name, amount in zip(names, c, strict=True):
        found_amounts[name] = found_amounts.get(name, 0.0) + amount
    return found_amounts, f
