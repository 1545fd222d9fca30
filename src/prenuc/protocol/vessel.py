"""What is in a vessel, counted in moles; mass and volume are derived.

Mass and volume are sums over moieties (see :mod:`prenuc.facts.reagent`), so no reaction changes
them, and a protocol can be checked and planned before anything has reacted. Thermal expansion
and the volume change of mixing are neglected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import ProtocolError
from prenuc.facts.catalogue import entries, moieties, no_reagent, reagent_called
from prenuc.quantities import dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.reagent import Reagent
    from prenuc.protocol.words import Portion


def reagent(name: str) -> Reagent:
    """Return the reagent of any of its names, however that is spelt.

    Raises:
        ProtocolError: The shelf has none of that name.
    """
    called = reagent_called(name)
    if called is None:
        raise ProtocolError(no_reagent(name))
    found: Reagent = entries("reagents")[called]
    return found


@dataclass(frozen=True)
class Contents:
    """Everything in a vessel.

    Args:
        amounts: Moles of each reagent as charged.
    """

    amounts: Mapping[str, float]

    @property
    def mass(self) -> float:
        """Mass in kg."""
        return self._sum(0)

    @property
    def volume(self) -> float:
        """Volume in m³."""
        return self._sum(1)

    def _sum(self, which: int) -> float:
        parts, shelf = moieties(), entries("reagents")
        return math.fsum(
            moles * count * parts[part][which]
            for name, moles in self.amounts.items()
            for part, count in shelf[name].composition.items()
        )

    def solvent(self) -> Reagent | None:
        """Return the solvent with the largest share of the volume; None without any."""
        shelf, parts = entries("reagents"), moieties()
        solvents = [
            name for name in self.amounts if shelf[name].is_solvent and self.amounts[name] > 0
        ]
        if not solvents:
            return None
        return shelf[max(solvents, key=lambda name: self.amounts[name] * parts[name][1])]  # type: ignore[no-any-return]

    def plus(self, other: Contents) -> Contents:
        """Return both contents together."""
        names = {**self.amounts, **other.amounts}
        return Contents(
            {name: self.amounts.get(name, 0.0) + other.amounts.get(name, 0.0) for name in names}
        )

    def times(self, share: float) -> Contents:
        """Return a share of the contents."""
        return Contents({name: moles * share for name, moles in self.amounts.items()})

    def share(self, portion: Portion) -> float:
        """Return which share of the contents a mass, volume or "all" portion is.

        Raises:
            ProtocolError: The unit is neither mass nor volume, or more is asked than is there.
        """
        amount = portion.amount
        whole = {"[mass]": self.mass, "[length] ** 3": self.volume}.get(amount.dimension)
        if whole is None:
            what = f"'{amount}' of {portion.of} is neither a mass nor a volume"
            raise ProtocolError(what, "Write '25 uL' or '27.8 mg'")
        if amount.number < 0:
            raise ProtocolError(f"{amount} is a negative amount", "Give zero or more")
        share = amount.si / whole if whole else math.inf
        if share > 1 + 1e-9:
            unit = amount.unit
            there = whole / type(amount)(1.0, unit).si
            what = f"{amount} are taken from {portion.of}, which holds {there:.4g} {unit}"
            raise ProtocolError(what, "Take less, or charge more")
        return min(share, 1.0)


def charged(portion: Portion) -> tuple[str, float]:
    """Return reagent and moles of a portion such as "3.00 mL toluene".

    Raises:
        ProtocolError: Unknown reagent, wrong or missing unit, negative amount, no density.
    """
    substance = reagent(portion.of)
    amount = portion.amount
    if amount.number < 0:
        raise ProtocolError(f"{portion} is a negative amount", "Give zero or more")
    if amount.dimension == dimension("mol"):
        return substance.id, amount.si
    if amount.dimension == dimension("g"):
        return substance.id, amount.si / substance.molar_mass.si
    if amount.dimension == dimension("mL"):
        if substance.density is None:
            what = f"the density of {substance.id} is not known"
            raise ProtocolError(what, "Give a mass or an amount in mmol")
        return substance.id, amount.si * substance.density.si / substance.molar_mass.si
    what = (
        f"'{portion}' has no unit"
        if amount.unit == "1"
        else f"'{amount}' is no amount of {substance.id}"
    )
    raise ProtocolError(what, "Use mmol, mg, g, uL or mL")
