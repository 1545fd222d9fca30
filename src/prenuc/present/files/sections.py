"""What a report shows of each kind of result: figures, tables, protocol, assumptions."""

from __future__ import annotations

from collections import Counter
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, counted, listed
from prenuc.infer.experiments.published import PanelResult
from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
from prenuc.infer.selection.evidence import Comparison
from prenuc.infer.studies.ablation import Ablations
from prenuc.observe.course import FEWEST, Course, course
from prenuc.observe.series import SpectrumSeries
from prenuc.present.figures.driving import caption_driving
from prenuc.present.figures.kinds import draw
from prenuc.present.figures.maps import plot_swept
from prenuc.present.figures.page_size import DOUBLE, Layout
from prenuc.present.files.page import (
    figure_html,
    folded_html,
    list_html,
    prose,
    table_html,
    warnings_html,
)
from prenuc.present.files.saved import Stored
from prenuc.present.tables.results import (
    assumptions,
    assumptions_table,
    constants_table,
    lag_table,
    ranking_table,
    shares_table,
)
from prenuc.present.tables.studies import ablations_table
from prenuc.present.tables.sweeps import factors_table, flasks_table
from prenuc.present.tables.table import Table
from prenuc.quantities import legible_text
from prenuc.simulation.driving import driving
from prenuc.simulation.solution import Run
from prenuc.sweeps.swept import Swept
from prenuc.thermodynamics.check import CONSISTENT, INCONSISTENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

WIDE = Layout(width=DOUBLE)
FLAT = {"spectra", "picks", "species"}  # figures that need no height
LOW = Layout(width=DOUBLE, height=9.5)  # cm
HISTORY = "How the data came about"
MOST_FLASKS = 200  # of a sweep that are tabulated; its answer holds all
SAMPLES = 12  # measurements of a run that are tabulated
_TRACE = (
    "Signal, fit and residuals. The inset is for the eye: taking logarithms weighs late points "
    "without bound."
)
_MANY = "Each data set where its signal changes most: data, fit and residuals."
_SPECIES = "Spectra of the species, and their shares."


@singledispatch
def section(result: Any) -> Iterable[str]:
    """Return what a report shows of a result, in pieces of HTML.

    Args:
        result: A run, course, spectra, analysis, fit, comparison, ablation or saved answer.

    Raises:
        InputError: It is something else.
    """
    what = f"a {type(result).__name__} has no section in a report"
    raise InputError(what, "Give runs, spectra, analyses, fits or comparisons")


def drawn_html(kind: str, answer: Any, caption: str = "", said: Sequence[str] = ()) -> str:
    """Return a figure as wide as two columns of a journal.

    Args:
        kind: What is drawn.
        answer: Of what.
        caption: What stands below it, before what is not drawn; what it shows when empty.
        said: What the page says elsewhere.
    """
    made = draw(kind, answer, layout=LOW if kind in FLAT else WIDE)
    own = [note for note in made.notes if note not in said]
    notes = "".join(f" {note[:1].upper()}{note[1:].rstrip('.')}." for note in own)
    return figure_html(made.figure, f"{caption or made.told}{notes}", made.told)


@section.register(Comparison)
def _comparison(comparison: Comparison) -> Iterable[str]:
    yield "<h2>Which model</h2>"
    if comparison.curves is None:
        yield warnings_html(["The data were not kept with this comparison: no figure is drawn."])
    else:
        yield drawn_html("rivals", comparison)
    yield table_html(ranking_table(comparison), "The models, best first")


@section.register(Ablations)
def _ablations(found: Ablations) -> Iterable[str]:
    yield f"<h2>What each step is for: {prose(found.mechanism)}</h2>"
    yield drawn_html("ablations", found)
    yield table_html(ablations_table(found), "The steps")


