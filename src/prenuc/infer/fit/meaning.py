"""What the numbers of a fit mean, in sentences that begin with the number.

A number has as many digits as its interval allows: two of the half width where these are 35 or
less, else one.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from prenuc.infer.fit.results import Fit, GlobalFit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.infer.fit.parameter import Parameter
    from prenuc.infer.fit.results import AbstractFit

USUAL_DIGITS = 3  # of a number without an interval
WIDE_STEPS = 35  # two digits of a half width are kept up to here
SHAPE_ONLY = {"B", "A_0"}  # amplitudes, which stand in the table
WORDS = {"s": "second", "min": "minute", "h": "hour", "day": "day"}
_STEP = re.compile(r"(\S+) -> (\S+)")


def meanings(fit: AbstractFit) -> tuple[str, ...]:
    """Return a sentence for each number of a fit that means something by itself.

    Args:
        fit: A finished fit.
    """
    return tuple(f"{sentence}." for sentence in _sentences(fit))


def spoken(one: Parameter) -> str:
    """Return a parameter in words, such as "0.0150 (0.0148 to 0.0152) per minute".

    Args:
        one: It.
    """
    if one.value is None or not one.identifiable:
        return "not identifiable from these data"
    low, high = one.ends
    unit = _unit(one.unit)
    if low is None or high is None:
        return f"{_plain(one.value)}{unit}, without an interval that can be believed"
    digits = _decimals(0.5 * (high - low))
    value, *ends = (_fixed(number, digits) for number in (one.value, low, high))
    return f"{value} ({ends[0]} to {ends[1]}){unit}"


def _sentences(fit: AbstractFit) -> Iterator[str]:
    steps = fit.steps if isinstance(fit, Fit | GlobalFit) else {}
    for name, one in fit.params.items():
        if name in SHAPE_ONLY:
            continue
        if one.value is None or not one.identifiable:
            yield f"{name} is not identifiable from these data"
            continue
        if name == "A_inf" and isinstance(fit, Fit):
            yield f"A∞ = {spoken(one)}: where the {fit.trace.name} ends"
        elif name == "lag":
            yield f"lag = {spoken(one)}: when growth begins, if nothing else is seen"
        else:
            yield f"{name} = {spoken(one)}{_half(fit, name, one, steps.get(name, ''))}"


def _half(fit: AbstractFit, name: str, one: Parameter, step: str) -> str:
    """Return after which time half has turned over, for a step of first order."""
    time = fit.derived.get("half_life" + name[1:])
    match = _STEP.fullmatch(step)
    if not isinstance(time, float) or match is None or not one.value:
        return f" ({step})" if step and step != fit.scheme else ""
    unit = one.unit.removeprefix("1/")
    low, high = one.ends
    said = _plain(time)
    if low and high:
        said = _fixed(time, _decimals(0.5 * math.log(2.0) * (1.0 / low - 1.0 / high)))
    if step == fit.scheme:
        return f": half of the {match[1]} has turned over after {said} {unit}"
    return f": {step} alone would turn over half of the {match[1]} in {said} {unit}"


def _unit(unit: str) -> str:
    if unit in {"1", ""}:
        return ""
    per = unit.removeprefix("1/")
    return f" per {WORDS[per]}" if unit.startswith("1/") and per in WORDS else f" {unit}"


def _decimals(half: float) -> int:
    """Return with how many decimals a number is written whose interval has a half width."""
    if not half > 0.0:
        return USUAL_DIGITS
    exponent = math.floor(math.log10(half))
    two = round(half / 10.0 ** (exponent - 1)) <= WIDE_STEPS
    return (1 if two else 0) - exponent


def _fixed(number: float, decimals: int) -> str:
    """Return a number rounded to so many decimals, below zero to tens, hundreds and so on."""
    if decimals > 6 or abs(number) >= 1e6:
        return f"{number:.4g}"
    rounded = round(number, decimals)
    return f"{rounded:.{max(decimals, 0)}f}".replace("-", "−")


def _plain(number: float) -> str:
    return f"{number:.{USUAL_DIGITS}g}".replace("-", "−")
