"""``prenuc join``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.input import A_PATH, files_argument, reading_options
from prenuc.present.cli.output import echo_json, echo_lines, json_option
from prenuc.present.files.input import read_input

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@files_argument
@click.option("--to", "to", required=True, type=A_PATH, help="FILE.csv to write.")
@click.option(
    "--time-from",
    type=click.Choice(["name", "header", "modified"]),
    help="Where the time of each stands; name, then header, if none is given.",
)
@reading_options
@json_option
def join(
    files: tuple[Path, ...], to: Path, time_from: str | None, as_json: bool, **asked: Any
) -> None:
    """Make one series of many files with a spectrum each; a FILE may be a folder of them.

    The time of each spectrum is read from the name of its file (run_5min.csv, s_t30s.txt,
    2024-03-12_14-05-30.csv), from its header (the column's, or its date), or from the date when the
    file was modified. Numbers without a unit in the names are times with --time-unit.

    \b
    Examples:
      prenuc join *.txt --to series.csv
      prenuc join scans --time-from header --to series.csv
      prenuc fit scans "PC -> MSC"
    """
    import prenuc as pn
    from prenuc.errors import InputError
    from prenuc.observe.readers.joined import files_in, read_joined

    if to.suffix.lower() != ".csv" or to.is_dir():
        raise InputError("a joined series is written as .csv", "Name it so", where=str(to))
    found = files_in(files)
    if any(to.exists() and to.samefile(file) for file in found if file.exists()):
        what = "this is an input, which is not overwritten"
        raise InputError(what, "Name another file with --to", where=str(to))

    def read(_: Path, **known: Any) -> Any:
        return read_joined(found, time_from=time_from, **known)  # type: ignore[arg-type]

    series = read_input(to, read=read, **asked)
    pn.convert(series, "csv", to)
    if as_json:
        echo_json({"path": str(to), "spectra": len(series), "times": series.time.tolist()})
        return
    click.echo(f"wrote {to}: {len(series)} spectra at {len(series.wavelength)} wavelengths")
    echo_lines(series.history)
