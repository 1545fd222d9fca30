"""One self-contained HTML file: vector figures, numbers, sources, exact inputs, versions.

Nothing is loaded from outside, so a report can be mailed, archived and opened offline. The same
results give the same file, byte for byte.
"""

from __future__ import annotations

import platform
from html import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, listed
from prenuc.facts.catalogue import cite
from prenuc.infer.experiments.published import PanelResult
from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
from prenuc.infer.modelfree.isosbestic import isosbestic_points
from prenuc.infer.selection.evidence import Comparison
from prenuc.observe.analysis import Analysis
from prenuc.observe.course import Course
from prenuc.observe.series import SpectrumSeries
from prenuc.present.figures.analysis import MOST_PANELS
from prenuc.present.figures.driving import caption_driving
from prenuc.present.figures.kinds import draw
from prenuc.present.figures.page_size import DOUBLE, Layout
from prenuc.present.files.page import PAGE, figure_html, list_html, page, warnings_html
from prenuc.present.files.saved import Stored
from prenuc.present.tables.results import (
    assumptions,
    assumptions_table,
    constants_table,
    exciton_table,
    lag_table,
    ranking_table,
)
from prenuc.present.tables.table import Table
from prenuc.simulation.driving import driving
from prenuc.simulation.solution import Run
from prenuc.thermodynamics.check import CONSISTENT, INCONSISTENT
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_PICKS = (
    "Spectra coloured by time. The mark is the centre of the first excitonic band without its "
    "background, the bar along the curve its 95 % interval; the tick is the maximum of the curve "
    "itself, which the background shifts to the blue."
)
_TREND = "Bars are 95 % intervals of the position."
_SIZES = " The error of a sizing curve, 10-15 % of the diameter for most, comes on top."
_EACH = "Data (dots), fit (line) and the band alone (dashed), with the pick and its 95 % interval."
_TRACE = (
    "Signal, fit and residuals. The inset is for the eye: taking logarithms weighs late points "
    "without bound."
)
WIDE = Layout(width=DOUBLE)
_MANY = "Each data set where its signal changes most: data, fit and residuals."


def report(*results: Any, to: Path | str, title: str = "prenuc report") -> Path:
    """Write a report of runs, spectra, analyses, fits and comparisons, in the order given.

    Args:
        results: Any of :class:`~prenuc.simulation.solution.Run`,
            :class:`~prenuc.observe.course.Course`,
            :class:`~prenuc.observe.series.SpectrumSeries`,
            :class:`~prenuc.observe.analysis.Analysis`, :class:`~prenuc.infer.fit.fit.Fit`,
            :class:`~prenuc.infer.fit.results.GlobalFit`,
            :class:`~prenuc.infer.fit.results.ManyFit`,
            :class:`~prenuc.infer.selection.evidence.Comparison`,
            :class:`~prenuc.infer.experiments.published.PanelResult`,
            :class:`~prenuc.present.files.saved.Stored`.
        to: The file, ending in .html.
        title: Heading of the report.

    Returns:
        The path of the file.

    Raises:
        InputError: The ending is not .html, or a result has no section in a report.
    """
    path = page(to)
    sections = [f"<h1>{escape(title)}</h1>", *("\n".join(_section(one)) for one in results)]
    sections += [_sources(results), _versions()]
    return write_text(path, PAGE.format(title=escape(title), body="\n".join(sections)))


def _section(result: Any) -> Iterable[str]:
    writers: dict[type, Callable[[Any], Iterable[str]]] = {
        Run: _run,
        Course: _course,
        SpectrumSeries: _spectra,
        Analysis: _analysis,
        Fit: _fit,
        GlobalFit: _global_fit,
        ManyFit: _many_fit,
        Comparison: _comparison,
        PanelResult: _panel,
        Stored: _stored,
    }
    if type(result) not in writers:
        what = f"a {type(result).__name__} has no section in a report"
        raise InputError(what, "Give runs, spectra, analyses, fits or comparisons")
    return writers[type(result)](result)


