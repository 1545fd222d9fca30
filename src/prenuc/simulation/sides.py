"""A mechanism with a little less and a little more of a constant, and which reactions that moves.

Any number that a mechanism is built from can be moved so, as long as it does not change which
reactions there are. A nucleus of a whole number of units lies between two ways of sharing it among
classes; there only larger ones are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.simulation.kernels.flat import flat_classes, law_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Factor, Reaction

STEP = 1e-5  # of a constant; mechanisms are smooth in it, so the error is of order 1e-10
ONE_SIDED = 1e-2  # of that step, where one side is another mechanism: the error is of order 1e-7


@dataclass(frozen=True)
class Sides:
    """Both sides of a constant.

    Args:
        below: The mechanism with less of it.
        above: With more of it.
        span: The difference of the constant between them, in SI.
    """

    below: Mechanism
    above: Mechanism
    span: float

    def moved(self) -> Iterator[tuple[int, Reaction, Reaction]]:
        """Yield the place of every reaction that may have moved, and both its sides."""
        return _changed(self.below, self.above)


def sides_of(mechanism: Mechanism, name: str) -> Sides | None:
    """Return both sides of a constant; None where it changes which reactions there are.

    One that is zero is moved by :data:`STEP` of its unit.

    Args:
        mechanism: What could happen.
        name: One of its constants.

    Raises:
        MechanismError: No mechanism has a little more or less of it.
    """
    value = mechanism.constants[name]
    number = value.quantity.number
    move = STEP * abs(number) or STEP

    def at(step: float) -> tuple[Mechanism, float]:
        moved = replace(value, quantity=replace(value.quantity, number=number + step, digits=""))
        return mechanism.with_constants({name: moved}), moved.si

    (below, least), (above, most) = at(-move), at(move)
    if not _alike(mechanism, below):
        (above, most), below, least = at(ONE_SIDED * move), mechanism, value.si
    return Sides(below, above, most - least) if _alike(mechanism, above) else None


def _changed(one: Mechanism, other: Mechanism) -> Iterator[tuple[int, Reaction, Reaction]]:
    """Yield place and both of every pair of reactions that are not one object."""
    pairs = zip(one.all_reactions, other.all_reactions, strict=True)
    return ((i, a, b) for i, (a, b) in enumerate(pairs) if a is not b)


def _alike(one: Mechanism, other: Mechanism) -> bool:
    """Return whether two mechanisms differ in numbers alone, and in those that tangents know."""
    return (
        len(one.reactions) == len(other.reactions)
        and len(one.all_reactions) == len(other.all_reactions)
        and all(_alike_reactions(a, b) for _, a, b in _changed(one, other))
        and _alike_sizes(one, other)
    )


def _alike_reactions(one: Reaction, other: Reaction) -> bool:
    factors = one.factors, other.factors
    changes = [{name for name, n in of.stoichiometry.items() if n} for of in (one, other)]
    return (
        changes[0] == changes[1]
        and len(factors[0]) == len(factors[1])
        and all(a is b or _alike_factors(a, b) for a, b in zip(*factors, strict=True))
    )


def _alike_factors(one: Factor, other: Factor) -> bool:
    largest = [getattr(factor, "largest", 1.0) for factor in (one, other)]
    kind = law_of(one)[0] == law_of(other)[0]
    return kind and list(one.pool) == list(other.pool) and largest[0] == largest[1]


def _alike_sizes(one: Mechanism, other: Mechanism) -> bool:
    """Return whether dots have the same classes, and nuclei lie between the same ones."""
    ladders = one.populations, other.populations
    if [_counted(of) for of in ladders[0]] != [_counted(of) for of in ladders[1]]:
        return False
    if [of.nuclei for of in ladders[0]] == [of.nuclei for of in ladders[1]]:
        return True
    names = tuple(one.components)
    classes = flat_classes(one, names), flat_classes(other, names)
    alike = ("lower", "sources", "nucleus")
    return all(np.array_equal(*(getattr(of, name) for of in classes)) for name in alike)


def _counted(sizes: SizeClasses) -> tuple[object, ...]:
    growing = sizes.smallest, sizes.largest, sizes.profile, sizes.profiles
    return (*growing, len(sizes.attachment), list(sizes.nuclei), sizes.cover, sizes.surface)
