"""A mechanism calibrated on spectra: its constants and its steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prenuc.present.tables.results import NO_INTERVAL, NOT_FIXED
from prenuc.present.tables.table import Table, with_unit

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
    if not one.fixed:
        return one.name, before, value, NOT_FIXED
    if one.ci95 is None:
        return one.name, before, value, NO_INTERVAL
    return one.name, before, value, f"{one.ci95[0]:.4g} to {one.ci95[1]:.4g}"


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
    word = f"{one.word}: {one.paid:.3g} for its numbers" if one.would_be_needed else one.word
    return one.step, f"{one.rise:.3g}", f"{one.misfit:.3g}", word