def _comparison(comparison: Comparison) -> Iterable[str]:
    yield f"<h2>Which model</h2><p>{escape(comparison.verdict)}</p>"
    yield warnings_html(comparison.warnings)
    yield ranking_table(comparison).html()
    yield list_html(comparison.equivalent_schemes)


def _run(run: Run) -> Iterable[str]:
    ledger = run.conservation["ledger"]["final"]
    yield f"<h2>Simulation: {escape(run.protocol.name)}</h2>"
    yield f"<p>Mechanism: {escape(run.mechanism.name)}. Matter is conserved to {ledger:.1e}.</p>"
    yield f"<p>Thermodynamics: {run.thermodynamics}.</p>"
    yield warnings_html((*run.protocol.warnings, *run.warnings))
    steps = "".join(
        f"<li>{escape(str(step))} <small>{escape(step.source)}</small></li>"
        for step in run.protocol.steps
    )
    yield f"<h3>What was done</h3><ol>{steps}</ol>"
    yield from _titled(assumptions_table(assumptions(run)))
    constants = Table(
        headings=("constant", "value", "status", "source"),
        rows=tuple(
            (name, str(value.quantity), value.status, str(value.source))
            for name, value in run.mechanism.parameters.items()
        ),
    )
    yield f"<details><summary>Constants of the mechanism</summary>{constants.html()}</details>"
    yield from _driving(run)


def _figure(kind: str, answer: Any, caption: str) -> str:
    return figure_html(draw(kind, answer, layout=WIDE).figure, caption)


def _course(course: Course) -> Iterable[str]:
    made = draw("course", course, layout=WIDE)
    yield f"<h2>Course of {escape(course.vessel)}: {escape(course.name)}</h2>"
    yield figure_html(made.figure, "; ".join(["Each number against time", *made.notes]) + ".")


def _driving(run: Run) -> Iterable[str]:
    """Return what drives the reactions in every vessel, where potentials can be spoken of."""
    yield "<h3>What drives the reactions</h3>"
    if run.thermodynamics != CONSISTENT:
        why = "inconsistent" if run.thermodynamics == INCONSISTENT else "without ways back"
        yield (
            f"<p>Affinities and dissipated power are not drawn: {escape(run.mechanism.name)} is "
            f"{why}, see prenuc check.</p>"
        )
        return
    one_way = [step.name for step in run.mechanism.steps if step.back is None]
    if one_way:
        yield f"<p>Without a way back, and so without an affinity: {escape(listed(one_way))}.</p>"
    figures = [_figure("driving", one, caption_driving(one)) for one in driving(run)]
    yield from figures[:1]
    if others := "".join(figures[1:]):
        yield f"<details><summary>The other vessels</summary>{others}</details>"


def _spectra(series: SpectrumSeries) -> Iterable[str]:
    what = series.metadata.get("recipe") or series.metadata.get("file") or series.signal
    yield f"<h2>Spectra: {escape(what)}</h2>"
    yield _all_spectra(series)
    yield list_html(series.history)


def _all_spectra(series: SpectrumSeries) -> str:
    return _figure("spectra", series, f"{len(series)} spectra, coloured by time.")


def _analysis(analysis: Analysis) -> Iterable[str]:
    series, many = analysis.series, len(analysis.found)
    name = escape(series.metadata.get("file") or analysis.file or "spectra")
    sized = any(found.sizes for found in analysis.found)
    some = f" {MOST_PANELS} of {many} spectra." if many > MOST_PANELS else ""
    checksum = series.metadata.get("sha256", "")
    yield f"<h2>First excitons: {name}</h2>"
    yield f"<p>Material: {escape(analysis.material or 'not given, so no diameters')}.</p>"
    yield _figure("picks", analysis, _PICKS)
    yield _figure("trend", analysis, _TREND + (_SIZES if sized else ""))
    yield exciton_table(analysis.rows()).html()
    yield warnings_html(analysis.warnings)
    each = _figure("bands", analysis, _EACH + some)
    yield f"<details><summary>Every fit</summary>{each}</details>"
    yield "<h3>How the file was read</h3>"
    said = [*series.history, *([f"SHA-256 of the file: {checksum}"] if checksum else [])]
    yield list_html([*said, *(point.verdict for point in isosbestic_points(series))])
    yield _input(series)


