"""What a report says and shows of measured spectra: first excitons, growth, emission, constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import counted, listed
from prenuc.infer.fit.wording import with_interval
from prenuc.infer.modelfree.isosbestic import isosbestic_points
from prenuc.infer.selection.growth_laws import Growth
from prenuc.infer.selection.spectra_verdict import SpectraCalibration
from prenuc.observe.analysis import Analysis
from prenuc.observe.luminescence.measured import EmissionAnalysis
from prenuc.present.files.page import folded_html, list_html, prose, table_html
from prenuc.present.files.sections import HISTORY, drawn_html, input_html, section
from prenuc.present.files.summary import Summary, sentence, summary
from prenuc.present.tables.flasks import calibrated_table, needed_table
from prenuc.present.tables.results import growth_table, ranking_table
from prenuc.present.tables.spectra import emission_table, exciton_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prenuc.infer.selection.growth_laws import FittedLaw
    from prenuc.observe.luminescence.measured import Emission
    from prenuc.present.tables.table import Table

NONE = (None, None)  # ends of an interval that cannot be believed
LONGEST = 40  # rows of a table that is printed; a longer one is folded
SAID = 5  # warnings about spectra that stand in the summary
_PICKS = (
    "Spectra coloured by time. The mark is the centre of the first excitonic band without its "
    "background, the bar along the curve its 95 % interval; the tick is the maximum of the curve "
    "itself, which the background shifts to the blue."
)
_TREND = "Bars are 95 % intervals of the position."
_SIZES = " The error of a sizing curve, 10-15 % of the diameter for most, comes on top."
_EACH = "Data (dots), fit (line) and the band alone (dashed), with the pick and its 95 % interval."


@summary.register(Analysis)
def _of_analysis(analysis: Analysis) -> Summary:
    placed = [i for i, one in enumerate(analysis.found) if one.feature.status != "unresolved"]
    name = analysis.series.metadata.get("file") or analysis.file or "these spectra"
    curve = next((one.size.curve for one in analysis.found if one.size is not None), "")
    doubted = sum(bool(one.doubts) for one in analysis.found)
    count = f"{len(placed)} of {len(analysis.found)} spectra show one"
    doubts = f"; {doubted} of the picks are doubted" if doubted else ""
    return Summary(
        subject=f"First excitons of {name}",
        asked=f"Where is the first exciton of {name}, and what does it say of size?",
        answer=(
            *_ends(analysis, placed),
            *_clusters(analysis),
            f"{count}{doubts}.",
        ),
        rests=(
            "Centres of the first band without its background, each with a 95 % interval.",
            *((f"Diameters of {analysis.material} by {curve}.",) if curve else ()),
        ),
        unknown=tuple(sentence(line) for line in analysis.warnings[:SAID]),
        rank=2,
    )


def _ends(analysis: Analysis, placed: Sequence[int]) -> tuple[str, ...]:
    """Return first and last position, with the diameters there."""
    told = []
    for i in dict.fromkeys([*placed[:1], *placed[-1:]]):
        one, label = analysis.found[i], analysis.series.labels[i]
        low, high = one.feature.ci95_nm
        size = f", a diameter of {one.diameter_nm:.2f} nm" if one.size is not None else ""
        position = f"{one.feature.position_nm:.1f} ({low:.1f} to {high:.1f}) nm"
        told.append(f"{label}: first exciton at {position}{size}.")
    return tuple(told)


def _clusters(analysis: Analysis) -> tuple[str, ...]:
    names = dict.fromkeys(line.species for one in analysis.found for line in one.clusters)
    return (f"As sharp as, and where, {listed([*names])} absorbs.",) if names else ()


@section.register(Analysis)
def _analysis(analysis: Analysis) -> Iterable[str]:
    series = analysis.series
    sized = any(found.sizes for found in analysis.found)
    name = series.metadata.get("file") or analysis.file or "spectra"
    yield f"<h2>First excitons: {prose(name)}</h2>"
    yield f"<p>Material: {prose(analysis.material or 'not given, so no diameters')}.</p>"
    yield drawn_html("picks", analysis, _PICKS)
    yield drawn_html("trend", analysis, _TREND + (_SIZES if sized else ""))
    yield from _rows(exciton_table(analysis.rows()))
    more = analysis.warnings[SAID:]
    yield folded_html(counted(len(more), "further warning"), list_html(more))
    yield folded_html("Every fit", drawn_html("bands", analysis, _EACH))
    yield "<h3>How the file was read</h3>"
    yield list_html([*series.history, *(point.verdict for point in isosbestic_points(series))])
    yield input_html(series)


@summary.register(EmissionAnalysis)
def _of_emission(analysis: EmissionAnalysis) -> Summary:
    seen = [one for one in analysis if np.isfinite(one.maximum_nm)]
    shifted = [one for one in seen if one.stokes_mev is not None]
    name = analysis.series.metadata.get("file") or "these spectra"
    warnings = dict.fromkeys(line for one in analysis for line in one.warnings)
    return Summary(
        subject=f"Emission of {name}",
        asked=f"Where do the aliquots of {name} emit, and how far to the red of their exciton?",
        answer=(
            *(_emits(one) for one in seen[:1] + seen[1:][-1:]),
            f"{len(seen)} of {len(analysis)} spectra show a band.",
        ),
        rests=(
            "A band at the edge and a broad one of traps, fitted to photons per energy.",
            *(
                (f"{counted(len(shifted), 'first exciton')} of the same aliquots.",)
                if shifted
                else ()
            ),
        ),
        unknown=(
            "What a detector that was not calibrated does to widths and shares.",
            *(sentence(line) for line in [*warnings][:SAID]),
        ),
        rank=2,
    )


def _emits(one: Emission) -> str:
    low, high = one.maximum_ci95_nm
    shift = "" if one.stokes_mev is None else f", a Stokes shift of {one.stokes_mev:.0f} meV"
    width = f"{one.fwhm_nm:.0f} nm wide at half maximum"
    return f"{one.label}: {one.maximum_nm:.1f} ({low:.1f} to {high:.1f}) nm, {width}{shift}."


@section.register(EmissionAnalysis)
def _emission(analysis: EmissionAnalysis) -> Iterable[str]:
    series = analysis.series
    yield f"<h2>Emission: {prose(series.metadata.get('file') or 'spectra')}</h2>"
    yield drawn_html("emission", analysis)
    yield from _rows(emission_table(analysis.found))
    each = [f"{one.label}: {line}" for one in analysis for line in one.warnings]
    yield folded_html(f"{counted(len(each), 'warning')}, spectrum by spectrum", list_html(each))
    yield folded_html(HISTORY, list_html(series.history))
    yield input_html(series)


@summary.register(Growth)
def _of_growth(found: Growth) -> Summary:
    best = found.fitted[found.comparison.best]
    name = found.file or "these spectra"
    return Summary(
        subject=f"Growth of the dots of {name}",
        asked=f"By which law do the dots of {name} grow?",
        answer=(found.comparison.verdict, *_pace(best)),
        rests=(f"{len(found.time_s)} diameters of {name}, none of them doubted.",),
        unknown=tuple(sentence(line) for line in (*found.comparison.warnings, *found.notes)),
        rank=1,
    )


def _pace(law: FittedLaw) -> tuple[str, ...]:
    """Return how fast dots grow by a law; nothing for none."""
    if law.rate is None:
        return ()
    return (f"By {law.law}: {with_interval(law.rate, law.ci95 or NONE, law.unit)}.",)


@section.register(Growth)
def _growth(found: Growth) -> Iterable[str]:
    yield f"<h2>Growth: {prose(found.file or 'diameters')}</h2>"
    yield drawn_html("growth", found)
    yield table_html(growth_table(found), "The laws of growth")
    yield table_html(ranking_table(found.comparison), "The laws, best first")


@summary.register(SpectraCalibration)
def _of_calibration(found: SpectraCalibration) -> Summary:
    loose = [one.name for one in found.estimates if not one.fixed]
    spectra = sum(len(series) for series in found.seen.values())
    return Summary(
        subject=f"{found.mechanism.name} calibrated on {listed([*found.seen])}",
        asked=f"Does {found.mechanism.name} describe {listed([*found.seen])}, and by what numbers?",
        answer=(*found.meanings, found.verdict),
        rests=(
            f"{counted(spectra, 'spectrum')}, {counted(found.data, 'independent number')}.",
            *_predicted(found),
        ),
        unknown=(
            *((f"These spectra do not fix {listed(loose)}.",) if loose else ()),
            *(sentence(line) for line in found.warnings),
        ),
        rank=1,
    )


def _predicted(found: SpectraCalibration) -> tuple[str, ...]:
    """Return how well what was left out is predicted; nothing where nothing was."""
    what = "each flask" if found.whole else "every fifth spectrum"
    told = f"Predicted from the others, {what} is {found.held_out:.2g} times the noise off."
    return (told,) if np.isfinite(found.held_out) else ()


@section.register(SpectraCalibration)
def _calibration(found: SpectraCalibration) -> Iterable[str]:
    yield f"<h2>Calibrated on spectra: {prose(found.mechanism.name)}</h2>"
    yield drawn_html("calibration", found)
    yield table_html(calibrated_table(found))
    yield table_html(needed_table(found))
    for name, series in found.seen.items():
        yield folded_html(f"{HISTORY}: {name}", list_html(series.history))
        yield input_html(series)


def _rows(table: Table) -> Iterable[str]:
    """Return a table, folded where it is long."""
    many = len(table.rows)
    long = many > LONGEST
    yield folded_html(f"All {many} rows", table_html(table)) if long else table_html(table)
