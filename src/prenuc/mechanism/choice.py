"""Which parameter set speaks about a flask: the one of its reagents."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries
from prenuc.mechanism.alloy import MODEL as ALLOY
from prenuc.mechanism.alloy import alloy
from prenuc.mechanism.two_pathway import parameter_sets, two_pathway

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism


@cache
def for_reagents(
    material: str, reagents: frozenset[str], dots: AbstractDots | None = None
) -> Mechanism:
    """Return the two-pathway model for a material and what is put into the vessels.

    A set is chosen by the chalcogen source and, where several sets share it, by the metal
    carboxylate; another carboxylate (Cd(MSA)2 for Cd(OA)2) is put in its place. Two chalcogens in
    one pot make an alloy, whose dots are counted class by class in any case.

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
    sets = [
        (which, p.names["metal precursor"])
        for which, p in parameter_sets().items()
        if p.material == material and p.names["chalcogen precursor"] in reagents
    ]
    exact = [which for which, metal in sets if metal in reagents]
    if exact:
        return two_pathway(exact[0], dots=dots)
    for which, usual in sets:
        others = _of_the_same_metal(usual, reagents)
        if others:
            return two_pathway(which, metal=others[0], dots=dots)
    what = f"no parameter set of the two-pathway model makes {material} from {_listed(reagents)}"
    raise MechanismError(what, "Give a mechanism")


def _of_the_same_metal(carboxylate: str, reagents: Iterable[str]) -> list[str]:
    shelf = entries("reagents")
    metal = next(iter(shelf[carboxylate].composition))
    return [name for name in sorted(reagents) if metal in shelf[name].composition]


def _listed(reagents: Iterable[str]) -> str:
    return ", ".join(sorted(reagents)) or "nothing"