def _stored(stored: Stored) -> Iterable[str]:
    yield f"<h2>{escape(stored.title)}</h2>"
    yield f"<p>From {escape(stored.file)}.</p>"
    if stored.series is not None:
        yield _all_spectra(stored.series)
    for table in stored.tables:
        yield from _titled(table)
    yield warnings_html(stored.warnings)


def _titled(table: Table) -> Iterable[str]:
    yield f"<h3>{escape(table.caption)}</h3>"
    yield table.html()


def _fit(fit: Fit) -> Iterable[str]:
    yield f"<h2>Kinetics: {escape(fit.scheme)}</h2>"
    yield from _numbers(fit, _TRACE)
    yield f"<p>Standard deviation of the residuals: {fit.noise['sd']:.3g}.</p>"


def _numbers(fit: Fit | GlobalFit | ManyFit, caption: str, unit: str = "1") -> Iterable[str]:
    """Return what every fit shows: why it has no interval, a figure, its numbers, warnings."""
    if not fit.reliable:
        yield f'<p class="warning"><b>No interval:</b> {escape(fit.reason)}</p>'
    yield _figure("fit", fit, caption)
    yield constants_table(fit.as_dict(), unit=unit).html()
    yield warnings_html(fit.warnings)


def _global_fit(fit: GlobalFit) -> Iterable[str]:
    m, n = fit.series.absorbance.shape
    yield f"<h2>Kinetics: {escape(fit.scheme)}, {m} spectra × {n} wavelengths</h2>"
    yield _all_spectra(fit.series)
    yield from _numbers(fit, "Spectra of the species, and their shares.", fit.series.time_unit)
    yield f"<p>Noise: {fit.noise['sd']:.3g} ({escape(str(fit.noise['from']))}).</p>"
    if fit.equivalent_schemes:
        yield f"<p>Fits these data identically:</p>{list_html(fit.equivalent_schemes)}"
    yield list_html(fit.series.history)
    yield _input(fit.series)


def _many_fit(fit: ManyFit) -> Iterable[str]:
    yield f"<h2>Kinetics: {escape(fit.scheme)}, {len(fit.sets)} data sets</h2>"
    yield from _numbers(fit, _MANY)
    yield from (_input(one.series) for one in fit.sets)


def _panel(panel: PanelResult) -> Iterable[str]:
    """Return a kinetic panel: its fit, and what can and cannot be said about the lag."""
    unit = escape(panel.trace.time_unit)
    known = f"The simulated network has a lag of {panel.truth['lag']:.4g} {unit}"
    printed = Table(
        headings=("time axis of the printed equation", "absorbance", ""),
        rows=tuple(
            (reading, f"{distance:.4f}", "root mean square distance of the printed equation")
            for reading, distance in panel.readings.items()
        ),
    )
    yield from _fit(panel.fit)
    yield "<h2>What these spectra say about the lag</h2>"
    yield f"<p>{known}; the fits do not know it.</p>"
    yield lag_table(panel).html()
    yield printed.html()
    yield list_html(panel.notes)


def _input(series: SpectrumSeries) -> str:
    """Return the exact file that spectra were read from, where there is one."""
    if "sha256" not in series.metadata:
        return ""
    name, digest = series.metadata["file"], series.metadata["sha256"]
    return f"<p>Input: {escape(name)}, SHA-256 <code>{digest}</code></p>"


def _sources(results: Sequence[Any]) -> str:
    lines = cite(*results).splitlines()
    return f"<h2>Sources</h2>{list_html(lines)}" if lines else ""


def _versions() -> str:
    packages = ("prenuc", "numpy", "scipy", "scikit-sundae")
    said = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"<h2>Versions</h2><p>Python {platform.python_version()}, {said}</p>"
