"""Network and size classes as one system, in numpy: what the libraries integrate.

The equations are (1) to (3) of ``native/classes.hpp``, written a second time on purpose: the
libraries are the second opinion on our own kernels and share no line with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.simulation.solvers.rodas import Rodas
from prenuc.simulation.stretch import Stretch, Trajectory

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.arrays import Array, Indices
    from prenuc.simulation.solvers.solver import AbstractSolver

MOST_CLASSES = 2000  # that a library is given: its Jacobian is dense


@dataclass(frozen=True)
class _Sizes:
    """What a ladder's groups do at some temperature and composition.

    Args:
        up: α of every group with nothing leaving the largest class, shape (G, N).
        down: β of every group, shape (G, N).
        lost: β̃ of every group, shape (G, N).
    """

    up: Array
    down: Array
    lost: Array


@dataclass(frozen=True)
class DenseSystem:
    """The right-hand side y' = F(t, y) of a stretch and its Jacobian, y = components, then classes.

    Components without mass are not in y: they are solved for wherever F is asked for.

    Args:
        stretch: What happens.
    """

    stretch: Stretch

    @property
    def start(self) -> Array:
        """Return y at time 0, shape (moving components + classes,)."""
        return np.concatenate((self.stretch.start[self._moving], self.stretch.all_dots))

    @property
    def absolute(self) -> Array:
        """Absolute tolerances; those of classes per unit that they hold."""
        own, pop = self.stretch.absolute[self._moving], self.stretch.network.classes
        units = np.repeat(pop.units, len(pop.capillarity))
        return np.concatenate((own, np.max(own) / units)) if units.size else own

    @cached_property
    def _moving(self) -> Indices:
        return np.flatnonzero(self.stretch.network.flat.mass)

    def whole(self, time: float, y: Array) -> Array:
        """Return all components, those without mass solved for by their equations."""
        flat = self.stretch.network.flat
        x = self.stretch.start.copy()
        x[self._moving] = y[: len(self._moving)]
        if flat.settled.size == 0:
            return x
        x[flat.settled] = self._first_settled
        return self._settled(time, x, y[len(self._moving) :])

    @cached_property
    def _first_settled(self) -> Array:
        """What components without mass are at the start, from bounded least squares."""
        from scipy.optimize import least_squares

        x, dots = self.stretch.start.copy(), self.stretch.all_dots
        at = self.stretch.network.flat.settled
        equations = self._equations(0.0, x, dots)
        begin = np.where(x[at] > 0.0, x[at], 1.0)
        options = {"bounds": (0.0, np.inf), "xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
        found: Array = least_squares(equations, begin, x_scale=begin, **options).x
        return found

    def _equations(self, time: float, x: Array, dots: Array) -> Callable[[Array], Array]:
        """Return the equations of components without mass; they are written to x."""
        network, k, surfaces = (
            self.stretch.network,
            self.stretch.constants(time),
            self._surfaces(dots),
        )
        at = network.flat.settled

        def equations(settled: Array) -> Array:
            x[at] = settled
            found: Array = (network.change(x, k) + surfaces)[at]
            return found

        return equations

    def _settled(self, time: float, x: Array, dots: Array) -> Array:
        """Return components with those without mass solved for, from where they stand in x."""
        from scipy.optimize import root

        at = self.stretch.network.flat.settled
        equations = self._equations(time, x, dots)
        equations(root(equations, x[at], tol=1e-14).x)
        return x

    def _surfaces(self, f: Array) -> Array:
        """Return what the rows of components that stand for a surface gain."""
        network, pop = self.stretch.network, self.stretch.network.classes
        found = np.zeros(len(network.names))
        for ladder, place in enumerate(pop.surface):
            if place >= 0:
                found[place] = pop.area @ f[ladder :: len(pop.surface)]
        return found

    def change(self, time: float, y: Array) -> Array:
        """Return F(t, y)."""
        network, k = self.stretch.network, self.stretch.constants(time)
        pop, n = network.classes, len(self._moving)
        x, f = self.whole(time, y), y[n:].reshape(len(pop.units), len(pop.capillarity))
        r, sizes = network.rates(x, k), self._sizes(time, x)
        flow, weights = np.zeros_like(f), np.ones(len(r))
        for place, group in enumerate(pop.channel):
            reaction, ladder = pop.first + place, pop.ladder[group]
            own, joins = f[:, ladder], pop.first + place < pop.detaching
            part = (sizes.up if joins else sizes.down)[group] * own
            weights[reaction] = np.sum(part) if joins else sizes.lost[group] @ own
            flow[:, ladder] -= r[reaction] * part
            if joins:
                flow[1:, ladder] += r[reaction] * part[:-1]
            else:
                flow[:-1, ladder] += r[reaction] * part[1:]
        flat, ladders = flow.reshape(-1), len(pop.capillarity)
        for source, nucleus in zip(pop.sources, pop.nucleus, strict=True):
            lower = pop.lower[nucleus]
            flat[lower] += pop.share[nucleus, 0] * r[source]
            flat[lower + ladders] += pop.share[nucleus, 1] * r[source]
        return np.concatenate(((network.stoichiometry @ (r * weights))[self._moving], flat))

    def jacobian(self, time: float, y: Array) -> Array:
        """Return ∂F/∂y, dense; by differences where some components have no mass."""
        network, k = self.stretch.network, self.stretch.constants(time)
        if network.flat.settled.size:
            return self._differences(time, y)
        n, pop = len(network.names), network.classes
        x, ladders = y[:n], len(pop.capillarity)
        f = y[n:].reshape(len(pop.units), len(pop.capillarity))
        r, slopes, sizes = network.rates(x, k), network.rate_gradient(x, k), self._sizes(time, x)
        total, weights = np.zeros((len(y), len(y))), np.ones(len(r))
        for place, group in enumerate(pop.channel):
            i, ladder = pop.first + place, pop.ladder[group]
            joins = i < pop.detaching
            part = (sizes.up if joins else sizes.down)[group]
            passed = part if joins else sizes.lost[group]
            move = np.diag(-part) + np.diag(part[:-1] if joins else part[1:], -1 if joins else 1)
            at = n + ladder + ladders * np.arange(len(part))
            weights[i] = passed @ f[:, ladder]
            total[:n, at] += np.outer(network.stoichiometry[:, i] * r[i], passed)
            total[np.ix_(at, at)] += r[i] * move
            total[at, :n] += np.outer(move @ f[:, ladder], slopes[i])
        total[:n, :n] = (network.stoichiometry * weights) @ slopes
        for source, nucleus in zip(pop.sources, pop.nucleus, strict=True):
            lower = n + pop.lower[nucleus]
            total[[lower, lower + ladders], :n] += np.outer(pop.share[nucleus], slopes[source])
        return total

    def _differences(self, time: float, y: Array) -> Array:
        columns = []
        for place, one in enumerate(y):
            move = 1e-7 * max(abs(one), 1e-6)
            sides = []
            for sign in (-1.0, 1.0):
                other = y.copy()
                other[place] += sign * move
                sides.append(self.change(time, other))
            columns.append((sides[1] - sides[0]) / (2.0 * move))
        return np.stack(columns, axis=1)

    def _sizes(self, time: float, x: Array) -> _Sizes:
        pop, stretch = self.stretch.network.classes, self.stretch
        begin, end = stretch.temperature
        temperature = begin + (end - begin) * time / stretch.times[-1]
        bound = np.array([0.0 if i < 0 else math.log(x[i]) for i in pop.cover])
        psi = (pop.capillarity / temperature - pop.sites * bound)[pop.ladder]
        up = pop.alpha.copy()
        up[:, -1:] = 0.0
        down = pop.below * np.exp(psi[:, None] * pop.edge)
        lost = down.copy()
        lost[:, :1] *= pop.units[:1]
        return _Sizes(up, down, lost)

    def path(self, states: Array, evaluations: int) -> Trajectory:
        """Return what a library found, parted into components and classes.

        Args:
            states: y at the times of the stretch, shape (m, moving components + classes).
            evaluations: Evaluations of the rates.
        """
        whole = [self.whole(time, y) for time, y in zip(self.stretch.times, states, strict=True)]
        return Trajectory(np.array(whole), evaluations, states[:, len(self._moving) :])


def dense_system(solver: AbstractSolver, stretch: Stretch) -> DenseSystem:
    """Return network and classes as one system for a library.

    Raises:
        InputError: The stretch is to stop early or wants tangents, which only our own can give, or
            has more size classes than a dense Jacobian can hold.
    """
    if stretch.until is not None or stretch.tangents is not None:
        what = f"'{solver.name}' knows neither events nor tangents"
        raise InputError(what, f"Use the solver '{Rodas.name}'")
    classes = stretch.network.classes.size
    if classes > MOST_CLASSES:
        what = f"{classes} size classes are too many for '{solver.name}'"
        mend = f"Use the solver '{Rodas.name}', or count dots as moments (--coarse)"
        raise InputError(what, mend)
    return DenseSystem(stretch)
