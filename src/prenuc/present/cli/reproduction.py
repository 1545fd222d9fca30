"""``prenuc reproduce``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prenuc.present.cli.output import echo_json, echo_lines, echo_table, json_option, simulating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.facts.check import Check
    from prenuc.infer.experiments.reproduce import Row

_SEVERAL = re.compile(r"(S?\d+)([a-z])-([a-z])")  # panels that a recipe shares, such as "2a-b"


@click.command()
@click.argument("panels", metavar="PANEL...", nargs=-1)
@click.option("--mechanism", metavar="ID", help="A rival instead of the two-pathway model.")
@click.option("--figures", type=click.Path(path_type=Path), help="Folder for a figure a recipe.")
@json_option
def reproduce(
    panels: tuple[str, ...], mechanism: str | None, figures: Path | None, as_json: bool
) -> None:
    """Run the published experiments and check each observation.

    A row is "calibrated" when a constant that it depends on was informed by the observation, and
    "held-out" otherwise; "silent" when a rival has nothing to say about the material. Exit status
    1 if any row misses. Without a panel, --figures draws the recipes that no row asks for too.

    \b
    Examples:
      prenuc reproduce 2a-b 3a
      prenuc reproduce --mechanism classical
      prenuc reproduce --figures figures
    """
    from prenuc.infer.experiments.reproduce import checks, experiments_for, not_checkable
    from prenuc.infer.experiments.reproduce import reproduce as run_all

    runs = experiments_for(mechanism)
    asked = _each(panels, {check.panel for check in checks()})
    with simulating("running the published experiments") as report_share:
        rows = run_all(asked, runs=runs, progress=report_share)
    if figures is not None:
        from prenuc.present.figures.panels import plot_panels
        from prenuc.present.files.figures import save

        for name, figure in plot_panels(rows, runs, every_recipe=not panels):
            click.echo(f"wrote {save(figure, figures / f'{name}.svg')}", err=True)
    if as_json:
        echo_json(rows)
    else:
        _echo(rows)
        if not panels:
            _echo_reasons(not_checkable())
    sys.exit(1 if any(row.verdict == "miss" for row in rows) else 0)


def _each(panels: Sequence[str], known: set[str]) -> list[str]:
    """Return panels with "2a-b" taken apart; one of which nothing is known stays as written."""
    found = []
    for panel in panels:
        several = _SEVERAL.fullmatch(panel)
        parts = []
        if several:
            figure, first, last = several.groups()
            if f"{figure}{last}" <= max((k for k in known if k.startswith(figure)), default=""):
                parts = [f"{figure}{chr(n)}" for n in range(ord(first), ord(last) + 1)]
        found += [part for part in parts if part in known] or [panel]
    return found


def _echo(rows: Sequence[Row]) -> None:
    from prenuc.present.tables.checks import reproduction_table

    echo_table(reproduction_table(rows))
    spoken = [row for row in rows if row.verdict != "silent"]
    for role in ("calibrated", "held-out"):
        of_role = [row for row in spoken if row.role == role]
        passed = sum(row.verdict == "pass" for row in of_role)
        click.echo(f"  {role}: {passed} of {len(of_role)} pass")
    if len(spoken) < len(rows):
        click.echo(f"  silent, because the model does not speak: {len(rows) - len(spoken)}")


def _echo_reasons(checks: Sequence[Check]) -> None:
    click.echo(f"  {len(checks)} statements cannot be checked:")
    echo_lines((f"{check.id}: {check.reason}" for check in checks), "    ")
