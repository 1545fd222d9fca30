"""Precursors and solvents as chemistry: what may stand for what, and what is made in the flask.

A *family* holds reagents that do the same with another speed; constants that were found with one of
them answer for another, times the ratio of both rates. A *preparation* is a reaction by which a
flask makes its own precursor, such as CdO that oleic acid dissolves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value

PARTS = "metal", "chalcogen", "solvent"


@dataclass(frozen=True)
class Member:
    """A reagent of a family.

    Args:
        rate: How fast it is converted, against the family's measure, a number without unit.
        within: The factor by which that may be wrong, either way; 1 for the measure itself.
    """

    rate: Value
    within: Value


@dataclass(frozen=True)
class Family:
    """Reagents that play one part with different speeds.

    Args:
        id: Short name, such as "carboxylates of Cd".
        name: One line.
        part: "metal", "chalcogen" or "solvent".
        members: By reagent; of solvents, which do not react, all rates are 1.
        note: What the rates rest on.
    """

    id: str
    name: str
    part: str
    members: Mapping[str, Member]
    note: str = ""

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of the file; members that are alike share ``rate`` and ``within``."""
        members = {
            name: one.part(Member, "a member of a family")
            for name, one in node.child("members").items()
        }
        if node.text("part") not in PARTS:
            node.problem("a family plays no such part", "part", "Write " + " | ".join(PARTS))
        return node.entry(cls, members=members)


@dataclass(frozen=True)
class Preparation:
    """A reaction by which a flask makes a precursor; its rate is k times what is taken, each once.

    Args:
        id: Such as "Cd(OA)2 from CdO".
        takes: Reagents, with their numbers.
        gives: The precursor, with its number; "water" and what else is set free.
        k: Rate constant of second order.
        at: Its temperature.
        Ea: Activation energy.
        because: Why there is no way back.
    """

    id: str
    takes: Mapping[str, int]
    gives: Mapping[str, int]
    k: Value
    at: Value
    Ea: Value
    because: str

    @property
    def name(self) -> str:
        """The equation."""
        sides = (_side(self.takes), _side(self.gives))
        return " -> ".join(sides)

    @property
    def precursor(self) -> str:
        """What is made."""
        return next(iter(self.gives))


def _side(numbers: Mapping[str, int]) -> str:
    return " + ".join(f"{n} {name}" if n > 1 else name for name, n in numbers.items())


@dataclass(frozen=True)
class StandIn:
    """A precursor that constants of another one answer for.

    Args:
        reagent: What the flask has.
        usual: What the constants were found with.
        family: Identifier of the family of both.
        rate: How fast the reagent is converted, against the usual one.
        within: The factor by which that may be wrong, either way.
        note: What that rests on.
    """

    reagent: str
    usual: str
    family: str
    rate: float
    within: float
    note: str = ""

    @classmethod
    def of(cls, family: Family, reagent: str, usual: str) -> Self:
        """Return what one member of a family stands for another with.

        Args:
            family: Theirs.
            reagent: What the flask has.
            usual: What the constants were found with.
        """
        new, old = family.members[reagent], family.members[usual]
        within = max(new.within.si, old.within.si)
        rate = new.rate.si / old.rate.si
        return cls(reagent, usual, family.id, rate, within, new.rate.note)

    def __str__(self) -> str:
        speed = "as fast" if self.rate == 1 else f"{self.rate:.2g} times as fast"
        range_ = f", within a factor of {self.within:g}" if self.within > 1 else ""
        why = f" ({self.note})" if self.note else ""
        return f"{self.reagent} stands for {self.usual}, assumed {speed}{range_}{why}"
