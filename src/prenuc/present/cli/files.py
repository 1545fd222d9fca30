"""``prenuc report`` and ``prenuc convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import prenuc as pn
from prenuc.errors import InputError
from prenuc.present.cli.analysis import analyses, material_option
from prenuc.present.cli.input import (
    every_series,
    files_argument,
    reading_options,
    spectra_or_saved,
    to_page_option,
)
from prenuc.present.cli.output import echo_json, echo_lines, json_option
from prenuc.present.files.exchange import SUFFIX, refuse_source


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
    found = analyses(spectra, material, **asked)
    first = {together[0]: one for together, one in found.items()}
    parts = [stored.get(file) or first[file] for file in files if file in stored or file in first]
    path = pn.report(*parts, to=to, title=title)
    echo_json({"path": str(path)}) if as_json else click.echo(f"wrote {path}")


@click.command()
@files_argument
@click.option("--to", "to", required=True, type=click.Choice(list(SUFFIX)), help="Format to write.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; beside FILE if none.")
@reading_options
@json_option
def convert(
    files: tuple[Path, ...], to: str, out: Path | None, as_json: bool, **asked: Any
) -> None:
    """Write the spectra of files in a form that other programs read.

    FILE is a spectrometer's file, or what "prenuc simulate --json" saved. Files with a spectrum
    each, or a folder of them, become one series; others are written one by one. A workbook (xlsx)
    and netCDF carry everything that was assumed on reading; "origin" is tab-delimited text with
    rows for long name, units and comments. A masked reading is an empty cell, in netCDF NaN.

    \b
    Examples:
      prenuc convert run.csv --to xlsx
      prenuc convert scans/*.txt --to xlsx --out series.xlsx
      prenuc convert run.txt --to csv --out clean.csv --window "300 500 nm"
    """
    found = every_series(files, read=spectra_or_saved, **asked)
    if out is not None and len(found) > 1:
        what = f"these files hold {len(found)} series, --out names one file"
        raise InputError(what, "Leave --out, or convert one by one", where=str(out))
    written = []
    for (first, *more), series in found:
        path = first.with_name(first.stem + SUFFIX[to]) if out is None else out
        for source in (first, *more):
            refuse_source(path, source)
        pn.convert(series, to, path)
        written.append({"path": str(path), "format": to, "spectra": len(series)})
        if not as_json:
            size = f"{len(series)} spectra at {len(series.wavelength)} wavelengths"
            click.echo(f"wrote {path}: {size}")
            echo_lines(series.history)
    if as_json:
        echo_json(written[0] if len(written) == 1 else written)
