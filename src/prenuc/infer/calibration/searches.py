"""Searches for constants as they are written down: bounds, targets, and what chooses a mechanism.

A search may have the targets of another one (``like``), be without a step of its mechanism
(``step``), and has the priors of additives as bounds of the constants by which these act.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import get
from prenuc.facts.document import Node
from prenuc.facts.search import Bounds
from prenuc.infer.calibration.ablations import Without, ablation_named
from prenuc.infer.calibration.varied import Changed
from prenuc.mechanism.additives.attach import attached
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.shipped import known_set
from prenuc.quantities import parse
from prenuc.simulation.choice import named_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.search import Search
    from prenuc.infer.experiments.performed import Choose


def known_search(which: str) -> Search:
    """Return a search with everything that it has from another, and with bounds of additives.

    Args:
        which: Its identifier.

    Raises:
        FactsError: There is none of that name.
        MechanismError: There is no such mechanism, or it has no such step.
    """
    found: Search = get("searches", which)
    if not found.like:
        return found
    mechanism = mechanism_named(found.mechanism)
    out = ablation_named(found.step, mechanism).touched(mechanism) if found.step else ()
    whole = found.filled(get("searches", found.like), out)
    if not found.bounds:
        return whole
    return replace(whole, bounds={**_of_additives(whole.mechanism), **whole.bounds})


def _of_additives(which: str) -> dict[str, Bounds]:
    """Return the bounds of the constants by which additives act in a set.

    What is of first order by itself is divided by the concentration of what it takes besides.
    """
    there = known_set(which)
    found = {}
    for name, prior in attached(Node(there.blocks, which, []), there.values).priors.items():
        by = 1.0
        if prior.beside and there.values[name].quantity.unit != prior.unit:
            by = parse(prior.beside).require("mmol/L").to("mmol/L")
        found[name] = Bounds(prior.low / by, prior.high / by, "prior of additives")
    return found


def chooser(search: Search) -> Choose:
    """Return what chooses the mechanism of a recipe: the whole, or one without a step."""
    choose = partial(named_for, search.mechanism)
    if not search.step:
        return choose
    return Without(choose, ablation_named(search.step, mechanism_named(search.mechanism)))


def with_numbers(choose: Choose, search: Search, numbers: Mapping[str, float]) -> Changed:
    """Return what chooses the mechanism of a recipe, with other numbers for its constants.

    Args:
        choose: Chooses it as it stands.
        search: Whose constants they are.
        numbers: In the units of the constants, by name.
    """
    usual = choose(get("recipes", search.targets[0].recipe))
    return Changed(choose, {usual.origin(name): number for name, number in numbers.items()})
