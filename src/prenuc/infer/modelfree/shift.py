r"""Apparent redshift: does one band move, or does one band give way to another?

Two descriptions are held against the same spectra.

**It converts**: fixed spectra whose amounts change, so the matrix has a small rank r
(:mod:`prenuc.infer.modelfree.components`); with r = 2 all spectra cross in isosbestic points.

**It moves**: one band shape s that shifts, widens and grows on the axis of photon energy,

.. math:: A_i(E) = b_i\, s\!\Big(\frac{E - δ_i}{w_i}\Big),

as dots do that grow continuously. s is a cubic spline; b, δ, w and s are found by damped
Gauss-Newton steps (Marquardt 1963, J. Soc. Ind. Appl. Math. 11, 431) in the metric of the noise.

======= ======================================= ==========
symbol  meaning                                 unit
======= ======================================= ==========
b_i     size of the band in spectrum i          1
δ_i     its shift                               eV
w_i     its width relative to the mean          1
s       its shape                               absorbance
======= ======================================= ==========

A description **fits** when no component stands above the noise in what it leaves. One that fits
while the other does not is the answer. If both fit (a shift that is small against the width of the
band is a rank-2 change) or neither does, the answer is "cannot tell", with what each leaves behind.

Limits: one moving band without anything static beneath it; choose the range of wavelengths
(:meth:`prenuc.observe.series.SpectrumSeries.window`) so that it holds the band and little else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.infer.modelfree.components import Components, count_components
from prenuc.infer.modelfree.moving_band import MovingBand, fit_moving_band

if TYPE_CHECKING:
    import pandas as pd

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

MOST_FIXED = 3  # fixed spectra that still count as a stepwise conversion
MOST_WAVELENGTHS, MOST_SPECTRA = 100, 24  # what the shape is judged on
FALLS = 5.0  # standard errors of a loss that counts
LOST = 0.05  # and its share of the strongest gain

Answer = Literal["moves", "converts", "cannot tell"]


@dataclass(frozen=True, kw_only=True)
class ShiftTest:
    """Whether one band moves or one gives way to another.

    Args:
        answer: What the data say.
        fixed: How many fixed spectra describe them; None if more than three are needed.
        fixed_misfit: What the best two leave, absorbance (standard deviation, offsets of whole
            spectra not counted).
        moving_misfit: What one moving band leaves, absorbance.
        noise: What the noise gives, absorbance.
        moving_fits: Whether one moving band leaves nothing above the noise.
        falls: Whether the signal falls anywhere as it rises elsewhere.
        band: The moving band that fits best, in the spectra that it was judged on.
        components: What was found about the number of components.
    """

    answer: Answer
    fixed: int | None
    fixed_misfit: float
    moving_misfit: float
    noise: float
    moving_fits: bool
    falls: bool
    band: MovingBand
    components: Components

    @property
    def verdict(self) -> str:
        """The answer with its reason, as a sentence."""
        left = (
            f"(left over: {1e3 * self.fixed_misfit:.2g} mAU by two fixed spectra, "
            f"{1e3 * self.moving_misfit:.2g} by one moving band, noise {1e3 * self.noise:.2g})"
        )
        if self.answer == "converts":
            return (
                f"converts: {self.fixed} fixed spectra describe it, a moving band does not {left}"
            )
        if self.answer == "moves":
            return (
                f"moves: one band that shifts by {self.band.shift_ev:+.3f} eV describes it, fixed "
                f"spectra do not {left}"
            )
        return f"cannot tell: {self._why()} {left}"

    def _why(self) -> str:
        if self.moving_fits and self.fixed is not None:
            return "one moving band and fixed spectra both describe it"
        if self.fixed is None and not self.moving_fits:
            more = f"more than {MOST_FIXED} fixed spectra would be needed"
            return f"{more}, and one moving band does not describe it either"
        if not self.falls:
            return "nothing falls as something else rises, so no band gives way"
        return "the number of fixed spectra is not certain"

    def to_dataframe(self) -> pd.DataFrame:
        """Return size, shift and width of the moving band, one row per spectrum judged."""
        import pandas as pd

        columns = {"size": self.band.size, "shift / eV": self.band.shift, "width": self.band.width}
        index = pd.Index(self.components.whitened.series.labels, name="spectrum")
        return pd.DataFrame(columns, index=index)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data for JSON."""
        return {
            "verdict": self.verdict,
            "answer": self.answer,
            "fixed_spectra": self.fixed,
            "fixed_misfit": self.fixed_misfit,
            "moving_misfit": self.moving_misfit,
            "noise": self.noise,
            "moving_fits": self.moving_fits,
            "falls": self.falls,
            "shift_ev": self.band.shift_ev,
        }


