"""``prenuc next``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from prenuc.errors import InputError, unknown_name
from prenuc.present.cli import completing
from prenuc.present.cli.input import (
    A_PATH,
    COUNT,
    models_option,
    protocol_option,
    refuse_others,
    workers_option,
)
from prenuc.present.cli.output import echo, echo_answer, echo_json, json_option, progress
from prenuc.present.files.named import QUESTION, RECIPES, models_named, protocol_and_material

if TYPE_CHECKING:
    from pathlib import Path

    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol


@click.command(name="next")
@click.argument("material", default="CdS", shell_complete=completing.materials)
@protocol_option("it is varied, and is the usual recipe of MATERIAL when left out")
@models_option(", ".join(QUESTION))
@click.option("--sharpen", metavar="CONSTANT", help='Narrow one constant: "isomerisation.k".')
@click.option(
    "--step",
    metavar="STEP",
    help='Ask whether a step is needed: "Pathway 2".',
    shell_complete=completing.steps,
)
@click.option(
    "--units",
    type=COUNT,
    metavar="N",
    help="Ask what N is: would a PC of so many units show?",
)
@click.option("--map", "map_to", type=A_PATH, help="With --step or --units: where it shows.")
@click.option("--vary", metavar="AXIS,...", help="Only these: temperature, dilution and so on.")
@click.option("--most", type=COUNT, default=5, show_default=True, help="Proposals.")
@click.option(
    "--draws", type=COUNT, default=8, show_default=True, help="Draws of each model's constants."
)
@click.option("--noise", default=2e-3, show_default=True, help="Of one reading, in absorbance.")
@click.option("--seed", default=0, show_default=True, help="Seed of every draw.")
@workers_option
@json_option
def next_(
    material: str,
    protocol: str | None,
    models: str | None,
    vary: str | None,
    step: str | None,
    units: int | None,
    map_to: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Which experiment would say most about which model it is?

    The answer is a bench plan that 'prenuc simulate' runs. Extinctions, spectra and rate constants
    count as unknown, so a difference that they could make does not score.

    With --step it is where a mechanism and the same without that step are furthest apart, among
    temperatures and additives, as a series of dilutions of the batch, tried out in simulation with
    both refitted; exit status 1 if it does not tell.
    With --units N it is the same mechanism with PCs, and what they turn into, of N units.

    \b
    Examples:
      prenuc next CdS
      prenuc next CdS --models two-pathway,droplets --vary temperature,additive
      prenuc next CdS --sharpen isomerisation.k
      prenuc next CdS --step "Pathway 2" --map where.svg
      prenuc next CdS --units 20
    """
    from prenuc.infer.selection.next_experiment import next_experiment

    if protocol is None and material not in RECIPES:
        raise InputError(unknown_name("material with a usual recipe", material, RECIPES))
    done, _ = protocol_and_material(protocol or RECIPES[material])
    if step is not None or units is not None:
        which = "--units" if step is None else "--step"
        heard = {"material", "protocol", "models", "noise", "map_to"}
        refuse_others(which, heard | {which.removeprefix("--")})
        whole = models_named(models, material, ("two-pathway",))[0].mechanism
        both = _both(whole, step, units)
        _where_it_shows(both, done, map_to, asked["noise"], asked["workers"], as_json)
        return
    if map_to is not None:
        raise InputError("--map needs --step or --units", 'Add --step "Pathway 2", or leave it out')
    with progress("simulating what could be done") as report:
        found = next_experiment(
            models_named(models, material, QUESTION),
            done,
            only=[name.strip() for name in (vary or "").split(",") if name.strip()],
            progress=report,
            **asked,
        )
    echo_answer(found, lambda found: echo("\n".join(map(str, found))), as_json)


def _both(mechanism: Mechanism, step: str | None, units: int | None) -> tuple[Candidate, Candidate]:
    """Return the two answers to what is asked."""
    from prenuc.infer.calibration.candidate import with_and_without
    from prenuc.infer.calibration.other_units import with_other_units

    if step is not None:
        return with_and_without(mechanism, step)
    assert units is not None  # noqa: S101  one of the two is asked
    return with_other_units(mechanism, units)


def _where_it_shows(
    both: tuple[Candidate, Candidate],
    protocol: Protocol,
    map_to: Path | None,
    noise: float,
    workers: int,
    as_json: bool,
) -> None:
    from prenuc.infer.selection.disagreement import disagreement
    from prenuc.infer.selection.rehearsal import rehearsed

    with progress("simulating what could be done") as report:
        found = disagreement(*both, protocol, noise=noise, workers=workers, progress=report)
        tried = rehearsed(*both, protocol, found, noise=noise)
    if map_to is not None:
        from prenuc.present.figures.kinds import draw
        from prenuc.present.files.figures import save

        made = draw("map", found)
        echo(f"wrote {save(made.figure, map_to, made.told)}", err=True)
    echo_json(tried.rows()) if as_json else echo(tried)
    sys.exit(0 if tried.tells else 1)
