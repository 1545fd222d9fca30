"""Steps of a scheme: where they start, and in which order they are met from there.

So the order in which steps are written changes neither a name nor a number, but at a branch: of
paths that are equally long the first written comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.mechanism.reaction import as_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class FirstOrderStep:
    """One first-order step of a scheme, or m equal ones in a row.

    Args:
        start: The species that is consumed.
        end: The species that is formed.
        count: How many equal steps lie between the two; those on the way look like ``start``.
    """

    start: str
    end: str
    count: int = 1

    def __str__(self) -> str:
        arrow = "->" if self.count == 1 else f"-{self.count}->"
        return f"{self.start} {arrow} {self.end}"


@dataclass(frozen=True)
class Written:
    """One step as written.

    Args:
        name: Name of its rate constant.
        left: Molecules of each species that meet.
        right: Molecules of each species that leave.
    """

    name: str
    left: dict[str, float]
    right: dict[str, float]

    def __str__(self) -> str:
        return f"{as_side(self.left)} -> {as_side(self.right)}"


def first_species(
    steps: Sequence[tuple[Iterable[str], Iterable[str]]], back: Sequence[bool]
) -> str:
    """Return the species that a scheme starts from, in whatever order its steps were written.

    It is the one that no step forms; where every one is formed, the one that only reverse steps
    form; where there is none, the first that is named.

    Args:
        steps: What each step starts from, and what there is more of after it.
        back: Whether it reverses an earlier step.
    """
    used = list(dict.fromkeys(name for start, _ in steps for name in start))
    formed = {name for _, end in steps for name in end}
    ahead = {name for (_, end), b in zip(steps, back, strict=True) if not b for name in end}
    ranked = [[name for name in used if name not in late] for late in (formed, ahead)]
    return next((names[0] for names in ranked if names), used[0])


def along_the_path(
    steps: Sequence[FirstOrderStep], first: str
) -> tuple[tuple[FirstOrderStep, ...], list[FirstOrderStep]]:
    """Return the steps in the order in which they are met, and those that are never met.

    The longest path from the first species stands first, then the longest branch from it, and so
    on; a step's reverse follows it. Where paths are equally long the first written leads.
    """
    left, reached = list(steps), [first]
    ordered: list[FirstOrderStep] = []
    while path := max((_longest(left, name, reached) for name in reached), key=len):
        for step in path:
            met = [s for s in left if {s.start, s.end} == {step.start, step.end}]
            ordered += sorted(met, key=lambda s: s.start != step.start)
            left = [s for s in left if s not in met]
            reached.append(step.end)
    return tuple(ordered), left


def _longest(
    steps: Sequence[FirstOrderStep], start: str, seen: Sequence[str]
) -> tuple[FirstOrderStep, ...]:
    """Return the longest path from a species that ends where one has been before."""
    paths: list[tuple[FirstOrderStep, ...]] = [()]
    for step in steps:
        if step.start == start:
            new = step.end not in seen
            paths.append((step, *(_longest(steps, step.end, (*seen, step.end)) if new else ())))
    return max(paths, key=len)
