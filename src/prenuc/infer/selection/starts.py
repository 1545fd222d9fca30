r"""How often models are searched, and how much deeper another search might end.

A search finds a valley, and not always the deepest. Each model is searched from its own constants
and then from draws of its priors, at most so many times as is said, by one rule for all: it is
through when its lowest χ² is one that the data allow and a second search has found it; or when,
after three, it is so far above the best model that no further search turns the odds. What is fitted
has priors, so there are as many degrees of freedom as data.

**Unsettled.** What the lowest search gained on the next one, a further one might gain again; and so
might a search that its rounds ended. By so much the χ² of a model is unsettled, and odds are
claimed against it only as far as they hold with this gain granted to it
(:mod:`prenuc.infer.selection.evidence`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.infer.selection.condensed import Condensed
    from prenuc.infer.selection.refit import Refit, RefitPoint

STARTS = 6  # searches of one model, at most
DRAWN = 0.5  # width of the draws, in those of the priors
ALLOWED = 0.95  # of the χ² of a true model lie below what is allowed
AGREE = 1.0  # of χ²; ends that differ by less are the same
CLOSER, LONGER = 1e-3, 3  # end of the last search, relative; times as many rounds
FAR = 100.0  # of χ² above the best: odds that no further search turns
FEWEST = 3  # searches before that is said


@dataclass(frozen=True)
class Searched:
    """Where the searches of one model ended.

    Args:
        ends: The lowest first.
        free: Whether anything moves in them.
    """

    ends: tuple[RefitPoint, ...]
    free: bool = True

    @property
    def best(self) -> RefitPoint | None:
        """The lowest end; None where the model cannot be run."""
        return self.ends[0] if self.ends else None

    @property
    def cost(self) -> float:
        """The lowest χ²; infinite where the model cannot be run."""
        return self.ends[0].cost if self.ends else math.inf

    @property
    def unsettled(self) -> float:
        """How much lower another search might end; infinite after one search alone."""
        if not self.free:
            return 0.0
        if len(self.ends) < 2:
            return math.inf
        return max(self.ends[1].cost - self.cost, self.ends[0].falling)


def searched(trials: Sequence[Refit], starts: int = STARTS, seed: int = 0) -> list[Searched]:
    """Return where the searches of each model end.

    Args:
        trials: Models before the same data, their constants chosen.
        starts: Searches of each at most.
        seed: Seed of the draws that they begin from.
    """
    found = [Searched((), free=len(trial.constants) > 0) for trial in trials]
    generators = [np.random.default_rng(seed) for _ in trials]
    for number in range(starts):
        best = min(one.cost for one in found)
        for i, trial in enumerate(trials):
            if _through(found[i], number, best, trial.data.count):
                continue
            count = len(trial.constants)
            begin = generators[i].normal(0.0, DRAWN, count) if number else np.zeros(count)
            if (end := trial.search(begin)) is not None:
                found[i] = _sorted(found[i], [*found[i].ends, end])
    return found


def _through(one: Searched, searches: int, best: float, data: int) -> bool:
    """Say whether a model needs no further search."""
    if not searches:
        return False
    if not one.free:
        return True
    allowed = one.cost <= chi2.ppf(ALLOWED, max(data, 1))
    hopeless = searches >= FEWEST and one.cost - one.unsettled > best + FAR
    return bool((allowed and one.unsettled < AGREE) or hopeless)


def searched_on(trial: Refit, before: Searched, data: Condensed) -> Searched:
    """Return the two lowest ends of a model, searched on from where they are, to a closer end.

    Args:
        trial: The model.
        before: Where its searches ended.
        data: To search on; what is known of the noise may be new.
    """
    longer = replace(trial, data=data, enough=CLOSER, rounds=LONGER * trial.rounds)
    ends = [longer.search(end.u) or end for end in before.ends[:2]]
    return _sorted(before, ends)


def _sorted(before: Searched, ends: Sequence[RefitPoint]) -> Searched:
    return replace(before, ends=tuple(sorted(ends, key=lambda end: end.cost)))
