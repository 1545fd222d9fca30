"""One fitted number: its value, its errors, and whether the data fix it at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True)
class Parameter:
    """One fitted number.

    Args:
        value: Best estimate; None when it is not identifiable.
        unit: Its unit.
        stderr: Gauss-Newton standard error; None when it is not identifiable.
        ci95: Profile likelihood interval; None where the profile never rises.
        identifiable: Whether the data fix it from both sides.
    """

    value: float | None
    unit: str
    stderr: float | None
    ci95: tuple[float | None, float | None]
    identifiable: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the parameter as plain data for JSON."""
        return {
            "value": self.value,
            "unit": self.unit,
            "stderr": self.stderr,
            "ci95": list(self.ci95),
            "identifiable": self.identifiable,
        }

    def __str__(self) -> str:
        if not self.identifiable or self.value is None:
            return "not identifiable from these data"
        low, high = self.ci95
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.value:.5g}{unit}  (95 % interval {low:.5g} to {high:.5g})"


def parameter(
    value: float, unit: str, stderr: float | None, bounds: tuple[float | None, ...]
) -> Parameter:
    """Return a parameter; not identifiable unless its interval is closed on both sides."""
    low, high = bounds
    if low is None or high is None:
        return Parameter(None, unit, None, (low, high), identifiable=False)
    return Parameter(value, unit, stderr, (low, high), identifiable=True)


def table(params: Mapping[str, Parameter]) -> pd.DataFrame:
    """Return a table with one row per parameter: value, stderr, interval, unit, identifiable."""
    import pandas as pd

    rows = [
        (p.value, p.stderr, p.ci95[0], p.ci95[1], p.unit, p.identifiable) for p in params.values()
    ]
    columns = ["value", "stderr", "low95", "high95", "unit", "identifiable"]
    return pd.DataFrame(rows, index=pd.Index(list(params), name="parameter"), columns=columns)
