"""Where a run stopped after each operation, so that a changed one can go on from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Stops:
    """What stood on the bench after each operation of a run; it stays behind when a run is pickled.

    Args:
        solver: With which.
        operations: What was done.
        benches: The vessels and the books after each.
    """

    solver: Any = None
    operations: list[Any] = field(default_factory=list)
    benches: list[Any] = field(default_factory=list)

    def __reduce__(self) -> tuple[type[Stops], tuple[()]]:
        return Stops, ()
