"""``prenuc calibrate``, ``prenuc predict`` and ``prenuc robustness``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prenuc.present.cli.output import echo_answer, echo_lines, echo_table, json_option, simulating

if TYPE_CHECKING:
    from prenuc.infer.studies.calibrate import Calibration
    from prenuc.infer.studies.leave_out import LeaveOut
    from prenuc.infer.studies.robustness import Study

_workers = click.option("--workers", default=2, show_default=True, help="Processes to work with.")
_path = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("material", default="CdS")
@click.option(
    "--starts", default=4, show_default=True, help="Searches; the first from our numbers."
)
@click.option("--out", type=_path, help="Write the parameter sets to FILE.yaml.")
@click.option("--ensemble", type=_path, help="Write sets that fit as well to FILE.yaml.")
@click.option("--mechanism", metavar="ID", help="A rival, fitted to the same rows.")
@click.option("--leave-out", "panel", metavar="PANEL|all", help="Refit without a panel instead.")
@_workers
@json_option
def calibrate(
    material: str,
    starts: int,
    out: Path | None,
    ensemble: Path | None,
    mechanism: str | None,
    panel: str | None,
    workers: int,
    as_json: bool,
) -> None:
    """Fit the package's own constants of a MATERIAL again (CdS by default).

    The package's files stay as they are. A constant that the observations do not fix has no
    interval. Exit status 1 if a calibrated row misses.

    \b
    Examples:
      prenuc calibrate CdSe --starts 1
      prenuc calibrate CdS --out CdS.yaml --ensemble CdS-ensemble.yaml
      prenuc calibrate CdS --mechanism classical
      prenuc calibrate CdS --leave-out all
    """
    if panel is not None:
        _leave_out(material, panel, workers, as_json)
        return
    import prenuc as pn

    with simulating(f"calibrating {material}") as report:
        found = pn.calibrate(
            material, mechanism=mechanism, starts=starts, workers=workers, progress=report
        )
    if out is not None or ensemble is not None:
        _write(found, out, ensemble, workers)
    echo_answer(found, _echo, as_json)
    calibrated = [row for row in found.after if row.role == "calibrated"]
    sys.exit(0 if all(row.verdict != "miss" for row in calibrated) else 1)


def _write(found: Calibration, out: Path | None, ensemble: Path | None, workers: int) -> None:
    from prenuc.infer.studies.ensemble import draw
    from prenuc.present.files.parameters import ensemble_file, parameter_file
    from prenuc.writing import write_text

    if out is not None:
        write_text(out, parameter_file(found))
        click.echo(f"wrote {out}", err=True)
    if ensemble is not None:
        with simulating("drawing sets that fit as well") as report:
            sets = draw(found, workers=workers, progress=report)
        write_text(ensemble, ensemble_file(found.material, sets))
        click.echo(f"wrote {len(sets)} sets to {ensemble}", err=True)


def _echo(found: Calibration) -> None:
    from prenuc.present.tables.calibration import calibration_table

    echo_table(calibration_table(found))
    costs = ", ".join(f"{start.cost:.3g} (seed {start.seed})" for start in found.starts)
    click.echo(f"  χ² of the searches, data and prior: {costs}")
    click.echo("  directions, from stiff to sloppy (width 1: the data say nothing):")
    for direction in found.directions:
        parts = [f"{w:+.2f} {name}" for name, w in list(direction.parts.items())[:3]]
        click.echo(f"    {direction.width:.3f}  {'  '.join(parts)}")
    rates = found.as_dict()["pass_rates"]
    for when, of in rates.items():
        said = ", ".join(f"{role} {n['pass']} of {n['of']}" for role, n in of.items())
        click.echo(f"  rows that pass {when}: {said}")
    for was, now in zip(found.before, found.after, strict=True):
        if was.verdict != now.verdict:
            number = f"{now.simulated:.4g} (expected {now.check.expected()})"
            click.echo(f"    {now.check.id}: {was.verdict} -> {now.verdict}, {number}, {now.role}")


def _leave_out(material: str, panel: str, workers: int, as_json: bool) -> None:
    from prenuc.infer.studies.leave_out import leave_out

    with simulating("leaving out panels") as report:
        found = leave_out(material, panel, workers=workers, progress=report)
    echo_answer(found, _echo_left_out, as_json)


def _echo_left_out(found: LeaveOut) -> None:
    from prenuc.present.tables.checks import left_out_table

    echo_table(left_out_table(found))
    rates = found.rates().items()
    echo_lines(f"{role}: {rate['pass']:g} of {rate['of']:g} pass" for role, rate in rates)


@click.command()
@click.argument("material", default="CdS")
@_workers
@json_option
def predict(material: str, workers: int, as_json: bool) -> None:
    """Show what the shipped ensemble of a MATERIAL says about each row, with its spread.

    \b
    Example:
      prenuc predict CdS
    """
    from prenuc.infer.studies.ensemble import predict as run
    from prenuc.present.tables.checks import prediction_table

    with simulating("asking every member") as report:
        found = run(material, workers=workers, progress=report)
    echo_answer(found, lambda found: echo_table(prediction_table(found)), as_json)


@click.command()
@click.option("--out", type=_path, help="Write all numbers to FILE.json.")
@click.option("--page", type=_path, help="Write the tables to FILE.md.")
@click.option("--ledger", type=_path, help="Remember finished cases here and go on from them.")
@click.option("--draws", default=200, show_default=True, help="Of all constants at once.")
@_workers
@json_option
def robustness(
    out: Path | None,
    page: Path | None,
    ledger: Path | None,
    draws: int,
    workers: int,
    as_json: bool,
) -> None:
    """Vary every fitted or assumed number and count the verdicts that stay.

    Exit status 1 if fewer than 95 % of the verdicts survive every change of one constant.

    \b
    Example:
      prenuc robustness --draws 20 --out build/robustness.json
    """
    from prenuc.infer.studies.robustness import study
    from prenuc.present.cli.output import as_text
    from prenuc.present.tables.robustness import robustness_page
    from prenuc.writing import write_text

    with simulating("varying every number") as report:
        found = study(draws=draws, workers=workers, ledger=ledger, progress=report)
    for path, text in ((out, as_text(found)), (page, robustness_page(found))):
        if path is not None:
            write_text(path, f"{text.rstrip()}\n")
            click.echo(f"wrote {path}", err=True)
    echo_answer(found, _echo_study, as_json)
    sys.exit(0 if found.share_that_stays("one at a time") >= 0.95 else 1)


def _echo_study(found: Study) -> None:
    from prenuc.present.tables.robustness import fragile_table, kept_table, summary_table

    click.echo(f"  {len(found.passing)} of {len(found.checks)} rows pass with our own numbers")
    for table in (summary_table(found), fragile_table(found), kept_table(found)):
        if table.rows:
            echo_table(table)
