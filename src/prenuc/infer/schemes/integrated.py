r"""Concentrations of any reaction network, by integrating its variational equations.

With rates r and stoichiometric matrix N, the concentrations and their derivatives
S_p = ∂c/∂ ln k_p obey

.. math:: \dot c = N r, \qquad \dot S_p = J S_p + N_{\cdot p}\, r_p

(Dickinson and Gelinas 1976, J. Comput. Phys. 21, 123). :func:`integrate` is all that knows how.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.schemes.profiles import MOST, AbstractKinetics, Clock, Variable, rate_names
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.schemes.steps import Written
    from prenuc.simulation.kernels.network import Network

STARTS = 4  # of each rate constant; every one costs an integration
RELATIVE, ABSOLUTE = 1e-9, 1e-12  # tolerances; absolute times the largest starting amount


def integrate(
    network: Network,
    k: Array,
    start: Array,
    along: Array,
    time: Array,
) -> tuple[Array, Array]:
    """Return concentrations and their derivatives in the ln k and in what ``along`` starts.

    Args:
        network: The reactions.
        k: Their rate constants, shape (reactions,).
        start: Concentrations at time 0, shape (n,).
        along: Their derivatives in further parameters, shape (q, n).
        time: Ascending times, none below 0, shape (m,).

    Returns:
        c, shape (m, n), and its derivatives, shape (reactions + q, m, n).

    Raises:
        FitError: The integrator gave up.
    """
    from scipy.integrate import solve_ivp

    n, count = len(start), len(k)
    first = np.concatenate((start, np.zeros(count * n), along.ravel()))

    def change(_: float, y: Array) -> Array:
        c, slopes = y[:n], y[n:].reshape(-1, n)
        rates = network.rates(c, k)
        moved = slopes @ network.jacobian(c, k).T
        moved[:count] += network.stoichiometry.T * rates[:, None]
        return np.concatenate((network.stoichiometry @ rates, moved.ravel()))

    end = float(time[-1])
    times, where = np.unique(time, return_inverse=True)
    if end <= 0:
        found = np.repeat(first[None], len(time), axis=0)
    else:
        size = ABSOLUTE * max(float(np.max(np.abs(start))), 1e-300)
        with np.errstate(all="ignore"):
            done = solve_ivp(
                change, (0.0, end), first, "LSODA", t_eval=times, rtol=RELATIVE, atol=size
            )
        if not done.success:
            raise FitError(Problem(f"the scheme cannot be integrated ({done.message})"))
        found = done.y.T[where]
    return found[:, :n], np.moveaxis(found[:, n:].reshape(len(time), -1, n), 1, 0)


@final
@dataclass(frozen=True)
class Integrated(AbstractKinetics):
    """Any network of reactions.

    Args:
        mechanism: The reactions.
        constants: Names of their rate constants, in their order.
        usual: Rate constants that the mechanism was written with (SI), where the search begins;
            empty for a scheme, which has none.
        started: Starting amounts, by species.
        ratios: Species that take part and whose starting amount is not known.
        second: Seconds in one unit of the data's time; 1 for a scheme.
        scale: SI value of one unit of each rate constant; empty for a scheme.
    """

    mechanism: Mechanism
    constants: tuple[str, ...]
    usual: tuple[float, ...] = ()
    started: Mapping[str, float] = field(default_factory=dict)
    ratios: tuple[str, ...] = ()
    second: float = 1.0
    scale: tuple[float, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Rate constants, then unknown starting amounts such as "B0"."""
        return (*self.constants, *(f"{name}0" for name in self.ratios))

    @property
    def species(self) -> tuple[str, ...]:
        """All species, in the order of the mechanism."""
        return tuple(self.mechanism.components)

    @property
    def meanings(self) -> tuple[str, ...]:
        """The reactions; the amount of a species at time 0."""
        reactions = tuple(reaction.equation() for reaction in self.mechanism.reactions)
        return (*reactions, *(f"amount of {name} at time 0" for name in self.ratios))

    @property
    def orders(self) -> tuple[float, ...]:
        """One less than the order of each reaction."""
        found = [
            sum(getattr(f, "order", 1.0) for f in r.factors) - 1.0 for r in self.mechanism.reactions
        ]
        return (*found, *(0.0 for _ in self.ratios))

    @cached_property
    def network(self) -> Network:
        """The reactions as arrays."""
        from prenuc.simulation.kernels.network import compile_network

        return compile_network(self.mechanism, self.species)

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return rate constants, near those written if there are any, then unknown amounts."""
        constants = [replace(clock.rate(name), points=STARTS) for name in self.constants]
        if self.usual:
            centres = np.log(np.array(self.usual) / np.array(self.scale))
            constants = [
                Variable(v.name, v.unit, True, (at - 20.0, at + 20.0), (at, at), points=1)
                for v, at in zip(constants, centres, strict=True)
            ]
        return (*constants, *(clock.share(f"{name}0", MOST) for name in self.ratios))

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return concentrations (in units of the first species' amount) and derivatives."""
        count = len(self.constants)
        place = {name: i for i, name in enumerate(self.species)}
        start = np.array([self.started.get(name, 0.0) for name in self.species])
        size = float(np.max(start))
        along = np.zeros((len(self.ratios), len(start)))
        for row, name in enumerate(self.ratios):
            start[place[name]] = values[count + row]
            along[row, place[name]] = 1.0
        k = values[:count] * (np.array(self.scale) if self.scale else 1.0)
        t = np.maximum(time, 0.0) * self.second
        shares, slopes = integrate(self.network, k, start, along, t)
        slopes[:count] /= values[:count, None, None]
        return shares / size, slopes / size


