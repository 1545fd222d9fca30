"""Whether grams and millimoles that are printed side by side can both be true.

.. math:: n = m / M

A table rounds both, so each stands for everything that rounds to it; only a gap that rounding
cannot close is a contradiction. Often the molar mass of another compound was used: the compound of
the shelf that would make both right, of the same role, is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from prenuc.errors import FactsError
from prenuc.facts.catalogue import entries, no_reagent, reagent_called

if TYPE_CHECKING:
    from prenuc.facts.reagent import Reagent

TOLERANCE = 0.15  # relative; coarser than purities and the usual rounding of molar masses
NEAR = 0.03  # relative; a molar mass this close is the one that was used


@dataclass(frozen=True)
class Weighing:
    """Grams and millimoles of one compound, as printed.

    Args:
        reagent: Identifier of the compound on the shelf.
        grams: As printed.
        millimoles: As printed.
        expected: Millimoles that the grams are.
        rounded: Whether numbers that round to the printed ones agree within the tolerance.
        instead: The compound that would make both right; empty when none would.
    """

    reagent: str
    grams: str
    millimoles: str
    expected: float
    rounded: bool
    instead: str = ""

    @property
    def error(self) -> float:
        """Printed over expected millimoles, less one."""
        return float(self.millimoles) / self.expected - 1.0

    @property
    def agrees(self) -> bool:
        """Whether the printed numbers agree within 15 %."""
        return abs(self.error) <= TOLERANCE

    def __str__(self) -> str:
        said = f"{self.grams} g of {self.reagent} are {self.expected:.3g} mmol"
        if self.agrees:
            return f"{said}, as printed"
        why = " (rounding of the printed numbers explains it)" if self.rounded else ""
        if self.instead:
            why = f" (as many as of {self.instead})"
        return f"{said}, not {self.millimoles}{why}"


def weighed(reagent: str, grams: str, millimoles: str) -> Weighing:
    """Compare the mass of a compound with the amount that is printed beside it.

    Args:
        reagent: Any of its names.
        grams: Mass in g as printed, such as "0.0213"; its digits tell how it was rounded.
        millimoles: Amount in mmol as printed.

    Raises:
        FactsError: The compound is not on the shelf, or a number is none above zero.
    """
    called = reagent_called(reagent)
    if called is None:
        raise FactsError(no_reagent(reagent))
    found: Reagent = entries("reagents")[called]
    mass, mole = _interval(grams), _interval(millimoles)
    molar = found.molar_mass.quantity.to("g/mol") * 1e-3  # g/mmol
    least, most = mole[0] * molar / mass[1], mole[1] * molar / mass[0]
    expected = float(grams) / molar
    rounded = least <= 1 + TOLERANCE and most >= 1 - TOLERANCE
    instead = "" if rounded else _instead(found, float(grams) / float(millimoles))
    return Weighing(found.id, grams, millimoles, expected, rounded, instead)


def _interval(text: str) -> tuple[float, float]:
    """Return the least and the largest number that rounds to a printed one."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal(0)
    if not (number.is_finite() and 0.0 < float(number) < math.inf):
        raise FactsError(f"'{text}' is not an amount", "Give a number above zero")
    half = Decimal(1).scaleb(int(number.as_tuple().exponent)) / 2
    return float(number - half), float(number + half)


def _instead(found: Reagent, molar: float) -> str:
    """Return the compound with a role in common whose molar mass (g/mmol) was used, or none."""
    roles = {*found.roles}
    near = {
        abs(one.molar_mass.quantity.to("g/mol") * 1e-3 / molar - 1): one.id
        for one in entries("reagents").values()
        if one.id != found.id and _family(one) == _family(found) and roles & {*one.roles}
    }
    least = min(near, default=1.0)
    return near[least] if least <= NEAR else ""


def _family(reagent: Reagent) -> str:
    """Return what a compound is called after, if it is a phosphine, an amine or an acid."""
    families = "phosphine", "amine", "acid"
    return next((word for word in families if reagent.name.endswith(word)), "")
