r"""How many dots a steady supply of monomer makes, and which solubility makes as many.

Pieces of n units gain one at k Mo α_n f_n with α_n = n^(2/3) and lose it again; a piece of n units
neither grows nor dissolves at c_n (equation 4 of :mod:`prenuc.mechanism.dots`), so that in balance
f_n = Mo^n / (c_1 … c_{n−1}). In a steady state as many pass every size (Becker and Döring 1935,
Ann. Phys. 416, 719):

.. math:: 1/J = \sum_{n=1}^{n_b} \frac{1}{k\, α_n\, Mo\, f_n}

up to the largest piece n_b that is bare: what passes it is a dot that a PC docks to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from prenuc.mechanism.population import capillarity

WIDEST = 50.0  # in the logarithm of a solubility, on either side


@dataclass(frozen=True)
class Ladder:
    """The bare pieces of a material.

    Args:
        energy: Surface energy in J/m².
        solubility: Of a plane surface, in any unit of concentration.
        temperature: In K.
        unit: Volume of a unit in m³.
        bare: Units in the largest piece that is bare.
    """

    energy: float
    solubility: float
    temperature: float
    unit: float
    bare: int

    def log_flux(self, monomer: float) -> float:
        """Return ln J, but for the rate constant.

        Args:
            monomer: Concentration of the monomer, in the unit of the solubility.
        """
        sizes = np.arange(1, self.bare + 1)
        curved = capillarity(self.energy, self.unit) / self.temperature
        held = math.log(self.solubility) + curved * ((sizes + 1) ** (2 / 3) - sizes ** (2 / 3))
        balanced = sizes * math.log(monomer) - np.concatenate([[0.0], np.cumsum(held)[:-1]])
        passing = 2 / 3 * np.log(sizes) + math.log(monomer) + balanced
        return -float(np.logaddexp.reduce(-passing))

    def solubility_for(self, log_flux: float, monomer: float) -> float:
        """Return the solubility with which as many dots are made, all else as it is.

        Args:
            log_flux: ln J.
            monomer: Concentration of the monomer, in the unit of the solubility.
        """

        def missing(logarithm: float) -> float:
            return replace(self, solubility=math.exp(logarithm)).log_flux(monomer) - log_flux

        middle = math.log(self.solubility)
        return math.exp(brentq(missing, middle - WIDEST, middle + WIDEST, xtol=1e-12))
