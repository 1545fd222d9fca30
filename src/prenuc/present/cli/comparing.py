"""``prenuc compare`` and ``prenuc next``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from prenuc.errors import FitError, InputError, unknown_name
from prenuc.present.cli.input import (
    A_PATH,
    column_option,
    name_of,
    read_input,
    read_protocol_or_recipe,
    reading_options,
    refuse_others,
)
from prenuc.present.cli.output import echo_answer, echo_table, json_option, progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prenuc.infer.selection.evidence import Comparison
    from prenuc.infer.studies.models import Standing
    from prenuc.infer.studies.observed import Record
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace
    from prenuc.protocol.protocol import Protocol

SOME = "A -> B; A -> B -> C"
RECIPES = {  # the kinetic panels of the paper: what a next experiment begins from
    "CdS": "cds-msc-311-in-toluene",
    "CdTe": "cdte-dmsc-371-in-toluene-ota",
    "CdSe": "cdse-5b",
}
QUESTION = ("two-pathway", "droplets", "classical")  # Scheme S4


@click.command()
@click.argument("files", metavar="[FILE...]", nargs=-1, type=A_PATH)
@click.option(
    "--schemes",
    metavar="SCHEMES",
    help=f'Kinetic schemes, "{SOME}"; a standard list when left out.',
)
@click.option("--protocol", metavar="RECIPE|FILE.yaml", help="What was done: compares mechanisms.")
@click.option("--models", metavar="ID,...", help="Mechanisms; ours and all rivals when left out.")
@click.option("--at", metavar="WAVELENGTH", help='Where schemes read spectra: "311 nm".')
@click.option(
    "--free-spectra", is_flag=True, help="Any spectrum for every species: kinetics alone."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of further searches.")
@click.option(
    "--starts",
    type=click.IntRange(min=1),
    default=6,
    show_default=True,
    help="Searches for each model, at most.",
)
@column_option
@reading_options
@click.option("--observations", metavar="MATERIAL", help="Compare on the published observations.")
@click.option("--refitted", is_flag=True, help="Models fitted on equal terms, as they ship.")
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
    from prenuc.observe.changing import check_changing

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
    echo_answer(found, click.echo, as_json)


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
    what, material = _protocol(protocol)
    with progress("running every model") as report:
        return compare_mechanisms(
            data,
            what,
            models=_models(models, material),
            shapes=FreeShapes() if free_spectra else KnownShapes(),
            starts=starts,
            seed=seed,
            progress=report,
        )


def _protocol(which: str) -> tuple[Protocol, str]:
    """Return a protocol and its material; "" for a file that names no mechanism."""
    from prenuc.facts.catalogue import entries

    protocol, mechanism = read_protocol_or_recipe(which)
    if which in entries("recipes"):
        return protocol, entries("recipes")[which].material
    return protocol, (mechanism or "").partition("/")[2]


def _models(names: str | None, material: str, kinds: Sequence[str] = ()) -> list[Mechanism]:
    """Return mechanisms by name; a kind without a material is of the protocol's."""
    from prenuc.infer.selection.compare_mechanisms import rivals
    from prenuc.mechanism.named import mechanism_named

    asked = [name.strip() for name in (names or ",".join(kinds)).split(",") if name.strip()]
    if asked:
        return [mechanism_named(n if "/" in n else f"{n}/{material}") for n in asked]
    if not material:
        mend = "Add --models, or 'mechanism: two-pathway/CdS' to the protocol"
        raise InputError("the protocol file names no material", mend)
    return rivals(material)


def _observed(material: str, models: str | None, as_json: bool) -> None:
    from prenuc.infer.studies.observed import compare_on_observations

    kinds = [name.strip().partition("/")[0] for name in (models or "").split(",") if name.strip()]
    with progress("running the published experiments") as report:
        records = compare_on_observations(material, models=kinds, progress=report)
    echo_answer(records, _echo_records, as_json)


def _refitted(as_json: bool) -> None:
    from prenuc.infer.studies.models import standings

    echo_answer(standings(), _echo_standings, as_json)


