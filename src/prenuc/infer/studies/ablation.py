"""What each step of a mechanism is for: a step is taken out, and nothing is refitted.

What the steps are and what takes their place: :mod:`prenuc.infer.calibration.ablations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from prenuc.facts.catalogue import get
from prenuc.infer.calibration.ablations import Without, ablations_of
from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.varied import QUICK, ask
from prenuc.infer.experiments.performed import Experiments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.facts.check import Check
    from prenuc.infer.calibration.ablations import AbstractAblation
    from prenuc.infer.experiments.performed import Choose


@dataclass(frozen=True)
class Ablated:
    """What a step is for.

    Args:
        step: In words.
        lost: Rows that pass with the step and not without it.
        won: Rows that pass without the step only.
    """

    step: str
    lost: tuple[str, ...]
    won: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"step": self.step, "rows_lost": list(self.lost), "rows_won": list(self.won)}


def ablations(
    checks: Sequence[Check],
    choose: Choose,
    *,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Ablated]:
    """Take out one step after the other and return what each is for.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism; a function of a module with several workers.
        workers: Processes to work with.
        progress: Called with the finished share.

    Returns:
        One answer for each step that the mechanisms have.
    """
    recipes = dict.fromkeys(name for check in checks for name in check.recipes)
    mechanisms = [choose(get("recipes", name)) for name in recipes]
    steps = {one.step: one for mechanism in mechanisms for one in ablations_of(mechanism)}
    todo = [None, *steps.values()]
    found = work(partial(_passing, checks, choose), todo, workers=workers, progress=progress)
    usual, ids = found[0], [check.id for check in checks]
    return [
        Ablated(
            step,
            tuple(name for name in ids if name in usual - passing),
            tuple(name for name in ids if name in passing - usual),
        )
        for step, passing in zip(steps, found[1:], strict=True)
    ]


def _passing(
    checks: Sequence[Check], choose: Choose, ablation: AbstractAblation | None
) -> set[str]:
    """Return the rows that pass without a step; with every step where none is named."""
    chosen = choose if ablation is None else Without(choose, ablation)
    numbers = ask(checks, Experiments(chosen, solver=QUICK))
    return {check.id for check in checks if check.verdict(numbers[check.id]) == "pass"}
