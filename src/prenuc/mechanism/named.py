"""Mechanisms of the package by name: "two-pathway/CdS", "classical/CdS", "alloy/CdTeSe"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, Problem, unknown_name
from prenuc.facts.catalogue import entries
from prenuc.mechanism import alloy as mixture
from prenuc.mechanism.rivals import RIVALS, rival, system_named
from prenuc.mechanism.shipped import set_named
from prenuc.mechanism.two_pathway import MODEL, two_pathway

if TYPE_CHECKING:
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism

MODELS = MODEL, *RIVALS


def mechanism_named(
    name: str, *, metal: str | None = None, dots: AbstractDots | None = None
) -> Mechanism:
    """Return a mechanism of the package.

    Args:
        name: Model and material, such as "two-pathway/CdS"; ``prenuc list parameters`` shows all.
            A system of the two-pathway model ("classical/CdTe-ODE") means its metal carboxylate.
            "two-pathway/CdS@0.1" is the set of version 0.1, so that results which were cited
            can be made again; it is not listed.
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2"; an alloy has the
            ones of its materials in any case.
        dots: How the two-pathway model counts dots, class by class when None; the rivals
            and the alloy count class by class in any case.

    Raises:
        MechanismError: There is none of that name; the nearest names are given.
    """
    model, _, which = name.partition("/")
    plain, _ = system_named(which)
    meant = f"{model}/{plain}" if model in RIVALS else name
    if model not in {*MODELS, mixture.MODEL} or set_named(meant) is None:
        raise MechanismError(_unknown(name))
    if model == MODEL:
        return two_pathway(which, metal=metal, dots=dots)
    if model == mixture.MODEL:
        return mixture.alloy(which)
    return rival(model, which, metal=metal)


def _unknown(name: str) -> Problem:
    known = entries("parameters").values()
    ours = [p.id for p in known if p.model in {*MODELS, mixture.MODEL}]
    if f"{MODEL}/{name}" in ours:
        what = f"'{name}' is a material, and no mechanism"
        return Problem(what, "Name the model too", (f"{MODEL}/{name}",))
    return unknown_name("mechanism", name, ours)
