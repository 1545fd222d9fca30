"""Which precursors of a flask play the parts of a published system, by name or by family."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.facts.family import StandIn
from prenuc.mechanism.precursors import CHALCOGEN, METAL
from prenuc.mechanism.shipped import known_set
from prenuc.mechanism.two_pathway import MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prenuc.facts.family import Family, Preparation
    from prenuc.facts.system import System


@dataclass(frozen=True)
class Match:
    """What plays which part.

    Args:
        system: The published system.
        metal: The metal source that reacts; "" where there is none of its family.
        chalcogen: The chalcogen source, likewise.
        stand_ins: Those that the constants were not found with.
        preparations: What the flask makes of what it is charged with.
        liquid: Whether a liquid of the system, or one of its family, is there.
    """

    system: System
    metal: str
    chalcogen: str
    stand_ins: tuple[StandIn, ...]
    preparations: tuple[Preparation, ...]
    liquid: bool

    @property
    def complete(self) -> bool:
        """Whether both parts are played."""
        return bool(self.metal and self.chalcogen)

    @property
    def rank(self) -> tuple[int, int, int]:
        """How near the flask is, the higher the nearer."""
        played = bool(self.metal) + bool(self.chalcogen)
        return 2 * played + self.liquid, -len(self.stand_ins), -len(self.preparations)


def usual(system: System) -> dict[str, str]:
    """Return the metal and the chalcogen source of a system by their parts."""
    names = known_set(_set_of(system)).names
    return {part: names[part] for part in (METAL, CHALCOGEN)}


def _set_of(system: System) -> str:
    sets = entries("parameters").values()
    ours = [p.id for p in sets if p.id.endswith(f"/{system.id}") and p.model in {MODEL, "alloy"}]
    return str(ours[0])


@cache
def family_of(reagent: str, part: str) -> Family | None:
    """Return the family in which a reagent plays a part; None where there is none.

    Args:
        reagent: By its name on the shelf.
        part: "metal", "chalcogen" or "solvent".
    """
    known: Iterable[Family] = entries("families").values()
    return next((one for one in known if one.part == part and reagent in one.members), None)


def matched(system: System, reagents: frozenset[str]) -> Match:
    """Return which reagents play the parts of a system.

    Args:
        system: The published system.
        reagents: What is charged, by its names on the shelf.
    """
    known: Iterable[Preparation] = entries("preparations").values()
    possible = [one for one in known if reagents.issuperset(one.takes)]
    names = usual(system)
    metal = _player(names[METAL], "metal", system, reagents, possible)
    chalcogen = _player(names[CHALCOGEN], "chalcogen", system, reagents, possible)
    players = (metal, names[METAL], "metal"), (chalcogen, names[CHALCOGEN], "chalcogen")
    stand_ins = [
        StandIn.of(family, player, own)
        for player, own, part in players
        if player not in {"", own, *system.reagents}
        and (family := family_of(own, part)) is not None
    ]
    preparations = tuple(one for one in possible if one.precursor in {metal, chalcogen})
    liquid = any(is_liquid_of(system, one) for one in reagents)
    return Match(system, metal, chalcogen, tuple(stand_ins), preparations, liquid)


def _player(
    own: str, part: str, system: System, reagents: frozenset[str], possible: list[Preparation]
) -> str:
    """Return the reagent that plays a part: charged before made, the usual one before others.

    What a preparation turns into another source is none itself.
    """
    family = family_of(own, part)
    members = [own, *(family.members if family is not None else ())]
    taken = {name for one in possible for name in one.takes}
    charged = [one for one in members if one in reagents and one not in taken]
    made = [one.precursor for one in possible if one.precursor in members]
    published = [one for one in charged if one in system.reagents]
    return next(iter([*published, *charged, *made]), "")


def is_liquid_of(system: System, reagent: str) -> bool:
    """Return whether a reagent is a liquid of a system, or one of the family of its hot one.

    Args:
        system: The published system.
        reagent: By its name on the shelf.
    """
    family = family_of(system.solvents[0], "solvent")
    return reagent in system.solvents or (family is not None and reagent in family.members)
