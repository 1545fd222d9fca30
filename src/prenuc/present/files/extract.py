"""The results that a report holds, given back to the last bit."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.observe.readers.data_file import load
from prenuc.observe.series import SpectrumSeries
from prenuc.present.files.again import changed_mechanism, made_again, with_change
from prenuc.present.files.exchange import convert
from prenuc.present.files.kept import Kept, give_back, keep
from prenuc.present.files.protocols import protocol_text
from prenuc.present.files.report import DATA
from prenuc.present.files.written import is_text
from prenuc.present.tables.plain import as_text
from prenuc.simulation.solution import Run
from prenuc.writing import write_text

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Extracted:
    """What a report holds.

    Args:
        title: Its heading.
        parts: Its results, with the versions that they were made with.
    """

    title: str
    parts: tuple[Kept, ...]

    @property
    def results(self) -> tuple[Any, ...]:
        """All results, in the order of the report: runs, spectra, fits and so on."""
        return tuple(one for part in self.parts for one in part.results)


def extract(path: str | os.PathLike[str]) -> Extracted:
    """Return the results that a report holds.

    Args:
        path: A report, as :func:`prenuc.report` wrote it.

    Raises:
        InputError: The file is no report or holds no results, they were changed, or they are of
            another version that had other classes.
    """
    source = load(path)
    text, _ = source.text()
    found = _Elements()
    found.feed(text)
    found.close()
    if not found.held:
        what = "this page holds no results of prenuc"
        raise source.problem(what, "Give a page that prenuc report or --report wrote")
    parts = [
        give_back({"sha256": about.get("data-sha256"), "packed": text.split()}, str(path))
        for about, text in found.held
    ]
    return Extracted(found.title.strip(), tuple(parts))


def told(held: Extracted) -> list[str]:
    """Return a line for each result of a report.

    Args:
        held: What it holds.
    """
    by = {id(one): part.versions for part in held.parts for one in part.results}
    return [f"{type(one).__name__}, by prenuc {by[id(one)].get('prenuc')}" for one in held.results]


def write_extracted(held: Extracted, folder: Path) -> list[Path]:
    """Write what a report holds, and return the paths.

    ``results.json`` holds all of it to the last bit and makes the report again; protocols of runs
    with mechanisms that are a user's own, and spectra, stand beside it as files that commands read.

    Args:
        held: What the report holds.
        folder: Where the files go; it is made.

    Raises:
        InputError: A file cannot be written.
    """
    rows = [{"title": held.title, "results": keep(one.results, one.versions)} for one in held.parts]
    written = [write_text(folder / "results.json", as_text(rows) + "\n")]
    runs = [one for one in held.results if isinstance(one, Run)]
    spectra = [one for one in held.results if isinstance(one, SpectrumSeries)]
    for number, run in enumerate(runs, 1):
        written += _run(run, folder, _place(number, runs))
    for number, one in enumerate(spectra, 1):
        written.append(convert(one, "csv", folder / f"spectra{_place(number, spectra)}.csv"))
    return written


def _run(run: Run, folder: Path, place: str) -> list[Path]:
    """Write what makes a run again: its protocol, and its mechanism where it is a user's own."""
    files = {}
    try:
        again = made_again(run.mechanism, run.protocol)
    except InputError:  # made in Python: its name is all that there is
        named = run.mechanism.name
    else:
        named, own = again.mechanism, f"mechanism{place}.yaml"
        if is_text(named):
            files[own], named = with_change(named, again.change), own
        elif again.change:
            files[own], named = changed_mechanism(named, again.change), own
    files[f"protocol{place}.yaml"] = protocol_text(run.protocol, named)
    return [write_text(folder / name, text) for name, text in files.items()]


def _place(number: int, among: Sequence[object]) -> str:
    return f"-{number}" if len(among) > 1 else ""


class _Elements(HTMLParser):
    """Reads the title and the elements that hold results out of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.held: list[tuple[dict[str, str | None], str]] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin to read an element."""
        self._inside = tag
        if tag == "script" and dict(attrs).get("type") == DATA:
            self._inside = DATA
            self.held.append((dict(attrs), ""))

    def handle_endtag(self, _tag: str) -> None:
        """Leave an element."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Read what stands in an element."""
        if self._inside == "title":
            self.title += data
        elif self._inside == DATA:
            about, before = self.held[-1]
            self.held[-1] = about, before + data
