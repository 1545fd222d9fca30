"""How people spell a duration: ``30 s``, ``1 h 30 min``, ``1/2 h``, ``1 200 s``, ``1:30 min``.

What may mean two things is none, and a doubt says why; nothing is guessed.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from fractions import Fraction

# Seconds in each unit that a series can have, and in those that are written besides.
TIME_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}
SECONDS = {**TIME_UNITS, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_SPELLINGS = {
    "ms": r"ms|(?i:msecs?|milliseconds?)",
    "us": r"[µμu]s|(?i:[uµμ]secs?|microseconds?)",
    "ns": r"ns|(?i:nanoseconds?)",
    "s": r"s|(?i:secs?|seconds?|sek|sekunden?|secondes?)",
    "min": r"(?i:mins?|minutes?|minuten?)",
    "h": r"[hH]|(?i:hrs?|hours?|std|stunden?|heures?)",
    "day": r"d|(?i:days?|tage?|jours?)",
}
# "5 m" alone may be metres or milli-anything, in "5m30s" it is minutes.
_UNITS = "|".join([*_SPELLINGS.values(), "m"])
UNIT = "|".join(f"(?P<{unit}>{spelling})" for unit, spelling in _SPELLINGS.items())
COUNT = r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?"
_PARTS_OF_ONE = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_FRACTION = rf"(?:\d{{1,3}}[ ])?\d{{1,3}}/[1-9]\d{{0,2}}|\d{{0,3}}[ ]?[{''.join(_PARTS_OF_ONE)}]"
_COLONS = r"\d{1,3}:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
# Not "2 s-1", "5 min/step", "CdSe30 s"; an underscore separates, and "1h30" goes on.
_END = rf"(?=$|[^A-Za-z0-9/^⁻-]|-(?!\d)|\d+(?:[.,]\d+)?(?:[ _]?(?:{_UNITS})(?![A-Za-z])|$))"
_PART = rf"(?P<count>{_FRACTION}|{COUNT})[ _-]?(?P<unit>{_UNITS}){_END}"
_FIRST = re.compile(rf"(?<![A-Za-z0-9.,'’/⁄])(?<!\d[-–—:]){_PART}(?P<rest>)")
_NEXT = re.compile(rf"(?:[ ,_]*(?:(?:and|und|et|\+|&)[ ]*)?{_PART}|(?P<rest>[0-5]\d)$)")
_WITH_COLONS = re.compile(
    rf"(?<![\dA-Za-z.:])(?P<sign>-?)(?P<colons>{_COLONS})(?![\d:])[ _]?(?:{UNIT})?(?![A-Za-z])"
)
BARE = re.compile(rf"(?:(?:t|time)\s*[=:_ ]?\s*)?(?P<count>{COUNT})", re.IGNORECASE)
_BARE_FRACTION = re.compile(rf"(?:(?:t|time)\s*[=:_ ]?\s*)?(?P<count>{_FRACTION})", re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_GROUPS_BEFORE = re.compile(r"(?:^|[^\d.,])([1-9]\d{0,2}(?:[ ]\d{3})*)[ ]$")
_RANGE_BEFORE = re.compile(r"\d[ ]*(?:[-–—…~]|\.\.|to|bis|until|and|und)[ ]*$", re.IGNORECASE)
_RANGE_AFTER = re.compile(r"[ ]*(?:[-–—…~]|\.\.|to|bis|until)[ ]*\d", re.IGNORECASE)


@dataclass(frozen=True)
class Duration:
    """A time as it was written.

    Args:
        parts: Numbers and their units, the largest first; none for no time.
        doubt: Why there is none although something looks like one.
        run: What stands as "1" in a "1 200 s" that was read as 1200 s; "" for none.
    """

    parts: tuple[tuple[float, str], ...] = ()
    doubt: str = ""
    run: str = ""

    @property
    def seconds(self) -> float:
        """The time in s."""
        return sum(count * SECONDS[unit] for count, unit in self.parts)

    def within(self, unit: str) -> float:
        """Return the time in a unit; a single number in that unit to the last digit."""
        if len(self.parts) == 1 and self.parts[0][1] == unit:
            return self.parts[0][0]
        return self.seconds / SECONDS[unit]


def has_duration(text: str) -> bool:
    """Whether a text holds a time with its unit."""
    return bool(_runs(text))


def durations_in(line: str) -> list[re.Match[str]]:
    """Return the single parts of a line that are a number and a unit of time."""
    return [run[0] for run in _runs(line) if len(run) == 1]


def duration(text: str, decimal: str, bare_unit: str | None) -> Duration:
    """Return the one time that a label tells.

    Args:
        text: The label.
        decimal: The decimal sign of the file.
        bare_unit: The unit of numbers without one, and of the first of two between a colon.
    """
    if clock := _WITH_COLONS.search(text):
        return _of_colons(clock, bare_unit)
    label = text.strip()
    runs = _runs(text)
    if (
        not runs
        and bare_unit
        and (bare := BARE.fullmatch(label) or _BARE_FRACTION.fullmatch(label))
    ):
        if _has_thousands(bare["count"], decimal):
            return Duration()
        return Duration(((_number(bare["count"]), bare_unit),))
    said = [_of_run(text, run, decimal) for run in runs]
    doubts = [one.doubt for one in said if not one.parts]
    if doubts or not said:
        return Duration(doubt=next(filter(None, doubts), ""))
    return said[0] if len(said) == 1 else _said_twice(runs, said)


def _runs(text: str) -> list[list[re.Match[str]]]:
    """Return the times of a text, each as its parts: "1 h 30 min" is one of two parts."""
    runs: list[list[re.Match[str]]] = []
    place = 0
    while first := _FIRST.search(text, place):
        run, place = [first], first.end()
        while (more := _NEXT.match(text, place)) and _goes_on(run[-1], more):
            run.append(more)
            place = more.end()
        if len(run) > 1 or first["unit"] != "m":
            runs.append(run)
    return runs


def _goes_on(part: re.Match[str], more: re.Match[str]) -> bool:
    """Whether a part is the remainder of the one before: 30 min of 1 h 30 min, not 90 min."""
    unit = _unit(part)
    if not part["count"] or not part["count"].isdigit() or unit not in {"day", "h", "min"}:
        return False
    if more["rest"]:
        return unit in {"h", "min"}
    ratio = SECONDS[unit] / SECONDS[_unit(more)]
    return ratio > 1 and abs(_number(more["count"])) < ratio


def _unit(part: re.Match[str]) -> str:
    written = part["unit"]
    if written is None or written == "m":
        return "min"
    return next(unit for unit, how in _SPELLINGS.items() if re.fullmatch(how, written))


def _number(count: str) -> float:
    for sign, written in _PARTS_OF_ONE.items():
        count = count.replace(sign, f" {written}")
    if "/" in count:
        return float(sum(Fraction(part) for part in count.split()))
    return float(count.replace(",", "."))


def _of_run(text: str, run: list[re.Match[str]], decimal: str) -> Duration:
    before, after = text[: run[0].start()], text[run[-1].end() :]
    if _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(after):
        return Duration()
    if any(part["count"] and _has_thousands(part["count"], decimal) for part in run):
        return Duration()
    parts: list[tuple[float, str]] = []
    for part in run:
        if part["rest"]:
            parts.append((float(part["rest"]), {"h": "min", "min": "s"}[parts[-1][1]]))
        else:
            parts.append((_number(part["count"]), _unit(part)))
    return _grouped(before, run[0]["count"], parts)


def _grouped(before: str, count: str, parts: list[tuple[float, str]]) -> Duration:
    """Return ``1 200 s`` as 1200 s where nothing but the number can stand before it."""
    groups = _GROUPS_BEFORE.search(before)
    if groups is None or not re.fullmatch(r"\d{3}(?:[.,]\d*)?", count):
        return Duration(tuple(parts))
    if not re.fullmatch(r"(?:(?:t|time)\s*[=:]?\s*)?[\d ]+", before, re.IGNORECASE):
        return Duration(doubt=f"'{groups[1]} {count}' is one number or two")
    whole = _number(groups[1].replace(" ", "") + count)
    return Duration(((whole, parts[0][1]), *parts[1:]), run=groups[1])


def _has_thousands(count: str, decimal: str) -> bool:
    """Whether a number may be parted into thousands by the sign that is not the decimal one."""
    return ("," if decimal == "." else ".") in count and _THOUSANDS.fullmatch(count) is not None


def _of_colons(clock: re.Match[str], bare_unit: str | None) -> Duration:
    """Return ``h:mm:ss``, or ``1:30`` where a unit says what stands first."""
    numbers = [float(part.replace(",", ".")) for part in clock["colons"].split(":")]
    sign = -1.0 if clock["sign"] else 1.0
    if len(numbers) == 3:
        units = ["h", "min", "s"]
    elif (first := clock.lastgroup if clock.lastgroup in SECONDS else bare_unit) in {"h", "min"}:
        units = ["h", "min"] if first == "h" else ["min", "s"]
    else:
        return Duration(doubt=f"'{clock['colons']}' may be h:mm or min:s")
    parts = zip((sign * number for number in numbers), units, strict=True)
    return Duration(tuple((count, unit) for count, unit in parts if count) or ((0.0, units[-1]),))


def _said_twice(runs: list[list[re.Match[str]]], said: list[Duration]) -> Duration:
    """Return the time that several spellings agree on: the one that explains the others.

    A spelling may be the rounding of another; where each may be that of the other, the one with the
    fewest digits is the time that was meant: ``0.0333333 h (2 min)``.
    """
    written = ["".join(part[0] for part in run).strip() for run in runs]
    explains = [
        one
        for one in range(len(said))
        if all(_rounds_to(said[one], run, other) for run, other in zip(runs, said, strict=True))
    ]
    if not explains:
        return Duration(doubt=f"{' and '.join(written)} are different times")
    return said[min(explains, key=lambda one: sum(map(str.isdigit, written[one])))]


def _rounds_to(time: Duration, run: list[re.Match[str]], other: Duration) -> bool:
    """Whether a time, rounded to the digits of another spelling, is that spelling."""
    count, unit = run[-1]["count"], other.parts[-1][1]
    if count is None or "/" in count or not count.isascii():
        return abs(time.seconds - other.seconds) <= 1e-9 * abs(other.seconds)
    decimals = len(count.replace(",", ".").partition(".")[2]) if "e" not in count.lower() else 0
    half = 0.5 * 10.0**-decimals * SECONDS[unit]
    off = abs(time.seconds - other.seconds)
    return off <= half * (1 + 1e-9) and (off <= 0.2 * abs(time.seconds) or not other.seconds)


def are_run_numbers(durations: list[Duration]) -> bool:
    """Whether what was read as thousands counts the spectra: 1 200 s, 2 400 s, 3 600 s."""
    runs = [int(one.run.replace(" ", "")) for one in durations if one.run]
    in_turn = all(two == one + 1 for one, two in itertools.pairwise(runs))
    return len(runs) > 1 and len(runs) == len(durations) and in_turn
