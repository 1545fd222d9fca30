"""What was done: steps, the plan they make, what had to be assumed; and how it is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

from prenuc.errors import Caution, Problem, ProtocolError, noting
from prenuc.facts.document import Node
from prenuc.facts.yaml_file import load
from prenuc.protocol.assumptions import Assumption, assumed, sentences
from prenuc.protocol.handles import Handle, Span, handles_of, moved, spans_of
from prenuc.protocol.operations import Add, Operation
from prenuc.protocol.plan import Planner
from prenuc.protocol.steps import Step, parse_step
from prenuc.protocol.varying import (
    at_temperature,
    diluted,
    edited,
    followed_by,
    holding,
    lasting,
    measured,
    names_of,
    place_of,
    varied,
)
from prenuc.protocol.watching import LOOKS, watched
from prenuc.quantities import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from prenuc.facts.recipe import Recipe
    from prenuc.protocol.filled import Filled
    from prenuc.protocol.varying import ForSteps, Which, Written
    from prenuc.quantities import Quantity


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
            raise ProtocolError("the protocol has no steps", "Begin with 'charge flask with …'")
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
    def warnings(self) -> tuple[Caution, ...]:
        """What a chemist should look at before believing a result."""
        return tuple(self._planner.warnings)

    @property
    def reagents(self) -> frozenset[str]:
        """The reagents that any step adds, by their names on the shelf."""
        return frozenset(n for op in self.plan if isinstance(op, Add) for n in op.amounts)

    @property
    def vessels(self) -> tuple[str, ...]:
        """The names of the vessels, in the order in which they are filled."""
        return tuple(self._planner.vessels)

    @property
    def filled(self) -> Mapping[str, Filled]:
        """The vessels as they are at the end, before anything has reacted."""
        return self._planner.vessels

    @classmethod
    def from_text(
        cls, text: str | Sequence[str], *, name: str = "protocol", file: str = ""
    ) -> Self:
        """Read laboratory sentences, one a line; '#' starts a comment.

        Args:
            text: One text, or its lines.
            name: What the protocol is called in results.
            file: Where it was written, for messages.

        Raises:
            ProtocolError: A line cannot be read or done; all problems at once.
        """
        lines = text.splitlines() if isinstance(text, str) else list(text)
        placed = [
            (line.partition("#")[0].strip(), f"{file or 'line'}{':' if file else ' '}{number}")
            for number, line in enumerate(lines, 1)
        ]
        return cls(parse_steps(placed), name=name)

    @classmethod
    def from_recipe(cls, recipe: Recipe, *, assume: Mapping[str, str] | None = None) -> Self:
        """Return the protocol of a published recipe.

        What the recipe does not print is filled with the assumptions that the catalogue proposes,
        or with the caller's; each is listed in every result.

        Args:
            recipe: A recipe of the catalogue.
            assume: Assumptions by name, such as ``{"batch mass": "20 g"}``.

        Raises:
            ProtocolError: An assumption is missing, unknown or has the wrong unit; all at once.
        """
        assumptions = assumed(recipe, assume or {})
        steps = parse_steps(sentences(recipe, assumptions), [s.source for s in recipe.procedure])
        return cls(
            steps, name=recipe.id, assumptions=tuple(assumptions.values()), source=recipe.source
        )

    # ---- the same, but … ------------------------------------------------------------------------

    @property
    def step_names(self) -> tuple[str, ...]:
        """What the steps are called, in order: "charge flask", "hold flask", "hold flask 2", …."""
        return names_of(self.steps)

    def with_temperature(self, changes: ForSteps[Written]) -> Self:
        """Return the protocol with other temperatures; a ramp ends there.

        Args:
            changes: Such as ``{"heat flask": "240 degC"}``; a step by its name or its number.

        Raises:
            ProtocolError: A step is unknown (the nearest are given) or has no temperature, or the
                protocol can no longer be done; all problems at once.
        """
        return replace(self, steps=edited(self.steps, at_temperature, changes))

    def with_duration(self, changes: ForSteps[Written]) -> Self:
        """Return the protocol with steps that last longer or shorter.

        Args:
            changes: Such as ``{"hold flask": "2 h"}``; a step by its name or its number.

        Raises:
            ProtocolError: As for temperatures.
        """
        return replace(self, steps=edited(self.steps, lasting, changes))

    def with_amount(self, changes: ForSteps[Mapping[str, Written]]) -> Self:
        """Return the protocol with other amounts.

        Args:
            changes: Such as ``{"charge flask": {"S": "0.01 mmol"}}``; by reagent, or by vessel for
                what a step takes. What was not there is added; an amount of zero leaves it out.

        Raises:
            ProtocolError: As for temperatures.
        """
        return replace(self, steps=edited(self.steps, holding, changes))

    def with_dilution(self, changes: ForSteps[float]) -> Self:
        """Return the protocol with thinner samples: less is taken into the same fresh solvent.

        Args:
            changes: How many times less, such as ``{"take into cuvette": 10}``; the amounts are
                rounded to four digits.

        Raises:
            ProtocolError: As for temperatures.
        """
        return replace(self, steps=edited(self.steps, diluted, changes))

    def with_additive(self, additive: str, step: Which, *, at: Written | None = None) -> Self:
        """Return the protocol with something injected into the vessel of a step.

        Args:
            additive: Such as "3.24 mmol TOPO", or several.
            step: When that step is over, by its name or its number.
            at: Or at this time from the beginning of the step, which holds or incubates.

        Raises:
            ProtocolError: As for temperatures.
        """
        number = place_of(self.steps, step) + 1
        injecting = partial(followed_by, at=at)
        return replace(self, steps=edited(self.steps, injecting, {number: additive}))

    def with_spectra(self, times: Sequence[Written], *, vessel: str | None = None) -> Self:
        """Return the protocol with one vessel measured at its end, and nothing else.

        Args:
            times: On the vessel's clock, such as ``("0 min", "5 d")``.
            vessel: Which; the last that was measured, or used, when None.

        Raises:
            ProtocolError: As for temperatures.
        """
        return replace(self, steps=measured(self.steps, times, vessel))

    def with_watch(
        self, vessel: str | None = None, *, every: Written | None = None, looks: int = LOOKS
    ) -> Self:
        """Return the protocol with a vessel looked at again and again, for its course.

        Args:
            vessel: Which; the flask in which metal and chalcogen react when None.
            every: How often, such as "30 s"; when None so that its course is seen.
            looks: About how often in all, where nobody says how often.

        Raises:
            ProtocolError: There is no such vessel, or no time passes in it.
        """
        given = parse(every).require("min") if isinstance(every, str) else every
        return replace(
            self, steps=watched(self.steps, self.plan, self.filled, vessel, given, looks)
        )

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """When each step is done."""
        return spans_of(self.steps)

    @cached_property
    def handles(self) -> tuple[Handle, ...]:
        """Every temperature, duration and amount that :meth:`with_handles` can move, in order."""
        return handles_of(self.spans)

    def with_handles(self, given: Mapping[str, Written]) -> Self:
        """Return the protocol with some of its :attr:`handles` elsewhere.

        Args:
            given: By name, such as ``{"step 3: duration": "30 min"}``.

        Raises:
            ProtocolError: As for temperatures.
        """
        each = moved(self.steps, self.handles, given)
        return replace(self, steps=tuple(step for steps in each for step in steps))

    def varied(self, text: str) -> Self:
        """Return the protocol with changes that are written as text.

        Args:
            text: Such as "hold flask = 2 h; after heat flask = 3.24 mmol TOPO"; the forms are in
                :mod:`prenuc.protocol.varying`.

        Raises:
            ProtocolError: As for temperatures, or a change that cannot be read.
        """
        return replace(self, steps=varied(self.steps, text))

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps)

    @cached_property
    def sha256(self) -> str:
        """The digest of its text, which tells it from every other protocol."""
        return hashlib.sha256(str(self).encode()).hexdigest()

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
        steps.append(sentence)
        published = sources[index] if sources else ""
        with noting(problems, where):
            steps[-1] = replace(parse_step(sentence), where=where, source=published)
    if problems:
        planner = Planner()
        planner.run(steps)
        raise ProtocolError([*problems, *planner.problems])
    return tuple(step for step in steps if isinstance(step, Step))


def read_protocol(path: Path) -> tuple[Protocol, str | None]:
    """Return the protocol of a YAML file, and the mechanism that it names, if any.

    The file looks like this::

        name: my-batch
        mechanism: two-pathway/CdS          # or mine.yaml, beside it; --mechanism wins
        protocol:
          - charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
          - heat flask to 180 degC over 10 min
          - hold flask for 20 min
          - take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC
          - measure cuvette every 10 min until 200 min

    Raises:
        ProtocolError: A step cannot be read or done; all problems with file and line.
        FactsError: It is not a YAML file.
    """
    problems: list[Problem] = []
    node = Node(load(path), str(path), problems)
    name = node.text("name", default=path.stem)
    mechanism = node.text("mechanism", default="")
    sentences = node.placed_texts("protocol")
    node.finish("a protocol file")
    if problems:
        raise ProtocolError(problems)
    beside = path.parent / mechanism
    if mechanism and beside.suffix in {".yaml", ".yml"} and beside.is_file():
        mechanism = str(beside)
    return Protocol(parse_steps(sentences), name=name), mechanism or None
