"""``prenuc ablate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import prenuc as pn
from prenuc.errors import InputError
from prenuc.present.cli.completing import mechanisms_and_files
from prenuc.present.cli.input import report_option, workers_option
from prenuc.present.cli.output import echo_kept, echo_lines, echo_table, json_option, progress
from prenuc.present.files.figures import save
from prenuc.present.tables import studies
from prenuc.present.tables.plain import as_text
from prenuc.writing import write_text

if TYPE_CHECKING:
    from prenuc.infer.studies.ablation import Ablations

_path = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("mechanism", default="two-pathway/CdS", shell_complete=mechanisms_and_files)
@click.option("--refit", is_flag=True, help="Fit the rest again now, step by step; minutes.")
@click.option("--ledger", type=_path, help="Remember finished refits here and go on from it.")
@workers_option
@click.option("--out", type=_path, help="Write the answer to FILE.json.")
@click.option("--figure", type=_path, help="Draw it to FILE.svg, .png or .pdf.")
@report_option
@json_option
def ablate(
    mechanism: str,
    refit: bool,
    ledger: Path | None,
    workers: int,
    out: Path | None,
    figure: Path | None,
    report_to: Path | None,
    as_json: bool,
) -> None:
    """What is each step of a MECHANISM for? Take it out and weigh the published rows.

    A step is "required" when without it the rows score at least 3 bits less under both priors of
    the constants and a row is lost, "helpful" from 1 bit on, "harmful" when they score at least
    1 bit more, else "not tested". Constants are fitted again with and without each step: the
    refit that is shipped answers, unless it is of other constants, and then nothing is refitted.

    \b
    Examples:
      prenuc ablate two-pathway/CdS
      prenuc ablate two-pathway/CdTe --json
      prenuc ablate two-pathway/CdS --refit --ledger build/ablate.sqlite
    """
    if mechanism.endswith((".yaml", ".yml")):
        what = f"{mechanism} is a file; published rows are asked of mechanisms of the package"
        mend = "Weigh its steps on your own data: prenuc calibrate --mechanism FILE --data FOLDER"
        raise InputError(what, mend)
    if ledger is not None and not refit:
        raise InputError("--ledger remembers refits", "Give it together with --refit")
    with progress(f"taking {mechanism} apart") as report:
        found = pn.ablate(mechanism, refit=refit, workers=workers, ledger=ledger, progress=report)
    if figure is not None:
        from prenuc.present.figures.kinds import draw

        made = draw("ablations", found)
        click.echo(f"wrote {save(made.figure, figure, made.told)}", err=True)
    if report_to is not None:
        click.echo(f"wrote {pn.report(found, to=report_to)}", err=True)
    if out is not None:
        from prenuc.present.files.kept import answer

        write_text(out, f"{as_text(answer(found))}\n")
        click.echo(f"wrote {out}", err=True)
    echo_kept(found, _echo, as_json)


def _echo(found: Ablations) -> None:
    click.echo(found.mechanism)
    echo_table(studies.ablations_table(found, narrow=True))
    echo_lines(studies.ablation_lines(found))