@section.register(Run)
def _run(run: Run) -> Iterable[str]:
    yield f"<h2>Simulation: {prose(run.protocol.name)}</h2>"
    yield f"<p>Mechanism: {prose(run.mechanism.name)}.</p>"
    yield from _watched(run)
    if run.measurements:
        every = max(1, -(-len(run.measurements) // SAMPLES))
        yield table_html(shares_table(run, run.measurements[::every]))
    yield from _done(run.protocol, run.mechanism)
    yield from _driving(run)


def _done(protocol: Protocol, mechanism: Mechanism) -> Iterable[str]:
    """Return what was done, what had to be assumed, and the constants."""
    steps = "".join(
        f"<li>{prose(legible_text(str(step)))} <small>{prose(step.source)}</small></li>"
        for step in protocol.steps
    )
    yield f"<h3>What was done</h3><ol>{steps}</ol>"
    if protocol.assumptions:
        yield table_html(assumptions_table(assumptions(protocol)))
    constants = Table(
        headings=("constant", "value", "status", "source"),
        rows=tuple(
            (name, str(value.quantity), value.status, str(value.source))
            for name, value in mechanism.parameters.items()
        ),
    )
    yield folded_html("Constants of the mechanism", table_html(constants))


@section.register(Swept)
def _sweep(found: Swept) -> Iterable[str]:
    yield f"<h2>{counted(len(found), 'flask')}: {prose(found.protocol.name)}</h2>"
    yield f"<p>Mechanism: {prose(found.mechanism.name)}.</p>"
    if found.chart is not None:
        made = plot_swept(found, WIDE)
        yield figure_html(made.figure, made.told)
    factors, flasks = factors_table(found), flasks_table(found, MOST_FLASKS)
    yield table_html(factors)
    shown = f"{len(flasks.rows)} of {counted(len(found), 'flask')}"
    yield folded_html(shown, table_html(flasks, "Flasks, by the number that ranks them"))
    yield from _done(found.protocol, found.mechanism)


def _watched(run: Run) -> Iterable[str]:
    """Return the course of the vessel that was looked at most, if that is one with chalcogen."""
    seen = Counter(one.vessel for one in run.measurements)
    for vessel, looks in seen.most_common(1):
        found = course(run, vessel) if looks >= FEWEST else None
        if found is not None and any(held.any() for held in found.chalcogen.values()):
            told = f"Species in {vessel}, at each of {looks} measurements."
            yield drawn_html("species", found, told)


@section.register(Course)
def _course(one: Course) -> Iterable[str]:
    yield f"<h2>Course of {prose(one.vessel)}: {prose(one.name)}</h2>"
    yield drawn_html("course", one, "Each number against time.")


def _driving(run: Run) -> Iterable[str]:
    """Return what drives the reactions in every vessel, where potentials can be spoken of."""
    yield "<h3>What drives the reactions</h3>"
    if run.thermodynamics != CONSISTENT:
        why = "inconsistent" if run.thermodynamics == INCONSISTENT else "without ways back"
        yield (
            f"<p>Affinities and dissipated power are not drawn: {prose(run.mechanism.name)} is "
            f"{why}, see prenuc check.</p>"
        )
        return
    one_way = [step.name for step in run.mechanism.steps if step.back is None]
    if one_way:
        yield f"<p>Without a way back, and so without an affinity: {prose(listed(one_way))}.</p>"
    figures = [drawn_html("driving", one, caption_driving(one)) for one in driving(run)]
    yield from figures[:1]
    yield folded_html("The other vessels", "".join(figures[1:]))


@section.register(SpectrumSeries)
def _spectra(series: SpectrumSeries) -> Iterable[str]:
    what = series.metadata.get("recipe") or series.metadata.get("file") or series.signal
    yield f"<h2>Spectra: {prose(what)}</h2>"
    yield _all_spectra(series)
    yield folded_html(HISTORY, list_html(series.history))
    yield input_html(series)


def _all_spectra(series: SpectrumSeries) -> str:
    return drawn_html("spectra", series, f"{counted(len(series), 'spectrum')}, coloured by time.")


@section.register(Stored)
def _stored(stored: Stored) -> Iterable[str]:
    yield f"<h2>{prose(stored.title)}</h2>"
    yield f"<p>From {prose(stored.file)}.</p>"
    if stored.series is not None:
        yield _all_spectra(stored.series)
    for table in stored.tables:
        yield table_html(table)
    yield warnings_html(stored.warnings)


@section.register(Fit)
def _fit(fit: Fit) -> Iterable[str]:
    yield f"<h2>Kinetics: {prose(fit.scheme)}</h2>"
    yield from _numbers(fit, _TRACE, fit.trace.time_unit)
    yield folded_html(HISTORY, list_html(fit.history))


def _numbers(fit: Fit | GlobalFit | ManyFit, caption: str, unit: str = "1") -> Iterable[str]:
    """Return what every fit shows: a figure and its numbers; the summary says what to beware of."""
    yield drawn_html("fit", fit, caption, fit.warnings)
    yield table_html(constants_table(fit.as_dict(), unit=unit))


@section.register(GlobalFit)
def _global_fit(fit: GlobalFit) -> Iterable[str]:
    m, n = fit.series.absorbance.shape
    yield f"<h2>Kinetics: {prose(fit.scheme)}, {m} spectra × {n} wavelengths</h2>"
    yield _all_spectra(fit.series)
    yield from _numbers(fit, _SPECIES, fit.series.time_unit)
    same = list_html(fit.equivalent_schemes)
    yield folded_html("Schemes that fit these data identically", same)
    yield folded_html(HISTORY, list_html(fit.history))
    yield input_html(fit.series)


@section.register(ManyFit)
def _many_fit(fit: ManyFit) -> Iterable[str]:
    yield f"<h2>Kinetics: {prose(fit.scheme)}, {counted(len(fit.sets), 'data set')}</h2>"
    yield from _numbers(fit, _MANY)
    yield from (input_html(one.series) for one in fit.sets)


@section.register(PanelResult)
def _panel(panel: PanelResult) -> Iterable[str]:
    """Return a kinetic panel: its fit, and what can and cannot be said about the lag."""
    unit = prose(panel.trace.time_unit)
    known = f"The simulated network has a lag of {panel.truth['lag']:.4g} {unit}"
    printed = Table(
        headings=("time axis of the printed equation", "root mean square distance / absorbance"),
        rows=tuple((reading, f"{distance:.4f}") for reading, distance in panel.readings.items()),
    )
    yield from _fit(panel.fit)
    yield "<h2>What these spectra say about the lag</h2>"
    yield f"<p>{known}; the fits do not know it.</p>"
    yield table_html(lag_table(panel), "The lag, read in two ways")
    yield table_html(printed, "How far the printed equation is from the simulated trace")
    yield list_html(panel.notes)


def input_html(series: SpectrumSeries) -> str:
    """Return the exact file that spectra were read from, where there is one."""
    if "sha256" not in series.metadata:
        return ""
    name, digest = series.metadata["file"], series.metadata["sha256"]
    return f"<p>Input: {prose(name)}, SHA-256 <code>{digest}</code></p>"
