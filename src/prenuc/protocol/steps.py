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
discard 1 mL of flask                                                   :class:`Discard`
======================================================================  ===================

A vessel's clock starts when the vessel is first filled; ``measure`` counts from there.
Substances are reagent names of the catalogue, vessels are words of the user's choice.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from prenuc.errors import Problem, ProtocolError, QuantityError, nearest_names
from prenuc.quantities import NUMBER, Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Q = rf"{NUMBER}\s*[^\s,]*"
_V = r"[A-Za-z][\w-]*"
_LIST = re.compile(r"\s*,\s*|\s+and\s+")


@dataclass(frozen=True)
class Portion:
    """An amount of a substance, or of the contents of a vessel.

    Args:
        amount: Amount of substance, mass or volume.
        of: Reagent or vessel.
    """

    amount: Quantity
    of: str

    def __str__(self) -> str:
        return f"{self.amount} {self.of}"


@dataclass(frozen=True, kw_only=True)
class Step(ABC):
    """One thing done to a vessel.

    Args:
        vessel: The vessel that the step acts on.
        source: Where the step is published, if it is.
        where: ``file:line`` for a step of a user's file.
    """

    verb: ClassVar[str] = ""
    vessel: str
    source: str = field(default="", compare=False)
    where: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """What the step is called, such as "hold flask" or "take into cuvette"."""
        return f"{self.verb} {self.vessel}"

    @abstractmethod
    def __str__(self) -> str:
        """Return the step as a laboratory sentence."""


@dataclass(frozen=True, kw_only=True)
class Charge(Step):
    """Fill an empty vessel with reagents at a temperature."""

    verb: ClassVar[str] = "charge"
    contents: tuple[Portion, ...]
    temperature: Quantity

    def __str__(self) -> str:
        return f"charge {self.vessel} with {_listing(self.contents)} at {self.temperature}"


@dataclass(frozen=True, kw_only=True)
class Ramp(Step):
    """Change the temperature linearly: ``to`` a temperature or ``by`` a difference.

    Args:
        to: Final temperature; None when ``by`` is given.
        by: Temperature difference; None when ``to`` is given.
        over: Duration; None when ``rate`` is given.
        rate: Rate of change, without sign; None when ``over`` is given.
    """

    to: Quantity | None = None
    by: Quantity | None = None
    over: Quantity | None = None
    rate: Quantity | None = None

    def __str__(self) -> str:
        target = f"to {self.to}" if self.to is not None else f"by {self.by}"
        pace = f"over {self.over}" if self.over is not None else f"at {self.rate}"
        return f"{self.verb} {self.vessel} {target} {pace}"


@dataclass(frozen=True, kw_only=True)
class Heat(Ramp):
    """Heat at a steady rate."""

    verb: ClassVar[str] = "heat"


@dataclass(frozen=True, kw_only=True)
class Cool(Ramp):
    """Cool at a steady rate."""

    verb: ClassVar[str] = "cool"


@dataclass(frozen=True, kw_only=True)
class Wait(Step):
    """Let time pass at the temperature that the vessel has."""

    duration: Quantity

    def __str__(self) -> str:
        return f"{self.verb} {self.vessel} for {self.duration}"


@dataclass(frozen=True, kw_only=True)
class Hold(Wait):
    """Hold a reaction at its temperature."""

    verb: ClassVar[str] = "hold"


@dataclass(frozen=True, kw_only=True)
class Incubate(Wait):
    """Leave a sample standing at its temperature."""

    verb: ClassVar[str] = "incubate"


@dataclass(frozen=True, kw_only=True)
class Store(Step):
    """Put a vessel at another temperature at once and leave it there."""

    verb: ClassVar[str] = "store"
    temperature: Quantity
    duration: Quantity

    def __str__(self) -> str:
        return f"store {self.vessel} at {self.temperature} for {self.duration}"


@dataclass(frozen=True, kw_only=True)
class Inject(Step):
    """Add reagents to a filled vessel."""

    verb: ClassVar[str] = "inject into"
    contents: tuple[Portion, ...]

    def __str__(self) -> str:
        return f"inject {_listing(self.contents)} into {self.vessel}"


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
    taken: tuple[Portion, ...]
    contents: tuple[Portion, ...] = ()
    temperature: Quantity

    def __str__(self) -> str:
        taken = " and ".join(f"{part.amount} of {part.of}" for part in self.taken)
        fresh = f" with {_listing(self.contents)}" if self.contents else ""
        return f"take {taken} into {self.vessel}{fresh} at {self.temperature}"


@dataclass(frozen=True, kw_only=True)
class Measure(Step):
    """Take a spectrum at times on the vessel's clock.

    Args:
        times: The times; empty when they are regular.
        every: Interval of regular times.
        until: Last regular time.
    """

    verb: ClassVar[str] = "measure"
    times: tuple[Quantity, ...] = ()
    every: Quantity | None = None
    until: Quantity | None = None

    def __str__(self) -> str:
        if self.every is not None:
            return f"measure {self.vessel} every {self.every} until {self.until}"
        return f"measure {self.vessel} at {', '.join(str(time) for time in self.times)}"

    def seconds(self) -> list[float]:
        """Return the times in s."""
        if self.every is None or self.until is None:
            return [time.si for time in self.times]
        step = self.every.si
        count = math.floor(self.until.si / step * (1 + 1e-12))
        return [step * (i + 1) for i in range(count)]


