"""Network and size classes as one system, in numpy: what the libraries integrate.

The equations are (1) and (2) of ``native/classes.hpp``, written a second time on purpose: the
libraries are the second opinion on our own kernels and share no line with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.simulation.solvers.rodas import Rodas
from prenuc.simulation.stretch import Stretch, Trajectory

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.solvers.solver import AbstractSolver

MOST_CLASSES = 2000  # that a library is given: its Jacobian is dense


@dataclass(frozen=True)
class DenseSystem:
    """The right-hand side y' = F(t, y) of a stretch and its Jacobian, y = components, then classes.

    Args:
        stretch: What happens.
    """

    stretch: Stretch

    @property
    def start(self) -> Array:
        """Return y at time 0, shape (n + classes,)."""
        return np.concatenate((self.stretch.start, self.stretch.all_dots))

    @property
    def absolute(self) -> Array:
        """Absolute tolerances; those of classes per unit that they hold."""
        own = self.stretch.absolute
        if not self._has_dots:
            return own
        return np.concatenate((own, np.max(own) / self.stretch.network.classes.units))

    @property
    def _has_dots(self) -> bool:
        return self.stretch.network.mechanism.population is not None

    def change(self, time: float, y: Array) -> Array:
        """Return F(t, y)."""
        network, k = self.stretch.network, self.stretch.constants(time)
        if not self._has_dots:
            return network.change(y, k)
        n, pop = len(network.names), network.classes
        f, r = y[n:], network.rates(y[:n], k)
        up, down, lost = self._sizes(time)
        a, b = np.sum(r[pop.first : pop.detaching]), np.sum(r[pop.detaching :])
        gained, gone = a * up * f, b * down * f
        flow = -gained - gone
        flow[1:] += gained[:-1]
        flow[:-1] += gone[1:]
        made = r[pop.sources]
        np.add.at(flow, pop.lower[pop.group], pop.share[pop.group, 0] * made)
        np.add.at(flow, pop.lower[pop.group] + 1, pop.share[pop.group, 1] * made)
        weights = np.ones(len(r))
        weights[pop.first : pop.detaching] = up @ f
        weights[pop.detaching :] = lost @ f
        return np.concatenate((network.stoichiometry @ (r * weights), flow))

    def jacobian(self, time: float, y: Array) -> Array:
        """Return ∂F/∂y, dense."""
        network, k = self.stretch.network, self.stretch.constants(time)
        if not self._has_dots:
            return network.jacobian(y, k)
        n, pop = len(network.names), network.classes
        x, f, r = y[:n], y[n:], network.rates(y[:n], k)
        slopes = network.rate_gradient(x, k)
        up, down, lost = self._sizes(time)
        joins, leaves = slice(pop.first, pop.detaching), slice(pop.detaching, len(r))
        weights = np.ones(len(r))
        weights[joins], weights[leaves] = up @ f, lost @ f
        total = np.zeros((len(y), len(y)))
        total[:n, :n] = (network.stoichiometry * weights) @ slopes
        total[:n, n:] = np.outer(network.stoichiometry[:, joins] @ r[joins], up)
        total[:n, n:] += np.outer(network.stoichiometry[:, leaves] @ r[leaves], lost)
        for part, rate, side in ((up, r[joins].sum(), 1), (down, r[leaves].sum(), -1)):
            channel = slopes[joins if side > 0 else leaves].sum(axis=0)
            move = np.diag(-part) + np.diag(part[:-1] if side > 0 else part[1:], -side)
            total[n:, n:] += rate * move
            total[n:, :n] += np.outer(move @ f, channel)
        for source, group in zip(pop.sources, pop.group, strict=True):
            place = n + pop.lower[group]
            total[place : place + 2, :n] += np.outer(pop.share[group], slopes[source])
        return total

    def _sizes(self, time: float) -> tuple[Array, ...]:
        """Return α with nothing leaving the largest class, β, and β̃."""
        pop, stretch = self.stretch.network.classes, self.stretch
        begin, end = stretch.temperature
        temperature = begin + (end - begin) * time / stretch.times[-1]
        up = pop.alpha.copy()
        up[-1] = 0.0
        down = pop.below * np.exp(pop.capillarity / temperature * pop.edge)
        lost = down.copy()
        lost[0] *= pop.units[0]
        return up, down, lost

    def path(self, states: Array, evaluations: int) -> Trajectory:
        """Return what a library found, parted into components and classes.

        Args:
            states: y at the times of the stretch, shape (m, n + classes).
            evaluations: Evaluations of the rates.
        """
        n = len(self.stretch.start)
        return Trajectory(states[:, :n], evaluations, states[:, n:])


def dense_system(solver: AbstractSolver, stretch: Stretch) -> DenseSystem:
    """Return network and classes as one system for a library.

    Raises:
        InputError: The stretch is to stop early or wants tangents, which only our own can give, or
            has more size classes than a dense Jacobian can hold.
    """
    if stretch.until is not None or stretch.tangents is not None:
        what = f"'{solver.name}' knows neither events nor tangents"
        raise InputError(what, f"Use the solver '{Rodas.name}'")
    classes = len(stretch.network.classes.units)
    if classes > MOST_CLASSES:
        what = f"{classes} size classes are too many for '{solver.name}'"
        mend = f"Use the solver '{Rodas.name}', or count dots as moments (--coarse)"
        raise InputError(what, mend)
    return DenseSystem(stretch)
