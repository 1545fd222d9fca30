"""What a plan consists of: portions that are moved, and times in which vessels react."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    """

    vessel: str
    clock: float
    duration: float
    start: float
    end: float
    volume: float
    frozen: bool
    looks: tuple[float, ...] = ()


Operation = Add | Transfer | Evolve
