"""One fitted number: its value, its errors, whether the data fix it at all, and how it is written.

It has as many digits as its interval allows: two of the half width where these are 35 or less, else
one; of an interval on one side of zero, at least two of the end that is next to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prenuc.quantities import legible

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

MOST_DECIMALS, LONGEST = 6, 1e6  # beyond, numbers are written with a power of ten
USUAL_POWER = 6  # digits up to which zeros at the end of a power of ten are written
SYMBOLS = {"A_0": "A₀", "A_inf": "A∞"}  # of names that are typed
DOUBLE = 15  # digits that a number of the machine has
WIDE_STEPS = 35  # two digits of a half width are kept up to here


@dataclass(frozen=True)
class Parameter:
    """One fitted number.

    Args:
        value: Best estimate; None when it is not identifiable.
        unit: Its unit.
        stderr: Gauss-Newton standard error; None when it is not identifiable or not reliable.
        ci95: Profile likelihood interval, its ends None where the profile never rises; None
            as a whole where no interval can be stood for.
        identifiable: Whether the data fix it from both sides.
        reason: Why no interval can be stood for; empty where it can.
    """

    value: float | None
    unit: str
    stderr: float | None
    ci95: tuple[float | None, float | None] | None
    identifiable: bool
    reason: str = ""

    @property
    def reliable(self) -> bool:
        """Whether the interval is one that we stand for."""
        return self.identifiable and not self.reason

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Both ends of the interval; None where there is none."""
        return self.ci95 or (None, None)

    def muted(self, reason: str) -> Parameter:
        """Return the value without the errors, which cannot be believed.

        Args:
            reason: Why not, in a sentence.
        """
        return replace(self, stderr=None, ci95=None, reason=reason)

    def as_dict(self) -> dict[str, Any]:
        """Return the parameter as plain data for JSON."""
        return {
            "value": self.value,
            "unit": self.unit,
            "stderr": self.stderr,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "identifiable": self.identifiable,
            "reliable": self.reliable,
            "reason": self.reason or None,
        }

    def __str__(self) -> str:
        if not self.identifiable or self.value is None:
            return "not identifiable from these data"
        low, high = self.ends
        unit = "" if self.unit == "1" else f" {self.unit}"
        if low is None or high is None:
            return f"{legible(self.value)}{unit}  (no interval that can be believed)"
        said, below, above = digits_of(self.value, low, high)
        return f"{said}{unit}  (95 % interval {below} to {above})"


def parameter(
    value: float, unit: str, stderr: float | None, bounds: tuple[float | None, ...]
) -> Parameter:
    """Return a parameter; not identifiable unless its interval is closed on both sides.

    Args:
        value: Its value.
        unit: Its unit.
        stderr: Standard error in that unit; None if there is none.
        bounds: Ends of the 95 % interval; None at an open side.
    """
    low, high = bounds
    if low is None or high is None:
        return Parameter(None, unit, None, (low, high), identifiable=False)
    return Parameter(value, unit, stderr, (low, high), identifiable=True)


def symbol(name: str) -> str:
    """Return a parameter's name as people write it: A∞ of ``A_inf``."""
    return SYMBOLS.get(name, name)


def lost(unit: str) -> Parameter:
    """Return a parameter that the data do not fix at all."""
    return Parameter(None, unit, None, (None, None), identifiable=False)


def table(params: Mapping[str, Parameter]) -> pd.DataFrame:
    """Return a table with one row per parameter: value, stderr, interval, unit, identifiable."""
    import pandas as pd

    rows = [(p.value, p.stderr, *p.ends, p.unit, p.identifiable) for p in params.values()]
    columns = ["value", "stderr", "low95", "high95", "unit", "identifiable"]
    return pd.DataFrame(rows, index=pd.Index(list(params), name="parameter"), columns=columns)


def digits_of(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Return a number and the ends of its interval, with as many digits as the interval allows.

    Args:
        value: It.
        low: Lower end of the interval.
        high: Its upper end.
    """
    decimals = decimals_of(0.5 * (high - low))
    if low * high > 0.0:
        decimals = max(decimals, 1 - math.floor(math.log10(min(abs(low), abs(high)))))
    said, below, above = (fixed(number, decimals) for number in (value, low, high))
    return said, below, above


def decimals_of(half: float) -> int:
    """Return with how many decimals a number is written whose interval has a half width."""
    if not half > 0.0:
        return DOUBLE
    exponent = math.floor(math.log10(half))
    two = round(half / 10.0 ** (exponent - 1)) <= WIDE_STEPS
    return (1 if two else 0) - exponent


def fixed(number: float, decimals: int) -> str:
    """Return a number rounded to so many decimals, below zero to tens, hundreds and so on."""
    if number and (decimals > MOST_DECIMALS or abs(number) >= LONGEST):
        digits = math.floor(math.log10(abs(number))) + 1 + decimals
        return _power(number, min(max(digits, 1), DOUBLE)).replace("-", "−")
    rounded = round(number, decimals) + 0.0  # of -0.001, zero has no sign
    return f"{rounded:.{max(decimals, 0)}f}".replace("-", "−")


def _power(number: float, digits: int) -> str:
    """Return a number in so many digits, with a power of ten where it is small or large."""
    short = f"{number:.{digits}g}"
    return f"{number:.{digits - 1}e}" if "e" in short and digits <= USUAL_POWER else short
