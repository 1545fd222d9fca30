"""Laboratory sentences and the steps they mean; each turns into the other.

======================================================================  ===================
sentence                                                                step
======================================================================  ===================
charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9 g ODE at 60 degC    :class:`Charge`
heat flask to 180 degC over 10 min  (or: at 12 degC/min)                 :class:`Heat`
heat flask by 20 degC over 2 min    (a difference, not a temperature)    :class:`Heat`
cool flask to 25 degC over 5 min                                        :class:`Cool`
hold flask for 20 min                                                   :class:`Hold`
incubate cuvette for 5 d                                                :class:`Incubate`
inject 1.75 mmol HMSA into flask                                        :class:`Inject`
store flask at -196 degC for 2 d                                        :class:`Store`
take 27.8 mg of flask into cuvette with 3.00 mL toluene at 25 degC       :class:`Take`
take 1.0 mL of A and 1.0 mL of B into C at 25 degC                       :class:`Take`
measure cuvette every 4 min until 196 min                               :class:`Measure`
measure cuvette at 0 min, 5 d                                           :class:`Measure`
measure cuvette                     (now)                               :class:`Measure`
watch flask every 1 min             (from now on, whatever is done)     :class:`Watch`
discard 1 mL of flask                                                   :class:`Discard`
======================================================================  ===================

A vessel's clock starts when the vessel is first filled; ``measure`` counts from there.
Substances are reagent names of the catalogue, vessels are words of the user's choice.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from prenuc.errors import Problem, ProtocolError, QuantityError, nearest_names
from prenuc.protocol.words import FIELDS, MEANT, Portion, reading

if TYPE_CHECKING:
    from prenuc.quantities import Quantity

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing done to a vessel.

    Its sentence is the verb and one of ``forms``, whose braces hold names of fields.

    Args:
        vessel: The vessel that the step acts on.
        source: Where the step is published, if it is.
        where: ``file:line`` for a step of a user's file.
    """

    verb: ClassVar[str]
    forms: ClassVar[tuple[str, ...]]
    example: ClassVar[str]
    vessel: str
    source: str = field(default="", compare=False)
    where: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """What the step is called, such as "hold flask" or "take into cuvette"."""
        return f"{self.verb} {self.vessel}"

    def __str__(self) -> str:
        given = {name: value for name, value in vars(self).items() if value not in (None, ())}
        form = min(self.forms, key=lambda form: len({*_FIELD.findall(form)} - given.keys()))
        words = {name: reading(name).write(getattr(self, name)) for name in _FIELD.findall(form)}
        return f"{_first_word(self.verb)} {form.format(**words)}"


@dataclass(frozen=True, kw_only=True)
class Charge(Step):
    """Fill an empty vessel with reagents at a temperature."""

    verb: ClassVar[str] = "charge"
    forms: ClassVar = ("{vessel} with {contents} at {temperature}",)
    example: ClassVar = "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9 g ODE at 60 degC"
    contents: tuple[Portion, ...]
    temperature: Quantity


@dataclass(frozen=True, kw_only=True)
class Ramp(Step):
    """Change the temperature linearly: ``to`` a temperature or ``by`` a difference.

    Args:
        to: Final temperature; None when ``by`` is given.
        by: Temperature difference; None when ``to`` is given.
        over: Duration; None when ``rate`` is given.
        rate: Rate of change, without sign; None when ``over`` is given.
    """

    forms: ClassVar = (
        "{vessel} to {to} over {over}",
        "{vessel} to {to} at {rate}",
        "{vessel} by {by} over {over}",
        "{vessel} by {by} at {rate}",
    )
    to: Quantity | None = None
    by: Quantity | None = None
    over: Quantity | None = None
    rate: Quantity | None = None


@dataclass(frozen=True, kw_only=True)
class Heat(Ramp):
    """Heat at a steady rate."""

    verb: ClassVar[str] = "heat"
    example: ClassVar = "heat flask to 180 degC over 10 min"


@dataclass(frozen=True, kw_only=True)
class Cool(Ramp):
    """Cool at a steady rate."""

    verb: ClassVar[str] = "cool"
    example: ClassVar = "cool flask to 25 degC over 5 min"


@dataclass(frozen=True, kw_only=True)
class Wait(Step):
    """Let time pass at the temperature that the vessel has."""

    forms: ClassVar = ("{vessel} for {duration}",)
    duration: Quantity


@dataclass(frozen=True, kw_only=True)
class Hold(Wait):
    """Hold a reaction at its temperature."""

    verb: ClassVar[str] = "hold"
    example: ClassVar = "hold flask for 20 min"


@dataclass(frozen=True, kw_only=True)
class Incubate(Wait):
    """Leave a sample standing at its temperature."""

    verb: ClassVar[str] = "incubate"
    example: ClassVar = "incubate cuvette for 5 d"


@dataclass(frozen=True, kw_only=True)
class Store(Step):
    """Put a vessel at another temperature at once and leave it there."""

    verb: ClassVar[str] = "store"
    forms: ClassVar = ("{vessel} at {temperature} for {duration}",)
    example: ClassVar = "store flask at -196 degC for 2 d"
    temperature: Quantity
    duration: Quantity


