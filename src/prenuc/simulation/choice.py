"""Which mechanism runs a published recipe: the one that knows the reagents of its protocol."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, listed_names
from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.network_file import read_mechanism
from prenuc.protocol.protocol import Protocol
from prenuc.scope.choice import for_reagents

if TYPE_CHECKING:
    from pathlib import Path

    from prenuc.facts.recipe import Recipe
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism


def for_recipe(recipe: Recipe, *, dots: AbstractDots | None = None) -> Mechanism:
    """Return the two-pathway model for a recipe's reagents.

    Args:
        recipe: A recipe of the catalogue.
        dots: How dots are counted; class by class when None.

    Raises:
        MechanismError: No parameter set speaks about these reagents.
        ProtocolError: The recipe leaves something out for which nothing is proposed.
    """
    return for_reagents(recipe.material, Protocol.from_recipe(recipe).reagents, dots)


def named_for(name: str, recipe: Recipe) -> Mechanism:
    """Return a mechanism of a name for a recipe's reagents, the same object for the same question.

    Args:
        name: Such as "two-pathway/CdS@0.1".
        recipe: A recipe of the catalogue.

    Raises:
        MechanismError: It is for another material.
    """
    ours = for_recipe(recipe)
    metal = next(c.name for c in ours.components.values() if c.kind == "precursor")
    usual = _named(name, None)
    if usual.material != recipe.material:
        what = f"{name} says nothing about {recipe.material}"
        raise MechanismError(what, f"Ask it for recipes of {usual.material}")
    return _named(name, metal)


@cache
def _named(name: str, metal: str | None) -> Mechanism:
    return mechanism_named(name, metal=metal)


def of_file(path: Path, recipe: Recipe) -> Mechanism:
    """Return the mechanism of a user's file for a recipe's reagents.

    Args:
        path: The file; it may change a mechanism of the package or be one of its own.
        recipe: A recipe of the catalogue.

    Raises:
        MechanismError: It is for another material, none of its species is charged, or none shows.
        FactsError: It is not a YAML file.
    """
    return _read(path, path.stat().st_mtime_ns, recipe.id)


@cache
def _read(path: Path, changed: int, recipe_id: str) -> Mechanism:  # noqa: ARG001  asked once
    recipe: Recipe = get("recipes", recipe_id)
    found = read_mechanism(path, lambda base: named_for(base, recipe))
    shelf = entries("reagents")
    charged = {n for n in Protocol.from_recipe(recipe).reagents if not shelf[n].is_solvent}
    if not charged & {*found.components}:
        what = f"{recipe.id} charges no species of this mechanism"
        mend = f"Name species after what is charged: {listed_names(sorted(charged))}"
        raise MechanismError(what, mend, where=str(path))
    if found.dots is None and not any(one.species for one in found.components.values()):
        what = "no component of this mechanism has a spectrum, so nothing that is printed shows it"
        raise MechanismError(what, "Name one: 'species: MSC-311'", where=str(path))
    return found


def rival_for(kind: str, recipe: Recipe) -> Mechanism:
    """Return a rival mechanism for a recipe's reagents.

    Args:
        kind: Such as "classical".
        recipe: A recipe of the catalogue.

    Raises:
        MechanismError: The rival has nothing to say about these reagents.
    """
    ours = for_recipe(recipe)
    system = ours.name.partition("/")[2]
    precursors = [c.name for c in ours.components.values() if c.kind == "precursor"]
    return mechanism_named(f"{kind}/{system}", metal=precursors[0])
