"""Bare populations: monomer M, dots of M, and channels with the constants that a test wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.population import AbstractProfile, SizeClasses, SurfaceLimited
from prenuc.mechanism.reaction import mass_action

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOM = 298.15  # K, where nothing else is said


@dataclass(frozen=True)
class ConstantProfile(AbstractProfile):
    """α = 1: every dot grows alike, whatever its size."""

    def __call__(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ones_like(units)


def attachment(constant, order=1):
    """Return the channel M + dot → dot; order 0 for a rate that does not look at the monomer."""
    factors = mass_action({"M": 1}) if order else ()
    return (Reaction("attach", {"M": -1.0, "QD": 1.0}, Arrhenius(constant), factors),)


def detachment(constant):
    """Return the channel dot → dot + M."""
    return (Reaction("detach", {"M": 1.0, "QD": -1.0}, Arrhenius(constant)),)


def population(
    attach, detach=(), *reactions, nuclei=None, tension=0.0, profile=None, sizes=(2, 40)
):
    """Return a mechanism with dots of ``sizes`` units; Γ is ``tension`` times room temperature."""
    names = {"M": {"unit": 1.0}, "QD": {"unit": 1.0}}
    for reaction in reactions:
        for name, number in reaction.stoichiometry.items():
            if name not in names:  # a source of nuclei carries the units that it gives
                gives = reaction.stoichiometry["QD"]
                names[name] = {"unit": gives / -number}
    classes = SizeClasses(
        attachment=attach,
        detachment=detach,
        nuclei=nuclei or {},
        profile=profile or SurfaceLimited(),
        capillarity=tension * ROOM,
        smallest=sizes[0],
        largest=sizes[1],
    )
    parts = {name: Component(name, composition) for name, composition in names.items()}
    return Mechanism("population", parts, tuple(reactions), populations=(classes,))


def only(sizes, wanted, dots):
    """Return the classes with all dots at one size."""
    found = np.zeros(sizes[1] - sizes[0] + 1)
    found[wanted - sizes[0]] = dots
    return found
