r"""How far spectra fix each constant of a mechanism: profile likelihood within the priors.

With the others at their best the interval of u, a constant in widths of its prior, ends where

.. math:: χ^2(u) - χ^2_{min} = 3.84\, \hat c

χ² of data and priors, ĉ the overdispersion where that exceeds 1 (Venzon and Moolgavkar 1988, Appl.
Statist. 37, 87). √(χ² − χ²_min) is nearly straight, so its crossing is found in a few steps.

A constant of which the data leave more than :data:`NARROWED` of the prior's width is not fixed: its
interval would be that of the prior, and is not given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.infer.selection.refit import BOUND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.facts.value import Value
    from prenuc.infer.selection.refit import Refit, RefitPoint

NARROWED = 0.7  # of the width of a prior; what the data leave of a constant that they fix
LEVEL = 3.841  # χ² with one degree of freedom at 95 %
ROUNDS = 6  # of a search for one end
NEAR = 0.03  # of √(χ² − χ²_min) at an end


@dataclass(frozen=True)
class Estimate:
    """A constant and what spectra say about it.

    Args:
        name: Such as "isomerisation.k".
        before: As the mechanism had it.
        value: Where it ended, in the unit of ``before``.
        ci95: 95 % interval, prior included; None where the data do not fix it, or no interval can
            be believed.
        left: Standard deviation over that of the prior, both of the logarithm.
        doubted: Whether these data cannot tell that the step happens whose constant it is.
    """

    name: str
    before: Value
    value: float
    ci95: tuple[float, float] | None
    left: float
    doubted: bool = False

    @property
    def is_rate(self) -> bool:
        """Whether it is a rate constant."""
        return self.name.endswith(".k")

    @property
    def fixed(self) -> bool:
        """Whether the data fix it, rather than its prior."""
        return self.left < NARROWED and not self.doubted

    def holds(self, number: float) -> bool:
        """Return whether a number lies in the interval; in none it does.

        Args:
            number: In the unit of ``before``.
        """
        return self.ci95 is None or self.ci95[0] <= number <= self.ci95[1]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "name": self.name,
            "before": self.before.quantity.number,
            "value": self.value,
            "unit": self.before.quantity.unit,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "of_prior_width": self.left,
            "identifiable": self.fixed,
        }

    def as_parameter(self, informed_by: Sequence[str]) -> dict[str, Any]:
        """Return plain data for JSON, as every calibration answers for its constants.

        Args:
            informed_by: What the data are.
        """
        return {
            "value": self.value,
            "unit": self.before.quantity.unit,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "status": "fitted" if self.fixed else self.before.status,
            "informed_by": list(informed_by) if self.fixed else [],
            "identifiable": self.fixed,
        }


def covariance(slopes: Array) -> Array:
    """Return the covariance of the constants in widths of their priors.

    Args:
        slopes: Of all residuals, those of the priors among them, shape (residuals, constants).
    """
    return np.asarray(np.linalg.inv(slopes.T @ slopes), dtype=np.float64)


def interval(
    trial: Refit, end: RefitPoint, slopes: Array, dispersion: float, place: int
) -> tuple[float, float]:
    """Return the 95 % interval of one constant, in widths of its prior from its middle.

    An end that lies beyond the widest that a search goes is cut off there.

    Args:
        trial: The mechanism and the data.
        end: Where its search ended.
        slopes: Derivatives of all residuals there.
        dispersion: ĉ.
        place: Of the constant.
    """
    limit = math.sqrt(LEVEL * dispersion)
    low, high = (_crossing(trial, end, slopes, place, sign * limit) for sign in (-1.0, 1.0))
    return float(end.u[place]) + low, float(end.u[place]) + high


def _crossing(trial: Refit, end: RefitPoint, slopes: Array, place: int, signed: float) -> float:
    """Return the shift of a constant at which the profile reaches its limit, which has a sign."""
    spread, limit = covariance(slopes)[place], abs(signed)
    way = spread / spread[place]  # how all constants move with this one, to first order
    shift = first = signed * math.sqrt(spread[place])
    furthest = math.copysign(BOUND, first) - float(end.u[place])
    if not abs(furthest) > 0.0:
        return 0.0
    warm: Array = end.u
    known = 0.0, 0.0
    for _ in range(ROUNDS):
        shift = math.copysign(min(abs(shift), abs(furthest)), first)
        if shift == known[0]:  # as far as a search goes, and searched already
            return shift
        start: Array = np.clip(warm + way * (shift - known[0]), -BOUND, BOUND)
        found = trial.search(start, place, slopes)
        if found is None:  # nothing can be run there
            return known[0] or shift
        rise = math.sqrt(max(found.cost - end.cost, 0.0))
        if abs(rise - limit) < NEAR * limit or (shift == furthest and rise < limit):
            return shift
        slope = (rise - known[1]) / (shift - known[0])
        straight = shift + (limit - rise) / slope if slope * shift > 0 else 2.0 * shift
        known, warm = (shift, rise), found.u
        shift = math.copysign(min(max(abs(straight), 0.3 * abs(shift)), 3.0 * abs(shift)), first)
    return shift
