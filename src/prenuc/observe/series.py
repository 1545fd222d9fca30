"""One type for measured and simulated spectra: what was seen, when, and what was assumed.

A :class:`SpectrumSeries` is a matrix of spectra × wavelengths with its axes. Everything
that was assumed or done on the way to it is a line of its ``history``; nothing is guessed
silently.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.arrays import Array, Mask, unsorted
from prenuc.errors import SpectrumError, counted, listed_names
from prenuc.observe.trace import Trace, between, note_of_times, outside
from prenuc.quantities import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class SpectrumSeries:
    """Spectra against time.

    Args:
        wavelength: Wavelengths in nm, ascending, shape (n,).
        time: Time of each spectrum in ``time_unit``, shape (m,); NaN where it is not known.
        absorbance: Signal, shape (m, n): absorbance, or intensity when ``signal`` says so; NaN
            where a reading is masked.
        labels: A name for each spectrum, m of them; made from the times when empty.
        time_unit: Unit of ``time``.
        signal: "absorbance" or "photoluminescence".
        variance: Variance of the signal, shape (m, n), when it is known.
        metadata: Facts about the series that are not axes (file, instrument, recipe).
        history: Every assumption and treatment so far, oldest first.
        offset_free: Whether an unknown spectrum was subtracted from all spectra.
        time_name: What ``time`` is, such as "reaction time".
        beside: What else is known of each spectrum, by name with unit, such as "dilution" or
            "time in vessel / min", each of shape (m,); NaN where it is not known.

    Raises:
        SpectrumError: Shapes disagree, or the wavelengths do not ascend.
    """

    wavelength: Array
    time: Array
    absorbance: Array
    labels: tuple[str, ...] = ()
    time_unit: str = "min"
    signal: str = "absorbance"
    variance: Array | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    offset_free: bool = False
    time_name: str = "time"
    beside: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expected = (len(self.time), len(self.wavelength))
        if self.absorbance.shape != expected:
            raise SpectrumError(
                f"the matrix has shape {self.absorbance.shape}, its axes say {expected}"
            )
        if problems := unsorted("wavelengths", self.wavelength, "Sort them, in nm"):
            raise SpectrumError(problems)
        if not self.labels:
            labels = tuple(f"{time:g} {self.time_unit}" for time in self.time)
            object.__setattr__(self, "labels", labels)

    @property
    def time_label(self) -> str:
        """Name and unit of the times, for an axis."""
        return f"{self.time_name} / {self.time_unit}"

    def __len__(self) -> int:
        return len(self.time)

    def trace(self, at: str) -> Trace:
        """Return the signal against time at one wavelength, interpolated linearly.

        Args:
            at: The wavelength, such as "311 nm".

        Spectra that are masked there are left out.

        Raises:
            SpectrumError: The wavelength lies outside the spectra, or all are masked there.
        """
        nm = parse(at).to("nm")
        if not self.wavelength[0] <= nm <= self.wavelength[-1]:
            low, high = self.wavelength[[0, -1]]
            raise SpectrumError(f"{at} lies outside the spectra ({low:g}-{high:g} nm)")
        value = np.array([np.interp(nm, self.wavelength, row) for row in self.absorbance])
        masked = np.isnan(value)
        if masked.all():
            what = f"the readings at {at} are masked in all spectra"
            raise SpectrumError(what, "Choose another wavelength")
        left = [f"{masked.sum()} of {len(value)} spectra are masked there, so left out"]
        return Trace(
            self.time[~masked],
            value[~masked],
            self.time_unit,
            f"{self.signal} at {nm:g} nm",
            (*self.history, f"signal read at {nm:g} nm", *(left if masked.any() else [])),
            self.offset_free,
            self.time_name,
        )

    def kept(self, spectra: Mask) -> SpectrumSeries:
        """Return some of the spectra.

        Args:
            spectra: Which of them, shape (m,).
        """
        return self._part(spectra, np.full(len(self.wavelength), True))

    def at_wavelengths(self, kept: Mask, why: str) -> SpectrumSeries:
        """Return the spectra at some of the wavelengths.

        Args:
            kept: Which of them, shape (n,).
            why: What was wrong with the others, for the history.
        """
        some = self.wavelength[~kept]
        where = f"{some[0]:g} nm" if len(some) == 1 else f"{some[0]:g} to {some[-1]:g} nm"
        note = f"{len(some)} of {len(kept)} wavelengths are left out ({where}): {why}"
        part = self._part(np.full(len(self), True), kept)
        return replace(part, history=(*self.history, note))

    def window(self, low: float, high: float) -> SpectrumSeries:
        """Return the part of the series between two wavelengths, both included.

        Args:
            low: First wavelength, nm.
            high: Last wavelength, nm.

        Raises:
            SpectrumError: No wavelengths lie there.
        """
        low, high = sorted((low, high))
        keep = between(self.wavelength, low, high, "wavelengths", "nm")
        part = self._part(np.full(len(self), True), keep)
        note = f"only {low:g} to {high:g} nm, {keep.sum()} of {len(keep)} wavelengths"
        return replace(part, history=(*self.history, note))

    def between_times(self, first: float = -math.inf, last: float = math.inf) -> SpectrumSeries:
        """Return the spectra between two times, both included; those without a time are left out.

        Args:
            first: First time, in ``time_unit``.
            last: Last time, in ``time_unit``.

        Raises:
            SpectrumError: No spectra lie there.
        """
        keep = between(self.time, first, last, "spectra", self.time_unit)
        note = note_of_times(keep, first, last, "spectra", self.time_unit)
        return replace(self.kept(keep), history=(*self.history, note))

    def without_times(self, first: float, last: float) -> SpectrumSeries:
        """Return the spectra that were not taken between two times, both included.

        Args:
            first: First time, in ``time_unit``.
            last: Last time, in ``time_unit``.

        Raises:
            SpectrumError: No spectra lie there, or no others.
        """
        keep, note = outside(self.time, first, last, "spectra", self.time_unit)
        return replace(self.kept(keep), history=(*self.history, note))

    def masked(self, low: float, high: float) -> SpectrumSeries:
        """Return the series with all readings between two wavelengths masked, both included.

        Args:
            low: First wavelength, nm.
            high: Last wavelength, nm.

        Raises:
            SpectrumError: No wavelengths lie there, or no others.
        """
        keep, note = outside(self.wavelength, low, high, "wavelengths", "nm")
        absorbance = np.where(keep, self.absorbance, np.nan)
        return replace(self, absorbance=absorbance, history=(*self.history, note))

    def without_masked(self) -> SpectrumSeries:
        """Return the series without the wavelengths that have masked readings (NaN).

        Where more than half of the wavelengths would go, the spectra with the most masked readings
        are left out first.

        Raises:
            SpectrumError: Nothing would be left.
        """
        masked = ~np.isfinite(self.absorbance)
        if not masked.any():
            return self
        spectra = np.full(len(self), True)
        while spectra.any() and 2 * masked[spectra].any(axis=0).sum() > masked.shape[1]:
            spectra[np.argmax(np.where(spectra, masked.sum(axis=1), -1))] = False
        if not spectra.any():
            what = "most readings of every spectrum are masked"
            raise SpectrumError(what, "Choose the wavelengths that were measured")
        keep = ~masked[spectra].any(axis=0)
        gone = np.array(self.labels)[~spectra].tolist()
        notes = [f"left out for their masked readings: {listed_names(gone)}"] if gone else []
        if not keep.all():
            lost = self.wavelength[~keep]
            where = f"{lost[0]:g} nm" if len(lost) == 1 else f"{lost[0]:g} to {lost[-1]:g} nm"
            many = f"{len(lost)} of {len(keep)} wavelengths"
            notes.append(f"left out for masked readings: {many}, {where}")
        return replace(self._part(spectra, keep), history=(*self.history, *notes))

    def _part(self, spectra: Mask, wavelengths: Mask) -> SpectrumSeries:
        """Return the chosen spectra (m,) at the chosen wavelengths (n,)."""
        chosen = np.ix_(spectra, wavelengths)
        return replace(
            self,
            wavelength=self.wavelength[wavelengths],
            time=self.time[spectra],
            absorbance=self.absorbance[chosen],
            labels=tuple(np.array(self.labels, dtype=object)[spectra].tolist()),
            variance=None if self.variance is None else self.variance[chosen],
            beside={name: values[spectra] for name, values in self.beside.items()},
        )

    def subtract(self, index: int) -> SpectrumSeries:
        """Return the series with one of its own spectra subtracted from all.

        The subtraction shifts the whole series by an unknown amount: plateau and prefactor of a
        growth curve move, and a lag can no longer be read from it (``offset_free``).

        Args:
            index: Which spectrum, counted from 0, or from the end below it.

        Raises:
            SpectrumError: There is none.
        """
        if not -len(self) <= index < len(self):
            have = counted(len(self), "spectrum")
            raise SpectrumError(f"no spectrum {index} to subtract, of {have}", "Count them from 0")
        note = f"the spectrum '{self.labels[index]}' was subtracted from all"
        return replace(
            self,
            absorbance=self.absorbance - self.absorbance[index],
            history=(*self.history, note),
            offset_free=True,
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per wavelength and one column per spectrum."""
        import pandas as pd

        index = pd.Index(self.wavelength, name="wavelength / nm")
        return pd.DataFrame(self.absorbance.T, index=index, columns=list(self.labels))

    def to_xarray(self) -> xr.DataArray:
        """Return a labelled array with the dimensions time and wavelength."""
        import xarray as xr

        return xr.DataArray(
            self.absorbance,
            dims=("time", "wavelength"),
            coords={
                "time": ("time", self.time, {"units": self.time_unit, "long_name": self.time_name}),
                "wavelength": ("wavelength", self.wavelength, {"units": "nm"}),
                "label": ("time", list(self.labels)),
                **dict(_beside(self.beside)),
            },
            name=self.signal,
            attrs={**self.metadata, "history": "; ".join(self.history)},
        )

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<li>{escape(line)}</li>" for line in self.history)
        low, high = self.wavelength[[0, -1]]
        head = f"{counted(len(self), 'spectrum')} ({self.signal}), {low:g}-{high:g} nm"
        return f"<p><b>{escape(head)}</b></p><ul>{rows}</ul>"


def _beside(known: Mapping[str, Array]) -> Iterator[tuple[str, Any]]:
    """Yield what stands beside the times as coordinates, the unit apart from the name."""
    for name, values in known.items():
        words, _, unit = name.partition(" / ")
        yield words.replace(" ", "_"), ("time", values, {"units": unit or "1"})
