"""The screen Spectra: files are read, cut, looked at, fitted, and taken away as tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.infer.selection.compare_schemes import STANDARD
from prenuc.observe.series import SpectrumSeries
from prenuc.present.app.commands import command
from prenuc.present.app.frames import packed
from prenuc.present.app.screens import spectra_tables as tables
from prenuc.present.app.screens import spectra_work as work
from prenuc.present.files.input import part

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.observe.trace import Trace
    from prenuc.present.app.session import Session

SCREEN = "spectra"
EXAMPLE = "cds-msc-311-in-toluene"
DRAWN = 400  # spectra that a page is sent; of more every n-th


@dataclass
class Opened:
    """What the screen shows.

    Args:
        name: Of the files, as the user calls them.
        files: The same, one by one.
        known: What the user said of them.
        whole: All that was read.
        cut: Window, times, masks and the spectrum that is subtracted, as the options of a command.
        data: What is left of it.
    """

    name: str
    files: list[str]
    known: dict[str, str]
    whole: SpectrumSeries | Trace
    cut: dict[str, Any] = field(default_factory=dict)
    data: SpectrumSeries | Trace = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.whole

    def command(self, word: str, *more: str, **options: Any) -> str:
        """Return a command that reads the same.

        Args:
            word: Of the command.
            more: Arguments behind the files.
            options: As for :func:`~prenuc.present.app.commands.command`.
        """
        return command(word, *self.files, *more, **self.known, **self.cut, **options)


def opened(session: Session) -> Opened:
    """Return what is open.

    Raises:
        InputError: Nothing is.
    """
    found = session.kept.get(SCREEN)
    if not isinstance(found, Opened):
        raise InputError("no spectra are open", "Drop a file or a folder")
    return found


def open_(
    session: Session,
    *,
    uploads: list[str],
    decimal: str | None = None,
    time_unit: str | None = None,
    signal: str | None = None,
    sheet: str | None = None,
    column: str | None = None,
) -> dict[str, Any]:
    """Read files that were dropped; several with a spectrum each are one series.

    The answer has the fits of a report, too.

    Args:
        session: The page.
        uploads: Their names of chance.
        decimal: The decimal sign, where the file leaves it open.
        time_unit: Of times without one.
        signal: What the columns hold.
        sheet: Of a workbook.
        column: Which of several traces.

    Raises:
        InputError: They cannot be read; all problems at once.
    """
    asked = {"decimal": decimal, "time_unit": time_unit, "signal": signal}
    asked |= {"sheet": sheet, "column": column}
    known = {name: value for name, value in asked.items() if value}
    given = session.read(uploads, **known)
    files = [session.desk.uploads.upload(one).name for one in uploads]
    session.kept[SCREEN] = Opened(given.name, files, known, given.data)
    return {**cut(session), "fits": given.fits}


def example(session: Session) -> dict[str, str]:
    """Return the name of spectra to try things on: Figure 2a-b, simulated with noise."""
    import prenuc as pn

    done = pn.Protocol.from_recipe(pn.recipe(EXAMPLE))
    series = pn.uv_vis(pn.simulate(pn.two_pathway("CdS"), done), noise=1e-3, seed=1)
    made = tables.of_data(series, EXAMPLE, "csv")
    return {"upload": session.desk.uploads.add(f"{EXAMPLE}, simulated.csv", made.content)}


def cut(
    session: Session,
    *,
    window: str | None = None,
    times: str | None = None,
    mask: list[str] | None = None,
    subtract: str | None = None,
) -> dict[str, Any]:
    """Leave parts of what was read out, and show the rest.

    Args:
        session: The page.
        window: Only these wavelengths, such as "290 400 nm".
        times: Only these times, such as "0 60 min".
        mask: Not these wavelengths or times.
        subtract: Label of a spectrum that is subtracted from all.

    Raises:
        InputError: A range cannot be read or leaves nothing; all problems at once.
    """
    now = opened(session)
    asked = {"window": window, "times": times, "mask": mask, "subtract": subtract}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value}
    now.data = part(now.whole, now.name, **given)
    now.cut = given
    arrays, words = _drawn(now.data)
    session.frames.append(packed({"of": SCREEN, "exact": True, "words": words}, arrays))
    return {**_told(now), "command": now.command("analyze")}


def _told(now: Opened) -> dict[str, Any]:
    """Return what was read and assumed, in words."""
    from prenuc.facts.catalogue import entries

    whole = now.whole
    told: dict[str, Any] = {
        "name": now.name,
        "files": now.files,
        "time_unit": whole.time_unit,
        "history": list(now.data.history),
        "schemes": STANDARD,
        "materials": list(entries("materials")),
        "times": _ends(whole.time),
    }
    if not isinstance(whole, SpectrumSeries):
        return {**told, "kind": "trace", "points": len(now.data.time)}
    return {
        **told,
        "kind": "spectra",
        "signal": whole.signal,
        "nm": _ends(whole.wavelength),
        "labels": list(whole.labels),
        "spectra": len(now.data.time),
    }


def _ends(axis: Any) -> list[float] | None:
    """Return both ends of an axis; None where it is not known."""
    import numpy as np

    known = axis[np.isfinite(axis)]
    return None if not known.size else [float(known.min()), float(known.max())]


def _drawn(data: SpectrumSeries | Trace) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is drawn: spectra, every n-th of many, or a trace."""
    if not isinstance(data, SpectrumSeries):
        return {"time": data.time, "value": data.value}, {"name": data.name}
    step = -(-len(data.time) // DRAWN)
    arrays = {
        "wavelength_nm": data.wavelength,
        "time_min": data.time[::step],
        "absorbance": data.absorbance[::step],
    }
    return arrays, {"labels": list(data.labels[::step]), "step": step}


def excitons(session: Session, *, material: str | None = None) -> dict[str, Any]:
    """Begin to look for the first exciton of every spectrum.

    Args:
        session: The page.
        material: Semiconductor; without one there are no diameters.

    Raises:
        InputError: Nothing is open, or too many jobs are waiting.
    """
    now = opened(session)
    line = now.command("analyze", material=material)
    given = {"data": now.data, "material": material, "file": now.name, "line": line}
    return session.jobs.start(f"First excitons of {now.name}", work.excitons, **given)


def fit(
    session: Session,
    *,
    scheme: str,
    at: str | None = None,
    background: bool = False,
    through_origin: bool = False,
    non_negative: bool = False,
    absorbing: str | None = None,
) -> dict[str, Any]:
    """Begin to fit a scheme.

    Args:
        session: The page.
        scheme: Such as "A -> B".
        at: Wavelength at which spectra are read; all of them when None.
        background: An unknown constant lies under the trace.
        through_origin: The signal is zero at time zero.
        non_negative: Spectra of species are nowhere below zero.
        absorbing: Only these species absorb, such as "A, C".

    Raises:
        InputError: Nothing is open, or too many jobs are waiting.
    """
    now = opened(session)
    said = {"background": background, "through_origin": through_origin}
    said |= {"non_negative": non_negative}
    line = now.command("fit", scheme, at=at, absorbing=absorbing, **said)
    given = {"data": now.data, "scheme": scheme, "at": at, "absorbing": absorbing, "line": line}
    return session.jobs.start(f"Fit of {scheme} to {now.name}", work.fit, said=said, **given)


def compare(
    session: Session, *, schemes: str | None = None, at: str | None = None
) -> dict[str, Any]:
    """Begin to ask which scheme the data support.

    Args:
        session: The page.
        schemes: Separated by ";"; a standard list when None.
        at: Wavelength at which spectra are read; all of them when None.

    Raises:
        InputError: Nothing is open, or too many jobs are waiting.
    """
    now = opened(session)
    line = now.command("compare", schemes=schemes, at=at)
    given = {"data": now.data, "schemes": schemes, "at": at, "line": line}
    return session.jobs.start(f"Schemes for {now.name}", work.compare, **given)


def table(session: Session, *, to: str, job: str | None = None) -> dict[str, Any]:
    """Return spectra, or the numbers of a job, in a form for another program.

    Args:
        session: The page.
        to: "clipboard", or one of the formats of ``prenuc convert``.
        job: Whose numbers; the spectra when None.

    Raises:
        InputError: Nothing is open, the job has no numbers, or the format does not hold them.
    """
    if job is not None:
        answer = session.jobs.answer(job)
        made = tables.of_answer(answer, to)
        return _offered(session, made, answer["command"])
    now = opened(session)
    line = now.command("convert", to=to) if to != tables.CLIPBOARD else ""
    return _offered(session, tables.of_data(now.data, now.name, to), line)


def _offered(session: Session, made: tables.Made, line: str) -> dict[str, Any]:
    if made.text is not None:
        return {"text": made.text, "command": line}
    offered = session.keep(made.name, made.content)
    return {"download": offered, "name": made.name, "command": line}


ACTIONS: dict[str, Callable[..., Any]] = {
    "spectra.open": open_,
    "spectra.example": example,
    "spectra.cut": cut,
    "spectra.excitons": excitons,
    "spectra.fit": fit,
    "spectra.compare": compare,
    "spectra.table": table,
}
