"""What can ever be in a vessel, and which reactions can run there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.mechanism.reaction import Power

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reaction import Factor, Reaction


def reachable(mechanism: Mechanism, there: Iterable[str]) -> frozenset[str]:
    """Return everything that can ever be in a vessel.

    Args:
        mechanism: What could happen.
        there: What is put in.
    """
    found, size = {*there, *(one.surface for one in mechanism.populations)}, -1
    while size != len(found):
        size = len(found)
        for reaction in mechanism.all_reactions:
            if runs(reaction, found):
                found |= {name for name, n in reaction.stoichiometry.items() if n > 0}
    return frozenset(found)


def runs(reaction: Reaction, there: Collection[str]) -> bool:
    """Return whether a reaction has all that it cannot do without."""
    return all(looks(factor, there) or _free(factor) for factor in reaction.factors)


def _free(factor: Factor) -> bool:
    """Return whether a factor is above zero where nothing is there."""
    return (isinstance(factor, Power) and factor.order <= 0.0) or factor.of(0.0) > 0.0


def looks(factor: Factor, there: Collection[str]) -> bool:
    """Return whether a factor looks at anything that can be there."""
    return any(weight and name in there for name, weight in factor.pool.items())
