"""``prenuc growth`` and ``prenuc emission``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prenuc.errors import counted
from prenuc.present.cli.analysis import analyses
from prenuc.present.cli.completing import materials
from prenuc.present.cli.input import (
    A_PATH,
    figure_options,
    files_argument,
    reading_options,
    report_option,
)
from prenuc.present.cli.output import echo, echo_json, echo_lines, echo_table, json_option, progress
from prenuc.present.files.input import name_of, read_input
from prenuc.present.tables.results import growth_table
from prenuc.present.tables.spectra import emission_table

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@files_argument
@click.option(
    "--material",
    required=True,
    metavar="FORMULA",
    help="Semiconductor, such as CdSe.",
    shell_complete=materials,
)
@reading_options
@report_option
@figure_options
@json_option
def growth(
    files: tuple[Path, ...],
    material: str,
    report_to: Path | None,
    figures: Path | None,
    figure_format: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """By which law do dots grow: first excitons become diameters, and these are weighed.

    Interface, diffusion, ripening, or an interface that uses its monomer up, each with its rate and
    interval; "cannot tell" is an answer.

    \b
    Examples:
      prenuc growth run.csv --material CdSe
      prenuc growth scans/*.txt --material CdSe --times "0 10 min" --json
    """
    import prenuc as pn
    from prenuc.present.figures.kinds import draw
    from prenuc.present.figures.page_size import Layout
    from prenuc.present.files.figures import save_all
    from prenuc.present.files.kept import answer

    answers, results = [], list[Any]()
    for together, analysis in analyses(files, material, **asked).items():
        found = pn.growth_laws(analysis)
        answers.append({"file": name_of(together), **answer(found, analysis)})
        results += [found, analysis]
        written = []
        if figures is not None:
            plots = {"growth": draw("growth", found, layout=Layout(title=together[0].stem))}
            written = save_all(plots, figures, together[0].stem, figure_format)
        if not as_json:
            echo_table(growth_table(found), name_of(together))
            echo(found.comparison)
            echo_lines((*found.notes, *(f"wrote {path}" for path in written)))
    if report_to is not None:
        echo(f"wrote {pn.report(*results, to=report_to)}", err=True)
    if as_json:
        echo_json(answers)


@click.command()
@files_argument
@click.option("--absorption", metavar="FILE", type=A_PATH, help="UV-vis of the same aliquots.")
@reading_options
@report_option
@figure_options
@json_option
def emission(
    files: tuple[Path, ...],
    absorption: Path | None,
    report_to: Path | None,
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
    with progress(counted(len(series), "spectrum")):
        first = None if absorption is None else pn.analyze(read_spectra(absorption))
        found = pn.analyze_emission(series, first)
    written = []
    if figures is not None:
        from prenuc.present.figures.kinds import draw
        from prenuc.present.files.figures import save_all

        plots = {"emission": draw("emission", found)}
        written = save_all(plots, figures, files[0].stem, figure_format)
    results = [found] if first is None else [found, first]
    if report_to is not None:
        echo(f"wrote {pn.report(*results, to=report_to)}", err=True)
    if as_json:
        from prenuc.present.files.kept import keep

        row, *rows = found.rows()
        echo_json([{**row, "results": keep(results)}, *rows])
        return
    echo_table(emission_table(found.found), name_of(files))
    for one in found:
        for line in one.warnings:
            echo(f"prenuc: warning: '{one.label}': {line}", err=True)
    echo_lines(series.history)
    echo_lines(written, "  wrote ")
