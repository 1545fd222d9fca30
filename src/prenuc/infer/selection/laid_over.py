r"""Measured spectra laid over what a mechanism shows, with nothing fitted but extinctions.

.. math:: χ^2 = \min_b Σ \left(\frac{A - \sum_s e^{\ln 2\, b_s} X_s}{σ}\right)^2 + |b|^2

X are the spectra of each absorber from the catalogue, whose extinctions are unknown within a factor
of two, as in every comparison of mechanisms (:class:`~prenuc.infer.selection.shapes.KnownShapes`);
σ is the white noise that the spectra show. If the mechanism and its constants are right, χ² lies
in the given interval in 95 of 100 cases. Offsets and drifts of an instrument count as misfit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.calibration.candidate import Candidate
from prenuc.infer.selection.condensed import Condensed, fitting
from prenuc.infer.selection.shapes import KnownShapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.protocol import Protocol

HELD = 0.95  # of all cases, by the interval of χ²


@dataclass(frozen=True)
class Misfit:
    """How far spectra are from what a mechanism shows.

    Args:
        chi2: See the module.
        readings: Absorbances that were held against it.
        expected: 95 % interval of χ² if the mechanism is right.
        amplitudes: Factor of each absorber's extinction that the spectra call for.
        noise: Standard deviation of white noise that was taken, absorbance.
    """

    chi2: float
    readings: int
    expected: tuple[float, float]
    amplitudes: Mapping[str, float]
    noise: float


@dataclass(frozen=True)
class LaidOver:
    """Spectra that are held against one state of a flask after another.

    Args:
        data: The spectra at wavelengths that absorbers have, and their noise.
        series: The same, as they were given.
    """

    data: Condensed
    series: SpectrumSeries

    @classmethod
    def of(cls, spectra: SpectrumSeries, mechanism: Mechanism, protocol: Protocol) -> LaidOver:
        """Return spectra with the noise that they show beside the bands of absorbers.

        Args:
            spectra: Absorbance over time.
            mechanism: What could have happened.
            protocol: What was done.

        Raises:
            FitError: Fewer than four spectra, or not those of the protocol.
            SimulationError: The integrator gave up.
        """
        series = spectra.without_masked()
        data = Condensed.of([series], [protocol])
        shown = Candidate(mechanism).shown(data.protocols[0], data.wavelength)
        noise = data.with_shapes([shown]).sd
        return cls(replace(data, basis=np.eye(len(data.wavelength)), sd=noise, offset_sd=0), series)

    def misfit(self, mechanism: Mechanism, protocol: Protocol) -> Misfit:
        """Return how far the spectra are from what would be measured when they were.

        Args:
            mechanism: What could have happened.
            protocol: What was done.

        Raises:
            FitError: The protocol no longer measures at the times of the spectra.
            SimulationError: The integrator gave up.
        """
        from scipy.stats import chi2 as of_chance

        shown = Candidate(mechanism).shown(fitting(self.series, protocol), self.data.wavelength)
        found = KnownShapes().fit(self.data.data, shown, self.data.weight)
        readings = self.data.data.size
        low, high = of_chance.interval(HELD, readings)
        return Misfit(
            chi2=float(np.sum(found.all_residuals**2)),
            readings=readings,
            expected=(float(low), float(high)),
            amplitudes=found.amplitudes,
            noise=self.data.sd,
        )
