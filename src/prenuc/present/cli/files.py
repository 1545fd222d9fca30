"""``prenuc report`` and ``prenuc convert``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import InputError, listed
from prenuc.present.cli.analysis import analyses, files_argument, material_option
from prenuc.present.cli.input import (
    A_PATH,
    DECIMALS,
    known_options,
    read_input,
    reading_options,
    spectra_or_saved,
    to_page_option,
    writing_options,
)
from prenuc.present.cli.output import echo_json, echo_lines, json_option
from prenuc.present.files.exchange import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prenuc.observe.series import SpectrumSeries


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
@files_argument
@click.option("--to", "to", required=True, type=click.Choice(list(SUFFIX)), help="Format to write.")
@click.option("--out", type=A_PATH, help="File to write; beside FILE if none.")
@writing_options
@click.option("--decimal-of-file", type=DECIMALS, help="Decimal sign of the file.")
@known_options
@json_option
def convert(
    files: tuple[Path, ...],
    to: str,
    out: Path | None,
    decimal: str,
    separator: str | None,
    decimal_of_file: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Write spectra and saved answers in a form that other programs read.

    FILE is a spectrometer's file, an answer that prenuc simulate, fit or analyze gave with --json,
    or a folder. A workbook (xlsx) and netCDF carry everything that was assumed on reading; "origin"
    is tab-delimited text with rows for long name, units and comments. Intervals have columns of
    their own, a masked reading is an empty cell, in netCDF NaN.

    Several answers make one table, with a column that names the file; a workbook also has a sheet
    of spectra for each of them.

    \b
    Examples:
      prenuc convert run.csv --to xlsx
      prenuc convert run.txt --to csv --out clean.csv --window "300 500 nm"
      prenuc convert build/simulation.json --to csv --decimal , --separator ";"
      prenuc convert answers --to xlsx --out answers.xlsx
    """
    from prenuc.present.files.collection import collected, write_collection
    from prenuc.present.files.sheets import Marks

    marks = Marks(decimal, separator)
    found = collected(files, partial(_read, decimal=decimal_of_file, **asked))
    path = out if out is not None else files[0].with_name(files[0].stem + SUFFIX[to])
    write_collection(found, to, path, marks)
    series = [one.series for one in found if one.series is not None]
    if as_json:
        echo_json({"path": str(path), "format": to, "spectra": sum(map(len, series))})
        return
    click.echo(f"wrote {path}: {_told(series) if series else f'{len(found)} answers'}")
    echo_lines(line for one in series for line in one.history)


def _read(file: Path, **asked: Any) -> SpectrumSeries:
    return read_input(file, read=spectra_or_saved, **asked)


def _told(series: Sequence[SpectrumSeries]) -> str:
    grids = sorted({len(one.wavelength) for one in series})
    return f"{sum(map(len, series))} spectra at {listed([*map(str, grids)])} wavelengths"
