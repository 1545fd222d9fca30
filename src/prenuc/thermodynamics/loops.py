r"""Cycles of reactions, and whether they close.

Around a cycle Σ z_j ν_j = 0 nothing has changed, so that the affinities of its steps must add up to
zero, Σ z_j A_j = 0, at any temperature and composition: otherwise the cycle runs for ever
(Wegscheider 1901, Monatsh. Chem. 22, 849). A step without a way back claims an affinity that is
positive always; no cycle in which all such steps run forward can have the sum zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.conditions import GAS_CONSTANT, ROOM_TEMPERATURE, Conditions
from prenuc.thermodynamics.exact import column, cycles, one_way_cycles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from prenuc.mechanism.reversible import Step

MOST_LOG = 700.0  # e^709 is the largest number there is
TOLERANCE = 1e-6  # RT; a sum of logarithms of constants that are written down is far below
ROUNDING = 1e-13  # of the sum of the amounts of its terms
STATES, WARMER = 10, 30.0  # so many states, so many K apart, the first at 25 °C
DECADES = 3.0  # concentrations from 1e-3 to 1e3 mol/m³
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0  # its multiples are spread evenly


@dataclass(frozen=True)
class Loop:
    """A cycle of steps, at the state where it is furthest from closing.

    Args:
        steps: How often each step runs, in whole numbers; negative for backward.
        state: Temperature and concentrations.
        affinity: Σ z A in J/mol; nan where a step has no way back.
        rounding: What of it may be rounding, in J/mol.
    """

    steps: tuple[tuple[Step, Fraction], ...]
    state: Conditions
    affinity: float
    rounding: float = 0.0

    @property
    def closes(self) -> bool:
        """Whether nothing drives the cycle."""
        smallest = TOLERANCE * GAS_CONSTANT * self.state.temperature
        return abs(self.affinity) <= max(smallest, self.rounding)

    @property
    def one_way(self) -> list[Step]:
        """The steps without a way back."""
        return [step for step, _ in self.steps if step.back is None]

    @property
    def changing(self) -> list[Step]:
        """The steps with two ways whose K changes with concentrations."""
        return [step for step, _ in self.steps if step.back is not None and not step.even]

    def closing(self) -> dict[str, float]:
        """Return K for each step with which the cycle would close, the others as they are.

        What only one way of a step sees is left out: no K makes up for that.

        Returns:
            By name, at the temperature of the state, with the standard state 1 mol/m³; empty where
            more than one step has no way back.
        """
        logarithms = self.log_closing().items()
        return {name: math.exp(one) if one < MOST_LOG else math.inf for name, one in logarithms}

    def log_closing(self, temperature: float | None = None) -> dict[str, float]:
        """Return the logarithms of :meth:`closing`, which are numbers in any case.

        Args:
            temperature: In K; that of the state when None.
        """
        at = self.state.temperature if temperature is None else temperature
        open_ends = self.one_way
        if len(open_ends) > 1:
            return {}
        if open_ends:
            closed = [(step, z) for step, z in self.steps if step.back is not None]
            ((lone, times),) = [(step, z) for step, z in self.steps if step.back is None]
            others = math.fsum(float(z) * step.log_equilibrium(at) for step, z in closed)
            return {lone.name: -others / float(times)}
        off = math.fsum(float(z) * step.log_equilibrium(at) for step, z in self.steps)
        return {step.name: step.log_equilibrium(at) - off / float(z) for step, z in self.steps}


def loops_of(steps: Sequence[Step], most: int | None = None) -> list[Loop]:
    """Return a basis of the cycles of reversible steps, then those that run one way.

    Args:
        steps: Of a mechanism; what flows in and out is no reaction.
        most: How many that run one way are looked for; when None, one for each step in any.
    """
    closed = [step for step in steps if not step.is_open]
    both = [step for step in closed if step.back is not None]
    lone = [step for step in closed if step.back is None]
    states, columns = _states(steps), [column(step.net) for step in both]
    driven = [[_log_driven(step, state) for state in states] for step in both]
    found = [_at_worst(both, cycle, driven, states) for cycle in cycles(columns)]
    every = [*both, *lone]
    place = {step.name: i for i, step in enumerate(steps)}
    for cycle in one_way_cycles(columns, [column(step.net) for step in lone], most):
        named = [(every[j], z) for j, z in cycle.items()]
        named.sort(key=lambda one: place[one[0].name])
        found.append(Loop(tuple(named), states[0], math.nan))
    return sorted(found, key=lambda loop: len(loop.steps))


def _states(steps: Sequence[Step]) -> list[Conditions]:
    """Return temperatures and concentrations that are spread widely, the same ones always."""
    names: dict[str, None] = {}
    for step in steps:
        for one in (step.there, step.back):
            names.update({} if one is None else one.components())
    return [
        Conditions(
            ROOM_TEMPERATURE + WARMER * i,
            1.0,
            {
                name: 10 ** (DECADES * (2.0 * math.fmod(GOLDEN * (i + 1) * (j + 1), 1.0) - 1.0))
                for j, name in enumerate(names)
            },
            {},
        )
        for i in range(STATES)
    ]


def _log_driven(step: Step, state: Conditions) -> float:
    """Return what of an affinity a cycle is made of, in RT: concentrations cancel around it."""
    return step.log_equilibrium(state.temperature) + step.log_left_over(state)


def _at_worst(
    both: Sequence[Step],
    cycle: Mapping[int, Fraction],
    driven: Sequence[Sequence[float]],
    states: Sequence[Conditions],
) -> Loop:
    """Return a cycle at the first state where it does not close, or else the one closest to that.

    The first is at room temperature, where most constants are known.
    """
    steps = tuple((both[j], z) for j, z in cycle.items())
    tried = []
    for i, state in enumerate(states):
        thermal = GAS_CONSTANT * state.temperature
        terms = [float(z) * driven[j][i] for j, z in cycle.items()]
        rounding = ROUNDING * math.fsum(map(abs, terms))
        tried.append(Loop(steps, state, thermal * math.fsum(terms), thermal * rounding))
    if not tried[0].closes:
        return tried[0]
    return max(tried, key=lambda loop: abs(loop.affinity) - loop.rounding)
