"""What a plan consists of: portions that are moved, and times in which vessels react."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.protocol.reaction_time import Reacting


@dataclass(frozen=True)
class Add:
    """Put moles of reagents into a vessel (filling it if it is new)."""

    vessel: str
    amounts: Mapping[str, float]


@dataclass(frozen=True)
class Transfer:
    """Move a share of one vessel into another; ``target`` None throws it away."""

    vessel: str
    target: str | None
    share: float


@dataclass(frozen=True)
class Evolve:
    """Let a vessel react, and look at it now and then.

    Args:
        vessel: Which.
        clock: The vessel's clock at the beginning, in s.
        duration: In s.
        start: Temperature at the beginning, in K.
        end: Temperature at the end, in K; linear in between.
        volume: In m³.
        frozen: Whether the solvent is a glass all along.
        looks: When a spectrum is taken, in s from the beginning, ascending.
        reacting: Since when the contents react; None while they do not.
    """

    vessel: str
    clock: float
    duration: float
    start: float
    end: float
    volume: float
    frozen: bool
    looks: tuple[float, ...] = ()
    reacting: Reacting | None = None

    def reaction_time(self, look: float) -> float | None:
        """Return the reaction time of what is looked at, in s; None where there is none.

        Args:
            look: In s from the beginning.
        """
        return None if self.reacting is None else self.reacting.at(self.clock + look)

    @property
    def dilution(self) -> float:
        """Volume over that of the reaction mixture in it."""
        return 1.0 if self.reacting is None else self.reacting.dilution


Operation = Add | Transfer | Evolve
