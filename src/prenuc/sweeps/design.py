"""Which values a sweep takes: a grid, random draws, or a Sobol sequence.

A *factor* is something that varies: a list of values, or a range with a unit and a scale. A grid
takes all combinations, the last factor fastest; random and Sobol designs take so many points of the
unit cube, seeded, and a range maps its coordinate linearly or in the logarithm.

A value is a text, as a chemist would write it; so a task is the same wherever it is run.

References: Sobol 1967, USSR Comput. Math. Math. Phys. 7, 86; scrambled after Owen 1998, ACM Trans.
Model. Comput. Simul. 8, 71 (``scipy.stats.qmc``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from prenuc.errors import InputError

if TYPE_CHECKING:
    from prenuc.arrays import Array

Kind = Literal["grid", "random", "sobol"]
KINDS: tuple[Kind, ...] = ("grid", "random", "sobol")
MOST_TASKS = 1_000_000  # more are refused: nobody would wait for them
DIGITS = 10  # of a value of a range


@dataclass(frozen=True)
class Factor:
    """Something that varies.

    Args:
        name: What, such as "heat flask" or "isomerisation.k".
        values: Its values; for a range those of a grid.
        unit: Of a range; empty for a pure number.
        low: Lowest number of a range; not a number for a list.
        high: Highest number of a range.
        log: Whether a range is even in the logarithm.
    """

    name: str
    values: tuple[str, ...]
    unit: str = ""
    low: float = math.nan
    high: float = math.nan
    log: bool = False

    @classmethod
    def between(
        cls,
        name: str,
        low: float,
        high: float,
        *,
        unit: str = "",
        steps: int = 2,
        log: bool = False,
    ) -> Factor:
        """Return a range, with evenly spaced values for a grid.

        Args:
            name: What varies.
            low: Lowest number.
            high: Highest number.
            unit: Of both; empty for a pure number.
            steps: Values of a grid.
            log: Whether they are even in the logarithm.
        """
        spaced = np.geomspace if log else np.linspace
        values = tuple(_text(float(one), unit) for one in spaced(low, high, steps))
        return cls(name, values, unit, low, high, log)

    def at(self, share: float) -> str:
        """Return the value at a coordinate of the unit cube, 0 to 1."""
        if math.isnan(self.low):
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.log:
            return _text(self.low * (self.high / self.low) ** share, self.unit)
        return _text(self.low + share * (self.high - self.low), self.unit)


def _text(number: float, unit: str) -> str:
    return f"{number:.{DIGITS}g} {unit}".rstrip()


@dataclass(frozen=True)
class Design:
    """The points that a sweep takes, by their number from 0.

    Args:
        factors: What varies.
        kind: "grid", "random" or "sobol".
        samples: Points of a random or a Sobol design.
        seed: Of these.

    Raises:
        InputError: There are more tasks than anybody would wait for.
    """

    factors: tuple[Factor, ...]
    kind: Kind = "grid"
    samples: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        if len(self) > MOST_TASKS:
            sizes = " × ".join(str(len(factor.values)) for factor in self.factors)
            which = f"grid of {sizes}" if self.kind == "grid" else f"{self.kind} design"
            what = f"the {which} has {len(self):,} tasks"
            mend = f"Give at most {MOST_TASKS:,}: fewer steps, or 'design: sobol' with 'samples'"
            raise InputError(what, mend)

    def __len__(self) -> int:
        if self.kind != "grid":
            return self.samples
        return math.prod(len(factor.values) for factor in self.factors)

    @cached_property
    def _cube(self) -> Array:
        """Points of the unit cube, shape (samples, factors)."""
        if self.kind == "random":
            return np.random.default_rng(self.seed).random((self.samples, len(self.factors)))
        from scipy.stats.qmc import Sobol

        points = Sobol(len(self.factors), rng=np.random.default_rng(self.seed))
        power = max(self.samples - 1, 0).bit_length()  # a whole power of two keeps its balance
        found: Array = points.random_base2(power)[: self.samples]
        return found

    def values(self, task: int) -> tuple[str, ...]:
        """Return the value of every factor in a task."""
        if self.kind != "grid":
            shares = self._cube[task]
            return tuple(
                factor.at(float(x)) for factor, x in zip(self.factors, shares, strict=True)
            )
        found = []
        for factor in reversed(self.factors):
            task, place = divmod(task, len(factor.values))
            found.append(factor.values[place])
        return tuple(reversed(found))
