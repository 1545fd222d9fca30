"""How far a protocol leaves the temperatures that constants were found at."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import Caution, Problem
from prenuc.protocol.operations import Evolve
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prenuc.facts.system import System
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.operations import Operation

MARGIN = 30.0  # K outside the range within which an answer is given, with a wider interval
MOST = 10.0  # times that a rate may be extrapolated
KNOWN = 0.2  # an activation energy is taken to be known within this share of itself
ROUNDING = 1e-6  # K
MEND = "Stay nearer to them, or ask for it: --extrapolate"


@dataclass(frozen=True)
class Range:
    """Temperatures in K from the lowest to the highest."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low - FREEZING:.4g} to {self.high - FREEZING:.4g} degC"

    def nearest(self, temperature: float) -> float:
        """Return the temperature of the range that is nearest to one.

        Args:
            temperature: In K.
        """
        return min(max(temperature, self.low), self.high)


def of_protocol(plan: Iterable[Operation]) -> Range | None:
    """Return the temperatures at which a liquid is let react; None where none is.

    Args:
        plan: Of the protocol.
    """
    found = [
        temperature
        for one in plan
        if isinstance(one, Evolve) and one.duration > 0 and not one.frozen
        for temperature in (one.start, one.end)
    ]
    return Range(min(found), max(found)) if found else None


def of_systems(systems: Sequence[System]) -> Range | None:
    """Return the temperatures of the recipes of some systems; None where there are none.

    Args:
        systems: The published systems.
    """
    if not systems:
        return None
    return Range(min(one.low.si for one in systems), max(one.high.si for one in systems))


@dataclass(frozen=True)
class Outside:
    """What follows where a protocol leaves the temperatures of the constants.

    Args:
        problems: Why it is not computed unless that is asked for.
        cautions: What a reader should know.
        doubt: By which factor each rate constant may be wrong, either way.
    """

    problems: tuple[Problem, ...] = ()
    cautions: tuple[Caution, ...] = ()
    doubt: Mapping[str, float] = field(default_factory=dict)


def outside(mechanism: Mechanism, reached: Range, known: Range) -> Outside:
    """Return what follows from temperatures outside those of the constants.

    Args:
        mechanism: What could happen.
        reached: Temperatures of the protocol.
        known: Temperatures of the constants.
    """
    problems, cautions, doubt = [], [], dict[str, float]()
    for temperature in dict.fromkeys((reached.high, reached.low)):
        edge = known.nearest(temperature)
        gap = abs(temperature - edge)
        if gap <= ROUNDING:
            continue
        here = f"{temperature - FREEZING:.4g} degC"
        far = f"{here} is {gap:.3g} degC outside the temperatures of the constants ({known})"
        name, factor = _fastest(mechanism, temperature, edge)
        cautions.append(Caution(f"{far}; intervals are widened", "extrapolated", here))
        for constant, within in _doubts(mechanism, temperature, edge).items():
            doubt[constant] = max(doubt.get(constant, 1.0), within)
        if gap > MARGIN + ROUNDING:
            problems.append(Problem(far, MEND, where=mechanism.name))
        elif factor > MOST:
            what = f"at {here} the rate of '{name}' is extrapolated {factor:.3g} times ({known})"
            problems.append(Problem(what, MEND, where=mechanism.name))
    return Outside(tuple(problems), tuple(cautions), doubt)


def _fastest(mechanism: Mechanism, temperature: float, edge: float) -> tuple[str, float]:
    """Return the reaction whose rate changes most between two temperatures, and how much."""
    span = abs(1.0 / temperature - 1.0 / edge) / GAS_CONSTANT
    energies = {
        one.name: abs(one.constant.energy) for one in mechanism.all_reactions if not one.back_of
    }
    name = max(energies, key=lambda one: energies[one], default="")
    return name, math.exp(energies.get(name, 0.0) * span)


def _doubts(mechanism: Mechanism, temperature: float, edge: float) -> dict[str, float]:
    """Return the factor by which each rate constant may be wrong beyond an edge."""
    span = KNOWN * abs(1.0 / temperature - 1.0 / edge) / GAS_CONSTANT
    constants = mechanism.constants
    return {
        name: math.exp(abs(constants[energy].si) * span)
        for name in constants
        if name.endswith(".k") and (energy := f"{name[:-2]}.Ea") in constants
    }
