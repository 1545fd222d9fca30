r"""Concentrations and spectra without a mechanism: curve resolution, and how little it fixes.

.. math:: D ≈ C S, \qquad C ≥ 0, \quad S ≥ 0

is solved by alternating least squares (MCR-ALS: Tauler 1995, Chemom. Intell. Lab. Syst. 30, 133),
C in the metric of the noise, so that offsets of whole spectra do not count as concentration. It
starts from the windows of evolving factor analysis (:mod:`prenuc.infer.modelfree.evolving`), so
that the same data always give the same answer.

**The answer is not unique.** Any matrix T with :math:`C T ≥ 0` and :math:`T^{-1} S ≥ 0` fits the
data as well. Each component is therefore reported with the range of all such answers
(:mod:`prenuc.infer.modelfree.ambiguity`), and the verdict says when nothing but the range can be
believed.

Constraints: non-negative concentrations; non-negative spectra (to be dropped for difference
spectra); closure (concentrations that add up to 1 in every spectrum, by scaling); spectra that are
known. Without closure each concentration is scaled to a largest value of 1.

Why not a library: pyMCR 0.5.1 (public domain) and SpectroChemPy 1.1 weigh all wavelengths alike,
have no range of feasible answers, and on A → B → C gave rate constants 17 % or 15 standard errors
off without a word of it. What is left to write is a page.

Limits: at most four components, since every set of non-zero ones is tried.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.modelfree.ambiguity import Factors, Range, ranges
from prenuc.infer.modelfree.components import Components, count_components
from prenuc.infer.modelfree.evolving import EvolvingFactors, evolving_factors
from prenuc.quantities import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from prenuc.arrays import Array
    from prenuc.infer.noise.whitened import Whitened
    from prenuc.observe.series import SpectrumSeries

MOST = 4
ROUNDS = 500
STEADY = 1e-3  # gain in χ² that ends the rounds: far below anything that noise can decide
UNIQUE = 0.05  # a range so wide, relative to the peak, can pass for one answer


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """Concentrations and spectra of a series, with the range that the constraints leave.

    Args:
        series: The data.
        concentrations: C, shape (m, k).
        spectra: S, absorbance at the largest concentration (at share 1 with closure), shape (k, n).
        ranges: For each component, the answers with the smallest and the largest part in the
            signal.
        misfit: Standard deviation of what is left, absorbance.
        closure: Whether the concentrations add up to 1.
        non_negative_spectra: Whether spectra were kept from being negative.
        known: How many spectra, the first ones, were given.
    """

    series: SpectrumSeries
    concentrations: Array
    spectra: Array
    ranges: tuple[Range, ...]
    misfit: float
    closure: bool = False
    non_negative_spectra: bool = True
    known: int = field(default=0)

    @property
    def unique(self) -> bool:
        """Whether the constraints leave no more than one answer."""
        return all(
            one.complete and max(one.course_open, one.spectrum_open) < UNIQUE for one in self.ranges
        )

    @property
    def verdict(self) -> str:
        """What can be believed, as a sentence."""
        count = self.concentrations.shape[1]
        if count == 1:
            return "one component: its course and its spectrum are unique but for their scale"
        open_ = ", ".join(
            f"component {k}: course {percent(one.course_open)}, "
            f"spectrum {percent(one.spectrum_open)}"
            for k, one in enumerate(self.ranges, 1)
        )
        if self.unique:
            return f"{count} components, fixed by the constraints; left open of the peak: {open_}"
        if not all(one.complete for one in self.ranges):
            open_ += " (or more: not every end of a range was found)"
        return (
            f"{count} components, NOT unique: everything within the ranges fits equally well; left "
            f"open of the peak: {open_}; known spectra, closure or a mechanism would narrow it"
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return the concentrations with their ranges, one row per spectrum."""
        import pandas as pd

        columns: dict[str, Any] = {f"time / {self.series.time_unit}": self.series.time}
        for k, one in enumerate(self.ranges):
            low, high = one.concentration_band
            columns[f"c{k + 1}"] = self.concentrations[:, k]
            columns |= {f"c{k + 1} lowest": low, f"c{k + 1} highest": high}
        return pd.DataFrame(columns, index=pd.Index(self.series.labels, name="spectrum"))

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data for JSON."""
        return {
            "verdict": self.verdict,
            "unique": self.unique,
            "closure": self.closure,
            "misfit": self.misfit,
            "components": [
                {
                    "part": one.part,
                    "part_range": [one.lowest, one.highest],
                    "concentration": c,
                    "concentration_range": one.concentration_band,
                    "spectrum": s,
                    "spectrum_range": one.spectrum_band,
                }
                for one, c, s in zip(self.ranges, self.concentrations.T, self.spectra, strict=True)
            ],
        }


def resolve(
    series: SpectrumSeries,
    count: int | None = None,
    *,
    closure: bool = False,
    non_negative_spectra: bool = True,
    known: Sequence[Array] = (),
    components: Components | None = None,
    evolving: EvolvingFactors | None = None,
) -> Resolution:
    """Resolve a series into non-negative concentrations and spectra, with their ranges.

    Args:
        series: At least 6 spectra, in the order of their times.
        count: How many components; by default those that are beyond doubt.
        closure: The concentrations add up to 1 in every spectrum.
        non_negative_spectra: No spectrum is negative; not so for difference spectra.
        known: Spectra that are known, absorbance, each of shape (n,), in the order in which
            they appear; they become the first components.
        components: What was found about their number, where it is known already.
        evolving: The evolving factors of so many components, where they are known already.

    Raises:
        FitError: No component, more of them than the constraints have use for, or a known spectrum
            of another length.
    """
    found = components or count_components(series)
    count = found.at_least if count is None else count
    _check(series, count, known)
    data = found.whitened
    given = np.array(known, dtype=float).reshape(len(known), series.wavelength.size)
    evolving = evolving or evolving_factors(series, components=found, count=count)
    shares, spectra = _alternate(
        data, evolving.windows, given, non_negative_spectra=non_negative_spectra
    )
    _check_alive(shares, spectra)
    shares, spectra = _scaled(shares, spectra, len(known), closure=closure)
    rest = series.absorbance - shares @ spectra
    factors = Factors.of(data, shares, spectra, positive=non_negative_spectra)
    return Resolution(
        series=series,
        concentrations=shares,
        spectra=spectra,
        ranges=ranges(factors, given, closure=closure),
        misfit=float(np.sqrt(np.mean(rest**2))),
        closure=closure,
        non_negative_spectra=non_negative_spectra,
        known=len(known),
    )


def _check(series: SpectrumSeries, count: int, known: Sequence[Array]) -> None:
    problems = []
    if not 1 <= count <= MOST:
        what = f"{count} components cannot be resolved"
        problems.append(Problem(what, f"1 to {MOST} can; say how many, or choose a narrower range"))
    if len(known) > count:
        problems.append(Problem(f"{len(known)} known spectra for {count} components"))
    n = series.wavelength.size
    problems += [
        Problem(f"known spectrum {k} has {len(one)} values", f"Give {n}, one a wavelength")
        for k, one in enumerate(known, 1)
        if len(one) != n
    ]
    if problems:
        raise FitError(problems)


def _check_alive(shares: Array, spectra: Array) -> None:
    """Refuse an answer in which the constraints left a component nothing to describe."""
    dead = np.flatnonzero(~((shares.max(axis=0) > 0) & np.any(spectra != 0, axis=1)))
    if dead.size:
        what = f"under the constraints component {dead[0] + 1} has nothing to describe"
        raise FitError(Problem(what, "Resolve fewer components, or choose a narrower range"))


def _alternate(
    data: Whitened, shares: Array, given: Array, *, non_negative_spectra: bool
) -> tuple[Array, Array]:
    """Return concentrations (m, k) and spectra (k, n) where alternating fits stand still."""
    # Only what stands above the noise is fitted: quicker, and the same minimum to within noise.
    left, size, right = data.factors
    k, free = shares.shape[1], shares.shape[1] - len(given)
    scores, loadings = left[:, :k] * size[:k], right[:k]
    absorbance = data.back(loadings)
    shares = _begin(shares, data, given)
    spectra, misfit = np.zeros((k, data.matrix.shape[1])), np.inf
    for _ in range(ROUNDS):
        spectra[: len(given)] = given
        if free:
            mine, other = shares[:, len(given) :], shares[:, : len(given)]
            gram = mine.T @ mine
            seen = (mine.T @ scores) @ absorbance - (mine.T @ other) @ given
            spectra[len(given) :] = (
                non_negative(gram, seen) if non_negative_spectra else np.linalg.pinv(gram) @ seen
            )
        white = data.forth(spectra)
        shares = non_negative(white @ white.T, (white @ loadings.T) @ scores.T).T
        peak = shares[:, len(given) :].max(axis=0, initial=0.0)
        shares[:, len(given) :] /= np.where(peak > 0, peak, 1.0)
        spectra[len(given) :] *= np.where(peak > 0, peak, 1.0)[:, None]
        before, misfit = misfit, _misfit(scores, loadings, shares, data.forth(spectra))
        if before - misfit < STEADY:
            break
    return shares, spectra


def _begin(windows: Array, data: Whitened, given: Array) -> Array:
    """Return the windows on the scale of concentrations, shape (m, k)."""
    shares: Array = windows / np.maximum(windows.max(axis=0), 1e-300)
    if len(given):  # known spectra say how large their concentrations can be
        white = data.forth(given)
        alone = non_negative(white @ white.T, white @ data.matrix.T)
        shares[:, : len(given)] *= alone.max(axis=1)
    return shares


def _misfit(scores: Array, loadings: Array, shares: Array, white: Array) -> float:
    return float(np.sum((scores @ loadings - shares @ white) ** 2))


def non_negative(gram: Array, seen: Array) -> Array:
    """Return the non-negative X with the least X·G·X/2 - B·X, column by column, shape (k, p).

    Every set of components that may differ from zero is tried, so the minimum is exact.

    Args:
        gram: G, shape (k, k).
        seen: B, shape (k, p).
    """
    k, p = seen.shape
    best, lowest = np.zeros((k, p)), np.zeros(p)
    for size in range(1, k + 1):
        for chosen in itertools.combinations(range(k), size):
            rows = np.array(chosen)
            found = np.linalg.pinv(gram[np.ix_(rows, rows)], hermitian=True) @ seen[rows]
            cost = -np.sum(found * seen[rows], axis=0)
            better = np.all(found >= 0, axis=0) & (cost < lowest)
            lowest[better] = cost[better]
            best[:, better] = 0.0
            best[np.ix_(rows, np.flatnonzero(better))] = found[:, better]
    return best


def _scaled(shares: Array, spectra: Array, known: int, *, closure: bool) -> tuple[Array, Array]:
    """Return both so that concentrations add up to 1, or reach 1 where no spectrum is given."""
    scale = np.ones(shares.shape[1])
    free = slice(known, None)
    if closure:
        rest = 1.0 - shares[:, :known].sum(axis=1)
        scale[free] = np.linalg.lstsq(shares[:, free], rest, rcond=None)[0]
    else:
        scale[free] = 1.0 / np.maximum(shares[:, free].max(axis=0, initial=0.0), 1e-300)
    scale = np.where(scale > 0, scale, 1.0)
    return shares * scale, spectra / scale[:, None]
