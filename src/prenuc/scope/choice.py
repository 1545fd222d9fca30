"""Which parameter set speaks about a flask: the one of its reagents, or of their families."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries, reagent_called
from prenuc.mechanism.alloy import MODEL as ALLOY
from prenuc.mechanism.alloy import alloy
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.two_pathway import MODEL, parameter_sets, two_pathway
from prenuc.scope.adapted import adapted
from prenuc.scope.facts_only import facts_only, is_without_model, known_of
from prenuc.scope.matching import matched, usual

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prenuc.facts.system import System
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.scope.matching import Match


@cache
def for_reagents(
    material: str, reagents: frozenset[str], dots: AbstractDots | None = None
) -> Mechanism:
    """Return the two-pathway model for a material and what is put into the vessels.

    A set is chosen by its chalcogen source, its metal source and its liquid; other sources of
    their families take their places (:mod:`prenuc.facts.family`). Two chalcogens in one pot make an
    alloy, whose dots are counted class by class in any case.

    Args:
        material: Such as "CdS" or "CdTeSe".
        reagents: By their names on the shelf, such as :attr:`Protocol.reagents`.
        dots: How dots are counted; class by class when None.

    Returns:
        The same object for the same question, so that its variants share their structure.

    Raises:
        MechanismError: No parameter set speaks about these reagents.
    """
    if f"{ALLOY}/{material}" in entries("parameters"):
        return alloy(material)
    found = _best(_systems_of(material), reagents)
    if found is not None:
        return _mechanism(found, dots)
    listed = ", ".join(sorted(reagents)) or "nothing"
    what = f"no parameter set of the two-pathway model makes {material} from {listed}"
    raise MechanismError(what, "Give a mechanism")


@cache
def _for_flask(name: str, reagents: frozenset[str], dots: AbstractDots | None) -> Mechanism:
    model, _, which = name.partition("/")
    if model != MODEL or which not in parameter_sets():
        facts = without_model(name)
        if facts is not None:
            raise MechanismError(facts_only(facts))
        return mechanism_named(name, dots=dots)
    own: System = entries("systems")[which]
    found = _best([own, *(_systems_of(which) if which == own.material else ())], reagents)
    return mechanism_named(name, dots=dots) if found is None else _mechanism(found, dots)


def mechanism_for(
    name: str, protocol: Protocol, *, inert: Iterable[str] = (), dots: AbstractDots | None = None
) -> Mechanism:
    """Return a mechanism of the package for the precursors of a protocol.

    "two-pathway/CdSe" stands for every system of CdSe: the one that the reagents belong to, or
    whose precursors are of one family with them, answers. What is assumed for that stands in
    ``scope_of(mechanism, protocol)``. Where no system answers, the one of that name is returned,
    and running the protocol with it is refused with the reason.

    Args:
        name: Such as "two-pathway/CdSe", "two-pathway/CdSe-ODE" or "classical/CdS".
        protocol: What was done.
        inert: Reagents that are not to react.
        dots: How dots are counted; class by class when None.

    Returns:
        The same object for the same question.

    Raises:
        MechanismError: There is no mechanism of that name.
    """
    left = protocol.reagents - {reagent_called(one) or one for one in inert}
    return _for_flask(name, left, dots)


def without_model(name: str) -> dict[str, Any] | None:
    """Return what is known of the material of a mechanism where no model speaks about it.

    Args:
        name: Such as "two-pathway/ZnS".

    Returns:
        As :func:`prenuc.scope.facts_only.known_of`; None for any other name.
    """
    model, _, material = name.partition("/")
    return known_of(material) if model == MODEL and is_without_model(material) else None


def _systems_of(material: str) -> list[System]:
    known: Iterable[System] = entries("systems").values()
    return [one for one in known if one.material == material and one.id in parameter_sets()]


def _best(systems: Iterable[System], reagents: frozenset[str]) -> Match | None:
    """Return the nearest of the systems both of whose parts are played; None for none."""
    found = [one for one in (matched(system, reagents) for system in systems) if one.complete]
    return max(found, key=lambda one: one.rank, default=None)


def _mechanism(found: Match, dots: AbstractDots | None) -> Mechanism:
    own = usual(found.system)
    metal, chalcogen = (
        None if player == name else player
        for player, name in zip((found.metal, found.chalcogen), own.values(), strict=True)
    )
    base = two_pathway(found.system.id, metal=metal, chalcogen=chalcogen, dots=dots)
    return adapted(base, found.stand_ins, found.preparations)
