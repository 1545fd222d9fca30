"""How many digits of a fitted number are written: as many as its interval allows.

Two of the half width where these are 35 or less, else one; of an interval on one side of zero, at
least two of the end that is next to it.
"""

from __future__ import annotations

import math

MOST_DECIMALS, LONGEST = 6, 1e6  # beyond, numbers are written with a power of ten
USUAL_POWER = 6  # digits up to which zeros at the end of a power of ten are written
DOUBLE = 15  # digits that a number of the machine has
WIDE_STEPS = 35  # two digits of a half width are kept up to here


def digits_of(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Return a number and the ends of its interval, with as many digits as the interval allows.

    Args:
        value: It.
        low: Lower end of the interval.
        high: Its upper end.
    """
    decimals = decimals_of(0.5 * (high - low))
    if low * high > 0.0:
        decimals = max(decimals, 1 - math.floor(math.log10(min(abs(low), abs(high)))))
    said, below, above = (fixed(number, decimals) for number in (value, low, high))
    return said, below, above


def decimals_of(half: float) -> int:
    """Return with how many decimals a number is written whose interval has a half width."""
    if not half > 0.0:
        return DOUBLE
    exponent = math.floor(math.log10(half))
    two = round(half / 10.0 ** (exponent - 1)) <= WIDE_STEPS
    return (1 if two else 0) - exponent


def fixed(number: float, decimals: int) -> str:
    """Return a number rounded to so many decimals, below zero to tens, hundreds and so on."""
    if number and (decimals > MOST_DECIMALS or abs(number) >= LONGEST):
        digits = math.floor(math.log10(abs(number))) + 1 + decimals
        return _power(number, min(max(digits, 1), DOUBLE)).replace("-", "−")
    rounded = round(number, decimals) + 0.0  # of -0.001, zero has no sign
    return f"{rounded:.{max(decimals, 0)}f}".replace("-", "−")


def _power(number: float, digits: int) -> str:
    """Return a number in so many digits, with a power of ten where it is small or large."""
    short = f"{number:.{digits}g}"
    return f"{number:.{digits - 1}e}" if "e" in short and digits <= USUAL_POWER else short
