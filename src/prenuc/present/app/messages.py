"""What a page may say, held against the signature of the action that it asks for.

An action is a function ``action(session, *, name: str, value: float)``; its keyword arguments are
the schema: what is asked with another key, or another kind of value, is refused with all problems.
"""

from __future__ import annotations

import inspect
import json
import math
import re
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, PrenucError, Problem, unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Action = Callable[..., Any]

MOST_BYTES = 64 * 1024 * 1024  # of a message
MOST_TEXT = 2_000_000  # characters of a text in it
MOST_ITEMS = 100_000
HALF = re.compile("[\ud800-\udfff]")  # half a sign, which no file can hold
MEND = "Reload the page; if it says so again, tell the developers"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MOST_TEXT and HALF.search(value) is None


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) < 1e300 and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and isinstance(value, int)


def _list(kind: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list) and len(value) <= MOST_ITEMS and all(map(kind, value))
    )


def _table(kind: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, dict)
        and len(value) <= MOST_ITEMS
        and all(map(_is_text, value))
        and all(map(kind, value.values()))
    )


KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "str": (_is_text, "a text"),
    "float": (_is_number, "a number"),
    "int": (_is_whole, "a whole number"),
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "list[str]": (_list(_is_text), "a list of texts"),
    "list[float]": (_list(_is_number), "a list of numbers"),
    "list[list[float]]": (_list(_list(_is_number)), "a list of lists of numbers"),
    "dict[str, float]": (_table(_is_number), "a number for each of some names"),
    "dict[str, str]": (_table(_is_text), "a text for each of some names"),
}


def read(text: str) -> dict[str, Any]:
    """Return a message.

    Raises:
        InputError: It is no JSON object, or too deep, or holds what is no number.
    """
    try:
        message = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError("a message that is no JSON", MEND) from error
    if not isinstance(message, dict):
        raise InputError("a message that is no JSON object", MEND)
    return message


def _no_number(name: str) -> float:
    raise InputError(f"{name} is not a number", "Give a number")


def drag(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a drag: its number, what it moves, and whether it is over.

    Raises:
        InputError: It is none.
    """
    given = message.get("with")
    moved = given if isinstance(given, dict) else {}
    number, name, value = message.get("drag"), moved.get("name"), moved.get("value")
    if message.get("do") != "flask.set" or not (_is_whole(number) and _is_text(name)):
        raise InputError("a drag without number and name", MEND)
    if not _is_number(value):
        raise InputError(f"'{str(name)[:80]}' is dragged to what is no number", "Give a number")
    return {"drag": number, "moves": {name: value}, "exact": message.get("exact") is True}


def checked(actions: Mapping[str, Action], name: Any, given: Any) -> tuple[Action, dict[str, Any]]:
    """Return the action of a name, and what it is called with.

    Args:
        actions: By name.
        name: The one that is asked for.
        given: Its keyword arguments, as they came.

    Raises:
        InputError: There is no such action, or its arguments are others; all problems at once.
    """
    if not isinstance(name, str) or name not in actions:
        raise InputError(unknown_name("action", str(name)[:80], actions))
    if not isinstance(given, dict):
        raise InputError(f"{name}: what goes with it is no JSON object", MEND)
    action = actions[name]
    parameters = list(inspect.signature(action).parameters.items())[1:]
    known = {key.rstrip("_"): parameter for key, parameter in parameters}  # "as" is Python's
    problems = [
        unknown_name("argument", key[:80], known, name) for key in given if key not in known
    ]
    for key, parameter in known.items():
        if key not in given:
            if parameter.default is parameter.empty:
                problems.append(Problem(f"no '{key}'", MEND, where=name))
        elif not _fits(given[key], parameter):
            problems.append(Problem(f"'{key}' is not {_meant(parameter)}", MEND, where=name))
    if problems:
        raise InputError(problems)
    return action, {known[key].name: value for key, value in given.items()}


def _fits(value: Any, parameter: inspect.Parameter) -> bool:
    """Return whether a value is of the kind that stands in a signature."""
    kinds = str(parameter.annotation).split(" | ")
    return any(value is None if kind == "None" else KINDS[kind][0](value) for kind in kinds)


def _meant(parameter: inspect.Parameter) -> str:
    kinds = str(parameter.annotation).split(" | ")
    return " or ".join("nothing" if kind == "None" else KINDS[kind][1] for kind in kinds)


def as_error(error: PrenucError) -> dict[str, Any]:
    """Return what is wrong as plain data: the whole message, and each problem by its parts."""
    problems = error.problems if isinstance(error, InputError) else (Problem(str(error)),)
    parts = [
        {"what": one.what, "where": one.where, "nearest": list(one.nearest), "mend": one.mend}
        for one in problems
    ]
    return {"message": str(error), "problems": parts, **parts[0]}


def as_fault(error: Exception) -> dict[str, Any]:
    """Return a fault of ours as plain data."""
    said = f"a fault of prenuc: {error!r}"[:500]
    return as_error(InputError(said, "Tell its developers what you did"))
