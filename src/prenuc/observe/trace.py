"""One signal against time, measured or simulated, and how a part of an axis is chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import SpectrumError
from prenuc.quantities import dimension

if TYPE_CHECKING:
    from prenuc.arrays import Array, Mask

ROUNDING = 1e-9  # of an end that was converted from another unit


@dataclass(frozen=True)
class Trace:
    """One signal against time.

    Args:
        time: Times, shape (m,), in ``time_unit``.
        value: Signal at these times, shape (m,).
        time_unit: Unit of the times, such as "min"; "1" when nothing names it.
        name: What the signal is, such as "absorbance at 311 nm".
        history: Every assumption and treatment so far, oldest first.
        offset_free: Whether an unknown constant may have been added to the whole trace,
            as the subtraction of one of its own spectra does.
        time_name: What ``time`` is, such as "reaction time".
    """

    time: Array
    value: Array
    time_unit: str = "min"
    name: str = "absorbance"
    history: tuple[str, ...] = ()
    offset_free: bool = False
    time_name: str = "time"

    def __post_init__(self) -> None:
        if self.time.ndim != 1 or self.time.shape != self.value.shape:
            raise SpectrumError(
                f"a trace needs as many values as times: {self.value.shape}, {self.time.shape}"
            )
        if dimension(self.time_unit) not in {"[time]", ""}:
            raise SpectrumError(f"'{self.time_unit}' is not a unit of time")

    @property
    def time_label(self) -> str:
        """Name and unit of the times, for an axis."""
        return f"{self.time_name} / {self.time_unit}"

    def kept(self, points: Mask) -> Trace:
        """Return some of the points.

        Args:
            points: Which of them, shape (m,).
        """
        return replace(self, time=self.time[points], value=self.value[points])

    def between_times(self, first: float = -math.inf, last: float = math.inf) -> Trace:
        """Return the part of the trace between two times, both included.

        Args:
            first: First time, in ``time_unit``.
            last: Last time, in ``time_unit``.

        Raises:
            SpectrumError: No points lie there.
        """
        keep = between(self.time, first, last, "points", self.time_unit)
        note = note_of_times(keep, first, last, "points", self.time_unit)
        return replace(self.kept(keep), history=(*self.history, note))

    def without_times(self, first: float, last: float) -> Trace:
        """Return the points that were not read between two times, both included.

        Args:
            first: First time, in ``time_unit``.
            last: Last time, in ``time_unit``.

        Raises:
            SpectrumError: No points lie there, or no others.
        """
        keep, note = outside(self.time, first, last, "points", self.time_unit)
        return replace(self.kept(keep), history=(*self.history, note))


def outside(axis: Array, low: float, high: float, what: str, unit: str) -> tuple[Mask, str]:
    """Return which points of an axis lie outside a range that is masked, and a line about it.

    Args:
        axis: Times or wavelengths, shape (n,).
        low: One end, masked itself.
        high: The other end, likewise.
        what: What the points are, such as "spectra", for messages.
        unit: Unit of the axis, likewise.

    Raises:
        SpectrumError: None lies in the range, or none outside.
    """
    gone = between(axis, low, high, what, unit)
    low, high = sorted((low, high))
    of_unit = "" if unit == "1" else f" {unit}"
    if gone.all():
        raise SpectrumError(f"all {what} lie between {low:g} and {high:g}{of_unit}", "Mask less")
    note = f"masked: {low:g} to {high:g}{of_unit}, {gone.sum()} of {len(gone)} {what}"
    return ~gone, note


def between(axis: Array, low: float, high: float, what: str, unit: str) -> Mask:
    """Return which points of an axis lie between two ends, both included; never one at NaN.

    Args:
        axis: Times or wavelengths, shape (n,).
        low: One end; it may differ by rounding.
        high: The other end.
        what: What the points are, such as "spectra", for messages.
        unit: Unit of the axis, likewise.

    Raises:
        SpectrumError: None lies there.
    """
    low, high = sorted((low, high))
    size = max(abs(end) for end in (low, high, 0.0) if math.isfinite(end))
    inside: Mask = (axis >= low - ROUNDING * size) & (axis <= high + ROUNDING * size)
    if inside.any():
        return inside
    known = axis[np.isfinite(axis)]
    of_unit = "" if unit == "1" else f" {unit}"
    mend = "Their times are not known: give them, or choose by wavelength"
    if known.size:
        mend = f"They reach from {known.min():g} to {known.max():g}{of_unit}"
    raise SpectrumError(f"no {what} lie between {low:g} and {high:g}{of_unit}", mend)


def note_of_times(keep: Mask, low: float, high: float, what: str, unit: str) -> str:
    """Return the history line about a part that was chosen in time.

    Args:
        keep: Which points were chosen, shape (m,).
        low: One end; minus infinity for none.
        high: The other end, likewise.
        what: What the points are, such as "spectra".
        unit: Unit of the times.
    """
    first, last = sorted((low, high))
    of_unit = "" if unit == "1" else f" {unit}"
    ends = f"{first:g} to {last:g}{of_unit}" if math.isfinite(first) else f"up to {last:g}{of_unit}"
    ends = f"from {first:g}{of_unit} on" if math.isinf(last) else ends
    return f"only times {ends}, {keep.sum()} of {len(keep)} {what}"
