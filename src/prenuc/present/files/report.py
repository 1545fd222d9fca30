"""One self-contained HTML file: vector figures, numbers, sources, exact inputs, versions.

Nothing is loaded from outside, so a report can be mailed, archived and opened offline. The same
results give the same file, byte for byte.
"""

from __future__ import annotations

import platform
from collections import Counter
from html import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, Problem
from prenuc.facts.catalogue import cite
from prenuc.infer.evidence import Comparison
from prenuc.infer.isosbestic import isosbestic_points
from prenuc.infer.published import PanelResult
from prenuc.infer.results import Fit, GlobalFit, ManyFit
from prenuc.observe.analysis import Analysis
from prenuc.observe.series import SpectrumSeries
from prenuc.present.figures.analysis import MOST_PANELS, plot_each, plot_picks, plot_trend
from prenuc.present.figures.fits import plot_fit, plot_global_fit, plot_many_fit
from prenuc.present.figures.spectra import plot_spectra
from prenuc.present.figures.style import svg
from prenuc.present.files.saved import Stored
from prenuc.present.files.writing import write_text
from prenuc.simulation.solution import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

    from prenuc.observe.analysis import Found

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; }} h2 {{ font-size: 1.2rem; margin-top: 2.2rem;
  border-bottom: 1px solid #ccc; }}
table {{ border-collapse: collapse; font-size: .9rem; }}
th, td {{ text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #e5e5e5;
  vertical-align: top; }}
td.number {{ font-variant-numeric: tabular-nums; white-space: nowrap; }}
svg {{ max-width: 100%; height: auto; }}
figure {{ margin: 1rem 0; }} figcaption {{ font-size: .9rem; color: #444; }}
.warning {{ border-left: 4px solid #D55E00; padding-left: .7rem; }}
pre {{ background: #f6f6f6; padding: .7rem; overflow-x: auto; font-size: .85rem; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""

_PICKS = (
    "Spectra coloured by time. The mark is the centre of the first excitonic band without its "
    "background, the bar along the curve its 95 % interval; the tick is the maximum of the curve "
    "itself, which the background shifts to the blue."
)
_TREND = "Bars are 95 % intervals of the position."
_SIZES = " The error of a sizing curve, 10-15 % of the diameter for most, comes on top."
_EACH = "Data (dots), fit (line) and the band alone (dashed), with the pick and its 95 % interval."


def report(*results: Any, to: Path | str, title: str = "prenuc report") -> Path:
    """Write a report of runs, spectra, analyses, fits and comparisons, in the order given.

    Args:
        results: Any of :class:`~prenuc.simulation.solution.Run`,
            :class:`~prenuc.observe.series.SpectrumSeries`,
            :class:`~prenuc.observe.analysis.Analysis`, :class:`~prenuc.infer.fit.Fit`,
            :class:`~prenuc.infer.results.GlobalFit`,
            :class:`~prenuc.infer.evidence.Comparison`,
            :class:`~prenuc.infer.published.PanelResult`,
            :class:`~prenuc.present.files.saved.Stored`.
        to: The file, ending in .html.
        title: Heading of the report.

    Raises:
        InputError: The ending is not .html, or a result has no section in a report.
    """
    path = page(to)
    sections = [f"<h1>{escape(title)}</h1>", *(_section(result) for result in results)]
    sections += [_sources(results), _versions()]
    return write_text(path, _PAGE.format(title=escape(title), body="\n".join(sections)))


def page(to: Path | str) -> Path:
    """Return the path of a report.

    Raises:
        InputError: It does not end in .html.
    """
    from pathlib import Path

    path = Path(to)
    if path.suffix not in {".html", ".htm"}:
        raise InputError(
            Problem("a report is an HTML file", "Name it report.html", where=str(path))
        )
    return path


def _section(result: Any) -> str:
    writers: dict[type, Callable[[Any], str]] = {
        Run: _run,
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
        raise InputError(Problem(what, "Give runs, spectra, analyses, fits or comparisons"))
    return writers[type(result)](result)


def _comparison(comparison: Comparison) -> str:
    headings = ("model", "ΔAICc", "weight", "held out / noise", "constants", "verdict")
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    rows = "".join(
        f"<tr><td>{escape(one.model)}</td>"
        + "".join(
            f'<td class="number">{number}</td>'
            for number in (f"{one.delta:.4g}", f"{one.weight:.3f}", f"{one.held_out:.3g}")
        )
        + f'<td class="number">{one.parameters}</td><td>{escape(one.verdict)}</td></tr>'
        for one in comparison.ranking
    )
    notes = "".join(f'<p class="warning">{escape(line)}</p>' for line in comparison.warnings)
    same = "".join(f"<li>{escape(line)}</li>" for line in comparison.equivalent_schemes)
    return (
        f"<h2>Which model</h2><p>{escape(comparison.verdict)}</p>{notes}"
        f"<table><tr>{head}</tr>{rows}</table>" + (f"<ul>{same}</ul>" if same else "")
    )


def _run(run: Run) -> str:
    steps = "".join(
        f"<li>{escape(str(step))} <small>{escape(step.source)}</small></li>"
        for step in run.protocol.steps
    )
    assumed = [
        (a.name, str(a.value.quantity), a.value.status, a.why) for a in run.protocol.assumptions
    ]
    parameters = [
        (name, str(value.quantity), value.status, str(value.source))
        for name, value in run.mechanism.parameters.items()
    ]
    warnings = "".join(f'<p class="warning">{escape(w)}</p>' for w in run.protocol.warnings)
    ledger = run.conservation["ledger"]["final"]
    return "\n".join(
        [
            f"<h2>Simulation: {escape(run.protocol.name)}</h2>",
            f"<p>Mechanism: {escape(run.mechanism.name)}. Matter is conserved to {ledger:.1e}.</p>",
            warnings,
            f"<h3>What was done</h3><ol>{steps}</ol>",
            "<h3>What had to be assumed</h3>",
            _table(("assumption", "value", "status", "why it matters"), assumed),
            "<details><summary>Constants of the mechanism</summary>",
            _table(("constant", "value", "status", "source"), parameters),
            "</details>",
        ]
    )


def _spectra(series: SpectrumSeries) -> str:
    what = series.metadata.get("recipe") or series.metadata.get("file") or series.signal
    lines = "".join(f"<li>{escape(line)}</li>" for line in series.history)
    caption = f"{len(series)} spectra, coloured by time."
    return "\n".join(
        [
            f"<h2>Spectra: {escape(what)}</h2>",
            _figure(plot_spectra(series), caption),
            f"<ul>{lines}</ul>",
        ]
    )


def _analysis(analysis: Analysis) -> str:
    series = analysis.series
    name = escape(series.metadata.get("file") or analysis.file or "spectra")
    curves = list(dict.fromkeys(one.curve for found in analysis.found for one in found.sizes))
    headings = ("spectrum", "what", "first exciton / nm", "95 % interval", "HWHM / nm", "cluster")
    sized = tuple(f"diameter / nm ({curve})" for curve in curves)
    rows = [_found(found, curves) for found in analysis.found]
    warned = Counter(line for found in analysis.found for line in found.warnings)
    checksum = series.metadata.get("sha256", "")
    said = [*series.history, *([f"SHA-256 of the file: {checksum}"] if checksum else [])]
    said += [point.verdict for point in isosbestic_points(series)]
    some = f" {MOST_PANELS} of {len(rows)} spectra."
    return "\n".join(
        [
            f"<h2>First excitons: {name}</h2>",
            f"<p>Material: {escape(analysis.material or 'not given, so no diameters')}.</p>",
            _figure(plot_picks(analysis), _PICKS),
            _figure(plot_trend(analysis), _TREND + (_SIZES if curves else "")),
            _table((*headings, *sized), rows),
            "".join(_warning(line, warned[line], len(rows)) for line in warned),
            "<details><summary>Every fit</summary>",
            _figure(plot_each(analysis), _EACH + (some if len(rows) > MOST_PANELS else "")),
            "</details>",
            "<h3>How the file was read</h3>",
            "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in said) + "</ul>",
            _input(series),
        ]
    )


def _warning(line: str, number: int, of: int) -> str:
    many = "" if number == of else f" ({number} of {of} spectra)"
    return f'<p class="warning">{escape(line)}{many}</p>'


def _found(found: Found, curves: Sequence[str]) -> tuple[str, ...]:
    """Return one row of the table of an analysis."""
    feature = found.feature
    clusters = ", ".join(line.species for line in found.clusters)
    diameters = {one.curve: one.diameter_nm for one in found.sizes}
    sizes = [diameters.get(curve) for curve in curves]
    cells = ["–" if one is None else f"{one:.2f}" for one in sizes]
    if feature.status == "unresolved":
        return (feature.label, feature.status, "–", "–", "–", clusters, *cells)
    low, high = feature.ci95_nm
    where = (f"{feature.position_nm:.1f}", f"{low:.1f} to {high:.1f}", f"{feature.hwhm_nm:.1f}")
    return (feature.label, feature.status, *where, clusters, *cells)


def _stored(stored: Stored) -> str:
    parts = [f"<h2>{escape(stored.title)}</h2>", f"<p>From {escape(stored.file)}.</p>"]
    if stored.series is not None:
        caption = f"{len(stored.series)} spectra, coloured by time."
        parts.append(_figure(plot_spectra(stored.series), caption))
    for table in stored.tables:
        parts += [f"<h3>{escape(table.caption)}</h3>", _table(table.headings, table.rows)]
    parts += [f'<p class="warning">{escape(line)}</p>' for line in stored.warnings]
    return "\n".join(parts)


def _fit(fit: Fit) -> str:
    rows = [(name, *_estimate(p)) for name, p in fit.params.items()]
    rows += [(name, f"{value:.5g}", "", "derived") for name, value in fit.derived.items()]
    warnings = "".join(f'<p class="warning">{escape(w)}</p>' for w in fit.warnings)
    caption = (
        "Signal, fit and residuals. The inset is for the eye: taking logarithms weighs late "
        "points without bound."
    )
    return "\n".join(
        [
            f"<h2>Kinetics: {escape(fit.scheme)}</h2>",
            _muted(fit),
            _figure(plot_fit(fit), caption),
            _table(("parameter", "value", "95 % interval", ""), rows),
            f"<p>Standard deviation of the residuals: {fit.noise['sd']:.3g}.</p>",
            warnings,
        ]
    )


def _panel(panel: PanelResult) -> str:
    """Return a kinetic panel: its fit, and what can and cannot be said about the lag."""
    rows = [
        (reading, *_estimate(one.params["lag"]), *_estimate(one.params["k"])[:2])
        for reading, one in panel.lag_readings.items()
    ]
    headings = ("reading", "lag", "95 % interval", "", "k", "95 % interval of k")
    printed = [
        (reading, f"{distance:.4f}", "root mean square distance of the printed equation")
        for reading, distance in panel.readings.items()
    ]
    notes = "".join(f"<li>{escape(note)}</li>" for note in panel.notes)
    unit = escape(panel.trace.time_unit)
    known = f"The simulated network has a lag of {panel.truth['lag']:.4g} {unit}"
    return "\n".join(
        [
            _fit(panel.fit),
            "<h2>What these spectra say about the lag</h2>",
            f"<p>{known}; the fits do not know it.</p>",
            _table(headings, rows),
            _table(("time axis of the printed equation", "absorbance", ""), printed),
            f"<ul>{notes}</ul>",
        ]
    )


def _global_fit(fit: GlobalFit) -> str:
    rows = [(name, *_estimate(p)) for name, p in fit.params.items()]
    unit = fit.series.time_unit
    rows += [(name, f"{value:.5g} {unit}", "", "derived") for name, value in fit.derived.items()]
    m, n = fit.series.absorbance.shape
    same = "".join(f"<li>{escape(scheme)}</li>" for scheme in fit.equivalent_schemes)
    history = "".join(f"<li>{escape(line)}</li>" for line in fit.series.history)
    return "\n".join(
        [
            f"<h2>Kinetics: {escape(fit.scheme)}, {m} spectra × {n} wavelengths</h2>",
            _muted(fit),
            _figure(plot_spectra(fit.series), f"{m} spectra, coloured by time."),
            _figure(plot_global_fit(fit), "Spectra of the species, and their shares."),
            _table(("parameter", "value", "95 % interval", ""), rows),
            f"<p>Noise: {fit.noise['sd']:.3g} ({escape(str(fit.noise['from']))}).</p>",
            f"<p>Fits these data identically:</p><ul>{same}</ul>" if same else "",
            *(f'<p class="warning">{escape(w)}</p>' for w in fit.warnings),
            f"<ul>{history}</ul>",
            _input(fit.series),
        ]
    )


def _many_fit(fit: ManyFit) -> str:
    rows = [(name, *_estimate(p)) for name, p in fit.params.items()]
    rows += [
        (f"{name}, {label}", f"{value:.5g}", "", "derived")
        for label, values in fit.derived.items()
        for name, value in values.items()
    ]
    caption = "Each data set where its signal changes most: data, fit and residuals."
    return "\n".join(
        [
            f"<h2>Kinetics: {escape(fit.scheme)}, {len(fit.sets)} data sets</h2>",
            _muted(fit),
            _figure(plot_many_fit(fit), caption),
            _table(("parameter", "value", "95 % interval", ""), rows),
            *(f'<p class="warning">{escape(w)}</p>' for w in fit.warnings),
            *(_input(one.series) for one in fit.sets),
        ]
    )


def _input(series: SpectrumSeries) -> str:
    """Return the exact file that spectra were read from, where there is one."""
    if "sha256" not in series.metadata:
        return ""
    name, digest = series.metadata["file"], series.metadata["sha256"]
    return f"<p>Input: {escape(name)}, SHA-256 <code>{digest}</code></p>"


def _muted(fit: Fit | GlobalFit | ManyFit) -> str:
    """Return why no interval is given, where none is."""
    if fit.reliable:
        return ""
    return f'<p class="warning"><b>No interval:</b> {escape(fit.reason)}</p>'


def _estimate(parameter: Any) -> tuple[str, str, str]:
    if not parameter.identifiable:
        return "", "", "not identifiable from these data"
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    low, high = parameter.ends
    if low is None or high is None:
        return f"{parameter.value:.5g}{unit}", "none that can be believed", ""
    return f"{parameter.value:.5g}{unit}", f"{low:.5g} to {high:.5g}", ""


def _figure(figure: Figure, caption: str) -> str:
    return f"<figure>{svg(figure)}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td{_short(cell)}>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _short(cell: str) -> str:
    """Return the attribute that keeps a short cell, a number or an interval, on one line."""
    return ' class="number"' if len(cell) <= 20 else ""


def _sources(results: Sequence[Any]) -> str:
    lines = cite(*results).splitlines()
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>Sources</h2><ul>{items}</ul>"


def _versions() -> str:
    packages = ("prenuc", "numba", "numpy", "scipy", "scikit-sundae")
    said = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"<h2>Versions</h2><p>Python {platform.python_version()}, {said}</p>"
