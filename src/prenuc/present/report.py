"""One self-contained HTML file: vector figures, numbers, sources, exact inputs, versions.

Nothing is loaded from outside, so a report can be mailed, archived and opened offline. The same
results give the same file, byte for byte.
"""

from __future__ import annotations

import platform
from html import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, Problem
from prenuc.facts.catalogue import cite
from prenuc.infer.fit import Fit
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files import write_text
from prenuc.present.plot import plot_fit, plot_spectra, svg
from prenuc.simulate.solution import Run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

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


def report(*results: Any, to: Path | str, title: str = "prenuc report") -> Path:
    """Write a report of runs, spectra and fits, in the order given.

    Args:
        results: Any of :class:`~prenuc.simulate.solution.Run`,
            :class:`~prenuc.observe.series.SpectrumSeries`, :class:`~prenuc.infer.fit.Fit`.
        to: The file, ending in .html.
        title: Heading of the report.

    Raises:
        InputError: The ending is not .html, or a result has no section in a report.
    """
    from pathlib import Path

    path = Path(to)
    if path.suffix not in {".html", ".htm"}:
        raise InputError(
            Problem("a report is an HTML file", "Name it report.html", where=str(path))
        )
    sections = [f"<h1>{escape(title)}</h1>", *(_section(result) for result in results)]
    sections += [_sources(results), _versions()]
    return write_text(path, _PAGE.format(title=escape(title), body="\n".join(sections)))


def _section(result: Any) -> str:
    match result:
        case Run():
            return _run(result)
        case SpectrumSeries():
            return _spectra(result)
        case Fit():
            return _fit(result)
    what = f"a {type(result).__name__} has no section in a report"
    raise InputError(Problem(what, "Give runs, spectra or fits"))


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
            _figure(plot_fit(fit), caption),
            _table(("parameter", "value", "95 % interval", ""), rows),
            f"<p>Standard deviation of the residuals: {fit.noise['sd']:.3g}.</p>",
            warnings,
        ]
    )


def _estimate(parameter: Any) -> tuple[str, str, str]:
    if not parameter.identifiable:
        return "", "", "not identifiable from these data"
    low, high = parameter.ci95
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    return f"{parameter.value:.5g}{unit}", f"{low:.5g} to {high:.5g}", ""


def _figure(figure: Figure, caption: str) -> str:
    return f"<figure>{svg(figure)}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _sources(results: Sequence[Any]) -> str:
    lines = cite(*results).splitlines()
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>Sources</h2><ul>{items}</ul>"


def _versions() -> str:
    packages = ("prenuc", "numpy", "scipy", "scikit-sundae")
    said = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"<h2>Versions</h2><p>Python {platform.python_version()}, {said}</p>"
