r"""How many independent components a series of spectra holds, as far as its noise lets one see.

The spectra are whitened (:mod:`prenuc.infer.noise.whitened`) and decomposed, :math:`W = U S V^T`.
After k components the next singular value is compared with the largest one of pure noise from which
the same k courses were taken: parallel analysis (Horn 1965, Psychometrika 30, 179), with the noise
drawn from the model that was found and estimated anew in each draw, so that the uncertainty of the
noise itself is part of the threshold.

Standing above the noise is not enough: a component must also have a **course over time**. Its
roughness, the ratio of von Neumann (1941, Ann. Math. Stat. 12, 367),

.. math:: R = \sum_i (u_{i+1} - u_i)^2 \Big/ \sum_i u_i^2

is about 2 for scatter and near 0 for a course. One odd spectrum, or a baseline that jumps, stands
above the noise and has no course; then the answer is "cannot tell".

**Few spectra.** With fewer than 20 spectra a quick change and noise that is correlated along
wavelength look alike. Then a second count, with the fastest cosines alone as noise, says how many
components there may be at most.

The count is the rank of the matrix. With a closed balance of matter a static background is
part of the other spectra and no component of its own; things that change in step count as one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import counted
from prenuc.infer.noise.whitened import Whitened, noise_ceiling, scatter, smooth_courses, whiten

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

MOST = 8  # components that are looked for
DRAWS = 99  # of noise: their largest value is exceeded by chance once in a hundred
ROUGH_DRAWS = 999
ROUGH_LEVEL = 0.05  # chance that scatter looks like a course
ENOUGH = 20  # spectra from which on smooth courses and scatter can be told apart
PASSES = 2
BY_CHANCE = 1e-3  # that noise takes a smooth course so far from all smooth ones
SEED = 20261


@dataclass(frozen=True, kw_only=True)
class Components:
    """The number of components and what it rests on.

    Args:
        count: How many; None where the data do not tell.
        at_least: Components that stand above the noise and have a course over time.
        at_most: Components that stand above the noise, be it only that of the fastest cosines.
        singular_values: Of the whitened spectra, the first ones, shape (k,), in units of noise.
        noise_level: What pure noise exceeds once in a hundred.
        roughness: R of each component's course, shape (k,).
        rough_limit: R below which a component has a course, shape (k,).
        baseline: Whether one of the components is no more than a shift of whole spectra.
        whitened: The spectra in units of noise.
    """

    count: int | None
    at_least: int
    at_most: int
    singular_values: Array
    noise_level: float
    roughness: Array
    rough_limit: Array
    baseline: bool
    whitened: Whitened

    @property
    def verdict(self) -> str:
        """The answer as a sentence."""
        found = _how_many(self.at_least)
        if self.count is None:
            more = f"{MOST} or more" if self.at_most == MOST else f"up to {self.at_most}"
            few = len(self.whitened.series) < ENOUGH
            text = (
                f"cannot tell: {found} beyond doubt, {more} above the noise; the others look like "
                "scatter from spectrum to spectrum (odd spectra, a baseline that jumps"
                + (", too few spectra during the change)" if few else ")")
            )
        elif self.count == MOST:
            text = f"{MOST} components or more: no small number of fixed spectra describes these"
        else:
            next_one = self.singular_values[self.count] / self.noise_level
            text = f"{found} above the noise; the next would reach {next_one:.2f} of its level"
        if self.baseline:
            text += "; one of them is no more than a shift of whole spectra (a drifting baseline)"
        if self.whitened.series.offset_free:
            text += "; a spectrum was subtracted from all, which may hide one component"
        return text

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per component."""
        import pandas as pd

        number = pd.Index(np.arange(1, len(self.singular_values) + 1), name="component")
        columns = {
            "singular value / noise": self.singular_values,
            "noise level": self.noise_level,
            "roughness": self.roughness,
            "roughness of scatter": self.rough_limit,
        }
        return pd.DataFrame(columns, index=number)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data for JSON."""
        return {
            "verdict": self.verdict,
            "count": self.count,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "singular_values": self.singular_values,
            "noise_level": self.noise_level,
            "roughness": self.roughness,
            "rough_limit": self.rough_limit,
            "baseline": self.baseline,
            "noise": self.whitened.noise.as_dict(),
        }


def count_components(series: SpectrumSeries, *, seed: int = SEED) -> Components:
    """Say how many independent components a series of spectra holds.

    Args:
        series: At least 6 spectra, in the order of their times.
        seed: Seed of the noise that is drawn.

    Raises:
        FitError: See :func:`prenuc.infer.noise.whitened.check_series`.
    """
    return _with_few_spectra(_count(in_units_of_noise(series), seed))


def in_units_of_noise(series: SpectrumSeries) -> Whitened:
    """Return spectra in units of the noise around all courses that stand above it.

    Args:
        series: At least 6 spectra, in the order of their times.

    Raises:
        FitError: See :func:`prenuc.infer.noise.whitened.check_series`.
    """
    data = whiten(series)
    for _ in range(PASSES):
        data = whiten(series, _courses(data))
    return data


def _courses(data: Whitened) -> Array:
    """Return courses that are beyond the noise already, and so are no noise, shape (m, r).

    Offsets of whole spectra are left out: a course that contains them would hide them. So are
    courses that the smooth ones follow to within their noise, 1 / s² in each direction where s is
    the singular value: what is left of them is noise, and that of the wavelengths that change most.
    """
    from scipy.special import chdtri

    m, n = data.matrix.shape
    left, size, _ = np.linalg.svd(data.matrix[:, 1:], full_matrices=False)
    beyond = min(_leading(size > noise_ceiling(np.array([m]), n)), MOST)
    found, smooth = left[:, :beyond], smooth_courses(m)
    rest = np.sum((found - smooth @ (smooth.T @ found)) ** 2, axis=0)
    freedom = m - smooth.shape[1]
    return found[:, rest * size[:beyond] ** 2 > chdtri(freedom, BY_CHANCE)]


def _count(data: Whitened, seed: int) -> Components:
    left, size, _ = data.factors
    level, most = _noise_level(data, seed), min(MOST, len(size) - 2)
    shown = min(_leading(size > level), most) + 1
    rough = np.sum(np.diff(left[:, :shown], axis=0) ** 2, axis=0)
    limit = _rough_limits(left, shown, seed)
    above = size[:shown] > level
    at_least = min(_leading(above & (rough < limit)), most)
    at_most = min(_leading(above), most)
    inner = np.linalg.svd(data.matrix[:, 1:], compute_uv=False)[:shown]
    return Components(
        count=at_least if at_least == at_most else None,
        at_least=at_least,
        at_most=at_most,
        singular_values=size[:shown],
        noise_level=level,
        roughness=rough,
        rough_limit=limit,
        baseline=_leading(inner > level) < at_most,
        whitened=data,
    )


def _with_few_spectra(found: Components) -> Components:
    """Return the answer with as many components as the fastest cosines allow at most."""
    data = found.whitened
    if len(data.series) >= ENOUGH:
        return found
    rotated = data.matrix[:, 1:] * np.sqrt(data.noise.variance[1:])
    m, n = rotated.shape
    fast = np.linalg.qr(data.span, mode="complete")[0][:, data.span.shape[1] :].T
    quiet = float(np.mean((fast @ rotated[:, n // 2 :]) ** 2))
    size = np.linalg.svd(rotated, compute_uv=False)[: MOST + 1]
    rows = m - np.minimum(np.arange(len(size)), m - 1)
    bold = min(_leading(size > np.sqrt(quiet) * noise_ceiling(rows, n)), MOST, m - 2)
    if bold <= found.at_most:
        return found
    return replace(found, count=None, at_most=bold)


def _noise_level(data: Whitened, seed: int) -> float:
    """Return the largest singular value of all draws of noise, whitened by its own estimate."""
    random = np.random.default_rng(seed)
    m, n = data.matrix.shape
    scale = np.sqrt(data.noise.variance)
    largest = []
    for _ in range(DRAWS):
        drawn = random.normal(size=(m, n)) * scale
        drawn /= np.sqrt(scatter(drawn, data.span).variance)
        largest.append(float(np.linalg.eigvalsh(drawn @ drawn.T)[-1]))
    return float(np.sqrt(max(largest)))


def _rough_limits(left: Array, shown: int, seed: int) -> Array:
    """Return the roughness that scatter outside the earlier courses seldom falls below."""
    random = np.random.default_rng(seed).normal(size=(left.shape[0], ROUGH_DRAWS))
    limits = []
    for k in range(shown):
        rest = random - left[:, :k] @ (left[:, :k].T @ random)
        rough = np.sum(np.diff(rest, axis=0) ** 2, axis=0) / np.sum(rest**2, axis=0)
        limits.append(float(np.quantile(rough, ROUGH_LEVEL)))
    return np.array(limits)


def _leading(true: NDArray[np.bool_]) -> int:
    """Return how many come before the first that is false."""
    return len(true) if np.all(true) else int(np.argmin(true))


def _how_many(count: int) -> str:
    return counted(count, "component") if count else "no component"
