"""What is known of a semiconductor that no mechanism speaks about."""

from __future__ import annotations

import re
from typing import Any

from prenuc.errors import Problem
from prenuc.facts.catalogue import entries

_ATOM = re.compile(r"[A-Z][a-z]?")
_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga "
    "Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd "
    "Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra "
    "Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt"
)
ELEMENTS = frozenset(_SYMBOLS.split())


def is_without_model(material: str) -> bool:
    """Return whether this is a formula of elements that no mechanism speaks about.

    Args:
        material: Such as "ZnS".
    """
    atoms, modelled = _ATOM.findall(material), {o.material for o in entries("systems").values()}
    formula = "".join(atoms) == material and len(atoms) > 1
    return formula and material not in modelled and all(one in ELEMENTS for one in atoms)


def known_of(material: str) -> dict[str, Any]:
    """Return what the catalogue holds of a semiconductor, with a mechanism or without.

    Args:
        material: A formula such as "ZnS".

    Returns:
        The ``material``; ``sources`` on the shelf by atom, and the names of sizing ``curves``,
        ``species`` and ``recipes``.
    """
    shelf, found = entries("reagents").values(), entries("materials").get(material)
    atoms = {
        atom: [one.id for one in shelf if one.composition.get(atom)]
        for atom in _ATOM.findall(material)
    }
    return {
        "material": material,
        "sources": atoms,
        "curves": [] if found is None else [one.id for one in found.curves],
        "species": [o.id for o in entries("species").values() if o.material == material],
        "recipes": [o.id for o in entries("recipes").values() if o.material == material],
    }


def facts_only(known: dict[str, Any]) -> Problem:
    """Return that a semiconductor has facts only, and which.

    Args:
        known: As :func:`known_of`.
    """
    held = [f"{len(known[of])} {of}" for of in ("curves", "species", "recipes") if known[of]]
    for atom, names in known["sources"].items():
        held.append(f"{atom} from {', '.join(names)}" if names else f"no source of {atom}")
    what = f"no mechanism speaks about {known['material']}: facts only ({'; '.join(held)})"
    modelled = ", ".join(sorted({one.material for one in entries("systems").values()}))
    return Problem(what, f"Write a mechanism of your own, or take one of {modelled}")