def from_steps(scheme: str, steps: Sequence[Written]) -> Integrated:
    """Return the kinetics of a written scheme by mass action; it starts with its first species.

    Species that take part and that nothing forms have an unknown amount at time 0.
    """
    names = dict.fromkeys(n for step in steps for side in (step.left, step.right) for n in side)
    components = {name: Component(name) for name in names}
    reactions = []
    for i, step in enumerate(steps):
        both = {**step.left, **step.right}
        net = {name: step.right.get(name, 0.0) - step.left.get(name, 0.0) for name in both}
        reactions.append(Reaction(f"R{i + 1}", net, Arrhenius(1.0), mass_action(step.left)))
    first = next(iter(names))
    reached, unknown = {first}, []
    while waiting := [s for s in steps if not set(s.left) <= reached]:
        ready = [s for s in steps if set(s.left) <= reached]
        formed = {name for s in ready for name in s.right} - reached
        if not formed:
            lost = next(name for name in waiting[0].left if name not in reached)
            unknown.append(lost)
            formed = {lost}
        reached |= formed
    constants = tuple(step.name for step in steps)
    mechanism = Mechanism(scheme, components, tuple(reactions))
    return Integrated(scheme, mechanism, constants, (), {first: 1.0}, tuple(unknown))


def from_mechanism(mechanism: Mechanism, time_unit: str) -> Integrated:
    """Return the kinetics of a mechanism file; its constants are where the search begins.

    Args:
        mechanism: A bare network with starting concentrations.
        time_unit: Unit of the data's time; "1" is taken for the file's own.

    Raises:
        FitError: It has no starting concentrations.
    """
    if not any(mechanism.initial.values()):
        what = f"the mechanism '{mechanism.name}' starts with nothing"
        raise FitError(Problem(what, "Write 'initial' for a species: {A: {initial: 1.0}}"))
    second = Quantity(1.0, mechanism.units["time"] if time_unit == "1" else time_unit).si
    amount = Quantity(1.0, mechanism.units["concentration"]).si
    back = [reaction.name.endswith(" reverse") for reaction in mechanism.reactions]
    constants = rate_names([i - 1 if back[i] else None for i in range(len(back))])
    orders = [
        sum(getattr(factor, "order", 1.0) for factor in one.factors) for one in mechanism.reactions
    ]
    usual = tuple(reaction.constant.k for reaction in mechanism.reactions)
    return Integrated(
        scheme=mechanism.name,
        mechanism=mechanism,
        constants=constants,
        usual=usual,
        started=dict(mechanism.initial),
        second=second,
        scale=tuple(amount ** (1.0 - order) / second for order in orders),
    )