@dataclass(frozen=True, kw_only=True)
class Discard(Step):
    """Throw part of a vessel's contents away."""

    verb: ClassVar[str] = "discard of"
    amount: Quantity

    def __str__(self) -> str:
        return f"discard {self.amount} of {self.vessel}"


def _listing(portions: Sequence[Portion]) -> str:
    words = [str(portion) for portion in portions]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def portions(text: str) -> tuple[Portion, ...]:
    """Read amounts of reagents, such as "1.2 mmol Cd(OA)2 and 9 g ODE".

    Raises:
        ProtocolError: One of them is not an amount of a reagent.
    """
    found = []
    for item in _LIST.split(text.strip()):
        match = re.fullmatch(rf"({NUMBER})\s*(?![\d.])(\S+)\s+(\S.*)", item)
        if match is None:
            raise ProtocolError(
                f"'{item}' is not an amount of a reagent", "Write '3.00 mL toluene'"
            )
        found.append(Portion(parse(f"{match[1]} {match[2]}"), match[3]))
    return tuple(found)


def _taken(text: str) -> tuple[Portion, ...]:
    portions = []
    for item in _LIST.split(text.strip()):
        match = re.fullmatch(rf"({_Q})\s+of\s+({_V})", item)
        if match is None:
            raise ProtocolError(f"'{item}' is not a part of a vessel", "Write '1.0 mL of flask'")
        portions.append(Portion(parse(match[1]), match[2]))
    return tuple(portions)


def _times(text: str) -> tuple[Quantity, ...]:
    return tuple(parse(time) for time in text.split(","))


# How the words of a sentence are read that are not quantities.
_READERS: dict[str, Callable[[str], Any]] = {
    "vessel": str,
    "contents": portions,
    "taken": _taken,
    "times": _times,
}

_WAIT = rf"(?P<vessel>{_V}) for (?P<duration>{_Q})"
_RAMP = (
    rf"(?P<vessel>{_V}) (?:to (?P<to>{_Q})|by (?P<by>{_Q}))"
    rf" (?:over (?P<over>{_Q})|at (?P<rate>{_Q}))"
)
_TAKE = rf"(?P<taken>.+?) into (?P<vessel>{_V})(?: with (?P<contents>.+))? at (?P<temperature>{_Q})"

# What each verb makes, the form of the rest of its sentence (groups are named as fields of the
# step are), and an example.
_GRAMMAR: dict[str, tuple[type[Step], str, str]] = {
    "charge": (
        Charge,
        rf"(?P<vessel>{_V}) with (?P<contents>.+) at (?P<temperature>{_Q})",
        "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9 g ODE at 60 degC",
    ),
    "heat": (Heat, _RAMP, "heat flask to 180 degC over 10 min"),
    "cool": (Cool, _RAMP, "cool flask to 25 degC over 5 min"),
    "hold": (Hold, _WAIT, "hold flask for 20 min"),
    "incubate": (Incubate, _WAIT, "incubate cuvette for 5 d"),
    "store": (
        Store,
        rf"(?P<vessel>{_V}) at (?P<temperature>{_Q}) for (?P<duration>{_Q})",
        "store flask at -196 degC for 2 d",
    ),
    "inject": (
        Inject,
        rf"(?P<contents>.+) into (?P<vessel>{_V})",
        "inject 1.75 mmol HMSA into flask",
    ),
    "take": (
        Take,
        _TAKE,
        "take 27.8 mg of flask into cuvette with 3.00 mL toluene at 25 degC",
    ),
    "measure": (
        Measure,
        rf"(?P<vessel>{_V}) (?:every (?P<every>{_Q}) until (?P<until>{_Q})|at (?P<times>.+))",
        "measure cuvette every 4 min until 196 min",
    ),
    "discard": (Discard, rf"(?P<amount>{_Q}) of (?P<vessel>{_V})", "discard 1 mL of flask"),
}


def parse_step(sentence: str) -> Step:
    """Read one laboratory sentence.

    Raises:
        ProtocolError: It is not one; the message shows the form that its verb needs.
    """
    verb, _, rest = " ".join(sentence.split()).partition(" ")
    if verb.lower() not in _GRAMMAR:
        near = nearest_names(verb, _GRAMMAR)
        mend = "Begin with one of: " + ", ".join(_GRAMMAR)
        raise ProtocolError(
            Problem(f"'{verb}' is not something that a protocol can do", mend, near)
        )
    kind, pattern, example = _GRAMMAR[verb.lower()]
    match = re.fullmatch(pattern, rest)
    if match is None:
        raise ProtocolError(f"cannot read '{sentence.strip()}'", f"Write as in '{example}'")
    words = {name: text for name, text in match.groupdict().items() if text is not None}
    try:
        return kind(**{name: _READERS.get(name, parse)(text) for name, text in words.items()})
    except QuantityError as error:
        raise ProtocolError(error.problems) from None
