"""The control of every study of rows: a flask in which nothing happens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.simulation.choice import for_recipe

if TYPE_CHECKING:
    from prenuc.facts.recipe import Recipe

IDLE = "nothing happens"


def nothing_happens(recipe: Recipe) -> Mechanism:
    """Return the control: the reagents of a recipe stay what they are."""
    ours = for_recipe(recipe)
    kept = {name: c for name, c in ours.components.items() if c.kind == "precursor"}
    first = next(iter(kept))
    kept["the same"] = replace(kept[first], name="the same", kind="", species="")
    step = Reaction(
        "nothing", {first: -1.0, "the same": 1.0}, Arrhenius(0.0), mass_action({first: 1.0})
    )
    anything = tuple(entries("reagents"))  # whatever else is charged does nothing either
    return Mechanism(IDLE, kept, (step,), material=ours.material, declared=anything)
