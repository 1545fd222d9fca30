"""Which mechanism runs a published recipe: the one that knows the reagents of its protocol."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError
from prenuc.mechanism.named import mechanism_named
from prenuc.protocol.protocol import Protocol
from prenuc.scope.choice import for_reagents

if TYPE_CHECKING:
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
