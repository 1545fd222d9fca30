"""The gate where "180 degC", "27.8 mg" and "30 mmol/kg" become plain SI floats, and back.

A :class:`Quantity` keeps number and unit as they were written and prints them so.
Kernels never see one: :attr:`Quantity.si` hands them a float in SI base units
(m³, kg, s, K, mol, J and their products), so mol/m³ stands for mmol/L.

A temperature and a temperature difference are different things: "180 degC" is 453.15 K,
"a step of 20 degC" is 20 K. The reader of a text knows which one it asks for and calls
:attr:`Quantity.si` or :attr:`Quantity.si_difference`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from prenuc.errors import Problem, QuantityError
from prenuc.units import LONGEST, is_unit, known_unit, spelled

if TYPE_CHECKING:
    import pint

NUMBER = r"[-+−]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_END = rf"({NUMBER})\s*((?!to\b|bis\b)[^\W\d_]*)"
# A dash between blanks, or none before it: "0 - 60", "290-400"; but "0 -60" has a sign.
_FROM_TO = r"\s*(?:\.{2,3}|…|,|;|\bto\b|\bbis\b)\s*|\s+[-–—−]\s+|(?<!\s)[-–—−]\s*|\s+"
_RANGE = re.compile(rf"\s*{_END}(?:{_FROM_TO}){_END}\s*")
_WRITTEN = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*")
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
ROUNDING = 1e-9
MOST_GIVEN = 6  # digits of a number that somebody may have written
_SPELLINGS = {"°C": "degC", "℃": "degC", "C": "degC", "µ": "u", "μ": "u", "⁻¹": "^-1", "·": "*"}


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    return pint.UnitRegistry(cache_folder=None)


@lru_cache(maxsize=1024)
def _scale(unit: str) -> tuple[float, float, str]:
    """Return factor, offset and dimension such that ``SI = number * factor + offset``."""
    text = unit
    for written, meant in _SPELLINGS.items():
        text = (
            meant if text == written else text.replace(written, meant) if written != "C" else text
        )
    if not is_unit(text := text or "1"):
        raise _no_unit(unit)
    if (found := known_unit(text)) is not None:
        return found
    registry = _registry()
    try:
        parsed = registry.parse_units(text)
        zero, one, two = (
            registry.Quantity(number, parsed).to_base_units() for number in (0.0, 1.0, 2.0)
        )
    except Exception as error:  # pint lets tokenizer, assertion and arithmetic errors through
        raise _no_unit(unit) from error
    powers = {name.strip("[]"): float(str(n)) for name, n in one.dimensionality.items()}
    factor, offset = float(one.magnitude - zero.magnitude), float(zero.magnitude)
    if not 0.0 < abs(factor) < math.inf:  # beyond what a float holds
        raise _no_unit(unit)
    bend = float(two.magnitude - one.magnitude) - factor
    if abs(bend) > ROUNDING * max(abs(factor), abs(offset)):  # a decibel, which is a logarithm
        raise _no_unit(unit)
    return factor, offset, spelled(powers)


def _no_unit(text: str) -> QuantityError:
    what = f"'{text if len(text) <= LONGEST else text[:LONGEST] + '…'}' is not a unit"
    return QuantityError(Problem(what, "Write it as in 'mmol/L', 'degC', 'min', '1/min', 'mg'"))


def dimension(unit: str) -> str:
    """Return the physical dimension of a unit, such as ``"[time]"``; "" for a pure number."""
    return _scale(unit)[2]


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, as written.

    Args:
        number: The number in ``unit``; must be finite.
        unit: The unit as written; "1" for a pure number.
        digits: The number's text as written ("3.00"), kept for printing.

    Raises:
        QuantityError: The number is not finite or the unit is unknown.
    """

    number: float
    unit: str
    digits: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not math.isfinite(self.number):
            raise QuantityError(f"{self.number} {self.unit} is not finite", "Give a number")
        _scale(self.unit)

    def __str__(self) -> str:
        number = self.digits or repr(float(self.number)).removesuffix(".0")
        return number if self.unit in {"1", ""} else f"{number} {self.unit}"

    @property
    def dimension(self) -> str:
        """The physical dimension, such as ``"[time]"``."""
        return dimension(self.unit)

    @property
    def si(self) -> float:
        """The value in SI base units; a temperature counts from absolute zero."""
        factor, offset, _ = _scale(self.unit)
        return self.number * factor + offset

    @property
    def si_difference(self) -> float:
        """The value in SI base units when it is a difference: 20 degC is 20 K."""
        return self.number * _scale(self.unit)[0]

    def to(self, unit: str) -> float:
        """Return the number in another unit of the same dimension.

        Raises:
            QuantityError: The dimensions differ.
        """
        self.require(unit)
        if unit == self.unit:
            return self.number
        factor, offset, _ = _scale(unit)
        return (self.si - offset) / factor

    def require(self, *units: str) -> Quantity:
        """Return self if it has the dimension of one of ``units``.

        Raises:
            QuantityError: It has none of these dimensions.
        """
        if self.dimension not in {dimension(unit) for unit in units}:
            unitless = self.dimension == ""
            what = f"'{self}' has no unit" if unitless else f"'{self}' has the wrong unit"
            raise QuantityError(what, f"Expected a unit such as {' or '.join(units)}")
        return self


