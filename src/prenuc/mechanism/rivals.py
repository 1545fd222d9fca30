"""The rivals of the two-pathway model, on the same bench.

=================  ======================================================================
``classical``      one-step nucleation with LaMer's supply; dots only
``droplets``       dense liquid droplets, and nuclei inside them
``msc-source``     clusters as a source of monomers, without a precursor compound
``sequential``     cluster families that grow by monomers into nanocrystals
``layers``         tetrahedra that grow layer by layer (CdSe)
``autocatalytic``  the two-step scheme of Finke and Watzky; dots only
=================  ======================================================================

Each is a file of ``data/parameters`` in the blocks of ``blocks.py``; what it means, its equations
and its limits are on the page "The rivals" of the documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, unknown_name
from prenuc.facts.catalogue import entries
from prenuc.mechanism.shipped import mechanism_of, set_named, sets_of

if TYPE_CHECKING:
    from prenuc.mechanism.mechanism import Mechanism

RIVALS = "classical", "droplets", "msc-source", "sequential", "layers", "autocatalytic"


def rival(model: str, material: str, *, metal: str | None = None) -> Mechanism:
    """Return a rival for a material, with the package's own constants.

    Args:
        model: Such as "classical".
        material: Such as "CdS"; or a system of the two-pathway model such as "CdTe-ODE", which
            stands for its material and its metal carboxylate.
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".

    Raises:
        MechanismError: There is no parameter set for the material.
    """
    plain, usual = system_named(material)
    found = set_named(f"{model}/{plain}")
    if found is None:
        raise MechanismError(unknown_name(f"{model} parameter set for", material, sets_of(model)))
    return mechanism_of(found, metal or usual or None)


def rivals(material: str, *, metal: str | None = None) -> dict[str, Mechanism]:
    """Return every rival that can speak about a material, by name.

    Args:
        material: Such as "CdS", or a system of the two-pathway model such as "CdTe-ODE".
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".
    """
    plain, _ = system_named(material)
    return {
        model: rival(model, material, metal=metal) for model in RIVALS if plain in sets_of(model)
    }


def system_named(which: str) -> tuple[str, str]:
    """Return the material of a system and its metal carboxylate; "" for a plain material."""
    system = entries("parameters").get(f"two-pathway/{which}")
    if system is None or system.like or which == system.material:
        return which, ""
    return system.material, system.names["metal precursor"]
