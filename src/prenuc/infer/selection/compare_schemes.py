r"""Which kinetic scheme do data support: each is fitted alike, and the fits are weighed.

A scheme that fits as well with more numbers is told apart here, by its price in AICc, because one
scheme often contains another. Schemes that fit any data identically are never told apart.

**How many numbers there are.** Spectra of m times × n wavelengths hold m·n_e independent numbers,
where n_e follows from the residuals (:mod:`prenuc.infer.fit.independent`); χ² is scaled with
it. A scheme whose concentrations span r courses takes r·n_e of them for its spectra, and as many
more as it has parameters that the data can feel: relaxation rates in place of rate constants that
trade against each other. Offsets of whole spectra are no evidence: residuals count without their
mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from prenuc.errors import FitError, Problem
from prenuc.infer.fit.fit import fit_as_asked
from prenuc.infer.fit.independent import independent_wavelengths
from prenuc.infer.fit.results import GlobalFit
from prenuc.infer.modelfree.components import count_components
from prenuc.infer.schemes.profiles import LEAST, Clock
from prenuc.infer.schemes.scheme import parse
from prenuc.infer.selection.evidence import Comparison, Curves, Standing, judge
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.observe.trace import Trace

# One scheme of each class of equivalent ones; the fits name the others.
STANDARD = (
    "A -> B",
    "A -> B -> C",
    "A -> B -> C -> D",
    "2 A -> B",
    "A + B -> C",
    "A + B -> 2 B",
    "A -> B after lag",
    *(f"A -{steps}-> B" for steps in (2, 3, 4, 5, 6, 8)),
)
SAME_COURSE = 1e-7  # a course counts if its singular value is above this share of the largest
NOISE_FREE = 1e-14  # residuals below this share of the signal are rounding


class FittedScheme(Protocol):
    """What a fit must tell to be weighed."""

    @property
    def scheme(self) -> str:
        """The scheme as written."""

    @property
    def residuals(self) -> Array:
        """Data minus fit."""

    @property
    def params(self) -> Mapping[str, Any]:
        """Fitted numbers by name."""

    @property
    def equivalent_schemes(self) -> tuple[str, ...]:
        """Schemes that fit any data identically."""


def which_scheme(
    data: SpectrumSeries | Trace,
    *,
    at: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Return which of the :data:`STANDARD` schemes the data support.

    A trace may have an unknown constant under it.

    Args:
        data: A trace, or spectra.
        at: Wavelength at which spectra are read, such as "311 nm"; all of them when None.
        progress: Called with the finished share.

    Raises:
        FitError: None of them can be fitted to the data.
    """
    return compare_schemes(data, STANDARD, at=at, background=True, progress=progress)


