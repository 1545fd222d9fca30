"""``prenuc report``, ``prenuc join`` and ``prenuc convert``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import InputError, Problem, counted, listed, noting
from prenuc.present.cli.analysis import analyses, material_option
from prenuc.present.cli.input import (
    A_PATH,
    DECIMALS,
    files_argument,
    known_options,
    reading_options,
    refuse_others,
    to_page_option,
    writing_options,
)
from prenuc.present.cli.output import echo, echo_json, echo_lines, json_option, progress
from prenuc.present.files.exchange import SUFFIX
from prenuc.present.files.input import every_series, read_input, spectra_or_saved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prenuc.present.files.collection import Entry


@click.command()
@files_argument
@to_page_option
@click.option("--title", help="Heading of the page; what it is about when left out.")
@click.option("--author", help="Who answers for it; $PRENUC_AUTHOR when left out.")
@click.option("--extract", is_flag=True, help="Give back the results that FILE.html holds.")
@click.option("--out", type=A_PATH, help="With --extract: folder for them.")
@material_option
@reading_options
@json_option
def report(
    files: tuple[Path, ...],
    to: Path | None,
    title: str | None,
    author: str | None,
    extract: bool,
    out: Path | None,
    material: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Write one self-contained HTML file from spectra and saved answers.

    A spectrum file is analysed (see "prenuc analyze"); a .json file is an answer that prenuc
    simulate, fit, analyze, compare, ablate, sweep, growth, emission or calibrate --data gave with
    --json. The page begins with the answer, loads nothing from outside and holds the results:
    --extract gives them back, a run with the protocol that it came from.

    \b
    Examples:
      prenuc report run.csv --material CdSe --to report.html
      prenuc report build/simulation.json fit.json run.csv --to report.html
      prenuc report --extract report.html --out results
    """
    if extract:
        refuse_others("--extract", {"files", "extract", "out"})
        _extract(files, out, as_json)
        return
    if to is None:
        raise InputError("no page is named", "Add --to report.html")
    if out is not None:
        raise InputError("--out is for --extract", "Leave it out, or add --extract")
    if any(to.exists() and file.exists() and to.samefile(file) for file in files):
        what = "this is an input, which is not overwritten"
        raise InputError(what, "Name another file with --to", where=str(to))
    parts = _parts(files, material, asked)
    with progress("writing the report"):
        path = pn.report(*parts, to=to, title=title, author=author)
    echo_json({"path": str(path)}) if as_json else echo(f"wrote {path}")


def _parts(files: Sequence[Path], material: str | None, asked: dict[str, Any]) -> list[Any]:
    """Return what a report is made of, in the order of the files."""
    from prenuc.present.files.saved import read_answer
    from prenuc.sweeps.sweep import LEDGER

    mend = "Give prenuc sweep its description and this folder again, with --report FILE.html"
    sweeps = [
        Problem("this is the folder of a sweep", mend, where=str(file))
        for file in files
        if (file / LEDGER).exists()
    ]
    if sweeps:
        raise InputError(sweeps)
    saved: dict[Path, Any] = {
        file: read_answer(file) for file in files if file.suffix.lower() == ".json"
    }
    found = analyses([file for file in files if file not in saved], material, **asked)
    by_file = saved | {together[0]: one for together, one in found.items()}
    return [by_file[file] for file in files if file in by_file]


def _extract(files: Sequence[Path], out: Path | None, as_json: bool) -> None:
    """Give back what reports hold, or say what that is."""
    from prenuc.present.files.extract import extract, told, write_extracted

    if len(files) > 1:
        raise InputError("one report at a time", "Give --extract one FILE.html")
    held = extract(files[0])
    written = [] if out is None else write_extracted(held, out)
    if as_json:
        paths = [str(path) for path in written]
        echo_json({"title": held.title, "results": told(held), "written": paths})
        return
    echo(held.title)
    echo_lines(told(held))
    echo_lines(written, "  wrote ")


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
    spectra = counted(len(series), "spectrum")
    echo(f"wrote {to}: {spectra} at {counted(len(series.wavelength), 'wavelength')}")
    echo_lines(series.history)


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

    FILE is a spectrometer's file, or an answer (.json) of prenuc simulate, fit or analyze. Files
    with a spectrum each, or a folder of them, become one series; others are written one by one, and
    as one workbook with --out. Several answers, or a folder of them, make one table that names the
    file.

    Whatever is written is read again to the last digit. A workbook (xlsx) and netCDF carry
    everything that was assumed on reading; "jcamp" is JCAMP-DX, "origin" is text with
    rows for long name, units and comments. Intervals have columns of their own, a masked reading is
    an empty cell, in netCDF NaN.

    \b
    Examples:
      prenuc convert run.csv --to xlsx
      prenuc convert *.txt --to xlsx --out series.xlsx
      prenuc convert run.txt --to csv --out clean.csv --window "300 500 nm"
      prenuc convert build/simulation.json --to csv --decimal , --separator ";"
      prenuc convert answers --to xlsx --out answers.xlsx
    """
    from prenuc.present.files.collection import saved_in, write_entries
    from prenuc.present.files.sheets import Marks

    marks, saved = Marks(decimal, separator), saved_in(files)
    found = _found(saved, files, asked | {"decimal": decimal_of_file})
    together = len(found) == 1 or bool(saved) or (to == "xlsx" and out is not None)
    groups = [found] if together else [[one] for one in found]
    if out is not None and len(groups) > 1:
        what = f"these files hold {len(groups)} series, --out names one file"
        raise InputError(what, "Leave --out, or convert one by one", where=str(out))
    written = []
    for group in groups:
        first = group[0].files[0]
        path = first.with_name(first.stem + SUFFIX[to]) if out is None else out
        write_entries(group, to, path, marks)
        written.append((path, group))
    if as_json:
        told = [{"path": str(path), "format": to, "spectra": _count(of)} for path, of in written]
        echo_json(told[0] if len(told) == 1 else told)
        return
    for path, group in written:
        _echo(path, group)


def _found(saved: list[Path], files: tuple[Path, ...], asked: dict[str, Any]) -> list[Entry]:
    """Return what saved answers hold, or where there are none every series of some files."""
    from prenuc.present.files.collection import of_answer, of_series

    if not saved:
        return [of_series(*one) for one in every_series(files, read=spectra_or_saved, **asked)]
    found, problems = [], list[Problem]()
    for file in saved:
        with noting(problems):
            found.append(of_answer(file, partial(read_input, read=spectra_or_saved, **asked)))
    if problems:
        raise InputError(problems)
    return found


def _count(group: Sequence[Entry]) -> int:
    return sum(len(one.series) for one in group if one.series is not None)


def _echo(path: Path, group: Sequence[Entry]) -> None:
    series = [one.series for one in group if one.series is not None]
    grids = [str(one) for one in sorted({len(one.wavelength) for one in series})]
    told = f"{counted(_count(group), 'spectrum')} at {listed(grids)} wavelengths"
    echo(f"wrote {path}: {told if series else counted(len(group), 'answer')}")
    echo_lines(line for one in series for line in one.history)
