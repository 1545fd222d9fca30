"""Options that several commands have: where a report and figures go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def _page(_: click.Context, __: click.Parameter, to: Path | None) -> Path | None:
    """Refuse a report that is no page before anything is read or written."""
    if to is None:
        return None
    from prenuc.present.files.page import page

    return page(to)


report_option = click.option(
    "--report",
    "report_to",
    type=click.Path(path_type=Path),
    callback=_page,
    help="Write FILE.html.",
)
to_page_option = click.option(
    "--to", required=True, type=click.Path(path_type=Path), callback=_page, help="FILE.html."
)
_FIGURES = (
    click.option(
        "--figure-format",
        type=click.Choice(["svg", "pdf", "png"]),
        default="svg",
        show_default=True,
        help="Format of the figures.",
    ),
    click.option(
        "--figures", type=click.Path(path_type=Path), help="Write figures to this folder."
    ),
)


def figure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add where figures go and in which format."""
    for option in _FIGURES:
        command = option(command)
    return command
