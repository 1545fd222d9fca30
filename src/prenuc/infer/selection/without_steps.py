r"""A mechanism before spectra without each of its steps, everything else refitted.

The refit begins where the whole mechanism ended. A word against a mechanism without a step is one
against the lowest valley of it: where the odds are such that another valley might turn them, it is
searched from the middle of the priors and from draws around that, too. And rate constants that move
within priors are never nothing: where the refit makes another step as slow as it may, that step is
taken out with it. Two steps may be an imitation of a third, and neither is then required.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.selection.evidence import INADEQUATE
from prenuc.infer.selection.spectra_verdict import MENTION, StepVerdict
from prenuc.infer.selection.starts import DRAWN, FAR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.calibration.ablations import AbstractAblation
    from prenuc.infer.selection.profiled import Estimate
    from prenuc.infer.selection.refit import Refit, RefitPoint

UNTOUCHED = 1e-3  # χ² by which a step that does nothing moves the fit: rounding
DRAWS = 2  # of places to search from, beside the middle of the priors
SLOW = -1.0  # widths of its prior; a rate constant that a refit makes smaller might be nothing


@dataclass(frozen=True)
class Whole:
    """A mechanism where it ended with every step.

    Args:
        trial: The mechanism and the data.
        end: Where its search ended.
        steps: All that can be taken out.
        fixed: Constants that the data fix.
    """

    trial: Refit
    end: RefitPoint
    steps: tuple[AbstractAblation, ...]
    fixed: frozenset[str]

    @classmethod
    def of(
        cls,
        trial: Refit,
        end: RefitPoint,
        steps: Sequence[AbstractAblation],
        estimates: Sequence[Estimate],
    ) -> Whole:
        """Return it, from what is known of each constant.

        Args:
            trial: The mechanism and the data.
            end: Where its search ended.
            steps: All that can be taken out.
            estimates: What the data say about each constant.
        """
        return cls(trial, end, tuple(steps), frozenset(e.name for e in estimates if e.fixed))

    def constants_of(self, gone: Iterable[AbstractAblation]) -> set[str]:
        """Return the constants that mean nothing without some steps, energies of rates with them.

        Args:
            gone: The steps.
        """
        names = {name for one in gone for name in one.touched(self.trial.candidate.mechanism)}
        return names | {f"{name.removesuffix('.k')}.Ea" for name in names if name.endswith(".k")}

    def step_of(self, constant: str) -> AbstractAblation | None:
        """Return the step that a constant is of, that of the fewest constants; None of none."""
        whole = self.trial.candidate.mechanism
        there = [one for one in self.steps if constant in one.touched(whole)]
        return min(there, key=lambda one: len(one.touched(whole)), default=None)


@dataclass(frozen=True)
class Ended:
    """Where a mechanism ended without a step.

    Args:
        end: There; None where it cannot be run.
        rise: Of χ².
        paid: What the numbers cost that the step brings, and what is gone with it.
        dispersion: χ² of the data for each degree of freedom.
    """

    end: RefitPoint | None
    rise: float = math.nan
    paid: float = 0.0
    dispersion: float = math.nan

    @property
    def telling(self) -> float:
        """Twice the logarithm of the odds against it, about; infinite where it cannot be run."""
        return math.inf if self.end is None else self.rise - self.paid


def dispersion_of(trial: Refit, end: RefitPoint) -> float:
    """Return χ² of the data for each degree of freedom.

    Args:
        trial: The mechanism and the data.
        end: Where its search ended.
    """
    freedom = max(trial.data.data.size - end.fitted.count - len(end.u), 1)
    return float(np.sum(end.fitted.residual**2)) / freedom


def ended_without(whole: Whole, step: AbstractAblation) -> Ended:
    """Return where a mechanism ends without a step, the best of what may go with it.

    Args:
        whole: The mechanism.
        step: What is taken out.
    """
    gone: tuple[AbstractAblation, ...] = (step,)
    best = now = ended_without_all(whole, gone)
    while now.end is not None and best.telling > MENTION:
        left = trial_without(whole.trial, gone).constants
        slow = (f.name for f, u in zip(left, now.end.u, strict=True) if u < SLOW and ".k" in f.name)
        also = [one for name in slow if (one := whole.step_of(name)) is not None]
        if not also:
            break
        gone = (*gone, *dict.fromkeys(also))
        now = ended_without_all(whole, gone)
        best = min(best, now, key=lambda one: one.telling)
    return best


def trial_without(trial: Refit, gone: Sequence[AbstractAblation]) -> Refit:
    """Return a mechanism before the same data without some steps.

    Args:
        trial: The mechanism and the data.
        gone: The steps.
    """
    for step in gone:
        trial = trial.without(step)
    return trial


def ended_without_all(whole: Whole, gone: Sequence[AbstractAblation]) -> Ended:
    """Return where a mechanism ends without some steps.

    Steps that do nothing in these flasks leave it where it was.

    Args:
        whole: The mechanism.
        gone: The steps.
    """
    trial, end = whole.trial, whole.end
    other = trial_without(trial, gone)
    kept = [i for i, free in enumerate(trial.constants) if free in other.constants]
    here = other.at(other.constants, end.u[kept])
    lost = end.cost - float(np.sum(np.delete(end.u, kept) ** 2))
    if here is not None and abs(here.cost - lost) < UNTOUCHED:
        found: RefitPoint | None = replace(here, cost=end.cost)
    else:
        found = _lowest(other, end.u[kept], end.cost)
    if found is None:
        return Ended(None)
    mine = len(whole.fixed & whole.constants_of(gone))
    brought = max(mine + end.fitted.count - found.fitted.count, 0)
    paid = brought * math.log(trial.data.count)
    return Ended(found, found.cost - end.cost, paid, dispersion_of(other, found))


def _lowest(trial: Refit, start: Array, whole: float) -> RefitPoint | None:
    """Return the lowest end of several searches, of one where no other would turn the odds."""
    lowest = trial.search(start)
    generator = np.random.default_rng(0)
    for number in range(1 + DRAWS):
        if lowest is not None and not MENTION < lowest.cost - whole < FAR:
            break
        draw = generator.normal(0.0, DRAWN, len(start)) if number else np.zeros(len(start))
        found = trial.search(draw)
        if found is not None and (lowest is None or found.cost < lowest.cost):
            lowest = found
    return lowest


def verdicts(whole: Whole, others: Sequence[Ended]) -> tuple[StepVerdict, ...]:
    """Return what each step is for, with the overdispersion of whatever describes the data best.

    Args:
        whole: The mechanism.
        others: Where it ended without each step.
    """
    own = dispersion_of(whole.trial, whole.end)
    spread = [own, *(one.dispersion for one in others if one.end is not None)]
    least = max(1.0, min(spread))
    return tuple(
        StepVerdict(
            step.step,
            one.rise / least,
            math.sqrt(one.dispersion),
            min(own, one.dispersion) <= INADEQUATE,
            one.paid,
            tuple(step.touched(whole.trial.candidate.mechanism)),
        )
        for step, one in zip(whole.steps, others, strict=True)
    )


def with_doubts(
    estimates: Sequence[Estimate], whole: Whole, steps: Sequence[StepVerdict]
) -> tuple[Estimate, ...]:
    """Return what is known of each constant, of a step that may not happen without an interval.

    It would be one of a logarithm, which never reaches nothing.

    Args:
        estimates: What is known if every step happens.
        whole: The mechanism.
        steps: What is known of each step.
    """
    words = zip(whole.steps, steps, strict=True)
    loose = [one for one, found in words if found.word not in {"required", "helpful"}]
    return doubting(estimates, whole.constants_of(loose))


def doubting(estimates: Sequence[Estimate], names: Collection[str]) -> tuple[Estimate, ...]:
    """Return what is known of each constant, of some nothing for certain.

    Args:
        estimates: What would be known.
        names: The constants of which it is not.
    """
    return tuple(replace(e, ci95=None, doubted=True) if e.name in names else e for e in estimates)
