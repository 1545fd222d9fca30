"""The log score of a mechanism: log2 of the probability of what is printed, row by row.

Rows are independent but for the numbers of one printed fit, which share an error: there the score
of a row is that given the rows before it, so that their sum is the joint one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.catalogue import entries
from prenuc.infer.court.printed_fits import printed_fit
from prenuc.infer.court.scale import ALTERNATIVES, scale_of
from prenuc.infer.experiments.reproduce import checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.facts.check import Check
    from prenuc.infer.court.scale import Scale

NODES = 41  # of the common error of a fit
LEFT_OUT = frozenset({"restated", "input"})  # classes of rows that say nothing of their own


def weighed_rows(panels: Sequence[str] = ()) -> list[Check]:
    """Return the rows that enter a sum: they count, and neither restate nor repeat an input.

    Args:
        panels: Panels such as "2a" or figures such as "3"; all when empty.

    Raises:
        InputError: There is no check of a panel of that name.
    """
    classes = entries("row_classes")
    return [
        check
        for check in checks(panels)
        if not check.not_counted
        and (check.id not in classes or classes[check.id].kind not in LEFT_OUT)
    ]


def log_scores(rows: Iterable[Check], outcomes: Mapping[str, float]) -> dict[str, float]:
    """Return log2 of the probability of what is printed in each row.

    Args:
        rows: What is printed.
        outcomes: The number that a simulation gave for each, NaN where it gave none; a row that is
            not among them is not scored.
    """
    return log_predictive([row for row in rows if row.id in outcomes], [outcomes])


def log_predictive(
    rows: Iterable[Check],
    draws: Sequence[Mapping[str, float]],
    scales: Mapping[str, Scale] | None = None,
) -> dict[str, float]:
    """Return log2 of the mean probability of what is printed in each row, over draws of a model.

    Args:
        rows: What is printed.
        draws: The number of each row in each draw; a draw in which a row has none, not even NaN,
            says nothing about it.
        scales: Cuts and widths of rows; those of the package where it has none.
    """
    error, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / weight.sum()
    found: dict[str, float] = {}
    joint: dict[str, tuple[Array, float]] = {}
    for check in rows:
        scale, fit = (scales or {}).get(check.id) or scale_of(check), printed_fit(check)
        numbers = [draw.get(check.id) for draw in draws]
        stated = np.array([scale.stated(number, error) for number in numbers])
        before, chance = joint.get(fit, (np.ones_like(stated), 1.0))
        both = before * stated
        now = float(np.nanmean(both @ weight))
        found[check.id] = math.log2(now / chance)
        if fit:
            joint[fit] = both, now
    return found


def drawn(
    rows: Iterable[Check], outcomes: Mapping[str, float], generator: np.random.Generator
) -> dict[str, str]:
    """Return what could have been printed in each row if the numbers were those of a simulation.

    Args:
        rows: What is asked.
        outcomes: The number that the simulation gave for each, NaN where it gave none.
        generator: Of random numbers.
    """
    errors: dict[str, float] = {}
    found = {}
    for check in (row for row in rows if row.id in outcomes):
        fit = printed_fit(check)
        error = errors.setdefault(fit, float(generator.normal())) if fit else 0.0
        chances = scale_of(check).probabilities(outcomes[check.id], error)
        found[check.id] = str(generator.choice(ALTERNATIVES, p=chances))
    return found
