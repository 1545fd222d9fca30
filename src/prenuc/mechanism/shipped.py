"""Mechanisms that the package ships: parameter sets that are written in blocks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, Problem, unknown_name
from prenuc.facts.catalogue import entries
from prenuc.facts.document import Node
from prenuc.mechanism.block_file import read_blocks
from prenuc.mechanism.dots import Classes
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.precursors import blocks_with_precursors, with_precursors
from prenuc.mechanism.writing import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.facts.recipe import ParameterSet
    from prenuc.mechanism.blocks import Form
    from prenuc.mechanism.dots import AbstractDots


def sets_of(model: str) -> dict[str, ParameterSet]:
    """Return the parameter sets of a model, by material and system."""
    sets = entries("parameters").values()
    return {p.id.partition("/")[2]: p for p in sets if p.model == model}


def set_named(identifier: str) -> ParameterSet | None:
    """Return a parameter set of today, or one frozen under its name with a version.

    Args:
        identifier: Such as "two-pathway/CdS" or "two-pathway/CdS@0.1".

    Returns:
        None when there is none of that name.
    """
    found: ParameterSet | None = entries("parameters").get(identifier)
    if found is not None and found.like:
        found = found.filled(known_set(found.like))
    return found or entries("frozen").get(identifier)


def known_set(identifier: str) -> ParameterSet:
    """Return what :func:`set_named` finds.

    Raises:
        MechanismError: There is none of that name; the nearest names are given.
    """
    found = set_named(identifier)
    if found is None:
        raise MechanismError(unknown_name("parameter set", identifier, entries("parameters")))
    return found


def mechanism_of(
    parameters: ParameterSet,
    metal: str | None = None,
    dots: AbstractDots | None = None,
    chalcogen: str | None = None,
) -> Mechanism:
    """Return the mechanism of a parameter set.

    Args:
        parameters: The set.
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".
        dots: How dots are counted, class by class when None.
        chalcogen: Another chalcogen source than the usual one, such as "SeTOP".
    """
    values = with_precursors(parameters, metal, chalcogen)
    additives = tuple(parameters.blocks.get("additives", ()))
    form = form_of(parameters.id, metal, tuple(values), additives, chalcogen)
    return Mechanism.written(partial(written, form, dots or Classes()), values)


def with_only(mechanism: Mechanism, additives: Sequence[str]) -> Mechanism:
    """Return a mechanism of the package that has some additives and no others.

    Its constants stay as they are. An additive that its set does not have by itself can be given
    to it where it has the constants.

    Args:
        mechanism: As it stands in the package, or with other constants.
        additives: Names of ``data/additives.yaml``, such as ["TOPO"]; [] for none.

    Raises:
        MechanismError: It is no mechanism of the package, or the additives do nothing in it.
    """
    found = known_set(mechanism.name)
    metal = next(one.name for one in mechanism.components.values() if one.kind == "precursor")
    other = replace(found, blocks={**found.blocks, "additives": [*additives]})
    return mechanism_of(replace(other, values=mechanism.parameters), metal)


@cache
def form_of(
    which: str,
    metal: str | None,
    constants: tuple[str, ...],
    additives: tuple[str, ...] | None = None,
    chalcogen: str | None = None,
) -> Form:
    """Return what the blocks of a set say, other precursors in place of the usual ones.

    Args:
        which: Identifier of the set.
        metal: The metal carboxylate; the usual one when None.
        constants: Names of the constants that the blocks may call.
        additives: Names of its additives; its usual ones when None.
        chalcogen: The chalcogen source; the usual one when None.

    Raises:
        MechanismError: The blocks cannot be read.
    """
    found = known_set(which)
    if additives is not None and additives != tuple(found.blocks.get("additives", ())):
        found = replace(found, blocks={**found.blocks, "additives": [*additives]})
    return form_from(found, metal, constants, chalcogen)


def form_from(
    parameters: ParameterSet,
    metal: str | None,
    constants: tuple[str, ...],
    chalcogen: str | None = None,
) -> Form:
    """Return what the blocks of any set say, of the catalogue or not; see :func:`form_of`.

    Args:
        parameters: The set.
        metal: The metal carboxylate; the usual one when None.
        constants: Names of the constants that the blocks may call.
        chalcogen: The chalcogen source; the usual one when None.

    Raises:
        MechanismError: The blocks cannot be read.
    """
    problems: list[Problem] = []
    which = parameters.id
    blocks = {"material": parameters.material, **parameters.blocks}
    blocks = blocks_with_precursors(parameters.names, blocks, metal, chalcogen)
    found = read_blocks(Node(blocks, which, problems), which, constants)
    if found is None:
        raise MechanismError(problems)
    reactions = tuple(replace(one, where=which) for one in found[0].reactions)
    return replace(found[0], units={}, reactions=reactions)
