"""A fit in words, for people: the constants, then what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MATTER = ("exchanged", "trade")  # words of equivalences that change what a number means


def report(
    title: str, lines: Sequence[str], *, reason: str, same: Sequence[str], notes: Sequence[str]
) -> str:
    """Return a readable summary.

    Args:
        title: What was fitted to what.
        lines: The numbers, a line each.
        reason: Why there are no intervals; empty where there are.
        same: Schemes that fit identically.
        notes: What a reader should know before believing the numbers.
    """
    muted = [f"  NO INTERVAL: {reason}"] if reason else []
    schemes, warnings = (f"  same   {one}" for one in same), (f"  note   {one}" for one in notes)
    return "\n".join([title, *lines, *muted, *schemes, *warnings])


def that_matter(schemes: Sequence[str]) -> list[str]:
    """Return those of the schemes that fit identically that change what a number means."""
    return [one for one in schemes if any(word in one for word in MATTER)]


def numbers(derived: Mapping[str, float], unit: str) -> list[str]:
    """Return a line for each number that follows from the parameters.

    Args:
        derived: Rate constants and times by name.
        unit: The unit of time.
    """
    units = {name: f"1/{unit}" if name.startswith("k") else unit for name in derived}
    return [f"  {name:<6} {value:.5g} {units[name]}" for name, value in derived.items()]
