"""Which parameter set speaks about a recipe: the one of its reagents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, Problem
from prenuc.facts.catalogue import entries
from prenuc.mechanism.alloy import alloy
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.two_pathway import parameter_sets, two_pathway

if TYPE_CHECKING:
    from prenuc.facts.recipe import Recipe
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism


def for_recipe(recipe: Recipe, *, dots: AbstractDots | None = None) -> Mechanism:
    """Return the two-pathway model for a recipe's reagents.

    A set is chosen by the chalcogen source and, where several sets share it, by the metal
    carboxylate; another carboxylate (Cd(MSA)2 for Cd(OA)2) is put in its place. Two chalcogens in
    one recipe make an alloy, whose dots are moments in any case.

    Args:
        recipe: A recipe of the catalogue.
        dots: How dots are counted; class by class when None.

    Raises:
        MechanismError: No parameter set speaks about these reagents.
    """
    fed = {name for feed in recipe.feeds.values() for name in feed.ratio}
    fed |= {word for step in recipe.procedure for word in step.text.replace(",", " ").split()}
    alloys = [p.material for p in entries("parameters").values() if p.model == "alloy"]
    if recipe.material in alloys:
        return alloy(recipe.material)
    sets = [
        (which, p.names["metal precursor"])
        for which, p in parameter_sets().items()
        if p.material == recipe.material and p.names["chalcogen precursor"] in fed
    ]
    exact = [which for which, metal in sets if metal in fed]
    if exact:
        return two_pathway(exact[0], dots=dots)
    shelf = entries("reagents")
    for which, usual in sets:
        atom = next(iter(shelf[usual].composition))
        others = [n for n in sorted(fed) if n in shelf and atom in shelf[n].composition]
        if others:
            return two_pathway(which, metal=others[0], dots=dots)
    what = f"no parameter set of the two-pathway model speaks about {recipe.id}"
    raise MechanismError(Problem(what, "Give a mechanism"))


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
