"""What was done: steps, the plan they make, and what had to be assumed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from prenuc.errors import InputError, Problem, ProtocolError, QuantityError, unknown_name
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.protocol.plan import Operation, Planner
from prenuc.protocol.steps import Step, parse_step
from prenuc.protocol.vessel import reagent
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


@dataclass(frozen=True)
class Protocol:
    """A sequence of laboratory steps on named vessels.

    Vessels form an acyclic graph: what is taken from one goes into another that does not feed
    it. Each has its own clock.

    Args:
        steps: The steps in the order in which they are done.
        name: Such as a recipe's identifier.
        assumptions: What had to be assumed, by name.
        source: Where the protocol is published, if it is.

    Raises:
        ProtocolError: Any step cannot be done; all problems at once.
    """

    steps: tuple[Step, ...]
    name: str = "protocol"
    assumptions: tuple[Assumption, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if not self.steps:
            raise ProtocolError(
                Problem("the protocol has no steps", "Begin with 'charge flask with …'")
            )
        if self._planner.problems:
            raise ProtocolError(self._planner.problems)

    @cached_property
    def _planner(self) -> Planner:
        planner = Planner()
        planner.run(self.steps)
        return planner

    @property
    def plan(self) -> list[Operation]:
        """The operations that the steps mean, with every share and volume worked out."""
        return self._planner.operations

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a chemist should look at before believing a result."""
        return tuple(self._planner.warnings)

    @property
    def vessels(self) -> tuple[str, ...]:
        """The names of the vessels, in the order in which they are filled."""
        return tuple(self._planner.vessels)

    @classmethod
    def from_text(
        cls, text: str | Sequence[str], *, name: str = "protocol", file: str = ""
    ) -> Self:
        """Read laboratory sentences, one a line; '#' starts a comment.

        Raises:
            ProtocolError: A line cannot be read or done; all problems at once.
        """
        lines = text.splitlines() if isinstance(text, str) else list(text)
        sentences = [
            (line.partition("#")[0].strip(), f"{file or 'line'}{':' if file else ' '}{number}")
            for number, line in enumerate(lines, 1)
        ]
        return cls(parse_steps(sentences), name=name)

    @classmethod
    def from_recipe(cls, recipe: Recipe, *, assume: Mapping[str, str] | None = None) -> Self:
        """Return the protocol of a published recipe.

        What the recipe does not print is filled with the assumptions that the catalogue proposes,
        or with the caller's; each is listed in every result.

        Args:
            recipe: A recipe of the catalogue.
            assume: Assumptions by name, such as ``{"batch mass": "20 g"}``.

        Raises:
            ProtocolError: An assumption is missing, unknown or has the wrong unit.
        """
        assumptions = _assumptions(recipe, assume or {})
        numbers = {name: assumption.value.quantity for name, assumption in assumptions.items()}
        sentences = []
        for index, step in enumerate(recipe.procedure, 1):
            where = f"{recipe.id}, step {index}"
            sentences.append((_fill(step.text, recipe, numbers, where), where))
        steps = parse_steps(sentences, [step.source for step in recipe.procedure])
        return cls(
            steps, name=recipe.id, assumptions=tuple(assumptions.values()), source=recipe.source
        )

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps)

    def assumption(self, name: str) -> Quantity | None:
        """Return an assumed quantity by name, None when nothing of that name was assumed."""
        return next((a.value.quantity for a in self.assumptions if a.name == name), None)


def parse_steps(
    sentences: Sequence[tuple[str, str]], sources: Sequence[str] = ()
) -> tuple[Step, ...]:
    """Read laboratory sentences, each given with its place.

    Args:
        sentences: Sentence and place (``file:line``); an empty sentence is passed over.
        sources: Where each sentence is published, if they are.

    Raises:
        ProtocolError: Any sentence cannot be read; all problems at once.
    """
    steps: list[Step | str] = []
    problems: list[Problem] = []
    for index, (sentence, where) in enumerate(sentences):
        if not sentence:
            continue
        try:
            step = parse_step(sentence)
        except InputError as error:
            problems += [problem.at(where) for problem in error.problems]
            steps.append(sentence)
        else:
            published = sources[index] if sources else ""
            steps.append(replace(step, where=where, source=published))
    if problems:
        planner = Planner()
        planner.run(steps)
        raise ProtocolError([*problems, *planner.problems])
    return tuple(step for step in steps if isinstance(step, Step))


def _assumptions(recipe: Recipe, given: Mapping[str, str]) -> dict[str, Assumption]:
    """Return what is used for each unreported entry: the caller's number or the proposal."""
    names = [entry.name for entry in recipe.unreported]
    problems = [
        unknown_name(f"unreported entry of {recipe.id}", name, names)
        for name in given
        if name not in names
    ]
    used: dict[str, Assumption] = {}
    for entry in recipe.unreported:
        try:
            value = _chosen(entry, given)
        except InputError as error:
            problems += [problem.at(f"{recipe.id}, {entry.name}") for problem in error.problems]
        else:
            used[entry.name] = Assumption(entry.name, value, entry.why)
    if problems:
        raise ProtocolError(problems)
    return used


def _chosen(entry: Unreported, given: Mapping[str, str]) -> Value:
    if entry.name in given:
        quantity = parse(given[entry.name])
        if entry.proposal is not None:
            quantity.require(entry.proposal.quantity.unit)
        return Value(quantity, Source("user", entry.name), "assumed")
    if entry.proposal is None:
        mend = f"Say what to assume: assume={{'{entry.name}': '…'}} or --assume \"{entry.name}=…\""
        raise QuantityError(Problem(f"the recipe does not print it ({entry.why})", mend))
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
