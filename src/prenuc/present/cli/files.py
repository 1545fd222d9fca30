"""``prenuc report`` and ``prenuc convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import prenuc as pn
from prenuc.errors import InputError
from prenuc.present.cli.analysis import analyses, files_argument, material_option
from prenuc.present.cli.input import read_input, reading_options, spectra_or_saved, to_page_option
from prenuc.present.cli.output import echo_json, echo_lines, json_option
from prenuc.present.files.exchange import SUFFIX


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
    from prenuc.present.files.saved import read_stored

    if any(to.exists() and file.exists() and to.samefile(file) for file in files):
        what = "this is an input, which is not overwritten"
        raise InputError(what, "Name another file with --to", where=str(to))
    saved = {file for file in files if file.suffix.lower() == ".json"}
    stored = {file: read_stored(file) for file in files if file in saved}
    spectra = [file for file in files if file not in saved]
    found = dict(zip(spectra, analyses(spectra, material, **asked), strict=True))
    parts = [stored[file] if file in saved else found[file] for file in files]
    path = pn.report(*parts, to=to, title=title)
    echo_json({"path": str(path)}) if as_json else click.echo(f"wrote {path}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "to", required=True, type=click.Choice(list(SUFFIX)), help="Format to write.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; beside FILE if none.")
@reading_options
@json_option
def convert(file: Path, to: str, out: Path | None, as_json: bool, **asked: Any) -> None:
    """Write the spectra of a file in a form that other programs read.

    FILE is a spectrometer's file, or what "prenuc simulate --json" saved. A workbook (xlsx) and
    netCDF carry everything that was assumed on reading; "origin" is tab-delimited text with rows
    for long name, units and comments. A masked reading is an empty cell, in netCDF NaN.

    \b
    Examples:
      prenuc convert run.csv --to xlsx
      prenuc convert run.txt --to csv --out clean.csv --window "300 500 nm"
    """
    series = read_input(file, read=spectra_or_saved, **asked)
    path = out if out is not None else file.with_name(file.stem + SUFFIX[to])
    pn.convert(series, to, path, source=file)
    if as_json:
        echo_json({"path": str(path), "format": to, "spectra": len(series)})
        return
    click.echo(f"wrote {path}: {len(series)} spectra at {len(series.wavelength)} wavelengths")
    echo_lines(series.history)
