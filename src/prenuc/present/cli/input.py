"""Options that commands have in common."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from prenuc.errors import InputError, listed
from prenuc.present.cli.completing import (
    mechanisms_and_files,
    reagents,
    recipes_and_files,
    several_mechanisms,
)
from prenuc.present.files.sheets import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


def _page(_: click.Context, __: click.Parameter, to: Path | None) -> Path | None:
    """Refuse a report that is no page before anything is read or written."""
    if to is None:
        return None
    from prenuc.present.files.page import page

    return page(to)


def _together(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Return several options as one."""
    return lambda command: reduce(lambda made, option: option(made), options, command)


COUNT = click.IntRange(min=1)
workers_option = click.option(
    "--workers", type=COUNT, default=2, show_default=True, help="Processes to work with."
)
SIGNALS = ("absorbance", "photoluminescence", "%T", "T")
A_PATH = click.Path(path_type=Path)

report_option = click.option(
    "--report", "report_to", type=A_PATH, callback=_page, help="Write FILE.html."
)
to_page_option = click.option("--to", type=A_PATH, callback=_page, help="FILE.html.")
figure_options = _together(
    click.option(
        "--figure-format",
        type=click.Choice(["svg", "pdf", "png"]),
        default="svg",
        show_default=True,
        help="Format of the figures.",
    ),
    click.option("--figures", type=A_PATH, help="Write figures to this folder."),
)
DECIMALS = click.Choice([".", ","])
# How text is written; a command makes Marks of them.
writing_options = _together(
    click.option("--separator", type=click.Choice(list(SEPARATORS)), help="Between cells of text."),
    click.option("--decimal", type=DECIMALS, default=".", help="Decimal sign of text written."),
)
# What a user may know about a file that the file does not say, and which part to use; a command
# hands them on by name to read_input.
known_options = _together(
    click.option("--time-unit", type=click.Choice(["s", "min", "h", "day"]), help="Unit of times."),
    click.option("--signal", type=click.Choice(SIGNALS), help="What the columns hold."),
    click.option("--sheet", metavar="NAME", help="Which sheet of a workbook."),
    click.option("--times", metavar="RANGE", help='Only these times: "0 60 min".'),
    click.option("--window", metavar="RANGE", help='Only these wavelengths: "290 400 nm".'),
    click.option(
        "--mask",
        metavar="RANGE",
        multiple=True,
        help='Not these wavelengths or times: "480 490 nm", "3 5 min"; repeatable.',
    ),
)
reading_options = _together(
    click.option("--decimal", type=DECIMALS, help="Decimal sign of the file."), known_options
)


files_argument = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=A_PATH)
inert_option = click.option(
    "--inert",
    metavar="NAME",
    multiple=True,
    help="A reagent that is not to react; repeatable.",
    shell_complete=reagents,
)
mechanism_option = click.option(
    "--mechanism",
    metavar="ID|FILE.yaml",
    help="What could happen; ours when left out.",
    shell_complete=mechanisms_and_files,
)


def protocol_option(use: str) -> Callable[..., Any]:
    """Return the option that says what was done.

    Args:
        use: What the command makes of it.
    """
    return click.option(
        "--protocol",
        metavar="RECIPE|FILE.yaml",
        help=f"What was done; {use}.",
        shell_complete=recipes_and_files,
    )


def models_option(usual: str) -> Callable[..., Any]:
    """Return the option that names several mechanisms.

    Args:
        usual: Which these are when it is left out.
    """
    return click.option(
        "--models",
        metavar="ID,...",
        help=f"Mechanisms or their files; {usual} when left out.",
        shell_complete=several_mechanisms,
    )


column_option = click.option("--column", metavar="NAME", help="Which of several traces.")


def refuse_others(option: str, heard: Collection[str]) -> None:
    """Refuse what was given beside an option and would have no effect.

    Args:
        option: Which, as it is written, or what else leaves options without effect.
        heard: Parameters of the command that act with it.

    Raises:
        InputError: Something else was given.
    """
    known = click.get_current_context().command.params
    given = given_options({str(one.name) for one in known} - {*heard, "workers", "as_json"})
    if given:
        mend = f"Leave {'it' if len(given) == 1 else 'them'} out"
        raise InputError(f"{option} hears nothing of {listed(given)}", mend)


def given_options(names: Collection[str]) -> list[str]:
    """Return which parameters of the command were given by the user, as they are written.

    Args:
        names: Those that are asked for.
    """
    context = click.get_current_context()
    return [
        parameter.opts[-1]
        for parameter in context.command.params
        if context.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
        and parameter.name in names
    ]
