"""Does a mechanism obey thermodynamics? The verdict, and everything that it rests on.

``inconsistent``: something contradicts thermodynamics, whatever else is not known. ``cannot be
checked``: nothing does, but a reaction has no way back and gives no reason. ``consistent``: every
step is reversible, or says why not, and one chemical potential a component fits them all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prenuc.thermodynamics.faults import (
    Fault,
    at,
    faults_of_loops,
    faults_of_steps,
    in_units,
)
from prenuc.thermodynamics.loops import MOST_LOG, Loop, loops_of
from prenuc.thermodynamics.prefactors import Prefactor, prefactors_of
from prenuc.thermodynamics.sources import faults_of_sources
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reaction import Reaction
    from prenuc.mechanism.reversible import Step

CONSISTENT, UNCHECKED, INCONSISTENT = "consistent", "cannot be checked", "inconsistent"
MEMORY = "thermodynamics"  # under which verdicts are kept


@dataclass(frozen=True)
class Check:
    """What was found about a mechanism.

    Args:
        mechanism: Its name.
        steps: Its reactions with their ways back.
        loops: Their cycles.
        faults: What contradicts thermodynamics.
        prefactors: Of both ways of each step.
        units: In which equilibrium constants are said.
    """

    mechanism: str
    steps: tuple[Step, ...]
    loops: tuple[Loop, ...]
    faults: tuple[Fault, ...]
    prefactors: tuple[Prefactor, ...]
    units: Mapping[str, str]

    @property
    def reversible(self) -> int:
        """How many reactions have a way back."""
        return sum(step.back is not None for step in self.steps)

    @property
    def irreversible(self) -> tuple[Step, ...]:
        """The reactions without a way back."""
        return tuple(step for step in self.steps if step.back is None)

    @property
    def other_laws(self) -> tuple[Step, ...]:
        """The reversible reactions whose forward law is no mass action."""
        both = (step for step in self.steps if step.back is not None)
        return tuple(step for step in both if not step.is_mass_action)

    @property
    def verdict(self) -> str:
        """Consistent, inconsistent, or cannot be checked."""
        if self.faults:
            return INCONSISTENT
        return _without_faults(self.steps)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not consistent, a line each."""
        if self.faults:
            return tuple(map(str, self.faults))
        silent = (step.there for step in self.irreversible if not step.there.because)
        what = "has no way back, and no reason"
        return tuple(f"{at(one.where)}'{one.name}' ({equation(one)}) {what}" for one in silent)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data: kJ/mol, °C, J/mol/K, K in the units of the mechanism."""
        return {
            "mechanism": self.mechanism,
            "verdict": self.verdict,
            "reversible": self.reversible,
            "irreversible": [
                {
                    "reaction": step.name,
                    "equation": equation(step.there),
                    "because": step.there.because or None,
                    "where": step.there.where or None,
                }
                for step in self.irreversible
            ],
            "laws": [
                {"reaction": step.name, "because": step.there.because or None}
                for step in self.other_laws
            ],
            "cycles": [self._loop(loop) for loop in self.loops],
            "reasons": list(self.reasons),
            "faults": [
                {"kind": one.kind, "reactions": list(one.reactions), "where": one.where or None}
                for one in self.faults
            ],
            "prefactors": [
                {
                    "reaction": one.reaction,
                    "order": one.order,
                    "activation_entropy_J_per_mol_K": one.entropy,
                    "temperature_degC": one.temperature - FREEZING,
                    "judged": one.judged,
                    "within": one.within,
                }
                for one in self.prefactors
            ],
        }

    def _loop(self, loop: Loop) -> dict[str, Any]:
        closing = {} if loop.closes else loop.log_closing()
        return {
            "reactions": [step.name for step, _ in loop.steps],
            "times": [int(z) for _, z in loop.steps],
            "closes": loop.closes,
            "affinity_kJ_per_mol": loop.affinity / 1e3,
            "temperature_degC": loop.state.temperature - FREEZING,
            "would_close": [
                self._closing(step, closing[step.name])
                for step, _ in loop.steps
                if step.name in closing
            ],
        }

    def _closing(self, step: Step, logarithm: float) -> dict[str, Any]:
        there, unit = in_units(step, logarithm, self.units)
        constant = math.exp(there) if abs(there) < MOST_LOG else None
        return {
            "reaction": step.name,
            "where": step.there.where or None,
            "K": constant,
            "log10_K": there / math.log(10.0),
            "unit": unit,
        }


def equation(reaction: Reaction) -> str:
    """Return the equation of a reaction with six digits of each number."""
    net = {name: float(f"{number:.6g}") for name, number in reaction.stoichiometry.items()}
    return replace(reaction, stoichiometry=net).equation()


def check(mechanism: Mechanism) -> Check:
    """Return whether a mechanism obeys thermodynamics, and why not.

    Args:
        mechanism: Any.

    Returns:
        Reversible steps, cycles with their affinities at ten temperatures and compositions, faults,
        prefactors beside transition-state theory, and the verdict.
    """
    steps, units = mechanism.steps, mechanism.units
    loops = loops_of(steps)
    faults = (
        *faults_of_steps(mechanism, steps),
        *faults_of_loops(mechanism, loops, units),
        *faults_of_sources(mechanism, steps),
    )
    prefactors = prefactors_of(steps, stated=not units)
    return Check(mechanism.name, steps, tuple(loops), faults, tuple(prefactors), units)


def _verdict(mechanism: Mechanism) -> str:
    """Return the verdict, found at the first contradiction."""
    steps, units = mechanism.steps, mechanism.units
    if (
        any(faults_of_steps(mechanism, steps))
        or any(faults_of_loops(mechanism, loops_of(steps, 1), units))
        or any(faults_of_sources(mechanism, steps))
    ):
        return INCONSISTENT
    return _without_faults(steps)


def _without_faults(steps: Sequence[Step]) -> str:
    silent = any(step.back is None and not step.there.because for step in steps)
    return UNCHECKED if silent else CONSISTENT


def verdict_of(mechanism: Mechanism) -> str:
    """Return the verdict alone, which is kept until the constants of the mechanism are others.

    Args:
        mechanism: Any.
    """
    known = mechanism.shared.get(MEMORY)
    mine = mechanism.reactions, mechanism.populations
    if known is None or known[0] is not mine[0] or known[1] is not mine[1]:
        known = (*mine, _verdict(mechanism))
        mechanism.shared.put(MEMORY, known)
    verdict: str = known[2]
    return verdict
