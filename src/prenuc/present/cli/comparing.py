"""``prenuc compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prenuc.errors import FitError, InputError
from prenuc.present.cli import completing
from prenuc.present.cli.input import (
    A_PATH,
    COUNT,
    column_option,
    models_option,
    protocol_option,
    reading_options,
    refuse_others,
    report_option,
)
from prenuc.present.cli.output import (
    echo,
    echo_answer,
    echo_kept,
    echo_lines,
    echo_table,
    json_option,
    progress,
)
from prenuc.present.files.figures import save
from prenuc.present.files.input import name_of, read_input
from prenuc.present.files.named import models_named, protocol_and_material

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prenuc.infer.selection.evidence import Comparison
    from prenuc.infer.studies.models import Standing
    from prenuc.infer.studies.observed import Record
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace

SOME = "A -> B; A -> B -> C"


@click.command()
@click.argument("files", metavar="[FILE...]", nargs=-1, type=A_PATH)
@click.option(
    "--schemes",
    metavar="SCHEMES",
    help=f'Kinetic schemes, "{SOME}"; a standard list when left out.',
)
@protocol_option("with it mechanisms are compared")
@models_option("ours and all rivals")
@click.option("--at", metavar="WAVELENGTH", help='Where schemes read spectra: "311 nm".')
@click.option(
    "--free-spectra", is_flag=True, help="Any spectrum for every species: kinetics alone."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of further searches.")
@click.option(
    "--starts",
    type=COUNT,
    default=6,
    show_default=True,
    help="Searches for each model, at most.",
)
@column_option
@reading_options
@click.option(
    "--observations",
    metavar="MATERIAL",
    help="Compare on the published observations.",
    shell_complete=completing.materials,
)
@click.option("--refitted", is_flag=True, help="Models fitted on equal terms, as they ship.")
@click.option("--figure", type=A_PATH, help="Write a figure (.svg .pdf .png).")
@report_option
@json_option
def compare(
    files: tuple[Path, ...],
    schemes: str | None,
    protocol: str | None,
    models: str | None,
    at: str | None,
    free_spectra: bool,
    seed: int,
    starts: int,
    observations: str | None,
    refitted: bool,
    figure: Path | None,
    report_to: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Which scheme or model do the data support? "Cannot tell" is an answer.

    With --protocol every mechanism simulates what was done and is refitted within its priors;
    without, kinetic schemes are fitted, to spectra at all wavelengths or to a trace. Several files
    with a spectrum each, or a folder of them, are one series.

    \b
    Examples:
      prenuc compare spectra.csv
      prenuc compare trace.csv --schemes "A -> B; A -4-> B -> C" --times "0 60 min"
      prenuc compare spectra.csv --protocol cds-msc-311-in-toluene
      prenuc compare spectra.csv --protocol batch.yaml --models two-pathway/CdS,droplets/CdS
      prenuc compare --observations CdS
      prenuc compare --refitted
    """
    import prenuc as pn
    from prenuc.observe.changing import check_changing
    from prenuc.observe.series import SpectrumSeries

    if (report_to or figure) is not None and not files:
        what = "--report and --figure show a comparison on data"
        raise InputError(what, "Give a file of spectra or a trace")
    if refitted:
        _refitted(as_json)
        return
    if observations is not None:
        _observed(observations, models, as_json)
        return
    if not files:
        raise InputError("nothing to compare", "Give a file, or --observations MATERIAL")
    data = read_input(files, **asked)
    check_changing(data, name_of(files))
    if protocol is None:
        found = _compare_schemes(data, schemes, at)
    else:
        found = _compare_models(data, protocol, models, free_spectra, starts, seed)
    beside = [data] if isinstance(data, SpectrumSeries) else []
    if figure is not None:
        made = pn.figure("rivals", found)
        echo(f"wrote {save(made.figure, figure, made.told)}", err=True)
    if report_to is not None:
        echo(f"wrote {pn.report(found, *beside, to=report_to)}", err=True)
    echo_kept(found, lambda found: echo_lines(str(found).splitlines(), ""), as_json, *beside)


def _compare_schemes(
    data: SpectrumSeries | Trace, schemes: str | None, at: str | None
) -> Comparison:
    from prenuc import compare_schemes

    asked = None if schemes is None else [one for one in schemes.split(";") if one.strip()]
    with progress("fitting the schemes") as report:
        return compare_schemes(data, asked, at=at, progress=report)


def _compare_models(
    data: SpectrumSeries | Trace,
    protocol: str,
    models: str | None,
    free_spectra: bool,
    starts: int,
    seed: int,
) -> Comparison:
    from prenuc import compare_mechanisms
    from prenuc.infer.selection.shapes import FreeShapes, KnownShapes
    from prenuc.observe.trace import Trace

    if isinstance(data, Trace):
        mend = "Give spectra, or leave --protocol out to compare kinetic schemes"
        raise FitError("mechanisms are compared on spectra, not on a trace", mend)
    what, material = protocol_and_material(protocol)
    with progress("running every model") as report:
        return compare_mechanisms(
            data,
            what,
            models=models_named(models, material),
            shapes=FreeShapes() if free_spectra else KnownShapes(),
            starts=starts,
            seed=seed,
            progress=report,
        )


def _observed(material: str, models: str | None, as_json: bool) -> None:
    from prenuc.infer.studies.observed import compare_on_observations

    refuse_others("--observations", {"observations", "models"})
    kinds = [name.strip().partition("/")[0] for name in (models or "").split(",") if name.strip()]
    with progress("running the published experiments") as report:
        records = compare_on_observations(material, models=kinds, progress=report)
    echo_answer(records, _echo_records, as_json)


def _refitted(as_json: bool) -> None:
    from prenuc.infer.studies.models import standings

    refuse_others("--refitted", {"refitted"})
    echo_answer(standings(), _echo_standings, as_json)


def _echo_standings(found: Sequence[Standing]) -> None:
    from prenuc.present.tables.studies import standings_table

    echo_table(standings_table(found))
    echo("  Bits: log2 of the probability of what is printed; fitted to calibrated rows alone.")
    for one in found:
        if one.outdated:
            echo(f"  {one.model}: fitted before its rows or its mechanism changed")


def _echo_records(records: Sequence[Record]) -> None:
    from prenuc.present.tables.studies import record_table

    echo_table(record_table(records))
    echo("  Rows are not independent, and ours were in view when constants were set.")
