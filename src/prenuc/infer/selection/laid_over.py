r"""Measured spectra laid over a simulated experiment: χ², and what they say of one constant.

The experiment is simulated at the times of the spectra (:func:`~.condensed.fitting`); nothing is
scaled, shifted or subtracted. With σ the white noise of the spectra themselves, from their third
differences and never below what a photometer reads,

.. math:: \chi^2 = \sum (A_{measured} - A_{simulated})^2 / σ^2

over all readings in the range of the catalogue's spectra. Of one constant, everything else as it
is, the spectra say ln p + δ with δ = J·r/(J·J) and a standard error √(ĉ/(J·J)): r are the residuals
over σ, J their tangents in ln p, and ĉ = χ² after δ for each reading where that exceeds 1. This is
one step of Gauss and Newton, so that nothing is said where δ is beyond :data:`NEAR`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, InputError
from prenuc.infer.calibration.priors import TWO_SIDED
from prenuc.infer.selection.condensed import FINEST, fitting
from prenuc.observe.absorption import LONGEST, SHORTEST, absorbances
from prenuc.observe.curvature import white_noise
from prenuc.observe.slopes import absorbance_slopes
from prenuc.simulation.run import simulate

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Run

NEAR = 0.3  # of ln p: beyond, one step tells no number


@dataclass(frozen=True)
class Local:
    """What spectra say of one constant with everything else as it is.

    Args:
        name: Of the constant.
        unit: Of the numbers.
        best: Where χ² is least.
        low: Lower end of the 95 % interval.
        high: Upper end.
    """

    name: str
    unit: str
    best: float
    low: float
    high: float

    def __str__(self) -> str:
        unit = "" if self.unit in {"1", ""} else f" {self.unit}"
        return f"{self.name} {self.best:.4g} ({self.low:.4g} to {self.high:.4g}){unit}"


@dataclass
class LaidOver:
    """Spectra over a simulated experiment.

    Args:
        measured: In the range of the catalogue's spectra.
        sd: White noise of a reading, absorbance.
    """

    measured: SpectrumSeries
    sd: float
    _earlier: Run | None = field(init=False, default=None, repr=False)

    @classmethod
    def of(cls, series: SpectrumSeries) -> LaidOver:
        """Return spectra that can be laid over an experiment.

        Raises:
            FitError: They show no absorbance, have no times, or none of them is in the range.
        """
        kept = (series.wavelength >= SHORTEST) & (series.wavelength <= LONGEST)
        if series.signal != "absorbance" or not np.all(np.isfinite(series.time)):
            raise FitError("these spectra show no absorbance at known times", "Give such")
        if not kept.any():
            what = f"no wavelength of these spectra is within {SHORTEST:g} to {LONGEST:g} nm"
            raise FitError(what, "Give spectra of that range")
        rows = series.absorbance[:, kept]
        measured = replace(
            series, wavelength=series.wavelength[kept], absorbance=rows, variance=None
        )
        each = [white_noise(row[np.isfinite(row)]) for row in rows]
        return cls(measured, max(float(np.median(each)), FINEST))

    @property
    def readings(self) -> int:
        """How many readings are compared."""
        return int(np.isfinite(self.measured.absorbance).sum())

    def chi2(self, mechanism: Mechanism, protocol: Protocol) -> float:
        """Return χ² of the spectra.

        Args:
            mechanism: What could have happened.
            protocol: What was done.

        Raises:
            FitError: The spectra are not those that the protocol measures.
            SimulationError: The integrator gave up.
        """
        run = simulate(mechanism, self._measuring(protocol), earlier=self._earlier)
        self._earlier = run
        left = self._residual(run)
        return float(left @ left)

    def local(self, mechanism: Mechanism, protocol: Protocol, name: str) -> Local | None:
        """Return what the spectra say of one constant; None where they say nothing.

        Args:
            mechanism: What could have happened.
            protocol: What was done.
            name: The constant, which must not be below zero.

        Raises:
            FitError: The spectra are not those that the protocol measures.
            InputError: There is no such constant.
        """
        if name not in mechanism.constants:
            raise InputError(f"no constant '{name}'")
        value = mechanism.constants[name]
        run = simulate(mechanism, self._measuring(protocol), parameters=(name,))
        slopes = absorbance_slopes(run, self.measured.wavelength)[0] * value.si / self.sd
        seen = np.isfinite(self.measured.absorbance)
        tangent, left = slopes[seen], self._residual(run)
        strength = float(tangent @ tangent)
        if not (value.quantity.number > 0 and strength > 0):
            return None
        step = float(tangent @ left) / strength
        rest = left - step * tangent
        spread = max(1.0, float(rest @ rest) / max(len(left) - 1, 1))
        error = TWO_SIDED * math.sqrt(spread / strength)
        if max(abs(step), error) > NEAR:
            return None
        ends = [value.quantity.number * math.exp(step + by) for by in (0.0, -error, error)]
        return Local(name, value.quantity.unit, *ends)

    def _measuring(self, protocol: Protocol) -> Protocol:
        # which readings are masked does not matter for when spectra were taken
        return fitting(
            replace(self.measured, absorbance=np.zeros_like(self.measured.absorbance)), protocol
        )

    def _residual(self, run: Run) -> Array:
        """Return all residuals in standard deviations of the noise."""
        simulated = absorbances([run], self.measured.wavelength)
        left = (self.measured.absorbance - simulated) / self.sd
        return left[np.isfinite(left)]