def judge_shift(series: SpectrumSeries) -> ShiftTest:
    """Say whether one band moves or one band gives way to another.

    Args:
        series: At least 6 absorption spectra in the order of their times, in the range of the band.

    Raises:
        FitError: See :func:`prenuc.infer.noise.whitened.check_series`.
    """
    found = count_components(_condensed(series))
    data = found.whitened
    energy = PHOTON_ENERGY_NM / data.series.wavelength
    band = fit_moving_band(energy, data)
    rest = data.forth(data.series.absorbance - band.fitted)
    moving_fits = float(np.linalg.norm(rest, 2)) <= found.noise_level
    fixed = found.at_most if found.at_most <= MOST_FIXED else None
    falls = _falls(found)
    left, size, right = data.factors
    two = data.back((left[:, :2] * size[:2]) @ right[:2])
    return ShiftTest(
        answer=_answer(found, moving_fits=moving_fits, falls=falls),
        fixed=fixed,
        fixed_misfit=_scatter(data.series.absorbance - two),
        moving_misfit=_scatter(data.series.absorbance - band.fitted),
        noise=data.noise.sd,
        moving_fits=moving_fits,
        falls=falls,
        band=band,
        components=found,
    )


def _answer(found: Components, *, moving_fits: bool, falls: bool) -> Answer:
    # A band that moves far has the rank of several fixed spectra; that one shape does for all
    # of them is the simpler account. Two fixed spectra may be the ends of a small shift.
    if moving_fits and found.at_least > 2:
        return "moves"
    if falls and not moving_fits and found.at_least >= 2 and found.at_most <= MOST_FIXED:
        return "converts"
    return "cannot tell"


def _condensed(series: SpectrumSeries) -> SpectrumSeries:
    """Return at most 24 of the spectra, neighbouring wavelengths averaged to at most 100."""
    m, n = series.absorbance.shape
    rows = np.unique(np.linspace(0, m - 1, min(m, MOST_SPECTRA)).round().astype(int))
    each = max(1, -(-n // MOST_WAVELENGTHS))
    used = n // each * each
    columns = series.absorbance[rows][:, :used].reshape(len(rows), -1, each).mean(axis=2)
    return replace(
        series,
        wavelength=series.wavelength[:used].reshape(-1, each).mean(axis=1),
        time=series.time[rows],
        absorbance=columns,
        labels=tuple(series.labels[i] for i in rows),
        beside={name: values[rows] for name, values in series.beside.items()},
        variance=None,
    )


def _scatter(rest: Array) -> float:
    """Return the standard deviation of what is left, offsets of whole spectra not counted."""
    return float(np.std(rest - rest.mean(axis=1, keepdims=True)))


def _falls(found: Components) -> bool:
    """Tell whether the signal falls somewhere as it rises elsewhere, along the main change."""
    data = found.whitened
    change = data.series.absorbance - data.series.absorbance.mean(axis=0)
    _, size, right = np.linalg.svd(data.forth(change), full_matrices=False)
    loading = data.back(size[:1, None] * right[:1])[0]
    least = FALLS * float(np.hypot(data.noise.sd, data.noise.offset_sd))
    gain, loss = float(loading.max()), float(-loading.min())
    return min(gain, loss) > max(least, LOST * max(gain, loss))
