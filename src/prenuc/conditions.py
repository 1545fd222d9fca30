"""What a rate law may see: temperature, volume, concentrations, solvent fractions.

Mechanisms and protocols do not know each other; this is what they share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GAS_CONSTANT = 8.31446261815324  # J/(mol K), exact in the 2019 SI
BOLTZMANN = 1.380649e-23  # J/K, exact in the 2019 SI
GLASS_RATIO = 2.0 / 3.0  # glass transition / melting point (K/K), Kauzmann 1948, Chem. Rev. 43, 219
ROOM_TEMPERATURE = 298.15  # K
LIQUID_NITROGEN = 78.0  # K; boils at 77.36 K: in it nothing moves, whatever the sample is


@dataclass(frozen=True)
class Conditions:
    """The surroundings of a reaction at one moment.

    Args:
        temperature: In K.
        volume: In m³.
        concentrations: Of every component, in mol/m³ (= mmol/L).
        solvent_fractions: Volume fraction of every solvent.
        frozen: Whether the liquid is a glass, in which nothing reacts.
    """

    temperature: float
    volume: float
    concentrations: Mapping[str, float]
    solvent_fractions: Mapping[str, float]
    frozen: bool = False


def is_frozen(temperature: float, melting_point: float | None) -> bool:
    """Say whether a solvent is a glass, in which no molecule moves and nothing reacts.

    A liquid stiffens to a glass near two thirds of its melting point. A sample in liquid nitrogen
    (77 K) is far below that for every solvent here; one at −20 °C is not, though its solvent may
    have crystallised.

    Args:
        temperature: In K.
        melting_point: Of the majority solvent, in K; None when there is no solvent.
    """
    if temperature <= LIQUID_NITROGEN:
        return True
    return melting_point is not None and temperature < GLASS_RATIO * melting_point
