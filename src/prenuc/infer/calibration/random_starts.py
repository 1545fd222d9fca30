r"""A search that sees nothing but its targets: where it starts, what it minimises, where it ends.

Every constant moves between two bounds that were written down beforehand (``data/searches``); the
numbers that stand in the package play no part. A point x holds one number from 0 to 1 for each:
rates and K go with their logarithm, energies linearly.

**Residuals** are those of :mod:`prenuc.infer.calibration.priors` at the targets, and one for each
entropy of activation beyond ±150 J/mol/K, in units of 10 J/mol/K. Least squares with soft-L1 loss,

.. math:: cost = 2 \sum_i \big(\sqrt{1 + r_i^2} - 1\big)

so that a target that is out of reach does not hide the others.

**A start** is the best of many points drawn at random in the box; from there a trust region goes
downhill, with derivatives along the tangents of finished runs. Start 0 begins at the numbers that
the set has, or at the bound that is nearest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, Problem, unknown_name
from prenuc.facts.catalogue import get, held_out
from prenuc.infer.calibration.nearby import measured, nearby
from prenuc.infer.calibration.priors import residuals
from prenuc.infer.calibration.searches import with_numbers
from prenuc.infer.calibration.varied import ask, kind_of
from prenuc.infer.experiments.performed import Experiments
from prenuc.simulation.solvers import Rodas
from prenuc.thermodynamics.prefactors import WIDEST, prefactors_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.facts.recipe import Recipe
    from prenuc.facts.search import Bounds, Search
    from prenuc.infer.experiments.performed import Choose

ROUGH = Rodas(rtol=1e-4, atol=1e-11)  # a thousandth of a residual is enough
STEP = 0.01  # of a range, or in the logarithm of a constant along the tangents of finished runs
WALL = 10.0  # J/mol/K beyond the bounds of transition-state theory that cost as much as one sd
SCREENED = 80  # random points, of which the best is where least squares begin
STEPS = 30  # of least squares, at most


@dataclass(frozen=True)
class Start:
    """Where one search began and ended.

    Args:
        seed: Of its random points.
        begun: Cost of the best of these.
        cost: Cost at the end.
        numbers: The constants at the end, in their own units, by name.
        evaluations: Of the residuals.
    """

    seed: int
    begun: float
    cost: float
    numbers: Mapping[str, float]
    evaluations: int


@dataclass
class RandomStarts:
    """A search for constants within bounds.

    Args:
        choose: Gives every recipe the mechanism whose structure is kept.
        search: What moves how far, and to which targets.
    """

    choose: Choose
    search: Search
    _last: tuple[bytes, Array] = field(default=(b"", np.zeros(0)), repr=False)

    def __post_init__(self) -> None:
        known = self.choose(self.recipe).constants
        problems = [
            unknown_name("constant", n, known) for n in self.search.bounds if n not in known
        ]
        for target in self.search.targets:
            for recipe in target.recipes:
                if held_out(get("recipes", recipe).material, target.panel):
                    what = f"{self.search.id} looks at Figure {target.panel}, which is held out"
                    problems.append(Problem(what, "Take the target away"))
        if problems:
            raise InputError(problems)

    @property
    def recipe(self) -> Recipe:
        """One whose mechanism names all constants."""
        found: Recipe = get("recipes", self.search.targets[0].recipe)
        return found

    def numbers(self, x: Array) -> dict[str, float]:
        """Return the constants at a point, in their own units.

        Args:
            x: From 0 to 1 between the bounds of each constant, shape (constants,).
        """
        pairs = zip(self.search.bounds.items(), x, strict=True)
        return {name: _number(name, bounds, float(at)) for (name, bounds), at in pairs}

    def chosen(self, x: Array) -> Choose:
        """Return what chooses the mechanism of a recipe at a point.

        Args:
            x: As for :meth:`numbers`.
        """
        return with_numbers(self.choose, self.search, self.numbers(x))

    def residuals(self, x: Array) -> Array:
        """Return the residuals of targets and prefactors; the last ones are remembered.

        Args:
            x: As for :meth:`numbers`.
        """
        if self._last[0] != x.tobytes():
            found = ask(self.search.targets, Experiments(self.chosen(x), solver=ROUGH))
            of_targets = residuals(self.search.targets, found)
            self._last = x.tobytes(), np.concatenate((of_targets, self.walls(x)))
        return self._last[1]

    def walls(self, x: Array) -> Array:
        """Return how far entropies of activation lie beyond their bounds, in units of WALL.

        Args:
            x: As for :meth:`numbers`.
        """
        at_zero, slopes = self._entropies
        beyond: Array = np.maximum(np.abs(at_zero + slopes @ x) - WIDEST, 0.0) / WALL
        return beyond

    @cached_property
    def _entropies(self) -> tuple[Array, Array]:
        """ΔS‡ of every judged step at x = 0, and its slopes: it is linear in ln k, ln K and E."""

        def found(x: Array) -> Array:
            steps = self.chosen(x)(self.recipe).steps
            judged = [one for one in prefactors_of(steps, stated=True) if one.judged]
            return np.array([one.entropy or 0.0 for one in judged])

        middle = np.full(len(self.search.bounds), 0.5)  # corners are beyond any number
        here = found(middle)
        steps = STEP * np.eye(len(middle))
        slopes = np.array([found(middle + step) - here for step in steps]).T / STEP
        return here - slopes @ middle, slopes

    def jacobian(self, x: Array) -> Array:
        """Return the derivatives of the residuals, shape (residuals, constants).

        Every experiment is run once, with the tangents of all constants, and its numbers are read
        again a little further along each.

        Args:
            x: As for :meth:`numbers`.
        """
        targets, names = self.search.targets, list(self.search.bounds)
        usual = self.choose(self.recipe)
        keys = [usual.origin(name) for name in names]
        runs = Experiments(self.chosen(x), solver=ROUGH, along=frozenset(keys))
        here = ask(targets, runs)
        base = residuals(targets, here)
        columns = []
        for name, key, at in zip(names, keys, x, strict=True):
            stretch = _stretch(name, self.search.bounds[name], float(at))
            near, acting = nearby(runs, key, math.copysign(STEP, stretch), measured)
            asked = [t for t in targets if not acting.isdisjoint(t.recipes)]
            moved = residuals(targets, here | ask(asked, near))
            columns.append((moved - base) * abs(stretch) / STEP)
        at_zero, slopes = self._entropies
        entropy = at_zero + slopes @ x
        beyond = np.where(np.abs(entropy) > WIDEST, np.sign(entropy), 0.0)[:, None]
        return np.vstack((np.array(columns).T, beyond * slopes / WALL))

    def cost(self, x: Array) -> float:
        """Return what is minimised, without a unit.

        Args:
            x: As for :meth:`numbers`.
        """
        return float(2.0 * np.sum(np.sqrt(1.0 + self.residuals(x) ** 2) - 1.0))

    @property
    def own(self) -> Array:
        """The numbers that the set has, within the bounds, shape (constants,)."""
        known = self.choose(self.recipe).constants
        pairs = ((known[n].quantity.number, n, b) for n, b in self.search.bounds.items())
        return np.array([_place(name, bounds, number) for number, name, bounds in pairs])

    def from_seed(self, seed: int, *, screened: int = SCREENED, steps: int = STEPS) -> Start:
        """Return where a search ends that begins at random.

        Args:
            seed: Of the random points; 0 for the numbers of the set.
            screened: How many of these; the best is where it begins.
            steps: Of least squares, at most.
        """
        from scipy.optimize import least_squares

        points = np.random.default_rng(seed).random((screened, len(self.search.bounds)))
        points = points if seed else self.own[None, :]
        costs = [self.cost(x) for x in points]
        begin = points[int(np.argmin(costs))]
        found = least_squares(
            self.residuals,
            np.clip(begin, 1e-3, 1.0 - 1e-3),
            jac=self.jacobian,
            bounds=(0.0, 1.0),
            loss="soft_l1",
            ftol=1e-3,
            xtol=1e-3,
            max_nfev=steps,
        )
        x = np.asarray(found.x, dtype=float)
        counted = len(points) + int(found.nfev)
        return Start(seed, float(np.min(costs)), self.cost(x), self.numbers(x), counted)


def _number(name: str, bounds: Bounds, x: float) -> float:
    if kind_of(name) == "energy":
        return bounds.low + x * (bounds.high - bounds.low)
    return math.copysign(abs(bounds.low) ** (1.0 - x) * abs(bounds.high) ** x, bounds.low)


def _place(name: str, bounds: Bounds, number: float) -> float:
    """Return where a number lies between its bounds, 0 to 1."""
    if kind_of(name) == "energy":
        x = (number - bounds.low) / (bounds.high - bounds.low)
    else:
        ends = (math.log(max(abs(end), 1e-300)) for end in (bounds.low, bounds.high, number))
        low, high, at = ends
        x = (at - low) / (high - low)
    return min(max(x, 0.0), 1.0)


def _stretch(name: str, bounds: Bounds, x: float) -> float:
    """Return d ln|p|/dx."""
    if kind_of(name) == "energy":
        return (bounds.high - bounds.low) / _number(name, bounds, x)
    return math.log(bounds.high / bounds.low)
