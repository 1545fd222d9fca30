"""What of a protocol can be moved: temperatures, durations and amounts, step by step.

A handle is named by the number of its step and by what it is: "step 3: duration", "step 1:
Cd(OA)2", "step 6: flask" (how much is taken of that vessel). Moving handles and reading them again
gives what was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import ProtocolError, noting, unknown_name
from prenuc.protocol.plan import Planner
from prenuc.protocol.steps import Charge, Discard, Inject, Ramp, Step, Store, Take, Wait
from prenuc.protocol.varying import at_temperature, holding, lasting, temperature_of
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.errors import Problem
    from prenuc.protocol.varying import Steps, Written

TEMPERATURE, DURATION = "temperature", "duration"


@dataclass(frozen=True)
class Handle:
    """One number of a step.

    Args:
        step: Number of the step, from 1.
        what: "temperature", "duration", or the reagent or vessel of an amount.
        quantity: As it is now.
    """

    step: int
    what: str
    quantity: Quantity

    @property
    def name(self) -> str:
        """What it is called, such as "step 3: duration"."""
        return f"step {self.step}: {self.what}"


@dataclass(frozen=True)
class Span:
    """When a step is done.

    Args:
        step: What is done.
        vessel: In which vessel.
        begin: In s since the first vessel was filled.
        end: The same.
        temperature: Of the vessel before and after, in K.
        sources: The vessels that it takes from.
    """

    step: Step
    vessel: str
    begin: float
    end: float
    temperature: tuple[float, float]
    sources: tuple[str, ...] = ()


def spans_of(steps: Sequence[Step]) -> tuple[Span, ...]:
    """Return when each step is done; what is done with a vessel goes on from where that stands."""
    planner, zero, found = Planner(), dict[str, float](), []
    for step in steps:
        before = {name: (one.clock, one.temperature) for name, one in planner.vessels.items()}
        planner.run([step])
        sources = tuple(part.of for part in step.taken) if isinstance(step, Take) else ()
        now = planner.vessels[step.vessel]
        clock, temperature = before.get(step.vessel, (0.0, now.temperature))
        if step.vessel not in zero:  # a new vessel is filled when those that it is taken from are
            zero[step.vessel] = max((zero[one] + before[one][0] for one in sources), default=0.0)
        begin, end = (zero[step.vessel] + time for time in (clock, now.clock))
        temperatures = temperature, now.temperature
        found.append(Span(step, step.vessel, begin, end, temperatures, sources))
    return tuple(found)


def handles_of(spans: Sequence[Span]) -> tuple[Handle, ...]:
    """Return every number that can be moved, step by step."""
    return tuple(
        Handle(number, what, quantity)
        for number, span in enumerate(spans, 1)
        for what, quantity in _numbers(span)
    )


def _numbers(span: Span) -> Iterator[tuple[str, Quantity]]:
    step = span.step
    temperature = temperature_of(step)
    if temperature is not None:
        yield TEMPERATURE, temperature
    if isinstance(step, Wait | Store):
        yield DURATION, step.duration
    elif isinstance(step, Ramp):
        minutes = parse(f"{(span.end - span.begin) / 60.0:.12g} min")
        yield DURATION, step.over if step.over is not None else minutes
    if isinstance(step, Take):
        yield from ((part.of, part.amount) for part in step.taken)
    if isinstance(step, Charge | Inject | Take):
        yield from ((part.of, part.amount) for part in step.contents)
    if isinstance(step, Discard):
        yield step.vessel, step.amount


def moved(
    steps: Steps, handles: Sequence[Handle], given: Mapping[str, Written]
) -> tuple[Steps, ...]:
    """Return what each step becomes: another, or nothing where it no longer adds anything.

    Args:
        steps: All of them.
        handles: Of these steps.
        given: By the names of handles, such as ``{"step 3: duration": "30 min"}``; an amount of
            zero leaves it out.

    Raises:
        ProtocolError: There is no such handle (the nearest are given), or no such quantity; all
            problems at once.
    """
    known = {one.name: one for one in handles}
    left: list[Steps] = [(step,) for step in steps]
    problems: list[Problem] = []
    for name, written in given.items():
        with noting(problems, name):
            if name not in known:
                raise ProtocolError(unknown_name("handle", name, known))
            place, what = known[name].step - 1, known[name].what
            left[place] = tuple(new for one in left[place] for new in _at(one, what, written))
    if problems:
        raise ProtocolError(problems)
    return tuple(left)


def _at(step: Step, what: str, written: Written) -> Steps:
    """Return a step with one of its numbers elsewhere; nothing where nothing is left of it."""
    if what == TEMPERATURE:
        return at_temperature(step, written)
    return lasting(step, written) if what == DURATION else holding(step, {what: written})
