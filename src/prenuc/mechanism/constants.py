"""Constants of a mechanism given anew: read, and checked against the old ones.

Of a mechanism that was put together from reactions, without a rule behind it, a reaction "R1" has
the constants ``R1.k`` (at the temperature ``R1.at``), ``R1.Ea`` and ``R1.at``. Under mass action k
has the unit that its order asks for, in the units of the user's file where there is one; under any
other law it is a plain number in SI units.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from prenuc.errors import MechanismError, Problem, QuantityError, noting, unknown_name
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism.reaction import Arrhenius, Power
from prenuc.quantities import Quantity, from_si, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prenuc.mechanism.reaction import Reaction

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


SI = {"time": "s", "concentration": "mol/m^3", "energy": "J/mol"}


def constants_of(
    reactions: Iterable[Reaction], units: Mapping[str, str], name: str
) -> dict[str, Value]:
    """Return the constants of reactions by name.

    Args:
        reactions: Any number.
        units: Of "time", "concentration" and "energy"; SI where there is none.
        name: What stands as the source of a reaction that names no place.
    """
    written = {**SI, **units}
    found: dict[str, Value] = {}
    for reaction in reactions:
        source = Source("user", reaction.where or name)
        law = reaction.constant
        for part, number, unit in (
            ("k", law.k, unit_of(reaction, written)),
            ("Ea", law.energy, written["energy"]),
            ("at", law.at, "K"),
        ):
            there = float(f"{from_si(number, unit).number:.15g}")  # as it was written, not 0.2999…
            found[f"{reaction.name}.{part}"] = Value(Quantity(there, unit), source, "assumed")
    return found


def unit_of(reaction: Reaction, units: Mapping[str, str]) -> str:
    """Return the unit of a rate constant under mass action; "1" under any other law."""
    order = 0.0
    for factor in reaction.factors:
        plain = isinstance(factor, Power) and factor.scale == 1.0
        if not plain or list(factor.pool.values()) != [1.0]:
            return "1"
        order += factor.order if isinstance(factor, Power) else 0.0
    time, concentration = units["time"], units["concentration"]
    return f"1/{time}" if order == 1.0 else f"({concentration})^{1.0 - order:g}/{time}"


def with_constants_of(reaction: Reaction, values: Mapping[str, Value]) -> Reaction:
    """Return a reaction with those of its constants that are among ``values``; itself for none."""
    law, name = reaction.constant, reaction.name
    parts = {"k": law.k, "at": law.at, "Ea": law.energy}
    new = {part: values[f"{name}.{part}"].si for part in parts if f"{name}.{part}" in values}
    if not new:
        return reaction
    k, at, energy = (new.get(part, number) for part, number in parts.items())
    return replace(reaction, constant=Arrhenius(k, at, energy))
