"""What the stiff problems have in common: a network as a user writes it, and its known values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class KnownNetwork:
    """A reaction network with published or recomputed values.

    Args:
        text: The network, YAML as a user writes it.
        values: By time, in the network's own units, species in the network's order.
        atol: Absolute tolerance relative to the largest start, below everything that matters.
        floor: In the network's own unit; what lies below is as good as zero.
    """

    name: str
    text: str
    values: Mapping[float, tuple[float, ...]]
    atol: float = 1e-16
    floor: float = 0.0

    @property
    def times(self) -> list[float]:
        """All times at which something is known, with the start."""
        return [0.0, *self.values]
