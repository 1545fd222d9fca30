"""Counts what fits said of many draws, and whether the intervals kept what is promised.

A draw is covered where the interval is closed and holds the true value. It is *muted* where the
fit does not stand behind it: not reliable, or the parameter not identifiable. All draws count; a
fit that was refused is a miss that is not muted. What is promised, by group:

1. the exact 99.9 % interval of the coverage contains 95 %, and the mean width of the intervals is
   within 5 % of the Cramér-Rao bound; a muted draw is a miss;
2. the exact interval overlaps 93-98 %; a muted draw is a miss;
3. the same as 2, or at least 95 % of the draws that miss are muted.

For joint fits the exact interval overlaps 93-97 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import beta

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVEL = 0.999  # of the exact interval of the coverage
WIDTH = 0.05  # how far the width may be from the bound
MUTED = 0.95  # of the draws that miss, in group 3
JOINT, TOLD = 4, 0  # groups of the parameters of joint fits; of TOLD nothing is promised
WANTED = {1: (0.95, 0.95), 2: (0.93, 0.98), 3: (0.93, 0.98), JOINT: (0.93, 0.97)}
NORMAL = 1.96


class Said(NamedTuple):
    """What a fit said of a parameter; numbers that it did not give are NaN.

    Args:
        value: The best estimate.
        low: Lower end of the 95 % interval.
        high: Upper end.
        muted: Whether the fit does not stand behind it.
    """

    value: float
    low: float
    high: float
    muted: bool


REFUSED = Said(math.nan, math.nan, math.nan, muted=False)


@dataclass(frozen=True)
class Count:
    """What was said of the draws of one kind.

    Args:
        name: Kind of noise or fault, or parameter.
        group: What is promised.
        size: Times × wavelengths.
        draws: Number of draws.
        covered: Number of intervals that hold the truth and that count (see above).
        muted: Number of muted draws.
        muted_misses: Number of draws that miss and are muted.
        width: Mean width of the intervals over that of the Cramér-Rao bound; NaN without one.
        bias: Mean of the estimates over the truth, less one.
        rms: Root of the mean square of the estimates' relative errors.
    """

    name: str
    group: int
    size: str
    draws: int
    covered: int
    muted: int
    muted_misses: int
    width: float
    bias: float
    rms: float

    @property
    def exact(self) -> tuple[float, float]:
        """Exact (Clopper-Pearson) interval of the coverage."""
        return exact_interval(self.covered, self.draws)

    @property
    def owned_up(self) -> float:
        """Share of the misses that are muted; NaN if nothing misses."""
        misses = self.draws - self.covered
        return self.muted_misses / misses if misses else math.nan

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        if self.group == TOLD:
            return True
        (least, most), (low, high) = WANTED[self.group], self.exact
        held = low <= most and high >= least
        if self.group == 1:
            return held and abs(self.width - 1.0) <= WIDTH
        return held or (self.group == 3 and self.owned_up >= MUTED)

    def row(self) -> str:
        """Return a row of the table."""
        low, high = self.exact
        least, most = WANTED.get(self.group, (math.nan, math.nan))
        wanted = {1: "95 %", TOLD: ""}.get(self.group, f"{100 * least:.0f}-{100 * most:.0f} %")
        columns = (
            self.name,
            self.size,
            str(self.draws),
            f"{100 * self.covered / self.draws:.1f} % ({100 * low:.1f}-{100 * high:.1f})",
            wanted,
            _percent(self.muted / self.draws),
            _percent(self.owned_up),
            "" if math.isnan(self.width) else f"{self.width:.3f}",
            _percent(self.bias, 2),
            _percent(self.rms, 2),
            "" if self.group == TOLD else ("kept" if self.kept else "MISSED"),
        )
        return f"| {' | '.join(columns)} |"


HEADER = (
    "| kind | size | draws | covers | wanted | muted | of the misses | width | bias | rms | |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def _percent(share: float, digits: int = 0) -> str:
    return "" if math.isnan(share) else f"{100 * share:.{digits}f} %"


def exact_interval(hits: int, draws: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) interval of a share."""
    tail = 0.5 * (1.0 - level)
    low = float(beta.ppf(tail, hits, draws - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1.0 - tail, hits + 1, draws - hits)) if hits < draws else 1.0
    return low, high


def count(
    name: str, group: int, size: str, said: Sequence[Said], truth: float, bound: float = math.nan
) -> Count:
    """Count what was said.

    Args:
        name: Kind of noise or fault, or parameter.
        group: What is promised.
        size: Times × wavelengths.
        said: What was said of each draw.
        truth: The true value.
        bound: Cramér-Rao bound on its standard deviation.
    """
    value, low, high, flags = np.array(said, dtype=float).T
    muted = flags.astype(bool)
    holds = (low <= truth) & (high >= truth)  # never, where it is open
    covered = holds if group == 3 else holds & ~muted
    error = value[np.isfinite(value)] / truth - 1.0
    closed = np.isfinite(high - low)
    return Count(
        name=name,
        group=group,
        size=size,
        draws=len(said),
        covered=int(covered.sum()),
        muted=int(muted.sum()),
        muted_misses=int((muted & ~covered).sum()),
        width=_mean((high - low)[closed]) / (2 * NORMAL * bound),
        bias=_mean(error),
        rms=math.sqrt(_mean(error**2)),
    )


def _mean(numbers: NDArray[np.float64]) -> float:
    return float(np.mean(numbers)) if len(numbers) else math.nan
