"""The constants of a mechanism that was put together from reactions, without a rule behind it.

A reaction "R1" has the constants ``R1.k`` (at the temperature ``R1.at``), ``R1.Ea`` and ``R1.at``.
Under mass action k has the unit that its order asks for, in the units of the user's file where
there is one; under any other law it is a plain number in SI units.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism.reaction import Arrhenius, Power
from prenuc.quantities import Quantity, from_si

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prenuc.mechanism.reaction import Reaction

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
