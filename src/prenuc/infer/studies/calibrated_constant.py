"""One constant of the package after a calibration: number, interval, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prenuc.facts.source import Source
from prenuc.infer.fit.wording import rate_in_words
from prenuc.mechanism.shipped import known_set
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from prenuc.facts.value import Value
    from prenuc.infer.calibration.priors import Free

SOURCE = Source("prenuc", "calibration")


@dataclass(frozen=True)
class CalibratedConstant:
    """One constant after calibration.

    Args:
        free: The constant, as it was.
        number: As it is now, in its own unit.
        ci95: Its interval; None when it is not identifiable.
        width: Share of the prior's width that the data leave.
    """

    free: Free
    number: float
    ci95: tuple[float, float] | None
    width: float

    @property
    def is_rate(self) -> bool:
        """Whether it is a rate constant."""
        return self.free.key[1].endswith(".k")

    @property
    def identifiable(self) -> bool:
        """Whether the data say more than the prior."""
        return self.ci95 is not None

    @property
    def meaning(self) -> str:
        """The constant in words, with its interval; of a rate, after which time half is left."""
        owner, name = self.free.key
        at = known_set(owner).values.get(f"{name.removesuffix('.k')}.at")
        unit, kelvin = self.free.value.quantity.unit, None if at is None else at.si
        return rate_in_words(name, self.number, self.ci95 or (None, None), unit, kelvin)

    def value(self) -> Value:
        """Return the constant as a fact."""
        old = self.free.value
        half = None if self.ci95 is None else rounded((self.ci95[1] - self.ci95[0]) / 2.0, 2)
        return replace(
            old,
            quantity=Quantity(rounded(self.number, 4), old.quantity.unit),
            source=SOURCE,
            status="fitted" if self.identifiable else "assumed",
            uncertainty=half,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "value": rounded(self.number, 4),
            "unit": self.free.value.quantity.unit,
            "ci95": self.ci95,
            "status": "fitted" if self.identifiable else "assumed",
            "informed_by": list(self.free.value.informed_by),
            "identifiable": self.identifiable,
            "before": self.free.value.quantity.number,
            "share_of_prior_width": self.width,
        }


def rounded(number: float, digits: int) -> float:
    """Return a number rounded to so many significant digits."""
    return float(f"{number:.{digits}g}")
