"""The same steps with one thing done otherwise: what ``Protocol.with_temperature`` and others do.

A step is addressed by its number, from 1, or by its name: its verb and its vessel, with a number
where several are called the same ("hold flask", "hold flask 2", "take into cuvette").

A variation may be written as text, one change after the other, parted by semicolons:

=========================================  ==================================================
text                                       change
=========================================  ==================================================
``heat flask = 240 degC``                  the temperature of a step
``hold flask = 2 h``                       how long it lasts
``charge flask: S = 0.01 mmol``            an amount in it; of a vessel that it takes from, too
``after heat flask = 3.24 mmol TOPO``      an additive when a step is over
``10 min into hold flask = 1 mmol HMSA``   an additive at a moment of a step
``dilute charge flask = 30``               everything but the solvent, that many times less
=========================================  ==================================================
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from prenuc.errors import Problem, ProtocolError, noting, unknown_name
from prenuc.protocol.steps import (
    Charge,
    Discard,
    Inject,
    Measure,
    Ramp,
    Step,
    Store,
    Take,
    Wait,
    Watch,
)
from prenuc.protocol.vessel import Contents, charged, reagent
from prenuc.protocol.words import Portion, portions
from prenuc.quantities import Quantity, dimension, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")
Steps: TypeAlias = tuple[Step, ...]
Which: TypeAlias = str | int  # a step by its name or its number
Written: TypeAlias = str | Quantity
ForSteps: TypeAlias = "Mapping[str, T] | Mapping[int, T]"  # something for each of some steps


def names_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return what steps are called, each differently."""
    seen: Counter[str] = Counter()
    names = []
    for step in steps:
        seen[step.name] += 1
        names.append(step.name if seen[step.name] == 1 else f"{step.name} {seen[step.name]}")
    return tuple(names)


def place_of(steps: Sequence[Step], which: Which) -> int:
    """Return the place of a step, from 0.

    Raises:
        ProtocolError: There is none of that name or number; the nearest names are given.
    """
    names = names_of(steps)
    if isinstance(which, int):
        if 1 <= which <= len(steps):
            return which - 1
        mend = f"Give 1 to {len(steps)}, or a name such as '{names[-1]}'"
        raise ProtocolError(f"no step {which}", mend)
    if which not in names:
        raise ProtocolError(unknown_name("step", which, names))
    return names.index(which)


def edited(steps: Steps, change: Callable[[Step, T], Steps], given: ForSteps[T]) -> Steps:
    """Return steps with others in the place of some.

    Args:
        steps: All of them.
        change: Returns what stands in the place of a step.
        given: What it is told for each step, by name or number.

    Raises:
        ProtocolError: A step is unknown or cannot be changed so; all problems at once.
    """
    found: dict[int, Steps] = {place: (step,) for place, step in enumerate(steps)}
    problems: list[Problem] = []
    for which, told in given.items():
        with noting(problems):
            place = place_of(steps, which)
            found[place] = change(steps[place], told)
    if problems:
        raise ProtocolError(problems)
    return tuple(step for place in sorted(found) for step in found[place])


def temperature_of(step: Step) -> Quantity | None:
    """Return the temperature that a step sets; None when it sets none or says a difference."""
    if isinstance(step, Charge | Take | Store):
        return step.temperature
    return step.to if isinstance(step, Ramp) else None


def at_temperature(step: Step, temperature: Written) -> Steps:
    """Return a step at another temperature; a ramp ends there."""
    new = _quantity(temperature).require("degC")
    if isinstance(step, Charge | Take | Store):
        return (replace(step, temperature=new),)
    if isinstance(step, Ramp):
        return (replace(step, to=new, by=None),)
    raise _lacks(step, "temperature of its own", "Change the step that heats or cools")


def lasting(step: Step, duration: Written) -> Steps:
    """Return a step that lasts as long as is said; a ramp keeps its end."""
    new = _quantity(duration).require("min")
    if isinstance(step, Wait | Store):
        return (replace(step, duration=new),)
    if isinstance(step, Ramp):
        return (replace(step, over=new, rate=None),)
    raise _lacks(step, "duration", "Change a step that holds, stores, heats or cools")


def holding(step: Step, amounts: Mapping[str, Written]) -> Steps:
    """Return a step with other amounts of reagents, or of vessels that it takes from.

    A reagent that was not there is added; an amount of zero leaves it out, and a step with nothing
    left to add is left out itself.
    """
    for name, written in amounts.items():
        amount = _quantity(written)
        if isinstance(step, Discard) and name == step.vessel:
            step = replace(step, amount=amount)
        elif isinstance(step, Take) and name in {part.of for part in step.taken}:
            taken = (Portion(amount, p.of) if p.of == name else p for p in step.taken)
            step = replace(step, taken=tuple(taken))
        elif isinstance(step, Charge | Inject | Take):
            step = replace(step, contents=_with(step.contents, name, amount))
        else:
            raise _lacks(step, f"amount of {name}", "Change a step that charges, injects or takes")
    return () if isinstance(step, Inject) and not step.contents else (step,)


