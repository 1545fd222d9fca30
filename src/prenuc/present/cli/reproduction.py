"""``prenuc reproduce``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prenuc.present.cli.output import echo_json, echo_table, json_option, progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.infer.reproduce import Row


@click.command()
@click.argument("panels", metavar="PANEL...", nargs=-1)
@click.option("--mechanism", metavar="ID", help="A rival instead of the two-pathway model.")
@click.option("--figures", type=click.Path(path_type=Path), help="Folder for a figure a panel.")
@json_option
def reproduce(
    panels: tuple[str, ...], mechanism: str | None, figures: Path | None, as_json: bool
) -> None:
    """Run the published experiments and check each observation.

    A row is "calibrated" when a constant that it depends on was informed by the observation, and
    "held-out" otherwise. Exit status 1 if any row misses.

    \b
    Examples:
      prenuc reproduce 2a-b 3a
      prenuc reproduce --mechanism classical
    """
    from prenuc.infer.reproduce import bench_for, not_checkable
    from prenuc.infer.reproduce import reproduce as run_all

    bench = bench_for(mechanism)
    with progress("running the published experiments") as report_share:
        rows = run_all(panels, bench=bench, progress=report_share)
    if figures is not None:
        from prenuc.present.plot_panels import plot_panels

        for path in plot_panels(rows, bench, figures):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        echo_json(rows)
    else:
        _echo(rows)
        if not panels:
            _echo_reasons(not_checkable())
    sys.exit(0 if all(row.verdict == "pass" for row in rows) else 1)


def _echo(rows: Sequence[Row]) -> None:
    table = [
        [
            row.check.panel,
            row.check.id,
            row.check.expected(),
            f"{row.simulated:.4g}",
            row.verdict if row.verdict == "pass" else "MISS",
            row.role,
        ]
        for row in rows
    ]
    echo_table(["panel", "check", "expected", "simulated", "verdict", "role"], table)
    for role in ("calibrated", "held-out"):
        of_role = [row for row in rows if row.role == role]
        passed = sum(row.verdict == "pass" for row in of_role)
        click.echo(f"  {role}: {passed} of {len(of_role)} pass")


def _echo_reasons(checks: Sequence[object]) -> None:
    click.echo(f"  {len(checks)} statements cannot be checked:")
    for check in checks:
        click.echo(f"    {getattr(check, 'id', '')}: {getattr(check, 'reason', '')}")
