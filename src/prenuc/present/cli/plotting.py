"""``prenuc plot``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import InputError, listed
from prenuc.present.cli.completing import what_is_drawn
from prenuc.present.cli.flasks import Asked, Flask, Spectra, given, runs_of
from prenuc.present.cli.input import A_PATH, inert_option, mechanism_option, writing_options
from prenuc.present.cli.output import echo, echo_json, echo_lines, echo_table, json_option
from prenuc.quantities import parse, parse_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.present.cli.flasks import Given
    from prenuc.present.figures.drawing import Drawn
    from prenuc.present.figures.page_size import Layout

SPECTRA, COURSE, SPECIES = "spectra", "course", "species"
SIZES, DISTRIBUTION = "sizes", "distribution"
FLUXES, MECHANISM, PROTOCOL = "fluxes", "mechanism", "protocol"
DIAGRAMS = (FLUXES, MECHANISM, PROTOCOL)
AXES = {  # units of abscissa and ordinate
    SPECTRA: ("nm", "1"),
    COURSE: ("min", "1"),
    SPECIES: ("min", "mmol/L"),
    SIZES: ("min", "nm"),
    DISTRIBUTION: ("nm", "mmol/L/nm"),
}
DRAWN = (*AXES, *DIAGRAMS)
NUMBERS = ("csv", "xlsx", "origin")


@click.command()
@click.argument("what", metavar="FILE|RECIPE...", nargs=-1, shell_complete=what_is_drawn)
@click.option(
    "--what",
    "kind",
    type=click.Choice(DRAWN),
    default=SPECTRA,
    show_default=True,
    help="What is drawn.",
)
@click.option("--list", "listing", is_flag=True, help="List every kind of figure, and stop.")
@click.option("--at", metavar="TIMES", help='Of a distribution: "30, 75 min".')
@click.option("--vary", multiple=True, metavar="CHANGE", help='"hold flask = 10, 20, 30 min".')
@mechanism_option
@inert_option
@click.option("--extrapolate", is_flag=True, help="Run far outside the constants' temperatures.")
@click.option("--vessel", metavar="NAME", help="Whose course; the flask's when left out.")
@click.option("--size", metavar="SIZE", help='Width, or both: "8.5 cm", "17 x 12 cm".')
@click.option("--font", type=float, default=8.0, show_default=True, help="Size of text in points.")
@click.option("--range", "across", metavar="RANGE", help='Abscissa: "300 500 nm", "0 60 min".')
@click.option("--ordinate", metavar="RANGE", help='Ordinate: "0 0.5".')
@click.option("--title", default="", help="Above the figure.")
@click.option(
    "--out",
    type=A_PATH,
    default=Path("plot.svg"),
    show_default=True,
    help="FILE.svg, .pdf or .png; its numbers go beside it.",
)
@click.option(
    "--to",
    type=click.Choice(NUMBERS),
    default="csv",
    show_default=True,
    help="Format of the numbers.",
)
@writing_options
@json_option
def plot(
    what: tuple[str, ...],
    kind: str,
    vary: tuple[str, ...],
    mechanism: str | None,
    inert: tuple[str, ...],
    extrapolate: bool,
    listing: bool,
    at: str | None,
    vessel: str | None,
    out: Path,
    as_json: bool,
    **asked: Any,
) -> None:
    """Draw flasks, over each other: spectra, courses, sizes; or a mechanism, or what is done.

    Each is the file of a protocol, a published recipe, an answer of prenuc simulate (.json), or a
    measured file or folder; what is measured is drawn over what is simulated. With --vary a flask
    is followed by its variations. A change is written as "STEP = VALUE", "STEP: REAGENT = AMOUNT",
    "after STEP = AMOUNT REAGENT" or "TIME into STEP = AMOUNT REAGENT"; changes that go together are
    parted by semicolons, and a list of values makes one variation each.

    The size is for one column of a journal or for both. What a range cuts off is said. The numbers
    of the figure are written beside it.

    \b
    Examples:
      prenuc plot base.yaml topo.yaml msa.yaml --size "17.5 cm"
      prenuc plot base.yaml --vary "hold flask = 10, 20, 30 min" --out holds.pdf
      prenuc plot base.yaml --vary "15 min into hold flask = 1.2 mmol TOPO" --what course
      prenuc plot run.csv base.yaml --range "300 500 nm" --title "Measured and simulated"
      prenuc plot cds-3b-msa-at-30-min --what sizes --to xlsx
      prenuc plot cds-3b-msa-at-30-min --what fluxes
      prenuc plot two-pathway/CdS --what mechanism --out cds.svg
      prenuc plot --list
    """
    from prenuc.present.files.figures import save

    if listing:
        _list()
        return
    if not what:
        raise InputError("nothing to draw", "Name a protocol, a recipe or a file; or give --list")
    numbers = _beside(out, asked["to"], what)
    layout = _layout(kind, **asked)
    found = [] if kind == MECHANISM else given(what, vary, Asked(mechanism, inert, extrapolate))
    made = _drawn(kind, what, found, layout, _options(kind, vessel, at))
    write = _writer(asked)
    save(made.figure, out, made.told)
    write(made.numbers, numbers)
    if as_json:
        sources = [one.name for one in found] or [*what]
        told = {"path": str(out), "numbers": str(numbers), "sources": sources}
        echo_json(told | {"alt": made.told, "notes": list(made.notes)})
        return
    echo(f"wrote {out} and {numbers}")
    echo(made.told)
    echo_lines(made.notes)


def _list() -> None:
    from prenuc.present.figures.kinds import kinds_table

    echo_table(kinds_table())


def _drawn(
    kind: str,
    what: Sequence[str],
    found: Sequence[Given],
    layout: Layout,
    options: dict[str, Any],
) -> Drawn:
    if kind == MECHANISM:
        return _mechanism(what, layout)
    if kind == SPECTRA:
        return _spectra(found, layout)
    return (_diagram if kind in DIAGRAMS else _courses)(found, kind, layout, **options)


def _options(kind: str, vessel: str | None, at: str | None) -> dict[str, Any]:
    """Return what one kind of figure is told, and no other.

    Raises:
        InputError: Another kind is told it, or the times cannot be read.
    """
    if vessel is not None and kind in {SPECTRA, MECHANISM, PROTOCOL}:
        raise InputError("--vessel is for courses", "Give --what course or sizes, or leave it out")
    if at is None:
        return {"vessel": vessel}
    if kind != DISTRIBUTION:
        raise InputError("--at is for the distribution", "Give --what distribution too")
    return {"vessel": vessel, "at": [_minutes(one) for one in at.split(",") if one.strip()]}


def _minutes(text: str) -> float:
    """Return a time in min, which is its unit where none is written."""
    alone = text.replace(".", "", 1).strip().isdigit()
    return parse(f"{text} min" if alone else text.strip()).to("min")


def _beside(out: Path, to: str, what: Sequence[str]) -> Path:
    """Return where the numbers of a figure go, which is over no input.

    Raises:
        InputError: The ending is none of a figure, or a file would be written over an input.
    """
    from prenuc.present.files.exchange import SUFFIX, refuse_source
    from prenuc.present.files.figures import FORMATS

    if out.suffix not in FORMATS:
        what_is_wrong = f"'{out.suffix}' is not a figure format"
        raise InputError(what_is_wrong, "Use " + ", ".join(FORMATS), where=str(out))
    numbers = out.with_suffix(SUFFIX[to])
    for path in (out, numbers):
        for one in what:
            refuse_source(path, Path(one))
    return numbers


def _layout(
    kind: str,
    *,
    size: str | None,
    font: float,
    across: str | None,
    ordinate: str | None,
    title: str,
    **_: Any,
) -> Layout:
    from prenuc.present.figures.page_size import Layout

    if ordinate is not None and kind == COURSE:
        mend = "Leave it out, or choose the times with --range"
        raise InputError("the panels of a course have an ordinate each", mend)
    if kind in DIAGRAMS and (across, ordinate) != (None, None):
        raise InputError(f"a figure of {kind} has no ranges", "Leave --range and --ordinate out")
    units = AXES.get(kind, ("1", "1"))
    ends = [
        None if text is None else parse_range(text, unit, of=name)
        for text, unit, name in zip(
            (across, ordinate), units, ("the abscissa", "the ordinate"), strict=True
        )
    ]
    return Layout.sized(size, font=font, title=title, across=ends[0], up=ends[1])


def _writer(asked: dict[str, Any]) -> Any:
    """Return what writes the numbers as they are asked for."""
    from prenuc.present.files.exchange import refuse_marks
    from prenuc.present.files.sheets import Marks, write_csv, write_origin, write_xlsx

    marks, to = Marks(asked["decimal"], asked["separator"]), asked["to"]
    refuse_marks(to, marks)
    if to == "xlsx":
        return lambda sheet, path: write_xlsx([sheet], path)
    write = {"csv": write_csv, "origin": write_origin}[to]
    return lambda sheet, path: write(sheet, path, marks)


def _spectra(found: Sequence[Given], layout: Layout) -> Drawn:
    from prenuc.present.figures.overlay import Source
    from prenuc.present.figures.spectra import plot_spectra

    runs = iter(runs_of([one for one in found if isinstance(one, Flask)]))
    sources = [
        Source(one.name, one.series, one.measured)
        if isinstance(one, Spectra)
        else Source(one.name, pn.uv_vis(next(runs)))
        for one in found
    ]
    return plot_spectra(sources, layout)


def _mechanism(what: Sequence[str], layout: Layout) -> Drawn:
    from prenuc.present.figures.kinds import draw
    from prenuc.present.files.named import read_mechanism_named

    if len(what) > 1:
        raise InputError(f"{len(what)} mechanisms", "Draw them one by one")
    return draw(MECHANISM, read_mechanism_named(what[0]), layout=layout)


def _diagram(
    found: Sequence[Given], kind: str, layout: Layout, *, vessel: str | None = None
) -> Drawn:
    """Return what is done with one flask, or what went which way in it."""
    from prenuc.present.figures.kinds import draw

    flasks = [one for one in found if isinstance(one, Flask)]
    if len(found) > 1 or not flasks:
        raise InputError(f"a figure of {kind} is of one flask", "Name one protocol or recipe")
    if kind == PROTOCOL:
        return draw(kind, flasks[0].protocol, layout=layout)
    from prenuc.simulation.fluxes import fluxes

    return draw(kind, fluxes(runs_of(flasks)[0], vessel), layout=layout)


def _courses(
    found: Sequence[Given], kind: str, layout: Layout, *, vessel: str | None, **options: Any
) -> Drawn:
    from prenuc.present.figures.courses import picks_of
    from prenuc.present.figures.kinds import draw

    measured = [one for one in found if isinstance(one, Spectra)]
    if measured and (kind != COURSE or len(measured) == len(found)):
        what = f"spectra have no {kind} ({listed([one.name for one in measured])})"
        raise InputError(what, "Name protocols or recipes, or plot --what spectra")
    flasks = [one for one in found if isinstance(one, Flask)]
    watched = [replace(one, protocol=one.protocol.with_watch(vessel)) for one in flasks]
    courses = [pn.course(run, vessel) for run in runs_of(watched)]
    if measured:
        options["picks"] = {one.name: picks_of(one.name, one.series) for one in measured}
    return draw(kind, *courses, layout=layout, names=[one.name for one in flasks], **options)
