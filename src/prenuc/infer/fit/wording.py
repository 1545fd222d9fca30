"""A fit in words, for people: the constants, what they mean, and what they rest on.

Their digits are those of :mod:`prenuc.infer.fit.parameter`.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from prenuc.infer.fit.parameter import decimals_of, digits_of, fixed, symbol
from prenuc.quantities import legible
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.infer.fit.parameter import Parameter

Ends = tuple[float | None, float | None]  # of an interval
MATTER = ("exchanged", "trade")  # words of equivalences that change what a number means
USUAL_DIGITS = 3  # of a number without an interval
SHAPE_ONLY = {"B", "A_0"}  # amplitudes, which stand in the table
WORDS = {"s": "second", "min": "minute", "h": "hour", "day": "day"}
_STEP = re.compile(r"(\S+) -> (\S+)")


def report(
    title: str, lines: Sequence[str], *, reason: str, same: Sequence[str], notes: Sequence[str]
) -> str:
    """Return a readable summary.

    Args:
        title: What was fitted to what.
        lines: The numbers, a line each.
        reason: Why there are no intervals; empty where there are.
        same: Schemes that fit identically.
        notes: What a reader should know before believing the numbers.
    """
    muted = [f"  NO INTERVAL: {reason}"] if reason else []
    schemes, warnings = (f"  same   {one}" for one in same), (f"  note   {one}" for one in notes)
    return "\n".join([title, *lines, *muted, *schemes, *warnings])


def that_matter(schemes: Sequence[str]) -> list[str]:
    """Return those of the schemes that fit identically that change what a number means."""
    return [one for one in schemes if any(word in one for word in MATTER)]


def numbers(derived: Mapping[str, float], unit: str) -> list[str]:
    """Return a line for each number that follows from the parameters.

    Args:
        derived: Rate constants and times by name.
        unit: The unit of time.
    """
    units = {name: f"1/{unit}" if name.startswith("k") else unit for name in derived}
    return [f"  {name:<6} {legible(value)} {units[name]}" for name, value in derived.items()]


def spoken(one: Parameter) -> str:
    """Return a parameter in words, such as "0.0150 (0.0148 to 0.0152) per minute".

    Args:
        one: It.
    """
    if one.value is None or not one.identifiable:
        return "not identifiable from these data"
    return with_interval(one.value, one.ends, one.unit)


def with_interval(value: float, ends: Ends, unit: str) -> str:
    """Return a number in words, such as "0.0150 (0.0148 to 0.0152) per minute".

    Args:
        value: It.
        ends: Of its 95 % interval; None where there is none that can be believed.
        unit: Of the number.
    """
    low, high = ends
    if low is None or high is None:
        return f"{_plain(value)}{_unit(unit)}, without an interval that can be believed"
    said, below, above = digits_of(value, low, high)
    return f"{said} ({below} to {above}){_unit(unit)}"


def meanings(
    params: Mapping[str, Parameter],
    *,
    scheme: str,
    steps: Mapping[str, str],
    derived: Mapping[str, Any],
    signal: str = "signal",
) -> list[str]:
    """Return a sentence for each number of a fit that means something by itself.

    Args:
        params: What was fitted.
        scheme: The scheme as written.
        steps: Which step each rate constant belongs to.
        derived: Numbers that follow, half-lives among them.
        signal: What was followed, such as "absorbance at 311 nm".
    """
    told = []
    for name, one in params.items():
        if one.value is None or not one.identifiable:
            told.append(f"{symbol(name)} is not identifiable from these data.")
        elif name == "A_inf":
            told.append(f"{symbol(name)} = {spoken(one)}: where the {signal} ends.")
        elif name == "lag":
            told.append(f"lag = {spoken(one)}: when growth begins, if nothing else is seen.")
        elif name not in SHAPE_ONLY:
            time = derived.get("half_life" + name[1:])
            half = _half(one, steps.get(name, ""), time, scheme)
            told.append(f"{name} = {spoken(one)}{half}.")
    return told


def rate_in_words(
    name: str, value: float, ends: Ends, unit: str, kelvin: float | None = None
) -> str:
    """Return a rate constant of a mechanism with what it means, where that is a time.

    Args:
        name: Such as "R1.k".
        value: It.
        ends: Of its 95 % interval; None where there is none that can be believed.
        unit: Of the number.
        kelvin: Temperature that it is quoted at; None where it has none.
    """
    at = "" if kelvin is None else f" at {legible(kelvin - FREEZING)} °C"
    said = f"{name} = {with_interval(value, ends, unit)}{at}"
    time = unit.removeprefix("1/")
    if time not in WORDS or time == unit or not value > 0.0:
        return f"{said}."
    half = _half_time(math.log(2.0) / value, ends)
    return f"{said}: half of what it acts on has turned over after {half} {time}."


def _half_time(time: float, ends: Ends) -> str:
    """Return a half-life with as many digits as the interval of its rate constant allows."""
    low, high = ends
    if not (low and high):
        return _plain(time)
    return fixed(time, decimals_of(0.5 * math.log(2.0) * (1.0 / low - 1.0 / high)))


def _half(one: Parameter, step: str, time: object, scheme: str) -> str:
    """Return after which time half has turned over, for a step of first order."""
    match = _STEP.fullmatch(step)
    if not isinstance(time, float) or match is None or not one.value:
        return f" ({step})" if step and step != scheme else ""
    unit = one.unit.removeprefix("1/")
    said = _half_time(time, one.ends)
    if step == scheme:
        return f": half of the {match[1]} has turned over after {said} {unit}"
    return f": {step} alone would turn over half of the {match[1]} in {said} {unit}"


def _unit(unit: str) -> str:
    if unit in {"1", ""}:
        return ""
    per = unit.removeprefix("1/")
    return f" per {WORDS[per]}" if unit.startswith("1/") and per in WORDS else f" {unit}"


def _plain(number: float) -> str:
    return f"{number:.{USUAL_DIGITS}g}".replace("-", "−")
