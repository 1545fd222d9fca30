"""A parameter set whose clusters hold another number of units: the same chemistry, N otherwise.

What N is stands in the composition of a PC and of all that it turns into, in how many units a
cluster falls into and is made of, and in the order of the way back. Everything else is kept: as
much sulfur is in clusters, beside the same Mo/Fr and carboxylate, where :data:`HELD` of it is; as
much goes into dots in a minute; a cluster has as many places for ligands a unit as it had. So two
such sets differ by what N alone does.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from prenuc.errors import MechanismError, Problem
from prenuc.infer.calibration.candidate import Candidate
from prenuc.mechanism.dots import Classes
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.shipped import form_from, set_named
from prenuc.mechanism.two_pathway import MODEL
from prenuc.mechanism.writing import written
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value

HELD = 1.0  # mmol/L of the chalcogen in clusters, where both sets have as many (note of as-PC-….K)
CLUSTERS = frozenset({"PC", "intermediate", "MSC"})  # kinds of components that hold N units
_TERM = r"(\d[\d.]*) ({})(?![\w-])"  # a number before a name in an equation


def with_other_units(mechanism: Mechanism, units: int) -> tuple[Candidate, Candidate]:
    """Return a mechanism, and the same with clusters of another number of units.

    Args:
        mechanism: Of the two-pathway model.
        units: How many a PC holds in the other one.

    Raises:
        MechanismError: It has no clusters of a certain size, or they hold as many.
    """
    there = set_named(mechanism.name)
    usual = None if there is None or there.model != MODEL else units_of(there)
    if there is None or usual is None:
        what = f"{mechanism.name} has no PC of a certain number of units"
        raise MechanismError(Problem(what, "Ask a two-pathway mechanism, as two-pathway/CdS"))
    if units == usual or units < 1:
        what = f"a PC of {mechanism.name} holds {usual} units, {units} were asked for"
        raise MechanismError(Problem(what, f"Ask for another number, as {2 * usual}"))
    other = holding(replace(there, values=mechanism.parameters), units)
    metal = next(one.name for one in mechanism.components.values() if one.kind == "precursor")
    form = form_from(other, metal, tuple(other.values))
    made = Mechanism.written(partial(written, form, Classes()), other.values)
    label = f"{mechanism.name} with {units} units in a PC"
    return Candidate(mechanism), Candidate(made, label=label)


def units_of(parameters: ParameterSet) -> int | None:
    """Return how many units a PC of a set holds; None where that is not said."""
    chalcogen = _chalcogen(parameters)
    for block in _clusters(parameters).values():
        held = block["composition"].get(chalcogen)
        if held:
            return int(held)
    return None


def holding(parameters: ParameterSet, units: int) -> ParameterSet:
    """Return a set with the same chemistry and another number of units in its clusters.

    Args:
        parameters: A set that is written in blocks.
        units: How many a cluster holds.
    """
    old = units_of(parameters) or units
    by, names = units / old, [*_clusters(parameters)]
    blocks = {
        **parameters.blocks,
        "components": {
            name: _resized(block, by, units) if name in names else block
            for name, block in parameters.blocks["components"].items()
        },
        "reactions": {
            name: {**block, "equation": _rewritten(block["equation"], names, by)}
            for name, block in parameters.blocks["reactions"].items()
        },
    }
    return replace(parameters, blocks=blocks, values=_values(parameters, old, units))


def _chalcogen(parameters: ParameterSet) -> str:
    return str(parameters.names.get("chalcogen precursor", "")).removesuffix("TOP")


def _clusters(parameters: ParameterSet) -> dict[str, Any]:
    components = parameters.blocks.get("components", {})
    return {
        name: block
        for name, block in components.items()
        if block.get("kind") in CLUSTERS and isinstance(block.get("composition"), dict)
    }


def _resized(block: Mapping[str, Any], by: float, units: int) -> dict[str, Any]:
    """Return the block of a component that holds so many times as many of everything."""
    composition = {name: round(count * by) for name, count in block["composition"].items()}
    formed = {**block["formed"], "from": _scaled(block["formed"]["from"], r"\S+", by)}
    basis = re.sub(r"\d+", str(units), block["basis"])
    return {**block, "composition": composition, "basis": basis, "formed": formed}


def _rewritten(equation: str, names: list[str], by: float) -> str:
    """Return an equation of clusters: fewer of larger ones, of which each falls into more."""
    left, arrow, right = equation.partition(" <-> ")
    there = "|".join(map(re.escape, names))
    if left in names:  # one cluster, and what it falls into
        return left + arrow + _scaled(right, r"\S+", by)
    return _scaled(left, there, 1.0 / by) + arrow + _scaled(right, there, 1.0 / by)


def _scaled(side: str, names: str, by: float) -> str:
    """Return one side of an equation with the numbers before some names multiplied."""
    return re.sub(_TERM.format(names), lambda m: f"{float(m[1]) * by:.12g} {m[2]}", side)


def _values(parameters: ParameterSet, old: int, units: int) -> dict[str, Value]:
    """Return the constants that keep everything but what N does."""
    by, values = units / old, dict(parameters.values)

    def times(name: str, factor: float) -> None:
        if name in values:
            quantity = values[name].quantity
            values[name] = replace(
                values[name], quantity=Quantity(quantity.number * factor, quantity.unit)
            )

    for name, block in _clusters(parameters).items():
        if "+" in str(block["formed"]["from"]):  # made of units, with one power of each for each
            number = values[f"{name}.K"].quantity.number
            each = (HELD / old / number) ** (1.0 / old)
            power = 2 * units - 1
            quantity = Quantity(HELD / units / each**units, f"L^{power}/mmol^{power}")
            values[f"{name}.K"] = replace(values[f"{name}.K"], quantity=quantity)
            times(f"{name}.H", by)
        for constant in [one for one in values if one.startswith(f"{name} under ")]:
            if constant.endswith(".sites") and values[constant].quantity.number > 1:
                times(constant, by)
    times("uptake.k", by)
    times("uptake.half", 1.0 / by)
    return values
