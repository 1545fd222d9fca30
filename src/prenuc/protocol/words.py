"""How the fields of a step are read from a laboratory sentence, and written into one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import ProtocolError
from prenuc.quantities import NUMBER, Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Q = rf"{NUMBER}\s*[^\s,]*"
_V = r"[A-Za-z][\w-]*"
_LIST = re.compile(r"\s*,(?!\d[\d,]*-)\s*|\s+and\s+")  # not within "2,6-dimethylpyridine"

# What verbs of the bench are called here, and what a field is called.
MEANT = {
    **dict.fromkeys(("add", "introduce"), "inject"),
    **dict.fromkeys(("stir", "wait", "keep", "anneal", "age", "degas", "evacuate"), "hold"),
    **dict.fromkeys(("quench", "chill"), "cool"),
    **dict.fromkeys(("sample", "dilute", "withdraw", "disperse"), "take"),
    **dict.fromkeys(("load", "mix", "dissolve", "fill"), "charge"),
    **dict.fromkeys(("warm", "ramp"), "heat"),
}
FIELDS = {"to": "temperature", "by": "difference of temperature", "over": "duration"}


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


def _listing(portions: Sequence[Portion]) -> str:
    words = [str(portion) for portion in portions]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _taken(text: str) -> tuple[Portion, ...]:
    portions = []
    for item in _LIST.split(text.strip()):
        match = re.fullmatch(rf"({_Q})\s+of\s+({_V})", item)
        if match is None:
            raise ProtocolError(f"'{item}' is not a part of a vessel", "Write '1.0 mL of flask'")
        portions.append(Portion(parse(match[1]), match[2]))
    return tuple(portions)


@dataclass(frozen=True)
class Reading:
    """How a field is read from a sentence, and written into one.

    Args:
        pattern: What its words look like.
        read: Turns them into the field.
        write: Turns the field into words.
    """

    pattern: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


_READINGS = {
    "vessel": Reading(_V, str),
    "contents": Reading(".+", portions, _listing),
    "taken": Reading(".+?", _taken, lambda of: " and ".join(f"{p.amount} of {p.of}" for p in of)),
    "times": Reading(
        ".+",
        lambda text: tuple(map(parse, text.split(","))),
        lambda times: ", ".join(map(str, times)),
    ),
}


def reading(name: str) -> Reading:
    """Return how a field of a step is read and written."""
    return _READINGS.get(name, Reading(_Q, parse))
