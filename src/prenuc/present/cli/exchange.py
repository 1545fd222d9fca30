"""``prenuc convert``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.output import echo_json, json_option
from prenuc.present.cli.reading import part_of, read_series, reading_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.observe.series import SpectrumSeries

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
    from prenuc.present.exchange import SUFFIX
    from prenuc.present.exchange import convert as write

    series = _spectra(file, asked)
    path = out if out is not None else file.with_name(file.stem + SUFFIX[to])
    write(series, to, path, source=file)
    if as_json:
        echo_json({"path": str(path), "format": to, "spectra": len(series)})
        return
    click.echo(f"wrote {path}: {len(series)} spectra at {len(series.wavelength)} wavelengths")
    for line in series.history:
        click.echo(f"  {line}")


def _spectra(file: Path, asked: Mapping[str, Any]) -> SpectrumSeries:
    from prenuc.errors import InputError, Problem
    from prenuc.present.results import read_stored

    if file.suffix.lower() != ".json":
        return read_series(file, **asked)
    series = read_stored(file).series
    if series is None:
        what = "this answer holds no spectra"
        raise InputError(Problem(what, "Convert what prenuc simulate saved", where=str(file)))
    return part_of(series, file, window=asked["window"], times=asked["times"])
