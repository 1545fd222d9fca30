"""``prenuc report``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.analysis import analyses, files_argument, material_option
from prenuc.present.cli.input import reading_options
from prenuc.present.cli.options import to_page_option
from prenuc.present.cli.output import echo_json, json_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@files_argument
@to_page_option
@click.option("--title", default="prenuc report", show_default=True, help="Heading of the page.")
@material_option
@reading_options
@json_option
def report(
    files: tuple[Path, ...],
    to: Path,
    title: str,
    material: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Write one self-contained HTML file from spectra and saved answers.

    A spectrum file is analysed (see "prenuc analyze"); a .json file is an answer that prenuc
    simulate, fit or analyze gave with --json. The page loads nothing from outside.

    \b
    Examples:
      prenuc report run.csv --material CdSe --to report.html
      prenuc report build/simulation.json fit.json run.csv --to report.html
    """
    from prenuc.errors import InputError
    from prenuc.present.files.report import report as write
    from prenuc.present.files.saved import read_stored

    if any(to.exists() and file.exists() and to.samefile(file) for file in files):
        what = "this is an input, which is not overwritten"
        raise InputError(what, "Name another file with --to", where=str(to))
    saved = {file for file in files if file.suffix.lower() == ".json"}
    stored = {file: read_stored(file) for file in files if file in saved}
    spectra = [file for file in files if file not in saved]
    found = dict(zip(spectra, analyses(spectra, material, **asked), strict=True))
    parts = [stored[file] if file in saved else found[file] for file in files]
    path = write(*parts, to=to, title=title)
    echo_json({"path": str(path)}) if as_json else click.echo(f"wrote {path}")
