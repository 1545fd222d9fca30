"""Other precursors in the place of those that a set of constants was found with.

The blocks of a set name its metal carboxylate and its chalcogen source. Another one takes the place
by name, with its acid where the set has no other word on it; what it sets free follows from the
composition. A monomer then forms with another number of free groups: its equilibrium constant is
taken to be the same with ``FREE`` of each, so that it stays as far on its side as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from prenuc.facts.catalogue import chalcogens, entries
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.family import StandIn
    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.mechanism import Component, Mechanism
    from prenuc.mechanism.reaction import Reaction

FREE = 100.0  # mmol/L of what is set free, as with TOP in the recipes of the seed
METAL, CHALCOGEN = "metal precursor", "chalcogen precursor"


def with_precursors(
    parameters: ParameterSet, metal: str | None, chalcogen: str | None
) -> Mapping[str, Value]:
    """Return the constants of a set with other precursors; see the module.

    Args:
        parameters: The set.
        metal: The metal carboxylate; the usual one when None.
        chalcogen: The chalcogen source; the usual one when None.
    """
    values = parameters.values
    ours = {role: parameters.names[role] for role in (METAL, CHALCOGEN)}
    theirs = {METAL: metal or ours[METAL], CHALCOGEN: chalcogen or ours[CHALCOGEN]}
    more = sum(map(_set_free, theirs.values())) - sum(map(_set_free, ours.values()))
    name = "Mo/Fr.K"
    if name not in values or more == 0:
        return values
    known = values[name].quantity
    scaled = Quantity(known.number * FREE**more, f"{known.unit} * (mmol/L)^{more}")
    note = f"as with {' and '.join(ours.values())} where {FREE:g} mmol/L are free of each"
    moved = replace(values[name], quantity=scaled, status="assumed", note=note)
    return {**values, name: moved}


def _set_free(precursor: str) -> int:
    """Return how many groups a precursor sets free where its atom becomes part of a dot."""
    parts, kinds = entries("reagents")[precursor].composition, entries("moieties")
    kept = chalcogens() | {name for name, one in kinds.items() if one.kind == "metal"}
    return sum(number for name, number in parts.items() if name not in kept)


def with_first(
    mechanism: Mechanism,
    components: Mapping[str, Component],
    reactions: tuple[Reaction, ...],
    stand_ins: tuple[StandIn, ...],
) -> Mechanism:
    """Return a mechanism in which a flask makes its precursors first.

    Args:
        mechanism: What happens to the precursors.
        components: What it does not count yet.
        reactions: By which precursors are made.
        stand_ins: Which of them its constants were not found with.
    """
    return replace(
        mechanism,
        components={**mechanism.components, **components},
        reactions=(*mechanism.reactions, *reactions),
        stand_ins=stand_ins,
    )


def blocks_with_precursors(
    names: Mapping[str, str], blocks: Any, metal: str | None, chalcogen: str | None
) -> Any:
    """Return the blocks of a set with other precursors.

    Args:
        names: Which reagents play which part.
        blocks: As they are written.
        metal: The metal carboxylate; the usual one when None.
        chalcogen: The chalcogen source; the usual one when None.
    """
    if metal is not None:
        blocks = _replaced(blocks, _words(names[METAL], metal, blocks))
    if chalcogen is not None and chalcogen != names[CHALCOGEN]:
        blocks = _of_chalcogen(blocks, {names[CHALCOGEN]: chalcogen})
    return blocks


def _words(usual: str, metal: str, blocks: Any) -> dict[str, str]:
    """Return what is written in place of what: the carboxylate, and its acid if it is a new one.

    An acid that is an additive of the set stays one.
    """
    words, (old, new) = {usual: metal}, (_acid(usual), _acid(metal))
    if old and old[1] in _added(blocks):
        return words
    known = entries("additives")
    acts = [(*known[one].brings, *(act.by for act in known[one].acts)) for one in _added(blocks)]
    if old and new and not {*new} & _texts([blocks, *map(list, acts)]):
        words |= dict(zip(old, new, strict=True))
    return words


def _added(blocks: Any) -> list[str]:
    """Return the additives of a set, which bring reagents along."""
    return [one for one in blocks.get("additives", ()) if one in entries("additives")]


def _acid(metal: str) -> tuple[str, str] | None:
    """Return the group that holds a metal, and its acid; None where there are none or several."""
    shelf, kinds = entries("reagents"), entries("moieties")
    parts = shelf[metal].composition
    held = [one for one in parts if one in kinds and kinds[one].kind not in {"metal", "other"}]
    acids = [
        one.id
        for one in shelf.values()
        if held and {*one.composition} == {held[0], "H"} and one.composition[held[0]] == 1
    ]
    return (held[0], acids[0]) if len(held) == 1 and acids else None


def _of_chalcogen(blocks: Any, words: Mapping[str, str]) -> Any:
    """Return blocks with another chalcogen source; an atom of the same name stays what it is."""
    components = {}
    for name, one in blocks["components"].items():
        entry = dict(one)
        if "formed" in entry:
            entry["formed"] = _replaced(entry["formed"], words)
        if entry.get("kind") == "assembly":  # the precursors as they came
            entry["composition"] = _replaced(entry["composition"], words)
        components[words.get(name, name)] = entry
    told = "because"
    reactions = {
        name: {key: item if key == told else _replaced(item, words) for key, item in one.items()}
        for name, one in blocks["reactions"].items()
    }
    return {**blocks, "components": components, "reactions": reactions}


def _texts(thing: Any) -> set[str]:
    """Return every word inside texts, lists and mappings."""
    if isinstance(thing, str):
        return {*thing.split(" ")}
    if isinstance(thing, dict):
        return _texts([*thing, *thing.values()])
    return set().union(*map(_texts, thing)) if isinstance(thing, list) else set()


def _replaced(thing: Any, words: Mapping[str, str]) -> Any:
    """Return texts, lists and mappings with words in place of others."""
    if isinstance(thing, str):
        return " ".join(words.get(word, word) for word in thing.split(" "))
    if isinstance(thing, list):
        return [_replaced(item, words) for item in thing]
    if not isinstance(thing, dict):
        return thing
    return {_replaced(key, words): _replaced(item, words) for key, item in thing.items()}
