"""``prenuc correct``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prenuc.errors import InputError, Problem, counted, noting
from prenuc.present.cli.input import A_PATH, files_argument, reading_options
from prenuc.present.cli.output import echo, echo_json, echo_lines, json_option
from prenuc.present.files.input import read_input
from prenuc.quantities import parse, parse_range

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prenuc.observe.corrections.steps import Correction

FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".nc": "netcdf"}


@click.command()
@files_argument
@click.option("--to", required=True, type=A_PATH, help="FILE.csv, .xlsx or .nc to write.")
@click.option("--holmium", metavar="FILE", type=A_PATH, help="Spectrum that wavelengths hold to.")
@click.option("--stray-light", metavar="FRACTION", type=float, help="Known stray light: 0.001.")
@click.option("--blank", metavar="FILE", type=A_PATH, help="Take this spectrum from all.")
@click.option("--offset", metavar="RANGE", help='Zero over a range: "620 650 nm".')
@click.option("--scattering", metavar="RANGE", help='Take c/wavelength^n away: "600 650 nm".')
@click.option("--exponent", metavar="N", type=float, help="n of the scattering; fitted if none.")
@click.option("--baseline", metavar="STIFFNESS", type=float, help="Take a smooth one away: 1e6.")
@click.option("--dilution", metavar="N", type=float, help="Scale to the undiluted sample.")
@click.option("--path", "path_length", metavar="LENGTH", help='Scale to 1 cm: "2 mm".')
@reading_options
@json_option
def correct(files: tuple[Path, ...], to: Path, as_json: bool, **asked: Any) -> None:
    """Correct spectra; every step is a line, and the files stay as they are.

    Steps are done in the order of the options above: wavelengths, stray light, blank, offset,
    scattering, baseline, scale. To undo one, leave its option out. Spectra that depart from their
    neighbours in time are named, and kept.

    \b
    Examples:
      prenuc correct run.csv --offset "620 650 nm" --to corrected.csv
      prenuc correct run.csv --blank toluene.csv --scattering "600 650 nm" --to corrected.xlsx
      prenuc correct scans/*.txt --dilution 40 --path "2 mm" --to stock.csv
    """
    import prenuc as pn
    from prenuc.observe.corrections.outliers import outlier_spectra
    from prenuc.observe.readers import read

    if to.suffix.lower() not in FORMATS:
        what = f"'{to.suffix}' is no format of corrected spectra"
        raise InputError(what, "Name it .csv, .xlsx or .nc", where=str(to))
    if any(to.exists() and file.exists() and to.samefile(file) for file in files):
        what = "this is an input, which is not overwritten"
        raise InputError(what, "Name another file with --to", where=str(to))
    steps = _steps({name: asked.pop(name) for name in _ASKED})
    series = read_input(files, read=read, **asked)
    done = pn.correct(series, *steps).series
    odd = outlier_spectra(done)
    pn.convert(done, FORMATS[to.suffix.lower()], to)
    if as_json:
        told = {"path": str(to), "spectra": len(done), "history": done.history, "outliers": odd}
        echo_json(told)
        return
    spectra = counted(len(done), "spectrum")
    echo(f"wrote {to}: {spectra} at {counted(len(done.wavelength), 'wavelength')}")
    echo_lines(done.history)
    for label, why in odd.items():
        echo(f"prenuc: warning: '{label}' {why}", err=True)


def _range(of: Callable[[float, float], Correction]) -> Callable[[str], Correction]:
    return lambda text: of(*parse_range(text, "nm", of="wavelengths"))


def _steps(given: dict[str, Any]) -> list[Correction]:
    """Return the corrections that are asked for, in their order, or say all that is wrong."""
    from prenuc.observe.corrections import steps as made
    from prenuc.observe.readers import read

    exponent, dilution, path = (given.pop(name) for name in ("exponent", "dilution", "path_length"))
    problems: list[Problem] = []
    if exponent is not None and given["scattering"] is None:
        what = "--exponent says something of scattering"
        problems.append(Problem(what, 'Add --scattering "600 650 nm"'))
    ways: dict[str, Callable[[Any], Correction]] = {
        "holmium": lambda file: made.Wavelengths(read(file)),
        "stray_light": made.StrayLight,
        "blank": lambda file: made.Blank(read(file), file.name),
        "offset": _range(made.Offset),
        "scattering": _range(lambda low, high: made.Scattering(low, high, exponent)),
        "baseline": made.Baseline,
    }
    steps: list[Correction] = []
    for name, way in ways.items():
        if given[name] is not None:
            with noting(problems, f"--{name.replace('_', '-')}"):
                steps.append(way(given[name]))
    if dilution is not None or path is not None:
        with noting(problems, "--path"):
            length = 1.0 if path is None else parse(path).to("cm")
            steps.append(made.Scale(dilution, length))
    if not (steps or problems):
        mend = 'Add one, such as --offset "620 650 nm"'
        problems.append(Problem("no correction is asked for", mend))
    if problems:
        raise InputError(problems)
    return steps


_ASKED = (
    *("holmium", "stray_light", "blank", "offset", "scattering", "exponent", "baseline"),
    *("dilution", "path_length"),
)
