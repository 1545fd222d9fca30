"""A mechanism calibrated on spectra: its constants and its steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prenuc.infer.fit.parameter import digits_of
from prenuc.present.tables.results import NO_INTERVAL, NOT_FIXED
from prenuc.present.tables.table import Table, in_unit, with_unit
from prenuc.quantities import roughly

if TYPE_CHECKING:
    from prenuc.infer.selection.profiled import Estimate
    from prenuc.infer.selection.spectra_verdict import SpectraCalibration, StepVerdict


def calibrated_table(found: SpectraCalibration) -> Table:
    """Return every constant that the spectra can feel, before and after; rate constants first."""
    return Table(
        caption="Constants",
        headings=("constant", "before", "found", "95 % interval"),
        rows=tuple(map(_constant, sorted(found.estimates, key=lambda one: not one.is_rate))),
    )


def _constant(one: Estimate) -> tuple[str, ...]:
    unit = one.before.quantity.unit
    before, value = with_unit(one.before.quantity.number, unit), with_unit(one.value, unit)
    if not one.fixed or one.ci95 is None:
        return one.name, before, value, NO_INTERVAL if one.fixed else NOT_FIXED
    said, below, above = digits_of(one.value, *one.ci95)
    return one.name, before, in_unit(said, unit), f"{below} to {above}"


def needed_table(found: SpectraCalibration) -> Table:
    """Return whether the spectra need each step, and what leaving it out costs."""
    return Table(
        caption="Steps",
        headings=("without", "Δχ²/ĉ", "residuals / noise", "the step is"),
        rows=tuple(map(_step, found.steps)),
    )


def _step(one: StepVerdict) -> tuple[str, ...]:
    if math.isnan(one.rise):
        return one.step, "–", "–", f"{one.word}: nothing can be run without it"
    word = f"{one.word}: {roughly(one.paid)} for its numbers" if one.would_be_needed else one.word
    return one.step, roughly(one.rise), f"{one.misfit:.3g}", word
