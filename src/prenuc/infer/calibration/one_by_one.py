"""A parameter set whose assembly is not cooperative: it holds one chalcogen in place of several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from prenuc.facts.recipe import ParameterSet

ASSEMBLY, CONSTANT = "assembly", "assembly.K"
FEED = 4.0  # metals for each chalcogen in the flask (seed @ Table S3)


def one_by_one(parameters: ParameterSet) -> ParameterSet | None:
    """Return a set with the same chemistry, assembled one chalcogen at a time.

    With a E + r a M in one assembly, half of E is assembled where E = c, M = (feed) c and
    K = c^(1 − a) / (a M^(r a)); the new K is the one of a = 1 at the same c. The feed is four
    metals for each chalcogen, as in the seed.

    Args:
        parameters: A set that is written in blocks.

    Returns:
        The other set; None where nothing assembles, or one chalcogen does already.
    """
    components = parameters.blocks.get("components", {})
    chalcogen = parameters.names.get("chalcogen precursor", "")
    metal = parameters.names.get("metal precursor", "")
    parts = components.get(ASSEMBLY, {}).get("composition", {})
    count = parts.get(chalcogen, 1) if isinstance(parts, dict) else 1
    if count == 1:
        return None
    ratio = parts[metal] / count
    old = parameters.values[CONSTANT]
    half = (old.quantity.number * count * FEED ** (ratio * count)) ** (
        -1.0 / ((1 + ratio) * count - 1)
    )
    unit = f"L^{ratio:g}/mmol^{ratio:g}"
    new = replace(old, quantity=Quantity((FEED * half) ** -ratio, unit))
    assembly = {
        **components[ASSEMBLY],
        "composition": {chalcogen: 1, metal: int(ratio)},
        "basis": f"particle of 1 {chalcogen}",
        "formed": {"from": f"{chalcogen} + {ratio:g} {metal}"},
    }
    reactions = {
        name: {**block, "equation": _divided(block["equation"], count)}
        for name, block in parameters.blocks["reactions"].items()
    }
    blocks = {
        **parameters.blocks,
        "components": {**components, ASSEMBLY: assembly},
        "reactions": reactions,
    }
    return replace(parameters, blocks=blocks, values={**parameters.values, CONSTANT: new})


def _divided(equation: str, count: int) -> str:
    """Return the equation of an assembly for a smaller one; any other stays as it is."""
    left, arrow, right = equation.partition(" <-> ")
    if left != ASSEMBLY:
        return equation
    return left + arrow + " + ".join(_term(term, count) for term in right.split(" + "))


def _term(term: str, count: int) -> str:
    number, _, name = term.rpartition(" ")
    return f"{float(number or 1) / count:.12g} {name}"
