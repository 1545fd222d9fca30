"""What variants of a mechanism have in common, so that it is worked out once.

Two mechanisms have the same structure when the same reactions turn the same things into each other,
looking at the same pools through functions of the same kind, and dots have the same sizes. Only
numbers inside the laws may differ.
"""

from __future__ import annotations

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
        """Keep something, unless another thread was first."""
        self._found.setdefault(key, thing)


class LastMade:
    """What was last made of constants, and of which; it stays behind when a form is pickled.

    Any thread may overwrite it: whether it still holds is seen from the constants themselves.
    """

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[Mapping[str, Any], Any]] = {}

    def __reduce__(self) -> tuple[type[LastMade], tuple[()]]:
        return LastMade, ()

    def of(self, key: Hashable, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], Any] | None:
        """Return constants and what was made of them; None when one is another now."""
        known = self._made.get(key)
        if known is None or any(values[name] is not one for name, one in known[0].items()):
            return None
        return known

    def keep(self, key: Hashable, read: Mapping[str, Any], made: Any) -> None:
        """Keep what was made of constants, in place of what was there.

        Args:
            key: Which part of a form.
            read: The constants that were read, by name.
            made: What was made of them.
        """
        self._made[key] = read, made


class Noted:
    """Constants by name that note which of them are read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.read: dict[str, Any] | None = None  # nobody asks

    def __getitem__(self, name: str) -> Any:
        found = self.values[name]
        if self.read is not None:
            self.read[name] = found
        return found

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
