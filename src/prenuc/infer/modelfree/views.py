"""All model-free views of one series together: what can be said before a mechanism is chosen.

Each view is a small test with an answer of its own; where one cannot be asked (no times, too many
components, spectra that are no absorption spectra) the reason stands in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError
from prenuc.infer.modelfree.components import Components, count_components
from prenuc.infer.modelfree.evolving import EvolvingFactors, evolving_factors
from prenuc.infer.modelfree.first_order import FirstOrderTest, judge_first_order
from prenuc.infer.modelfree.isosbestic import IsosbesticTest, judge_isosbestic
from prenuc.infer.modelfree.resolution import MOST, Resolution, resolve
from prenuc.infer.modelfree.shift import ShiftTest, judge_shift
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.observe.series import SpectrumSeries


@dataclass(frozen=True, kw_only=True)
class Views:
    """What a series shows without a mechanism.

    Args:
        series: The data.
        components: How many components.
        evolving: When they come and go.
        isosbestic: Whether all spectra cross in one point.
        resolution: Concentrations and spectra with their ranges; None if not possible.
        first_order: Whether the change is first order; None if not possible.
        shift: Whether a band moves or gives way to another; None if not possible.
        unasked: The reason for each view that is None.
    """

    series: SpectrumSeries
    components: Components
    evolving: EvolvingFactors
    isosbestic: IsosbesticTest
    resolution: Resolution | None
    first_order: FirstOrderTest | None
    shift: ShiftTest | None
    unasked: Mapping[str, str]

    @property
    def verdicts(self) -> dict[str, str]:
        """The answer of each view as a sentence."""
        names = ("components", "evolving", "isosbestic", "resolution", "first_order", "shift")
        found = {name: getattr(self, name) for name in names}
        return {
            name: f"not asked: {self.unasked[name]}" if one is None else one.verdict
            for name, one in found.items()
        }

    def as_dict(self) -> dict[str, Any]:
        """Return all views as plain data for JSON."""
        found = {name: getattr(self, name) for name in self.verdicts}
        return {
            "verdicts": self.verdicts,
            **{name: None if one is None else one.as_dict() for name, one in found.items()},
            "unasked": dict(self.unasked),
            "wavelength_nm": self.series.wavelength,
            "time": self.series.time,
            "time_unit": self.series.time_unit,
            "labels": list(self.series.labels),
            "history": list(self.series.history),
        }

    def report(self) -> str:
        """Return a readable summary."""
        m, n = self.series.absorbance.shape
        lines = [f"{m} spectra × {n} wavelengths"]
        lines += [f"  {name.replace('_', ' '):<12} {text}" for name, text in self.verdicts.items()]
        if len(self.isosbestic.crossings) > 0:
            lines += [f"  {'':<12} {one.verdict}" for one in self.isosbestic.crossings]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.report())}</pre>"


def view(
    series: SpectrumSeries,
    *,
    at: str | None = None,
    count: int | None = None,
    closure: bool = False,
) -> Views:
    """Look at a series from all sides before a mechanism is chosen.

    Args:
        series: At least 6 spectra, in the order of their times; wavelengths with masked readings
            are left out.
        at: Wavelength whose trace is tested for first order, such as "311 nm"; by default the
            course of the main change.
        count: How many components to resolve; by default those that are beyond doubt.
        closure: The concentrations add up to 1 in every spectrum.

    Raises:
        InputError: The spectra cannot be worked with at all, or the wavelength lies outside.
    """
    series = series.without_masked()
    found = count_components(series)
    trace = main_course(series, found) if at is None else series.trace(at)
    unasked: dict[str, str] = {}

    def ask(name: str, view: Callable[[], Any]) -> Any:
        try:
            return view()
        except FitError as error:
            unasked[name] = "; ".join(problem.what for problem in error.problems)
            return None

    wanted = found.at_least if count is None else count
    if count is not None and not 1 <= count <= MOST:
        resolve(series, count, components=found)  # says what is wrong
    evolving = evolving_factors(series, components=found, count=count)
    return Views(
        series=series,
        components=found,
        evolving=evolving,
        isosbestic=judge_isosbestic(series, whitened=found.whitened),
        resolution=ask(
            "resolution",
            lambda: resolve(series, wanted, closure=closure, components=found, evolving=evolving),
        ),
        first_order=ask("first_order", lambda: judge_first_order(trace)),
        shift=ask("shift", lambda: judge_shift(series)),
        unasked=unasked,
    )


def main_course(series: SpectrumSeries, components: Components) -> Trace:
    """Return the course of the main change: the mean of all wavelengths that changes most.

    Args:
        series: The spectra.
        components: The same spectra in units of their noise.

    Returns:
        A trace without unit whose largest change is 1, rising.
    """
    white = components.whitened.matrix
    left = np.linalg.svd(white - white.mean(axis=0), full_matrices=False)[0][:, 0]
    course = left - left[0]
    scale = course[int(np.argmax(np.abs(course)))]
    return Trace(
        series.time,
        course / scale,
        series.time_unit,
        "course of the main change",
        (*series.history, "read along the main change of all wavelengths"),
        offset_free=True,
    )
