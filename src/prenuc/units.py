"""The units that chemists write every day, exact, and known without a registry.

A unit is a product of names with integer powers, such as "L/mmol/min" or "1/nm^2". What is not
found here is asked of pint (:mod:`prenuc.quantities`). Values of eV, Da and cal: CODATA 2018, as in
pint.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DIMENSIONS = ("mass", "length", "time", "temperature", "substance", "current", "luminosity")
Powers = tuple[int, ...]  # of the base dimensions, in this order

_PURE: Powers = (0, 0, 0, 0, 0, 0, 0)
_MASS: Powers = (1, 0, 0, 0, 0, 0, 0)
_LENGTH: Powers = (0, 1, 0, 0, 0, 0, 0)
_VOLUME: Powers = (0, 3, 0, 0, 0, 0, 0)
_TIME: Powers = (0, 0, 1, 0, 0, 0, 0)
_TEMPERATURE: Powers = (0, 0, 0, 1, 0, 0, 0)
_SUBSTANCE: Powers = (0, 0, 0, 0, 1, 0, 0)
_ENERGY: Powers = (1, 2, -2, 0, 0, 0, 0)
_PRESSURE: Powers = (1, -1, -2, 0, 0, 0, 0)
_CONCENTRATION: Powers = (0, -3, 0, 0, 1, 0, 0)

UNITS: dict[str, tuple[Fraction, Powers]] = {
    name: (Fraction(size), powers)
    for powers, sizes in {
        _PURE: {"1": "1", "dimensionless": "1"},
        _MASS: {"kg": "1", "g": "1e-3", "mg": "1e-6", "ug": "1e-9", "Da": "1.66053906892e-27"},
        _LENGTH: {"m": "1", "cm": "1e-2", "mm": "1e-3", "um": "1e-6", "nm": "1e-9"},
        _VOLUME: {"L": "1e-3", "dL": "1e-4", "cL": "1e-5", "mL": "1e-6", "uL": "1e-9"},
        _TIME: {"s": "1", "ms": "1e-3", "us": "1e-6", "min": "60", "h": "3600", "d": "86400"},
        _TEMPERATURE: {"K": "1", "degC": "1"},
        _SUBSTANCE: {"mol": "1", "mmol": "1e-3", "umol": "1e-6", "nmol": "1e-9"},
        _ENERGY: {"J": "1", "kJ": "1e3", "eV": "1.602176634e-19", "cal": "4.184", "kcal": "4184"},
        _PRESSURE: {"Pa": "1", "kPa": "1e3", "bar": "1e5", "mbar": "1e2"},
        _CONCENTRATION: {"M": "1e3", "mM": "1", "uM": "1e-3"},
    }.items()
    for name, size in sizes.items()
}
FREEZING = 273.15  # K; 0 degC
LARGEST = 10**300  # of a factor that a float holds
HIGHEST = 80  # power; an equilibrium constant between clusters has some 75
LONGEST = 60  # characters
_FACTOR = re.compile(r"\s*([*/])\s*([A-Za-z]+|1)(?:(?:\^|\*\*)([-+]?\d{1,2}))?\s*")
_POWER = r"(?:\s*(?:\^|\*\*)\s*[-+]?\d{1,2}(?:\.\d{1,6})?)?"
_TERM = rf"(?:1|(?:[^\W\d]|[%°])[\w%°]*{_POWER})"
_BETWEEN = r"(?:\s*[*/]\s*|\s+)"
_PRODUCT = rf"\s*{_TERM}(?:{_BETWEEN}{_TERM})*\s*"
_PART = rf"(?:{_TERM}|\({_PRODUCT}\){_POWER})"
_UNIT = re.compile(rf"\s*{_PART}(?:{_BETWEEN}{_PART})*\s*")


def is_unit(text: str) -> bool:
    """Return whether a text has the form of a unit.

    Names and their powers, ``*`` and ``/``, and brackets that hold no others. What has not may be
    an expression that a registry would work on for ever.
    """
    return len(text) <= LONGEST and _UNIT.fullmatch(text) is not None


def known_unit(text: str) -> tuple[float, float, str] | None:
    """Return factor, offset and dimension, ``SI = number * factor + offset``; None if not known.

    Args:
        text: The unit, such as "mmol/L" or "degC".
    """
    factor, powers = Fraction(1), Counter[int]()
    place, body = 0, "*" + text
    while place < len(body):
        found = _FACTOR.match(body, place)
        if found is None or found[2] not in UNITS:
            return None
        size, own = UNITS[found[2]]
        power = int(found[3] or 1) * (1 if found[1] == "*" else -1)
        if abs(power) > HIGHEST:
            return None
        factor *= size**power
        for axis, one in enumerate(own):
            powers[axis] += one * power
        place = found.end()
    if not Fraction(1, LARGEST) < factor < LARGEST:
        return None
    offset = FREEZING if text.strip() == "degC" else 0.0
    return float(factor), offset, spelled({DIMENSIONS[axis]: n for axis, n in powers.items()})


def spelled(powers: Mapping[str, float]) -> str:
    """Return a dimension in words, such as "[substance] / [length] ** 3"; "" for a pure number.

    Args:
        powers: The power of each base dimension.
    """
    ranked = sorted(
        powers.items(), key=lambda one: DIMENSIONS.index(one[0]) if one[0] in DIMENSIONS else 99
    )
    above = [_power(name, n) for name, n in ranked if n > 0]
    below = [_power(name, -n) for name, n in ranked if n < 0]
    return " / ".join([" * ".join(above) or "1", *below]) if above or below else ""


def _power(name: str, n: float) -> str:
    return f"[{name}]" if n == 1 else f"[{name}] ** {n:g}"
