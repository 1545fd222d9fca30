"""The rivals of the two-pathway model, one page each, on the same bench.

====================  ======================================================================
:mod:`.classical`     one-step nucleation with LaMer's supply; dots only
:mod:`.droplets`      dense liquid droplets, and nuclei inside them
:mod:`.msc_source`    clusters as a source of monomers, without a precursor compound
:mod:`.sequential`    cluster families that grow by monomers into nanocrystals
:mod:`.layers`        tetrahedra that grow layer by layer (CdSe)
:mod:`.autocatalytic` the two-step scheme of Finke and Watzky; dots only
====================  ======================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.mechanism.rivals.autocatalytic import autocatalytic
from prenuc.mechanism.rivals.classical import classical
from prenuc.mechanism.rivals.droplets import droplets
from prenuc.mechanism.rivals.layers import layers
from prenuc.mechanism.rivals.msc_source import msc_source
from prenuc.mechanism.rivals.sequential import sequential
from prenuc.mechanism.rivals.shared_steps import system_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.mechanism.mechanism import Mechanism

RIVALS: Mapping[str, Callable[..., Mechanism]] = {
    "classical": classical,
    "droplets": droplets,
    "msc-source": msc_source,
    "sequential": sequential,
    "layers": layers,
    "autocatalytic": autocatalytic,
}


def rivals(material: str, *, metal: str | None = None) -> dict[str, Mechanism]:
    """Return every rival that can speak about a material, by name.

    Args:
        material: Such as "CdS", or a system of the two-pathway model such as "CdTe-ODE".
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".
    """
    plain, _ = system_named(material)
    sets = entries("parameters")
    return {
        name: build(material, metal=metal)
        for name, build in RIVALS.items()
        if f"{name}/{plain}" in sets
    }
