"""``prenuc convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from prenuc.present.cli.input import read_input, reading_options, spectra_or_saved
from prenuc.present.cli.output import echo_json, echo_lines, json_option

FORMATS = ("csv", "xlsx", "netcdf", "origin")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "to", required=True, type=click.Choice(FORMATS), help="Format to write.")
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
    import prenuc as pn
    from prenuc.present.files.exchange import SUFFIX

    series = read_input(file, read=spectra_or_saved, **asked)
    path = out if out is not None else file.with_name(file.stem + SUFFIX[to])
    pn.convert(series, to, path, source=file)
    if as_json:
        echo_json({"path": str(path), "format": to, "spectra": len(series)})
        return
    click.echo(f"wrote {path}: {len(series)} spectra at {len(series.wavelength)} wavelengths")
    echo_lines(series.history)
