"""One fitted number: its value, its errors, and whether the data fix it at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prenuc.infer.fit.digits import digits_of
from prenuc.quantities import legible

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


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


def lost(unit: str) -> Parameter:
    """Return a parameter that the data do not fix at all."""
    return Parameter(None, unit, None, (None, None), identifiable=False)


def table(params: Mapping[str, Parameter]) -> pd.DataFrame:
    """Return a table with one row per parameter: value, stderr, interval, unit, identifiable."""
    import pandas as pd

    rows = [(p.value, p.stderr, *p.ends, p.unit, p.identifiable) for p in params.values()]
    columns = ["value", "stderr", "low95", "high95", "unit", "identifiable"]
    return pd.DataFrame(rows, index=pd.Index(list(params), name="parameter"), columns=columns)
