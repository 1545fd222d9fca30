"""What a sweep led to, apart from the folder in which it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.sweeps.marks import marks
from prenuc.sweeps.sweep import best_and_worst

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.sweeps.spec import Chart, Spec
    from prenuc.sweeps.sweep import Sweep


@dataclass(frozen=True, eq=False)
class Swept:
    """What the n flasks of a sweep led to.

    Args:
        protocol: What was done, before any change.
        mechanism: What could happen.
        factors: What varied: for each flask its value as text, n of them by the factor's name.
        numbers: What was kept, by name, shape (n,) each; not a number where a flask failed.
        units: Of these numbers, by the same names; "1" for a pure number.
        reasons: Why a flask has no answer, n of them; empty where it has one.
        rank: The number by which flasks are ranked.
        chart: The map that was asked for; None for none.
        marks: Published recipes on that map, as of :func:`~prenuc.sweeps.marks.marks`.
    """

    protocol: Protocol
    mechanism: Mechanism
    factors: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, Array]
    units: Mapping[str, str]
    reasons: tuple[str, ...]
    rank: str
    chart: Chart | None = None
    marks: tuple[tuple[str, float, float, Mapping[str, str]], ...] = ()

    def __len__(self) -> int:
        return len(self.reasons)

    @property
    def ends(self) -> tuple[int, int]:
        """The flasks with the largest and the smallest number by which they are ranked."""
        return best_and_worst(self.numbers[self.rank])

    @property
    def varied(self) -> tuple[str, ...]:
        """The factors that take more than one value."""
        return tuple(name for name, values in self.factors.items() if len({*values}) > 1)

    @property
    def failed(self) -> int:
        """How many flasks have no answer."""
        return sum(map(bool, self.reasons))


def swept(sweep: Sweep, spec: Spec) -> Swept:
    """Return what a sweep led to.

    Args:
        sweep: What was done.
        spec: What was asked for.

    Raises:
        InputError: Nothing is done.
    """
    job, chart = sweep.job, spec.chart
    numbers, reasons = sweep.numbers()
    values = [job.values(task) for task in range(len(job))]
    units = {one.name: one.unit for one in job.keep}
    known = [] if chart is None else marks(job, chart.x, chart.y)
    return Swept(
        job.protocol,
        job.mechanism,
        {one.name: tuple(str(row[one.name]) for row in values) for one in job.design.factors},
        {name: np.array(numbers[:, i]) for i, name in enumerate(job.columns)},
        {name: units.get(name.rpartition(" in ")[0], "1") for name in job.columns},
        tuple(reasons),
        spec.rank or job.columns[0],
        chart,
        tuple(known),
    )
