"""``prenuc fit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prenuc.errors import FitError
from prenuc.present.cli.input import column_option, files_argument, reading_options, report_option
from prenuc.present.cli.output import echo, echo_json, echo_lines, json_option, progress, provenance
from prenuc.present.files.figures import save
from prenuc.present.files.input import name_of, read_input

if TYPE_CHECKING:
    from prenuc.infer.fit.fit import Fit, GlobalFit
    from prenuc.infer.second_opinions.bootstrap import SecondOpinion


@click.command()
@files_argument
@click.argument("scheme")
@click.option("--at", metavar="WAVELENGTH", help='Where to read spectra: "311 nm".')
@click.option("--through-origin", is_flag=True, help="The signal is zero at time zero.")
@click.option("--background", is_flag=True, help="An unknown constant lies under the trace.")
@click.option("--non-negative", is_flag=True, help="Spectra of species are nowhere below zero.")
@click.option("--start", metavar="k=VALUE", multiple=True, help="Where the search begins: k=0.02.")
@click.option("--subtract", metavar="LABEL", help="Subtract this spectrum from all first.")
@click.option("--absorbing", metavar="SPECIES", help='Only these absorb: "A, C".')
@column_option
@reading_options
@click.option("--referee", is_flag=True, help="Repeat with other engines; exit 1 if they disagree.")
@click.option("--bootstrap", metavar="DRAWS", type=int, help="Errors by resampling, beside: 200.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the draws.")
@click.option("--figure", type=click.Path(path_type=Path), help="Write a figure (.svg .pdf .png).")
@report_option
@json_option
def fit(
    files: tuple[Path, ...],
    scheme: str,
    at: str | None,
    start: tuple[str, ...],
    subtract: str | None,
    referee: bool,
    bootstrap: int | None,
    seed: int,
    figure: Path | None,
    report_to: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Fit a kinetic scheme to a trace (columns time, value) or to spectra.

    Several files with a spectrum each, or a folder of them, are one series.

    \b
    SCHEME is one of
      "A -> B"  "A -> B -> C"  "A <-> B"  "A -> B, A -> C"     first order
      "2 A -> B"  "A + B -> C"  "A -> B of order 3/2"          other orders
      "A + B -> 2 B"  "A -> B, A + B -> 2 B"                   autocatalytic, Finke-Watzky
      "A -8-> B -> C"  "A -> B after lag"                      late
      "exp + exp + constant"  mechanism.yaml                   a sum; any network
    Spectra are fitted at all wavelengths at once unless --at names one. No starting values are
    needed; those given with --start (also several: --start k1=0.1 --start k2=0.02) are where the
    search begins. --window and --times choose the part of the data that is used.

    \b
    Examples:
      prenuc fit trace.csv "PC -> MSC"
      prenuc fit scans/*.txt "PC -> MSC"
      prenuc fit spectra.csv "PC -> MSC" --window "290 400 nm" --times "0 60 min" --start k=0.02
      prenuc fit spectra.csv "PC -> MSC" --at "311 nm" --subtract "cuvette at 4 min"
      prenuc fit spectra.csv "PC -> I -> MSC" --bootstrap 200 --seed 1 --referee
    """
    import prenuc as pn
    from prenuc.observe.changing import check_changing

    options, given = _options(asked), _start(start)
    data = read_input(files, at=at, subtract=subtract, **asked)
    check_changing(data, name_of(files))
    with progress("fitting"):
        found: Fit | GlobalFit = pn.fit(data, scheme, at=at, start=given, **options)
        beside = _beside(found, bootstrap, seed, options if referee else None)
    _write(found, figure, report_to)
    if as_json:
        told = {"at": at, "start": given, "subtract": subtract, "bootstrap": bootstrap}
        source = provenance(files, options | told | asked, seed)
        from prenuc.present.files.kept import answer

        echo_json(answer(found) | beside | {"provenance": source})
    else:
        _echo(found, beside)
    if "referee" in beside and not beside["referee"].agrees:
        echo("prenuc: the engines DISAGREE: do not use this fit", err=True)
        raise SystemExit(1)


def _options(asked: dict[str, Any]) -> dict[str, Any]:
    """Take what the fit is told out of what is asked for; reading options are left."""
    options = {name: asked.pop(name) for name in ("background", "through_origin", "non_negative")}
    absorbing = asked.pop("absorbing")
    return options if absorbing is None else options | {"absorbing": _species(absorbing)}


def _write(found: Fit | GlobalFit, figure: Path | None, report_to: Path | None) -> None:
    import prenuc as pn

    if figure is not None:
        from prenuc.present.figures.kinds import draw

        made = draw("fit", found)
        save(made.figure, figure, made.told)
    if report_to is not None:
        pn.report(found, to=report_to)


def _echo(found: Fit | GlobalFit, beside: dict[str, Any]) -> None:
    echo_lines((*found.meanings, *found.fit_report().splitlines()), "")
    echo_lines((*found.history, *beside.get("second_opinions", ())))
    if "referee" in beside:
        echo(beside["referee"])


def _beside(
    found: Fit | GlobalFit, draws: int | None, seed: int, asked: dict[str, Any] | None
) -> dict[str, Any]:
    """Return errors by other routes and the referee's verdict, where they are asked for."""
    said: dict[str, Any] = {}
    if draws is not None:
        said["second_opinions"] = _opinions(found, draws, seed)
    if asked is not None:
        from prenuc.infer.second_opinions.referee import referee

        said["referee"] = referee(found, **asked)
    return said


def _opinions(found: Fit | GlobalFit, draws: int, seed: int) -> list[SecondOpinion]:
    from prenuc.infer.fit.results import GlobalFit
    from prenuc.infer.second_opinions.bootstrap import bootstrap, sandwich

    if not isinstance(found, GlobalFit):
        what = "a single trace has no spectra that could be drawn anew"
        raise FitError(what, "Fit all wavelengths, or leave --bootstrap out")
    return [sandwich(found), bootstrap(found, draws=draws, seed=seed)]


def _start(given: tuple[str, ...]) -> dict[str, float]:
    """Return starting values from words such as "k=0.02"; several may share a word."""
    found: dict[str, float] = {}
    for word in (part for text in given for part in text.replace(",", " ").split()):
        name, _, number = word.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise FitError(f"--start {word} is not a value", "Write k=0.02") from None
    return found


def _species(text: str) -> tuple[str, ...]:
    """Return the species that "A, C" names."""
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if not found:
        raise FitError("--absorbing names no species", 'Write "A, C"')
    return found
