"""``prenuc view``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from prenuc.present.cli.input import read_input, reading_options
from prenuc.present.cli.options import figure_options
from prenuc.present.cli.output import echo_json, echo_lines, json_option


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--at", metavar="WAVELENGTH", help='Trace for the first-order test: "311 nm".')
@click.option("--components", "count", type=int, help="Resolve so many, whatever was counted.")
@click.option("--closure", is_flag=True, help="Concentrations add up to 1 in every spectrum.")
@reading_options
@click.option("--between", hidden=True, help="Former name of --window.")
@figure_options
@json_option
def view(
    file: Path,
    at: str | None,
    count: int | None,
    closure: bool,
    figures: Path | None,
    figure_format: str,
    as_json: bool,
    between: str | None,
    **asked: Any,
) -> None:
    """Look at a series of spectra before a mechanism is chosen.

    How many components stand above the noise, when they come and go, whether all spectra cross in
    one point, which concentrations and spectra are possible (a range, never one answer alone),
    whether the change is first order, and whether a band moves or gives way to another. Each answer
    may be "cannot tell".

    \b
    Examples:
      prenuc view spectra.csv
      prenuc view spectra.csv --window "350 480 nm" --figures figures --figure-format png
    """
    import prenuc as pn
    from prenuc.errors import InputError
    from prenuc.present.figures.views import plot_views
    from prenuc.present.files.figures import save_all

    if between is not None and asked["window"] is not None:
        what = "--between is the former name of --window, both are given"
        raise InputError(what, "Give --window alone")
    if between is not None:
        asked["window"] = between
    found = pn.view(read_input(file, read=pn.read, **asked), at=at, count=count, closure=closure)
    written = []
    if figures is not None:
        written = save_all(plot_views(found), figures, file.stem, figure_format)
    if as_json:
        echo_json(found)
        return
    click.echo(found.report())
    echo_lines(found.series.history)
    echo_lines(written, "  wrote ")
