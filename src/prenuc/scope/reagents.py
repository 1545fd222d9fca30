"""What a mechanism makes of each reagent of a flask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import Caution
from prenuc.facts.catalogue import entries
from prenuc.scope.matching import family_of, is_liquid_of
from prenuc.scope.systems import atoms_of, systems_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from prenuc.facts.family import Preparation
    from prenuc.facts.system import System
    from prenuc.mechanism.mechanism import Mechanism

NONE = "none"


@dataclass(frozen=True)
class Charged:
    """A reagent of a flask and what a mechanism makes of it.

    Args:
        name: By its name on the shelf.
        role: What it does, such as "metal precursor" or "solvent"; "none" for what takes part in
            nothing.
        known: Whether the mechanism may speak about it.
        note: What is assumed for that, or why it may not.
    """

    name: str
    role: str
    known: bool = True
    note: str = ""

    @property
    def caution(self) -> Caution | None:
        """What a reader should know of it, if anything."""
        if not (self.known and self.note):
            return None
        return Caution(self.note, f"assumed-{self.role.rpartition(' ')[2]}", self.name)


def acting(mechanism: Mechanism) -> frozenset[str]:
    """Return the components that any reaction makes, uses up or looks at.

    Args:
        mechanism: What could happen.
    """
    known: frozenset[str] | None = mechanism.shared.get("acting")
    if known is None:
        known = frozenset(n for one in mechanism.all_reactions for n in one.components())
        mechanism.shared.put("acting", known)
    return known


def preparations_of(mechanism: Mechanism) -> list[Preparation]:
    """Return what a flask makes first, by a mechanism.

    Args:
        mechanism: What could happen.
    """
    known = entries("preparations")
    return [known[one.name] for one in mechanism.reactions if one.name in known]


def charged(name: str, mechanism: Mechanism, there: Collection[str]) -> Charged:
    """Return what a mechanism makes of a reagent.

    Args:
        name: The reagent, by its name on the shelf.
        mechanism: What could happen.
        there: Everything that is charged.
    """
    systems = systems_of(mechanism)
    if name in acting(mechanism):
        return _acting(name, mechanism)
    published = _published(name, systems, there)
    if published is not None:
        return published
    if name in mechanism.components or name in mechanism.declared:
        return Charged(name, "declared")
    if systems:
        hot = [one.solvents[0] for one in systems]
        return _liquid(name, mechanism, hot, there) or _acid(name, mechanism)
    solvent = entries("reagents")[name].is_solvent
    why = "" if solvent else f"{mechanism.name} has no component of that name and declares none"
    return Charged(name, "solvent" if solvent else NONE, known=solvent, note=why)


def _published(name: str, systems: Sequence[System], there: Collection[str]) -> Charged | None:
    """Return what recipes and their papers make of a reagent; None where they say nothing.

    What is said to be without effect is so beside the liquid of the system, not in its place.
    """
    if any(name in one.solvents for one in systems):
        return Charged(name, "solvent")
    if any(name in one.reagents for one in systems):
        return Charged(name, "spectator")
    for one in systems:
        hot = {other for other in there if is_liquid_of(one, other)} - {*one.solvents[1:]}
        if name in one.without_effect and hot:
            said = f"{name} is taken to be without effect ({one.without_effect[name]})"
            return Charged(name, "spectator", note=said)
    return None


def _acting(name: str, mechanism: Mechanism) -> Charged:
    parts = [*atoms_of(name).values()]
    made = [one.precursor for one in preparations_of(mechanism) if name in one.takes]
    if parts and made:
        return Charged(name, "source", note=f"{name} is assumed to become {made[0]} in the flask")
    if parts and mechanism.components[name].kind == "precursor":
        stands = [str(one) for one in mechanism.stand_ins if one.reagent == name]
        return Charged(name, f"{parts[0]} precursor", note="; ".join(stands))
    liquid = any(name in one.solvents for one in systems_of(mechanism))
    return Charged(name, "solvent" if liquid else "additive")


def _liquid(
    name: str, mechanism: Mechanism, hot: Collection[str], there: Collection[str]
) -> Charged | None:
    """Return what a liquid of a family is, whose members stand for each other; None for others."""
    family = family_of(name, "solvent")
    if family is None:
        return None
    known = {one for system in systems_of(mechanism) for one in system.solvents}
    if known & family.members.keys():
        return Charged(name, "solvent", note=f"{name} is taken as a liquid without any effect")
    if any(one in there for one in hot):
        return Charged(name, "solvent", note=f"{name} is taken to dilute and to do no more")
    why = f"the constants were found in {' or '.join(hot)}, which is not there"
    return Charged(name, NONE, known=False, note=why)


def _acid(name: str, mechanism: Mechanism) -> Charged:
    """Return what an acid is whose soap is of the family of the metal source; or nothing known."""
    makes = {o.precursor for o in entries("preparations").values() if name in o.takes}
    metals = [c.name for c in mechanism.components.values() if c.kind == "precursor"]
    families = [family_of(one, "metal") for one in metals]
    if not atoms_of(name) and any(one and makes & one.members.keys() for one in families):
        return Charged(
            name, "acid", note=f"{name} is taken to be without effect, as other acids are"
        )
    return Charged(name, NONE, known=False, note=_reason(name, mechanism))


def _reason(name: str, mechanism: Mechanism) -> str:
    """Return why a reagent takes part in nothing."""
    own = {atom for one in mechanism.components for atom in atoms_of(one)}
    foreign = [atom for atom in atoms_of(name) if atom not in own]
    if foreign:
        return f"the model of {mechanism.material} has no source of {foreign[0]}"
    usual = [c.name for c in mechanism.components.values() if c.kind == "precursor"]
    if atoms_of(name):
        alike = [one for one in usual if atoms_of(one).keys() & atoms_of(name).keys()]
        return f"its constants are those of {' or '.join(alike)}, and no family holds both"
    return f"no reaction of {mechanism.name} looks at it, and no recipe behind it charges it"
