"""The books of a run: what every vessel must hold by what came and went, and how far off it is.

They are kept beside the vessels and follow every event from its outcome; nothing hangs on them.
A moiety that a reaction carries into a component of unknown composition has no account.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.protocol.operations import Add, Transfer
from prenuc.simulation.compiling import compositions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.operations import Operation

    Held = Mapping[str, Array]  # moles of every component in each vessel, shape (n,)

TRACE = 1e-12  # of the most abundant moiety; what lies below was never charged, it is rounding


@dataclass
class Books:
    """What came in and went out, counted in moieties.

    Args:
        names: Of the n components.
        moieties: What is kept account of.
        composition: Of each moiety in each component, shape (moieties, n).
        charged: Moles of every moiety that came in, shape (moieties,).
        discarded: Moles of every component in the waste, shape (n,).
        expected: Moles of every moiety that each vessel must hold, shape (moieties,).
        most: The most that each was to hold; its errors are relative to that.
        worst_event: Largest relative error of the whole at an event.
    """

    names: tuple[str, ...]
    moieties: tuple[str, ...]
    composition: Array
    charged: Array
    discarded: Array
    expected: dict[str, Array] = field(default_factory=dict)
    most: dict[str, Array] = field(default_factory=dict)
    worst_event: float = 0.0

    @classmethod
    def of(cls, mechanism: Mechanism, names: tuple[str, ...]) -> Books:
        """Return empty books.

        Args:
            mechanism: What could happen.
            names: Of the n components.

        Raises:
            MechanismError: A component of the mechanism has another composition on the shelf.
        """
        parts = compositions(mechanism, names)
        lost = _lost(mechanism, dict(zip(names, parts, strict=True)))
        every = dict.fromkeys(part for parts_of in parts for part in parts_of)
        tracked = tuple(part for part in every if part not in lost)
        rows = [[of.get(part, 0.0) for of in parts] for part in tracked]
        matrix = np.array(rows).reshape(len(tracked), len(names))
        return cls(names, tracked, matrix, np.zeros(len(tracked)), np.zeros(len(names)))

    def copy(self) -> Books:
        """Return the same books, for somebody else to go on with."""
        return replace(self, expected=dict(self.expected), most=dict(self.most))

    def enter(self, operation: Operation, before: Held, after: Held) -> None:
        """Enter an event, and note whether something was lost at it.

        Args:
            operation: What was done.
            before: What the vessels held.
            after: What they hold.
        """
        if not isinstance(operation, Add | Transfer):
            return
        wanted = self._total(before)
        if isinstance(operation, Add):
            amounts = np.array([operation.amounts.get(name, 0.0) for name in self.names])
            gained = self.composition @ amounts
            self._expect(operation.vessel, gained)
            self.charged = self.charged + gained
            wanted = wanted + gained
        else:
            moved = before[operation.vessel] * operation.share
            carried = self.composition @ moved
            self._expect(operation.vessel, -carried)
            if operation.target is None:
                self.discarded = self.discarded + moved
            else:
                self._expect(operation.target, carried)
        self.worst_event = max(self.worst_event, _relative(self._total(after), wanted))

    def _expect(self, vessel: str, gained: Array) -> None:
        """Enter moieties that came in, or went out, shape (moieties,)."""
        nothing = np.zeros(len(self.moieties))
        self.expected[vessel] = self.expected.get(vessel, nothing) + gained
        self.most[vessel] = np.maximum(self.most.get(vessel, nothing), self.expected[vessel])

    def _total(self, held: Held) -> Array:
        """Return the moles of every moiety in all vessels and in the waste."""
        return self.composition @ sum(held.values(), self.discarded)

    def conservation(self, held: Held) -> dict[str, Any]:
        """Return the relative error of every moiety in every vessel, and of the ledger."""
        report: dict[str, Any] = {}
        nothing = np.zeros(len(self.moieties))
        for name, whole in held.items():
            most = self.most.get(name, nothing)
            errors = np.abs(self.composition @ whole - self.expected.get(name, nothing))
            report[name] = {
                part: float(error / top)
                for part, error, top in zip(self.moieties, errors, most, strict=True)
                if top > TRACE * float(np.max(most))
            }
        final = _relative(self._total(held), self.charged)
        return {**report, "ledger": {"worst event": self.worst_event, "final": final}}


def _lost(mechanism: Mechanism, parts: Mapping[str, Mapping[str, float]]) -> set[str]:
    """Return the moieties that a reaction carries to or from what nobody knows the composition of.

    Args:
        mechanism: What could happen.
        parts: Moieties of every component, by its name; none of one that is unknown.
    """
    unknown = {n for n, one in mechanism.components.items() if one.composition is None}
    found = set()
    for reaction in mechanism.reactions:
        if not any(name in unknown and not parts.get(name) for name in reaction.stoichiometry):
            continue
        net: dict[str, float] = {}
        for name, number in reaction.stoichiometry.items():
            for part, count in parts.get(name, {}).items():
                net[part] = net.get(part, 0.0) + number * count
        found |= {part for part, left in net.items() if left}
    return found


def _relative(found: Array, wanted: Array) -> float:
    there = wanted > 0
    return float(np.max(np.abs(found - wanted)[there] / wanted[there], initial=0.0))
