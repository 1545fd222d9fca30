"""One type for measured and simulated spectra: what was seen, when, and what was assumed.

A :class:`SpectrumSeries` is a matrix of spectra × wavelengths with its axes. Everything
that was assumed or done on the way to it is a line of its ``history``; nothing is guessed
silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import Problem, SpectrumError
from prenuc.quantities import dimension, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray


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
    """

    time: NDArray[np.float64]
    value: NDArray[np.float64]
    time_unit: str = "min"
    name: str = "absorbance"
    history: tuple[str, ...] = ()
    offset_free: bool = False

    def __post_init__(self) -> None:
        if self.time.ndim != 1 or self.time.shape != self.value.shape:
            raise SpectrumError(
                f"a trace needs as many values as times: {self.value.shape}, {self.time.shape}"
            )
        if dimension(self.time_unit) not in {"[time]", ""}:
            raise SpectrumError(f"'{self.time_unit}' is not a unit of time")

    def kept(self, points: NDArray[np.bool_]) -> Trace:
        """Return some of the points.

        Args:
            points: Which of them, shape (m,).
        """
        return replace(self, time=self.time[points], value=self.value[points])

    def after(self, start: float) -> Trace:
        """Return the part of the trace from time ``start`` (in ``time_unit``) on."""
        keep = self.time >= start
        note = f"only times from {start:g} {self.time_unit} on"
        return replace(
            self, time=self.time[keep], value=self.value[keep], history=(*self.history, note)
        )


@dataclass(frozen=True)
class SpectrumSeries:
    """Spectra against time.

    Args:
        wavelength: Wavelengths in nm, ascending, shape (n,).
        time: Time of each spectrum in ``time_unit``, shape (m,); NaN where it is not known.
        absorbance: Signal, shape (m, n): absorbance, or intensity when ``signal`` says so.
        labels: A name for each spectrum, m of them; made from the times when empty.
        time_unit: Unit of ``time``.
        signal: "absorbance" or "photoluminescence".
        variance: Variance of the signal, shape (m, n), when it is known.
        metadata: Facts about the series that are not axes (file, instrument, recipe).
        history: Every assumption and treatment so far, oldest first.
        offset_free: Whether an unknown spectrum was subtracted from all spectra.

    Raises:
        SpectrumError: Shapes disagree, or the wavelengths do not ascend.
    """

    wavelength: NDArray[np.float64]
    time: NDArray[np.float64]
    absorbance: NDArray[np.float64]
    labels: tuple[str, ...] = ()
    time_unit: str = "min"
    signal: str = "absorbance"
    variance: NDArray[np.float64] | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    offset_free: bool = False

    def __post_init__(self) -> None:
        expected = (len(self.time), len(self.wavelength))
        if self.absorbance.shape != expected:
            raise SpectrumError(
                f"the matrix has shape {self.absorbance.shape}, its axes say {expected}"
            )
        if np.any(np.diff(self.wavelength) <= 0):
            raise SpectrumError("the wavelengths do not ascend")
        if not self.labels:
            labels = tuple(f"{time:g} {self.time_unit}" for time in self.time)
            object.__setattr__(self, "labels", labels)

    def __len__(self) -> int:
        return len(self.time)

    def trace(self, at: str) -> Trace:
        """Return the signal against time at one wavelength, interpolated linearly.

        Args:
            at: The wavelength, such as "311 nm".

        Raises:
            SpectrumError: The wavelength lies outside the spectra.
        """
        nm = parse(at).to("nm")
        if not self.wavelength[0] <= nm <= self.wavelength[-1]:
            low, high = self.wavelength[[0, -1]]
            raise SpectrumError(Problem(f"{at} lies outside the spectra ({low:g}-{high:g} nm)"))
        value = np.array([np.interp(nm, self.wavelength, row) for row in self.absorbance])
        return Trace(
            self.time,
            value,
            self.time_unit,
            f"{self.signal} at {nm:g} nm",
            (*self.history, f"signal read at {nm:g} nm"),
            self.offset_free,
        )

    def kept(self, spectra: NDArray[np.bool_]) -> SpectrumSeries:
        """Return some of the spectra.

        Args:
            spectra: Which of them, shape (m,).
        """
        if np.all(spectra):
            return self
        labels = tuple(label for label, on in zip(self.labels, spectra, strict=True) if on)
        variance = None if self.variance is None else self.variance[spectra]
        return replace(
            self,
            time=self.time[spectra],
            absorbance=self.absorbance[spectra],
            labels=labels,
            variance=variance,
        )

    def at_wavelengths(self, kept: NDArray[np.bool_], why: str) -> SpectrumSeries:
        """Return the spectra at some of the wavelengths.

        Args:
            kept: Which of them, shape (n,).
            why: What was wrong with the others, for the history.
        """
        some = self.wavelength[~kept]
        where = f"{some[0]:g} nm" if len(some) == 1 else f"{some[0]:g} to {some[-1]:g} nm"
        note = f"{len(some)} of {len(kept)} wavelengths are left out ({where}): {why}"
        return replace(
            self,
            wavelength=self.wavelength[kept],
            absorbance=self.absorbance[:, kept],
            variance=None if self.variance is None else self.variance[:, kept],
            history=(*self.history, note),
        )

    def subtract(self, index: int) -> SpectrumSeries:
        """Return the series with one of its own spectra subtracted from all.

        The subtraction shifts the whole series by an unknown amount: plateau and prefactor of a
        growth curve move, and a lag can no longer be read from it (``offset_free``).

        Args:
            index: Which spectrum, counted from 0.
        """
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
                "time": ("time", self.time, {"units": self.time_unit}),
                "wavelength": ("wavelength", self.wavelength, {"units": "nm"}),
                "label": ("time", list(self.labels)),
            },
            name=self.signal,
            attrs={**self.metadata, "history": "; ".join(self.history)},
        )

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<li>{escape(line)}</li>" for line in self.history)
        low, high = self.wavelength[[0, -1]]
        head = f"{len(self)} spectra ({self.signal}), {low:g}-{high:g} nm"
        return f"<p><b>{escape(head)}</b></p><ul>{rows}</ul>"