def compare_schemes(
    data: SpectrumSeries | Trace,
    schemes: Sequence[str] | None = None,
    *,
    at: str | None = None,
    background: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Return which scheme the data support.

    Args:
        data: A trace, or spectra.
        schemes: Such as "A -> B" and "A -> B -> C"; those of :func:`which_scheme` when None.
        at: Wavelength at which spectra are read, such as "311 nm"; all of them when None.
        background: An unknown constant lies under a trace.
        progress: Called with the finished share.

    Raises:
        FitError: Fewer than two schemes, or one that cannot be fitted to the data.
    """
    if schemes is None:
        return which_scheme(data, at=at, progress=progress)
    names = list(dict.fromkeys(" ".join(scheme.split()) for scheme in schemes))
    if len(names) < 2:
        raise FitError(Problem(f"{len(names)} scheme to compare", 'Write "A -> B; A -> B -> C"'))
    if isinstance(data, SpectrumSeries) and at is not None:
        data = data.trace(at)
    fits: list[FittedScheme] = []
    for done, scheme in enumerate(names, 1):
        fits.append(fit_as_asked(data, scheme, background=background))
        if progress is not None:
            progress(done / len(names))
    found = weigh(dict(zip(names, fits, strict=True)))
    found = replace(found, curves=_curves(data, dict(zip(names, fits, strict=True)), found))
    if isinstance(data, SpectrumSeries):
        return replace(found, warnings=(*found.warnings, *_rank(data, found, names, fits)))
    return found


def _curves(
    data: SpectrumSeries | Trace, fits: Mapping[str, FittedScheme], found: Comparison
) -> Curves:
    """Return the data and what each scheme makes of them."""
    if isinstance(data, SpectrumSeries):
        seen, wavelength, signal = data.absorbance, data.wavelength, data.signal
    else:
        seen, wavelength, signal = data.value[:, None], np.full(1, np.nan), data.name
    return Curves(
        time=data.time,
        time_label=data.time_label,
        wavelength=wavelength,
        signal=signal,
        seen=seen,
        fitted={name: _placed(data, one) for name, one in fits.items()},
        sd=found.noise["sd"],
    )


def _placed(data: SpectrumSeries | Trace, fit: FittedScheme) -> Array:
    """Return a fit where the data are, shape (m, n); NaN for the readings that it left out."""
    if not isinstance(data, SpectrumSeries):
        return (data.value - np.ravel(fit.residuals))[:, None]
    if not isinstance(fit, GlobalFit):
        return data.absorbance - fit.residuals
    found = np.full(data.absorbance.shape, np.nan)
    rows = np.isin(data.time, fit.series.time)
    found[np.ix_(rows, np.isin(data.wavelength, fit.series.wavelength))] = fit.fitted
    return found


def weigh(fits: Mapping[str, FittedScheme]) -> Comparison:
    """Return the comparison of schemes that were fitted to the same data.

    Args:
        fits: Each fit by the name that the answer is to use.
    """
    seen = {name: _Weighed.of(one) for name, one in fits.items()}
    size = next(one.size for one in seen.values())
    closest = min(seen.values(), key=lambda one: one.squares)
    share = closest.independent / closest.columns  # of the numbers that is independent
    variance = min(one.squares / max(size - one.count(one.columns), 1) for one in seen.values())
    standings = [
        Standing(
            model=name,
            chi2=share * one.squares / variance,
            count=one.count(closest.independent),
            fitted={n: p.value for n, p in fits[name].params.items() if p.value is not None},
            same_as=tuple(other for other in fits if other in _names(fits[name])),
            constants={n: str(p) for n, p in fits[name].params.items() if n.startswith("k")},
        )
        for name, one in seen.items()
    ]
    noise = {"sd": math.sqrt(variance)}
    found = judge(standings, round(share * size), parsimony=True, noise=noise)
    return replace(found, equivalent_schemes=fits[found.best].equivalent_schemes)


def _names(one: FittedScheme) -> set[str]:
    """Return the schemes that fit any data as well, without what is said of them."""
    return {line.partition(": ")[0] for line in one.equivalent_schemes}


@dataclass(frozen=True)
class _Weighed:
    """What counts of a fit.

    Args:
        squares: Residual sum of squares.
        size: Numbers that were fitted to.
        columns: Wavelengths that are left without the mean of each spectrum; 1 for a trace.
        independent: How many of them are independent.
        courses: Linear numbers for each of them.
        parameters: All others.
    """

    squares: float
    size: int
    columns: int
    independent: float
    courses: int
    parameters: int

    def count(self, columns: float) -> int:
        """Return how many numbers are fitted if so many wavelengths are independent."""
        return self.parameters + round(self.courses * columns)

    @classmethod
    def of(cls, one: FittedScheme) -> _Weighed:
        """Return what counts of one fit; a reading that it leaves out counts like all others."""
        seen = np.isfinite(one.residuals)
        residuals = np.where(seen, one.residuals, 0.0) / math.sqrt(seen.mean())
        floor = NOISE_FREE**2 * residuals.size
        if not isinstance(one, GlobalFit):
            same = {"lag", "B"} <= set(one.params)  # two ways to say one number
            squares = float((residuals**2).sum())
            return cls(max(squares, floor), residuals.size, 1, 1.0, 0, len(one.params) - same)
        m, n = residuals.shape
        rough = residuals - residuals.mean(axis=1, keepdims=True)
        courses = _courses(one)
        independent = independent_wavelengths(rough @ rough.T, m - courses, n - 1)
        squares = max(float((rough**2).sum()), floor)
        return cls(squares, m * (n - 1), n - 1, independent, courses, _felt(one))


def _courses(one: GlobalFit) -> int:
    """Return how many courses the concentrations of a scheme span, whatever its parameters.

    At the best fit some may be all but parallel; their difference still follows the noise.
    """
    series = one.series
    kinetics = parse(one.scheme, series.time_unit)
    variables = kinetics.variables(Clock.of(series.time, series.time_unit))
    u = [v.grid[0] + (0.5 + 0.05 * i) * (v.grid[1] - v.grid[0]) for i, v in enumerate(variables)]
    columns, _ = kinetics.concentrations(series.time, kinetics.decode(np.array(u))[0])
    lengths = np.linalg.norm(columns, axis=0)
    size = np.linalg.svd(columns / np.maximum(lengths, LEAST), compute_uv=False)
    return int(np.sum(size > SAME_COURSE * size[0]))


def _felt(one: GlobalFit) -> int:
    """Return how many parameters change the fit."""
    observed = sum(name.startswith("k_obs") for name in one.params)
    return observed or len(one.params)


def _rank(
    data: SpectrumSeries, found: Comparison, names: Sequence[str], fits: Sequence[FittedScheme]
) -> list[str]:
    """Return what the rank of the spectra says against the scheme in the first place."""
    best = fits[names.index(found.best)]
    if not isinstance(best, GlobalFit):
        return []
    have = _courses(best)
    components = count_components(data)
    if components.at_least <= have:
        return []
    what = f"{components.at_least} components beyond doubt, {found.best} has {have}"
    return [f"the spectra hold {what}: something that none of the schemes describes changes, too"]
