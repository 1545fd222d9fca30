"""A vessel as a plan walks through its steps: what is in it, how warm, since when it reacts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.errors import ProtocolError
from prenuc.protocol.reaction_time import Flask, Sample, met

if TYPE_CHECKING:
    from prenuc.protocol.reaction_time import Reacting
    from prenuc.protocol.vessel import Contents

MOST_SPECTRA = 100_000  # more than any spectrometer run; a typing error otherwise fills the memory
TIME_MARGIN = 1e-9  # relative; two times closer than this are the same time


@dataclass
class Filled:
    """A vessel with something in it.

    Args:
        contents: What it was filled with.
        temperature: In K.
        clock: Time since it was filled, in s.
        reacting: Since when the contents react; None while metal or chalcogen is missing.
        watched: How often it is looked at, in s; 0 for never.
    """

    contents: Contents
    temperature: float
    clock: float = 0.0
    reacting: Reacting | None = None
    watched: float = 0.0

    def seen_within(self, duration: float) -> set[float]:
        """Return when a watched vessel is looked at: on its clock, and when the time is over.

        Args:
            duration: In s, from now.

        Raises:
            ProtocolError: That is more often than anybody can want.
        """
        if not (self.watched and duration > 0):
            return set()
        first = math.floor(self.clock / self.watched * (1 + TIME_MARGIN)) + 1
        last = math.floor((self.clock + duration) / self.watched * (1 - TIME_MARGIN))
        if last - first > MOST_SPECTRA:
            what = f"a vessel would be looked at more than {MOST_SPECTRA} times"
            raise ProtocolError(what, "Watch it less often")
        return {n * self.watched - self.clock for n in range(first, last + 1)} | {duration}

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
