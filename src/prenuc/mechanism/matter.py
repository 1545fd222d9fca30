"""What reagents are made of, and how the equation of a reaction is closed.

An equation names what matters. What it leaves open is closed by one rule: excess metal comes and
goes as the metal carboxylate of the file (``closed by``), a carboxylate that loses its metal is
counted as "… (released)" (its hydrogen comes from the solvent and is not tracked), and so is a
silyl group that loses its phosphorus; a reagent that always stays whole, such as TOP or OLA, is
counted as itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.reaction import scaled, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SMALLEST = 1e-12  # moles; less is rounding
LEAVING = "carboxylate", "phosphonate", "silyl"  # kinds of moieties that are set free


def parts_of(made: Mapping[str, float]) -> dict[str, float]:
    """Return moieties of something that is put together from moieties and reagents."""
    shelf = entries("reagents")
    parts = ((name, shelf[name].composition if name in shelf else {name: 1.0}) for name in made)
    return total(*(scaled(composition, made[name]) for name, composition in parts))


def carboxylates(metal: str, number: float = 1.0) -> dict[str, float]:
    """Return the carboxylates of a number of atoms of a metal carboxylate."""
    parts = get("reagents", metal).composition
    return {part: n * number for part, n in parts.items() if is_carboxylate(part)}


def is_carboxylate(part: str) -> bool:
    """Return whether a moiety is a carboxylate, or a phosphonate in its place."""
    kinds = entries("moieties")
    return part in kinds and kinds[part].kind in {"carboxylate", "phosphonate"}


def released(metals: Iterable[str]) -> dict[str, str]:
    """Return the names under which the carboxylates of some metals are counted when set free."""
    return {x: f"{x} (released)" for metal in metals for x in carboxylates(metal)}


def pool(additive: str, metals: Iterable[str]) -> dict[str, float]:
    """Return an additive as a pool: itself, or every free carrier of a carboxylate.

    An additive that is a moiety (2-methyloctadecanoate) counts as acid, as metal carboxylate
    and as what reactions have set free alike; what is bound in a PC or an assembly does not.

    Args:
        additive: A reagent or a moiety.
        metals: Metal carboxylates whose carboxylates are set free.
    """
    if additive not in entries("moieties"):
        return {additive: 1.0}
    shelf = entries("reagents").values()
    carriers = {r.id: r.composition[additive] for r in shelf if additive in r.composition}
    return carriers | {name: 1.0 for x, name in released(metals).items() if x == additive}


def component(name: str) -> Component:
    """Return a reagent, or a moiety that is set free, as a component of a mechanism."""
    shelf = entries("reagents")
    if name in shelf:
        return Component(name, dict(shelf[name].composition), kind="medium")
    part = name.removesuffix(" (released)")
    return Component(name, {part: 1.0}, entries("moieties")[part].kind, "by-product")


def closed(
    net: Mapping[str, float], components: Mapping[str, Component], metal: str
) -> dict[str, float]:
    """Return an equation with what it leaves open; see the module.

    Args:
        net: Moles made and used up.
        components: Those of the file, by name.
        metal: The metal carboxylate that brings and takes metal.
    """
    left: dict[str, float] = {}
    for name, number in net.items():
        for part, count in (components[name].composition or {}).items():
            left[part] = left.get(part, 0.0) + number * count
    found = {name: number for name, number in net.items() if number}
    kinds, brought = entries("moieties"), get("reagents", metal).composition
    taken = -left.get(next(iter(brought)), 0.0)
    if abs(taken) > SMALLEST:
        found[metal] = found.get(metal, 0.0) + taken
        left = total(left, scaled(brought, taken))
    for part, number in left.items():
        if abs(number) > SMALLEST and (part not in kinds or kinds[part].kind in LEAVING):
            name = f"{part} (released)" if part in kinds else part
            found[name] = found.get(name, 0.0) - number
    return found
