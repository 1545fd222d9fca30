"""One data set: spectra or a trace, and what was different about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.observe.trace import Trace


@dataclass(frozen=True)
class Dilution:
    """What is measured was diluted.

    Args:
        factor: Volume after over volume before; above 1.
        at: Time of the dilution, in the data's unit; None if every sample was diluted.
    """

    factor: float
    at: float | None = None


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Spectra or a trace, and what was done.

    Args:
        data: The measurement.
        label: Its name; made from its place when empty.
        temperature: Such as "60 degC".
        dose: Amounts of what was added, by name, in one unit for all data sets.
        initial: Starting concentration of the first species, in one unit for all data sets; rate
            constants of higher order come in its inverse.
        dilution: A dilution, or several.
        lag: The lag where it is known, in the data's unit of time.
        background: Whether a static background of unknown shape lies under it.
    """

    data: SpectrumSeries | Trace
    label: str = ""
    temperature: str = ""
    dose: Mapping[str, float] = field(default_factory=dict)
    initial: float = 1.0
    dilution: Dilution | Sequence[Dilution] = ()
    lag: float | None = None
    background: bool = True

    @property
    def dilutions(self) -> tuple[Dilution, ...]:
        """All dilutions."""
        return (self.dilution,) if isinstance(self.dilution, Dilution) else tuple(self.dilution)

    @property
    def series(self) -> SpectrumSeries:
        """The data as spectra; a trace has one wavelength."""
        if isinstance(self.data, SpectrumSeries):
            return self.data
        trace = self.data
        return SpectrumSeries(
            np.zeros(1), trace.time, trace.value[:, None], (), trace.time_unit, trace.name,
            time_name=trace.time_name,
        )  # fmt: skip
