r"""A mechanism as potentials of its own, and what follows from them: written once more, for tests.

Of the package come the equations of reactions, their rates, and what binds where. Potentials are
those with which the rates of both ways balance at concentrations of one; Gibbs energy, affinities,
dissipated power and equilibrium follow from them here, by other formulas than the package's:
equilibrium is the minimum of the convex dual

.. math:: D(λ) = \sum_j c_j(λ) - λ \cdot T, \qquad
   \ln c_j = λ \cdot b_j - μ_j^\circ/RT + \sum_q s_{jq} \ln q(λ)

with b_j what a particle holds of every conserved sum, and T the sums. A dot of n units is one
particle, a polynomial q = 1 + Σ K l is one of free ligands l = exp(λ·b_l), and sites that are never
bare are held by one of two ligands, which mix in all other places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import linprog

from prenuc.conditions import Conditions
from prenuc.facts.catalogue import entries
from prenuc.mechanism.binding import carried_of, exchanges_of, free_of, sites_of
from prenuc.mechanism.reaction import Power, Saturation

R = 8.31446261815324


def chalcogens(component):
    """Return how many chalcogen atoms a component holds."""
    kinds = entries("moieties")
    parts = (component.composition or {}).items()
    return sum(n for part, n in parts if part in kinds and kinds[part].kind == "chalcogen")


def with_one_sided_host(mechanism, name, host):
    """Return a mechanism in which a host speeds the way back of a step, and not the way there."""
    (back,) = (step.back.name for step in mechanism.steps if step.name == name)
    reactions = tuple(
        replace(one, factors=(*one.factors, Power({host: 1.0}))) if one.name == back else one
        for one in mechanism.reactions
    )
    return mechanism.with_laws(reactions, mechanism.populations, mechanism.balances)


@dataclass(frozen=True)
class Potentials:
    """Potentials of a mechanism at a temperature (K)."""

    mechanism: object
    kelvin: float

    @cached_property
    def steps(self):
        return [step for step in self.mechanism.steps if step.back is not None]

    @cached_property
    def free(self):
        """The free ligand by what counts all of it."""
        return free_of(self.mechanism.balances)

    @cached_property
    def names(self):
        """What has a potential: all components with matter of their own, units and dots last."""
        m = self.mechanism
        aside = {*m.moment_names, *m.without_mass}
        if m.dots is not None and not m.populations:
            aside |= {m.dots.number, m.dots.length, m.dots.surface}
        last = [n for one in m.populations for n in (one.moments.units, one.moments.number)]
        return [name for name in m.components if name not in aside] + last

    def net(self, step):
        """Return the stoichiometry of a step, shape (names,)."""
        whole = {free: name for name, free in self.free.items()}
        found = np.zeros(len(self.names))
        for name, number in step.net.items():
            found[self.names.index(whole.get(name, name))] += number
        return found

    @cached_property
    def standard(self):
        """μ°/RT by name; of dots, of a unit in a large one, and of a dot beyond its units."""
        ones = Conditions(self.kelvin, 1.0, dict.fromkeys(self.mechanism.components, 1.0), {})
        driven = [
            np.log(step.there.rate(ones) / step.back.rate(ones) / step.events) / step.multiple
            for step in self.steps
        ]
        changes = np.array([self.net(step) for step in self.steps])
        found = -np.linalg.lstsq(changes, driven, rcond=None)[0]
        off = np.abs(changes @ found + driven).max()
        assert off < 1e-9 * (1.0 + np.abs(driven).max()), "cycles do not close"
        return found

    @cached_property
    def polynomials(self):
        """K by ligand of every polynomial; by the fraction where sites are never bare."""
        found = {}
        for one in self.mechanism.balances:
            ((q, sign),) = one.stoichiometry.items()
            if sign > 0 and q in self.sites and len(one.factors) == 1:
                (ligand,) = one.factors[0].pool
                found.setdefault(q, {})[ligand] = one.constant(self.kelvin)
        return found

    @cached_property
    def exchanges(self):
        return exchanges_of(self.mechanism.balances)

    @cached_property
    def carried(self):
        return carried_of(self.mechanism.balances)

    @cached_property
    def sites(self):
        return sites_of(self.mechanism.balances)

    @cached_property
    def ladders(self):
        """Of each ladder: sizes, units, (n^(2/3) − n₀^(2/3)) Γ/T, surface times sites."""
        found = []
        for sizes in self.mechanism.populations:
            n = sizes.units
            curved = sizes.capillarity / self.kelvin * (n ** (2 / 3) - n[0] ** (2 / 3))
            surface = sizes.sites * (n ** (2 / 3) - (n[0] - 1.0) ** (2 / 3))
            found.append((sizes, n, curved, surface))
        return found

    def logarithms(self, held):
        """Return ln q of every polynomial from what is free."""
        found = {}
        for q, strengths in self.polynomials.items():
            terms = sum(k * held[ligand] for ligand, k in strengths.items())
            bare = 1.0 - sum(held[x] for x in strengths if x in self.exchanges)
            found[q] = np.log(bare + terms)
        return found

    def potentials(self, held, dots):
        """Return μ/RT by name, and of the dots of each ladder by class, shape (classes,)."""
        log_q = self.logarithms(held)
        standard = dict(zip(self.names, self.standard, strict=True))
        numbers = {one.moments.number for one in self.mechanism.populations}
        with np.errstate(divide="ignore"):
            solid = {sizes.moments.units for sizes, *_ in self.ladders}
            mu = {
                name: standard[name]
                + np.log(held[self.free.get(name, name)])
                - sum(log_q[q] * hosts.get(name, 0.0) for q, hosts in self.sites.items())
                for name in self.names
                if name not in solid | numbers
            }
            of_dots = []
            for i, (sizes, n, curved, surface) in enumerate(self.ladders):
                of_unit, of_dot = (standard[x] for x in (sizes.moments.units, sizes.moments.number))
                plain = of_dot + n * of_unit + curved + np.log(dots[i :: len(self.ladders)])
                of_dots.append(plain - surface * log_q.get(sizes.cover, 0.0))
                mu[sizes.moments.units] = of_unit
        return mu, of_dots

    def gibbs(self, held, dots):
        """Return Σ c (μ − RT)/RT over particles, and what ligands add by being mixed."""
        mu, of_dots = self.potentials(held, dots)
        solid = {sizes.moments.units for sizes, *_ in self.ladders}
        found = 0.0
        for name in mu.keys() - solid:
            free = held[self.free.get(name, name)]
            if free > 0:
                found += held[name] * mu[name] - free
        for i, potential in enumerate(of_dots):
            own = dots[i :: len(of_dots)]
            there = own > 0
            found += own[there] @ (potential[there] - 1.0)
        for ligand, pool in self.carried.items():
            whole = sum(n * held[name] for name, n in pool.items())
            found += whole * np.log(held[ligand] or 1.0) - held[ligand]
        for x, pools in self.exchanges.items():
            new, both = (sum(n * held[name] for name, n in pool.items()) for pool in pools)
            parts = (new, held[x]), (both - new, 1.0 - held[x])
            found += sum(n * np.log(share) for n, share in parts if n > 0)
        return found

    def driven(self, held, dots):
        """Yield the rates of both ways and the affinity/RT of every step, of channels by class."""
        mu, of_dots = self.potentials(held, dots)
        place = {
            one.name: i for i, (sizes, *_) in enumerate(self.ladders) for one in sizes.attachment
        }
        number = {sizes.moments.number: i for i, (sizes, *_) in enumerate(self.ladders)}
        for i, (sizes, *_) in enumerate(self.ladders):
            mu[sizes.moments.number] = of_dots[i][0]
            mu[sizes.moments.number] -= sizes.smallest * mu[sizes.moments.units]
        first = {name: float(dots[i :: len(of_dots)][0]) for name, i in number.items()}
        state = Conditions(self.kelvin, 1.0, {**held, **first}, {})
        whole = {free: name for name, free in self.free.items()}
        for step in self.steps:
            with np.errstate(invalid="ignore"):
                driven = -sum(nu * mu[whole.get(name, name)] for name, nu in step.net.items())
                if step.name not in place:
                    back = step.events * step.back.rate(state)
                    yield (
                        step,
                        np.array([step.there.rate(state)]),
                        np.array([back]),
                        np.array([driven]),
                    )
                    continue
                i = place[step.name]
                sizes, n, curved, surface = self.ladders[i]
                own = dots[i :: len(of_dots)]
                alpha = sizes.growth(step.there)(n[:-1])
                edge = np.diff(curved)
                if sizes.cover:
                    edge -= np.diff(surface) * np.log(held[sizes.cover])
                there = step.there.rate(state) * alpha * own[:-1]
                back = step.back.rate(state) * alpha * np.exp(edge) * own[1:]
                unit = mu[sizes.moments.units]
                yield step, there, back, driven + of_dots[i][:-1] - of_dots[i][1:] + unit

    def dissipated(self, held, dots):
        """Return Σ v A/RT, and the least of its parts, by step and class."""
        total, least = 0.0, 0.0
        for _, there, back, driven in self.driven(held, dots):
            power = (there - back) * np.where(np.isfinite(driven), driven, 0.0)
            total, least = total + power.sum(), min(least, power.min(initial=0.0))
        return total, least


@dataclass(frozen=True)
class Vessel:
    """A closed vessel with what is put into it: what is conserved, and where it comes to rest.

    What a step would change that is too slow to be waited for is one more conserved sum.
    """

    potentials: Potentials
    start: dict
    frozen: frozenset = frozenset()

    @cached_property
    def acting(self):
        """The steps that can run: nothing that both ways need is missing for good."""
        changed = {name for step in self.potentials.steps for name in step.net}
        missing = {
            name
            for name in self.potentials.mechanism.components
            if name not in changed and self.start.get(name, 0.0) == 0
            if name not in self.potentials.mechanism.without_mass
        }
        return [
            step
            for step in self.potentials.steps
            if step.name not in self.frozen
            and not any({*factor.pool} <= missing for factor in _needed(step))
        ]

    @cached_property
    def conserved(self):
        """What every particle holds of each conserved sum, shape (sums, names)."""
        changes = np.array([self.potentials.net(step) for step in self.acting])
        return null_space(changes).T

    def tied(self, permeable):
        """Return the names whose potentials those of what a membrane lets through fix."""
        names = self.potentials.names
        changes = [self.potentials.net(step) for step in self.acting]
        let = [np.eye(len(names))[names.index(name)] for name in permeable]
        loose = null_space(np.array([*changes, *let]))
        fixed = np.abs(loose).max(axis=1, initial=0.0) < 1e-9
        return [name for name, is_fixed in zip(names, fixed, strict=True) if is_fixed]

    def totals(self, start, dots):
        """Return the conserved sums, shape (sums,)."""
        names, held = self.potentials.names, dict.fromkeys(self.potentials.names, 0.0) | start
        count = len(self.potentials.ladders)
        for i, (sizes, n, *_) in enumerate(self.potentials.ladders):
            own = dots[i::count]
            held |= {sizes.moments.units: own @ n, sizes.moments.number: own.sum()}
        return self.conserved @ np.array([held[name] for name in names])

    def with_most(self, kind, totals, size=40):
        """Return as much of a kind of components as can be made of the sums; dots of one size.

        None where there is nothing of that kind.
        """
        potentials, names = self.potentials, self.potentials.names
        parts = [potentials.mechanism.components[name] for name in names]
        ladder = {
            n
            for sizes, *_ in potentials.ladders
            for n in (sizes.moments.units, sizes.moments.number)
        }
        plain = [i for i, name in enumerate(names) if name not in ladder]
        columns = [self.conserved[:, i] for i in plain]
        wanted = [chalcogens(parts[i]) * (parts[i].kind == kind) for i in plain]
        for sizes, *_ in potentials.ladders:
            unit, dot = (names.index(x) for x in (sizes.moments.units, sizes.moments.number))
            columns.append(size * self.conserved[:, unit] + self.conserved[:, dot])
            wanted.append(size * (kind == "QD"))
        if not any(wanted):
            return None
        found = linprog(-np.array(wanted), A_eq=np.array(columns).T, b_eq=totals)
        assert found.status == 0, found.message
        amounts = np.maximum(found.x, 0.0)
        start = {names[i]: amount for i, amount in zip(plain, amounts, strict=False)}
        return start, self._of_one_size(amounts[len(plain) :], size)

    def _of_one_size(self, amounts, size):
        ladders = self.potentials.ladders
        dots = np.zeros(len(self.potentials.mechanism.class_units))
        for i, (sizes, *_) in enumerate(ladders):
            dots[i + len(ladders) * (size - sizes.smallest)] = amounts[i]
        return dots

    def at_rest(self, totals):
        """Return the concentrations of least Gibbs energy by name, and of dots by class.

        Newton's method with a line search on the dual.
        """
        dual = _Dual(self, totals)
        x = dual.begin()
        value, gradient, curvature = dual(x)
        for _ in range(3000):
            move = -np.linalg.lstsq(curvature, gradient, rcond=1e-15)[0]
            move *= min(1.0, 2.0 / dual.growth(x, move))
            share, slope = 1.0, gradient @ move
            while dual(x + share * move)[0] > value + 1e-4 * share * slope and share > 1e-9:
                share /= 2
            x = x + share * move
            value, gradient, curvature = dual(x)
            if np.abs(share * move).max() < 1e-13:
                break
        return dual.amounts(x)


def _needed(step):
    """Return the factors of the way there that are no rate without what they look at."""
    for factor in step.there.factors:
        if isinstance(factor, Saturation) or (isinstance(factor, Power) and factor.order > 0):
            yield factor


class _Dual:
    """D(λ) with slopes; particles are rows: names, and dots by class."""

    def __init__(self, vessel, totals):
        self.of = of = vessel.potentials
        names, b = of.names, vessel.conserved
        sums = len(b)
        self.exchanges = [
            x for x, pools in of.exchanges.items() if self._new(x, vessel.start, pools) > 0
        ]
        self.carried = {
            ligand: total
            for ligand, pool in of.carried.items()
            if (total := sum(n * vessel.start.get(name, 0.0) for name, n in pool.items())) > 0
        }
        rows, base, spread = [], [], []
        kinds = [*of.polynomials, *self.exchanges]
        in_ladders = {n for s, *_ in of.ladders for n in (s.moments.units, s.moments.number)}
        self.plain = [name for name in names if name not in in_ladders]
        for name in self.plain:
            rows.append(b[:, names.index(name)])
            base.append(-of.standard[names.index(name)])
            spread.append(self._powers(name, kinds))
        for sizes, n, curved, surface in of.ladders:
            unit, dot = (names.index(x) for x in (sizes.moments.units, sizes.moments.number))
            rows += [*(np.outer(n, b[:, unit]) + b[:, dot])]
            base += [*(-of.standard[dot] - n * of.standard[unit] - curved)]
            of_class = np.zeros((len(n), len(kinds)))
            if sizes.cover:
                of_class[:, kinds.index(sizes.cover)] = surface
            spread += [*of_class]
        mixing, carried = len(self.exchanges), len(self.carried)
        self.rows = np.zeros((len(rows) + carried, sums + mixing + carried))
        self.rows[: len(rows), :sums] = rows
        self.rows[len(rows) :, sums + mixing :] = np.eye(carried)
        self.base = np.array([*base, *np.zeros(carried)])
        self.spread = np.array([*spread, *np.zeros((carried, len(kinds)))])
        news = [self._new(x, vessel.start, of.exchanges[x]) for x in self.exchanges]
        self.totals = np.concatenate([totals, news, [*self.carried.values()]])
        self.pools = [self._pool(q, b, names, sums) for q in of.polynomials]
        self.pools += [self._both(j, sums, 1.0) for j in range(mixing)]

    @staticmethod
    def _new(x, start, pools):
        new, both = (sum(n * start.get(name, 0.0) for name, n in pool.items()) for pool in pools)
        assert new < both or new == 0, f"all that is counted by {x} is of one kind"
        return new

    def _powers(self, name, kinds):
        """Return how often each polynomial multiplies a particle, shape (kinds,).

        Ligands that exchange mix in all places that are not sites.
        """
        found = np.zeros(len(kinds))
        for q, hosts in self.of.sites.items():
            if name in hosts:
                found[kinds.index(q)] += hosts[name]
        for x in self.exchanges:
            held = self.of.exchanges[x][1].get(name, 0.0)
            taken = [q for q, k in self.of.polynomials.items() if x in k]
            found[kinds.index(x)] += held - sum(self.of.sites[q].get(name, 0.0) for q in taken)
        return found

    def _pool(self, q, b, names, sums):
        """Return ln K and λ-rows of the terms of a polynomial; the first term is 1."""
        strengths = self.of.polynomials[q]
        fraction = [x for x in strengths if x in self.of.exchanges]
        if fraction:
            (x,) = fraction
            if x in self.exchanges:
                return self._both(self.exchanges.index(x), sums, strengths[x])
            return np.zeros(1), np.zeros((1, len(self.rows[0])))
        whole = {free: name for name, free in self.of.free.items()}
        rows, logs = [np.zeros(len(self.rows[0]))], [0.0]
        for ligand, strength in strengths.items():
            row = np.zeros(len(self.rows[0]))
            if ligand in whole:
                row[:sums] = b[:, names.index(whole[ligand])]
            elif ligand in self.carried:
                row[sums + len(self.exchanges) + [*self.carried].index(ligand)] = 1.0
            else:
                continue  # there is none
            rows.append(row)
            logs.append(np.log(strength))
        return np.array(logs), np.array(rows)

    def _both(self, j, sums, strength):
        rows = np.zeros((2, len(self.rows[0])))
        rows[1, sums + j] = 1.0
        return np.log([1.0, strength]), rows

    def _all(self, x):
        logs, slopes, curves = [], [], []
        for bias, rows in self.pools:
            terms = bias + rows @ x
            top = terms.max()
            share = np.exp(terms - top)
            logs.append(top + np.log(share.sum()))
            share /= share.sum()
            slope = share @ rows
            slopes.append(slope)
            curves.append((rows.T * share) @ rows - np.outer(slope, slope))
        if not logs:
            return np.zeros(0), np.zeros((0, len(x))), np.zeros((0, len(x), len(x)))
        return np.array(logs), np.array(slopes), np.array(curves)

    def __call__(self, x):
        logs, slopes, curves = self._all(x)
        there = np.exp(np.minimum(self.base + self.rows @ x + self.spread @ logs, 300.0))
        rows = self.rows + self.spread @ slopes
        gradient = there @ rows - self.totals
        weights = there @ self.spread
        curvature = (rows.T * there) @ rows + np.tensordot(weights, curves, 1)
        return there.sum() - self.totals @ x, gradient, curvature

    def begin(self):
        """Return λ where no particle is much more than there can be, and λ·T is the largest."""
        mixing, carried = len(self.exchanges), len(self.carried)
        free = len(self.totals) - mixing - carried
        bounds = [(-1e3, 1e3)] * free + [(-1.0, 1.0)] * mixing + [(-1e3, 1e3)] * carried
        most = np.log(100.0) - self.base
        found = linprog(-self.totals, A_ub=self.rows, b_ub=most, bounds=bounds)
        assert found.status == 0, found.message
        return found.x

    def growth(self, x, move):
        """Return the largest change of a logarithm of what is there, along a move."""
        logs, slopes, _ = self._all(x)
        seen = self.base + self.rows @ x + self.spread @ logs > -200.0
        return np.abs((self.rows + self.spread @ slopes)[seen] @ move).max(initial=1e-300)

    def amounts(self, x):
        """Return all concentrations by name, those in balance too, and of dots by class."""
        of, (logs, _, _) = self.of, self._all(x)
        there = np.exp(self.base + self.rows @ x + self.spread @ logs)
        free = [of.free.get(name, name) for name in self.plain]
        found = dict.fromkeys(of.mechanism.without_mass, 0.0)
        found |= dict(zip(free, there[: len(free)], strict=True))
        found |= dict(zip(self.carried, there[len(there) - len(self.carried) :], strict=True))
        begin = len(self.totals) - len(self.exchanges) - len(self.carried)
        for j, name in enumerate(self.exchanges):
            found[name] = 1.0 / (1.0 + np.exp(-x[begin + j]))
        dots, row, count = np.zeros(len(of.mechanism.class_units)), len(free), len(of.ladders)
        for i, (sizes, n, _, surface) in enumerate(of.ladders):
            dots[i::count] = there[row : row + len(n)]
            row += len(n)
            if sizes.surface:
                found[sizes.surface] = (surface / sizes.sites) @ dots[i::count]
        found |= {q: np.exp(value) for q, value in of.logarithms(found).items()}
        return found | self._bound(found), dots

    def _bound(self, found):
        """Return all of each ligand that one component counts, free and bound."""
        totals = {}
        for name, free in self.of.free.items():
            totals[name] = found[free]
            for q, strengths in self.of.polynomials.items():
                hosts = sum(n * found[host] for host, n in self.of.sites[q].items())
                totals[name] += hosts * strengths.get(free, 0.0) * found[free] / found[q]
        return totals
