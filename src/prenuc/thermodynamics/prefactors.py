r"""Rate constants beside transition-state theory: the entropy of activation that they stand for.

.. math:: k = \frac{k_B T}{h} (c^\circ)^{1-m} \exp\Big(\frac{ΔS^‡}{R}\Big)
   \exp\Big(-\frac{ΔH^‡}{RT}\Big), \qquad E_a = ΔH^‡ + RT

for a rate of order m, with the standard state c° = 1 mol/L (Eyring 1935, J. Chem. Phys. 3, 107);
the prefactor is e (k_B T/h) exp(ΔS‡/R). A molecule of ordinary size stays within ±150 J/mol/K; a
prefactor beyond that belongs to no elementary step. More than two molecules do not meet at once,
so of a step whose forward order exceeds two the way back is judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.conditions import BOLTZMANN, GAS_CONSTANT
from prenuc.mechanism.reversible import log_constant, orders_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prenuc.mechanism.reaction import Reaction
    from prenuc.mechanism.reversible import Step

PLANCK = 6.62607015e-34  # J s, exact (SI 2019)
STANDARD = 1000.0  # mol/m³, 1 mol/L
WIDEST = 150.0  # J/mol/K
MOST_MOLECULES = 2.0  # that meet in an elementary step


@dataclass(frozen=True)
class Prefactor:
    """The entropy of activation of one way of a step.

    Args:
        reaction: Its name.
        order: Of its rate.
        entropy: ΔS‡ in J/mol/K at 1 mol/L; None where no activation energy is stated.
        temperature: In K, where the constant is anchored.
        judged: Whether it is held to the bounds.
    """

    reaction: str
    order: float
    entropy: float | None
    temperature: float
    judged: bool

    @property
    def within(self) -> bool | None:
        """Whether it lies within the bounds; None where that is not asked or cannot be said."""
        if not self.judged or self.entropy is None:
            return None
        return abs(self.entropy) <= WIDEST


def prefactors_of(steps: Sequence[Step], *, stated: bool) -> Iterator[Prefactor]:
    """Yield the prefactors of both ways of every step.

    Args:
        steps: Of a mechanism.
        stated: Whether an activation energy of zero is meant; a file of constants at one
            temperature says nothing about it.
    """
    for step in steps:
        forward = _order(step.there, step)
        back_judged = step.back is not None and forward > MOST_MOLECULES
        joined = sum(step.net.get(units) == 1.0 for units in step.solid)
        dots = float(joined)  # a unit joins a dot that is there
        order = dots + forward
        yield _prefactor(step.there, order, judged=not back_judged, stated=stated)
        if step.back is not None:
            order = dots + _order(step.back, step)
            yield _prefactor(step.back, order, judged=back_judged, stated=stated)


def _order(reaction: Reaction, step: Step) -> float:
    """Return the order in concentrations; binding polynomials are numbers."""
    return sum(order for name, order in orders_of(reaction).items() if name not in step.sites)


def _prefactor(reaction: Reaction, order: float, *, judged: bool, stated: bool) -> Prefactor:
    law = reaction.constant
    if law.energy == 0.0 and not stated:
        return Prefactor(reaction.name, order, None, law.at, judged)
    logarithm = log_constant(reaction, law.at) + (order - 1.0) * math.log(STANDARD)
    logarithm += law.energy / (GAS_CONSTANT * law.at)
    universal = math.log(BOLTZMANN * law.at / PLANCK) + 1.0
    entropy = GAS_CONSTANT * (logarithm - universal)
    return Prefactor(reaction.name, order, entropy, law.at, judged)
