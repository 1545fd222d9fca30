"""Constants of a mechanism given anew: read, and checked against the old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from prenuc.errors import MechanismError, Problem, QuantityError, noting, unknown_name
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Given: TypeAlias = Value | Quantity | str | float  # a number without a unit where none is needed

SIGNED = ("Ea", "H", "S", "sites", "order")  # last words of what may be below zero
DIVIDED_BY = ("K", "half", "h", "threshold", "reference")  # last words of what may not be zero
RENAMED = {"energy": "Ea", "enthalpy": "H", "half": "h"}  # last words as they were, and are now


def given_anew(
    known: Mapping[str, Value],
    given: Mapping[str, Given],
    places: Mapping[str, str] | None = None,
) -> dict[str, Value]:
    """Return constants that are to replace others.

    Args:
        known: The constants of a mechanism by name.
        given: New ones for some of them. A :class:`Value` keeps its source; anything else is an
            assumption of the user.
        places: ``file:line`` of each, for messages; its name when None.

    Raises:
        MechanismError: No constant has such a name (the nearest are given), a unit does not fit,
            or a number is impossible; all problems at once.
    """
    places = places or {}
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, one in given.items():
        if name not in known:
            problems.append(no_constant(name, known, places.get(name, "")))
            continue
        place = places.get(name, name)
        with noting(problems, place):
            values[name] = as_value(one)
            found = impossible(name, values[name].quantity, known[name].quantity)
            problems += [problem.at(place) for problem in found]
    if problems:
        raise MechanismError(problems)
    return values


def no_constant(name: str, known: Iterable[str], where: str = "") -> Problem:
    """Return the problem that there is no constant of a name: its new name, or the nearest.

    Args:
        name: What was given.
        known: The names that there are.
        where: ``file:line``, or a name; empty when there is no place to point at.
    """
    step, _, last = name.rpartition(".")
    known, now = list(known), f"{step}.{RENAMED.get(last, last)}"
    if now != name and now in known:
        return Problem(f"'{name}' is called '{now}' now", "Write it so", (now,), where)
    return unknown_name("constant", name, known, where)


def as_value(given: Given) -> Value:
    """Return what a user gave as a value, assumed by the user unless it says otherwise.

    Raises:
        QuantityError: It is not a number with a unit.
    """
    if isinstance(given, Value):
        return given
    if isinstance(given, str):
        given = parse(given)
    if not isinstance(given, Quantity):
        given = Quantity(float(given), "1")
    return Value(given, Source("user", "given by hand"), "assumed")


def impossible(name: str, new: Quantity, old: Quantity) -> list[Problem]:
    """Return what is wrong with a number that is to replace the constant ``name``.

    Args:
        name: Such as "isomerisation.k"; its last word says what may be negative or zero.
        new: The number.
        old: The one that it replaces, whose dimension it must have.
    """
    try:
        new.require(old.unit)
    except QuantityError as error:
        return list(error.problems)
    last = name.rpartition(".")[2]
    if new.dimension == "[temperature]":
        cold = Problem(f"{new} is not above absolute zero", "Give a temperature")
        return [] if new.si > 0 else [cold]
    if new.number < 0 and last not in SIGNED:
        return [Problem(f"'{name}' is below zero", "Give zero or more")]
    if new.number == 0 and last in DIVIDED_BY:
        return [Problem(f"'{name}' is zero", "Give a number above zero")]
    return []


def multiplied(known: Mapping[str, Value], factors: Mapping[str, float]) -> dict[str, Value]:
    """Return constants times numbers; source and status stay.

    Args:
        known: Constants by name.
        factors: By which some of them are multiplied.

    Raises:
        MechanismError: There is no constant of a name; all at once.
    """
    from dataclasses import replace

    unknown = [no_constant(name, known) for name in factors if name not in known]
    if unknown:
        raise MechanismError(unknown)
    return {
        name: replace(
            known[name],
            quantity=Quantity(known[name].quantity.number * factor, known[name].quantity.unit),
        )
        for name, factor in factors.items()
    }
