"""Constants from calibrated figures alone, by searches from random points, and what they predict.

The best start (:mod:`prenuc.infer.calibration.random_starts`) is the one of least cost; what it
says about rows of figures that are held out is looked at when all have ended, and chooses nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import check_count
from prenuc.facts.catalogue import get
from prenuc.infer.calibration.parallel import remembered
from prenuc.infer.calibration.random_starts import RandomStarts, Start
from prenuc.infer.calibration.searches import chooser, known_search, with_numbers
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks, material_of, reproduce
from prenuc.ledger import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from prenuc.facts.search import Search
    from prenuc.infer.experiments.reproduce import Role, Row

SIDES: tuple[Role, ...] = ("calibrated", "held-out")


@dataclass(frozen=True)
class Found:
    """Where the searches of one set of bounds and targets have ended.

    Args:
        search: What was moved, and what was looked at.
        starts: The best first.
        rows: Every row of the material at the end of each start, in the same order.
    """

    search: Search
    starts: tuple[Start, ...]
    rows: tuple[tuple[Row, ...], ...]

    @property
    def best(self) -> Mapping[str, float]:
        """The constants of least cost, in the units of the set."""
        return self.starts[0].numbers

    def scores(self) -> list[dict[str, Any]]:
        """Return seed, cost, and passed and all rows by their side of the split, start by start."""
        return [
            {
                "seed": start.seed,
                "begun": start.begun,
                "cost": start.cost,
                **{str(side): of for side, of in passed(rows).items()},
            }
            for start, rows in zip(self.starts, self.rows, strict=True)
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "search": self.search.id,
            "mechanism": self.search.mechanism,
            "starts": self.scores(),
            "numbers": [dict(start.numbers) for start in self.starts],
            "rows": [row.as_dict() for row in self.rows[0]],
        }


def passed(rows: Sequence[Row]) -> dict[Role, dict[str, int]]:
    """Return how many of the rows that count pass, of how many, on each side of the split."""
    found: dict[Role, dict[str, int]] = {}
    for role in SIDES:
        counted = [row for row in rows if row.role == role and row.counted]
        passing = sum(row.verdict == "pass" for row in counted)
        found[role] = {"pass": passing, "of": len(counted)}
    return found


def search_from_random_starts(
    which: str,
    *,
    starts: int = 10,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Found:
    """Search for the constants of a mechanism within bounds, from random points.

    Args:
        which: Identifier of the search, such as "CdS-calibrated".
        starts: How many; their seeds count from 1.
        ledger: File that remembers finished starts; they are not made again.
        progress: Called with the finished share.

    Raises:
        FactsError: There is no such search.
        InputError: No start is asked for, it looks at a figure that is held out, or the ledger is
            of other work.
    """
    check_count(starts, "start")
    search = known_search(which)
    task = RandomStarts(chooser(search), search)
    common = hashlib.sha256(repr(search).encode()).hexdigest()[:24]
    todo = {f"{common} {seed}": seed for seed in range(1, starts + 1)}
    with memory(ledger, "random starts") as kept:
        ended = remembered(task.from_seed, todo, kept, plain=vars, progress=progress)
    return scored(search, [Start(**one) for one in ended.values()])


def scored(search: Search, ended: Sequence[Start]) -> Found:
    """Return ends of searches in order of their cost, each with every row of its material.

    Args:
        search: What was moved, and what was looked at.
        ended: Where its starts have ended.
    """
    choose = chooser(search)
    starts = sorted(ended, key=lambda start: start.cost)
    material = choose(get("recipes", search.targets[0].recipe)).material
    panels = sorted({c.panel for c in checks() if material_of(c) == material})
    rows = [
        tuple(row for row in reproduce(panels, runs=runs) if material_of(row.check) == material)
        for runs in (Experiments(with_numbers(choose, search, one.numbers)) for one in starts)
    ]
    return Found(search, tuple(starts), tuple(rows))
