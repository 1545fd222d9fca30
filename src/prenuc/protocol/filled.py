"""A vessel as a plan walks through its steps: what is in it, how warm, since when it reacts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.protocol.reaction_time import Flask, Sample, met

if TYPE_CHECKING:
    from prenuc.protocol.reaction_time import Reacting
    from prenuc.protocol.vessel import Contents


@dataclass
class Filled:
    """A vessel with something in it.

    Args:
        contents: What it was filled with.
        temperature: In K.
        clock: Time since it was filled, in s.
        reacting: Since when the contents react; None while metal or chalcogen is missing.
    """

    contents: Contents
    temperature: float
    clock: float = 0.0
    reacting: Reacting | None = None

    def look_for_reaction(self) -> None:
        """Note whether metal and chalcogen have come together."""
        if self.reacting is None and met(self.contents.amounts):
            self.reacting = Flask(self.clock, self.temperature)

    def sampled(self) -> None:
        """Note that something is taken or measured."""
        if isinstance(self.reacting, Flask):
            self.reacting = replace(self.reacting, sampled=True)

    def portion(self, share: float) -> list[tuple[float | None, float]]:
        """Return reaction time and volume of reaction mixture of a share, if it has reacted."""
        if self.reacting is None:
            return []
        volume = share * self.contents.volume / self.reacting.dilution
        return [(self.reacting.at(self.clock), volume)]

    def add(self, fresh: Contents) -> None:
        """Put fresh reagents in; a sample is diluted by them.

        Args:
            fresh: What is added.
        """
        if isinstance(self.reacting, Sample):
            more = 1 + fresh.volume / self.contents.volume
            self.reacting = replace(self.reacting, dilution=self.reacting.dilution * more)
        self.contents = self.contents.plus(fresh)
        self.look_for_reaction()

    def stored(self, duration: float) -> None:
        """Note that a time in store is over.

        Args:
            duration: In s.
        """
        if isinstance(self.reacting, Flask):
            self.reacting = replace(self.reacting, zero=self.reacting.zero + duration)

    def heated(self) -> None:
        """Note that a heating is over."""
        if isinstance(self.reacting, Flask):
            self.reacting = self.reacting.heated(self.clock, self.temperature)
