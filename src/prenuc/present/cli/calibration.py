"""``prenuc reproduce``, ``prenuc calibrate``, ``prenuc predict`` and ``prenuc robustness``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import counted
from prenuc.present.cli import completing
from prenuc.present.cli.calibrating import (
    HEARD_WITH_DATA,
    calibrate_on_data,
    refuse_without_data,
)
from prenuc.present.cli.input import (
    COUNT,
    reading_options,
    refuse_others,
    report_option,
    workers_option,
)
from prenuc.present.cli.output import (
    echo,
    echo_answer,
    echo_json,
    echo_lines,
    echo_table,
    json_option,
    progress,
)
from prenuc.present.files.figures import save
from prenuc.present.files.named import panels_named
from prenuc.present.tables import studies
from prenuc.present.tables.plain import as_text
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.facts.check import Check
    from prenuc.infer.court.weigh import WeighedRow
    from prenuc.infer.studies.calibrate import Calibration
    from prenuc.infer.studies.kept_verdicts import Study
    from prenuc.infer.studies.leave_out import LeaveOut

_path = click.Path(path_type=Path, dir_okay=False)


_ledger = click.option(
    "--ledger", type=_path, help="Remember what is finished here and go on from it."
)


@click.command()
@click.argument("panels", metavar="PANEL...", nargs=-1, shell_complete=completing.panels)
@click.option(
    "--mechanism",
    metavar="ID",
    help="A rival, or a set beside the usual ones.",
    shell_complete=completing.mechanisms,
)
@click.option("--figures", type=click.Path(path_type=Path), help="Folder for a figure a recipe.")
@_ledger
@json_option
def reproduce(
    panels: tuple[str, ...],
    mechanism: str | None,
    figures: Path | None,
    ledger: Path | None,
    as_json: bool,
) -> None:
    """Run the published experiments and check each observation.

    A row is "held-out" when its figure is, else "calibrated"; "silent" when a rival has nothing to
    say about the material; "not counted" when the statement is ambiguous or no result. Its bits say
    how surprising what is printed is for drawn constants, near a drawn point and anywhere that is
    physical; what the mechanism earns is how much likelier it makes it. Its class says whether it
    can fail. Exit status 1 if any row misses. Claims of rivals are asked by name. Without a panel,
    --figures draws the recipes that no row asks for too.

    \b
    Examples:
      prenuc reproduce 2a-b 3a
      prenuc reproduce --mechanism classical
      prenuc reproduce "Scheme S2" --mechanism sequential
      prenuc reproduce --figures figures
    """
    from prenuc.infer.court.weigh import weighed
    from prenuc.infer.experiments.reproduce import experiments_for, not_checkable
    from prenuc.infer.experiments.reproduce import reproduce as run_all

    runs = experiments_for(mechanism)
    asked = panels_named(panels)
    with progress("running the published experiments") as report_share:
        rows = run_all(asked, runs=runs, ledger=ledger, progress=report_share)
    if figures is not None:
        from prenuc.present.figures.panels import plot_panels

        for name, made in plot_panels(rows, runs, every_recipe=not panels):
            path = save(made.figure, figures / f"{name}.svg", " ".join((made.told, *made.notes)))
            echo(f"wrote {path}", err=True)
    weights = weighed(rows)
    if as_json:
        echo_json(weights)
    else:
        _echo_rows(weights)
        if not panels:
            _echo_reasons(not_checkable())
    sys.exit(1 if any(row.verdict == "miss" for row in rows) else 0)


def _echo_rows(rows: Sequence[WeighedRow]) -> None:
    echo_table(studies.reproduction_table(rows))
    echo_lines(studies.score_lines(rows))


def _echo_reasons(checks: Sequence[Check]) -> None:
    echo(f"  {counted(len(checks), 'statement')} cannot be checked:")
    echo_lines((f"{check.id}: {check.reason}" for check in checks), "    ")


@click.command()
@click.argument("material", default="CdS", shell_complete=completing.materials)
@click.option(
    "--starts",
    type=COUNT,
    default=4,
    show_default=True,
    help="Searches; the first from our numbers.",
)
@click.option("--out", type=_path, help="Write the parameter sets to FILE.yaml.")
@click.option("--ensemble", type=_path, help="Write sets that fit as well to FILE.yaml.")
@click.option(
    "--mechanism",
    metavar="ID|FILE.yaml",
    help="A rival, fitted to the same rows; with --data any mechanism.",
    shell_complete=completing.mechanisms_and_files,
)
@click.option("--search", metavar="ID", help="From random points within written bounds instead.")
@click.option("--leave-out", "panel", metavar="PANEL|all", help="Refit without a panel instead.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of your own spectra instead.")
@click.option("--only", metavar="CONSTANT,...", help="With --data: no others move.")
@click.option("--figures", type=click.Path(path_type=Path), help="With --data: folder for figures.")
@reading_options
@report_option
@_ledger
@workers_option
@json_option
def calibrate(
    material: str,
    starts: int,
    out: Path | None,
    ensemble: Path | None,
    mechanism: str | None,
    search: str | None,
    panel: str | None,
    data: Path | None,
    only: str | None,
    figures: Path | None,
    report_to: Path | None,
    ledger: Path | None,
    workers: int,
    as_json: bool,
    **reading: Any,
) -> None:
    """Fit the package's own constants of a MATERIAL again (CdS by default).

    The package's files stay as they are. A constant that the observations do not fix has no
    interval. Exit status 1 if a calibrated row misses.

    With --data a mechanism, yours or ours, is fitted to your own spectra: which constants they fix,
    which of its steps they need. The file flasks.yaml of the folder says what was done. Exit status
    1 if the mechanism does not describe them.

    \b
    Examples:
      prenuc calibrate CdSe --starts 1
      prenuc calibrate CdS --out CdS.yaml --ensemble CdS-ensemble.yaml
      prenuc calibrate CdS --mechanism classical
      prenuc calibrate --mechanism faster.yaml --data batches --figures figures
      prenuc calibrate CdS --leave-out all
      prenuc calibrate --search CdS-calibrated --starts 12 --ledger build/search.db
    """
    if data is not None:
        refuse_others("--data", {*HEARD_WITH_DATA, *reading})
        told: dict[str, Any] = {"only": only, "starts": starts, "workers": workers}
        where: dict[str, Any] = {"out": out, "figures": figures, "report_to": report_to}
        calibrate_on_data(data, mechanism, **told, **where, as_json=as_json, **reading)
        return
    refuse_without_data(reading)
    if search is not None:
        refuse_others("--search", {"search", "starts", "out", "ledger"})
        _search(search, starts, out, ledger, as_json)
        return
    if panel is not None:
        refuse_others("--leave-out", {"panel", "material"})
        _leave_out(material, panel, workers, as_json)
        return
    _usual(material, mechanism, starts, out, ensemble, ledger, workers, as_json=as_json)


def _usual(
    material: str,
    mechanism: str | None,
    starts: int,
    out: Path | None,
    ensemble: Path | None,
    ledger: Path | None,
    workers: int,
    *,
    as_json: bool,
) -> None:
    with progress(f"calibrating {material}") as report:
        found = pn.calibrate(
            material,
            mechanism=mechanism,
            starts=starts,
            workers=workers,
            ledger=ledger,
            progress=report,
        )
    if out is not None or ensemble is not None:
        _write(found, out, ensemble, workers)
    echo_answer(found, _echo, as_json)
    calibrated = [row for row in found.after if row.role == "calibrated"]
    sys.exit(0 if all(row.verdict != "miss" for row in calibrated) else 1)


def _search(search: str, starts: int, out: Path | None, ledger: Path | None, as_json: bool) -> None:
    from prenuc.infer.studies.random_starts import search_from_random_starts
    from prenuc.present.files.parameters import searched_file

    with progress(f"searching {search}") as report:
        found = search_from_random_starts(search, starts=starts, ledger=ledger, progress=report)
    if out is not None:
        write_text(out, searched_file(found))
        echo(f"wrote {out}", err=True)
    echo_answer(found, lambda found: echo_table(studies.starts_table(found)), as_json)


def _write(found: Calibration, out: Path | None, ensemble: Path | None, workers: int) -> None:
    from prenuc.infer.studies.ensemble import draw
    from prenuc.present.files.parameters import ensemble_file, parameter_file

    if out is not None:
        write_text(out, parameter_file(found))
        echo(f"wrote {out}", err=True)
    if ensemble is not None:
        with progress("drawing sets that fit as well") as report:
            sets = draw(found, workers=workers, progress=report)
        write_text(ensemble, ensemble_file(found.material, sets))
        echo(f"wrote {counted(len(sets), 'set')} to {ensemble}", err=True)


def _echo(found: Calibration) -> None:
    echo_lines(found.meanings, "")
    echo_table(studies.calibration_table(found))
    costs = ", ".join(f"{start.cost:.3g} (seed {start.seed})" for start in found.starts)
    echo(f"  χ² of the searches, data and prior: {costs}")
    echo("  directions, from stiff to sloppy (width 1: the data say nothing):")
    for direction in found.directions:
        parts = [f"{w:+.2f} {name}" for name, w in list(direction.parts.items())[:3]]
        echo(f"    {direction.width:.3f}  {'  '.join(parts)}")
    rates = found.as_dict()["pass_rates"]
    for when, of in rates.items():
        said = ", ".join(f"{role} {n['pass']} of {n['of']}" for role, n in of.items())
        echo(f"  rows that pass {when}: {said}")
    for was, now in zip(found.before, found.after, strict=True):
        if was.verdict != now.verdict:
            number = f"{now.simulated:.4g} (expected {now.check.expected()})"
            echo(f"    {now.check.id}: {was.verdict} -> {now.verdict}, {number}, {now.role}")


def _leave_out(material: str, panel: str, workers: int, as_json: bool) -> None:
    from prenuc.infer.studies.leave_out import leave_out

    with progress("leaving out panels") as report:
        found = leave_out(material, panel, workers=workers, progress=report)
    echo_answer(found, _echo_left_out, as_json)


def _echo_left_out(found: LeaveOut) -> None:
    echo_table(studies.left_out_table(found))
    rates = found.rates().items()
    echo_lines(f"{role}: {rate['pass']:g} of {rate['of']:g} pass" for role, rate in rates)


@click.command()
@click.argument("material", default="CdS@0.1")
@workers_option
@json_option
def predict(material: str, workers: int, as_json: bool) -> None:
    """Show what the shipped ensemble of a MATERIAL says about each row, with its spread.

    The one that is shipped is of the set of version 0.1; that of today has none yet.

    \b
    Example:
      prenuc predict CdS@0.1
    """
    from prenuc.infer.studies.ensemble import predict as run

    with progress("asking every member") as report:
        found = run(material, workers=workers, progress=report)
    echo_answer(found, lambda found: echo_table(studies.prediction_table(found)), as_json)


@click.command()
@click.option("--out", type=_path, help="Write all numbers to FILE.json.")
@click.option("--page", type=_path, help="Write the tables to FILE.md.")
@_ledger
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    help="Of all quantities at once.",
)
@workers_option
@json_option
def robustness(out: Path | None, page: Path | None, as_json: bool, **asked: Any) -> None:
    """Vary every fitted or assumed number and name the verdicts that are lost.

    Constants are moved as they act, baths are 1 to 3 °C off, heating is twice or half as fast. Exit
    status 1 if fewer than 95 % of the verdicts survive every change of one quantity.

    \b
    Example:
      prenuc robustness --draws 20 --out build/robustness.json
    """
    from prenuc.infer.studies.robustness import study
    from prenuc.present.tables.robustness import robustness_page

    with progress("varying every number") as report:
        found = study(progress=report, **asked)
    for path, text in ((out, as_text(found)), (page, robustness_page(found))):
        if path is not None:
            write_text(path, f"{text.rstrip()}\n")
            echo(f"wrote {path}", err=True)
    echo_answer(found, _echo_study, as_json)
    sys.exit(0 if found.share_that_stays("one at a time") >= 0.95 else 1)


def _echo_study(found: Study) -> None:
    from prenuc.present.tables.robustness import fragile_table, kept_table, summary_table

    echo(f"  {len(found.passing)} of {len(found.checks)} rows pass with our own numbers")
    for table in (summary_table(found), fragile_table(found), kept_table(found)):
        if table.rows:
            echo_table(table)
