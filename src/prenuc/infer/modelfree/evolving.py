r"""When components appear and vanish: evolving factor analysis, forward and backward.

Forward, the singular values of the first i whitened spectra are followed as i grows: a value that
leaves the noise says that something new has appeared. Backward, those of the last i: a
value that sinks into the noise says that something has vanished (Gampp, Maeder, Meyer and
Zuberbühler 1985, Talanta 32, 1133; Maeder 1987, Anal. Chem. 59, 527).

What i rows of pure noise reach is the level of :func:`prenuc.infer.noise.whitened.noise_ceiling`.

The windows :math:`c_k = \min(f_k, b_{r-k+1})` take for granted that what came first goes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.infer.modelfree.components import Components, count_components
from prenuc.infer.noise.whitened import noise_ceiling

if TYPE_CHECKING:
    import pandas as pd

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

SHOWN = 2  # singular values followed beyond the components


@dataclass(frozen=True, kw_only=True)
class EvolvingFactors:
    """Singular values of a series that grows from either end.

    Args:
        series: The data.
        count: Components that were counted.
        forward: Singular values of the first i spectra, shape (m, k); NaN where there are fewer.
        backward: Singular values of the spectra from i on, shape (m, k).
        forward_level: What pure noise seldom exceeds, shape (m,).
        backward_level: The same for the spectra from i on, shape (m,).
        appears: Number of the spectrum (from 0) with which each component has appeared.
        vanishes: Number of the last spectrum before each component is gone; the last component
            to appear is taken to be the last to vanish.
    """

    series: SpectrumSeries
    count: int
    forward: Array
    backward: Array
    forward_level: Array
    backward_level: Array
    appears: tuple[int, ...]
    vanishes: tuple[int, ...]

    @property
    def windows(self) -> Array:
        """Where each component can be, as a first guess of its concentration, shape (m, count)."""
        back = self.backward[:, : self.count][:, ::-1]
        return np.fmin(np.nan_to_num(self.forward[:, : self.count]), np.nan_to_num(back))

    @property
    def verdict(self) -> str:
        """When components come and go, as a sentence."""
        if not self.count:
            return "nothing leaves the noise"
        last = len(self.series) - 1
        parts = []
        for k, (first, end) in enumerate(zip(self.appears, self.vanishes, strict=True), 1):
            came = "is there from the start" if first < k else f"appears by {self._when(first)}"
            gone = "stays to the end" if end >= last else f"is gone after {self._when(end)}"
            parts.append(f"component {k} {came} and {gone}")
        return "; ".join(parts) + " (if what comes first goes first)"

    def _when(self, i: int) -> str:
        return f"'{self.series.labels[i]}'"

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per spectrum."""
        import pandas as pd

        columns: dict[str, Any] = {f"time / {self.series.time_unit}": self.series.time}
        for name, values in (("forward", self.forward), ("backward", self.backward)):
            columns |= {f"{name} {k + 1}": column for k, column in enumerate(values.T)}
            columns[f"noise {name}"] = getattr(self, f"{name}_level")
        return pd.DataFrame(columns, index=pd.Index(self.series.labels, name="spectrum"))

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data for JSON."""
        labels = self.series.labels
        return {
            "verdict": self.verdict,
            "appears": [labels[i] for i in self.appears],
            "vanishes": [labels[i] for i in self.vanishes],
            "forward": self.forward,
            "backward": self.backward,
            "noise_level": self.forward_level,
        }


def evolving_factors(
    series: SpectrumSeries, *, components: Components | None = None, count: int | None = None
) -> EvolvingFactors:
    """Follow the singular values of a series from its start and from its end.

    Args:
        series: At least 6 spectra, in the order of their times.
        components: What was found about their number, where it is known already.
        count: How many to follow; by default those that are beyond doubt.

    Raises:
        FitError: See :func:`prenuc.infer.noise.whitened.check_series`.
    """
    found = components or count_components(series)
    matrix = found.whitened.matrix
    count = found.at_least if count is None else count
    m, n = matrix.shape
    shown = min(count + SHOWN, m)
    forward = _growing(matrix, shown)
    backward = _growing(matrix[::-1], shown)[::-1]
    level = noise_ceiling(np.arange(1, m + 1), n)
    appears = tuple(_first_above(forward[:, k], level) for k in range(count))
    gone = [m - 1 - _first_above(backward[::-1, k], level) for k in range(count)]
    return EvolvingFactors(
        series=series,
        count=count,
        forward=forward,
        backward=backward,
        forward_level=level,
        backward_level=level[::-1],
        appears=appears,
        vanishes=tuple(gone[::-1]),
    )


def _growing(matrix: Array, shown: int) -> Array:
    """Return the singular values of the first 1, 2, … m rows, shape (m, shown)."""
    gram = matrix @ matrix.T
    values = np.full((len(matrix), shown), np.nan)
    for i in range(1, len(matrix) + 1):
        found = np.linalg.eigvalsh(gram[:i, :i])[::-1][:shown]
        values[i - 1, : len(found)] = np.sqrt(np.maximum(found, 0.0))
    return values


def _first_above(values: Array, level: Array) -> int:
    """Return from which row on the values stay above the level; the last row if never."""
    below = np.flatnonzero(~(values > level))
    return min(int(below[-1]) + 1, len(values) - 1) if below.size else 0
