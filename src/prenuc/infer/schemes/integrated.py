"""Concentrations of any reaction network, and their exact derivatives, by the engine.

The logarithms of all rate constants, and the amounts at time 0 that are not known, are parameters
of one run (:mod:`prenuc.simulation.sensitivity`); their tangents are the derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import FitError, InputError, Problem, SimulationError
from prenuc.infer.schemes.profiles import MOST, AbstractKinetics, Clock, Variable, rate_names
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.schemes.steps import Written
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.sensitivity import Prepared

STARTS = 4  # of each rate constant; every one costs an integration
RELATIVE = 1e-9  # tolerance


def integrate(
    network: Network, ready: Prepared, k: Array, start: Array, time: Array
) -> tuple[Array, Array]:
    """Return concentrations and their derivatives in P parameters.

    Args:
        network: The reactions.
        ready: The parameters: the ln k, and what moves the start.
        k: Their rate constants in SI, shape (reactions,).
        start: Concentrations at time 0, shape (n,).
        time: Times, none below 0, shape (m,).

    Returns:
        c, shape (m, n), and its derivatives, shape (P, m, n).

    Raises:
        FitError: The integrator gave up.
    """
    from prenuc.simulation.compiling import retuned
    from prenuc.simulation.sensitivity import Tangents
    from prenuc.simulation.solvers import Rodas
    from prenuc.simulation.stretch import Stretch

    solver = Rodas(rtol=RELATIVE)
    floor, follow = solver.closed(float(np.max(start)) or 1.0, 0)
    constants = retuned(network, k, np.zeros(len(k)), network.anchor, network.mechanism)
    times, where = np.unique(np.append(time, 0.0), return_inverse=True)
    rows, moved = start[None], ready.start[None]
    if len(times) > 1:
        stretch = Stretch(
            network=constants,
            start=start,
            times=times[1:],
            temperature=(ROOM_TEMPERATURE, ROOM_TEMPERATURE),
            absolute=np.full(len(start), floor),
            tangents=Tangents(ready.seeds, ready.start, np.zeros((0, len(ready.parameters)))),
            follow=follow,
        )
        try:
            path = solver.integrate(stretch)
        except (InputError, SimulationError) as error:
            raise FitError(Problem(f"the scheme cannot be integrated ({error})")) from None
        rows = np.concatenate((rows, path.concentration))
        moved = np.concatenate((moved, path.tangents))
    found = where[:-1]
    return rows[found], np.moveaxis(moved[found], 2, 0)


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

    @cached_property
    def ready(self) -> Prepared:
        """The logarithms of the rate constants as parameters, and unknown starting amounts."""
        from prenuc.simulation.sensitivity import rates_and_starts

        along = np.zeros((len(self.ratios), len(self.species)))
        for row, name in enumerate(self.ratios):
            along[row, self.species.index(name)] = 1.0
        return rates_and_starts(self.network, along)

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
        started = dict(zip(self.ratios, values[count:], strict=True))
        size = max(self.started.values())
        start = np.array([{**self.started, **started}.get(name, 0.0) for name in self.species])
        k = values[:count] * (np.array(self.scale) if self.scale else 1.0)
        t = np.maximum(time, 0.0) * self.second
        shares, slopes = integrate(self.network, self.ready, k, start, t)
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
