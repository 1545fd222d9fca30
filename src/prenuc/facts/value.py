"""A number never travels alone: unit, source, status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from prenuc.facts.source import Source
    from prenuc.quantities import Quantity

Status = Literal["measured", "fitted", "assumed"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True)
class Value:
    """A number with everything that is needed to believe or doubt it.

    Args:
        quantity: Number and unit as written.
        source: Who says so, and where.
        status: ``measured`` (read off an experiment or a standard), ``fitted`` (the outcome of
            a fit) or ``assumed`` (chosen; no data behind it).
        uncertainty: Half-width in the same unit, when the source gives one.
        note: What a reader should know.
        informed_by: Observations that a fitted or chosen number rests on.
    """

    quantity: Quantity
    source: Source
    status: Status
    uncertainty: float | None = None
    note: str = ""
    informed_by: tuple[str, ...] = ()

    @property
    def si(self) -> float:
        """The number in SI base units."""
        return self.quantity.si

    def __str__(self) -> str:
        spread = f" ± {self.uncertainty:g}" if self.uncertainty is not None else ""
        return f"{self.quantity}{spread} ({self.status}; {self.source})"

    def as_dict(self) -> dict[str, Any]:
        """Return the value as plain data for JSON."""
        plain = {
            "value": self.quantity.number,
            "unit": self.quantity.unit,
            "source": str(self.source),
            "status": self.status,
            "uncertainty": self.uncertainty,
            "note": self.note or None,
            "informed_by": list(self.informed_by) or None,
        }
        return {name: one for name, one in plain.items() if one is not None}