def _echo_standings(found: Sequence[Standing]) -> None:
    from prenuc.present.tables.studies import standings_table

    echo_table(standings_table(found))
    click.echo(
        "  Bits: log2 of the probability of what is printed; fitted to calibrated rows alone."
    )
    for one in found:
        if one.outdated:
            click.echo(f"  {one.model}: fitted before its rows or its mechanism changed")


def _echo_records(records: Sequence[Record]) -> None:
    from prenuc.present.tables.studies import record_table

    echo_table(record_table(records))
    click.echo("  Rows are not independent, and ours were in view when constants were set.")


@click.command(name="next")
@click.argument("material", default="CdS")
@click.option("--recipe", metavar="RECIPE|FILE.yaml", help="The experiment to vary.")
@click.option("--models", metavar="ID,...", help=f"Models left; {', '.join(QUESTION)} by default.")
@click.option("--sharpen", metavar="CONSTANT", help='Narrow one constant: "isomerisation.k".')
@click.option("--step", metavar="STEP", help='Ask whether a step is needed: "Pathway 2".')
@click.option("--map", "map_to", type=A_PATH, help="With --step: figure of where it shows.")
@click.option("--vary", metavar="AXIS,...", help="Only these: temperature, time, dilution, ...")
@click.option("--most", default=5, show_default=True, help="Proposals.")
@click.option("--draws", default=8, show_default=True, help="Draws of each model's constants.")
@click.option("--noise", default=2e-3, show_default=True, help="Of one reading, in absorbance.")
@click.option("--seed", default=0, show_default=True, help="Seed of every draw.")
@click.option("--workers", default=2, show_default=True, help="Processes to work with.")
@json_option
def next_(
    material: str,
    recipe: str | None,
    models: str | None,
    vary: str | None,
    step: str | None,
    map_to: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Which experiment would say most about which model it is?

    The answer is a bench plan that 'prenuc simulate' runs. Extinctions, spectra and rate constants
    count as unknown, so a difference that they could make does not score.

    With --step it is where a mechanism and the same without that step are furthest apart, among
    temperatures, dilutions of the batch and additives; exit status 1 if no such experiment tells.

    \b
    Examples:
      prenuc next CdS
      prenuc next CdS --models two-pathway,droplets --vary temperature,additive
      prenuc next CdS --sharpen isomerisation.k
      prenuc next CdS --step "Pathway 2" --map where.svg
    """
    from prenuc.infer.selection.next_experiment import next_experiment

    if recipe is None and material not in RECIPES:
        raise InputError(unknown_name("material with a usual recipe", material, RECIPES))
    protocol, _ = _protocol(recipe or RECIPES[material])
    if step is not None:
        refuse_others("--step", {"material", "recipe", "models", "noise", "step", "map_to"})
        whole = _models(models, material, ("two-pathway",))[0]
        _where_it_shows(whole, step, protocol, map_to, asked["noise"], asked["workers"], as_json)
        return
    if map_to is not None:
        raise InputError("--map needs --step", 'Add --step "Pathway 2", or leave it out')
    with progress("simulating what could be done") as report:
        found = next_experiment(
            _models(models, material, QUESTION),
            protocol,
            only=[name.strip() for name in (vary or "").split(",") if name.strip()],
            progress=report,
            **asked,
        )
    echo_answer(found, lambda found: click.echo("\n".join(map(str, found))), as_json)


def _where_it_shows(
    mechanism: Mechanism,
    step: str,
    protocol: Protocol,
    map_to: Path | None,
    noise: float,
    workers: int,
    as_json: bool,
) -> None:
    from prenuc.infer.calibration.candidate import with_and_without
    from prenuc.infer.selection.disagreement import disagreement

    both = with_and_without(mechanism, step)
    with progress("simulating what could be done") as report:
        found = disagreement(*both, protocol, noise=noise, workers=workers, progress=report)
    if map_to is not None:
        from prenuc.present.figures.maps import plot_disagreement
        from prenuc.present.files.figures import save

        click.echo(f"wrote {save(plot_disagreement(found), map_to)}", err=True)
    echo_answer(found, click.echo, as_json)
    sys.exit(0 if found.tells else 1)
