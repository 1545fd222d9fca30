r"""The ordered alternatives of a row, and how likely a simulated number makes each.

A row has two cuts on its scale: its limits where words stand, the printed number ∓ one standard
deviation where a number does. What could have been printed is one of four alternatives: *less than
stated*, *as stated*, *more than stated*, or *nothing to read* (no peak, no run). A simulation that
gives x makes them

.. math:: P(as stated) = Φ\Big(\frac{h - t(x) - c f}{w}\Big) - Φ\Big(\frac{l - t(x) - c f}{w}\Big)

and so on, with the scale t, the cuts l and h, and the width w of the kind of statement
(``data/statement_kinds.yaml``). One time in fifty (``LAPSE``) a row is misread or misprinted, and
then any alternative is as likely as another: no row costs more than about seven bits.

**Width.** Of words: that of the kind. Of a printed number: its rounding (a half of its last digit,
evenly), what the flask made again leaves (the ``spread`` of the kind, at least, and a quarter of
the range of the row), and what baths and dilutions leave (``nuisance``), added as squares.

**One fit.** The numbers of one printed fit share an error f, normal with standard deviation one; c
is the part of a row's spread that goes with it (:mod:`~prenuc.infer.court.printed_fits`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.catalogue import entries
from prenuc.infer.court.printed_fits import loading

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.facts.check import Check
    from prenuc.facts.statement_kind import StatementKind

ALTERNATIVES = "less than stated", "as stated", "more than stated", "nothing to read"
STATED, NOTHING = 1, 3  # places of two of them
LAPSE = 0.02  # share of statements that are misread or misprinted
LEAST, MOST = 1e-12, 1e12  # of a number that has a logarithm; of any number
SAME, NEAR = 1.5, 2.0  # factor between two limits that say "the same"; of a limit that compares


@dataclass(frozen=True)
class Scale:
    """The cuts and widths of one row, on its scale.

    Args:
        kind: Of the statement.
        unit: What a difference is counted in; 1 on other scales.
        low: The lower cut; −inf where there is none.
        high: The upper cut; inf where there is none.
        own: Standard deviation of the row alone.
        common: That of the error which the numbers of its fit share, with its sign.
    """

    kind: StatementKind
    unit: float
    low: float
    high: float
    own: float
    common: float = 0.0

    def at(self, number: float) -> float:
        """Return where a number lies on the scale; beyond any that means anything, at its end."""
        number = min(max(number, -MOST), MOST)
        if self.kind.scale == "logarithm":
            return math.log(max(number, LEAST))
        return math.asinh(number / self.unit) if self.kind.scale == "difference" else number

    @property
    def mark(self) -> str:
        """All that a probability hangs on besides the number, to four digits."""
        numbers = self.unit, self.low, self.high, self.own, self.common
        return " ".join([self.kind.scale, *(f"{number:.4g}" for number in numbers)])

    @property
    def possible(self) -> Array:
        """Which alternatives there are, 1 or 0, shape (4,)."""
        return np.array([self.low > -math.inf, 1.0, self.high < math.inf, 1.0], dtype=float)

    def probabilities(self, number: float, error: Array | float = 0.0) -> Array:
        """Return the probability of each alternative, shape (4, errors) or (4,).

        Args:
            number: What a simulation gave; NaN for nothing.
            error: The common error of its fit, in standard deviations.
        """
        from scipy.special import ndtr

        shape = (len(ALTERNATIVES), *np.shape(error))
        seen = np.zeros(shape)
        if math.isnan(number):
            seen[NOTHING] = 1.0
        else:
            middle = self.at(number) + self.common * np.asarray(error)
            below, above = ((cut - middle) / self.own for cut in (self.low, self.high))
            seen[0], seen[1], seen[2] = ndtr(below), ndtr(above) - ndtr(below), ndtr(-above)
        any_of = self.possible / self.possible.sum()
        mixed: Array = (1.0 - LAPSE) * seen.T + LAPSE * any_of
        return mixed.T

    def stated(self, number: float | None, error: Array) -> Array:
        """Return the probability of what is printed, shape (errors,); NaN where nothing is known.

        Args:
            number: What a simulation gave, NaN for nothing to read; None where it was not run.
            error: The common error of its fit, in standard deviations.
        """
        if number is None:
            return np.full_like(error, math.nan)
        chances: Array = self.probabilities(number, error)[STATED]
        return chances


def kind_of_statement(check: Check) -> StatementKind:
    """Return the kind of a row, by its measure and by whether it compares with about one."""
    kinds = entries("statement_kinds")
    kind: StatementKind = next(k for k in kinds.values() if check.measure in k.measures)
    if kind.id != "amount" or check.printed or check.measure == "share":
        return kind
    limits = [v.quantity.number for v in (check.low, check.high) if v is not None]
    if len(limits) == 1:
        return kinds["comparison"] if 1 / NEAR < limits[0] < NEAR else kind
    return kinds["sameness"] if limits[1] <= SAME * limits[0] else kind


def scale_of(check: Check, nuisance: float | None = None) -> Scale:
    """Return cuts and widths of a row.

    Args:
        check: The row.
        nuisance: What baths and dilutions leave, on its scale; that of the package when None.
    """
    kind = kind_of_statement(check)
    limits = [v.quantity.number for v in (check.low, check.high) if v is not None]
    bare = Scale(kind, min(map(abs, limits)) or 1.0, -math.inf, math.inf, 1.0)
    low = -math.inf if check.low is None else bare.at(check.low.quantity.number)
    high = math.inf if check.high is None else bare.at(check.high.quantity.number)
    if not check.printed:
        return replace(bare, low=low, high=high, own=kind.word.quantity.number)
    again = max(kind.spread.quantity.number, (high - low) / 4.0)
    half = 0.5 * 10.0 ** int(Decimal(check.printed).as_tuple().exponent)
    number = float(check.printed)
    rounding = (bare.at(number + half) - bare.at(number - half)) / math.sqrt(12.0)
    baths = _nuisance(check) if nuisance is None else nuisance
    whole, common = math.hypot(again, rounding, baths), again * loading(check)
    middle, own = bare.at(number), math.sqrt(whole**2 - common**2)
    return replace(bare, low=middle - whole, high=middle + whole, own=own, common=common)


def _nuisance(check: Check) -> float:
    known = entries("row_surprisals").get(check.id)
    return 0.0 if known is None else float(known.nuisance)
