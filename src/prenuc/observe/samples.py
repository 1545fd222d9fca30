"""Spectra of samples: which of their times is the axis, and what stands beside it.

A sample has two times: how long the flask had reacted when it was taken, and how long it stood
until it was measured. Where each spectrum is of a sample of its own, spectra are a course of the
reaction, and the reaction time is their axis (of one alone, where it was looked at as soon as it
was taken); otherwise it is the time on the clock of the vessel
that was looked at. The other time and the dilution stand beside either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.simulation.solution import Measurement

REACTION, STANDING = "reaction time", "time in vessel"


@dataclass(frozen=True)
class Sample:
    """Of what a spectrum is.

    Args:
        vessel: That was looked at.
        label: Vessel and time on its clock.
        time: On the vessel's clock, in min.
        reaction_time: Of the flask when the sample was taken, in min; NaN for none.
        dilution: Volume over that of the reaction mixture in it.
    """

    vessel: str
    label: str
    time: float
    reaction_time: float = math.nan
    dilution: float = 1.0

    @classmethod
    def of(cls, measurement: Measurement) -> Sample:
        """Return what a measurement of a run looked at."""
        reacted = measurement.reaction_time
        return cls(
            vessel=measurement.vessel,
            label=measurement.label,
            time=measurement.time / 60.0,
            reaction_time=math.nan if reacted is None else reacted / 60.0,
            dilution=measurement.dilution,
        )

    @property
    def of_reaction(self) -> str:
        """Vessel and reaction time, such as "c30, 30 min of reaction"."""
        name = self.label if self.time > 0 else self.vessel
        return f"{name}, {self.reaction_time:.6g} min of reaction"


def is_course(samples: Sequence[Sample]) -> bool:
    """Say whether spectra of samples show the course of a reaction.

    Args:
        samples: Of what each spectrum is.
    """
    vessels = {one.vessel for one in samples}
    reacted = {one.reaction_time for one in samples}
    known = all(map(math.isfinite, reacted))
    alone = len(samples) == 1 and samples[0].time == 0
    return len(vessels) == len(samples) and known and (len(reacted) > 1 or alone)


def series_of(
    samples: Sequence[Sample],
    wavelength: Array,
    absorbance: Array,
    *,
    labels: tuple[str, ...] = (),
    **about: Any,
) -> SpectrumSeries:
    """Return spectra of samples.

    Args:
        samples: Of what each spectrum is, m of them.
        wavelength: In nm, shape (n,).
        absorbance: Signal, shape (m, n).
        labels: Of the spectra, m of them; made from the samples when empty.
        about: The other fields of the series.
    """
    course = is_course(samples)
    standing = np.array([one.time for one in samples])
    reacted = np.array([one.reaction_time for one in samples])
    other = {f"{STANDING} / min": standing} if course else {f"{REACTION} / min": reacted}
    dilution = np.array([one.dilution for one in samples])
    return SpectrumSeries(
        wavelength=wavelength,
        time=reacted if course else standing,
        absorbance=absorbance,
        labels=labels or tuple(one.of_reaction if course else one.label for one in samples),
        time_name=REACTION if course else "time",
        beside=other | {"dilution": dilution},
        **about,
    )
