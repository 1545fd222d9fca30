"""``prenuc emission``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.input import A_PATH, figure_options, files_argument, reading_options
from prenuc.present.cli.output import echo_json, echo_lines, echo_table, json_option
from prenuc.present.files.input import name_of, read_input
from prenuc.present.tables.results import emission_table

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@files_argument
@click.option("--absorption", metavar="FILE", type=A_PATH, help="UV-vis of the same aliquots.")
@reading_options
@figure_options
@json_option
def emission(
    files: tuple[Path, ...],
    absorption: Path | None,
    figures: Path | None,
    figure_format: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Maximum, width, share of traps and Stokes shift of measured emission, with intervals.

    With --absorption every spectrum is joined to the first exciton of the same aliquot, by its time
    or else its label.

    \b
    Examples:
      prenuc emission "run FL.csv"
      prenuc emission "run FL.csv" --absorption "run UV-Vis.csv" --json
    """
    import prenuc as pn
    from prenuc.observe.analysis import read_spectra
    from prenuc.observe.readers import read

    series = read_input(files, read=read, **asked)
    first = None if absorption is None else pn.analyze(read_spectra(absorption))
    found = pn.analyze_emission(series, first)
    written = []
    if figures is not None:
        from prenuc.present.figures.kinds import draw
        from prenuc.present.files.figures import save_all

        plots = {"emission": draw("emission", series, found=found)}
        written = save_all(plots, figures, files[0].stem, figure_format)
    if as_json:
        echo_json(found)
        return
    echo_table(emission_table(found), name_of(files))
    for one in found:
        for line in one.warnings:
            click.echo(f"prenuc: warning: '{one.label}': {line}", err=True)
    echo_lines(series.history)
    echo_lines(written, "  wrote ")
