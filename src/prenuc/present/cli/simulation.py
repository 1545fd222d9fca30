"""``prenuc simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.output import echo_json, echo_table, json_option, progress

if TYPE_CHECKING:
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Run
    from prenuc.simulation.solver import AbstractSolver


@click.command()
@click.argument("what", metavar="RECIPE|FILE.yaml")
@click.option("--mechanism", metavar="ID|FILE.yaml", help="What could happen; ours when left out.")
@click.option("--assume", multiple=True, metavar="NAME=VALUE", help="Fill in what is unreported.")
@click.option("--times", help='Times for a bare network, in its own unit: "0 0.4 4 40".')
@click.option("--solver", "solver_name", default="cvode", show_default=True)
@click.option("--rtol", type=float, help="Relative tolerance.")
@click.option("--atol", type=float, help="Absolute tolerance, relative to the largest amount.")
@click.option("--noise", type=float, default=0.0, help="Noise of the spectra, in absorbance.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the noise.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for JSON, CSV and figures.")
@click.option("--report", "report_to", type=click.Path(path_type=Path), help="Write FILE.html.")
@json_option
def simulate(
    what: str,
    mechanism: str | None,
    assume: tuple[str, ...],
    times: str | None,
    solver_name: str,
    rtol: float | None,
    atol: float | None,
    noise: float,
    seed: int,
    out: Path | None,
    report_to: Path | None,
    as_json: bool,
) -> None:
    """Run a published recipe, a protocol file, or a bare reaction network.

    \b
    Examples:
      prenuc simulate cds-msc-311-in-toluene --out build
      prenuc simulate cds-msc-311-in-toluene --assume "heating rate=6 degC/min"
      prenuc simulate robertson.yaml --times "0 0.4 4 40 4e7" --json
    """
    solver = _solver(solver_name, rtol, atol)
    if report_to is not None:
        from prenuc.present.report import page

        page(report_to)  # refused before anything is written
    if times is not None or _is_network(what):
        _run_network(Path(what), times, solver, as_json)
        return
    protocol, mechanism_name = _protocol(what, assume)
    chosen = _mechanism(mechanism or mechanism_name, what)
    from prenuc.observe.absorption import uv_vis
    from prenuc.simulation.run import simulate as run_protocol

    with progress(f"simulating {protocol.name}") as report_share:
        run = run_protocol(chosen, protocol, solver=solver, progress=report_share)
    for warning in (*protocol.warnings, *run.warnings):
        click.echo(f"prenuc: warning: {warning}", err=True)
    spectra = uv_vis(run, noise=noise, seed=seed)
    answer = _answer(run, spectra)
    if out is not None:
        _write(out, answer, spectra)
    if report_to is not None:
        from prenuc.present.report import report

        report(run, spectra, to=report_to)
    echo_json(answer) if as_json else _echo(run, spectra, out, report_to)


def _solver(name: str, rtol: float | None, atol: float | None) -> AbstractSolver:
    from prenuc.errors import InputError, Problem
    from prenuc.simulation.solver import solver_named

    for option, number in (("--rtol", rtol), ("--atol", atol)):
        if number is not None and not 0 < number < 1:
            raise InputError(
                Problem(f"{option} {number:g} is not a tolerance", "Give 1e-12 to 0.1")
            )
    given = {key: value for key, value in (("rtol", rtol), ("atol", atol)) if value is not None}
    return solver_named(name)(**given)


def _is_network(what: str) -> bool:
    from prenuc.facts.document import load

    if not what.endswith((".yaml", ".yml")):
        return False
    document = load(Path(what))
    return isinstance(document, dict) and "reactions" in document


def _run_network(path: Path, times: str | None, solver: AbstractSolver, as_json: bool) -> None:
    from prenuc.errors import InputError, Problem
    from prenuc.mechanism.network_file import read_mechanism
    from prenuc.simulation.run import run_network

    mechanism = read_mechanism(path)
    if not mechanism.units:
        mend = f"Give a recipe: prenuc simulate RECIPE --mechanism {path}"
        raise InputError(Problem("this is no bare network", mend, where=str(path)))
    try:
        at = [float(word) for word in (times or "").replace(",", " ").split()]
    except ValueError:
        raise InputError(
            Problem(f"'{times}' is not a list of times", "Write '0 0.4 4 40'")
        ) from None
    if not at:
        raise InputError(Problem("a bare network needs times", "Add --times '0 0.4 4 40'"))
    found = run_network(mechanism, at, solver=solver)
    species = {name: found[:, i].tolist() for i, name in enumerate(mechanism.components)}
    if as_json:
        stats = {"solver": solver.name, "rtol": solver.rtol, "atol": solver.atol}
        units = {
            "unit": mechanism.units["time"],
            "concentration_unit": mechanism.units["concentration"],
        }
        echo_json({"time": at, **units, "species": species, "stats": stats})
        return
    headings = [f"time / {mechanism.units['time']}", *species]
    rows = [[f"{t:g}", *(f"{species[s][i]:.6g}" for s in species)] for i, t in enumerate(at)]
    echo_table(headings, rows, f"concentrations / ({mechanism.units['concentration']})")


def _protocol(what: str, assume: tuple[str, ...]) -> tuple[Protocol, str | None]:
    from prenuc.errors import InputError, Problem
    from prenuc.facts.catalogue import get
    from prenuc.protocol.protocol import Protocol
    from prenuc.protocol.protocol_file import read_protocol

    if any("=" not in item for item in assume):
        raise InputError(Problem("an assumption has no '='", 'Write --assume "batch mass=20 g"'))
    if not what.endswith((".yaml", ".yml")):
        given = dict(item.partition("=")[::2] for item in assume)
        return Protocol.from_recipe(get("recipes", what), assume=given), None
    if assume:
        what = f"a protocol file leaves nothing to assume ({', '.join(assume)})"
        raise InputError(Problem(what, "Write the number into the file instead"))
    return read_protocol(Path(what))


def _mechanism(name: str | None, what: str) -> Mechanism:
    from prenuc.errors import MechanismError, Problem
    from prenuc.facts.catalogue import entries
    from prenuc.mechanism.choice import for_recipe
    from prenuc.mechanism.named import mechanism_named
    from prenuc.mechanism.network_file import read_mechanism

    if name is None and what in entries("recipes"):
        return for_recipe(entries("recipes")[what])
    if name is None:
        raise MechanismError(Problem("no mechanism is given", "Add --mechanism two-pathway/CdS"))
    if name.endswith((".yaml", ".yml")):
        return read_mechanism(Path(name))
    return mechanism_named(name)


def _answer(run: Run, spectra: SpectrumSeries) -> dict[str, Any]:
    """Return the answer in the shape that users and other programs rely on."""
    from prenuc.present.cli.output import plain

    measurements = [
        {
            "label": measurement.label,
            "vessel": measurement.vessel,
            "time_min": measurement.time / 60.0,
            "temperature_K": measurement.temperature,
            "wavelength_nm": spectra.wavelength,
            "absorbance": absorbance,
            "amounts": run.amounts(measurement),
        }
        for measurement, absorbance in zip(run.measurements, spectra.absorbance, strict=True)
    ]
    basis = {name: component.basis for name, component in run.mechanism.components.items()}
    answer: dict[str, Any] = plain(
        {
            "recipe": run.protocol.name,
            "mechanism": run.mechanism.name,
            "measurements": measurements,
            "amounts_unit": "mmol/L of the basis",
            "basis": basis,
            "assumptions": [
                {"name": a.name, **a.value.as_dict(), "why": a.why}
                for a in run.protocol.assumptions
            ],
            "warnings": (*run.protocol.warnings, *run.warnings),
            "conservation": run.conservation,
            "stats": run.stats,
        }
    )
    return answer


def _write(folder: Path, answer: dict[str, Any], spectra: SpectrumSeries) -> None:
    from prenuc.present.cli.output import as_text
    from prenuc.present.files import write_text
    from prenuc.present.plot import plot_spectra, save

    figure = plot_spectra(spectra, title=f"{answer['recipe']}, simulated")
    save(figure, folder / "spectra.svg")
    header = ",".join(["wavelength (nm)", *spectra.labels])
    rows = [
        ",".join(f"{number:.6g}" for number in (nm, *column))
        for nm, column in zip(spectra.wavelength, spectra.absorbance.T, strict=True)
    ]
    write_text(folder / "spectra.csv", "\n".join([header, *rows]) + "\n")
    write_text(folder / "simulation.json", as_text(answer) + "\n")


def _echo(run: Run, spectra: SpectrumSeries, out: Path | None, report_to: Path | None) -> None:
    step = max(1, len(run.measurements) // 12)
    measurements = run.measurements[::step]
    rows = [[m.label, *(f"{share:.3f}" for share in run.shares(m).values())] for m in measurements]
    headings = ["measurement", *run.shares(measurements[0])]
    title = f"{run.protocol.name} with {run.mechanism.name}: shares of the chalcogen"
    echo_table(headings, rows, title)
    for line in spectra.history[1:]:
        click.echo(f"  {line}")
    click.echo(f"  conservation: ledger {run.conservation['ledger']['final']:.1e}")
    for path in (out, report_to):
        if path is not None:
            click.echo(f"  wrote {path}")
