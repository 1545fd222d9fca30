"""``prenuc simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import InputError, MechanismError
from prenuc.present.cli.bare_network import is_network, run_bare_network
from prenuc.present.cli.completing import recipes_and_files
from prenuc.present.cli.input import inert_option, mechanism_option, report_option, writing_options
from prenuc.present.cli.output import echo, echo_json, echo_lines, echo_table, json_option, progress
from prenuc.present.files.figures import save
from prenuc.present.files.named import mechanism_of, read_protocol_or_recipe
from prenuc.present.files.sheets import Marks, write_csv
from prenuc.present.tables.answers import DOTS, samples_sheet
from prenuc.present.tables.plain import as_text, plain
from prenuc.present.tables.results import assumptions, shares_table
from prenuc.quantities import percent, roughly
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.simulation.solution import Measurement, Run
    from prenuc.simulation.solvers import AbstractSolver

IN_DOUBT = "extrapolated", "assumed-precursor"  # what the first lines of an answer say
PRODUCTS = "PC-", "as-PC-", "MSC-", "dMSC-", "QD", "Mo/Fr"


@click.command()
@click.argument("what", metavar="RECIPE|FILE.yaml", shell_complete=recipes_and_files)
@mechanism_option
@click.option("--assume", multiple=True, metavar="NAME=VALUE", help="Fill in what is unreported.")
@click.option("--times", help='Times for a bare network, in its own unit: "0 0.4 4 40".')
@click.option("--until", help='Ends a bare network: "80 % of S is consumed", "steady state".')
@click.option("--coarse", is_flag=True, help="Dots as four moments; says what that costs.")
@click.option(
    "--solver",
    "solver_name",
    metavar="NAME",
    default="rodas",
    show_default=True,
    help="Integrator: rodas, cvode, scipy-bdf or scipy-radau.",
)
@click.option("--rtol", type=float, help="Relative tolerance.")
@click.option("--atol", type=float, help="Absolute tolerance, relative to the largest amount.")
@inert_option
@click.option("--extrapolate", is_flag=True, help="Run far outside the constants' temperatures.")
@click.option("--noise", type=float, default=0.0, help="Noise of the spectra, in absorbance.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the noise.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for JSON, CSV and figures.")
@writing_options
@report_option
@json_option
def simulate(
    what: str,
    mechanism: str | None,
    assume: tuple[str, ...],
    times: str | None,
    until: str | None,
    coarse: bool,
    solver_name: str,
    rtol: float | None,
    atol: float | None,
    inert: tuple[str, ...],
    extrapolate: bool,
    noise: float,
    seed: int,
    out: Path | None,
    decimal: str,
    separator: str | None,
    report_to: Path | None,
    as_json: bool,
) -> None:
    """Run a published recipe, a protocol file, or a bare reaction network.

    \b
    Examples:
      prenuc simulate cds-msc-311-in-toluene --out build
      prenuc simulate cds-msc-311-in-toluene --assume "heating rate=6 degC/min"
      prenuc simulate cds-4c-oleate --coarse --mechanism two-pathway/CdS@0.1
      prenuc simulate robertson.yaml --times "0 0.4 4 40 4e7" --json
      prenuc simulate robertson.yaml --times "0 1e9" --until "80 % of A is consumed"
    """
    solver, marks = _solver(solver_name, rtol, atol), Marks(decimal, separator)
    if times is not None or is_network(what):
        run_bare_network(Path(what), times, until, solver, as_json=as_json)
        return
    if until is not None:
        raise _no_end(what)

    protocol, mechanism_name = read_protocol_or_recipe(what, assume)
    name = mechanism or mechanism_name
    chosen = mechanism_of(name, what, protocol, inert, pn.Moments() if coarse else None)
    if coarse and chosen.populations:
        problem = f"{chosen.name} counts its dots class by class, and in no other way"
        raise MechanismError(problem, "Leave --coarse out")
    with progress(f"simulating {protocol.name}") as report_share:
        asked: dict[str, Any] = {"inert": inert, "extrapolate": extrapolate}
        run = pn.simulate(chosen, protocol, solver=solver, progress=report_share, **asked)
    if coarse:
        run = _told(run, mechanism_of(name, what, protocol, inert), asked)
    said = () if as_json else IN_DOUBT  # those codes stand in the first lines of a readable answer
    for warning in (*protocol.warnings, *(one for one in run.warnings if one.code not in said)):
        echo(f"prenuc: warning: {warning}", err=True)
    spectra = pn.uv_vis(run, noise=noise, seed=seed)
    answer = _answer(run, spectra)
    if out is not None:
        _write(out, answer, spectra, marks)
    if report_to is not None:
        pn.report(run, spectra, to=report_to)
    echo_json(answer) if as_json else _echo(run, answer, spectra, out, report_to)


def _no_end(what: str) -> InputError:

    problem = f"--until is for a bare network, and {what} has a protocol that says when it ends"
    return InputError(problem, "Leave --until out, or give a file of reactions")


def _told(coarse: Run, mechanism: Mechanism, asked: Mapping[str, Any]) -> Run:
    """Return a coarse run whose stats say how far it is from one with size classes.

    Raises:
        MechanismError: The mechanism has no size classes to begin with.
    """
    from dataclasses import asdict, replace

    from prenuc.observe.coarse import coarse_error
    from prenuc.simulation.run import simulate as run_protocol

    if not mechanism.populations:
        problem = f"{mechanism.name} counts no dots class by class"
        raise MechanismError(problem, "Leave --coarse out")
    error = coarse_error(run_protocol(mechanism, coarse.protocol, **asked), coarse)
    return replace(coarse, stats={**coarse.stats, "coarse error": asdict(error)})


def _solver(name: str, rtol: float | None, atol: float | None) -> AbstractSolver | None:
    """Return the integrator that was asked for; None for ours as it usually is."""
    from prenuc.simulation.solvers import Rodas, solver_named

    for option, number in (("--rtol", rtol), ("--atol", atol)):
        if number is not None and not 0 < number < 1:
            raise InputError(f"{option} {number:g} is not a tolerance", "Give 1e-12 to 0.1")
    given = {key: value for key, value in (("rtol", rtol), ("atol", atol)) if value is not None}
    if name == Rodas.name and not given:
        return None
    return solver_named(name)(**given)


def _answer(run: Run, spectra: SpectrumSeries) -> dict[str, Any]:
    """Return the answer in the shape that users and other programs rely on."""
    from prenuc.present.files.kept import keep
    from prenuc.scope.products import products_of
    from prenuc.simulation.doubt import amounts_within
    from prenuc.simulation.solution import in_minutes

    measurements = [
        {
            "label": label,
            "vessel": measurement.vessel,
            "time_min": measurement.time / 60.0,
            "reaction_time_min": in_minutes(measurement.reaction_time),
            "dilution": measurement.dilution,
            "temperature_K": measurement.temperature,
            "wavelength_nm": spectra.wavelength,
            "absorbance": absorbance,
            "amounts": run.amounts(measurement),
            "products": products_of(run.mechanism, run.amounts(measurement)),
            "shares": run.fractions(measurement),
            "dots": _dots(run, measurement),
        }
        for measurement, label, absorbance in zip(
            run.measurements, spectra.labels, spectra.absorbance, strict=True
        )
    ]
    for one, within in zip(measurements, amounts_within(run), strict=False):
        one["amounts_within"] = within
    basis = {name: component.basis for name, component in run.mechanism.components.items()}
    answer: dict[str, Any] = plain(
        {
            "recipe": run.protocol.name,
            "mechanism": run.mechanism.name,
            "thermodynamics": run.thermodynamics,
            "measurements": measurements,
            "amounts_unit": "mmol/L of the basis",
            "basis": basis,
            "assumptions": assumptions(run.protocol),
            "warnings": [one.as_dict() for one in (*run.protocol.warnings, *run.warnings)],
            "conservation": run.conservation,
            "stats": run.stats,
        }
    )
    return answer | {"results": keep([run, spectra])}


def _dots(run: Run, measurement: Measurement) -> dict[str, float] | None:
    """Return number, mean diameter and spread of the dots; None where there are none."""
    from prenuc.observe.dots import dot_sizes

    moments = run.mechanism.dots
    sizes = None if moments is None else dot_sizes(run, measurement, moments)
    return None if sizes is None else dict(zip(DOTS, sizes, strict=True))


def _write(folder: Path, answer: dict[str, Any], spectra: SpectrumSeries, marks: Marks) -> None:
    from prenuc.present.figures.kinds import draw
    from prenuc.present.figures.page_size import Layout

    made = draw("spectra", spectra, layout=Layout(title=f"{answer['recipe']}, simulated"))
    save(made.figure, folder / "spectra.svg", made.told)
    pn.convert(spectra, "csv", folder / "spectra.csv", marks=marks)
    write_csv(samples_sheet(answer["measurements"]), folder / "samples.csv", marks)
    write_text(folder / "simulation.json", as_text(answer) + "\n")


def _within(answer: dict[str, Any]) -> Iterator[str]:
    """Yield how much of each product there is at the end, and may be, where that is in doubt."""
    last = answer["measurements"][-1] if answer["measurements"] else {}
    for name, (low, high) in last.get("amounts_within", {}).items():
        if (
            name.startswith(PRODUCTS)
            and high > 0
            and answer["basis"].get(name, "").endswith("atom")
        ):
            amount, atom = last["amounts"][name], answer["basis"][name].removesuffix(" atom")
            number, *ends = map(roughly, (amount, low, high))
            said = f"{name} {number} mmol/L of {atom}, from {ends[0]} to {ends[1]}"
            yield f"{last['label']}: {said}"


def _echo(
    run: Run,
    answer: dict[str, Any],
    spectra: SpectrumSeries,
    out: Path | None,
    report_to: Path | None,
) -> None:

    echo_lines((one for one in run.warnings if one.code in IN_DOUBT), "")
    step = max(1, len(run.measurements) // 12)
    measurements = run.measurements[::step]
    table = shares_table(run, measurements)
    echo_table(table, f"{run.protocol.name} with {run.mechanism.name}: {table.caption}")
    echo_lines(_within(answer))
    echo_lines(spectra.history[1:])
    if "coarse error" in run.stats:
        told = {name: e for name, e in run.stats["coarse error"].items() if e is not None}
        errors = ", ".join(f"{name} {percent(error, 1)}" for name, error in told.items())
        echo(f"  coarse: dots as four moments; off from size classes by at most {errors}")
    echo(f"  thermodynamics: {run.thermodynamics}")
    echo(f"  conservation: ledger {run.conservation['ledger']['final']:.1e}")
    echo_lines((path for path in (out, report_to) if path is not None), "  wrote ")
