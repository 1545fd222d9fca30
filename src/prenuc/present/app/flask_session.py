"""A flask on the page: what of it can be moved, and what it shows, as frames.

A frame "flask" holds spectra. Their numbers are exact, or coarse while something is dragged and an
exact run takes too long; the frame says which. A frame "course" holds what is in the watched flask;
of a drag it comes a few times a second.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from prenuc.errors import FitError
from prenuc.infer.calibration.priors import within_prior
from prenuc.infer.selection.laid_over import LaidOver
from prenuc.observe.live.precision import EXACT, QUICK, SPECTRA
from prenuc.present.app import frames
from prenuc.protocol.handles import DURATION, TEMPERATURE
from prenuc.quantities import legible_text, parse
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prenuc.arrays import Array
    from prenuc.facts.value import Value
    from prenuc.observe.live.experiment import Live
    from prenuc.observe.live.precision import Precision
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.handles import Handle, Span
    from prenuc.simulation.solution import Run

SOON = 0.025  # s; an exact run that takes less is not replaced by a coarse one
EXACT_COSTS = 2.0  # times a coarse run
COURSE_EVERY = 0.2  # s, while something is dragged
COLDEST, HOTTEST = 0.0, 320.0  # degC, of a slider; a temperature beyond can be typed
TIMES_MORE = 4.0  # of a duration or amount, at the right end of a slider
FROM_NOTHING = 5.0  # right end for an amount that is zero, in its unit


@dataclass
class FlaskSession:
    """One flask.

    Args:
        live: The experiment.
        title: What it is called.
        recipe: Of the catalogue, where it is one.
        named: The mechanism as the user named it; "" for the one that belongs to the recipe.
        over: Measured spectra that are laid over.
    """

    live: Live
    title: str
    recipe: str = ""
    named: str = ""
    over: LaidOver | None = field(init=False, default=None)
    _to_show: bool = field(init=False, default=False)
    _exact_s: float = field(init=False, default=0.0)
    _course_at: float = field(init=False, default=0.0)

    def frames(self, *, exact: bool, drag: int | None = None) -> Iterator[bytes]:
        """Yield what is to be drawn now, spectra first.

        Args:
            exact: Whether nothing is dragged.
            drag: Number of the drag that is answered.
        """
        began = time.perf_counter()
        course = exact or began - self._course_at > COURSE_EVERY
        precision = EXACT if exact else QUICK if self._exact_s > SOON else SPECTRA
        precision = precision if course else precision.unwatched
        run = self.live.run(precision)
        yield self._spectra(run, precision, drag)
        taken = time.perf_counter() - began
        self._exact_s = taken if precision.exact else taken * EXACT_COSTS
        if course:
            yield self._course(run, precision, drag)
            self._course_at = time.perf_counter()

    def _spectra(self, run: Run, precision: Precision, drag: int | None) -> bytes:
        series = self.live.spectra(run, precision)
        words: dict[str, Any] = {
            "title": self.title,
            "labels": list(series.labels),
            "time": series.time_label,
        }
        words |= self._beside(run) if precision is EXACT else {}
        words |= {"chi2": self.chi2} if precision is EXACT and self.over else {}
        header = {"of": "flask", "drag": drag, "exact": precision.exact, "words": words}
        arrays = {
            "time_min": series.time,
            "wavelength_nm": series.wavelength,
            "absorbance": series.absorbance,
            **self._laid_over(),
        }
        return frames.packed(header, arrays, frames.EXACT if precision is EXACT else frames.COARSE)

    def lay_over(self, measured: SpectrumSeries | None) -> None:
        """Lay measured spectra over, with the next frame; take them off for None.

        Raises:
            FitError: They are not those that the protocol measures.
        """
        over = None if measured is None else LaidOver.of(measured)
        if over is not None:
            over.chi2(self.live.mechanism_now, self.live.protocol_now)
        self.over, self._to_show = over, over is not None

    @property
    def chi2(self) -> float | None:
        """χ² of what is laid over; None where nothing is, or it no longer fits the protocol."""
        if self.over is None:
            return None
        try:
            return self.over.chi2(self.live.mechanism_now, self.live.protocol_now)
        except FitError:  # a duration was moved, and a sample is no longer taken when it was
            return None

    def _laid_over(self) -> dict[str, Array]:
        """Return the measured spectra, once."""
        if self.over is None or not self._to_show:
            return {}
        self._to_show = False
        measured = self.over.measured
        return {
            "data_time_min": measured.time * parse(f"1 {measured.time_unit}").to("min"),
            "data_wavelength_nm": measured.wavelength,
            "data_absorbance": measured.absorbance,
        }

    def _beside(self, run: Run) -> dict[str, Any]:
        """Return what else is said of a flask that nobody is dragging at."""
        return {
            "steps": self.steps(),
            "verdict": run.thermodynamics,
            "warnings": [str(one) for one in (*self.live.protocol_now.warnings, *run.warnings)],
        }

    def _course(self, run: Run, precision: Precision, drag: int | None) -> bytes:
        course = self.live.course(run)
        words = {"vessel": course.vessel, "names": list(course.names), "species_unit": "mmol/L"}
        header = {"of": "course", "drag": drag, "exact": precision is EXACT, "words": words}
        arrays = {
            "time_min": course.time,
            "temperature_c": course.temperature,
            "species": course.concentration.T,
            "sizes_nm": course.sizes,
            "number": course.distribution.T,
        }
        return frames.packed(header, arrays, frames.COARSE)

    def steps(self) -> list[dict[str, Any]]:
        """Return the steps as they are now; handles have the names of the steps that were given."""
        given: dict[int, list[Handle]] = {}
        for one in self.live.protocol.handles:
            given.setdefault(one.step, []).append(one)
        now = self.live.handles_now
        gone, spans = self.live.left_out, iter(self.live.protocol_now.spans)
        return [
            {
                **(
                    {"gone": True, "text": legible_text(str(step))}
                    if number in gone
                    else _step(next(spans))
                ),
                "number": number,
                "kind": step.verb.partition(" ")[0],
                "vessel": step.vessel,
                "handles": [
                    {**_handle(one), "value": now[one.name]} for one in given.get(number, [])
                ],
            }
            for number, step in enumerate(self.live.protocol.steps, 1)
        ]

    def told(self) -> dict[str, Any]:
        """Return everything that the page draws beside the frames, as plain data."""
        protocol, mechanism = self.live.protocol, self.live.mechanism
        constants = [
            {**_constant(name, value), "value": _now(self.live.change, name, value)}
            for name, value in mechanism.constants.items()
        ]
        return {
            "title": self.title,
            "recipe": self.recipe,
            "mechanism": mechanism.name,
            "steps": self.steps(),
            "constants": constants,
            "species": _species(self.live),
            "protocol": str(self.live.protocol_now),
            "assumptions": [str(one) for one in protocol.assumptions],
            "warnings": [str(one) for one in protocol.warnings],
        }


def _step(span: Span) -> dict[str, Any]:
    begin, end = span.temperature
    return {
        "text": legible_text(str(span.step)),
        "from": list(span.sources),
        "begin_min": span.begin / 60.0,
        "end_min": span.end / 60.0,
        "begin_c": begin - FREEZING,
        "end_c": end - FREEZING,
    }


def _now(change: Mapping[str, Any], name: str, value: Value) -> float:
    return float(change[name].number if name in change else value.quantity.number)


def _species(live: Live) -> list[dict[str, str]]:
    return [
        {"name": name, "kind": one.kind, "basis": one.basis}
        for name, one in live.mechanism.components.items()
    ]


def _handle(one: Handle) -> dict[str, Any]:
    low, high = _limits(one)
    return {
        "name": one.name,
        "kind": one.what if one.what in {TEMPERATURE, DURATION} else "amount",
        "label": one.what if one.what in {TEMPERATURE, DURATION} else f"amount of {one.what}",
        "given": one.quantity.number,
        "unit": one.quantity.unit,
        "low": low,
        "high": high,
        "status": "given",
        "source": "the protocol",
    }


def _limits(one: Handle) -> tuple[float, float]:
    """Return the ends of a slider, in the unit of the handle."""
    number = one.quantity.number
    if one.what == TEMPERATURE:
        return min(COLDEST, number), max(HOTTEST, number)
    return 0.0, TIMES_MORE * number or FROM_NOTHING


def _constant(name: str, value: Value) -> dict[str, Any]:
    number, prior = value.quantity.number, within_prior(name, value)
    low, high = prior or (number / TIMES_MORE, number * TIMES_MORE)
    return {
        "name": name,
        "label": name,
        "group": name.rpartition(".")[0],
        "given": number,
        "unit": value.quantity.unit,
        "low": min(low, high),
        "high": max(low, high) or 1.0,
        "prior_low": prior[0] if prior else None,
        "prior_high": prior[1] if prior else None,
        "status": value.status,
        "source": str(value.source),
        "note": value.note,
        "log": number > 0 and prior is not None and low > 0,
    }
