r"""One candidate before the data: its constants refitted within their priors, with few runs.

The amplitudes or spectra of absorbers are fitted away at every point
(:mod:`prenuc.infer.selection.shapes`), so the search runs over the logarithms of rate constants
alone, in widths of their priors,

.. math:: χ^2(u) = \min_b |W(y - f(u, b))|^2 + |b|^2 + |u|^2

Derivatives are the tangents of a run, through its spectra and through what is fitted away. All
constants that the data can feel are refitted by Levenberg and Marquardt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import SimulationError
from prenuc.infer.calibration.candidate import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.calibration.ablations import AbstractAblation
    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.infer.calibration.priors import Free
    from prenuc.infer.selection.condensed import Condensed
    from prenuc.infer.selection.shapes import AbstractShapes, Fitted

_Factors = tuple[tuple[str, float], ...]

UNSEEN = 0.01  # χ² by which a constant moves the fit within its prior, where nobody sees it
REMEMBERED = 8  # runs
BOUND = 3.0  # widths of the prior
ITERATIONS = 10  # of a search, at most
TRIES = 5  # of a step, each shorter
FIRST_DAMPING, LEAST_DAMPING = 1e-2, 1e-6  # of Levenberg and Marquardt
ENOUGH = 0.02  # a fall of χ² that ends the search
RELATIVE = 1e-2  # and the same for a model that misses the data by far


def _untold() -> None:
    """Tell nobody; a lambda could not go to another process."""


@dataclass(frozen=True)
class RefitPoint:
    """Where a candidate stands.

    Args:
        u: Its refitted constants, in prior widths from the package's numbers, shape (constants,).
        fitted: The best fit of the spectra there.
        cost: χ² of data and prior.
        falling: What the last step gained, where the rounds of a search ended it.
    """

    u: Array
    fitted: Fitted
    cost: float
    falling: float = 0.0

    @property
    def residuals(self) -> Array:
        """Residuals of data, amplitudes and constants."""
        return np.concatenate((self.fitted.all_residuals, self.u))


@dataclass
class Refit:
    """A candidate, the data, and what is known of spectra.

    Args:
        candidate: Who.
        data: Condensed spectra; may be replaced, since runs are remembered uncondensed.
        shapes: What is taken as known about spectra.
        tick: Called after every run.
        enough: A fall of χ² relative to χ² that ends a search.
        rounds: Of a search, at most.
        apart: Whether what absorbs with a spectrum that nobody knows has another in each flask.
    """

    candidate: Candidate
    data: Condensed
    shapes: AbstractShapes
    tick: Callable[[], None] = _untold
    enough: float = RELATIVE
    rounds: int = ITERATIONS
    apart: bool = False
    constants: tuple[Free, ...] = ()
    _seen: dict[_Factors, tuple[tuple[str, ...], dict[str, Part]]] = field(
        init=False, default_factory=dict
    )

    def without(self, step: AbstractAblation) -> Refit:
        """Return the same before the same data, without a step and with what is left to refit.

        Args:
            step: Of the mechanism.
        """
        whole = self.candidate.mechanism
        gone = step.touched(whole)
        bare = replace(self.candidate, mechanism=step.without(whole))
        left = tuple(free for free in self.constants if free.name not in gone)
        return replace(self, candidate=bare, constants=left)

    def first(self) -> dict[str, Part] | None:
        """Return what the candidate shows with its own constants; None when it cannot be run."""
        try:
            return self.shown({}, [constant.name for constant in self.candidate.free])
        except SimulationError:
            return None

    def shown(self, factors: Mapping[str, float], along: Sequence[str] = ()) -> dict[str, Part]:
        """Return what the candidate shows in all experiments, not condensed.

        Args:
            factors: Factor of each constant that moves, by name.
            along: Constants in the logarithms of which derivatives are wanted.

        Raises:
            SimulationError: The integrator gave up.
        """
        key = tuple(sorted(factors.items()))
        names, found = self._seen.get(key, ((), {}))
        if not found or not set(along) <= set(names):
            protocols, nm, names = self.data.protocols, self.data.wavelength, tuple(along)
            moved = self.candidate.moved(factors)
            each = [moved.shown(protocol, nm, along=along) for protocol in protocols]
            if self.apart:
                each = [self._of_its_own(shown, i) for i, shown in enumerate(each)]
            found = stacked(each)
            self._seen.pop(key, None)
            self._seen[key] = names, found
            if len(self._seen) > REMEMBERED:
                del self._seen[next(iter(self._seen))]
            self.tick()
        places = [names.index(name) for name in along]
        return {name: part.along(places) for name, part in found.items()}

    def _of_its_own(self, shown: Mapping[str, Part], flask: int) -> dict[str, Part]:
        """Return what a flask shows, its unknown spectra under names of its own."""
        unknown = self.candidate.absorbing
        return {f"{n} in {flask + 1}" if n in unknown else n: part for n, part in shown.items()}

    def at(self, constants: Sequence[Free], u: Array) -> RefitPoint | None:
        """Return where the candidate stands with some constants moved; None without a run."""
        try:
            found = self.shown(_factors(constants, u))
        except SimulationError:
            return None
        fitted = self.shapes.fit(self.data.data, self.data.condense(found), self.data.weight)
        cost = float(np.sum(fitted.all_residuals**2) + np.sum(u**2))
        return RefitPoint(np.asarray(u, dtype=float), fitted, cost)

    def slopes(self, constants: Sequence[Free], here: RefitPoint) -> Array:
        """Return the derivatives of the residuals in the constants, shape (residuals, constants).

        Raises:
            SimulationError: The integrator gave up.
        """
        names = [constant.name for constant in constants]
        found = self.data.condense(self.shown(_factors(constants, here.u), names))
        slopes = self.shapes.slopes(self.data.data, found, self.data.weight)
        widths = np.array([constant.sd for constant in constants])
        return np.vstack((slopes * widths, np.eye(len(constants))))

    def choose(self) -> None:
        """Choose the constants to refit: those that the data can feel."""
        free = self.candidate.free
        here = self.at(free, np.zeros(len(free)))
        if here is None or not free:
            return
        slopes = self.slopes(free, here)[: len(here.fitted.all_residuals)]
        felt = np.flatnonzero(np.sum(slopes**2, axis=0) > UNSEEN)
        self.constants = tuple(free[i] for i in felt)

    def search(
        self, start: Array, held: int | None = None, slopes: Array | None = None
    ) -> RefitPoint | None:
        """Return the best point near a start, by Levenberg and Marquardt.

        Slopes follow the steps by secants (Broyden 1965, Math. Comput. 19, 577), since tangents
        cost many runs; the search ends only where a step along fresh ones leads no further.

        Args:
            start: In prior widths, shape (constants,).
            held: The place of a constant that stays where it is.
            slopes: At a point nearby; the search then ends where secants lead no further.
        """
        here, damping = self.at(self.constants, start), FIRST_DAMPING
        moving = [i for i in range(len(start)) if i != held]
        along, fresh, fall = slopes, False, 0.0
        for _ in range(self.rounds if here is not None and moving else 0):
            assert here is not None  # noqa: S101  nothing but a better point replaces it
            if along is None:
                along, fresh = self.slopes(self.constants, here), True
            there, damping = self._step(here, along, damping, moving)
            fall = 0.0 if there is None else here.cost - there.cost
            through = there is None or damping <= FIRST_DAMPING
            if there is not None:
                along, here = _secant(along, here, there), there
            if fall > max(ENOUGH, self.enough * here.cost):
                fresh, damping = False, max(damping / 10.0, LEAST_DAMPING)
            elif (fresh and through) or slopes is not None:
                return here
            else:
                along, damping = None, min(damping, FIRST_DAMPING)
        return here if here is None else replace(here, falling=fall)

    def _step(
        self, here: RefitPoint, slopes: Array, damping: float, moving: Sequence[int]
    ) -> tuple[RefitPoint | None, float]:
        """Return a better point, None where no step along slopes leads to one, and its damping."""
        for _ in range(TRIES):
            there = self.at(self.constants, _moved(here, slopes, damping, moving))
            if there is not None and there.cost < here.cost:
                return there, damping
            damping *= 10.0
        return None, damping


def _factors(constants: Sequence[Free], u: Array) -> dict[str, float]:
    """Return by what each constant is multiplied that is not the package's own."""
    pairs = zip(constants, u, strict=True)
    return {c.name: math.exp(c.sd * float(x)) for c, x in pairs if x}