def diluted(step: Step, by: float) -> Steps:
    """Return a step that takes less of every vessel, or charges less of all but the solvent.

    Amounts are rounded to four digits, as a pipette is set. The solvent of a charge is what most of
    its volume consists of.
    """
    if not isinstance(step, Take | Charge):
        raise _lacks(step, "dilution", "Change a step that takes from a vessel, or charges one")
    if not by > 0:
        raise ProtocolError(f"a dilution by {by:g}", "Give a number above zero")
    parts = list(step.taken) if isinstance(step, Take) else _solutes(step.contents)
    less = [replace(p, amount=parse(f"{p.amount.number / by:.4g} {p.amount.unit}")) for p in parts]
    if isinstance(step, Take):
        return (replace(step, taken=tuple(less)),)
    thinner = dict(zip(parts, less, strict=True))
    return (replace(step, contents=tuple(thinner.get(p, p) for p in step.contents)),)


def _solutes(contents: tuple[Portion, ...]) -> list[Portion]:
    """Return all portions but those of the solvent that most of the volume consists of."""
    parts = [Contents(dict([charged(portion)])) for portion in contents]
    solvent = reduce(Contents.plus, parts).solvent()
    return [p for p in contents if solvent is None or reagent(p.of).id != solvent.id]


def followed_by(step: Step, additive: str, at: Written | None = None) -> Steps:
    """Return a step and an injection: after it, or at a moment within it.

    Args:
        step: Any step; one that waits where a moment is given.
        additive: What is injected, such as "1.75 mmol MSA".
        at: The moment, counted from the beginning of the step; after it when None.
    """
    inject = Inject(vessel=step.vessel, contents=portions(additive))
    if at is None:
        return step, inject
    if not isinstance(step, Wait):
        raise _lacks(step, "moment at which to inject", "Name a step that holds or incubates")
    moment, whole = _quantity(at).require("min"), step.duration
    share = moment.si / whole.si if whole.si else 2.0
    if not 0 <= share <= 1:
        raise ProtocolError(f"{moment} is not within '{step}'", f"Give 0 to {whole}")
    before, after = (
        replace(step, duration=parse(f"{whole.number * part:.12g} {whole.unit}"))
        for part in (share, 1.0 - share)
    )
    if share == 0:
        return inject, step
    return (step, inject) if share == 1 else (before, inject, after)


def measured(steps: Steps, times: Sequence[Written], vessel: str | None = None) -> Steps:
    """Return steps that measure one vessel at the end, at times on its clock, and nothing else.

    Args:
        steps: All of them.
        times: When.
        vessel: Which; the last one that is measured, or used, when None.
    """
    kept = tuple(step for step in steps if not isinstance(step, Measure | Watch))
    looked_at = [step.vessel for step in steps if isinstance(step, Measure)]
    last = vessel or (looked_at or [step.vessel for step in kept])[-1]
    return *kept, Measure(vessel=last, times=tuple(_quantity(time) for time in times))


def varied(steps: Steps, text: str) -> Steps:
    """Return steps varied as a text says; see the module.

    Raises:
        ProtocolError: A change cannot be read or done; all problems at once.
    """
    problems: list[Problem] = []
    for change in text.split(";"):
        name, equals, written = (part.strip() for part in change.partition("="))
        with noting(problems):
            if not (equals and name and written):
                mend = "Write as in 'hold flask = 2 h; after heat flask = 3.24 mmol TOPO'"
                raise ProtocolError(f"'{change.strip()}' is no change", mend)
            steps = _varied(steps, name, written)
    if problems:
        raise ProtocolError(problems)
    return steps


def changes_amounts(text: str) -> bool:
    """Return whether a variation sets an amount that a step holds."""
    return any(":" in change.partition("=")[0] for change in text.split(";"))


def _varied(steps: Steps, name: str, written: str) -> Steps:
    moment, into, later = name.partition(" into ")
    if name.startswith("after "):
        return edited(steps, followed_by, {name.removeprefix("after "): written})
    if name.startswith("dilute "):
        by = parse(written).require("1").si
        return edited(steps, diluted, {name.removeprefix("dilute "): by})
    if into and moment[:1].isdigit():
        return edited(steps, partial(followed_by, at=moment), {later: written})
    step, colon, of = (part.strip() for part in name.partition(":"))
    if colon:
        return edited(steps, holding, {step: {of: written}})
    is_temperature = parse(written).dimension == dimension("degC")
    return edited(steps, at_temperature if is_temperature else lasting, {step: written})


def _with(contents: tuple[Portion, ...], name: str, amount: Quantity) -> tuple[Portion, ...]:
    """Return portions with another amount of a reagent; without it when that is zero."""
    wanted = reagent(name).id
    places = [i for i, portion in enumerate(contents) if reagent(portion.of).id == wanted]
    new = [Portion(amount, name)] if amount.number else []
    if not places:
        return (*contents, *new)
    first = places[0]
    rest = [portion for i, portion in enumerate(contents) if i > first and i not in places]
    return (*contents[:first], *new, *rest)


def _lacks(step: Step, what: str, mend: str) -> ProtocolError:
    return ProtocolError(f"'{step}' has no {what}", mend)


def _quantity(written: Written) -> Quantity:
    return parse(written) if isinstance(written, str) else written