@dataclass(frozen=True, kw_only=True)
class Inject(Step):
    """Add reagents to a filled vessel."""

    verb: ClassVar[str] = "inject into"
    forms: ClassVar = ("{contents} into {vessel}",)
    example: ClassVar = "inject 1.75 mmol HMSA into flask"
    contents: tuple[Portion, ...]


@dataclass(frozen=True, kw_only=True)
class Take(Step):
    """Take from one or more vessels into another, with fresh reagents; this disperses and mixes.

    Args:
        vessel: The vessel taken into.
        taken: Portions of other vessels.
        contents: Fresh reagents, such as the solvent to disperse in.
        temperature: Of the vessel taken into.
    """

    verb: ClassVar[str] = "take into"
    forms: ClassVar = (
        "{taken} into {vessel} with {contents} at {temperature}",
        "{taken} into {vessel} at {temperature}",
    )
    example: ClassVar = "take 27.8 mg of flask into cuvette with 3.00 mL toluene at 25 degC"
    taken: tuple[Portion, ...]
    contents: tuple[Portion, ...] = ()
    temperature: Quantity


@dataclass(frozen=True, kw_only=True)
class Measure(Step):
    """Take a spectrum at times on the vessel's clock; without times, now.

    Args:
        times: The times; empty when they are regular, or when it is now.
        every: Interval of regular times.
        until: Last regular time.
    """

    verb: ClassVar[str] = "measure"
    forms: ClassVar = ("{vessel} every {every} until {until}", "{vessel} at {times}", "{vessel}")
    example: ClassVar = "measure cuvette every 4 min until 196 min"
    times: tuple[Quantity, ...] = ()
    every: Quantity | None = None
    until: Quantity | None = None

    def seconds(self) -> list[float]:
        """Return the times in s; none for now."""
        if self.every is None or self.until is None:
            return [time.si for time in self.times]
        step = self.every.si
        count = math.floor(self.until.si / step * (1 + 1e-12))
        return [step * (i + 1) for i in range(count)]


@dataclass(frozen=True, kw_only=True)
class Watch(Step):
    """Look at a vessel from now on, whatever is done to it, as a probe in the flask does.

    Args:
        every: Interval on the vessel's clock; the end of every later step is looked at too.
    """

    verb: ClassVar[str] = "watch"
    forms: ClassVar = ("{vessel} every {every}",)
    example: ClassVar = "watch flask every 1 min"
    every: Quantity


@dataclass(frozen=True, kw_only=True)
class Discard(Step):
    """Throw part of a vessel's contents away."""

    verb: ClassVar[str] = "discard of"
    forms: ClassVar = ("{amount} of {vessel}",)
    example: ClassVar = "discard 1 mL of flask"
    amount: Quantity


def _first_word(verb: str) -> str:
    return verb.partition(" ")[0]


_KINDS: tuple[type[Step], ...] = (
    *(Charge, Heat, Cool, Hold, Incubate, Store),
    *(Inject, Take, Measure, Watch, Discard),
)
_VERBS = {_first_word(kind.verb): kind for kind in _KINDS}


def parse_step(sentence: str) -> Step:
    """Read one laboratory sentence.

    Raises:
        ProtocolError: It is not one; the message shows the form that its verb needs.
    """
    verb, _, rest = " ".join(sentence.split()).partition(" ")
    if verb.lower() not in _VERBS:
        meant = MEANT.get(verb.lower())
        near = (meant,) if meant else nearest_names(verb, _VERBS)
        mend = "Begin with one of: " + ", ".join(_VERBS)
        raise ProtocolError(
            Problem(f"'{verb}' is not something that a protocol can do", mend, near)
        )
    kind = _VERBS[verb.lower()]
    matches = [re.fullmatch(_pattern(form), rest) for form in kind.forms]
    words = next((match.groupdict() for match in matches if match), None)
    if words is None:
        why = _unreadable(kind, rest)
        what = f"cannot read '{sentence.strip()}'" + (f": {why}" if why else "")
        raise ProtocolError(what, f"Write as in '{kind.example}'")
    try:
        return kind(**{name: reading(name).read(text) for name, text in words.items()})
    except QuantityError as error:
        raise ProtocolError(error.problems) from None


def _unreadable(kind: type[Step], rest: str) -> str:
    """Return which word of a sentence of the right form is not what stands there; "" for none."""
    for form in kind.forms:
        loose = re.fullmatch(_FIELD.sub(lambda name: rf"(?P<{name[1]}>.+?)", form), rest)
        for name, text in (loose.groupdict() if loose else {}).items():
            if re.fullmatch(reading(name).pattern, text) is None:
                return f"'{text}' is not a {FIELDS.get(name, name)}"
    return ""


def _pattern(form: str) -> str:
    return _FIELD.sub(lambda name: rf"(?P<{name[1]}>{reading(name[1]).pattern})", form)
