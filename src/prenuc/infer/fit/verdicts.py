"""What a fit should say besides its numbers: doubts, and what would settle them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.fit.parameter import symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.intervals import Intervals
    from prenuc.infer.fit.parameter import Parameter
    from prenuc.infer.fit.solve import Solution
    from prenuc.infer.noise.estimate import Noise
    from prenuc.infer.objectives.projection import Objective, Point

POWER_STEPS = 30


def remarks(noise: Noise, params: Mapping[str, Parameter], known: Intervals) -> Iterator[str]:
    """Yield what a reader should know before believing the numbers.

    Args:
        noise: The noise found.
        params: The parameters reported.
        known: The intervals, and what they found out about the scheme.
    """
    seen, rank = known.seen, known.rank
    if seen < rank:
        what = f"only {seen} of {rank} steps rise" if seen else "no change with time rises"
        yield f"{what} above the noise: fit a scheme with fewer steps, or measure longer"
    if noise.offset_sd > 0:
        yield (
            f"each spectrum carries an offset of its own, standard deviation "
            f"{1e3 * noise.offset_sd:.2g} mAU; it is a random effect in the intervals"
        )
    if len(noise.drift):
        yield (
            f"the residuals keep a slow course: the baseline drifts (its mean by about "
            f"{1e3 * noise.drift_sd:.2g} mAU), or the scheme misses a step; the intervals allow "
            "for a baseline only"
        )
    if noise.correlated:
        yield (
            "residuals of neighbouring wavelengths are correlated; the intervals rest on the "
            "scatter of the residuals along the fit's own filter"
        )
    if seen and known.rates is not None:
        yield from _of_times(known.rates, known.time)
    lost = [name for name, one in params.items() if not one.identifiable]
    if lost:
        yield f"not identifiable: {', '.join(map(symbol, lost))}"
    if seen >= rank:
        yield from advice(params, known.traded)


def of_trace(
    found: Solution,
    known: Intervals,
    params: Mapping[str, Parameter],
    residual: Array,
) -> Iterator[str]:
    """Yield what a reader should know before believing the fit of one trace.

    Args:
        found: The best fit.
        known: The intervals, and what they found out about the scheme.
        params: The parameters reported.
        residual: Data less the fit, shape (m,).
    """
    kinetics, one = found.question.kinetics, found.question.sets[0]
    first_order = "B" in params and kinetics.names == ("k",)
    if one.background and kinetics.closed:
        yield "an unknown constant lies under the trace; it shifts A∞ and B"
    if first_order and one.background:
        yield "with it, first-order growth holds no information on a lag"
    elif first_order:
        yield _of_lag(params["lag"])
    span = float(one.series.time[-1] - min(float(one.series.time[0]), 0.0))
    if "B" in params and float(np.exp(found.best.u[0])) * span < 1.5:
        yield "the trace ends before the plateau is in sight; A∞ and k lean on each other"
    if any(kinetics.orders):
        yield "amounts are shares of the first species' amount at time 0, k is per share"
    yield from correlation(residual)
    gone = [name for name, one in params.items() if not one.identifiable]
    if gone:
        yield f"not identifiable: {', '.join(map(symbol, gone))}"
    yield from advice(params, known.traded)


def correlation(residual: Array) -> Iterator[str]:
    """Yield a warning if neighbouring residuals of a trace, shape (m,), are correlated."""
    scatter = float(residual @ residual)
    one_apart = float(residual[1:] @ residual[:-1]) / scatter if scatter > 0 else 0.0
    if abs(one_apart) > 3.0 / math.sqrt(len(residual)):
        yield (
            f"neighbouring residuals are correlated ({one_apart:+.2f}): the scheme misses "
            "something, or the noise is not white; the intervals are then too narrow"
        )


def _of_lag(lag: Parameter) -> str:
    high = lag.ends[1]
    if lag.identifiable and high is not None and high < 0:
        return (
            "the lag is NEGATIVE, which no growth can have: something else absorbs at this "
            "wavelength. Fit with a background; the lag is then not identifiable"
        )
    return "the lag takes for granted that nothing else absorbs at this wavelength"


def of_sets(
    found: Solution, known: Intervals, params: Mapping[str, Parameter], labels: Sequence[str]
) -> Iterator[str]:
    """Yield what a reader should know before believing the fit of several data sets.

    Args:
        found: The best fit.
        known: The intervals, and what they found out about the scheme.
        params: The parameters reported.
        labels: Names of the data sets.
    """
    if known.seen < known.rank:
        yield "no change with time rises above the noise"
    for label, noise in zip(labels, found.noises, strict=True):
        yield from _of_noise(label, noise)
    gone = [name for name, one in params.items() if not one.identifiable]
    if gone:
        yield f"not identifiable: {', '.join(map(symbol, gone))}"
        yield from advice(params, known.traded)


def _of_noise(label: str, noise: Noise) -> Iterator[str]:
    if noise.offset_sd > 0:
        yield f"{label}: each spectrum has an offset of its own, {1e3 * noise.offset_sd:.2g} mAU"
    if len(noise.drift):
        yield f"{label}: the baseline drifts by about {1e3 * noise.drift_sd:.2g} mAU"
    if noise.correlated:
        yield f"{label}: residuals of neighbouring wavelengths are correlated"


def _of_times(rates: Array, time: Array) -> Iterator[str]:
    """Yield what the times miss of relaxation rates, fastest first."""
    if float(rates[-1]) * float(time[-1] - time[0]) < 1.0:
        yield "the series ends before the slowest step has run for one time constant"
    if float(rates[0]) * float(np.diff(time).min()) > 3.0:
        yield "the fastest step is over between two spectra"


def advice(
    params: Mapping[str, Parameter], traded: Iterable[tuple[str, ...]] = ()
) -> Iterator[str]:
    """Yield in words the direction in which each lost parameter is free, and what would fix it.

    Args:
        params: The parameters reported.
        traded: Parameters that only together change the fit.
    """
    said: set[str] = set()
    for group in traded:
        said |= set(group)
        yield (
            f"{' and '.join(map(symbol, group))} trade against each other without any change of "
            "the fit; a known spectrum or amount of one species, or a start from another one, "
            "fixes them"
        )
    for name, one in params.items():
        if one.identifiable or name in said or not name.startswith(("k", "lag", "ratio", "seed")):
            continue
        low, high = one.ends
        rate = name.startswith("k")
        if low is None and high is not None:
            mend = "measure longer or hotter" if rate else "sample earlier and more often"
            yield f"{name} is at most {high:.3g} {one.unit}, and may be zero: {mend}"
        elif high is None and low is not None:
            mend = "sample earlier and more often" if rate else "measure longer"
            yield f"{name} is at least {low:.3g} {one.unit}, without an upper limit: {mend}"


def trend(objective: Objective, best: Point) -> bool:
    """Return whether the largest course left in the residuals is both strong and smooth.

    Its strength is compared with the largest singular value of pure noise, √n + √(m − r)
    (Marchenko and Pastur 1967, Math. USSR Sb. 1, 457).
    """
    block, part = objective.blocks[0], objective.splits(best.u)[0]
    m, r = part.span.shape
    rest = part.beyond(block.rows)
    rest = rest @ rest.T
    n = float(np.trace(rest)) / (m - r)
    course = np.linspace(-1.0, 1.0, m) ** 3 + 0.5
    for _ in range(POWER_STEPS):
        course = rest @ course
        course /= max(float(np.linalg.norm(course)), 1e-300)
    strength = float(course @ rest @ course)
    strong = strength > 1.1 * (math.sqrt(max(n, 0.0)) + math.sqrt(m - r)) ** 2
    return strong and _smoothness(course) > 3.0 / math.sqrt(m)


def _smoothness(course: Array) -> float:
    """Return the correlation of neighbours."""
    return float(np.sum(course[1:] * course[:-1]) / np.sum(course**2))
