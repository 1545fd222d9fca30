"""``prenuc batch`` and ``prenuc dilute``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prenuc.present.cli.output import echo_answer, echo_lines, echo_table, json_option
from prenuc.present.files.named import read_protocol_or_recipe
from prenuc.present.tables.weighing import batch_table, dilution_lines
from prenuc.quantities import legible_text

if TYPE_CHECKING:
    from prenuc.protocol.batch import Batch


@click.command()
@click.argument("contents", metavar="CONTENTS|RECIPE|FILE.yaml")
@click.option("--times", default=1.0, show_default=True, help="How many times as much is made.")
@json_option
def batch(contents: str, times: float, as_json: bool) -> None:
    """What is weighed for a batch: g, mmol and mL of every compound, and mmol per kg of all.

    CONTENTS is a mixture in words; of a recipe or a protocol, everything that is put anywhere.

    \b
    Examples:
      prenuc batch "1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE"
      prenuc batch cds-msc-311-in-toluene --times 2
    """
    from prenuc.protocol.batch import batches, weighed

    if contents.endswith((".yaml", ".yml")):
        found = batches(read_protocol_or_recipe(contents)[0], times=times)
    else:
        found = weighed(contents, times=times)
    echo_answer(found, _echo, as_json)


def _echo(found: list[Batch]) -> None:
    for one in found:
        table = batch_table(one)
        echo_table(table, legible_text(one.step))
        echo_lines([table.caption])


@click.command()
@click.argument("taken")
@click.argument("into")
@click.option("--of", "of", default="", metavar="LIQUID", help="What a mass is: ODE.")
@click.option("--absorbance", type=float, help="Reading of the diluted sample.")
@click.option("--wanted", type=float, help="Absorbance that is wanted in the same volume.")
@json_option
def dilute(
    taken: str, into: str, of: str, absorbance: float | None, wanted: float | None, as_json: bool
) -> None:
    """How many times is a sample diluted, and how much to take for a reading that is wanted.

    \b
    Examples:
      prenuc dilute "25 uL" "3 mL"
      prenuc dilute "27.8 mg" "3 mL" --of ODE --absorbance 1.9 --wanted 0.5
    """
    from prenuc.protocol.batch import dilution

    found = dilution(taken, into, of=of, absorbance=absorbance, wanted=wanted)
    echo_answer(found, lambda found: echo_lines(dilution_lines(found), ""), as_json)
