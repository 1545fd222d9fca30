"""The published systems behind a mechanism, and the atoms that a reagent brings."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.mechanism.shipped import set_named
from prenuc.mechanism.two_pathway import MODEL
from prenuc.scope.matching import matched

if TYPE_CHECKING:
    from prenuc.facts.system import System
    from prenuc.mechanism.mechanism import Mechanism

ATOMS = {"metal": "metal", "chalcogen": "chalcogen", "pnictogen": "chalcogen"}  # kind of moiety


def systems_of(mechanism: Mechanism) -> tuple[System, ...]:
    """Return what the constants of a mechanism were found with; () for one of a user's own.

    A rival speaks about every system of its material, and so do the sets of version 0.1, which
    had one set for all of them.

    Args:
        mechanism: What could happen.
    """
    found = set_named(mechanism.name)
    if found is None:
        return ()
    known: dict[str, System] = entries("systems")
    model, _, which = (found.like or found.id).partition("/")
    if model in {MODEL, "alloy"} and which in known:
        return (known[which],)
    return tuple(one for one in known.values() if one.material == mechanism.material)


@cache
def atoms_of(reagent: str) -> dict[str, str]:
    """Return the atoms that a reagent brings to dots, each with its part, metal or chalcogen.

    Args:
        reagent: By its name on the shelf.
    """
    shelf, kinds = entries("reagents"), entries("moieties")
    parts = shelf[reagent].composition if reagent in shelf else {}
    found = ((part, kinds[part].kind) for part in parts if part in kinds)
    return {part: ATOMS[kind] for part, kind in found if kind in ATOMS}


def nearest_system(reagents: frozenset[str], material: str) -> System | None:
    """Return the published system that a flask is nearest to; None where nothing fits.

    One whose two sources are there comes first, then one of the material that was asked for.

    Args:
        reagents: What is charged, by its names on the shelf.
        material: What is to be made.
    """
    known: dict[str, System] = entries("systems")
    found = [matched(one, reagents) for one in known.values()]
    near = max(found, key=lambda one: (one.complete, one.system.material == material, one.rank))
    return near.system if near.metal or near.chalcogen else None