def _moved(here: RefitPoint, slopes: Array, damping: float, moving: Sequence[int]) -> Array:
    along, moved = slopes[:, moving], here.u.copy()
    bend = along.T @ along
    step = np.linalg.solve(bend + damping * np.diag(np.diag(bend)), -along.T @ here.residuals)
    moved[moving] = np.clip(here.u[moving] + np.clip(step, -1.0, 1.0), -BOUND, BOUND)
    return moved


def _secant(slopes: Array, here: RefitPoint, there: RefitPoint) -> Array:
    """Return slopes that explain the last step, and elsewhere are as they were."""
    step = there.u - here.u
    missed = there.residuals - here.residuals - slopes @ step
    changed: Array = slopes + np.outer(missed, step) / (step @ step)
    return changed


def stacked(each: Sequence[Mapping[str, Part]]) -> dict[str, Part]:
    """Return the parts of several runs, one after the other."""
    if len(each) == 1:
        return dict(each[0])
    counts = [len(next(iter(one.values())).absorbance) for one in each]
    every = {name: part for one in each for name, part in one.items()}
    found = {}
    for name, known in every.items():
        pairs = zip(each, counts, strict=True)
        found[name] = _joined([one.get(name) or _nothing(known, count) for one, count in pairs])
    return found


def _joined(parts: Sequence[Part]) -> Part:
    courses = [part.course for part in parts if part.course is not None]
    return Part(
        np.vstack([part.absorbance for part in parts]),
        np.concatenate(courses) if courses else None,
        np.concatenate([part.slopes for part in parts], axis=1),
        np.concatenate([part.course_slopes for part in parts], axis=1),
    )


def _nothing(known: Part, count: int) -> Part:
    """Return a part of a run that has none of an absorber, in so many spectra."""
    slopes, moved = known.slopes.shape, known.course_slopes.shape
    return Part(
        np.zeros((count, known.absorbance.shape[1])),
        None if known.course is None else np.zeros(count),
        np.zeros((slopes[0], count, slopes[2])),
        np.zeros((moved[0], count)),
    )
