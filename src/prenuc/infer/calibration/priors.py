"""What a calibration may move, and how far: free constants, their priors, and the residuals.

**Free** are the rate and equilibrium constants of a material's parameter sets that some observation
informs (``informed_by``); of a set that names no observation, every one of them.

**Priors** are normal in the logarithm, around the number in the package: within a factor 10 for a
``fitted`` constant (the data decide), 2.5 for an ``assumed`` one. Those numbers were themselves
chosen with many of the observations in view, so a prior here keeps a search sane; it is no
independent evidence.

An energy has a prior of 10 kJ/mol around its number where a study moves energies too; its logarithm
moves, so that it keeps its sign.

**Residuals.** A range is read as what two standard deviations cover. Two limits give
(simulated − centre)/(half-width/2). One limit gives the soft hinge ln(1 + exp(t/w)): t is how far
the number lies beyond the limit, in its logarithm where it cannot change sign and in units of the
limit otherwise, and w = 0.1. Rows that ask the same number for the same range count once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.catalogue import entries, get
from prenuc.infer.calibration.varied import kind_of, question

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.facts.check import Check
    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.infer.calibration.varied import Name

PRIOR_FACTOR: Mapping[str, float] = {"fitted": 10.0, "assumed": 2.5}  # one standard deviation
ENERGY = 10.0  # kJ/mol, the same of an activation energy or a reaction enthalpy
TWO_SIDED = 1.96  # standard deviations, either way, that hold 95 %
HINGE = 0.1  # softness of a limit: a tenth beyond it costs about as much as half a half-width
SMALLEST_LIMIT = 0.01  # absorbance or share that one would call something; the scale of a limit 0
NO_NUMBER = 10.0  # residual of a row that has no number (no peak where one is asked for)
POSITIVE = frozenset({"share", "share ratio", "gain over", "gain by", "dots over"})


@dataclass(frozen=True)
class Free:
    """A constant that a calibration may move.

    Args:
        owner: Its parameter set.
        name: Its name there.
        value: The package's own number, the middle of the prior.
        sd: Standard deviation of the prior, in the logarithm.
    """

    owner: str
    name: str
    value: Value
    sd: float

    @classmethod
    def of(cls, owner: str, name: str, value: Value) -> Free:
        """Return a free constant with the prior that its status calls for.

        Args:
            owner: Parameter set, such as "two-pathway/CdS".
            name: Constant, such as "isomerisation.k".
            value: Its number with unit and status.
        """
        if kind_of(name) == "energy":
            return cls(owner, name, value, math.log1p(ENERGY / abs(value.quantity.to("kJ/mol"))))
        return cls(owner, name, value, math.log(PRIOR_FACTOR[value.status]))

    @property
    def key(self) -> Name:
        """Parameter set and name."""
        return self.owner, self.name

    def number(self, u: float) -> float:
        """Return the constant, in its own unit, u prior widths above the middle."""
        return self.value.quantity.number * math.exp(self.sd * u)


def within_prior(name: str, value: Value) -> tuple[float, float] | None:
    """Return the range in which the prior holds a constant with 95 %, in its own unit.

    Args:
        name: Such as "isomerisation.k".
        value: Its number with unit and status.

    Returns:
        None where the prior says nothing: of a measured number, of zero, of a count or an order.
    """
    kind = kind_of(name)
    rate = kind in {"rate", "equilibrium"} and value.quantity.number > 0
    energy = kind == "energy" and value.quantity.number != 0
    if value.status not in PRIOR_FACTOR or not (rate or energy):
        return None
    free = Free.of("", name, value)
    return min(ends := (free.number(-TWO_SIDED), free.number(TWO_SIDED))), max(ends)


def sets_of(material: str, models: Sequence[str] = ("two-pathway", "alloy")) -> list[str]:
    """Return the parameter sets of a material."""
    sets = entries("parameters").values()
    return [p.id for p in sets if p.material == material and p.model in models]


def free_constants(sets: Iterable[str]) -> tuple[Free, ...]:
    """Return what may move in some parameter sets; see the module."""
    found: list[Free] = []
    for which in sets:
        parameters: ParameterSet = get("parameters", which)
        known = {
            name: value
            for name, value in parameters.values.items()
            if kind_of(name) in {"rate", "equilibrium"}
            and value.status in PRIOR_FACTOR
            and value.quantity.number > 0
        }
        informed = {name: value for name, value in known.items() if value.informed_by}
        found += [Free.of(which, name, value) for name, value in (informed or known).items()]
    return tuple(found)


def distinct(checks: Iterable[Check]) -> list[Check]:
    """Return the checks without those that ask the same number for the same range."""
    seen: dict[tuple[object, ...], Check] = {}
    for check in checks:
        seen.setdefault((*question(check), check.expected()), check)
    return list(seen.values())


def residual(check: Check, number: float) -> float:
    """Return how far a number lies from what a check asks, in standard deviations."""
    if math.isnan(number):
        return NO_NUMBER
    low, high = (None if v is None else v.quantity.number for v in (check.low, check.high))
    if low is not None and high is not None:
        return 2.0 * (number - (low + high) / 2.0) / ((high - low) / 2.0)
    limit, sign = (low, -1.0) if low is not None else (high, 1.0)
    assert limit is not None  # noqa: S101  a check has a limit, or it is not read
    if check.measure in POSITIVE and limit > 0:
        beyond = math.log(min(max(number, 1e-12), 1e12) / limit)
    else:
        beyond = (number - limit) / (abs(limit) or SMALLEST_LIMIT)
    return float(np.logaddexp(0.0, sign * beyond / HINGE))


def residuals(checks: Sequence[Check], numbers: Mapping[str, float]) -> Array:
    """Return the residual of each check."""
    return np.array([residual(check, numbers[check.id]) for check in checks])
