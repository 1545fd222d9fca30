"""What a recipe does not print, and what is taken in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import ProtocolError, QuantityError, noting, unknown_name
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.protocol.vessel import reagent
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.recipe import Feed, Recipe, Unreported

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Assumption:
    """Something that had to be assumed; every result lists it.

    Args:
        name: What it is, such as "batch mass".
        value: The number used, with status "assumed".
        why: What hangs on it.
    """

    name: str
    value: Value
    why: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.value.quantity} ({self.value.status})"


def assumed(recipe: Recipe, given: Mapping[str, str]) -> dict[str, Assumption]:
    """Return what is used for each unreported entry: the caller's number or the proposal.

    Raises:
        ProtocolError: An assumption is missing, unknown or has the wrong unit; all at once.
    """
    names = [entry.name for entry in recipe.unreported]
    problems = [
        unknown_name(f"unreported entry of {recipe.id}", name, names)
        for name in given
        if name not in names
    ]
    used: dict[str, Assumption] = {}
    for entry in recipe.unreported:
        with noting(problems, f"{recipe.id}, {entry.name}"):
            used[entry.name] = Assumption(entry.name, _chosen(entry, given), entry.why)
    if problems:
        raise ProtocolError(problems)
    return used


def sentences(recipe: Recipe, assumptions: Mapping[str, Assumption]) -> list[tuple[str, str]]:
    """Return the published sentences with their placeholders filled in, each with its place."""
    numbers = {name: one.value.quantity for name, one in assumptions.items()}
    places = [f"{recipe.id}, step {index}" for index in range(1, len(recipe.procedure) + 1)]
    steps = zip(recipe.procedure, places, strict=True)
    return [(_fill(step.text, recipe, numbers, where), where) for step, where in steps]


def _chosen(entry: Unreported, given: Mapping[str, str]) -> Value:
    if entry.name in given:
        quantity = parse(given[entry.name])
        if entry.proposal is not None:
            quantity.require(entry.proposal.quantity.unit)
        return Value(quantity, Source("user", entry.name), "assumed")
    if entry.proposal is None:
        mend = f"Say what to assume: assume={{'{entry.name}': '…'}} or --assume \"{entry.name}=…\""
        raise QuantityError(f"the recipe does not print it ({entry.why})", mend)
    return entry.proposal


def _fill(text: str, recipe: Recipe, numbers: Mapping[str, Quantity], where: str) -> str:
    """Return a published sentence with its placeholders filled in."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("feed of "):
            return _weighed(recipe.feeds[name.removeprefix("feed of ")], numbers["batch mass"])
        if name not in numbers:
            raise ProtocolError(unknown_name("unreported entry", name, numbers, where))
        return str(numbers[name])

    return _PLACEHOLDER.sub(fill, text)


def _weighed(feed: Feed, batch: Quantity) -> str:
    """Return the portions of a feed: ratios and one concentration per mass of the whole batch."""
    mass = batch.require("g").si
    per_part = feed.concentration.si * mass / feed.ratio[feed.concentration_of].si
    moles = {name: ratio.si * per_part for name, ratio in feed.ratio.items()}
    solutes = sum(n * reagent(name).molar_mass.si for name, n in moles.items())
    if solutes >= mass:
        raise ProtocolError(f"{batch} of batch leave no room for {feed.solvent}")
    parts = [f"{1e3 * n:.12g} mmol {name}" for name, n in moles.items()]
    return f"{', '.join(parts)}, {1e3 * (mass - solutes):.12g} g {feed.solvent}"
