"""A mechanism with other precursors than those that its constants were found with.

Monomers and bonds form faster or slower by the ratio of the families' rates; what the flask makes
first, such as cadmium oleate of CdO and oleic acid, is a reaction before all others.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import chalcogens, entries
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.precursors import with_first
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prenuc.facts.family import Preparation, StandIn
    from prenuc.mechanism.mechanism import Rule

WATER, RELEASED = "water (released)", " (released)"
OF_WATER = {"H": 2, "O": 1}  # moieties: the acid hydrogen and the oxide, which take no room


def adapted(
    base: Mechanism, stand_ins: tuple[StandIn, ...], preparations: tuple[Preparation, ...]
) -> Mechanism:
    """Return a mechanism of the package for other precursors, whose names it has already.

    Args:
        base: The mechanism, with these precursors by name.
        stand_ins: Which of them its constants were not found with.
        preparations: What the flask makes first.
    """
    if base.rule is None or not (stand_ins or preparations):
        return base
    rate = prod(one.rate for one in stand_ins)
    values = {**base.parameters}
    for name in conversion_constants(values):
        values[name] = _scaled(values[name], rate, stand_ins)
    for one in preparations:
        values |= {f"{one.id}.k": one.k, f"{one.id}.at": one.at, f"{one.id}.Ea": one.Ea}
    rule = partial(_written, base.rule, stand_ins, preparations)
    return Mechanism.written(rule, values)


def conversion_constants(names: Iterable[str]) -> list[str]:
    """Return the constants by which precursors are converted, of all constants of a mechanism."""
    first = ("monomer formation", "bond formation")
    return [name for name in names if name.endswith(".k") and name.startswith(first)]


def _scaled(value: Value, rate: float, stand_ins: Iterable[StandIn]) -> Value:
    if rate == 1.0:
        return value
    note = "; ".join(map(str, stand_ins))
    quantity = Quantity(value.quantity.number * rate, value.quantity.unit)
    return Value(quantity, Source("prenuc", "reactivity classes"), "assumed", note=note)


def _written(
    rule: Rule,
    stand_ins: tuple[StandIn, ...],
    preparations: tuple[Preparation, ...],
    values: Mapping[str, Value],
) -> Mechanism:
    """Return what a rule writes, with the preparations before it; a rule itself."""
    base = rule(values)
    sides = [name for one in preparations for name in (*one.takes, *one.gives)]
    new = {name: _component(name) for name in sides if name not in base.components}
    first = tuple(_reaction(one, values) for one in preparations)
    return with_first(base, new, first, stand_ins)


def composition_of(name: str) -> dict[str, int]:
    """Return the moieties of what a preparation takes or gives.

    Args:
        name: A reagent, or one that is "(released)".
    """
    shelf = entries("reagents")
    return OF_WATER if name == WATER else dict(shelf[name.removesuffix(RELEASED)].composition)


def _component(name: str) -> Component:
    """Return a reagent of the shelf, or what is set free and acts on nothing, as a component."""
    parts, kinds = composition_of(name), entries("moieties")
    if name.endswith(RELEASED):
        return Component(name, parts, kind="by-product")
    metals = {part for part in parts if part in kinds and kinds[part].kind == "metal"}
    source = bool(metals or chalcogens() & parts.keys())
    return Component(name, parts, kind="precursor" if source else "medium")


def _reaction(one: Preparation, values: Mapping[str, Value]) -> Reaction:
    net = {name: -float(n) for name, n in one.takes.items()}
    net |= {name: float(n) for name, n in one.gives.items()}
    law = Arrhenius(*(values[f"{one.id}.{part}"].si for part in ("k", "at", "Ea")))
    return Reaction(
        one.id, net, law, mass_action(dict.fromkeys(one.takes, 1.0)), because=one.because
    )
