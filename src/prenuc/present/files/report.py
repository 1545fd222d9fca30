"""One self-contained HTML file: the answer first, then figures, numbers, sources and the data.

Nothing is loaded from outside, so a report can be mailed, archived and opened offline. The results
themselves are inside, as text that no browser runs: :func:`~prenuc.present.files.extract.extract`
gives them back. The same results give the same file, but for the time at which it was made, which
is that of ``SOURCE_DATE_EPOCH`` where this is set.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.facts.catalogue import cite
from prenuc.present.files import measured  # noqa: F401  registers its kinds
from prenuc.present.files.kept import Kept, keep, versions
from prenuc.present.files.page import PAGE, list_html, page, prose
from prenuc.present.files.saved import Stored
from prenuc.present.files.sections import section
from prenuc.present.files.summary import summary
from prenuc.present.tables.arrows import arrows
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

AUTHOR, MADE = "PRENUC_AUTHOR", "SOURCE_DATE_EPOCH"  # of the environment
DATA = "application/x-prenuc-results"  # which no browser runs
LARGEST = 5_000_000  # bytes of a report that can be mailed


def report(
    *results: Any, to: Path | str, title: str | None = None, author: str | None = None
) -> Path:
    """Write a report of runs, spectra, analyses, fits and comparisons.

    Args:
        results: Any of :class:`~prenuc.simulation.solution.Run`,
            :class:`~prenuc.observe.course.Course`,
            :class:`~prenuc.observe.series.SpectrumSeries`,
            :class:`~prenuc.observe.analysis.Analysis`, :class:`~prenuc.infer.fit.fit.Fit`,
            :class:`~prenuc.infer.fit.results.GlobalFit`,
            :class:`~prenuc.infer.fit.results.ManyFit`,
            :class:`~prenuc.infer.selection.evidence.Comparison`,
            :class:`~prenuc.infer.studies.ablation.Ablations`,
            :class:`~prenuc.infer.experiments.published.PanelResult`; or results that were kept,
            :class:`~prenuc.present.files.kept.Kept`; or a
            :class:`~prenuc.present.files.saved.Stored` of an older version.
        to: The file, ending in .html.
        title: Heading of the report; what it is about when None.
        author: Who answers for it; ``PRENUC_AUTHOR`` of the environment when None.

    Returns:
        The path of the file.

    Raises:
        InputError: The ending is not .html, or a result has no section in a report.
    """
    path, byline, parts = page(to), _byline(author), _with_versions(results)
    found = [one for one, _ in parts]
    shown = ["\n".join(section(one)) for one in found]
    heading = title or _subject(found)
    head = [f"<h1>{prose(heading)}</h1>", byline, _in_short(found)]
    foot = [_sources(found), _made_with([made_with for _, made_with in parts])]
    data, left_out = _data(parts)
    made = _page(heading, [*head, *shown, *foot, left_out], data)
    if data and len(made.encode(errors="xmlcharrefreplace")) > LARGEST:
        what = f"<p>{len(data) / 1e6:.1f} MB of results are left out: this page would be too large "
        made = _page(heading, [*head, *shown, *foot, f"{what}to be mailed.</p>"], "")
    return write_text(path, made)


def _page(heading: str, body: Sequence[str], data: str) -> str:
    inner = "\n".join(part for part in body if part)
    return PAGE.format(title=escape(arrows(heading)), body=inner, data=data)


def _with_versions(results: Sequence[Any]) -> list[tuple[Any, Mapping[str, str]]]:
    """Return single results, each with the versions that it was made with."""
    today = versions()
    found: list[tuple[Any, Mapping[str, str]]] = []
    for one in results:
        if isinstance(one, Kept):
            found += [(inner, one.versions) for inner in one.results]
        else:
            found.append((one, {} if isinstance(one, Stored) else today))
    return found


def _subject(results: Sequence[Any]) -> str:
    """Return what a report is about."""
    told = sorted(filter(None, map(summary, results)), key=lambda one: one.rank)
    subjects = [*dict.fromkeys(one.subject for one in told)]
    if not subjects:
        return "Spectra"
    return "; ".join(dict.fromkeys([subjects[0], subjects[-1]]))  # the answer, and whose it is


def _byline(author: str | None) -> str:
    by = os.environ.get(AUTHOR, "") if author is None else author
    at = _time()
    written = f'<time datetime="{at:%Y-%m-%dT%H:%MZ}">{at.day} {at:%B %Y, %H:%M} UTC</time>'
    return f'<p class="byline">{prose(by) + ", " if by else ""}{written}</p>'


def _time() -> datetime:
    """Return when a report is made.

    Raises:
        InputError: The environment gives a time that is none.
    """
    given = os.environ.get(MADE)
    if given is None:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        what = f"{MADE} is '{given}', which is no time"
        raise InputError(what, "Give whole seconds since 1970, or unset it") from None


def _in_short(results: Sequence[Any]) -> str:
    """Return the first part: questions with their answers, what they rest on, what is not known."""
    told = sorted(filter(None, map(summary, results)), key=lambda one: one.rank)
    if not told:
        return ""
    answers = "".join(
        f"<dt>{prose(one.asked)}</dt>"
        + "".join(f'<dd class="answer">{prose(line)}</dd>' for line in one.answer)
        for one in told
    )
    rests = _points("What it rests on", [line for one in told for line in one.rests])
    unknown = _points("What it does not say", [line for one in told for line in one.unknown])
    inner = f"<h2>In short</h2><dl>{answers}</dl>{rests}{unknown}"
    return f'<section class="summary">{inner}</section>'


def _points(name: str, lines: Iterable[str]) -> str:
    points = list_html(dict.fromkeys(lines))
    return f"<h3>{name}</h3>{points}" if points else ""


def _sources(results: Sequence[Any]) -> str:
    lines = cite(*results).splitlines()
    return f"<h2>Sources</h2>{list_html(lines)}" if lines else ""


def _made_with(found: Iterable[Mapping[str, str]]) -> str:
    """Return the versions that results were made with, each set once."""
    said = dict.fromkeys(", ".join(f"{a} {b}" for a, b in one.items()) for one in found if one)
    return f"<h2>Versions</h2>{list_html(said)}" if said else ""


def _data(parts: Sequence[tuple[Any, Mapping[str, str]]]) -> tuple[str, str]:
    """Return elements that hold the results, and a word where some cannot be kept."""
    lasting = [(one, of) for one, of in parts if not isinstance(one, Stored)]
    elements = []
    try:
        for made_with, group in groupby(lasting, key=lambda one: dict(one[1])):
            kept = keep([one for one, _ in group], made_with)
            packed = "\n".join(kept["packed"])
            about = f'type="{DATA}" data-sha256="{kept["sha256"]}"'
            elements.append(f"<script {about}>\n{packed}\n</script>")
    except InputError as error:
        return "", f"<p>The results themselves are not in this page: {prose(str(error))}</p>"
    return "\n".join(elements), ""
