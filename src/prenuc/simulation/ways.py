"""The ways from one species to another: what a mechanism looks like as a drawing.

Of all that a reaction turns over, what carries the chalcogen is followed; where no composition is
known, as in a network that a user wrote, every species is. The stages of a species that ripens
(``as-PC-371.1``, ``as-PC-371.2``, …) are one species here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import chalcogens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reversible import Step

STAGE = re.compile(r"(.+)\.\d+")
FEWEST = 3  # stages; fewer are drawn one by one


@dataclass(frozen=True)
class Way:
    """One way from a species to another.

    Args:
        start: The species that is used up.
        end: What becomes of it.
        steps: Steps that go this way, by name.
        back: Whether any of them goes back too.
    """

    start: str
    end: str
    steps: tuple[str, ...]
    back: bool


@dataclass(frozen=True)
class Carrier:
    """A component that is followed.

    Args:
        species: As it is drawn.
        kind: What it is, such as "PC".
        atoms: Of chalcogen per mole of its basis; 1 where no composition is known.
    """

    species: str
    kind: str
    atoms: float


def carriers(mechanism: Mechanism) -> dict[str, Carrier]:
    """Return every component that is followed.

    Args:
        mechanism: What could happen.
    """
    moved = {name for step in mechanism.steps for name in step.net}
    atoms = {}
    for name, one in mechanism.components.items():
        held = sum(n for part, n in (one.composition or {}).items() if part in chalcogens())
        if held and name in moved:
            atoms[name] = held
    atoms = atoms or dict.fromkeys((one for one in mechanism.components if one in moved), 1.0)
    stems = Counter(found[1] for name in atoms if (found := STAGE.fullmatch(name)))
    return {
        name: Carrier(_drawn(name, stems), mechanism.components[name].kind, held)
        for name, held in atoms.items()
    }


def _drawn(name: str, stems: Mapping[str, int]) -> str:
    stage = STAGE.fullmatch(name)
    return stage[1] if stage and stems[stage[1]] >= FEWEST else name


def moves(step: Step, followed: Mapping[str, Carrier]) -> dict[tuple[str, str], float]:
    """Return what a step moves from each species to each other, in atoms per mole of the step.

    Args:
        step: A reaction and its way back.
        followed: The components that are followed.
    """
    amounts: dict[str, float] = {}
    for name, number in step.net.items():
        if name in followed:
            one = followed[name]
            amounts[one.species] = amounts.get(one.species, 0.0) + number * one.atoms
    used = {name: -one for name, one in amounts.items() if one < 0}
    made = {name: one for name, one in amounts.items() if one > 0}
    total = sum(used.values())
    return {(a, b): gone * come / total for a, gone in used.items() for b, come in made.items()}


def ways(mechanism: Mechanism) -> tuple[Way, ...]:
    """Return every way of a mechanism, in the order of its reactions.

    Args:
        mechanism: What could happen.
    """
    followed = carriers(mechanism)
    found: dict[tuple[str, str], list[Step]] = {}
    for step in mechanism.steps:
        for pair in moves(step, followed):
            found.setdefault(pair, []).append(step)
    return tuple(
        Way(start, end, tuple(one.name for one in of), any(one.back is not None for one in of))
        for (start, end), of in found.items()
    )
