r"""Do all spectra cross in one point? Isosbestic points with an interval and a test.

Near a crossing each spectrum, less the mean of all, is a smooth curve of the wavelength. Its value
there, z_i(λ), is read by a local polynomial (degree 4), whose weights w(λ) give its variance from
the noise model, offsets of whole spectra included (:mod:`prenuc.infer.noise.whitened`):

.. math:: χ^2(λ) = \sum_i z_i(λ)^2 / \mathrm{var}\, z, \qquad
   \mathrm{var}\, z = \sum_j v_j \, (Q^T w)_j^2

The point is where χ² is least, with the standard error
:math:`[\mathrm{var}\, z / \sum_i (dz_i/dλ)^2]^{1/2}`, times :math:`(χ^2/f)^{1/2}` where that
exceeds 1. The crossing **holds** if the least χ² is what the noise gives: p from the F
distribution with f = m − 2 degrees of freedom and those of the noise itself (Satterthwaite 1946,
Biometrics 2, 110), since offsets and correlated noise are known no better than the residuals tell.

A point that holds agrees with two absorbing species, or with several that change in a fixed ratio;
it proves neither. A point that fails excludes a single conversion: a third species, growth of
what is there, dilution or a drifting baseline.

A crossing is looked for between wavelengths where the main change goes up and where it goes
down; where the noise could hide a tenth of the change, the answer is "cannot tell".
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from prenuc.errors import FitError
from prenuc.infer.modelfree.components import in_units_of_noise

if TYPE_CHECKING:
    import pandas as pd

    from prenuc.arrays import Array
    from prenuc.infer.noise.whitened import Whitened
    from prenuc.observe.series import SpectrumSeries

LEVEL = 0.01  # p below which a crossing does not hold
HIDDEN = 0.1  # share of the change that noise must not be able to hide
SIGNIFICANT = 5.0  # standard errors that a change needs to count as one
OF_STRONGEST = 0.03  # and this share of the strongest change
REFINED = 4
STEPS = 41  # wavelengths tried around a crossing
DEGREE = 4
FEWEST_POINTS = 7  # wavelengths in a local polynomial

Answer = Literal["holds", "fails", "cannot tell"]


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """One candidate for an isosbestic point.

    Args:
        position_nm: Where the spectra agree best, nm.
        ci95_nm: Its 95 % interval, nm.
        answer: Whether they agree within their noise.
        p_value: Chance of so much disagreement, or more, if all cross there.
        spread: Standard deviation of the spectra there, absorbance.
        noise: What the noise alone would give, absorbance.
        change: How far the spectra part beside it, on the weaker side, absorbance.
    """

    position_nm: float
    ci95_nm: tuple[float, float]
    answer: Answer
    p_value: float
    spread: float
    noise: float
    change: float

    @property
    def verdict(self) -> str:
        """What it means, as a sentence."""
        low, high = self.ci95_nm
        where = f"{self.position_nm:.2f} nm ({low:.2f} to {high:.2f})"
        if self.answer == "holds":
            return f"isosbestic point at {where}: all spectra cross there, p = {self.p_value:.2g}"
        if self.answer == "fails":
            return (
                f"no isosbestic point near {self.position_nm:.1f} nm: the spectra scatter by "
                f"{1e3 * self.spread:.2g} mAU where noise gives {1e3 * self.noise:.2g}, "
                f"p = {self.p_value:.1g}"
            )
        return (
            f"cannot tell at {where}: the noise ({1e3 * self.noise:.2g} mAU) could hide a tenth "
            f"of the change beside it ({1e3 * self.change:.2g} mAU)"
        )


@dataclass(frozen=True, kw_only=True)
class IsosbesticTest:
    """All crossings of a series and what they mean together.

    Args:
        crossings: The candidates, by wavelength.
    """

    crossings: tuple[Crossing, ...]

    @property
    def verdict(self) -> str:
        """What the crossings mean together, as a sentence."""
        answers = [one.answer for one in self.crossings]
        if not answers:
            return "nothing falls as something else rises, so there is no crossing to test"
        if "fails" in answers:
            return (
                "not one conversion: at least one crossing fails, so there is a third species, "
                "growth or dilution of what is there, or a baseline that drifts"
            )
        if "cannot tell" in answers:
            return "cannot tell: the noise is too large beside the change"
        return (
            "every crossing holds: agrees with one species turning into one other (or several in "
            "a fixed ratio), which it does not prove"
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per crossing."""
        import pandas as pd

        return pd.DataFrame([_row(one) for one in self.crossings])

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data for JSON."""
        return {"verdict": self.verdict, "crossings": [_row(one) for one in self.crossings]}


def _row(one: Crossing) -> dict[str, Any]:
    low, high = one.ci95_nm
    return {
        "position_nm": one.position_nm,
        "ci95_low_nm": low,
        "ci95_high_nm": high,
        "answer": one.answer,
        "p_value": one.p_value,
        "spread": one.spread,
        "noise": one.noise,
        "change": one.change,
        "verdict": one.verdict,
    }


def judge_isosbestic(series: SpectrumSeries, *, whitened: Whitened | None = None) -> IsosbesticTest:
    """Find where the spectra of a series cross, and test whether they do so in one point.

    Args:
        series: At least 6 spectra, in the order of their times.
        whitened: The spectra in units of their noise, where they are known already.

    Raises:
        FitError: See :func:`prenuc.infer.noise.whitened.check_series`.
    """
    data = whitened or in_units_of_noise(series)
    change = series.absorbance - series.absorbance.mean(axis=0)
    left, size, right = np.linalg.svd(data.forth(change), full_matrices=False)
    loading = data.back(size[:1, None] * right[:1])[0]
    span = float(np.ptp(left[:, 0]))
    # An error of a loading is that of one absorbance: its course is a vector of length 1.
    error = float(np.hypot(data.noise.sd, data.noise.offset_sd))
    found = [
        _judge(data, change, loading * span, gap) for gap in _gaps(loading, SIGNIFICANT * error)
    ]
    return IsosbesticTest(crossings=tuple(one for one in found if one is not None))


def isosbestic_points(series: SpectrumSeries) -> tuple[Crossing, ...]:
    """Return the crossings that hold, by wavelength; none where that cannot be asked.

    Args:
        series: Spectra in the order of their times. Wavelengths at which a reading is masked are
            left out.
    """
    whole = np.isfinite(series.absorbance).all(axis=0)
    if not whole.all():
        series = replace(
            series,
            wavelength=series.wavelength[whole],
            absorbance=series.absorbance[:, whole],
            variance=None if series.variance is None else series.variance[:, whole],
        )
    try:
        found = judge_isosbestic(series).crossings
    except FitError:  # too few spectra, or in no order
        return ()
    return tuple(one for one in found if one.answer == "holds")


def _gaps(loading: Array, least: float) -> list[tuple[int, int, int, int]]:
    """Return the places where the change passes from one sign to the other.

    Each is (extreme before, last wavelength before, first wavelength after, extreme after).
    """
    size = np.abs(loading)
    strong = np.flatnonzero(size > max(least, OF_STRONGEST * float(size.max())))
    found = []
    for i, j in itertools.pairwise(strong):
        if loading[i] * loading[j] >= 0:
            continue
        before, after = i, j
        while before > 0 and size[before - 1] >= size[before]:
            before -= 1
        while after < len(size) - 1 and size[after + 1] >= size[after]:
            after += 1
        # Where nothing absorbs over a wide range the spectra touch, they do not cross.
        if j - i <= max(0.5 * (after - before), 3):
            found.append((int(before), int(i), int(j), int(after)))
    return found


def _judge(
    data: Whitened, change: Array, loading: Array, gap: tuple[int, int, int, int]
) -> Crossing | None:
    from scipy.special import fdtrc

    before, i, j, after = gap
    x = data.series.wavelength
    middle = 0.5 * (x[i] + x[j])
    half = max(
        0.5 * min(middle - x[before], x[after] - middle), 3.5 * float(np.diff(x[i : j + 1]).max())
    )
    tried = np.linspace(x[i] - half / 2, x[j] + half / 2, STEPS)
    tried = tried[(tried > x[0]) & (tried < x[-1])]
    near = [_value(data, change, float(at), half) for at in tried]
    if not near or any(one is None for one in near):
        return None
    chi2 = [float(one.value @ one.value) / one.variance for one in near if one is not None]
    at, freedom = float(tried[int(np.argmin(chi2))]), len(change) - 2
    here = near[int(np.argmin(chi2))]
    for _ in range(REFINED):  # Gauss-Newton steps towards the least χ²
        if here is None:
            return None
        at -= float(here.value @ here.slope) / float(here.slope @ here.slope)
        here = _value(data, change, at, half)
    if here is None:
        return None
    ratio = float(here.value @ here.value) / here.variance / freedom
    error = 1.96 * math.sqrt(max(1.0, ratio) * here.variance / float(here.slope @ here.slope))
    noise = math.sqrt(here.variance)
    p = float(fdtrc(freedom, here.freedom, ratio))
    swing = float(min(abs(loading[before]), abs(loading[after])))
    answer: Answer = "fails" if p < LEVEL else "holds"
    if answer == "holds" and noise > HIDDEN * swing:
        answer = "cannot tell"
    return Crossing(
        position_nm=at,
        ci95_nm=(at - error, at + error),
        answer=answer,
        p_value=p,
        spread=float(np.linalg.norm(here.value)) / math.sqrt(len(change) - 1),
        noise=noise,
        change=swing,
    )


@dataclass(frozen=True)
class _Reading:
    """All spectra at one wavelength: values and slopes, shape (m,), and variance of a value.

    The variance rests on so many independent values (``freedom``).
    """

    value: Array
    slope: Array
    variance: float
    freedom: float


def _value(data: Whitened, change: Array, at: float, half: float) -> _Reading | None:
    """Read the spectra at one wavelength from a local polynomial; None if it has too few points."""
    x = data.series.wavelength
    chosen = np.flatnonzero(np.abs(x - at) <= half)
    if len(chosen) < FEWEST_POINTS:
        return None
    inverse = np.linalg.pinv(np.vander((x[chosen] - at) / half, DEGREE + 1, increasing=True))
    weights = np.zeros((2, len(x)))
    weights[:, chosen] = inverse[:2] / np.array([[1.0], [half]])
    value, slope = weights @ change.T
    return _Reading(value, slope, *data.variance_of(weights[0]))
