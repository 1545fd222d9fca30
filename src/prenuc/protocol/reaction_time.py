"""Reaction time: since when the contents of a vessel react, as a notebook counts it.

It begins when metal and chalcogen (or pnictogen) are together in a flask: in a hot injection with
the injection that brings the second of them. A flask that is then heated above the temperature at
which they met begins when the last heating before the first sample is over, as in the seed ("times
count from when the flask is at temperature"). Time in store does not count.

What is taken from a flask is a sample. It keeps the reaction time of the flask at that moment,
whatever happens to it afterwards, and remembers how far it was diluted; how long it stands is
told by its own clock. A mixture of samples of different reaction times has none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import chalcogens, entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAME = 1e-6  # s; times closer than this are the same time


@dataclass(frozen=True)
class Flask:
    """Contents that react here.

    Args:
        zero: When the reaction began, on the vessel's clock, in s.
        met_at: Temperature at which metal and chalcogen came together, in K.
        sampled: Whether anything was taken or measured, after which the beginning stays.
    """

    zero: float
    met_at: float
    sampled: bool = False
    dilution = 1.0

    def at(self, clock: float) -> float | None:
        """Return the reaction time in s at a time on the vessel's clock, in s."""
        return clock - self.zero

    def heated(self, clock: float, temperature: float) -> Flask:
        """Return the same when a heating ends at a time (s) and a temperature (K)."""
        if self.sampled or temperature <= self.met_at:
            return self
        return replace(self, zero=clock)


@dataclass(frozen=True)
class Sample:
    """Contents that were taken from where they reacted.

    Args:
        time: Reaction time when they were taken, in s; None for a mixture of several.
        dilution: Volume over that of the reaction mixture in it.
    """

    time: float | None
    dilution: float

    def at(self, clock: float) -> float | None:  # noqa: ARG002  # a sample has one at all times
        """Return the reaction time in s, which stays."""
        return self.time


Reacting = Flask | Sample


def met(amounts: Mapping[str, float]) -> bool:
    """Return whether metal and chalcogen are both there.

    Args:
        amounts: Moles by reagent.
    """
    shelf, parts = entries("reagents"), entries("moieties")
    charged = [shelf[name] for name, moles in amounts.items() if moles > 0]
    there = {part for one in charged for part in one.composition}
    metal = any(part in parts and parts[part].kind == "metal" for part in there)
    return metal and not there.isdisjoint(chalcogens())


def mixed(parts: Sequence[tuple[float | None, float]], volume: float) -> Sample | None:
    """Return what portions make together; None where none of them has reacted.

    Args:
        parts: Reaction time (s) and volume of reaction mixture (m³) of every portion that reacted.
        volume: Of everything in the vessel, in m³.
    """
    mixture = sum(part for _, part in parts)
    if not mixture > 0:
        return None
    times = [time for time, _ in parts]
    known = [time for time in times if time is not None]
    same = len(known) == len(times) and max(known) - min(known) <= SAME
    return Sample(known[0] if same else None, round(volume / mixture, 9))
