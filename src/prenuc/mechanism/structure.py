"""What variants of a mechanism have in common, so that it is worked out once.

Two mechanisms have the same structure when the same reactions turn the same things into each other,
looking at the same pools through functions of the same kind, and dots have the same sizes. Only
numbers inside the laws may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Reaction


class Shared:
    """What was worked out from a structure; it stays behind when a mechanism is pickled.

    Any thread may put something in: whatever is worked out twice comes out the same.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, Any] = {}

    def __reduce__(self) -> tuple[type[Shared], tuple[()]]:
        return Shared, ()

    def get(self, key: Hashable) -> Any | None:
        """Return what was put in under a key; None when nothing was."""
        return self._found.get(key)

    def put(self, key: Hashable, thing: Any) -> None:
        """Keep something in place of what was there."""
        self._found[key] = thing


@dataclass(frozen=True)
class Writing:
    """A mechanism that was written from constants, and what it was put together from.

    Args:
        values: The constants by name.
        parts: What was made of which of them, by key: the names that were read, and the part.
        mechanism: The whole.
    """

    values: Mapping[str, Any]
    parts: Mapping[Hashable, tuple[set[str], Any]]
    mechanism: Any

    def moved(self, values: Mapping[str, Any]) -> list[str]:
        """Return the constants that are not the same objects any more."""
        mine = self.values
        return [name for name, one in values.items() if mine.get(name) is not one]


class LastWritten:
    """The last two writings of a form, for each way of counting dots; no pickle takes them along.

    Two, because a constant is often moved there and back: what was moved then leaves its writing,
    and not the one that all others begin from. Any thread may add one: a writing is never changed.
    """

    def __init__(self) -> None:
        self._last: dict[Hashable, tuple[Writing, ...]] = {}

    def __reduce__(self) -> tuple[type[LastWritten], tuple[()]]:
        return LastWritten, ()

    def nearest(self, way: Hashable, values: Mapping[str, Any]) -> tuple[Writing, list[str]] | None:
        """Return the writing from which the fewest constants have moved, and these; None for none.

        Args:
            way: How dots are counted.
            values: The constants by name.
        """
        found = [(one, one.moved(values)) for one in self._last.get(way, ())]
        return min(found, key=lambda pair: len(pair[1]), default=None)

    def keep(self, way: Hashable, writing: Writing, begun: Writing | None) -> None:
        """Keep a writing, and the one that it began from.

        Args:
            way: How dots are counted.
            writing: The new one.
            begun: See :meth:`nearest`.
        """
        self._last[way] = (writing,) if begun is None else (begun, writing)


class Noted:
    """Constants by name that note which of them are read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return self.values[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values


def same_reactions(some: Sequence[Reaction], others: Sequence[Reaction]) -> bool:
    """Return whether two lists of reactions differ in numbers of their laws alone."""
    return len(some) == len(others) and all(
        a is b
        or (
            a.name == b.name
            and a.stoichiometry == b.stoichiometry
            and [type(f) for f in a.factors] == [type(f) for f in b.factors]
            and [f.pool for f in a.factors] == [f.pool for f in b.factors]
        )
        for a, b in zip(some, others, strict=True)
    )


def same_channels(one: SizeClasses, other: SizeClasses) -> bool:
    """Return whether two populations have the same classes, nuclei and channels but for numbers."""
    alike = ("smallest", "largest", "profile", "profiles", "nuclei", "cover", "surface", "moments")
    return (
        all(getattr(one, name) == getattr(other, name) for name in alike)
        and len(one.attachment) == len(other.attachment)
        and same_reactions(one.channels, other.channels)
    )