def parse(text: str) -> Quantity:
    """Read a quantity such as ``"27.8 mg"``, ``"180 degC"``, ``"−196 °C"`` or ``"0.5"``.

    Raises:
        QuantityError: There is no number, or the unit is unknown.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise QuantityError(f"'{text}' is not a quantity", "Write a number and a unit: '3 mL'")
    digits = match[1].replace("−", "-")
    return Quantity(float(digits), match[2] or "1", digits)


def parse_range(text: str, unit: str, *, of: str = "numbers") -> tuple[float, float]:
    """Read a range such as ``"290 400 nm"``, ``"290-400 nm"``, ``"0..60"`` or ``"0 min to 1 h"``.

    Args:
        text: The range. An end without a unit has that of the other; where none is named, both are
            in ``unit``.
        unit: Unit of the result.
        of: What it is a range of, for messages, such as "wavelengths".

    Returns:
        Both ends in ``unit``, the smaller one first.

    Raises:
        QuantityError: It is no range, or its unit is of another dimension.
    """
    match = _RANGE.fullmatch(text)
    if match is None:
        example = f"290 400 {unit}" if of == "wavelengths" else f"0 60 {unit}".removesuffix(" 1")
        raise QuantityError(f"'{text}' is not a range of {of}", f'Write it as "{example}"')
    first, first_unit, last, last_unit = match.groups()
    units = (first_unit or last_unit or unit, last_unit or first_unit or unit)
    ends = (parse(f"{number} {own}") for number, own in zip((first, last), units, strict=True))
    low, high = sorted(end.to(unit) for end in ends)
    return low, high


def legible(number: float) -> str:
    """Return a number for people: as it is in six digits or fewer, which somebody may have given.

    A number of more digits was computed, and is written in four; files keep them all.

    Args:
        number: It.
    """
    given = f"{number:.{MOST_GIVEN}g}"
    if float(given) == number:
        return given
    return f"{number:.0f}" if 1e4 <= abs(number) < 1e6 else f"{number:.4g}"


def roughly(number: float) -> str:
    """Return a number that is not known better in three digits, without a power of ten.

    Args:
        number: It.
    """
    return legible(float(f"{number:.3g}"))


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as people write it: "62 %", with a blank, as of every unit.

    Args:
        share: It, 1 for all.
        decimals: Of the number.
    """
    return f"{100.0 * share:.{decimals}f} %"


def legible_text(text: str) -> str:
    """Return a text for people: decimal numbers of more than six digits are written in four.

    Args:
        text: Such as "charge flask with 9.1799812 g ODE".
    """

    def told(match: re.Match[str]) -> str:
        digits = match[0].replace(".", "").lstrip("0")
        return legible(float(match[0])) if len(digits) > MOST_GIVEN else match[0]

    return _DECIMAL.sub(told, text)


def from_si(number: float, unit: str) -> Quantity:
    """Return the quantity in ``unit`` whose SI value is ``number``."""
    factor, offset, _ = _scale(unit)
    return Quantity((number - offset) / factor, unit)
