"""What a solver sees: one stretch between two events, and what it returns.

A network in a closed volume, a linear temperature program, and times to report.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.sensitivity import Tangents

AT_ONCE = np.array([1e-9])  # s, in which ligands alone find what they bind to


@dataclass(frozen=True)
class Until:
    """When a stretch ends early: a sum of concentrations falls to a level, or nothing changes.

    Args:
        weights: Of each component in the sum, shape (n,).
        level: Of the sum, in mol/m³.
        steady: End where as long a time again at the pace would change no component by more than
            this fraction; 0 not to look.
    """

    weights: Array
    level: float = 0.0
    steady: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """What happens to a vessel between two events.

    Args:
        network: The reactions.
        start: Concentrations at time 0 in mol/m³, shape (n,).
        times: Times to report, ascending, in s, the first above 0, shape (m,).
        temperature: At time 0 and at the last time, in K; linear in between.
        absolute: Absolute tolerance of each concentration in mol/m³, shape (n,).
        dots: Dots of size classes at time 0 in mol/m³, shape (classes or fewer,); those beyond are
            empty.
        until: When to stop before the last time.
        tangents: Tangents at time 0 and their parameters.
        follow: The absolute tolerance of each concentration as a share of the most that there has
            been of it, beside ``absolute``; 0 for none.
    """

    network: Network
    start: Array
    times: Array
    temperature: tuple[float, float]
    absolute: Array
    dots: Array = field(default_factory=lambda: np.zeros(0))
    until: Until | None = None
    tangents: Tangents | None = None
    follow: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what nothing can be integrated with.

        Raises:
            InputError: A temperature is not above absolute zero, or a rate constant is no finite
                number at either temperature.
        """
        for kelvin in dict.fromkeys(self.temperature):
            if not 0.0 < kelvin < math.inf:
                raise InputError(f"{kelvin:g} K is no temperature", "Give one above absolute zero")
            with np.errstate(over="ignore", invalid="ignore"):
                constants = self.network.constants(kelvin)
            if not np.isfinite(constants).all():
                place = int(np.argmin(np.isfinite(constants)))
                name = self.network.mechanism.all_reactions[place].name
                what = f"the rate constant of '{name}' is {constants[place]:g} at {kelvin:g} K"
                raise InputError(what, "Mend the constant, its energy or the temperature")

    @property
    def all_dots(self) -> Array:
        """Dots of every size class at time 0 in mol/m³, shape (classes,), a copy."""
        found = np.zeros(self.network.classes.size)
        found[: len(self.dots)] = self.dots
        return found

    def constants(self, time: float) -> Array:
        """Return the rate constants at a time."""
        begin, end = self.temperature
        return self.network.constants(begin + (end - begin) * time / self.times[-1])


@dataclass(frozen=True)
class Trajectory:
    """What a solver returns.

    Args:
        concentration: At the stretch's times, in mol/m³, shape (m, n).
        evaluations: Evaluations of the rates.
        dots: Dots of every size class at the times, in mol/m³, shape (m, classes).
        steps: Accepted steps, where the integrator says so.
        rejected: Steps that were tried again smaller, likewise.
        stopped: Time in s at which the stretch ended before its last time; its state stands in the
            last row, and rows of times that were not reached are not numbers.
        occupied: How many size classes took part; those beyond are empty. None where all did.
        tangents: Of components in P parameters at the times, shape (m, n, P).
        dot_tangents: Of size classes, shape (m, classes, P).
    """

    concentration: Array
    evaluations: int
    dots: Array = field(default_factory=lambda: np.zeros((0, 0)))
    steps: int = 0
    rejected: int = 0
    stopped: float | None = None
    occupied: int | None = None
    tangents: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    dot_tangents: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))


@dataclass(frozen=True)
class Members:
    """What a solver returns for many parameter sets.

    Args:
        concentration: In mol/m³, shape (members, m, n); not a number where one failed.
        dots: Of every size class, shape (members, m, classes).
        end: The last state in mol/m³ that each came to, shape (members, n).
        reasons: Why a member failed, "" where it did not.
        outcomes: Outcome, time reached in s, place of the component that is hardest to follow,
            steps, rejected steps and classes that took part of every member, shape (members, 6).
    """

    concentration: Array
    dots: Array
    end: Array
    reasons: list[str]
    outcomes: Array
