"""Where a profile crosses its limit.

A profile is followed outwards until it lies above its limit; between the last two points its
crossing is found by inverse quadratic interpolation where that can be trusted, by halving where it
cannot (Chandrupatla 1997, Adv. Eng. Software 28, 145).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REACHED = 5e-7  # of √(Q − Q_min): rounding of Q is as large
NEARLY, WIDER = 1.002, 1.5  # what a shift that falls short of a limit is multiplied by
CLOSE = 1e-8  # of a shift: it is not asked for more closely


def crossing(
    rise: Callable[[float], float], step: float, widest: tuple[float, float]
) -> float | None:
    """Return the shift at which a profile crosses its limit; None if it never does.

    Args:
        rise: How far the profile lies above the limit at a shift; below it at none.
        step: The first shift that is tried; its sign is the side.
        widest: How far the profile is followed to either side.
    """

    @cache  # a profile that goes on from its last point is not the same twice
    def rises(shift: float) -> float:
        found = rise(shift)
        return found if abs(found) > REACHED else 0.0

    low, high = widest
    inner, outer = 0.0, step
    while low <= outer <= high and rises(outer) < 0:
        # √(Q − Q_min) is nearly straight, so that its crossing lies not far from here.
        near = NEARLY * rises(0.0) / min(rises(0.0) - rises(outer), -1e-300)
        inner, outer = outer, outer * (near if inner == 0 and near < WIDER else WIDER)
    if not low <= outer <= high:
        return None
    if inner != 0 and rises(inner) >= 0:
        return inner
    return zero(rises, inner, outer, CLOSE * abs(outer))


def zero(f: Callable[[float], float], a: float, b: float, close: float) -> float:
    """Return where a function is zero between two arguments at which its signs differ.

    Args:
        f: The function.
        a: One end.
        b: The other end.
        close: How near to a change of sign the answer lies.
    """
    fa, fb = f(a), f(b)
    share = 0.5  # of the way from a to b
    while True:
        x = a + share * (b - a)
        fx = f(x)
        if (fx > 0) == (fa > 0):
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = x, fx
        best, least = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        if least == 0.0 or abs(b - a) <= 2.0 * close:
            return best
        share = _interpolated(a, b, c, fa, fb, fc)
        edge = close / abs(b - a)
        share = min(max(share, edge), 1.0 - edge)


def _interpolated(a: float, b: float, c: float, fa: float, fb: float, fc: float) -> float:
    """Return the share of the way from a to b by inverse quadratic interpolation, or a half."""
    inside, risen = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if not (risen**2 < inside and (1.0 - risen) ** 2 < 1.0 - inside):
        return 0.5  # the parabola through the three would turn between a and b
    slope = fa / (fb - fa) * fc / (fb - fc)
    return slope + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
