"""``prenuc growth``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.analysis import analyses
from prenuc.present.cli.input import figure_options, files_argument, reading_options
from prenuc.present.cli.output import echo_json, echo_lines, echo_table, json_option
from prenuc.present.files.input import name_of
from prenuc.present.tables.results import growth_table

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@files_argument
@click.option("--material", required=True, metavar="FORMULA", help="Semiconductor, such as CdSe.")
@reading_options
@figure_options
@json_option
def growth(
    files: tuple[Path, ...],
    material: str,
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

    answers = []
    for together, analysis in analyses(files, material, **asked).items():
        found = pn.growth_laws(analysis)
        answers.append({"file": name_of(together), **found.as_dict()})
        written = []
        if figures is not None:
            plots = {"growth": draw("growth", found, layout=Layout(title=together[0].stem))}
            written = save_all(plots, figures, together[0].stem, figure_format)
        if not as_json:
            echo_table(growth_table(found), name_of(together))
            click.echo(found.comparison)
            echo_lines((*found.notes, *(f"wrote {path}" for path in written)))
    if as_json:
        echo_json(answers)
